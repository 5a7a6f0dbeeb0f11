//! Lambda: an event source mapping and the function it invokes, in one part.

use sql::problem::line_and_column;
use sql::{Column, SelectItem};

use super::consumer::{RETRIEVAL, Retrieval};
use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int,
};
use crate::filter::Filter;
use crate::format;
use crate::ports::{Direction, Flow, Port};

/// What the function does with a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Every invocation succeeds.
    #[default]
    Ok,
    /// A share of all invocations fails.
    Fail,
    /// A batch with a poison record fails, always.
    Poison,
    /// The same, and what the function reports as failed is not in the batch.
    Misreport,
    /// Each record becomes what an SQL expression makes of it.
    Enrich,
}

words!(Body {
    Ok = "ok", Fail = "fail", Poison = "poison", Misreport = "misreport", Enrich = "enrich",
});

/// `StartingPosition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// The oldest record that is still there.
    #[default]
    TrimHorizon,
    /// After the newest record now.
    Latest,
    /// The first record that arrived at or after a time.
    AtTimestamp,
}

words!(Start {
    TrimHorizon = "TRIM_HORIZON", Latest = "LATEST", AtTimestamp = "AT_TIMESTAMP",
});

/// How long a batch that failed is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retries {
    /// Until it succeeds or its records expire: `MaximumRetryAttempts` -1.
    #[default]
    UntilExpiry,
    /// So many times.
    Limited,
}

words!(Retries { UntilExpiry = "until_expiry", Limited = "limited" });

/// Settings of an event source mapping and its function (facts, streams §10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaConfig {
    /// `BatchSize`.
    pub batch_size: u32,
    /// `MaximumBatchingWindowInSeconds`.
    pub batching_window_secs: u32,
    /// `FilterCriteria`: one pattern or a list of them; empty keeps every record.
    pub filter: String,
    /// `ParallelizationFactor`.
    pub parallelization_factor: u32,
    /// Polling, or fan-out with a consumer of its own.
    pub retrieval: Retrieval,
    /// `StartingPosition`.
    pub start: Start,
    /// For `AT_TIMESTAMP`: seconds after the scenario's beginning.
    pub start_secs: u64,
    /// How long the new mapping polls nothing.
    pub creation_secs: u32,
    /// Whether `MaximumRetryAttempts` is -1.
    pub retries: Retries,
    /// `MaximumRetryAttempts`.
    pub retry_attempts: u32,
    /// Whether `MaximumRecordAgeInSeconds` is set; otherwise it is -1.
    pub limits_record_age: bool,
    /// `MaximumRecordAgeInSeconds`.
    pub record_age_secs: u32,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
    /// `FunctionResponseTypes` holds `ReportBatchItemFailures`.
    pub report_item_failures: bool,
    /// `TumblingWindowInSeconds`; 0 is off.
    pub tumbling_window_secs: u32,
    /// How much the state of a window grows with each record.
    pub state_record_bytes: u32,
    /// What the function does.
    pub body: Body,
    /// For `fail`: the share of invocations.
    pub fail_percent: u32,
    /// For `poison` and `misreport`: the partition key, unless it is empty.
    pub poison_key: String,
    /// And a text inside the data, unless it is empty.
    pub poison_text: String,
    /// For `enrich`: a select list over the members of a record.
    pub expression: String,
    /// Whether the function takes aggregated records apart.
    pub deaggregate: bool,
    /// How long one invocation takes.
    pub batch_millis: u32,
    /// And how much longer for each record.
    pub record_micros: u32,
    /// How much longer in a new execution environment.
    pub cold_start_millis: u32,
    /// The function's time-out.
    pub timeout_secs: u32,
    /// The function's memory.
    pub memory_mib: u32,
    /// Whether concurrency is reserved; otherwise the account's is used.
    pub reserves_concurrency: bool,
    /// Reserved concurrency: zero stops every invocation.
    pub reserved_concurrency: u32,
    /// The account's concurrency.
    pub account_concurrency: u32,
}

settings!(LambdaConfig {
    batch_size,
    batching_window_secs,
    filter,
    parallelization_factor,
    retrieval,
    start,
    start_secs,
    creation_secs,
    retries,
    retry_attempts,
    limits_record_age,
    record_age_secs,
    bisect,
    report_item_failures,
    tumbling_window_secs,
    state_record_bytes,
    body,
    fail_percent,
    poison_key,
    poison_text,
    expression,
    deaggregate,
    batch_millis,
    record_micros,
    cold_start_millis,
    timeout_secs,
    memory_mib,
    reserves_concurrency,
    reserved_concurrency,
    account_concurrency,
});

