//! What a Firehose stream handed on: copies that wait, and those that are in the query, until every
//! output has stored what came of them. An application that starts again reads these again, as it
//! would read a stream (facts, analytics §1.1).

use std::collections::VecDeque;

use base::{Duration, Time};

use super::source::Incoming;
use crate::batch::{self, Record};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kind::query::Place;
use crate::kind::reader::explain_loss;

/// A Firehose stream has no shards; its records are counted as those of this one.
pub(super) const TAP: u32 = 0;
/// How long Firehose keeps what is put into it (facts, firehose §1).
const RETENTION: Duration = Duration::from_secs(86_400);
/// Records that are kept to be read again; older ones are done with.
const KEPT_MAX: usize = 100_000;

/// Copies, with the time of their coming.
#[derive(Clone, Debug, Default)]
pub(super) struct Tapped {
    /// Those that wait; they are held.
    waiting: VecDeque<(Record, Time)>,
    /// Those that were read, just before them.
    kept: VecDeque<(Record, Time)>,
    /// How many lie before the first one that waits.
    next: u64,
}

impl Tapped {
    /// How many wait.
    pub(super) fn held(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// Memory they take, about.
    pub(super) fn memory(&self) -> u64 {
        let rows = self.waiting.iter().chain(&self.kept);
        batch::memory(&mut rows.map(|(record, _)| record))
    }

    /// When the oldest of those that wait came.
    pub(super) fn oldest(&self) -> Option<Time> {
        self.waiting.front().map(|(_, at)| *at)
    }

    /// How many lie before the first one that waits.
    pub(super) fn position(&self) -> u64 {
        self.next
    }

    /// Takes records that are held; what is too old is lost.
    pub(super) fn take(&mut self, records: impl Iterator<Item = Record>, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.waiting.extend(records.map(|record| (record.arrived(now), now)));
        let (mut lost, mut bytes) = (0, 0);
        while let Some((record, _)) = self.waiting.pop_front_if(|it| it.1 + RETENTION <= now) {
            (lost, bytes) = (lost + 1, bytes + record.bytes(ctx.keys()));
        }
        if lost > 0 {
            self.next += lost;
            self.kept.clear();
            ctx.drop_held(Reason::RetentionLost, lost, bytes);
            explain_loss(TAP, lost, ctx);
        }
    }

    /// All that waits, to be read.
    pub(super) fn drain(&mut self) -> Vec<Incoming> {
        let incoming = (self.next..).zip(&self.waiting).map(|(before, (record, _))| {
            let place = Place { shard: TAP, created_secs: 0, before };
            Incoming { record: record.clone(), place }
        });
        let incoming: Vec<Incoming> = incoming.collect();
        self.next += incoming.len() as u64;
        self.kept.append(&mut self.waiting);
        let surplus = self.kept.len().saturating_sub(KEPT_MAX);
        self.kept.drain(..surplus);
        incoming
    }

    /// What lies before this place is not read again.
    pub(super) fn forget(&mut self, before: u64) {
        let first = self.next - self.kept.len() as u64;
        let done = before.saturating_sub(first).min(self.kept.len() as u64);
        self.kept.drain(..usize::try_from(done).unwrap_or(0));
    }

    /// Goes back to what is not forgotten: copies of it wait again.
    pub(super) fn rewind(&mut self, ctx: &mut Ctx<'_>) {
        let (me, records) = (ctx.me(), self.kept.len() as u64);
        let bytes = self.kept.iter().map(|(record, _)| record.bytes(ctx.keys())).sum();
        ctx.book(Account::Copied(me), Account::Held(me), records, bytes);
        self.next -= records;
        self.kept.append(&mut self.waiting);
        core::mem::swap(&mut self.kept, &mut self.waiting);
    }

    /// Lets go of everything.
    pub(super) fn clear(&mut self, ctx: &mut Ctx<'_>) {
        let bytes = self.waiting.iter().map(|(record, _)| record.bytes(ctx.keys())).sum();
        ctx.drop_held(Reason::Superseded, self.held(), bytes);
        self.next += self.held();
        self.waiting.clear();
        self.kept.clear();
    }
}
