//! A dock: parcels in order, one call under way, back-off, retry durations and the 24 hours.
//!
//! A failed call waits 1 s, doubled each time up to 120 s, give or take 15 % (AWS publishes this
//! rule for HTTP endpoints; S3 and Splunk are given the same). With Direct PUT a parcel is lost 24
//! hours after its oldest record arrived (developer guide, "Data delivery failure handling"); with
//! a stream as source it is kept, and reading stops instead.

use std::collections::VecDeque;

use base::{Duration, EdgeId, Time};

use super::super::{Firehose, TIMER_DOCK, name};
use super::{Berth, Cargo, Freight, Parcel, Target};
use crate::call::{ApiError, ErrorCode};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};
use crate::snapshot::MarkKind;

/// How long Direct PUT data is kept.
const KEPT: Duration = Duration::DAY;
/// The longest back-off before jitter.
const BACKOFF_SECS_MAX: u64 = 120;

/// Sealed parcels, oldest first. One of them at a time is on its way.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Dock {
    pub(in super::super) parcels: VecDeque<Parcel>,
    /// The call that has no answer yet.
    pub(in super::super) call: Option<Underway>,
    /// When the last back-off began and when it ends.
    pub(in super::super) backoff: Option<(Time, Time)>,
    /// Whether the newest call failed as a whole.
    pub(super) fails: bool,
    wake: Option<TimerId>,
}

/// A parcel on its way.
#[derive(Clone, Debug)]
pub(in super::super) struct Underway {
    token: Token,
    pub(super) edge: EdgeId,
    pub(in super::super) parcel: Parcel,
    pub(super) since: Time,
}

impl Dock {
    /// Records at the dock; those of a running call are on the wire.
    pub(super) fn held(&self) -> u64 {
        self.parcels.iter().map(|parcel| parcel.object.records).sum()
    }

    /// Bytes at the dock before compression, those on the wire included.
    pub(super) fn raw_bytes(&self) -> u64 {
        let flying = self.call.iter().map(|call| &call.parcel);
        flying.chain(&self.parcels).map(|parcel| parcel.object.raw_bytes).sum()
    }

    pub(super) fn take_call(&mut self, token: Token) -> Option<Underway> {
        self.call.take_if(|call| call.token == token)
    }
}

impl Firehose {
    /// Starts the next call if nothing hinders it.
    pub(in super::super) fn drive(&mut self, berth: Berth, ctx: &mut Ctx<'_>) {
        self.expire(berth, ctx);
        let edge = self.delivery.edge(berth);
        let dock = self.delivery.dock(berth);
        if dock.call.is_some() || dock.parcels.is_empty() {
            return;
        }
        let now = ctx.now();
        let retry_at = dock.backoff.map_or(now, |(_, until)| until);
        let due = dock.parcels.iter().map(|parcel| parcel.due).min().unwrap_or(now).max(retry_at);
        let Some(edge) = edge.filter(|_edge| due <= now) else {
            return self.wait(berth, edge.map(|_edge| due), ctx);
        };
        let Some(at) = dock.parcels.iter().position(|parcel| parcel.due <= now) else { return };
        let Some(mut parcel) = dock.parcels.remove(at) else { return };
        (dock.backoff, dock.wake) = (None, None);
        if !self.delivery.fits(berth, &parcel) {
            return self.ship(parcel, ctx);
        }
        parcel.attempts += 1;
        parcel.tried_at.get_or_insert(now);
        if matches!(parcel.cargo, Cargo::Rows(_)) && parcel.request_id.is_empty() {
            parcel.request_id = name::uuid(ctx.rng()).into();
        }
        let (records, bytes) = parcel.booked();
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), records, bytes);
        let token = match &parcel.cargo {
            Cargo::Object => Self::upload(edge, &parcel, ctx),
            Cargo::Load(objects) => Self::load(edge, objects, ctx),
            Cargo::Rows(batch) => match self.delivery.target {
                Some(Target::Domain) => self.index(edge, batch, &parcel, ctx),
                _ => self.post(edge, batch, &parcel, ctx),
            },
        };
        self.delivery.dock(berth).call = Some(Underway { token, edge, parcel, since: now });
    }

    /// Sleeps until the next attempt or the end of the first parcel's life.
    #[inline(never)]
    fn wait(&mut self, berth: Berth, retry: Option<Time>, ctx: &mut Ctx<'_>) {
        let deadline = self.deadline(berth);
        let wake = retry.into_iter().chain(deadline).min();
        let wake = wake.map(|at| ctx.after(at.since(ctx.now()), TIMER_DOCK, 0));
        self.delivery.dock(berth).wake = wake;
    }

    /// A timer of the docks rang.
    pub(in super::super) fn dock_woken(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        for berth in [Berth::Out, Berth::Bucket] {
            let dock = self.delivery.dock(berth);
            if dock.wake == Some(id) {
                dock.wake = None;
                self.drive(berth, ctx);
            }
        }
    }

    /// When the first parcel is given up. What could not be converted never is, and holds up the
    /// rest (facts, firehose §4).
    fn deadline(&mut self, berth: Berth) -> Option<Time> {
        if self.reads_a_stream() {
            return None;
        }
        let first = self.delivery.dock(berth).parcels.front()?;
        let is_kept = matches!(first.freight, Freight::Load | Freight::Unconverted);
        (!is_kept).then(|| first.oldest + KEPT)
    }

    /// Lets go of parcels that could not be delivered in time.
    fn expire(&mut self, berth: Berth, ctx: &mut Ctx<'_>) {
        while self.delivery.dock(berth).call.is_none()
            && self.deadline(berth).is_some_and(|at| at <= ctx.now())
        {
            let dock = self.delivery.dock(berth);
            let Some(parcel) = dock.parcels.pop_front() else { return };
            dock.backoff = None;
            let (records, bytes) = parcel.booked();
            ctx.drop_held(Reason::DeliveryExpired, records, bytes);
            self.partition_left(&parcel);
            ctx.mark(MarkKind::Loss);
            self.delivery.lost += records;
            let error = ApiError {
                reason: Reason::DeliveryExpired,
                code: ErrorCode::ServiceUnavailable,
                shard: 0,
            };
            ctx.explain(undelivered(error, &parcel, None, ctx));
        }
    }

    /// A call failed as a whole, and its records are held again: after a pause the parcel is sent
    /// once more.
    #[inline(never)]
    pub(super) fn again(
        &mut self,
        berth: Berth,
        mut parcel: Parcel,
        error: ApiError,
        pause: Duration,
        ctx: &mut Ctx<'_>,
    ) {
        let now = ctx.now();
        ctx.explain(undelivered(error, &parcel, Some(pause.0), ctx));
        parcel.spent = parcel.spent + pause;
        let dock = self.delivery.dock(berth);
        dock.fails = true;
        dock.backoff = Some((now, now + pause));
        dock.parcels.push_front(parcel);
    }
}

