//! What is real about the parts that read.

use super::{Entry, Level, entry};

/// Kinds in palette order, within a kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "consumer",
        Level::Exact,
        "Reading order",
        "A shard is read when every parent of its hash range was read to its end",
    ),
    entry(
        "consumer",
        Level::Modelled,
        "Enhanced fan-out",
        "Registers under its own name, subscribes to every shard anew after five minutes, and asks \
         for the next event once it has worked through the last",
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
        "consumer",
        Level::Approximate,
        "Overloaded shards",
        "n readers who together ask for more than a shard gives get 1/n of its calls and bytes \
         each. AWS names no order: here whoever was refused and had less goes first",
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
        "A dead worker's leases are taken after 16.7 to 40.1 s, as by the source of KCL 2.x and \
         3.x: a counter must stand still across two runs of a taker or leader, every 20.05 or \
         20 s, and was moved at most 3.3 s before. The usual 10 to 30 s count a lease as free 10 s \
         after its last renewal, which nobody but its dead owner knows",
    ),
    entry(
        "kcl",
        Level::Exact,
        "User records",
        "KPL aggregates are taken apart: each user record is work, is counted, and has a place in \
         the checkpoint; a target is written the record as it came",
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
        "Enhanced fan-out",
        "One consumer for the application; workers that believe in the same lease take its \
         subscription from each other, every five seconds at the most",
    ),
    entry(
        "kcl",
        Level::Modelled,
        "KCL 3.x",
        "One leader behind a lock of 120 s assigns by the CPU of one processor each and the \
         throughput of leases, moves 60 % of what lies above the average every third run; the old \
         owner learns of it at its next renewal",
    ),
    entry(
        "kcl",
        Level::Modelled,
        "Start of workers",
        "Processes come up within a second of each other, at random",
    ),
    entry(
        "kcl",
        Level::Modelled,
        "Lease table",
        "Wired to a DynamoDB table every lease call takes its time and capacity; a hidden one \
         answers at once and without limit",
    ),
    entry(
        "kcl",
        Level::Modelled,
        "Target",
        "What a table refuses is written again after 50 ms, doubled up to 20 s; the checkpoint \
         waits for it",
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
        "Other modes",
        "Graceful hand-off and graceful shutdown, several streams in one application, metrics \
         tables of their own",
    ),
    entry(
        "lambda",
        Level::Exact,
        "Order",
        "A batch holds records of one shard; a failed one blocks its shard, or its keys when \
         the factor is above 1, and the children of that shard",
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
        "Expiry",
        "Records a batch holds are tried until the stream does not keep them any more, or until \
         MaximumRecordAgeInSeconds",
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
        "IteratorAge",
        "The age of the last record of a batch each time it is sent to the function, refused or \
         not; the card shows what it is now for a batch that is stuck",
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
        Level::Modelled,
        "Enrichment",
        "A stand-in for code: a select list of the Kinesis Data Analytics dialect over each JSON \
         record; the result goes on under the same partition key, a record it cannot take fails \
         the invocation before anything is written",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "SQL names",
        "Names without quotes fit members in any case, where the service folds them to upper \
         case; results keep the case they are written in, a later one replaces its namesake",
    ),
    entry(
        "lambda",
        Level::Modelled,
        "SQL numbers",
        "JSON numbers with a point are doubles; whole numbers have 64 bits, and beside decimals \
         count as ten digits; overflow and division by zero are errors, rounding is half away \
         from zero",
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
        "Records go on in calls of 500 and 4 MiB, or as items of a table, all at once; a call \
         with failed entries or unprocessed items is a function error",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "Filter criteria",
        "Patterns for data and partition key with the comparisons exact, prefix, suffix, \
         anything-but, numeric and exists; five at most",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "SQL operators",
        "They bind as in Apache Calcite, the parser of the service's engine; AWS's page names \
         only the order of signs, products and sums",
    ),
    entry(
        "lambda",
        Level::Approximate,
        "SQL patterns",
        "Regular expressions are Java's without looking around and without groups that refer to \
         groups; formats are SimpleDateFormat's, but a date that is none is refused, and a year of \
         two digits lies between 1970 and 2069",
    ),
    entry("lambda", Level::Absent, "Event source", "On-failure destinations other than a bucket"),
    entry(
        "lambda",
        Level::Absent,
        "SQL functions",
        "Log parsers, aggregates and windows; of temporal predicates LEADS, LAGS and STRICTLY \
         OVERLAPS",
    ),
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
        Level::Exact,
        "Elasticsearch",
        "Failed items of a bulk request are emitted again up to the retry limit; a request that \
         fails as a whole is made again every ten seconds for ever",
    ),
    entry(
        "connector",
        Level::Exact,
        "Redshift",
        "Each file that is in the bucket is loaded by a COPY of its own; when that fails, the \
         buffer is emitted again under the same name",
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
    entry(
        "connector",
        Level::Approximate,
        "Document ids",
        "The sequence number, or a member of the record; a transformer may make any other",
    ),
    entry("connector", Level::Absent, "Manifests", "Several files in one COPY"),
];
