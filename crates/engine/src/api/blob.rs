//! Base64 as the service reads and writes it.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many bytes the text stands for.
///
/// # Errors
/// What is wrong with it, in the service's words (its spelling included).
pub(super) fn length(text: &str) -> Result<usize, String> {
    let chars = text.encode_utf16().count();
    if !chars.is_multiple_of(4) {
        return Err(format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {chars}"
        ));
    }
    if let Some(wrong) = wrong_character(text) {
        return Err(format!("Invalid Base64 character: '{wrong}'"));
    }
    let digits = text.trim_end_matches('=');
    let unused_bits = match digits.len() % 4 {
        0 => 0,
        2 => 0b1111,
        3 => 0b11,
        _ => u8::MAX,
    };
    let last = digits.bytes().last().map_or(0, value);
    let pads = text.len() - digits.len();
    if last & unused_bits != 0 || pads > 2 || unused_bits == u8::MAX {
        return Err("Invalid last non-pad Base64 character dectected".into());
    }
    Ok(digits.len() * 3 / 4)
}

/// The bytes of a text that has a length.
pub(super) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().take_while(|digit| *digit != b'=') {
        bits = (bits << 6) | u32::from(value(digit));
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_be_bytes()[3]);
        }
    }
    bytes
}

/// The bytes of a text, if it is Base64.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    length(text).is_ok().then(|| decode(text))
}

/// The text of bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let digit = |bits: u32| char::from(DIGITS[(bits & 0x3f) as usize]);
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0, |bits, at| (bits << 8) | chunk.get(at).map_or(0, |byte| u32::from(*byte)));
        for at in 0..4 {
            text.push(if at <= chunk.len() { digit(bits >> (18 - 6 * at)) } else { '=' });
        }
    }
    text
}

/// The first character outside the alphabet, or a pad that something follows.
fn wrong_character(text: &str) -> Option<char> {
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        let inside = it.is_ascii_alphanumeric() || matches!(it, '+' | '/' | '=');
        if !inside || (it == '=' && rest.peek().is_some_and(|next| *next != '=')) {
            return Some(it);
        }
    }
    None
}

/// The six bits of a digit of the alphabet.
fn value(digit: u8) -> u8 {
    match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        _ => 63,
    }
}
