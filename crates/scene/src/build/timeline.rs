//! The event timeline: a rail with ticks, what lasted as stretches, what happened as marks.
//!
//! Marks closer than ten pixels give way to each other: throttle, fault, loss, reshard, change,
//! then flush.

use base::Time;
use engine::Snapshot;
use engine::snapshot::{Mark, MarkKind};

use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Shape, Stroke};
use crate::text::TextMeasure;

/// The middle of the rail below the top.
const RAIL: f64 = 20.0;
/// The middle of the marks.
const MARKS: f64 = 8.0;
/// The baseline of the labels.
const LABELS: f64 = 37.0;
/// Marks keep this distance.
const APART: f64 = 10.0;
/// A stretch that has not ended.
const RUNNING: Time = Time(u64::MAX);

/// A stretch of simulated time on a rail of so many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Left end.
    pub from: Time,
    /// Right end.
    pub to: Time,
    /// Now.
    pub now: Time,
    /// Wall clock at simulated time zero, milliseconds since 1970 UTC; labels show its time of day.
    pub epoch_millis: u64,
    /// Pixels from `from` to `to`.
    pub width: f64,
    /// Pixels from top to bottom; the now-line runs through all of them.
    pub height: f64,
}

impl Window {
    /// Where a moment lies.
    #[must_use]
    pub fn x(&self, at: Time) -> f64 {
        let whole = num::float(self.to.0.saturating_sub(self.from.0).max(1));
        let gone = num::float(at.0.min(self.to.0).saturating_sub(self.from.0));
        0.5 + gone / whole * self.width
    }

    /// The moment at a place.
    #[must_use]
    pub fn at(&self, x: f64) -> Time {
        let whole = num::float(self.to.0.saturating_sub(self.from.0));
        let share = ((x - 0.5) / self.width.max(1.0)).clamp(0.0, 1.0);
        let micros = num::whole(share * whole);
        Time(self.from.0.saturating_add(u64::try_from(micros).unwrap_or(u64::MAX)))
    }
}

/// The timeline of a run; `out` keeps its memory from frame to frame.
pub fn timeline(
    snapshot: &Snapshot,
    window: &Window,
    measure: &dyn TextMeasure,
    out: &mut Vec<Shape>,
) {
    let mut pen = Pen::new(out, measure);
    ticks(&mut pen, window);
    let now = window.x(window.now).round();
    pen.block(0.0, RAIL - 2.0, window.width, 4.0, Ink::LineSoft);
    pen.block(0.0, RAIL - 2.0, now, 4.0, Ink::Control);
    for mark in seen(snapshot, window) {
        stretch(&mut pen, window, mark, now);
    }
    let mut order: Vec<&Mark> = seen(snapshot, window).collect();
    base::order::sort_by_key(&mut order[..], |mark| (rank(mark.kind), mark.at));
    let mut taken: Vec<f64> = Vec::new();
    for mark in order {
        // A throttle that lasts hatches its rail; the cross stands before it.
        let lead = if mark.kind == MarkKind::Throttle { 6.0 } else { 0.0 };
        let x = window.x(mark.at) - lead;
        let is_free = taken.iter().all(|other| (other - x).abs() >= APART);
        if mark.at >= window.from && (4.0..window.width - 5.0).contains(&x) && is_free {
            taken.push(x);
            draw(&mut pen, (x, MARKS), mark.kind);
        }
    }
    let line = Stroke::new(Ink::Ink, 1.5);
    pen.line((now + 0.5, 0.0), (now + 0.5, window.height), line);
    pen.circle((now + 0.5, RAIL), 6.0, Some(Ink::Surface), Some(Stroke::new(Ink::Ink, 2.0)));
    pen.finish();
}

/// Marks that reach into the window.
fn seen<'a>(snapshot: &'a Snapshot, window: &'a Window) -> impl Iterator<Item = &'a Mark> {
    let inside = |mark: &&Mark| {
        mark.at <= window.to && mark.until.unwrap_or(mark.at).max(mark.at) >= window.from
    };
    snapshot.marks.iter().filter(inside)
}

/// Who gives way to whom.
fn rank(kind: MarkKind) -> u8 {
    match kind {
        MarkKind::Throttle => 0,
        MarkKind::Fault => 1,
        MarkKind::Loss => 2,
        MarkKind::Reshard => 3,
        MarkKind::Change => 4,
        MarkKind::FlushSize | MarkKind::FlushTime => 5,
    }
}

/// Steps between labels that leave them room, in seconds.
const STEPS: [u64; 15] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400, 604_800];

