//! What a card shows: the gauges of its node, one below the other, in the measures of the design.
//!
//! A card never grows with its gauges. When they need more room than there is, lines get shorter
//! first, then what does not fit is left out.

use base::units;
use engine::snapshot::{Counter, Gauge};

use super::card::{HEADER, PAD};
use super::{invocation, leases, packs, partitions, parts, query, transform};
use crate::geometry::{FUNCTION, Placed};
use crate::hit;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::view::View;

const SPARK: f64 = 52.0;
const SPARK_SHORT: f64 = 32.0;
const BARS: f64 = 52.0;
const LINE: f64 = 24.5;
/// A line above another one.
const LINE_ABOVE: f64 = 13.0;
const COUNTER: f64 = 16.0;

/// Draws gauges below the header; returns where they end. The origin is the card's corner.
pub(super) fn draw(pen: &mut Pen<'_>, placed: &Placed, gauges: &[Gauge], view: &View) -> f64 {
    let (width, height) = (placed.rect.w, placed.rect.h);
    let room = height - HEADER;
    let needed: f64 = gauges.iter().map(|gauge| natural(gauge, false)).sum();
    let is_tight = needed > room + 1.0;
    let fixed: f64 = gauges.iter().map(|gauge| natural(gauge, is_tight)).sum();
    let is_line = |gauge: &&Gauge| matches!(gauge, Gauge::Line { .. });
    let lines = gauges.iter().filter(is_line).count();
    let mut top = HEADER;
    for (idx, gauge) in gauges.iter().enumerate() {
        let first = gauges.iter().position(|gauge| is_line(&gauge)).unwrap_or(idx);
        if let (Gauge::Line { .. }, Some(Gauge::Race(_))) =
            (gauge, gauges.get(first.wrapping_sub(1)))
        {
            // A race has room for lines of its own, between tank and sum.
            let y = top - parts::RACE + parts::race_line(idx - first, lines);
            one(pen, (y, width, LINE), gauge, is_tight);
            continue;
        }
        if let Gauge::Race(race) = gauge {
            parts::race(pen, (top, width), race, lines);
            top += parts::RACE;
            continue;
        }
        let mut h = natural(gauge, is_tight);
        match (gauge, idx.checked_sub(1).and_then(|at| gauges.get(at))) {
            // A second line below partitions takes the place of one.
            (Gauge::Partitions(_), _) if lines > 1 => h -= partitions::ROW,
            (Gauge::Line { .. }, Some(Gauge::Partitions(_))) if lines > 1 => h = LINE_ABOVE,
            _ => {}
        }
        if let Gauge::Windows(seen) = gauge {
            query::draw(pen, (top, width), seen, (view, hit::shown(seen, placed.id, view)));
            top += h;
            continue;
        }
        if matches!(gauge, Gauge::Shards { .. }) {
            h = h.min(room - (fixed - h)).max(parts::SHARDS_MIN);
        } else if matches!(gauge, Gauge::Leases(_)) {
            h = room - (fixed - h);
        }
        if top + h > height + 1.0 {
            break;
        }
        one(pen, (top, width, h), gauge, is_tight);
        top += h;
    }
    top
}

fn natural(gauge: &Gauge, is_tight: bool) -> f64 {
    match gauge {
        Gauge::Spark { .. } => {
            if is_tight {
                SPARK_SHORT
            } else {
                SPARK
            }
        }
        Gauge::Bars { .. } => BARS,
        Gauge::Line { .. } => LINE,
        Gauge::Counters(counters) => COUNTER * num::len(counters.len()) + 11.5,
        Gauge::Lanes(_) => 0.0,
        Gauge::Race(_) => parts::RACE,
        Gauge::Objects(_) => parts::OBJECTS,
        Gauge::Shards { cells } => parts::shards_height(cells.len()),
        Gauge::Packs(_) => packs::PACKS,
        Gauge::Leases(leases) => leases::height(leases.workers.len()),
        Gauge::Invocation(_) => invocation::INVOCATION,
        Gauge::Transform(_) => FUNCTION,
        Gauge::Partitions(_) => partitions::PARTITIONS,
        Gauge::Windows(_) => query::QUERY,
    }
}

fn one(pen: &mut Pen<'_>, (top, width, height): (f64, f64, f64), gauge: &Gauge, is_tight: bool) {
    match gauge {
        Gauge::Spark { label, value, unit, series, limit, late } => {
            let value = units::grouped(*value);
            let words = (*label, value.as_str(), *unit);
            let ink = if *late { Ink::Warn } else { Ink::Plot };
            if is_tight {
                spark_short(pen, (top, width), words, series, ink);
            } else {
                spark_tall(pen, (top, width), words, (series, *limit), ink);
            }
        }
        Gauge::Bars { label, caption, bars } => key_bars(pen, (top, width), label, caption, bars),
        Gauge::Line { left, right } => {
            let muted = Type::small(Ink::Muted);
            let right_width = pen.width(right, muted);
            pen.text_within(PAD, top + 15.0, width - 2.0 * PAD - right_width - 6.0, left, muted);
            pen.text(width - PAD, top + 15.0, right, muted.end());
        }
        Gauge::Counters(counters) => sum(pen, top, width, counters),
        // Lanes have their own card.
        Gauge::Lanes(_) => {}
        // Windows need the view, and are drawn with it.
        Gauge::Windows(_) => {}
        // A race is drawn with the lines inside of it.
        Gauge::Race(_) => {}
        Gauge::Objects(objects) => parts::objects(pen, (top, width), objects),
        Gauge::Shards { cells } => parts::shards(pen, (top, width, height), cells),
        Gauge::Packs(packs) => packs::draw(pen, (top, width), packs),
        Gauge::Leases(leases) => leases::draw(pen, (top, width, height), leases),
        Gauge::Invocation(seen) => invocation::draw(pen, (top, width), seen),
        Gauge::Transform(seen) => transform::draw(pen, (top, width), seen),
        Gauge::Partitions(seen) => partitions::draw(pen, (top, width, height), seen),
    }
}

