//! `PutRecords` calls: at most `MaxConnections` at once, given up after `RequestTimeout`.

use std::collections::VecDeque;
use std::rc::Rc;

use base::{EdgeId, Time};
use scenario::kind::PutApi;

use super::pipeline::Pipeline;
use super::record::Parcel;
use super::{metric, millis};
use crate::batch::{Batch, Block};
use crate::call::{ExplicitHash, Failed, Put, PutOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;

/// Calls that wait for a connection and calls on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    waiting: VecDeque<Vec<Parcel>>,
    flying: Vec<Call>,
}

/// A call on its way.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) parcels: Vec<Parcel>,
    pub(super) edge: EdgeId,
    pub(super) sent: Time,
    deadline: Time,
    /// None when no connection came about: nothing was sent.
    token: Option<Token>,
    /// The answer will not reach the library.
    lost: bool,
    /// What the service did, once that is known here but not to the library.
    outcome: Option<Vec<Failed>>,
    /// The library has stopped waiting; its user records travel on as copies.
    abandoned: bool,
}

impl Calls {
    pub(super) fn queue(&mut self, parcels: Vec<Parcel>) {
        if !parcels.is_empty() {
            self.waiting.push_back(parcels);
        }
    }

    /// Kinesis records that wait for a connection.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Parcel> {
        self.waiting.iter().flatten()
    }

    /// Kinesis records on their way.
    pub(super) fn flying(&self) -> impl Iterator<Item = &Parcel> {
        self.flying.iter().flat_map(|call| &call.parcels)
    }

    /// User records of calls the library waits for.
    pub(super) fn users_in_flight(&self) -> u64 {
        let calls = self.flying.iter().filter(|call| !call.abandoned);
        calls.flat_map(|call| &call.parcels).map(Parcel::user_count).sum()
    }

    /// When the first call is given up.
    pub(super) fn deadline(&self) -> Option<Time> {
        let calls = self.flying.iter().filter(|call| !call.abandoned);
        calls.map(|call| call.deadline).min()
    }

    /// Connections in use.
    pub(super) fn connections(&self) -> u64 {
        self.flying.iter().filter(|call| !call.abandoned).count() as u64
    }
}

impl Pipeline {
    /// Makes as many calls as there are connections for.
    pub(super) fn send(&mut self, ctx: &mut Ctx<'_>) {
        while self.calls.connections() < u64::from(self.config.connections_max) {
            let Some(parcels) = self.calls.waiting.pop_front() else { break };
            match self.edge {
                Some(edge) => self.call(parcels, edge, ctx),
                None => self.let_go(parcels, ctx),
            }
        }
    }

    /// The answer to a call; to one that was given up it only tells what became of its records.
    pub(super) fn on_answer(&mut self, token: Token, outcome: PutOutcome, ctx: &mut Ctx<'_>) {
        let Some(at) = self.calls.flying.iter().position(|call| call.token == Some(token)) else {
            return;
        };
        let call = &mut self.calls.flying[at];
        if call.abandoned {
            let call = self.calls.flying.swap_remove(at);
            self.forget(call, &outcome.failed, ctx);
        } else if call.lost || outcome.lost {
            call.outcome = Some(outcome.failed);
        } else {
            let call = self.calls.flying.swap_remove(at);
            ctx.peak(metric::REQUEST_TIME, ctx.now().since(call.sent).millis());
            self.settle(call, &outcome, ctx);
        }
        self.advance(ctx);
    }

    /// Gives up the calls whose time is over: every user record is sent again.
    pub(super) fn time_out(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let late = |call: &Call| !call.abandoned && call.deadline <= now;
        while let Some(at) = self.calls.flying.iter().position(late) {
            let mut call = self.calls.flying.remove(at);
            let entries = u32::try_from(call.parcels.len()).unwrap_or(u32::MAX);
            ctx.count(metric::ALL_ERRORS, 1);
            let cause = Cause::new(now, ctx.me(), Reason::CallTimeout);
            let (limit, used) =
                (u64::from(self.config.request_timeout_millis) * 1_000, now.since(call.sent).0);
            let entries = (entries, entries);
            self.explain(Cause { limit, used, entries, records: entries.0, ..cause }, ctx);
            if call.token.is_none() {
                for parcel in call.parcels {
                    self.take_back(&parcel, call.edge, ctx);
                    parcel.users.into_iter().for_each(|user| self.retry(user, ctx));
                }
                continue;
            }
            for user in call.parcels.iter().flat_map(|parcel| &parcel.users) {
                self.send_copy(user.clone(), ctx);
            }
            call.abandoned = true;
            match call.outcome.take() {
                Some(failed) => self.forget(call, &failed, ctx),
                None => self.calls.flying.push(call),
            }
        }
    }

