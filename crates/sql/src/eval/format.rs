//! Moments as text by a pattern of letters, and back: those of Java's `SimpleDateFormat`, which
//! the Kinesis dialect has (facts, analytics §2.3), and of `DateTimeFormatter`, which Flink has.
//! Words are English, the zone is UTC.

use base::calendar::{Civil, MONTHS, WEEKDAYS};

/// Whose letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `SimpleDateFormat`: `S` counts milliseconds, and what is left of a text does not matter.
    Simple,
    /// `DateTimeFormatter`: `S` are digits behind the point.
    Standard,
}

/// Longest run of one letter.
const RUN_MAX: usize = 18;

/// A piece of a pattern.
enum Piece {
    Text(char),
    /// A letter, so many times.
    Field(char, usize),
}

fn pieces(pattern: &str) -> Result<Vec<Piece>, String> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next_if_eq(&'\'').is_some() => out.push(Piece::Text('\'')),
            '\'' => loop {
                match chars.next() {
                    Some('\'') if chars.next_if_eq(&'\'').is_some() => out.push(Piece::Text('\'')),
                    Some('\'') => break,
                    Some(c) => out.push(Piece::Text(c)),
                    None => return Err(format!("A quote in `{pattern}` does not end")),
                }
            },
            _ if c.is_ascii_alphabetic() => {
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                if !"yuYMLdDEeaHkKhmsSzZXx".contains(c) || count > RUN_MAX {
                    return Err(format!("`{c}` means nothing in the format `{pattern}`"));
                }
                out.push(Piece::Field(c, count));
            }
            _ => out.push(Piece::Text(c)),
        }
    }
    Ok(out)
}

/// A moment as text.
pub(super) fn write(pattern: &str, micros: i64, style: Style) -> Result<String, String> {
    let at = Civil::at(micros, 0);
    let mut out = String::new();
    for piece in pieces(pattern)? {
        match piece {
            Piece::Text(c) => out.push(c),
            Piece::Field(letter, count) => field(&at, letter, count, style, &mut out),
        }
    }
    Ok(out)
}

fn field(at: &Civil, letter: char, count: usize, style: Style, out: &mut String) {
    let word = |words: &[&str], index: i64| -> String {
        let word = usize::try_from(index).ok().and_then(|it| words.get(it)).copied();
        let most = if count >= 4 { usize::MAX } else { 3 };
        word.unwrap_or_default().chars().take(most).collect()
    };
    let number = match letter {
        'y' | 'u' | 'Y' if count == 2 => at.year.rem_euclid(100),
        'y' | 'u' | 'Y' => at.year,
        'M' | 'L' if count >= 3 => return out.push_str(&word(&MONTHS, at.month - 1)),
        'M' | 'L' => at.month,
        'd' => at.day,
        'D' => at.day_of_year(),
        'E' | 'e' => return out.push_str(&word(&WEEKDAYS, at.weekday())),
        'a' => return out.push_str(if at.hour < 12 { "AM" } else { "PM" }),
        'H' => at.hour,
        'k' => (at.hour + 23) % 24 + 1,
        'K' => at.hour % 12,
        'h' => (at.hour + 11) % 12 + 1,
        'm' => at.minute,
        's' => at.second,
        'S' if style == Style::Simple => at.micros / 1_000,
        'S' => {
            let digits = format!("{:06}000000000000", at.micros);
            return out.push_str(digits.get(..count).unwrap_or(&digits));
        }
        'Z' => return out.push_str("+0000"),
        'z' => return out.push_str("UTC"),
        _ => return out.push('Z'),
    };
    out.push_str(&format!("{number:0count$}"));
}

/// The moment a text means; none when it does not follow the pattern.
pub(super) fn read(pattern: &str, text: &str, style: Style) -> Result<Option<i64>, String> {
    let pieces = pieces(pattern)?;
    let mut reader = Reader { rest: text, year: 1970, parts: [0; 7], afternoon: None, offset: 0 };
    for (index, piece) in pieces.iter().enumerate() {
        // Digits that touch other digits are as many as letters.
        let touches = matches!(pieces.get(index + 1), Some(Piece::Field(next, count))
            if !("EeazZXx".contains(*next) || "ML".contains(*next) && *count >= 3));
        if reader.piece(piece, touches, style).is_none() {
            return Ok(None);
        }
    }
    let complete = style == Style::Simple || reader.rest.is_empty();
    Ok(if complete { reader.moment() } else { None })
}

