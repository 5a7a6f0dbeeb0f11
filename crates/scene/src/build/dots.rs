//! Records on wires. A dot's place is a pure function of its passage and now: no state, so that
//! scrubbing back shows exactly what was there.

use engine::Snapshot;
use engine::snapshot::{EdgeView, Lanes, Outcome, Passage};

use super::edges;
use crate::geometry::{Placed, Plan, Rect};
use crate::hit;
use crate::num;
use crate::pen::Pen;
use crate::picture::{Dot, Ink, Picture, Segment, Stroke};
use crate::route::Route;
use crate::stack::{FULL, Row};
use crate::view::View;
use crate::wires::{Traffic, Wire, Wires};

/// How far an accepted record is seen on the bed of its lane, under the range label.
const INLET: f64 = 50.0;
/// The records of one call follow each other over this share of a wire.
const SPREAD: f64 = 0.35;
/// The records of one poll follow each other over this much simulated time, as if they had been
/// read one by one: a poll brings what the last second stored.
const POLL_MICROS: f64 = 1_000_000.0;
/// Room for one dot on the wire of a reader, on the screen.
const PITCH: f64 = 7.0;
/// Dots come out from under the border of a card.
const EDGE: f64 = 3.0;
/// Screen time of a wire in milliseconds; `View::transit_micros` is the same in simulated time.
const TRANSIT_MILLIS: f64 = 600.0;
/// A refused record squashes, then bounces back on an arc.
const SQUASH_MILLIS: f64 = 80.0;
const BOUNCE_MILLIS: f64 = 220.0;

/// Moments of a frame all dots share.
struct Clock {
    now: u64,
    transit: f64,
    /// The share of a transit over which records that pass at one moment are spread.
    spread: f64,
}

impl Clock {
    fn of(snapshot: &Snapshot, view: &View) -> Self {
        let transit = view.transit_micros.max(1);
        // Half a second on the screen.
        let step = (transit / 6 * 5).max(1);
        let now = if view.reduced_motion { snapshot.now.0 / step * step } else { snapshot.now.0 };
        Self { now, transit: num::float(transit), spread: SPREAD }
    }

    /// The clock of a wire: polls are spread further than calls.
    fn on(&self, wire: &Wire) -> Self {
        let spread = if wire.reads.is_some() { POLL_MICROS / self.transit } else { SPREAD };
        Self { spread, ..*self }
    }

    /// How much of its way a record has made; above one when it is there. Records of one call
    /// pass at the same moment: their marks spread them, the same in every replay.
    fn progress(&self, passage: &Passage) -> Option<f64> {
        let gone = self.now.checked_sub(passage.at.0)?;
        let after = self.spread * f64::from(passage.mark % 1_024) / 1_024.0;
        Some(num::float(gone) / self.transit - after)
    }
}

/// Fills the dots of a frame, in screen coordinates.
pub(super) fn draw(
    snapshot: &Snapshot,
    view: &View,
    plan: &Plan,
    wires: &Wires,
    out: &mut Picture,
) {
    out.dots.clear();
    let clock = Clock::of(snapshot, view);
    for wire in &wires.all {
        let Some(seen) = edges::edge(snapshot, wire.edge) else { continue };
        let is_fast = edges::is_fast(seen, snapshot.now, view, wire);
        if wire.traffic == Traffic::Deliver || is_fast {
            continue;
        }
        let first = out.dots.len();
        match &wire.into {
            Some(stream) => {
                let lanes = hit::node(snapshot, stream.id).and_then(hit::lanes);
                into_lanes(&clock, seen, (wire, stream, lanes), out);
            }
            None => along(&clock.on(wire), seen, view, wire, out),
        }
        if !wires.covering.is_empty() {
            hide(plan, wires, wire, first, out);
        }
    }
    let (w, h) = out.size;
    let camera = out.camera;
    for dot in &mut out.dots {
        (dot.x, dot.y) = camera.screen_from_world((dot.x, dot.y));
    }
    let near = |at: f64, end: f64| (-8.0..=end + 8.0).contains(&at);
    out.dots.retain(|dot| near(dot.x, w) && near(dot.y, h));
}

