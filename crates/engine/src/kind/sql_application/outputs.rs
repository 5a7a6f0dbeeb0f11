//! What comes out of the query, and how far all outputs have stored it: where reading goes on when
//! the application starts again.

use std::collections::VecDeque;

use base::VecMap;
use scenario::kind::RowFormat;

use super::tapped::TAP;
use super::{SqlApplication, metric};
use crate::call::PutOutcome;
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{TimerId, Token};
use crate::kind::query::sink::{Answer, Sink, explain_refusal};
use crate::kind::query::{Form, KeyBy, Place, Way};
use crate::snapshot::Table;

/// How far the application has got.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// Records of each shard before the first one that was read.
    first: VecMap<u32, u64>,
    /// Records of each shard before the first one that is not in the query.
    read: VecMap<u32, u64>,
    /// Once the row with this number is stored, and all before it, so much need not be read again.
    marks: VecDeque<(u64, VecMap<u32, u64>)>,
    /// What need not be read again.
    saved: VecMap<u32, u64>,
    /// Rows that were made for outputs.
    rows: u64,
}

impl Progress {
    /// A record goes into the query.
    pub(super) fn pass(&mut self, Place { shard, before, .. }: Place) {
        self.first.get_or_insert_with(shard, || before);
        self.read.insert(shard, before + 1);
    }

    /// The number of the next row for an output.
    fn next_row(&mut self) -> u64 {
        self.rows += 1;
        self.rows
    }

    /// Rows came out of what was read so far.
    fn mark(&mut self) {
        self.marks.push_back((self.rows, self.read.clone()));
    }

    /// Every row before this one is stored; all of them without one.
    fn advance(&mut self, pending: Option<u64>) {
        while let Some((row, _)) = self.marks.front() {
            if pending.is_some_and(|pending| pending <= *row) {
                return;
            }
            if let Some((_, positions)) = self.marks.pop_front() {
                self.saved = positions;
            }
        }
    }

    /// Reading stops, at these places.
    pub(super) fn halt(&mut self, positions: Vec<(u32, u64)>) {
        for (shard, position) in positions {
            // A shard of which nothing came goes on where it is.
            let begins = self.first.get(&shard).copied().unwrap_or(position);
            self.saved.get_or_insert_with(shard, || begins);
        }
        self.marks.clear();
        self.first = VecMap::new();
        self.read = self.saved.clone();
    }

    /// Where to go on.
    pub(super) fn begins(&self) -> VecMap<u32, u64> {
        self.saved.clone()
    }

    /// Where to go on with one shard; at its beginning, if nothing is known of it.
    pub(super) fn begin_of(&self, shard: u32) -> u64 {
        self.saved.get(&shard).copied().unwrap_or(0)
    }
}

impl SqlApplication {
    /// The outputs that are named and have a wire.
    pub(super) fn find_ways(&mut self) {
        let form = |format| match format {
            RowFormat::Json => Form::Json,
            RowFormat::Csv => Form::Csv,
        };
        let outputs = self.config.outputs().into_iter().enumerate().zip(&self.sinks);
        let wired =
            outputs.filter(|((_, (name, _)), sink)| sink.edge().is_some() && !name.is_empty());
        self.ways = wired
            .map(|((output, (name, format)), _)| {
                (name.to_owned(), Way { output, form: form(format), key: KeyBy::Text })
            })
            .collect();
    }

    /// Sends on what has come out.
    pub(super) fn settle(&mut self, ctx: &mut Ctx<'_>) {
        let Some(query) = &mut self.query else { return };
        let out = query.take(ctx.now());
        if out.is_empty() {
            return self.tell_stop(ctx);
        }
        let outputs = query.live().outputs();
        let is_error =
            |output: usize| outputs.get(output).is_some_and(|it| it.name == Table::ERRORS);
        let errors = out.iter().filter(|it| is_error(it.output)).count() as u64;
        query.explain(&out, ctx);
        self.tally.errors += errors;
        self.tally.emitted += out.len() as u64 - errors;
        let records = query.write(&out, &self.ways, ctx);
        for (output, record) in records {
            let row = self.progress.next_row();
            self.sinks[output].push(record, row, ctx);
        }
        self.progress.mark();
        self.save();
        self.tell_stop(ctx);
        for sink in &mut self.sinks {
            sink.pump(ctx);
        }
    }

    /// Tells once that the query keeps more than it may, and has ended.
    fn tell_stop(&mut self, ctx: &mut Ctx<'_>) {
        let problem = self.query.as_ref().and_then(|query| query.live().stopped());
        let Some(problem) = problem.filter(|_| !self.tally.stopped) else { return };
        self.tally.stopped = true;
        let text = format!("{}: {}. {}", problem.code, problem.message, problem.help);
        ctx.explain(Cause {
            error: text.into(),
            ..Cause::new(ctx.now(), ctx.me(), Reason::QueryStopped)
        });
    }

    fn save(&mut self) {
        let pending = self.sinks.iter().filter_map(Sink::pending).min();
        self.progress.advance(pending);
        self.tapped.forget(self.progress.begin_of(TAP));
    }

    /// Whether an output holds everything up.
    pub(super) fn is_blocked(&self, ctx: &Ctx<'_>) -> bool {
        self.sinks.iter().any(|sink| sink.is_full(ctx.now()))
    }

    /// The timer of an output rang.
    pub(super) fn output_rang(&mut self, output: u32, id: TimerId, ctx: &mut Ctx<'_>) {
        let Some(sink) = self.sinks.get_mut(output as usize) else { return };
        if let Some(answer) = sink.rang(id, ctx) {
            self.note(output as usize, answer, ctx);
        }
    }

    /// A call of an output was answered.
    pub(super) fn put_answered(&mut self, token: Token, outcome: &PutOutcome, ctx: &mut Ctx<'_>) {
        for output in 0..self.sinks.len() {
            if let Some(answer) = self.sinks[output].answered(token, outcome, ctx) {
                return self.note(output, answer, ctx);
            }
        }
    }

    fn note(&mut self, output: usize, answer: Answer, ctx: &mut Ctx<'_>) {
        let Answer { records, bytes, failed, error, millis, invoked } = answer;
        if records + failed == 0 {
            return;
        }
        self.tally.stored += records;
        ctx.count(metric::RECORDS_OUT, records);
        ctx.count(metric::BYTES_OUT, bytes);
        ctx.peak(metric::SUCCESS, u64::from(failed == 0));
        if invoked {
            ctx.count(metric::LAMBDA_OK, records);
            ctx.count(metric::LAMBDA_FAILED, failed);
            ctx.peak(metric::LAMBDA_MILLIS, millis);
        }
        self.save();
        if let Some(error) = error {
            let edge = self.sinks[output].edge();
            explain_refusal(edge, (error, failed), &mut self.tally.explained, ctx);
        }
    }
}
