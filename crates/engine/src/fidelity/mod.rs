//! The register of what is real: each behaviour with how true it is. `docs/fidelity.md` is made
//! from it, so that what is simplified or missing is said and not found out.

mod stream;

/// How true a behaviour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Follows a published rule, numbers included.
    Exact,
    /// AWS publishes nothing exact: a rule was chosen and is named.
    Modelled,
    /// Simpler than the real service.
    Approximate,
    /// Not there.
    Absent,
}

/// One behaviour of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The kind, as files name it.
    pub kind: &'static str,
    /// What is meant, in a few words.
    pub topic: &'static str,
    /// How true it is.
    pub level: Level,
    /// What Rivulet does.
    pub note: &'static str,
}

impl Level {
    /// The word in the register.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Modelled => "modelled",
            Self::Approximate => "approximate",
            Self::Absent => "absent",
        }
    }
}

const fn entry(kind: &'static str, level: Level, topic: &'static str, note: &'static str) -> Entry {
    Entry { kind, topic, level, note }
}

/// Every entry, kinds in palette order, within a kind the truest first.
pub fn register() -> impl Iterator<Item = &'static Entry> {
    [PRODUCERS, stream::ENTRIES, READERS].into_iter().flatten()
}

/// What stands before the stream in the palette.
const PRODUCERS: &[Entry] = &[
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

/// What stands behind it.
const READERS: &[Entry] = &[
    entry(
        "firehose",
        Level::Exact,
        "Direct PUT limits",
        "1,024,000 bytes a record, 500 records and 4 MiB a batch fail the whole call with AWS's \
         texts; over the quota single entries fail with `Slow down.`",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Object names",
        "Prefix expressions, stream, version, arrival of the oldest record, a random UUID",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Stream as source",
        "One GetRecords call a second and shard from LATEST on, inside the shard's read limits",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Retry of 24 hours",
        "Direct PUT data is lost 24 hours after it arrived; with a stream as source it is kept",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Buffer clock",
        "Starts with the first record in an empty buffer; new hints count for what is buffered",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Interval 0",
        "Collects for one second; AWS says within a few seconds",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Quota",
        "Three token buckets of one second's worth, full at the start",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Back-off",
        "1 s, doubled up to 120 s, give or take 15 %: published for HTTP endpoints, used for S3",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Reading on while the target is down",
        "Stops while 64 MiB, two buffers or 100 objects wait; the rest stays in the stream",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Time in names",
        "The custom time zone applies to the prefix; the suffix stays in UTC. With a stream as \
         source the arrival in Firehose counts, not the one in the stream",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Uploads",
        "One at a time, in order, whatever their size; the real service sends several at once",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Compression",
        "One gzip member at the fastest level; AWS names no level, sizes differ a little",
    ),
    entry(
        "firehose",
        Level::Absent,
        "Growing buffer",
        "The buffer does not grow by itself when delivery falls behind",
    ),
    entry(
        "firehose",
        Level::Absent,
        "Named time zones",
        "UTC and fixed offsets such as +02:00 only",
    ),
    entry(
        "firehose",
        Level::Absent,
        "Processing",
        "No Lambda transformation, format conversion, dynamic partitioning or de-aggregation",
    ),
    entry("firehose", Level::Absent, "Targets", "S3 only"),
    entry(
        "consumer",
        Level::Exact,
        "Reading order",
        "A shard is read when every parent of its hash range was read to its end",
    ),
    entry(
        "consumer",
        Level::Modelled,
        "Back-off",
        "A call that failed is made again after 100 ms, doubled for each failure in a row up to a \
         second",
    ),
    entry(
        "consumer",
        Level::Modelled,
        "Iterator age",
        "MillisBehindLatest of the last answer, plus the time the position stands still for work",
    ),
    entry(
        "consumer",
        Level::Approximate,
        "Work",
        "One worker for each shard, the same time for each record; no leases, no checkpoints",
    ),
    entry(
        "kcl",
        Level::Exact,
        "Leases",
        "Conditional renewals, taking and stealing as in the lease taker of KCL 2.x, with its \
         intervals",
    ),
    entry(
        "kcl",
        Level::Exact,
        "Fail-over",
        "A lone survivor takes a dead worker's leases after 16.7 to 40.1 s: the counter must stand \
         still across two runs of its taker, as in the source; AWS's texts say 10 to 30 s",
    ),
    entry(
        "kcl",
        Level::Exact,
        "Parents before children",
        "Child leases begin when a parent ends and wait for all parents of their hash range",
    ),
    entry(
        "kcl",
        Level::Modelled,
        "Start of workers",
        "Processes come up within a second of each other, at random",
    ),
    entry(
        "kcl",
        Level::Approximate,
        "Fetching",
        "One batch at a time for each lease, without prefetch: long work lets iterators expire; an \
         error waits 500 ms",
    ),
    entry(
        "kcl",
        Level::Absent,
        "Lease table",
        "The table has no capacity and no latency of its own: renewals are never throttled",
    ),
    entry(
        "kcl",
        Level::Absent,
        "Other modes",
        "Enhanced fan-out, KPL de-aggregation, graceful shutdown and the balancing of KCL 3.x",
    ),
    entry(
        "lambda",
        Level::Exact,
        "Order",
        "A batch holds records of one shard; a failed one blocks its shard, or its keys when \
         the factor is above 1",
    ),
    entry(
        "lambda",
        Level::Exact,
        "Attempts",
        "Throttles and service errors are not counted, nor are splits by bisecting",
    ),
    entry(
        "lambda",
        Level::Exact,
        "Partial answers",
        "The lowest reported number is the checkpoint; one that is not in the batch fails it \
         whole",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "Retry",
        "A batch that failed or was throttled is invoked again after 1 s; AWS publishes no \
         figure",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "Bisecting",
        "At the reported record; in halves when there is no report or it names the first \
         record",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "Payload",
        "Base64 data, the partition key and 450 bytes a record count towards 6 MB",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "Tumbling windows",
        "One state for each part of a shard; a window ends when a caught-up read a second \
         later shows no more of it, its last invocation has no records",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "Change of the mapping",
        "Another factor or window length begins at the checkpoint: batches inside the \
         function are invoked again",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "Expiry",
        "Unless an age is set, records a batch holds are tried for 24 hours, whatever the \
         stream's retention is",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "On-failure object",
        "The invocation record with KinesisBatchInfo, without the payload; its key is made \
         from the function and the sequence numbers, and a failed upload is not repeated",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "Large records",
        "What exceeds 6 MB goes to the on-failure destination; without one it is dropped, and \
         the word for its condition is ours",
    ),
    entry("lambda", Level::Approximate, "Time to create", "A setting: AWS says up to minutes"),
    entry(
        "lambda",
        Level::Approximate,
        "Concurrency",
        "Environments stay warm for ever; the account's concurrency is not shared between \
         parts",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "Output",
        "Records go on as they are, in calls of 500 and 4 MiB, all at once; a call with \
         failed entries is a function error",
    ),
    entry(
        "lambda",
        Level::Absent,
        "Event source",
        "Filter criteria, and on-failure destinations other than a bucket",
    ),
    entry("lambda", Level::Absent, "Function", "Enrichment by expression, memory and price"),
    entry(
        "connector",
        Level::Exact,
        "Order of work",
        "Emit first, save the place then: records are emitted at least once",
    ),
    entry(
        "connector",
        Level::Exact,
        "Limits",
        "1,000 records or 1 MiB end a buffer, no time limit by default; each is looked at \
         after a batch",
    ),
    entry(
        "connector",
        Level::Modelled,
        "Emitter",
        "Up to the retry limit, each failure waits the whole back-off; then the buffer is \
         given up and the place is saved",
    ),
    entry(
        "connector",
        Level::Approximate,
        "Transformer",
        "The data as they are, with or without a line feed; no conversion of types",
    ),
    entry(
        "connector",
        Level::Approximate,
        "Workers",
        "Leases and workers are those of KCL 2.x; the library was built on 1.x",
    ),
    entry("connector", Level::Absent, "Targets", "Redshift with its manifest, Elasticsearch"),
    entry(
        "bucket",
        Level::Exact,
        "Same key",
        "A second object under a key replaces the first: a repeated upload leaves one object",
    ),
    entry(
        "bucket",
        Level::Approximate,
        "Latency",
        "The same for every size; a failed upload is a 503",
    ),
    entry(
        "bucket",
        Level::Approximate,
        "Memory",
        "The content of the newest 512 MiB is kept; older objects stay listed with their sizes",
    ),
    entry(
        "bucket",
        Level::Absent,
        "Storage",
        "No versions, classes, lifecycle rules or encryption",
    ),
];

/// The register as the page of the documentation.
#[must_use]
pub fn page() -> String {
    let mut out = String::from(
        "# What is real\n\n\
         Made from `crates/engine/src/fidelity/`; `UPDATE_EXPECT=1 cargo test -p tests --test \
         fidelity` writes it anew.\n\n\
         **Exact** follows a published rule, numbers included. **Modelled**: AWS publishes nothing \
         exact, a rule\nwas chosen and is named. **Approximate** is simpler than the real service. \
         **Absent** is not there.\n",
    );
    let mut kind = "";
    for entry in register() {
        if entry.kind != kind {
            kind = entry.kind;
            out.push_str(&format!(
                "\n## {kind}\n\n| Behaviour | Level | In Rivulet |\n|---|---|---|\n"
            ));
        }
        let Entry { topic, level, note, .. } = entry;
        out.push_str(&format!("| {topic} | {} | {note} |\n", level.word()));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use scenario::kind::SPECS;

    use super::*;

    #[test]
    fn every_kind_says_what_it_is_worth() {
        for spec in SPECS {
            let levels: Vec<_> =
                register().filter(|it| it.kind == spec.kind).map(|it| it.level).collect();
            assert!(!levels.is_empty(), "nothing about {}", spec.kind);
            assert!(levels.is_sorted(), "{}: truest first", spec.kind);
        }
        let mut kinds: Vec<_> = register().map(|it| it.kind).collect();
        kinds.dedup();
        assert_eq!(kinds, SPECS.iter().map(|it| it.kind).collect::<Vec<_>>());
    }

    #[test]
    fn a_topic_stands_once() {
        let topics: BTreeSet<_> = register().map(|it| (it.kind, it.topic)).collect();
        assert_eq!(topics.len(), register().count());
    }
}
