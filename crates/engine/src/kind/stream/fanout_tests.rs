//! Enhanced fan-out as the facts have it: streams §3.3, from the API text and the guide.

use std::sync::Arc;

use base::{Duration, Time};
use scenario::kind::{Encryption, StartAt, StreamConfig};
use scenario::{Fault, FaultKind, KmsFault};

use super::world::{READER, READS, STREAM, World, secs};
use crate::call::{ConsumerStatus, ErrorCode, Request, Response, ShardEvent, StreamConsumer};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Token;

impl World {
    fn consumer(&mut self, request: Request) -> Result<StreamConsumer, ErrorCode> {
        match self.call(READER, READS, request) {
            Response::Consumer(result) => result.map_err(|error| error.code),
            other => panic!("{other:?}"),
        }
    }

    fn register(&mut self, name: &str) -> Result<StreamConsumer, ErrorCode> {
        self.consumer(Request::RegisterStreamConsumer { name: name.into() })
    }

    /// A consumer that may subscribe.
    fn active(&mut self, name: &str) -> u32 {
        let id = self.register(name).unwrap().id;
        let until = Time(self.kernel.now.0 + 5_000_000);
        self.run(until);
        id
    }

    fn subscribe(&mut self, consumer: u32, start: StartAt, at: u64) -> Result<u32, ErrorCode> {
        let (shard, timestamp, sequence_index) = (0, Time(at), at);
        let request =
            Request::SubscribeToShard { consumer, shard, start, timestamp, sequence_index };
        match self.call(READER, READS, request) {
            Response::Subscription(result) => result.map_err(|error| error.code),
            other => panic!("{other:?}"),
        }
    }

    fn wait(&mut self, subscription: u32) -> Token {
        let request = Request::NextEvent { subscription, shard: 0 };
        Ctx::new(&mut self.kernel, READER).send(READS, request)
    }

    /// What a reader that waits was told, if anything.
    fn told(&mut self, token: Token) -> Option<Result<ShardEvent, ErrorCode>> {
        match self.answers.remove(&token)? {
            Response::Event(result) => Some(result.map_err(|error| error.code)),
            other => panic!("{other:?}"),
        }
    }

    fn event(&mut self, subscription: u32, until: Time) -> ShardEvent {
        let token = self.wait(subscription);
        self.run(until);
        self.told(token).expect("an event by then").unwrap()
    }
}

/// `CREATING`, then `ACTIVE`; a name is taken once; the sixth in `CREATING` and the twenty-first of
/// a stream are refused; no subscription before `ACTIVE`; again under the same name is another.
#[test]
fn consumers_are_registered() {
    let mut world = World::of(1);
    let first = world.register("c0").unwrap();
    assert_eq!(first.status, ConsumerStatus::Creating);
    assert_eq!(world.register("c0"), Err(ErrorCode::ResourceInUse));
    assert_eq!(world.subscribe(first.id, StartAt::Latest, 0), Err(ErrorCode::ResourceInUse));
    for name in ["c1", "c2", "c3"] {
        world.register(name).unwrap();
    }
    // Five calls a second (facts, streams §2.3), and five at once in CREATING.
    assert_eq!(world.register("c4"), Err(ErrorCode::LimitExceeded));
    world.run(secs(1));
    world.register("c4").unwrap();
    assert_eq!(world.register("c5"), Err(ErrorCode::LimitExceeded));
    for wave in 1..4_u64 {
        world.run(secs(wave * 7));
        for n in 0..5 {
            world.register(&format!("w{wave}-{n}")).unwrap();
        }
    }
    world.run(secs(30));
    assert_eq!(world.stream.consumers().len(), 20);
    assert_eq!(world.register("one more"), Err(ErrorCode::LimitExceeded));
    let described = |name: &str| Request::DescribeStreamConsumer { name: Arc::from(name) };
    assert_eq!(world.consumer(described("c0")).unwrap().status, ConsumerStatus::Active);
    let gone = world.consumer(Request::DeregisterStreamConsumer { name: "c0".into() }).unwrap();
    assert_eq!(gone.status, ConsumerStatus::Deleting);
    world.run(secs(35));
    assert_eq!(world.consumer(described("c0")), Err(ErrorCode::ResourceNotFound));
    assert_ne!(world.register("c0").unwrap().id, first.id);
}

/// A record is pushed 70 ms after it was stored, without a poll; a quiet stream still tells now
/// and then.
#[test]
fn a_record_is_pushed_after_70_ms() {
    let mut world = World::of(1);
    let consumer = world.active("c");
    let subscription = world.subscribe(consumer, StartAt::Latest, 0).unwrap();
    let quiet = world.event(subscription, secs(11));
    assert_eq!((quiet.batch.records(), quiet.next, quiet.last), (0, Some(0), false));
    let token = world.wait(subscription);
    world.run(secs(12));
    world.put(&[("a", 10), ("b", 10)]);
    world.run(Time(12_069_999));
    assert!(world.told(token).is_none());
    world.run(Time(12_070_000));
    let event = world.told(token).unwrap().unwrap();
    assert_eq!((event.batch.records(), event.next), (2, Some(2)));
}

