//! Managed writer: an AWS service that puts records by itself, once it is told to.
//!
//! CloudWatch Logs subscriptions, rules of AWS `IoT`, `EventBridge` targets and API Gateway
//! integrations (facts, streams §8.1; firehose §1.5 to §1.7).

use super::records::RecordsConfig;
use super::records_check;
use super::records_fields::RECORDS;
use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int, join, only,
};
use super::writer_key;
use crate::ports::{Direction, Flow, Port};

/// Which service writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// A subscription filter of a log group.
    #[default]
    CloudWatchLogs,
    /// A rule action of AWS `IoT`.
    IotRule,
    /// A target of an `EventBridge` rule.
    EventBridge,
    /// An integration of API Gateway: a client waits for the answer.
    ApiGateway,
}

words!(Service {
    CloudWatchLogs = "cloudwatch_logs", IotRule = "iot_rule", EventBridge = "eventbridge",
    ApiGateway = "api_gateway",
});

/// `distribution` of a subscription filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distribution {
    /// The log stream's name is the partition key.
    #[default]
    ByLogStream,
    /// Partition keys are random.
    Random,
}

words!(Distribution { ByLogStream = "ByLogStream", Random = "Random" });

/// Settings of a managed writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterConfig {
    /// What happens at its source: log events, messages, events or requests. The key is the log
    /// stream, the end of the topic, or what a field is made of.
    pub records: RecordsConfig,
    /// Which service.
    pub service: Service,
    /// How log events are spread.
    pub distribution: Distribution,
    /// How long log events of one stream gather for a record.
    pub log_batch_millis: u32,
    /// What stands before the key in a topic.
    pub topic_prefix: String,
    /// The partition key: a template, path or variable of the service; empty for its default.
    pub partition_key: String,
    /// `source` of events.
    pub event_source: String,
    /// `detail-type` of events.
    pub detail_type: String,
    /// `MaximumRetryAttempts` of an `EventBridge` target.
    pub retry_attempts_max: u32,
    /// Integration timeout of API Gateway.
    pub integration_timeout_millis: u32,
}

settings!(WriterConfig {
    ..records;
    service,
    distribution,
    log_batch_millis,
    topic_prefix,
    partition_key,
    event_source,
    detail_type,
    retry_attempts_max,
    integration_timeout_millis,
});

impl Default for WriterConfig {
    fn default() -> Self {
        Self {
            records: RecordsConfig::default(),
            service: Service::CloudWatchLogs,
            distribution: Distribution::ByLogStream,
            log_batch_millis: 1_000,
            topic_prefix: "sensors/".to_owned(),
            partition_key: String::new(),
            event_source: "com.example.shop".to_owned(),
            detail_type: "order".to_owned(),
            retry_attempts_max: 185,
            integration_timeout_millis: 29_000,
        }
    }
}

/// In form order.
const FIELDS: &[Field] = &join::<_, _, { RECORDS.len() + OWN.len() }>(&RECORDS, &OWN);

/// The service's own.
const OWN: [Field; 9] = [
    field(
        "service",
        "Service",
        "",
        FieldKind::Choice(&[
            ("cloudwatch_logs", "CloudWatch Logs"),
            ("iot_rule", "AWS `IoT` rule"),
            ("eventbridge", "EventBridge"),
            ("api_gateway", "API Gateway"),
        ]),
        "Service",
        "Who puts the records",
    ),
    only(
        Some(("service", &["cloudwatch_logs"])),
        field(
            "distribution",
            "distribution",
            "",
            FieldKind::Choice(&[("ByLogStream", "ByLogStream"), ("Random", "Random")]),
            "Service",
            "The partition key of a record: its log stream, or a random one",
        ),
    ),
    only(
        Some(("service", &["cloudwatch_logs"])),
        field(
            "log_batch_millis",
            "Events gather for",
            "ms",
            int(1, 60_000),
            "Service",
            "Many log events of one stream travel in one gzip record; how many AWS does not say",
        ),
    ),
    only(
        Some(("service", &["iot_rule"])),
        field(
            "topic_prefix",
            "Topic",
            "",
            FieldKind::Text { chars_max: 200 },
            "Service",
            "Messages arrive at this and the key: sensors/user-7",
        ),
    ),
    only(
        Some(("service", &["iot_rule", "eventbridge", "api_gateway"])),
        field(
            "partition_key",
            "partitionKey",
            "",
            FieldKind::Text { chars_max: 256 },
            "Service",
            "IoT: ${topic()}, ${topic(2)}, ${timestamp()}, ${newuuid()}, ${field}; EventBridge: \
             $.id, $.source, $.detail.field; API Gateway: $context.requestId, \
             $input.path('$.field'); empty for a new identity each time",
        ),
    ),
    only(
        Some(("service", &["eventbridge"])),
        field(
            "event_source",
            "source",
            "",
            FieldKind::Text { chars_max: 256 },
            "Service",
            "In the envelope of each event",
        ),
    ),
    only(
        Some(("service", &["eventbridge"])),
        field(
            "detail_type",
            "detail-type",
            "",
            FieldKind::Text { chars_max: 128 },
            "Service",
            "In the envelope of each event",
        ),
    ),
    only(
        Some(("service", &["eventbridge"])),
        field(
            "retry_attempts_max",
            "MaximumRetryAttempts",
            "",
            int(0, 185),
            "Service",
            "185 attempts within 24 hours, then the event is lost",
        ),
    ),
    only(
        Some(("service", &["api_gateway"])),
        field(
            "integration_timeout_millis",
            "Integration timeout",
            "ms",
            int(50, 29_000),
            "Service",
            "Then the client sees 504, whatever became of the record",
        ),
    ),
];

/// What a managed writer is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "writer",
    title: "Managed writer",
    badge: "AWS",
    stem: "app-logs",
    about: "CloudWatch Logs, an IoT rule, EventBridge or API Gateway puts records by itself",
    group: Group::Sources,
    glyph: "writer",
    fidelity: Fidelity::Simplified,
    size: (160, 236),
    ports: &[Port { name: "out", direction: Direction::Out, flows: &[Flow::Put], edges_max: 1 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("RecordsAttempted", "records", false),
        sum("RecordsStored", "records", false),
        sum("RecordsRejected", "records", true),
        sum("RecordsGivenUp", "records", true),
        max("PutRecords.Latency", "ms"),
        max("RecordsBuffered", "records"),
        sum("RecordsBorn", "records", false),
        sum("SourceEvents", "events", false),
    ],
    faults: &["timeout", "unreachable", "down"],
};

const fn sum(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

const fn max(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Max, unit, bad: false }
}

impl WriterConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        records_check::check(&self.records, out);
        if let Some((message, help)) = writer_key::fault(self.service, &self.partition_key) {
            out.error("SCN-081", "partition_key", message, help);
        }
    }
}
