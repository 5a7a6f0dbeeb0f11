//! The `Decompression` processor for CloudWatch Logs, and the message extraction behind it (facts,
//! firehose §1.5): each record is gzip of a JSON document with many log events.

use serde_json::Value;

use super::{Firehose, made, replaced};
use crate::batch::Record;
use crate::cause::Reason;
use crate::gzip;
use crate::kernel::ctx::Ctx;

/// What one record may unfold to; CloudWatch Logs sends far less.
const UNFOLDED_BYTES_MAX: usize = 64 << 20;
/// `error-output-type` of records that are no gzip.
const FAILED: &str = "decompression-failed";

impl Firehose {
    /// What a record holds: the document, or the messages of its log events.
    pub(super) fn decompress(&mut self, record: Record, ctx: &mut Ctx<'_>) -> Vec<Record> {
        let mut data = Vec::new();
        record.append_to(&mut data);
        let Some(document) = gzip::expand(&data, UNFOLDED_BYTES_MAX) else {
            return self.leave_packed(&record, &data, ctx);
        };
        self.decompressed_bytes += document.len() as u64;
        let inside = if self.config.extract_messages {
            let Some(messages) = messages(&document) else {
                return self.leave_packed(&record, &data, ctx);
            };
            let parts: Vec<_> = messages.iter().map(|it| (&record, it.as_bytes())).collect();
            made(&parts, ctx)
        } else {
            made(&[(&record, &document)], ctx)
        };
        replaced(record, Some(inside), ctx)
    }

    /// Such a record is delivered as it came, compressed, and the others go on.
    fn leave_packed(&mut self, record: &Record, data: &[u8], ctx: &mut Ctx<'_>) -> Vec<Record> {
        let (now, bytes) = (ctx.now(), record.bytes(ctx.keys()));
        self.note_failure(Reason::NotDecompressed, "", ctx);
        self.set_aside(FAILED, data, (1, bytes), now, ctx);
        Vec::new()
    }
}

/// The message of each log event; none of a `CONTROL_MESSAGE`, which only probes whether anybody
/// is there. `None` for what CloudWatch Logs does not send.
fn messages(document: &[u8]) -> Option<Vec<String>> {
    let document: Value = serde_json::from_slice(document).ok()?;
    if document.get("messageType")?.as_str()? != "DATA_MESSAGE" {
        return Some(Vec::new());
    }
    let events = document.get("logEvents")?.as_array()?.iter();
    events.map(|event| event.get("message")?.as_str().map(str::to_owned)).collect()
}
