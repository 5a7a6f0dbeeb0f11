//! The function: how long an invocation takes and how it ends.

use base::{Duration, Ratio, Time};
use scenario::kind::Body;

use super::line::{Piece, Row, Run};
use super::window::{STATE_MAX, Window};
use super::{Lambda, Place, RETRY, RUN, data_of, enrich, explain, metric, wake};
use crate::batch::Record;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::wire::kpl;

/// How an invocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Everything is processed.
    Success,
    /// A function error: an exception, or the time-out.
    Error,
    /// `batchItemFailures` names this row.
    Reported(u32),
    /// `batchItemFailures` names a record that is not in the batch: the whole batch failed, though
    /// the invocation did not (facts, streams §10).
    Misreported,
}

impl Lambda {
    /// Invokes the function, or puts the batch back when that is refused. Throttles and service
    /// errors are no attempts (facts, streams §10).
    pub(super) fn invoke(&mut self, place: Place, piece: Piece, ctx: &mut Ctx<'_>) {
        let config = &self.config;
        let harm = ctx.harm();
        let is_throttled = self.busy() >= self.concurrency_max();
        // How old the last record is when the mapping sends the event (facts, streams §10): what is
        // refused is sent again, older.
        if let Some(last) = piece.rows.last() {
            ctx.peak(metric::ITERATOR_AGE, ctx.now().since(last.record.arrival).millis());
        }
        let Some(line) = self.lines.get_mut(&place) else { return };
        if is_throttled || harm.fails {
            line.retry.push_front(piece);
            line.rests_until = ctx.now() + RETRY;
            wake(place, RETRY, ctx);
            if is_throttled {
                ctx.count(metric::THROTTLES, 1);
                let text = "TooManyRequestsException: Rate Exceeded.";
                explain(Reason::ConcurrencyLimit, text, place.0, 0, (0, 0), ctx);
            }
            return;
        }
        let busy = self.running + u32::try_from(self.invoked.len()).unwrap_or(u32::MAX) + 1;
        self.running += 1;
        let cold = if busy > self.warm { config.cold_start_millis } else { 0 };
        self.warm = self.warm.max(busy);
        let millis = u64::from(config.batch_millis + cold) + harm.extra_millis;
        let users: u64 = piece.rows.iter().map(Row::count).sum();
        let works =
            Duration::from_millis(millis) + Duration(u64::from(config.record_micros) * users);
        let timeout = Duration::from_secs(config.timeout_secs.into());
        ctx.count(metric::INVOCATIONS, 1);
        ctx.peak(metric::CONCURRENT, busy.into());
        let timer = ctx.after(works.min(timeout), RUN, data_of(place));
        line.running = Some(Run {
            piece,
            began: ctx.now(),
            until: ctx.now() + works.min(timeout),
            timer,
            times_out: works > timeout,
            ending: Ending::Success,
            calls: 0,
            made: Vec::new(),
            folds: false,
            failure: None,
        });
    }

    /// The timer of an invocation rang: its work is done, or its time is up.
    pub(super) fn rang(&mut self, place: Place, id: TimerId, ctx: &mut Ctx<'_>) {
        let Some(run) = self.run(place).filter(|run| run.timer == id) else { return };
        if run.times_out || run.calls > 0 {
            self.end(place, Ending::Error, ctx);
            return;
        }
        let ending = self.judge(place, ctx);
        if let Some(run) = self.run(place) {
            run.ending = ending;
        }
        let processed = match ending {
            Ending::Success => u32::MAX,
            Ending::Reported(row) => row,
            Ending::Error | Ending::Misreported => 0,
        };
        if self.forward(place, processed, ctx) == 0 {
            self.end(place, ending, ctx);
        }
    }

    pub(super) fn run(&mut self, place: Place) -> Option<&mut Run> {
        self.lines.get_mut(&place)?.running.as_mut()
    }

