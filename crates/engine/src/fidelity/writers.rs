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
        Level::Modelled,
        "Client-side encryption",
        "Data become noise and 404 bytes longer: the message format of the AWS Encryption SDK with \
         one KMS data key and no signature",
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
        "ConnectTimeout, MinConnections and ThreadingModel, for connections take no time here; \
         MetricsLevel and MetricsGranularity, for charts show what the library counts and not what \
         it uploads; endpoints, credentials and proxies",
    ),
    entry(
        "agent",
        Level::Exact,
        "Buffers",
        "Closed by count, bytes or age; data of more than a record may have is cut",
    ),
    entry(
        "agent",
        Level::Exact,
        "Checkpoints",
        "At the end of the newest buffer that was sent: a restart sends what came after it once \
         more, and passes over what an older buffer still held",
    ),
    entry(
        "agent",
        Level::Exact,
        "Back-off",
        "Twice as long with each failure, 100 ms to 10 s, ±30 %, in steps of 250 ms",
    ),
    entry(
        "agent",
        Level::Exact,
        "Conversions",
        "SINGLELINE, CSVTOJSON and LOGTOJSON with the fields of the four formats, or with the \
         groups of a matchPattern",
    ),
    entry(
        "agent",
        Level::Modelled,
        "Calls",
        "24 at once, which is 12 for each of two cores, given up after 50 s as the AWS SDK does",
    ),
    entry(
        "agent",
        Level::Approximate,
        "Rotation",
        "Renamed files are read to their end, of emptied ones the unread lines are lost; looking \
         for new files takes no time, however often they come",
    ),
    entry(
        "agent",
        Level::Approximate,
        "Multi-line records",
        "Patterns without back-references and looking ahead or behind; a poll ends a record, as \
         the agent's does",
    ),
    entry(
        "agent",
        Level::Absent,
        "Other settings",
        "Several flows: one file and one wire each, another flow is another agent; file patterns, \
         RFC3339SYSLOG, other converters, assumed roles, aggregatedRecordSizeBytes",
    ),
    entry(
        "writer",
        Level::Exact,
        "CloudWatch Logs records",
        "The documented JSON in gzip, a CONTROL_MESSAGE first, many log events of one log stream \
         in each DATA_MESSAGE",
    ),
    entry(
        "writer",
        Level::Exact,
        "Envelopes and keys",
        "EventBridge's event object; substitution templates of IoT rules, JSON paths of \
         EventBridge and API Gateway for the partition key, to top-level members: other words are \
         refused",
    ),
    entry(
        "writer",
        Level::Modelled,
        "CloudWatch Logs batches",
        "Log events gather for a second or a megabyte; AWS publishes no rule",
    ),
    entry(
        "writer",
        Level::Modelled,
        "Failures",
        "CloudWatch Logs tries for 24 hours, EventBridge 185 times in 24 hours, an IoT rule once, \
         API Gateway once while its client waits at most 29 s; the waits between attempts are ours",
    ),
    entry(
        "writer",
        Level::Approximate,
        "API Gateway",
        "The client sees the status of the integration: 200, 400, 500, 504; nothing is mapped",
    ),
    entry(
        "writer",
        Level::Absent,
        "Error actions and dead-letter queues",
        "What a service gives up is lost",
    ),
    entry("writer", Level::Absent, "Other writers", "DMS, DynamoDB streams, Flink"),
];
