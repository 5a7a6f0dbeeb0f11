//! `--output table`: boxes of dashes and bars, eighty columns wide where they fit.
//!
//! An answer becomes sections, one for each list or object in it; a section that stands alone in
//! its row turns upright when the whole would be wider than the terminal.

use core::iter::repeat_n;

use serde_json::Value;

use super::output::{in_order, is_scalar, plain};
use super::query::is_true;

/// Columns of a terminal that says nothing.
const TERMINAL: usize = 80;
/// Blanks and the bar around a cell.
const PADDING: usize = 4;

#[derive(Default)]
struct Section {
    title: String,
    indent: usize,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub(super) fn draw(title: &str, value: &Value) -> String {
    let mut sections = Vec::new();
    if !build(Some(title), value, 0, &mut sections) {
        return String::new();
    }
    let widest = |sections: &[Section]| sections.iter().map(Section::width).max().unwrap_or(0);
    if widest(&sections) > TERMINAL {
        sections.iter_mut().for_each(Section::turn);
    }
    let width = widest(&sections);
    let mut out = line('-', width);
    out.push('\n');
    sections.iter().for_each(|section| section.draw(width, &mut out));
    out
}

/// Adds the sections of a value; whether there is anything in it.
fn build(title: Option<&str>, value: &Value, indent: usize, out: &mut Vec<Section>) -> bool {
    if !is_true(value) {
        return false;
    }
    if let Some(title) = title {
        out.push(Section { title: title.to_owned(), indent, ..Section::default() });
    }
    match value {
        Value::Array(items) if items[0].is_object() => list(title, items, indent, out),
        Value::Array(items) => {
            for item in items {
                match item.as_array() {
                    _ if is_scalar(item) => row(vec![plain(item)], out),
                    Some(cells) if cells.iter().all(is_scalar) => {
                        row(cells.iter().map(plain).collect(), out);
                    }
                    _ => {
                        build(None, item, 0, out);
                    }
                }
            }
        }
        Value::Object(members) => {
            let names = in_order(members.keys());
            let (own, more): (Vec<&str>, Vec<&str>) =
                names.into_iter().partition(|name| is_scalar(&members[*name]));
            match own.as_slice() {
                [] => {}
                [one] => row(vec![(*one).to_owned(), plain(&members[*one])], out),
                _ => {
                    headers(&own, out);
                    row(own.iter().map(|name| plain(&members[*name])).collect(), out);
                }
            }
            for name in more {
                build(Some(name), &members[name], indent + 1, out);
            }
        }
        _ => {}
    }
    true
}

fn list(title: Option<&str>, items: &[Value], indent: usize, out: &mut Vec<Section>) {
    let members = || items.iter().filter_map(Value::as_object).flatten();
    let names =
        |scalar: bool| in_order(members().filter(|it| is_scalar(it.1) == scalar).map(|it| it.0));
    let (own, more) = (names(true), names(false));
    headers(&own, out);
    for (at, item) in items.iter().enumerate() {
        if at > 0 && !more.is_empty() {
            let title = title.unwrap_or_default().to_owned();
            out.push(Section { title, indent, ..Section::default() });
            headers(&own, out);
        }
        row(own.iter().map(|name| item.get(*name).map(plain).unwrap_or_default()).collect(), out);
        for name in &more {
            if let Some(inner) = item.get(*name) {
                build(Some(name), inner, indent + 1, out);
            }
        }
    }
}

fn headers(names: &[&str], out: &mut [Section]) {
    if let Some(section) = out.last_mut() {
        section.headers = names.iter().map(|name| (*name).to_owned()).collect();
    }
}

fn row(cells: Vec<String>, out: &mut [Section]) {
    if let Some(section) = out.last_mut() {
        section.rows.push(cells);
    }
}

/// Columns of a text: every character counts one, also those that are wider.
fn chars(text: &str) -> usize {
    text.chars().count()
}

fn line(sign: char, count: usize) -> String {
    repeat_n(sign, count).collect()
}

impl Section {
    fn columns(&self) -> Vec<usize> {
        let rows = || self.rows.iter().chain([&self.headers]);
        let count = rows().map(Vec::len).max().unwrap_or(0);
        let widest = |at: usize| rows().filter_map(|row| row.get(at).map(|it| chars(it))).max();
        (0..count).map(|at| widest(at).unwrap_or(0)).collect()
    }

