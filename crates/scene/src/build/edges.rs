//! Wires: lines and heads in the base layer; letters, ribbons, crates and refusals in the live one.

use base::{EdgeId, Time, units};
use engine::Snapshot;
use engine::snapshot::{Crate, EdgeView, Lanes};

use super::parts::seal_word;
use crate::geometry::{Placed, Plan};
use crate::hit;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::route::Route;
use crate::stack::FULL;
use crate::view::View;
use crate::wires::{Traffic, Wire, Wires};

/// Width of a wire.
const LINE: f64 = 1.25;
/// From the side of a stream to a reader's letter.
pub(super) const TAG: f64 = 13.0;
/// Radius of the half disc where records are refused.
const SPLASH: f64 = 12.0;
const SPLASH_NARROW: f64 = 10.0;

/// Lines, and heads at the far ends.
pub(super) fn base(pen: &mut Pen<'_>, wires: &Wires) {
    pen.origin(0.0, 0.0);
    let stroke = Stroke::new(Ink::Edge, LINE);
    for route in &wires.fans {
        pen.path(&route.pieces, None, Some(stroke));
    }
    for wire in &wires.all {
        // What goes aside is drawn as a way that is taken when the other one is closed.
        let is_aside = wire.traffic == Traffic::Aside;
        line(pen, wire, if is_aside { stroke.dashed(4.0, 4.0) } else { stroke });
    }
}

/// Dots where sources begin, above their cards.
pub(super) fn sources(pen: &mut Pen<'_>, wires: &Wires) {
    pen.origin(0.0, 0.0);
    for wire in wires.all.iter().filter(|wire| wire.into.is_some()) {
        pen.circle(wire.route.at(0.0), 3.5, Some(Ink::Edge), None);
    }
}

/// A wire in a stroke, with its head.
pub(super) fn line(pen: &mut Pen<'_>, wire: &Wire, stroke: Stroke) {
    pen.path(&wire.route.pieces, None, Some(stroke));
    if wire.into.is_none() {
        head(pen, &wire.route, stroke.ink);
    }
}

fn head(pen: &mut Pen<'_>, route: &Route, ink: Ink) {
    let (x, y) = route.at(f64::INFINITY);
    let (dx, dy) = route.heading();
    let point = |back: f64, side: f64| (x - back * dx - side * dy, y - back * dy + side * dx);
    let [tip, left, right] = [point(0.5, 0.0), point(6.5, 3.4), point(6.5, -3.4)];
    let head = [
        Segment::Move(tip.0, tip.1),
        Segment::Line(left.0, left.1),
        Segment::Line(right.0, right.1),
        Segment::Close,
    ];
    pen.path(&head, Some(ink), None);
}

/// What a run shows on wires, except for single records.
pub(super) fn live(
    pen: &mut Pen<'_>,
    snapshot: &Snapshot,
    view: &View,
    plan: &Plan,
    wires: &Wires,
) {
    pen.origin(0.0, 0.0);
    for wire in &wires.all {
        let Some(seen) = edge(snapshot, wire.edge) else { continue };
        if is_fast(seen, snapshot.now, view, wire) {
            fast(pen, snapshot, wire, &seen.mix);
        }
        if let (Some(letter), Some(_)) = (seen.letter, &wire.reads) {
            tag(pen, wire.route.at(TAG), letter);
        }
        crates(pen, &wire.route, &seen.crates, snapshot, view);
    }
    // Above the ribbons of all wires.
    let radius = if plan.narrow { SPLASH_NARROW } else { SPLASH };
    let refusing = wires.all.iter().filter(|wire| wire.into.is_none());
    for wire in refusing.filter(|wire| wire.traffic == Traffic::Put) {
        let Some(seen) = edge(snapshot, wire.edge) else { continue };
        if seen.rejected_per_sec > 0 {
            let mouth = wire.route.at(f64::INFINITY);
            splash(pen, mouth, radius);
            if !plan.narrow {
                refused(pen, mouth, seen.rejected_per_sec);
            }
        }
    }
    for placed in plan.nodes.iter().filter(|placed| placed.stack.is_some()) {
        if let Some(lanes) = hit::node(snapshot, placed.id).and_then(hit::lanes) {
            mouths(pen, placed, lanes, plan.narrow);
        }
    }
}

/// What the run says about a wire.
pub(super) fn edge(snapshot: &Snapshot, id: EdgeId) -> Option<&EdgeView> {
    let idx = snapshot.edges.binary_search_by_key(&id, |edge| edge.id).ok()?;
    snapshot.edges.get(idx)
}

/// The kept passages no longer fill a wire when records take longer to cross it.
const KEPT_MICROS: u64 = 20_000_000;

