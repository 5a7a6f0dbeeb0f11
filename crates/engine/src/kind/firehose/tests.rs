//! Firehose and bucket together, fed by hand: facts of the Firehose guide, and no record lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::units::MIB;
use base::{Duration, EdgeId, NodeId, Time};
use miniz_oxide::inflate::decompress_to_vec;
use scenario::kind::{BucketConfig, Compression, Config, FirehoseConfig, PutApi, QuotaRegion};
use scenario::{DataSets, Edge, End, Fault, FaultKind};

use super::Firehose;
use crate::batch::{Batch, Block, Payload};
use crate::call::{ErrorCode, Put, PutOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::{Account, Balance};
use crate::kernel::queue::{Event, Token};
use crate::kind::Component as _;
use crate::kind::bucket::Bucket;
use crate::object::Object;
use crate::snapshot::Seal;

const CLIENT: NodeId = NodeId(1);
const FIREHOSE: NodeId = NodeId(2);
const BUCKET: NodeId = NodeId(3);
const PUTS: EdgeId = EdgeId(1);
const UPLOADS: EdgeId = EdgeId(2);
/// 2018-08-27T10:30:00Z.
const EPOCH: u64 = 1_535_365_800_000;

/// A client that never retries, a Firehose stream and a bucket.
struct World {
    kernel: Kernel,
    firehose: Firehose,
    bucket: Bucket,
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
        let mut kernel = Kernel::new(7, EPOCH);
        let data = DataSets::default();
        for (id, name, kind) in [
            (CLIENT, "client", "producer"),
            (FIREHOSE, "to-s3", "firehose"),
            (BUCKET, "lake", "bucket"),
        ] {
            kernel.add_node(id, name, Config::default_of(kind).unwrap().spec());
        }
        kernel.edges.add(Arc::new(wire(PUTS, CLIENT, FIREHOSE)));
        let firehose = Firehose::new(config, &data, &mut Ctx::new(&mut kernel, FIREHOSE));
        let bucket =
            Bucket::new(&BucketConfig::default(), &data, &mut Ctx::new(&mut kernel, BUCKET));
        Self { kernel, firehose, bucket, answers: BTreeMap::new(), puts: BTreeMap::new() }
    }

    fn connect(&mut self) {
        self.kernel.edges.add(Arc::new(wire(UPLOADS, FIREHOSE, BUCKET)));
        self.kernel.queue.push(self.kernel.now, FIREHOSE, Event::Rewired);
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
            block.push(
                base::RecordId(id),
                key,
                now,
                Payload::new(&Arc::new(bytes.clone()), 0, len),
            );
        }
        let bytes = data.iter().map(|bytes| bytes.len() as u64 + 1).sum();
        ctx.book(Account::Born(CLIENT), Account::Flight(PUTS), count, bytes);
        let put = Put {
            api: PutApi::PutRecords,
            batch: Batch::of(Arc::new(block), bytes),
            explicit_hash: None,
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
            let mut ctx = Ctx::new(&mut self.kernel, delivery.node);
            match (delivery.node, delivery.event) {
                (FIREHOSE, event) => self.firehose.handle(event, &mut ctx),
                (BUCKET, event) => self.bucket.handle(event, &mut ctx),
                (_, Event::Response { token, response: Response::Put(outcome), .. }) => {
                    self.answer(token, outcome);
                }
                _ => {}
            }
            self.check();
        }
        self.kernel.move_to(until);
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
        let held = ledger.balance(Account::Held(FIREHOSE)).records.unsigned_abs();
        assert_eq!(self.firehose.held(), held);
    }

    fn fault(&mut self, node: NodeId, kind: FaultKind, secs: u64) {
        let fault = Fault { node, kind, lasts: Duration::from_secs(secs) };
        let Kernel { faults, marks, now, .. } = &mut self.kernel;
        faults.start(&fault, *now, marks);
    }

    fn reconfigure(&mut self, config: &FirehoseConfig) {
        let mut ctx = Ctx::new(&mut self.kernel, FIREHOSE);
        self.firehose.reconfigure(config, &DataSets::default(), &mut ctx);
        self.check();
    }

    fn objects(&self) -> &[Object] {
        self.bucket.objects()
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

fn wire(id: EdgeId, from: NodeId, to: NodeId) -> Edge {
    let end = |node, port: &str| End { node, port: port.to_owned() };
    Edge { id, from: end(from, "out"), to: end(to, "in") }
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

/// Facts, firehose §2: 1,000 records of 4 KiB stay below 5 MiB and wait for the interval.
#[test]
fn a_buffer_below_its_size_waits_for_the_interval() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(1_000, 4_096);
    world.run(secs(299));
    assert!(world.objects().is_empty());
    world.run(secs(301));
    assert_eq!(world.seals(), [(1_000, 300, Seal::Time)]);
}

/// Facts, firehose §2: of 2,000 such records 1,280 reach 5 MiB at once, 720 wait 300 s.
#[test]
fn the_size_hint_seals_and_the_rest_starts_a_new_clock() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(2_000, 4_096);
    world.run(secs(301));
    assert_eq!(world.seals(), [(1_280, 0, Seal::Size), (720, 300, Seal::Time)]);
    assert_eq!(world.objects()[0].raw_bytes, 5 * MIB);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 2_000);
}