fn ticks(pen: &mut Pen<'_>, window: &Window) {
    let span = window.to.0.saturating_sub(window.from.0).max(1);
    let wide = |secs: u64| num::float(secs * 1_000_000) / num::float(span) * window.width;
    let step = STEPS.into_iter().find(|secs| wide(*secs) >= 100.0).unwrap_or(604_800 * 4);
    // Whole seconds that the step is a multiple of, so that every label has its tick.
    let parts = if step.is_multiple_of(4) { 4 } else { 5 };
    let minor = if step.is_multiple_of(parts) { step / parts } else { step };
    let first = window.from.0.div_ceil(minor * 1_000_000);
    let last = window.to.0 / (minor * 1_000_000);
    for n in (first..=last).take(2_000) {
        let at = Time(n * minor * 1_000_000);
        let is_major = (n * minor).is_multiple_of(step);
        let x = window.x(at).round() + 0.5;
        let long = if is_major { 8.0 } else { 6.0 };
        pen.rule((x, RAIL + 4.0), (x, RAIL + long), Ink::Control);
        if is_major {
            let words = clock(window.epoch_millis / 1_000 + at.secs(), step);
            let style = Type::small(Ink::Muted);
            let half = pen.width(&words, style) / 2.0;
            let x = window.x(at).min(window.width - 6.0 - half).max(6.0 + half);
            pen.text(x, LABELS, &words, style.middle());
        }
    }
}

/// `10:04`, `10:04:30` when steps are shorter than a minute.
fn clock(secs: u64, step: u64) -> String {
    let (hour, minute, second) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    if step < 60 {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{hour:02}:{minute:02}")
    }
}

/// Throttling hatches the rail, a fault is a line above it: done part solid, the rest dashed.
fn stretch(pen: &mut Pen<'_>, window: &Window, mark: &Mark, now: f64) {
    let Some(until) = mark.until else { return };
    let until = if until == RUNNING { window.now } else { until };
    let (left, right) = (window.x(mark.at).max(0.0), window.x(until));
    match mark.kind {
        MarkKind::Throttle => {
            let right = right.min(now);
            let rail = (left, RAIL - 3.0, (right - left).max(2.0), 6.0);
            pen.rect(rail, 0.0, Some(Ink::Surface), None);
            pen.hatch(rail, 3.5, Stroke::new(Ink::Reject, 1.25));
            pen.rect(rail, 0.0, None, Some(Stroke::new(Ink::Reject, 1.0)));
        }
        MarkKind::Fault => {
            let line = Stroke::new(Ink::Warn, 1.5);
            let done = right.min(now);
            if done > left {
                pen.line((left, RAIL - 5.5), (done, RAIL - 5.5), line);
            }
            if right > now {
                let from = now.max(left);
                pen.line((from, RAIL - 5.5), (right, RAIL - 5.5), line.dashed(2.0, 3.0));
            }
        }
        MarkKind::FlushSize
        | MarkKind::FlushTime
        | MarkKind::Reshard
        | MarkKind::Change
        | MarkKind::Loss => {}
    }
}

/// One mark around its middle; legends draw the same.
pub(crate) fn draw(pen: &mut Pen<'_>, (x, y): (f64, f64), kind: MarkKind) {
    let triangle = |up: f64, side: f64, down: f64| {
        [
            Segment::Move(x, y - up),
            Segment::Line(x + side, y + down),
            Segment::Line(x - side, y + down),
            Segment::Close,
        ]
    };
    match kind {
        MarkKind::FlushSize => pen.path(&triangle(4.0, 4.0, 3.0), Some(Ink::Plot), None),
        MarkKind::FlushTime => {
            let stroke = Some(Stroke::new(Ink::Plot, 1.25));
            pen.path(&triangle(3.4, 3.5, 2.5), Some(Ink::Surface), stroke);
        }
        MarkKind::Throttle => pen.cross((x, y), 3.2, 1.75, Ink::Reject),
        MarkKind::Fault => pen.path(&lightning(x, y), Some(Ink::Warn), None),
        MarkKind::Reshard => {
            let fork = [
                Segment::Move(x, y + 4.5),
                Segment::Line(x, y),
                Segment::Quad(x - 3.5, y - 1.0, x - 3.5, y - 4.5),
                Segment::Move(x, y),
                Segment::Quad(x + 3.5, y - 1.0, x + 3.5, y - 4.5),
            ];
            pen.path(&fork, None, Some(Stroke::new(Ink::Text, 1.5).rounded()));
        }
        MarkKind::Change => {
            pen.rect((x - 3.5, y - 3.5, 7.0, 7.0), 1.0, None, Some(Stroke::new(Ink::Plot, 1.25)));
        }
        MarkKind::Loss => {
            let stroke = Some(Stroke::new(Ink::Reject, 1.25));
            pen.circle((x, y), 4.0, None, stroke);
            pen.cross((x, y), 1.6, 1.25, Ink::Reject);
        }
    }
}

