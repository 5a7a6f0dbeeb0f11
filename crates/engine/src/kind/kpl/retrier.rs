//! What becomes of each entry of an answer (amazon-kinesis-producer 1.0.7, `retrier.cc`): stored
//! where it was expected, stored elsewhere, or failed.

use super::calls::Call;
use super::metric;
use super::pipeline::Pipeline;
use super::record::{Parcel, User};
use crate::call::{ApiError, ErrorCode, PutOutcome};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;

impl Pipeline {
    /// Goes through the entries of an answer in order.
    pub(super) fn settle(&mut self, call: Call, outcome: &PutOutcome, ctx: &mut Ctx<'_>) {
        let mut failed = outcome.failed.iter().peekable();
        for (row, parcel) in (0_u32..).zip(call.parcels) {
            for user in &parcel.users {
                ctx.peak(metric::BUFFERING_TIME, call.sent.since(user.since).millis());
            }
            match failed.next_if(|failed| failed.row == row) {
                Some(failed) => {
                    self.tally.kinesis_failed += 1;
                    ctx.count(metric::ALL_ERRORS, 1);
                    self.take_back(&parcel, call.edge, ctx);
                    self.refused(parcel, failed.error, ctx);
                }
                None => {
                    let landed = outcome.shards.get(row as usize).copied();
                    self.stored(parcel, landed, call.sent, ctx);
                }
            }
        }
    }

    /// An entry that failed: its user records go back into the pipeline, without any back-off.
    fn refused(&mut self, parcel: Parcel, error: ApiError, ctx: &mut Ctx<'_>) {
        let throttled = error.code == ErrorCode::ProvisionedThroughputExceeded;
        for user in parcel.users {
            if throttled && self.config.fail_if_throttled {
                let cause = Cause::new(ctx.now(), ctx.me(), Reason::GivenUp);
                let cause = Cause {
                    error: error.code.name().into(),
                    shard: Some(error.shard),
                    hash: Some(user.hash),
                    ..cause
                };
                self.fail(&user, cause, ctx);
            } else {
                self.retry(user, ctx);
            }
        }
    }

    /// An entry that was stored. A user record that is not where it was expected is sent again
    /// unless the shard it went to is known to hold its hash: it is in the stream twice then.
    fn stored(&mut self, parcel: Parcel, landed: Option<u32>, sent: base::Time, ctx: &mut Ctx<'_>) {
        self.tally.kinesis_put += 1;
        ctx.count(metric::KINESIS_PUT, 1);
        ctx.count(metric::KINESIS_DATA_PUT, parcel.row.data_bytes().into());
        let moved = parcel.shard.zip(landed).filter(|(predicted, landed)| predicted != landed);
        for user in parcel.users {
            let Some((predicted, landed)) = moved else {
                self.finish(&user, ctx);
                continue;
            };
            if self.map.covers(landed, user.hash, ctx.now()) {
                if predicted < landed {
                    self.map.invalidate(sent, predicted);
                }
                self.finish(&user, ctx);
                continue;
            }
            self.map.invalidate(sent, predicted);
            self.tally.wrong_shard += 1;
            let cause = Cause {
                error: "Wrong Shard".into(),
                shard: Some(landed),
                hash: Some(user.hash),
                records: 1,
                ..Cause::new(ctx.now(), ctx.me(), Reason::WrongShard)
            };
            self.explain(cause, ctx);
            self.send_copy(user, ctx);
        }
    }

    fn finish(&mut self, user: &User, ctx: &mut Ctx<'_>) {
        self.tally.pending -= 1;
        self.tally.put += 1;
        ctx.count(metric::USER_PUT, 1);
        ctx.count(metric::USER_DATA_PUT, user.row.data_bytes().into());
        ctx.peak(metric::RETRIES, user.attempts.into());
    }
}
