//! Tokens only the service can read: shard iterators and `NextToken`.
//!
//! Base64 of eight bytes that say 1 and of an opaque block that is a multiple of 16 bytes long, as
//! observed (facts, streams §3.1). What the service encrypts is only disguised here, with MD5; a
//! digest in front makes sure that no token is taken for ours that is not.

use base::{Duration, Time};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{Refusal, blob, invalid};
use crate::engine::Engine;

const HEADER: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];
const DIGEST_BYTES: usize = 16;

/// How long a `NextToken` may be used (botocore 1.44.5).
const PAGE_LIFE: Duration = Duration::from_secs(300);

/// A `NextToken`: `what` lists it is for, and where the next page begins.
pub(super) fn next(engine: &Engine, what: &str, place: &Value) -> Value {
    seal(&json!([engine.now().0, what, place]).to_string(), 0).into()
}

/// Where the next page begins.
pub(super) fn resume(engine: &Engine, what: &str, token: &str) -> Result<Value, Refusal> {
    let opened = open(token).and_then(|text| text.parse::<Value>().ok());
    let part = |at: usize| opened.as_ref().and_then(|token| token.get(at));
    let issued = part(0).and_then(Value::as_u64);
    let ours = part(1).and_then(Value::as_str) == Some(what);
    let (Some(issued), Some(place), true) = (issued, part(2), ours) else {
        return Err(foreign());
    };
    if engine.now().since(Time(issued)) > PAGE_LIFE {
        let message = "NextToken has expired.".to_owned();
        return Err(Refusal { exception: "ExpiredNextTokenException", message });
    }
    Ok(place.clone())
}

/// What a token of another list gets.
pub(super) fn foreign() -> Refusal {
    invalid("NextToken is invalid.".into())
}

/// The token of a text, its block at least this long.
pub(super) fn seal(text: &str, block_bytes_min: usize) -> String {
    let mut block = text.as_bytes().to_vec();
    block.push(b'\n');
    let least = block_bytes_min.saturating_sub(DIGEST_BYTES).max(block.len());
    block.resize(least.next_multiple_of(DIGEST_BYTES), b' ');
    let digest = digest(&[&block]);
    disguise(digest, &mut block);
    blob::encode(&[&HEADER, &digest[..], &block].concat())
}

/// The text of a token; none when it is not one of ours.
pub(super) fn open(token: &str) -> Option<String> {
    blob::length(token).ok()?;
    let bytes = blob::decode(token);
    let (digest_told, block) = bytes.strip_prefix(&HEADER)?.split_first_chunk()?;
    let mut block = block.to_vec();
    disguise(*digest_told, &mut block);
    if digest(&[&block]) != *digest_told {
        return None;
    }
    let text = String::from_utf8(block).ok()?;
    text.split_once('\n').map(|(text, _)| text.to_owned())
}

/// Turns plain bytes into opaque ones and back.
fn disguise(digest_told: [u8; DIGEST_BYTES], block: &mut [u8]) {
    for (at, chunk) in (0_u32..).zip(block.chunks_mut(DIGEST_BYTES)) {
        let mask = digest(&[&digest_told, &at.to_be_bytes()]);
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

fn digest(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut digest = Md5::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}
