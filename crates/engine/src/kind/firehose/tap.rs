//! Copies for an application at the end of `tap`: it reads what is put into the stream, as it is
//! put and before anything is done with it (facts, analytics §1.1).

use base::{EdgeId, VecMap};
use scenario::kind::PutApi;

use crate::batch::Batch;
use crate::call::{ExplicitHash, Failed, Put, PutOutcome, Request};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;

/// The application that reads along, if there is one.
#[derive(Clone, Debug, Default)]
pub(super) struct Tap {
    edge: Option<EdgeId>,
    /// Copies on their way: their wire, records and bytes.
    flying: VecMap<Token, (EdgeId, u64, u64)>,
}

impl Tap {
    /// Looks for its wire.
    pub(super) fn rewire(&mut self, ctx: &Ctx<'_>) {
        let leaves = ctx.edges_out();
        self.edge = leaves.iter().find(|edge| edge.from.port == "tap").map(|edge| edge.id);
    }

    /// Hands on copies of records that were taken, all but the failed ones.
    #[inline(never)]
    pub(super) fn hand_on(&mut self, batch: &Batch, failed: &[Failed], ctx: &mut Ctx<'_>) {
        let Some(edge) = self.edge else { return };
        let mut failed = failed.iter().map(|it| it.row).peekable();
        let mut at = 0;
        let mut is_taken = || {
            let row = at;
            at += 1;
            failed.next_if_eq(&row).is_none()
        };
        let batch = batch.pick(ctx.keys(), &mut |_record| is_taken());
        let (records, bytes) = (batch.records(), batch.bytes);
        if records == 0 {
            return;
        }
        ctx.book(Account::Copied(ctx.me()), Account::Flight(edge), records, bytes);
        let put = Put {
            api: PutApi::PutRecords,
            batch,
            explicit_hash: ExplicitHash::None,
            wants_shards: false,
            attempt: 1,
            copies: false,
            attempts_max: 1,
        };
        let token = ctx.send(edge, Request::Put(put));
        self.flying.insert(token, (edge, records, bytes));
    }

    /// Whether an answer was to copies; those that reached nobody were never made.
    pub(super) fn answered(
        &mut self,
        token: Token,
        outcome: &PutOutcome,
        ctx: &mut Ctx<'_>,
    ) -> bool {
        let Some((edge, records, bytes)) = self.flying.remove(&token) else { return false };
        if !outcome.failed.is_empty() {
            ctx.book(Account::Flight(edge), Account::Copied(ctx.me()), records, bytes);
        }
        true
    }
}
