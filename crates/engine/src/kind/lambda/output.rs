//! What the function writes: its records go on to a stream, to Firehose or into a table before it
//! answers.
//!
//! A call with failed entries is a function error, so the batch is tried again and what was stored
//! already is stored twice: at least once, not exactly once (facts, streams §11).

use std::rc::Rc;

use base::units::MIB;
use base::{Duration, EdgeId};
use scenario::kind::PutApi;
use scenario::ports::Flow;

use super::enrich::Failure;
use super::function::Ending;
use super::{Lambda, Place, RUN, data_of};
use crate::batch::{Batch, Block, Record, Slice};
use crate::call::{ApiError, ExplicitHash, ItemPut, ItemsOutcome, Put, PutOutcome, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};
use crate::kind::reader::show;

/// Entries of one call (botocore 1.44.5, for both services).
const CALL_RECORDS: usize = 500;
/// Bytes of one call: what Firehose takes; a stream takes more.
const CALL_BYTES: u64 = 4 * MIB;

/// A call on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    by: By,
    edge: EdgeId,
    pub(super) batch: Batch,
}

/// Whose invocation makes a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// That of a line, with its timer.
    Line(Place, TimerId),
    /// That of an application, by its number.
    Application(u64),
}

impl Lambda {
    /// Writes what the function made of the first rows of a batch to the output; how many calls
    /// that takes.
    pub(super) fn forward(&mut self, place: Place, rows: u32, ctx: &mut Ctx<'_>) -> u32 {
        if self.out.is_none() {
            return 0;
        }
        let enriches = self.select.is_some();
        let Some(run) = self.lines.get_mut(&place).and_then(|line| line.running.as_mut()) else {
            return 0;
        };
        run.folds = enriches;
        let records: Vec<(u64, Record)> = if enriches {
            let made = core::mem::take(&mut run.made).into_iter();
            let kept = made.filter(|(row, _)| *row < rows);
            kept.map(|(row, record)| (run.piece.rows[row as usize].seq, record)).collect()
        } else {
            let rows = run.piece.rows.iter().take(rows as usize);
            rows.flat_map(|row| row.records().map(|record| (row.seq, record.clone()))).collect()
        };
        if records.is_empty() {
            return 0;
        }
        let timeout = run.began + Duration::from_secs(self.config.timeout_secs.into());
        let timer = ctx.after(timeout.since(ctx.now()), RUN, data_of(place));
        run.timer = timer;
        let calls = self.write(By::Line(place, timer), records, ctx);
        if let Some(run) = self.run(place) {
            run.calls = calls;
        }
        calls
    }

    /// Writes records with their places to the output; how many calls that takes.
    pub(super) fn write(&mut self, by: By, records: Vec<(u64, Record)>, ctx: &mut Ctx<'_>) -> u32 {
        let Some((edge, flow)) = self.out.filter(|_| !records.is_empty()) else { return 0 };
        let requests = match flow {
            Flow::Item => {
                let shard = if let By::Line((shard, _), _) = by { shard } else { 0 };
                vec![items(records, shard, ctx)]
            }
            _ => puts(records.into_iter().map(|(_, record)| record).collect(), ctx),
        };
        let source = if self.select.is_some() { Account::Derived } else { Account::Copied };
        let calls = u32::try_from(requests.len()).unwrap_or(u32::MAX);
        for (batch, request) in requests {
            let (records, bytes) = (batch.records(), batch.bytes);
            ctx.book(source(ctx.me()), Account::Flight(edge), records, bytes);
            if flow == Flow::Item {
                show(edge, 0, &batch, ctx);
            }
            let token = ctx.send(edge, request);
            self.sent.insert(token, Sent { by, edge, batch });
        }
        calls
    }

