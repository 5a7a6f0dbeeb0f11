//! Searching rows: terms and ranges, written as the query strings of OpenSearch have them.
//!
//! `gate:gate-1 price:[10 TO 20]` finds rows where both hold. A field is a column or, where rows
//! have a `_source`, a member of it; nested members are written with dots. A term is a whole value
//! or a word of it, whatever its case, and may end in `*`. Ranges compare numbers as numbers and
//! everything else as text; `[ ]` includes its ends, `{ }` does not, `*` is an open end, and
//! `>`, `>=`, `<`, `<=` stand before a single end. Bare terms are looked for in every field.
//! There is no `OR`, no `NOT`, no analysis of text (OpenSearch documentation, "Query string").

use std::borrow::Cow;

use engine::snapshot::Sheet;
use serde_json::Value;

/// The column with the whole document.
const SOURCE: &str = "_source";
/// What would tell rows apart further is left to those who write programs.
const CLAUSES_MAX: usize = 16;

/// What rows have to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    clauses: Vec<Clause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    /// Any field when there is none.
    field: Option<String>,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Term(String),
    /// Both ends, and whether they are included.
    Range(Option<(String, bool)>, Option<(String, bool)>),
}

impl Search {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// What cannot be understood, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut clauses = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (word, after) = word(rest)?;
            rest = after.trim_start();
            if word != "AND" {
                clauses.push(clause(word)?);
            }
        }
        if clauses.len() > CLAUSES_MAX {
            return Err(format!("At most {CLAUSES_MAX} conditions"));
        }
        Ok(Self { clauses })
    }

    /// Whether a row holds all of it.
    #[must_use]
    pub fn finds(&self, columns: &[Cow<'static, str>], row: &[String]) -> bool {
        let source = columns.iter().position(|name| *name == SOURCE).and_then(|at| row.get(at));
        let document: Value =
            source.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        self.clauses.iter().all(|clause| clause.holds(columns, row, &document))
    }

    /// The rows that hold all of it.
    #[must_use]
    pub fn among(&self, sheet: Sheet) -> Sheet {
        let Sheet { columns, mut rows } = sheet;
        rows.retain(|row| self.finds(&columns, row));
        Sheet { columns, rows }
    }
}

/// Up to the next blank that is neither in quotes nor in brackets.
fn word(text: &str) -> Result<(&str, &str), String> {
    let (mut is_quoted, mut is_range) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '[' | '{' if !is_quoted => is_range = true,
            ']' | '}' if !is_quoted => is_range = false,
            ' ' | '\t' | '\n' if !is_quoted && !is_range => return Ok(text.split_at(at)),
            _ => {}
        }
    }
    match (is_quoted, is_range) {
        (true, _) => Err("A quote is not closed".to_owned()),
        (_, true) => Err("A range ends with ] or }: price:[10 TO 20]".to_owned()),
        _ => Ok((text, "")),
    }
}

fn clause(word: &str) -> Result<Clause, String> {
    let split = word.split_once(':').filter(|(field, _)| !field.starts_with('"'));
    let (field, value) = split.map_or((None, word), |(field, value)| (Some(field), value));
    let field = field.filter(|field| *field != "*").map(str::to_owned);
    if value.is_empty() {
        return Err(format!("Nothing is looked for in `{word}`: write gate:gate-1"));
    }
    let test = if value.starts_with(['[', '{']) {
        range(value)?
    } else if let Some(limit) = value.strip_prefix('>') {
        let (limit, includes) = end(limit);
        Test::Range(Some((limit, includes)), None)
    } else if let Some(limit) = value.strip_prefix('<') {
        let (limit, includes) = end(limit);
        Test::Range(None, Some((limit, includes)))
    } else {
        Test::Term(bare(value).to_lowercase())
    };
    Ok(Clause { field, test })
}

/// `=10` is 10 and what equals it, `10` is without.
fn end(limit: &str) -> (String, bool) {
    let without = limit.strip_prefix('=');
    (bare(without.unwrap_or(limit)).to_owned(), without.is_some())
}

