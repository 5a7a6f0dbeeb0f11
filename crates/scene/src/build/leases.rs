//! Workers of an application, the leases each believes to hold, and how far behind it is.

use engine::snapshot::{Holder, HolderState, Leases, ShardAge};

use super::card::PAD;
use super::{gauges, parts, words};
use crate::geometry::HOLDER_ROW;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::Ink;

/// Below the rows.
const FOOT: f64 = 34.0;
/// Above the first row.
const HEAD: f64 = 10.0;
/// Where lease cells begin, and from one to the next.
const CELLS: f64 = 74.0;
const PITCH: f64 = 24.0;

/// Height with so many workers.
pub(super) fn height(workers: usize) -> f64 {
    HEAD + HOLDER_ROW * num::len(workers) + FOOT
}

/// A row for each worker, the last ones folded when there are too many; one for leases without an
/// owner, in the place of the age when there is no other.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, (top, width, height): (f64, f64, f64), leases: &Leases) {
    let rows = num::whole((height - HEAD - FOOT + 1.0) / HOLDER_ROW).max(1);
    let count = leases.workers.len();
    let shown = if count > rows { rows - 1 } else { count };
    let mut y = top + HEAD;
    for holder in leases.workers.iter().take(shown) {
        let name = format!("worker-{}", holder.worker);
        row(pen, (y, width), (&name, Ink::Text, glyph(holder)), &holder.leases);
        y += HOLDER_ROW;
    }
    if count > shown {
        let (folded, is_late) = fold(&leases.workers[shown..]);
        let ink = if is_late { Ink::Warn } else { Ink::Muted };
        pen.text(PAD, y + 14.0, &folded, Type::small(ink));
    }
    let foot_top = top + height - FOOT;
    pen.rule((0.5, foot_top + 1.5), (width - 0.5, foot_top + 1.5), Ink::LineSoft);
    let is_full = count >= rows;
    if !leases.orphans.is_empty() {
        let y = if is_full { foot_top + 7.0 } else { y };
        row(pen, (y, width), ("no owner", Ink::Warn, None), &leases.orphans);
    }
    if leases.orphans.is_empty() || !is_full {
        age(pen, (foot_top, width), leases);
    }
}

/// What a worker is besides well.
fn glyph(holder: &Holder) -> Option<&'static str> {
    match holder.state {
        HolderState::Well => None,
        HolderState::Leads => Some("kcl"),
        HolderState::Slow => Some("slow"),
        HolderState::Paused => Some("pause"),
    }
}

/// `+3 workers, 12 leases`, and whether one of these is late or one of those stands still.
fn fold(holders: &[Holder]) -> (String, bool) {
    let leases = || holders.iter().flat_map(|holder| &holder.leases);
    let workers = words::count(num::count(holders.len()), "worker");
    let text = format!("+{workers}, {}", words::count(num::count(leases().count()), "lease"));
    let stands = holders.iter().any(|holder| holder.state == HolderState::Paused);
    (text, stands || leases().any(|lease| lease.late))
}

/// Name, cells as far as they go, the age of what is furthest behind.
fn row(
    pen: &mut Pen<'_>,
    (y, width): (f64, f64),
    (name, ink, glyph): (&str, Ink, Option<&'static str>),
    leases: &[ShardAge],
) {
    pen.text_within(PAD, y + 14.0, CELLS - PAD - 4.0, name, Type::small(ink));
    if let Some(glyph) = glyph {
        let ink = if glyph == "kcl" { Ink::Muted } else { Ink::Warn };
        let after = PAD + pen.width(name, Type::small(ink)) + 2.0;
        pen.glyph(after, y + 4.0, 12.0, glyph, ink);
    }
    let worst = leases.iter().max_by_key(|lease| lease.age_micros);
    let Some(worst) = worst else {
        return pen.text(CELLS, y + 14.0, "no lease", Type::small(Ink::Muted));
    };
    let is_late = leases.iter().any(|lease| lease.late);
    let style = Type { bold: is_late, ..Type::small(if is_late { Ink::Warn } else { Ink::Text }) };
    let age = words::age(worst.age_micros);
    pen.text(width - PAD, y + 14.0, &age, style.end());
    let muted = Type::small(Ink::Muted);
    let right = width - PAD - pen.width(&age, style) - 4.0;
    let fits = |right: f64| num::whole((right - CELLS + 4.0) / PITCH);
    let more = |shown: usize| format!("+{}", leases.len() - shown);
    let mut shown = fits(right).min(leases.len());
    if shown < leases.len() {
        shown = fits(right - pen.width(&more(0), muted) - 2.0).min(shown);
        pen.text(CELLS + PITCH * num::len(shown), y + 14.0, &more(shown), muted);
    }
    for (idx, lease) in chosen(leases, shown).enumerate() {
        parts::lease(pen, (CELLS + PITCH * num::len(idx), y), lease);
    }
}

/// So many leases in order, the one that is furthest behind among them.
fn chosen(leases: &[ShardAge], count: usize) -> impl Iterator<Item = &ShardAge> {
    let worst = leases.iter().enumerate().max_by_key(|(_, lease)| lease.age_micros);
    let last = worst.filter(|(idx, _)| *idx >= count).map(|(_, lease)| lease);
    let first = count - usize::from(last.is_some() && count > 0);
    leases.iter().take(first).chain(last.filter(|_worst| count > 0))
}

/// The age of the last minute.
fn age(pen: &mut Pen<'_>, (top, width): (f64, f64), leases: &Leases) {
    let is_late = leases.all().any(|lease| lease.late);
    pen.text(PAD, top + 21.0, "iterator age", Type::small(Ink::Muted));
    let ink = if is_late { Ink::Warn } else { Ink::Plot };
    gauges::spark(pen, (width - PAD - 108.0, top + 9.0, 108.0, 16.0), &leases.series, None, ink);
}
