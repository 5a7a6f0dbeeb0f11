//! `RedshiftBasicEmitter` of the Connector Library (amazon-kinesis-connectors): each file it wrote
//! into the bucket is loaded by a `COPY` of its own; when that fails, all of it is emitted again.

use base::{Duration, EdgeId};

use super::worker::Stage;
use super::{Call, Kcl, metric};
use crate::batch::Batch;
use crate::call::{ApiError, Request};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kind::reader::show;
use crate::object::Object;

impl Kcl {
    /// The file is in the bucket: the cluster loads it from there.
    pub(super) fn copy(
        &mut self,
        (worker, shard): (u32, u32),
        (edge, object): (EdgeId, Object),
        ctx: &mut Ctx<'_>,
    ) {
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.stage = Stage::Writes;
        let batch = pump.work.batch.clone();
        show(edge, 0, &batch, ctx);
        let request = Request::Copy(vec![object]);
        self.ask((worker, shard), (edge, request), Call::Pump(worker, shard), ctx);
    }

    /// The `COPY` came to its end.
    pub(super) fn copied(
        &mut self,
        (worker, shard): (u32, u32),
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let me = ctx.me();
        let backoff = self.pipeline.as_ref().map_or(Duration::ZERO, |it| it.backoff);
        let Some(pump) = self.pump(worker, shard) else { return };
        let (records, bytes) = (pump.work.batch.records(), pump.work.batch.bytes);
        match result {
            Ok(()) => {
                pump.work.batch = Batch::default();
                ctx.count(metric::RECORDS_PROCESSED, records);
                self.emitted(worker, shard, ctx);
            }
            Err(error) => {
                // The bucket keeps the file: what is emitted again are copies.
                pump.work.held = (records, bytes);
                pump.work.failures += 1;
                self.held += records;
                ctx.book(Account::Copied(me), Account::Held(me), records, bytes);
                self.explain_emission(error.reason, shard, records, ctx);
                self.again(worker, shard, backoff, ctx);
            }
        }
    }
}