#[inline(never)]
fn lightning(x: f64, y: f64) -> [Segment; 7] {
    [
        Segment::Move(x + 0.8, y - 5.0),
        Segment::Line(x - 3.4, y + 0.6),
        Segment::Line(x - 0.2, y + 0.6),
        Segment::Line(x - 0.8, y + 5.0),
        Segment::Line(x + 3.4, y - 0.9),
        Segment::Line(x + 0.2, y - 0.9),
        Segment::Close,
    ]
}

/// A mark for a legend, around (5, 5) in a box of 10 × 10.
pub fn mark(kind: MarkKind, measure: &dyn TextMeasure, out: &mut Vec<Shape>) {
    let mut pen = Pen::new(out, measure);
    draw(&mut pen, (5.0, 5.0), kind);
    pen.finish();
}

/// A small line chart over the whole width; the limit, if any, is dashed.
pub fn spark(
    values: &[u32],
    (width, height): (f64, f64),
    limit: Option<u32>,
    ink: Ink,
    measure: &dyn TextMeasure,
    out: &mut Vec<Shape>,
) {
    let mut pen = Pen::new(out, measure);
    let area = (0.5, 2.0, (width - 1.0).max(1.0), (height - 4.0).max(1.0));
    super::gauges::spark(&mut pen, area, values, limit, ink);
    pen.finish();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Table;

    fn window() -> Window {
        Window {
            from: Time::ZERO,
            to: Time(300_000_000),
            now: Time(271_250_000),
            epoch_millis: 1_795_255_200_000,
            width: 912.0,
            height: 40.0,
        }
    }

    fn mark(at_secs: u64, until: Option<Time>, kind: MarkKind) -> Mark {
        Mark { at: Time(at_secs * 1_000_000), until, kind, node: base::NodeId(1) }
    }

    fn shapes(marks: Vec<Mark>) -> Vec<Shape> {
        let snapshot = Snapshot { marks, ..Snapshot::default() };
        let mut out = Vec::new();
        timeline(&snapshot, &window(), &Table, &mut out);
        out
    }

    #[test]
    fn flushes_give_way_to_throttling() {
        let flush = mark(188, None, MarkKind::FlushTime);
        let alone = shapes(vec![flush]).len();
        let both = shapes(vec![flush, mark(190, None, MarkKind::Throttle)]);
        assert_eq!(both.len(), alone, "one mark in place of the other");
        let crosses = both.iter().filter(|shape| {
            matches!(shape, Shape::Path { stroke: Some(stroke), .. } if stroke.ink == Ink::Reject)
        });
        assert_eq!(crosses.count(), 1);
    }

    #[test]
    fn throttling_that_goes_on_hatches_the_rail_up_to_now() {
        let out = shapes(vec![mark(190, Some(RUNNING), MarkKind::Throttle)]);
        let rail = out.iter().find_map(|shape| match shape {
            Shape::Rect { x, w, fill: Some(Ink::Surface), .. } => Some(x + w),
            _ => None,
        });
        assert_eq!(rail, Some(window().x(window().now).round()));
    }

    #[test]
    fn places_and_moments_are_inverse() {
        for secs in [0, 1, 150, 299] {
            let at = Time(secs * 1_000_000);
            assert!(window().at(window().x(at)).0.abs_diff(at.0) < 1_000);
        }
    }

    #[test]
    fn labels_show_the_time_of_day() {
        let texts: Vec<String> = shapes(Vec::new())
            .into_iter()
            .filter_map(|shape| match shape {
                Shape::Text { text, .. } => Some(text.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["10:00", "10:01", "10:02", "10:03", "10:04", "10:05"]);
    }

    /// Labels are at least 100 pixels apart, and never further than the next coarser step would be.
    #[test]
    fn every_span_has_its_labels() {
        for secs in 8..3_600 {
            let window = Window { to: Time(secs * 1_000_000), now: Time::ZERO, ..window() };
            let mut out = Vec::new();
            timeline(&Snapshot::default(), &window, &Table, &mut out);
            let is_text = |shape: &&Shape| matches!(shape, Shape::Text { .. });
            let labels = out.iter().filter(is_text).count();
            assert!((3..=10).contains(&labels), "{labels} labels in {secs} seconds");
        }
    }
}
