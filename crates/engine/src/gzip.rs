//! One gzip member around raw deflate (RFC 1952), so that delivered objects open in any tool; and
//! the content of members of anybody's.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// Fastest deflate: an object is compressed while a person watches, and AWS names no level.
const LEVEL: u8 = 1;

/// Magic, deflate, no flags, modification time 0 (a run has no clock), fastest, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

const CRC_TABLE: [u32; 256] = crc_table();

/// `raw` as one gzip member.
#[must_use]
pub fn member(raw: &[u8]) -> Vec<u8> {
    let deflated = compress_to_vec(raw, LEVEL);
    let mut out = Vec::with_capacity(HEADER.len() + deflated.len() + 8);
    out.extend_from_slice(&HEADER);
    out.extend_from_slice(&deflated);
    out.extend_from_slice(&crc32(raw).to_le_bytes());
    let [b0, b1, b2, b3, ..] = (raw.len() as u64).to_le_bytes();
    out.extend_from_slice(&[b0, b1, b2, b3]); // the size modulo 2^32, as the format wants it
    out
}

/// The content of all members one behind the other, as RFC 1952, section 2.2 has them, at most
/// `bytes_max` of it; what can be read of a damaged one. Records that are gzip already are glued to
/// such a file.
#[must_use]
pub fn inflate(gzip: &[u8], bytes_max: usize) -> Vec<u8> {
    let (mut content, mut rest) = (Vec::new(), gzip);
    while let Some(body) = body(rest) {
        let Some(used) = unfold(body, bytes_max, &mut content) else { break };
        rest = body.get(used + TRAILER..).unwrap_or_default();
    }
    content
}

/// CRC-32 and size behind the data of a member.
const TRAILER: usize = 8;

/// What follows the header of a member; nothing where there is none.
fn body(member: &[u8]) -> Option<&[u8]> {
    let [flags, rest @ ..] = member.strip_prefix(&[0x1f, 0x8b, 8])? else { return None };
    let mut rest = rest.get(6..)?;
    if flags & 4 > 0 {
        let length = u16::from_le_bytes([*rest.first()?, *rest.get(1)?]);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    // The name of the file, and a comment.
    for flag in [8, 16] {
        if flags & flag > 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 > 0 { rest.get(2..) } else { Some(rest) }
}

/// Appends what one deflate stream holds; how long it was, if it came to its end.
fn unfold(deflated: &[u8], bytes_max: usize, content: &mut Vec<u8>) -> Option<usize> {
    let mut state = Box::<DecompressorOxide>::default();
    let (mut used, mut end) = (0, content.len());
    loop {
        content.resize((end + STEP_BYTES.max(end)).min(bytes_max), 0);
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) =
            decompress(&mut state, &deflated[used..], content, end, flags);
        (used, end) = (used + read, end + written);
        if status != TINFLStatus::HasMoreOutput || end >= bytes_max {
            content.truncate(end);
            return (status == TINFLStatus::Done).then_some(used);
        }
    }
}

/// How much room is made at first.
const STEP_BYTES: usize = 32 << 10;

/// The content of a whole gzip member of anybody's without optional fields, at most `bytes_max` of
/// it; `None` when it is damaged, larger or something else.
#[must_use]
pub fn expand(member: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let body = member.strip_prefix(&[0x1f, 0x8b, 8, 0])?.get(6..)?;
    let (deflated, trailer) = body.split_at_checked(body.len().checked_sub(8)?)?;
    let content = decompress_to_vec_with_limit(deflated, bytes_max).ok()?;
    (trailer.get(..4)? == crc32(&content).to_le_bytes()).then_some(content)
}

/// CRC-32 of RFC 1952, section 8.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let rest = bytes.iter().fold(u32::MAX, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        CRC_TABLE[usize::from(low ^ byte)] ^ (crc >> 8)
    });
    !rest
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256_u32 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec;

    use super::*;

    /// The check value every CRC-32 implementation prints.
    #[test]
    fn crc_matches_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_member_inflates_to_what_went_in() {
        for raw in [Vec::new(), b"a".to_vec(), b"{\"gate\":1}\n".repeat(5_000)] {
            let zipped = member(&raw);
            let (body, tail) = zipped[HEADER.len()..].split_at(zipped.len() - HEADER.len() - 8);
            assert_eq!(decompress_to_vec(body).unwrap(), raw);
            assert_eq!(tail[..4], crc32(&raw).to_le_bytes());
            assert_eq!(tail[4..], u32::try_from(raw.len()).unwrap().to_le_bytes());
        }
    }

    #[test]
    fn what_went_in_comes_out_up_to_the_bound() {
        let raw = b"gate-1,".repeat(1_000);
        assert_eq!(inflate(&member(&raw), 1 << 20), raw);
        let part = inflate(&member(&raw), 700);
        assert!(part.len() <= 700 && raw.starts_with(&part));
        assert_eq!(inflate(b"", 700), b"");
    }

    /// As `printf a | gzip -n > f; printf b | gzip -N >> f` lays it out: `zcat` prints `ab`.
    #[test]
    fn members_one_behind_the_other_are_one_content() {
        let mut named = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
        named.extend_from_slice(b"b.txt\0");
        named.extend_from_slice(&member(b"second")[HEADER.len()..]);
        let glued = [member(b"first,"), named, member(&b"x".repeat(100_000))].concat();
        let content = inflate(&glued, 1 << 20);
        assert_eq!(content.len(), 12 + 100_000);
        assert!(content.starts_with(b"first,secondxxx"));
        assert_eq!(inflate(&glued, 8), b"first,se");
        let cut = &glued[..glued.len() - 60];
        assert!(inflate(cut, 1 << 20).starts_with(b"first,secondxxx"), "what can be read of it");
    }
}
