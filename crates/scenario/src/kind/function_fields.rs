//! The settings of a function that transforms records before somebody takes them.

use super::spec::{Field, FieldKind, When, field, int, only};

const TEXT: FieldKind = FieldKind::Text { chars_max: 256 };
const CODE: FieldKind = FieldKind::Code { chars_max: 5_120 };
/// Whether there is one.
pub(super) const TRANSFORMED: When = Some(("transform", FUNCTIONS));

/// What a function can do: every word of `transform` but `none`.
pub const FUNCTIONS: &[&str] = &[
    "identity",
    "csv_to_json",
    "log_to_json",
    "redact",
    "drop",
    "fail",
    "slow",
    "wrong_ids",
    "sql",
    "jq",
];

const WORDS: FieldKind = FieldKind::Choice(&[
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
]);

/// In form order, under a heading.
pub(super) const fn function(
    label: &'static str,
    section: &'static str,
    about: &'static str,
) -> [Field; 6] {
    [
        field("transform", label, "", WORDS, section, about),
        only(
            Some(("transform", &["csv_to_json", "redact", "drop"])),
            field(
                "transform_field",
                "Member",
                "",
                TEXT,
                section,
                "To redact: its name. To drop: level=DEBUG drops records with that value. CSV to \
                 JSON: the names of the columns, with commas between",
            ),
        ),
        only(
            Some(("transform", &["sql"])),
            field(
                "transform_sql",
                "Expression",
                "",
                CODE,
                section,
                "A select list over the JSON object of a record, such as *, price * quantity AS \
                 total",
            ),
        ),
        only(
            Some(("transform", &["jq"])),
            field(
                "transform_jq",
                "Program",
                "",
                CODE,
                section,
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
                section,
                "This share of all invocations ends with a function error",
            ),
        ),
        only(
            TRANSFORMED,
            field(
                "transform_millis",
                "Duration",
                "ms",
                int(0, 900_000),
                section,
                "How long one invocation takes; over 300,000 ms it times out: 5 minutes are waited",
            ),
        ),
    ]
}
