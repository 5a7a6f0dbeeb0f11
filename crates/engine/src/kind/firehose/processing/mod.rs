//! What becomes of records between ingestion and the buffer, in AWS's order: the producer library's
//! aggregates, CloudWatch Logs' gzip and several records in one are taken apart, the function
//! transforms, partition keys are found; when a buffer is sealed its records may become a Parquet
//! file (facts, firehose §3). Whatever a step cannot do goes to the error prefix.
//!
//! A step that makes other records folds what came and derives what goes on. Records that no step
//! touches keep their place in the block they came in.

mod convert;
mod deaggregate;
mod decompress;
mod failed;
pub(in crate::kind) mod function;
mod partition;
mod transform;

use std::rc::Rc;

use base::Time;
use scenario::kind::{Deaggregation, FirehoseConfig, Transform};

pub(super) use self::failed::{CONVERSION, Fault};
pub(super) use self::partition::{Folder, Partitions};
pub(super) use self::transform::Transformer;
use super::Firehose;
use crate::batch::{Block, Record};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::snapshot::Seal;
use crate::wire::kpl;

/// A record on its way through the steps.
#[derive(Clone, Debug)]
pub(super) struct Item {
    block: Rc<Block>,
    row: u32,
    /// When Firehose took it.
    arrived: Time,
}

impl Item {
    fn record(&self) -> &Record {
        &self.block.records[self.row as usize]
    }
}

/// Whether records go straight into the buffer, unless they are aggregates.
pub(super) fn is_idle(config: &FirehoseConfig) -> bool {
    config.deaggregate == Deaggregation::None
        && config.transform == Transform::None
        && !config.decompress
        && !config.partitioning
}

impl Firehose {
    /// Whether there is something to do with a record before it is buffered.
    #[inline]
    pub(super) fn has_work(&self, record: &Record) -> bool {
        !self.is_idle || (self.reads_a_stream() && record.written_bytes().starts_with(&kpl::MAGIC))
    }

    /// Takes a record through the steps; it is booked as held.
    #[inline(never)]
    pub(super) fn process(&mut self, block: &Rc<Block>, row: u32, ctx: &mut Ctx<'_>) {
        let record = &block.records[row as usize];
        let arrived = ctx.now();
        let Some(parts) = self.take_apart(record, ctx) else {
            let item = Item { block: Rc::clone(block), row, arrived };
            return self.hand_on(item, ctx);
        };
        let block = Rc::new(Block { records: parts, before: 0 });
        for row in 0..block.len() {
            self.hand_on(Item { block: Rc::clone(&block), row, arrived }, ctx);
        }
    }

    /// Takes other settings: what waits for a function that is gone goes on, and partitions of
    /// other keys are delivered.
    #[inline(never)]
    pub(super) fn reprocess(&mut self, old: &FirehoseConfig, ctx: &mut Ctx<'_>) {
        self.is_idle = is_idle(&self.config);
        self.transformer.configure(&self.config);
        if self.config.transform != old.transform {
            self.invoke_waiting(ctx);
        }
        let keys = |it: &FirehoseConfig| (it.partitioning, it.prefix.clone());
        if keys(old) != keys(&self.config) {
            self.close_partitions(ctx);
            self.seal(Seal::End, ctx);
        }
        self.hint_partitions(ctx);
        self.hint_function(ctx);
    }

    /// To the function, if there is one, else to the buffers.
    fn hand_on(&mut self, item: Item, ctx: &mut Ctx<'_>) {
        match self.config.transform {
            Transform::None => self.buffer_up(&item, ctx),
            _ => self.transform(item, ctx),
        }
    }

    /// Into its buffer.
    fn buffer_up(&mut self, item: &Item, ctx: &mut Ctx<'_>) {
        if self.config.partitioning {
            self.partition(item, ctx);
        } else {
            self.collect(&item.block, item.row, item.arrived, ctx);
        }
    }

    /// The records inside of one; `None` when it stays as it is.
    fn take_apart(&mut self, record: &Record, ctx: &mut Ctx<'_>) -> Option<Vec<Record>> {
        let users = self.reads_a_stream().then(|| kpl::user_records(record, ctx)).flatten();
        let users: Option<Vec<Record>> =
            users.map(|users| users.into_iter().map(|(user, _hash)| user).collect());
        let unpacks = self.config.decompress || self.config.deaggregate != Deaggregation::None;
        if users.is_none() && !unpacks {
            return None;
        }
        let mut records = replaced(record.clone(), users, ctx);
        if self.config.decompress {
            let packed = core::mem::take(&mut records);
            records.extend(packed.into_iter().flat_map(|it| self.decompress(it, ctx)));
        }
        if self.config.deaggregate != Deaggregation::None {
            let whole = core::mem::take(&mut records);
            records.extend(whole.into_iter().flat_map(|it| {
                let parts = deaggregate::parts(&self.config, &it, ctx);
                replaced(it, parts, ctx)
            }));
        }
        Some(records)
    }
}

/// Books what came of a record; `None` stands for itself.
fn replaced(record: Record, made: Option<Vec<Record>>, ctx: &mut Ctx<'_>) -> Vec<Record> {
    let Some(made) = made else { return vec![record] };
    let me = ctx.me();
    ctx.book(Account::Held(me), Account::Folded(me), 1, record.bytes(ctx.keys()));
    let bytes = made.iter().map(|it| it.bytes(ctx.keys())).sum();
    ctx.book(Account::Derived(me), Account::Held(me), made.len() as u64, bytes);
    made
}

/// New records in the place of others, which lend them key and times.
fn made(parts: &[(&Record, &[u8])], ctx: &mut Ctx<'_>) -> Vec<Record> {
    let mut chunk = Vec::new();
    let mut ranges = Vec::with_capacity(parts.len());
    for (_, data) in parts {
        let from = length(&chunk);
        chunk.extend_from_slice(data);
        ranges.push(from..length(&chunk));
    }
    ctx.grew(chunk.len());
    let chunk = Rc::new(chunk);
    let first = ctx.new_records(parts.len() as u64).0;
    let records = (first..).zip(parts).zip(ranges);
    let new = records.map(|((id, (record, _)), range)| {
        let len = range.end - range.start;
        let made = Record::new((base::RecordId(id), record.key, record.born), &chunk, range, len);
        made.arrived(record.arrival)
    });
    new.collect()
}

fn length(chunk: &[u8]) -> u32 {
    u32::try_from(chunk.len()).expect("what one call makes stays far below 4 GiB")
}
