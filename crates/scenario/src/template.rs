//! The language of payload templates: text with typed random fields in `${…}`.
//!
//! `${key}` `${seq}` `${time}` `${millis}` `${int low high}` `${float low high digits}`
//! `${pick a|b|c}` `${bool}` `${uuid}` `${word}`; everything else stands for itself.

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Stands for itself.
    Text(Box<str>),
    /// `${key}`: the partition key.
    Key,
    /// `${seq}`: the number of the record, from 1.
    Seq,
    /// `${time}`: the time of birth, ISO 8601 in UTC with milliseconds.
    Time,
    /// `${millis}`: the time of birth in milliseconds since 1970.
    Millis,
    /// `${int low high}`: a whole number, both ends included.
    Int {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
    },
    /// `${float low high digits}`: a decimal number, both ends included.
    Float {
        /// The smallest, times 10 to the power of `digits`.
        low: i64,
        /// The largest, times 10 to the power of `digits`.
        high: i64,
        /// Digits behind the point, 0 to 9.
        digits: u32,
    },
    /// `${pick a|b|c}`: one of the words, all equally likely; never empty.
    Pick(Vec<Box<str>>),
    /// `${bool}`: `true` or `false`.
    Bool,
    /// `${uuid}`: a random UUID, version 4.
    Uuid,
    /// `${word}`: an English word.
    Word,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1, of the `$`.
    pub column: u32,
    /// What, in a sentence.
    pub message: String,
}

/// Largest magnitude of a number in a template, scaled: keeps every draw inside 64 bits.
const NUMBER_MAX: i64 = 1_000_000_000_000_000;
const DIGITS_MAX: u32 = 9;

/// Takes a template apart.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Piece>, Vec<Problem>> {
    let (mut pieces, mut problems) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(offset) = text[at..].find("${") {
        let start = at + offset;
        if start > at {
            pieces.push(Piece::Text(text[at..start].into()));
        }
        let Some(length) = text[start..].find('}') else {
            problems.push(problem(text, start, "`${` has no closing `}`".to_owned()));
            at = text.len();
            break;
        };
        match field(&text[start + 2..start + length]) {
            Ok(piece) => pieces.push(piece),
            Err(message) => problems.push(problem(text, start, message)),
        }
        at = start + length + 1;
    }
    if at < text.len() {
        pieces.push(Piece::Text(text[at..].into()));
    }
    if problems.is_empty() { Ok(pieces) } else { Err(problems) }
}

/// Bytes of the shortest text a template makes; none of one that is wrong.
#[must_use]
pub fn bytes_min(text: &str) -> u64 {
    let number = |number: i64, digits: u32| {
        let whole = number.unsigned_abs() / 10_u64.pow(digits);
        let part = if digits > 0 { u64::from(digits) + 1 } else { 0 };
        let sign = u64::from(number < 0);
        whole.checked_ilog10().map_or(1, |log| u64::from(log) + 1) + part + sign
    };
    // The shortest number of a range is one of its ends, or 0.
    let between = |low: i64, high: i64, digits| {
        let zero = (low <= 0 && high >= 0).then(|| number(0, digits));
        zero.unwrap_or_else(|| number(low, digits).min(number(high, digits)))
    };
    let bytes = |piece: &Piece| match piece {
        Piece::Text(text) => text.len() as u64,
        Piece::Key | Piece::Seq | Piece::Word => 1,
        Piece::Time => 24,
        Piece::Millis => 12,
        Piece::Int { low, high } => between(*low, *high, 0),
        Piece::Float { low, high, digits } => between(*low, *high, *digits),
        Piece::Pick(words) => words.iter().map(|word| word.len() as u64).min().unwrap_or(0),
        Piece::Bool => 4,
        Piece::Uuid => 36,
    };
    parse(text).iter().flatten().map(bytes).sum()
}

fn problem(text: &str, offset: usize, message: String) -> Problem {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    Problem {
        line: number(before.matches('\n').count()),
        column: number(before[start..].chars().count()),
        message,
    }
}