/// Dots that are on a wire at once, by the pace of the seconds before a moment.
pub(super) fn crowd(seen: &EdgeView, now: Time, view: &View) -> f64 {
    // Readers poll: several seconds tell their pace, one poll does not.
    let window = view.transit_micros.max(4_000_000);
    let begin = now.0.saturating_sub(window);
    let first = seen.passages.partition_point(|passage| passage.at.0 < begin);
    let last = seen.passages.partition_point(|passage| passage.at <= now);
    let count = num::len(last - first.min(last));
    count * num::float(view.transit_micros) / num::float(window)
}

/// Too fast for single dots: the kept passages no longer fill the wire, or the dots would touch.
/// The wires of readers are thinned first.
pub(super) fn is_fast(seen: &EdgeView, now: Time, view: &View, wire: &Wire) -> bool {
    let crowd = crowd(seen, now, view);
    let pitch = if wire.reads.is_some() { 0.75 } else { 2.5 };
    let is_crowded = crowd * pitch > wire.length().max(40.0);
    crowd > 0.0 && (view.transit_micros > KEPT_MICROS || is_crowded)
}

/// Ribbons instead of dots; branches into lanes show the keys of their lane.
#[inline(never)]
fn fast(pen: &mut Pen<'_>, snapshot: &Snapshot, wire: &Wire, mix: &[u16; 7]) {
    let stream = wire.into.as_ref();
    let lanes = stream.and_then(|stream| hit::node(snapshot, stream.id)).and_then(hit::lanes);
    if let (Some(stream), Some(lanes)) = (stream, lanes) {
        for (lane, row) in lanes.lanes.iter().zip(stream.open()) {
            let route = wire.route_into(stream, Some(row));
            let mut mix = [0_u16; 7];
            for (_, slot) in &lane.recent {
                mix[usize::from((*slot).min(6))] += 1;
            }
            ribbon(pen, &route, &mix, 4.0);
        }
        if stream.is_strip() {
            ribbon(pen, &wire.route_into(stream, None), mix, 4.0);
        }
    }
    ribbon(pen, &wire.route, mix, 9.0);
}

/// Stripes are key shares, the heaviest outside: strokes on top of each other, each narrower.
fn ribbon(pen: &mut Pen<'_>, route: &Route, mix: &[u16; 7], full: f64) {
    let mut shares: Vec<(u16, u8)> = (0..).zip(mix).map(|(slot, share)| (*share, slot)).collect();
    let total: u32 = mix.iter().map(|share| u32::from(*share)).sum();
    shares.retain(|(share, _)| u32::from(*share) * 30 >= total.max(1));
    base::order::sort_by(&mut shares[..], |a, b| b.cmp(a));
    let total: u32 = shares.iter().map(|(share, _)| u32::from(*share)).sum();
    let mut width = full;
    for (share, slot) in shares {
        pen.path(&route.pieces, None, Some(Stroke::new(Ink::Key(slot), width)));
        width -= full * f64::from(share) / f64::from(total.max(1));
    }
}

fn tag(pen: &mut Pen<'_>, (x, y): (f64, f64), letter: char) {
    pen.rect((x - 6.5, y - 6.5, 13.0, 13.0), 2.0, Some(Ink::Ink), None);
    let style = Type { size: 9.0, ..Type::small(Ink::OnInk) };
    pen.text(x, y + 3.4, letter.encode_utf8(&mut [0; 4]), style.bold().middle());
}

/// Sealed objects: the first one travels to the middle and stays there until the target has it.
fn crates(pen: &mut Pen<'_>, route: &Route, crates: &[Crate], snapshot: &Snapshot, view: &View) {
    if let Some(first) = crates.first() {
        sealed(pen, route, (first, crates.len()), snapshot, view);
    }
}

#[inline(never)]
fn sealed(
    pen: &mut Pen<'_>,
    route: &Route,
    (first, count): (&Crate, usize),
    snapshot: &Snapshot,
    view: &View,
) {
    let gone = num::float(snapshot.now.since(first.sealed_at).0);
    let transit = num::float(view.transit_micros.max(1));
    let (start, middle) = (24.0_f64.min(route.length() / 2.0), route.length() / 2.0);
    let share = if view.reduced_motion { 1.0 } else { (gone / transit).min(1.0) };
    let (x, y) = route.at(start + (middle - start) * share);
    let (w, h) = (46.0, 26.0);
    let (left, top) = (x - w / 2.0, y - h / 2.0);
    pen.rect((left, top, w, h), 3.0, Some(Ink::Surface), Some(Stroke::new(Ink::Ink, 1.25)));
    for strap in [left + 6.5, left + w - 6.5] {
        pen.rule((strap, top + 1.0), (strap, top + h - 1.0), Ink::Control);
    }
    pen.text(x, y + 4.0, seal_word(first.reason), Type::small(Ink::Text).bold().middle());
    let (dx, _) = route.heading();
    let is_level = dx.abs() > 0.5;
    let lines = crate_lines(first, count);
    // Above a level wire: at its left end, below it, batches that were refused wait in a tray.
    let (text_x, mut text_y) = if is_level {
        (x, top - 5.0 - 13.0 * num::len(lines.len() - 1))
    } else {
        (x + 32.0, y - 2.0)
    };
    for (words, ink) in &lines {
        let wide = pen.width(words, Type::small(*ink)) + 4.0;
        let left = if is_level { text_x - wide / 2.0 } else { text_x - 2.0 };
        pen.block(left, text_y - 10.0, wide, 13.0, Ink::Canvas);
        let style = Type::small(*ink);
        pen.text(text_x, text_y, words, if is_level { style.middle() } else { style });
        text_y += 13.0;
    }
}

