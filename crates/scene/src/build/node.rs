//! What a run shows on one card: the words of its header, its gauges, its troubles.

use base::{Time, units};
use engine::Snapshot;
use engine::snapshot::{FaultView, Gauge, Lanes, NodeView};
use scenario::FaultKind;
use scenario::document::Node;
use scenario::ports::Direction;

use super::card::{self, PAD};
use super::{gauges, lanes, strip, words};
use crate::geometry::{Placed, Plan};
use crate::hit;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::stack;
use crate::view::{Hover, View};

/// A node with what the run says about it.
pub(super) struct Seen<'a> {
    pub(super) node: &'a Node,
    pub(super) placed: &'a Placed,
    pub(super) view: &'a NodeView,
}

/// Everything below and beside a header.
pub(super) fn full(
    pen: &mut Pen<'_>,
    seen: &Seen<'_>,
    plan: &Plan,
    snapshot: &Snapshot,
    view: &View,
) {
    let placed = seen.placed;
    pen.origin(placed.rect.x, placed.rect.y);
    let end = match hit::lanes(seen.view) {
        Some(found) => {
            shard_words(pen, seen, found);
            if placed.is_strip() {
                let looked_at = match view.hover {
                    Hover::Lane(id, shard) => Some((id, shard)),
                    _ => view.lane.filter(|(id, _)| view.selection.nodes.contains(id)),
                };
                let shard = looked_at.filter(|(id, _)| *id == placed.id).map(|(_, shard)| shard);
                strip::draw(pen, placed, found, shard);
            } else {
                lanes::draw(pen, placed, found, plan.narrow, snapshot.stride);
            }
            placed.rect.h
        }
        None => {
            badge(pen, seen);
            gauges::draw(pen, placed, &seen.view.gauges, view)
        }
    };
    trouble(pen, seen, end, snapshot.now);
    tray(pen, seen, plan.narrow);
}

/// `4 shards · provisioned · UPDATING · 2 closed, draining`.
fn shard_words(pen: &mut Pen<'_>, seen: &Seen<'_>, found: &Lanes) {
    let open = found.lanes.iter().filter(|lane| !lane.closed).count();
    let closed = stack::draining(found).count();
    let shards = words::count(open.try_into().unwrap_or(u64::MAX), "shard");
    let mut text = format!("{shards} · {}", found.mode);
    if !found.status.is_empty() {
        text.push_str(" · ");
        text.push_str(found.status);
    }
    if closed > 0 {
        text.push_str(&format!(" · {closed} closed, draining"));
    }
    let x = card::after_name(pen, seen.node, seen.placed);
    let room = seen.placed.rect.w - x - 46.0;
    pen.text_within(x, 19.5, room, &text, Type::small(Ink::Muted));
    if let Some(fault) = seen.view.faults.first() {
        pen.glyph(seen.placed.rect.w - 40.0, 7.0, 16.0, fault_glyph(fault), Ink::Warn);
    }
}

/// The small word at the right of a header, or the mark of what is wrong.
fn badge(pen: &mut Pen<'_>, seen: &Seen<'_>) {
    let right = seen.placed.rect.w - 26.0;
    if let Some(fault) = seen.view.faults.first() {
        pen.glyph(right - 16.0, 8.0, 16.0, fault_glyph(fault), Ink::Warn);
    } else if seen.view.rejected_per_sec > 0 && is_service(seen.node) {
        pen.glyph(right - 16.0, 8.0, 16.0, "kill", Ink::Reject);
    } else {
        let badge = seen.node.spec().badge;
        let long = query_badge(pen, seen, badge);
        pen.text(right, 20.5, long.as_deref().unwrap_or(badge), Type::small(Ink::Muted).end());
    }
}

/// `SQL · tumbling 1 min` where there is room for it; the state while the query does not run.
#[inline(never)]
fn query_badge(pen: &Pen<'_>, seen: &Seen<'_>, badge: &str) -> Option<String> {
    let track = hit::track(seen.view)?;
    let words = if track.state == "RUNNING" { &*track.caption } else { track.state };
    let long = format!("{badge} · {words}");
    let room = seen.placed.rect.w - 26.0 - card::after_name(pen, seen.node, seen.placed) - 6.0;
    let fits = pen.width(&long, Type::small(Ink::Muted)) <= room;
    (fits && !words.is_empty()).then_some(long)
}

