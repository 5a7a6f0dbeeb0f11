//! Measuring text without a browser.

/// Widths of text in world units. The canvas measures with the real font; tests and SVG use the
/// built-in table of an Arial-like face.
pub trait TextMeasure {
    /// The width of a line.
    fn width(&self, text: &str, size: f64, bold: bool, mono: bool) -> f64;
}

/// Widths of an Arial-like face, for everything that has no canvas at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table;

impl TextMeasure for Table {
    fn width(&self, text: &str, size: f64, bold: bool, mono: bool) -> f64 {
        let advance = |letter: char| if mono { MONO } else { advance(letter, bold) };
        size * text.chars().map(|letter| f64::from(advance(letter))).sum::<f64>() / EM
    }
}

fn advance(letter: char, bold: bool) -> u16 {
    let table = if bold { &BOLD } else { &REGULAR };
    let idx = u32::from(letter).checked_sub(FIRST).and_then(|idx| usize::try_from(idx).ok());
    if let Some(width) = idx.and_then(|idx| table.get(idx)) {
        return *width;
    }
    match letter {
        '\u{2009}' => 410,
        '·' => 569,
        '×' => 1_196,
        '→' | '…' => 2_048,
        '✕' => 1_500,
        _ => 1_139,
    }
}

/// Units of the tables to the em.
const EM: f64 = 2_048.0;
/// Every letter of the code face.
const MONO: u16 = 1_229;
/// The first letter of the tables, a space; the last is `~`.
const FIRST: u32 = 32;

/// Advance widths that Liberation Sans shares with Arial, regular weight.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    569, 569, 727, 1_139, 1_139, 1_821, 1_366, 391, 682, 682, 797, 1_196, 569, 682, 569, 569,
    1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 569, 569, 1_196, 1_196,
    1_196, 1_139, 2_079, 1_366, 1_366, 1_479, 1_479, 1_366, 1_251, 1_593, 1_479, 569, 1_024,
    1_366, 1_139, 1_706, 1_479, 1_593, 1_366, 1_593, 1_479, 1_366, 1_251, 1_479, 1_366, 1_933,
    1_366, 1_366, 1_251, 569, 569, 569, 961, 1_139, 682, 1_139, 1_139, 1_024, 1_139, 1_139, 569,
    1_139, 1_139, 455, 455, 1_024, 455, 1_706, 1_139, 1_139, 1_139, 1_139, 682, 1_024, 569,
    1_139, 1_024, 1_479, 1_024, 1_024, 1_024, 684, 532, 684, 1_196,
];

/// The same, bold.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    569, 682, 971, 1_139, 1_139, 1_821, 1_479, 487, 682, 682, 797, 1_196, 569, 682, 569, 569,
    1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 1_139, 682, 682, 1_196, 1_196,
    1_196, 1_251, 1_997, 1_479, 1_479, 1_479, 1_479, 1_366, 1_251, 1_593, 1_479, 569, 1_139,
    1_479, 1_251, 1_706, 1_479, 1_593, 1_366, 1_593, 1_479, 1_366, 1_251, 1_479, 1_366, 1_933,
    1_366, 1_366, 1_251, 682, 569, 682, 1_196, 1_139, 682, 1_139, 1_251, 1_139, 1_251, 1_139,
    682, 1_251, 1_251, 569, 569, 1_139, 569, 1_821, 1_251, 1_251, 1_251, 1_251, 797, 1_139, 682,
    1_251, 1_139, 1_593, 1_139, 1_139, 1_024, 797, 573, 797, 1_196,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_equally_wide_and_bold_is_never_narrower() {
        for letter in '0'..='9' {
            assert_eq!(advance(letter, false), 1_139);
            assert_eq!(advance(letter, true), 1_139);
        }
        assert!(
            Table.width("orders", 13.0, true, false) > Table.width("orders", 13.0, false, false)
        );
        assert_eq!(Table.width("", 13.0, true, false), 0.0);
    }
}
