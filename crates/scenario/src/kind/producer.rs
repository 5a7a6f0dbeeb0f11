//! Producer: an application that makes or replays records and puts them with the AWS SDK.

use base::Ratio;
use serde::{Deserialize, Serialize};

use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// Where records come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Made from the payload template.
    #[default]
    Generated,
    /// Rows of a data set, in order.
    Data,
}

/// How many records are born each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How partition keys are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How large payloads are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Which API is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PutApi {
    /// One record a call.
    PutRecord,
    /// Up to 500 records a call.
    #[default]
    PutRecords,
}

/// What the client does with entries that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Looks only at the HTTP status: failed entries are lost.
    Ignore,
    /// Sends the failed entries again.
    #[default]
    RetryFailed,
    /// Sends the whole batch again: stored entries become duplicates.
    RetryAll,
}

/// How long the client waits before it tries again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Settings of a producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

const GENERATED: Option<(&str, &[&str])> = Some(("source", &["generated"]));
const REPLAYED: Option<(&str, &[&str])> = Some(("source", &["data"]));
const RETRYING: Option<(&str, &[&str])> = Some(("on_failure", &["retry_failed", "retry_all"]));

const fn field(
    key: &'static str,
    label: &'static str,
    unit: &'static str,
    kind: FieldKind,
    section: &'static str,
    help: &'static str,
) -> Field {
    Field { key, label, unit, kind, when: None, section, help }
}

