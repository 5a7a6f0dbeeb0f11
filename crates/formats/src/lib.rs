//! jq programs, Parquet files, ZIP and Snappy: what only large libraries can do.
//!
//! One function from bytes to bytes, [`call`]: native programs link it, the page runs it as a
//! WebAssembly module of its own that is fetched when a scenario needs it. The same request gives
//! the same answer everywhere: no clock, no randomness, no environment, and every bound is a count.
//! `engine::formats` has the other end, with types.

mod compress;
mod jq;
#[cfg(test)]
mod tests;
mod wire;

use wire::{Failure, Reader, Reply};

/// Operations, as `engine::formats` numbers them.
const JQ: u8 = 1;
const CHECK_JQ: u8 = 2;
const COMPRESS: u8 = 6;
const DECOMPRESS: u8 = 7;
const ZIP: u8 = 8;

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
        other => return Err(Failure::new(format!("There is no operation {other}"))),
    }
    Ok(reply)
}
