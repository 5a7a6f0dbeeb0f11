//! What the Connector Library adds to a record processor: filter, buffer, emitter
//! (amazon-kinesis-connectors; facts, streams §9.6).
//!
//! Every batch joins the buffer. Once that is full or old, all of it is emitted, and only then the
//! place is saved: what a dead worker had buffered is read and emitted once more.

use std::sync::Arc;

use base::{Duration, EdgeId};
use scenario::kind::{ConnectorConfig, Delimiter};

use super::bulk::Naming;
use super::worker::{End, Stage, Work};
use super::{Call, Kcl, Wires, metric};
use crate::batch::{Batch, Record, Slice};
use crate::call::{ApiError, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::keys::KeyTable;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::kind::stream::SequenceNumber;
use crate::object::{Object, Purpose};
use crate::snapshot::{Crate, EdgeView, MarkKind, Seal};

/// Settings and totals of the pipeline; every lease has a buffer of its own.
#[derive(Clone, Debug)]
pub struct Pipeline {
    filter_text: Arc<[u8]>,
    delimiter: Delimiter,
    records_max: u64,
    bytes_max: u64,
    /// Zero for no limit.
    life: Duration,
    tries_max: u32,
    pub(super) backoff: Duration,
    /// How documents are made for Elasticsearch.
    pub(super) naming: Naming,
    tally: Tally,
}

/// Totals since the beginning.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    filtered: u64,
    failed: u64,
    emissions: u64,
}

/// An object on its way: whose it is, its records and their bytes.
#[derive(Clone, Debug)]
pub(super) struct Emission {
    worker: u32,
    shard: u32,
    records: u64,
    bytes: u64,
    /// What a cluster loads once the object is in the bucket.
    copy: Option<Box<Object>>,
}

impl Pipeline {
    /// By the settings.
    #[must_use]
    pub fn new(config: &ConnectorConfig) -> Self {
        Self {
            filter_text: config.filter_text.as_bytes().into(),
            delimiter: config.delimiter,
            records_max: config.buffer_records.into(),
            bytes_max: config.buffer_bytes.into(),
            life: Duration::from_millis(config.buffer_millis.into()),
            tries_max: config.retry_limit,
            backoff: Duration::from_millis(config.backoff_millis.into()),
            naming: Naming::new(config),
            tally: Tally::default(),
        }
    }

    fn keeps(&self, record: &Record) -> bool {
        if self.filter_text.is_empty() {
            return true;
        }
        let mut data = Vec::new();
        record.append_to(&mut data);
        data.windows(self.filter_text.len()).any(|part| *part == *self.filter_text)
    }

    /// What the filter leaves of a batch.
    fn filter(&self, batch: Batch, keys: &KeyTable) -> Batch {
        if self.filter_text.is_empty() {
            return batch;
        }
        batch.pick(keys, &mut |record| self.keeps(record))
    }

    /// What makes a buffer due for its emission, if anything. What is left of one that was emitted
    /// in part is, however little it is.
    fn due(&self, work: &Work, age: Duration) -> Option<Seal> {
        let (records, bytes) = work.held;
        let at_end = work.next.is_none();
        let is_old = self.life > Duration::ZERO && age >= self.life;
        match records {
            0 => None,
            _ if records >= self.records_max || bytes >= self.bytes_max => Some(Seal::Size),
            _ if work.failures > 0 => Some(Seal::Size),
            _ if is_old => Some(Seal::Time),
            _ => at_end.then_some(Seal::End),
        }
    }
}

impl Kcl {
    /// Makes it a connector application, or gives it other settings.
    pub fn set_pipeline(&mut self, pipeline: Pipeline) {
        let tally = self.pipeline.as_ref().map_or_else(Tally::default, |it| it.tally);
        self.pipeline = Some(Pipeline { tally, ..pipeline });
    }

    /// Records and bytes in all buffers.
    #[must_use]
    pub fn buffered(&self) -> (u64, u64) {
        let pumps = self.workers.values().flat_map(|worker| worker.pumps.values());
        pumps.fold((0, 0), |sum, pump| (sum.0 + pump.work.held.0, sum.1 + pump.work.held.1))
    }

