//! KCL application: workers that share the shards of a stream through leases.

use super::consumer::{AGE_ALARM, RETRIEVAL, Retrieval, StartAt};
use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int,
};
use crate::ports::{Direction, Flow, Port};

/// When a record processor saves how far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckpointWhen {
    /// After each batch.
    #[default]
    After,
    /// Before each batch: a death loses it.
    Before,
    /// After so many records.
    Records,
    /// By time.
    Interval,
}

words!(CheckpointWhen {
    After = "after", Before = "before", Records = "records", Interval = "interval",
});

/// How leases find their workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balancing {
    /// KCL 1.x and 2.x: each worker takes and steals, by the number of leases.
    #[default]
    Stealing,
    /// KCL 3.x: one leader assigns, by CPU and throughput.
    Leader,
}

words!(Balancing { Stealing = "stealing", Leader = "leader" });

/// What the application does when its `processRecords` throws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnException {
    /// Nothing: KCL swallows the exception and goes on with the next batch.
    #[default]
    Skip,
    /// Its own code catches it and tries the batch again: the shard waits.
    Retry,
}

words!(OnException { Skip = "skip", Retry = "retry" });

/// Settings of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KclConfig {
    /// Processes; fewer than before means that the youngest die without a word.
    pub workers: u32,
    /// How many of them, the oldest first, stand still.
    pub paused_workers: u32,
    /// How many, the oldest of the others, work slowly.
    pub slow_workers: u32,
    /// How many times as long their work takes.
    pub slow_times: u32,
    /// Initial position: `LATEST` or `TRIM_HORIZON`.
    pub start: StartAt,
    /// Polling or fan-out.
    pub retrieval: Retrieval,
    /// Stealing or a leader.
    pub balancing: Balancing,
    /// `failoverTimeMillis`.
    pub failover_millis: u32,
    /// `maxLeasesForWorker`.
    pub leases_max: u32,
    /// `maxLeasesToStealAtOneTime`.
    pub steal_max: u32,
    /// `maxRecords`.
    pub max_records: u32,
    /// `idleTimeBetweenReadsInMillis`.
    pub idle_millis: u32,
    /// Work for one record, in microseconds.
    pub work_micros: u32,
    /// Batches whose `processRecords` throws, per cent.
    pub fail_percent: u32,
    /// Records with this partition key are poison: their batch throws each time.
    pub poison_key: String,
    /// What follows an exception.
    pub on_exception: OnException,
    /// For `retry`: the wait before the next attempt.
    pub retry_millis: u32,
    /// For `retry`: attempts before the batch is skipped; 0 for no end.
    pub attempts_max: u32,
    /// When to checkpoint.
    pub checkpoint: CheckpointWhen,
    /// For `records`.
    pub checkpoint_records: u32,
    /// For `interval`.
    pub checkpoint_millis: u32,
    /// Iterator age from which the reader's flag turns to warning.
    pub age_alarm_millis: u32,
}

settings!(KclConfig {
    workers,
    paused_workers,
    slow_workers,
    slow_times,
    start,
    retrieval,
    balancing,
    failover_millis,
    leases_max,
    steal_max,
    max_records,
    idle_millis,
    work_micros,
    fail_percent,
    poison_key,
    on_exception,
    retry_millis,
    attempts_max,
    checkpoint,
    checkpoint_records,
    checkpoint_millis,
    age_alarm_millis,
});

impl Default for KclConfig {
    fn default() -> Self {
        Self {
            workers: 2,
            paused_workers: 0,
            slow_workers: 0,
            slow_times: 10,
            start: StartAt::Latest,
            retrieval: Retrieval::Polling,
            balancing: Balancing::Stealing,
            failover_millis: 10_000,
            leases_max: 2_147_483_647,
            steal_max: 1,
            max_records: 10_000,
            idle_millis: 1_500,
            work_micros: 0,
            fail_percent: 0,
            poison_key: String::new(),
            on_exception: OnException::Skip,
            retry_millis: 1_000,
            attempts_max: 0,
            checkpoint: CheckpointWhen::After,
            checkpoint_records: 1_000,
            checkpoint_millis: 60_000,
            age_alarm_millis: 30_000,
        }
    }
}

/// What an application of the library tells CloudWatch, whatever its record processors do.
pub(super) const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "RecordsProcessed", stat: Stat::Sum, unit: "records", bad: false },
    MetricSpec { name: "MillisBehindLatest", stat: Stat::Gauge, unit: "ms", bad: false },
    MetricSpec { name: "LeasesHeld", stat: Stat::Gauge, unit: "leases", bad: false },
    MetricSpec { name: "ExpiredIterator", stat: Stat::Sum, unit: "calls", bad: true },
    MetricSpec { name: "TakenLeases", stat: Stat::Sum, unit: "leases", bad: false },
    MetricSpec { name: "LostLeases", stat: Stat::Sum, unit: "leases", bad: true },
];

/// What can be done to its workers.
pub(super) const FAULTS: &[&str] = &["kill", "pause", "slow"];

