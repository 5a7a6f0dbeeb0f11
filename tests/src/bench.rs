//! How fast the engine is, beside the floor of the machine: the least a program must do for the
//! same records. The clock is the caller's, because WebAssembly has another one.

use base::units::MIB;
use base::{Rng, Time};
use engine::generate::size;
use engine::generate::source::{Page, Source};
use engine::gzip;
use engine::kernel::keys::{KeyTable, hash_of};
use engine::{Engine, Progress};
use scenario::{Config, DataSets, Document, format};

use crate::FORMATS;

/// A scenario to measure.
#[derive(Clone, Copy, Debug)]
pub struct Bench {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Simulated seconds.
    pub secs: u64,
    scenario: &'static str,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Records that were made.
    pub records: u64,
    /// Events that were handled.
    pub events: u64,
    /// Real time the run took.
    pub seconds: f64,
    /// Records that were alive at the end.
    pub held: u64,
}

/// Every bench, in the order they are run.
pub const BENCHES: [Bench; 6] = [
    Bench {
        name: "streams",
        about: "1,000 shards, 1,000,000 records/s of 128 bytes with 100,000 keys, one reader",
        secs: 10,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":1000000,
             "key_count":100000,"size":"fixed","size_bytes":128,"in_flight_max":10000,
             "on_failure":"ignore","buffer_records_max":1000000}},
            {"id":2,"kind":"stream","name":"orders","config":{"shards":1000}},
            {"id":3,"kind":"consumer","name":"reader","config":{"start":"TRIM_HORIZON"}}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]}]}"#,
    },
    Bench {
        name: "delivery",
        about: "50,000 records/s through a stream into gzipped objects of 5 MiB",
        secs: 20,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":50000,
             "key_count":10000}},
            {"id":2,"kind":"stream","name":"orders","config":{"shards":100}},
            {"id":3,"kind":"firehose","name":"to-s3","config":{"compression":"GZIP"}},
            {"id":4,"kind":"bucket","name":"lake"}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]},
                     {"id":3,"from":[3,"out"],"to":[4,"in"]}]}"#,
    },
    Bench {
        name: "calls",
        about: "5,000 single PutRecord calls a second, the most events for the fewest records",
        secs: 60,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":5000,
             "api":"PutRecord","in_flight_max":1000}},
            {"id":2,"kind":"stream","name":"orders","config":{"shards":10}},
            {"id":3,"kind":"consumer","name":"reader","config":{"poll_millis":200}}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]}]}"#,
    },
    Bench {
        name: "kcl",
        about: "100 shards, 20 workers with a lease table for an hour, 200 records/s",
        secs: 3_600,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":200,
             "key_count":10000}},
            {"id":2,"kind":"stream","name":"orders","config":{"shards":100}},
            {"id":3,"kind":"kcl","name":"workers","config":{"workers":20,
             "start":"TRIM_HORIZON"}},
            {"id":4,"kind":"table","name":"leases"}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]},
                     {"id":3,"from":[3,"leases"],"to":[4,"in"]}]}"#,
    },
    Bench {
        name: "reshard",
        about: "100 shards become 200, then 400, while 20,000 records/s come in and are read",
        secs: 180,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":20000,
             "key_count":100000,"size":"fixed","size_bytes":128,"in_flight_max":1000}},
            {"id":2,"kind":"stream","name":"orders","config":{"shards":100}},
            {"id":3,"kind":"consumer","name":"reader","config":{"start":"TRIM_HORIZON"}}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]}],
            "script":[{"at_micros":10000000,"do":"api","operation":"UpdateShardCount",
              "body":{"StreamName":"orders","TargetShardCount":200,
                      "ScalingType":"UNIFORM_SCALING"}},
             {"at_micros":80000000,"do":"api","operation":"UpdateShardCount",
              "body":{"StreamName":"orders","TargetShardCount":400,
                      "ScalingType":"UNIFORM_SCALING"}}]}"#,
    },
    Bench {
        name: "firehose",
        about: "200,000 records/s of 500 bytes put into gzipped objects of 5 MiB",
        secs: 60,
        scenario: r#"{"format":"rivulet/scenario","version":1,"nodes":[
            {"id":1,"kind":"producer","name":"clicks","config":{"records_per_sec":200000,
             "key_count":10000,"size":"fixed","size_bytes":500,"in_flight_max":1000,
             "buffer_records_max":1000000}},
            {"id":2,"kind":"firehose","name":"to-s3","config":{"compression":"GZIP",
             "quota_times":25}},
            {"id":3,"kind":"bucket","name":"lake"}],
            "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},
                     {"id":2,"from":[2,"out"],"to":[3,"in"]}]}"#,
    },
];

