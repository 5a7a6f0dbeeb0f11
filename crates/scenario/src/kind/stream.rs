//! Kinesis data stream: shards with two write limits, retention, readers.

use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// How the per-second write limits are enforced (facts, streams §2.2: AWS documents "per second",
/// a public lab saw bursts pass).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limiter {
    /// Token bucket: one second's worth at most, refilled continuously, full at the start.
    #[default]
    TokenBucket,
    /// Counters that start again at every whole simulated second.
    Strict,
}

words!(Limiter { TokenBucket = "token_bucket", Strict = "strict" });

/// `StreamMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamMode {
    /// As many shards as were asked for.
    #[default]
    Provisioned,
    /// The service splits shards as the load grows (since November 2021).
    OnDemand,
}

words!(StreamMode { Provisioned = "provisioned", OnDemand = "on_demand" });

/// `EncryptionType` at rest, and whose key it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// `NONE`.
    #[default]
    None,
    /// `KMS` with `alias/aws/kinesis`: nobody needs rights on it and nobody can switch it off.
    AwsKey,
    /// `KMS` with a key of the account.
    CustomerKey,
}

words!(Encryption { None = "none", AwsKey = "aws_key", CustomerKey = "customer_key" });

/// `RecordDistributionStrategy` (botocore 1.44.5): who says which shard a record goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordDistribution {
    /// Its partition key or `ExplicitHashKey`.
    #[default]
    UserPartitionKey,
    /// The service, evenly: on-demand streams only.
    Auto,
}

words!(RecordDistribution { UserPartitionKey = "USER_PARTITION_KEY", Auto = "AUTO" });

impl RecordDistribution {
    /// As the API writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UserPartitionKey => "USER_PARTITION_KEY",
            Self::Auto => "AUTO",
        }
    }
}

/// Shards of a new on-demand stream (Kinesis quota page, 2026-11: 4 MB and 4,000 records a second).
pub const ON_DEMAND_SHARDS: u32 = 4;

/// Settings of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamConfig {
    /// `StreamMode`.
    pub mode: StreamMode,
    /// `RecordDistributionStrategy`, in on-demand mode.
    pub distribution: RecordDistribution,
    /// Open shards at the start, in provisioned mode.
    pub shards: u32,
    /// `RetentionPeriodHours`.
    pub retention_hours: u32,
    /// `MaxRecordSizeInKiB`: data plus partition key.
    pub record_kib_max: u32,
    /// Encryption at rest.
    pub encryption: Encryption,
    /// Enforcement of the write limits.
    pub limiter: Limiter,
    /// Median time of a put call.
    pub put_latency_millis: u32,
    /// 99th percentile of a put call.
    pub put_latency_p99_millis: u32,
    /// Time of a `GetRecords` call.
    pub read_latency_millis: u32,
}

settings!(StreamConfig {
    mode,
    distribution,
    shards,
    retention_hours,
    record_kib_max,
    encryption,
    limiter,
    put_latency_millis,
    put_latency_p99_millis,
    read_latency_millis,
});

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            mode: StreamMode::Provisioned,
            distribution: RecordDistribution::UserPartitionKey,
            shards: 1,
            retention_hours: 24,
            record_kib_max: 1_024,
            encryption: Encryption::None,
            limiter: Limiter::TokenBucket,
            put_latency_millis: 15,
            put_latency_p99_millis: 40,
            read_latency_millis: 20,
        }
    }
}

const fn sum(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad: false }
}

/// What a stream is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "stream",
    title: "Stream",
    badge: "Data Streams",
    stem: "orders",
    about: "Keeps records in order per shard and lets many readers replay them",
    group: Group::Streams,
    glyph: "stream",
    fidelity: Fidelity::Exact,
    size: (360, 44),
    ports: &[
        Port {
            name: "in",
            direction: Direction::In,
            flows: &[Flow::Put, Flow::PutStream],
            edges_max: 50,
        },
        Port { name: "out", direction: Direction::Out, flows: &[Flow::Read], edges_max: 50 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("IncomingRecords", "records"),
        sum("IncomingBytes", "bytes"),
        MetricSpec {
            name: "WriteProvisionedThroughputExceeded",
            stat: Stat::Sum,
            unit: "records",
            bad: true,
        },
        MetricSpec {
            name: "ReadProvisionedThroughputExceeded",
            stat: Stat::Sum,
            unit: "calls",
            bad: true,
        },
        sum("GetRecords.Records", "records"),
        sum("GetRecords.Bytes", "bytes"),
        MetricSpec {
            name: "GetRecords.IteratorAgeMilliseconds",
            stat: Stat::Gauge,
            unit: "ms",
            bad: false,
        },
        sum("PutRecords.TotalRecords", "records"),
        sum("SubscribeToShardEvent.Records", "records"),
        sum("SubscribeToShardEvent.Bytes", "bytes"),
        MetricSpec {
            name: "SubscribeToShardEvent.MillisBehindLatest",
            stat: Stat::Gauge,
            unit: "ms",
            bad: false,
        },
        MetricSpec {
            name: "SubscribeToShard.RateExceeded",
            stat: Stat::Sum,
            unit: "calls",
            bad: true,
        },
    ],
    faults: &[
        "down",
        "slow",
        "reject",
        "timeout",
        "kms_disabled",
        "kms_pending_deletion",
        "kms_denied",
        "kms_throttled",
    ],
};

