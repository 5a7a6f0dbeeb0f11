//! What is written beside the destination: records that failed, and a copy of the source records.
//!
//! Each kind is collected in a tank of its own until the hints of its bucket are reached. What an
//! S3 destination cannot use goes to its own bucket under the error prefix; all else to the bucket
//! beside the destination, with the hints of the backup (facts, firehose §2 and §5).

use base::units::MIB;
use base::{Duration, Time};

use super::super::processing::CONVERSION;
use super::super::{Firehose, TIMER_ASIDE, name, timestamp};
use super::{Delivery, Freight, Parcel, Target};
use crate::batch::Record;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;

/// The `error-output-type` that stands for the backup of source records: none.
const SOURCE: &str = "";

/// What is collected of one kind.
#[derive(Clone, Debug)]
pub(in super::super) struct Tank {
    /// The `error-output-type`.
    kind: &'static str,
    content: Vec<u8>,
    /// Records and bytes as the ledger counts them.
    booked: (u64, u64),
    /// Arrival of the oldest record.
    oldest: Time,
    /// Ends its interval.
    timer: TimerId,
    /// When that is.
    due: Time,
}

impl Tank {
    pub(super) fn records(&self) -> u64 {
        self.booked.0
    }
}

impl Delivery {
    /// What waits for an object beside the destination: whether it failed, how many records, and
    /// until when at most. What failed is told first.
    pub(in super::super) fn aside(&self) -> Option<(bool, u64, Time)> {
        if self.tanks.is_empty() { None } else { self.sum_aside() }
    }

    #[inline(never)]
    fn sum_aside(&self) -> Option<(bool, u64, Time)> {
        let sum = |failed: bool| {
            let tanks = self.tanks.iter().filter(|tank| (tank.kind != SOURCE) == failed);
            let due = tanks.clone().map(|tank| tank.due).min()?;
            Some((failed, tanks.map(Tank::records).sum(), due))
        };
        sum(true).or_else(|| sum(false))
    }
}

impl Firehose {
    /// Collects what failed for an object of its kind: `error-output-type`, the text to store, the
    /// records it stands for and their bytes, which are held, and when the oldest arrived.
    #[inline(never)]
    pub(in super::super) fn set_aside(
        &mut self,
        kind: &'static str,
        content: &[u8],
        booked: (u64, u64),
        oldest: Time,
        ctx: &mut Ctx<'_>,
    ) {
        let (size_max, interval) = self.hints_aside(kind);
        let tanks = &mut self.delivery.tanks;
        let at = match tanks.iter().position(|tank| tank.kind == kind) {
            Some(at) => at,
            None => {
                let timer = ctx.after(interval, TIMER_ASIDE, 0);
                let (content, booked, due) = (Vec::new(), (0, 0), ctx.now() + interval);
                tanks.push(Tank { kind, content, booked, oldest, timer, due });
                tanks.len() - 1
            }
        };
        let tank = &mut tanks[at];
        tank.content.extend_from_slice(content);
        tank.booked = (tank.booked.0 + booked.0, tank.booked.1 + booked.1);
        tank.oldest = tank.oldest.min(oldest);
        if tank.content.len() as u64 >= size_max {
            self.seal_aside(at, Seal::Size, ctx);
        }
    }

    /// Copies a source record into the backup, as it came, where there is a bucket for it.
    #[inline(never)]
    pub(in super::super) fn back_up(&mut self, record: &Record, ctx: &mut Ctx<'_>) {
        if self.delivery.bucket_edge.is_none() {
            return;
        }
        let mut content = Vec::new();
        record.append_to(&mut content);
        let bytes = record.bytes(ctx.keys());
        ctx.book(Account::Copied(ctx.me()), Account::Held(ctx.me()), 1, bytes);
        let now = ctx.now();
        self.set_aside(SOURCE, &content, (1, bytes), now, ctx);
    }