impl Default for LambdaConfig {
    fn default() -> Self {
        Self {
            batch_size: 100,
            batching_window_secs: 0,
            filter: String::new(),
            parallelization_factor: 1,
            retrieval: Retrieval::Polling,
            start: Start::TrimHorizon,
            start_secs: 0,
            creation_secs: 0,
            retries: Retries::UntilExpiry,
            retry_attempts: 2,
            limits_record_age: false,
            record_age_secs: 3_600,
            bisect: false,
            report_item_failures: false,
            tumbling_window_secs: 0,
            state_record_bytes: 100,
            body: Body::Ok,
            fail_percent: 10,
            poison_key: String::new(),
            poison_text: String::new(),
            expression: "*".to_owned(),
            deaggregate: false,
            batch_millis: 20,
            record_micros: 0,
            cold_start_millis: 0,
            timeout_secs: 60,
            memory_mib: 128,
            reserves_concurrency: false,
            reserved_concurrency: 0,
            account_concurrency: 1_000,
        }
    }
}

const FIELDS: &[Field] = &[
    field(
        "batch_size",
        "Batch size",
        "records",
        int(1, 10_000),
        "",
        "Most records of one \
        invocation; a payload also ends at 6 MB, Base64 included",
    ),
    field(
        "batching_window_secs",
        "Batching window",
        "s",
        int(0, 300),
        "",
        "How long a batch may \
        gather; with 0 the function is invoked at once with what there is",
    ),
    field(
        "parallelization_factor",
        "Parallelization factor",
        "",
        int(1, 10),
        "",
        "Batches of one \
        shard in flight; a partition key always goes to the same one, so its order holds",
    ),
    field(
        "filter",
        "Filter criteria",
        "",
        FieldKind::Code { chars_max: 4_096 },
        "",
        "A pattern such as {\"data\": {\"cents\": [{\"numeric\": [\">\", 100]}]}}, or a list of \
         up to five; what fits none never reaches the function",
    ),
    Field { section: "Position", ..RETRIEVAL },
    field(
        "start",
        "Starting position",
        "",
        FieldKind::Choice(&[
            ("TRIM_HORIZON", "TRIM_HORIZON"),
            ("LATEST", "LATEST"),
            ("AT_TIMESTAMP", "AT_TIMESTAMP"),
        ]),
        "Position",
        "Where reading begins on the shards that are there at the start",
    ),
    Field {
        when: Some(("start", &["AT_TIMESTAMP"])),
        ..field(
            "start_secs",
            "Timestamp",
            "s after start",
            int(0, 34_560_000),
            "Position",
            "Older than the retention horizon means the horizon; a future time is an error",
        )
    },
    field(
        "creation_secs",
        "Time to create",
        "s",
        int(0, 600),
        "Position",
        "A new mapping takes up to minutes before it polls; with LATEST it misses what comes \
         meanwhile",
    ),
    field(
        "retries",
        "Retries",
        "",
        FieldKind::Choice(&[("until_expiry", "until expiry (-1)"), ("limited", "limited")]),
        "Errors",
        "A failed batch is tried again and blocks its shard meanwhile; throttles and service \
         errors do not count",
    ),
    Field {
        when: Some(("retries", &["limited"])),
        ..field(
            "retry_attempts",
            "Retry attempts",
            "",
            int(0, 10_000),
            "Errors",
            "After so many retries the batch is discarded",
        )
    },
    field(
        "limits_record_age",
        "Limit record age",
        "",
        FieldKind::Bool,
        "Errors",
        "Otherwise records are tried until they expire (-1)",
    ),
    field(
        "record_age_secs",
        "Maximum record age",
        "s",
        int(60, 604_800),
        "Errors",
        "Used when the age is limited: older records are discarded before they are invoked",
    ),
    field(
        "bisect",
        "Bisect batch on error",
        "",
        FieldKind::Bool,
        "Errors",
        "A failed batch is split in two and each half retried; splitting uses up no attempt",
    ),
    field(
        "report_item_failures",
        "Report batch item failures",
        "",
        FieldKind::Bool,
        "Errors",
        "The function answers which record failed: those before it are done, the rest is retried",
    ),
    field(
        "tumbling_window_secs",
        "Tumbling window",
        "s",
        int(0, 900),
        "State",
        "State passes from one invocation to the next until the window ends by the arrival time \
         of records; 0 is off",
    ),
    field(
        "state_record_bytes",
        "State per record",
        "bytes",
        int(0, 1_048_576),
        "State",
        "How much each record adds; an invocation that answers more than 1 MB of state fails",
    ),
    field(
        "body",
        "Function",
        "",
        FieldKind::Choice(&[
            ("ok", "succeeds"),
            ("fail", "fails sometimes"),
            ("poison", "fails on a poison record"),
            ("misreport", "and reports the wrong one"),
            ("enrich", "enriches by SQL expression"),
        ]),
        "Function",
        "What the function does with a batch",
    ),
    Field {
        when: Some(("body", &["fail"])),
        ..field(
            "fail_percent",
            "Fails",
            "%",
            int(0, 100),
            "Function",
            "This share of all invocations ends with a function error",
        )
    },
    Field {
        when: Some(("body", &["poison", "misreport"])),
        ..field(
            "poison_key",
            "Poison key",
            "",
            FieldKind::Text { chars_max: 256 },
            "Function",
            "Every batch with a record of this partition key fails",
        )
    },
    Field {
        when: Some(("body", &["poison", "misreport"])),
        ..field(
            "poison_text",
            "Poison text",
            "",
            FieldKind::Text { chars_max: 256 },
            "Function",
            "Every batch with a record whose data contains this fails",
        )
    },
    Field {
        when: Some(("body", &["enrich"])),
        ..field(
            "expression",
            "Expression",
            "",
            FieldKind::Code { chars_max: 4_096 },
            "Function",
            "A select list over the JSON object of a record, such as *, price * quantity AS total, \
             UPPER(gate) AS gate; what it makes goes on to the output",
        )
    },
    field(
        "deaggregate",
        "De-aggregate",
        "",
        FieldKind::Bool,
        "Function",
        "The function takes records of the Kinesis Producer Library apart; Lambda itself does not",
    ),
    field(
        "batch_millis",
        "Duration per batch",
        "ms",
        int(0, 900_000),
        "Function",
        "How long an invocation takes, whatever it holds",
    ),
    field(
        "record_micros",
        "Duration per record",
        "µs",
        int(0, 60_000_000),
        "Function",
        "And how much longer for each record",
    ),
    field(
        "cold_start_millis",
        "Cold start",
        "ms",
        int(0, 60_000),
        "Function",
        "Added in an execution environment that is used for the first time",
    ),
    field(
        "timeout_secs",
        "Timeout",
        "s",
        int(1, 900),
        "Function",
        "A longer invocation ends with a function error at this time",
    ),
    field(
        "memory_mib",
        "Memory",
        "MiB",
        int(128, 10_240),
        "Function",
        "Only the bill knows it: duration costs by the GB-second",
    ),
    field(
        "reserves_concurrency",
        "Reserve concurrency",
        "",
        FieldKind::Bool,
        "Concurrency",
        "Otherwise the concurrency of the account is the limit",
    ),
    field(
        "reserved_concurrency",
        "Reserved concurrency",
        "",
        int(0, 1_000),
        "Concurrency",
        "Used when concurrency is reserved; with 0 every invocation is throttled",
    ),
    field(
        "account_concurrency",
        "Account concurrency",
        "",
        int(1, 100_000),
        "Concurrency",
        "1,000 unless AWS raised it",
    ),
];

