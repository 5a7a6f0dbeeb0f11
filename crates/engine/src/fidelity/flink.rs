//! What is real about Flink applications (facts, analytics §3).

use super::{Entry, Level, entry};

/// Within the kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "flink_application",
        Level::Exact,
        "Windows, joins and changes",
        "Rows, their order and the moment they come out equal those of Apache Flink 2.3 in the \
         cases under `tests/sql/flink`; where group order is not defined, groups come in the order \
         of their first rows",
    ),
    entry(
        "flink_application",
        Level::Exact,
        "Capacity and cost",
        "KPUs are parallelism by parallelism per KPU, rounded up, and one more to orchestrate; 50 \
         GB of running storage a KPU; a run costs ten minutes at least; parallelism is doubled at \
         75 % CPU for 15 minutes and halved below 10 % for six hours, AWS does not say by how much",
    ),
    entry(
        "flink_application",
        Level::Exact,
        "Failure and recovery",
        "A job that fails begins again after ten seconds, for ever, with the state and the \
         positions of its last checkpoint; without one where its tables say, with nothing. Rows \
         that came out since are written to streams again",
    ),
    entry(
        "flink_application",
        Level::Exact,
        "Partition keys",
        "Random, or the columns behind `PARTITIONED BY` with a bar between them, at most 256 \
         characters; `sink.partitioner` is random or fixed, and fixed is one key: there is one \
         subtask",
    ),
    entry(
        "flink_application",
        Level::Modelled,
        "Checkpoints",
        "A clone of the state at one moment; complete once it is uploaded, 50 ms and 100 MiB/s, \
         and every row that came out before it is stored. The time-out of 60 minutes is not there",
    ),
    entry(
        "flink_application",
        Level::Modelled,
        "CPU",
        "A KPU works for the set time on each record, whatever the query is; what comes meanwhile \
         waits in the stream",
    ),
    entry(
        "flink_application",
        Level::Modelled,
        "Updates of the code",
        "Reading goes on where it was and the query begins empty, as if AllowNonRestoredState were \
         set and no state fitted: state of another plan is not taken over",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "Watermarks",
        "One for each table, behind each of its rows; Flink sends them every 200 ms, so more late \
         rows can slip in. An input that is idle follows the slowest of the others",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "Late rows without a window",
        "`OVER` of a range or of rows, and `ORDER BY` time, drop a row that is not later than the \
         last one that came out, as Flink does; Flink counts such rows only for windows, and a \
         row that is late for several windows once",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "First row without its rank",
        "The first row of an order, when its rank is not selected, is told as `+U` without `-U`",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "Ranks and maxima of counts",
        "Flink knows that a count only grows: a ranked row changes in its place, MAX over counts \
         is not taken back. Here rows are taken away and put back; what stays in the end is the \
         same",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "One table on both sides of a join",
        "Its row comes to the left side before the right one; Flink fixes no order, so that \
         changes between may differ",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "FLOAT beside DOUBLE",
        "Gives DOUBLE, computed with 64 bits",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "Records as rows",
        "JSON values become columns as in a SQL application's schema: a number with digits behind \
         the point is no INT, and text is cut to its length. Nested ROW, ARRAY and MAP columns are \
         not there",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "Files in a bucket",
        "A file for each checkpoint of each table, whatever the rolling policy says; no partitions",
    ),
    entry(
        "flink_application",
        Level::Approximate,
        "State that expires",
        "`table.exec.state.ttl` holds for groups, ranked and first rows, and joins without a \
         bound, from the last write on; patterns keep theirs",
    ),
    entry(
        "flink_application",
        Level::Absent,
        "Other snapshots than the latest",
        "RESTORE_FROM_CUSTOM_SNAPSHOT, and CreateApplicationSnapshot by hand",
    ),
    entry(
        "flink_application",
        Level::Absent,
        "Programs",
        "Java, Scala and Python, Studio notebooks, and other connectors than kinesis, firehose, \
         filesystem, print and blackhole",
    ),
];