fn range(value: &str) -> Result<Test, String> {
    let wrong = || format!("`{value}` is no range: write [10 TO 20], with * for an open end");
    let inner = value.get(1..value.len() - 1).ok_or_else(wrong)?;
    let (low, high) = inner.split_once(" TO ").ok_or_else(wrong)?;
    let limit = |text: &str, includes| {
        let text = bare(text.trim());
        (text != "*").then(|| (text.to_owned(), includes))
    };
    Ok(Test::Range(limit(low, value.starts_with('[')), limit(high, value.ends_with(']'))))
}

/// Without quotes around it.
fn bare(text: &str) -> &str {
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

impl Clause {
    fn holds(&self, columns: &[Cow<'static, str>], row: &[String], document: &Value) -> bool {
        let Some(field) = &self.field else {
            let cells = columns.iter().zip(row).filter(|(name, _)| *name != SOURCE);
            return cells.into_iter().any(|(_, cell)| self.test.holds(cell))
                || self.test.holds_in(document);
        };
        if let Some(value) = member(document, field) {
            return self.test.holds_in(value);
        }
        let cell = columns.iter().position(|name| name == field).and_then(|at| row.get(at));
        cell.is_some_and(|cell| self.test.holds(cell))
    }
}

/// `a.b` of `{"a":{"b":…}}`, and of `{"a.b":…}`.
fn member<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(dot, _)| member(value.get(&path[..dot])?, &path[dot + 1..]))
}

impl Test {
    /// Any value inside.
    fn holds_in(&self, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::String(text) => self.holds(text),
            Value::Array(values) => values.iter().any(|value| self.holds_in(value)),
            Value::Object(members) => members.values().any(|value| self.holds_in(value)),
            Value::Bool(_) | Value::Number(_) => self.holds(&value.to_string()),
        }
    }

    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Term(term) => has_term(value, term),
            Self::Range(low, high) => {
                let is_above = low.as_ref().is_none_or(|(limit, includes)| {
                    let order = compare(value, limit);
                    order.is_gt() || (*includes && order.is_eq())
                });
                let is_below = high.as_ref().is_none_or(|(limit, includes)| {
                    let order = compare(value, limit);
                    order.is_lt() || (*includes && order.is_eq())
                });
                is_above && is_below && !value.is_empty()
            }
        }
    }
}

/// The whole value, or one of its words; `*` at the end stands for anything.
fn has_term(value: &str, term: &str) -> bool {
    let value = value.to_lowercase();
    let is_it = |text: &str| match term.strip_suffix('*') {
        Some(begin) => text.starts_with(begin),
        None => text == term,
    };
    is_it(&value) || value.split_whitespace().any(is_it)
}

fn compare(value: &str, limit: &str) -> core::cmp::Ordering {
    match (value.parse::<f64>(), limit.parse::<f64>()) {
        (Ok(value), Ok(limit)) => value.total_cmp(&limit),
        _ => value.cmp(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str, source: &str) -> bool {
        let columns = ["_id", SOURCE].map(Cow::Borrowed);
        let row = ["7".to_owned(), source.to_owned()];
        Search::parse(search).unwrap().finds(&columns, &row)
    }

    #[test]
    fn terms_and_ranges_find_what_they_name() {
        let seat =
            r#"{"gate":"gate-1","price":12.5,"at":"2026-11-21T10","who":{"name":"Ann Lee"}}"#;
        for search in [
            "gate:gate-1",
            "GATE-1",
            "gate:gate*",
            "price:[10 TO 20]",
            "price:{9 TO *}",
            "price:>=12.5 AND price:<13",
            "at:[2026-11-20 TO 2026-11-22]",
            "who.name:lee",
            "who.name:\"ann lee\"",
            "_id:7 ann",
            "_id:[6 TO 7]",
            "",
        ] {
            assert!(finds(search, seat), "{search}");
        }
        for search in [
            "gate:gate",
            "price:[100 TO 200]",
            "price:{12.5 TO 20]",
            "price:>12.5",
            "name:lee",
            "x:1",
        ] {
            assert!(!finds(search, seat), "{search}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        for (search, words) in [
            ("price:[10 TO", "A range ends with"),
            ("price:[10]", "is no range"),
            ("gate:\"gate", "A quote is not closed"),
            ("gate:", "Nothing is looked for"),
        ] {
            let said = Search::parse(search).unwrap_err();
            assert!(said.contains(words), "{search}: {said}");
        }
    }
}
