//! Registered consumers and what is pushed to them.

use serde_json::{Map, Value, json};

use super::records::{position, record};
use super::request::{Request, seconds};
use super::{Done, Profile, Refusal, invalid, records, tags, token};
use crate::control::consumers::ConsumerDescription;
use crate::control::page;
use crate::engine::Engine;

/// `ListStreamConsumers` answers no more at once (botocore 1.44.5).
const PAGE_MAX: u32 = 100;

pub(super) fn register(engine: &mut Engine, request: &Request) -> Done {
    let stream = request.stream(engine)?;
    engine.check_active(&stream)?;
    tags::check_consumer(engine, request)?;
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
    let stream = request.stream(engine)?;
    let mut listed = engine.list_consumers(&stream)?;
    if let Some(after) = after(engine, request, &stream)? {
        listed.retain(|one| u64::from(one.id) > after);
    }
    let limit = request.count("MaxResults").unwrap_or(PAGE_MAX).min(PAGE_MAX);
    let (listed, more) = page(listed.into_iter(), limit);
    let mut body = Map::new();
    if let Some(last) = listed.last().filter(|_| more) {
        let place = json!([stream, engine.created(&stream)?.0, last.id]);
        body.insert("NextToken".into(), token::next(engine, "consumers", &place));
    }
    let lines = listed.iter().map(|one| Value::Object(line(one)));
    body.insert("Consumers".into(), lines.collect());
    Ok(Value::Object(body))
}

/// The last consumer of the page before; it may be gone by now.
fn after(engine: &Engine, request: &Request, stream: &str) -> Result<Option<u64>, Refusal> {
    let Some(next) = request.text("NextToken") else {
        request.check_created(engine, stream)?;
        return Ok(None);
    };
    if request.body.contains_key("StreamCreationTimestamp") {
        let text = "NextToken and StreamCreationTimestamp cannot be provided together.";
        return Err(invalid(text.into()));
    }
    let place = token::resume(engine, "consumers", next)?;
    let part = |at: usize| place.get(at).and_then(Value::as_u64);
    let ours = place.get(0).and_then(Value::as_str) == Some(stream);
    if ours && part(1) == Some(engine.created(stream)?.0) {
        Ok(part(2))
    } else {
        Err(token::foreign())
    }
}

/// The first event, as a caller that polls sees it.
pub(super) fn subscribe(engine: &mut Engine, request: &Request) -> Done {
    let (stream, name) = engine.consumer_of(request.needed("ConsumerARN"))?;
    let position = position(request.body.get("StartingPosition"));
    let (whose, shard) = ((&*stream, &*name), request.needed("ShardId"));
    request.check_in_earnest(|| engine.try_subscribe(whose, shard, position))?;
    let got = engine.subscribe_to_shard(whose, shard, position)?;
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

/// Stream and consumer: by `ConsumerARN`, or by `StreamARN` and `ConsumerName`. What is named
/// besides must not name others (botocore 1.44.5).
fn named(engine: &Engine, request: &Request) -> Result<(String, String), Refusal> {
    let (stream, name) = (request.text("StreamARN"), request.text("ConsumerName"));
    if let Some(arn) = request.text("ConsumerARN") {
        let found = engine.consumer_of(arn)?;
        let other_stream = stream.is_some_and(|it| it != engine.account.stream_arn(&found.0));
        if other_stream || name.is_some_and(|it| it != found.1) {
            let text = "ConsumerARN, StreamARN and ConsumerName name different consumers.";
            return Err(invalid(text.into()));
        }
        return Ok(found);
    }
    let (Some(_), Some(name)) = (stream, name) else {
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