fn spark_tall(
    pen: &mut Pen<'_>,
    (top, width): (f64, f64),
    (label, value, unit): (&str, &str, &str),
    (series, limit): (&[u32], Option<u32>),
    ink: Ink,
) {
    let right = width - PAD;
    pen.text(PAD, top + 17.0, label, Type::small(Ink::Muted));
    let value_ink = if ink == Ink::Warn { Ink::Warn } else { Ink::Text };
    pen.value(right, top + 17.0, value, unit, value_ink);
    let area = (PAD, top + 24.0, width - 2.0 * PAD - 22.0, 26.0);
    if let Some((x, y)) = spark(pen, area, series, limit, ink) {
        let dashed = Stroke::new(Ink::Control, 1.0).dashed(2.0, 3.0);
        pen.line((x, y), (right, y), dashed);
        pen.circle((x, y), 3.0, Some(ink), None);
    }
    pen.rule((PAD, top + 51.5), (right, top + 51.5), Ink::LineSoft);
}

fn spark_short(
    pen: &mut Pen<'_>,
    (top, width): (f64, f64),
    (label, value, unit): (&str, &str, &str),
    series: &[u32],
    ink: Ink,
) {
    let muted = Type::small(Ink::Muted);
    pen.rule((0.5, top + 0.5), (width - 0.5, top + 0.5), Ink::LineSoft);
    pen.text(PAD, top + 20.0, label, muted);
    let value_ink = if ink == Ink::Warn { Ink::Warn } else { Ink::Text };
    pen.value(width - PAD, top + 20.0, value, unit, value_ink);
    let bold = Type::small(Ink::Text).bold();
    let left = PAD + pen.width(label, muted) + 10.0;
    // Room for six digits, so that the line does not move with the number.
    let value_width = pen.width("000,000", bold).max(pen.width(value, bold));
    let right = width - PAD - value_width - pen.width(unit, muted) - 10.0;
    if right - left > 24.0 {
        spark(pen, (left, top + 8.0, right - left, 16.0), series, None, ink);
    }
}

/// A line from zero up, with its limit; returns the newest point.
pub(super) fn spark(
    pen: &mut Pen<'_>,
    (x, y, w, h): (f64, f64, f64, f64),
    series: &[u32],
    limit: Option<u32>,
    ink: Ink,
) -> Option<(f64, f64)> {
    let most = series.iter().copied().chain(limit).max().unwrap_or(0).max(1);
    let scale = h / (f64::from(most) * 1.06);
    let level = |value: u32| y + h - f64::from(value) * scale;
    if let Some(limit) = limit {
        let dashed = Stroke::new(Ink::Control, 1.0).dashed(3.0, 3.0);
        pen.line((x, level(limit)), (x + w, level(limit)), dashed);
    }
    let step = w / num::len(series.len().max(2) - 1);
    let point = |(idx, value): (usize, &u32)| (x + step * num::len(idx), level(*value));
    let mut pieces = Vec::with_capacity(series.len());
    for (idx, (px, py)) in series.iter().enumerate().map(point).enumerate() {
        pieces.push(if idx == 0 { Segment::Move(px, py) } else { Segment::Line(px, py) });
    }
    pen.path(&pieces, None, Some(Stroke::new(ink, 1.25).rounded()));
    series.iter().enumerate().map(point).next_back()
}

fn key_bars(
    pen: &mut Pen<'_>,
    (top, width): (f64, f64),
    label: &str,
    caption: &str,
    bars: &[(u8, u16)],
) {
    let (right, base) = (width - PAD, top + 50.0);
    let muted = Type::small(Ink::Muted);
    pen.text(PAD, top + 19.0, label, muted);
    let room = right - PAD - pen.width(label, muted) - 8.0;
    let style = Type::small(Ink::Text);
    let left = right - pen.width(caption, style).min(room);
    pen.text_within(left, top + 19.0, room, caption, style);
    for (idx, (slot, permille)) in bars.iter().take(10).enumerate() {
        let h = (24.0 * f64::from(*permille) / 1_000.0).clamp(2.0, 24.0);
        let x = PAD + 13.8 * num::len(idx);
        let outline = (*slot > 0 && h > 6.0).then(|| Stroke::new(Ink::MarkInk, 1.0));
        pen.rect((x, base - h, 11.0, h), 1.0, Some(Ink::Key(*slot)), outline);
    }
    pen.rule((PAD, base + 0.5), (right, base + 0.5), Ink::Line);
}

fn sum(pen: &mut Pen<'_>, top: f64, width: f64, counters: &[Counter]) {
    pen.rule((0.5, top), (width - 0.5, top), Ink::LineSoft);
    for (idx, counter) in counters.iter().enumerate() {
        let y = top + 16.5 + COUNTER * num::len(idx);
        let is_bad = counter.bad && counter.value > 0;
        let ink = |usual| if is_bad { Ink::Reject } else { usual };
        let label = if idx == 0 { Ink::Text } else { Ink::Muted };
        pen.text(PAD, y, counter.sign, Type::small(Ink::Muted));
        pen.text(PAD + 12.0, y, counter.label, Type::small(ink(label)));
        let number = Type { bold: idx == 0 || is_bad, ..Type::small(ink(Ink::Text)) };
        pen.text(width - PAD, y, &units::grouped(counter.value), number.end());
    }
}
