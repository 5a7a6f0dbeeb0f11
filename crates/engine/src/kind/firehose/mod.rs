//! Amazon Data Firehose: takes records, races size against interval, delivers objects.
//!
//! Choices where AWS publishes nothing exact: an interval of 0 collects for one second ("within a
//! few seconds"); the quota is a token bucket; objects are uploaded one at a time, in order; new
//! buffer hints apply to the records already buffered. `fidelity` lists the rest.

mod buffer;
mod delivery;
mod direct;
mod ingest;
pub(crate) mod life;
mod metric;
mod name;
pub(in crate::kind) mod processing;
mod quota;
mod seal;
mod source;
mod tap;
#[cfg(test)]
mod tests;
mod timestamp;
mod view;

use std::rc::Rc;

use base::units::{KIB, MIB};
use base::{Duration, Time};
use scenario::DataSets;
use scenario::kind::{FirehoseConfig, FormatConversion};
use scenario::price::Item;

use self::buffer::Buffer;
use self::delivery::Delivery;
use self::life::Life;
use self::processing::{Partitions, Transformer};
use self::quota::Quota;
use self::tap::Tap;
use super::Component;
use super::reader::{Reader, TIMERS};
use crate::batch::Block;
use crate::call::{Request, Response};
use crate::cause::Reason;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView, Seal};
use crate::usage::Meter;

const TIMER_INTERVAL: u32 = 0;
const TIMER_DOCK: u32 = 1;
const TIMER_FRESHNESS: u32 = 2;
const TIMER_ASIDE: u32 = 3;
const TIMER_LIFE: u32 = 0x80;
const TIMER_FUNCTION: u32 = 4;
const TIMER_INVOCATION: u32 = 5;
const TIMER_PARTITION: u32 = 6;

/// Direct PUT and streams as a source bill each record rounded up to 5 KB (facts, Firehose §7).
const BILLED_CHUNK_BYTES: u64 = 5 * KIB;

/// State of a Firehose stream.
#[derive(Clone, Debug)]
pub struct Firehose {
    config: FirehoseConfig,
    life: Life,
    /// Starts at 1, one more with each configuration change; part of every object's name.
    version: u32,
    quota: Quota,
    /// Reads the stream that is the source, if one is.
    reader: Reader,
    tap: Tap,
    buffer: Buffer,
    /// Ends the interval of the buffer.
    interval_timer: Option<TimerId>,
    /// Whether records go straight into the buffer.
    is_idle: bool,
    transformer: Transformer,
    partitions: Partitions,
    delivery: Delivery,
    /// Whether the timer that samples the freshness runs.
    sampling: bool,
    /// The second whose first refusal was explained.
    explained: Option<u64>,
    accepted: u64,
    /// Data as it is billed: every record rounded up.
    billed_bytes: u64,
    throttled: u64,
    /// Records that a step of the processing could not work on.
    rejected: u64,
    /// The second and the reason of the last of them that was explained.
    failure_explained: Option<(u64, Reason)>,
    /// What AWS bills beside ingestion: bytes.
    converted_bytes: u64,
    decompressed_bytes: u64,
    partitioned_bytes: u64,
    partitioned_objects: u64,
    /// How long inline queries took.
    jq_millis: u64,
}

impl Firehose {
    /// The size hint in bytes.
    fn size_max(&self) -> u64 {
        u64::from(self.config.buffer_size_mib) * MIB
    }

