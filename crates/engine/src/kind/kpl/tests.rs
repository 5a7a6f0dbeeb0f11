//! The library against a stream that answers by a script.

use base::{EdgeId, NodeId};
use scenario::kind::{Config, RecordsConfig, SizeRule};
use scenario::{Edge, End, Fault, FaultKind};

use super::*;
use crate::call::{ApiError, ErrorCode, Failed, Put, PutOutcome, Request, ShardInfo};
use crate::cause::Reason;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::snapshot::Gauge;
use crate::wire::kpl::{read, user_records};

const ME: NodeId = NodeId(1);
const STREAM: NodeId = NodeId(2);
const WIRE: EdgeId = EdgeId(1);
const HALF: u128 = 1 << 127;

/// What the stream does with a call: which rows fail, when it answers, whether that arrives.
#[derive(Default)]
struct Verdict {
    failed: Vec<u32>,
    millis: u32,
    lost: bool,
}

fn fine() -> Verdict {
    Verdict { millis: 20, ..Verdict::default() }
}

struct World {
    kernel: Kernel,
    kpl: Kpl,
    /// Index and hash range of the open shards.
    shards: Vec<(u32, (u128, u128))>,
    puts: Vec<(Time, Put)>,
    /// User records that were stored, by key; their shard and how many came with them.
    stored: Vec<(String, u32, u64)>,
    lists: u32,
}

impl World {
    fn new(config: &KplConfig) -> Self {
        let mut kernel = Kernel::new(7, 1_795_255_200_000);
        for (id, name, kind) in [(ME, "mobile-app", "kpl"), (STREAM, "orders", "stream")] {
            let spec = Config::default_of(kind).expect("a kind of this version").spec();
            kernel.add_node(id, name, spec);
        }
        let end = |node, port: &str| End { node, port: port.into() };
        let edge = Edge { id: WIRE, from: end(ME, "out"), to: end(STREAM, "in") };
        kernel.edges.add(edge.into());
        let kpl = Kpl::new(config, &DataSets::default(), &mut Ctx::new(&mut kernel, ME));
        kernel.queue.push_rewired(Time::ZERO, ME);
        let shards = vec![(0, (0, HALF - 1)), (1, (HALF, u128::MAX))];
        Self { kernel, kpl, shards, puts: Vec::new(), stored: Vec::new(), lists: 0 }
    }

    fn run(&mut self, until_millis: u64, mut service: impl FnMut(&Put) -> Verdict) {
        let until = Time(until_millis * 1_000);
        while let Some(delivery) = self.kernel.queue.pop_until(until) {
            self.kernel.move_to(delivery.at);
            match (delivery.node, delivery.event) {
                (STREAM, Event::Request { token, request: Request::Put(put), .. }) => {
                    let verdict = service(&put);
                    self.serve(token, put, &verdict);
                }
                (STREAM, Event::Request { token, .. }) => self.list(token),
                (_, event) => self.kpl.handle(event, &mut Ctx::new(&mut self.kernel, ME)),
            }
            self.check();
        }
        self.kernel.move_to(until);
    }

    fn list(&mut self, token: Token) {
        self.lists += 1;
        let info = |(shard, range): &(u32, (u128, u128))| ShardInfo {
            shard: *shard,
            closed: false,
            parent: None,
            adjacent_parent: None,
            range: *range,
            created_secs: 0,
        };
        let shards = self.shards.iter().map(info).collect();
        let mut ctx = Ctx::new(&mut self.kernel, STREAM);
        ctx.reply(token, Duration::from_millis(10), Response::Shards(shards));
    }

    fn serve(&mut self, token: Token, put: Put, verdict: &Verdict) {
        let mut shards = Vec::new();
        let mut ctx = Ctx::new(&mut self.kernel, STREAM);
        let error = ApiError {
            reason: Reason::ShardRecords,
            code: ErrorCode::ProvisionedThroughputExceeded,
            shard: 0,
        };
        let mut failed = Vec::new();
        for (row, record) in (0_u32..).zip(put.batch.rows()) {
            let hash = put.explicit_hash.of(row).expect("the library always names it");
            let holds = |range: (u128, u128)| range.0 <= hash && hash <= range.1;
            let (shard, _) = self.shards.iter().find(|(_, range)| holds(*range)).unwrap();
            shards.push(*shard);
            if verdict.failed.contains(&row) {
                failed.push(Failed { row, error });
                continue;
            }
            let bytes = record.bytes(ctx.keys());
            ctx.book(Account::Flight(WIRE), Account::Held(STREAM), 1, bytes);
            let plain = vec![(record.clone(), hash)];
            let users = user_records(record, &mut ctx);
            if let Some(users) = &users {
                assert_eq!(&**ctx.keys().text(record.key), "a", "facts, streams §8.3");
                assert_eq!(users[0].1, hash, "that of its first user record");
            }
            let users = users.unwrap_or(plain);
            let company = users.len() as u64;
            for (user, _hash) in &users {
                self.stored.push((ctx.keys().text(user.key).to_string(), *shard, company));
            }
        }
        let outcome = PutOutcome { failed, shards, lost: verdict.lost, whole: false };
        let delay = Duration::from_millis(verdict.millis.into());
        ctx.reply(token, delay, Response::Put(outcome));
        self.puts.push((self.kernel.now, put));
    }

