//! The agent against a service that answers by a script.

use base::{EdgeId, NodeId};
use scenario::kind::{Config, Conversion, KeyRecipe, RecordsConfig, RotateBy, Rotation};
use scenario::{Edge, End};

use super::*;
use crate::call::{ApiError, ErrorCode, Failed, Put, PutOutcome, Request};
use crate::kernel::queue::Token;

const ME: NodeId = NodeId(1);
const SERVICE: NodeId = NodeId(2);
const WIRE: EdgeId = EdgeId(1);

struct World {
    kernel: Kernel,
    agent: Agent,
    puts: Vec<(Time, Put)>,
    stored: Vec<String>,
    millis: u64,
}

impl World {
    fn new(config: &AgentConfig) -> Self {
        let mut kernel = Kernel::new(7, 1_795_255_200_000);
        for (id, name, kind) in [(ME, "logs", "agent"), (SERVICE, "orders", "stream")] {
            let spec = Config::default_of(kind).expect("a kind of this version").spec();
            kernel.add_node(id, name, spec);
        }
        let end = |node, port: &str| End { node, port: port.into() };
        let edge = Edge { id: WIRE, from: end(ME, "out"), to: end(SERVICE, "in") };
        kernel.edges.add(edge.into());
        let agent = Agent::new(config, &DataSets::default(), &mut Ctx::new(&mut kernel, ME));
        kernel.queue.push_rewired(Time::ZERO, ME);
        Self { kernel, agent, puts: Vec::new(), stored: Vec::new(), millis: 20 }
    }

    /// Runs; `fails` tells how many of the first entries of a call fail, all answers take as long.
    fn run(&mut self, until_millis: u64, mut fails: impl FnMut(&Put) -> u32) {
        let until = Time(until_millis * 1_000);
        while let Some(delivery) = self.kernel.queue.pop_until(until) {
            self.kernel.move_to(delivery.at);
            match (delivery.node, delivery.event) {
                (SERVICE, Event::Request { token, request: Request::Put(put), .. }) => {
                    let failed = fails(&put);
                    self.serve(token, put, failed);
                }
                (_, event) => self.agent.handle(event, &mut Ctx::new(&mut self.kernel, ME)),
            }
            self.check();
        }
        self.kernel.move_to(until);
    }

    fn serve(&mut self, token: Token, put: Put, failed: u32) {
        let mut ctx = Ctx::new(&mut self.kernel, SERVICE);
        let error = ApiError {
            reason: Reason::ShardRecords,
            code: ErrorCode::ProvisionedThroughputExceeded,
            shard: 0,
        };
        for (row, record) in (0_u32..).zip(put.batch.rows()) {
            if row < failed {
                continue;
            }
            let bytes = record.bytes(ctx.keys());
            ctx.book(Account::Flight(WIRE), Account::Held(SERVICE), 1, bytes);
            let mut data = Vec::new();
            record.append_to(&mut data);
            self.stored.push(String::from_utf8(data).expect("lines are text"));
        }
        let entries = u32::try_from(put.batch.records()).unwrap();
        let failed = (0..failed.min(entries)).map(|row| Failed { row, error }).collect();
        let outcome = PutOutcome { failed, ..PutOutcome::default() };
        ctx.reply(token, Duration::from_millis(self.millis), Response::Put(outcome));
        self.puts.push((self.kernel.now, put));
    }

    fn kill(&mut self, millis: u64) {
        let kind = FaultKind::Kill { worker: 0 };
        let fault = Fault { node: ME, kind, lasts: Duration::from_millis(millis) };
        self.agent.struck(Some(&fault), &mut Ctx::new(&mut self.kernel, ME));
        self.check();
    }

    fn check(&self) {
        assert_eq!(self.agent.check(), Ok(()));
        let held = self.kernel.ledger.balance(Account::Held(ME)).records;
        assert_eq!(held, i64::try_from(self.agent.held()).unwrap());
        assert_eq!(self.kernel.ledger.sum(), crate::kernel::ledger::Balance::default());
        assert_eq!(self.kernel.ledger.overdrawn(), None);
    }

