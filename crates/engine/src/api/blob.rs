//! Base64 as the service reads it.

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
