//! The control plane of data streams: calls that make, change and describe them.
//!
//! Streams go by the names of their nodes. Checks come in AWS's order: the stream exists, its
//! state allows the call, the values make sense (facts, streams §14.1). Texts are those of facts,
//! streams §14.2, mostly from kinesalite's tests, which ran against production.

mod account;
pub mod consumers;
pub mod data;
#[cfg(test)]
mod data_tests;
pub mod deliveries;
mod scaling;
#[cfg(test)]
mod scaling_tests;
pub mod script;
pub mod settings;
#[cfg(test)]
mod tests;

use core::fmt;
use std::sync::Arc;

use base::{Duration, NodeId, Time, VecMap};
use scenario::kind::{Config, Encryption, RecordDistribution, StreamConfig, StreamMode};
use scenario::{Action, Node as Part};
use serde_json::{Map, Value};

pub use self::account::Account;
use self::settings::AccountLimits;
use crate::call::ErrorCode;
use crate::engine::{ActionError, Engine};
use crate::kernel::ctx::Ctx;
use crate::kind::Node;
use crate::kind::stream::lifecycle::{Change, Status};
use crate::kind::stream::numbering::Numbering;
use crate::kind::stream::shard::Shard;
use crate::kind::stream::{SequenceNumber, Stream};

/// Streams of an account that may be `CREATING` at once (botocore 1.44.5).
const CREATING_MAX: usize = 5;
/// Shortest `RetentionPeriodHours` (botocore 1.44.5).
const RETENTION_HOURS_MIN: i64 = 24;
/// Largest index a shard id may name (facts, streams §1.1).
const INDEX_MAX: u64 = 2_147_483_647;
/// How long before the call a new stream's shards say they were created, in seconds: two to seven
/// in production (facts, streams §1.4); kinesalite takes two.
const CREATED_BEFORE_SECS: u64 = 2;
/// The counter in the number that ends a closed shard (facts, streams §1.4).
const LAST_INDEX: u64 = 0x7fff_ffff_ffff_ffff;
/// Where AWS's text about the shard limit points (kinesalite).
const LIMITS_PAGE: &str = "http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html";

/// A refused call, as the service words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The exception.
    pub code: ErrorCode,
    /// Its message.
    pub message: String,
}

/// What `DescribeStream` knows about a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamDescription {
    /// Its node.
    pub node: NodeId,
    /// `StreamName`.
    pub name: String,
    /// `StreamARN`.
    pub arn: String,
    /// `StreamStatus`.
    pub status: Status,
    /// Shards that are listed, by index: none while `CREATING`.
    pub shards: Vec<ShardDescription>,
    /// `OpenShardCount`.
    pub open_shards: u32,
    /// `RetentionPeriodHours`.
    pub retention_hours: u32,
    /// `MaxRecordSizeInKiB`.
    pub record_kib_max: u32,
    /// `StreamMode`.
    pub mode: StreamMode,
    /// `RecordDistributionStrategy`.
    pub distribution: RecordDistribution,
    /// `EncryptionType` and whose key it is.
    pub encryption: Encryption,
    /// `KeyId` as it was given.
    pub key_id: String,
    /// `ShardLevelMetrics`.
    pub monitored: Vec<&'static str>,
    /// `ConsumerCount`.
    pub consumers: u32,
    /// `WarmThroughput`, in MiB a second; zero without.
    pub warm_mibps: u32,
    /// `StreamCreationTimestamp`, in milliseconds since 1970 UTC: whole seconds.
    pub created_millis: u64,
    /// The trim horizon, in microseconds since 1970 UTC: the creation while nothing has expired.
    pub horizon_micros: u64,
}

/// What `DescribeStream` and `ListShards` know about a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardDescription {
    /// Its index; `ShardId` prints it.
    pub shard: ShardId,
    /// `ParentShardId`.
    pub parent: Option<ShardId>,
    /// `AdjacentParentShardId`.
    pub adjacent_parent: Option<ShardId>,
    /// `HashKeyRange`, both ends included.
    pub range: (u128, u128),
    /// `StartingSequenceNumber`.
    pub starting: SequenceNumber,
    /// `EndingSequenceNumber` of a closed shard.
    pub ending: Option<SequenceNumber>,
    /// When it began to take writes, in microseconds since 1970 UTC: with the stream, or when its
    /// parents were closed.
    pub opened_micros: u64,
    /// When it was closed, in microseconds since 1970 UTC.
    pub closed_micros: Option<u64>,
}

