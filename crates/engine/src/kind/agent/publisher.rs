//! Buffers of records on their way out: filled, queued, sent, sent again
//! (amazon-kinesis-agent 2026-07, `PublishingQueue`, `AsyncPublisher`, `Checkpointer`).

use std::collections::VecDeque;
use std::rc::Rc;

use base::{Duration, EdgeId, Time};
use scenario::kind::{AgentConfig, PutApi};

use super::throttle::Throttle;
use super::{metric, millis};
use crate::batch::{self, Batch, Block, Record};
use crate::call::{ErrorCode, ExplicitHash, Failed, Put, PutOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;

/// Buffers that wait (`publishQueueCapacity`); the file is read no further then.
const QUEUE_MAX: usize = 100;
/// Calls on the way at once: 12 for each of two cores.
const CALLS_MAX: usize = 24;

/// A record, and the line it begins with.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) row: Record,
    pub(super) line: u64,
    /// Data plus key.
    pub(super) bytes: u64,
}

/// Records of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    /// Its place among all buffers since the start.
    id: u64,
    items: Vec<Item>,
    bytes: u64,
    /// When its first record came.
    began: Time,
    /// The line behind its last record.
    upto: u64,
    attempts: u32,
    /// Whether it may be stored already.
    copies: bool,
}

#[derive(Clone, Debug)]
struct Call {
    buffer: Buffer,
    edge: EdgeId,
    sent: Time,
    deadline: Time,
    /// None when no connection came about.
    token: Option<Token>,
    lost: bool,
    outcome: Option<Vec<Failed>>,
    /// The agent no longer waits: why what failed is not held again.
    abandoned: Option<Reason>,
}

/// The sending half of the agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Publisher {
    pub(super) edge: Option<EdgeId>,
    open: Buffer,
    next_id: u64,
    ready: VecDeque<Buffer>,
    again: VecDeque<Buffer>,
    flying: Vec<Call>,
    throttle: Throttle,
    /// The next call waits until then.
    backoff: Option<Time>,
    /// The id of the newest buffer whose end was noted, and the line there: what a restart finds.
    committed: Option<u64>,
    pub(super) checkpoint: Option<u64>,
    pub(super) held: u64,
    pub(super) tally: Tally,
    explained: Vec<(Reason, u64)>,
}

/// Records since the beginning: read = sent + waiting + discarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) sent: u64,
    /// Thrown away because a restart or time-out reads or sends them once more, or never.
    pub(super) discarded: u64,
    pub(super) copied: u64,
    /// Lines that were never sent.
    pub(super) unread: u64,
    /// Entries that had another form.
    pub(super) skipped: u64,
}

impl Publisher {
    /// Whether the queue takes no more.
    pub(super) fn is_full(&self) -> bool {
        self.ready.len() >= QUEUE_MAX
    }

    /// Takes a record that is held in the books already.
    pub(super) fn push(&mut self, item: Item, upto: u64, config: &AgentConfig, now: Time) {
        self.held += 1;
        self.tally.read += 1;
        let full = self.open.bytes + item.bytes > u64::from(config.buffer_bytes_max);
        if full && !self.open.items.is_empty() {
            self.flush();
        }
        if self.open.items.is_empty() {
            self.open.began = now;
        }
        self.open.bytes += item.bytes;
        self.open.upto = upto;
        self.open.items.push(item);
        if self.open.items.len() >= config.buffer_records_max as usize {
            self.flush();
        }
    }

    /// Does what is due.
    pub(super) fn advance(&mut self, config: &AgentConfig, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.time_out(config, ctx);
        let old = self.open.began + millis(config.buffer_age_millis_max) <= now;
        if old && !self.open.items.is_empty() {
            self.flush();
        }
        while self.flying.iter().filter(|call| call.abandoned.is_none()).count() < CALLS_MAX {
            if self.again.is_empty() && self.ready.is_empty() {
                break;
            }
            match self.backoff {
                Some(until) if until > now => break,
                Some(_) => self.backoff = None,
                None => {
                    let wait = self.throttle.wait(ctx.rng());
                    if wait > Duration::ZERO {
                        self.backoff = Some(now + wait);
                        break;
                    }
                }
            }
            let next = self.again.pop_front().or_else(|| self.ready.pop_front());
            match (next, self.edge) {
                (Some(buffer), Some(edge)) => self.send(buffer, edge, config, ctx),
                (Some(buffer), None) => self.discard(buffer, Reason::NotConnected, ctx),
                (None, _) => {}
            }
        }
    }

    /// When there is something to do.
    pub(super) fn due(&self, config: &AgentConfig) -> Option<Time> {
        let age = (!self.open.items.is_empty())
            .then(|| self.open.began + millis(config.buffer_age_millis_max));
        let waiting = !(self.again.is_empty() && self.ready.is_empty());
        let calls = self.flying.iter().filter(|call| call.abandoned.is_none());
        let deadline = calls.map(|call| call.deadline).min();
        [age, self.backoff.filter(|_| waiting), deadline].into_iter().flatten().min()
    }

