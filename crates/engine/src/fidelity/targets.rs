//! What is real about targets.

use super::{Entry, Level, entry};

/// Kinds in palette order, within a kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "bucket",
        Level::Exact,
        "Same key",
        "A second object under a key replaces the first: a repeated upload leaves one object",
    ),
    entry(
        "bucket",
        Level::Modelled,
        "Small objects",
        "The listing warns when most are below 1 MiB, a figure of ours; AWS advises 128 MB for \
         Athena",
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
    entry(
        "table",
        Level::Exact,
        "Lease rows",
        "The columns of KCL's lease table; every change is conditional on counter and owner",
    ),
    entry(
        "table",
        Level::Exact,
        "Units",
        "A write unit for each started KB of an item, a read unit for each started 4 KB, half of \
         it for scans",
    ),
    entry(
        "table",
        Level::Modelled,
        "Capacity",
        "Provisioned units fill a bucket that keeps up to five minutes; on-demand tables take \
         4,000 writes and 12,000 reads a second and do not grow",
    ),
    entry(
        "table",
        Level::Approximate,
        "Latency",
        "The same for every call; 25 items travel in one BatchWriteItem, conditions and counters \
         one by one",
    ),
    entry(
        "table",
        Level::Absent,
        "Partitions and contents",
        "No hot partitions, no indexes; of an item only its key and its writes are kept",
    ),
    entry(
        "redshift",
        Level::Exact,
        "COPY",
        "One command at a time; it is a transaction that fails as a whole when its load errors \
         reach MAXERROR, the first one at 0; JSON 'auto' fills columns by name, CSV by order",
    ),
    entry(
        "redshift",
        Level::Exact,
        "Types",
        "Integers, DECIMAL, floats, BOOLEAN, CHAR, VARCHAR, DATE and TIMESTAMP refuse what does \
         not fit with the codes of the load error reference; lengths are bytes",
    ),
    entry(
        "redshift",
        Level::Modelled,
        "Load errors",
        "Behind text that is no JSON, COPY goes on with the next line; empty lines are left out; \
         nested values are loaded as their JSON",
    ),
    entry(
        "redshift",
        Level::Modelled,
        "Duration",
        "A base and a time for each MiB, both settings; AWS names no figures",
    ),
    entry(
        "redshift",
        Level::Approximate,
        "Files",
        "COPY reads the files as they were written, whatever happens to the bucket meanwhile; an \
         answer that is lost is taken for a failure after 30 s",
    ),
    entry(
        "redshift",
        Level::Approximate,
        "Rows",
        "All are counted; the newest 20,000 can be queried, the newest 1,000 load errors be read",
    ),
    entry(
        "redshift",
        Level::Approximate,
        "Queries",
        "One SELECT by hand over its rows, answered at once. More is taken than Redshift takes: \
         aggregates over an order without a frame, GROUPS frames, EXCLUDE, INTERSECT ALL and \
         EXCEPT ALL, FILTER, DISTINCT ON, LATERAL. Columns of USING stand where the left ones \
         do. No SUPER paths, PIVOT or zones but UTC; delivered objects are queried in the same \
         dialect",
    ),
    entry(
        "redshift",
        Level::Absent,
        "Cluster",
        "No keys, constraints, nodes or permissions; nothing is on the bill",
    ),
    entry(
        "elasticsearch",
        Level::Exact,
        "Items",
        "Each item of a bulk request is indexed or fails by itself; a document under a known id is \
         replaced and its version counts up; a record that is no JSON object in UTF-8 fails with \
         mapper_parsing_exception",
    ),
    entry(
        "elasticsearch",
        Level::Modelled,
        "Mapping",
        "Dynamic, an index of its own each: the first value of a field makes it long, float, \
         boolean, date, text or object, later values are coerced or refused, 1,000 fields at most. \
         Dates in ISO 8601 only; no templates, and names with dots stay names",
    ),
    entry(
        "elasticsearch",
        Level::Modelled,
        "Rejections",
        "The fault Reject fails the given share of items with es_rejected_execution_exception; \
         the queue of writes is never full by itself",
    ),
    entry(
        "elasticsearch",
        Level::Approximate,
        "Protocol",
        "Requests are answered after one latency for every size; the Connector Library's emitter \
         spoke Elasticsearch's transport protocol, which the service never took",
    ),
    entry(
        "elasticsearch",
        Level::Approximate,
        "Contents",
        "Every id is kept with its version, of the documents the newest 2,000",
    ),
    entry(
        "elasticsearch",
        Level::Approximate,
        "Search",
        "The newest 2,000 documents are looked through for terms and ranges that all hold, with \
         `*` at the end of a term; no OR, no NOT, no analysis of text, no scores",
    ),
    entry(
        "elasticsearch",
        Level::Absent,
        "Index",
        "No shards, replicas, refresh interval or queries of its own; nothing is on the \
         bill",
    ),
    entry(
        "splunk",
        Level::Exact,
        "Events",
        "The raw endpoint makes one event of each line, whatever the records were; the event \
         endpoint takes objects with a member `event` and refuses all of a request otherwise",
    ),
    entry(
        "splunk",
        Level::Modelled,
        "Acknowledgement",
        "After a time of the settings; what comes later than Firehose waits was indexed all the \
         same",
    ),
    entry(
        "splunk",
        Level::Absent,
        "Indexer",
        "No indexes, source types, searches or sticky sessions; nothing is on the bill",
    ),
    entry(
        "http_endpoint",
        Level::Exact,
        "Answers",
        "Only 200 with JSON that repeats the requestId within 1 MiB is a success; 413 ends it \
         for good, everything else counts as a failure that is tried again",
    ),
    entry(
        "http_endpoint",
        Level::Modelled,
        "Body",
        "The answer is a choice of the settings, the same for every request",
    ),
    entry(
        "http_endpoint",
        Level::Absent,
        "Server",
        "No access key, TLS, redirects or partners with formats of their own",
    ),
];
