//! Redshift: objects in the bucket beside it, a manifest, one `COPY` at a time (facts, §6).
//!
//! The next `COPY` begins when the one before ends and takes all that came meanwhile. A failed one
//! is tried every five minutes for as long as the retry duration says; not at all when that is 0,
//! or shorter than the first attempt was. Then its objects are skipped, and a manifest under
//! `errors/manifests/` names them. Firehose deletes nothing of this.

use base::{Duration, EdgeId};
use serde_json::Value;

use super::dock::{Underway, undelivered};
use super::{Berth, Cargo, Firehose, Freight, Parcel, Target, metric};
use crate::call::{ApiError, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Token;
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;

/// How far attempts are apart.
const RETRY_EVERY: Duration = Duration::from_secs(300);

/// What waits for its `COPY`.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    /// In the bucket, in no manifest yet.
    staged: Vec<Object>,
    /// Their manifest is on its way.
    named: Vec<Object>,
    /// A manifest or a `COPY` is under way.
    is_busy: bool,
}

impl Firehose {
    /// An object is in the bucket.
    #[inline(never)]
    pub(super) fn staged(&mut self, parcel: Parcel, ctx: &mut Ctx<'_>) {
        if self.delivery.target != Some(Target::Cluster) {
            // The cluster is gone: the object in the bucket is all there will be.
            self.delivery.delivered += parcel.object.records;
            return;
        }
        self.delivery.copies.staged.push(parcel.object);
        self.next_copy(ctx);
    }

    /// Writes the manifest of all that is staged, when nothing else is under way.
    fn next_copy(&mut self, ctx: &mut Ctx<'_>) {
        let copies = &mut self.delivery.copies;
        if copies.is_busy || copies.staged.is_empty() {
            return;
        }
        copies.is_busy = true;
        copies.named = core::mem::take(&mut copies.staged);
        let objects = copies.named.clone();
        let manifest = self.manifest("manifests/", &objects, Freight::Manifest, ctx);
        self.moor_parcel(Berth::Bucket, manifest, ctx);
    }

    /// The manifest is in the bucket.
    #[inline(never)]
    pub(super) fn begin_copy(&mut self, ctx: &mut Ctx<'_>) {
        let objects = core::mem::take(&mut self.delivery.copies.named);
        let now = ctx.now();
        let empty = Object {
            key: "".into(),
            bytes: [].into(),
            stored_bytes: objects.iter().map(|object| object.stored_bytes).sum(),
            raw_bytes: objects.iter().map(|object| object.raw_bytes).sum(),
            booked_bytes: 0,
            records: 0,
            sealed_at: now,
            delivered_at: now,
            reason: Seal::End,
            purpose: Purpose::Manifest,
        };
        let parcel = Parcel::object(empty, Freight::Load, now);
        self.ship(Parcel { cargo: Cargo::Load(objects), ..parcel }, ctx);
    }

    #[inline(never)]
    pub(super) fn load(edge: EdgeId, objects: &[Object], ctx: &mut Ctx<'_>) -> Token {
        ctx.send(edge, Request::Copy(objects.to_vec()))
    }

    /// The `COPY` came to its end.
    #[inline(never)]
    pub(super) fn copied(
        &mut self,
        call: Underway,
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        let Underway { parcel, since, .. } = call;
        ctx.peak(metric::REDSHIFT_SUCCESS, u64::from(result.is_ok()));
        let Cargo::Load(objects) = &parcel.cargo else { return };
        let records = objects.iter().map(|object| object.records).sum();
        let Err(error) = result else {
            ctx.count(metric::REDSHIFT_RECORDS, records);
            ctx.count(metric::REDSHIFT_BYTES, parcel.object.raw_bytes);
            self.delivery.delivered += records;
            self.delivery.out.fails = false;
            self.delivery.copies.is_busy = false;
            return self.next_copy(ctx);
        };
        let now = ctx.now();
        let first = parcel.tried_at.unwrap_or(since);
        let window = Duration::from_secs(self.config.copy_retry_secs.into());
        let tries = now.since(first).0 / RETRY_EVERY.0 + 1;
        let next = first + Duration(RETRY_EVERY.0 * tries);
        if next > first + window {
            return self.skip(&parcel, records, error, ctx);
        }
        self.again(Berth::Out, parcel, error, next.since(now), ctx);
    }

    /// The batch is given up: a manifest for those who load it by hand.
    #[inline(never)]
    fn skip(&mut self, parcel: &Parcel, records: u64, error: ApiError, ctx: &mut Ctx<'_>) {
        let Cargo::Load(objects) = &parcel.cargo else { return };
        let plain = undelivered(error, parcel, None, ctx);
        ctx.explain(Cause {
            reason: Reason::Diverted,
            limit: self.config.copy_retry_secs.into(),
            entries: (0, 0),
            records: u32::try_from(records).unwrap_or(u32::MAX),
            ..plain
        });
        self.delivery.skipped += records;
        let manifest = self.manifest("errors/manifests/", objects, Freight::Skipped, ctx);
        self.moor_parcel(Berth::Bucket, manifest, ctx);
        self.delivery.copies.is_busy = false;
        self.next_copy(ctx);
    }

    /// A manifest of objects (Redshift database developer guide, "Using a manifest to specify data
    /// files").
    fn manifest(
        &self,
        folder: &str,
        objects: &[Object],
        freight: Freight,
        ctx: &mut Ctx<'_>,
    ) -> Parcel {
        let bucket = ctx.peer_name(self.delivery.bucket_edge);
        let entry = |object: &Object| {
            let url = Value::from(format!("s3://{bucket}/{}", object.key));
            format!("{{\"url\":{url},\"mandatory\":true}}")
        };
        let entries: Vec<String> = objects.iter().map(entry).collect();
        let text = format!("{{\"entries\":[{}]}}\n", entries.join(","));
        let now = ctx.now();
        let key = self.key_below(folder, now, ctx);
        Parcel::object(super::aside::plain_object(key, text.into_bytes(), ctx), freight, now)
    }
}
