//! Producer: an application that makes or replays records and puts them with the AWS SDK.

use super::producer_fields::FIELDS;
use super::records::RecordsConfig;
use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// Which API is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PutApi {
    /// One record a call.
    PutRecord,
    /// Up to 500 records a call.
    #[default]
    PutRecords,
}

words!(PutApi { PutRecord = "PutRecord", PutRecords = "PutRecords" });

/// What the client does with entries that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Looks only at the HTTP status: failed entries are lost.
    Ignore,
    /// Sends the failed entries again.
    #[default]
    RetryFailed,
    /// Sends the whole batch again: stored entries become duplicates.
    RetryAll,
}

words!(OnFailure { Ignore = "ignore", RetryFailed = "retry_failed", RetryAll = "retry_all" });

/// How long the client waits before it tries again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backoff {
    /// Not at all.
    None,
    /// Always the same.
    Fixed,
    /// Doubling.
    Exponential,
    /// A random part of the doubled wait (full jitter).
    #[default]
    Jitter,
}

words!(Backoff { None = "none", Fixed = "fixed", Exponential = "exponential", Jitter = "jitter" });

/// Settings of a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProducerConfig {
    /// What it makes.
    pub records: RecordsConfig,
    /// `ExplicitHashKey` for every record, decimal; empty means none.
    pub explicit_hash_key: String,
    /// Which API.
    pub api: PutApi,
    /// Whether `PutRecord` waits for each answer and hands its sequence number to the next call as
    /// `SequenceNumberForOrdering`.
    pub serial: bool,
    /// Records in one `PutRecords` call.
    pub batch_records: u32,
    /// Longest wait for a batch to fill.
    pub linger_millis: u32,
    /// Calls on the way at once.
    pub in_flight_max: u32,
    /// Records the client holds back before it drops new ones.
    pub buffer_records_max: u32,
    /// What happens to failed entries.
    pub on_failure: OnFailure,
    /// Waiting between attempts.
    pub backoff: Backoff,
    /// First wait.
    pub backoff_millis: u32,
    /// Longest wait.
    pub backoff_millis_max: u32,
    /// Attempts for one record, the first one included.
    pub attempts_max: u32,
    /// When the client gives a call up.
    pub call_timeout_millis: u32,
}

settings!(ProducerConfig {
    ..records;
    explicit_hash_key,
    api,
    serial,
    batch_records,
    linger_millis,
    in_flight_max,
    buffer_records_max,
    on_failure,
    backoff,
    backoff_millis,
    backoff_millis_max,
    attempts_max,
    call_timeout_millis,
});

impl Default for ProducerConfig {
    fn default() -> Self {
        Self {
            records: RecordsConfig::default(),
            explicit_hash_key: String::new(),
            api: PutApi::PutRecords,
            serial: false,
            batch_records: 500,
            linger_millis: 100,
            in_flight_max: 10,
            buffer_records_max: 100_000,
            on_failure: OnFailure::RetryFailed,
            backoff: Backoff::Jitter,
            backoff_millis: 100,
            backoff_millis_max: 20_000,
            attempts_max: 5,
            call_timeout_millis: 6_000,
        }
    }
}

/// What a producer is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "producer",
    title: "Producer",
    badge: "SDK",
    stem: "web-clicks",
    about: "Makes records, or replays a file, and puts them into a stream or Firehose",
    group: Group::Sources,
    glyph: "producer",
    fidelity: Fidelity::Exact,
    size: (160, 236),
    ports: &[Port { name: "out", direction: Direction::Out, flows: &[Flow::Put], edges_max: 1 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        MetricSpec { name: "RecordsAttempted", stat: Stat::Sum, unit: "records", bad: false },
        MetricSpec { name: "RecordsStored", stat: Stat::Sum, unit: "records", bad: false },
        MetricSpec { name: "RecordsRejected", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "RecordsGivenUp", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "PutRecords.Latency", stat: Stat::Max, unit: "ms", bad: false },
        MetricSpec { name: "RecordsBuffered", stat: Stat::Max, unit: "records", bad: false },
        MetricSpec { name: "RecordsBorn", stat: Stat::Sum, unit: "records", bad: false },
    ],
    faults: &["timeout", "unreachable", "down"],
};

impl ProducerConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        super::producer_check::check(self, out);
    }
}
