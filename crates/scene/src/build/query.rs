//! A streaming query: its code, its windows over time, what comes out.

use engine::snapshot::{Emitted, Ruler, Window, WindowTrack};

use super::card::PAD;
use super::windows::{self, Rows};
use crate::hit;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Stroke};
use crate::view::View;

/// Height of the whole.
pub(super) const QUERY: f64 = 172.0;
/// The line below the code.
const CODE: f64 = 60.5;
const CODE_ROW: f64 = 15.0;
/// The line above what comes out.
const OUT: f64 = 136.5;

/// Words of SQL that are drawn muted, sorted.
const KEYWORDS: [&str; 58] = [
    "ALL",
    "AND",
    "AS",
    "ASC",
    "AVG",
    "BETWEEN",
    "BY",
    "CASE",
    "CREATE",
    "CUMULATE",
    "DAY",
    "DESC",
    "DESCRIPTOR",
    "DISTINCT",
    "ELSE",
    "END",
    "FLOOR",
    "FROM",
    "GROUP",
    "HAVING",
    "HOP",
    "HOUR",
    "IN",
    "INNER",
    "INSERT",
    "INTERVAL",
    "INTO",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "MINUTE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "PRECEDING",
    "PUMP",
    "RANGE",
    "ROWS",
    "SECOND",
    "SELECT",
    "SESSION",
    "STAGGER",
    "STEP",
    "STREAM",
    "TABLE",
    "THEN",
    "TO",
    "UNION",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WINDOWED",
    "WITHIN",
];

/// Code above, windows in the middle, emitted rows below.
#[inline(never)]
pub(super) fn draw(
    pen: &mut Pen<'_>,
    (top, width): (f64, f64),
    seen: &WindowTrack,
    (view, shown): (&View, usize),
) {
    for (idx, line) in seen.code.iter().take(WindowTrack::LINES_MAX).enumerate() {
        code(pen, (PAD, top + 18.0 + CODE_ROW * num::len(idx)), width - 2.0 * PAD, line);
    }
    for y in [CODE, OUT] {
        pen.rule((0.5, top + y), (width - 0.5, top + y), Ink::LineSoft);
    }
    let ruler = &seen.times[shown];
    match compared(ruler, &seen.times[1 - shown]) {
        Some(both) => windows::draw(pen, (top, width), (&both, Rows::Stay), view),
        None => {
            let rows = match (ruler.windows.is_empty(), shown) {
                (true, _) => Rows::Stay,
                (false, 0) => Rows::Arrive,
                (false, _) => Rows::Fall,
            };
            windows::draw(pen, (top, width), (ruler, rows), view);
        }
    }
    let has_switch = hit::has_switch(seen);
    windows::tray(pen, (top, width), &seen.late, if has_switch { 8.0 } else { 0.0 });
    if has_switch {
        switch(pen, (top, width), ruler);
    }
    pen.text(PAD, top + 157.0, "out", Type::small(Ink::Muted));
    if seen.out.is_empty() {
        let words = if seen.emitted == 0 { "no rows yet" } else { "" };
        pen.text(PAD + 24.0, top + 157.0, words, Type::small(Ink::Muted));
    }
    let pitch = (width - 48.0) / num::len(WindowTrack::OUT_MAX);
    for (idx, row) in seen.out.iter().take(WindowTrack::OUT_MAX).enumerate() {
        emitted(pen, (PAD + 30.0 + pitch * num::len(idx), top + 153.0), pitch, row);
    }
}

/// A time no windows are made by, above the windows that are made by the other one: what lies in
/// them by this time and what by that is not the same. None where the two times lie far apart.
fn compared(ruler: &Ruler, other: &Ruler) -> Option<Ruler> {
    let (first, last) = (other.windows.first()?, other.windows.last()?);
    if !ruler.windows.is_empty() || !(first.start..=last.end).contains(&ruler.reached) {
        return None;
    }
    let windows = other.windows.iter().map(|window| Window { rows: 0, ..*window }).collect();
    Some(Ruler { windows, ..ruler.clone() })
}

