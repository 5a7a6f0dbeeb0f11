//! `LIKE`: `%` is any text, `_` any character.

use core::str::Chars;

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
    let pattern = Pattern { left: pattern.chars(), escape };
    pattern.clone().checked()?;
    Ok(Some(fits(value, pattern)))
}

fn text(value: &Value) -> Result<Option<&str>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Text(text) => Ok(Some(text)),
        other => Err(mismatch("LIKE", other)),
    }
}

/// What is left of a pattern. It is read as it is walked: a row makes nothing of it.
#[derive(Clone)]
struct Pattern<'a> {
    left: Chars<'a>,
    escape: Option<char>,
}

impl Iterator for Pattern<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        Some(match self.left.next()? {
            c if Some(c) == self.escape => Piece::Just(self.left.next()?),
            '%' => Piece::Text,
            '_' => Piece::One,
            c => Piece::Just(c),
        })
    }
}

impl Pattern<'_> {
    /// Whether it is a pattern at all.
    fn checked(self) -> Result<(), String> {
        let mut chars = self.left.clone();
        while let Some(escape) = self.escape {
            match chars.next() {
                None => break,
                Some(c) if c != escape => {}
                Some(_) => match chars.next() {
                    Some(next) if next == '%' || next == '_' || next == escape => {}
                    _ => {
                        return Err("The escape character stands before %, _ or itself".to_owned());
                    }
                },
            }
        }
        // A character takes a byte at least.
        if self.left.as_str().len() > PATTERN_CHARS_MAX && self.count() > PATTERN_CHARS_MAX {
            return Err(format!("A pattern has at most {PATTERN_CHARS_MAX} characters"));
        }
        Ok(())
    }
}

/// Walks both; where it goes wrong, the last `%` takes more characters.
fn fits(text: &str, pattern: Pattern<'_>) -> bool {
    let (mut rest, mut left) = (text.chars(), pattern);
    let mut again: Option<(Pattern<'_>, Chars<'_>)> = None;
    loop {
        let (mut ahead, before) = (left.clone(), rest.clone());
        match (ahead.next(), rest.next()) {
            (Some(Piece::Text), _) => {
                let from = where_it_may_begin(&ahead, before);
                again = Some((ahead.clone(), from.clone()));
                (left, rest) = (ahead, from);
            }
            (None, None) => return true,
            (Some(Piece::One), Some(_)) => left = ahead,
            (Some(Piece::Just(wanted)), Some(c)) if wanted == c => left = ahead,
            _ => {
                let Some((behind, from)) = &mut again else { return false };
                // Behind the last `%` of a pattern any text fits.
                if behind.left.as_str().is_empty() {
                    return true;
                }
                if from.next().is_none() {
                    return false;
                }
                *from = where_it_may_begin(behind, from.clone());
                (left, rest) = (behind.clone(), from.clone());
            }
        }
    }
}

/// The text from its first character that the pattern may begin with.
fn where_it_may_begin<'a>(pattern: &Pattern<'_>, text: Chars<'a>) -> Chars<'a> {
    let Some(Piece::Just(first)) = pattern.clone().next() else { return text };
    let text = text.as_str();
    text[text.find(first).unwrap_or(text.len())..].chars()
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
            ("abcabd", "%ab_", true),
            ("ababc", "%abc%", true),
            ("ab", "%%b%", true),
            ("50%", "%!%", true),
            ("50", "%!%", false),
            ("日本語", "%本%", true),
        ] {
            assert_eq!(check(text, pattern), Ok(Some(fit)), "{text} LIKE {pattern}");
        }
        assert!(check("a", "!a").is_err() && check("a", "a!").is_err());
        assert!(check("a", &"%".repeat(PATTERN_CHARS_MAX)).is_ok());
        assert!(check("a", &"é".repeat(PATTERN_CHARS_MAX + 1)).is_err());
    }
}
