//! Every operation as a row: the members of its request, and the function that answers.

use super::Profile::{self, Classic, Current};
use super::pattern::Pattern;
use super::request::Request;
use super::shape::Rule::{
    AtLeast, AtMost, Items, Keys, LengthAtLeast, LengthAtMost, Matches, NotNull, OneOf, Values,
};
use super::shape::Shape::{Blob, Boolean, Integer, List, Structure, Tags, Text, Timestamp};
use super::shape::{Member, Rule};
use super::{Done, Service, consumers, delivery, records, settings, shards, streams, tags};
use crate::engine::Engine;

const NAME: &[Rule] = &[Matches(Pattern::Name), LengthAtLeast(1), LengthAtMost(128)];
const NAME_NEEDED: &[Rule] =
    &[NotNull, Matches(Pattern::Name), LengthAtLeast(1), LengthAtMost(128)];
const ARN: &[Rule] = &[Matches(Pattern::StreamArn), LengthAtLeast(1), LengthAtMost(2_048)];
const ARN_NEEDED: &[Rule] =
    &[NotNull, Matches(Pattern::StreamArn), LengthAtLeast(1), LengthAtMost(2_048)];
const PAGE: &[Rule] = &[AtLeast(1), AtMost(10_000)];
const TOKEN: &[Rule] = &[LengthAtLeast(1), LengthAtMost(1_048_576)];
const KEY_NEEDED: &[Rule] = &[NotNull, LengthAtLeast(1), LengthAtMost(256)];
const HASH_KEY: &[Rule] = &[Matches(Pattern::HashKey)];
const SEQUENCE: &[Rule] = &[Matches(Pattern::SequenceNumber)];
const MODES: &[&str] = &["PROVISIONED", "ON_DEMAND"];
const METRICS: &[&str] = &[
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
    "ALL",
];
/// In the order of the service's messages.
const ITERATOR_TYPES: &[&str] =
    &["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"];
const FILTERS: &[&str] = &[
    "AFTER_SHARD_ID",
    "AT_TRIM_HORIZON",
    "FROM_TRIM_HORIZON",
    "AT_LATEST",
    "AT_TIMESTAMP",
    "FROM_TIMESTAMP",
];

// Streams were named by name alone until 2022; since then by name or ARN.
const STREAM: Member = Member::new("StreamName", Text, NAME_NEEDED).only(Classic);
const STREAM_OR_ARN: Member = Member::new("StreamName", Text, NAME).only(Current);
const STREAM_ARN: Member = Member::new("StreamARN", Text, ARN).only(Current);
const STREAM_ARN_NEEDED: Member = Member::new("StreamARN", Text, ARN_NEEDED);
const STREAM_ID: Member = Member::new(
    "StreamId",
    Text,
    &[Matches(Pattern::StreamId), LengthAtLeast(1), LengthAtMost(24)],
)
.only(Current);
const DRY_RUN: Member = Member::new("DryRun", Boolean, &[]).only(Current);
const SHARD_ID: Member = Member::new("ShardId", Text, NAME_NEEDED);
const KEY: Member = Member::new("PartitionKey", Text, KEY_NEEDED).only(Classic);
const KEY_OR_NONE: Member =
    Member::new("PartitionKey", Text, &[LengthAtLeast(1), LengthAtMost(256)]).only(Current);
const EXPLICIT: Member = Member::new("ExplicitHashKey", Text, HASH_KEY);
const DATA: Member = Member::new("Data", Blob, &[NotNull, LengthAtMost(1_048_576)]).only(Classic);
const DATA_LARGE: Member =
    Member::new("Data", Blob, &[NotNull, LengthAtMost(10_485_760)]).only(Current);
const TAGS: &[Rule] = &[LengthAtLeast(1), LengthAtMost(200), Keys(1, 128), Values(0, 256)];
const MODE: Member = Member::new("StreamMode", Text, &[NotNull, OneOf(MODES)]);
const CONSUMER_ARN: &[Rule] =
    &[Matches(Pattern::ConsumerArn), LengthAtLeast(1), LengthAtMost(2_048)];
const CONSUMER_ARN_NEEDED: &[Rule] =
    &[NotNull, Matches(Pattern::ConsumerArn), LengthAtLeast(1), LengthAtMost(2_048)];