    /// The timer of a tank rang.
    #[inline(never)]
    pub(in super::super) fn aside_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if let Some(at) = self.delivery.tanks.iter().position(|tank| tank.timer == id) {
            self.seal_aside(at, Seal::Time, ctx);
        }
    }

    #[inline(never)]
    fn seal_aside(&mut self, at: usize, reason: Seal, ctx: &mut Ctx<'_>) {
        let Tank { kind, content, booked, oldest, .. } = self.delivery.tanks.remove(at);
        let key = self.key_aside(kind, oldest, ctx);
        let plain = plain_object(key, content, ctx);
        let (freight, purpose) = match kind {
            SOURCE => (Freight::Source, Purpose::Records),
            CONVERSION => (Freight::Unconverted, Purpose::Failed),
            _ => (Freight::Failed, Purpose::Failed),
        };
        let (records, booked_bytes) = booked;
        let object = Object { records, booked_bytes, reason, purpose, ..plain };
        self.ship(Parcel::object(object, freight, oldest), ctx);
    }

    /// Whether errors stay in the bucket of the destination.
    fn keeps_errors(&self) -> bool {
        matches!(self.delivery.target, Some(Target::Bucket) | None)
    }

    fn hints_aside(&self, kind: &str) -> (u64, Duration) {
        if kind != SOURCE && self.keeps_errors() {
            return (self.size_max(), self.interval());
        }
        let interval = Duration::from_secs(self.config.backup_interval_secs.into());
        (u64::from(self.config.backup_size_mib) * MIB, interval)
    }

    fn key_aside(&self, kind: &'static str, oldest: Time, ctx: &mut Ctx<'_>) -> String {
        // Redshift's bucket has the prefix of the data.
        let is_main = self.keeps_errors() || self.delivery.target == Some(Target::Cluster);
        let prefix = if is_main && kind != SOURCE {
            &self.config.prefix
        } else {
            &self.config.backup_prefix
        };
        let wall_millis = ctx.wall_millis(oldest);
        let at = timestamp::local(&self.config, wall_millis, ctx.formats());
        let mut key = match kind {
            SOURCE => name::dated(prefix, at, ctx.rng()),
            _ if self.config.error_prefix.is_empty() => {
                let folder = if kind == super::failed::DOCUMENTS { DOCUMENTS_FOLDER } else { kind };
                name::dated(&format!("{prefix}{folder}/"), at, ctx.rng())
            }
            _ => {
                let prefix = &self.config.error_prefix;
                name::evaluate(prefix, at, kind, ctx.rng()).0
            }
        };
        self.finish_key(&mut key, wall_millis, ctx);
        key
    }

    /// A key in a folder by the hour, without the settings' prefix.
    pub(super) fn key_below(&self, folder: &str, at: Time, ctx: &mut Ctx<'_>) -> String {
        let wall_millis = ctx.wall_millis(at);
        let mut key = name::dated(folder, timestamp::civil(wall_millis, 0), ctx.rng());
        self.finish_key(&mut key, wall_millis, ctx);
        key
    }

    fn finish_key(&self, key: &mut String, wall_millis: u64, ctx: &mut Ctx<'_>) {
        let stream = ctx.name();
        name::suffix(&stream, self.version, wall_millis, ctx.rng(), key);
    }
}

/// Without an error prefix the folder of failed documents is spelt otherwise than their
/// `error-output-type` (developer guide, "Data delivery failure handling").
const DOCUMENTS_FOLDER: &str = "AmazonOpenSearchService_failed";

/// An object without records, sealed now.
pub(super) fn plain_object(key: String, content: Vec<u8>, ctx: &Ctx<'_>) -> Object {
    let length = content.len() as u64;
    Object {
        key: key.into(),
        bytes: content.into(),
        stored_bytes: length,
        raw_bytes: length,
        booked_bytes: 0,
        records: 0,
        sealed_at: ctx.now(),
        delivered_at: Time::ZERO,
        reason: Seal::End,
        purpose: Purpose::Manifest,
    }
}
