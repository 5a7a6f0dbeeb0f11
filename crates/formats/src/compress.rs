//! Objects as they are stored: ZIP, the framing format of Snappy, and Snappy in Hadoop's blocks.
//! GZIP is the engine's own.

use std::io::{Read as _, Write as _};

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use snap::raw;
use snap::read::FrameDecoder;
use snap::write::FrameEncoder;

use crate::wire::Failure;

/// Fastest deflate, as for GZIP: an object is compressed while a person watches.
const LEVEL: u8 = 1;
/// Uncompressed bytes of one Hadoop block (`io.compression.codec.snappy.buffersize`, 256 KB).
const HADOOP_BLOCK_BYTES: usize = 256 * 1024;
/// 1980-01-01 00:00 in the format of MS-DOS: a run has no clock.
const DOS_DATE: u16 = 1 << 5 | 1;
/// "Version needed to extract" 2.0: deflate and folders.
const ZIP_VERSION: u16 = 20;
/// Names are UTF-8.
const ZIP_FLAGS: u16 = 1 << 11;
const DEFLATE: u16 = 8;

/// An object of one of the formats S3 destinations have.
pub(crate) fn compress(codec: &str, name: &str, raw: &[u8]) -> Result<Vec<u8>, Failure> {
    match codec {
        "ZIP" => Ok(zip(&[(name, raw)])),
        "Snappy" => frame(raw),
        "HADOOP_SNAPPY" => hadoop(raw),
        _ => Err(unknown(codec)),
    }
}

/// What `compress` made, at most `bytes_max` of it.
pub(crate) fn decompress(codec: &str, stored: &[u8], bytes_max: usize) -> Result<Vec<u8>, Failure> {
    match codec {
        "ZIP" => unzip(stored, bytes_max),
        "Snappy" => {
            let mut raw = Vec::new();
            let mut limited = FrameDecoder::new(stored).take(bytes_max as u64);
            limited.read_to_end(&mut raw).map_err(|_cause| damaged(codec))?;
            Ok(raw)
        }
        "HADOOP_SNAPPY" => hadoop_back(stored, bytes_max),
        _ => Err(unknown(codec)),
    }
}

fn unknown(codec: &str) -> Failure {
    Failure::new(format!("There is no compression `{codec}`"))
}

fn damaged(codec: &str) -> Failure {
    Failure::new(format!("This is no {codec} object"))
}

fn frame(raw: &[u8]) -> Result<Vec<u8>, Failure> {
    let failed = |_cause| Failure::new("Snappy could not compress");
    let mut encoder = FrameEncoder::new(Vec::new());
    encoder.write_all(raw).map_err(failed)?;
    encoder.into_inner().map_err(|_cause| Failure::new("Snappy could not compress"))
}

/// `BlockCompressorStream` of Hadoop: blocks of uncompressed length, then length and bytes of the
/// raw Snappy, numbers with the big end first.
fn hadoop(raw: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let mut encoder = raw::Encoder::new();
    for block in raw.chunks(HADOOP_BLOCK_BYTES) {
        let failed = |_cause| Failure::new("Snappy could not compress");
        let packed = encoder.compress_vec(block).map_err(failed)?;
        out.extend_from_slice(&low32(block.len()).to_be_bytes());
        out.extend_from_slice(&low32(packed.len()).to_be_bytes());
        out.extend_from_slice(&packed);
    }
    Ok(out)
}

fn hadoop_back(stored: &[u8], bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let mut rest = stored;
    while !rest.is_empty() && out.len() < bytes_max {
        let block = hadoop_block(&mut rest).ok_or_else(|| damaged("HADOOP_SNAPPY"))?;
        out.extend_from_slice(&block);
    }
    out.truncate(bytes_max);
    Ok(out)
}

fn hadoop_block(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let (_raw_len, after) = rest.split_at_checked(4)?;
    let (len, after) = after.split_at_checked(4)?;
    let len = u32::from_be_bytes(len.try_into().ok()?);
    let (packed, after) = after.split_at_checked(len as usize)?;
    *rest = after;
    if raw::decompress_len(packed).ok()? > HADOOP_BLOCK_BYTES {
        return None;
    }
    raw::Decoder::new().decompress_vec(packed).ok()
}

/// An archive of many files, each deflated (PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and
/// 4.3.16).
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, raw) in files {
        let deflated = compress_to_vec(raw, LEVEL);
        let mut common = Vec::new();
        for word in [ZIP_VERSION, ZIP_FLAGS, DEFLATE, 0, DOS_DATE] {
            common.extend_from_slice(&word.to_le_bytes());
        }
        for number in [crc32(raw), low32(deflated.len()), low32(raw.len()), low32(name.len())] {
            common.extend_from_slice(&number.to_le_bytes()); // no extra field: its length is 0
        }
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&ZIP_VERSION.to_le_bytes());
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]); // no comment, first disk, no attributes
        directory.extend_from_slice(&low32(out.len()).to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&deflated);
    }
    let [count, ..] = [low32(files.len()).to_le_bytes()];
    let begin = low32(out.len());
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&[count[0], count[1], count[0], count[1]]);
    out.extend_from_slice(&low32(directory.len()).to_le_bytes());
    out.extend_from_slice(&begin.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

/// The first file of an archive.
fn unzip(stored: &[u8], bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let word = |at: usize| {
        let bytes = stored.get(at..at + 2).ok_or_else(|| damaged("ZIP"))?;
        Ok(usize::from(bytes[0]) | usize::from(bytes[1]) << 8)
    };
    if !stored.starts_with(b"PK\x03\x04") || word(8)? != usize::from(DEFLATE) {
        return Err(damaged("ZIP"));
    }
    let begin = 30 + word(26)? + word(28)?;
    let deflated = stored.get(begin..).ok_or_else(|| damaged("ZIP"))?;
    match decompress_to_vec_with_limit(deflated, bytes_max) {
        Ok(raw) => Ok(raw),
        Err(stopped) if stopped.output.len() == bytes_max => Ok(stopped.output),
        Err(_cause) => Err(damaged("ZIP")),
    }
}

/// Lengths as these formats keep them; an object is far below 4 GiB.
fn low32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// CRC-32 of ISO 3309, bit by bit: archives are small and rare.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
