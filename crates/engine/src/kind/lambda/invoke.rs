//! Invocations by an application, which hands the function rows and hears which of them it took
//! (facts, analytics §1.3). There is no mapping then: whoever invokes tries again.
//!
//! What becomes of the rows is decided when they come, and told when the function is done.

use base::units::MIB;
use base::{Duration, EdgeId, Ratio};
use scenario::kind::Body;

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
        let reserved = config.reserves_concurrency.then_some(config.reserved_concurrency);
        let most = reserved.unwrap_or(config.account_concurrency);
        let harm = ctx.harm();
        if self.running + self.invoked >= most || harm.fails {
            let (reason, code) = match harm.fails {
                true => (Reason::FunctionError, ErrorCode::InternalFailure),
                false => (Reason::ConcurrencyLimit, ErrorCode::LimitExceeded),
            };
            ctx.count(metric::THROTTLES, u64::from(!harm.fails));
            let failed = all(batch, reason, code);
            let outcome = PutOutcome { failed, whole: true, ..PutOutcome::default() };
            return ctx.reply(token, Duration::ZERO, Response::Put(outcome));
        }
        self.invoked += 1;
        let busy = self.running + self.invoked;
        let cold = if busy > self.warm { config.cold_start_millis } else { 0 };
        self.warm = self.warm.max(busy);
        let millis = u64::from(config.batch_millis + cold) + harm.extra_millis;
        let rows = batch.records();
        let works =
            Duration::from_millis(millis) + Duration(u64::from(config.record_micros) * rows);
        let timeout = Duration::from_secs(config.timeout_secs.into());
        let failed = if works > timeout {
            all(batch, Reason::FunctionError, ErrorCode::InternalFailure)
        } else {
            self.judge_rows(batch, ctx)
        };
        let lasts = works.min(timeout);
        ctx.count(metric::INVOCATIONS, 1);
        ctx.peak(metric::CONCURRENT, busy.into());
        ctx.peak(metric::DURATION, lasts.millis());
        ctx.count(metric::ERRORS, u64::from(failed.len() as u64 == rows && rows > 0));
        self.tally.requests += 1;
        self.tally.mib_millis += lasts.0.div_ceil(1_000) * u64::from(self.config.memory_mib);
        self.book(edge, batch, &failed, ctx);
        ctx.after(lasts, INVOKED, 0);
        let outcome = PutOutcome { failed, lost: harm.lost, ..PutOutcome::default() };
        ctx.reply(token, lasts, Response::Put(outcome));
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
    fn book(&mut self, edge: EdgeId, batch: &Batch, failed: &[Failed], ctx: &mut Ctx<'_>) {
        let mut refused = failed.iter().map(|it| it.row).peekable();
        let (mut records, mut bytes) = (0, 0);
        for (row, record) in (0_u32..).zip(batch.rows()) {
            if refused.next_if_eq(&row).is_none() {
                records += 1;
                bytes += record.bytes(ctx.keys());
            }
        }
        let me = ctx.me();
        ctx.book(Account::Flight(edge), Account::Delivered(me), records, bytes);
        self.tally.processed += records;
        self.tally.user_records += records;
        show(edge, 0, batch, ctx);
        if !failed.is_empty() {
            ctx.explain(Cause {
                records: u32::try_from(failed.len()).unwrap_or(u32::MAX),
                ..Cause::new(ctx.now(), me, Reason::FunctionError)
            });
        }
    }
}

fn all(batch: &Batch, reason: Reason, code: ErrorCode) -> Vec<Failed> {
    let error = ApiError { reason, code, shard: 0 };
    (0..).zip(batch.rows()).map(|(row, _)| Failed { row, error }).collect()
}
