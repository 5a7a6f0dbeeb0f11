//! Pages of the AWS documentation that the rules behind refusals and losses come from.

/// Title and address.
pub(crate) type Page = (&'static str, &'static str);

/// The limits of shards.
pub(crate) const QUOTAS: Page = (
    "Quotas and limits, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html",
);
pub(crate) const IAM_LOGIC: Page = (
    "Policy evaluation logic, IAM User Guide",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
);
pub(crate) const FAN_OUT: Page = (
    "SubscribeToShard, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html",
);
pub(crate) const ENCRYPTION: Page = (
    "Data protection, Kinesis Developer Guide",
    "https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html",
);
pub(crate) const PUT_RECORDS: Page = (
    "PutRecords, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html",
);
pub(crate) const GET_RECORDS: Page = (
    "GetRecords, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html",
);
pub(crate) const RETENTION: Page = (
    "Change the data retention period, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
);
pub(crate) const DUPLICATES: Page = (
    "Handle duplicate records, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-record-processor-duplicates.html",
);
pub(crate) const TABLE_CAPACITY: Page = (
    "DynamoDB throughput capacity",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html",
);
pub(crate) const DOMAINS: Page = (
    "Troubleshooting Amazon OpenSearch Service",
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html",
);
pub(crate) const LOADS: Page = (
    "STL_LOAD_ERRORS, Amazon Redshift Database Developer Guide",
    "https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html",
);
pub(crate) const CONSUMERS: Page = (
    "Troubleshoot consumers, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/troubleshooting-consumers.html",
);
pub(crate) const AGENT: Page = (
    "Write with the Kinesis Agent, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/writing-with-agents.html",
);
pub(crate) const KPL: Page = (
    "KPL retries and rate limiting, Kinesis Data Streams",
    concat!(
        "https://docs.aws.amazon.com/streams/latest/dev/",
        "kinesis-producer-adv-retries-rate-limiting.html",
    ),
);
pub(crate) const FIREHOSE_LIMITS: Page =
    ("Amazon Data Firehose quota", "https://docs.aws.amazon.com/firehose/latest/dev/limits.html");
pub(crate) const FIREHOSE_RETRY: Page = (
    "Handle data delivery failures, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/retry.html",
);
pub(crate) const FIREHOSE_TRANSFORM: Page = (
    "Transform source data, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html",
);
pub(crate) const FIREHOSE_TRANSFORM_FAILURE: Page = (
    "Handle failure in data transformation, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html",
);
pub(crate) const FIREHOSE_PARTITIONS: Page = (
    "Partition streaming data, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html",
);
pub(crate) const FIREHOSE_CONVERSION: Page = (
    "Convert input data format, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html",
);
pub(crate) const FIREHOSE_DECOMPRESSION: Page = (
    "Decompress CloudWatch Logs, Amazon Data Firehose",
    concat!(
        "https://docs.aws.amazon.com/firehose/latest/dev/",
        "writing-with-cloudwatch-logs-decompression.html",
    ),
);
pub(crate) const SPLUNK: Page = (
    "Splunk destination settings, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html",
);
pub(crate) const HTTP_ENDPOINTS: Page = (
    "HTTP endpoint delivery request and response specifications",
    "https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html",
);

pub(crate) const SQL_OUTPUTS: Page = (
    "Configuring application output, Kinesis Data Analytics for SQL",
    "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/how-it-works-output.html",
);
pub(crate) const SQL_REFERENCE: Page = (
    "Configuring a reference source, Kinesis Data Analytics for SQL",
    "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/how-it-works-input.html",
);
pub(crate) const SQL_ROWTIME: Page = (
    "Timestamps and the ROWTIME column, Kinesis Data Analytics for SQL",
    "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/timestamps-rowtime-concepts.html",
);
pub(crate) const SQL_ERRORS: Page = (
    "Error handling, Kinesis Data Analytics for SQL",
    "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/error-handling.html",
);
pub(crate) const SQL_LIMITS: Page = (
    "Limits, Kinesis Data Analytics for SQL",
    "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/limits.html",
);
pub(crate) const FLINK_CHECKPOINTS: Page = (
    "Implement fault tolerance, Managed Service for Apache Flink",
    "https://docs.aws.amazon.com/managed-flink/latest/java/how-fault.html",
);
pub(crate) const LAMBDA_ERRORS: Page = (
    "How Lambda processes records from Kinesis Data Streams",
    "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html",
);
