//! S3: one `PutObject` a parcel. A plain failure is retried and never makes an error object
//! (developer guide, "Data delivery failure handling"). An upload whose answer never came is
//! repeated under the same key, so the object is stored again in its own place.

use base::EdgeId;

use super::dock::{Underway, backoff};
use super::{Berth, Firehose, Freight, Parcel, metric};
use crate::call::{ApiError, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;

impl Firehose {
    pub(super) fn upload(edge: EdgeId, parcel: &Parcel, ctx: &mut Ctx<'_>) -> Token {
        ctx.send(edge, Request::PutObject(parcel.object.clone()))
    }

    /// The bucket answered, or the client stopped waiting for it.
    pub(super) fn uploaded(
        &mut self,
        (berth, call): (Berth, Underway),
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let Underway { edge, parcel, .. } = call;
        let (records, bytes) = parcel.booked();
        let is_data = matches!(parcel.freight, Freight::Data | Freight::Staged);
        let success = if is_data { metric::S3_SUCCESS } else { metric::BACKUP_SUCCESS };
        ctx.peak(success, u64::from(result.is_ok()));
        match result {
            Ok(()) => self.stored(berth, parcel, ctx),
            Err(error) => {
                // Without an answer the object may be stored: what is sent again are copies.
                let from = match error.reason {
                    Reason::CallTimeout => Account::Copied(ctx.me()),
                    _ => Account::Flight(edge),
                };
                ctx.book(from, Account::Held(ctx.me()), records, bytes);
                let pause = backoff(parcel.attempts, ctx);
                self.again(berth, parcel, error, pause, ctx);
            }
        }
    }

    /// A parcel is delivered or given up: nothing of its partition waits because of it.
    pub(super) fn partition_left(&mut self, parcel: &Parcel) {
        if let Some(template) = &parcel.partition {
            self.partitions.leave(template);
        }
    }

    /// A parcel is in a bucket.
    fn stored(&mut self, berth: Berth, parcel: Parcel, ctx: &mut Ctx<'_>) {
        self.delivery.dock(berth).fails = false;
        self.delivery.objects += 1;
        let (records, bytes) = (parcel.object.records, parcel.object.raw_bytes);
        let age = ctx.now().since(parcel.oldest).secs();
        match parcel.freight {
            Freight::Data | Freight::Staged => {
                ctx.count(metric::S3_RECORDS, records);
                ctx.count(metric::S3_BYTES, bytes);
                ctx.peak(metric::S3_FRESHNESS, age);
                self.partition_left(&parcel);
                if parcel.partition.is_some() {
                    ctx.count(metric::S3_OBJECTS, 1);
                    self.partitioned_bytes += bytes;
                    self.partitioned_objects += 1;
                }
            }
            Freight::Failed | Freight::Unconverted | Freight::Source => {
                ctx.count(metric::BACKUP_RECORDS, records);
                ctx.count(metric::BACKUP_BYTES, bytes);
                ctx.peak(metric::BACKUP_FRESHNESS, age);
            }
            Freight::Manifest | Freight::Skipped | Freight::Load => {}
        }
        match parcel.freight {
            Freight::Data => self.delivery.delivered += records,
            Freight::Failed | Freight::Unconverted => self.delivery.failed += records,
            Freight::Source => self.delivery.backed_up += records,
            Freight::Staged => self.staged(parcel, ctx),
            Freight::Manifest => self.begin_copy(ctx),
            Freight::Skipped | Freight::Load => {}
        }
        if berth == Berth::Bucket {
            self.divert_waiting(ctx);
        }
    }
}
