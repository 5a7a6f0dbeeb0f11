//! Sealing: what a buffer becomes when its size or its interval is reached.

use std::sync::Arc;

use base::Time;
use scenario::kind::{Compression, FormatConversion};

use super::buffer::Buffer;
use super::delivery::{Freight, Parcel};
use super::processing::Folder;
use super::{Firehose, name, timestamp};
use crate::formats::Codec;
use crate::gzip;
use crate::kernel::ctx::Ctx;
use crate::object::{Object, Purpose};
use crate::snapshot::{MarkKind, Seal};

impl Firehose {
    /// Seals the buffer that is not partitioned.
    pub(super) fn seal(&mut self, reason: Seal, ctx: &mut Ctx<'_>) {
        self.interval_timer = None;
        let buffer = core::mem::take(&mut self.buffer);
        self.pack_up(buffer, None, reason, ctx);
    }

    /// Makes a parcel of a buffer and brings it to the dock; `folder` is that of a partition.
    pub(super) fn pack_up(
        &mut self,
        buffer: Buffer,
        folder: Option<Folder>,
        reason: Seal,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(oldest) = buffer.oldest else { return };
        ctx.mark(match reason {
            Seal::Size => MarkKind::FlushSize,
            Seal::Time | Seal::End => MarkKind::FlushTime,
        });
        if self.delivery.keeps_rows() && !self.makes_objects() {
            let sealed = (ctx.now(), reason);
            let raw_bytes = buffer.size(false);
            return self.ship(Parcel::rows(buffer.into_batch(), raw_bytes, sealed, oldest), ctx);
        }
        let plain = Object {
            key: "".into(),
            bytes: [].into(),
            stored_bytes: 0,
            raw_bytes: buffer.size(self.config.newline),
            booked_bytes: buffer.booked_bytes,
            records: buffer.records,
            sealed_at: ctx.now(),
            delivered_at: Time::ZERO,
            reason,
            purpose: Purpose::Records,
        };
        let mut object = match self.config.convert {
            FormatConversion::None => {
                let raw = buffer.content(self.config.newline);
                let bytes = self.compressed(raw, ctx);
                Object { bytes, ..plain }
            }
            FormatConversion::Parquet => {
                let Some(made) = self.converted(&buffer, oldest, ctx) else { return };
                let (records, booked_bytes) = (made.records, made.booked_bytes);
                Object { bytes: made.file.into(), records, booked_bytes, ..plain }
            }
        };
        let (stream, wall_millis) = (ctx.name(), ctx.wall_millis(oldest));
        let (template, prefix) = match folder {
            Some(folder) => (Some(folder.template), Some(folder.prefix)),
            None => (None, None),
        };
        let at = (wall_millis, timestamp::local(&self.config, wall_millis, ctx.formats()));
        let key = name::key((&self.config, prefix), (&stream, self.version), at, ctx.rng());
        (object.key, object.stored_bytes) = (key.into(), object.bytes.len() as u64);
        let mut parcel = Parcel::object(object, Freight::Data, oldest);
        if let Some(template) = template {
            self.partitions.wait(&template);
            parcel.partition = Some(template.into());
        }
        self.ship(parcel, ctx);
    }

    /// Whether only an object can hold what the settings ask for.
    fn makes_objects(&self) -> bool {
        self.config.partitioning || self.config.convert != FormatConversion::None
    }

    /// The content as it is stored.
    pub(super) fn compressed(&self, raw: Vec<u8>, ctx: &Ctx<'_>) -> Arc<[u8]> {
        match self.config.compression {
            Compression::Uncompressed => raw.into(),
            Compression::Gzip => gzip::member(&raw).into(),
            Compression::Zip => packed(Codec::Zip, raw, ctx),
            Compression::Snappy => packed(Codec::Snappy, raw, ctx),
            Compression::HadoopSnappy => packed(Codec::HadoopSnappy, raw, ctx),
        }
    }
}

/// The content as a library packs it. Without one the bytes stay as they are: nothing is lost.
#[inline(never)]
fn packed(codec: Codec, raw: Vec<u8>, ctx: &Ctx<'_>) -> Arc<[u8]> {
    let made = ctx.formats().compress(codec, &ctx.name(), &raw);
    made.map_or_else(|_failure| raw.into(), Into::into)
}