const fn only(when: Option<(&'static str, &'static [&'static str])>, field: Field) -> Field {
    Field { when, ..field }
}

const fn int(min: u64, max: u64) -> FieldKind {
    FieldKind::Int { min, max }
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

const FIELDS: &[Field] = &[
    field(
        "source",
        "Records",
        "",
        FieldKind::Choice(&[("generated", "Generated"), ("data", "Replayed")]),
        "",
        "Generate records from a template, or replay the rows of a data set",
    ),
    only(
        GENERATED,
        field(
            "arrival",
            "Arrival",
            "",
            FieldKind::Choice(&[
                ("constant", "Constant"),
                ("ramp", "Ramp"),
                ("sine", "Sine"),
                ("burst", "Burst"),
                ("poisson", "Poisson"),
                ("curve", "Drawn curve"),
            ]),
            "",
            "How the number of new records changes over time",
        ),
    ),
    field(
        "records_per_sec",
        "Rate",
        "/s",
        int(0, 1_000_000),
        "",
        "New records a second; where a ramp, sine or burst begins",
    ),
    only(
        Some(("arrival", &["ramp", "sine", "burst"])),
        field(
            "to_records_per_sec",
            "Up to",
            "/s",
            int(0, 1_000_000),
            "",
            "Where a ramp ends and a sine or burst peaks",
        ),
    ),
    only(
        Some(("arrival", &["ramp", "sine", "burst"])),
        field(
            "period_secs",
            "Period",
            "s",
            int(1, 86_400),
            "",
            "Length of the ramp, or of one cycle",
        ),
    ),
    only(
        Some(("arrival", &["burst"])),
        field(
            "burst_millis",
            "Burst",
            "ms",
            int(1, 86_400_000),
            "",
            "Length of one burst at the beginning of each cycle",
        ),
    ),
    only(
        Some(("arrival", &["curve"])),
        field(
            "curve",
            "Curve",
            "",
            FieldKind::Curve,
            "",
            "Points of seconds and records a second, straight lines between them",
        ),
    ),
    only(
        REPLAYED,
        field(
            "data",
            "Data set",
            "",
            FieldKind::Data,
            "",
            "One of the built-in data sets or your own CSV or JSON lines",
        ),
    ),
    only(
        REPLAYED,
        field(
            "key_column",
            "Key column",
            "",
            FieldKind::Column,
            "",
            "The column whose value becomes the partition key",
        ),
    ),
    only(
        REPLAYED,
        field(
            "time_column",
            "Time column",
            "",
            FieldKind::Column,
            "",
            "Rows are sent at their own times, faster by the speed; without one, evenly at the rate",
        ),
    ),
    only(
        REPLAYED,
        field(
            "speed",
            "Speed",
            "× real time",
            int(1, 1_000_000),
            "",
            "How many times faster than the data's own clock",
        ),
    ),
    only(
        REPLAYED,
        field(
            "repeat",
            "Start again at the end",
            "",
            FieldKind::Bool,
            "",
            "Without it the producer falls silent after the last row",
        ),
    ),
    only(
        GENERATED,
        field(
            "keys",
            "Partition keys",
            "",
            FieldKind::Choice(&[
                ("uniform", "Uniform"),
                ("zipf", "Zipf"),
                ("list", "List with weights"),
                ("hot", "One hot key"),
                ("field", "Field of the record"),
                ("random", "Random for each record"),
            ]),
            "Keys",
            "The key decides the shard: MD5 of the key, then the hash range",
        ),
    ),
    only(
        Some(("keys", &["uniform", "zipf", "hot"])),
        field(
            "key_count",
            "Different keys",
            "",
            int(1, 1_000_000),
            "Keys",
            "How many keys the recipe draws from",
        ),
    ),
    only(
        Some(("keys", &["uniform", "zipf", "hot"])),
        field(
            "key_prefix",
            "Key prefix",
            "",
            FieldKind::Text { chars_max: 200 },
            "Keys",
            "Keys are the prefix followed by a number from 0",
        ),
    ),
    only(
        Some(("keys", &["zipf"])),
        field(
            "zipf_hundredths",
            "Zipf exponent",
            "/ 100",
            int(1, 500),
            "Keys",
            "100 is Zipf's law itself; larger is more uneven",
        ),
    ),
    only(
        Some(("keys", &["list"])),
        field(
            "key_list",
            "Keys and weights",
            "",
            FieldKind::Weights,
            "Keys",
            "Each key with its weight",
        ),
    ),
    only(
        Some(("keys", &["hot"])),
        field(
            "hot_key",
            "Hot key",
            "",
            FieldKind::Text { chars_max: 256 },
            "Keys",
            "The key that gets its own share of all records",
        ),
    ),
    only(
        Some(("keys", &["hot"])),
        field(
            "hot_share",
            "Share of the hot key",
            "",
            FieldKind::Share,
            "Keys",
            "Part of all records, such as 1/2",
        ),
    ),
    only(
        Some(("keys", &["field"])),
        field(
            "key_field",
            "JSON field",
            "",
            FieldKind::Text { chars_max: 128 },
            "Keys",
            "A top-level field of the payload; records without it get the key `none`",
        ),
    ),
    field(
        "key_salt",
        "Salt",
        "ways",
        int(1, 1_000),
        "Keys",
        "Adds #0 to #(n-1) at random, which spreads one key over n hash values and gives up its \
         order",
    ),
    field(
        "explicit_hash_key",
        "ExplicitHashKey",
        "",
        FieldKind::Text { chars_max: 39 },
        "Keys",
        "A decimal number below 2^128 that replaces the hash of the key; empty for none",
    ),
    only(
        GENERATED,
        field(
            "payload",
            "Payload",
            "",
            FieldKind::Code { chars_max: 8_192 },
            "Payload",
            "Text with ${key}, ${seq}, ${time}, ${millis}, ${int low high}, ${float low high digits}, \
         ${pick a|b|c}, ${bool}, ${uuid}, ${word}",
        ),
    ),
    only(
        GENERATED,
        field(
            "size",
            "Size",
            "",
            FieldKind::Choice(&[
                ("template", "As the template"),
                ("fixed", "Fixed"),
                ("uniform", "Uniform"),
                ("log_normal", "Log-normal"),
            ]),
            "Payload",
            "Padding makes payloads as large as you need; JSON objects stay valid JSON",
        ),
    ),
    only(
        Some(("size", &["fixed", "uniform", "log_normal"])),
        field(
            "size_bytes",
            "Bytes",
            "B",
            int(0, 10_485_760),
            "Payload",
            "The size, the smallest size, or the median",
        ),
    ),
    only(
        Some(("size", &["uniform", "log_normal"])),
        field(
            "size_bytes_max",
            "Bytes, upper",
            "B",
            int(0, 10_485_760),
            "Payload",
            "The largest size, or the 99th percentile",
        ),
    ),
    field(
        "api",
        "API",
        "",
        FieldKind::Choice(&[("PutRecords", "PutRecords"), ("PutRecord", "PutRecord")]),
        "Calls",
        "PutRecord sends one record a call; PutRecords up to 500, each with its own outcome",
    ),
    only(
        Some(("api", &["PutRecords"])),
        field(
            "batch_records",
            "Records per call",
            "",
            int(1, 500),
            "Calls",
            "PutRecords takes 1 to 500 entries and 10 MiB (botocore 1.44.5)",
        ),
    ),
    only(
        Some(("api", &["PutRecords"])),
        field(
            "linger_millis",
            "Linger",
            "ms",
            int(0, 60_000),
            "Calls",
            "Longest wait for a batch to fill",
        ),
    ),
    field(
        "in_flight_max",
        "Calls in flight",
        "",
        int(1, 10_000),
        "Calls",
        "Calls on the way at once",
    ),
    field(
        "buffer_records_max",
        "Client buffer",
        "records",
        int(1, 10_000_000),
        "Calls",
        "Records waiting in the client before new ones are dropped",
    ),
    field(
        "on_failure",
        "Failed entries",
        "",
        FieldKind::Choice(&[
            ("retry_failed", "Retry failed entries"),
            ("retry_all", "Retry whole batch"),
            ("ignore", "Ignore"),
        ]),
        "Failure",
        "PutRecords answers 200 even when entries failed; the client must look at each entry",
    ),
    only(
        RETRYING,
        field(
            "backoff",
            "Back-off",
            "",
            FieldKind::Choice(&[
                ("jitter", "Exponential with full jitter"),
                ("exponential", "Exponential"),
                ("fixed", "Fixed"),
                ("none", "None"),
            ]),
            "Failure",
            "How long to wait before the next attempt",
        ),
    ),
    only(
        RETRYING,
        field(
            "backoff_millis",
            "First wait",
            "ms",
            int(1, 600_000),
            "Failure",
            "The fixed wait, or the first one of a growing series",
        ),
    ),
    only(
        RETRYING,
        field(
            "backoff_millis_max",
            "Longest wait",
            "ms",
            int(1, 600_000),
            "Failure",
            "Where exponential waits stop growing",
        ),
    ),
    only(
        RETRYING,
        field(
            "attempts_max",
            "Attempts",
            "",
            int(1, 1_000),
            "Failure",
            "For one record, the first attempt included; then it is given up",
        ),
    ),
    field(
        "call_timeout_millis",
        "Call timeout",
        "ms",
        int(1, 600_000),
        "Failure",
        "When the client stops waiting for an answer; the service may have stored the records",
    ),
];

impl ProducerConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        super::producer_check::check(self, out);
    }
}
