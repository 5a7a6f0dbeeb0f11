//! What an event source mapping is busy with: the batch, its attempts, what came of the others.

use base::units;
use engine::snapshot::{Invocation, Stage};

use super::card::PAD;
use super::{gauges, parts, words};
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Stroke};

/// Height of the whole.
pub(super) const INVOCATION: f64 = 92.0;

/// Where the facts begin, from the right edge.
const FACTS: f64 = 108.0;
const FACT_ROW: f64 = 16.0;
const FACT_ROWS: usize = 4;

/// The batch at the left, facts at the right, the iterator age below the batch.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, (top, width): (f64, f64), seen: &Invocation) {
    stack(pen, (PAD, top + 12.0), seen);
    let center = (width - 144.0, top + 29.0);
    let gone = seen.whole_micros.saturating_sub(seen.left_micros);
    parts::ring(pen, center, 9.0, 3.0, parts::share(gone, seen.whole_micros));
    let (first, second) = sentence(seen);
    let room = center.0 - 16.0 - 66.0;
    pen.text_within(66.0, top + 23.0, room, &first, Type::small(Ink::Text));
    pen.text_within(66.0, top + 39.0, room, &second, Type::small(Ink::Muted));
    let divider = width - FACTS - 15.5;
    pen.rule((divider, top + 12.0), (divider, top + INVOCATION - 12.0), Ink::LineSoft);
    for (idx, (label, value, bad)) in seen.facts.iter().take(FACT_ROWS).enumerate() {
        let y = top + 23.0 + FACT_ROW * num::len(idx);
        let ink = |usual| if *bad { Ink::Reject } else { usual };
        let style = Type { bold: *bad, ..Type::small(ink(Ink::Text)) };
        let room = FACTS - PAD - pen.width(value, style) - 4.0;
        pen.text_within(width - FACTS, y, room, label, Type::small(ink(Ink::Muted)));
        pen.text(width - PAD, y, value, style.end());
    }
    age(pen, (top + 52.0, divider), seen);
}

/// Four cards, the front one with the size of the batch.
fn stack(pen: &mut Pen<'_>, (x, y): (f64, f64), seen: &Invocation) {
    for idx in (0..4).rev() {
        let shift = 3.0 * num::len(idx);
        let fill = if idx == 0 { Ink::Surface } else { Ink::Well };
        let border = Some(Stroke::new(Ink::Control, 1.0));
        pen.rect((x + shift, y + shift, 34.0, 22.0), 3.0, Some(fill), border);
    }
    let records = units::grouped(seen.records);
    let size = if records.len() > 5 { 9.0 } else { 11.0 };
    let style = Type { size, ..Type::small(Ink::Text) };
    pen.text(x + 17.0, y + 15.0, &records, style.bold().middle());
}

/// `batch of 6, attempt 2 of 3`, and what is due when.
fn sentence(seen: &Invocation) -> (String, String) {
    let attempt = match (seen.attempt, seen.attempts_max) {
        (0 | 1, _) => String::new(),
        (attempt, Some(most)) => format!(", attempt {attempt} of {}", most.max(attempt)),
        (attempt, None) => format!(", attempt {attempt}"),
    };
    let batch = format!("batch of {}{attempt}", units::grouped(seen.records));
    let left = words::age(seen.left_micros);
    match seen.stage {
        Stage::Idle => ("no batch".to_owned(), "waits for records".to_owned()),
        Stage::Gathers => {
            let most = units::grouped(seen.records_max);
            let due =
                if seen.left_micros > 0 { format!("at most {left} more") } else { String::new() };
            (format!("gathers up to {most}"), due)
        }
        Stage::Runs if seen.left_micros > 0 => (batch, format!("runs, {left} to go")),
        Stage::Runs => (batch, "runs, waits for answers".to_owned()),
        Stage::Rests => (batch, format!("next try in {left}")),
    }
}

fn age(pen: &mut Pen<'_>, (top, right): (f64, f64), seen: &Invocation) {
    let muted = Type::small(Ink::Muted);
    pen.text(PAD, top + 19.0, "iterator age", muted);
    let Some(worst) = seen.worst else { return };
    let ink = if worst.late { Ink::Warn } else { Ink::Plot };
    let style = Type { bold: worst.late, ..Type::small(if worst.late { ink } else { Ink::Text }) };
    pen.text(right - 16.0, top + 19.0, &words::age(worst.age_micros), style.end());
    gauges::spark(pen, (84.0, top + 7.0, right - 84.0 - 56.0, 16.0), &seen.series, None, ink);
}
