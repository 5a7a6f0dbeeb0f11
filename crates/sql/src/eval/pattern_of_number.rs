//! Formats of numbers: `9,999.00` (Redshift guide, "Numeric format strings"; widths and signs as
//! `PostgreSQL` writes them).

use crate::decimal::Decimal;

/// Longest format.
const PIECES_MAX: usize = 100;

/// One piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// `9`, and `0` that is always there.
    Digit,
    Point,
    Comma,
    /// `MI`: minus or a blank.
    Minus,
    /// `PL`: plus or a blank.
    Plus,
    /// `SG`, and `S` but in front: either sign.
    Sign,
    Dollar,
    /// `PR`: numbers below zero stand in angle brackets.
    Brackets,
    /// `TH` and `th`: 1st, 2nd.
    Ordinal(bool),
    Other(char),
}

/// What a format asks for.
#[derive(Debug, Default)]
struct Format {
    pieces: Vec<Piece>,
    /// Places before the point and behind it.
    places: (usize, usize),
    /// From which place on, before the point, zeros are written.
    zero: Option<usize>,
    /// The last place behind the point that is always there.
    last_zero: usize,
    /// `S` in front: either sign stands right before the digits.
    signed: bool,
    /// `FM`: nothing is filled up.
    short: bool,
}

/// A number in a format.
///
/// # Errors
/// The format has a piece that means nothing here.
pub(super) fn write(pattern: &str, number: Decimal) -> Result<String, String> {
    let format = read(pattern)?;
    let scale = u8::try_from(format.places.1).unwrap_or(u8::MAX);
    let rounded = number.fit((38, scale)).ok_or("The number is too large for its format")?;
    let text = rounded.to_string();
    let text = text.strip_prefix('-').unwrap_or(&text);
    let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
    let whole = if whole == "0" && format.places.1 > 0 { "" } else { whole };
    Ok(format.filled(whole, behind, rounded.unscaled < 0))
}

fn read(pattern: &str) -> Result<Format, String> {
    let mut format = Format::default();
    let (mut rest, mut behind) = (pattern, false);
    while let Some(first) = rest.chars().next() {
        let two = rest.get(..2).unwrap_or_default().to_ascii_uppercase();
        let (piece, length) = match (two.as_str(), first) {
            ("FM", _) => {
                format.short = true;
                rest = &rest[2..];
                continue;
            }
            ("MI", _) => (Piece::Minus, 2),
            ("PL", _) => (Piece::Plus, 2),
            ("SG", _) => (Piece::Sign, 2),
            ("PR", _) => (Piece::Brackets, 2),
            ("TH", _) => (Piece::Ordinal(first == 'T'), 2),
            ("RN" | "EE", _) | (_, 'V' | 'v') => {
                return Err(format!("`{first}` in the format `{pattern}` is not simulated"));
            }
            (_, 'S' | 's') if format.pieces.is_empty() => {
                format.signed = true;
                rest = &rest[1..];
                continue;
            }
            (_, 'S' | 's') => (Piece::Sign, 1),
            (_, 'L' | 'l' | '$') => (Piece::Dollar, 1),
            (_, '.' | 'D' | 'd') if behind => {
                return Err(format!("The format `{pattern}` has two points"));
            }
            (_, '.' | 'D' | 'd') => {
                behind = true;
                (Piece::Point, 1)
            }
            (_, ',' | 'G' | 'g') => (Piece::Comma, 1),
            (_, '0' | '9') => {
                let places = &mut format.places;
                if behind {
                    places.1 += 1;
                    format.last_zero = if first == '0' { places.1 } else { format.last_zero };
                } else {
                    format.zero = format.zero.or((first == '0').then_some(places.0));
                    places.0 += 1;
                }
                (Piece::Digit, 1)
            }
            (_, '"') => {
                let quoted = rest[1..].split('"').next().unwrap_or_default();
                format.pieces.extend(quoted.chars().map(Piece::Other));
                rest = rest.get(quoted.len() + 2..).unwrap_or_default();
                continue;
            }
            _ => (Piece::Other(first), first.len_utf8()),
        };
        format.pieces.push(piece);
        rest = &rest[length..];
    }
    if format.pieces.len() > PIECES_MAX || format.places.1 > 30 {
        return Err(format!("A format has at most {PIECES_MAX} pieces, 30 behind the point"));
    }
    Ok(format)
}

