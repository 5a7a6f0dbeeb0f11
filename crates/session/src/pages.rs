//! Pages of the AWS documentation that the rules behind refusals and losses come from.

use engine::Reason;

/// The limits of shards.
pub(crate) const QUOTAS: (&str, &str) = (
    "Quotas and limits, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html",
);
const IAM_LOGIC: (&str, &str) = (
    "Policy evaluation logic, IAM User Guide",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
);
const FAN_OUT: (&str, &str) = (
    "SubscribeToShard, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html",
);
const ENCRYPTION: (&str, &str) = (
    "Data protection, Kinesis Developer Guide",
    "https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html",
);
const PUT_RECORDS: (&str, &str) = (
    "PutRecords, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html",
);
const GET_RECORDS: (&str, &str) = (
    "GetRecords, Kinesis API Reference",
    "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html",
);
const RETENTION: (&str, &str) = (
    "Change the data retention period, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
);
const DUPLICATES: (&str, &str) = (
    "Handle duplicate records, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-record-processor-duplicates.html",
);
const TABLE_CAPACITY: (&str, &str) = (
    "DynamoDB throughput capacity",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html",
);
const DOMAINS: (&str, &str) = (
    "Troubleshooting Amazon OpenSearch Service",
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html",
);
const LOADS: (&str, &str) = (
    "STL_LOAD_ERRORS, Amazon Redshift Database Developer Guide",
    "https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html",
);
const CONSUMERS: (&str, &str) = (
    "Troubleshoot consumers, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/troubleshooting-consumers.html",
);
const AGENT: (&str, &str) = (
    "Write with the Kinesis Agent, Kinesis Data Streams",
    "https://docs.aws.amazon.com/streams/latest/dev/writing-with-agents.html",
);
const KPL: (&str, &str) = (
    "KPL retries and rate limiting, Kinesis Data Streams",
    concat!(
        "https://docs.aws.amazon.com/streams/latest/dev/",
        "kinesis-producer-adv-retries-rate-limiting.html",
    ),
);
const FIREHOSE_LIMITS: (&str, &str) =
    ("Amazon Data Firehose quota", "https://docs.aws.amazon.com/firehose/latest/dev/limits.html");
const FIREHOSE_RETRY: (&str, &str) = (
    "Handle data delivery failures, Amazon Data Firehose",
    "https://docs.aws.amazon.com/firehose/latest/dev/retry.html",
);

const LAMBDA_ERRORS: (&str, &str) = (
    "How Lambda processes records from Kinesis Data Streams",
    "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html",
);

/// Title and address of the page behind a reason.
#[inline(never)]
pub(crate) fn of(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::ShardRecords | Reason::ShardBytes | Reason::TooLarge => QUOTAS,
        Reason::ReadCalls | Reason::ReadBytes | Reason::ExpiredIterator => GET_RECORDS,
        Reason::FirehoseQuota => FIREHOSE_LIMITS,
        Reason::RetentionLost => RETENTION,
        Reason::TargetReject | Reason::DeliveryExpired => FIREHOSE_RETRY,
        Reason::CallTimeout | Reason::Superseded => DUPLICATES,
        Reason::RecordTtl | Reason::WrongShard => KPL,
        Reason::LineUnread | Reason::LineUnparsed => AGENT,
        Reason::FunctionError
        | Reason::ConcurrencyLimit
        | Reason::RetriesExhausted
        | Reason::RecordTooOld => LAMBDA_ERRORS,
        Reason::BufferFull
        | Reason::GivenUp
        | Reason::Ignored
        | Reason::InternalFailure
        | Reason::Removed
        | Reason::NotConnected
        | Reason::StreamMissing
        | Reason::KeyTooLong => PUT_RECORDS,
        Reason::AccessDenied => IAM_LOGIC,
        Reason::SubscriptionRate => FAN_OUT,
        Reason::KmsKey => ENCRYPTION,
        Reason::TableCapacity => TABLE_CAPACITY,
        Reason::DocumentUnparsed | Reason::BulkQueueFull => DOMAINS,
        Reason::RowUnparsed | Reason::LoadFailed => LOADS,
        Reason::ProcessorException => CONSUMERS,
    }
}