    fn check(&self) {
        assert_eq!(self.kpl.check(), Ok(()));
        let held = self.kernel.ledger.balance(Account::Held(ME)).records;
        assert_eq!(held, i64::try_from(self.kpl.held()).unwrap());
        assert_eq!(self.kernel.ledger.sum(), crate::kernel::ledger::Balance::default());
        assert_eq!(self.kernel.ledger.overdrawn(), None);
    }
}

/// Records of 100 bytes, each with a key of its own: the same key twice is a duplicate.
fn config(records_per_sec: u32) -> KplConfig {
    let records = RecordsConfig {
        records_per_sec,
        keys: scenario::kind::KeyRecipe::Random,
        size: SizeRule::Fixed,
        size_bytes: 100,
        payload: "${seq}".to_owned(),
        ..RecordsConfig::default()
    };
    KplConfig { records, ..KplConfig::default() }
}

fn quiet(world: &mut World, config: &KplConfig) {
    let mut config = config.clone();
    config.records.records_per_sec = 0;
    let data = DataSets::default();
    world.kpl.reconfigure(&config, &data, &mut Ctx::new(&mut world.kernel, ME));
}

fn keys(world: &World) -> Vec<&str> {
    let mut keys: Vec<&str> = world.stored.iter().map(|(key, ..)| key.as_str()).collect();
    keys.sort_unstable();
    keys
}

fn duplicates(world: &World) -> usize {
    keys(world).windows(2).filter(|pair| pair[0] == pair[1]).count()
}

/// Facts, streams §8.3: aggregate for each shard, or KCL drops the whole record.
#[test]
fn what_travels_together_belongs_to_one_shard() {
    let mut world = World::new(&config(2_000));
    world.run(3_000, |_put| fine());
    assert!(world.stored.iter().any(|(.., company)| *company > 50));
    for (key, shard, _) in &world.stored {
        let home = u32::from(crate::kernel::keys::hash_of(key) >= HALF);
        assert_eq!(*shard, home, "{key}");
    }
    assert_eq!(duplicates(&world), 0);
}

/// Facts, streams §8.2: a record waits `RecordMaxBufferedTime` to be packed; `pipeline.h`: a fifth
/// of it, 50 ms at most, for the call.
#[test]
fn a_lonely_record_waits_for_company() {
    for (buffered, first) in [(100, 120), (1_000, 1_050), (0, 0)] {
        let config = KplConfig { record_buffered_millis_max: buffered, ..config(1) };
        let mut world = World::new(&config);
        world.run(2_400, |_put| fine());
        // The first record is born in the middle of the first second.
        assert_eq!(world.puts[0].0.millis(), 500 + first, "{buffered}");
    }
}

/// Facts, streams §8.2: what failed goes through the pipeline again; nothing is lost before its
/// time to live is over.
#[test]
fn throttled_records_come_back_in_other_company() {
    let setup = config(500);
    let mut world = World::new(&setup);
    world.run(2_000, |put| Verdict {
        failed: if put.attempt == 1 { vec![0] } else { Vec::new() },
        ..fine()
    });
    quiet(&mut world, &setup);
    world.run(4_000, |_put| fine());
    let tally = world.kpl.pipeline.tally;
    assert_eq!((tally.put, tally.failed, tally.pending), (1_000, 0, 0));
    assert!(tally.kinesis_failed > 10);
    assert_eq!((keys(&world).len(), duplicates(&world)), (1_000, 0));
}

/// Facts, streams §8.2: `Expired` after `RecordTtl`.
#[test]
fn records_expire_where_nothing_is_ever_stored() {
    let setup = KplConfig { record_ttl_millis: 1_000, ..config(100) };
    let mut world = World::new(&setup);
    let all = |put: &Put| Verdict {
        failed: (0..u32::try_from(put.batch.records()).unwrap()).collect(),
        ..fine()
    };
    world.run(1_000, all);
    assert_eq!(world.kpl.pipeline.tally.expired, 0);
    quiet(&mut world, &setup);
    world.run(3_000, all);
    let tally = world.kpl.pipeline.tally;
    assert_eq!((tally.received, tally.expired, tally.failed), (100, 100, 100));
    let lost = world.kernel.ledger.balance(Account::Dropped(ME, Reason::RecordTtl));
    assert_eq!(lost.records, 100);
}

