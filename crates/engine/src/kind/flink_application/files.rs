//! The files of a table in a bucket: rows gather in one until a checkpoint begins, and it is
//! uploaded once that is complete. So no row is in two files, whatever happens (Flink's file sink;
//! a file for each checkpoint is the choice here).

use std::collections::VecDeque;

use base::{EdgeId, Time};

use crate::batch::Record;
use crate::call::{ApiError, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;

/// A file that is being written, or waits.
#[derive(Clone, Debug, Default)]
struct Part {
    bytes: Vec<u8>,
    records: u64,
    booked: u64,
    /// The checkpoint it was closed for.
    checkpoint: u64,
    closed: Time,
    number: u64,
}

/// The files of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    open: Part,
    /// Closed ones that wait for their checkpoint, or for their turn.
    closed: VecDeque<Part>,
    /// Checkpoints up to this one are complete.
    complete: u64,
    flying: Option<(Token, Part)>,
    /// Uploads nobody waits for any more.
    forgotten: Vec<(Token, u64, u64)>,
    /// No upload begins before.
    pub rests_until: Time,
    /// Files that were closed.
    count: u64,
}

impl Files {
    /// Takes a row, which is derived.
    pub(super) fn push(&mut self, record: &Record, ctx: &mut Ctx<'_>) {
        let (me, bytes) = (ctx.me(), record.bytes(ctx.keys()));
        ctx.book(Account::Derived(me), Account::Held(me), 1, bytes);
        let from = self.open.bytes.len();
        record.append_to(&mut self.open.bytes);
        ctx.grew(self.open.bytes.len() - from);
        if self.open.bytes.last() != Some(&b'\n') {
            self.open.bytes.push(b'\n');
        }
        self.open.records += 1;
        self.open.booked += bytes;
    }

    /// A checkpoint begins: what is written belongs to it.
    pub(super) fn roll(&mut self, checkpoint: u64, now: Time) {
        if self.open.records == 0 {
            return;
        }
        let part = core::mem::take(&mut self.open);
        self.closed.push_back(Part { checkpoint, closed: now, number: self.count, ..part });
        self.count += 1;
    }

    /// A checkpoint is complete.
    pub(super) fn finish(&mut self, checkpoint: u64) {
        self.complete = self.complete.max(checkpoint);
    }

    /// Lets go of what is in no complete checkpoint; all of it without one.
    pub(super) fn reset(&mut self, ctx: &mut Ctx<'_>) {
        let complete = self.complete;
        let open = core::mem::take(&mut self.open);
        let lost = |it: &Part| it.checkpoint > complete;
        let parts = self.closed.iter().filter(|it| lost(it)).chain([&open]);
        let (records, bytes) =
            parts.fold((0, 0), |sum, it| (sum.0 + it.records, sum.1 + it.booked));
        ctx.drop_held(Reason::Superseded, records, bytes);
        self.closed.retain(|it| !lost(it));
    }

    /// Lets go of everything: the wire is gone.
    pub(super) fn clear(&mut self, ctx: &mut Ctx<'_>) {
        self.complete = 0;
        self.closed.iter_mut().for_each(|it| it.checkpoint = u64::MAX);
        self.reset(ctx);
        if let Some((token, part)) = self.flying.take() {
            self.forgotten.push((token, part.records, part.booked));
        }
    }

    /// Rows inside.
    pub(super) fn held(&self) -> u64 {
        self.open.records + self.closed.iter().map(|it| it.records).sum::<u64>()
    }

    pub(super) fn memory(&self) -> u64 {
        let flying = self.flying.iter().map(|(_, part)| part);
        let parts = self.closed.iter().chain(flying).chain([&self.open]);
        parts.map(|it| it.bytes.len() as u64).sum()
    }

    /// Uploads the next file, if there is one and its time has come.
    pub(super) fn upload(&mut self, edge: EdgeId, (prefix, name): (&str, &str), ctx: &mut Ctx<'_>) {
        let is_due = self.closed.front().is_some_and(|it| it.checkpoint <= self.complete);
        if self.flying.is_some() || !is_due || self.rests_until > ctx.now() {
            return;
        }
        let Some(part) = self.closed.pop_front() else { return };
        let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
        let length = part.bytes.len() as u64;
        let object = Object {
            key: format!("{prefix}{slash}part-{name}-0-{}", part.number).into(),
            bytes: part.bytes.as_slice().into(),
            stored_bytes: length,
            raw_bytes: length,
            booked_bytes: part.booked,
            records: part.records,
            sealed_at: part.closed,
            delivered_at: ctx.now(),
            reason: Seal::Time,
            purpose: Purpose::Records,
        };
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), part.records, part.booked);
        let token = ctx.send(edge, Request::PutObject(object));
        self.flying = Some((token, part));
    }

    /// The answer to an upload of its own: how many rows were stored; `None` for others.
    pub(super) fn answered(
        &mut self,
        (token, edge): (Token, EdgeId),
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) -> Option<Result<u64, ApiError>> {
        if let Some(at) = self.forgotten.iter().position(|it| it.0 == token) {
            let (_, records, bytes) = self.forgotten.swap_remove(at);
            if result.is_err_and(|error| error.reason != Reason::CallTimeout) {
                let lost = Account::Dropped(ctx.me(), Reason::Superseded);
                ctx.book(Account::Flight(edge), lost, records, bytes);
            }
            return Some(Ok(0));
        }
        let (_, part) = self.flying.take_if(|(it, _)| *it == token)?;
        Some(match result {
            Ok(()) => Ok(part.records),
            Err(error) => {
                // Without an answer the object may be stored: what is sent again are copies.
                let is_unknown = error.reason == Reason::CallTimeout;
                let me = ctx.me();
                let from = if is_unknown { Account::Copied(me) } else { Account::Flight(edge) };
                ctx.book(from, Account::Held(me), part.records, part.booked);
                self.closed.push_front(part);
                Err(error)
            }
        })
    }
}