/// In form order.
const FIELDS: &[Field] = &[
    Field {
        key: "mode",
        label: "Capacity",
        unit: "",
        kind: FieldKind::Choice(&[("provisioned", "Provisioned"), ("on_demand", "On-demand")]),
        when: None,
        section: "",
        help: "On-demand begins with 4 shards and splits those above 500 KB a second within \
                   15 minutes (Choose the right mode to stream in, 2026-11)",
    },
    Field {
        key: "distribution",
        label: "Record distribution",
        unit: "",
        kind: FieldKind::Choice(&[("USER_PARTITION_KEY", "Partition key"), ("AUTO", "AUTO")]),
        when: Some(("mode", &["on_demand"])),
        section: "",
        help: "AUTO spreads records evenly and ignores their keys: no order by key",
    },
    Field {
        key: "shards",
        label: "Shards",
        unit: "",
        kind: FieldKind::Int { min: 1, max: 10_000 },
        when: Some(("mode", &["provisioned"])),
        section: "",
        help: "Each shard takes 1,000 records and 1 MiB a second in, and gives 2 MiB a second \
                   out (Kinesis quota page, 2026-11)",
    },
    Field {
        key: "retention_hours",
        label: "Retention",
        unit: "hours",
        kind: FieldKind::Int { min: 24, max: 8_760 },
        when: None,
        section: "",
        help: "How long records stay readable: 24 hours to 365 days (botocore 1.44.5)",
    },
    Field {
        key: "record_kib_max",
        label: "Largest record",
        unit: "KiB",
        kind: FieldKind::Int { min: 1_024, max: 10_240 },
        when: None,
        section: "",
        help: "Data plus partition key. 1 MiB unless raised, 10 MiB at most (Handle large \
                   records, 2025-10)",
    },
    Field {
        key: "encryption",
        label: "Encryption at rest",
        unit: "",
        kind: FieldKind::Choice(&[
            ("none", "None"),
            ("aws_key", "AWS key"),
            ("customer_key", "Own key"),
        ]),
        when: None,
        section: "",
        help: "A key of the account can be disabled, deleted or denied: every put and read \
                   then fails as a whole (Data protection in Kinesis Data Streams)",
    },
    Field {
        key: "limiter",
        label: "Write limits",
        unit: "",
        kind: FieldKind::Choice(&[("token_bucket", "Token bucket"), ("strict", "Strict seconds")]),
        when: None,
        section: "Model",
        help: "AWS says per second and no more. A token bucket lets a full second's worth \
                   through at once; strict counters start again at every whole second",
    },
    Field {
        key: "put_latency_millis",
        label: "Put latency, median",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 10_000 },
        when: None,
        section: "Model",
        help: "AWS publishes no figure; 10 to 30 ms is usual inside a region",
    },
    Field {
        key: "put_latency_p99_millis",
        label: "Put latency, p99",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 60_000 },
        when: None,
        section: "Model",
        help: "One call in a hundred takes longer than this",
    },
    Field {
        key: "read_latency_millis",
        label: "GetRecords latency",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 10_000 },
        when: None,
        section: "Model",
        help: "Time between a GetRecords call and its answer",
    },
];

impl StreamConfig {
    /// Whether the service spreads records, whatever their keys: on-demand streams only (facts,
    /// streams §15).
    #[must_use]
    pub fn spreads(&self) -> bool {
        self.mode == StreamMode::OnDemand && self.distribution == RecordDistribution::Auto
    }

    /// Open shards of a new stream.
    #[must_use]
    pub fn shards_at_start(&self) -> u32 {
        match self.mode {
            StreamMode::Provisioned => self.shards,
            StreamMode::OnDemand => ON_DEMAND_SHARDS,
        }
    }

    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        if self.put_latency_p99_millis < self.put_latency_millis {
            out.error(
                "SCN-020",
                "put_latency_p99_millis",
                format!(
                    "p99 of {} ms is below the median of {} ms",
                    self.put_latency_p99_millis, self.put_latency_millis
                ),
                "Raise the p99 or lower the median",
            );
        }
    }
}
