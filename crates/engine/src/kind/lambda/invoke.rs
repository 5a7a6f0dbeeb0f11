//! Invocations by an application, which hands the function rows and hears which of them it took
//! (facts, analytics §1.3). There is no mapping then: whoever invokes tries again.
//!
//! Rows stay on their way until the function is done, with its writes as well.

use base::units::MIB;
use base::{Duration, EdgeId, Ratio, Time};
use scenario::kind::Body;

use super::line::Row;
use super::output::By;
use super::{INVOKED, Lambda, enrich, metric};
use crate::batch::{Batch, Record};
use crate::call::{ApiError, ErrorCode, Failed, PutOutcome, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::kind::reader::show;

/// Payload of one invocation.
const PAYLOAD_MAX: u64 = 6 * MIB;

/// Rows in the hands of the function.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    /// Its number, which its timers have.
    pub id: u64,
    token: Token,
    edge: EdgeId,
    batch: Batch,
    began: Time,
    /// It works longer than it may, or its answer gets lost.
    times_out: bool,
    lost: bool,
    /// Rows that it does not take.
    failed: Vec<Failed>,
    /// Its calls without an answer.
    pub calls: u32,
    /// What it took has become records of its own.
    folds: bool,
}

impl Lambda {
    /// Invokes the function with rows.
    #[inline(never)]
    pub(super) fn invoke_with(
        &mut self,
        (token, edge): (Token, EdgeId),
        batch: &Batch,
        ctx: &mut Ctx<'_>,
    ) {
        let config = &self.config;
        let harm = ctx.harm();
        let is_throttled = self.busy() >= self.concurrency_max();
        if is_throttled || harm.fails {
            let (reason, code) = match harm.fails {
                true => (Reason::FunctionError, ErrorCode::InternalFailure),
                false => (Reason::ConcurrencyLimit, ErrorCode::LimitExceeded),
            };
            ctx.count(metric::THROTTLES, u64::from(!harm.fails));
            let failed = all(batch, reason, code);
            let outcome = PutOutcome { failed, whole: true, ..PutOutcome::default() };
            return ctx.reply(token, Duration::ZERO, Response::Put(outcome));
        }
        let busy = self.busy() + 1;
        let cold = if busy > self.warm { config.cold_start_millis } else { 0 };
        let millis = u64::from(config.batch_millis + cold) + harm.extra_millis;
        let works = Duration::from_millis(millis)
            + Duration(u64::from(config.record_micros) * batch.records());
        let timeout = Duration::from_secs(config.timeout_secs.into());
        self.warm = self.warm.max(busy);
        ctx.count(metric::INVOCATIONS, 1);
        ctx.peak(metric::CONCURRENT, busy.into());
        show(edge, 0, batch, ctx);
        self.invocations += 1;
        let id = self.invocations;
        self.invoked.push(Invocation {
            id,
            token,
            edge,
            batch: batch.clone(),
            began: ctx.now(),
            times_out: works > timeout,
            lost: harm.lost,
            failed: Vec::new(),
            calls: 0,
            folds: false,
        });
        ctx.after(works.min(timeout), INVOKED, id);
    }

    /// The timer of an invocation rang: its work is done, or its time is up.
    pub(super) fn invocation_due(&mut self, id: u64, ctx: &mut Ctx<'_>) {
        let Some(at) = self.invoked.iter().position(|it| it.id == id) else { return };
        let it = &self.invoked[at];
        if it.times_out || it.calls > 0 {
            return self.fail_invocation(id, ctx);
        }
        let batch = it.batch.clone();
        let failed = self.judge_rows(&batch, ctx);
        let calls = self.write_rows(id, &batch, &failed, ctx);
        let timeout = Duration::from_secs(self.config.timeout_secs.into());
        let it = &mut self.invoked[at];
        (it.failed, it.calls) = (failed, calls);
        if calls == 0 {
            return self.end_invocation(id, ctx);
        }
        it.folds = self.select.is_some();
        let left = (it.began + timeout).since(ctx.now());
        ctx.after(left, INVOKED, id);
    }

    /// Writes what the function made of the rows it takes; how many calls that takes.
    fn write_rows(&mut self, id: u64, batch: &Batch, failed: &[Failed], ctx: &mut Ctx<'_>) -> u32 {
        if self.out.is_none() {
            return 0;
        }
        let mut refused = failed.iter().map(|it| it.row).peekable();
        let taken =
            (0_u32..).zip(batch.rows()).filter(|(row, _)| refused.next_if_eq(row).is_none());
        let rows: Vec<Row> = taken
            .map(|(_, record)| Row {
                record: record.clone(),
                seq: record.id.0 + 1,
                booked: record.bytes(ctx.keys()),
                users: Vec::new(),
            })
            .collect();
        let records = match &self.select {
            Some(select) => {
                let made = enrich::make(select, &self.config.expression, &rows, ctx).records;
                made.into_iter().map(|(row, record)| (rows[row as usize].seq, record)).collect()
            }
            None => rows.into_iter().map(|row| (row.seq, row.record)).collect(),
        };
        self.write(By::Application(id), records, ctx)
    }