#[test]
fn records_are_not_split_so_an_object_may_exceed_the_hint() {
    let mut world = World::new(&hints(1, 300));
    world.put_many(2, 900_000);
    world.run(secs(1));
    assert_eq!(world.seals(), [(2, 0, Seal::Size)]);
    assert_eq!(world.objects()[0].raw_bytes, 1_800_000);
}

#[test]
fn keys_do_not_count_and_newlines_do() {
    let glued = FirehoseConfig { newline: true, ..hints(1, 300) };
    let len = 1_023;
    for (config, sealed) in [(glued, 1), (hints(1, 300), 0)] {
        let mut world = World::new(&config);
        world.put_many(1_024, len);
        world.run(secs(1));
        assert_eq!(world.objects().len(), sealed, "1,024 records of 1,023 bytes and a delimiter");
    }
}

#[test]
fn records_are_glued_together_unless_a_delimiter_is_appended() {
    for (newline, content) in [(false, "{\"a\":1}{\"a\":2}"), (true, "{\"a\":1}\n{\"a\":2}\n")] {
        let mut world = World::new(&FirehoseConfig { newline, ..hints(1, 60) });
        world.put(&texts(&["{\"a\":1}", "{\"a\":2}"]));
        world.run(secs(61));
        assert_eq!(&*world.objects()[0].bytes, content.as_bytes());
    }
}

#[test]
fn zero_buffering_delivers_within_a_few_seconds() {
    let mut world = World::new(&hints(5, 0));
    world.put(&texts(&["a"]));
    world.run(secs(3));
    assert_eq!(world.seals(), [(1, 1, Seal::Time)]);
}

#[test]
fn gzip_objects_inflate_to_the_records() {
    let config = FirehoseConfig { compression: Compression::Gzip, newline: true, ..hints(1, 60) };
    let mut world = World::new(&config);
    world.put(&texts(&["same", "same", "same"]));
    world.run(secs(61));
    let object = &world.objects()[0];
    assert!(object.key.ends_with(".gz"), "{}", object.key);
    assert_eq!(object.raw_bytes, 15);
    let body = &object.bytes[10..object.bytes.len() - 8];
    assert_eq!(decompress_to_vec(body).unwrap(), b"same\nsame\nsame\n");
}

/// The oldest record arrives at 10:59:58, the object is sealed at 11:00:58.
#[test]
fn names_carry_the_arrival_of_the_oldest_record() {
    let mut world = World::new(&hints(5, 60));
    world.run(secs(29 * 60 + 58));
    world.put(&texts(&["first"]));
    world.run(secs(30 * 60 + 10));
    world.put(&texts(&["second"]));
    world.run(secs(32 * 60));
    let object = &world.objects()[0];
    assert_eq!(object.records, 2);
    assert!(object.key.starts_with("2018/08/27/10/to-s3-1-2018-08-27-10-59-58-"), "{}", object.key);
}

#[test]
fn the_quota_throttles_single_entries_with_slow_down() {
    let config = FirehoseConfig { quota_region: QuotaRegion::Other, ..FirehoseConfig::default() };
    let mut world = World::new(&config);
    let token = world.put(&vec![vec![b'x'; 10_240]; 150]);
    world.run(secs(1));
    let failed = &world.answers[&token].failed;
    assert_eq!(failed.len(), 48, "102 records of 10 KiB fit into 1 MiB");
    assert!(failed.iter().all(|it| it.error.code == ErrorCode::ServiceUnavailable));
    assert!(failed.iter().all(|it| it.error.reason == Reason::FirehoseQuota));
    let cause = &world.causes()[0];
    assert_eq!(&*cause.error, "ServiceUnavailableException: Slow down.");
    assert_eq!((cause.limit, cause.entries), (MIB, (48, 150)));
    world.run(secs(2));
    let token = world.put(&vec![vec![b'x'; 10_240]; 100]);
    world.run(secs(3));
    assert!(world.answers[&token].failed.is_empty(), "a second later the bucket is full again");
}

#[test]
fn a_call_beyond_the_limits_fails_as_a_whole() {
    let too_large = vec![vec![b'x'; 1_024_001]];
    let too_many = vec![Vec::new(); 501];
    let too_heavy = vec![vec![b'x'; 1_024_000]; 5];
    let expected = [
        (too_large, "records.1.member.data"),
        (too_many, "'records' failed"),
        (too_heavy, "Records size exceeds 4 MB limit"),
    ];
    for (records, words) in expected {
        let mut world = World::new(&hints(5, 300));
        let token = world.put(&records);
        world.run(secs(1));
        assert_eq!(world.answers[&token].failed.len(), records.len());
        let cause = &world.causes()[0];
        assert_eq!(cause.reason, Reason::TooLarge);
        assert!(cause.error.contains(words), "{}", cause.error);
    }
}