const fn metric(name: &'static str, stat: Stat, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat, unit, bad }
}

/// What a Lambda part is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "lambda",
    title: "Lambda",
    badge: "Lambda",
    stem: "function",
    about: "Polls a stream, invokes a function with each batch and blocks the shard until it \
            succeeds",
    group: Group::Readers,
    glyph: "lambda",
    fidelity: Fidelity::Simplified,
    size: (360, 124),
    ports: &[
        Port {
            name: "in",
            direction: Direction::In,
            flows: &[Flow::Read, Flow::Invoke],
            edges_max: 1,
        },
        Port {
            name: "out",
            direction: Direction::Out,
            flows: &[Flow::Put, Flow::Item],
            edges_max: 1,
        },
        Port { name: "failed", direction: Direction::Out, flows: &[Flow::Deliver], edges_max: 1 },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("Invocations", Stat::Sum, "calls", false),
        metric("Errors", Stat::Sum, "calls", true),
        metric("Throttles", Stat::Sum, "calls", true),
        metric("Duration", Stat::Max, "ms", false),
        metric("ConcurrentExecutions", Stat::Max, "calls", false),
        metric("IteratorAge", Stat::Gauge, "ms", false),
        metric("DestinationDeliveryFailures", Stat::Sum, "calls", true),
    ],
    faults: &["slow", "down"],
};

impl LambdaConfig {
    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        if let Err(problem) = Filter::parse(&self.filter) {
            let help = "Write {\"data\": {\"kind\": [\"buy\"]}}: a list at each member that \
                        is asked for";
            out.error("SCN-045", "filter", problem, help);
        } else {
            format::each_twice(&self.filter, &mut |key, _at| {
                let message = format!("`{key}` stands twice in one object");
                let help = "Remove one of them; the last one counts";
                out.warning(format::TWICE, "filter", message, help);
            });
        }
        if self.body == Body::Enrich {
            check_select(&self.expression, "expression", out);
        }
    }
}

/// Everything that is wrong with an expression, each with its line and column.
#[inline(never)]
pub(super) fn check_select(text: &str, field: &'static str, out: &mut Checker<'_>) {
    let mut problems = Vec::new();
    match sql::parse_select(text) {
        Err(problem) => problems.push(problem),
        Ok(select) => {
            for item in &select.items {
                if let SelectItem::Column { expr, .. } = item {
                    // Only a record tells what its members are.
                    sql::check(expr, &|_| Column::Any, &mut problems);
                }
            }
        }
    }
    for problem in problems {
        let (line, column) = line_and_column(text, problem.span);
        let message = format!("Line {line}, column {column}: {}", problem.message);
        out.error(problem.code, field, message, problem.help);
    }
}