/// `shardId-000000000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShardId(pub u32);

impl ShardId {
    /// Reads an id as the service does: what follows the first hyphen, or all of it, is the
    /// number (facts, streams §1.1). None when it is no shard's.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let behind = text.split('-').nth(1).filter(|part| !part.is_empty());
        let digits = behind.unwrap_or(text);
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u64>().ok().filter(|number| plain && *number <= INDEX_MAX)?;
        u32::try_from(number).ok().map(Self)
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shardId-{:012}", self.0)
    }
}

type Done = Result<(), Refusal>;

impl Engine {
    /// `CreateStream`: `CREATING` at once, `ACTIVE` after `Account::create_delay`; with room for
    /// `WarmThroughputMiBps` from the beginning.
    ///
    /// # Errors
    /// The name is taken, five streams are being created, a quota is reached, or the stream cannot
    /// have warm throughput.
    pub fn create_stream(
        &mut self,
        name: &str,
        config: &StreamConfig,
        warm_mibps: Option<u32>,
    ) -> Result<NodeId, Refusal> {
        let account = &self.account.id;
        // What has no card and is no stream has its names for itself.
        let counts = |part: &&Arc<Part>| {
            let is_stream = matches!(part.config, Config::Stream(_));
            part.name == name && (is_stream || self.kernel.node(part.id).is_none_or(|it| it.placed))
        };
        let place = self.document().nodes.iter().find(counts).cloned();
        let is_taken = |part: &Arc<Part>| {
            self.kernel.node(part.id).is_none_or(|it| !it.absent)
                || !matches!(part.config, Config::Stream(_))
        };
        if place.as_ref().is_some_and(is_taken) {
            let message = format!("Stream {name} under account {account} already exists.");
            return Err(Refusal { code: ErrorCode::ResourceInUse, message });
        }
        let creating = |(_, stream): &(NodeId, &Stream)| stream.life().status == Status::Creating;
        if self.streams().filter(creating).count() >= CREATING_MAX {
            let message =
                format!("Account {account} already has {CREATING_MAX} streams in state CREATING.");
            return Err(Refusal { code: ErrorCode::LimitExceeded, message });
        }
        settings::check_distribution(name, config.mode, config.distribution)?;
        self.check_warm(name, config.mode, warm_mibps)?;
        match config.mode {
            StreamMode::Provisioned => self.check_shard_limit(config.shards)?,
            StreamMode::OnDemand => self.check_on_demand()?,
        }
        let (id, numbering) = match place {
            Some(place) => (self.create_at(&place, config), None),
            None => (self.create_anywhere(name, config)?, Some(Numbering::default())),
        };
        let at_once = !self.account.on_canvas;
        self.with_stream(id, |stream, ctx| {
            if let Some(mibps) = warm_mibps {
                stream.begin_warm(mibps, ctx);
            }
            stream.antedate(CREATED_BEFORE_SECS);
            stream.numbering = numbering;
            stream.at_once = at_once;
        });
        self.enter(id, Status::Creating, None, self.account.create_delay);
        Ok(id)
    }

    /// `DeleteStream`: `DELETING` at once, gone after `Account::create_delay`. Legal in any state;
    /// once more changes nothing.
    ///
    /// # Errors
    /// There is no such stream.
    pub fn delete_stream(&mut self, name: &str) -> Done {
        let (id, stream) = self.stream(name)?;
        if stream.life().status != Status::Deleting {
            self.enter(id, Status::Deleting, None, self.account.create_delay);
        }
        Ok(())
    }

