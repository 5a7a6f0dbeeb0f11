//! JSON paths: `$.a.b[0]`, `$["a b"]`, `$.list[*].id` and, as input schemas write it,
//! `$.list[0:].id` (facts, analytics §1.2).

use serde_json::Value as Json;

/// Longest path in steps.
const STEPS_MAX: usize = 100;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object, in its own case.
    Member(String),
    /// An item of an array, counted from 0.
    Item(usize),
    /// Every item of an array.
    All,
}

/// What a path asks where there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is nothing.
    Lax,
    /// Nothing is an error.
    Strict,
}

/// Reads a path, with `lax` or `strict` before it perhaps; Flink takes it strictly without.
///
/// # Errors
/// A sentence on what is wrong.
pub fn parse(text: &str) -> Result<(Mode, Vec<Step>), String> {
    let refused = || format!("`{text}` is no JSON path; write such as $.a.b[0]");
    let trimmed = text.trim();
    let (mode, path) = match (trimmed.strip_prefix("lax "), trimmed.strip_prefix("strict ")) {
        (Some(path), _) => (Mode::Lax, path),
        (_, Some(path)) => (Mode::Strict, path),
        _ => (Mode::Strict, trimmed),
    };
    let mut rest = path.trim().strip_prefix('$').ok_or_else(refused)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, behind) = step(rest).ok_or_else(refused)?;
        steps.push(step);
        rest = behind;
        if steps.len() > STEPS_MAX {
            return Err(refused());
        }
    }
    Ok((mode, steps))
}

fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(name) = text.strip_prefix('.') {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        return (!name.is_empty()).then(|| (Step::Member(name.to_owned()), rest));
    }
    let inside = text.strip_prefix('[')?;
    for quote in ['\'', '"'] {
        if let Some(name) = inside.strip_prefix(quote) {
            let (name, rest) = name.split_once(quote)?;
            return Some((Step::Member(name.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (index, rest) = inside.split_once(']')?;
    let step = match index {
        "*" | "0:" => Step::All,
        _ => Step::Item(index.parse().ok()?),
    };
    Some((step, rest))
}

/// A path as text.
#[must_use]
pub fn text(steps: &[Step]) -> String {
    let mut out = "$".to_owned();
    for step in steps {
        match step {
            Step::Member(name) if !name.is_empty() && !name.contains(['.', '[', '\'', ' ']) => {
                out.push('.');
                out.push_str(name);
            }
            Step::Member(name) => {
                let quote = if name.contains('\'') { '"' } else { '\'' };
                out.extend(["[", &String::from(quote), name, &String::from(quote), "]"]);
            }
            Step::Item(index) => out.extend(["[", &index.to_string(), "]"]),
            Step::All => out.push_str("[0:]"),
        }
    }
    out
}

/// What stands at a path without [`Step::All`].
#[must_use]
pub fn at<'a>(json: &'a Json, steps: &[Step]) -> Option<&'a Json> {
    steps.iter().try_fold(json, |json, step| match step {
        Step::Member(name) => json.as_object()?.get(name),
        Step::Item(index) => json.as_array()?.get(*index),
        Step::All => None,
    })
}

/// What stands at a path: with [`Step::All`] an array of all that is found.
#[must_use]
pub fn find(json: &Json, steps: &[Step]) -> Option<Json> {
    let Some(all) = steps.iter().position(|it| *it == Step::All) else {
        return at(json, steps).cloned();
    };
    let items = at(json, &steps[..all])?.as_array()?;
    let below = &steps[all + 1..];
    let nested = below.contains(&Step::All);
    let mut found = Vec::new();
    for item in items {
        match find(item, below) {
            Some(Json::Array(inner)) if nested => found.extend(inner),
            other => found.extend(other),
        }
    }
    Some(Json::Array(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_where_they_say() {
        let json: Json =
            serde_json::from_str(r#"{"a":{"b c":[1,{"d":null}]},"e":[{"f":1},{},{"f":2}]}"#)
                .unwrap();
        for (path, expected) in [
            ("$", Some(json.to_string())),
            ("$.a['b c'][0]", Some("1".to_owned())),
            ("lax $.a[\"b c\"][1].d", Some("null".to_owned())),
            ("$.a.x", None),
            ("$.a[0]", None),
            ("$.e[0:].f", Some("[1,2]".to_owned())),
            ("$.e[*]", Some(r#"[{"f":1},{},{"f":2}]"#.to_owned())),
        ] {
            let (_, steps) = parse(path).unwrap();
            assert_eq!(find(&json, &steps).map(|it| it.to_string()), expected, "{path}");
        }
        assert_eq!(parse("lax $.a").unwrap().0, Mode::Lax);
        for path in ["", "a", "$a", "$.", "$[", "$[x]", "$['a'", "$..a"] {
            assert!(parse(path).is_err(), "{path}");
        }
    }
}
