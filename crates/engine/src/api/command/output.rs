//! How an answer is shown: `--query` and `--output json|text|table`, as the command line does.

use serde_json::Value;

use super::query::Query;
use super::table;

/// What becomes of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    query: Option<Query>,
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Json,
    Text,
    Table,
}

/// Formats, in the order of the command line's help.
const FORMATS: [(&str, Format); 3] =
    [("json", Format::Json), ("text", Format::Text), ("table", Format::Table)];

impl Output {
    /// Words of a line without those about its output, and the output.
    ///
    /// # Errors
    /// What is wrong with the expression or the format.
    pub fn split<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, Self), String> {
        let (mut output, mut rest) = (Self::default(), Vec::new());
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            if !["--query", "--output"].contains(&name) {
                rest.push(word);
                continue;
            }
            let missing =
                || super::usage(&format!("aws: error: argument {name}: expected one argument"));
            output.set(name, inline.or_else(|| words.next()).ok_or_else(missing)?)?;
        }
        Ok((rest, output))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "--query" {
            self.query = Some(Query::read(value)?);
            return Ok(());
        }
        let found = FORMATS.into_iter().find(|(word, _)| *word == value);
        let unknown = || super::usage(&super::choice(name, value, &FORMATS.map(|(word, _)| word)));
        self.format = found.ok_or_else(unknown)?.1;
        Ok(())
    }

    /// What appears below the line; `title` is the operation, for tables.
    ///
    /// # Errors
    /// What the expression cannot do with this answer.
    pub fn show(&self, title: &str, answer: &Value) -> Result<String, String> {
        let found = match &self.query {
            Some(query) => query.find(answer)?,
            None => answer.clone(),
        };
        let mut out = String::new();
        match self.format {
            Format::Json => json(&found, 0, &mut out),
            Format::Text => text(&found, None, None, &mut out),
            Format::Table => out = table::draw(title, &found),
        }
        Ok(out)
    }
}

fn json(value: &Value, depth: usize, out: &mut String) {
    let indent = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(core::iter::repeat_n("    ", depth));
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                indent(depth + 1, out);
                json(item, depth + 1, out);
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (at, (name, item)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                indent(depth + 1, out);
                *out += &format!("{}: ", Value::from(name.as_str()));
                json(item, depth + 1, out);
            }
            indent(depth, out);
            out.push('}');
        }
        other => *out += &other.to_string(),
    }
}

/// A value as Python's `str` has it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Names of members, in order.
pub(super) fn in_order<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    base::order::sort(&mut names[..]);
    names.dedup();
    names
}

/// Lines with tabs: lists are spread over lines that begin with the name of their member.
fn text(value: &Value, name: Option<&str>, columns: Option<&[&str]>, out: &mut String) {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let all = items.iter().filter_map(Value::as_object).flatten();
            let columns = in_order(all.filter(|(_, it)| is_scalar(it)).map(|(key, _)| key));
            items.iter().for_each(|item| text(item, name, Some(&columns), out));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            let scalars: Vec<String> = items.iter().filter(|it| is_scalar(it)).map(plain).collect();
            match name {
                _ if scalars.is_empty() => {}
                Some(name) => {
                    let name = name.to_uppercase();
                    scalars.iter().for_each(|it| *out += &format!("{name}\t{it}\n"));
                }
                None => *out += &(scalars.join("\t") + "\n"),
            }
            items.iter().filter(|it| !is_scalar(it)).for_each(|it| text(it, name, None, out));
        }
        Value::Object(members) => {
            let own = in_order(members.iter().filter(|(_, it)| is_scalar(it)).map(|(key, _)| key));
            let columns = columns.unwrap_or(&own);
            let cell = |column: &&str| members.get(*column).map(plain).unwrap_or_default();
            let mut cells: Vec<String> = columns.iter().map(cell).collect();
            if let Some(name) = name.filter(|_| !cells.is_empty()) {
                cells.insert(0, name.to_uppercase());
            }
            if !cells.is_empty() {
                *out += &(cells.join("\t") + "\n");
            }
            for key in in_order(members.keys()).into_iter().filter(|key| !columns.contains(key)) {
                text(&members[key], Some(key), None, out);
            }
        }
        scalar => *out += &(plain(scalar) + "\n"),
    }
}