    /// `SplitShard`: writes go to the parent until `Account::reshard_delay` is over.
    ///
    /// # Errors
    /// Unknown stream or shard, a stream that is not `ACTIVE`, the shard limit, a closed shard, or
    /// a hash key that is not inside the shard's range.
    pub fn split_shard(&mut self, name: &str, shard: &str, new_starting_hash_key: &str) -> Done {
        let index = self.shard_id(name, shard)?;
        let (id, stream) = self.active(name)?;
        self.check_provisioned(name)?;
        let parent = self.shard(name, stream, index)?;
        self.check_shard_limit(1)?;
        self.check_open(name, parent)?;
        let (first, last) = parent.range;
        let key = new_starting_hash_key;
        // What 128 bits do not hold lies above every shard.
        let at = key.parse().unwrap_or(u128::MAX);
        let account = &self.account.id;
        if at <= first.saturating_add(1) || at >= last {
            return Err(invalid(format!(
                "NewStartingHashKey {key} used in SplitShard() on shard {} in stream {name} under \
                 account {account} is not both greater than one plus the shard's StartingHashKey \
                 {first} and less than the shard's EndingHashKey {last}.",
                ShardId(parent.index)
            )));
        }
        let change = Change::Split(parent.index, at);
        self.enter(id, Status::Updating, Some(change), self.account.reshard_delay);
        Ok(())
    }

    /// `MergeShards`: the lower shard first. Writes go to the parents until
    /// `Account::reshard_delay` is over.
    ///
    /// # Errors
    /// Unknown stream or shard, a stream that is not `ACTIVE`, a closed shard, or two that are not
    /// adjacent in this order.
    pub fn merge_shards(&mut self, name: &str, shard: &str, adjacent: &str) -> Done {
        let (lower, upper) = (self.shard_id(name, shard)?, self.shard_id(name, adjacent)?);
        let (id, stream) = self.active(name)?;
        self.check_provisioned(name)?;
        let lower = self.shard(name, stream, lower)?;
        let upper = self.shard(name, stream, upper)?;
        self.check_open(name, lower)?;
        self.check_open(name, upper)?;
        if lower.range.1.checked_add(1) != Some(upper.range.0) {
            return Err(invalid(format!(
                "Shards {} and {} in stream {name} under account {} are not an adjacent pair of \
                 shards eligible for merging",
                ShardId(lower.index),
                ShardId(upper.index),
                self.account.id
            )));
        }
        let change = Change::Merge(lower.index, upper.index);
        self.enter(id, Status::Updating, Some(change), self.account.reshard_delay);
        Ok(())
    }

    /// `IncreaseStreamRetentionPeriod`: at once; what has expired stays gone.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or hours out of range or below the present ones.
    pub fn increase_retention(&mut self, name: &str, hours: i64) -> Done {
        self.set_retention(name, hours, true)
    }

    /// `DecreaseStreamRetentionPeriod`: at once; older records are lost.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or hours out of range or above the present ones.
    pub fn decrease_retention(&mut self, name: &str, hours: i64) -> Done {
        self.set_retention(name, hours, false)
    }

    /// An equal value passes, as production let it in kinesalite's tests (facts, streams §4.2). In
    /// 2020 the state of the stream did not matter (§14.3).
    fn set_retention(&mut self, name: &str, hours: i64, longer: bool) -> Done {
        let anytime = self.kernel.limits.date < "2025";
        let (id, stream) = if anytime { self.stream(name)? } else { self.active(name)? };
        let present = i64::from(stream.settings().retention_hours);
        if hours < RETENTION_HOURS_MIN {
            return Err(invalid(format!(
                "Minimum allowed retention period is {RETENTION_HOURS_MIN} hours. Requested \
                 retention period ({hours} hours) is too short."
            )));
        }
        let most = i64::from(self.kernel.limits.retention_hours_max);
        if hours > most {
            return Err(invalid(format!(
                "Maximum allowed retention period is {most} hours. Requested \
                 retention period ({hours} hours) is too long."
            )));
        }
        if (longer && hours < present) || (!longer && hours > present) {
            let (than, other) =
                if longer { ("shorter", "Decrease") } else { ("longer", "Increase") };
            return Err(invalid(format!(
                "Requested retention period ({hours} hours) for stream {name} can not be {than} \
                 than existing retention period ({present} hours). Use {other}RetentionPeriod API."
            )));
        }
        let mut fields = Map::new();
        fields.insert("retention_hours".to_owned(), Value::from(hours));
        self.apply(&Action::Set { node: id, fields }).map_err(refused)
    }

