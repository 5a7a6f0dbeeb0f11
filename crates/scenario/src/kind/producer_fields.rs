//! The settings of a producer as forms and range checks see them.

use super::records_fields::RECORDS;
use super::spec::{Field, FieldKind, field, int, join, only};

/// In form order.
pub(super) const FIELDS: &[Field] = &join::<_, _, { RECORDS.len() + OWN.len() }>(&RECORDS, &OWN);

/// How records are sent.
const OWN: [Field; 13] = [
    field(
        "explicit_hash_key",
        "ExplicitHashKey",
        "",
        FieldKind::Text { chars_max: 39 },
        "Calls",
        "A decimal number below 2^128 that replaces the hash of the key; empty for none",
    ),
    field(
        "api",
        "API",
        "",
        FieldKind::Choice(&[("PutRecords", "PutRecords"), ("PutRecord", "PutRecord")]),
        "Calls",
        "PutRecord sends one record a call; PutRecords up to 500, each with its own outcome",
    ),
    only(
        Some(("api", &["PutRecord"])),
        field(
            "serial",
            "One after the other",
            "",
            FieldKind::Bool,
            "Calls",
            "Waits for each record and passes its SequenceNumberForOrdering on: order is kept",
        ),
    ),
    only(
        Some(("api", &["PutRecords"])),
        field(
            "batch_records",
            "Records per call",
            "",
            int(1, 500),
            "Calls",
            "PutRecords takes 1 to 500 entries and 10 MiB (botocore 1.44.5)",
        ),
    ),
    only(
        Some(("api", &["PutRecords"])),
        field(
            "linger_millis",
            "Linger",
            "ms",
            int(0, 60_000),
            "Calls",
            "Longest wait for a batch to fill",
        ),
    ),
    field(
        "in_flight_max",
        "Calls in flight",
        "",
        int(1, 10_000),
        "Calls",
        "Calls on the way at once",
    ),
    field(
        "buffer_records_max",
        "Client buffer",
        "records",
        int(1, 10_000_000),
        "Calls",
        "Records waiting in the client before new ones are dropped",
    ),
    field(
        "on_failure",
        "Failed entries",
        "",
        FieldKind::Choice(&[
            ("retry_failed", "Retry failed entries"),
            ("retry_all", "Retry whole batch"),
            ("ignore", "Ignore"),
        ]),
        "Failure",
        "PutRecords answers 200 even when entries failed; the client must look at each entry",
    ),
    only(
        RETRYING,
        field(
            "backoff",
            "Back-off",
            "",
            FieldKind::Choice(&[
                ("jitter", "Exponential with full jitter"),
                ("exponential", "Exponential"),
                ("fixed", "Fixed"),
                ("none", "None"),
            ]),
            "Failure",
            "How long to wait before the next attempt",
        ),
    ),
    only(
        RETRYING,
        field(
            "backoff_millis",
            "First wait",
            "ms",
            int(1, 600_000),
            "Failure",
            "The fixed wait, or the first one of a growing series",
        ),
    ),
    only(
        RETRYING,
        field(
            "backoff_millis_max",
            "Longest wait",
            "ms",
            int(1, 600_000),
            "Failure",
            "Where exponential waits stop growing",
        ),
    ),
    only(
        RETRYING,
        field(
            "attempts_max",
            "Attempts",
            "",
            int(1, 1_000),
            "Failure",
            "For one record, the first attempt included; then it is given up",
        ),
    ),
    field(
        "call_timeout_millis",
        "Call timeout",
        "ms",
        int(1, 600_000),
        "Failure",
        "When the client stops waiting for an answer; the service may have stored the records",
    ),
];

const RETRYING: Option<(&str, &[&str])> = Some(("on_failure", &["retry_failed", "retry_all"]));
