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
        Level::Exact,
        "Splits and merges",
        "By call: the stream is UPDATING for 30 s, the parents take writes until the switch and \
         end, children go on from the next second",
    ),
    entry(
        "stream",
        Level::Exact,
        "Enhanced fan-out limits",
        "Registration states, 5 in CREATING and 20 for a stream, 2 MiB a second for each consumer \
         and shard, five minutes for a subscription, one call a second, take-over after five \
         seconds",
    ),
    entry(
        "stream",
        Level::Exact,
        "KMS keys",
        "A disabled, deleted, denied or throttled key of the account fails whole calls with its \
         own exception; a stream that was never encrypted with such a key needs none. A role with \
         a policy needs kms:GenerateDataKey to put and kms:Decrypt to read, by the policy or by a \
         grant",
    ),
    entry(
        "stream",
        Level::Exact,
        "Resources of policies",
        "RegisterStreamConsumer is about the stream, SubscribeToShard, DescribeStreamConsumer and \
         DeregisterStreamConsumer about the consumer's own ARN, other calls about the stream",
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
         the stream as the quota page says; beyond it LimitExceededException. Parts that call \
         through wires and callers of the API share every limit",
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
        "UpdateShardCount",
        "Waves of splits, then of merges, to truly even ranges: a minute each for a stream on the \
         canvas, all of them within one --reshard-delay for the calls of `rivulet api`. The \
         shards open between the two count for the account's quota. The exception of a step that \
         is too far is not certain",
    ),
    entry(
        "stream",
        Level::Modelled,
        "MillisBehindLatest",
        "The age of the last record that was read while more lie behind it, at least 1 ms; 0 at \
         the end",
    ),
    entry(
        "stream",
        Level::Modelled,
        "ContinuationSequenceNumber",
        "A number between the last record's and the next one's, so that AT_SEQUENCE_NUMBER and \
         AFTER_SEQUENCE_NUMBER both go on behind what was read",
    ),
    entry(
        "stream",
        Level::Modelled,
        "Enhanced fan-out latency",
        "An event leaves 70 ms after its first record was stored and carries what came meanwhile; \
         an empty one every 5 s. Registering takes 5 s",
    ),
    entry(
        "stream",
        Level::Modelled,
        "On-demand mode",
        "A shard above half of a limit for ten minutes is split in the middle, up to twice the \
         shards double the peak of 30 days asks for. How it shrinks is not documented: a merge an \
         hour after a quiet day",
    ),
    entry(
        "stream",
        Level::Modelled,
        "KMS calls",
        "Twelve in five minutes while writes are encrypted; none more for readers that lag",
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
        Level::Modelled,
        "Storage on the bill",
        "Data and keys by the second: beyond 7 days, and on demand from 24 hours to 7 days. \
         Reading what is older than 7 days costs in provisioned mode; on demand all data out costs \
         the same",
    ),
    entry(
        "stream",
        Level::Modelled,
        "On-demand Advantage",
        "What falls short of 25 MiB/s in and out is billed at the same prices, over all the time \
         the commitment holds: AWS does not say over which time it is counted. The prices of data \
         out and of retention were not seen",
    ),
    entry(
        "stream",
        Level::Approximate,
        "Grants",
        "For a part on the one key the account has, for Decrypt and GenerateDataKey, at once: no \
         constraints, no tokens, no key policies",
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
        "Shards as a setting",
        "Changing the setting while running closes every open shard and opens even ones at once; \
         calls take the service's way",
    ),
    entry(
        "stream",
        Level::Approximate,
        "AUTO record distribution",
        "Each record goes to the next open shard; AWS names no rule but evenly. The KPL packs \
         nothing for such a stream and knows at once; the words for SequenceNumberForOrdering are \
         ours",
    ),
    entry(
        "stream",
        Level::Approximate,
        "Sequence number positions",
        "A number beyond the newest record means the end of the shard, where the service refuses \
         it",
    ),
];