/// Drops the dots of a wire, those from `first` on, where other cards lie on it.
#[inline(never)]
fn hide(plan: &Plan, wires: &Wires, wire: &Wire, first: usize, out: &mut Picture) {
    let covering = wires.covering.iter().filter_map(|id| plan.node(*id));
    let lids: Vec<Rect> =
        covering.filter(|card| wire.runs_under(card)).map(|card| card.rect).collect();
    let mut rest = out.dots.split_off(first);
    rest.retain(|dot| !lids.iter().any(|lid| lid.contains((dot.x, dot.y))));
    out.dots.append(&mut rest);
}

fn dot((x, y): (f64, f64), passage: &Passage) -> Dot {
    let radius = match passage.size {
        0 => 2.5,
        1 => 3.0,
        _ => 4.0,
    };
    Dot { x, y, radius, slot: passage.slot }
}

/// Newest first, up to the ones that left the picture.
fn recent<'a>(
    clock: &'a Clock,
    seen: &'a EdgeView,
    most: f64,
) -> impl Iterator<Item = (f64, &'a Passage)> {
    let timed = seen.passages.iter().rev().filter_map(|it| Some((clock.progress(it)?, it)));
    let near = timed.take_while(move |(progress, _)| *progress <= most + clock.spread);
    near.filter(move |(progress, _)| (0.0..=most).contains(progress))
}

/// On the wires of readers one dot stands for more where they would touch: cards and lanes count
/// what was read.
fn along(clock: &Clock, seen: &EdgeView, view: &View, wire: &Wire, out: &mut Picture) {
    let length = wire.route.length();
    let seen_length = (length * view.camera.scale).max(1.0);
    for (progress, passage) in recent(clock, seen, 1.0) {
        // By what had passed when it passed: nothing vanishes on its way.
        let crowd = edges::crowd(seen, passage.at, view);
        let is_kept = (passage.mark >> 10).is_multiple_of(thinning(crowd * PITCH / seen_length));
        if wire.reads.is_some() && !is_kept {
            continue;
        }
        let far = progress * length;
        // A letter keeps its place free.
        let behind_letter = wire.reads.is_some() && far < edges::TAG + 9.0;
        if !behind_letter && far > EDGE && far < length - EDGE {
            out.dots.push(dot(wire.route.at(far), passage));
        }
    }
}

/// Where the records of one shard go; those of a heat strip all go the same way.
struct Way<'a> {
    shard: u32,
    row: Option<&'a Row>,
    route: Route,
}

fn into_lanes(
    clock: &Clock,
    seen: &EdgeView,
    (wire, stream, lanes): (&Wire, &Placed, Option<&Lanes>),
    out: &mut Picture,
) {
    let mut ways: Vec<Way<'_>> = Vec::new();
    let inlet = if stream.is_strip() { 0.0 } else { INLET };
    for (progress, passage) in recent(clock, seen, 2.0) {
        let shard = if stream.is_strip() { 0 } else { passage.lane };
        let at = ways.iter().position(|way| way.shard == shard).unwrap_or_else(|| {
            let row = row(stream, lanes, shard);
            ways.push(Way { shard, row, route: wire.route_into(stream, row) });
            ways.len() - 1
        });
        let Way { row, route, .. } = &ways[at];
        let row = *row;
        let far = progress * route.length();
        let beyond = far - route.length();
        if far < EDGE {
            continue;
        }
        // A slim row has its range label on the way.
        let is_slim = row.is_none_or(|row| row.height < FULL);
        if beyond <= 0.0 {
            out.dots.push(dot(route.at(far), passage));
        } else if passage.outcome != Outcome::Rejected && beyond < inlet && !is_slim {
            let (x, y) = stream.mouth(row);
            out.dots.push(Dot { radius: 2.5, ..dot((x + beyond, y), passage) });
        }
    }
}