    /// The agent dies: what it had in memory is gone. Lines behind the checkpoint that are not
    /// `gone` from the file will be read again.
    pub(super) fn die(&mut self, again: impl Fn(u64) -> bool, ctx: &mut Ctx<'_>) {
        let reason = |line| if again(line) { Reason::Superseded } else { Reason::LineUnread };
        let open = core::mem::take(&mut self.open);
        let waiting = core::mem::take(&mut self.ready).into_iter();
        for buffer in waiting.chain(core::mem::take(&mut self.again)).chain([open]) {
            for item in buffer.items {
                self.held -= 1;
                self.let_go(&item, reason(item.line), ctx);
            }
        }
        for mut call in core::mem::take(&mut self.flying) {
            let first = call.buffer.items.first().map_or(0, |item| item.line);
            call.abandoned.get_or_insert(reason(first));
            match call.outcome.take() {
                Some(failed) => self.forget(call, &failed, ctx),
                None if call.token.is_none() => {
                    let all = all_failed(&call.buffer);
                    self.forget(call, &all, ctx);
                }
                None => self.flying.push(call),
            }
        }
        self.next_id = 0;
        self.committed = None;
        self.throttle = Throttle::default();
        self.backoff = None;
    }

    /// The answer to a call.
    pub(super) fn on_answer(&mut self, token: Token, outcome: PutOutcome, ctx: &mut Ctx<'_>) {
        let Some(at) = self.flying.iter().position(|call| call.token == Some(token)) else {
            return;
        };
        if self.flying[at].abandoned.is_some() {
            let call = self.flying.swap_remove(at);
            self.forget(call, &outcome.failed, ctx);
        } else if self.flying[at].lost || outcome.lost {
            self.flying[at].outcome = Some(outcome.failed);
        } else {
            let call = self.flying.swap_remove(at);
            self.close(call, &outcome.failed, ctx);
        }
    }

    /// Records that wait for a call, and records on their way.
    pub(super) fn waiting(&self) -> u64 {
        self.held + self.in_flight()
    }

    /// Memory the records take.
    pub(super) fn memory(&self) -> u64 {
        let flying = self.flying.iter().map(|call| &call.buffer);
        let buffers = self.ready.iter().chain(&self.again).chain([&self.open]).chain(flying);
        batch::memory(&mut buffers.flat_map(|buffer| &buffer.items).map(|item| &item.row))
    }

    fn in_flight(&self) -> u64 {
        self.flying.iter().map(|call| call.buffer.items.len() as u64).sum()
    }

