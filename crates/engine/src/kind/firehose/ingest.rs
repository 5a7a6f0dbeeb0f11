//! Direct PUT: `PutRecord` and `PutRecordBatch` (botocore 1.44.5; error texts as seen in public
//! issue threads).
//!
//! A record over 1,024,000 bytes, more than 500 records or more than 4 MiB fail the whole call,
//! and no retry helps. Over the quota `PutRecord` fails as a whole while `PutRecordBatch` answers
//! 200 with one error for each record that did not fit.

use base::units::MIB;
use base::{EdgeId, Ratio};

use scenario::kind::PutApi;

use super::quota::Spent;
use super::{Firehose, metric};
use crate::batch::Batch;
use crate::call::{ApiError, ErrorCode, Failed, Put, PutOutcome, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::{Ctx, Dot};
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::snapshot::Outcome;

/// Data bytes of one record, before base64.
const RECORD_BYTES_MAX: u64 = 1_024_000;
/// Records of one `PutRecordBatch`.
const BATCH_RECORDS_MAX: u64 = 500;
/// Data bytes of one `PutRecordBatch`; cannot be raised.
const BATCH_BYTES_MAX: u64 = 4 * MIB;

/// Why an entry failed, with the numbers of the explanation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) error: ApiError,
    text: Text,
    limit: u64,
    used: u64,
}

/// Which of AWS's sentences.
#[derive(Clone, Copy, Debug)]
enum Text {
    SlowDown,
    Internal,
    RecordSize(u64),
    BatchRecords,
    BatchBytes,
}

impl Firehose {
    /// Answers a put call.
    #[inline(never)]
    pub(super) fn put(&mut self, token: Token, edge: EdgeId, put: &Put, ctx: &mut Ctx<'_>) {
        let (harm, rejects) = ctx.harm_entries();
        let rejects = if harm.fails { Ratio::percent(100) } else { rejects };
        let refused = self.judge(put, rejects, ctx);
        let outcome = PutOutcome {
            failed: refused.iter().map(|(row, it)| Failed { row: *row, error: it.error }).collect(),
            lost: harm.lost,
            whole: illegal(&put.batch).is_some(),
            ..PutOutcome::default()
        };
        self.report(put, &refused, ctx);
        draw(edge, put, &outcome.failed, ctx);
        self.take(Account::Flight(edge), &put.batch, &outcome.failed, ctx);
        let millis = u64::from(self.config.put_latency_millis) + harm.extra_millis;
        ctx.reply(token, base::Duration::from_millis(millis), Response::Put(outcome));
    }

    /// The entries that fail, ascending by row.
    pub(super) fn judge(
        &mut self,
        put: &Put,
        rejects: Ratio,
        ctx: &mut Ctx<'_>,
    ) -> Vec<(u32, Refusal)> {
        self.quota.fill(ctx.now());
        if let Some(refusal) = illegal(&put.batch) {
            return (0..).zip(put.batch.rows()).map(|(row, _)| (row, refusal)).collect();
        }
        let request = self.quota.take_request();
        let mut refused = Vec::new();
        for (row, record) in (0..).zip(put.batch.rows()) {
            if rejects.num > 0 && ctx.rng().chance(rejects) {
                refused.push((row, Refusal::internal()));
                continue;
            }
            let bytes = u64::from(record.data_bytes());
            if let Err(spent) = request.and_then(|()| self.quota.take_record(bytes)) {
                refused.push((row, Refusal::slow_down(spent)));
            }
        }
        refused
    }

    /// Stores the entries that did not fail.
    pub(super) fn take(
        &mut self,
        from: Account,
        batch: &Batch,
        failed: &[Failed],
        ctx: &mut Ctx<'_>,
    ) {
        self.tap.hand_on(batch, failed, ctx);
        let mut failed = failed.iter().map(|it| it.row).peekable();
        let mut accepted = Vec::new();
        let (mut records, mut data_bytes, mut booked_bytes) = (0, 0, 0);
        let rows = batch
            .slices
            .iter()
            .flat_map(|slice| (slice.from..slice.to).map(move |row| (&slice.block, row)));
        for (idx, (block, row)) in (0..).zip(rows) {
            if failed.next_if_eq(&idx).is_some() {
                continue;
            }
            records += 1;
            let record = &block.records[row as usize];
            data_bytes += u64::from(record.data_bytes());
            booked_bytes += record.bytes(ctx.keys());
            accepted.push((block, row));
        }
        ctx.book(from, Account::Held(ctx.me()), records, booked_bytes);
        ctx.count(metric::INCOMING_RECORDS, records);
        ctx.count(metric::INCOMING_BYTES, data_bytes);
        ctx.count(metric::PUT_REQUESTS, u64::from(records > 0));
        self.accepted += records;
        for (block, row) in accepted {
            self.store(block, row, ctx);
        }
    }

