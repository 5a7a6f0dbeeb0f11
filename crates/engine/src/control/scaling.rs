//! `UpdateShardCount` as a call: how far, how often, how long.

use base::Duration;

use super::{Refusal, invalid};
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::kind::stream::lifecycle::{Change, Status};

/// The quota on `UpdateShardCount` counts the calls of this time.
const DAY: Duration = Duration::from_secs(86_400);
/// A wave of splits or merges takes so many times as long as one by hand: a change comes to one to
/// five minutes ("a few minutes", botocore 1.44.5).
const WAVE_RESHARDS: u64 = 2;

impl Engine {
    /// `UpdateShardCount` with `UNIFORM_SCALING`; gives back the count it begins with.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, more than double or less than half of the open
    /// shards, or a quota: calls in 24 hours, shards of a stream, shards of the account.
    pub fn update_shard_count(&mut self, name: &str, target: u32) -> Result<u32, Refusal> {
        let (id, stream) = self.active(name)?;
        self.check_provisioned(name)?;
        let current = stream.open_count();
        let limits = self.kernel.limits;
        let counts = format!("Current open shard count: {current} Target shard count: {target}");
        if target > current.saturating_mul(2) {
            return Err(invalid(format!(
                "UpdateShardCount cannot scale up over double your current open shard count. \
                 {counts}"
            )));
        }
        if target < current.div_ceil(2) {
            return Err(invalid(format!(
                "UpdateShardCount cannot scale down below half your current open shard count. \
                 {counts}"
            )));
        }
        if target > limits.shard_count_max {
            return Err(exceeded(format!(
                "UpdateShardCount cannot scale to more than {} shards. {counts}",
                limits.shard_count_max
            )));
        }
        let now = self.now();
        let recent = stream.life().scaled.iter().filter(|at| **at + DAY > now).count();
        if recent >= limits.shard_count_updates_max as usize {
            return Err(exceeded(format!(
                "UpdateShardCount can be called {} times in 24 hours for stream {name} under \
                 account {}.",
                limits.shard_count_updates_max, self.account.id
            )));
        }
        // Shards that live for a short time on the way count too (botocore 1.44.5).
        self.check_shard_limit(stream.open_on_the_way(target).saturating_sub(current))?;
        self.with_stream(id, |stream, _| stream.note_scaling(now, DAY));
        let reshards = if self.account.on_canvas { WAVE_RESHARDS } else { 1 };
        let delay = Duration(self.account.reshard_delay.0 * reshards);
        self.enter(id, Status::Updating, Some(Change::Uniform(target)), delay);
        Ok(current)
    }
}

pub(super) fn exceeded(message: String) -> Refusal {
    Refusal { code: ErrorCode::LimitExceeded, message }
}