    /// `DescribeStream` with `DescribeStreamSummary`.
    ///
    /// # Errors
    /// There is no such stream.
    pub fn describe_stream(&self, name: &str) -> Result<StreamDescription, Refusal> {
        let (node, stream) = self.stream(name)?;
        let (life, settings) = (stream.life(), stream.settings());
        let created_millis = self.wall_millis(life.created) / 1_000 * 1_000;
        let horizon = stream.horizon(self.now());
        let listed = stream.shards().iter().filter(|shard| stream.is_listed(shard, self.now()));
        let shards = if life.ready {
            listed.map(|shard| self.describe_shard(stream, shard)).collect()
        } else {
            Vec::new()
        };
        Ok(StreamDescription {
            node,
            name: name.to_owned(),
            arn: self.account.stream_arn(name),
            status: life.status,
            shards,
            open_shards: if life.ready { stream.open_count() } else { 0 },
            retention_hours: settings.retention_hours,
            record_kib_max: settings.record_kib_max,
            mode: settings.mode,
            distribution: settings.distribution,
            encryption: settings.encryption,
            key_id: stream.keys().key_id.clone(),
            monitored: stream.monitored.clone(),
            consumers: u32::try_from(stream.consumers().len()).unwrap_or(u32::MAX),
            warm_mibps: stream.load().warm_mibps,
            created_millis,
            horizon_micros: horizon
                .map_or(0, |at| self.wall_micros(at))
                .max(created_millis * 1_000),
        })
    }

    /// `ListStreams`: names in order.
    #[must_use]
    pub fn list_streams(&self) -> Vec<String> {
        let named =
            self.streams().filter_map(|(id, _)| Some(self.document().node(id)?.name.clone()));
        let mut names: Vec<String> = named.collect();
        base::order::sort(&mut names[..]);
        names
    }

    /// Tags of a stream, by key.
    ///
    /// # Errors
    /// There is no such stream.
    pub fn tags(&self, name: &str) -> Result<&VecMap<String, String>, Refusal> {
        self.stream(name).map(|(_, stream)| &stream.tags)
    }

    /// Sets or takes away a tag of a stream.
    ///
    /// # Errors
    /// There is no such stream.
    pub fn tag(&mut self, name: &str, key: &str, value: Option<&str>) -> Done {
        let (id, _) = self.stream(name)?;
        self.with_stream(id, |stream, _| match value {
            Some(value) => stream.tags.insert(key.to_owned(), value.to_owned()),
            None => stream.tags.remove(key),
        });
        Ok(())
    }

    fn describe_shard(&self, stream: &Stream, shard: &Shard) -> ShardDescription {
        let unix = |at: Time| self.wall_millis(at) / 1_000;
        // Callers know of the stream's creation by `StreamCreationTimestamp`.
        let created = unix(stream.life().created) * 1_000_000;
        let parent = shard.parents.0.and_then(|index| stream.shards().get(index as usize));
        ShardDescription {
            shard: ShardId(shard.index),
            parent: shard.parents.0.map(ShardId),
            adjacent_parent: shard.parents.1.map(ShardId),
            range: shard.range,
            starting: shard.sequence_number(0, shard.created_secs),
            ending: shard.closed.map(|at| shard.sequence_number(LAST_INDEX, unix(at))),
            opened_micros: parent
                .and_then(|parent| parent.closed)
                .map_or(created, |at| self.wall_micros(at)),
            closed_micros: shard.closed.map(|at| self.wall_micros(at)),
        }
    }

    pub(crate) fn streams(&self) -> impl Iterator<Item = (NodeId, &Stream)> {
        self.nodes.iter().filter_map(|(id, node)| match node {
            Node::Stream(stream) => Some((*id, &**stream)),
            _ => None,
        })
    }

    fn stream(&self, name: &str) -> Result<(NodeId, &Stream), Refusal> {
        let named = |(id, _): &(NodeId, &Stream)| {
            self.document().node(*id).is_some_and(|node| node.name == name)
        };
        self.streams().find(named).ok_or_else(|| self.no_stream(name))
    }

    pub(crate) fn no_stream(&self, name: &str) -> Refusal {
        not_found(format!("Stream {name} under account {} not found.", self.account.id))
    }

    /// That a stream is `ACTIVE`.
    pub(crate) fn check_active(&self, name: &str) -> Done {
        self.active(name).map(drop)
    }