/// The pause after the given number of attempts.
pub(super) fn backoff(attempts: u32, ctx: &mut Ctx<'_>) -> Duration {
    let secs = 1_u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(BACKOFF_SECS_MAX);
    let micros = secs.clamp(1, BACKOFF_SECS_MAX) * 1_000_000;
    Duration(ctx.rng().between(micros * 85 / 100, micros * 115 / 100))
}

/// Why a parcel is not delivered.
pub(super) fn undelivered(
    error: ApiError,
    parcel: &Parcel,
    next_try_micros: Option<u64>,
    ctx: &Ctx<'_>,
) -> Cause {
    let text = match (error.reason, error.code) {
        (Reason::TargetReject, ErrorCode::ServiceUnavailable) => {
            "503 Slow Down: Please reduce your request rate.".to_owned()
        }
        (Reason::InternalFailure, ErrorCode::InternalFailure) => {
            "503 Service Unavailable".to_owned()
        }
        (Reason::AccessDenied, _) if matches!(parcel.cargo, Cargo::Object) => {
            "S3.AccessDenied: Access was denied. Ensure that the access policy of the role allows \
             access to the S3 bucket."
                .to_owned()
        }
        (_, code) if code >= ErrorCode::MapperParsing => {
            format!("{}: {}", code.name(), error.message(&ctx.name()))
        }
        _ => String::new(),
    };
    Cause {
        error: text.into(),
        limit: KEPT.secs(),
        entries: (1, 1),
        attempt: (parcel.attempts, 0),
        next_try_micros,
        records: u32::try_from(parcel.object.records).unwrap_or(u32::MAX),
        ..Cause::new(ctx.now(), ctx.me(), error.reason)
    }
}

#[cfg(test)]
mod tests {
    use base::NodeId;
    use scenario::kind::Config;

    use super::*;
    use crate::kernel::Kernel;

    /// Facts, firehose §6: 1 s, doubled up to 120 s, give or take 15 %.
    #[test]
    fn pauses_double_up_to_two_minutes() {
        let (mut kernel, node) = (Kernel::new(7, 0), NodeId(1));
        kernel.add_node(node, "to-s3", Config::default_of("firehose").unwrap().spec());
        let mut ctx = Ctx::new(&mut kernel, node);
        for (attempts, secs) in [(1, 1), (2, 2), (7, 64), (8, 120), (9, 120), (100, 120)] {
            let pauses: Vec<u64> = (0..400).map(|_n| backoff(attempts, &mut ctx).0).collect();
            let (least, most) = (*pauses.iter().min().unwrap(), *pauses.iter().max().unwrap());
            let percent = |share: u64| secs * 10_000 * share;
            assert!((percent(85)..percent(87)).contains(&least), "{attempts}: {least}");
            assert!((percent(113)..=percent(115)).contains(&most), "{attempts}: {most}");
        }
    }
}