fn field(body: &str) -> Result<Piece, String> {
    let body = body.trim();
    let (word, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
    if word == "pick" {
        return pick(rest);
    }
    let arguments: Vec<&str> = rest.split_whitespace().collect();
    let piece = match (word, arguments.as_slice()) {
        ("key", []) => Piece::Key,
        ("seq", []) => Piece::Seq,
        ("time", []) => Piece::Time,
        ("millis", []) => Piece::Millis,
        ("bool", []) => Piece::Bool,
        ("uuid", []) => Piece::Uuid,
        ("word", []) => Piece::Word,
        ("int", [low, high]) => {
            let (low, high) = ordered(scaled(low, 0)?, scaled(high, 0)?, body)?;
            Piece::Int { low, high }
        }
        ("float", [low, high, digits]) => {
            let digits = digits.parse::<u32>().ok().filter(|digits| *digits <= DIGITS_MAX);
            let digits = digits.ok_or_else(|| {
                format!("`${{{body}}}`: the digits are a whole number from 0 to {DIGITS_MAX}")
            })?;
            let (low, high) = ordered(scaled(low, digits)?, scaled(high, digits)?, body)?;
            Piece::Float { low, high, digits }
        }
        ("int", _) => return Err(usage(body, "int low high")),
        ("float", _) => return Err(usage(body, "float low high digits")),
        ("key" | "seq" | "time" | "millis" | "bool" | "uuid" | "word", _) => {
            return Err(usage(body, word));
        }
        _ => return Err(format!("`${{{body}}}` is not a field")),
    };
    Ok(piece)
}

fn usage(body: &str, form: &str) -> String {
    format!("`${{{body}}}` must be written `${{{form}}}`")
}

fn pick(rest: &str) -> Result<Piece, String> {
    let words: Vec<Box<str>> = rest.trim().split('|').map(Box::from).collect();
    if words.iter().all(|word| word.is_empty()) {
        return Err(usage("pick", "pick a|b|c"));
    }
    Ok(Piece::Pick(words))
}

fn ordered(low: i64, high: i64, body: &str) -> Result<(i64, i64), String> {
    if low <= high {
        Ok((low, high))
    } else {
        Err(format!("`${{{body}}}`: the smallest number comes first"))
    }
}

/// A decimal number times 10 to the power of `digits`, without floats.
fn scaled(text: &str, digits: u32) -> Result<i64, String> {
    let bad = || format!("`{text}` is not a number with at most {digits} digits behind the point");
    let (negative, plain) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let width = digits as usize;
    if whole.is_empty() || !numeric(whole) || !numeric(part) || part.len() > width {
        return Err(bad());
    }
    let number = format!("{whole}{part:0<width$}").parse::<i64>().map_err(|_e| bad())?;
    if number > NUMBER_MAX {
        return Err(format!("`{text}` is too large"));
    }
    Ok(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read() {
        let text = r#"{"k":"${key}","n":${int -5 10},"p":${float 0.5 99 2},"c":"${ pick a|b c }"}"#;
        let wanted = [
            Piece::Text(r#"{"k":""#.into()),
            Piece::Key,
            Piece::Text(r#"","n":"#.into()),
            Piece::Int { low: -5, high: 10 },
            Piece::Text(r#","p":"#.into()),
            Piece::Float { low: 50, high: 9_900, digits: 2 },
            Piece::Text(r#","c":""#.into()),
            Piece::Pick(vec!["a".into(), "b c".into()]),
            Piece::Text(r#""}"#.into()),
        ];
        assert_eq!(parse(text), Ok(wanted.to_vec()));
        let all = "${seq}${time}${millis}${bool}${uuid}${word}";
        assert_eq!(parse(all).map(|pieces| pieces.len()), Ok(6));
        assert_eq!(parse("$5 {a}"), Ok(vec![Piece::Text("$5 {a}".into())]));
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn the_shortest_text_is_known() {
        for (text, bytes) in [
            ("abc", 3),
            ("${uuid}-${time}", 61),
            ("${int -5 10}", 1),
            ("${int 10 2000}", 2),
            ("${int -2000 -3}", 2),
            ("${float 1.5 9 2}", 4),
            ("${pick a|bcd}${bool}", 5),
            ("${", 0),
        ] {
            assert_eq!(bytes_min(text), bytes, "{text}");
        }
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let text = "é ${int 1}\n${in 1 2} ${float 1 2 10}${pick }${int 9 1}${int 1.5 2}${key";
        let problems = parse(text).expect_err("many problems");
        let places: Vec<_> = problems.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(places, [(1, 3), (2, 1), (2, 11), (2, 26), (2, 34), (2, 44), (2, 56)]);
        assert_eq!(problems[0].message, "`${int 1}` must be written `${int low high}`");
        assert_eq!(problems[6].message, "`${` has no closing `}`");
    }
}
