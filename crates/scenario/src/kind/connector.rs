//! Kinesis Connector Library: a KCL application of before Firehose that buffers records and emits
//! them to a store (amazon-kinesis-connectors; facts, streams §9.6).

use super::consumer::{AGE_ALARM, StartAt};
use super::kcl::{FAULTS, KclConfig, METRICS};
use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, field, int};
use crate::ports::{Direction, Flow, Port};

/// What the transformer puts behind each record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// Nothing: the data as they are.
    #[default]
    None,
    /// A line feed.
    Newline,
}

words!(Delimiter { None = "none", Newline = "newline" });

/// `ElasticsearchObject.id`: what the `_id` of a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentId {
    /// The sequence number: a record that is emitted again replaces its own document.
    #[default]
    SequenceNumber,
    /// A member of the record; a record without it gets an id from the index.
    Field,
    /// None: the index gives every document a new one.
    Automatic,
}

words!(DocumentId {
    SequenceNumber = "sequence_number", Field = "field", Automatic = "automatic",
});

/// Settings of a connector application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorConfig {
    /// Processes.
    pub workers: u32,
    /// Initial position: `LATEST` or `TRIM_HORIZON`.
    pub start: StartAt,
    /// `failoverTimeMillis`.
    pub failover_millis: u32,
    /// `maxRecords`.
    pub max_records: u32,
    /// `idleTimeBetweenReadsInMillis`.
    pub idle_millis: u32,
    /// `ITransformer`: what stands behind each record of an object.
    pub delimiter: Delimiter,
    /// `IFilter`: a record without this text is left out; empty keeps all.
    pub filter_text: String,
    /// `bufferRecordCountLimit`.
    pub buffer_records: u32,
    /// `bufferByteSizeLimit`.
    pub buffer_bytes: u32,
    /// `bufferMillisecondsLimit`; 0 is none.
    pub buffer_millis: u32,
    /// `retryLimit`: how often a buffer is emitted at most.
    pub retry_limit: u32,
    /// `backoffInterval`: the wait after a failure.
    pub backoff_millis: u32,
    /// `ElasticsearchObject.index`.
    pub index: String,
    /// What the `_id` of a document is.
    pub document_id: DocumentId,
    /// The member of the record that is the `_id`.
    pub id_field: String,
    /// Iterator age from which the reader's flag turns to warning.
    pub age_alarm_millis: u32,
}

settings!(ConnectorConfig {
    workers,
    start,
    failover_millis,
    max_records,
    idle_millis,
    delimiter,
    filter_text,
    buffer_records,
    buffer_bytes,
    buffer_millis,
    retry_limit,
    backoff_millis,
    index,
    document_id,
    id_field,
    age_alarm_millis,
});

impl Default for ConnectorConfig {
    fn default() -> Self {
        Self {
            workers: 1,
            start: StartAt::TrimHorizon,
            failover_millis: 10_000,
            max_records: 10_000,
            idle_millis: 1_000,
            delimiter: Delimiter::None,
            filter_text: String::new(),
            buffer_records: 1_000,
            buffer_bytes: 1_048_576,
            buffer_millis: 0,
            retry_limit: 3,
            backoff_millis: 10_000,
            index: "records".to_owned(),
            document_id: DocumentId::SequenceNumber,
            id_field: "id".to_owned(),
            age_alarm_millis: 30_000,
        }
    }
}

