//! Firehose and bucket together, fed by hand: facts of the Firehose guide, and no record lost.

mod buffer;
mod delivery;
mod partitions;
mod processing;
mod put;
mod source;
mod storms;
mod targets;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use base::units::MIB;
use base::{Duration, EdgeId, NodeId, Time};
use miniz_oxide::inflate::decompress_to_vec;
use scenario::kind::{
    BucketConfig, Compression, Config, FirehoseConfig, ProducerConfig, PutApi, QuotaRegion,
    StreamConfig,
};
use scenario::{DataSets, Edge, End, Fault, FaultKind};

use super::delivery::metric;
use super::metric::{
    BYTES_LIMIT, CONVERTED_BYTES, CONVERTED_RECORDS, FUNCTION_MILLIS, FUNCTION_SUCCESS,
    INCOMING_BYTES, INCOMING_RECORDS, JQ_MILLIS, MILLIS_BEHIND_LATEST, PARTITION_COUNT,
    PARTITION_THROUGHPUT, PARTITIONS_EXCEEDED, PROCESSED_BYTES, PROCESSED_RECORDS, PUT_REQUESTS,
    READ_BYTES, READ_RECORDS, RECORDS_LIMIT, REQUESTS_LIMIT, THROTTLED_GET_RECORDS,
    THROTTLED_RECORDS, UNCONVERTED_BYTES, UNCONVERTED_RECORDS,
};
use crate::batch::{Batch, Block, Record};
use crate::call::{ErrorCode, ExplicitHash, Put, PutOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::{Account, Balance};
use crate::kernel::queue::{Event, Token};
use crate::kind::Node;
use crate::object::Object;
use crate::snapshot::Seal;

const CLIENT: NodeId = NodeId(1);
const FIREHOSE: NodeId = NodeId(2);
const BUCKET: NodeId = NodeId(3);
const STREAM: NodeId = NodeId(4);
const PUTS: EdgeId = EdgeId(1);
const UPLOADS: EdgeId = EdgeId(2);
const READS: EdgeId = EdgeId(3);
/// 2018-08-27T10:30:00Z.
const EPOCH: u64 = 1_535_365_800_000;

/// A client that never retries, a Firehose stream and a bucket; a data stream where it is needed.
struct World {
    kernel: Kernel,
    /// Ascending by id.
    nodes: Vec<(NodeId, Node)>,
    answers: BTreeMap<Token, PutOutcome>,
    puts: BTreeMap<Token, (u64, u64)>,
}

impl World {
    fn new(config: &FirehoseConfig) -> Self {
        let mut world = Self::unwired(config);
        world.connect();
        world
    }

    fn unwired(config: &FirehoseConfig) -> Self {
        let mut world = Self {
            kernel: Kernel::new(7, EPOCH),
            nodes: Vec::new(),
            answers: BTreeMap::new(),
            puts: BTreeMap::new(),
        };
        let client = Config::Producer(ProducerConfig::default());
        world.kernel.add_node(CLIENT, "client", client.spec());
        world.add(FIREHOSE, "to-s3", &Config::Firehose(config.clone()));
        world.add(BUCKET, "lake", &Config::Bucket(BucketConfig::default()));
        world.wire(PUTS, CLIENT, FIREHOSE);
        world
    }

    /// The client feeds a data stream that takes large records, which Firehose reads.
    fn with_stream(config: &FirehoseConfig, shards: u32) -> Self {
        let mut world = Self::new(config);
        world.kernel.edges.remove(PUTS);
        let stream = StreamConfig { shards, record_kib_max: 10_240, ..StreamConfig::default() };
        world.add(STREAM, "orders", &Config::Stream(stream));
        world.wire(PUTS, CLIENT, STREAM);
        world.wire(READS, STREAM, FIREHOSE);
        world
    }

    fn add(&mut self, id: NodeId, name: &str, config: &Config) {
        self.kernel.add_node(id, name, config.spec());
        let mut ctx = Ctx::new(&mut self.kernel, id);
        self.nodes.push((id, Node::new(config, &DataSets::default(), &mut ctx)));
        self.kernel.queue.push_rewired(self.kernel.now, id);
    }

    fn wire(&mut self, id: EdgeId, from: NodeId, to: NodeId) {
        let end = |node, port: &str| End { node, port: port.to_owned() };
        let edge = Edge { id, from: end(from, "out"), to: end(to, "in") };
        self.kernel.edges.add(Arc::new(edge));
        for (node, _) in self.nodes.iter().filter(|(node, _)| [from, to].contains(node)) {
            self.kernel.queue.push_rewired(self.kernel.now, *node);
        }
    }

    fn connect(&mut self) {
        self.wire(UPLOADS, FIREHOSE, BUCKET);
    }

    /// Sends records with this data and the key `k` (one byte).
    fn put(&mut self, data: &[Vec<u8>]) -> Token {
        let mut ctx = Ctx::new(&mut self.kernel, CLIENT);
        let key = ctx.keys_mut().intern("k");
        let (now, count) = (ctx.now(), data.len() as u64);
        let first = ctx.new_records(count).0;
        let mut block = Block::default();
        for (id, bytes) in (first..).zip(data) {
            let len = u32::try_from(bytes.len()).unwrap();
            let (born, chunk) = ((base::RecordId(id), key, now), Rc::new(bytes.clone()));
            block.records.push(Record::new(born, &chunk, 0..len, len));
        }
        let bytes = data.iter().map(|bytes| bytes.len() as u64 + 1).sum();
        ctx.book(Account::Born(CLIENT), Account::Flight(PUTS), count, bytes);
        let put = Put {
            api: PutApi::PutRecords,
            batch: Batch::of(Rc::new(block), bytes),
            explicit_hash: ExplicitHash::None,
            wants_shards: false,
            attempt: 1,
            copies: false,
            attempts_max: 1,
        };
        let token = ctx.send(PUTS, Request::Put(put));
        self.puts.insert(token, (count, bytes));
        token
    }

    /// Sends `count` records of `len` bytes in calls of at most 500.
    fn put_many(&mut self, count: usize, len: usize) {
        let records = vec![vec![b'x'; len]; count];
        let per_call = ((4 << 20) / len).min(500);
        for batch in records.chunks(per_call) {
            self.put(batch);
        }
    }

    fn run(&mut self, until: Time) {
        while let Some(delivery) = self.kernel.queue.pop_until(until) {
            self.kernel.move_to(delivery.at);
            self.dispatch(delivery.node, delivery.event);
        }
        self.kernel.move_to(until);
    }

    fn dispatch(&mut self, to: NodeId, event: Event) {
        let node = self.nodes.iter_mut().find(|(id, _)| *id == to);
        match (node, event) {
            (Some((id, node)), event) => node.handle(event, &mut Ctx::new(&mut self.kernel, *id)),
            (None, Event::Response { token, response: Response::Put(outcome), .. }) => {
                self.answer(token, outcome);
            }
            (None, _) => {}
        }
        self.check();
    }

    /// The client drops what failed.
    fn answer(&mut self, token: Token, outcome: PutOutcome) {
        let (records, bytes) = self.puts[&token];
        let failed = outcome.failed.len() as u64;
        let dropped = Account::Dropped(CLIENT, Reason::Ignored);
        let share = bytes / records * failed;
        self.kernel.ledger.book(Account::Flight(PUTS), dropped, failed, share);
        self.answers.insert(token, outcome);
    }

    /// What the engine checks after every event.
    fn check(&self) {
        let ledger = &self.kernel.ledger;
        assert_eq!(ledger.sum(), Balance::default());
        assert_eq!(ledger.overdrawn(), None);
        for (id, node) in &self.nodes {
            let held = ledger.balance(Account::Held(*id)).records.unsigned_abs();
            assert_eq!(node.held(), held, "node {id}");
        }
    }

    fn node(&self, wanted: NodeId) -> &Node {
        let node = self.nodes.iter().find(|(id, _)| *id == wanted);
        node.map(|(_, node)| node).unwrap()
    }

    fn fault(&mut self, node: NodeId, kind: FaultKind, secs: u64) {
        let fault = Fault { node, kind, lasts: Duration::from_secs(secs) };
        let Kernel { faults, marks, now, .. } = &mut self.kernel;
        faults.start(&fault, *now, marks);
    }

    fn reconfigure(&mut self, config: &FirehoseConfig) {
        let mut ctx = Ctx::new(&mut self.kernel, FIREHOSE);
        let config = Config::Firehose(config.clone());
        self.nodes[0].1.reconfigure(&config, &DataSets::default(), &mut ctx);
        self.check();
    }

    fn objects(&self) -> &[Object] {
        self.node(BUCKET).objects()
    }

    /// Records of each object, when it was sealed in seconds, and why.
    fn seals(&self) -> Vec<(u64, u64, Seal)> {
        self.objects().iter().map(|it| (it.records, it.sealed_at.secs(), it.reason)).collect()
    }

    fn balance(&self, account: Account) -> u64 {
        self.kernel.ledger.balance(account).records.unsigned_abs()
    }

    fn causes(&self) -> Vec<Cause> {
        self.kernel.node(FIREHOSE).unwrap().causes.iter().cloned().collect()
    }
}

fn secs(secs: u64) -> Time {
    Time(secs * 1_000_000)
}

fn hints(size_mib: u32, interval_secs: u32) -> FirehoseConfig {
    FirehoseConfig {
        buffer_size_mib: size_mib,
        buffer_interval_secs: interval_secs,
        quota_times: 10,
        ..FirehoseConfig::default()
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn metrics_stand_where_the_specification_says() {
    let names = |kind: &str| Config::default_of(kind).unwrap().spec().metrics;
    let expected = [
        (INCOMING_RECORDS, "IncomingRecords"),
        (INCOMING_BYTES, "IncomingBytes"),
        (THROTTLED_RECORDS, "ThrottledRecords"),
        (MILLIS_BEHIND_LATEST, "KinesisMillisBehindLatest"),
        (THROTTLED_GET_RECORDS, "ThrottledGetRecords"),
        (metric::S3_FRESHNESS, "DeliveryToS3.DataFreshness"),
        (metric::S3_RECORDS, "DeliveryToS3.Records"),
        (metric::S3_BYTES, "DeliveryToS3.Bytes"),
        (metric::S3_SUCCESS, "DeliveryToS3.Success"),
        (metric::REDSHIFT_RECORDS, "DeliveryToRedshift.Records"),
        (metric::REDSHIFT_BYTES, "DeliveryToRedshift.Bytes"),
        (metric::REDSHIFT_SUCCESS, "DeliveryToRedshift.Success"),
        (metric::SEARCH_FRESHNESS, "DeliveryToAmazonOpenSearchService.DataFreshness"),
        (metric::SEARCH_RECORDS, "DeliveryToAmazonOpenSearchService.Records"),
        (metric::SEARCH_BYTES, "DeliveryToAmazonOpenSearchService.Bytes"),
        (metric::SEARCH_SUCCESS, "DeliveryToAmazonOpenSearchService.Success"),
        (metric::SPLUNK_FRESHNESS, "DeliveryToSplunk.DataFreshness"),
        (metric::SPLUNK_RECORDS, "DeliveryToSplunk.Records"),
        (metric::SPLUNK_BYTES, "DeliveryToSplunk.Bytes"),
        (metric::SPLUNK_SUCCESS, "DeliveryToSplunk.Success"),
        (metric::SPLUNK_ACK_LATENCY, "DeliveryToSplunk.DataAckLatency"),
        (metric::HTTP_FRESHNESS, "DeliveryToHttpEndpoint.DataFreshness"),
        (metric::HTTP_RECORDS, "DeliveryToHttpEndpoint.Records"),
        (metric::HTTP_BYTES, "DeliveryToHttpEndpoint.Bytes"),
        (metric::HTTP_SUCCESS, "DeliveryToHttpEndpoint.Success"),
        (metric::BACKUP_FRESHNESS, "BackupToS3.DataFreshness"),
        (metric::BACKUP_RECORDS, "BackupToS3.Records"),
        (metric::BACKUP_BYTES, "BackupToS3.Bytes"),
        (metric::BACKUP_SUCCESS, "BackupToS3.Success"),
        (FUNCTION_MILLIS, "ExecuteProcessing.Duration"),
        (FUNCTION_SUCCESS, "ExecuteProcessing.Success"),
        (PROCESSED_RECORDS, "SucceedProcessing.Records"),
        (PROCESSED_BYTES, "SucceedProcessing.Bytes"),
        (CONVERTED_RECORDS, "SucceedConversion.Records"),
        (CONVERTED_BYTES, "SucceedConversion.Bytes"),
        (UNCONVERTED_RECORDS, "FailedConversion.Records"),
        (UNCONVERTED_BYTES, "FailedConversion.Bytes"),
        (PARTITION_COUNT, "PartitionCount"),
        (PARTITIONS_EXCEEDED, "PartitionCountExceeded"),
        (metric::HTTP_PROCESSED_RECORDS, "DeliveryToHttpEndpoint.ProcessedRecords"),
        (metric::HTTP_PROCESSED_BYTES, "DeliveryToHttpEndpoint.ProcessedBytes"),
        (PUT_REQUESTS, "IncomingPutRequests"),
        (BYTES_LIMIT, "BytesPerSecondLimit"),
        (RECORDS_LIMIT, "RecordsPerSecondLimit"),
        (REQUESTS_LIMIT, "PutRequestsPerSecondLimit"),
        (READ_BYTES, "DataReadFromKinesisStream.Bytes"),
        (READ_RECORDS, "DataReadFromKinesisStream.Records"),
        (JQ_MILLIS, "JQProcessing.Duration"),
        (PARTITION_THROUGHPUT, "PerPartitionThroughput"),
        (metric::S3_OBJECTS, "DeliveryToS3.ObjectCount"),
    ];
    for (idx, name) in expected {
        assert_eq!(names("firehose")[usize::from(idx)].name, name);
    }
    let bucket: Vec<_> = names("bucket").iter().map(|metric| metric.name).collect();
    assert_eq!(bucket, ["NumberOfObjects", "BytesUploaded", "5xxErrors"]);
}