    /// Totals of the pipeline by name.
    #[must_use]
    pub fn emissions(&self) -> [(&'static str, u64); 3] {
        let tally = self.pipeline.as_ref().map_or_else(Tally::default, |it| it.tally);
        [
            ("emissions", tally.emissions),
            ("filtered out", tally.filtered),
            ("failed to emit", tally.failed),
        ]
    }

    /// Objects on their way to the bucket.
    pub fn draw_crates(&self, edges: &mut [EdgeView]) {
        let Some(view) = edges.iter_mut().find(|view| Some(view.id) == self.wires.bucket) else {
            return;
        };
        for pump in self.workers.values().flat_map(|worker| worker.pumps.values()) {
            if matches!(pump.stage, Stage::Writes) {
                let bytes = pump.work.batch.bytes;
                view.crates.push(Crate {
                    sealed_at: pump.answered,
                    reason: Seal::Size,
                    raw_bytes: bytes,
                    stored_bytes: bytes,
                    attempts: pump.work.failures + 1,
                    waiting: pump.work.held.0 > 0,
                });
            }
        }
    }

    /// Puts a batch that was just read behind the buffer. Without a pipeline there is none.
    pub(super) fn join(&mut self, buffer: Work, new: Work, ctx: &mut Ctx<'_>) -> Work {
        let Some(pipeline) = &mut self.pipeline else { return new };
        let me = ctx.me();
        let batch = pipeline.filter(new.batch, ctx.keys());
        let held = (batch.records(), batch.bytes);
        let (records, bytes) = (new.held.0 - held.0, new.held.1 - held.1);
        pipeline.tally.filtered += records;
        self.held -= records;
        ctx.book(Account::Held(me), Account::Delivered(me), records, bytes);
        if buffer.to != new.from {
            // It went back to its checkpoint: what was buffered is read again.
            self.held -= buffer.held.0;
            ctx.drop_held(Reason::Superseded, buffer.held.0, buffer.held.1);
            return Work { batch, held, ..new };
        }
        let mut joined = buffer.batch;
        joined.slices.extend(batch.slices);
        joined.bytes += batch.bytes;
        Work {
            batch: joined,
            from: buffer.from,
            last: if new.to > new.from { new.last } else { buffer.last },
            held: (buffer.held.0 + held.0, buffer.held.1 + held.1),
            ..new
        }
    }

    /// A batch is in the buffer, or an emission failed: what next?
    pub(super) fn drain(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let Some(pump) = self.workers.get(&worker).and_then(|it| it.pumps.get(&shard)) else {
            return;
        };
        let Some(pipeline) = &self.pipeline else { return };
        match pipeline.due(&pump.work, now.since(pump.checkpointed)) {
            None => self.go_on(worker, shard, ctx),
            Some(_) if pump.work.failures >= pipeline.tries_max => self.fail(worker, shard, ctx),
            Some(reason) => match self.wires {
                Wires { bucket: Some(edge), .. } => {
                    self.upload((worker, shard), edge, reason, ctx);
                }
                Wires { domain: Some(edge), .. } => self.index((worker, shard), edge, ctx),
                _ => self.write_items(worker, shard, ctx),
            },
        }
    }

    /// `IEmitter.emit` to S3: one object, named by its first and last sequence number.
    fn upload(
        &mut self,
        (worker, shard): (u32, u32),
        edge: EdgeId,
        reason: Seal,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(object) = self.object((worker, shard), reason, ctx) else { return };
        let Some(pump) = self.pump(worker, shard) else { return };
        let (records, bytes) = core::mem::take(&mut pump.work.held);
        pump.stage = Stage::Writes;
        self.held -= records;
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), records, bytes);
        let copy = self.wires.cluster.map(|_cluster| Box::new(object.clone()));
        let call = Call::Emit(Emission { worker, shard, records, bytes, copy });
        self.ask((worker, shard), (edge, Request::PutObject(object)), call, ctx);
    }

    /// The object a buffer is emitted as.
    fn object(
        &mut self,
        (worker, shard): (u32, u32),
        reason: Seal,
        ctx: &Ctx<'_>,
    ) -> Option<Object> {
        let created_secs = self.shards.get(&shard).map_or(0, |known| known.created_secs);
        let newline = self.pipeline.as_ref()?.delimiter == Delimiter::Newline;
        let batch = &self.pump(worker, shard)?.work.batch;
        Some(object(batch, (shard, created_secs), newline, reason, ctx))
    }

    /// The bucket answered.
    pub(super) fn uploaded(
        &mut self,
        (token, emission): (Token, Emission),
        edge: EdgeId,
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let Emission { worker, shard, records, bytes, copy } = emission;
        let backoff = self.pipeline.as_ref().map_or(Duration::ZERO, |it| it.backoff);
        let me = ctx.me();
        let copy = self.wires.cluster.zip(copy);
        let pump = self.pump(worker, shard).filter(|pump| pump.call == Some(token));
        match (result, pump) {
            (Ok(()), Some(_)) if let Some((edge, object)) = copy => {
                self.copy((worker, shard), (edge, *object), ctx);
            }
            (Ok(()), Some(pump)) => {
                pump.work.batch = Batch::default();
                ctx.count(metric::RECORDS_PROCESSED, records);
                self.emitted(worker, shard, ctx);
            }
            (Err(error), Some(pump)) => {
                pump.work.held = (records, bytes);
                pump.work.failures += 1;
                self.held += records;
                // Without an answer the object may be stored: what is sent again are copies.
                let is_unknown = error.reason == Reason::CallTimeout;
                let from = if is_unknown { Account::Copied(me) } else { Account::Flight(edge) };
                ctx.book(from, Account::Held(me), records, bytes);
                self.explain_emission(error.reason, shard, records, ctx);
                self.again(worker, shard, backoff, ctx);
            }
            // The worker is gone; whoever takes its lease emits these records again.
            (Err(error), None) if error.reason != Reason::CallTimeout => {
                let lost = Account::Dropped(me, Reason::Superseded);
                ctx.book(Account::Flight(edge), lost, records, bytes);
            }
            (Ok(()) | Err(_), None) => {}
        }
    }

    /// The buffer is empty; now the place is saved.
    pub(super) fn emitted(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.tally.emissions += 1;
        }
        self.finish(worker, shard, End::Good, ctx);
    }

    /// `IEmitter.fail`: the library logs what it could not emit, and goes on.
    fn fail(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let Some(pump) = self.pump(worker, shard) else { return };
        let (records, bytes) = core::mem::take(&mut pump.work.held);
        pump.work.batch = Batch::default();
        self.held -= records;
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.tally.failed += records;
        }
        ctx.drop_held(Reason::GivenUp, records, bytes);
        ctx.mark(MarkKind::Loss);
        self.explain_emission(Reason::GivenUp, shard, records, ctx);
        self.finish(worker, shard, End::Bad, ctx);
    }

    pub(super) fn explain_emission(
        &self,
        reason: Reason,
        shard: u32,
        records: u64,
        ctx: &mut Ctx<'_>,
    ) {
        ctx.explain(Cause {
            shard: Some(shard),
            records: u32::try_from(records).unwrap_or(u32::MAX),
            ..Cause::new(ctx.now(), ctx.me(), reason)
        });
    }
}

