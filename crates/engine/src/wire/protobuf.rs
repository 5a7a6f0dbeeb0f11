//! As much of Protocol Buffers as an aggregated record needs: varints and byte strings.
//!
//! Field numbers and wire types as in the encoding guide of Protocol Buffers; groups (wire types 3
//! and 4) are not read.

/// Wire type of a varint.
const VARINT: u64 = 0;
/// Wire type of eight bytes.
const FIXED64: u64 = 1;
/// Wire type of a length and so many bytes.
const BYTES: u64 = 2;
/// Wire type of four bytes.
const FIXED32: u64 = 5;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A number.
    Number(u64),
    /// Bytes: text, data or a message.
    Bytes(&'a [u8]),
    /// Four or eight bytes, which no field of ours has.
    Fixed,
}

/// Appends a number field.
pub(super) fn put_number(out: &mut Vec<u8>, field: u64, value: u64) {
    put_varint(out, field << 3 | VARINT);
    put_varint(out, value);
}

/// Appends a field of bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    put_varint(out, field << 3 | BYTES);
    put_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Bytes of a number in a field of one of the first 15 numbers, its tag aside.
pub(super) fn number_bytes(value: u64) -> u64 {
    u64::from(70 - (value | 1).leading_zeros()) / 7
}

/// Bytes of a field of so many bytes, for the first 15 field numbers: tag, length, content.
pub(super) fn field_bytes(content: u64) -> u64 {
    1 + number_bytes(content) + content
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Reads the next field off `message`: its number and value; `None` where the bytes are no
/// message.
pub(super) fn take_field<'a>(message: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let tag = take_varint(message)?;
    let value = match tag & 7 {
        VARINT => Value::Number(take_varint(message)?),
        BYTES => {
            let len = usize::try_from(take_varint(message)?).ok()?;
            Value::Bytes(take(message, len)?)
        }
        FIXED64 => take(message, 8).map(|_bytes| Value::Fixed)?,
        FIXED32 => take(message, 4).map(|_bytes| Value::Fixed)?,
        _ => return None,
    };
    Some((tag >> 3, value))
}

fn take<'a>(message: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, tail) = message.split_at_checked(len)?;
    *message = tail;
    Some(head)
}

fn take_varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = message.split_first()?;
        *message = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the encoding guide of Protocol Buffers: 150 in field 1, "testing" in 2.
    #[test]
    fn the_published_examples_hold() {
        let mut out = Vec::new();
        put_number(&mut out, 1, 150);
        put_bytes(&mut out, 2, b"testing");
        assert_eq!(out, b"\x08\x96\x01\x12\x07testing");
        let mut rest = &out[..];
        assert_eq!(take_field(&mut rest), Some((1, Value::Number(150))));
        assert_eq!(take_field(&mut rest), Some((2, Value::Bytes(b"testing"))));
        assert_eq!(take_field(&mut rest), None);
    }

    #[test]
    fn every_number_comes_back() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_number(&mut out, 3, value);
            assert_eq!(take_field(&mut &out[..]), Some((3, Value::Number(value))));
        }
    }

    #[test]
    fn broken_bytes_are_no_field() {
        for bytes in [&b"\x08"[..], b"\x12\x05abc", b"\x0b", b"\x08\xff\xff\xff\xff\xff", b"\x09ab"]
        {
            assert_eq!(take_field(&mut &bytes[..]), None, "{bytes:?}");
        }
    }
}
