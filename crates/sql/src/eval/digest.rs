//! Functions that write a text in other letters: digests, Base64, hexadecimal digits.

use md5::{Digest as _, Md5};

use super::arguments::Arguments;
use super::text::text_value;
use super::{Found, mismatch};
use crate::function::Function;
use crate::value::Value;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What such a function gives; none of another function.
pub(super) fn call(of: &Arguments<'_>) -> Option<Found> {
    Some(match of.function {
        Function::Hex => match of.value(0) {
            Ok(Value::Integer(it)) => Ok(Value::Text(format!("{it:X}").into())),
            Ok(Value::Text(text)) => {
                let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
                Ok(Value::Text(hex.into()))
            }
            Ok(other) => Err(mismatch("HEX", other)),
            Err(missing) => Err(missing),
        },
        Function::Md5 => of.text(0).map(|text| {
            let digest = Md5::digest(text.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            Value::Text(hex.into())
        }),
        Function::ToBase64 => of.text(0).map(|text| text_value(&encoded(text.as_bytes()))),
        Function::FromBase64 => of.text(0).map(|text| match decoded(text) {
            Some(bytes) => text_value(&String::from_utf8_lossy(&bytes)),
            None => Value::Null,
        }),
        _ => return None,
    })
}

fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |index: usize| u32::from(three.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = LETTERS[(bits >> shift & 63) as usize];
            out.push(if index <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let at = LETTERS.iter().position(|it| *it == letter)?;
        bits = bits << 6 | u32::try_from(at).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 255).ok()?);
        }
    }
    Some(out)
}