    /// Entries of a put call were stored or not.
    pub(super) fn put_answered(&mut self, token: Token, outcome: &PutOutcome, ctx: &mut Ctx<'_>) {
        let Some(sent) = self.sent.remove(&token) else { return };
        let (mut failed, mut bytes) = (0, 0);
        let mut refused = outcome.failed.iter().map(|failed| failed.row).peekable();
        for (row, record) in (0_u32..).zip(sent.batch.rows()) {
            if refused.next_if_eq(&row).is_some() {
                failed += 1;
                bytes += record.bytes(ctx.keys());
            }
        }
        let error = outcome.failed.first().map(|failed| failed.error);
        self.answered(&sent, (failed, bytes), error.filter(|_| !outcome.lost), outcome.lost, ctx);
    }

    /// Items were written or not.
    pub(super) fn items_answered(
        &mut self,
        token: Token,
        outcome: &ItemsOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(sent) = self.sent.remove(&token) else { return };
        self.answered(&sent, outcome.left, outcome.error, outcome.lost, ctx);
    }

    /// A call of the function was answered; the last one ends the invocation. An answer that never
    /// arrives leaves it to the time-out.
    fn answered(
        &mut self,
        sent: &Sent,
        (failed, bytes): (u64, u64),
        error: Option<ApiError>,
        lost: bool,
        ctx: &mut Ctx<'_>,
    ) {
        let Sent { by, edge, batch } = sent;
        let dropped = Account::Dropped(ctx.me(), Reason::Superseded);
        ctx.book(Account::Flight(*edge), dropped, failed, bytes);
        self.tally.forwarded += batch.records() - failed;
        if lost {
            return;
        }
        let (place, id) = match *by {
            By::Line(place, id) => (place, id),
            By::Application(id) => return self.written(id, failed > 0, ctx),
        };
        let Some(run) = self.run(place).filter(|run| run.timer == id) else { return };
        run.calls -= 1;
        if failed > 0 {
            run.ending = Ending::Error;
            let target = ctx.peer_name(Some(*edge));
            let text = error.map(|it| format!("{}: {}", it.code.name(), it.message(&target)));
            run.failure = text.map(|text| Failure { text: text.into(), key: None });
        }
        if run.calls == 0 {
            let ending = run.ending;
            self.end(place, ending, ctx);
        }
    }
}

/// The call that writes records into a table, each with the place it was read from.
fn items(records: Vec<(u64, Record)>, shard: u32, ctx: &Ctx<'_>) -> (Batch, Request) {
    let mut batch = Batch::default();
    for (seq, record) in records {
        batch.bytes += record.bytes(ctx.keys());
        let block = Block { records: vec![record], before: seq - 1 };
        batch.slices.push(Slice { block: Rc::new(block), from: 0, to: 1 });
    }
    (batch.clone(), Request::PutItems(ItemPut { batch, shard }))
}

/// The put calls that so many records take.
fn puts(records: Vec<Record>, ctx: &Ctx<'_>) -> Vec<(Batch, Request)> {
    let put = |batch: Batch| {
        let put = Put {
            api: PutApi::PutRecords,
            batch: batch.clone(),
            explicit_hash: ExplicitHash::None,
            wants_shards: false,
            attempt: 1,
            copies: false,
            attempts_max: 1,
        };
        (batch, Request::Put(put))
    };
    calls(records, ctx).into_iter().map(put).collect()
}

/// Divides records into calls.
fn calls(records: Vec<Record>, ctx: &Ctx<'_>) -> Vec<Batch> {
    let (mut calls, mut block, mut total) = (Vec::new(), Block::default(), 0);
    for record in records {
        let bytes = record.bytes(ctx.keys());
        let full = block.records.len() == CALL_RECORDS || total + bytes > CALL_BYTES;
        if full && !block.is_empty() {
            calls.push(Batch::of(Rc::new(core::mem::take(&mut block)), total));
            total = 0;
        }
        block.records.push(record);
        total += bytes;
    }
    calls.push(Batch::of(Rc::new(block), total));
    calls
}
