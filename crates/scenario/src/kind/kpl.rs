//! KPL producer: an application that gives its records to the Kinesis Producer Library.
//!
//! Names, defaults and ranges are those of the library's own configuration
//! (amazon-kinesis-producer 1.0.7, `default_config.properties`; facts, streams §8.2).

use super::producer_check::check_hash_key;
use super::records::RecordsConfig;
use super::records_check;
use super::records_fields::RECORDS;
use super::setting::settings;
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int, join,
};
use crate::ports::{Direction, Flow, Port};

/// Settings of an application with the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KplConfig {
    /// What it makes.
    pub records: RecordsConfig,
    /// `explicitHashKey` of every user record, decimal; empty means none.
    pub explicit_hash_key: String,
    /// `AggregationEnabled`.
    pub aggregation_enabled: bool,
    /// `AggregationMaxCount`: user records in one Kinesis record.
    pub aggregation_count_max: u32,
    /// `AggregationMaxSize`: data of one Kinesis record.
    pub aggregation_bytes_max: u32,
    /// `CollectionMaxCount`: Kinesis records in one `PutRecords` call.
    pub collection_count_max: u32,
    /// `CollectionMaxSize`: data and keys of one `PutRecords` call.
    pub collection_bytes_max: u32,
    /// `RecordMaxBufferedTime`.
    pub record_buffered_millis_max: u32,
    /// `RecordTtl`.
    pub record_ttl_millis: u32,
    /// `RateLimit`: of what one shard takes.
    pub rate_limit_percent: u32,
    /// `FailIfThrottled`.
    pub fail_if_throttled: bool,
    /// `MaxConnections`: calls on the way at once.
    pub connections_max: u32,
    /// `RequestTimeout`.
    pub request_timeout_millis: u32,
    /// `MaxUserRecordSize`.
    pub user_record_bytes_max: u32,
}

settings!(KplConfig {
    ..records;
    explicit_hash_key,
    aggregation_enabled,
    aggregation_count_max,
    aggregation_bytes_max,
    collection_count_max,
    collection_bytes_max,
    record_buffered_millis_max,
    record_ttl_millis,
    rate_limit_percent,
    fail_if_throttled,
    connections_max,
    request_timeout_millis,
    user_record_bytes_max,
});

impl Default for KplConfig {
    fn default() -> Self {
        Self {
            records: RecordsConfig::default(),
            explicit_hash_key: String::new(),
            aggregation_enabled: true,
            aggregation_count_max: u32::MAX,
            aggregation_bytes_max: 51_200,
            collection_count_max: 500,
            collection_bytes_max: 5_242_880,
            record_buffered_millis_max: 100,
            record_ttl_millis: 30_000,
            rate_limit_percent: 150,
            fail_if_throttled: false,
            connections_max: 24,
            request_timeout_millis: 6_000,
            user_record_bytes_max: 1_048_576,
        }
    }
}

/// In form order.
const FIELDS: &[Field] = &join::<_, _, { RECORDS.len() + OWN.len() }>(&RECORDS, &OWN);

/// The library's own.
const OWN: [Field; 13] = [
    field(
        "explicit_hash_key",
        "explicitHashKey",
        "",
        FieldKind::Text { chars_max: 39 },
        "Aggregation",
        "A decimal number below 2^128 that replaces the hash of the key; empty for none",
    ),
    field(
        "aggregation_enabled",
        "AggregationEnabled",
        "",
        FieldKind::Bool,
        "Aggregation",
        "Packs user records for one shard into one Kinesis record; readers must take it apart",
    ),
    field(
        "aggregation_count_max",
        "AggregationMaxCount",
        "records",
        int(1, 4_294_967_295),
        "Aggregation",
        "User records in one Kinesis record",
    ),
    field(
        "aggregation_bytes_max",
        "AggregationMaxSize",
        "B",
        int(64, 10_485_760),
        "Aggregation",
        "A Kinesis record is closed at this size; a user record above it goes alone",
    ),
    field(
        "collection_count_max",
        "CollectionMaxCount",
        "records",
        int(1, 500),
        "Collection",
        "Kinesis records in one PutRecords call",
    ),
    field(
        "collection_bytes_max",
        "CollectionMaxSize",
        "B",
        int(52_224, 10_485_760),
        "Collection",
        "Data and keys of one PutRecords call",
    ),
    field(
        "record_buffered_millis_max",
        "RecordMaxBufferedTime",
        "ms",
        int(0, 600_000),
        "Collection",
        "How long a user record may wait to be packed; a fifth of it, 50 ms at most, is added \
         for the call to fill",
    ),
    field(
        "record_ttl_millis",
        "RecordTtl",
        "ms",
        int(100, 86_400_000),
        "Failure",
        "A user record that is not stored by then fails as Expired; until then it is sent again \
         without any back-off",
    ),
    field(
        "rate_limit_percent",
        "RateLimit",
        "%",
        int(1, 100_000),
        "Failure",
        "Of what a shard takes, 1,000 records and 1 MiB a second; it knows nothing of other \
         producers",
    ),
    field(
        "fail_if_throttled",
        "FailIfThrottled",
        "",
        FieldKind::Bool,
        "Failure",
        "Fails user records at once when the stream throttles them",
    ),
    field(
        "connections_max",
        "MaxConnections",
        "",
        int(1, 256),
        "Calls",
        "Calls on the way at once",
    ),
    field(
        "request_timeout_millis",
        "RequestTimeout",
        "ms",
        int(100, 600_000),
        "Calls",
        "When a call is given up and its records are sent again; the service may have stored them",
    ),
    field(
        "user_record_bytes_max",
        "MaxUserRecordSize",
        "B",
        int(64, 1_048_576),
        "Calls",
        "addUserRecord refuses larger data",
    ),
];

/// What such an application is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "kpl",
    title: "KPL producer",
    badge: "KPL",
    stem: "mobile-app",
    about: "Gives its records to the Kinesis Producer Library, which packs many into one",
    group: Group::Sources,
    glyph: "kpl",
    fidelity: Fidelity::Exact,
    size: (160, 182),
    ports: &[Port {
        name: "out",
        direction: Direction::Out,
        flows: &[Flow::PutStream],
        edges_max: 1,
    }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("UserRecordsReceived", "records", false),
        sum("UserRecordsPut", "records", false),
        sum("KinesisRecordsPut", "records", false),
        sum("AllErrors", "errors", true),
        max("UserRecordsPending", "records", false),
        max("BufferingTime", "ms", false),
        max("RequestTime", "ms", false),
        max("RetriesPerRecord", "attempts", true),
        sum("UserRecordExpired", "records", true),
        sum("UserRecordsDataPut", "bytes", false),
        sum("KinesisRecordsDataPut", "bytes", false),
        max("UserRecordsPerKinesisRecord", "records", false),
        max("KinesisRecordsPerPutRecordsRequest", "records", false),
        max("UserRecordsPerPutRecordsRequest", "records", false),
    ],
    faults: &["timeout", "unreachable", "down"],
};

const fn sum(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

const fn max(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Max, unit, bad }
}

impl KplConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        records_check::check(&self.records, out);
        check_hash_key(&self.explicit_hash_key, out);
        if self.record_ttl_millis < self.record_buffered_millis_max {
            out.warning(
                "SCN-110",
                "record_ttl_millis",
                format!(
                    "Records expire after {} ms and may wait {} ms to be packed",
                    self.record_ttl_millis, self.record_buffered_millis_max
                ),
                "Raise RecordTtl or lower RecordMaxBufferedTime",
            );
        }
    }
}