impl Format {
    fn filled(&self, whole: &str, behind: &str, negative: bool) -> String {
        let overflows = whole.len() > self.places.0;
        let blanks = self.places.0.saturating_sub(whole.len());
        let shown = self.zero.map_or(blanks, |it| it.min(blanks));
        let kept = behind.trim_end_matches('0').len().max(self.last_zero);
        let own = |it: &Piece| matches!(it, Piece::Minus | Piece::Plus | Piece::Sign);
        let brackets = self.pieces.contains(&Piece::Brackets);
        let by_itself = !self.pieces.iter().any(own) && !brackets;
        let mut sign = match negative {
            _ if self.signed => Some(if negative { '-' } else { '+' }),
            true if brackets => Some('<'),
            true if by_itself => Some('-'),
            false if (by_itself || brackets) && !self.short => Some(' '),
            _ => None,
        };
        let (mut out, mut place, mut pointed) = (String::new(), 0, false);
        for piece in &self.pieces {
            let begun = pointed || place > shown;
            match piece {
                Piece::Digit if pointed => {
                    let digit = behind.chars().nth(place).unwrap_or('0');
                    let digit = if overflows { '#' } else { digit };
                    out.extend((!self.short || place < kept).then_some(digit));
                    place += 1;
                }
                Piece::Digit => {
                    if place >= shown {
                        out.extend(sign.take());
                        let digit = place.checked_sub(blanks).and_then(|it| whole.chars().nth(it));
                        out.push(if overflows { '#' } else { digit.unwrap_or('0') });
                    } else if !self.short {
                        out.push(' ');
                    }
                    place += 1;
                }
                Piece::Point => {
                    out.extend(sign.take());
                    out.push('.');
                    (pointed, place) = (true, 0);
                }
                Piece::Comma if begun => out.push(','),
                Piece::Comma if !self.short => out.push(' '),
                Piece::Sign => out.push(if negative { '-' } else { '+' }),
                Piece::Minus if negative => out.push('-'),
                Piece::Plus if !negative => out.push('+'),
                Piece::Minus | Piece::Plus if !self.short => out.push(' '),
                Piece::Dollar => out.push('$'),
                Piece::Brackets if negative => out.push('>'),
                Piece::Brackets if !self.short => out.push(' '),
                Piece::Ordinal(capitals) if !negative => {
                    let ending = ordinal(whole);
                    out.push_str(&if *capitals {
                        ending.to_uppercase()
                    } else {
                        ending.to_owned()
                    });
                }
                Piece::Other(c) => out.push(*c),
                Piece::Comma | Piece::Minus | Piece::Plus | Piece::Brackets | Piece::Ordinal(_) => {
                }
            }
        }
        out
    }
}

fn ordinal(whole: &str) -> &'static str {
    let teens = whole.len() > 1 && whole[..whole.len() - 1].ends_with('1');
    match whole.chars().last() {
        Some('1') if !teens => "st",
        Some('2') if !teens => "nd",
        Some('3') if !teens => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of `PostgreSQL`'s manual, "Data Type Formatting Functions", and of the Redshift
    /// guide, "`TO_CHAR` function".
    #[test]
    fn numbers_are_written() {
        for (number, pattern, text) in [
            ("-0.1", "99.99", "  -.10"),
            ("-0.1", "FM9.99", "-.1"),
            ("0.1", "0.9", " 0.1"),
            ("12", "9990999.9", "    0012.0"),
            ("12", "FM9990999.9", "0012."),
            ("485", "999", " 485"),
            ("-485", "999", "-485"),
            ("485", "9 9 9", " 4 8 5"),
            ("1485", "9,999", " 1,485"),
            ("485", "9,999", "   485"),
            ("148.5", "999.999", " 148.500"),
            ("148.5", "FM999.999", "148.5"),
            ("148.5", "FM999.990", "148.500"),
            ("-485", "999S", "485-"),
            ("485", "999MI", "485 "),
            ("-485", "999MI", "485-"),
            ("485", "FM999MI", "485"),
            ("485", "PL999", "+485"),
            ("-485", "SG999", "-485"),
            ("-485", "9SG99", "4-85"),
            ("-485", "999PR", "<485>"),
            ("482", "999th", " 482nd"),
            ("485", "\"Good number:\"999", "Good number: 485"),
            ("125.8", "999.99", " 125.80"),
            ("125.8", "999D99S", "125.80+"),
            ("125.8", "0999D99", " 0125.80"),
            ("-125.88", "S999D99", "-125.88"),
            ("1234", "999", " ###"),
            ("0", "999", "   0"),
            ("12", "S999", " +12"),
            ("-12", "SG999", "- 12"),
            ("1234567.891", "FM9,999,999.00", "1,234,567.89"),
        ] {
            let Ok(crate::Value::Decimal(number)) = crate::eval::cast(
                &crate::Value::Text(number.into()),
                crate::DataType::Decimal { precision: 20, scale: 5 },
                &crate::Rules::REDSHIFT,
            ) else {
                panic!("{number} is a number")
            };
            assert_eq!(write(pattern, number).as_deref(), Ok(text), "{pattern}");
        }
        let one = Decimal::whole(1);
        assert!(write("9.9.9", one).is_err() && write("RN", one).is_err());
        assert!(write(&"9".repeat(1_000), one).is_err());
    }
}
