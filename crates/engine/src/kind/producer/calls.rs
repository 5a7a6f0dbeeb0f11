//! Calls on their way: made, answered, or given up when their time is over.

use std::sync::Arc;

use base::{EdgeId, Time, VecMap};
use scenario::kind::{OnFailure, PutApi};

use super::client::Client;
use super::last::LastPut;
use super::parcel::{Parcel, all_failed};
use super::{metric, millis, timer};
use crate::call::{ExplicitHash, Failed, Put, PutOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};

/// Every call without an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    flying: VecMap<Token, Call>,
    /// Calls the client still waits for, by when it stops to.
    deadlines: VecMap<(Time, Token), ()>,
    timeout: Option<(Time, TimerId)>,
}

/// A call without an answer.
#[derive(Clone, Debug)]
struct Call {
    parcel: Parcel,
    edge: EdgeId,
    sent: Time,
    deadline: Time,
    /// The answer will not reach the client.
    lost: bool,
    /// What the service did, once that is known here but not to the client.
    outcome: Option<Vec<Failed>>,
    /// Set when the client stopped waiting: why entries that failed then are lost.
    abandoned: Option<Reason>,
}

impl Calls {
    /// Records on their way, those of calls that were given up included.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.flying.values().map(|call| &call.parcel)
    }

    /// How many calls the client waits for.
    pub(super) fn waited_for(&self) -> u64 {
        self.deadlines.len() as u64
    }
}

