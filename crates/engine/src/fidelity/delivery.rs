//! What is real about delivery.

use super::{Entry, Level, entry};

/// Kinds in palette order, within a kind the truest first.
pub(super) const ENTRIES: &[Entry] = &[
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
        "Prefix expressions, stream, version, arrival of the oldest record, a random UUID; time \
         zones by the names and rules of the tz database",
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
        Level::Exact,
        "Processing",
        "Aggregates, gzip of CloudWatch Logs and several records in one are taken apart, then the \
         function, partition keys, conversion to Parquet and compression, in AWS's order",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Lambda transform",
        "Buffer of its own, 6 MB each way, 5 minutes, retries, `Ok`, `Dropped` and \
         `ProcessingFailed`, missing and duplicate ids, error objects with their fields",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Dynamic partitioning",
        "Keys by jq and from the function, a buffer for each prefix, the quota of active \
         partitions and `activePartitionExceeded`",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Control plane",
        "All twelve operations with their constraints, states, versions, tags and exceptions; \
         five calls a second each, 5,000 streams, 25 changes of encryption a day",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Retry durations",
        "Redshift 0 to 7,200 s every five minutes, then the objects are skipped and a manifest \
         under errors/manifests/ names them; OpenSearch the same with the first attempt counted; \
         Splunk and HTTP endpoints count pauses and not the waits for an answer",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Failed records",
        "JSON documents with AWS's fields in the bucket beside the destination; nothing for a \
         413 of an HTTP endpoint, which loses its records; with neither destination nor bucket the \
         stream pauses",
    ),
    entry(
        "firehose",
        Level::Exact,
        "Request to an HTTP endpoint",
        "At most 10,000 records and 64 MiB, the same requestId in every attempt, three minutes \
         for an answer that repeats it",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Words of refusals",
        "The exceptions are AWS's, and so are texts about format conversion and the Lambda \
         processor; other texts of `InvalidArgumentException`, `ConcurrentModificationException` \
         and `LimitExceededException` are published nowhere",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Changes by calls",
        "Creation and deletion last 30 s, a change of encryption 5 s; an update works at once \
         where AWS says within minutes",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Indexes by the week",
        "A week begins on Sunday and belongs to the year of its Saturday, as the guide's text \
         says; the guide's example shows the ISO number",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Documents that fail",
        "All kinds of errors are tried again for the retry duration; failed items wait by \
         themselves while others go on, a request that fails as a whole holds up the next",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Names beside the data",
        "Manifests stand under manifests/, ids of documents and events are numbers of the run, and \
         the backup bucket is never compressed",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Splunk's back-off",
        "That of HTTP endpoints, the same for S3; AWS names none",
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
        "Errors of processing",
        "Codes of the function as the developer guide spells them. Of missing partition keys AWS \
         publishes neither folder nor code: `processing-failed` and \
         `DynamicPartitioning.MetadataExtractionFailed` stand for them",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Retries of the function",
        "A second after the failure; an answer that breaks the contract is not asked for again. \
         With a stream as source 5 invocations a shard run at a time (10 for Splunk), with Direct \
         PUT as many as there are batches",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Time in partitions",
        "A partition is a set of keys: its timestamps are those of the oldest record in each \
         object and part no records. It is active until its object is delivered; 1 GB/s a \
         partition is never reached",
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
        Level::Modelled,
        "Hours of jq",
        "A millisecond for each record an inline query reads: AWS bills $0.07 an hour and \
         publishes no time",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Recollections",
        "Not seen in writing again: the words of the function's errors and \
         `Lambda.FunctionTimedOut`, the keys of manifests, the code of `activePartitionExceeded`, \
         the default retry durations of Splunk, HTTP endpoints and partitions, 300 retries of a \
         function at most",
    ),
    entry(
        "firehose",
        Level::Modelled,
        "Bytes of metrics",
        "`DeliveryToS3.Bytes` and the others count data before compression and conversion",
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
        Level::Approximate,
        "Streams made by calls",
        "Deliver to the part their destination names, or to a bucket made for them; another target \
         that is not on the canvas is never reached, and the records wait",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Members that change nothing",
        "Roles, logging, networks, secrets and object encryption are checked, kept and described; \
         a Lambda processor does what its function is called, such as `log_to_json`, or nothing",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Conversion",
        "A record fails as a whole when one JSON document in it does, timestamps are 96 bits wide \
         as Hive writes them, and `binary` takes the bytes of a JSON string",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Errors after decompression",
        "A later error stores the decompressed record, where AWS stores the compressed original",
    ),
    entry(
        "firehose",
        Level::Approximate,
        "Metrics",
        "By the second where CloudWatch has minutes; without those of keys, of the calls of the \
         API and of throttled calls other than GetRecords",
    ),
    entry(
        "firehose",
        Level::Absent,
        "Other destinations and sources",
        "MSK and databases as sources, Snowflake, Iceberg, OpenSearch Serverless, ORC and the Hive \
         deserializer are refused with `InvalidArgumentException`",
    ),
    entry(
        "firehose",
        Level::Absent,
        "AWS Glue",
        "There is no catalogue to call: the columns on a card are a table of the database \
         `default` by the card's name, which calls can name; any other table is refused",
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
        "Retry duration of partitions",
        "Kept and described: AWS names no error prefix for an object that could not be stored, \
         and a bucket that cannot be written is retried for 24 hours",
    ),
];
