//! Records: putting and getting.

use base::Time;
use base::units::MIB;
use scenario::kind::StartAt;
use serde_json::{Map, Value, json};

use super::request::{Request, millis, seconds};
use super::{Done, Profile, Refusal, blob, invalid, shards, token};
use crate::call::ShardIterator;
use crate::control;
use crate::control::data::{Position, Stored};
use crate::control::{ShardDescription, ShardId};
use crate::engine::{Engine, RecordView};
use crate::kind::stream::direct::PutEntry;

/// Data and keys of one `PutRecords` call in 2020 (developer guide of the time).
const CLASSIC_BYTES_MAX: u64 = 5 * MIB;
/// `GetRecords` answers so many records unless told otherwise (botocore 1.44.5).
const RECORDS_MAX: u32 = 10_000;

pub(super) fn put_record(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    engine.check_takes_records(&name)?;
    let entry = entry(&request.body, engine.spreads(&name))?;
    let ordering = request.text("SequenceNumberForOrdering");
    let tried = || engine.try_put(&name, core::slice::from_ref(&entry), ordering);
    request.check_in_earnest(tried)?;
    let stored = engine.put_record(&name, entry, ordering)?;
    Ok(encrypted(engine, &name, place(stored)))
}

pub(super) fn put_records(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    engine.check_takes_records(&name)?;
    let given = request.list("Records").iter().filter_map(Value::as_object);
    let keyless = engine.spreads(&name);
    let entries = given.map(|it| entry(it, keyless)).collect::<Result<Vec<_>, _>>()?;
    let bytes: u64 = entries.iter().map(PutEntry::bytes).sum();
    if request.profile == Profile::Classic && bytes > CLASSIC_BYTES_MAX {
        return Err(invalid("Records size exceeds 5 MB limit".into()));
    }
    request.check_in_earnest(|| engine.try_put(&name, &entries, None))?;
    let results = engine.put_records(&name, &entries)?;
    let failed = results.iter().filter(|result| result.is_err()).count();
    let body = results_body(results.into_iter().map(|result| result.map(Some)), failed as u64);
    Ok(encrypted(engine, &name, body))
}

/// The body of `PutRecords`.
pub(super) fn results_body(
    results: impl Iterator<Item = Result<Option<Stored>, control::Refusal>>,
    failed: u64,
) -> Value {
    json!({ "FailedRecordCount": failed, "Records": results.map(result).collect::<Vec<_>>() })
}

/// What became of one entry.
pub(super) fn result(result: Result<Option<Stored>, control::Refusal>) -> Value {
    match result {
        Ok(stored) => stored.map_or_else(|| json!({}), place),
        Err(refusal) => {
            json!({ "ErrorCode": refusal.code.name(), "ErrorMessage": refusal.message })
        }
    }
}

/// An answer about records that are encrypted says so.
pub(super) fn encrypted(engine: &Engine, name: &str, mut body: Value) -> Value {
    if engine.is_encrypted(name, engine.now()) {
        body["EncryptionType"] = "KMS".into();
    }
    body
}

fn place(stored: Stored) -> Value {
    json!({
        "ShardId": stored.shard.to_string(),
        "SequenceNumber": stored.sequence_number.to_string(),
    })
}

/// Only AUTO streams take records without a key.
fn entry(body: &Map<String, Value>, keyless: bool) -> Result<PutEntry, Refusal> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let explicit_hash = text("ExplicitHashKey").map(|key| {
        key.parse::<u128>().map_err(|_above| {
            invalid(format!(
                "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. \
                 Specified value was {key}"
            ))
        })
    });
    let key = match text("PartitionKey") {
        Some(key) => key,
        None if keyless => "",
        None => return Err(invalid("PartitionKey must be specified.".into())),
    };
    Ok(PutEntry {
        partition_key: key.to_owned(),
        explicit_hash: explicit_hash.transpose()?,
        data: blob::decode(text("Data").unwrap_or_default()),
    })
}

pub(super) fn get_shard_iterator(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    let start = start(request.needed("ShardIteratorType"));
    let (number, millis) = (request.text("StartingSequenceNumber"), request.millis("Timestamp"));
    let shard = request.needed("ShardId");
    let position = Position { start, sequence_number: number, timestamp_millis: millis };
    let tried = || engine.place("GetShardIterator", (&name, shard), position).map(drop);
    request.check_in_earnest(tried)?;
    let iterator = engine.get_shard_iterator(&name, shard, start, number, millis)?;
    Ok(json!({ "ShardIterator": sealed(engine, &name, iterator)? }))
}

