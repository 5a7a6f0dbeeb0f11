//! HTTP endpoint: a server of your own or a partner's that Firehose posts to.

use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int,
};
use crate::ports::{Direction, Flow, Port};

/// What stands in an answer with status 200.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerBody {
    /// `{"requestId": …, "timestamp": …}` as the contract asks.
    #[default]
    Contract,
    /// The same with another `requestId`.
    WrongId,
    /// A web page.
    Html,
    /// More than 1 MiB.
    TooLarge,
}

words!(AnswerBody {
    Contract = "contract",
    WrongId = "wrong_id",
    Html = "html",
    TooLarge = "too_large",
});

/// Settings of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpEndpointConfig {
    /// The status of every answer.
    pub status: u32,
    /// What stands in it when it is 200.
    pub answer: AnswerBody,
    /// From a request to its answer.
    pub latency_millis: u32,
}

settings!(HttpEndpointConfig { status, answer, latency_millis });

impl Default for HttpEndpointConfig {
    fn default() -> Self {
        Self { status: 200, answer: AnswerBody::Contract, latency_millis: 100 }
    }
}

const fn metric(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

/// What an endpoint is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "http_endpoint",
    title: "HTTP endpoint",
    badge: "HTTP",
    stem: "endpoint",
    about: "A server that takes what Firehose posts and answers as you choose",
    group: Group::Targets,
    glyph: "http",
    fidelity: Fidelity::Simplified,
    size: (204, 152),
    ports: &[Port { name: "in", direction: Direction::In, flows: &[Flow::Http], edges_max: 50 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("Requests", "calls", false),
        metric("Records", "records", false),
        metric("Bytes", "bytes", false),
        metric("RequestsRefused", "calls", true),
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[
    field(
        "status",
        "Status",
        "",
        int(200, 599),
        "Answer",
        "Only 200 is a success. 413 ends it for good: the request is never sent again. Everything \
         else is tried again",
    ),
    field(
        "answer",
        "Body",
        "",
        FieldKind::Choice(&[
            ("contract", "As the contract asks"),
            ("wrong_id", "Another requestId"),
            ("html", "A web page"),
            ("too_large", "More than 1 MiB"),
        ]),
        "Answer",
        "A 200 counts only with JSON that repeats the `requestId`; anything else counts as a 500, \
         although the endpoint took the records",
    ),
    field(
        "latency_millis",
        "Answers after",
        "ms",
        int(1, 3_600_000),
        "Model",
        "Firehose waits three minutes for an answer",
    ),
];

impl HttpEndpointConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
