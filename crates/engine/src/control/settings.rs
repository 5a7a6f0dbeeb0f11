//! Calls that change how a stream works: encryption, monitoring, mode, record size, warm
//! throughput; and what an account may have.

use base::{Duration, NodeId, Time};
use scenario::Action;
use scenario::kind::{Encryption, RecordDistribution, StreamMode};
use serde_json::{Map, Value};

use super::scaling::exceeded;
use super::{Refusal, invalid, refused};
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::kind::stream::lifecycle::{Change, Status};

/// Quotas by the day count calls of this time.
const DAY: Duration = Duration::from_secs(86_400);
/// `StartStreamEncryption` and `StopStreamEncryption` that work, each in 24 hours (botocore
/// 1.44.5).
const ENCRYPTION_CHANGES_MAX: usize = 25;
/// `UpdateStreamMode` in 24 hours (Choose the right mode to stream in, 2026-11).
const MODE_CHANGES_MAX: usize = 2;
/// On-demand streams of an account (Kinesis quota page, 2026-11).
pub const ON_DEMAND_STREAMS_MAX: u32 = 50;
/// Longest `WarmThroughputMiBps`: the ceiling of on-demand mode, 10 GiB a second in us-east-1.
const WARM_MIBPS_MAX: u32 = 10_240;
/// All streams together: AWS names no such limit, but a page has to hold their shards.
const WARM_MIBPS_SUM: u32 = 4 * WARM_MIBPS_MAX;

/// Shard-level metrics, in AWS's order (botocore 1.44.5).
const METRICS: [&str; 7] = [
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
];

/// `DescribeLimits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLimits {
    /// `ShardLimit`.
    pub shards_max: u32,
    /// `OpenShardCount`.
    pub open_shards: u32,
    /// `OnDemandStreamCount`.
    pub on_demand_streams: u32,
    /// `OnDemandStreamCountLimit`.
    pub on_demand_streams_max: u32,
}

type Done = Result<(), Refusal>;

impl Engine {
    /// `StartStreamEncryption` with a key id, alias or ARN: `UPDATING`, then up to five seconds
    /// until every write is encrypted.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or 25 starts in 24 hours.
    pub fn start_encryption(&mut self, name: &str, key_id: &str) -> Done {
        let is_aws_key = key_id.ends_with("alias/aws/kinesis");
        let how = if is_aws_key { Encryption::AwsKey } else { Encryption::CustomerKey };
        self.change_encryption(name, how, key_id)
    }

    /// `StopStreamEncryption`: what is stored stays encrypted.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or 25 stops in 24 hours.
    pub fn stop_encryption(&mut self, name: &str) -> Done {
        self.change_encryption(name, Encryption::None, "")
    }

    fn change_encryption(&mut self, name: &str, how: Encryption, key_id: &str) -> Done {
        let (id, stream) = self.active(name)?;
        let now = self.now();
        let keys = stream.keys();
        let before = if how == Encryption::None { &keys.stopped } else { &keys.started };
        if recent(before, now) >= ENCRYPTION_CHANGES_MAX {
            return Err(exceeded(format!(
                "Encryption of stream {name} under account {} was changed \
                 {ENCRYPTION_CHANGES_MAX} times in 24 hours.",
                self.account.id
            )));
        }
        let key_id = key_id.to_owned();
        self.with_stream(id, |stream, _| {
            let keys = stream.keys_mut();
            let times = if how == Encryption::None { &mut keys.stopped } else { &mut keys.started };
            remember(times, now);
            keys.next_key_id = key_id;
        });
        self.enter(id, Status::Updating, Some(Change::Encrypt(how)), self.account.reshard_delay);
        Ok(())
    }

