//! Where regular expressions occur in texts, as Redshift asks for it: from a character on, the n-th
//! time, by parameters such as `i` (its guide, "`REGEXP_SUBSTR` function" and its kin).

use regex_lite::{Match, Regex};

use super::arguments::{Arguments, count};
use super::text::{is_long, joined, text_value};
use super::{Found, compiled};
use crate::function::Redshift;

/// What such a function gives.
pub(super) fn call(of: &Arguments<'_>, function: Redshift) -> Found {
    let text = of.text(0)?;
    // Behind the pattern: what it becomes, the first character, the occurrence, an option.
    let (position, occurrence, params) = match function {
        Redshift::RegexpReplace => (3, usize::MAX, 4),
        Redshift::RegexpCount => (2, usize::MAX, 3),
        Redshift::RegexpInstr => (2, 3, 5),
        _ => (2, 3, 4),
    };
    let whole = |at: usize| -> Result<usize, String> {
        let found = of.whole_at(at)?.unwrap_or(1);
        let found = usize::try_from(found).ok().filter(|it| *it > 0);
        found.ok_or_else(|| format!("{} counts from 1", of.function.name()))
    };
    let skipped = whole(position)? - 1;
    let nth = whole(occurrence)? - 1;
    let params = of.text_or(params, "")?;
    let pattern = of.text(1)?;
    let regex = match params.contains('i') {
        true => compiled(&format!("(?i){pattern}"))?,
        false => compiled(pattern)?,
    };
    let begin = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
    let (before, rest) = text.split_at(begin);
    let found = || regex.find_iter(rest).nth(nth);
    Ok(match function {
        Redshift::RegexpCount => count(regex.find_iter(rest).count()),
        Redshift::RegexpReplace => {
            let (by, mut out, mut copied) = (of.text_or(2, "")?, before.to_owned(), 0);
            for found in regex.captures_iter(rest) {
                let Some(whole) = found.get(0).filter(|_| !is_long(&out)) else { break };
                out.push_str(&rest[copied..whole.start()]);
                found.expand(by, &mut out);
                copied = whole.end();
            }
            return joined(&[&out, &rest[copied..]]);
        }
        Redshift::RegexpInstr => {
            let ends = of.whole_at(4)?.unwrap_or(0) == 1;
            let place = |it: Match<'_>| {
                let at = if ends { it.end() } else { it.start() };
                skipped + rest[..at].chars().count() + 1
            };
            count(found().map_or(0, place))
        }
        _ if params.contains('e') => text_value(group(&regex, rest, nth)),
        // Nothing found is an empty text.
        _ => text_value(found().map_or("", |it| it.as_str())),
    })
}

/// The first part in parentheses.
fn group<'a>(regex: &Regex, text: &'a str, nth: usize) -> &'a str {
    let found = regex.captures_iter(text).nth(nth);
    found.and_then(|it| it.get(1)).map_or("", |it| it.as_str())
}

#[cfg(test)]
mod tests {
    use crate::value::Value;

    /// Redshift guide: the examples of the four functions, shortened.
    #[test]
    fn occurrences_are_found() {
        let answer = |text: &str| {
            let found = crate::batch::run(&format!("SELECT {text}"), &[], 0).unwrap();
            crate::print::text_of(&found.rows[0][0])
        };
        for (text, expected) in [
            ("REGEXP_COUNT('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}')", "8"),
            ("REGEXP_COUNT('the fox', 'FOX', 1, 'i')", "1"),
            ("REGEXP_INSTR('Henry@example.com', '@[^.]*')", "6"),
            ("REGEXP_INSTR('the fox', 'FOX', 1, 1, 0, 'i')", "5"),
            ("REGEXP_INSTR('a1b1', '1', 1, 2, 1)", "5"),
            ("REGEXP_SUBSTR('Henry@example.com', '@[^.]*')", "@example"),
            ("REGEXP_SUBSTR('the fox', 'FOX', 1, 1, 'i')", "fox"),
            ("REGEXP_SUBSTR('a1 b2', '[a-z]([0-9])', 1, 2, 'e')", "2"),
            ("REGEXP_SUBSTR('none', '[0-9]') || '.'", "."),
            ("REGEXP_REPLACE('a.b@example.com', '@.*[.](org|gov|com)$')", "a.b"),
            ("REGEXP_REPLACE('the fox', 'FOX', 'quick brown fox', 1, 'i')", "the quick brown fox"),
            ("REGEXP_REPLACE('a-b-c', '-', '+', 3)", "a-b+c"),
        ] {
            assert_eq!(answer(text), expected, "{text}");
        }
        assert_ne!(
            crate::batch::run("SELECT REGEXP_COUNT(NULL, 'a')", &[], 0).map(|it| it.rows),
            Ok(vec![[Value::Integer(0)].into()]),
            "NULL is unknown"
        );
    }
}
