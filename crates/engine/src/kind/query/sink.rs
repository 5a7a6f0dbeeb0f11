//! An output of a query: records wait in order, one call is on its way at a time, and what was
//! refused goes out again, for ever (facts, analytics §1.1).
//!
//! Whoever owns one hands it its timer and the answers to its calls. Records are derived when they
//! come in and held until a call takes them. What a stored copy replaces is superseded.

use std::collections::VecDeque;
use std::rc::Rc;

use base::units::MIB;
use base::{Duration, EdgeId, Time, VecMap};
use scenario::kind::PutApi;
use scenario::ports::Flow;

use crate::batch::{self, Batch, Block, Record};
use crate::call::{ApiError, ExplicitHash, Failed, Put, PutOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};

/// Entries of one put call (botocore 1.44.5, for both services).
const CALL_RECORDS: usize = 500;
/// Bytes of one put call: what Firehose takes; a stream takes more.
const CALL_BYTES: u64 = 4 * MIB;
/// Payload of one invocation (facts, analytics §1.3).
const PAYLOAD_BYTES: u64 = 6 * MIB;
/// Identifier, retry hint and names around the data of one record in an invocation.
const PAYLOAD_AROUND: u64 = 130;
/// A function is invoked about once a second (facts, analytics §1.3).
const INVOKED_EVERY: Duration = Duration::SECOND;
/// A call that failed is made again this much later, doubled for each failure in a row.
const RETRY_MILLIS: u64 = 100;
/// No wait is longer.
const RETRY_MAX: Duration = Duration::SECOND;
/// How long an answer is waited for that never comes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Records that wait, beyond which nothing more should come.
const WAITING_MAX: usize = 10_000;
/// How long the oldest record may have been refused before nothing more should come.
const REFUSED_MAX: Duration = Duration::from_secs(5);

/// An output.
#[derive(Clone, Debug)]
pub(in crate::kind) struct Sink {
    /// The code of its timer.
    code: u32,
    to: Option<(EdgeId, Flow)>,
    waiting: VecDeque<Row>,
    flying: Option<Call>,
    /// Calls nobody waits for any more.
    forgotten: VecMap<Token, Call>,
    timer: Option<(Time, TimerId)>,
    /// No call begins before.
    rests_until: Time,
    /// Calls that failed in a row, and since when.
    failures: u32,
    failing_since: Time,
}

/// A record on its way out, with its place among all rows that came out.
#[derive(Clone, Debug)]
struct Row {
    record: Record,
    place: u64,
    /// Whether it may be stored already.
    copy: bool,
}

#[derive(Clone, Debug)]
struct Call {
    token: Token,
    edge: EdgeId,
    rows: Vec<Row>,
    sent: Time,
    /// What became of it when its answer got lost.
    lost: Option<Vec<Failed>>,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::kind) struct Answer {
    /// Records that were taken, and their bytes.
    pub records: u64,
    /// Data plus keys.
    pub bytes: u64,
    /// Records that were not.
    pub failed: u64,
    /// Why the first of them was not.
    pub error: Option<ApiError>,
    /// How long it took.
    pub millis: u64,
    /// What it wrote through.
    pub invoked: bool,
}

impl Sink {
    /// An output without a wire; `code` is that of its timer.
    pub(in crate::kind) fn new(code: u32) -> Self {
        Self {
            code,
            to: None,
            waiting: VecDeque::new(),
            flying: None,
            forgotten: VecMap::new(),
            timer: None,
            rests_until: Time::ZERO,
            failures: 0,
            failing_since: Time::ZERO,
        }
    }

    /// Takes a wire, or none. What waited for the old one goes through the new one.
    pub(in crate::kind) fn rewire(&mut self, to: Option<(EdgeId, Flow)>, ctx: &mut Ctx<'_>) {
        self.to = to;
        if to.is_none() {
            self.clear(Reason::NotConnected, ctx);
        }
        self.pump(ctx);
    }

    /// The wire it writes through.
    pub(in crate::kind) fn edge(&self) -> Option<EdgeId> {
        self.to.map(|(edge, _)| edge)
    }

    /// Takes a record that was made; only with a wire. `place` counts on.
    pub(in crate::kind) fn push(&mut self, record: Record, place: u64, ctx: &mut Ctx<'_>) {
        debug_assert!(self.to.is_some(), "nothing is made for an output without a wire");
        let (me, bytes) = (ctx.me(), record.bytes(ctx.keys()));
        ctx.book(Account::Derived(me), Account::Held(me), 1, bytes);
        self.waiting.push_back(Row { record, place, copy: false });
    }

    /// Takes a record that was stored before, and is made again.
    pub(in crate::kind) fn push_again(&mut self, record: Record, place: u64, ctx: &mut Ctx<'_>) {
        let (me, bytes) = (ctx.me(), record.bytes(ctx.keys()));
        ctx.book(Account::Copied(me), Account::Held(me), 1, bytes);
        self.waiting.push_back(Row { record, place, copy: true });
    }

