//! Streams as wholes: creation, deletion, descriptions, retention.

use scenario::kind::{Encryption, StreamConfig, StreamMode};
use serde_json::{Map, Value, json};

use super::request::{Request, seconds};
use super::{Done, Profile, Refusal, settings, shards, tags, token};
use crate::control::{StreamDescription, page};
use crate::engine::Engine;

/// So many names `ListStreams` answers: in 2020 ten unless told otherwise (kinesalite), now a
/// hundred at most (botocore 1.44.5).
fn page_len(request: &Request) -> u32 {
    let wanted = request.count("Limit");
    match request.profile {
        Profile::Classic => wanted.unwrap_or(10),
        Profile::Current => wanted.unwrap_or(NAMES_MAX).min(NAMES_MAX),
    }
}

/// A page of `ListStreams` (facts, streams §3.4).
const NAMES_MAX: u32 = 100;

/// `DescribeStream` answers no more shards at once (botocore 1.44.5).
const SHARDS_MAX: u32 = 100;

pub(super) fn create(engine: &mut Engine, request: &Request) -> Done {
    let mut config = StreamConfig::default();
    config.shards = request.count("ShardCount").unwrap_or(config.shards);
    config.record_kib_max = request.count("MaxRecordSizeInKiB").unwrap_or(config.record_kib_max);
    config.mode = settings::mode(request.body.get("StreamModeDetails"));
    config.distribution = settings::distribution(request);
    let name = request.needed("StreamName");
    if config.mode == StreamMode::Provisioned {
        check_provisioned(request)?;
    }
    let tags = tags::given(engine, request, name)?;
    engine.create_stream(name, &config, request.count("WarmThroughputMiBps"))?;
    tags.iter().try_for_each(|(key, value)| engine.tag(name, key, Some(value)))?;
    Ok(Value::Null)
}

/// What provisioned streams need (facts, streams §14.3).
fn check_provisioned(request: &Request) -> Result<(), Refusal> {
    if request.number("ShardCount").is_none() {
        let message = "1 validation error detected: Value null at 'shardCount' failed to satisfy \
                       constraint: Member must not be null";
        return Err(Refusal { exception: "ValidationException", message: message.into() });
    }
    Ok(())
}

pub(super) fn delete(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    let enforced = request.body.get("EnforceConsumerDeletion").and_then(Value::as_bool);
    if enforced != Some(true) && !engine.list_consumers(&name)?.is_empty() {
        let account = &engine.account.id;
        let message = format!(
            "Stream {name} under account {account} has registered consumers. Deregister them, or \
             set EnforceConsumerDeletion."
        );
        return Err(Refusal { exception: "ResourceInUseException", message });
    }
    engine.delete_stream(&name)?;
    Ok(Value::Null)
}

pub(super) fn describe(engine: &mut Engine, request: &Request) -> Done {
    let stream = engine.describe_stream(&request.stream(engine)?)?;
    let after = request.text("ExclusiveStartShardId");
    let listed = stream.shards.iter().filter(|shard| shards::is_after(shard, after));
    let limit = request.count("Limit").unwrap_or(SHARDS_MAX).min(SHARDS_MAX);
    let (shards, more) = page(listed.map(shards::shard), limit);
    let mut body = description(request.profile, &stream);
    body.insert("Shards".into(), Value::Array(shards));
    body.insert("HasMoreShards".into(), more.into());
    Ok(json!({ "StreamDescription": body }))
}

pub(super) fn summary(engine: &mut Engine, request: &Request) -> Done {
    let stream = engine.describe_stream(&request.stream(engine)?)?;
    let mut body = description(request.profile, &stream);
    body.insert("OpenShardCount".into(), stream.open_shards.into());
    body.insert("ConsumerCount".into(), stream.consumers.into());
    if request.profile == Profile::Current {
        body.insert("QueueCount".into(), 0.into());
        body.insert("ChannelCount".into(), 0.into());
        body.insert("MaxRecordSizeInKiB".into(), stream.record_kib_max.into());
        if stream.warm_mibps > 0 {
            let (target, current) = (stream.warm_mibps, stream.open_shards);
            let warm = json!({ "TargetMiBps": target, "CurrentMiBps": current });
            body.insert("WarmThroughput".into(), warm);
        }
        body.insert("RecordDistributionStrategy".into(), stream.distribution.word().into());
    }
    Ok(json!({ "StreamDescriptionSummary": body }))
}

/// What both descriptions tell.
fn description(profile: Profile, stream: &StreamDescription) -> Map<String, Value> {
    let mut body = Map::new();
    let mut tell = |name: &str, value: Value| body.insert(name.to_owned(), value);
    tell("StreamName", stream.name.as_str().into());
    tell("StreamARN", stream.arn.as_str().into());
    tell("StreamStatus", stream.status.word().into());
    if profile == Profile::Current {
        tell("StreamModeDetails", json!({ "StreamMode": settings::mode_word(stream.mode) }));
    }
    tell("RetentionPeriodHours", stream.retention_hours.into());
    tell("StreamCreationTimestamp", seconds(stream.created_millis));
    tell("EnhancedMonitoring", json!([{ "ShardLevelMetrics": stream.monitored }]));
    if stream.encryption == Encryption::None {
        tell("EncryptionType", "NONE".into());
    } else {
        tell("EncryptionType", "KMS".into());
        tell("KeyId", stream.key_id.as_str().into());
    }
    body
}

pub(super) fn list(engine: &mut Engine, request: &Request) -> Done {
    let resumed = request.text("NextToken").map(|it| token::resume(engine, "streams", it));
    let resumed = resumed.transpose()?;
    let told = request.text("ExclusiveStartStreamName");
    let after = told.or(resumed.as_ref().and_then(Value::as_str));
    let mut names = engine.list_streams();
    names.retain(|name| after.is_none_or(|after| name.as_str() > after));
    let (names, more) = page(names.into_iter(), page_len(request));
    let mut body = Map::new();
    if request.profile == Profile::Current {
        let summaries: Result<Vec<Value>, Refusal> =
            names.iter().map(|name| Ok(line(&engine.describe_stream(name)?))).collect();
        body.insert("StreamSummaries".into(), summaries?.into());
        if let Some(last) = names.last().filter(|_| more) {
            let next = token::next(engine, "streams", &last.as_str().into());
            body.insert("NextToken".into(), next);
        }
    }
    body.insert("StreamNames".into(), names.into());
    body.insert("HasMoreStreams".into(), more.into());
    Ok(Value::Object(body))
}

/// One of the `StreamSummaries`.
fn line(stream: &StreamDescription) -> Value {
    let mut line = description(Profile::Current, stream);
    for name in ["RetentionPeriodHours", "EnhancedMonitoring", "EncryptionType", "KeyId"] {
        line.shift_remove(name);
    }
    Value::Object(line)
}

pub(super) fn increase_retention(engine: &mut Engine, request: &Request) -> Done {
    engine.increase_retention(&request.stream(engine)?, hours(request))?;
    Ok(Value::Null)
}

pub(super) fn decrease_retention(engine: &mut Engine, request: &Request) -> Done {
    engine.decrease_retention(&request.stream(engine)?, hours(request))?;
    Ok(Value::Null)
}

fn hours(request: &Request) -> i64 {
    request.number("RetentionPeriodHours").unwrap_or_default()
}
