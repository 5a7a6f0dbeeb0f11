//! Splunk: an HTTP Event Collector, a target that keeps events.

use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int,
};
use crate::ports::{Direction, Flow, Port};

/// What the collector thinks of Firehose's token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HecToken {
    /// Known and enabled.
    #[default]
    Valid,
    /// No token of this collector.
    Invalid,
    /// Disabled.
    Disabled,
}

words!(HecToken { Valid = "valid", Invalid = "invalid", Disabled = "disabled" });

/// Settings of a collector. Which endpoint is used and how long is waited, its writer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplunkConfig {
    /// What the collector thinks of the token.
    pub token: HecToken,
    /// Indexer acknowledgement of the token is on.
    pub indexer_ack: bool,
    /// From a request to the acknowledgement of its events.
    pub ack_latency_millis: u32,
}

settings!(SplunkConfig { token, indexer_ack, ack_latency_millis });

impl Default for SplunkConfig {
    fn default() -> Self {
        Self { token: HecToken::Valid, indexer_ack: true, ack_latency_millis: 5_000 }
    }
}

const fn metric(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

/// What a collector is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "splunk",
    title: "Splunk",
    badge: "HEC",
    stem: "splunk",
    about: "An HTTP Event Collector: indexes events and acknowledges them a little later",
    group: Group::Targets,
    glyph: "splunk",
    fidelity: Fidelity::Simplified,
    size: (204, 152),
    ports: &[Port { name: "in", direction: Direction::In, flows: &[Flow::Hec], edges_max: 50 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("Events", "events", false),
        metric("Bytes", "bytes", false),
        metric("RequestsRefused", "calls", true),
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[
    field(
        "token",
        "Token",
        "",
        FieldKind::Choice(&[("valid", "Valid"), ("invalid", "Invalid"), ("disabled", "Disabled")]),
        "",
        "What the collector thinks of the token Firehose sends",
    ),
    field(
        "indexer_ack",
        "Indexer acknowledgement",
        "",
        FieldKind::Bool,
        "",
        "Firehose needs it: without it every request fails with `Splunk.DisabledAck`",
    ),
    field(
        "ack_latency_millis",
        "Acknowledged after",
        "ms",
        int(1, 3_600_000),
        "Model",
        "Firehose waits 180 to 600 s for it; what comes later is sent again",
    ),
];

impl SplunkConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
