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

/// Where a text may be cut, in bytes: before letters that stand for themselves. Marks, joined
/// emoji and flags stay whole (the common cases of Unicode Standard Annex 29).
pub(crate) fn seams(text: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    let mut flags = 0_u32;
    text.char_indices().filter_map(move |(at, letter)| {
        let is_flag = ('\u{1F1E6}'..='\u{1F1FF}').contains(&letter);
        let second = is_flag && flags % 2 == 1;
        flags = if is_flag { flags + 1 } else { 0 };
        let joined = second || joins(letter) || before == Some('\u{200D}');
        before = Some(letter);
        (!joined).then_some(at)
    })
}

/// Letters that belong to the one before them, from first to last.
#[rustfmt::skip]
const JOINED: [(char, char); 20] = [
    ('\u{0300}', '\u{036F}'), ('\u{0483}', '\u{0489}'), ('\u{0591}', '\u{05C7}'),
    ('\u{0610}', '\u{061A}'), ('\u{064B}', '\u{065F}'), ('\u{0670}', '\u{0670}'),
    ('\u{06D6}', '\u{06DC}'), ('\u{0900}', '\u{0903}'), ('\u{093A}', '\u{094F}'),
    ('\u{0E31}', '\u{0E31}'), ('\u{0E34}', '\u{0E3A}'), ('\u{0E47}', '\u{0E4E}'),
    ('\u{1AB0}', '\u{1AFF}'), ('\u{1DC0}', '\u{1DFF}'), ('\u{200D}', '\u{200D}'),
    ('\u{20D0}', '\u{20FF}'), ('\u{FE00}', '\u{FE0F}'), ('\u{FE20}', '\u{FE2F}'),
    ('\u{1F3FB}', '\u{1F3FF}'), ('\u{E0020}', '\u{E007F}'),
];

fn joins(letter: char) -> bool {
    JOINED.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// The text up to a seam with an ellipsis, which stands where the text goes on: at the left of
/// what is read from right to left.
pub(crate) fn cut(text: &str, at: usize) -> String {
    let kept = text.get(..at).unwrap_or_default().trim_end();
    let leftward = [('\u{0590}', '\u{08FF}'), ('\u{FB1D}', '\u{FDFF}'), ('\u{FE70}', '\u{FEFC}')];
    let is_leftward =
        |letter: &char| leftward.iter().any(|(first, last)| (*first..=*last).contains(letter));
    let last = kept.chars().rev().find(|letter| letter.is_alphabetic());
    let mark = if last.as_ref().is_some_and(is_leftward) { "\u{200F}" } else { "" };
    [kept, "…", mark].concat()
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

    /// Grapheme clusters as Unicode Standard Annex 29 has them.
    #[test]
    fn texts_are_cut_between_letters_as_people_see_them() {
        let pieces = |text: &str| {
            let mut seams: Vec<usize> = seams(text).collect();
            seams.push(text.len());
            seams.windows(2).map(|pair| text[pair[0]..pair[1]].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(pieces("e\u{301}a"), ["e\u{301}", "a"]);
        let family = "👩\u{200D}👩\u{200D}👧";
        assert_eq!(pieces(&format!("{family}👍🏽❤\u{FE0F}")), [family, "👍🏽", "❤\u{FE0F}"]);
        assert_eq!(pieces("🇩🇪🇫🇷x"), ["🇩🇪", "🇫🇷", "x"]);
        assert_eq!(cut("orders of the gate", 7), "orders…");
        assert_eq!(cut("שלום עולם", 8), "שלום…\u{200F}");
    }
}