    /// `EnableEnhancedMonitoring` and, with `on` false, `DisableEnhancedMonitoring`: the lists of
    /// shard-level metrics before and after.
    ///
    /// # Errors
    /// Unknown stream, or one that is not `ACTIVE`.
    pub fn set_monitoring(
        &mut self,
        name: &str,
        metrics: &[&str],
        on: Monitoring,
    ) -> Result<[Vec<&'static str>; 2], Refusal> {
        let (id, stream) = self.active(name)?;
        let current = stream.monitored.clone();
        let named = |metric: &&str| metrics.contains(metric) || metrics.contains(&"ALL");
        let kept = |metric: &&&'static str| match on {
            Monitoring::Enable => current.contains(*metric) || named(metric),
            Monitoring::Disable => current.contains(*metric) && !named(metric),
        };
        let desired: Vec<&'static str> = METRICS.iter().filter(kept).copied().collect();
        let wanted = desired.clone();
        self.with_stream(id, |stream, _| stream.monitored = wanted);
        Ok([current, desired])
    }

    /// `UpdateStreamMode`: the shards stay as they are, but for `WarmThroughputMiBps`, which
    /// follows the switch. Provisioned streams have no warm throughput: it ends.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, two switches in 24 hours, 50 on-demand streams,
    /// shards beyond the account's quota, or warm throughput where it cannot be.
    pub fn update_mode(&mut self, name: &str, mode: StreamMode, warm_mibps: Option<u32>) -> Done {
        let (id, stream) = self.active(name)?;
        self.check_warm(name, mode, warm_mibps)?;
        let now = self.now();
        if recent(&stream.load().switched, now) >= MODE_CHANGES_MAX {
            return Err(exceeded(format!(
                "Stream {name} under account {} can switch its mode {MODE_CHANGES_MAX} times in \
                 24 hours.",
                self.account.id
            )));
        }
        if stream.settings().mode != mode {
            match mode {
                StreamMode::OnDemand => self.check_on_demand()?,
                StreamMode::Provisioned => self.check_shard_limit(stream.open_count())?,
            }
        }
        self.with_stream(id, |stream, _| {
            let load = stream.load_mut();
            remember(&mut load.switched, now);
            load.warm_mibps = warm_mibps.unwrap_or(load.warm_mibps);
        });
        self.enter(id, Status::Updating, Some(Change::Mode(mode)), self.account.reshard_delay);
        Ok(())
    }

    /// That one more stream may be on-demand.
    pub(crate) fn check_on_demand(&self) -> Done {
        if self.account_limits().on_demand_streams < ON_DEMAND_STREAMS_MAX {
            return Ok(());
        }
        Err(exceeded(format!(
            "Account {} already has {ON_DEMAND_STREAMS_MAX} on-demand streams.",
            self.account.id
        )))
    }

    /// That shards are the caller's business: the stream is provisioned.
    pub(crate) fn check_provisioned(&self, name: &str) -> Done {
        let (_, stream) = self.stream(name)?;
        if stream.settings().mode == StreamMode::Provisioned {
            return Ok(());
        }
        let message = format!(
            "Request is invalid. Stream {name} under account {} is in On-Demand mode.",
            self.account.id
        );
        Err(Refusal { code: ErrorCode::Validation, message })
    }

    /// `UpdateMaxRecordSize`: at once.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or a size the profile of limits does not allow.
    pub fn update_max_record_size(&mut self, name: &str, kib: u32) -> Done {
        let (id, _) = self.active(name)?;
        let fields = Map::from_iter([("record_kib_max".to_owned(), Value::from(kib))]);
        self.apply(&Action::Set { node: id, fields }).map_err(refused)
    }

    /// `UpdateStreamRecordDistributionStrategy`: at once (facts, streams §15).
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, or AUTO for one that is not on-demand.
    pub fn update_distribution(&mut self, name: &str, distribution: RecordDistribution) -> Done {
        let (id, stream) = self.active(name)?;
        check_distribution(name, stream.settings().mode, distribution)?;
        let fields = Map::from_iter([("distribution".to_owned(), distribution.word().into())]);
        self.apply(&Action::Set { node: id, fields }).map_err(refused)
    }

    /// Whether a stream spreads records whatever their keys.
    pub(crate) fn spreads(&self, name: &str) -> bool {
        self.stream(name).is_ok_and(|(_, stream)| stream.settings().spreads())
    }

    /// `UpdateStreamWarmThroughput`: room for so much at once, `UPDATING` while it is made.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE` or not on-demand, an account without On-demand
    /// Advantage, or more than 10 GiB a second.
    pub fn update_warm_throughput(&mut self, name: &str, mibps: u32) -> Done {
        let (id, stream) = self.active(name)?;
        self.check_warm(name, stream.settings().mode, Some(mibps))?;
        let open = stream.open_count();
        let target = self.with_stream(id, |stream, _| {
            stream.load_mut().warm_mibps = mibps;
            stream.shards_wanted()
        });
        let grows = (target > open).then_some(Change::Uniform(target));
        self.enter(id, Status::Updating, grows, self.account.reshard_delay);
        Ok(())
    }

    /// That a stream of this mode may have this warm throughput, if any is asked for (facts,
    /// streams §6).
    pub(super) fn check_warm(&self, name: &str, mode: StreamMode, mibps: Option<u32>) -> Done {
        let Some(mibps) = mibps else { return Ok(()) };
        let account = &self.account.id;
        if mode == StreamMode::Provisioned || !self.kernel.commitment.holds(self.now()) {
            return Err(invalid(format!(
                "Warm throughput is for on-demand streams of accounts with On-demand Advantage: \
                 stream {name} under account {account}."
            )));
        }
        if mibps > WARM_MIBPS_MAX {
            let text = format!("Warm throughput of {mibps} MiB/s is above {WARM_MIBPS_MAX} MiB/s.");
            return Err(invalid(text));
        }
        let own = self.stream(name).ok().map(|(id, _)| id);
        let others = self.streams().filter(|(id, _)| Some(*id) != own);
        let warm: u32 = others.map(|(_, stream)| stream.load().warm_mibps).sum();
        if warm + mibps <= WARM_MIBPS_SUM {
            return Ok(());
        }
        Err(exceeded(format!(
            "Rivulet simulates {WARM_MIBPS_SUM} MiB/s of warm throughput in all streams together."
        )))
    }

    /// Whether a record that arrived at a time is encrypted.
    #[must_use]
    pub fn is_encrypted(&self, name: &str, arrival: Time) -> bool {
        self.stream(name).is_ok_and(|(_, it)| it.keys().at(arrival) != Encryption::None)
    }

    /// `UpdateAccountSettings`: On-demand Advantage on, or off after 24 hours at the earliest.
    ///
    /// # Errors
    /// A stream has warm throughput, which needs it.
    pub fn commit(&mut self, enabled: bool) -> Done {
        let now = self.now();
        if !enabled && self.streams().any(|(_, stream)| stream.load().warm_mibps > 0) {
            return Err(invalid("Remove warm throughput from every stream first.".to_owned()));
        }
        // Until now other prices held.
        let ids: Vec<NodeId> = self.streams().map(|(id, _)| id).collect();
        ids.into_iter().for_each(|id| self.with_stream(id, |_, _| ()));
        let commitment = &mut self.kernel.commitment;
        if enabled {
            commitment.enable(now);
        } else {
            commitment.disable(now);
        }
        Ok(())
    }

    /// `DescribeLimits`.
    #[must_use]
    pub fn account_limits(&self) -> AccountLimits {
        let streams = || self.streams().map(|(_, stream)| stream);
        let on_demand = streams().filter(|it| it.settings().mode == StreamMode::OnDemand).count();
        AccountLimits {
            shards_max: self.account.shard_limit,
            open_shards: streams()
                .filter(|it| it.settings().mode == StreamMode::Provisioned)
                .map(crate::kind::stream::Stream::open_count)
                .sum(),
            on_demand_streams: u32::try_from(on_demand).unwrap_or(u32::MAX),
            on_demand_streams_max: ON_DEMAND_STREAMS_MAX,
        }
    }
}

/// Which way shard-level metrics go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitoring {
    /// More of them.
    Enable,
    /// Fewer of them.
    Disable,
}

fn recent(times: &[Time], now: Time) -> usize {
    times.iter().filter(|at| **at + DAY > now).count()
}

fn remember(times: &mut Vec<Time>, now: Time) {
    times.retain(|at| *at + DAY > now);
    times.push(now);
}

/// That a stream of this mode may have this strategy (facts, streams §14.2).
pub(super) fn check_distribution(
    name: &str,
    mode: StreamMode,
    distribution: RecordDistribution,
) -> Result<(), Refusal> {
    if distribution == RecordDistribution::UserPartitionKey || mode == StreamMode::OnDemand {
        return Ok(());
    }
    Err(invalid(format!(
        "RecordDistributionStrategy=AUTO is only supported for on-demand streams. Stream {name} is \
         using PROVISIONED mode."
    )))
}