/// Sources are refused, they do not refuse: a node without inputs is not throttled.
fn is_service(node: &Node) -> bool {
    node.spec().ports.iter().any(|port| port.direction == Direction::In)
}

fn fault_glyph(fault: &FaultView) -> &'static str {
    match fault.kind {
        FaultKind::Slow { .. } => "slow",
        FaultKind::Down
        | FaultKind::Reject { .. }
        | FaultKind::Timeout { .. }
        | FaultKind::Unreachable { .. } => "brownout",
        FaultKind::Kill { .. } | FaultKind::Pause { .. } | FaultKind::Kms(_) => "kill",
    }
}

/// `slow +12 s, 14 s left`.
#[inline(never)]
fn fault_words(fault: &FaultView, now: Time) -> String {
    let what = match fault.kind {
        FaultKind::Down => "down".to_owned(),
        FaultKind::Slow { millis } if millis % 1_000 == 0 => format!("slow +{} s", millis / 1_000),
        FaultKind::Slow { millis } => format!("slow +{millis} ms"),
        FaultKind::Reject { percent } => format!("rejects {percent} %"),
        FaultKind::Timeout { percent } => format!("loses {percent} % of answers"),
        FaultKind::Unreachable { percent } => format!("loses {percent} % of calls"),
        FaultKind::Kill { .. } => "worker killed".to_owned(),
        FaultKind::Pause { .. } => "worker paused".to_owned(),
        FaultKind::Kms(fault) => fault.label().to_owned(),
    };
    let left = fault.until.since(now).0.div_ceil(1_000_000);
    format!("{what}, {left} s left")
}

/// Faults and refusals in words: inside the card when there is room, else below it.
fn trouble(pen: &mut Pen<'_>, seen: &Seen<'_>, end: f64, now: Time) {
    let height = seen.placed.rect.h;
    let mut y = if end + 15.0 <= height { height - 8.0 } else { height + 14.0 };
    for fault in &seen.view.faults {
        fault_line(pen, fault, y, y > height, now);
        y = if y < height { height + 14.0 } else { y + 14.0 };
    }
    let rejected = seen.view.rejected_per_sec;
    if rejected > 0 && is_service(seen.node) && seen.placed.stack.is_none() {
        refusals(pen, y, rejected);
    }
}

#[inline(never)]
fn fault_line(pen: &mut Pen<'_>, fault: &FaultView, y: f64, is_below: bool, now: Time) {
    let (words, style) = (fault_words(fault, now), Type::small(Ink::Warn));
    if is_below {
        // Wires leave at the bottom as well.
        let wide = pen.width(&words, style) + 20.0;
        pen.block(PAD - 2.0, y - 11.0, wide, 14.0, Ink::Canvas);
    }
    pen.glyph(PAD, y - 10.0, 12.0, fault_glyph(fault), Ink::Warn);
    pen.text(PAD + 16.0, y, &words, style);
}

#[inline(never)]
fn refusals(pen: &mut Pen<'_>, y: f64, rejected: u32) {
    pen.cross((PAD + 4.0, y - 4.0), 2.8, 1.75, Ink::Reject);
    let words = format!("{} /s", units::grouped(u64::from(rejected)));
    pen.text(PAD + 16.0, y, &words, Type::small(Ink::Reject).bold());
}

/// Batches that wait for their next attempt: rings of the back-off still to go.
fn tray(pen: &mut Pen<'_>, seen: &Seen<'_>, is_narrow: bool) {
    if !seen.view.retries.is_empty() && !is_narrow {
        rings(pen, seen);
    }
}

