//! S3 bucket: keeps objects with their real bytes.

use super::setting::settings;
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int,
};
use crate::ports::{Direction, Flow, Port};

/// Settings of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketConfig {
    /// Time of one `PutObject` call.
    pub put_latency_millis: u32,
    /// Key of an object that is there from the beginning; empty for none.
    pub file_key: String,
    /// What is in it.
    pub file_text: String,
}

settings!(BucketConfig { file_key, file_text, put_latency_millis });

impl Default for BucketConfig {
    fn default() -> Self {
        Self { put_latency_millis: 60, file_key: String::new(), file_text: String::new() }
    }
}

/// What a bucket is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "bucket",
    title: "S3 bucket",
    badge: "S3",
    stem: "lake",
    about: "Keeps every delivered object, byte for byte",
    group: Group::Targets,
    glyph: "s3",
    fidelity: Fidelity::Simplified,
    size: (204, 204),
    ports: &[
        Port { name: "in", direction: Direction::In, flows: &[Flow::Deliver], edges_max: 50 },
        Port { name: "objects", direction: Direction::Out, flows: &[Flow::Fetch], edges_max: 50 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        MetricSpec { name: "NumberOfObjects", stat: Stat::Sum, unit: "objects", bad: false },
        MetricSpec { name: "BytesUploaded", stat: Stat::Sum, unit: "bytes", bad: false },
        MetricSpec { name: "5xxErrors", stat: Stat::Sum, unit: "calls", bad: true },
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[
    field(
        "file_key",
        "Own object",
        "",
        FieldKind::Text { chars_max: 1_024 },
        "Object",
        "Key of an object that is in the bucket from the beginning, such as reference/names.csv; \
         empty for none",
    ),
    field(
        "file_text",
        "Its content",
        "",
        FieldKind::Code { chars_max: 65_536 },
        "Object",
        "CSV with a line of names, or JSON lines: reference data for a SQL application",
    ),
    field(
        "put_latency_millis",
        "PutObject latency",
        "ms",
        int(1, 60_000),
        "Model",
        "Time between the upload and its answer",
    ),
];

impl BucketConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