const FIELDS: &[Field] = &[
    field(
        "buffer_records",
        "Buffer records",
        "records",
        int(1, 10_000_000),
        "",
        "bufferRecordCountLimit: looked at after each batch, so an object may hold more",
    ),
    field(
        "buffer_bytes",
        "Buffer bytes",
        "bytes",
        int(1, 67_108_864),
        "",
        "bufferByteSizeLimit: looked at after each batch",
    ),
    field(
        "buffer_millis",
        "Buffer time",
        "ms",
        int(0, 86_400_000),
        "",
        "bufferMillisecondsLimit since the last flush; 0 is none, and a slow stream waits long",
    ),
    Field {
        key: "delimiter",
        label: "Delimiter",
        unit: "",
        kind: FieldKind::Choice(&[("none", "none"), ("newline", "line feed")]),
        when: None,
        section: "Pipeline",
        help: "The transformer's share: what stands behind each record of an object",
    },
    Field {
        key: "filter_text",
        label: "Filter",
        unit: "",
        kind: FieldKind::Text { chars_max: 256 },
        when: None,
        section: "Pipeline",
        help: "Records whose data lack this text are left out; empty keeps all",
    },
    field(
        "retry_limit",
        "Retry limit",
        "",
        int(1, 1_000),
        "Emitter",
        "A buffer that failed so often is given up: the library writes a line into its log",
    ),
    field(
        "backoff_millis",
        "Back-off",
        "ms",
        int(0, 600_000),
        "Emitter",
        "The wait after a failure",
    ),
    Field {
        key: "index",
        label: "Index",
        unit: "",
        kind: FieldKind::Text { chars_max: 80 },
        when: None,
        section: "Elasticsearch",
        help: "Where documents go in a domain; an index that is not there is made",
    },
    Field {
        key: "document_id",
        label: "Document id",
        unit: "",
        kind: FieldKind::Choice(&[
            ("sequence_number", "Sequence number"),
            ("field", "Member of the record"),
            ("automatic", "Given by the index"),
        ]),
        when: None,
        section: "Elasticsearch",
        help: "A document under the same id is replaced, so that a record that is emitted twice \
               leaves no trace; under ids the index gives, it shows",
    },
    Field {
        key: "id_field",
        label: "Id member",
        unit: "",
        kind: FieldKind::Text { chars_max: 128 },
        when: Some(("document_id", &["field"])),
        section: "Elasticsearch",
        help: "A text, number or boolean at the top of the record; without it the index gives one",
    },
    field(
        "workers",
        "Workers",
        "",
        int(0, 100),
        "KCL",
        "Fewer than before kills the youngest: what they had buffered is read and emitted again",
    ),
    Field {
        key: "start",
        label: "Initial position",
        unit: "",
        kind: FieldKind::Choice(&[("LATEST", "LATEST"), ("TRIM_HORIZON", "TRIM_HORIZON")]),
        when: None,
        section: "KCL",
        help: "For shards without a checkpoint at the first start",
    },
    field("max_records", "maxRecords", "records", int(1, 10_000), "KCL", "Limit of GetRecords"),
    field(
        "idle_millis",
        "Idle between reads",
        "ms",
        int(200, 600_000),
        "KCL",
        "idleTimeBetweenReadsInMillis: 1,000 in KCL 1.x",
    ),
    field(
        "failover_millis",
        "Failover time",
        "ms",
        int(1_000, 600_000),
        "KCL",
        "failoverTimeMillis: a lease that nobody renews for so long is taken by others",
    ),
    AGE_ALARM,
];

/// What a connector application is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "connector",
    title: "Connector app",
    badge: "historic",
    stem: "archive",
    about: "The Kinesis Connector Library of before Firehose: filters, buffers and emits records, \
            and saves its place only then",
    group: Group::Readers,
    glyph: "connector",
    fidelity: Fidelity::Simplified,
    size: (204, 152),
    ports: &[
        Port { name: "in", direction: Direction::In, flows: &[Flow::Read], edges_max: 1 },
        Port { name: "leases", direction: Direction::Out, flows: &[Flow::Lease], edges_max: 1 },
        Port {
            name: "out",
            direction: Direction::Out,
            flows: &[Flow::Deliver, Flow::Item, Flow::Document],
            edges_max: 1,
        },
        Port { name: "copy", direction: Direction::Out, flows: &[Flow::Copy], edges_max: 1 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: METRICS,
    faults: FAULTS,
};

impl ConnectorConfig {
    /// Rules beyond single ranges: what an index may be called.
    pub fn check(&self, out: &mut Checker<'_>) {
        if !is_index_name(&self.index) {
            out.error(
                "SCN-120",
                "index",
                format!("Elasticsearch would refuse `{}` as the name of an index", self.index),
                "Use lower case without spaces, commas and `\\ / * ? \" < > | # :`; it does not \
                 begin with `_`, `-` or `+`",
            );
        }
    }

    /// The KCL application it is.
    #[must_use]
    pub fn application(&self) -> KclConfig {
        KclConfig {
            workers: self.workers,
            start: self.start,
            failover_millis: self.failover_millis,
            max_records: self.max_records,
            idle_millis: self.idle_millis,
            age_alarm_millis: self.age_alarm_millis,
            ..KclConfig::default()
        }
    }
}

/// `MetadataCreateIndexService.validateIndexName` (Elasticsearch reference, "Create index").
pub(super) fn is_index_name(name: &str) -> bool {
    let strange = |c: char| c.is_whitespace() || c.is_uppercase() || r#"\/*?"<>|,#:"#.contains(c);
    let begins = !name.is_empty() && !name.starts_with(['_', '-', '+']);
    begins && name != "." && name != ".." && !name.contains(strange)
}
