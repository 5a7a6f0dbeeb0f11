//! What is real about the parts that run streaming SQL (facts, analytics: what AWS left open is
//! marked there).

use super::{Entry, Level, entry};

/// Kinds in palette order, within a kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "sql_application",
        Level::Exact,
        "Tumbling windows",
        "A window closes when a row or a bound reaches its end; its rows have that time, and a row \
         at the boundary belongs to the next window",
    ),
    entry(
        "sql_application",
        Level::Exact,
        "Sliding and stagger windows",
        "A sliding window gives a row for each row, a stagger window one for each key that opened \
         it",
    ),
    entry(
        "sql_application",
        Level::Exact,
        "Input",
        "JSON by paths or CSV by position, AWS's conversion table, one array that becomes rows; \
         what does not fit goes to error_stream",
    ),
    entry(
        "sql_application",
        Level::Exact,
        "Outputs",
        "Three at most, each of one in-application stream; PutRecords with up to 500 rows, tried \
         again for ever. A function is invoked for each window, or about once a second",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "The service",
        "As it was until AWS deleted it on 2026-01-27",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "ROWTIME",
        "The moment the application has read a record, to the millisecond; all records of one read \
         have the same",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Rowtime bounds",
        "One at each whole second of the wall clock and one before each batch; none while an \
         output holds the application up. Only a stream's own rows and bounds move its clock",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Time to start",
        "A setting, 0 s: AWS names none. STOPPING lasts a second",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Starting where it stopped",
        "Behind the last record whose rows every output has stored, shard by shard; windows begin \
         empty, so one that was open loses what lies before that record",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Back-pressure",
        "Reading stops once an output has been refused for 5 s or 10,000 rows wait for it; a \
         refused call is made again after 100 ms, doubled up to a second",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Partition keys",
        "A record that is put has the first text of its row as its key, or its ROWTIME",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Record formats",
        "JSON has no line end, a CSV row ends with a line feed",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Preprocessor",
        "One invocation at a time with up to 4 MB; one that fails is made again three times, then \
         its records go to error_stream",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Large rows",
        "A row of an in-application stream with more than 511 KB, 512 less 1 KB of the service's \
         own, goes to error_stream: AWS does not say what becomes of it. Texts count their bytes, \
         other values eight",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "KPUs",
        "5,000 rows a second each and 15,000 for each in-application input stream: the ends of \
         what AWS measured. As many as the last second needed, at least one; what exceeds the \
         limit is read later",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Types of results",
        "AVG keeps whole types, as Apache Calcite does; SUM of whole numbers is BIGINT",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Sums that slide",
        "What leaves a window of floats is subtracted, which may leave a rounding error",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "TOP_K and COUNT_DISTINCT",
        "Windows align to 1970, and counts are exact where AWS estimates",
    ),
    entry("sql_application", Level::Modelled, "EXP_AVG", "A row weighs exp(-age / interval)"),
    entry("sql_application", Level::Modelled, "GROUP_RANK", "Ties share a rank"),
    entry(
        "sql_application",
        Level::Modelled,
        "ORDER BY",
        "Sorted rows have the time of the end of their window",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "Outer joins of streams",
        "A row without a match comes when the window of the other side has passed it; a third \
         stream meets what is in the windows of both others",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "GROUP BY ROWTIME",
        "Accepted as a key that grows, without STEP or FLOOR",
    ),
    entry(
        "sql_application",
        Level::Modelled,
        "GROUP BY MONOTONIC",
        "Groups come out with the row that moves the expression on; no clock does",
    ),
    entry("sql_application", Level::Modelled, "Pumps", "Started unless the script says STOPPED"),
    entry(
        "sql_application",
        Level::Approximate,
        "Reference data",
        "Types of columns are inferred: whole numbers, doubles, text. AWS wants a schema. Only an \
         object the bucket has from the beginning can be one",
    ),
    entry(
        "sql_application",
        Level::Approximate,
        "Firehose as source",
        "Copies are handed on as records are put and read at the next whole second. They wait 24 \
         hours while it stands still; the newest 100,000 are read again unless every output has \
         stored what came of them. TRIM_HORIZON begins there as well, NOW with what comes next",
    ),
    entry(
        "sql_application",
        Level::Approximate,
        "Anomalies and hot spots",
        "RANDOM_CUT_FOREST and HOTSPOTS are statistical: a seeded forest, whose scores are its \
         own, and dense points with the bounds of their regions",
    ),
    entry(
        "sql_application",
        Level::Approximate,
        "Log parsers",
        "Regular expressions without looking around; FAST_REGEX_LOG_PARSER reads as \
         REGEX_LOG_PARSE. A line of the system log has the year of its row",
    ),
    entry(
        "sql_application",
        Level::Absent,
        "Language",
        "Joins that keep rows of a reference table, queries of one alone or inside an expression, \
         and the predicates LEADS, LAGS and STRICTLY OVERLAPS",
    ),
    entry(
        "sql_application",
        Level::Absent,
        "API",
        "CreateApplication, StartApplication and the others are settings; wrong code is refused as \
         UpdateApplication does, with CodeValidationException",
    ),
];