const STRATEGIES: &[&str] = &["AUTO", "USER_PARTITION_KEY"];
const WARM: Member = Member::new("WarmThroughputMiBps", Integer, &[AtLeast(0)]).only(Current);

const STREAM_ONLY: &[Member] = &[STREAM, STREAM_OR_ARN, STREAM_ARN, STREAM_ID];
const RETENTION: &[Member] = &[
    Member::new("RetentionPeriodHours", Integer, &[NotNull, AtLeast(1), AtMost(168)]).only(Classic),
    Member::new("RetentionPeriodHours", Integer, &[NotNull]).only(Current),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const ENCRYPTION: &[Member] = &[
    Member::new("EncryptionType", Text, &[NotNull, OneOf(&["NONE", "KMS"])]),
    Member::new("KeyId", Text, &[NotNull, LengthAtLeast(1), LengthAtMost(2_048)]),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const MONITORING: &[Member] = &[
    Member::new(
        "ShardLevelMetrics",
        List(&Text),
        &[NotNull, LengthAtLeast(1), LengthAtMost(7), OneOf(METRICS)],
    ),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const CONSUMER: &[Member] = &[
    Member::new("StreamARN", Text, ARN),
    Member::new("ConsumerName", Text, NAME),
    Member::new("ConsumerARN", Text, CONSUMER_ARN),
    STREAM_ID,
];
const CREATE: &[Member] = &[
    Member::new("ShardCount", Integer, &[NotNull, AtLeast(1), AtMost(100_000)]).only(Classic),
    Member::new("ShardCount", Integer, &[AtLeast(1)]).only(Current),
    Member::new("StreamName", Text, NAME_NEEDED),
    Member::new("StreamModeDetails", Structure(&[MODE]), &[]).only(Current),
    Member::new("Tags", Tags, TAGS).only(Current),
    WARM,
    Member::new("MaxRecordSizeInKiB", Integer, &[AtLeast(1_024), AtMost(10_240)]).only(Current),
    Member::new("RecordDistributionStrategy", Text, &[OneOf(STRATEGIES)]).only(Current),
];
const ADD_TAGS: &[Member] = &[
    Member::new(
        "Tags",
        Tags,
        &[NotNull, LengthAtLeast(1), LengthAtMost(10), Keys(1, 128), Values(0, 256)],
    )
    .only(Classic),
    Member::new(
        "Tags",
        Tags,
        &[NotNull, LengthAtLeast(1), LengthAtMost(200), Keys(1, 128), Values(0, 256)],
    )
    .only(Current),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const REMOVE_TAGS: &[Member] = &[
    Member::new(
        "TagKeys",
        List(&Text),
        &[NotNull, LengthAtLeast(1), LengthAtMost(10), Items(1, 128)],
    )
    .only(Classic),
    Member::new(
        "TagKeys",
        List(&Text),
        &[NotNull, LengthAtLeast(1), LengthAtMost(50), Items(1, 128)],
    )
    .only(Current),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const LIST_TAGS: &[Member] = &[
    Member::new("Limit", Integer, &[AtLeast(1), AtMost(10)]).only(Classic),
    Member::new("Limit", Integer, &[AtLeast(1), AtMost(50)]).only(Current),
    Member::new("ExclusiveStartTagKey", Text, &[LengthAtLeast(1), LengthAtMost(128)]),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const DELETE: &[Member] = &[
    STREAM,
    STREAM_OR_ARN,
    Member::new("EnforceConsumerDeletion", Boolean, &[]),
    STREAM_ARN,
    STREAM_ID,
];
const DESCRIBE: &[Member] = &[
    Member::new("Limit", Integer, PAGE),
    Member::new("ExclusiveStartShardId", Text, NAME),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const LIST_STREAMS: &[Member] = &[
    Member::new("Limit", Integer, PAGE),
    Member::new("ExclusiveStartStreamName", Text, NAME),
    Member::new("NextToken", Text, TOKEN).only(Current),
];
const LIST_SHARDS: &[Member] = &[
    Member::new("ExclusiveStartShardId", Text, NAME),
    Member::new("MaxResults", Integer, PAGE),
    Member::new("NextToken", Text, TOKEN),
    Member::new("StreamCreationTimestamp", Timestamp, &[]),
    Member::new("StreamName", Text, NAME),
    Member::new(
        "ShardFilter",
        Structure(&[
            Member::new("Type", Text, &[NotNull, OneOf(FILTERS)]),
            Member::new("ShardId", Text, NAME),
            Member::new("Timestamp", Timestamp, &[]),
        ]),
        &[],
    )
    .only(Current),
    STREAM_ARN,
    STREAM_ID,
];
const PUT_RECORD: &[Member] = &[
    Member::new("SequenceNumberForOrdering", Text, SEQUENCE),
    KEY,
    KEY_OR_NONE,
    EXPLICIT,
    DATA,
    DATA_LARGE,
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
    DRY_RUN,
];
const PUT_RECORDS: &[Member] = &[
    Member::new(
        "Records",
        List(&Structure(&[KEY, KEY_OR_NONE, EXPLICIT, DATA, DATA_LARGE])),
        &[NotNull, LengthAtLeast(1), LengthAtMost(500)],
    ),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
    DRY_RUN,
];
const GET_ITERATOR: &[Member] = &[
    SHARD_ID,
    Member::new("ShardIteratorType", Text, &[NotNull, OneOf(ITERATOR_TYPES)]),
    Member::new("StartingSequenceNumber", Text, SEQUENCE),
    STREAM,
    STREAM_OR_ARN,
    Member::new("Timestamp", Timestamp, &[]),
    STREAM_ARN,
    STREAM_ID,
    DRY_RUN,
];
const GET_RECORDS: &[Member] = &[
    Member::new("Limit", Integer, PAGE),
    Member::new("ShardIterator", Text, &[NotNull, LengthAtLeast(1), LengthAtMost(512)]),
    STREAM_ARN,
    STREAM_ID,
    DRY_RUN,
];
const SPLIT: &[Member] = &[
    Member::new("NewStartingHashKey", Text, &[NotNull, Matches(Pattern::HashKey)]),
    STREAM,
    STREAM_OR_ARN,
    Member::new("ShardToSplit", Text, NAME_NEEDED),
    STREAM_ARN,
    STREAM_ID,
];
const MERGE: &[Member] = &[
    Member::new("ShardToMerge", Text, NAME_NEEDED),
    Member::new("AdjacentShardToMerge", Text, NAME_NEEDED),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const UPDATE_SHARDS: &[Member] = &[
    Member::new("TargetShardCount", Integer, &[NotNull, AtLeast(1)]),
    Member::new("ScalingType", Text, &[NotNull, OneOf(&["UNIFORM_SCALING"])]),
    STREAM,
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const UPDATE_MODE: &[Member] = &[
    STREAM_ARN_NEEDED,
    Member::new("StreamModeDetails", Structure(&[MODE]), &[NotNull]),
    WARM,
    STREAM_ID,
];
const RECORD_SIZE: &[Member] = &[
    Member::new("MaxRecordSizeInKiB", Integer, &[NotNull, AtLeast(1_024), AtMost(10_240)]),
    STREAM_ARN_NEEDED,
    STREAM_ID,
];
const DISTRIBUTION: &[Member] = &[
    STREAM_ARN_NEEDED,
    STREAM_ID,
    Member::new("RecordDistributionStrategy", Text, &[NotNull, OneOf(STRATEGIES)]),
];
const WARM_THROUGHPUT: &[Member] = &[
    Member::new("WarmThroughputMiBps", Integer, &[NotNull, AtLeast(0)]),
    STREAM_OR_ARN,
    STREAM_ARN,
    STREAM_ID,
];
const ACCOUNT: &[Member] = &[Member::new(
    "MinimumThroughputBillingCommitment",
    Structure(&[Member::new("Status", Text, &[NotNull, OneOf(&["ENABLED", "DISABLED"])])]),
    &[NotNull],
)];
const REGISTER: &[Member] = &[
    STREAM_ARN_NEEDED,
    Member::new("ConsumerName", Text, NAME_NEEDED),
    Member::new("Tags", Tags, TAGS).only(Current),
    STREAM_ID,
];
const LIST_CONSUMERS: &[Member] = &[
    STREAM_ARN_NEEDED,
    Member::new("NextToken", Text, TOKEN),
    Member::new("MaxResults", Integer, PAGE),
    Member::new("StreamCreationTimestamp", Timestamp, &[]),
    STREAM_ID,
];
const SUBSCRIBE: &[Member] = &[
    Member::new("ConsumerARN", Text, CONSUMER_ARN_NEEDED),
    SHARD_ID,
    Member::new(
        "StartingPosition",
        Structure(&[
            Member::new("Type", Text, &[NotNull, OneOf(ITERATOR_TYPES)]),
            Member::new("SequenceNumber", Text, SEQUENCE),
            Member::new("Timestamp", Timestamp, &[]),
        ]),
        &[NotNull],
    ),
    STREAM_ID,
    DRY_RUN,
];

/// One operation: what it takes and who answers.
pub(super) struct Operation {
    /// As the target names it.
    pub(super) name: &'static str,
    pub(super) members: &'static [Member],
    pub(super) answer: fn(&mut Engine, &Request) -> Done,
    /// The oldest profile that knows it.
    since: Profile,
}

/// An operation of both profiles.
pub(super) const fn of(
    name: &'static str,
    members: &'static [Member],
    answer: fn(&mut Engine, &Request) -> Done,
) -> Operation {
    Operation { name, members, answer, since: Classic }
}

/// Every operation, by name.
static OPERATIONS: &[Operation] = &[
    of("AddTagsToStream", ADD_TAGS, tags::add),
    of("CreateStream", CREATE, streams::create),
    of("DecreaseStreamRetentionPeriod", RETENTION, streams::decrease_retention),
    of("DeleteStream", DELETE, streams::delete),
    of("DeregisterStreamConsumer", CONSUMER, consumers::deregister),
    Operation { since: Current, ..of("DescribeAccountSettings", &[], settings::account) },
    of("DescribeLimits", &[], settings::limits),
    of("DescribeStream", DESCRIBE, streams::describe),
    of("DescribeStreamConsumer", CONSUMER, consumers::describe),
    of("DescribeStreamSummary", STREAM_ONLY, streams::summary),
    of("DisableEnhancedMonitoring", MONITORING, settings::disable_monitoring),
    of("EnableEnhancedMonitoring", MONITORING, settings::enable_monitoring),
    of("GetRecords", GET_RECORDS, records::get_records),
    of("GetShardIterator", GET_ITERATOR, records::get_shard_iterator),
    of("IncreaseStreamRetentionPeriod", RETENTION, streams::increase_retention),
    of("ListShards", LIST_SHARDS, shards::list),
    of("ListStreamConsumers", LIST_CONSUMERS, consumers::list),
    of("ListStreams", LIST_STREAMS, streams::list),
    of("ListTagsForStream", LIST_TAGS, tags::list),
    of("MergeShards", MERGE, shards::merge),
    of("PutRecord", PUT_RECORD, records::put_record),
    of("PutRecords", PUT_RECORDS, records::put_records),
    of("RegisterStreamConsumer", REGISTER, consumers::register),
    of("RemoveTagsFromStream", REMOVE_TAGS, tags::remove),
    of("SplitShard", SPLIT, shards::split),
    of("StartStreamEncryption", ENCRYPTION, settings::start_encryption),
    of("StopStreamEncryption", ENCRYPTION, settings::stop_encryption),
    of("SubscribeToShard", SUBSCRIBE, consumers::subscribe),
    Operation { since: Current, ..of("UpdateAccountSettings", ACCOUNT, settings::update_account) },
    Operation {
        since: Current,
        ..of("UpdateMaxRecordSize", RECORD_SIZE, settings::update_record_size)
    },
    of("UpdateShardCount", UPDATE_SHARDS, shards::update_count),
    Operation { since: Current, ..of("UpdateStreamMode", UPDATE_MODE, settings::update_mode) },
    Operation {
        since: Current,
        ..of("UpdateStreamRecordDistributionStrategy", DISTRIBUTION, settings::update_distribution)
    },
    Operation {
        since: Current,
        ..of("UpdateStreamWarmThroughput", WARM_THROUGHPUT, settings::update_warm)
    },
];

/// Every operation of a service, by name.
pub(super) fn all(service: Service) -> &'static [Operation] {
    match service {
        Service::Kinesis => OPERATIONS,
        Service::Firehose => delivery::OPERATIONS,
    }
}

/// The operation a target names, if the profile knows it.
pub(super) fn named(profile: Profile, target: &str) -> Option<&'static Operation> {
    let found = [Service::Kinesis, Service::Firehose].into_iter().find_map(|service| {
        let name = target.strip_prefix(service.prefix())?;
        all(service).iter().find(|it| it.name == name)
    })?;
    (found.since == Classic || profile == Current).then_some(found)
}