    /// What is wrong inside, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let buffers = self.ready.iter().chain(&self.again).chain([&self.open]);
        let held: u64 = buffers.map(|buffer| buffer.items.len() as u64).sum();
        let Tally { read, sent, discarded, .. } = self.tally;
        if held != self.held || read != sent + discarded + held + self.in_flight() {
            return Err(format!("records do not add up: {:?}, {held} held", self.tally));
        }
        Ok(())
    }

    fn flush(&mut self) {
        let mut buffer = core::mem::take(&mut self.open);
        buffer.id = self.next_id;
        self.next_id += 1;
        self.ready.push_back(buffer);
    }

    fn send(&mut self, mut buffer: Buffer, edge: EdgeId, config: &AgentConfig, ctx: &mut Ctx<'_>) {
        let count = buffer.items.len() as u64;
        self.held -= count;
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), count, buffer.bytes);
        ctx.count(metric::ATTEMPTS, count);
        buffer.attempts += 1;
        let records: Vec<Record> = buffer.items.iter().map(|item| item.row.clone()).collect();
        let put = Put {
            api: PutApi::PutRecords,
            batch: Batch::of(Rc::new(Block { records, before: 0 }), buffer.bytes),
            explicit_hash: ExplicitHash::None,
            wants_shards: false,
            attempt: buffer.attempts,
            copies: buffer.copies,
            attempts_max: 0,
        };
        let (harm, sent) = (ctx.harm(), ctx.now());
        let token = (!harm.fails && !harm.unsent).then(|| ctx.send(edge, Request::Put(put)));
        self.flying.push(Call {
            buffer,
            edge,
            sent,
            deadline: sent + millis(config.socket_timeout_millis),
            token,
            lost: harm.lost,
            outcome: None,
            abandoned: None,
        });
    }

    /// An answer in time: what failed is sent again, all else is done.
    fn close(&mut self, call: Call, failed: &[Failed], ctx: &mut Ctx<'_>) {
        let Call { mut buffer, edge, .. } = call;
        let all = buffer.items.len() as u64;
        let mut rows = failed.iter().map(|failed| failed.row).peekable();
        let (mut left, mut bytes_sent) = (Vec::new(), 0);
        for (row, item) in (0_u32..).zip(core::mem::take(&mut buffer.items)) {
            if rows.next_if_eq(&row).is_some() {
                left.push(item);
            } else {
                bytes_sent += u64::from(item.row.data_bytes());
            }
        }
        let count = left.len() as u64;
        self.tally.sent += all - count;
        ctx.count(metric::BYTES, bytes_sent);
        ctx.count(metric::ERRORS, count);
        if left.is_empty() {
            self.throttle.succeeded();
            self.backoff = None;
            self.commit(&buffer);
            return;
        }
        let throttled = |it: &Failed| it.error.code == ErrorCode::ProvisionedThroughputExceeded;
        if count == all && !failed.iter().any(throttled) {
            ctx.count(metric::SERVICE_ERRORS, 1);
        }
        self.throttle.failed(count, all);
        let bytes = left.iter().map(|item| item.bytes).sum();
        ctx.book(Account::Flight(edge), Account::Held(ctx.me()), count, bytes);
        self.held += count;
        self.again.push_back(Buffer { items: left, bytes, ..buffer });
    }

    /// Notes how far the file was sent, unless a later buffer was there first: what an earlier one
    /// still holds would be passed over by a restart (`Checkpointer`).
    fn commit(&mut self, buffer: &Buffer) {
        if self.committed.is_none_or(|id| buffer.id > id) {
            self.committed = Some(buffer.id);
            self.checkpoint = Some(buffer.upto);
        }
    }

    /// Gives up the calls whose time is over: all of a buffer is sent again.
    fn time_out(&mut self, config: &AgentConfig, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let late = |call: &Call| call.abandoned.is_none() && call.deadline <= now;
        while let Some(at) = self.flying.iter().position(late) {
            let mut call = self.flying.remove(at);
            let count = call.buffer.items.len() as u64;
            ctx.count(metric::SERVICE_ERRORS, 1);
            self.throttle.failed(1, 1);
            let records = u32::try_from(count).unwrap_or(u32::MAX);
            let (limit, used) =
                (u64::from(config.socket_timeout_millis) * 1_000, now.since(call.sent).0);
            let cause = Cause::new(now, ctx.me(), Reason::CallTimeout);
            let entries = (records, records);
            self.explain(Cause { limit, used, entries, records, ..cause }, ctx);
            let me = ctx.me();
            if call.token.is_none() {
                ctx.book(Account::Flight(call.edge), Account::Held(me), count, call.buffer.bytes);
                self.held += count;
                self.again.push_back(call.buffer);
                continue;
            }
            ctx.book(Account::Copied(me), Account::Held(me), count, call.buffer.bytes);
            self.held += count;
            self.tally.copied += count;
            self.tally.read += count;
            self.again.push_back(Buffer { copies: true, ..call.buffer.clone() });
            call.abandoned = Some(Reason::Superseded);
            match call.outcome.take() {
                Some(failed) => self.forget(call, &failed, ctx),
                None => self.flying.push(call),
            }
        }
    }

    /// What the service did with a call nobody waits for.
    fn forget(&mut self, call: Call, failed: &[Failed], ctx: &mut Ctx<'_>) {
        let reason = call.abandoned.unwrap_or(Reason::Superseded);
        let mut rows = failed.iter().map(|failed| failed.row).peekable();
        for (row, item) in (0_u32..).zip(call.buffer.items) {
            if rows.next_if_eq(&row).is_some() {
                ctx.book(Account::Flight(call.edge), Account::Held(ctx.me()), 1, item.bytes);
                self.let_go(&item, reason, ctx);
            } else {
                self.tally.sent += 1;
            }
        }
    }

    fn discard(&mut self, buffer: Buffer, reason: Reason, ctx: &mut Ctx<'_>) {
        for item in buffer.items {
            self.held -= 1;
            self.let_go(&item, reason, ctx);
        }
    }

    /// A held record is gone from the books.
    fn let_go(&mut self, item: &Item, reason: Reason, ctx: &mut Ctx<'_>) {
        ctx.drop_held(reason, 1, item.bytes);
        self.tally.discarded += 1;
        if reason != Reason::Superseded {
            self.tally.unread += u64::from(reason == Reason::LineUnread);
            let cause = Cause::new(ctx.now(), ctx.me(), reason);
            self.explain(Cause { records: 1, ..cause }, ctx);
        }
    }

    /// Explains the first cause of each reason and second.
    pub(super) fn explain(&mut self, cause: Cause, ctx: &mut Ctx<'_>) {
        let second = ctx.now().secs();
        match self.explained.iter_mut().find(|(reason, _)| *reason == cause.reason) {
            Some((_, last)) if *last == second => return,
            Some((_, last)) => *last = second,
            None => self.explained.push((cause.reason, second)),
        }
        if cause.reason != Reason::CallTimeout {
            ctx.mark(crate::snapshot::MarkKind::Loss);
        }
        ctx.explain(cause);
    }
}

fn all_failed(buffer: &Buffer) -> Vec<Failed> {
    let error = crate::call::ApiError {
        reason: Reason::InternalFailure,
        code: ErrorCode::InternalFailure,
        shard: 0,
    };
    (0_u32..).zip(&buffer.items).map(|(row, _)| Failed { row, error }).collect()
}