impl Bench {
    fn document(&self) -> Document {
        format::load(self.scenario.as_bytes()).document.expect("a bench is a scenario")
    }
}

impl Figures {
    /// Records in a second of real time.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn records_per_sec(&self) -> f64 {
        self.records as f64 / self.seconds.max(1e-9)
    }

    /// Simulated seconds in a second of real time.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn times_real(&self, secs: u64) -> f64 {
        secs as f64 / self.seconds.max(1e-9)
    }
}

/// Runs a bench for so many simulated seconds; `clock` counts seconds. The engine is handed back
/// alive, so that the memory it holds can be measured.
///
/// # Panics
/// When a bench is not a legal scenario.
pub fn run(bench: &Bench, secs: u64, clock: impl Fn() -> f64) -> (Figures, Engine) {
    let mut engine =
        Engine::new(&bench.document(), &DataSets::default(), FORMATS).expect("a bench is legal");
    let begin = clock();
    while engine.advance(Time(secs * 1_000_000), u32::MAX) == Progress::BudgetSpent {}
    let seconds = clock() - begin;
    let totals = engine.totals();
    let (records, held) = (totals.born, totals.held + totals.flight);
    (Figures { records, events: engine.events(), seconds, held }, engine)
}

/// The floor for the benches `streams` and `reshard`: draws as many of the same keys, hashes them
/// with MD5 and appends sizes to 1,000 vectors.
pub fn floor(records: u64, clock: impl Fn() -> f64) -> Figures {
    const SHARDS: usize = 1_000;
    let keys: Vec<String> = (0..100_000).map(|number| format!("user-{number}")).collect();
    let mut shards: Vec<Vec<u32>> = vec![Vec::new(); SHARDS];
    let mut rng = Rng::from_seed(7);
    let width = u128::MAX / SHARDS as u128 + 1;
    let begin = clock();
    for _record in 0..records {
        let key = &keys[usize::try_from(rng.below(100_000)).unwrap_or(0)];
        let shard = usize::try_from(hash_of(key) / width).unwrap_or(0);
        shards[shard].push(128);
    }
    let seconds = clock() - begin;
    let stored: usize = shards.iter().map(Vec::len).sum();
    assert_eq!(stored as u64, records, "the floor does the work it is timed for");
    Figures { records, events: records, seconds, held: records }
}

/// The floor for the bench `firehose`: writes the same payloads one behind the other and compresses
/// them with the same library in pieces as large as its objects, all in one loop.
///
/// # Panics
/// When the bench has no producer, or the floor does not do the work it is timed for.
pub fn floor_of_delivery(bench: &Bench, records: u64, clock: impl Fn() -> f64) -> Figures {
    let document = bench.document();
    let producers = document.nodes.iter().filter_map(|node| match &node.config {
        Config::Producer(config) => Some(config),
        _ => None,
    });
    let config = producers.map(|config| &config.records).next().expect("a bench has a producer");
    let mut rng = Rng::from_seed(7);
    let mut source = Source::new(config, &DataSets::default(), Time::ZERO, &mut rng);
    let (mut table, mut page) = (KeyTable::default(), Page::default());
    let (mut raw_bytes, mut objects) = (0, Vec::new());
    let begin = clock();
    for number in 0..records {
        let from = page.data.len();
        let millis = document.epoch_millis + number * bench.secs * 1_000 / records;
        source.write(millis, &mut rng, &mut table, &mut page);
        if let Some(bytes) = page.padded_bytes.take() {
            size::pad(&mut page.data, from, bytes);
        }
        if page.data.len() as u64 >= 5 * MIB || number + 1 == records {
            raw_bytes += page.data.len() as u64;
            objects.push(gzip::member(&page.data).len());
            page.data.clear();
        }
    }
    let seconds = clock() - begin;
    assert_eq!(raw_bytes, records * u64::from(config.size_bytes), "{objects:?}");
    Figures { records, events: records, seconds, held: 0 }
}
