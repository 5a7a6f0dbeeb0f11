//! The form of a SQL application: every setting with its limits (facts, analytics §1; botocore
//! 1.44.5, `kinesisanalytics`).

use sql::Dialect;

use super::function_fields::{TRANSFORMED, function};
use super::spec::{Field, FieldKind, When, field, int, join, only};

const TEXT: FieldKind = FieldKind::Text { chars_max: 256 };
const FORMAT: FieldKind = FieldKind::Choice(&[("json", "JSON"), ("csv", "CSV")]);
const JSON: When = Some(("format", &["json"]));
const CSV: When = Some(("format", &["csv"]));

/// In form order.
pub(super) const FIELDS: &[Field] = &join::<_, _, { IN.len() + 6 + OUT.len() }>(
    &join::<_, _, { IN.len() + 6 }>(&IN, &function("Lambda preprocessor", "Preprocessor", ABOUT)),
    &OUT,
);

const ABOUT: &str = "Answers Ok, Dropped or ProcessingFailed for each record; what failed goes to \
                     error_stream";

/// What comes before the function.
const IN: [Field; 12] = [
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
            ("TRIM_HORIZON", "oldest"),
            ("LAST_STOPPED_POINT", "last stop"),
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
];

/// What comes behind.
const OUT: [Field; 10] = [
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
