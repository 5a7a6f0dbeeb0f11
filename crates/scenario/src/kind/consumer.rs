//! SDK consumer: polls `GetRecords` shard by shard.

use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// `ShardIteratorType` (botocore 1.44.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartAt {
    /// The oldest record that is still there.
    TrimHorizon,
    /// After the newest record now.
    #[default]
    Latest,
    /// The first record that arrived at or after a time.
    AtTimestamp,
    /// The record with this sequence number.
    AtSequenceNumber,
    /// The record after this sequence number.
    AfterSequenceNumber,
}

words!(StartAt {
    TrimHorizon = "TRIM_HORIZON", Latest = "LATEST", AtTimestamp = "AT_TIMESTAMP",
    AtSequenceNumber = "AT_SEQUENCE_NUMBER", AfterSequenceNumber = "AFTER_SEQUENCE_NUMBER",
});

/// How records come to a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retrieval {
    /// `GetRecords`: all such readers of a shard share 2 MiB and five calls a second.
    #[default]
    Polling,
    /// Enhanced fan-out: the stream pushes, with 2 MiB a second for this reader alone.
    FanOut,
}

words!(Retrieval { Polling = "polling", FanOut = "fan_out" });

/// The field every reader has for it.
pub(crate) const RETRIEVAL: Field = Field {
    key: "retrieval",
    label: "Retrieval",
    unit: "",
    kind: FieldKind::Choice(&[("polling", "Polling"), ("fan_out", "Enhanced fan-out")]),
    when: None,
    section: "Reading",
    help: "Polling shares 2 MiB and five calls a second of each shard; a consumer registered for \
           fan-out is pushed its records after about 70 ms, with 2 MiB a second of its own",
};

/// The field every reader has for when it counts as late.
pub(crate) const AGE_ALARM: Field = Field {
    key: "age_alarm_millis",
    label: "Age alarm",
    unit: "ms",
    kind: FieldKind::Int { min: 1, max: 4_294_967_295 },
    when: None,
    section: "Alarm",
    help: "The reader's flag turns to warning when its iterator age passes this",
};

/// Settings of a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerConfig {
    /// Polling or fan-out.
    pub retrieval: Retrieval,
    /// Pause between two calls to one shard.
    pub poll_millis: u32,
    /// `Limit` of `GetRecords`.
    pub limit: u32,
    /// Where reading begins.
    pub start: StartAt,
    /// For `AT_TIMESTAMP`: seconds after the scenario's beginning.
    pub start_secs: u64,
    /// For `AT_SEQUENCE_NUMBER` and `AFTER_SEQUENCE_NUMBER`.
    pub start_sequence_number: String,
    /// Work for one record, in microseconds; a shard's next poll waits for it.
    pub work_micros: u32,
    /// Iterator age from which the reader's flag turns to warning.
    pub age_alarm_millis: u32,
}

settings!(ConsumerConfig {
    retrieval,
    poll_millis,
    limit,
    start,
    start_secs,
    start_sequence_number,
    work_micros,
    age_alarm_millis,
});

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self {
            retrieval: Retrieval::Polling,
            poll_millis: 1_000,
            limit: 10_000,
            start: StartAt::Latest,
            start_secs: 0,
            start_sequence_number: String::new(),
            work_micros: 0,
            age_alarm_millis: 5_000,
        }
    }
}

/// What a consumer is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "consumer",
    title: "Consumer",
    badge: "SDK",
    stem: "reader",
    about: "Polls every shard with GetRecords and works through what it gets",
    group: Group::Readers,
    glyph: "consumer",
    fidelity: Fidelity::Exact,
    size: (204, 152),
    ports: &[Port { name: "in", direction: Direction::In, flows: &[Flow::Read], edges_max: 1 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        MetricSpec { name: "RecordsRead", stat: Stat::Sum, unit: "records", bad: false },
        MetricSpec {
            name: "GetRecords.IteratorAgeMilliseconds",
            stat: Stat::Gauge,
            unit: "ms",
            bad: false,
        },
        MetricSpec { name: "ThrottledGetRecords", stat: Stat::Sum, unit: "calls", bad: true },
    ],
    faults: &["slow", "down"],
};

/// In form order.
const FIELDS: &[Field] = &[
    Field { section: "", ..RETRIEVAL },
    Field {
        key: "poll_millis",
        label: "Poll every",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 600_000 },
        when: Some(("retrieval", &["polling"])),
        section: "",
        help: "All readers of a shard share 5 GetRecords calls a second; AWS advises one poll \
                   a second for each application",
    },
    Field {
        key: "limit",
        label: "Limit per call",
        unit: "records",
        kind: FieldKind::Int { min: 1, max: 10_000 },
        when: Some(("retrieval", &["polling"])),
        section: "",
        help: "GetRecords returns at most 10,000 records or 10 MiB (botocore 1.44.5)",
    },
    Field {
        key: "work_micros",
        label: "Work per record",
        unit: "µs",
        kind: FieldKind::Int { min: 0, max: 60_000_000 },
        when: None,
        section: "",
        help: "Processing time; the next poll of the same shard waits for it",
    },
    Field {
        key: "start",
        label: "Start at",
        unit: "",
        kind: FieldKind::Choice(&[
            ("LATEST", "LATEST"),
            ("TRIM_HORIZON", "TRIM_HORIZON"),
            ("AT_TIMESTAMP", "AT_TIMESTAMP"),
            ("AT_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER"),
            ("AFTER_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"),
        ]),
        when: None,
        section: "Position",
        help: "LATEST means from now on, not the newest stored record",
    },
    Field {
        key: "start_secs",
        label: "Timestamp",
        unit: "s after start",
        kind: FieldKind::Int { min: 0, max: 34_560_000 },
        when: Some(("start", &["AT_TIMESTAMP"])),
        section: "Position",
        help: "Older than the retention horizon means the horizon; a future time is an error",
    },
    Field {
        key: "start_sequence_number",
        label: "Sequence number",
        unit: "",
        kind: FieldKind::Text { chars_max: 129 },
        when: Some(("start", &["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])),
        section: "Position",
        help: "A decimal number of 56 digits; its shard is read from there, others from the \
                   horizon",
    },
    AGE_ALARM,
];

impl ConsumerConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        let by_number =
            matches!(self.start, StartAt::AtSequenceNumber | StartAt::AfterSequenceNumber);
        let text = &self.start_sequence_number;
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let legal = digits && (text == "0" || !text.starts_with('0'));
        if by_number && !legal {
            out.error(
                "SCN-021",
                "start_sequence_number",
                format!("`{text}` is not a sequence number"),
                "A sequence number is a decimal number without leading zeros; copy one from the \
                 Records tab",
            );
        }
    }
}
