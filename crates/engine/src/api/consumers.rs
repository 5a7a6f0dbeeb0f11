//! Registered consumers and what is pushed to them.

use scenario::kind::StartAt;
use serde_json::{Map, Value, json};

use super::records::{position, record};
use super::request::{Request, seconds};
use super::{Done, Profile, Refusal, invalid, records, token};
use crate::control::consumers::ConsumerDescription;
use crate::control::page;
use crate::engine::Engine;

/// `ListStreamConsumers` answers so many unless told otherwise (botocore 1.44.5).
const PAGE_MAX: u32 = 100;

pub(super) fn register(engine: &mut Engine, request: &Request) -> Done {
    let stream = request.stream(engine)?;
    let made = engine.register_consumer(&stream, request.needed("ConsumerName"))?;
    Ok(json!({ "Consumer": line(&made) }))
}

pub(super) fn deregister(engine: &mut Engine, request: &Request) -> Done {
    let (stream, name) = named(engine, request)?;
    engine.deregister_consumer(&stream, &name)?;
    Ok(Value::Null)
}

pub(super) fn describe(engine: &mut Engine, request: &Request) -> Done {
    let (stream, name) = named(engine, request)?;
    let found = engine.describe_consumer(&stream, &name)?;
    let mut body = line(&found);
    body.insert("StreamARN".into(), found.stream_arn.as_str().into());
    Ok(json!({ "ConsumerDescription": body }))
}

pub(super) fn list(engine: &mut Engine, request: &Request) -> Done {
    let all = engine.list_consumers(&request.stream(engine)?)?;
    let after = request.text("NextToken").map(|it| token::resume(engine, "consumers", it));
    let after = after.transpose()?;
    let is_last = |one: &ConsumerDescription| after.as_ref() == Some(&one.arn.as_str().into());
    let from = all.iter().position(is_last).map_or(0, |at| at + 1);
    let limit = request.count("MaxResults").unwrap_or(PAGE_MAX);
    let (lines, more) = page(all[from..].iter().map(|one| Value::Object(line(one))), limit);
    let mut body = Map::new();
    if let Some(last) = lines.last().filter(|_| more) {
        let next = token::next(engine, "consumers", &last["ConsumerARN"]);
        body.insert("NextToken".into(), next);
    }
    body.insert("Consumers".into(), lines.into());
    Ok(Value::Object(body))
}

/// The first event, as a caller that polls sees it.
pub(super) fn subscribe(engine: &mut Engine, request: &Request) -> Done {
    let (stream, name) = engine.consumer_of(request.needed("ConsumerARN"))?;
    let position = position(request.body.get("StartingPosition"));
    let (start, number, millis): (StartAt, Option<String>, Option<u64>) = position;
    let shard = request.needed("ShardId");
    let got =
        engine.subscribe_to_shard((&stream, &name), shard, start, number.as_deref(), millis)?;
    let mut event = Map::new();
    let records = got.records.iter().map(|it| record(engine, &stream, it));
    event.insert("Records".into(), records.collect());
    match &got.next {
        Some(next) => {
            let number = engine.continuation(&stream, next)?;
            event.insert("ContinuationSequenceNumber".into(), number.into());
        }
        None if request.profile == Profile::Current => {
            let shard = engine.shard_id(&stream, shard)?;
            event.insert("ChildShards".into(), records::children(engine, &stream, shard.0)?);
        }
        None => {}
    }
    event.insert("MillisBehindLatest".into(), got.millis_behind.into());
    Ok(json!({ "EventStream": [{ "SubscribeToShardEvent": event }] }))
}

/// Stream and consumer: by `ConsumerARN`, or by `StreamARN` and `ConsumerName`.
fn named(engine: &Engine, request: &Request) -> Result<(String, String), Refusal> {
    if let Some(arn) = request.text("ConsumerARN") {
        return Ok(engine.consumer_of(arn)?);
    }
    let (Some(_), Some(name)) = (request.text("StreamARN"), request.text("ConsumerName")) else {
        let text = "Either ConsumerARN or both StreamARN and ConsumerName should be provided.";
        return Err(invalid(text.into()));
    };
    Ok((request.stream(engine)?, name.to_owned()))
}

fn line(one: &ConsumerDescription) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("ConsumerName".into(), one.name.as_str().into());
    body.insert("ConsumerARN".into(), one.arn.as_str().into());
    body.insert("ConsumerStatus".into(), one.status.word().into());
    body.insert("ConsumerCreationTimestamp".into(), seconds(one.created_secs * 1_000));
    body
}