/// Facts, streams §8.2: with `FailIfThrottled` nothing is sent twice.
#[test]
fn throttled_records_fail_at_once_if_told() {
    let setup = KplConfig { fail_if_throttled: true, ..config(100) };
    let mut world = World::new(&setup);
    world.run(2_000, |_put| Verdict { failed: vec![0], ..fine() });
    let tally = world.kpl.pipeline.tally;
    assert!(tally.failed > 0 && tally.kinesis_failed > 0);
    assert!(world.puts.iter().all(|(_, put)| put.attempt == 1));
}

/// Facts, streams §8.2: a call that timed out may have stored its records, and is sent again.
#[test]
fn a_lost_answer_makes_duplicates() {
    let setup = KplConfig { request_timeout_millis: 200, ..config(100) };
    let mut world = World::new(&setup);
    let mut calls = 0;
    world.run(1_000, |_put| {
        calls += 1;
        Verdict { lost: calls == 3, ..fine() }
    });
    quiet(&mut world, &setup);
    world.run(2_000, |_put| fine());
    let tally = world.kpl.pipeline.tally;
    assert_eq!((tally.put, tally.pending), (100, 0));
    assert!(tally.copied > 0);
    assert_eq!(duplicates(&world), usize::try_from(tally.copied).unwrap());
}

/// A call that times out and fails afterwards is no loss: its copies are on their way.
#[test]
fn a_late_failure_is_not_missed() {
    let setup = KplConfig { request_timeout_millis: 200, ..config(100) };
    let mut world = World::new(&setup);
    let mut calls = 0;
    world.run(1_000, |put| {
        calls += 1;
        let all = (0..u32::try_from(put.batch.records()).unwrap()).collect();
        let late = Verdict { failed: all, millis: 400, lost: false };
        if calls == 3 { late } else { fine() }
    });
    quiet(&mut world, &setup);
    world.run(2_000, |_put| fine());
    assert_eq!((world.kpl.pipeline.tally.put, duplicates(&world)), (100, 0));
    let superseded = world.kernel.ledger.balance(Account::Dropped(ME, Reason::Superseded));
    assert_eq!(superseded.records, i64::try_from(world.kpl.pipeline.tally.copied).unwrap());
}

/// Facts, streams §8.2: after a reshard a record lands in a shard the map does not know: it is
/// sent again, a real duplicate, and the map is asked for anew.
#[test]
fn a_split_sends_what_was_on_its_way_twice() {
    let setup = config(1_000);
    let mut world = World::new(&setup);
    world.run(1_000, |_put| fine());
    assert_eq!((world.lists, duplicates(&world)), (1, 0));
    world.shards = vec![
        (0, (0, HALF - 1)),
        (2, (HALF, HALF + HALF / 2)),
        (3, (HALF + HALF / 2 + 1, u128::MAX)),
    ];
    world.run(2_000, |_put| fine());
    let tally = world.kpl.pipeline.tally;
    assert!(world.lists >= 2);
    assert!(tally.wrong_shard > 0);
    assert_eq!(duplicates(&world), usize::try_from(tally.wrong_shard).unwrap());
    let before = tally.wrong_shard;
    world.run(4_000, |_put| fine());
    assert_eq!(world.kpl.pipeline.tally.wrong_shard, before, "the map is right again");
}

/// `aggregator.h`: without a shard map nothing is packed; facts, streams §8.2: it is asked for
/// again after 1 s.
#[test]
fn nothing_is_packed_before_the_map_is_known() {
    let mut world = World::new(&config(1_000));
    let shards = core::mem::take(&mut world.shards);
    world.run(5, |_put| fine());
    world.shards = shards;
    world.run(900, |_put| fine());
    assert!(world.stored.iter().all(|(.., company)| *company == 1));
    world.run(1_500, |_put| fine());
    assert!(world.lists == 2 && world.stored.iter().any(|(.., company)| *company > 1));
}

#[test]
fn without_aggregation_records_go_as_they_are() {
    let setup = KplConfig { aggregation_enabled: false, ..config(1_000) };
    let mut world = World::new(&setup);
    world.run(1_000, |_put| fine());
    let rows = world.puts.iter().flat_map(|(_, put)| put.batch.rows());
    let mut data = Vec::new();
    assert!(rows.into_iter().all(|row| {
        data.clear();
        row.append_to(&mut data);
        data.len() == 100 && read(&data).is_none()
    }));
}

