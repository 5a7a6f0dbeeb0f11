//! The form of a SQL application: every setting with its limits (facts, analytics §1; botocore
//! 1.44.5, `kinesisanalytics`).

use sql::Dialect;

use super::firehose_fields::FUNCTIONS;
use super::spec::{Field, FieldKind, When, field, int, only};

const TEXT: FieldKind = FieldKind::Text { chars_max: 256 };
const FORMAT: FieldKind = FieldKind::Choice(&[("json", "JSON"), ("csv", "CSV")]);
const JSON: When = Some(("format", &["json"]));
const CSV: When = Some(("format", &["csv"]));
const TRANSFORMED: When = Some(("transform", FUNCTIONS));

/// In form order.
pub(super) const FIELDS: &[Field] = &[
    field(
        "code",
        "Code",
        "",
        FieldKind::Sql { dialect: Dialect::Kinesis, chars_max: 102_400 },
        "",
        "Streams, and pumps that insert into them. A change while it runs is an update: the \
         application goes on with the new code where it was",
    ),
    field(
        "runs",
        "Started",
        "",
        FieldKind::Bool,
        "Application",
        "StartApplication and StopApplication",
    ),
    field(
        "start",
        "Starting position",
        "",
        FieldKind::Choice(&[
            ("NOW", "now"),
            ("TRIM_HORIZON", "oldest record"),
            ("LAST_STOPPED_POINT", "where it stopped"),
        ]),
        "Application",
        "Where StartApplication begins to read the stream; an application that never ran before \
         has stopped nowhere and begins now",
    ),
    field(
        "starting_secs",
        "Time to start",
        "s",
        int(0, 600),
        "Application",
        "How long it is STARTING, or UPDATING after a change, and reads nothing; AWS names no time",
    ),
    field(
        "kpus",
        "KPUs at most",
        "",
        int(1, 64),
        "Application",
        "It takes as many as it needs: one has 1 vCPU and 4 GB and works through some 5,000 rows a \
         second. 8 unless AWS raised it",
    ),
    field(
        "name_prefix",
        "Name prefix",
        "",
        FieldKind::Text { chars_max: 32 },
        "Input",
        "The in-application streams of the input are this with _001, _002 and so on behind it",
    ),
    field(
        "input_parallelism",
        "Parallelism",
        "streams",
        int(1, 64),
        "Input",
        "So many in-application streams share the shards of the source evenly",
    ),
    field("format", "Format", "", FORMAT, "Input", "What the data of a record is"),
    field(
        "schema",
        "Columns",
        "",
        FieldKind::Code { chars_max: 65_536 },
        "Input",
        "One a line: a name, a type and, for JSON, a path such as $.price. Names keep their case, \
         so the code has to quote those that are not upper case",
    ),
    only(
        JSON,
        field(
            "row_path",
            "Row path",
            "",
            TEXT,
            "Input",
            "Where the rows of a record are: $, or an array such as $.rows[0:]",
        ),
    ),
    only(
        CSV,
        field(
            "row_delimiter",
            "Row delimiter",
            "",
            FieldKind::Text { chars_max: 8 },
            "Input",
            "Stands between rows; \\n, \\r and \\t are line feed, return and tab",
        ),
    ),
    only(
        CSV,
        field(
            "column_delimiter",
            "Column delimiter",
            "",
            FieldKind::Text { chars_max: 8 },
            "Input",
            "Stands between columns; \\t is a tab",
        ),
    ),
    field(
        "transform",
        "Lambda preprocessor",
        "",
        FieldKind::Choice(&[
            ("none", "none"),
            ("identity", "gives back what it gets"),
            ("csv_to_json", "CSV to JSON"),
            ("log_to_json", "Apache log to JSON"),
            ("redact", "redacts a member"),
            ("drop", "drops by a member"),
            ("fail", "fails sometimes"),
            ("slow", "takes too long"),
            ("wrong_ids", "answers nonsense"),
            ("sql", "SQL expression"),
            ("jq", "jq program"),
        ]),
        "Preprocessor",
        "Answers Ok, Dropped or ProcessingFailed for each record; what failed goes to error_stream",
    ),
    only(
        Some(("transform", &["csv_to_json", "redact", "drop"])),
        field(
            "transform_field",
            "Member",
            "",
            TEXT,
            "Preprocessor",
            "To redact: its name. To drop: level=DEBUG drops records with that value. CSV to JSON: \
             the names of the columns, with commas between",
        ),
    ),
    only(
        Some(("transform", &["sql"])),
        field(
            "transform_sql",
            "Expression",
            "",
            FieldKind::Code { chars_max: 5_120 },
            "Preprocessor",
            "A select list over the JSON object of a record, such as *, price * quantity AS total",
        ),
    ),
    only(
        Some(("transform", &["jq"])),
        field(
            "transform_jq",
            "Program",
            "",
            FieldKind::Code { chars_max: 5_120 },
            "Preprocessor",
            "A jq program: its first result is the record, no result drops it, an error is \
             ProcessingFailed",
        ),
    ),
    only(
        Some(("transform", &["fail"])),
        field(
            "transform_fail_percent",
            "Fails",
            "%",
            int(0, 100),
            "Preprocessor",
            "This share of all invocations ends with a function error and is made again",
        ),
    ),
    only(
        TRANSFORMED,
        field(
            "transform_millis",
            "Duration",
            "ms",
            int(0, 900_000),
            "Preprocessor",
            "How long one invocation takes; over 300,000 ms it times out",
        ),
    ),
    only(
        TRANSFORMED,
        field(
            "deaggregate",
            "De-aggregates",
            "",
            FieldKind::Bool,
            "Preprocessor",
            "The function takes aggregates of the Kinesis Producer Library apart; the application \
             itself cannot read them",
        ),
    ),
    field(
        "reference_name",
        "Table",
        "",
        FieldKind::Text { chars_max: 32 },
        "Reference",
        "What the code calls the table of reference data; empty when there is none",
    ),
    field(
        "reference_key",
        "Object",
        "",
        FieldKind::Text { chars_max: 1_024 },
        "Reference",
        "Key of the object in the bucket at `reference`: CSV with a line of names, or JSON lines",
    ),
    field(
        "reference_loads",
        "Synchronized",
        "times",
        int(0, 1_000_000),
        "Reference",
        "One more is `Synchronize reference data table`: the object is loaded again. Otherwise it \
         is loaded when the application starts",
    ),
    field(
        "output_1",
        "First output",
        "",
        TEXT,
        "Outputs",
        "The in-application stream whose rows go to `out_1`, in its own case; error_stream may be \
         one",
    ),
    field("output_1_format", "Its format", "", FORMAT, "Outputs", "What a row becomes"),
    field(
        "output_2",
        "Second output",
        "",
        TEXT,
        "Outputs",
        "The in-application stream whose rows go to `out_2`",
    ),
    field("output_2_format", "Its format", "", FORMAT, "Outputs", "What a row becomes"),
    field(
        "output_3",
        "Third output",
        "",
        TEXT,
        "Outputs",
        "The in-application stream whose rows go to `out_3`",
    ),
    field("output_3_format", "Its format", "", FORMAT, "Outputs", "What a row becomes"),
];
