//! jq programs, Parquet files, ZIP, Snappy and time zones: what only large libraries can do.
//!
//! One function from bytes to bytes, [`call`]: native programs link it, the page runs it as a
//! WebAssembly module of its own that is fetched when a scenario needs it. The same request gives
//! the same answer everywhere: no clock, no randomness, no environment, and every bound is a count.
//! `engine::formats` has the other end, with types.

mod calendar;
mod compress;
mod jq;
mod json;
mod parquet;
#[cfg(test)]
mod tests;
mod wire;
mod zone;

use wire::{Failure, Reader, Reply};

/// Operations, as `engine::formats` numbers them.
const JQ: u8 = 1;
const CHECK_JQ: u8 = 2;
const PARQUET: u8 = 3;
const CHECK_TABLE: u8 = 4;
const ROWS: u8 = 5;
const COMPRESS: u8 = 6;
const DECOMPRESS: u8 = 7;
const ZIP: u8 = 8;
const OFFSET: u8 = 9;

/// Answers a request of `engine::formats`.
#[must_use]
pub fn call(request: &[u8]) -> Vec<u8> {
    let answered = answer(&mut Reader::new(request));
    answered.unwrap_or_else(|failure| Reply::failed(&failure)).finish()
}

fn answer(request: &mut Reader<'_>) -> Result<Reply, Failure> {
    let mut reply = Reply::fine();
    match request.byte()? {
        JQ => {
            let (program, input) = (request.text()?, request.bytes()?);
            let outputs = jq::run(program, input)?;
            reply.count(outputs.len());
            outputs.iter().for_each(|output| reply.bytes(output));
        }
        CHECK_JQ => jq::check(request.text()?)?,
        PARQUET => {
            let (table, records) = (table(request)?, request.list(Reader::bytes)?);
            let converted = parquet::convert(&table, &records)?;
            reply.bytes(&converted.file);
            reply.long(converted.rows);
            reply.count(converted.failed.len());
            for (index, code, message) in &converted.failed {
                reply.count(*index);
                reply.text(code);
                reply.text(message);
            }
        }
        CHECK_TABLE => parquet::check(&table(request)?)?,
        ROWS => {
            let (rows_max, file) = (request.count()?, request.bytes()?);
            let found = parquet::rows(file, rows_max as usize)?;
            reply.count(found.columns.len());
            for (name, kind) in &found.columns {
                reply.text(name);
                reply.text(kind);
            }
            reply.count(found.rows.len());
            for row in &found.rows {
                reply.count(row.len());
                row.iter().for_each(|cell| reply.text(cell));
            }
            reply.long(found.count);
        }
        COMPRESS => {
            let (codec, name, raw) = (request.text()?, request.text()?, request.bytes()?);
            reply.bytes(&compress::compress(codec, name, raw)?);
        }
        DECOMPRESS => {
            let (codec, bytes_max, stored) = (request.text()?, request.count()?, request.bytes()?);
            reply.bytes(&compress::decompress(codec, stored, bytes_max as usize)?);
        }
        ZIP => {
            let files = request.list(|request| Ok((request.text()?, request.bytes()?)))?;
            reply.bytes(&compress::zip(&files));
        }
        OFFSET => {
            let (zone, wall_millis) = (request.text()?, request.long()?);
            reply.long(zone::offset_secs(zone, wall_millis)?.cast_unsigned());
        }
        other => return Err(Failure::new(format!("There is no operation {other}"))),
    }
    Ok(reply)
}

fn table<'a>(request: &mut Reader<'a>) -> Result<parquet::Table<'a>, Failure> {
    Ok(parquet::Table {
        schema: request.text()?,
        mappings: request.text()?,
        case_insensitive: request.flag()?,
        dots_to_underscores: request.flag()?,
        compression: request.text()?,
    })
}
