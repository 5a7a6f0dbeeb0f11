//! How a stream looks: lanes with gauges, marks, a past and reader flags.

use base::Time;
use scenario::kind::StreamMode;

use super::lifecycle::Status;
use super::limiter::{WRITE_BYTES_PER_SEC, WRITE_RECORDS_PER_SEC};
use super::shard::Shard;
use super::{DETAILED_SHARDS_MAX, SequenceNumber, Stream};
use crate::batch::{Batch, Block, Record};
use crate::engine::RecordView;
use crate::kernel::Kernel;
use crate::snapshot::{EdgeView, Flag, Gauge, Lane, Lanes, NodeView};

/// Sampled records stay single marks for so long.
const RECENT_MICROS: u64 = 10_000_000;
/// How many of a shard's newest records are looked through for one.
const SEARCHED: u32 = 4_096;

impl Stream {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
        let now = kernel.now;
        for (letter, id) in self.readers.letters() {
            if let Ok(at) = edges.binary_search_by_key(&id, |view| view.id) {
                edges[at].letter = Some(letter);
            }
        }
        let oldest = self.shards.iter().filter_map(|shard| shard.log.oldest()).min();
        let mut lanes = Lanes {
            mode: match self.config.mode {
                StreamMode::Provisioned => "provisioned",
                StreamMode::OnDemand => "on-demand",
            },
            status: match self.life.status {
                Status::Active => "",
                status => status.word(),
            },
            retention_hours: self.config.retention_hours,
            oldest_micros: oldest.map_or(0, |oldest| now.since(oldest).0),
            lanes: Vec::with_capacity(self.open.len()),
            slowest: self.slowest(kernel),
        };
        for index in &self.open {
            lanes.lanes.push(self.lane(&self.shards[*index as usize], kernel));
        }
        let closed = self.shards.iter().filter(|shard| shard.closed.is_some());
        for shard in closed.filter(|shard| shard.log.held() > 0) {
            lanes.lanes.push(self.lane(shard, kernel));
        }
        out.gauges.push(Gauge::Lanes(lanes));
        let [records, throttled] =
            [super::metric::INCOMING_RECORDS, super::metric::WRITE_THROTTLED]
                .map(|metric| out.metrics.get(usize::from(metric)).map_or(0, |view| view.total));
        out.counters.extend([
            ("stored", records),
            ("rejected", throttled),
            ("held", self.held),
            ("shards", self.open.len() as u64),
        ]);
    }

    fn lane(&self, shard: &Shard, kernel: &Kernel) -> Lane {
        let now = kernel.now;
        let last = shard.window.last_second(now);
        let permille = |part: u32, whole| {
            u32::try_from(base::units::permille(part.into(), whole)).unwrap_or(u32::MAX)
        };
        let mut lane = Lane {
            shard: shard.index,
            range: shard.range,
            parents: shard.parents,
            opened: shard.opened,
            closed: shard.closed.is_some(),
            closed_at: shard.closed.unwrap_or_default(),
            drained: shard.closed.is_some() && self.readers.are_past(shard.index, shard.log.end()),
            records_permille: permille(last.records, WRITE_RECORDS_PER_SEC),
            bytes_permille: permille(last.bytes, WRITE_BYTES_PER_SEC),
            stored_per_sec: last.stored,
            rejected_per_sec: last.records - last.stored,
            held: shard.log.held(),
            ..Lane::default()
        };
        if self.open.len() <= DETAILED_SHARDS_MAX as usize {
            self.detail(shard, kernel, &mut lane);
        }
        lane
    }

    fn detail(&self, shard: &Shard, kernel: &Kernel, lane: &mut Lane) {
        let now = kernel.now;
        let young = |at: Time| now.since(at).0 < RECENT_MICROS;
        let recent = shard.recent.iter().rev().take_while(|(at, _)| young(*at));
        lane.recent.extend(recent.map(|(at, key)| (now.since(*at).0, kernel.keys.slot(*key))));
        if let (Some(history), Some(oldest)) = (&shard.history, shard.log.oldest()) {
            history.stretches(now.secs(), now.since(oldest).secs(), &mut lane.history);
        }
        let flags = self.flags(shard, kernel);
        // Whoever came to the end of a closed shard has left it.
        lane.flags
            .extend(flags.filter(|(_, behind)| *behind || !lane.closed).map(|(flag, _)| flag));
    }

    /// The readers of a shard, and whether something is left for them.
    fn flags(&self, shard: &Shard, kernel: &Kernel) -> impl Iterator<Item = (Flag, bool)> {
        self.readers.on(shard.index as usize).map(move |(letter, edge, position)| {
            let unread = position.max(shard.log.horizon());
            let behind = unread < shard.log.end();
            let age_micros = if behind { kernel.now.since(shard.log.arrival(unread)).0 } else { 0 };
            let late = kernel.edges.is_late(edge, age_micros);
            (Flag { edge, letter, age_micros, late }, behind)
        })
    }

    /// Where each reader is furthest behind, when the lanes have no flags of their own.
    fn slowest(&self, kernel: &Kernel) -> Vec<(u32, Flag)> {
        let mut out: Vec<(u32, Flag)> = Vec::new();
        if self.open.len() <= DETAILED_SHARDS_MAX as usize {
            return out;
        }
        for shard in &self.shards {
            for (flag, _) in self.flags(shard, kernel) {
                match out.iter_mut().find(|(_, known)| known.edge == flag.edge) {
                    Some(known) if known.1.age_micros < flag.age_micros => {
                        *known = (shard.index, flag);
                    }
                    Some(_) => {}
                    None => out.push((shard.index, flag)),
                }
            }
        }
        out
    }
}