/// The power of two at or above a factor, so that a dot that is left out stays out.
fn thinning(factor: f64) -> u32 {
    let mut every = 1;
    while f64::from(every) < factor && every < 64 {
        every *= 2;
    }
    every
}

/// The row of a shard; none in a heat strip.
fn row<'a>(stream: &'a Placed, lanes: Option<&Lanes>, shard: u32) -> Option<&'a Row> {
    let own = stream.stack.as_ref().and_then(|stack| stack.row_of(lanes, shard));
    own.or_else(|| stream.open().next())
}

/// Refused records that bounce: at most one a lane while a record crosses the wire, so that
/// nothing flashes.
pub(super) fn bounces(pen: &mut Pen<'_>, snapshot: &Snapshot, view: &View, wires: &Wires) {
    if view.reduced_motion || view.narrow {
        return;
    }
    let clock = Clock::of(snapshot, view);
    let transit = view.transit_micros.max(1);
    for wire in &wires.all {
        let (Some(stream), Some(seen)) = (&wire.into, edges::edge(snapshot, wire.edge)) else {
            continue;
        };
        if seen.passages.iter().any(|it| it.outcome == Outcome::Rejected) {
            let lanes = hit::node(snapshot, stream.id).and_then(hit::lanes);
            bounces_of(pen, seen, (stream, lanes), &clock, transit);
        }
    }
}

/// Those of one wire into a stream.
#[inline(never)]
fn bounces_of(
    pen: &mut Pen<'_>,
    seen: &EdgeView,
    (stream, lanes): (&Placed, Option<&Lanes>),
    clock: &Clock,
    transit: u64,
) {
    let mut slot = None;
    for passage in seen.passages.iter().filter(|it| it.outcome == Outcome::Rejected) {
        // The first of its stretch of time and of its lane.
        let key = Some((passage.at.0 / transit, passage.lane));
        if key == slot {
            continue;
        }
        slot = key;
        let Some(progress) = clock.progress(passage) else { continue };
        let mouth = stream.mouth(row(stream, lanes, passage.lane));
        bounce(pen, mouth, passage.slot, (progress - 1.0) * TRANSIT_MILLIS);
    }
}

/// One bounce, so many milliseconds after the record reached the mouth.
#[inline(never)]
fn bounce(pen: &mut Pen<'_>, (x, y): (f64, f64), slot: u8, millis: f64) {
    let ends = SQUASH_MILLIS + BOUNCE_MILLIS;
    if !(0.0..ends + TRANSIT_MILLIS / 2.0).contains(&millis) {
        return;
    }
    if millis < SQUASH_MILLIS {
        pen.rect((x - 5.0, y - 4.5, 4.0, 9.0), 2.0, Some(Ink::Key(slot)), None);
        return;
    }
    let t = ((millis - SQUASH_MILLIS) / BOUNCE_MILLIS).min(1.0);
    let eased = 1.0 - (1.0 - t) * (1.0 - t);
    let (from, by, to) = ((x - 11.0, y - 7.0), (x - 20.0, y - 25.0), (x - 29.0, y - 15.0));
    let blend = |a: f64, b: f64, c: f64, t: f64| {
        (1.0 - t) * (1.0 - t) * a + 2.0 * (1.0 - t) * t * b + t * t * c
    };
    let mut trail = vec![Segment::Move(from.0, from.1)];
    for step in 1..=6 {
        let t = eased * f64::from(step) / 6.0;
        trail.push(Segment::Line(blend(from.0, by.0, to.0, t), blend(from.1, by.1, to.1, t)));
    }
    let dashed = Stroke::new(Ink::Reject, 1.1).dashed(1.5, 2.5).rounded();
    pen.path(&trail, None, Some(dashed));
    let tip = (blend(from.0, by.0, to.0, eased), blend(from.1, by.1, to.1, eased));
    if t < 1.0 {
        pen.circle(tip, 3.0, Some(Ink::Reject), None);
    } else {
        pen.cross((x - 31.0, y - 12.0), 3.0, 1.75, Ink::Reject);
    }
}
