//! Windows over time: brackets that open and close, rows that fall into them, rows that came too
//! late.
//!
//! The ruler moves by whole marks, so that nothing on it moves between two of them. Windows that
//! overlap lie on levels of their own.

use base::calendar::Civil;
use engine::snapshot::{Dot, Late, Ruler, Window};

use super::card::PAD;
use super::words;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::view::View;

/// From the top of the gauge to the upper and the lower end of brackets.
const BRACKETS: (f64, f64) = (88.5, 129.5);
/// The base line of the labels above them.
const LABELS: f64 = 81.0;
/// What the tray for late rows takes at the right.
const TRAY: f64 = 96.0;
/// What the count of windows that are not shown takes before it.
const MORE: f64 = 8.0;
/// Marks of the ruler between its ends.
const TICKS: i64 = 3;
/// Levels on which windows overlap.
const LEVELS_MAX: i64 = 4;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 1_440 * MINUTE;

/// Brackets, what is in them, and how far the time has come.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    (top, width): (f64, f64),
    (ruler, rows): (&Ruler, Rows),
    view: &View,
) {
    let Some(axis) = Axis::of(ruler, width - TRAY - PAD - MORE) else { return };
    for n in 0..=TICKS {
        let at = axis.left.saturating_add(axis.tick.saturating_mul(n));
        let style = Type::small(Ink::Muted);
        let (style, shift) = match n {
            0 => (style, 0.0),
            // Beside it is the name of the time.
            TICKS => (style.end(), -3.0),
            _ => (style.middle(), 0.0),
        };
        pen.text(axis.x(at) + shift, top + LABELS, &axis.label(at), style);
    }
    let bottom = top + BRACKETS.1;
    if rows == Rows::Stay {
        pen.rule((axis.from, bottom - 4.5), (axis.to(), bottom - 4.5), Ink::Edge);
    }
    brackets(pen, top, ruler, &axis);
    if ruler.reached > i64::MIN {
        let now = axis.x(ruler.reached).round() + 0.5;
        pen.rule((now, top + LABELS + 2.5), (now, bottom + 0.5), Ink::Control);
    }
    clock(pen, top, ruler, &axis);
    for dot in ruler.rows.iter().rev() {
        fall(pen, top, dot, &axis, &Falling { ruler, rows, view });
    }
}

/// What rows do on a ruler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// They fall into the windows at the line of the moment.
    Arrive,
    /// They fall into them at times of their own.
    Fall,
    /// They lie where their time is.
    Stay,
}

/// A stretch of time on so many pixels.
struct Axis {
    from: f64,
    width: f64,
    left: i64,
    right: i64,
    tick: i64,
}

impl Axis {
    /// Three of the longest windows, up to the end of the last one. None before any time is known.
    fn of(ruler: &Ruler, width: f64) -> Option<Self> {
        let long = |window: &Window| window.end.saturating_sub(window.start).max(1);
        let longest = ruler.windows.iter().map(long).max().unwrap_or(10 * SECOND);
        let first = ruler.windows.first().map_or(0, |window| window.start);
        let is_even = ruler.windows.iter().all(|window| {
            long(window) == longest && window.start.saturating_sub(first) % longest == 0
        });
        let (tick, anchor) = match is_even {
            true => (longest, first.rem_euclid(longest)),
            false => (mark_above(longest), 0),
        };
        let ends = ruler.windows.iter().map(|window| window.end);
        let head = ends.chain([ruler.reached]).max().filter(|at| *at > i64::MIN)?;
        let beyond = head.saturating_sub(anchor).rem_euclid(tick);
        let right = if beyond == 0 { head } else { head.saturating_add(tick - beyond) };
        let left = right.saturating_sub(tick.saturating_mul(TICKS));
        Some(Self { from: PAD, width, left, right, tick })
    }

    fn to(&self) -> f64 {
        self.from + self.width
    }

    /// Where a moment lies; not before the left end by much.
    fn x(&self, at: i64) -> f64 {
        let whole = num::float(self.right.abs_diff(self.left).max(1));
        let gone = num::float(at.abs_diff(self.left)) / whole * self.width;
        self.from + if at < self.left { -gone.min(self.width) } else { gone.min(self.width) }
    }

    fn is_seen(&self, at: i64) -> bool {
        (self.left..=self.right).contains(&at)
    }