/// Whose, and its newest number.
fn emitted(pen: &mut Pen<'_>, (x, y): (f64, f64), pitch: f64, row: &Emitted) {
    let style = Type::small(Ink::Text);
    pen.mark((x, y), 4.0, row.slot, Ink::Surface);
    let value = pen.width(&row.value, style);
    let room = pitch - 9.0 - value - 6.0 - 8.0;
    pen.text_within(x + 9.0, y + 4.0, room, &row.label, style);
    let label = pen.width(&row.label, style).min(room);
    pen.text(x + 9.0 + label + 6.0, y + 4.0, &row.value, style);
}

/// The name of the time that is shown, under the code: pressing it shows the other one.
fn switch(pen: &mut Pen<'_>, (top, width): (f64, f64), ruler: &Ruler) {
    let (w, h) = hit::SWITCH;
    let (x, y) = (width - PAD - w, top + CODE + 4.0);
    let border = Some(Stroke::new(Ink::Control, 1.0));
    pen.rect((x, y, w, h), 3.0, Some(Ink::Surface), border);
    let style = Type::small(Ink::Text);
    // A long name needs the room of the glyph.
    let left = if pen.width(&ruler.name, style) <= w - 18.0 { 15.0 } else { 4.0 };
    if left > 4.0 {
        pen.glyph(x + 3.0, y + 2.0, 10.0, "http", Ink::Muted);
    }
    pen.text_within(x + left, y + 11.0, w - left - 3.0, &ruler.name, style);
}

/// A line of SQL: what the language brings is muted, what the author wrote is not.
fn code(pen: &mut Pen<'_>, (x, y): (f64, f64), room: f64, line: &str) {
    let advance = pen.code_width("0");
    let most = num::whole(room / advance).max(1);
    let is_long = line.chars().count() > most;
    let shown: String = line.chars().take(if is_long { most - 1 } else { most }).collect();
    let mut at = 0.0;
    for (is_keyword, run) in runs(&shown) {
        let ink = if is_keyword { Ink::Muted } else { Ink::Text };
        pen.code(x + at * advance, y, run, ink);
        at += num::len(run.chars().count());
    }
    if is_long {
        pen.code(x + at * advance, y, "…", Ink::Muted);
    }
}

/// Stretches of a line that look alike: whether they are of the language, and their text.
fn runs(line: &str) -> Vec<(bool, &str)> {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut found: Vec<(bool, &str)> = Vec::new();
    let (mut from, mut quote) = (0, None);
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let word = match quote {
            None if is_letter(first) => rest.find(|letter| !is_letter(letter)),
            _ => Some(first.len_utf8()),
        };
        let (word, after) = rest.split_at(word.unwrap_or(rest.len()));
        let is_name = quote.is_none() && is_letter(first);
        match quote {
            Some(open) if open == first => quote = None,
            None if first == '"' || first == '\'' => quote = Some(first),
            _ => {}
        }
        let is_blank = word == " " && found.last().is_some_and(|(is_keyword, _)| *is_keyword);
        let is_keyword = is_blank || is_name && is_of_language(word, after);
        match found.last_mut() {
            Some((last, run)) if *last == is_keyword => {
                *run = &line[from..from + run.len() + word.len()];
            }
            _ => {
                from = line.len() - rest.len();
                found.push((is_keyword, word));
            }
        }
        rest = after;
    }
    found
}

/// Whether a word is a keyword, or the name of a function.
fn is_of_language(word: &str, after: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    KEYWORDS.binary_search(&upper.as_str()).is_ok()
        || after.starts_with('(') && word.chars().all(|letter| !letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_functions_are_muted_and_names_are_not() {
        let line = "GROUP BY gate, FLOOR(event_time TO MINUTE)";
        let muted: Vec<&str> = runs(line).into_iter().filter(|it| it.0).map(|it| it.1).collect();
        assert_eq!(muted, ["GROUP BY ", "FLOOR", "TO MINUTE"]);
        let whole: String = runs(line).into_iter().map(|it| it.1).collect();
        assert_eq!(whole, line);
    }

    #[test]
    fn what_stands_in_quotes_is_nobodys_keyword() {
        let line = r#"FROM "ORDER BY" WHERE x = 'NOT é'"#;
        let muted: Vec<&str> = runs(line).into_iter().filter(|it| it.0).map(|it| it.1).collect();
        assert_eq!(muted, ["FROM ", "WHERE "]);
        assert!(KEYWORDS.is_sorted());
    }
}
