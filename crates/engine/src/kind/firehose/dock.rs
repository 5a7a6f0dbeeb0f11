//! The dock: sealed objects on their way to the bucket, one upload at a time, in order.
//!
//! A failed upload waits 1 s, doubled each time up to 120 s, give or take 15 % (AWS publishes this
//! rule for HTTP endpoints and none for S3). With Direct PUT an object is lost 24 hours after its
//! oldest record arrived (developer guide, "Data delivery failure handling"); with a stream as
//! source it is kept, and reading stops instead. Delivery is at least once: an upload whose answer
//! never came is repeated under the same key, so the object is stored again in its own place.

use std::collections::VecDeque;

use base::{Duration, EdgeId, Time};

use super::{DATA_FRESHNESS, DELIVERED_BYTES, DELIVERED_RECORDS, Firehose, TIMER_DOCK};
use crate::call::{ApiError, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};
use crate::object::Object;
use crate::snapshot::MarkKind;

/// How long Direct PUT data is kept.
const KEPT: Duration = Duration::DAY;
/// The longest back-off before jitter.
const BACKOFF_SECS_MAX: u64 = 120;

/// A sealed object.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) object: Object,
    /// Arrival of its oldest record.
    pub(super) oldest: Time,
    /// Uploads begun.
    pub(super) attempts: u32,
}

/// Sealed objects, oldest first. Only the first one is ever on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Dock {
    pub(super) parcels: VecDeque<Parcel>,
    /// The upload that has no answer yet.
    pub(super) call: Option<(Token, EdgeId)>,
    /// When the last back-off began and when it ends.
    pub(super) backoff: Option<(Time, Time)>,
    wake: Option<TimerId>,
}

impl Dock {
    /// Records at the dock; those of a running upload are on the wire.
    pub(super) fn held(&self) -> u64 {
        let skip = usize::from(self.call.is_some());
        self.parcels.iter().skip(skip).map(|parcel| parcel.object.records).sum()
    }

    /// Bytes at the dock before compression.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.parcels.iter().map(|parcel| parcel.object.raw_bytes).sum()
    }
}

impl Firehose {
    /// Starts the next upload if nothing hinders it.
    pub(super) fn drive(&mut self, ctx: &mut Ctx<'_>) {
        self.expire(ctx);
        if self.dock.call.is_some() || self.dock.parcels.is_empty() {
            return;
        }
        let now = ctx.now();
        let edge = ctx.edges_out().iter().find(|edge| edge.from.port == "out").map(|edge| edge.id);
        let retry_at = self.dock.backoff.map_or(now, |(_, until)| until);
        let Some(edge) = edge.filter(|_edge| retry_at <= now) else {
            let retry = edge.map(|_edge| retry_at);
            return self.wait(retry, ctx);
        };
        let Some(parcel) = self.dock.parcels.front_mut() else { return };
        parcel.attempts += 1;
        let object = parcel.object.clone();
        let (records, bytes) = (object.records, object.booked_bytes);
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), records, bytes);
        let token = ctx.send(edge, Request::PutObject(object));
        self.dock.call = Some((token, edge));
        self.dock.backoff = None;
        self.dock.wake = None;
    }

    /// Sleeps until the next attempt or the end of the first object's life.
    fn wait(&mut self, retry: Option<Time>, ctx: &mut Ctx<'_>) {
        let deadline = self.deadline();
        let Some(at) = retry.into_iter().chain(deadline).min() else {
            self.dock.wake = None;
            return;
        };
        self.dock.wake = Some(ctx.after(at.since(ctx.now()), TIMER_DOCK, 0));
    }

    /// The timer of the dock rang.
    pub(super) fn dock_woken(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.dock.wake == Some(id) {
            self.dock.wake = None;
            self.drive(ctx);
        }
    }

    /// When the first object is given up.
    fn deadline(&self) -> Option<Time> {
        let parcel = self.dock.parcels.front().filter(|_parcel| !self.reads_a_stream())?;
        Some(parcel.oldest + KEPT)
    }

    /// Lets go of objects that could not be delivered in time.
    fn expire(&mut self, ctx: &mut Ctx<'_>) {
        while self.dock.call.is_none() && self.deadline().is_some_and(|at| at <= ctx.now()) {
            let Some(parcel) = self.dock.parcels.pop_front() else { return };
            let Object { records, booked_bytes, .. } = parcel.object;
            ctx.drop_held(Reason::DeliveryExpired, records, booked_bytes);
            ctx.mark(MarkKind::Loss);
            self.lost += records;
            self.dock.backoff = None;
            let attempt = (parcel.attempts, 0);
            ctx.explain(undelivered(Reason::DeliveryExpired, records, attempt, None, ctx));
        }
    }

    /// The bucket answered, or the client stopped waiting for it.
    pub(super) fn uploaded(
        &mut self,
        token: Token,
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let Some((_, edge)) = self.dock.call.filter(|(call, _)| *call == token) else { return };
        self.dock.call = None;
        let Some(parcel) = self.dock.parcels.front() else { return };
        let Object { records, booked_bytes, raw_bytes, .. } = parcel.object;
        let (oldest, attempts) = (parcel.oldest, parcel.attempts);
        match result {
            Ok(()) => {
                self.dock.parcels.pop_front();
                self.delivered += records;
                self.objects += 1;
                ctx.count(DELIVERED_RECORDS, records);
                ctx.count(DELIVERED_BYTES, raw_bytes);
                ctx.peak(DATA_FRESHNESS, ctx.now().since(oldest).secs());
            }
            Err(error) => {
                // Without an answer the object may be stored: what is sent again are copies.
                let from = match error.reason {
                    Reason::CallTimeout => Account::Copied(ctx.me()),
                    _ => Account::Flight(edge),
                };
                ctx.book(from, Account::Held(ctx.me()), records, booked_bytes);
                let pause = backoff(attempts, ctx);
                self.dock.backoff = Some((ctx.now(), ctx.now() + pause));
                let attempt = (attempts, 0);
                ctx.explain(undelivered(error.reason, records, attempt, Some(pause.0), ctx));
            }
        }
        self.drive(ctx);
    }
}

/// The pause after the given number of attempts.
fn backoff(attempts: u32, ctx: &mut Ctx<'_>) -> Duration {
    let secs = 1_u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(BACKOFF_SECS_MAX);
    let micros = secs.clamp(1, BACKOFF_SECS_MAX) * 1_000_000;
    Duration(ctx.rng().between(micros * 85 / 100, micros * 115 / 100))
}

/// Why an object is not in the bucket.
fn undelivered(
    reason: Reason,
    records: u64,
    attempt: (u32, u32),
    next_try_micros: Option<u64>,
    ctx: &Ctx<'_>,
) -> Cause {
    let error = match reason {
        Reason::TargetReject => "503 Slow Down: Please reduce your request rate.",
        Reason::InternalFailure => "503 Service Unavailable",
        _ => "",
    };
    Cause {
        error: error.into(),
        limit: KEPT.secs(),
        entries: (1, 1),
        attempt,
        next_try_micros,
        records: u32::try_from(records).unwrap_or(u32::MAX),
        ..Cause::new(ctx.now(), ctx.me(), reason)
    }
}
