//! `ElasticsearchEmitter` of the Connector Library (amazon-kinesis-connectors): a buffer is one
//! bulk request.
//!
//! Items that fail are emitted again like any buffer, up to the retry limit. A request that fails
//! as a whole is made again every ten seconds for ever, "to ensure that no data loss occurs".

use std::sync::Arc;

use base::{Duration, EdgeId};
use scenario::kind::{ConnectorConfig, DocumentId};
use serde_json::Value;

use super::emit::number;
use super::worker::Stage;
use super::{Call, Kcl, metric};
use crate::batch::{Batch, Record};
use crate::call::{Bulk, BulkOutcome, Indexed, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kind::reader::show;

/// `BACKOFF_PERIOD` of `ElasticsearchEmitter`.
const REQUEST_AGAIN: Duration = Duration::from_secs(10);

/// How the transformer makes an `ElasticsearchObject` of a record.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    index: Arc<str>,
    id: DocumentId,
    field: Arc<str>,
}

impl Naming {
    pub(super) fn new(config: &ConnectorConfig) -> Self {
        let (index, field) = (config.index.as_str().into(), config.id_field.as_str().into());
        Self { index, id: config.document_id, field }
    }

    fn items(&self, batch: &Batch, shard: (u32, u64), ctx: &Ctx<'_>) -> Vec<Indexed> {
        let mut items = Vec::new();
        for slice in &batch.slices {
            for (row, record) in (slice.from..).zip(slice.rows()) {
                let id = match self.id {
                    DocumentId::SequenceNumber => {
                        Some(number((slice, row), shard, ctx).to_string().into())
                    }
                    DocumentId::Field => member(record, &self.field),
                    DocumentId::Automatic => None,
                };
                items.push(Indexed { index: Arc::clone(&self.index), id });
            }
        }
        items
    }
}

/// A plain member at the top of a record, as text.
fn member(record: &Record, field: &str) -> Option<Box<str>> {
    let mut data = Vec::new();
    record.append_to(&mut data);
    match serde_json::from_slice::<Value>(&data).ok()?.get(field)? {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Kcl {
    /// `IEmitter.emit` to a domain.
    pub(super) fn index(&mut self, (worker, shard): (u32, u32), edge: EdgeId, ctx: &mut Ctx<'_>) {
        let created_secs = self.shards.get(&shard).map_or(0, |known| known.created_secs);
        let Some(naming) = self.pipeline.as_ref().map(|it| it.naming.clone()) else { return };
        let Some(pump) = self.pump(worker, shard) else { return };
        let (records, bytes) = core::mem::take(&mut pump.work.held);
        let batch = pump.work.batch.clone();
        pump.stage = Stage::Writes;
        self.held -= records;
        ctx.book(Account::Held(ctx.me()), Account::Flight(edge), records, bytes);
        show(edge, 0, &batch, ctx);
        let items = naming.items(&batch, (shard, created_secs), ctx);
        let request = Request::Bulk(Bulk { batch, items });
        self.ask((worker, shard), (edge, request), Call::Pump(worker, shard), ctx);
    }

    /// The domain answered: what was not indexed is emitted again.
    pub(super) fn indexed(
        &mut self,
        (worker, shard): (u32, u32),
        edge: EdgeId,
        outcome: &BulkOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        let me = ctx.me();
        let Some(pump) = self.pump(worker, shard) else { return };
        let all = core::mem::take(&mut pump.work.batch);
        let stored = (all.records() - outcome.left.0, all.bytes - outcome.left.1);
        ctx.book(Account::Flight(edge), Account::Held(me), outcome.left.0, outcome.left.1);
        let (left, wait) = match outcome.error {
            // Without an answer the client knows nothing of what was indexed: all goes again.
            Some(error) => {
                if error.reason == Reason::CallTimeout {
                    ctx.book(Account::Copied(me), Account::Held(me), stored.0, stored.1);
                }
                (all, REQUEST_AGAIN)
            }
            None => {
                pump.work.failures += 1;
                ctx.count(metric::RECORDS_PROCESSED, stored.0);
                let wait = self.pipeline.as_ref().map_or(REQUEST_AGAIN, |it| it.backoff);
                (failed(&all, outcome, ctx), wait)
            }
        };
        let held = (left.records(), left.bytes);
        self.held += held.0;
        if let Some(pump) = self.pump(worker, shard) {
            pump.work.batch = left;
            pump.work.held = held;
        }
        if held.0 == 0 {
            return self.emitted(worker, shard, ctx);
        }
        let first = outcome.failed.first().map(|failed| failed.error);
        if let Some(error) = outcome.error.or(first) {
            self.explain_items(error, shard, ctx);
        }
        self.again(worker, shard, wait, ctx);
    }
}

/// The records of the items that failed.
fn failed(all: &Batch, outcome: &BulkOutcome, ctx: &Ctx<'_>) -> Batch {
    let mut row = 0;
    let mut rows = outcome.failed.iter().map(|failed| failed.row).peekable();
    all.pick(ctx.keys(), &mut |_record| {
        row += 1;
        rows.next_if_eq(&(row - 1)).is_some()
    })
}