#[inline(never)]
fn rings(pen: &mut Pen<'_>, seen: &Seen<'_>) {
    let retries = &seen.view.retries;
    let (x, top) = (seen.placed.rect.w, (seen.placed.rect.h / 2.0).round() + 20.0);
    let room = num::whole((seen.placed.rect.h - top - 22.0) / 14.0).clamp(1, 5);
    let rings = retries.len().min(room);
    let more = retries.len() - rings;
    let h = 8.0 + 14.0 * num::len(rings) + if more > 0 { 12.0 } else { 0.0 };
    let bottom = top + h;
    let shape = [
        Segment::Move(x, top + 0.5),
        Segment::Line(x + 14.0, top + 0.5),
        Segment::Quad(x + 18.0, top + 0.5, x + 18.0, top + 4.5),
        Segment::Line(x + 18.0, bottom - 4.5),
        Segment::Quad(x + 18.0, bottom - 0.5, x + 14.0, bottom - 0.5),
        Segment::Line(x, bottom - 0.5),
    ];
    pen.path(&shape, Some(Ink::Surface), Some(Stroke::new(Ink::Line, 1.0)));
    for (idx, permille) in retries.iter().take(rings).enumerate() {
        let center = (x + 8.5, top + 11.0 + 14.0 * num::len(idx));
        let share = f64::from(*permille) / 1_000.0;
        pen.arc(center, 5.0, share, Stroke::new(Ink::Reject, 1.25));
        pen.circle(center, 2.0, Some(Ink::Reject), None);
    }
    if more > 0 {
        let style = Type { size: 8.0, ..Type::small(Ink::Reject) };
        pen.text(x + 8.5, bottom - 4.0, &format!("+{}", more.min(99)), style.bold().middle());
    }
}

/// The one value of a compact card.
#[inline(never)]
pub(super) fn compact(pen: &mut Pen<'_>, seen: &Seen<'_>) {
    let (w, h) = (seen.placed.rect.w, seen.placed.rect.h);
    pen.origin(seen.placed.rect.x, seen.placed.rect.y);
    let is_refused = seen.view.rejected_per_sec > 0 && is_service(seen.node);
    if is_refused || !seen.view.faults.is_empty() {
        let ink = if is_refused { Ink::Reject } else { Ink::Warn };
        pen.circle((w, 0.0), 4.0, Some(ink), Some(Stroke::new(Ink::Surface, 1.0)));
    }
    let value = seen.view.gauges.iter().find_map(|gauge| match gauge {
        Gauge::Spark { value, unit, .. } => Some(format!("{} {unit}", units::grouped(*value))),
        Gauge::Race(race) => Some(format!("{} MiB", words::mib(race.bytes))),
        Gauge::Objects(objects) => Some(words::count(objects.count, "object")),
        Gauge::Shards { cells } => cells.iter().map(|cell| cell.age_micros).max().map(words::age),
        Gauge::Packs(packs) => Some(format!("{} /s", units::grouped(packs.per_sec))),
        Gauge::Leases(leases) => leases.worst().map(|lease| words::age(lease.age_micros)),
        Gauge::Invocation(seen) => seen.worst.map(|worst| words::age(worst.age_micros)),
        Gauge::Partitions(seen) => Some(words::count(seen.count, "partition")),
        Gauge::Windows(seen) => Some(words::count(seen.emitted, "row")),
        Gauge::Bars { .. }
        | Gauge::Line { .. }
        | Gauge::Counters(_)
        | Gauge::Lanes(_)
        | Gauge::Transform(_) => None,
    });
    let Some(value) = value else { return };
    let muted = Type::small(Ink::Muted);
    let (left, style) = card::compact_name(w);
    let name = left + pen.width(&seen.node.name, style);
    if w >= card::COMPACT_WIDE || name + 8.0 + pen.width(&value, muted) <= w - PAD {
        pen.text(w - PAD, h / 2.0 + 4.0, &value, muted.end());
    }
}

/// From afar: lanes as bars, health as a dot.
#[inline(never)]
pub(super) fn far(pen: &mut Pen<'_>, seen: &Seen<'_>, is_icon: bool) {
    let w = seen.placed.rect.w;
    pen.origin(seen.placed.rect.x, seen.placed.rect.y);
    if let (Some(found), false) = (hit::lanes(seen.view), is_icon) {
        if seen.placed.is_strip() {
            strip::far(pen, seen.placed, found);
        } else {
            lanes::bars(pen, seen.placed, found);
        }
    }
    let ink = if seen.view.rejected_per_sec > 0 {
        Ink::Reject
    } else if seen.view.faults.is_empty() {
        Ink::Ok
    } else {
        Ink::Warn
    };
    let (radius, inset) = if is_icon { (16.0, 8.0) } else { (7.0, 18.0) };
    let border = Some(Stroke::new(Ink::Surface, 2.0));
    pen.circle((w - inset, if is_icon { 8.0 } else { 20.0 }), radius, Some(ink), border);
}