#[test]
fn every_setting_keeps_the_books_under_random_answers() {
    for seed in 0_u32..24 {
        let mut rng = Rng::from_seed(u64::from(seed));
        let setup = KplConfig {
            aggregation_enabled: seed % 5 > 0,
            aggregation_count_max: 1 + rng.below(60),
            aggregation_bytes_max: 64 + rng.below(4_000),
            collection_count_max: 1 + rng.below(20),
            record_buffered_millis_max: [0, 1, 40, 100][seed as usize % 4],
            record_ttl_millis: 100 + rng.below(900),
            rate_limit_percent: 1 + rng.below(200),
            fail_if_throttled: seed % 3 == 0,
            connections_max: 1 + rng.below(4),
            request_timeout_millis: 100,
            explicit_hash_key: ["", "5"][seed as usize % 2].to_owned(),
            ..config(1 + rng.below(2_000))
        };
        let mut world = World::new(&setup);
        for step in 1..=8 {
            world.run(step * 150, |put| {
                let entries = u32::try_from(put.batch.records()).expect("few entries");
                Verdict {
                    failed: (0..entries).filter(|_row| rng.below(4) == 0).collect(),
                    millis: rng.below(160),
                    lost: rng.below(10) == 0,
                }
            });
            let half = HALF / u128::from(step + 1);
            let next = u32::try_from(2 * step).unwrap();
            world.shards = vec![(next, (0, half)), (next + 1, (half + 1, u128::MAX))];
        }
        quiet(&mut world, &setup);
        world.run(20_000, |_put| Verdict { millis: 1, ..fine() });
        let tally = world.kpl.pipeline.tally;
        assert_eq!(tally.pending, 0, "seed {seed}: {tally:?}");
        assert_eq!(tally.received, tally.put + tally.failed, "seed {seed}");
    }
}

/// The library's own network is down: nothing leaves, nothing is stored twice.
#[test]
fn a_broken_network_loses_no_record() {
    let setup = KplConfig { request_timeout_millis: 300, ..config(100) };
    let mut world = World::new(&setup);
    world.run(400, |_put| fine());
    let kind = FaultKind::Down;
    let fault = Fault { node: ME, kind, lasts: Duration::from_millis(1_000) };
    let Kernel { faults, marks, now, .. } = &mut world.kernel;
    faults.start(&fault, *now, marks);
    world.run(1_000, |_put| fine());
    quiet(&mut world, &setup);
    world.run(4_000, |_put| fine());
    let tally = world.kpl.pipeline.tally;
    assert_eq!((tally.put, tally.copied, duplicates(&world)), (100, 0, 0));
}

/// The card shows what the containers hold, and what is packed and not sent.
#[test]
fn the_card_shows_what_is_packed() {
    let setup = KplConfig { aggregation_count_max: 5, ..config(400) };
    let mut world = World::new(&setup);
    let mut seen_sealed = false;
    for millis in (1_100..1_400).step_by(7) {
        world.run(millis, |_put| fine());
        let mut view = NodeView::default();
        world.kpl.observe(&world.kernel, &mut view, &mut []);
        let Some(Gauge::Packs(packs)) = view.gauges.first() else { panic!("{:?}", view.gauges) };
        let drawn: Vec<_> = packs.packs.iter().map(|pack| (pack.records, pack.sealed)).collect();
        assert!(drawn.len() == 3 || packs.more == 0, "{packs:?}");
        // Nothing stands on the card that the stream has already.
        let shown: u64 = drawn.iter().map(|(records, _)| records).sum();
        assert!(shown <= 400 * millis / 1_000 + 1 - world.stored.len() as u64);
        assert!(drawn.iter().all(|(records, sealed)| *records <= if *sealed { 5 } else { 4 }));
        assert!(packs.packs.iter().all(|pack| pack.slots.len() as u64 == pack.records));
        seen_sealed |= drawn.iter().any(|(_, sealed)| *sealed);
    }
    assert!(seen_sealed);
    let mut view = NodeView::default();
    world.kpl.observe(&world.kernel, &mut view, &mut []);
    let Some(Gauge::Packs(packs)) = view.gauges.first() else { panic!("{:?}", view.gauges) };
    // Each of five that came together is a fifth of a Kinesis record: twelve sixtieths.
    let packed: u64 = world.stored.iter().map(|(.., together)| 60 / together).sum();
    let mean = (60 * world.stored.len() as u64 + packed / 2) / packed;
    assert_eq!(packs.ratio, mean);
    assert!((2..=5).contains(&packs.ratio), "{}", packs.ratio);
}
