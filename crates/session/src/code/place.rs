//! Places in a text: bytes here, UTF-16 units in an editor.

/// How many UTF-16 units stand before a byte.
pub(super) fn unit_of(text: &str, byte: u32) -> u32 {
    let mut at = (byte as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(text[..at].encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The byte that so many UTF-16 units stand before; the end when there are fewer.
pub(super) fn byte_of(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += if c.len_utf16() == 2 { 2 } else { 1 };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_may_be_several_bytes_or_units() {
        let text = "a🌊é b";
        assert_eq!([0, 1, 5, 7].map(|byte| unit_of(text, byte)), [0, 1, 3, 4]);
        assert_eq!([0, 1, 3, 4, 99].map(|unit| byte_of(text, unit)), [0, 1, 5, 7, text.len()]);
        assert_eq!(unit_of(text, 3), 1, "within a letter is before it");
    }
}