#[test]
fn the_largest_legal_calls_pass() {
    for records in [vec![vec![b'x'; 1_024_000]], vec![Vec::new(); 500]] {
        let mut world = World::new(&hints(5, 300));
        let token = world.put(&records);
        world.run(secs(1));
        assert!(world.answers[&token].failed.is_empty());
    }
}

#[test]
fn a_target_that_comes_back_gets_everything_in_order() {
    let mut world = World::new(&hints(5, 10));
    world.fault(BUCKET, FaultKind::Down, 100);
    for second in 0..120 {
        world.run(secs(second));
        world.put(&texts(&["a", "b"]));
    }
    world.run(secs(400));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 240);
    assert_eq!(world.firehose.held(), 0);
    let sealed: Vec<_> = world.objects().iter().map(|it| it.sealed_at).collect();
    assert!(sealed.is_sorted());
    let delivered: Vec<_> = world.objects().iter().map(|it| it.delivered_at).collect();
    assert!(delivered.is_sorted() && delivered[0] > secs(100));
}

/// Facts, firehose §6: Direct PUT data is retried for 24 hours and then lost.
#[test]
fn after_24_hours_the_data_is_lost() {
    let hour = 3_600;
    for wired in [true, false] {
        let mut world = World::unwired(&hints(5, 60));
        if wired {
            world.connect();
            world.fault(BUCKET, FaultKind::Down, 30 * hour);
        }
        world.put(&texts(&["old"]));
        world.run(secs(24 * hour - 1));
        assert_eq!(world.firehose.held() + world.balance(Account::Flight(UPLOADS)), 1);
        world.run(secs(24 * hour + 1));
        let lost = Account::Dropped(FIREHOSE, Reason::DeliveryExpired);
        assert_eq!(world.balance(lost), 1, "wired: {wired}");
        world.run(secs(31 * hour));
        assert!(world.objects().is_empty());
    }
}

#[test]
fn objects_wait_for_a_bucket_to_be_connected() {
    let mut world = World::unwired(&hints(5, 60));
    world.put(&texts(&["a"]));
    world.run(secs(3_600));
    assert_eq!(world.firehose.held(), 1);
    world.connect();
    world.run(secs(3_601));
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1);
}

/// The upload was stored but its answer never came: it is sent again under the same key.
#[test]
fn an_unanswered_upload_is_repeated_under_the_same_key() {
    let mut world = World::new(&hints(5, 60));
    world.fault(BUCKET, FaultKind::Timeout { percent: 100 }, 61);
    world.put(&texts(&["once"]));
    world.run(secs(200));
    assert_eq!(world.objects().len(), 1);
    assert_eq!(world.balance(Account::Delivered(BUCKET)), 1);
    assert_eq!(world.balance(Account::Copied(FIREHOSE)), 1);
    assert_eq!(world.balance(Account::Dropped(BUCKET, Reason::Superseded)), 1);
    assert!(world.objects()[0].delivered_at > secs(90));
}

#[test]
fn new_hints_count_for_the_buffer_as_it_is() {
    let mut world = World::new(&hints(5, 300));
    world.put_many(300, 4_096);
    world.run(secs(10));
    world.reconfigure(&hints(1, 300));
    world.run(secs(11));
    assert_eq!(world.seals(), [(300, 10, Seal::Size)]);
    assert!(world.objects()[0].key.contains("/to-s3-2-"), "one version later");
    world.put(&texts(&["a"]));
    world.run(secs(100));
    world.reconfigure(&hints(1, 60));
    world.run(secs(101));
    assert_eq!(world.seals()[1], (1, 100, Seal::Time), "60 s have passed already");
}

#[test]
fn a_quota_is_not_part_of_the_version() {
    let mut world = World::new(&hints(5, 60));
    world.reconfigure(&FirehoseConfig { quota_times: 3, ..hints(5, 60) });
    world.put(&texts(&["a"]));
    world.run(secs(61));
    assert!(world.objects()[0].key.contains("/to-s3-1-"));
}

#[test]
fn metrics_stand_where_the_specification_says() {
    let names = |kind: &str| Config::default_of(kind).unwrap().spec().metrics;
    let expected = [
        (super::INCOMING_RECORDS, "IncomingRecords"),
        (super::INCOMING_BYTES, "IncomingBytes"),
        (super::THROTTLED_RECORDS, "ThrottledRecords"),
        (super::DATA_FRESHNESS, "DeliveryToS3.DataFreshness"),
        (super::DELIVERED_RECORDS, "DeliveryToS3.Records"),
        (super::DELIVERED_BYTES, "DeliveryToS3.Bytes"),
    ];
    for (idx, name) in expected {
        assert_eq!(names("firehose")[usize::from(idx)].name, name);
    }
    let bucket: Vec<_> = names("bucket").iter().map(|metric| metric.name).collect();
    assert_eq!(bucket, ["NumberOfObjects", "BytesUploaded", "5xxErrors"]);
}

#[test]
fn freshness_rises_until_the_oldest_record_is_delivered() {
    let mut world = World::new(&hints(5, 10));
    world.put(&texts(&["a"]));
    world.run(secs(15));
    let series = world.kernel.metrics.series(FIREHOSE, super::DATA_FRESHNESS, 20);
    assert_eq!(series[1..12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
}
