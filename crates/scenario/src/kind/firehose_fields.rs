//! The form of a Firehose stream: every setting with its limits (facts, firehose §1 to §6;
//! botocore 1.44.5).

use super::function_fields::{TRANSFORMED, function};
use super::spec::{Field, FieldKind, TARGET, When, field, int, join, only};

const TEXT: FieldKind = FieldKind::Text { chars_max: 256 };
const PREFIX: FieldKind = FieldKind::Text { chars_max: 1_024 };
const CODE: FieldKind = FieldKind::Code { chars_max: 5_120 };

const TO_S3: When = Some((TARGET, &["bucket", ""]));
const TO_REDSHIFT: When = Some((TARGET, &["redshift"]));
const TO_INDEX: When = Some((TARGET, &["elasticsearch"]));
const TO_SPLUNK: When = Some((TARGET, &["splunk"]));
const TO_HTTP: When = Some((TARGET, &["http_endpoint"]));
const TO_RETRY: When = Some((TARGET, &["elasticsearch", "splunk", "http_endpoint"]));
const PARTITIONED: When = Some(("partitioning", &["true"]));
const CONVERTED: When = Some(("convert", &["parquet"]));
const BACKED_UP: When = Some(("backup_all", &["true"]));

/// In form order.
pub(super) const FIELDS: &[Field] = &join::<_, _, { IN.len() + 6 + OUT.len() }>(
    &join::<_, _, { IN.len() + 6 }>(&IN, &function("Lambda transform", "Transform", ABOUT)),
    &OUT,
);

const ABOUT: &str = "Invoked with up to 6 MB, and may take 5 minutes; answers Ok, Dropped or \
                     ProcessingFailed for each record";

/// What comes before the function.
const IN: [Field; 12] = [
    field(
        "buffer_size_mib",
        "Buffer size",
        "MiB",
        int(1, 128),
        "",
        "Whichever of size and interval is reached first delivers. Measured before compression; 1 \
         to 128 MiB for S3 and Redshift, 100 for OpenSearch, 64 for HTTP endpoints, 5 for Splunk; \
         default 5 (botocore 1.44.5)",
    ),
    field(
        "buffer_interval_secs",
        "Buffer interval",
        "s",
        int(0, 900),
        "",
        "The clock starts with the first record in an empty buffer; 0 to 900 s, for Splunk 60 at \
         most, with dynamic partitioning 60 at least; default 300 (botocore 1.44.5)",
    ),
    field(
        "newline",
        "New line after each record",
        "",
        FieldKind::Bool,
        "Object",
        "Firehose glues records together unless the AppendDelimiterToRecord processor is on",
    ),
    field(
        "compression",
        "Compression",
        "",
        FieldKind::Choice(&[
            ("UNCOMPRESSED", "None"),
            ("GZIP", "GZIP"),
            ("ZIP", "ZIP"),
            ("Snappy", "Snappy"),
            ("HADOOP_SNAPPY", "Hadoop Snappy"),
        ]),
        "Object",
        "Applied to the whole object when it is delivered; for Redshift none or GZIP",
    ),
    field(
        "file_extension",
        "File extension",
        "",
        FieldKind::Text { chars_max: 128 },
        "Object",
        "Instead of .gz, .zip, .snappy or .hsnappy: a dot, then 0-9 a-z ! - _ . * ' ( )",
    ),
    field(
        "prefix",
        "Prefix",
        "",
        PREFIX,
        "Object",
        "May hold !{timestamp:yyyy/MM/dd}, !{firehose:random-string} and, with dynamic \
         partitioning, !{partitionKeyFromQuery:key} or !{partitionKeyFromLambda:key}. Without a \
         timestamp expression yyyy/MM/dd/HH/ is appended, unless records are partitioned",
    ),
    field(
        "error_prefix",
        "Error prefix",
        "",
        PREFIX,
        "Object",
        "Needed as soon as the prefix has an expression; must then hold \
         !{firehose:error-output-type}",
    ),
    field(
        "time_zone",
        "Time zone",
        "",
        FieldKind::Text { chars_max: 50 },
        "Object",
        "CustomTimeZone of the timestamp expressions: a name such as Europe/Berlin, UTC, or a \
         fixed offset such as +02:00, which AWS does not take",
    ),
    field(
        "decompress",
        "Decompress CloudWatch Logs",
        "",
        FieldKind::Bool,
        "Records",
        "CloudWatch Logs sends gzip; what cannot be decompressed goes to the error prefix",
    ),
    only(
        Some(("decompress", &["true"])),
        field(
            "extract_messages",
            "Extract messages",
            "",
            FieldKind::Bool,
            "Records",
            "Only the message of each log event goes on, without the envelope",
        ),
    ),
    field(
        "deaggregate",
        "De-aggregate",
        "",
        FieldKind::Choice(&[("none", "no"), ("json", "JSON"), ("delimited", "delimited")]),
        "Records",
        "A record of several is taken apart before it is transformed; a record with more than 500 \
         stays whole",
    ),
    only(
        Some(("deaggregate", &["delimited"])),
        field(
            "deaggregate_delimiter",
            "Delimiter",
            "",
            FieldKind::Text { chars_max: 64 },
            "Records",
            "Stands between the records inside of one; \\n, \\r and \\t are line feed, return and \
             tab. The API takes it in Base64",
        ),
    ),
];

