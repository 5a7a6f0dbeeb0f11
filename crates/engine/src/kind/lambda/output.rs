//! What the function writes: its records go on to a stream or to Firehose before it answers.
//!
//! A call with failed entries is a function error, so the batch is tried again and what was stored
//! already is stored twice: at least once, not exactly once (facts, streams §11).

use std::rc::Rc;

use base::units::MIB;
use base::{Duration, EdgeId};
use scenario::kind::PutApi;

use super::function::Ending;
use super::line::Row;
use super::{Lambda, Place, RUN, data_of};
use crate::batch::{Batch, Block, Record};
use crate::call::{ExplicitHash, Put, PutOutcome, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{TimerId, Token};

/// Entries of one call (botocore 1.44.5, for both services).
const CALL_RECORDS: usize = 500;
/// Bytes of one call: what Firehose takes; a stream takes more.
const CALL_BYTES: u64 = 4 * MIB;

/// A call on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    place: Place,
    /// The invocation it belongs to, by its timer.
    run: TimerId,
    edge: EdgeId,
    batch: Batch,
}

impl Lambda {
    /// Writes the first rows of a batch to the output; how many calls that takes.
    pub(super) fn forward(&mut self, place: Place, rows: u32, ctx: &mut Ctx<'_>) -> u32 {
        let Some(edge) = self.out else { return 0 };
        let Some(run) = self.lines.get_mut(&place).and_then(|line| line.running.as_mut()) else {
            return 0;
        };
        let rows = (rows as usize).min(run.piece.rows.len());
        if rows == 0 {
            return 0;
        }
        let records = run.piece.rows[..rows].iter().flat_map(Row::records).cloned().collect();
        let batches = calls(records, ctx);
        let timeout = run.began + Duration::from_secs(self.config.timeout_secs.into());
        run.timer = ctx.after(timeout.since(ctx.now()), RUN, data_of(place));
        run.calls = u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let (calls, run) = (run.calls, run.timer);
        for batch in batches {
            let (records, bytes) = (batch.records(), batch.bytes);
            ctx.book(Account::Copied(ctx.me()), Account::Flight(edge), records, bytes);
            let put = Put {
                api: PutApi::PutRecords,
                batch: batch.clone(),
                explicit_hash: ExplicitHash::None,
                wants_shards: false,
                attempt: 1,
                copies: false,
                attempts_max: 1,
            };
            let token = ctx.send(edge, Request::Put(put));
            self.sent.insert(token, Sent { place, run, edge, batch });
        }
        calls
    }

    /// A call of the function was answered; the last one ends the invocation. An answer that never
    /// arrives leaves it to the time-out.
    pub(super) fn put_answered(&mut self, token: Token, outcome: &PutOutcome, ctx: &mut Ctx<'_>) {
        let Some(Sent { place, run: id, edge, batch }) = self.sent.remove(&token) else { return };
        let (mut failed, mut bytes) = (0, 0);
        let mut refused = outcome.failed.iter().map(|failed| failed.row).peekable();
        for (row, record) in (0_u32..).zip(batch.rows()) {
            if refused.next_if_eq(&row).is_some() {
                failed += 1;
                bytes += record.bytes(ctx.keys());
            }
        }
        let lost = Account::Dropped(ctx.me(), Reason::Superseded);
        ctx.book(Account::Flight(edge), lost, failed, bytes);
        self.tally.forwarded += batch.records() - failed;
        let run = self.run(place).filter(|run| run.timer == id && !outcome.lost);
        let Some(run) = run else { return };
        run.calls -= 1;
        if failed > 0 {
            run.ending = Ending::Error;
        }
        if run.calls == 0 {
            let ending = run.ending;
            self.end(place, ending, ctx);
        }
    }
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
