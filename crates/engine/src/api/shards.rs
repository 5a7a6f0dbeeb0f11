//! Shards: listing, splitting, merging.

use serde_json::{Map, Value, json};

use super::request::{Request, millis};
use super::{Done, Profile, Refusal, invalid, token};
use crate::control::{ShardDescription, ShardId, StreamDescription, page};
use crate::engine::Engine;

/// `ListShards` answers no more shards at once (botocore 1.44.5).
const PAGE_MAX: u32 = 1_000;

pub(super) fn split(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    // A number the pattern lets through but 128 bits do not hold lies above every shard.
    let at = request.needed("NewStartingHashKey");
    engine.split_shard(&name, request.needed("ShardToSplit"), at)?;
    Ok(Value::Null)
}

pub(super) fn merge(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    let (lower, upper) = (request.needed("ShardToMerge"), request.needed("AdjacentShardToMerge"));
    engine.merge_shards(&name, lower, upper)?;
    Ok(Value::Null)
}

pub(super) fn update_count(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    let target = request.count("TargetShardCount").unwrap_or_default();
    let current = engine.update_shard_count(&name, target)?;
    let mut body = Map::new();
    if request.profile == Profile::Current {
        body.insert("StreamARN".into(), engine.account.stream_arn(&name).into());
    }
    body.insert("StreamName".into(), name.into());
    body.insert("CurrentShardCount".into(), current.into());
    body.insert("TargetShardCount".into(), target.into());
    Ok(Value::Object(body))
}

/// What is asked for, by a first call or by the token of the one before.
struct Listing {
    name: String,
    after: Option<String>,
    filter: Option<Value>,
}

pub(super) fn list(engine: &mut Engine, request: &Request) -> Done {
    let listing = listing(engine, request)?;
    let stream = engine.describe_stream(&listing.name)?;
    let sieve = Sieve::new(&listing, &stream)?;
    let after = listing.after.as_deref();
    let limit = request.count("MaxResults").unwrap_or(PAGE_MAX).min(PAGE_MAX);
    let listed = stream.shards.iter().filter(|it| is_after(it, after) && sieve.passes(it));
    let (shards, more) = page(listed.map(shard), limit);
    let last = shards.last().filter(|_| more).and_then(|last| last.get("ShardId"));
    let next = last.map(|last| {
        let Listing { name, filter, .. } = &listing;
        let created = engine.created(name)?;
        Ok::<_, Refusal>(token::next(engine, "shards", &json!([name, created.0, last, filter])))
    });
    let next = next.transpose()?;
    let mut body = json!({ "Shards": shards });
    if let Some(next) = next {
        body["NextToken"] = next;
    }
    Ok(body)
}

fn listing(engine: &Engine, request: &Request) -> Result<Listing, Refusal> {
    let named = request.body.contains_key("StreamName") || request.body.contains_key("StreamARN");
    let Some(next) = request.text("NextToken") else {
        if !named {
            let text = "Either NextToken or StreamName should be provided.";
            return Err(invalid(text.into()));
        }
        let after = request.text("ExclusiveStartShardId").map(str::to_owned);
        let filter = request.body.get("ShardFilter").cloned();
        let name = request.stream(engine)?;
        request.check_created(engine, &name)?;
        return Ok(Listing { name, after, filter });
    };
    let alone = ["ExclusiveStartShardId", "StreamCreationTimestamp"];
    if named {
        let text = "NextToken and StreamName cannot be provided together.";
        return Err(invalid(text.into()));
    }
    if let Some(other) = alone.into_iter().find(|name| request.body.contains_key(*name)) {
        return Err(invalid(format!("NextToken and {other} cannot be provided together.")));
    }
    let place = token::resume(engine, "shards", next)?;
    let text = |at: usize| place.get(at).and_then(Value::as_str).map(str::to_owned);
    let name = text(0).unwrap_or_default();
    // Another stream may have the name by now: the one of the token is gone.
    let created = place.get(1).and_then(Value::as_u64);
    if created != Some(engine.created(&name)?.0) {
        return Err(engine.no_stream(&name).into());
    }
    let filter = place.get(3).filter(|it| !it.is_null()).cloned();
    Ok(Listing { name, after: text(2), filter })
}

/// What a `ShardFilter` comes to: shards after an id that had opened by a time and had not closed
/// before a time, both in microseconds since 1970 UTC.
struct Sieve {
    after: Option<String>,
    opened_by_micros: u64,
    closed_since_micros: u64,
}

impl Sieve {
    fn new(listing: &Listing, stream: &StreamDescription) -> Result<Self, Refusal> {
        let member = |name: &str| listing.filter.as_ref().and_then(|filter| filter.get(name));
        let kind = member("Type").and_then(Value::as_str).unwrap_or("FROM_TRIM_HORIZON");
        let missing = |what: &str| {
            invalid(format!("{what} must be specified for a ShardFilter of type {kind}."))
        };
        let time = || -> Result<u64, Refusal> {
            let at = member("Timestamp").and_then(millis).ok_or_else(|| missing("Timestamp"))?;
            Ok(at.saturating_mul(1_000))
        };
        let (first, last) = (0, u64::MAX);
        let mut after = None;
        let (opened_by_micros, closed_since_micros) = match kind {
            "AFTER_SHARD_ID" => {
                let id = member("ShardId").and_then(Value::as_str);
                after = Some(id.ok_or_else(|| missing("ShardId"))?.to_owned());
                (last, first)
            }
            "AT_LATEST" => (last, last),
            "AT_TIMESTAMP" => time().map(|at| (at, at))?,
            "FROM_TIMESTAMP" => (last, time()?),
            "AT_TRIM_HORIZON" => (stream.horizon_micros, stream.horizon_micros),
            _ => (last, first),
        };
        Ok(Self { after, opened_by_micros, closed_since_micros })
    }

    fn passes(&self, shard: &ShardDescription) -> bool {
        let open = shard.closed_micros.is_none_or(|closed| closed >= self.closed_since_micros);
        let opened = shard.opened_micros <= self.opened_by_micros;
        open && opened && is_after(shard, self.after.as_deref())
    }
}

/// Whether a shard comes after the one with this id.
pub(super) fn is_after(shard: &ShardDescription, id: Option<&str>) -> bool {
    id.is_none_or(|id| match ShardId::parse(id) {
        Some(id) => shard.shard > id,
        None => shard.shard.to_string().as_str() > id,
    })
}

/// A shard as every answer prints it.
pub(super) fn shard(shard: &ShardDescription) -> Value {
    let mut body = Map::new();
    body.insert("ShardId".into(), shard.shard.to_string().into());
    if let Some(parent) = shard.parent {
        body.insert("ParentShardId".into(), parent.to_string().into());
    }
    if let Some(parent) = shard.adjacent_parent {
        body.insert("AdjacentParentShardId".into(), parent.to_string().into());
    }
    body.insert("HashKeyRange".into(), range(shard.range));
    let mut numbers = json!({ "StartingSequenceNumber": shard.starting.to_string() });
    if let Some(ending) = shard.ending {
        numbers["EndingSequenceNumber"] = ending.to_string().into();
    }
    body.insert("SequenceNumberRange".into(), numbers);
    Value::Object(body)
}

/// Both ends of a range of hash keys, in decimal.
pub(super) fn range((first, last): (u128, u128)) -> Value {
    json!({ "StartingHashKey": first.to_string(), "EndingHashKey": last.to_string() })
}