impl Client {
    pub(super) fn send(&mut self, mut parcel: Parcel, edge: EdgeId, ctx: &mut Ctx<'_>) {
        let (records, bytes) = (parcel.batch.records(), parcel.batch.bytes);
        parcel.attempts += 1;
        self.held -= records;
        self.tally.attempted += records;
        self.tally.in_flight += records;
        ctx.count(metric::ATTEMPTED, records);
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), records, bytes);
        let harm = ctx.harm();
        let sent = ctx.now();
        let deadline = sent + millis(self.config.call_timeout_millis);
        let mut call =
            Call { parcel, edge, sent, deadline, lost: harm.lost, outcome: None, abandoned: None };
        if harm.fails {
            // The client's own network is down: no call leaves it.
            let failed = all_failed(call.parcel.records);
            self.close(&call, &failed, true, ctx);
            return;
        }
        let put = Put {
            api: self.config.api,
            batch: call.parcel.batch.clone(),
            explicit_hash: self.explicit_hash.map_or(ExplicitHash::None, ExplicitHash::All),
            wants_shards: false,
            attempt: call.parcel.attempts,
            copies: call.parcel.copies,
            attempts_max: self.attempts_max(),
        };
        let request = Request::Put(put);
        let token = if harm.unsent {
            call.outcome = Some(all_failed(call.parcel.records));
            ctx.lose(edge, &request)
        } else {
            ctx.send(edge, request)
        };
        call.deadline = deadline;
        self.calls.flying.insert(token, call);
        self.calls.deadlines.insert((deadline, token), ());
        self.watch_deadlines(ctx);
    }

    /// The answer to a call; to one that was given up it only tells what became of its records.
    pub(in crate::kind) fn on_answer(
        &mut self,
        token: Token,
        outcome: PutOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(mut call) = self.calls.flying.remove(&token) else { return };
        if let Some(reason) = call.abandoned {
            self.close_abandoned(&call, &outcome.failed, reason, ctx);
        } else if call.lost || outcome.lost {
            call.outcome = Some(outcome.failed);
            self.calls.flying.insert(token, call);
        } else {
            self.calls.deadlines.remove(&(call.deadline, token));
            self.close(&call, &outcome.failed, outcome.whole, ctx);
            self.last = Some(LastPut {
                api: self.config.api,
                edge: call.edge,
                at: ctx.now(),
                batch: call.parcel.batch,
                explicit_hash: self.explicit_hash,
                whole: outcome.whole,
                failed: outcome.failed,
            });
            self.pump(ctx);
        }
    }

    /// The earliest call may have run out of time.
    pub(super) fn on_timeout(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.calls.timeout.is_none_or(|(_, timer)| timer != id) {
            return;
        }
        self.calls.timeout = None;
        while let Some(&(due @ (deadline, token), ())) = self.calls.deadlines.first() {
            if deadline > ctx.now() {
                break;
            }
            self.calls.deadlines.remove(&due);
            self.abandon(token, ctx);
        }
        self.watch_deadlines(ctx);
        self.pump(ctx);
    }

    /// Keeps one timer for the earliest deadline.
    fn watch_deadlines(&mut self, ctx: &mut Ctx<'_>) {
        let Some(&((deadline, _), ())) = self.calls.deadlines.first() else { return };
        if self.calls.timeout.is_none_or(|(at, _)| at > deadline) {
            let timer = ctx.after(deadline.since(ctx.now()), timer::TIMEOUT, 0);
            self.calls.timeout = Some((deadline, timer));
        }
    }

    fn count_answer(&mut self, call: &Call, failed: u32, ctx: &mut Ctx<'_>) {
        let (failed, all) = (u64::from(failed), u64::from(call.parcel.records));
        self.tally.in_flight -= all;
        self.tally.stored += all - failed;
        self.tally.rejected += failed;
        ctx.count(metric::STORED, all - failed);
        ctx.count(metric::REJECTED, failed);
    }

    /// An answer in time; `whole` when the call itself failed.
    fn close(&mut self, call: &Call, failed: &[Failed], whole: bool, ctx: &mut Ctx<'_>) {
        ctx.peak(metric::LATENCY, ctx.now().since(call.sent).millis());
        let Some(first) = failed.first() else {
            self.count_answer(call, 0, ctx);
            return;
        };
        let parcel = call.parcel.failed(failed, ctx.keys());
        self.count_answer(call, parcel.records, ctx);
        let me = ctx.me();
        let (records, bytes) = (parcel.batch.records(), parcel.batch.bytes);
        ctx.book(Account::Flight(call.edge), Account::Held(me), records, bytes);
        self.held += records;
        let last = self.is_last(&parcel, ctx);
        if last {
            let ignored = self.config.on_failure == OnFailure::Ignore;
            let reason = if ignored { Reason::Ignored } else { Reason::GivenUp };
            let cause = self.cause(reason, records, ctx);
            let key = call.parcel.key(first.row);
            let shard = matches!(first.error.reason, Reason::ShardRecords | Reason::ShardBytes);
            let cause = Cause {
                error: first.error.code.name().into(),
                shard: shard.then_some(first.error.shard),
                key: key.map(|key| Arc::clone(ctx.keys().text(key))),
                hash: key.map(|key| self.explicit_hash.unwrap_or(ctx.keys().hash(key))),
                limit: u64::from(self.attempts_max()),
                used: u64::from(parcel.attempts),
                entries: (parcel.records, call.parcel.records),
                whole: whole || self.config.api == PutApi::PutRecord,
                attempt: (parcel.attempts, self.attempts_max()),
                ..cause
            };
            self.let_go(&parcel, cause, ctx);
        } else if self.config.on_failure == OnFailure::RetryAll {
            // Entries that were stored go along once more: real duplicates.
            let stored = call.parcel.batch.records() - records;
            self.copy(stored, call.parcel.batch.bytes - bytes, ctx);
            let copies = call.parcel.copies || stored > 0;
            self.schedule(Parcel { copies, ..call.parcel.clone() }, ctx);
        } else {
            self.schedule(parcel, ctx);
        }
    }

    /// The client stops waiting. It cannot know what was stored, so it sends everything again.
    #[inline(never)]
    fn abandon(&mut self, token: Token, ctx: &mut Ctx<'_>) {
        let Some(mut call) = self.calls.flying.remove(&token) else { return };
        self.tally.timed_out += 1;
        let attempts = call.parcel.attempts;
        let retried = !self.is_last(&call.parcel, ctx);
        let reason = match self.config.on_failure {
            _ if retried => Reason::Superseded,
            OnFailure::Ignore => Reason::Ignored,
            OnFailure::RetryFailed | OnFailure::RetryAll => Reason::GivenUp,
        };
        let mut next_try_micros = None;
        if retried {
            self.copy(call.parcel.batch.records(), call.parcel.batch.bytes, ctx);
            let wait = self.schedule(Parcel { copies: true, ..call.parcel.clone() }, ctx);
            next_try_micros = Some(wait);
        }
        let cause = self.cause(Reason::CallTimeout, call.parcel.batch.records(), ctx);
        let cause = Cause {
            limit: u64::from(self.config.call_timeout_millis) * 1_000,
            used: ctx.now().since(call.sent).0,
            entries: (call.parcel.records, call.parcel.records),
            attempt: (attempts, self.attempts_max()),
            next_try_micros,
            ..cause
        };
        self.explain(cause, ctx);
        match call.outcome.take() {
            Some(failed) => self.close_abandoned(&call, &failed, reason, ctx),
            None => {
                call.abandoned = Some(reason);
                self.calls.flying.insert(token, call);
            }
        }
    }

    /// What the service did with a call the client had given up.
    fn close_abandoned(
        &mut self,
        call: &Call,
        failed: &[Failed],
        reason: Reason,
        ctx: &mut Ctx<'_>,
    ) {
        let records = u32::try_from(failed.len()).unwrap_or(u32::MAX);
        self.count_answer(call, records, ctx);
        if failed.is_empty() {
            return;
        }
        let parcel = call.parcel.failed(failed, ctx.keys());
        let (records, bytes) = (parcel.batch.records(), parcel.batch.bytes);
        let (flight, held) = (Account::Flight(call.edge), Account::Held(ctx.me()));
        ctx.book(flight, held, records, bytes);
        ctx.drop_held(reason, records, bytes);
        if reason != Reason::Superseded {
            self.count_loss(reason, records, ctx);
        }
    }
}
