//! A data stream as source (developer guide, "Kinesis Data Streams as source"): every shard is
//! asked once a second, from LATEST on, and shares its read limits with the other readers.
//!
//! What cannot be delivered stays in the stream: while the docks hold more than
//! `delivery` lets them, nothing more is read. What was read is kept
//! until it is delivered; what stays in the stream expires there.

use base::{Duration, Time};
use scenario::kind::{Retrieval, StartAt};
use scenario::ports::Flow;

use super::life::Status;
use super::{Firehose, metric};
use crate::batch::Batch;
use crate::call::ErrorCode;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::kind::reader::{Read, ReaderConfig, explain_loss};

/// `Limit` of `GetRecords`: the most there is.
const RECORDS_MAX: u32 = 10_000;

/// How Firehose reads a stream.
pub(super) fn reader_config() -> ReaderConfig {
    ReaderConfig {
        retrieval: Retrieval::Polling,
        poll: Duration::SECOND,
        limit: RECORDS_MAX,
        start: StartAt::Latest,
        timestamp: Time::ZERO,
        sequence_number: None,
        children_wait: false,
    }
}

impl Firehose {
    /// Reads through the wire that comes from a stream, if there is one and it is `ACTIVE` itself.
    pub(super) fn rewire(&mut self, ctx: &mut Ctx<'_>) {
        if self.life.status(ctx.now()) == Status::Creating {
            return;
        }
        let source = ctx.edges_in().into_iter().find(|edge| ctx.flow(edge) == Some(Flow::Read));
        self.reader.rewire(source.map(|edge| edge.id), ctx);
    }

    /// Time to ask a shard; the stream waits while the dock is full, or Firehose is down.
    pub(super) fn poll(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        if self.has_backlog() || ctx.harm().fails {
            self.reader.rest_until(ctx.now() + Duration::SECOND);
        }
        self.read(event, ctx);
    }

    /// Gives the reader one of its events and takes what came of it.
    pub(super) fn read(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match self.reader.handle(event, ctx) {
            Some(Read::Records { batch, behind_micros, skipped, shard }) => {
                ctx.peak(metric::MILLIS_BEHIND_LATEST, behind_micros / 1_000);
                if skipped > 0 {
                    explain_loss(shard, skipped, ctx);
                }
                self.store_all(&batch, ctx);
            }
            Some(Read::Failed { error, .. }) => {
                let throttled = error.code == ErrorCode::ProvisionedThroughputExceeded;
                ctx.count(metric::THROTTLED_GET_RECORDS, u64::from(throttled));
            }
            None => {}
        }
    }

    /// Notes how far the reading is behind, also while nothing is read.
    pub(super) fn note_behind(&self, ctx: &mut Ctx<'_>) {
        let oldest = self.reader.ages(ctx.now()).map(|(_, micros)| micros).max();
        ctx.peak(metric::MILLIS_BEHIND_LATEST, oldest.unwrap_or(0) / 1_000);
    }

    /// Buffers what the reader has booked as held.
    fn store_all(&mut self, batch: &Batch, ctx: &mut Ctx<'_>) {
        let data_bytes = batch.rows().map(|record| u64::from(record.data_bytes())).sum();
        ctx.count(metric::INCOMING_RECORDS, batch.records());
        ctx.count(metric::INCOMING_BYTES, data_bytes);
        ctx.count(metric::READ_RECORDS, batch.records());
        ctx.count(metric::READ_BYTES, data_bytes);
        self.accepted += batch.records();
        self.tap.hand_on(batch, &[], ctx);
        for slice in &batch.slices {
            for row in slice.from..slice.to {
                self.store(&slice.block, row, ctx);
            }
        }
    }

    fn has_backlog(&self) -> bool {
        self.delivery.has_backlog(self.size_max()) || self.transformer.has_backlog()
    }
}