    /// Counts refusals and explains the first of each second.
    pub(super) fn report(&mut self, put: &Put, refused: &[(u32, Refusal)], ctx: &mut Ctx<'_>) {
        let Some((_, first)) = refused.first() else { return };
        let count = u32::try_from(refused.len()).unwrap_or(u32::MAX);
        let throttled =
            refused.iter().filter(|(_, it)| it.error.reason == Reason::FirehoseQuota).count();
        ctx.count(metric::THROTTLED_RECORDS, throttled as u64);
        self.throttled += throttled as u64;
        ctx.rejected(count);
        if self.explained == Some(ctx.now().secs()) {
            return;
        }
        self.explained = Some(ctx.now().secs());
        ctx.explain(Cause {
            error: first.words(put.api).into(),
            limit: first.limit,
            used: first.used,
            entries: (count, u32::try_from(put.batch.records()).unwrap_or(u32::MAX)),
            whole: put.api == PutApi::PutRecord || illegal(&put.batch).is_some(),
            attempt: (put.attempt, put.attempts_max),
            records: count,
            ..Cause::new(ctx.now(), ctx.me(), first.error.reason)
        });
    }
}

impl Refusal {
    fn new(reason: Reason, code: ErrorCode, text: Text, limit: u64, used: u64) -> Self {
        Self { error: ApiError { reason, code, shard: 0 }, text, limit, used }
    }

    fn internal() -> Self {
        Self::new(Reason::InternalFailure, ErrorCode::InternalFailure, Text::Internal, 0, 0)
    }

    fn slow_down(spent: Spent) -> Self {
        let Spent { limit, used } = spent;
        let code = ErrorCode::ServiceUnavailable;
        Self::new(Reason::FirehoseQuota, code, Text::SlowDown, limit, used)
    }

    /// AWS's code and message.
    fn words(&self, api: PutApi) -> String {
        format!("{}: {}", self.error.code.name(), self.message(api))
    }

    /// AWS's message.
    pub(super) fn message(&self, api: PutApi) -> String {
        let length = |value: &str, place: &str, limit: u64| {
            format!(
                "1 validation error detected: Value '{value}' at '{place}' failed to satisfy \
                 constraint: Member must have length less than or equal to {limit}"
            )
        };
        match self.text {
            Text::SlowDown => "Slow down.".to_owned(),
            Text::Internal => "Internal service failure.".to_owned(),
            Text::BatchBytes => "Records size exceeds 4 MB limit".to_owned(),
            Text::BatchRecords => length("[…]", "records", BATCH_RECORDS_MAX),
            Text::RecordSize(row) => {
                let place = match api {
                    PutApi::PutRecord => "record.data".to_owned(),
                    PutApi::PutRecords => format!("records.{}.member.data", row + 1),
                };
                let bytes = self.used;
                let value = format!("java.nio.HeapByteBuffer[pos=0 lim={bytes} cap={bytes}]");
                length(&value, &place, RECORD_BYTES_MAX)
            }
        }
    }
}

/// Why AWS would not even look at the entries.
pub(super) fn illegal(batch: &Batch) -> Option<Refusal> {
    let code = ErrorCode::Validation;
    let refuse =
        |code, text, limit, used| Some(Refusal::new(Reason::TooLarge, code, text, limit, used));
    let records = batch.records();
    if records > BATCH_RECORDS_MAX {
        return refuse(code, Text::BatchRecords, BATCH_RECORDS_MAX, records);
    }
    let lens = batch.rows().map(|record| u64::from(record.data_bytes()));
    let mut bytes = 0;
    for (row, len) in (0..).zip(lens) {
        if len > RECORD_BYTES_MAX {
            return refuse(code, Text::RecordSize(row), RECORD_BYTES_MAX, len);
        }
        bytes += len;
    }
    if bytes > BATCH_BYTES_MAX {
        return refuse(ErrorCode::InvalidArgument, Text::BatchBytes, BATCH_BYTES_MAX, bytes);
    }
    None
}

/// Draws the entries at the end of their wire.
fn draw(edge: EdgeId, put: &Put, failed: &[Failed], ctx: &mut Ctx<'_>) {
    let taken = match (put.copies, put.attempt) {
        (true, _) => Outcome::Duplicate,
        (false, 0 | 1) => Outcome::Accepted,
        (false, _) => Outcome::Retried,
    };
    let mut failed = failed.iter().map(|it| it.row).peekable();
    let (mut passed, mut bounced) = ([0; 7], [0; 7]);
    for (idx, record) in (0..).zip(put.batch.rows()) {
        let slot = ctx.keys().slot(record.key);
        let bounces = failed.next_if_eq(&idx).is_some();
        let counts = if bounces { &mut bounced } else { &mut passed };
        counts[usize::from(slot)] += 1;
        if record.id.0.is_multiple_of(ctx.stride()) {
            let outcome = if bounces { Outcome::Rejected } else { taken };
            ctx.sample(edge, Dot { record, slot, lane: 0, outcome });
        }
    }
    for (counts, outcome) in [(passed, taken), (bounced, Outcome::Rejected)] {
        for (slot, count) in (0..).zip(counts).filter(|(_, count)| *count > 0) {
            ctx.passed(edge, slot, count, outcome);
        }
    }
}