    /// Numbers of the lines that were stored, in the order of the service.
    fn numbers(&self) -> Vec<u64> {
        self.stored.iter().map(|line| line.trim_end().parse().expect("a number")).collect()
    }
}

/// Lines are their own numbers; a call has ten of them, or is a second old.
fn config(records_per_sec: u32) -> AgentConfig {
    let records = RecordsConfig {
        records_per_sec,
        keys: KeyRecipe::Random,
        payload: "${seq}".to_owned(),
        ..RecordsConfig::default()
    };
    AgentConfig {
        records,
        buffer_records_max: 10,
        buffer_age_millis_max: 1_000,
        ..AgentConfig::default()
    }
}

/// Calls under way hold their lines, whatever the file still has of them: memory is bounded
/// (`limits::HELD_BYTES_MAX`).
#[test]
fn calls_under_way_take_memory() {
    let mut world = World::new(&config(5));
    world.millis = 60_000;
    world.run(9_500, |_put| 0);
    let flying: u64 = world.puts.iter().map(|(_, put)| put.batch.records()).sum();
    assert!(flying >= 30, "{flying} lines are on their way, ten at most wait");
    let bytes = world.agent.publisher.memory();
    assert!(bytes >= flying * Record::ROW_BYTES, "{bytes} bytes for {flying} lines");
}

#[test]
fn every_line_is_sent_once_and_in_order() {
    for (rotation, rotate_by) in [
        (Rotation::Never, RotateBy::Rename),
        (Rotation::Size, RotateBy::Rename),
        (Rotation::Time, RotateBy::Rename),
    ] {
        let rotated = AgentConfig {
            rotation,
            rotate_by,
            rotation_bytes: 100,
            rotation_secs: 2,
            ..config(100)
        };
        let mut world = World::new(&rotated);
        world.run(10_500, |_put| 0);
        assert!(world.numbers().len() >= 1_000, "{rotation:?}");
        assert!(world.numbers().iter().copied().eq(1..=world.numbers().len() as u64));
    }
}

/// Facts, streams §8.4: what stands in the file is read or not.
#[test]
fn the_initial_position_decides_about_old_lines() {
    for (initial_position, first) in
        [(InitialPosition::EndOfFile, 31), (InitialPosition::StartOfFile, 1)]
    {
        let old = AgentConfig { existing_lines: 30, initial_position, ..config(10) };
        let mut world = World::new(&old);
        world.run(3_000, |_put| 0);
        assert_eq!(world.numbers().first(), Some(&first));
        assert_eq!(world.agent.publisher.tally.unread, 0);
    }
}

/// Facts, streams §8.4: of a file that is emptied the unread lines are lost.
#[test]
fn an_emptied_file_takes_unread_lines_along() {
    let setup = AgentConfig {
        rotation: Rotation::Time,
        rotation_secs: 1,
        rotate_by: RotateBy::Truncate,
        file_poll_millis_min: 600,
        ..config(100)
    };
    let mut world = World::new(&setup);
    world.run(10_000, |_put| 0);
    let (sent, lost) = (world.numbers().len() as u64, world.agent.publisher.tally.unread);
    assert!(lost > 50, "{lost}");
    let waiting = world.agent.publisher.waiting() + world.agent.file.end() - world.agent.read;
    assert_eq!(sent + lost + waiting, world.agent.file.end());
}

/// Facts, streams §8.4: a restart from the last checkpoint can send again.
#[test]
fn a_restart_repeats_what_came_after_the_checkpoint() {
    let mut world = World::new(&config(100));
    world.run(2_005, |_put| 0);
    let mut calls = 0;
    // The last calls before the death are stored, but the agent hears of none.
    world.run(2_105, |_put| {
        calls += 1;
        0
    });
    let checkpoint = world.agent.publisher.checkpoint.expect("calls were answered");
    world.kill(500);
    world.run(5_000, |_put| 0);
    let numbers = world.numbers();
    let twice = numbers.windows(2).find(|pair| pair[1] <= pair[0]).expect("some came again");
    assert_eq!(twice[1], checkpoint + 1, "it goes on behind the checkpoint");
    let mut all = numbers.clone();
    all.sort_unstable();
    all.dedup();
    assert!(all.iter().copied().eq(1..=all.len() as u64), "none is lost");
    assert_eq!(world.agent.publisher.tally.unread, 0);
}

