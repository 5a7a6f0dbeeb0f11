//! The form of a Flink application: every setting with its limits (facts, analytics §3.4; botocore
//! 1.44.5, `kinesisanalyticsv2`).

use sql::Dialect;

use super::spec::{Field, FieldKind, When, field, int, only};

const CHECKPOINTED: When = Some(("checkpointing", &["true"]));

/// In form order.
pub(super) const FIELDS: &[Field] = &[
    field(
        "code",
        "Code",
        "",
        FieldKind::Sql { dialect: Dialect::Flink, chars_max: 102_400 },
        "",
        "Tables that name a wired part by 'stream', 'delivery-stream' or 'path', and INSERT INTO. \
         A change while it runs is an update: reading goes on where it was, the query begins empty",
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
        "restore",
        "Restore",
        "",
        FieldKind::Choice(&[
            ("RESTORE_FROM_LATEST_SNAPSHOT", "latest snapshot"),
            ("SKIP_RESTORE_FROM_SNAPSHOT", "nothing"),
        ]),
        "Application",
        "What StartApplication begins with: state and positions of a snapshot, or neither",
    ),
    field(
        "snapshots",
        "Snapshots",
        "",
        FieldKind::Bool,
        "Application",
        "Whether a snapshot is made when it stops, is updated or scales",
    ),
    field(
        "starting_secs",
        "Time to start",
        "s",
        int(0, 600),
        "Application",
        "How long it is STARTING, UPDATING or AUTOSCALING, and reads nothing; AWS names no time",
    ),
    field(
        "parallelism",
        "Parallelism",
        "",
        int(1, 256),
        "Capacity",
        "Subtasks of each operator at the start; autoscaling never goes below",
    ),
    field(
        "parallelism_per_kpu",
        "Parallelism per KPU",
        "",
        int(1, 8),
        "Capacity",
        "Subtasks that share a KPU of 1 vCPU and 4 GB. One more KPU orchestrates the application, \
         and is billed",
    ),
    field(
        "autoscaling",
        "Autoscaling",
        "",
        FieldKind::Bool,
        "Capacity",
        "Up when the CPU is at 75 % or more for 15 minutes, down when it is under 10 % for 6 hours",
    ),
    field(
        "record_micros",
        "Work per record",
        "µs",
        int(1, 1_000_000),
        "Capacity",
        "How long one KPU works on a record; what it reads waits while it is busy",
    ),
    field(
        "checkpointing",
        "Checkpoints",
        "",
        FieldKind::Bool,
        "Checkpoints",
        "Without them a failed job begins where its tables say, with nothing",
    ),
    only(
        CHECKPOINTED,
        field(
            "checkpoint_interval_secs",
            "Interval",
            "s",
            int(1, 86_400),
            "Checkpoints",
            "60 unless set otherwise. What came out after the last checkpoint comes out again when \
             the job fails",
        ),
    ),
    only(
        CHECKPOINTED,
        field(
            "checkpoint_pause_secs",
            "Pause at least",
            "s",
            int(0, 86_400),
            "Checkpoints",
            "From the end of one checkpoint to the beginning of the next",
        ),
    ),
];