    /// A call of an invocation was answered; the last one ends it. If it failed, the function has.
    pub(super) fn written(&mut self, id: u64, has_failed: bool, ctx: &mut Ctx<'_>) {
        let Some(it) = self.invoked.iter_mut().find(|it| it.id == id) else { return };
        it.calls -= 1;
        if has_failed {
            return self.fail_invocation(id, ctx);
        }
        if it.calls == 0 {
            self.end_invocation(id, ctx);
        }
    }

    /// The function fails as a whole: it takes no row.
    fn fail_invocation(&mut self, id: u64, ctx: &mut Ctx<'_>) {
        if let Some(it) = self.invoked.iter_mut().find(|it| it.id == id) {
            it.failed = all(&it.batch, Reason::FunctionError, ErrorCode::InternalFailure);
        }
        self.end_invocation(id, ctx);
    }

    /// An invocation ends with its answer.
    fn end_invocation(&mut self, id: u64, ctx: &mut Ctx<'_>) {
        let Some(at) = self.invoked.iter().position(|it| it.id == id) else { return };
        let it = self.invoked.remove(at);
        let (lasted, rows) = (ctx.now().since(it.began), it.batch.records());
        ctx.peak(metric::DURATION, lasted.millis());
        ctx.count(metric::ERRORS, u64::from(it.failed.len() as u64 == rows && rows > 0));
        self.tally.requests += 1;
        self.tally.mib_millis += lasted.0.div_ceil(1_000) * u64::from(self.config.memory_mib);
        // Who is gone has taken its rows along.
        if ctx.is_awaited(it.token) {
            self.book(&it, ctx);
        }
        let outcome = PutOutcome { failed: it.failed, lost: it.lost, ..PutOutcome::default() };
        ctx.reply(it.token, Duration::ZERO, Response::Put(outcome));
    }

    /// The rows the function does not take: `DeliveryFailed`.
    fn judge_rows(&self, batch: &Batch, ctx: &mut Ctx<'_>) -> Vec<Failed> {
        let error = |row| Failed {
            row,
            error: ApiError {
                reason: Reason::FunctionError,
                code: ErrorCode::InternalFailure,
                shard: 0,
            },
        };
        let every = || all(batch, Reason::FunctionError, ErrorCode::InternalFailure);
        let payload: u64 =
            batch.rows().map(|row| u64::from(row.data_bytes()).div_ceil(3) * 4).sum();
        if payload > PAYLOAD_MAX {
            return every();
        }
        let bad = |record: &Record, ctx: &Ctx<'_>| match self.config.body {
            Body::Ok | Body::Fail => false,
            Body::Poison | Body::Misreport => self.is_poisonous(record, ctx),
            Body::Enrich => {
                self.select.as_ref().is_some_and(|select| enrich::cannot(select, record, ctx))
            }
        };
        if self.config.body == Body::Fail {
            let fails = ctx.rng().chance(Ratio::percent(self.config.fail_percent));
            return if fails { every() } else { Vec::new() };
        }
        let mut failed = Vec::new();
        for (row, record) in (0..).zip(batch.rows()) {
            if bad(record, ctx) {
                failed.push(error(row));
            }
        }
        // A function that does not say which rows it could not take fails as a whole.
        let tells = self.config.report_item_failures && self.config.body != Body::Misreport;
        if failed.is_empty() || tells { failed } else { every() }
    }

    /// Rows that were taken are at the end of their way.
    fn book(&mut self, it: &Invocation, ctx: &mut Ctx<'_>) {
        let mut refused = it.failed.iter().map(|it| it.row).peekable();
        let (mut records, mut bytes) = (0, 0);
        for (row, record) in (0_u32..).zip(it.batch.rows()) {
            if refused.next_if_eq(&row).is_none() {
                records += 1;
                bytes += record.bytes(ctx.keys());
            }
        }
        let me = ctx.me();
        let end = if it.folds { Account::Folded(me) } else { Account::Delivered(me) };
        ctx.book(Account::Flight(it.edge), end, records, bytes);
        self.tally.processed += records;
        self.tally.user_records += records;
        if !it.failed.is_empty() {
            ctx.explain(Cause {
                records: u32::try_from(it.failed.len()).unwrap_or(u32::MAX),
                ..Cause::new(ctx.now(), me, Reason::FunctionError)
            });
        }
    }
}

fn all(batch: &Batch, reason: Reason, code: ErrorCode) -> Vec<Failed> {
    let error = ApiError { reason, code, shard: 0 };
    (0..).zip(batch.rows()).map(|(row, _)| Failed { row, error }).collect()
}