/// `Checkpointer`: a later buffer moves the checkpoint past an earlier one that still fails; a
/// restart passes over it.
#[test]
fn a_restart_passes_over_a_buffer_that_kept_failing() {
    let mut world = World::new(&config(100));
    // Others are on their way when the first one fails.
    world.millis = 300;
    let mut first = None;
    world.run(1_500, |put| {
        let id = put.batch.rows().next().expect("not empty").id;
        let failing = *first.get_or_insert(id);
        if id == failing { 10 } else { 0 }
    });
    world.kill(100);
    world.run(4_000, |_put| 0);
    assert_eq!(world.agent.publisher.tally.unread, 10);
    assert!(!world.numbers().contains(&5));
}

/// Without a checkpoint a restart begins where `initialPosition` says.
#[test]
fn a_restart_before_the_first_checkpoint_begins_anew() {
    for (initial_position, lost) in
        [(InitialPosition::EndOfFile, true), (InitialPosition::StartOfFile, false)]
    {
        let mut world = World::new(&AgentConfig { initial_position, ..config(3) });
        world.run(900, |_put| 0);
        world.kill(1_000);
        world.run(5_000, |_put| 0);
        assert_eq!(world.numbers().contains(&1), !lost, "{initial_position:?}");
        assert_eq!(world.agent.publisher.tally.unread > 0, lost);
    }
}

#[test]
fn lines_become_records_by_their_first_one() {
    let records =
        RecordsConfig { payload: "E${seq}\n at x\n at y".to_owned(), ..config(5).records };
    let setup = AgentConfig {
        records,
        multi_line_start_pattern: "^E\\d+".to_owned(),
        conversion: Conversion::SingleLine,
        skip_header_lines: 3,
        ..config(5)
    };
    let mut world = World::new(&setup);
    world.run(3_000, |_put| 0);
    assert_eq!(world.stored[..2], ["E2at xat y\n", "E3at xat y\n"]);
}

#[test]
fn keys_are_random_numbers_or_the_digest_of_the_data() {
    for (partition_key_option, expected) in
        [(PartitionKeyOption::Random, None), (PartitionKeyOption::Deterministic, Some("1\n"))]
    {
        let mut world = World::new(&AgentConfig { partition_key_option, ..config(10) });
        world.run(3_000, |_put| 0);
        let key = world.puts[0].1.batch.rows().next().unwrap().key;
        let text = world.kernel.keys.text(key);
        match expected {
            Some(data) => {
                let digest: [u8; 16] = Md5::digest(data).into();
                assert_eq!(**text, format!("{:032x}", u128::from_be_bytes(digest)));
            }
            None => assert!(text.split_once('.').is_some_and(|(whole, _)| whole.len() <= 6)),
        }
    }
}

#[test]
fn everything_adds_up_under_random_answers_and_deaths() {
    for seed in 0_u32..16 {
        let mut rng = Rng::from_seed(u64::from(seed));
        let setup = AgentConfig {
            rotation: [Rotation::Never, Rotation::Size, Rotation::Time][seed as usize % 3],
            rotate_by: [RotateBy::Rename, RotateBy::Truncate][seed as usize % 2],
            rotation_bytes: 50 + rng.below(500),
            rotation_secs: 1,
            buffer_records_max: 1 + rng.below(30),
            socket_timeout_millis: 100 + rng.below(200),
            ..config(1 + rng.below(500))
        };
        let mut world = World::new(&setup);
        for step in 1..=6 {
            world.run(step * 700, |put| {
                let entries = u32::try_from(put.batch.records()).unwrap();
                [0, 0, 0, entries, rng.below(entries + 1)][rng.below(5) as usize]
            });
            world.kill(u64::from(rng.below(400)));
        }
        world.run(60_000, |_put| 0);
        let tally = world.agent.publisher.tally;
        assert!(tally.sent > 0 && tally.read >= tally.sent, "seed {seed}: {tally:?}");
    }
}