/// What an application is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "kcl",
    title: "KCL app",
    badge: "KCL",
    stem: "workers",
    about: "Workers that share the shards of a stream through leases and checkpoints",
    group: Group::Readers,
    glyph: "kcl",
    fidelity: Fidelity::Simplified,
    size: (204, 128),
    ports: &[
        Port { name: "in", direction: Direction::In, flows: &[Flow::Read], edges_max: 1 },
        Port { name: "leases", direction: Direction::Out, flows: &[Flow::Lease], edges_max: 1 },
        Port { name: "out", direction: Direction::Out, flows: &[Flow::Item], edges_max: 1 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: METRICS,
    faults: FAULTS,
};

/// In form order.
const FIELDS: &[Field] = &[
    field(
        "workers",
        "Workers",
        "",
        int(0, 100),
        "",
        "Fewer than before kills the youngest; their leases are taken by others once \
             nobody has renewed them for the failover time",
    ),
    field(
        "paused_workers",
        "Paused workers",
        "",
        int(0, 100),
        "",
        "The oldest stand still, as in a long garbage collection, and go on with what they \
             had in hand: a shard may then be processed by two",
    ),
    field(
        "slow_workers",
        "Slow workers",
        "",
        int(0, 100),
        "",
        "The oldest of those that run: a noisy neighbour, a smaller machine",
    ),
    field(
        "slow_times",
        "Slower by",
        "times",
        int(1, 1_000),
        "",
        "How many times as long the work of a slow worker takes",
    ),
    field("work_micros", "Work per record", "µs", int(0, 60_000_000), "", "Processing time"),
    field(
        "fail_percent",
        "Exceptions",
        "%",
        int(0, 100),
        "Exceptions",
        "Batches whose processRecords throws",
    ),
    Field {
        key: "poison_key",
        label: "Poison key",
        unit: "",
        kind: FieldKind::Text { chars_max: 256 },
        when: None,
        section: "Exceptions",
        help: "A batch with a record of this partition key throws every time; empty for none",
    },
    Field {
        key: "on_exception",
        label: "On exception",
        unit: "",
        kind: FieldKind::Choice(&[("skip", "KCL skips the batch"), ("retry", "Own code retries")]),
        when: None,
        section: "Exceptions",
        help: "KCL swallows what processRecords throws and does not deliver the batch again; \
                   an application that must not lose it retries, and blocks its shard",
    },
    Field {
        key: "retry_millis",
        label: "Retry after",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 3_600_000 },
        when: Some(("on_exception", &["retry"])),
        section: "Exceptions",
        help: "Wait before the batch is processed again",
    },
    Field {
        key: "attempts_max",
        label: "Attempts",
        unit: "",
        kind: FieldKind::Int { min: 0, max: 1_000_000 },
        when: Some(("on_exception", &["retry"])),
        section: "Exceptions",
        help: "Then the batch is skipped; 0 tries for ever",
    },
    Field {
        key: "start",
        label: "Initial position",
        unit: "",
        kind: FieldKind::Choice(&[("LATEST", "LATEST"), ("TRIM_HORIZON", "TRIM_HORIZON")]),
        when: None,
        section: "Reading",
        help: "For shards without a checkpoint at the first start",
    },
    RETRIEVAL,
    Field {
        when: Some(("retrieval", &["polling"])),
        ..field(
            "max_records",
            "maxRecords",
            "records",
            int(1, 10_000),
            "Reading",
            "Limit of GetRecords",
        )
    },
    Field {
        when: Some(("retrieval", &["polling"])),
        ..field(
            "idle_millis",
            "Idle between reads",
            "ms",
            int(200, 600_000),
            "Reading",
            "idleTimeBetweenReadsInMillis: 1,500 in KCL 2.x and 3.x, 1,000 in 1.x",
        )
    },
    Field {
        key: "checkpoint",
        label: "Checkpoint",
        unit: "",
        kind: FieldKind::Choice(&[
            ("after", "After each batch"),
            ("before", "Before each batch"),
            ("records", "Every n records"),
            ("interval", "By time"),
        ]),
        when: None,
        section: "Checkpoints",
        help: "Everything after the last checkpoint is processed again when a lease moves",
    },
    Field {
        key: "checkpoint_records",
        label: "Every",
        unit: "records",
        kind: FieldKind::Int { min: 1, max: 100_000_000 },
        when: Some(("checkpoint", &["records"])),
        section: "Checkpoints",
        help: "Counted for each shard",
    },
    Field {
        key: "checkpoint_millis",
        label: "Every",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 86_400_000 },
        when: Some(("checkpoint", &["interval"])),
        section: "Checkpoints",
        help: "Looked at after each batch",
    },
    Field {
        key: "balancing",
        label: "Balancing",
        unit: "",
        kind: FieldKind::Choice(&[
            ("stealing", "2.x: workers steal"),
            ("leader", "3.x: a leader assigns"),
        ]),
        when: None,
        section: "Leases",
        help: "Early versions count leases, each worker for itself; KCL 3.x has one leader \
                   that looks at CPU and throughput",
    },
    field(
        "failover_millis",
        "Failover time",
        "ms",
        int(1_000, 600_000),
        "Leases",
        "failoverTimeMillis: a lease is renewed three times in it, and free after it; taking \
             runs twice as seldom",
    ),
    field(
        "leases_max",
        "Leases per worker",
        "",
        int(1, 2_147_483_647),
        "Leases",
        "maxLeasesForWorker",
    ),
    Field {
        when: Some(("balancing", &["stealing"])),
        ..field(
            "steal_max",
            "Steals at a time",
            "",
            int(1, 1_000),
            "Leases",
            "maxLeasesToStealAtOneTime",
        )
    },
    AGE_ALARM,
];

impl KclConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