/// Each consumer has 2 MiB a second of its own on every shard: five read at full speed at once,
/// where five that poll would share (developer guide, building consumers).
#[test]
fn every_consumer_has_two_mib_of_its_own() {
    let mut world = World::of(1);
    let consumers: Vec<u32> = ["a", "b", "c", "d", "e"].map(|name| world.active(name)).into();
    for _second in 0..12 {
        let until = Time(world.kernel.now.0 + 1_000_000);
        let outcome = world.put(&[("k", (1 << 20) - 1 - 1_024)]);
        assert_eq!(outcome.failed.len(), 0);
        world.run(until);
    }
    let start = world.kernel.now;
    for consumer in consumers {
        let subscription = world.subscribe(consumer, StartAt::TrimHorizon, 0).unwrap();
        let (mut read, mut rounds) = (0, 0);
        while read < 12 {
            let now = world.kernel.now;
            read += world.event(subscription, Time(now.0 + 500_000)).batch.records();
            rounds += 1;
        }
        // 2 MiB at once and 2 MiB a second: 12 records of almost 1 MiB take about five seconds.
        assert!((9..=12).contains(&rounds), "{rounds} half seconds");
    }
    assert!(world.kernel.now.since(start).0 >= 5 * 4_500_000);
}

/// After five minutes the connection ends; reading goes on behind the last number.
#[test]
fn a_subscription_lives_five_minutes() {
    let mut world = World::of(1);
    let consumer = world.active("c");
    let subscription = world.subscribe(consumer, StartAt::TrimHorizon, 0).unwrap();
    world.put(&[("a", 10)]);
    let first = world.event(subscription, secs(6));
    assert_eq!(first.next, Some(1));
    world.run(Time(304_999_999));
    assert!(!world.event(subscription, Time(304_999_999)).last);
    let token = world.wait(subscription);
    world.run(secs(305));
    assert!(world.told(token).unwrap().unwrap().last);
    world.put(&[("a", 10)]);
    let again = world.subscribe(consumer, StartAt::AfterSequenceNumber, 1).unwrap();
    let event = world.event(again, secs(306));
    assert_eq!((event.batch.records(), event.next), (1, Some(2)));
}

/// A second call within a second is one too many; within five seconds the shard is taken; later it
/// takes over and the old connection ends with `ResourceInUseException`.
#[test]
fn a_later_call_takes_the_shard_over() {
    let mut world = World::of(1);
    let consumer = world.active("c");
    let old = world.subscribe(consumer, StartAt::Latest, 0).unwrap();
    world.run(Time(5_500_000));
    assert_eq!(world.subscribe(consumer, StartAt::Latest, 0), Err(ErrorCode::LimitExceeded));
    world.run(Time(9_999_999));
    assert_eq!(world.subscribe(consumer, StartAt::Latest, 0), Err(ErrorCode::ResourceInUse));
    assert!(!world.event(old, secs(11)).last);
    let token = world.wait(old);
    let new = world.subscribe(consumer, StartAt::Latest, 0).unwrap();
    world.run(secs(11));
    assert_eq!(world.told(token).unwrap().unwrap_err(), ErrorCode::ResourceInUse);
    assert!(world.event(new, secs(16)).next.is_some());
}

/// At the end of a closed shard there is no number to go on with.
#[test]
fn a_closed_shard_ends() {
    let mut world = World::of(1);
    let consumer = world.active("c");
    let subscription = world.subscribe(consumer, StartAt::TrimHorizon, 0).unwrap();
    world.put(&[("a", 10)]);
    assert_eq!(world.event(subscription, secs(6)).next, Some(1));
    let token = world.wait(subscription);
    world.run(secs(7));
    let config = StreamConfig { shards: 2, ..world.stream.settings().clone() };
    world.reconfigure(&config);
    world.run(secs(7));
    let end = world.told(token).unwrap().unwrap();
    assert_eq!((end.batch.records(), end.next, end.last), (0, None, true));
}

/// Errors of the key come in the middle of an event stream, too (facts, streams §3.3 and §4.5).
#[test]
fn a_key_that_cannot_be_used_ends_a_subscription() {
    let encryption = Encryption::CustomerKey;
    let mut world = World::new(&StreamConfig { encryption, ..StreamConfig::default() });
    let consumer = world.active("c");
    let subscription = world.subscribe(consumer, StartAt::TrimHorizon, 0).unwrap();
    world.put(&[("a", 10)]);
    let kind = FaultKind::Kms(KmsFault::Disabled);
    let fault = Fault { node: STREAM, kind, lasts: Duration::from_secs(60) };
    let now = world.kernel.now;
    world.kernel.faults.start(&fault, now, &mut world.kernel.marks);
    let token = world.wait(subscription);
    world.run(secs(6));
    assert_eq!(world.told(token).unwrap().unwrap_err(), ErrorCode::KmsDisabled);
}
