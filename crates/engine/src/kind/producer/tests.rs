//! A producer against a service that answers by a script.

use std::collections::BTreeSet;

use base::{EdgeId, NodeId};
use scenario::kind::{Backoff, Config, KeyRecipe, OnFailure, PutApi, RecordsConfig, SizeRule};
use scenario::{Edge, End, Fault, FaultKind};

use super::*;
use crate::call::{ApiError, ErrorCode, Failed, Put, PutOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ledger::Account;
use crate::snapshot::Gauge;

const ME: NodeId = NodeId(1);
const SERVICE: NodeId = NodeId(2);
const WIRE: EdgeId = EdgeId(1);

/// What the service does with a call: which rows fail, when it answers, whether that arrives.
struct Verdict {
    failed: Vec<u32>,
    millis: u32,
    lost: bool,
}

fn fine() -> Verdict {
    Verdict { failed: Vec::new(), millis: 20, lost: false }
}

struct World {
    kernel: Kernel,
    producer: Producer,
    puts: Vec<(Time, Put)>,
    stored: Vec<RecordId>,
}

impl World {
    fn new(config: &ProducerConfig) -> Self {
        let mut world = Self::unwired(config);
        let end = |node, port: &str| End { node, port: port.into() };
        let edge = Edge { id: WIRE, from: end(ME, "out"), to: end(SERVICE, "in") };
        world.kernel.edges.add(edge.into());
        world
    }

    fn unwired(config: &ProducerConfig) -> Self {
        let mut kernel = Kernel::new(7, 1_795_255_200_000);
        for (id, name, kind) in [(ME, "clicks", "producer"), (SERVICE, "orders", "stream")] {
            let spec = Config::default_of(kind).expect("a kind of this version").spec();
            kernel.add_node(id, name, spec);
        }
        let data = DataSets::default();
        let producer = Producer::new(config, &data, &mut Ctx::new(&mut kernel, ME));
        kernel.queue.push_rewired(Time::ZERO, ME);
        Self { kernel, producer, puts: Vec::new(), stored: Vec::new() }
    }

    fn run(&mut self, until_millis: u64, mut service: impl FnMut(&Put) -> Verdict) {
        let until = Time(until_millis * 1_000);
        while let Some(delivery) = self.kernel.queue.pop_until(until) {
            self.kernel.move_to(delivery.at);
            match (delivery.node, delivery.event) {
                (SERVICE, Event::Request { token, request: Request::Put(put), .. }) => {
                    self.serve(token, put, &mut service);
                }
                (_, event) => self.producer.handle(event, &mut Ctx::new(&mut self.kernel, ME)),
            }
            self.check();
        }
        self.kernel.move_to(until);
    }

    fn serve(
        &mut self,
        token: crate::kernel::queue::Token,
        put: Put,
        service: &mut impl FnMut(&Put) -> Verdict,
    ) {
        let verdict = service(&put);
        let failed: BTreeSet<u32> = verdict.failed.iter().copied().collect();
        let (mut records, mut bytes) = (0, 0);
        for (record, at) in put.batch.rows().zip(0..) {
            if !failed.contains(&at) {
                records += 1;
                bytes += record.bytes(&self.kernel.keys);
                self.stored.push(record.id);
            }
        }
        let error = ApiError {
            reason: Reason::ShardRecords,
            code: ErrorCode::ProvisionedThroughputExceeded,
            shard: 3,
        };
        let failed = failed.into_iter().map(|row| Failed { row, error }).collect();
        let outcome = PutOutcome { failed, lost: verdict.lost, ..PutOutcome::default() };
        self.puts.push((self.kernel.now, put));
        let mut ctx = Ctx::new(&mut self.kernel, SERVICE);
        ctx.book(Account::Flight(WIRE), Account::Held(SERVICE), records, bytes);
        ctx.reply(token, millis(verdict.millis), Response::Put(outcome));
    }

    fn check(&self) {
        let ledger = &self.kernel.ledger;
        assert_eq!((ledger.sum().records, ledger.sum().bytes), (0, 0));
        assert_eq!(ledger.overdrawn(), None);
        assert_eq!(self.balance(Account::Held(ME)), self.producer.held());
        assert_eq!(self.producer.check(), Ok(()));
    }

    fn balance(&self, account: Account) -> u64 {
        self.kernel.ledger.balance(account).records.unsigned_abs()
    }

    fn dropped(&self, reason: Reason) -> u64 {
        self.balance(Account::Dropped(ME, reason))
    }

    fn causes(&self) -> Vec<Cause> {
        let node = self.kernel.node(ME).expect("it exists");
        node.causes.iter().cloned().collect()
    }

    fn sizes(&self) -> Vec<u64> {
        self.puts.iter().map(|(_, put)| put.batch.records()).collect()
    }
}

fn rate(records_per_sec: u32) -> RecordsConfig {
    RecordsConfig { records_per_sec, ..RecordsConfig::default() }
}

fn config() -> ProducerConfig {
    ProducerConfig {
        records: rate(100),
        batch_records: 10,
        linger_millis: 1_000,
        on_failure: OnFailure::RetryFailed,
        backoff: Backoff::Fixed,
        backoff_millis: 100,
        attempts_max: 3,
        ..ProducerConfig::default()
    }
}

#[test]
fn batches_fill_or_linger() {
    let mut world = World::new(&config());
    world.run(1_050, |_put| fine());
    assert_eq!(world.sizes(), [10; 10]);
    let mut world = World::new(&ProducerConfig { linger_millis: 45, ..config() });
    world.run(500, |_put| fine());
    assert!(world.sizes().iter().all(|size| *size == 5), "{:?}", world.sizes());
    let mut world = World::new(&ProducerConfig { api: PutApi::PutRecord, ..config() });
    world.run(1_000, |_put| fine());
    assert_eq!(world.sizes(), [1; 100]);
    assert_eq!(world.producer.client.tally.stored, 98, "two are on their way");
}

/// Facts, streams §1.4 and §8.1: `PutRecord` keeps order if it is serial; calls side by side do
/// not, because what failed comes after what was sent meanwhile.
#[test]
fn serial_puts_keep_their_order() {
    for serial in [true, false] {
        let single = ProducerConfig { api: PutApi::PutRecord, serial, ..config() };
        let mut world = World::new(&single);
        let mut calls = 0;
        world.run(2_000, |put| {
            calls += 1;
            let fails = calls % 7 == 0 && put.attempt == 1;
            Verdict { failed: if fails { vec![0] } else { Vec::new() }, ..fine() }
        });
        assert!(world.stored.len() > 30, "{}", world.stored.len());
        assert_eq!(world.stored.is_sorted(), serial);
        let apart = world.puts.windows(2).all(|pair| pair[1].0.since(pair[0].0).millis() >= 20);
        assert_eq!(apart, serial, "one call at a time, 20 ms each");
    }
}

#[test]
fn a_request_stays_below_ten_mebibytes() {
    let payload = "${seq}".to_owned();
    let large = RecordsConfig { size: SizeRule::Fixed, size_bytes: 3 << 20, payload, ..rate(100) };
    let large = ProducerConfig { records: large, ..config() };
    let mut world = World::new(&large);
    world.run(200, |_put| fine());
    assert_eq!(world.sizes()[..4], [3; 4]);
    assert!(world.puts.iter().all(|(_, put)| put.batch.bytes <= 10 << 20));
}

/// A service that tries for a while gives up when that is over, whatever attempts are left.
#[test]
fn a_record_is_tried_no_longer_than_its_age_allows() {
    let patient = ProducerConfig {
        backoff: Backoff::Fixed,
        backoff_millis: 100,
        attempts_max: 1_000,
        linger_millis: 0,
        in_flight_max: 100,
        records: rate(10),
        ..config()
    };
    let mut world = World::new(&patient);
    world.producer.client.limit_age(Some(Duration::from_secs(1)));
    world.run(5_000, |put| Verdict {
        failed: (0..u32::try_from(put.batch.records()).unwrap_or(0)).collect(),
        ..fine()
    });
    let attempts = world.puts.iter().map(|(_, put)| put.attempt).max();
    assert!(attempts.is_some_and(|most| (5..=12).contains(&most)), "{attempts:?}");
    assert!(world.producer.client.tally.given_up > 0);
}

/// Developer guide of 2022: 5 MiB for a `PutRecords` request.
#[test]
fn a_request_of_2021_stays_below_five_mebibytes() {
    let payload = "${seq}".to_owned();
    let large = RecordsConfig { size: SizeRule::Fixed, size_bytes: 2 << 20, payload, ..rate(100) };
    let large = ProducerConfig { records: large, ..config() };
    let mut world = World::new(&large);
    world.kernel.limits = scenario::limits::find("2021-01").expect("a known set");
    world.run(200, |_put| fine());
    assert_eq!(world.sizes()[..4], [2; 4]);
}

#[test]
fn failed_entries_alone_are_sent_again() {
    let mut world = World::new(&config());
    world.run(1_500, |put| Verdict {
        failed: if put.attempt == 1 { vec![2, 7] } else { Vec::new() },
        ..fine()
    });
    let first: Vec<RecordId> = world.puts[0].1.batch.rows().map(|record| record.id).collect();
    let again = world.puts.iter().find(|(_, put)| put.attempt == 2).expect("a second attempt");
    let ids: Vec<RecordId> = again.1.batch.rows().map(|record| record.id).collect();
    assert_eq!(ids, [first[2], first[7]]);
    assert_eq!(again.0.since(world.puts[0].0), Duration::from_millis(120), "answer and wait");
    assert!(!again.1.copies);
    let tally = world.producer.client.tally;
    assert_eq!((tally.copied, tally.given_up), (0, 0));
    assert!(tally.rejected >= 20);
}

#[test]
fn attempts_end_and_are_explained() {
    let mut world = World::new(&config());
    world.run(1_000, |_put| Verdict { failed: vec![0], ..fine() });
    assert!(world.dropped(Reason::GivenUp) > 0);
    assert_eq!(world.producer.client.tally.given_up, world.dropped(Reason::GivenUp));
    assert_eq!(world.puts.iter().map(|(_, put)| put.attempt).max(), Some(3));
    let cause = world.causes().into_iter().next().expect("it was explained");
    assert_eq!((cause.reason, cause.attempt, cause.entries), (Reason::GivenUp, (3, 3), (1, 1)));
    assert_eq!(&*cause.error, "ProvisionedThroughputExceededException");
    assert!(cause.shard == Some(3) && cause.key.is_some());
}

#[test]
fn ignoring_means_losing() {
    let mut world = World::new(&ProducerConfig { on_failure: OnFailure::Ignore, ..config() });
    world.run(1_000, |_put| Verdict { failed: vec![0, 1, 2], ..fine() });
    assert!(world.puts.iter().all(|(_, put)| put.attempt == 1));
    assert_eq!(world.dropped(Reason::Ignored), world.producer.client.tally.rejected);
    assert!(world.dropped(Reason::Ignored) >= 27);
}

#[test]
fn sending_all_again_makes_duplicates() {
    let mut world = World::new(&ProducerConfig { on_failure: OnFailure::RetryAll, ..config() });
    world.run(500, |put| Verdict {
        failed: if put.attempt == 1 { vec![4] } else { Vec::new() },
        ..fine()
    });
    let again = world.puts.iter().find(|(_, put)| put.attempt == 2).expect("a second attempt");
    assert!(again.1.copies && again.1.batch.records() == 10);
    let distinct: BTreeSet<RecordId> = world.stored.iter().copied().collect();
    let twice = (world.stored.len() - distinct.len()) as u64;
    assert!(twice > 0 && twice <= world.balance(Account::Copied(ME)));
    assert_eq!(world.balance(Account::Copied(ME)) % 9, 0);
}

#[test]
fn a_timeout_after_storing_makes_duplicates() {
    let config = ProducerConfig { call_timeout_millis: 50, ..config() };
    let mut world = World::new(&config);
    world.run(145, |put| Verdict { failed: Vec::new(), millis: 20, lost: put.attempt == 1 });
    assert_eq!(world.sizes(), [10], "the client still waits");
    world.run(400, |_put| fine());
    let distinct: BTreeSet<RecordId> = world.stored.iter().copied().collect();
    assert_eq!(world.stored.len() - distinct.len(), 10);
    assert_eq!(world.balance(Account::Copied(ME)), 10);
    let cause = world.causes().into_iter().next().expect("it was explained");
    assert_eq!((cause.reason, cause.next_try_micros), (Reason::CallTimeout, Some(100_000)));
}

#[test]
fn a_late_answer_settles_the_call_that_was_given_up() {
    let config = ProducerConfig { call_timeout_millis: 50, ..config() };
    let mut world = World::new(&config);
    world.run(400, |put| Verdict {
        failed: if put.attempt == 1 { (0..10).collect() } else { Vec::new() },
        millis: if put.attempt == 1 { 90 } else { 20 },
        lost: false,
    });
    assert!(world.dropped(Reason::Superseded) >= 10);
    let distinct: BTreeSet<RecordId> = world.stored.iter().copied().collect();
    assert_eq!(distinct.len(), world.stored.len(), "nothing was stored twice");
}

#[test]
fn a_full_buffer_drops_new_records() {
    let small = ProducerConfig { in_flight_max: 1, buffer_records_max: 30, ..config() };
    let mut world = World::new(&small);
    world.run(2_000, |_put| Verdict { millis: 500, ..fine() });
    assert!(world.producer.held() <= 30);
    assert_eq!(world.balance(Account::Born(ME)), 200);
    let full = world.dropped(Reason::BufferFull);
    assert!((80..150).contains(&full), "{full}");
    assert_eq!(world.causes()[0].limit, 30);
}

#[test]
fn without_a_wire_records_are_dropped() {
    let mut world = World::unwired(&config());
    world.run(1_000, |_put| fine());
    assert_eq!(world.dropped(Reason::NotConnected), 100);
}

#[test]
fn a_wire_that_goes_takes_nothing_with_it() {
    let mut world = World::new(&config());
    world.run(300, |_put| fine());
    world.kernel.edges.remove(WIRE);
    world.run(310, |_put| fine());
    world.kernel.queue.push_rewired(world.kernel.now, ME);
    world.run(1_000, |_put| fine());
    assert!(world.dropped(Reason::NotConnected) >= 60);
    assert_eq!(world.balance(Account::Flight(WIRE)), 0);
}

#[test]
fn faults_of_the_producer_hit_its_own_calls() {
    for kind in [FaultKind::Down, FaultKind::Timeout { percent: 100 }] {
        let mut world = World::new(&ProducerConfig { call_timeout_millis: 50, ..config() });
        let fault = Fault { node: ME, kind, lasts: Duration::from_millis(300) };
        let Kernel { faults, marks, .. } = &mut world.kernel;
        faults.start(&fault, Time::ZERO, marks);
        world.run(300, |_put| fine());
        let down = kind == FaultKind::Down;
        assert_eq!(
            (world.stored.is_empty(), world.balance(Account::Copied(ME)) == 0),
            (down, down)
        );
        world.run(2_000, |_put| fine());
        assert!(world.stored.len() > 100);
    }
}

#[test]
fn settings_change_without_losing_a_record() {
    let mut world = World::new(&ProducerConfig { backoff_millis: 700, ..config() });
    let data = DataSets::default();
    for (step, per_sec) in (1..=10_u64).zip([100, 2_000, 0, 50, 300, 5_000, 10, 0, 1, 100]) {
        world.run(step * 100, |put| Verdict {
            failed: if put.attempt == 1 { vec![0] } else { Vec::new() },
            ..fine()
        });
        let api = if step % 3 == 0 { PutApi::PutRecord } else { PutApi::PutRecords };
        let payload = if step % 2 == 0 { "same" } else { "${key}" }.to_owned();
        let keys = if step % 4 == 0 { KeyRecipe::Hot } else { KeyRecipe::Uniform };
        let size = if step % 5 == 0 { SizeRule::Uniform } else { SizeRule::Template };
        let records = RecordsConfig { payload, keys, size, ..rate(per_sec) };
        let next = ProducerConfig { records, api, ..config() };
        let mut ctx = Ctx::new(&mut world.kernel, ME);
        world.producer.reconfigure(&next, &data, &mut ctx);
        world.check();
    }
    let quiet = ProducerConfig { records: rate(0), ..config() };
    world.producer.reconfigure(&quiet, &data, &mut Ctx::new(&mut world.kernel, ME));
    world.run(20_000, |_put| fine());
    assert_eq!(world.balance(Account::Born(ME)), world.balance(Account::Held(SERVICE)));
    assert_eq!(world.stored.iter().collect::<BTreeSet<_>>().len(), world.stored.len());
}

#[test]
fn every_policy_keeps_the_books_under_random_answers() {
    let policies = [OnFailure::Ignore, OnFailure::RetryFailed, OnFailure::RetryAll];
    let backoffs = [Backoff::None, Backoff::Fixed, Backoff::Exponential, Backoff::Jitter];
    for (seed, policy) in (0_u32..36).zip(policies.into_iter().cycle()) {
        let backoff = backoffs[seed as usize / 3 % 4];
        let mut rng = Rng::from_seed(u64::from(seed));
        let mut world = World::new(&ProducerConfig {
            on_failure: policy,
            backoff,
            records: rate(1 + rng.below(3_000)),
            batch_records: 1 + rng.below(50),
            in_flight_max: 1 + rng.below(5),
            linger_millis: rng.below(30),
            buffer_records_max: 20 + rng.below(500),
            call_timeout_millis: 60,
            ..config()
        });
        world.run(1_500, |put| {
            let entries = u32::try_from(put.batch.records()).expect("few entries");
            Verdict {
                failed: (0..entries).filter(|_row| rng.below(4) == 0).collect(),
                millis: rng.below(120),
                lost: rng.below(10) == 0,
            }
        });
        assert!(world.producer.client.tally.stored > 0, "seed {seed}");
    }
}

/// Keys that others use say nothing about this producer.
#[test]
fn the_bars_are_the_producers_own_keys() {
    let list = vec![("heavy".to_owned(), 3), ("light".to_owned(), 1)];
    let records = RecordsConfig { keys: KeyRecipe::List, key_list: list, ..config().records };
    let mut world = World::new(&ProducerConfig { records, ..config() });
    let other = world.kernel.keys.intern("of another producer");
    (0..100_000).for_each(|_n| world.kernel.keys.touch(other));
    world.run(3_010, |_put| fine());
    let mut view = NodeView { id: ME, ..NodeView::default() };
    world.producer.observe(&world.kernel, &mut view, &mut []);
    let Some(Gauge::Bars { bars, .. }) = view.gauges.get(1) else { panic!("{:?}", view.gauges) };
    let slots: Vec<u8> = bars.iter().map(|(slot, _)| *slot).collect();
    let slot_of = |world: &mut World, key: &str| {
        let id = world.kernel.keys.intern(key);
        world.kernel.keys.slot(id)
    };
    assert_eq!(slots, [slot_of(&mut world, "heavy"), slot_of(&mut world, "light")]);
    assert!(bars[0].1 == 1_000 && (200..500).contains(&bars[1].1), "three to one: {bars:?}");
}

#[test]
fn the_card_shows_sums_that_add_up() {
    let mut world = World::new(&config());
    world.run(3_010, |_put| Verdict { failed: vec![0], ..fine() });
    let mut view = NodeView { id: ME, ..NodeView::default() };
    world.producer.observe(&world.kernel, &mut view, &mut []);
    let [
        Gauge::Spark { value, series, .. },
        Gauge::Bars { bars, .. },
        Gauge::Line { left, right },
        Gauge::Counters(sum),
    ] = &view.gauges[..]
    else {
        panic!("{:?}", view.gauges);
    };
    assert_eq!((*value, &series[..]), (100, &[100, 100, 100][..]));
    assert!(bars.len() == 10 && bars[0].1 == 1_000);
    assert_eq!((&left[..], &right[..]), ("PutRecords × 10", "retry × 3"));
    let words: Vec<_> = sum.iter().map(|line| (line.sign, line.label)).collect();
    assert_eq!(words, [("", "attempted"), ("=", "stored"), ("+", "rejected"), ("+", "in flight")]);
    assert_eq!(sum[0].value, sum[1].value + sum[2].value + sum[3].value);
    assert!(!view.retries.is_empty() && view.retries.iter().all(|left| *left <= 1_000));
}