    fn width(&self) -> usize {
        let cells: usize = self.columns().iter().map(|width| width + PADDING).sum();
        let outer = 2 * self.indent + 2;
        (chars(&self.title) + outer).max(cells + outer)
    }

    /// A single row under headers becomes a column of pairs.
    fn turn(&mut self) {
        if self.headers.is_empty() || self.rows.len() != 1 {
            return;
        }
        let cells = self.rows.remove(0);
        let headers = core::mem::take(&mut self.headers);
        self.rows = headers.into_iter().zip(cells).map(|(name, cell)| vec![name, cell]).collect();
    }

    /// Widths of the columns that fill a line.
    fn filling(&self, width: usize) -> Vec<usize> {
        let columns: Vec<usize> = self.columns().iter().map(|column| column + PADDING).collect();
        let sum = columns.iter().sum::<usize>().max(1);
        // Rounded half to even, as Python rounds.
        let scaled = |column: &usize| {
            let (whole, rest) = (column * width / sum, column * width % sum);
            whole + usize::from(rest * 2 > sum || (rest * 2 == sum && whole % 2 == 1))
        };
        let mut scaled: Vec<usize> = columns.iter().map(scaled).collect();
        let count = scaled.len();
        let mut at = 0;
        while count > 0 && scaled.iter().sum::<usize>() != width {
            if scaled.iter().sum::<usize>() > width {
                scaled[at % count] -= 1;
            } else {
                scaled[count - 1 - at % count] += 1;
            }
            at += 1;
        }
        scaled
    }

    fn draw(&self, width: usize, out: &mut String) {
        let bars = line('|', self.indent);
        let width = width - 2 * self.indent;
        let mut put = |text: &str| *out += &format!("{bars}{text}{bars}\n");
        if !self.title.is_empty() {
            put(&centered(&self.title, width, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                put(&format!("+{}+", line('-', width - 2)));
            }
        }
        let columns = self.filling(width);
        let edge = |at: usize| if at == 0 { "|" } else { "" };
        let mut rule = String::from("+");
        for (at, column) in columns.iter().enumerate() {
            rule += &line('-', column - if at == 0 { 2 } else { 1 });
            rule.push('+');
        }
        if !self.headers.is_empty() {
            let cells = columns.iter().zip(&self.headers).enumerate();
            let cells = cells.map(|(at, (column, text))| centered(text, *column, edge(at)));
            put(&rule);
            put(&cells.collect::<String>());
        }
        if self.rows.is_empty() || columns.is_empty() {
            return;
        }
        put(&rule);
        for row in &self.rows {
            let cells = columns.iter().zip(row).enumerate();
            let cells = cells.map(|(at, (column, text))| left(text, *column, edge(at)));
            put(&cells.collect::<String>());
        }
        put(&rule);
    }
}

fn centered(text: &str, length: usize, edge: &str) -> String {
    let before = (length / 2).saturating_sub(chars(text) / 2 + 1);
    let used = edge.len() + before + chars(text) + 1;
    format!("{edge}{}{text}{}|", line(' ', before), line(' ', length.saturating_sub(used)))
}

fn left(text: &str, length: usize, edge: &str) -> String {
    let fits = chars(text) + 2 + edge.len() < length;
    let padding = if fits { 2 } else { 0 };
    let used = edge.len() + padding + chars(text) + 1;
    format!("{edge}{}{text}{}|", line(' ', padding), line(' ', length.saturating_sub(used)))
}