impl Stream {
    /// The records of a batch that was read from one of its shards, in order.
    pub(crate) fn record_views(
        &self,
        batch: &Batch,
        shard: u32,
        kernel: &Kernel,
    ) -> Vec<RecordView> {
        let shard = &self.shards[shard as usize];
        let mut out = Vec::new();
        for slice in &batch.slices {
            for row in slice.from as usize..slice.to as usize {
                out.push(self.record_view(shard, &slice.block, row, kernel));
            }
        }
        out
    }

    /// The newest records of a shard, newest first.
    pub(super) fn newest_records(
        &self,
        shard: &Shard,
        kernel: &Kernel,
        count: u32,
    ) -> Vec<RecordView> {
        let mut out = Vec::new();
        for slice in shard.log.newest(count) {
            for row in (slice.from as usize..slice.to as usize).rev() {
                out.push(self.record_view(shard, &slice.block, row, kernel));
            }
        }
        out
    }

    /// The sequence number of a record that was stored a moment ago, wherever its shard is now.
    pub(crate) fn number_of(
        &self,
        record: &Record,
        hash: u128,
        kernel: &Kernel,
    ) -> Option<SequenceNumber> {
        let newest = |shard: &Shard| {
            shard.log.newest(SEARCHED).into_iter().find_map(|slice| {
                let row = slice.rows().iter().rposition(|it| it.id == record.id)?;
                Some(self.number_at(shard, &slice.block, slice.from as usize + row, kernel))
            })
        };
        let took = |shard: &&Shard| (shard.range.0..=shard.range.1).contains(&hash);
        self.shards.iter().rev().filter(took).find_map(newest)
    }

    fn number_at(
        &self,
        shard: &Shard,
        block: &Block,
        row: usize,
        kernel: &Kernel,
    ) -> SequenceNumber {
        let secs = (kernel.epoch_millis + block.records[row].arrival.millis()) / 1_000;
        let position = block.seq(row);
        let numbering = self.numbering.as_ref();
        let number = numbering.map_or(position, |it| it.number(shard.index, position));
        shard.sequence_number(number, secs)
    }

    fn record_view(&self, shard: &Shard, block: &Block, row: usize, kernel: &Kernel) -> RecordView {
        let record = &block.records[row];
        let (key, arrival) = (record.key, record.arrival);
        let mut data = Vec::new();
        record.append_to(&mut data);
        RecordView {
            sequence_number: self.number_at(shard, block, row, kernel).to_string(),
            shard_id: format!("shardId-{:012}", shard.index),
            key: kernel.keys.text(key).clone(),
            hash: kernel.keys.hash(key),
            arrival,
            born: record.born,
            data,
        }
    }
}