struct Reader<'a> {
    rest: &'a str,
    year: i64,
    /// Month and day less one, hour, minute, second, microseconds, day of the year.
    parts: [i64; 7],
    afternoon: Option<bool>,
    /// How far the zone is ahead of UTC, in microseconds.
    offset: i64,
}

impl Reader<'_> {
    fn piece(&mut self, piece: &Piece, touches: bool, style: Style) -> Option<()> {
        let (letter, count) = match piece {
            Piece::Text(c) => {
                self.rest = self.rest.strip_prefix(*c)?;
                return Some(());
            }
            Piece::Field(letter, count) => (*letter, *count),
        };
        match letter {
            'M' | 'L' if count >= 3 => {
                self.parts[0] = self.word(&MONTHS)?;
                return Some(());
            }
            'E' | 'e' => return self.word(&WEEKDAYS).map(|_| ()),
            'a' => {
                self.afternoon = Some(self.word(&["AM", "PM"])? == 1);
                return Some(());
            }
            'z' | 'Z' | 'X' | 'x' => {
                let zones = ["UTC", "GMT", "Z"];
                match zones.iter().find_map(|zone| self.rest.strip_prefix(zone)) {
                    Some(rest) => self.rest = rest,
                    None => self.offset = self.offset_of(style)?,
                }
                return Some(());
            }
            _ => {}
        }
        let most = if touches || style == Style::Standard && count > 1 { count } else { 9 };
        let least = if style == Style::Standard { count } else { 1 };
        let (number, digits) = self.number(least, most)?;
        match letter {
            'y' | 'u' | 'Y' if count == 2 && digits == 2 => {
                let century = if style == Style::Simple && number >= 70 { 1_900 } else { 2_000 };
                self.year = century + number;
            }
            'y' | 'u' | 'Y' => self.year = number,
            'M' | 'L' => self.parts[0] = number - 1,
            'd' => self.parts[1] = number - 1,
            'D' => self.parts[6] = number - 1,
            'k' => self.parts[2] = number % 24,
            'h' => self.parts[2] = number % 12,
            'H' | 'K' => self.parts[2] = number,
            'm' => self.parts[3] = number,
            's' => self.parts[4] = number,
            _ if style == Style::Simple => self.parts[5] = number.checked_mul(1_000)?,
            _ => {
                let missing = 6_u32.checked_sub(digits);
                self.parts[5] = match missing {
                    Some(missing) => number * 10_i64.pow(missing),
                    None => number / 10_i64.pow(digits - 6),
                };
            }
        }
        Some(())
    }

    /// `-0700` or `-07:00` in microseconds.
    fn offset_of(&mut self, style: Style) -> Option<i64> {
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let (hours, _) = self.number(2, 2)?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes = self.number(2, 2).map_or(0, |it| it.0);
        let offset = sign * (hours * 60 + minutes) * 60_000_000;
        (offset == 0 || style == Style::Simple).then_some(offset)
    }

    /// Digits, not too few and not too many.
    fn number(&mut self, least: usize, most: usize) -> Option<(i64, u32)> {
        let end = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        let count = u32::try_from(end).ok()?;
        (end >= least).then(|| digits.parse().ok())?.map(|number| (number, count))
    }

    /// One of these words, or its first three letters; in any case.
    fn word(&mut self, words: &[&str]) -> Option<i64> {
        let fits = |word: &str| {
            self.rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
        };
        let long = words.iter().position(|word| fits(word)).map(|it| (it, words[it].len()));
        let short = || words.iter().position(|word| fits(word.get(..3).unwrap_or(word)));
        let (index, length) = long.or_else(|| short().map(|it| (it, 3)))?;
        self.rest = &self.rest[length..];
        i64::try_from(index).ok()
    }

    fn moment(&self) -> Option<i64> {
        let [month, day, hour, minute, second, micros, day_of_year] = self.parts;
        let hour = hour + if self.afternoon == Some(true) && hour < 12 { 12 } else { 0 };
        let good = (0..12).contains(&month)
            && (0..31).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..1_000_000).contains(&micros)
            && (0..=9_999).contains(&self.year);
        let at =
            Civil { year: self.year, month: month + 1, day: day + 1, hour, minute, second, micros };
        let found =
            at.micros_since_1970(0)?.checked_add(day_of_year.checked_mul(86_400_000_000)?)?;
        // A date that is none, such as February 30, turns into another one.
        let good = good && (day_of_year > 0 || Civil::at(found, 0).day == day + 1);
        good.then(|| found.checked_sub(self.offset)).flatten()
    }
}
