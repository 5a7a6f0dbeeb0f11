//! `LIKE`: `%` is any text, `_` any character.

use super::mismatch;
use crate::value::Value;

/// Longest pattern: each of its characters may look at the whole text.
const PATTERN_CHARS_MAX: usize = 1_000;

/// One piece of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Text,
    One,
    Just(char),
}

/// Whether a text fits; none when something is NULL.
pub(super) fn like(
    value: &Value,
    pattern: &Value,
    escape: Option<&Value>,
) -> Result<Option<bool>, String> {
    let (Some(value), Some(pattern)) = (text(value)?, text(pattern)?) else { return Ok(None) };
    let escape = match escape.map(text).transpose()? {
        None => None,
        Some(None) => return Ok(None),
        Some(Some(escape)) => {
            let mut chars = escape.chars();
            match (chars.next(), chars.next()) {
                (Some(escape), None) => Some(escape),
                _ => return Err("ESCAPE takes one character".to_owned()),
            }
        }
    };
    Ok(Some(fits(value, &read(pattern, escape)?)))
}

fn text(value: &Value) -> Result<Option<&str>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Text(text) => Ok(Some(text)),
        other => Err(mismatch("LIKE", other)),
    }
}

fn read(pattern: &str, escape: Option<char>) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            _ if Some(c) == escape => match chars.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => {
                    Piece::Just(next)
                }
                _ => return Err("The escape character stands before %, _ or itself".to_owned()),
            },
            '%' => Piece::Text,
            '_' => Piece::One,
            c => Piece::Just(c),
        });
        if pieces.len() > PATTERN_CHARS_MAX {
            return Err(format!("A pattern has at most {PATTERN_CHARS_MAX} characters"));
        }
    }
    Ok(pieces)
}

/// Walks both; where it goes wrong, the last `%` takes one character more.
fn fits(text: &str, pieces: &[Piece]) -> bool {
    let (mut rest, mut at) = (text.chars(), 0);
    let mut again = None;
    loop {
        let before = rest.clone();
        match (pieces.get(at), rest.next()) {
            (Some(Piece::Text), _) => {
                at += 1;
                again = Some((at, before.clone()));
                rest = before;
            }
            (None, None) => return true,
            (Some(Piece::One), Some(_)) => at += 1,
            (Some(Piece::Just(wanted)), Some(c)) if *wanted == c => at += 1,
            _ => {
                let Some((behind, mut from)) = again else { return false };
                if from.next().is_none() {
                    return false;
                }
                (at, rest, again) = (behind, from.clone(), Some((behind, from)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, pattern: &str) -> Result<Option<bool>, String> {
        like(
            &Value::Text(text.into()),
            &Value::Text(pattern.into()),
            Some(&Value::Text("!".into())),
        )
    }

    #[test]
    fn patterns_fit_whole_texts() {
        for (text, pattern, fit) in [
            ("", "", true),
            ("", "%", true),
            ("a", "", false),
            ("gate-12", "gate-%", true),
            ("gate-12", "gate-_", false),
            ("gate-12", "%1_", true),
            ("aXbXc", "%X%c", true),
            ("aaab", "%aab", true),
            ("50%", "50!%", true),
            ("500", "50!%", false),
            ("a!b", "a!!b", true),
            ("é", "_", true),
            ("Abc", "abc", false),
        ] {
            assert_eq!(check(text, pattern), Ok(Some(fit)), "{text} LIKE {pattern}");
        }
        assert!(check("a", "!a").is_err() && check("a", "a!").is_err());
    }
}
