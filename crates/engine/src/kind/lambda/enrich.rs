//! The function body that enriches: each record becomes what a select list makes of it. The first
//! record of which it makes nothing is an exception of the function, with the reason.

use std::rc::Rc;
use std::sync::Arc;

use scenario::kind::{Body, LambdaConfig};
use sql::Select;
use sql::problem::line_and_column;

use super::line::Row;
use crate::batch::Record;
use crate::kernel::ctx::Ctx;

/// Most bytes one invocation makes: an expression may repeat a record many times over.
const MADE_BYTES_MAX: usize = 64 << 20;

/// Why an invocation failed, and the partition key of the record it could not cope with.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub text: Arc<str>,
    pub key: Option<Arc<str>>,
}

/// What the function made of its batch.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Each with the row it came from: their identities, keys and times are those of the records
    /// they were made of, so that copies of a retry can be told as such.
    pub records: Vec<(u32, Record)>,
    /// The first row that cannot be, and why.
    pub failure: Option<(u32, Failure)>,
}

/// The select list, if the function has one.
pub(super) fn select_of(config: &LambdaConfig) -> Option<Select> {
    (config.body == Body::Enrich).then(|| sql::parse_select(&config.expression).ok()).flatten()
}

/// Makes every record, up to the first row of which nothing can be made.
#[inline(never)]
pub(super) fn make(select: &Select, expression: &str, rows: &[Row], ctx: &mut Ctx<'_>) -> Made {
    let now_micros = ctx.wall_micros(ctx.now());
    let (mut chunk, mut parts, mut data) = (Vec::new(), Vec::new(), Vec::new());
    let mut made = Made::default();
    'rows: for (row, of_row) in (0_u32..).zip(rows) {
        for record in of_row.records() {
            data.clear();
            record.append_to(&mut data);
            let found = match sql::json::select(select, &data, now_micros) {
                Ok(text) if chunk.len() + text.len() <= MADE_BYTES_MAX => Ok(text),
                Ok(_) => Err(format!("The records made are larger than {MADE_BYTES_MAX} bytes")),
                Err(fault) => Err(match fault.span.to {
                    0 => fault.message,
                    _ => {
                        let (line, column) = line_and_column(expression, fault.span);
                        format!("{} (line {line}, column {column})", fault.message)
                    }
                }),
            };
            match found {
                Ok(text) => {
                    let from = length(&chunk);
                    chunk.extend_from_slice(text.as_bytes());
                    parts.push((row, record, from..length(&chunk)));
                }
                Err(text) => {
                    let key = Some(Arc::clone(ctx.keys().text(record.key)));
                    made.failure = Some((row, Failure { text: text.into(), key }));
                    parts.retain(|(other, ..)| *other < row);
                    break 'rows;
                }
            }
        }
    }
    ctx.grew(chunk.len());
    let chunk = Rc::new(chunk);
    let new = |(row, record, part): (u32, &Record, core::ops::Range<u32>)| {
        let bytes = part.end - part.start;
        (row, Record::new((record.id, record.key, record.born), &chunk, part, bytes))
    };
    made.records = parts.into_iter().map(new).collect();
    made
}

/// Whether nothing can be made of a record.
#[inline(never)]
pub(super) fn cannot(select: &Select, record: &Record, ctx: &Ctx<'_>) -> bool {
    let mut data = Vec::new();
    record.append_to(&mut data);
    sql::json::select(select, &data, ctx.wall_micros(ctx.now())).is_err()
}

fn length(chunk: &[u8]) -> u32 {
    u32::try_from(chunk.len()).expect("what is made stays far below 4 GiB")
}
