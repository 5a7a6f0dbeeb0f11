//! Record format conversion: the records of a sealed buffer become one Parquet file by the schema
//! of a Glue table; what does not fit goes to the error prefix (facts, firehose §4).

use base::Time;
use scenario::kind::FirehoseConfig;

use super::super::buffer::Buffer;
use super::super::{Firehose, metric};
use crate::batch::Record;
use crate::formats::{Parquet, Table, Unconverted};
use crate::kernel::ctx::Ctx;

/// A file, and what of the buffer is in it.
#[derive(Debug)]
pub(in super::super) struct Converted {
    pub(in super::super) file: Vec<u8>,
    pub(in super::super) records: u64,
    pub(in super::super) booked_bytes: u64,
}

impl Firehose {
    /// The file of a buffer; `None` when nothing of it could be converted.
    #[inline(never)]
    pub(in super::super) fn converted(
        &mut self,
        buffer: &Buffer,
        oldest: Time,
        ctx: &mut Ctx<'_>,
    ) -> Option<Converted> {
        let records: Vec<&Record> = buffer.rows().collect();
        let data: Vec<Vec<u8>> = records
            .iter()
            .map(|record| {
                let mut data = Vec::new();
                record.append_to(&mut data);
                data
            })
            .collect();
        let slices: Vec<&[u8]> = data.iter().map(Vec::as_slice).collect();
        let made = ctx.formats().parquet(&table(&self.config), &slices);
        let Parquet { file, failed, .. } = made.unwrap_or_else(|failure| {
            let all = 0..u32::try_from(records.len()).unwrap_or(u32::MAX);
            let code = "DataFormatConversion.InvalidSchema".to_owned();
            let row =
                |index| Unconverted { index, code: code.clone(), message: failure.message.clone() };
            Parquet { file: Vec::new(), rows: 0, failed: all.map(row).collect() }
        });
        let mut converted =
            Converted { file, records: buffer.records, booked_bytes: buffer.booked_bytes };
        let mut failed_bytes = 0;
        for Unconverted { index, code, message } in &failed {
            let Some(record) = records.get(*index as usize) else { continue };
            converted.records -= 1;
            converted.booked_bytes -= record.bytes(ctx.keys());
            failed_bytes += u64::from(record.data_bytes());
            self.reject_row((record, oldest), (code, message), ctx);
        }
        let bytes: u64 = data.iter().map(|it| it.len() as u64).sum();
        ctx.count(metric::CONVERTED_RECORDS, converted.records);
        ctx.count(metric::CONVERTED_BYTES, bytes - failed_bytes);
        ctx.count(metric::UNCONVERTED_RECORDS, failed.len() as u64);
        ctx.count(metric::UNCONVERTED_BYTES, failed_bytes);
        (converted.records > 0).then_some(converted)
    }
}

fn table(config: &FirehoseConfig) -> Table<'_> {
    Table {
        schema: &config.schema,
        mappings: &config.mappings,
        case_insensitive: config.case_insensitive,
        dots_to_underscores: config.dots_to_underscores,
        compression: config.parquet_compression.word(),
    }
}