    /// Lets go of everything; calls on their way are answered, but nobody waits for that.
    pub(in crate::kind) fn clear(&mut self, reason: Reason, ctx: &mut Ctx<'_>) {
        let records = self.waiting.len() as u64;
        let bytes = self.waiting.iter().map(|row| row.record.bytes(ctx.keys())).sum();
        ctx.drop_held(reason, records, bytes);
        self.waiting.clear();
        if let Some(call) = self.flying.take() {
            match &call.lost {
                Some(failed) => forget(&call, failed, ctx),
                None => {
                    self.forgotten.insert(call.token, call);
                }
            }
        }
        (self.timer, self.failures) = (None, 0);
    }

    /// Records that wait.
    pub(in crate::kind) fn held(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// Memory they take, about.
    pub(in crate::kind) fn memory(&self) -> u64 {
        let flying = self.flying.iter().flat_map(|call| &call.rows);
        let rows = self.waiting.iter().chain(flying);
        batch::memory(&mut rows.map(|row| &row.record))
    }

    /// The first row that is not known to be stored.
    pub(in crate::kind) fn pending(&self) -> Option<u64> {
        let flying = self.flying.iter().flat_map(|call| &call.rows);
        flying.chain(&self.waiting).map(|row| row.place).next()
    }

    /// Since when its calls have failed.
    pub(in crate::kind) fn failing_since(&self) -> Option<Time> {
        (self.failures > 0).then_some(self.failing_since)
    }

    /// Whether so much waits, or for so long, that nothing more should come.
    pub(in crate::kind) fn is_full(&self, now: Time) -> bool {
        let refused = self.failing_since().is_some_and(|since| since + REFUSED_MAX <= now);
        refused || self.waiting.len() >= WAITING_MAX
    }

    /// Its timer rang.
    pub(in crate::kind) fn rang(&mut self, id: TimerId, ctx: &mut Ctx<'_>) -> Option<Answer> {
        self.timer.take_if(|(_, timer)| *timer == id)?;
        let mut answer = None;
        if let Some(call) = self.flying.take_if(|call| call.lost.is_some()) {
            let failed = call.lost.clone().unwrap_or_default();
            answer = Some(self.send_again(call, &failed, ctx));
        }
        self.pump(ctx);
        answer
    }

    /// The answer to a call of its own; `None` for others.
    pub(in crate::kind) fn answered(
        &mut self,
        token: Token,
        outcome: &PutOutcome,
        ctx: &mut Ctx<'_>,
    ) -> Option<Answer> {
        if let Some(call) = self.forgotten.remove(&token) {
            forget(&call, &outcome.failed, ctx);
            return Some(Answer::default());
        }
        let mut call = self.flying.take_if(|call| call.token == token)?;
        if outcome.lost {
            let until = call.sent + ANSWER_TIMEOUT;
            call.lost = Some(outcome.failed.clone());
            self.flying = Some(call);
            self.wake_at(until.max(ctx.now()), ctx);
            return Some(Answer::default());
        }
        let answer = self.close(call, &outcome.failed, ctx);
        self.pump(ctx);
        Some(answer)
    }

    /// Makes the next call, if it may.
    pub(in crate::kind) fn pump(&mut self, ctx: &mut Ctx<'_>) {
        let Some((edge, flow)) = self.to else { return };
        if self.flying.is_some() || self.waiting.is_empty() {
            return;
        }
        if self.rests_until > ctx.now() {
            return self.wake_at(self.rests_until, ctx);
        }
        let rows = self.next(flow);
        let records: Vec<Record> = rows.iter().map(|row| row.record.clone()).collect();
        let bytes = records.iter().map(|record| record.bytes(ctx.keys())).sum();
        let batch = Batch::of(Rc::new(Block { records, before: 0 }), bytes);
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), batch.records(), bytes);
        let put = Put {
            api: PutApi::PutRecords,
            batch,
            explicit_hash: ExplicitHash::None,
            wants_shards: false,
            attempt: self.failures + 1,
            copies: rows.iter().any(|row| row.copy),
            attempts_max: 0,
        };
        let token = ctx.send(edge, Request::Put(put));
        let sent = ctx.now();
        if flow == Flow::Invoke {
            self.rests_until = sent + INVOKED_EVERY;
        }
        self.flying = Some(Call { token, edge, rows, sent, lost: None });
    }

    /// The rows of the next call.
    fn next(&mut self, flow: Flow) -> Vec<Row> {
        let (records_max, bytes_max) = match flow {
            Flow::Invoke => (usize::MAX, PAYLOAD_BYTES),
            _ => (CALL_RECORDS, CALL_BYTES),
        };
        let mut bytes = 0;
        let mut fits = |row: &Row| {
            let data = u64::from(row.record.data_bytes());
            bytes += match flow {
                Flow::Invoke => data.div_ceil(3) * 4 + PAYLOAD_AROUND,
                _ => data + 256,
            };
            bytes <= bytes_max
        };
        let count = self.waiting.iter().take(records_max).take_while(|row| fits(row)).count();
        self.waiting.drain(..count.max(1)).collect()
    }

    /// An answer in time: what failed goes to the head again.
    fn close(&mut self, call: Call, failed: &[Failed], ctx: &mut Ctx<'_>) -> Answer {
        let invoked = self.to.is_some_and(|(_, flow)| flow == Flow::Invoke);
        let millis = ctx.now().since(call.sent).millis();
        let mut answer = Answer { millis, invoked, ..Answer::default() };
        answer.error = failed.first().map(|it| it.error);
        let (edge, mut bytes, mut again) = (call.edge, 0, Vec::new());
        let mut rows_failed = failed.iter().map(|it| it.row).peekable();
        for (at, row) in (0_u32..).zip(call.rows) {
            let row_bytes = row.record.bytes(ctx.keys());
            if rows_failed.next_if_eq(&at).is_some() {
                bytes += row_bytes;
                again.push(row);
            } else {
                answer.records += 1;
                answer.bytes += row_bytes;
            }
        }
        answer.failed = again.len() as u64;
        ctx.book(Account::Flight(edge), Account::Held(ctx.me()), answer.failed, bytes);
        self.note(answer.failed > 0, ctx);
        again.into_iter().rev().for_each(|row| self.waiting.push_front(row));
        if self.to.is_none() {
            self.clear(Reason::NotConnected, ctx);
        }
        answer
    }

    /// No answer came: everything goes to the head again, also what was stored.
    fn send_again(&mut self, call: Call, failed: &[Failed], ctx: &mut Ctx<'_>) -> Answer {
        let copied: Vec<Row> = {
            let mut refused = failed.iter().map(|it| it.row).peekable();
            let rows = (0_u32..).zip(&call.rows);
            let stored = rows.filter(|(at, _)| refused.next_if_eq(at).is_none());
            stored.map(|(_, row)| row.clone()).collect()
        };
        let bytes = copied.iter().map(|row| row.record.bytes(ctx.keys())).sum();
        let rows: Vec<Row> =
            call.rows.iter().map(|row| Row { copy: true, ..row.clone() }).collect();
        let answer = self.close(call, failed, ctx);
        if self.to.is_none() {
            return answer;
        }
        let (me, records) = (ctx.me(), copied.len() as u64);
        ctx.book(Account::Copied(me), Account::Held(me), records, bytes);
        self.waiting.drain(..usize::try_from(answer.failed).unwrap_or(0));
        rows.into_iter().rev().for_each(|row| self.waiting.push_front(row));
        self.note(true, ctx);
        Answer { failed: answer.failed + records, ..answer }
    }

    /// How a call ended decides about the next one.
    fn note(&mut self, fails: bool, ctx: &Ctx<'_>) {
        if !fails {
            self.failures = 0;
            return;
        }
        if self.failures == 0 {
            self.failing_since = ctx.now();
        }
        let wait = Duration::from_millis(RETRY_MILLIS << self.failures.min(8)).min(RETRY_MAX);
        self.failures = self.failures.saturating_add(1);
        self.rests_until = self.rests_until.max(ctx.now() + wait);
    }

    fn wake_at(&mut self, at: Time, ctx: &mut Ctx<'_>) {
        if self.timer.is_none_or(|(due, _)| due > at) {
            self.timer = Some((at, ctx.after(at.since(ctx.now()), self.code, 0)));
        }
    }
}

/// Tells why an output does not take records, once a second: `told` is the second of the last time.
pub(in crate::kind) fn explain_refusal(
    to: Option<EdgeId>,
    (error, failed): (ApiError, u64),
    told: &mut Option<u64>,
    ctx: &mut Ctx<'_>,
) {
    let second = Some(ctx.now().secs());
    if core::mem::replace(told, second) == second {
        return;
    }
    let text = format!("{}: {}", error.code.name(), error.message(&ctx.peer_name(to)));
    ctx.explain(Cause {
        error: text.into(),
        records: u32::try_from(failed).unwrap_or(u32::MAX),
        ..Cause::new(ctx.now(), ctx.me(), Reason::OutputRefused)
    });
}

/// Books the end of a call nobody waits for any more.
fn forget(call: &Call, failed: &[Failed], ctx: &mut Ctx<'_>) {
    let rows = failed.iter().filter_map(|it| call.rows.get(it.row as usize));
    let bytes = rows.map(|row| row.record.bytes(ctx.keys())).sum();
    let lost = Account::Dropped(ctx.me(), Reason::Superseded);
    ctx.book(Account::Flight(call.edge), lost, failed.len() as u64, bytes);
}
