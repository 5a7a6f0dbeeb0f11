//! What is real about streams and about the API.

use super::{Entry, Level, entry};

/// The truest first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "stream",
        Level::Exact,
        "Routing",
        "MD5 of the partition key over even 128-bit ranges, ExplicitHashKey included",
    ),
    entry(
        "stream",
        Level::Exact,
        "Sequence numbers",
        "56 digits in the service's layout: shard, second of its creation, counter, second of \
         arrival",
    ),
    entry(
        "stream",
        Level::Exact,
        "Limits",
        "1,000 records and 1 MiB a second and shard in, five GetRecords calls and 2 MiB a second \
         out, 10 MiB and 10,000 records a call",
    ),
    entry(
        "stream",
        Level::Exact,
        "Rounding",
        "PutRecord counts whole KB for each record, PutRecords for the sum of a call",
    ),
    entry(
        "stream",
        Level::Exact,
        "Results",
        "One result for each entry in the order of the request, with the error names and texts of \
         the service",
    ),
    entry(
        "stream",
        Level::Exact,
        "Iterators",
        "Positions of every type that live five minutes; a closed shard ends, a trimmed one goes \
         on at the horizon",
    ),
    entry(
        "stream",
        Level::Exact,
        "Retention",
        "No reader sees a record that is older, to the microsecond",
    ),
    entry(
        "stream",
        Level::Exact,
        "API",
        "Requests are checked in the order of the service, with its exceptions and texts: the \
         suite of kinesalite, written to run against production, passes, and botocore reads every \
         answer",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Texts of newer checks",
        "AWS publishes none for an old or wrong NextToken, a filter without its value, a name \
         beside the ARN of another stream, and dry runs: the exception is right, the words \
         are ours",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Calls of the API a second",
        "One second's worth for each operation, refilled continuously, counted for the account or \
         the stream as the quota page says; beyond it LimitExceededException",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Tokens",
        "Shard iterators and NextToken have the form of the service's; what they hold is \
         disguised, not encrypted",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Second of a limit",
        "AWS says per second and no more: a token bucket of one second's worth, or strict seconds",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Rounding across shards",
        "What rounding up the sum of a PutRecords call adds is charged to the shard of its last \
         stored entry",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Refused reads",
        "A call may overdraw the 2 MiB; calls are refused until they are full again: 10 MiB make \
         five seconds, a little too much makes one",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Sequence counter",
        "On the canvas one for each shard, without gaps; streams made by calls alone share one \
         among five neighbours, as the service does",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Latency",
        "A median and a 99th percentile are settings; AWS publishes no figures",
    ),
    entry(
        "stream",
        Level::Modelled,
        "PUT payload units",
        "A unit is 25,600 bytes of data, the key not counted: AWS says 25 KB and no more. A closed \
         shard costs nothing",
    ),
    entry(
        "stream",
        Level::Approximate,
        "UpdateShardCount",
        "Takes effect at once: every open shard closes and even ones open, without the splits and \
         merges between and without quotas on how often and how far",
    ),
    entry(
        "stream",
        Level::Approximate,
        "Expired iterators",
        "Through wires ExpiredIteratorException is worded without the two times",
    ),
    entry(
        "stream",
        Level::Approximate,
        "Sequence number positions",
        "A number beyond the newest record means the end of the shard, where the service refuses \
         it",
    ),
    entry(
        "stream",
        Level::Absent,
        "SplitShard and MergeShards",
        "Shards change only by their number",
    ),
    entry("stream", Level::Absent, "On-demand mode", "Provisioned capacity only"),
    entry("stream", Level::Absent, "Enhanced fan-out", "Readers poll"),
    entry(
        "stream",
        Level::Absent,
        "Encryption and access",
        "No keys, no policies, no errors about them",
    ),
    entry(
        "stream",
        Level::Absent,
        "Calls a second of a stream",
        "Through wires ListShards and the like are never throttled; GetShardIterator is, at five \
         a second and shard",
    ),
];
