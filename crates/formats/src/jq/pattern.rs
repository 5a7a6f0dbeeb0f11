//! Regular expressions: `_match(pattern; flags)`, from which the prelude makes `test`, `capture`,
//! `scan`, `sub` and the like. The library takes time in proportion to the text, and knows no
//! look-around and no back references, which jq's (Oniguruma) does.

use regex_lite::{Captures, Regex, RegexBuilder};

use super::meter;
use super::ops::fail;
use super::value::Val;

type ValR = jaq_core::ValR<Val>;

/// All matches with flag `g`, else the first, as objects.
pub(super) fn matches(value: &Val, pattern: &Val, flags: &Val) -> ValR {
    let (Val::Str(text), Val::Str(pattern)) = (value, pattern) else {
        let wrong = if matches!(value, Val::Str(_)) { pattern } else { value };
        return fail(format!(
            "{} ({wrong}) cannot be matched, as it is not a string",
            wrong.kind()
        ));
    };
    let flags = match flags {
        Val::Null => "",
        Val::Str(flags) => flags,
        other => return fail(format!("{} ({other}) is not a string", other.kind())),
    };
    if let Some(flag) = flags.chars().find(|flag| !"gimnpslx".contains(*flag)) {
        return fail(format!("{flags} is not a valid modifier string: `{flag}`"));
    }
    let has = |flag: char| flags.contains(flag);
    let built = RegexBuilder::new(pattern)
        .case_insensitive(has('i'))
        .ignore_whitespace(has('x'))
        .dot_matches_new_line(has('s') || has('p'))
        .build();
    let regex = match built {
        Ok(regex) => regex,
        Err(error) => {
            return fail(format!("{pattern} (at offset 0) is not a valid regex: {error}"));
        }
    };
    meter::make(text.len() * pattern.len() / 64);
    let found = regex.captures_iter(text).take_while(|_| meter::make(1));
    let wanted = found.filter(|found| !has('n') || found.get(0).is_some_and(|it| !it.is_empty()));
    let count = if has('g') { usize::MAX } else { 1 };
    Ok(wanted.take(count).map(|found| described(&regex, text, &found)).collect())
}

fn described(regex: &Regex, text: &str, found: &Captures<'_>) -> Val {
    let groups = found.iter().zip(regex.capture_names()).skip(1).map(|(group, name)| {
        let name = name.map_or(Val::Null, Val::text);
        let group = group.map(|group| (group.start(), group.as_str()));
        Val::object([part(text, group), vec![("name".into(), name)]].concat())
    });
    let groups = groups.collect();
    let whole = found.get(0).map(|whole| (whole.start(), whole.as_str()));
    Val::object([part(text, whole), vec![("captures".into(), groups)]].concat())
}

/// Offset and length in characters, and what was found; -1, 0 and null where nothing was.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
fn part(text: &str, found: Option<(usize, &str)>) -> Vec<(std::rc::Rc<str>, Val)> {
    let (offset, length, string) = match found {
        Some((start, found)) => {
            meter::make(start / 64);
            let offset = text[..start].chars().count() as f64;
            (offset, found.chars().count() as f64, Val::text(found))
        }
        None => (-1.0, 0.0, Val::Null),
    };
    vec![
        ("offset".into(), Val::Num(offset)),
        ("length".into(), Val::Num(length)),
        ("string".into(), string),
    ]
}