fn start(word: &str) -> StartAt {
    match word {
        "AT_SEQUENCE_NUMBER" => StartAt::AtSequenceNumber,
        "AFTER_SEQUENCE_NUMBER" => StartAt::AfterSequenceNumber,
        "AT_TIMESTAMP" => StartAt::AtTimestamp,
        "TRIM_HORIZON" => StartAt::TrimHorizon,
        _ => StartAt::Latest,
    }
}

/// What `StartingPosition` asks for.
pub(super) fn position(value: Option<&Value>) -> Position<'_> {
    let member = |name: &str| value.and_then(|it| it.get(name));
    let text = |name: &str| member(name).and_then(Value::as_str);
    Position {
        start: start(text("Type").unwrap_or_default()),
        sequence_number: text("SequenceNumber"),
        timestamp_millis: member("Timestamp").and_then(millis),
    }
}

pub(super) fn get_records(engine: &mut Engine, request: &Request) -> Done {
    let named = match request.text("StreamARN") {
        Some(_) => Some(engine.describe_stream(&request.stream(engine)?)?.name),
        None => None,
    };
    let opened = opened(engine, request.needed("ShardIterator"));
    let (name, iterator) = opened
        .filter(|(name, it)| it.issued <= engine.now() && named.is_none_or(|it| it == *name))
        .ok_or_else(|| invalid("Invalid ShardIterator.".into()))?;
    request.check_in_earnest(|| engine.try_get(&name, iterator))?;
    let limit = request.count("Limit").unwrap_or(RECORDS_MAX);
    let got = engine.get_records(&name, iterator, limit)?;
    let records = got.records.iter().map(|it| record(engine, &name, it));
    let mut body = Map::new();
    body.insert("Records".into(), records.collect());
    match got.next {
        Some(next) => {
            body.insert("NextShardIterator".into(), sealed(engine, &name, next)?.into());
        }
        None if request.profile == Profile::Current => {
            body.insert("ChildShards".into(), children(engine, &name, iterator.shard)?);
        }
        None => {}
    }
    body.insert("MillisBehindLatest".into(), got.millis_behind.into());
    Ok(Value::Object(body))
}

/// A record as every reader gets it.
pub(super) fn record(engine: &Engine, stream: &str, record: &RecordView) -> Value {
    let mut body = json!({
        "SequenceNumber": record.sequence_number,
        "ApproximateArrivalTimestamp": seconds(engine.wall_millis(record.arrival)),
        "Data": blob::encode(&record.data),
    });
    if !record.key.is_empty() {
        body["PartitionKey"] = (*record.key).into();
    }
    if engine.is_encrypted(stream, record.arrival) {
        body["EncryptionType"] = "KMS".into();
    }
    body
}

/// `ChildShards` at the end of a closed shard.
pub(super) fn children(engine: &Engine, name: &str, parent: u32) -> Done {
    let stream = engine.describe_stream(name)?;
    let from = |it: Option<ShardId>| it.is_some_and(|it| it.0 == parent);
    let shards = stream.shards.iter().filter(|it| from(it.parent) || from(it.adjacent_parent));
    let child = |it: &ShardDescription| {
        let parents = [it.parent, it.adjacent_parent].into_iter().flatten();
        json!({
            "ShardId": it.shard.to_string(),
            "ParentShards": parents.map(|it| it.to_string()).collect::<Vec<_>>(),
            "HashKeyRange": shards::range(it.range),
        })
    };
    Ok(shards.map(child).collect())
}

/// A position as clients carry it: opaque, and as long as the service's (facts, streams §3.1). It
/// says when the stream was made, for another one may have its name by then.
fn sealed(engine: &Engine, name: &str, iterator: ShardIterator) -> Result<String, Refusal> {
    let ShardIterator { shard, offset, issued } = iterator;
    let made = engine.created(name)?;
    let text = format!("{name}/{shard}/{offset}/{}/{}", issued.0, made.0);
    Ok(token::seal(&text, (name.len() + 2) / 16 * 16 + 144))
}

/// In another stream of the same name an old position lies before every record (kinesalite).
fn opened(engine: &Engine, text: &str) -> Option<(String, ShardIterator)> {
    let text = token::open(text)?;
    let mut parts = text.split('/');
    let name = parts.next()?.to_owned();
    let mut number = || parts.next()?.parse::<u64>().ok();
    let shard = u32::try_from(number()?).ok()?;
    let (offset, issued, made) = (number()?, Time(number()?), Time(number()?));
    let now = engine.created(&name);
    let offset = if now.is_ok_and(|it| it != made) { 0 } else { offset };
    Some((name, ShardIterator { shard, offset, issued }))
}
