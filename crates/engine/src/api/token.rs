//! Tokens only the service can read: shard iterators and `NextToken`.
//!
//! Base64 of eight bytes that say 1 and of an opaque block that is a multiple of 16 bytes long, as
//! observed (facts, streams §3.1). What the service encrypts is only disguised here, with MD5; a
//! digest in front makes sure that no token is taken for ours that is not.

use md5::{Digest as _, Md5};

use super::blob;

const HEADER: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];
const DIGEST_BYTES: usize = 16;

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
