//! Raw deflate with a preset dictionary, both ways, bounded.
//!
//! A preset dictionary is text both sides hold before the first byte, so that back-references may
//! reach into it (RFC 1950 §2.2 has it for zlib streams; `inflateSetDictionary` and Python's
//! `zlib.decompressobj(-15, zdict=…)` read the raw form written here).

use base::limits;
use miniz_oxide::deflate::core as tdefl;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core as tinfl;
use tdefl::{CompressionStrategy, CompressorOxide, TDEFLFlush};

/// Dictionary 1. Links of version 1 need exactly these bytes for ever.
pub(super) const DICTIONARY_1: &str = include_str!("dictionary_1.txt");

/// How an inflation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The stream is whole.
    Whole,
    /// The stream is cut off or damaged; what came before is good.
    Broken,
    /// The stream goes on past [`limits::LINK_DECODED_BYTES_MAX`].
    TooLarge,
}

/// The shorter of two encodings: Huffman tables of its own, or the fixed ones.
pub(super) fn deflate(text: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let own = deflate_as(text, dictionary, CompressionStrategy::Default);
    let fixed = deflate_as(text, dictionary, CompressionStrategy::Fixed);
    if fixed.len() < own.len() { fixed } else { own }
}

/// Inflates at most [`limits::LINK_DECODED_BYTES_MAX`] bytes.
pub(super) fn inflate(packed: &[u8], dictionary: &[u8]) -> (Vec<u8>, End) {
    const FLAGS: u32 = tinfl::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let start = dictionary.len();
    let most = start + limits::LINK_DECODED_BYTES_MAX as usize;
    // The buffer begins with the dictionary, so references into it are plain references back.
    let mut buffer = dictionary.to_vec();
    buffer.resize((start + 32_768).min(most), 0);
    let mut state = Box::new(tinfl::DecompressorOxide::new());
    let (mut read, mut written) = (0, start);
    let end = loop {
        let (status, taken, put) =
            tinfl::decompress(&mut state, &packed[read..], &mut buffer, written, FLAGS);
        read += taken;
        written += put;
        match status {
            TINFLStatus::Done => break End::Whole,
            TINFLStatus::HasMoreOutput if buffer.len() < most => {
                buffer.resize((buffer.len() * 2).min(most), 0);
            }
            TINFLStatus::HasMoreOutput => break End::TooLarge,
            _ => break End::Broken,
        }
    };
    buffer.truncate(written);
    buffer.drain(..start);
    (buffer, end)
}

fn deflate_as(text: &[u8], dictionary: &[u8], strategy: CompressionStrategy) -> Vec<u8> {
    const BEST: i32 = 10;
    const RAW: i32 = -15;
    let flags = tdefl::create_comp_flags_from_zip_params(BEST, RAW, strategy as i32);
    let mut state = Box::new(CompressorOxide::new(flags));
    let mut out = Vec::new();
    if !dictionary.is_empty() {
        // Packing the dictionary first puts it into the window; a sync flush ends its blocks at
        // a byte, and its own output is dropped because the reader has the dictionary already.
        tdefl::compress_to_output(&mut state, dictionary, TDEFLFlush::Sync, |_bytes| true);
    }
    tdefl::compress_to_output(&mut state, text, TDEFLFlush::Finish, |bytes| {
        out.extend_from_slice(bytes);
        true
    });
    out
}
