//! S3 bucket: keeps objects with their real bytes.

use super::setting::settings;
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// Settings of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketConfig {
    /// Time of one `PutObject` call.
    pub put_latency_millis: u32,
}

settings!(BucketConfig { put_latency_millis });

impl Default for BucketConfig {
    fn default() -> Self {
        Self { put_latency_millis: 60 }
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
    ports: &[Port { name: "in", direction: Direction::In, flows: &[Flow::Deliver], edges_max: 50 }],
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
const FIELDS: &[Field] = &[Field {
    key: "put_latency_millis",
    label: "PutObject latency",
    unit: "ms",
    kind: FieldKind::Int { min: 1, max: 60_000 },
    when: None,
    section: "Model",
    help: "Time between the upload and its answer",
}];

impl BucketConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