    /// `10:04`, with seconds or as a date where the marks need it.
    fn label(&self, at: i64) -> String {
        let Civil { month, day, hour, minute, second, micros, .. } = Civil::at(at, 0);
        let is_whole = |unit: i64| self.tick % unit == 0 && self.left % unit == 0;
        if is_whole(DAY) {
            format!("{month:02}-{day:02}")
        } else if is_whole(MINUTE) {
            format!("{hour:02}:{minute:02}")
        } else if self.tick >= SECOND {
            format!("{hour:02}:{minute:02}:{second:02}")
        } else {
            format!("{second:02}.{:03}", micros / 1_000)
        }
    }
}

/// The shortest usual length that is not shorter.
fn mark_above(micros: i64) -> i64 {
    const SECONDS: [i64; 18] = [
        1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200,
        86_400,
    ];
    const PARTS: [i64; 4] = [10_000, 100_000, 200_000, 500_000];
    let usual = PARTS.into_iter().chain(SECONDS.map(|secs| secs * SECOND));
    let days = (micros.saturating_add(DAY - 1) / DAY).saturating_mul(DAY);
    usual.into_iter().find(|mark| *mark >= micros).unwrap_or(days)
}

/// The level of each window from the bottom, none where there is no room, and how many there are.
///
/// A few that follow each other in equal steps keep their level for ever; others take the lowest
/// that is free.
fn levels(windows: &[Window]) -> (Vec<Option<i64>>, i64) {
    let steps = windows.windows(2).map(|pair| pair[1].start.saturating_sub(pair[0].start));
    let step = steps.clone().min().unwrap_or(0);
    let long = |window: &Window| window.end.saturating_sub(window.start).max(1);
    let is_even = windows.windows(2).all(|pair| long(&pair[0]) == long(&pair[1]));
    if let (Some(first), true) =
        (windows.first(), step > 0 && is_even && steps.clone().all(|it| it % step == 0))
    {
        let count = (long(first).saturating_add(step - 1) / step).max(1);
        let level = |window: &Window| window.start.div_euclid(step).rem_euclid(count);
        if count <= LEVELS_MAX {
            return (windows.iter().map(|window| Some(level(window))).collect(), count);
        }
    }
    let mut ends: Vec<i64> = Vec::new();
    let mut found = Vec::with_capacity(windows.len());
    for window in windows {
        let free = ends.iter().position(|end| *end <= window.start);
        let level = free.unwrap_or(ends.len());
        match ends.get_mut(level) {
            Some(end) => *end = window.end,
            None => ends.push(window.end),
        }
        found.push(i64::try_from(level).ok().filter(|level| *level < LEVELS_MAX));
    }
    let count = i64::try_from(ends.len()).unwrap_or(LEVELS_MAX);
    (found, count.clamp(1, LEVELS_MAX))
}

fn brackets(pen: &mut Pen<'_>, top: f64, ruler: &Ruler, axis: &Axis) {
    let (levels, count) = levels(&ruler.windows);
    let count = f64::from(i32::try_from(count).unwrap_or(1));
    let gap = 3.0;
    let high = (BRACKETS.1 - BRACKETS.0 - gap * (count - 1.0)) / count;
    let most = full(ruler.windows.iter().map(|window| window.rows).max().unwrap_or(0));
    let mut hidden = 0_u32;
    for (window, level) in ruler.windows.iter().zip(levels) {
        let Some(level) = level else {
            hidden += 1;
            continue;
        };
        let level = f64::from(i32::try_from(level).unwrap_or(0));
        let bottom = top + BRACKETS.1 - (high + gap) * level;
        if window.end <= axis.left {
            continue;
        }
        let sides = Sides { left: axis.x(window.start).max(axis.from), right: axis.x(window.end) };
        let reached = axis.x(ruler.reached.max(window.start)).clamp(sides.left, sides.right);
        let place = (bottom - high, bottom);
        bar(pen, &sides, place, window, (most, reached));
        bracket(pen, &sides, place, (axis.is_seen(window.start), window.open));
    }
    if hidden > 0 {
        let words = format!("+{hidden}");
        pen.text(axis.to() + 3.0, top + BRACKETS.1, &words, Type::small(Ink::Muted));
    }
}

/// Where a bracket begins and ends.
struct Sides {
    left: f64,
    right: f64,
}

impl Sides {
    /// What is left of it inside, at one side.
    fn inset(&self, most: f64) -> f64 {
        most.min((self.right - self.left) / 4.0)
    }
}

/// The next of 1, 2, 5, 10, …: what the highest bar stands for, so that bars seldom shrink.
fn full(rows: u64) -> u64 {
    let decade = 10_u64.pow(rows.checked_ilog10().unwrap_or(0));
    let steps = [1, 2, 5, 10].map(|n| decade.saturating_mul(n));
    steps.into_iter().find(|step| *step >= rows).unwrap_or(rows)
}