/// What comes behind.
const OUT: [Field; 31] = [
    only(
        TRANSFORMED,
        field(
            "transform_buffer_mb",
            "Function buffer",
            "MB",
            FieldKind::Share,
            "Transform",
            "BufferSizeInMBs of the processor: 0.2 to 3, default 1. The function is invoked when \
             it is full or its interval ends",
        ),
    ),
    only(
        TRANSFORMED,
        field(
            "transform_interval_secs",
            "Function interval",
            "s",
            int(0, 900),
            "Transform",
            "BufferIntervalInSeconds of the processor: 0 to 900 s, default 60. The interval of the \
             destination begins when the function has answered",
        ),
    ),
    only(
        TRANSFORMED,
        field(
            "transform_retries",
            "Retries",
            "",
            int(0, 300),
            "Transform",
            "NumberOfRetries: after so many failed invocations the batch goes to the error prefix; \
             default 3",
        ),
    ),
    only(
        TO_S3,
        field(
            "partitioning",
            "Dynamic partitioning",
            "",
            FieldKind::Bool,
            "Partitioning",
            "One buffer for every prefix that records evaluate to. S3 only; AWS lets nobody turn \
             it off again",
        ),
    ),
    only(
        PARTITIONED,
        field(
            "partition_query",
            "Inline query",
            "",
            CODE,
            "Partitioning",
            "jq 1.6 that makes an object of keys: {carrier: .carrier, year: .time[0:4]}; at most \
             50 keys, each used in the prefix",
        ),
    ),
    only(
        PARTITIONED,
        field(
            "transform_keys",
            "Keys from Lambda",
            "",
            TEXT,
            "Partitioning",
            "Members the function returns as partition keys, with commas between",
        ),
    ),
    only(
        PARTITIONED,
        field(
            "partitions_max",
            "Active partitions",
            "",
            int(1, 5_000),
            "Partitioning",
            "Default quota 500, raised to 5,000 on request; records beyond it go to the error \
             prefix as activePartitionExceeded",
        ),
    ),
    only(
        PARTITIONED,
        field(
            "partition_retry_secs",
            "Retry duration",
            "s",
            int(0, 7_200),
            "Partitioning",
            "RetryOptions of dynamic partitioning: 0 to 7,200 s. Kept without effect: a bucket \
             that cannot be written is tried for 24 hours",
        ),
    ),
    only(
        TO_S3,
        field(
            "convert",
            "Convert",
            "",
            FieldKind::Choice(&[("none", "no"), ("parquet", "to Parquet")]),
            "Conversion",
            "JSON records become one Parquet file by the schema of a Glue table; S3 only, and the \
             buffer has 64 MiB at least",
        ),
    ),
    only(
        CONVERTED,
        field(
            "schema",
            "Columns",
            "",
            CODE,
            "Conversion",
            "The Glue table: name and type, one a line, such as price double",
        ),
    ),
    only(
        CONVERTED,
        field(
            "case_insensitive",
            "Lower-case keys",
            "",
            FieldKind::Bool,
            "Conversion",
            "OpenX JSON SerDe: keys are lowered before they are looked up; default on",
        ),
    ),
    only(
        CONVERTED,
        field(
            "dots_to_underscores",
            "Dots to underscores",
            "",
            FieldKind::Bool,
            "Conversion",
            "OpenX JSON SerDe: a.b in the data is column a_b; default off",
        ),
    ),
    only(
        CONVERTED,
        field(
            "mappings",
            "Column mappings",
            "",
            CODE,
            "Conversion",
            "OpenX JSON SerDe: column=key, one a line, where a key is no legal column name",
        ),
    ),
    only(
        CONVERTED,
        field(
            "parquet_compression",
            "Parquet compression",
            "",
            FieldKind::Choice(&[("SNAPPY", "SNAPPY"), ("GZIP", "GZIP"), ("UNCOMPRESSED", "None")]),
            "Conversion",
            "Inside of the file; CompressionFormat of the object is UNCOMPRESSED then",
        ),
    ),
    only(
        TO_RETRY,
        field(
            "retry_secs",
            "Retry duration",
            "s",
            int(0, 7_200),
            "Retry",
            "RetryOptions: 0 to 7,200 s, default 300; then the batch goes to the bucket beside",
        ),
    ),
    only(
        TO_REDSHIFT,
        field(
            "copy_retry_secs",
            "COPY retry duration",
            "s",
            int(0, 7_200),
            "Retry",
            "RetryOptions: 0 to 7,200 s, default 3,600; COPY is tried every 5 minutes, then \
             skipped and named in a manifest under errors/",
        ),
    ),
    only(
        TO_INDEX,
        field(
            "index",
            "Index",
            "",
            FieldKind::Text { chars_max: 80 },
            "Index",
            "IndexName: 1 to 80 characters, lower case",
        ),
    ),
    only(
        TO_INDEX,
        field(
            "index_rotation",
            "Rotation",
            "",
            FieldKind::Choice(&[
                ("NoRotation", "no rotation"),
                ("OneHour", "every hour"),
                ("OneDay", "every day"),
                ("OneWeek", "every week"),
                ("OneMonth", "every month"),
            ]),
            "Index",
            "Appends the UTC arrival time to the name of the index; default OneDay",
        ),
    ),
    only(
        TO_INDEX,
        field(
            "document_id",
            "Document id",
            "",
            FieldKind::Choice(&[
                ("FIREHOSE_DEFAULT", "from Firehose"),
                ("NO_DOCUMENT_ID", "from the index"),
            ]),
            "Index",
            "An id from Firehose makes a retry write the same document; without one there are \
             duplicates",
        ),
    ),
    only(
        TO_SPLUNK,
        field(
            "hec_endpoint",
            "Endpoint type",
            "",
            FieldKind::Choice(&[("Raw", "Raw"), ("Event", "Event")]),
            "Splunk",
            "HECEndpointType of the HTTP Event Collector",
        ),
    ),
    only(
        TO_SPLUNK,
        field(
            "hec_ack_timeout_secs",
            "Acknowledgement time-out",
            "s",
            int(180, 600),
            "Splunk",
            "HECAcknowledgmentTimeoutInSeconds: 180 to 600 s, default 180; each attempt starts it \
             again",
        ),
    ),
    only(
        TO_HTTP,
        field(
            "http_gzip",
            "Compress requests",
            "",
            FieldKind::Bool,
            "Endpoint",
            "ContentEncoding GZIP: the body of each request is compressed",
        ),
    ),
    only(
        TO_HTTP,
        field(
            "http_attributes",
            "Common attributes",
            "",
            CODE,
            "Endpoint",
            "name=value, one a line: at most 50, names of 256 and values of 1,024 characters; sent \
             as X-Amz-Firehose-Common-Attributes",
        ),
    ),
    field(
        "backup_all",
        "Back up everything",
        "",
        FieldKind::Bool,
        "Backup",
        "Source records of an S3 or Redshift stream, or all documents, events or data, go to the \
         bucket beside as well; otherwise only what failed",
    ),
    only(
        BACKED_UP,
        field(
            "backup_prefix",
            "Backup prefix",
            "",
            PREFIX,
            "Backup",
            "Like the prefix, for objects of the backup",
        ),
    ),
    only(
        BACKED_UP,
        field(
            "backup_size_mib",
            "Backup size",
            "MiB",
            int(1, 128),
            "Backup",
            "1 to 128 MiB, default 5",
        ),
    ),
    only(
        BACKED_UP,
        field(
            "backup_interval_secs",
            "Backup interval",
            "s",
            int(60, 900),
            "Backup",
            "60 to 900 s, default 300: a backup has no zero buffering",
        ),
    ),
    field(
        "encryption",
        "Server-side encryption",
        "",
        FieldKind::Choice(&[
            ("none", "off"),
            ("aws_owned", "AWS owned key"),
            ("customer_managed", "customer managed key"),
        ]),
        "Encryption",
        "For Direct PUT; with a stream as source the stream's own encryption counts",
    ),
    field(
        "quota_region",
        "Direct PUT quota",
        "",
        FieldKind::Choice(&[
            ("large", "us-east-1, us-west-2, eu-west-1"),
            ("other", "Other regions"),
        ]),
        "Quota",
        "500,000 records, 2,000 requests and 5 MiB a second in the three large regions, 100,000, \
         1,000 and 1 MiB elsewhere; with a stream as source no quota applies",
    ),
    field(
        "quota_times",
        "Quota raised",
        "times",
        int(1, 100),
        "Quota",
        "AWS raises all three dimensions together on request",
    ),
    field(
        "put_latency_millis",
        "Put latency",
        "ms",
        int(1, 10_000),
        "Model",
        "Time between a put call and its answer; AWS publishes no figure",
    ),
];