/// The sequence number of a row of a slice.
pub(super) fn number(
    (slice, row): (&Slice, u32),
    (shard, created_secs): (u32, u64),
    ctx: &Ctx<'_>,
) -> SequenceNumber {
    let row = row as usize;
    let secs = ctx.wall_millis(slice.block.records[row].arrival) / 1_000;
    let index = slice.block.seq(row);
    SequenceNumber { created_secs, index, secs: secs.max(created_secs), shard }
}

fn object(
    batch: &Batch,
    (shard, created_secs): (u32, u64),
    newline: bool,
    reason: Seal,
    ctx: &Ctx<'_>,
) -> Object {
    let number = |slice: &Slice, row| number((slice, row), (shard, created_secs), ctx).to_string();
    let first = batch.slices.first().map_or_else(String::new, |slice| number(slice, slice.from));
    let last = batch.slices.last().map_or_else(String::new, |slice| number(slice, slice.to - 1));
    let mut bytes = Vec::new();
    for record in batch.rows() {
        record.append_to(&mut bytes);
        if newline {
            bytes.push(b'\n');
        }
    }
    let length = bytes.len() as u64;
    Object {
        key: format!("{first}-{last}").into(),
        bytes: bytes.into(),
        stored_bytes: length,
        raw_bytes: length,
        booked_bytes: batch.bytes,
        records: batch.records(),
        sealed_at: ctx.now(),
        delivered_at: ctx.now(),
        reason,
        purpose: Purpose::Records,
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::{NodeId, Time};
    use scenario::kind::Config;

    use super::*;
    use crate::batch::Block;
    use crate::kernel::Kernel;

    /// Facts, streams §9.6: the file is named by its first and its last sequence number; what the
    /// filter left out between them is not in it.
    #[test]
    fn an_object_is_named_by_its_first_and_last_record() {
        let mut kernel = Kernel::new(1, 1_000_000);
        let id = NodeId(1);
        let config = Config::default_of("connector").expect("the kind is known");
        kernel.add_node(id, "archive", config.spec());
        let key = kernel.keys.intern("k");
        let chunk = Rc::new(b"yes no yes".to_vec());
        let record = |part, number| {
            let id = base::RecordId(number);
            Record::new((id, key, Time::ZERO), &chunk, part, 3).arrived(Time::ZERO)
        };
        let records = vec![record(0..3, 1), record(4..6, 2), record(7..10, 3)];
        let batch = Batch::of(Rc::new(Block { records, before: 40 }), 12);
        let settings = ConnectorConfig { filter_text: "yes".to_owned(), ..Default::default() };
        let kept = Pipeline::new(&settings).filter(batch, &kernel.keys);
        assert_eq!((kept.records(), kept.bytes), (2, 8));
        let ctx = Ctx::new(&mut kernel, id);
        let object = object(&kept, (7, 900), true, Seal::Size, &ctx);
        let number = |index| SequenceNumber { created_secs: 900, index, secs: 1_000, shard: 7 };
        assert_eq!(*object.key, *format!("{}-{}", number(41), number(43)));
        assert_eq!(*object.bytes, *b"yes\nyes\n");
    }
}
