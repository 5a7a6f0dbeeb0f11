//! Producer: an application that makes or replays records and puts them with the AWS SDK.

use super::producer_fields::FIELDS;
use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};
use base::Ratio;

/// Where records come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Made from the payload template.
    #[default]
    Generated,
    /// Rows of a data set, in order.
    Data,
}

words!(Source { Generated = "generated", Data = "data" });

/// How many records are born each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// Evenly spaced.
    #[default]
    Constant,
    /// From one rate to another, then staying there.
    Ramp,
    /// Up and down.
    Sine,
    /// A base rate with bursts.
    Burst,
    /// Independent arrivals with a mean rate.
    Poisson,
    /// A drawn curve.
    Curve,
}

words!(Arrival {
    Constant = "constant", Ramp = "ramp", Sine = "sine", Burst = "burst", Poisson = "poisson",
    Curve = "curve",
});

/// How partition keys are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyRecipe {
    /// N keys, all equally likely.
    #[default]
    Uniform,
    /// N keys by Zipf's law.
    Zipf,
    /// Named keys with weights.
    List,
    /// One hot key with a share, the rest uniform.
    Hot,
    /// A field of the record (a column of the data set).
    Field,
    /// A new key for every record.
    Random,
}

words!(KeyRecipe {
    Uniform = "uniform", Zipf = "zipf", List = "list", Hot = "hot", Field = "field",
    Random = "random",
});

/// How large payloads are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeRule {
    /// As long as the template makes them.
    #[default]
    Template,
    /// Padded to one size. Longer text is cut, longer JSON objects are not.
    Fixed,
    /// Evenly between two sizes.
    Uniform,
    /// Log-normal with a median and a 99th percentile.
    LogNormal,
}

words!(SizeRule {
    Template = "template", Fixed = "fixed", Uniform = "uniform", LogNormal = "log_normal",
});

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
    /// Generated or replayed.
    pub source: Source,
    /// Shape of the rate.
    pub arrival: Arrival,
    /// The rate, or where it starts, in records a second.
    pub records_per_sec: u32,
    /// Where a ramp ends, a sine peaks, a burst peaks.
    pub to_records_per_sec: u32,
    /// Length of a ramp or of one sine or burst cycle.
    pub period_secs: u32,
    /// Length of one burst.
    pub burst_millis: u32,
    /// Points of the drawn curve: seconds, records a second.
    pub curve: Vec<(u32, u32)>,
    /// Name of the data set.
    pub data: String,
    /// Its key column.
    pub key_column: String,
    /// Its time column; empty means evenly by `records_per_sec`.
    pub time_column: String,
    /// How many times faster than the data's own time.
    pub speed: u32,
    /// Whether to begin again at the end.
    pub repeat: bool,
    /// How keys are chosen.
    pub keys: KeyRecipe,
    /// How many keys.
    pub key_count: u32,
    /// What stands before the number of a key.
    pub key_prefix: String,
    /// Exponent of Zipf's law in hundredths.
    pub zipf_hundredths: u32,
    /// Keys with weights.
    pub key_list: Vec<(String, u32)>,
    /// The hot key.
    pub hot_key: String,
    /// Its share of all records.
    pub hot_share: Ratio,
    /// The JSON field the key is taken from.
    pub key_field: String,
    /// Suffixes `#0` to `#(n-1)` added at random; 1 adds none.
    pub key_salt: u32,
    /// `ExplicitHashKey` for every record, decimal; empty means none.
    pub explicit_hash_key: String,
    /// The payload with typed random fields.
    pub payload: String,
    /// How large payloads are.
    pub size: SizeRule,
    /// The size, the smallest size or the median.
    pub size_bytes: u32,
    /// The largest size or the 99th percentile.
    pub size_bytes_max: u32,
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
    source,
    arrival,
    records_per_sec,
    to_records_per_sec,
    period_secs,
    burst_millis,
    curve,
    data,
    key_column,
    time_column,
    speed,
    repeat,
    keys,
    key_count,
    key_prefix,
    zipf_hundredths,
    key_list,
    hot_key,
    hot_share,
    key_field,
    key_salt,
    explicit_hash_key,
    payload,
    size,
    size_bytes,
    size_bytes_max,
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
            source: Source::Generated,
            arrival: Arrival::Constant,
            records_per_sec: 100,
            to_records_per_sec: 1_000,
            period_secs: 60,
            burst_millis: 1_000,
            curve: Vec::new(),
            data: String::new(),
            key_column: String::new(),
            time_column: String::new(),
            speed: 1,
            repeat: false,
            keys: KeyRecipe::Uniform,
            key_count: 100,
            key_prefix: "user-".to_owned(),
            zipf_hundredths: 100,
            key_list: Vec::new(),
            hot_key: "hot".to_owned(),
            hot_share: Ratio::new(1, 2),
            key_field: String::new(),
            key_salt: 1,
            explicit_hash_key: String::new(),
            payload: r#"{"key":"${key}","at":"${time}","value":${int 1 1000}}"#.to_owned(),
            size: SizeRule::Template,
            size_bytes: 512,
            size_bytes_max: 4_096,
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
    fields: FIELDS,
    metrics: &[
        MetricSpec { name: "RecordsAttempted", stat: Stat::Sum, unit: "records", bad: false },
        MetricSpec { name: "RecordsStored", stat: Stat::Sum, unit: "records", bad: false },
        MetricSpec { name: "RecordsRejected", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "RecordsGivenUp", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "PutRecords.Latency", stat: Stat::Max, unit: "ms", bad: false },
        MetricSpec { name: "RecordsBuffered", stat: Stat::Max, unit: "records", bad: false },
        MetricSpec { name: "RecordsBorn", stat: Stat::Sum, unit: "records", bad: false },
    ],
    faults: &["timeout", "down"],
};

impl ProducerConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        super::producer_check::check(self, out);
    }
}
