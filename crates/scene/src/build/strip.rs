//! The heat strip of a stream with more shards than there are rows for lanes: a cell a shard in the
//! order of the hash range, the darker the fuller; hatched where records are refused. Below it the
//! shard that is looked at, or the hottest, and where each reader is furthest behind.

use base::units;
use engine::snapshot::{Lane, Lanes};

use super::{lanes, words};
use crate::geometry::Placed;
use crate::hit;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::stack::{self, Grid};

/// Inks of a cell up to so many per mille of its limit.
const LEVELS: [(u32, Ink); 5] = [
    (50, Ink::LineSoft),
    (300, Ink::Line),
    (600, Ink::Control),
    (900, Ink::Plot),
    (u32::MAX, Ink::Ink),
];

/// The strip and its words; the origin is the corner of the card.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, placed: &Placed, found: &Lanes, looked_at: Option<u32>) {
    let Some(grid) = placed.stack.as_ref().and_then(|stack| stack.strip) else { return };
    legend(pen, placed.rect.w);
    cells(pen, &grid, found);
    let open = || found.lanes.iter().filter(|lane| !lane.closed);
    let shown = looked_at.and_then(|shard| open().position(|lane| lane.shard == shard));
    let hottest = || open().max_by_key(|lane| (lane.rejected_per_sec, most(lane)));
    let y = placed.stack.as_ref().map_or(0.0, |stack| stack.height) - 28.0;
    match shown {
        Some(at) => {
            let (x, top) = grid.cell(at / grid.each.max(1));
            let size = f64::from(grid.pitch) - 1.0;
            let frame = (x - 1.5, top - 1.5, size + 3.0, size + 3.0);
            pen.rect(frame, 1.0, None, Some(Stroke::new(Ink::Ink, 1.5)));
            if let Some(lane) = open().nth(at) {
                sentence(pen, placed.rect.w, y, "", lane);
            }
        }
        None => {
            if let Some(lane) = hottest().filter(|lane| most(lane) > 0) {
                sentence(pen, placed.rect.w, y, "hottest: ", lane);
            }
        }
    }
    readers(pen, placed.rect.w, y + 16.0, found);
}

fn most(lane: &Lane) -> u32 {
    lane.records_permille.max(lane.bytes_permille)
}

/// `load of each shard   0 ▪▪▪▪▪ 100 %`.
fn legend(pen: &mut Pen<'_>, width: f64) {
    let muted = Type::small(Ink::Muted);
    pen.text(12.0, 40.0, "load of each shard", muted);
    let label = "100 %";
    pen.text(width - 12.0, 40.0, label, muted.end());
    let mut x = width - 12.0 - pen.width(label, muted) - 6.0;
    for (_, ink) in LEVELS.iter().rev() {
        x -= 9.0;
        pen.block(x, 32.0, 8.0, 8.0, *ink);
    }
    pen.text(x - 5.0, 40.0, "0", muted.end());
}

/// One path an ink: a thousand cells are six shapes.
fn cells(pen: &mut Pen<'_>, grid: &Grid, found: &Lanes) {
    let size = f64::from(grid.pitch) - 1.0;
    let mut squares: [Vec<Segment>; 5] = Default::default();
    let (mut refused, mut hatch) = (Vec::new(), Vec::new());
    for cell in 0..grid.cells() {
        let Some(lane) = hit::heaviest(found, cell, grid.each) else { continue };
        let (x, y) = grid.cell(cell);
        let load = most(lane);
        let pieces = if lanes::is_hot(lane) {
            let half = size / 2.0;
            for (from, to) in [((0.0, half), (half, 0.0)), ((half, size), (size, half))] {
                hatch.push(Segment::Move(x + from.0, y + from.1));
                hatch.push(Segment::Line(x + to.0, y + to.1));
            }
            hatch.extend([Segment::Move(x, y + size), Segment::Line(x + size, y)]);
            &mut refused
        } else {
            let level = LEVELS.iter().position(|(below, _)| load < *below).unwrap_or(4);
            &mut squares[level]
        };
        pieces.push(Segment::Move(x, y));
        pieces.push(Segment::Line(x + size, y));
        pieces.push(Segment::Line(x + size, y + size));
        pieces.push(Segment::Line(x, y + size));
        pieces.push(Segment::Close);
    }
    for (pieces, (_, ink)) in squares.iter().zip(LEVELS).filter(|(pieces, _)| !pieces.is_empty()) {
        pen.path(pieces, Some(ink), None);
    }
    if !refused.is_empty() {
        pen.path(&refused, Some(Ink::RejectSoft), None);
        pen.path(&hatch, None, Some(Stroke::new(Ink::Reject, 1.25)));
    }
}

/// `hottest: shard 17 · 8000–8041 · 188 % r · 880 /s refused`.
fn sentence(pen: &mut Pen<'_>, width: f64, y: f64, before: &str, lane: &Lane) {
    let by = if lane.records_permille >= lane.bytes_permille { 'r' } else { 'b' };
    let shard = format!("{before}shard {} · {}", lane.shard, words::fine_range(lane.range));
    let rate = match lane.rejected_per_sec {
        0 => format!("{} stored /s", units::grouped(u64::from(lane.stored_per_sec))),
        n => format!("{} rejected /s", units::grouped(u64::from(n))),
    };
    let hot = lanes::is_hot(lane);
    let ink = if hot { Ink::Reject } else { Ink::Text };
    let style = Type { bold: hot, ..Type::small(ink) };
    let words = format!("{shard} · {} {by} · {rate}", words::percent(most(lane)));
    pen.text_within(12.0, y, width - 24.0, &words, style);
}

/// `[A] 0.8 s  [B] 8.4 s on shard 3`, and what is closed at the right.
fn readers(pen: &mut Pen<'_>, width: f64, y: f64, found: &Lanes) {
    let muted = Type::small(Ink::Muted);
    let mut right = width - 12.0;
    let (closed, held) = stack::draining(found)
        .fold((0_u64, 0), |(count, held), lane| (count + 1, held + lane.held));
    if closed > 0 {
        let words = format!("{closed} closed, {} held", units::grouped(held));
        pen.text(right, y, &words, muted.end());
        right -= pen.width(&words, muted) + 12.0;
    }
    let mut x = 12.0;
    for (shard, flag) in &found.slowest {
        let late = if flag.late { Ink::Warn } else { Ink::Ink };
        let age = words::age(flag.age_micros);
        let words = if flag.age_micros > 0 { format!("{age} on shard {shard}") } else { age };
        let style = if flag.late { Type::small(Ink::Warn) } else { muted };
        let long = 18.0 + pen.width(&words, style);
        if x + long > right {
            break;
        }
        lanes::house(pen, (x + 6.5, y - 10.5), late, flag.letter);
        pen.text(x + 18.0, y, &words, style);
        x += long + 12.0;
    }
}

/// From afar: cells without words.
pub(super) fn far(pen: &mut Pen<'_>, placed: &Placed, found: &Lanes) {
    if let Some(grid) = placed.stack.as_ref().and_then(|stack| stack.strip) {
        cells(pen, &grid, found);
    }
}
