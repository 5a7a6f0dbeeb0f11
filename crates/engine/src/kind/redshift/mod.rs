//! Redshift cluster: a table that `COPY` commands load.
//!
//! One `COPY` runs at a time, the others wait (facts, firehose §6, Redshift). It is a transaction:
//! with too many load errors nothing is loaded. What it loads are copies: the bucket keeps its
//! files.

mod cell;
mod load;
#[cfg(test)]
mod tests;
mod view;

use std::collections::VecDeque;

use base::{Duration, Ring, Time};
use scenario::DataSets;
use scenario::kind::RedshiftConfig;

use self::load::{Load, LoadError, Row};
use super::Component;
use crate::call::{ApiError, ErrorCode, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::faults::Harm;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::object::Object;
use crate::snapshot::{EdgeView, MarkKind, NodeView, Sheet};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const WRITE_THROUGHPUT: u8 = 0;
    pub(super) const QUERY_DURATION: u8 = 1;
    pub(super) const QUERIES_COMPLETED: u8 = 2;
    pub(super) const LOAD_ERRORS: u8 = 3;
}

/// How long a client waits for an answer that never comes; AWS names no figure.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// What Amazon's JDBC driver says.
const NO_CONNECTION: &str =
    "[Amazon](500150) Error setting/closing connection: Connection refused.";

/// State of a cluster.
#[derive(Clone, Debug)]
pub struct Redshift {
    config: RedshiftConfig,
    /// Commands that wait for the running one, oldest first.
    waiting: VecDeque<(Token, Vec<Object>)>,
    running: Option<Running>,
    rows: u64,
    load_errors: u64,
    copies: u64,
    copies_failed: u64,
    newest_rows: Ring<Row>,
    /// `STL_LOAD_ERRORS`, the newest of it.
    newest_errors: Ring<LoadError>,
}

#[derive(Clone, Debug)]
struct Running {
    token: Token,
    objects: Vec<Object>,
    since: Time,
    harm: Harm,
}

impl Component for Redshift {
    type Config = RedshiftConfig;

    fn new(config: &RedshiftConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        let Load { newest_rows, newest_errors, .. } = Load::new(config.max_error);
        Self {
            config: config.clone(),
            waiting: VecDeque::new(),
            running: None,
            rows: 0,
            load_errors: 0,
            copies: 0,
            copies_failed: 0,
            newest_rows,
            newest_errors,
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { .. } => self.end(ctx),
            Event::Request { token, request: Request::Copy(objects), .. } => {
                self.waiting.push_back((token, objects));
            }
            Event::Request { .. } | Event::Response { .. } | Event::Rewired => {}
        }
        self.begin(ctx);
    }

    fn reconfigure(&mut self, config: &RedshiftConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {
        self.config = config.clone();
    }

    /// Rows are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    /// Files that wait: the bucket may have let them go.
    fn memory(&self) -> u64 {
        let waiting = self.waiting.iter().map(|(_, objects)| objects);
        let all = waiting.chain(self.running.iter().map(|it| &it.objects)).flatten();
        all.map(|object| object.bytes.len() as u64).sum()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn sheet(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        Some(self.table(count as usize))
    }

    fn errors(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        Some(self.load_errors(count as usize))
    }

    fn relation(&self) -> Option<sql::batch::Table> {
        Some(self.relation_of_rows())
    }
}

impl Redshift {
    /// The next command, when none is running.
    fn begin(&mut self, ctx: &mut Ctx<'_>) {
        if self.running.is_some() {
            return;
        }
        let Some((token, objects)) = self.waiting.pop_front() else { return };
        let harm = ctx.harm();
        let stored: u64 = objects.iter().map(|object| object.stored_bytes).sum();
        let of_size =
            stored.saturating_mul(u64::from(self.config.copy_millis_per_mib) * 1_000) >> 20;
        let millis = u64::from(self.config.copy_base_millis) + harm.extra_millis;
        self.running = Some(Running { token, objects, since: ctx.now(), harm });
        ctx.after(Duration::from_millis(millis) + Duration(of_size), 0, 0);
    }

    /// The running command comes to its end.
    fn end(&mut self, ctx: &mut Ctx<'_>) {
        let Some(Running { token, objects, since, harm }) = self.running.take() else { return };
        let mut result = if harm.fails {
            self.refuse(Reason::TargetReject, ErrorCode::ServiceUnavailable, NO_CONNECTION, ctx)
        } else {
            self.load(&objects, ctx)
        };
        match result {
            Ok(()) => self.copies += 1,
            Err(_) => self.copies_failed += 1,
        }
        ctx.count(metric::QUERIES_COMPLETED, 1);
        ctx.peak(metric::QUERY_DURATION, ctx.now().since(since).millis());
        let mut delay = Duration::ZERO;
        if harm.lost && result.is_ok() {
            let (reason, code) = (Reason::CallTimeout, ErrorCode::InternalFailure);
            (delay, result) = (ANSWER_TIMEOUT, Err(ApiError { reason, code, shard: 0 }));
        }
        ctx.reply(token, delay, Response::Copy(result));
    }

    fn load(&mut self, objects: &[Object], ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        let mut load = Load::new(self.config.max_error);
        let are_readable = objects.iter().all(|object| load.read(object, &self.config));
        let has_failed = load.has_failed();
        let Load { rows, errors, newest_rows, newest_errors, .. } = load;
        self.load_errors += errors.0;
        ctx.count(metric::LOAD_ERRORS, errors.0);
        for error in newest_errors.iter() {
            self.newest_errors.push(error.clone());
        }
        if !are_readable || has_failed {
            let text = format!(
                "[Amazon](500310) Invalid operation: Load into table '{}' failed.  Check \
                 'stl_load_errors' system table for details.",
                self.config.table
            );
            return self.refuse(Reason::LoadFailed, ErrorCode::InternalFailure, &text, ctx);
        }
        let me = ctx.me();
        self.rows += rows.0;
        ctx.count(metric::WRITE_THROUGHPUT, rows.1);
        ctx.book(Account::Copied(me), Account::Delivered(me), rows.0, rows.1);
        for row in newest_rows.iter() {
            self.newest_rows.push(row.clone());
        }
        if errors.0 > 0 {
            let lost = Account::Dropped(me, Reason::RowUnparsed);
            ctx.book(Account::Copied(me), lost, errors.0, errors.1);
            ctx.mark(MarkKind::Loss);
            self.explain(Reason::RowUnparsed, errors.0, "", ctx);
        }
        Ok(())
    }

    fn refuse(
        &self,
        reason: Reason,
        code: ErrorCode,
        text: &str,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), ApiError> {
        ctx.rejected(1);
        self.explain(reason, 0, text, ctx);
        Err(ApiError { reason, code, shard: 0 })
    }

    fn explain(&self, reason: Reason, records: u64, error: &str, ctx: &mut Ctx<'_>) {
        let records = u32::try_from(records).unwrap_or(u32::MAX);
        let limit = self.config.max_error.into();
        let plain = Cause::new(ctx.now(), ctx.me(), reason);
        ctx.explain(Cause { error: error.into(), records, limit, ..plain });
    }
}
