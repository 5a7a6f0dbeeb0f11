//! The trace: one hash over every event, and the last entries for looking at.

use base::{NodeId, Ring, Time, TraceHash};

use crate::call::{Request, Response};
use crate::kernel::queue::{Delivery, Event};

/// Entries kept.
pub const TRACE_ENTRIES_MAX: u32 = 1_024;

/// One handled event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// When.
    pub at: Time,
    /// Its place in the order of pushes.
    pub seq: u64,
    /// Who handled it.
    pub node: NodeId,
    /// What it was: `timer`, `PutRecords`, `PutRecords.reply`, …
    pub what: &'static str,
    /// Records concerned.
    pub records: u64,
    /// A timer's code, a reply's failed entries.
    pub detail: u64,
}

/// Hash and entries.
#[derive(Clone, Debug)]
pub struct Trace {
    hash: TraceHash,
    entries: Ring<TraceEntry>,
    events: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Self { hash: TraceHash::default(), entries: Ring::new(TRACE_ENTRIES_MAX), events: 0 }
    }
}

impl Trace {
    /// Notes an event that is about to be handled.
    pub fn note(&mut self, delivery: &Delivery) {
        let (what, code, records, detail) = describe(&delivery.event);
        self.hash.word(delivery.at.0);
        self.hash.word((u64::from(delivery.node.0) << 32) | code);
        self.hash.word((records << 24) ^ detail);
        self.events += 1;
        let Delivery { at, seq, node, .. } = *delivery;
        self.entries.push(TraceEntry { at, seq, node, what, records, detail });
    }

    /// Mixes in something that decides about the future, such as an action.
    pub fn word(&mut self, word: u64) {
        self.hash.word(word);
    }

    /// Hash over everything so far.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash.value()
    }

    /// Events handled so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The last entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &TraceEntry> {
        self.entries.iter()
    }
}

fn describe(event: &Event) -> (&'static str, u64, u64, u64) {
    match event {
        Event::Timer { code, .. } => ("timer", 1, 0, u64::from(*code)),
        Event::Rewired => ("rewired", 2, 0, 0),
        Event::Request { request, .. } => match request {
            Request::Put(put) => ("Put", 3, put.batch.records(), put.batch.bytes),
            Request::ListShards => ("ListShards", 4, 0, 0),
            Request::GetShardIterator { shard, .. } => {
                ("GetShardIterator", 5, 0, u64::from(*shard))
            }
            Request::GetRecords { iterator, .. } => {
                ("GetRecords", 6, iterator.offset, u64::from(iterator.shard))
            }
            Request::PutObject(object) => ("PutObject", 7, object.records, object.raw_bytes),
            Request::RegisterStreamConsumer { .. } => ("RegisterStreamConsumer", 14, 0, 0),
            Request::DescribeStreamConsumer { .. } => ("DescribeStreamConsumer", 15, 0, 0),
            Request::DeregisterStreamConsumer { .. } => ("DeregisterStreamConsumer", 16, 0, 0),
            Request::SubscribeToShard { shard, .. } => {
                ("SubscribeToShard", 17, 0, u64::from(*shard))
            }
            Request::NextEvent { shard, .. } => ("NextEvent", 18, 0, u64::from(*shard)),
            Request::Lease(call) => (call.operation(), 23, 0, u64::from(call.writes())),
            Request::PutItems(put) => ("PutItems", 24, put.batch.records(), put.batch.bytes),
            Request::Copy(objects) => ("Copy", 29, objects.len() as u64, 0),
            Request::Post(post) => ("Post", 31, post.batch.records(), post.body_bytes),
            Request::GetObject(_) => ("GetObject", 33, 0, 0),
            Request::Bulk(bulk) => ("Bulk", 27, bulk.batch.records(), bulk.batch.bytes),
        },
        Event::Response { response, .. } => match response {
            Response::Put(outcome) => {
                ("Put.reply", 8, u64::from(outcome.lost), outcome.failed.len() as u64)
            }
            Response::Shards(shards) => ("ListShards.reply", 9, shards.len() as u64, 0),
            Response::Iterator(result) => {
                ("GetShardIterator.reply", 10, 0, u64::from(result.is_err()))
            }
            Response::Records(Ok(got)) => {
                ("GetRecords.reply", 11, got.batch.records(), got.behind_micros)
            }
            Response::Records(Err(error)) => ("GetRecords.error", 12, 0, u64::from(error.shard)),
            Response::Object(result) => ("PutObject.reply", 13, 0, u64::from(result.is_err())),
            Response::Consumer(result) => {
                ("StreamConsumer.reply", 19, 0, u64::from(result.is_err()))
            }
            Response::Subscription(result) => {
                ("SubscribeToShard.reply", 20, 0, u64::from(result.is_err()))
            }
            Response::Event(Ok(event)) => {
                ("SubscribeToShardEvent", 21, event.batch.records(), event.behind_micros)
            }
            Response::Event(Err(error)) => {
                ("SubscribeToShardEvent.error", 22, 0, u64::from(error.shard))
            }
            Response::Lease(result) => ("Lease.reply", 25, 0, u64::from(result.is_err())),
            Response::Items(outcome) => {
                ("PutItems.reply", 26, u64::from(outcome.stored), u64::from(outcome.lost))
            }
            Response::Copy(result) => ("Copy.reply", 30, 0, u64::from(result.is_err())),
            Response::Post(outcome) => ("Post.reply", 32, 0, u64::from(outcome.error.is_some())),
            Response::Content(result) => ("GetObject.reply", 34, 0, u64::from(result.is_err())),
            Response::Bulk(outcome) => {
                ("Bulk.reply", 28, outcome.left.0, u64::from(outcome.error.is_some()))
            }
        },
    }
}
