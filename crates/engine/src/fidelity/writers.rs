//! What is real about the parts that write.

use super::{Entry, Level, entry};

/// Kinds in palette order, within a kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "producer",
        Level::Exact,
        "Partial failure",
        "PutRecords answers 200 with one result for each entry; what becomes of the failed ones is \
         the client's policy",
    ),
    entry(
        "producer",
        Level::Exact,
        "Duplicates",
        "A call that timed out after it was stored is sent again and stored again",
    ),
    entry(
        "producer",
        Level::Approximate,
        "Network",
        "Latency belongs to the service that answers; bandwidth and connections are not simulated",
    ),
    entry(
        "kpl",
        Level::Exact,
        "Aggregated records",
        "The library's own bytes, one container for each expected shard, closed by count, size or \
         time",
    ),
    entry(
        "kpl",
        Level::Exact,
        "Wrong shard",
        "After a reshard records land where they were not expected, are sent again and are in the \
         stream twice; the shard map is asked for anew",
    ),
    entry(
        "kpl",
        Level::Exact,
        "Retries",
        "Failed user records go through the whole pipeline again without back-off until RecordTtl \
         is over",
    ),
    entry(
        "kpl",
        Level::Exact,
        "Rate limit",
        "Token buckets for each expected shard, looked at every 25 ms; without aggregation or a \
         shard map nothing is limited",
    ),
    entry(
        "kpl",
        Level::Approximate,
        "Threads",
        "The native process takes no time of its own, but for a millisecond before a failed \
         record comes back; waits for a connection have no end",
    ),
    entry(
        "kpl",
        Level::Approximate,
        "Metrics",
        "At once and for the whole part, times as the largest of each second; the library uploads \
         them every minute, for each shard",
    ),
    entry(
        "kpl",
        Level::Absent,
        "Other settings",
        "ConnectTimeout, MinConnections, ThreadingModel, MetricsLevel, MetricsGranularity, \
         endpoints, credentials and proxies",
    ),
];