/// What a crate weighs, and what waits behind it.
#[inline(never)]
fn crate_lines(first: &Crate, count: usize) -> Vec<(String, Ink)> {
    let mut lines = vec![(units::bytes_text(first.raw_bytes), Ink::Text)];
    if first.stored_bytes != first.raw_bytes {
        let stored = format!("stored {}", units::bytes_text(first.stored_bytes));
        lines.push((stored, Ink::Muted));
    }
    if count > 1 {
        lines.push((format!("+{} waiting", count - 1), Ink::Warn));
    } else if first.attempts > 1 {
        lines.push((format!("attempt {}", first.attempts), Ink::Warn));
    }
    lines
}

/// The places where lanes refuse records.
fn mouths(pen: &mut Pen<'_>, placed: &Placed, lanes: &Lanes, is_narrow: bool) {
    let radius = if is_narrow { SPLASH_NARROW } else { SPLASH };
    for (lane, row) in lanes.lanes.iter().zip(placed.open()) {
        if lane.rejected_per_sec > 0 {
            let mouth = placed.mouth(Some(row));
            splash(pen, mouth, radius);
            // A low row says it itself: the next branch runs where the words would be.
            if !is_narrow && row.height >= FULL {
                refused(pen, mouth, lane.rejected_per_sec);
            }
        }
    }
    let all: u32 = lanes.lanes.iter().map(|lane| lane.rejected_per_sec).sum();
    if placed.is_strip() && all > 0 {
        splash(pen, placed.mouth(None), radius);
        if !is_narrow {
            refused(pen, placed.mouth(None), all);
        }
    }
}

/// A hatched half disc.
#[inline(never)]
fn splash(pen: &mut Pen<'_>, (x, y): (f64, f64), r: f64) {
    use std::f64::consts::FRAC_PI_2;
    let rim = [Segment::Move(x, y + r), Segment::Arc(x, y, r, FRAC_PI_2, 3.0 * FRAC_PI_2)];
    pen.path(&rim, Some(Ink::Canvas), None);
    pen.path(&chords((x, y), r), None, Some(Stroke::new(Ink::Reject, 1.1)));
    pen.path(&rim, None, Some(Stroke::new(Ink::Reject, LINE)));
}

/// How many records a second are refused, between the trunk and the card and under the branch: a
/// trunk of ribbons leaves 51 pixels.
#[inline(never)]
fn refused(pen: &mut Pen<'_>, (x, y): (f64, f64), per_sec: u32) {
    let style = Type::small(Ink::Reject).bold().end();
    let room = |words: &String| pen.width(words, style) + 13.0 <= 51.0;
    let count = units::grouped(u64::from(per_sec));
    let whole = [format!("{count} /s"), format!("{count}/s"), count].into_iter().find(room);
    let words = whole.unwrap_or_else(|| units::count_text(u64::from(per_sec)));
    let wide = pen.width(&words, style);
    // The next lane may refuse as well: its half disc begins 22 pixels below.
    pen.block(x - wide - 16.0, y + 13.0, wide + 15.0, 11.0, Ink::Canvas);
    pen.text(x - 3.0, y + 22.0, &words, style);
    pen.cross((x - 9.5 - wide, y + 18.0), 2.8, 1.75, Ink::Reject);
}

/// 45° chords of the left half of a disc.
fn chords((x, y): (f64, f64), r: f64) -> Vec<Segment> {
    let mut pieces = Vec::new();
    let mut offset = -r;
    while offset <= r + 6.0 {
        // Points (-t, offset + t) inside the disc with t >= 0: roots of
        // 2t² + 2·offset·t + offset² = r².
        let under = 2.0 * r * r - offset * offset;
        if under > 0.0 {
            let root = under.sqrt();
            let (from, to) = (((-offset - root) / 2.0).max(0.0), (-offset + root) / 2.0);
            if to > from {
                pieces.push(Segment::Move(x - from, y + offset + from));
                pieces.push(Segment::Line(x - to, y + offset + to));
            }
        }
        offset += 3.5;
    }
    pieces
}