    /// What the function makes of its batch.
    fn judge(&mut self, place: Place, ctx: &mut Ctx<'_>) -> Ending {
        let Some(line) = self.lines.get(&place) else { return Ending::Error };
        let rows = line.running.as_ref().map_or(0, |run| run.piece.rows.len() as u64);
        let added = u64::from(self.config.state_record_bytes) * rows;
        if line.window.is_some_and(|window| window.state_bytes + added > STATE_MAX) {
            return Ending::Error;
        }
        let failed = self.enrich(place, ctx);
        let Some(run) = self.lines.get(&place).and_then(|line| line.running.as_ref()) else {
            return Ending::Error;
        };
        let is_poison = |row: &Row| self.is_poison(row, ctx);
        let poison = || run.piece.rows.iter().position(is_poison);
        let poison = match self.config.body {
            Body::Ok => return Ending::Success,
            Body::Fail => {
                let fails = ctx.rng().chance(Ratio::percent(self.config.fail_percent));
                return if fails { Ending::Error } else { Ending::Success };
            }
            Body::Poison | Body::Misreport => poison().and_then(|row| u32::try_from(row).ok()),
            Body::Enrich => failed,
        };
        match poison {
            None => Ending::Success,
            Some(_) if !self.config.report_item_failures => Ending::Error,
            Some(_) if self.config.body == Body::Misreport => Ending::Misreported,
            Some(row) => Ending::Reported(row),
        }
    }

    /// Makes records of those in the batch, if that is what the function does; the first row of
    /// which it cannot.
    fn enrich(&mut self, place: Place, ctx: &mut Ctx<'_>) -> Option<u32> {
        let select = self.select.as_ref()?;
        let run = self.lines.get_mut(&place)?.running.as_mut()?;
        let made = enrich::make(select, &self.config.expression, &run.piece.rows, ctx);
        run.made = made.records;
        let (row, failure) = made.failure?;
        run.failure = Some(failure);
        Some(row)
    }

    /// Ends an invocation and lets its line go on.
    pub(super) fn end(&mut self, place: Place, ending: Ending, ctx: &mut Ctx<'_>) {
        let run = self.lines.get_mut(&place).and_then(|line| line.running.take());
        let Some(run) = run else { return };
        self.running -= 1;
        let lasted = ctx.now().since(run.began);
        ctx.peak(metric::DURATION, lasted.millis());
        self.tally.requests += 1;
        // Billed by the millisecond, rounded up (Lambda pricing page, 2026-11).
        self.tally.mib_millis += lasted.0.div_ceil(1_000) * u64::from(self.config.memory_mib);
        match ending {
            Ending::Success => {
                self.finish(&run.piece.rows, run.folds, ctx);
                self.keep_state(place, &run.piece, ctx.now());
            }
            Ending::Error => {
                ctx.count(metric::ERRORS, 1);
                self.retry(place, run, None, ctx);
            }
            Ending::Reported(row) => self.retry(place, run, Some(row), ctx),
            Ending::Misreported => self.retry(place, run, None, ctx),
        }
        self.advance(place, ctx);
    }

    /// The state an invocation answered goes to the next one; the last one of a window ends it.
    fn keep_state(&mut self, place: Place, piece: &Piece, now: Time) {
        let Some(line) = self.lines.get_mut(&place) else { return };
        let Some(Window { end, state_bytes }) = line.window else { return };
        if piece.closes {
            line.window = None;
            self.tally.windows += 1;
            // `isWindowTerminatedEarly`: the shard ended before its window.
            self.tally.windows_cut += u64::from(end > now);
        } else {
            let added = u64::from(self.config.state_record_bytes) * piece.rows.len() as u64;
            line.window = Some(Window { end, state_bytes: state_bytes + added });
        }
    }

    /// The records the function finds in an aggregate, if it takes them apart: none in a plain one.
    pub(super) fn take_apart(&self, record: &Record, ctx: &mut Ctx<'_>) -> Vec<Record> {
        let users = self.config.deaggregate.then(|| kpl::user_records(record, ctx)).flatten();
        users.unwrap_or_default().into_iter().map(|(user, _hash)| user).collect()
    }

    /// Whether the function cannot cope with a record: by its key, or by a text in its data.
    fn is_poison(&self, row: &Row, ctx: &Ctx<'_>) -> bool {
        let key = &self.config.poison_key;
        let mut keys = row.records().map(|record| ctx.keys().text(record.key));
        (!key.is_empty() && keys.any(|it| **it == **key)) || self.has_poison(&row.record)
    }

    /// The same for a row of an application.
    pub(super) fn is_poisonous(&self, record: &Record, ctx: &Ctx<'_>) -> bool {
        let key = &self.config.poison_key;
        let is_key = !key.is_empty() && **ctx.keys().text(record.key) == **key;
        is_key || self.has_poison(record)
    }

    fn has_poison(&self, record: &Record) -> bool {
        let text = self.config.poison_text.as_bytes();
        if text.is_empty() {
            return false;
        }
        let mut data = Vec::new();
        record.append_to(&mut data);
        data.windows(text.len()).any(|part| part == text)
    }
}
