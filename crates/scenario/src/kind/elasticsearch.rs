//! Elasticsearch: a domain of Amazon OpenSearch Service, a target that keeps documents.

use super::setting::settings;
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// Settings of a domain. What an index is called and what a document's id is, its writers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElasticsearchConfig {
    /// Time of one `_bulk` request.
    pub latency_millis: u32,
}

settings!(ElasticsearchConfig { latency_millis });

impl Default for ElasticsearchConfig {
    fn default() -> Self {
        Self { latency_millis: 50 }
    }
}

/// A metric of the namespace `AWS/ES`.
const fn metric(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

const fn gauge(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Gauge, unit, bad: false }
}

/// What a domain is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "elasticsearch",
    title: "OpenSearch domain",
    badge: "ES",
    stem: "search",
    about: "Elasticsearch, today Amazon OpenSearch Service: keeps JSON documents by id; what is no \
            JSON object is refused",
    group: Group::Targets,
    glyph: "opensearch",
    fidelity: Fidelity::Simplified,
    size: (204, 152),
    ports: &[Port {
        name: "in",
        direction: Direction::In,
        flows: &[Flow::Document],
        edges_max: 50,
    }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("IndexingRate", "documents", false),
        gauge("SearchableDocuments", "documents"),
        gauge("DeletedDocuments", "documents"),
        metric("ThreadpoolWriteRejected", "documents", true),
        metric("5xx", "calls", true),
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[Field {
    key: "latency_millis",
    label: "Bulk latency",
    unit: "ms",
    kind: FieldKind::Int { min: 1, max: 60_000 },
    when: None,
    section: "Model",
    help: "Time between a `_bulk` request and its answer, whatever it carries",
}];

impl ElasticsearchConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