    fn active(&self, name: &str) -> Result<(NodeId, &Stream), Refusal> {
        let (id, stream) = self.stream(name)?;
        let (account, status) = (&self.account.id, stream.life().status);
        if status == Status::Active {
            return Ok((id, stream));
        }
        let message = format!(
            "Stream {name} under account {account} not ACTIVE, instead in state {}",
            status.word()
        );
        Err(Refusal { code: ErrorCode::ResourceInUse, message })
    }

    /// Reads a shard's id, before anybody asks whether the stream exists (kinesalite).
    pub(crate) fn shard_id(&self, name: &str, id: &str) -> Result<ShardId, Refusal> {
        ShardId::parse(id).ok_or_else(|| self.no_shard(name, id))
    }

    fn no_shard(&self, name: &str, id: &str) -> Refusal {
        let account = &self.account.id;
        not_found(format!("Could not find shard {id} in stream {name} under account {account}."))
    }

    fn shard<'a>(&self, name: &str, stream: &'a Stream, id: ShardId) -> Result<&'a Shard, Refusal> {
        let shard = stream.shards().get(id.0 as usize);
        let listed = shard.filter(|shard| stream.is_listed(shard, self.now()));
        listed.ok_or_else(|| self.no_shard(name, &id.to_string()))
    }

    fn check_open(&self, name: &str, shard: &Shard) -> Done {
        if shard.closed.is_none() {
            return Ok(());
        }
        Err(invalid(format!(
            "Shard {} in stream {name} under account {} has already been merged or split, and \
             thus is not eligible for merging or splitting.",
            ShardId(shard.index),
            self.account.id
        )))
    }

    /// That the account may have so many more shards: those of provisioned streams count (facts,
    /// streams §4.3), and what changes under way will make.
    fn check_shard_limit(&self, more: u32) -> Done {
        let Account { id, region, .. } = &self.account;
        let AccountLimits { shards_max, .. } = self.account_limits();
        let count: u32 = self.streams().map(|(_, stream)| stream.claimed_shards()).sum();
        if count.saturating_add(more) <= shards_max {
            return Ok(());
        }
        let message = format!(
            "This request would exceed the shard limit for the account {id} in {region}. Current \
             shard count for the account: {count}. Limit: {shards_max}. Number of additional \
             shards that would have resulted from this request: {more}. Refer to the AWS Service \
             Limits page ({LIMITS_PAGE}) for current limits and how to request higher limits."
        );
        Err(Refusal { code: ErrorCode::LimitExceeded, message })
    }

    fn enter(&mut self, id: NodeId, status: Status, change: Option<Change>, delay: Duration) {
        self.with_stream(id, |stream, ctx| stream.enter(status, change, delay, ctx));
    }

    /// Lets a stream act at the current time; every such act is part of the run's hash.
    fn with_stream<T>(
        &mut self,
        id: NodeId,
        act: impl FnOnce(&mut Stream, &mut Ctx<'_>) -> T,
    ) -> T {
        self.kernel.trace.word(self.kernel.now.0);
        self.kernel.trace.word(u64::from(id.0));
        let found = self.nodes.iter_mut().find_map(|(node, part)| match part {
            Node::Stream(stream) if *node == id => Some(stream),
            _ => None,
        });
        let stream = found.expect("the caller found the stream before");
        let mut ctx = Ctx::new(&mut self.kernel, id);
        stream.settle_bill(&ctx);
        act(stream, &mut ctx)
    }
}

/// The first items, and whether there are more.
pub(crate) fn page<T>(mut items: impl Iterator<Item = T>, limit: u32) -> (Vec<T>, bool) {
    let page = items.by_ref().take(limit as usize).collect();
    (page, items.next().is_some())
}

fn invalid(message: String) -> Refusal {
    Refusal { code: ErrorCode::InvalidArgument, message }
}

fn not_found(message: String) -> Refusal {
    Refusal { code: ErrorCode::ResourceNotFound, message }
}

/// The canvas has bounds AWS does not have, such as the number of parts.
fn refused(error: ActionError) -> Refusal {
    let first = error.diagnostics.into_iter().next();
    invalid(first.map_or_else(String::new, |finding| finding.message))
}