    /// The interval hint.
    fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.config.buffer_interval_secs).max(1))
    }

    /// Whether the records come from a data stream rather than from put calls.
    pub(crate) fn reads_a_stream(&self) -> bool {
        self.reader.edge().is_some()
    }

    /// Takes one record, which is booked as held already.
    fn store(&mut self, block: &Rc<Block>, row: u32, ctx: &mut Ctx<'_>) {
        let record = &block.records[row as usize];
        let chunks = u64::from(record.data_bytes()).div_ceil(BILLED_CHUNK_BYTES).max(1);
        self.billed_bytes += chunks * BILLED_CHUNK_BYTES;
        if self.config.convert != FormatConversion::None {
            self.converted_bytes += chunks * BILLED_CHUNK_BYTES;
        }
        if self.config.backup_all {
            self.back_up(record, ctx);
        }
        if self.has_work(record) {
            self.process(block, row, ctx);
        } else {
            self.collect(block, row, ctx.now(), ctx);
        }
    }

    /// Puts one record that reached Firehose at `arrived` into the buffer.
    fn collect(&mut self, block: &Rc<Block>, row: u32, arrived: Time, ctx: &mut Ctx<'_>) {
        let booked_bytes = block.records[row as usize].bytes(ctx.keys());
        let was_empty = self.buffer.since.is_none();
        self.buffer.push((block, row), booked_bytes, (arrived, ctx.now()));
        if was_empty {
            self.arm_interval(ctx);
            self.sample_later(ctx);
        }
        self.seal_if_full(ctx);
    }

    fn seal_if_full(&mut self, ctx: &mut Ctx<'_>) {
        if self.buffer.size(self.config.newline) >= self.size_max() {
            self.seal(Seal::Size, ctx);
        }
    }

    /// Ends the interval counted from the first record in the buffer.
    fn arm_interval(&mut self, ctx: &mut Ctx<'_>) {
        let Some(since) = self.buffer.since else { return };
        let at = since + self.interval();
        self.interval_timer = Some(ctx.after(at.since(ctx.now()), TIMER_INTERVAL, 0));
    }

    /// Arrival of the oldest record still inside.
    fn oldest(&self) -> Option<Time> {
        let inside = [
            self.delivery.oldest(),
            self.buffer.oldest,
            self.partitions.oldest(),
            self.transformer.oldest(),
        ];
        inside.into_iter().flatten().min()
    }

    /// Metrics of age are sampled once a second while anything is inside.
    fn sample_later(&mut self, ctx: &mut Ctx<'_>) {
        if !self.sampling {
            self.sampling = true;
            ctx.after(Duration::SECOND, TIMER_FRESHNESS, 0);
        }
    }

    fn sample(&mut self, ctx: &mut Ctx<'_>) {
        self.sampling = false;
        if let Some(oldest) = self.oldest() {
            ctx.peak(self.delivery.freshness(), ctx.now().since(oldest).secs());
            ctx.peak(metric::PARTITION_COUNT, self.partitions.count());
            if self.reads_a_stream() {
                self.note_behind(ctx);
            } else {
                self.quota.tell(ctx);
            }
            self.sample_later(ctx);
        }
    }

    fn timer(&mut self, id: TimerId, code: u32, ctx: &mut Ctx<'_>) {
        match code {
            TIMER_INTERVAL if self.interval_timer == Some(id) => self.seal(Seal::Time, ctx),
            TIMER_DOCK => self.dock_woken(id, ctx),
            TIMER_FRESHNESS => self.sample(ctx),
            TIMER_ASIDE => self.aside_due(id, ctx),
            TIMER_LIFE => self.aged(ctx),
            TIMER_FUNCTION => self.function_due(id, ctx),
            TIMER_INVOCATION => self.invocation_due(id, ctx),
            TIMER_PARTITION => self.partition_due(id, ctx),
            _ => {}
        }
    }
}

impl Component for Firehose {
    type Config = FirehoseConfig;

    fn new(config: &FirehoseConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            life: Life::new(config.encryption, ctx.now()),
            version: 1,
            quota: Quota::new(config, ctx.now()),
            reader: Reader::new(source::reader_config()),
            tap: Tap::default(),
            buffer: Buffer::default(),
            interval_timer: None,
            is_idle: processing::is_idle(config),
            transformer: Transformer::new(config),
            partitions: Partitions::default(),
            delivery: Delivery::default(),
            sampling: false,
            explained: None,
            accepted: 0,
            billed_bytes: 0,
            throttled: 0,
            rejected: 0,
            failure_explained: None,
            converted_bytes: 0,
            decompressed_bytes: 0,
            partitioned_bytes: 0,
            partitioned_objects: 0,
            jq_millis: 0,
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { code, .. } if code >= TIMERS => self.poll(event, ctx),
            Event::Timer { id, code, .. } => self.timer(id, code, ctx),
            Event::Request { token, edge, request: Request::Put(put) } => {
                self.put(token, edge, &put, ctx);
            }
            Event::Response { token, response: Response::Put(ref outcome), .. }
                if self.tap.answered(token, outcome, ctx) => {}
            Event::Response { token, ref response, .. } => {
                if !self.answered(token, response, ctx) {
                    self.read(event, ctx);
                }
            }
            Event::Rewired => {
                self.rewire(ctx);
                self.moor(ctx);
                self.tap.rewire(ctx);
            }
            Event::Request { .. } => {}
        }
    }

    /// New hints count for the buffer as it is; the quota starts with a full second.
    fn reconfigure(&mut self, config: &FirehoseConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let old = core::mem::replace(&mut self.config, config.clone());
        if (old.quota_region, old.quota_times) != (config.quota_region, config.quota_times) {
            self.quota = Quota::new(config, ctx.now());
        }
        self.encrypt_as(old.encryption, ctx.now());
        if !same_destination(&old, config) {
            self.version += 1;
            self.reprocess(&old, ctx);
            self.arm_interval(ctx);
            self.seal_if_full(ctx);
        }
    }

    fn held(&self) -> u64 {
        let processed = self.transformer.held() + self.partitions.held();
        self.buffer.records + processed + self.delivery.held()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
        self.view(kernel, out, edges);
    }

    fn usage(&self, _kernel: &Kernel, meter: &mut Meter<'_>) {
        meter.add(Item::FirehoseIn, self.billed_bytes);
        meter.add(Item::FirehoseConversion, self.converted_bytes);
        meter.add(Item::FirehosePartitioning, self.partitioned_bytes);
        meter.add(Item::FirehosePartitionObjects, self.partitioned_objects);
        meter.add(Item::FirehoseDecompression, self.decompressed_bytes);
        meter.add(Item::FirehoseJq, self.jq_millis);
    }
}

/// Whether everything `UpdateDestination` could change is the same; quota, latency and
/// encryption are not part of a stream's configuration.
fn same_destination(old: &FirehoseConfig, new: &FirehoseConfig) -> bool {
    let kept = FirehoseConfig {
        quota_region: old.quota_region,
        quota_times: old.quota_times,
        put_latency_millis: old.put_latency_millis,
        encryption: old.encryption,
        ..new.clone()
    };
    *old == kept
}