/// Rows as height, keys as stripes; an open window is filled up to where its time has come.
fn bar(
    pen: &mut Pen<'_>,
    sides: &Sides,
    (top, bottom): (f64, f64),
    window: &Window,
    (most, reached): (u64, f64),
) {
    let inset = sides.inset(4.0);
    let foot = bottom - if bottom - top > 20.0 { 3.5 } else { 1.5 };
    let (left, mut right) = (sides.left + inset, sides.right - inset);
    if window.open {
        right = right.min(reached.max(left + 2.0));
    }
    if window.rows == 0 || right <= left {
        return;
    }
    let room = foot - top - 3.0;
    let high = (room * num::float(window.rows) / num::float(most.max(1))).clamp(1.5, room.max(1.5));
    let mut y = foot;
    for slot in (0..=6_u8).map(|n| (n + 1) % 7) {
        let share = f64::from(window.mix[usize::from(slot)]) / 1_000.0;
        let h = if slot == 0 { high - (foot - y) } else { (high * share).min(high - (foot - y)) };
        if h >= 0.3 {
            y -= h;
            pen.block(left, y, right - left, h, Ink::KeyBed(slot));
        }
    }
}

/// Closed at both sides, or dashed where the end is still to come.
fn bracket(
    pen: &mut Pen<'_>,
    sides: &Sides,
    (top, bottom): (f64, f64),
    (begins, is_open): (bool, bool),
) {
    let arm = 1.5 + sides.inset(4.0);
    let half = |side: f64, arm: f64| {
        let (near, far) = (side + 1.5 * arm.signum(), side + arm);
        [(far, top), (near, top), (near, bottom), (far, bottom)]
    };
    let path = |points: [(f64, f64); 4]| {
        let [first, rest @ ..] = points;
        let [a, b, c] = rest.map(|(x, y)| Segment::Line(x, y));
        [Segment::Move(first.0, first.1), a, b, c]
    };
    let solid = Stroke::new(Ink::Ink, 1.25);
    if begins {
        pen.path(&path(half(sides.left, arm)), None, Some(solid));
    }
    let end = if is_open { Stroke::new(Ink::Control, 1.0).dashed(2.0, 2.0) } else { solid };
    pen.path(&path(half(sides.right, -arm)), None, Some(end));
}

/// Where the clock of the query stands, when that is not where its time has come.
fn clock(pen: &mut Pen<'_>, top: f64, ruler: &Ruler, axis: &Axis) {
    if !axis.is_seen(ruler.clock) || (axis.x(ruler.clock) - axis.x(ruler.reached)).abs() < 3.0 {
        return;
    }
    let (x, y) = (axis.x(ruler.clock).round() + 0.5, top + LABELS + 2.5);
    let tip = [
        Segment::Move(x - 3.5, y),
        Segment::Line(x + 3.5, y),
        Segment::Line(x, y + 5.0),
        Segment::Close,
    ];
    pen.path(&tip, Some(Ink::Plot), None);
    let dashed = Stroke::new(Ink::Plot, 1.0).dashed(1.0, 2.0);
    pen.line((x, y + 5.0), (x, top + BRACKETS.1 + 0.5), dashed);
}

/// What a row falls in.
struct Falling<'a> {
    ruler: &'a Ruler,
    rows: Rows,
    view: &'a View,
}

/// A row on its way down; without windows it stays where it lands.
fn fall(pen: &mut Pen<'_>, top: f64, dot: &Dot, axis: &Axis, seen: &Falling<'_>) {
    let transit = seen.view.transit_micros.max(1);
    let stays = seen.rows == Rows::Stay;
    if !axis.is_seen(dot.time) || dot.age_micros >= transit && !stays {
        return;
    }
    let mut x = axis.x(dot.time);
    if seen.rows == Rows::Arrive {
        // They would all fall on the line of the moment.
        let begun = seen.ruler.windows.iter().rev().find(|window| window.start <= dot.time);
        let wall = begun.map_or(axis.from, |window| axis.x(window.start)) + 7.0;
        let aside = if dot.time.rem_euclid(7) % 2 == 0 { 7.0 } else { 16.0 };
        x = (x - aside).max(wall);
    }
    let (from, to) = (top + BRACKETS.0 + 4.0, top + BRACKETS.1 - 9.0);
    let gone = num::float(dot.age_micros.min(transit)) / num::float(transit);
    let gone = if seen.view.reduced_motion { 1.0 } else { gone * gone };
    pen.mark((x, from + (to - from) * gone), 4.0, dot.slot, Ink::Surface);
}

