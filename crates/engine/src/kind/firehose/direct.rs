//! Puts of a caller that has no wire: the API's. Limits and faults are those of every put.

use std::rc::Rc;

use scenario::kind::PutApi;

use super::Firehose;
use super::ingest::illegal;
use crate::batch::{Batch, Block, Record};
use crate::call::{ErrorCode, ExplicitHash, Failed, Put};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;

/// AWS's code and message.
type Told = (ErrorCode, String);

/// Direct PUT is off while a stream is the source (facts, Firehose §2.3).
const HAS_A_SOURCE: &str =
    "This operation is not permitted on KinesisStreamAsSource delivery stream type.";

impl Firehose {
    /// Takes the records in order and gives a result for each: its number, or why it was refused.
    /// What is stored counts as born here, for its maker is outside of the picture.
    ///
    /// # Errors
    /// Why the call fails as a whole.
    pub(crate) fn put_direct(
        &mut self,
        data: &[Vec<u8>],
        api: PutApi,
        ctx: &mut Ctx<'_>,
    ) -> Result<Vec<Result<u64, Told>>, Told> {
        if self.reads_a_stream() {
            return Err((ErrorCode::InvalidArgument, HAS_A_SOURCE.to_owned()));
        }
        let put = put(data, api, ctx);
        let (harm, rejects) = ctx.harm_entries();
        let rejects = if harm.fails { base::Ratio::percent(100) } else { rejects };
        let refused = self.judge(&put, rejects, ctx);
        self.report(&put, &refused, ctx);
        let whole = api == PutApi::PutRecord || illegal(&put.batch).is_some();
        if let Some((_, refusal)) = refused.first().filter(|_| whole) {
            return Err((refusal.error.code, refusal.message(api)));
        }
        let failed: Vec<Failed> =
            refused.iter().map(|(row, it)| Failed { row: *row, error: it.error }).collect();
        let ids: Vec<u64> = put.batch.rows().map(|record| record.id.0).collect();
        let mut results: Vec<Result<u64, Told>> = ids.into_iter().map(Ok).collect();
        for (row, refusal) in &refused {
            results[*row as usize] = Err((refusal.error.code, refusal.message(api)));
        }
        self.take(Account::Born(ctx.me()), &put.batch, &failed, ctx);
        Ok(results)
    }
}

/// A call of records without partition keys.
fn put(data: &[Vec<u8>], api: PutApi, ctx: &mut Ctx<'_>) -> Put {
    let (key, born) = (ctx.keys_mut().intern(""), ctx.now());
    let mut block = Block::default();
    for bytes in data {
        ctx.grew(bytes.len());
        let id = ctx.new_records(1);
        let len = u32::try_from(bytes.len()).expect("a record has a megabyte at most");
        block.records.push(Record::new((id, key, born), &Rc::new(bytes.clone()), 0..len, len));
    }
    let bytes = block.records.iter().map(|record| record.bytes(ctx.keys())).sum();
    Put {
        api,
        batch: Batch::of(Rc::new(block), bytes),
        explicit_hash: ExplicitHash::None,
        wants_shards: false,
        attempt: 1,
        copies: false,
        attempts_max: 1,
    }
}
