//! Amazon Data Firehose stream: buffers by size or time and delivers objects.

use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// `CompressionFormat` of an S3 destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Bytes as they came.
    #[default]
    Uncompressed,
    /// One gzip member for the object, extension `.gz`.
    Gzip,
}

words!(Compression { Uncompressed = "UNCOMPRESSED", Gzip = "GZIP" });

/// Region groups of the Direct PUT quota (facts, firehose §1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuotaRegion {
    /// us-east-1, us-west-2, eu-west-1: 500,000 records, 2,000 requests, 5 MiB a second.
    #[default]
    Large,
    /// All other commercial regions: 100,000 records, 1,000 requests, 1 MiB a second.
    Other,
}

words!(QuotaRegion { Large = "large", Other = "other" });

/// Settings of a Firehose stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirehoseConfig {
    /// `BufferingHints.SizeInMBs`.
    pub buffer_size_mib: u32,
    /// `BufferingHints.IntervalInSeconds`.
    pub buffer_interval_secs: u32,
    /// `Prefix`; empty means `YYYY/MM/dd/HH/` in UTC.
    pub prefix: String,
    /// `ErrorOutputPrefix`; may be empty while the prefix has no expression.
    pub error_prefix: String,
    /// `CustomTimeZone`: `UTC` or a fixed offset such as `+02:00`.
    pub time_zone: String,
    /// `CompressionFormat`.
    pub compression: Compression,
    /// `AppendDelimiterToRecord`: a newline after every record.
    pub newline: bool,
    /// Which Direct PUT quota applies.
    pub quota_region: QuotaRegion,
    /// The quota raised this many times on request; all three dimensions scale together.
    pub quota_times: u32,
    /// Median time of a put call.
    pub put_latency_millis: u32,
}

settings!(FirehoseConfig {
    buffer_size_mib,
    buffer_interval_secs,
    prefix,
    error_prefix,
    time_zone,
    compression,
    newline,
    quota_region,
    quota_times,
    put_latency_millis,
});

impl Default for FirehoseConfig {
    fn default() -> Self {
        Self {
            buffer_size_mib: 5,
            buffer_interval_secs: 300,
            prefix: String::new(),
            error_prefix: String::new(),
            time_zone: "UTC".to_owned(),
            compression: Compression::Uncompressed,
            newline: false,
            quota_region: QuotaRegion::Large,
            quota_times: 1,
            put_latency_millis: 20,
        }
    }
}

const fn sum(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad: false }
}

/// What a Firehose stream is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "firehose",
    title: "Firehose",
    badge: "Firehose",
    stem: "to-s3",
    about: "Collects records until a size or a time is reached and delivers them as one object",
    group: Group::Delivery,
    glyph: "firehose",
    fidelity: Fidelity::Average,
    size: (204, 160),
    ports: &[
        Port {
            name: "in",
            direction: Direction::In,
            flows: &[Flow::Put, Flow::Read],
            edges_max: 50,
        },
        Port { name: "out", direction: Direction::Out, flows: &[Flow::Deliver], edges_max: 1 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("IncomingRecords", "records"),
        sum("IncomingBytes", "bytes"),
        MetricSpec { name: "ThrottledRecords", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "DeliveryToS3.DataFreshness", stat: Stat::Max, unit: "s", bad: false },
        sum("DeliveryToS3.Records", "records"),
        sum("DeliveryToS3.Bytes", "bytes"),
        MetricSpec { name: "KinesisMillisBehindLatest", stat: Stat::Gauge, unit: "ms", bad: false },
        MetricSpec { name: "ThrottledGetRecords", stat: Stat::Sum, unit: "calls", bad: true },
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[
    Field {
        key: "buffer_size_mib",
        label: "Buffer size",
        unit: "MiB",
        kind: FieldKind::Int { min: 1, max: 128 },
        when: None,
        section: "",
        help: "Whichever of size and interval is reached first delivers. Measured before \
                   compression; 1 to 128 MiB for S3, default 5 (botocore 1.44.5)",
    },
    Field {
        key: "buffer_interval_secs",
        label: "Buffer interval",
        unit: "s",
        kind: FieldKind::Int { min: 0, max: 900 },
        when: None,
        section: "",
        help: "The clock starts with the first record in an empty buffer; 0 to 900 s for S3, \
                   default 300 (botocore 1.44.5)",
    },
    Field {
        key: "newline",
        label: "New line after each record",
        unit: "",
        kind: FieldKind::Bool,
        when: None,
        section: "Object",
        help: "Firehose glues records together unless the AppendDelimiterToRecord processor is \
                   on",
    },
    Field {
        key: "compression",
        label: "Compression",
        unit: "",
        kind: FieldKind::Choice(&[("UNCOMPRESSED", "None"), ("GZIP", "GZIP")]),
        when: None,
        section: "Object",
        help: "Applied to the whole object when it is delivered",
    },
    Field {
        key: "prefix",
        label: "Prefix",
        unit: "",
        kind: FieldKind::Text { chars_max: 1_024 },
        when: None,
        section: "Object",
        help: "May hold !{timestamp:yyyy/MM/dd} and !{firehose:random-string}. Without a \
                   timestamp expression yyyy/MM/dd/HH/ is appended",
    },
    Field {
        key: "error_prefix",
        label: "Error prefix",
        unit: "",
        kind: FieldKind::Text { chars_max: 1_024 },
        when: None,
        section: "Object",
        help: "Needed as soon as the prefix has an expression; must then hold \
                   !{firehose:error-output-type}",
    },
    Field {
        key: "time_zone",
        label: "Time zone",
        unit: "",
        kind: FieldKind::Text { chars_max: 50 },
        when: None,
        section: "Object",
        help: "Time zone of the timestamp expressions: UTC or a fixed offset such as +02:00. \
                   AWS takes names such as Europe/Berlin, which are not simulated yet",
    },
    Field {
        key: "quota_region",
        label: "Direct PUT quota",
        unit: "",
        kind: FieldKind::Choice(&[
            ("large", "us-east-1, us-west-2, eu-west-1"),
            ("other", "Other regions"),
        ]),
        when: None,
        section: "Quota",
        help: "500,000 records, 2,000 requests and 5 MiB a second in the three large regions, \
                   100,000, 1,000 and 1 MiB elsewhere; with a stream as source no quota applies",
    },
    Field {
        key: "quota_times",
        label: "Quota raised",
        unit: "times",
        kind: FieldKind::Int { min: 1, max: 100 },
        when: None,
        section: "Quota",
        help: "AWS raises all three dimensions together on request",
    },
    Field {
        key: "put_latency_millis",
        label: "Put latency",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 10_000 },
        when: None,
        section: "Model",
        help: "Time between a put call and its answer; AWS publishes no figure",
    },
];

impl FirehoseConfig {
    /// Rules beyond single ranges: what AWS says of prefixes (facts, firehose §5).
    pub fn check(&self, out: &mut Checker<'_>) {
        crate::kind::firehose_prefix::check(self, out);
    }
}