    /// A Kinesis record that was not stored is held again, without its envelope.
    pub(super) fn take_back(&mut self, parcel: &Parcel, edge: EdgeId, ctx: &mut Ctx<'_>) {
        ctx.book(Account::Flight(edge), Account::Held(ctx.me()), 1, parcel.bytes);
        self.held += 1;
        self.unpack(parcel, ctx);
    }

    /// Sends a user record again that may be stored: there are two of it from now on.
    pub(super) fn send_copy(&mut self, mut user: super::record::User, ctx: &mut Ctx<'_>) {
        let me = ctx.me();
        ctx.book(Account::Copied(me), Account::Held(me), 1, user.row.bytes(ctx.keys()));
        self.held += 1;
        self.tally.copied += 1;
        user.copy = true;
        self.retry(user, ctx);
    }

    fn call(&mut self, parcels: Vec<Parcel>, edge: EdgeId, ctx: &mut Ctx<'_>) {
        let records: Vec<_> = parcels.iter().map(|parcel| parcel.row.clone()).collect();
        let bytes = parcels.iter().map(|parcel| parcel.bytes).sum();
        let count = records.len() as u64;
        self.held -= count;
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), count, bytes);
        ctx.peak(metric::KINESIS_PER_REQUEST, count);
        ctx.peak(metric::USER_PER_REQUEST, parcels.iter().map(Parcel::user_count).sum());
        for parcel in &parcels {
            ctx.peak(metric::USER_PER_KINESIS, parcel.user_count());
        }
        let users = || parcels.iter().flat_map(|parcel| &parcel.users);
        let put = Put {
            api: PutApi::PutRecords,
            explicit_hash: ExplicitHash::Each(parcels.iter().map(|it| it.hash).collect()),
            wants_shards: true,
            batch: Batch::of(Rc::new(Block { records, before: 0 }), bytes),
            attempt: 1 + users().map(|user| user.attempts).min().unwrap_or(0),
            copies: users().all(|user| user.copy),
            attempts_max: 0,
        };
        let (harm, sent) = (ctx.harm(), ctx.now());
        let token = (!harm.fails && !harm.unsent).then(|| ctx.send(edge, Request::Put(put)));
        self.calls.flying.push(Call {
            parcels,
            edge,
            sent,
            deadline: sent + millis(self.config.request_timeout_millis),
            token,
            lost: harm.lost,
            outcome: None,
            abandoned: false,
        });
    }

    /// What the service did with a call that was given up: what failed there is not missed, for
    /// its copies are on their way.
    fn forget(&mut self, call: Call, failed: &[Failed], ctx: &mut Ctx<'_>) {
        let mut rows = failed.iter().map(|failed| failed.row).peekable();
        for (row, parcel) in (0_u32..).zip(call.parcels) {
            if rows.next_if_eq(&row).is_some() {
                self.take_back(&parcel, call.edge, ctx);
                let (users, bytes) = (parcel.user_count(), parcel.user_bytes(ctx.keys()));
                ctx.drop_held(Reason::Superseded, users, bytes);
                self.held -= users;
            }
        }
    }

    /// Nothing is connected.
    fn let_go(&mut self, parcels: Vec<Parcel>, ctx: &mut Ctx<'_>) {
        for parcel in parcels {
            self.unpack(&parcel, ctx);
            for user in &parcel.users {
                let cause = Cause::new(ctx.now(), ctx.me(), Reason::NotConnected);
                self.fail(user, cause, ctx);
            }
        }
    }
}