/// Rows that came too late, and how late the newest was; the count so much lower.
pub(super) fn tray(pen: &mut Pen<'_>, (top, width): (f64, f64), late: &Late, lower: f64) {
    let (left, right) = (width - TRAY + 16.5, width - 13.5);
    let (rim, floor) = (top + 104.0, top + BRACKETS.1);
    let shape = [
        Segment::Move(left, rim),
        Segment::Line(left, floor - 3.0),
        Segment::Quad(left, floor, left + 3.0, floor),
        Segment::Line(right - 3.0, floor),
        Segment::Quad(right, floor, right, floor - 3.0),
        Segment::Line(right, rim),
    ];
    pen.path(&shape, None, Some(Stroke::new(Ink::Control, 1.0)));
    let middle = (left + right) / 2.0;
    let muted = Type::small(Ink::Muted).middle();
    let count = format!("late {}", base::units::count_text(late.count));
    pen.text(middle, top + LABELS + lower, &count, muted);
    if late.count == 0 {
        return;
    }
    let behind = format!("+{}", words::age(late.behind_micros));
    pen.text(middle, top + 100.0, &behind, Type::small(Ink::Text).middle());
    // A query that drops them in silence does not tell whose they were.
    let slots = if late.slots.is_empty() { &[0; 4][..] } else { &late.slots };
    let count = usize::try_from(late.count).unwrap_or(usize::MAX);
    let shown = slots.len().min(4).min(count);
    let first = middle - 8.0 * num::len(shown.saturating_sub(1));
    for (idx, slot) in slots.iter().take(shown).enumerate() {
        let at = (first + 16.0 * num::len(idx), top + 119.0);
        pen.mark(at, 4.0, *slot, Ink::Surface);
        let ring = Stroke::new(Ink::Text, 1.0).dashed(2.0, 2.0);
        pen.circle(at, 6.5, None, Some(ring));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows of a minute that begin every 20 seconds, from the `first` on.
    fn hops(first: i64) -> Vec<Window> {
        let one = |n: i64| {
            let start = n * 20 * SECOND;
            Window { start, end: start + MINUTE, ..Window::default() }
        };
        (first..first + 6).map(one).collect()
    }

    #[test]
    fn a_window_keeps_its_level_while_older_ones_go() {
        let ((before, count), (after, _)) = (levels(&hops(100)), levels(&hops(101)));
        assert_eq!((count, &before[1..]), (3, &after[..5]));
        assert_ne!(before[0], before[1], "they overlap");
        assert_eq!(before[0], before[3], "and these do not");
    }

    /// Windows of a minute for each of many keys begin with their first rows: in no steps at all.
    #[test]
    fn of_many_windows_as_many_are_seen_as_there_is_room_for() {
        for gap in [7, 40_000, 399_999] {
            let one = |n: i64| Window { start: n * gap, end: n * gap + MINUTE, ..hops(0)[0] };
            for count in [2, 3, 8] {
                let (found, levels) = levels(&(0..count).map(one).collect::<Vec<_>>());
                let seen = found.iter().flatten().count();
                let room = count.min(LEVELS_MAX);
                assert_eq!((i64::try_from(seen), levels), (Ok(room), room));
            }
        }
    }

    #[test]
    fn windows_on_one_level_never_overlap() {
        let spans = [(0, 9), (2, 4), (3, 5), (4, 7), (8, 12), (8, 9), (8, 10), (9, 11)];
        let windows = spans.map(|(start, end)| Window { start, end, ..Window::default() });
        let (levels, count) = levels(&windows);
        assert_eq!(count, LEVELS_MAX);
        for (at, (a, level)) in windows.iter().zip(&levels).enumerate() {
            for (b, other) in windows.iter().zip(&levels).skip(at + 1) {
                let apart = a.end <= b.start || b.end <= a.start;
                assert!(apart || level.is_none() || level != other, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn labels_are_as_long_as_the_marks_need() {
        let label = |tick, at| Axis { from: 0.0, width: 1.0, left: at, right: at, tick }.label(at);
        let at = 1_795_255_200 * SECOND;
        assert_eq!(label(MINUTE, at), "10:00");
        assert_eq!(label(MINUTE, at + 30 * SECOND), "10:00:30", "an offset of half a minute");
        assert_eq!(label(DAY, at - 10 * 60 * MINUTE), "11-21");
        assert_eq!(label(SECOND / 10, at + SECOND / 2), "00.500");
    }

    #[test]
    fn bars_grow_to_round_numbers() {
        assert_eq!([0, 1, 3, 10, 11, 4_999].map(full), [1, 1, 5, 10, 20, 5_000]);
        assert_eq!(full(u64::MAX), u64::MAX);
    }
}
