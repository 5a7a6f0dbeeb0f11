//! A client that puts, a stream, a client that reads: what the tests of a stream call by hand.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use base::{EdgeId, NodeId, Time};
use scenario::kind::{Config, PutApi, StartAt, StreamConfig};
use scenario::{DataSets, Edge, End};

use super::Stream;
use crate::batch::{Batch, Block, Record};
use crate::call::{
    ApiError, ExplicitHash, Got, Put, PutOutcome, Request, Response, ShardInfo, ShardIterator,
};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::kind::Component as _;
use crate::snapshot::{Gauge, Lanes, NodeView};

pub(super) const CLIENT: NodeId = NodeId(1);
pub(super) const STREAM: NodeId = NodeId(2);
pub(super) const READER: NodeId = NodeId(3);
pub(super) const PUTS: EdgeId = EdgeId(1);
pub(super) const READS: EdgeId = EdgeId(2);

/// A client that puts, a stream, a client that reads.
pub(super) struct World {
    pub(super) kernel: Kernel,
    pub(super) stream: Stream,
    pub(super) answers: BTreeMap<Token, Response>,
}

impl World {
    pub(super) fn new(config: &StreamConfig) -> Self {
        let mut kernel = Kernel::new(7, 1_767_225_600_000);
        let kinds = [(CLIENT, "client", "producer"), (STREAM, "orders", "stream")];
        for (id, name, kind) in kinds.into_iter().chain([(READER, "reader", "consumer")]) {
            kernel.add_node(id, name, Config::default_of(kind).unwrap().spec());
        }
        let end = |node, port: &str| End { node, port: port.to_owned() };
        for (id, from, to) in [(PUTS, CLIENT, STREAM), (READS, STREAM, READER)] {
            kernel.edges.add(Arc::new(Edge { id, from: end(from, "out"), to: end(to, "in") }));
        }
        let stream = Stream::new(config, &DataSets::default(), &mut Ctx::new(&mut kernel, STREAM));
        let mut world = Self { kernel, stream, answers: BTreeMap::new() };
        let mut ctx = Ctx::new(&mut world.kernel, STREAM);
        world.stream.handle(Event::Rewired, &mut ctx);
        world
    }

    pub(super) fn of(shards: u32) -> Self {
        Self::new(&StreamConfig { shards, ..StreamConfig::default() })
    }

    /// Handles everything up to a time.
    pub(super) fn run(&mut self, until: Time) {
        while let Some(delivery) = self.kernel.queue.pop_until(until) {
            self.kernel.move_to(delivery.at);
            match delivery.event {
                Event::Response { token, response, .. } => {
                    self.answers.insert(token, response);
                }
                event => {
                    let mut ctx = Ctx::new(&mut self.kernel, STREAM);
                    self.stream.handle(event, &mut ctx);
                    assert_eq!(self.stream.check(), Ok(()));
                }
            }
        }
        self.kernel.move_to(until);
    }

    /// A call that is decided now; its answer is read at once, whenever it would arrive.
    pub(super) fn call(&mut self, from: NodeId, edge: EdgeId, request: Request) -> Response {
        let token = Ctx::new(&mut self.kernel, from).send(edge, request);
        let now = self.kernel.now;
        let arrival =
            self.kernel.queue.take_where(|_node, event| matches!(event, Event::Request { .. }));
        for delivery in arrival {
            let mut ctx = Ctx::new(&mut self.kernel, STREAM);
            self.stream.handle(delivery.event, &mut ctx);
        }
        assert_eq!(self.kernel.now, now);
        let answers = self.kernel.queue.take_where(
            |_node, event| matches!(event, Event::Response { token: other, .. } if *other == token),
        );
        match answers.into_iter().next().unwrap().event {
            Event::Response { response, .. } => response,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn put_as(&mut self, api: PutApi, records: &[(&str, u32)]) -> PutOutcome {
        let put = {
            let mut ctx = Ctx::new(&mut self.kernel, CLIENT);
            let longest = records.iter().map(|(_, len)| *len).max().unwrap_or(0);
            let chunk = Rc::new(vec![b'x'; longest as usize]);
            let first = ctx.new_records(records.len() as u64).0;
            let (mut block, mut bytes) = (Block::default(), 0);
            for (id, (key, len)) in (first..).zip(records) {
                let key_id = ctx.keys_mut().intern(key);
                let born = (base::RecordId(id), key_id, ctx.now());
                block.records.push(Record::new(born, &chunk, 0..*len, *len));
                bytes += u64::from(*len) + key.len() as u64;
            }
            let count = records.len() as u64;
            ctx.book(Account::Born(CLIENT), Account::Flight(PUTS), count, bytes);
            Put {
                api,
                batch: Batch::of(Rc::new(block), bytes),
                explicit_hash: ExplicitHash::None,
                wants_shards: false,
                attempt: 1,
                copies: false,
                attempts_max: 1,
            }
        };
        match self.call(CLIENT, PUTS, Request::Put(put)) {
            Response::Put(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn put(&mut self, records: &[(&str, u32)]) -> PutOutcome {
        self.put_as(PutApi::PutRecords, records)
    }

    pub(super) fn iterator(
        &mut self,
        shard: u32,
        start: StartAt,
        at: u64,
    ) -> Result<ShardIterator, ApiError> {
        let timestamp = Time(at);
        let request = Request::GetShardIterator { shard, start, timestamp, sequence_index: at };
        match self.call(READER, READS, request) {
            Response::Iterator(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn get(&mut self, iterator: ShardIterator, limit: u32) -> Result<Got, ApiError> {
        match self.call(READER, READS, Request::GetRecords { iterator, limit }) {
            Response::Records(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn shards(&mut self) -> Vec<ShardInfo> {
        match self.call(READER, READS, Request::ListShards) {
            Response::Shards(shards) => shards,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn reconfigure(&mut self, config: &StreamConfig) {
        let mut ctx = Ctx::new(&mut self.kernel, STREAM);
        self.stream.reconfigure(config, &DataSets::default(), &mut ctx);
        assert_eq!(self.stream.check(), Ok(()));
    }

    pub(super) fn lanes(&self) -> Lanes {
        let mut view = NodeView::default();
        let mut edges = Vec::new();
        self.kernel.edges.view(Time::ZERO, &mut edges);
        self.stream.observe(&self.kernel, &mut view, &mut edges);
        match view.gauges.into_iter().next() {
            Some(Gauge::Lanes(lanes)) => lanes,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn secs(secs: u64) -> Time {
    Time(secs * 1_000_000)
}
