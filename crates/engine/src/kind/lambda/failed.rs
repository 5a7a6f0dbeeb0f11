//! What an on-failure destination gets about a discarded batch: where it was, not its records.

use std::sync::Arc;

use base::Time;
use base::calendar::Civil;

use super::line::Piece;
use crate::call::ACCOUNT;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kind::stream::SequenceNumber;
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;

/// The object of a discarded batch with its `KinesisBatchInfo` (facts, streams §10).
pub(super) fn object(
    (shard, created_secs): (u32, u64),
    piece: &Piece,
    reason: Reason,
    stream: &str,
    ctx: &Ctx<'_>,
) -> Option<Object> {
    let (first, last) = (piece.rows.first()?, piece.rows.last()?);
    let number = |index, at| SequenceNumber {
        created_secs,
        index,
        secs: (ctx.wall_millis(at) / 1_000).max(created_secs),
        shard,
    };
    let start = number(first.seq, first.record.arrival).to_string();
    let end = number(last.seq, last.record.arrival).to_string();
    let condition = match reason {
        Reason::RetriesExhausted => "RetryAttemptsExhausted",
        Reason::TooLarge => "PayloadLimitExceeded",
        _ => "RecordAgeExceeded",
    };
    let (function, count) = (ctx.name(), piece.rows.len());
    let (invoked, now) = (piece.failures, moment(ctx.now(), ctx));
    let (oldest, newest) = (moment(first.record.arrival, ctx), moment(last.record.arrival, ctx));
    let text = format!(
        "{{\"requestContext\":{{\"functionArn\":\"arn:aws:lambda:us-east-1:{ACCOUNT}:\
         function:{function}\",\
         \"condition\":\"{condition}\",\"approximateInvokeCount\":{invoked}}},\
         \"version\":\"1.0\",\"timestamp\":\"{now}\",\
         \"KinesisBatchInfo\":{{\"shardId\":\"shardId-{shard:012}\",\
         \"startSequenceNumber\":\"{start}\",\"endSequenceNumber\":\"{end}\",\
         \"approximateArrivalOfFirstRecord\":\"{oldest}\",\
         \"approximateArrivalOfLastRecord\":\"{newest}\",\"batchSize\":{count},\
         \"streamArn\":\"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{stream}\"}}}}"
    );
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let length = bytes.len() as u64;
    Some(Object {
        key: format!("aws/lambda/{function}/shardId-{shard:012}/{start}-{end}").into(),
        bytes,
        stored_bytes: length,
        raw_bytes: length,
        booked_bytes: 0,
        records: 0,
        sealed_at: ctx.now(),
        delivered_at: ctx.now(),
        reason: Seal::End,
        purpose: Purpose::Failed,
    })
}

fn moment(at: Time, ctx: &Ctx<'_>) -> String {
    let micros = ctx.wall_micros(at);
    format!("{}Z", Civil::at(micros, 0).text())
}
