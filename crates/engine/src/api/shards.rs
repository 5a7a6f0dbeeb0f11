//! Shards: listing, splitting, merging.

use base::{Duration, Time};
use serde_json::{Map, Value, json};

use super::request::{Request, millis};
use super::{Done, Profile, Refusal, invalid, token};
use crate::control::{ShardDescription, ShardId, page};
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
    let sieve = Sieve::new(engine, &listing, stream.created)?;
    let after = listing.after.as_deref();
    let limit = request.count("MaxResults").unwrap_or(PAGE_MAX).min(PAGE_MAX);
    let listed = stream.shards.iter().filter(|it| is_after(it, after) && sieve.passes(it));
    let (shards, more) = page(listed.map(shard), limit);
    let last = shards.last().filter(|_| more).and_then(|last| last.get("ShardId"));
    let next = last.map(|last| {
        let Listing { name, filter, .. } = &listing;
        token::next(engine, "shards", &json!([name, last, filter]))
    });
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
        return Ok(Listing { name: request.stream(engine)?, after, filter });
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
    let filter = place.get(2).filter(|it| !it.is_null()).cloned();
    Ok(Listing { name: text(0).unwrap_or_default(), after: text(1), filter })
}

/// What a `ShardFilter` comes to: shards after an id that had opened by a time and had not closed
/// before a time.
struct Sieve {
    after: Option<String>,
    /// None: no shard had.
    opened_by: Option<Time>,
    closed_since: Time,
}

impl Sieve {
    fn new(engine: &Engine, listing: &Listing, created: Time) -> Result<Self, Refusal> {
        let member = |name: &str| listing.filter.as_ref().and_then(|filter| filter.get(name));
        let kind = member("Type").and_then(Value::as_str).unwrap_or("FROM_TRIM_HORIZON");
        let missing = |what: &str| {
            invalid(format!("{what} must be specified for a ShardFilter of type {kind}."))
        };
        // None: before the beginning.
        let time = || -> Result<Option<Time>, Refusal> {
            let since = engine.wall_millis(Time::ZERO);
            let at = member("Timestamp").and_then(millis).ok_or_else(|| missing("Timestamp"))?;
            Ok(at.checked_sub(since).map(|millis| Time(millis.saturating_mul(1_000))))
        };
        let (first, end) = (Time::ZERO, Time(u64::MAX));
        let last = Some(end);
        let mut after = None;
        let (opened_by, closed_since) = match kind {
            "AFTER_SHARD_ID" => {
                let id = member("ShardId").and_then(Value::as_str);
                after = Some(id.ok_or_else(|| missing("ShardId"))?.to_owned());
                (last, first)
            }
            "AT_LATEST" => (last, end),
            "AT_TIMESTAMP" => time().map(|at| (at, at.unwrap_or(first)))?,
            "FROM_TIMESTAMP" => (last, time()?.unwrap_or(first)),
            "AT_TRIM_HORIZON" => {
                let hours = engine.describe_stream(&listing.name)?.retention_hours;
                let horizon = engine.now().before(Duration::from_secs(u64::from(hours) * 3_600));
                (Some(horizon.max(created)), horizon.max(created))
            }
            _ => (last, first),
        };
        Ok(Self { after, opened_by, closed_since })
    }

    fn passes(&self, shard: &ShardDescription) -> bool {
        let open = shard.closed.is_none_or(|closed| closed >= self.closed_since);
        let opened = self.opened_by.is_some_and(|by| shard.opened <= by);
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
