//! The lanes of a stream. A lane is at once a log (age, newest right), a capacity gauge (right
//! end) and a map of its readers (flags at their age).

use base::units;
use engine::snapshot::{Flag, Lane, Lanes, Stretch};

use super::words;
use crate::geometry::{BED, LANE, LANES_TOP, Placed, STRIP_ROW};
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};

/// Pitch of the columns of single marks.
const COLUMN: f64 = 9.0;
/// Single marks are younger than this; older history is a ribbon.
const YOUNG_SECS: f64 = 10.0;
/// A lane reports at most so many of them (`Lane::recent`).
const MARKS_MAX: usize = 64;
/// Height of the ribbon at 100 % of the limit.
const RIBBON: f64 = 16.0;
/// Most flags of a lane.
const FLAGS_MAX: usize = 8;

/// The age axis of a card: where everything stands.
pub(super) struct Axis {
    width: f64,
    left: f64,
    now: f64,
    gauges: f64,
    numbers: f64,
}

impl Axis {
    pub(super) fn of(width: f64) -> Self {
        let (left, now) = (56.0, width - 114.0);
        Self { width, left, now, gauges: width - 102.0, numbers: width - 10.0 }
    }

    /// Half a second is the knee, so that the last second keeps its room.
    fn age(&self, secs: f64) -> f64 {
        let far = 0.3074 * (self.now - self.left) * libm::log10(1.0 + secs / 0.5);
        (self.now - far).max(self.left + 8.0)
    }
}

/// Whether a lane gets more than it may take.
pub(super) fn is_hot(lane: &Lane) -> bool {
    lane.rejected_per_sec > 0 || lane.records_permille.max(lane.bytes_permille) > 1_000
}

/// All lanes of a card; the origin is its corner.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    placed: &Placed,
    lanes: &Lanes,
    is_narrow: bool,
    stride: u32,
) {
    let open = lanes.lanes.iter().filter(|lane| !lane.closed).count();
    let rows = num::whole(f64::from(placed.rows()));
    if placed.is_strip() || open > rows {
        return strip(pen, placed, lanes, open);
    }
    let axis = Axis::of(placed.rect.w);
    let shown: Vec<&Lane> = lanes.lanes.iter().take(rows).collect();
    let bottom = LANES_TOP + LANE * num::len(rows);
    for (idx, lane) in shown.iter().enumerate().filter(|(_, lane)| is_hot(lane)) {
        heat(pen, LANES_TOP + LANE * num::len(idx), axis.width, idx + 1 == rows);
        debug_assert!(!lane.closed || lane.rejected_per_sec == 0, "closed lanes take nothing");
    }
    scale(pen, &axis, lanes, bottom);
    for (idx, lane) in shown.iter().enumerate() {
        let top = LANES_TOP + LANE * num::len(idx);
        if idx + 1 < rows {
            let y = top + LANE - 0.5;
            pen.rule((1.0, y), (axis.width - 1.0, y), Ink::LineSoft);
        }
        let has_break = lanes.oldest_micros / 360_000_000 < u64::from(lanes.retention_hours);
        log(pen, &axis, top, lane, has_break, stride);
        load(pen, &axis, top, lane, is_narrow);
    }
    let x = axis.now + 0.5;
    pen.rule((x, LANES_TOP), (x, bottom - 1.0), Ink::Control);
}

/// The background of a hot lane; the last one follows the corners of its card.
fn heat(pen: &mut Pen<'_>, top: f64, width: f64, is_last: bool) {
    if is_last {
        pen.block(1.0, top, width - 2.0, LANE - 9.0, Ink::RejectSoft);
        pen.rect((1.0, top, width - 2.0, LANE - 1.0), 7.0, Some(Ink::RejectSoft), None);
    } else {
        pen.block(1.0, top, width - 2.0, LANE, Ink::RejectSoft);
    }
}

fn scale(pen: &mut Pen<'_>, axis: &Axis, lanes: &Lanes, bottom: f64) {
    let muted = Type::small(Ink::Muted);
    pen.text(12.0, 40.0, "hash", muted);
    pen.text(axis.left, 40.0, &words::retention(lanes.retention_hours), muted);
    for (secs, label) in [(60.0, "1 min"), (10.0, "10 s"), (1.0, "1 s")] {
        let x = axis.age(secs).round() + 0.5;
        pen.text(x, 40.0, label, muted.middle());
        pen.rule((x, LANES_TOP), (x, bottom - 1.0), Ink::LineSoft);
    }
    pen.text(axis.now, 40.0, "now", muted.middle());
    pen.text(axis.numbers, 40.0, "per second", muted.end());
}

/// Range, bed, retention cliff, history, marks and flags.
fn log(pen: &mut Pen<'_>, axis: &Axis, top: f64, lane: &Lane, has_break: bool, stride: u32) {
    let bed = top + BED - 0.5;
    let hot = is_hot(lane);
    let ink = match (hot, lane.closed) {
        (true, _) => Ink::Reject,
        (false, true) => Ink::Muted,
        (false, false) => Ink::Text,
    };
    let style = Type { bold: hot, ..Type::small(ink) };
    pen.text(12.0, top + 14.5, &words::range(lane.range), style);
    let bed_ink = if hot { Ink::Control } else { Ink::Edge };
    pen.rule((1.0, bed + 0.5), (axis.now, bed + 0.5), bed_ink);

    let left = axis.left;
    let thin = Stroke::new(Ink::Control, 1.0);
    pen.hatch((left, top + 4.0, 7.0, BED - 4.5), 3.5, thin);
    pen.line((left + 7.5, top + 3.0), (left + 7.5, bed + 4.0), thin);
    let on = if hot { Ink::RejectSoft } else { Ink::Surface };
    let young = young_secs(lane);
    for stretch in &lane.history {
        ribbon(pen, axis, bed, stretch, (young, lane.closed));
    }
    if has_break {
        pen.block(left + 15.0, bed - 3.0, 6.0, 7.0, on);
        for x in [left + 14.5, left + 18.5] {
            pen.line((x, bed + 3.5), (x + 2.5, bed - 2.5), thin);
        }
    }
    marks(pen, (axis, bed), lane, on, stride);
    flags(pen, axis, bed, &lane.flags);
}

/// Up to which age single marks are drawn: ten seconds, or what the sample reaches.
fn young_secs(lane: &Lane) -> f64 {
    let reach = lane.recent.last().filter(|_| lane.recent.len() >= MARKS_MAX);
    reach.map_or(YOUNG_SECS, |(age, _)| (num::float(*age) / 1e6).min(YOUNG_SECS))
}

/// Older history: height is the stored rate against the limit, stripes are key shares.
fn ribbon(
    pen: &mut Pen<'_>,
    axis: &Axis,
    bed: f64,
    stretch: &Stretch,
    (young, is_grey): (f64, bool),
) {
    let secs = |micros: u64| num::float(micros) / 1e6;
    let right = axis.age(secs(stretch.from_micros).max(young));
    let left = axis.age(secs(stretch.to_micros)).max(axis.left + 8.0);
    if right - left < 0.05 || stretch.permille == 0 {
        return;
    }
    let full = (RIBBON * f64::from(stretch.permille) / 1_000.0).clamp(1.0, RIBBON);
    if is_grey {
        return pen.block(left, bed - full, right - left + 0.15, full, Ink::KeyBed(0));
    }
    let mut y = bed;
    let mut rest = full;
    for slot in 1..=6_u8 {
        let h = full * f64::from(stretch.mix[usize::from(slot)]) / 1_000.0;
        if h >= 0.4 {
            y -= h;
            rest -= h;
            pen.block(left, y, right - left + 0.15, h, Ink::KeyBed(slot));
        }
    }
    if rest >= 0.2 {
        pen.block(left, bed - full, right - left + 0.15, rest, Ink::KeyBed(0));
    }
}

/// Younger than ten seconds: sampled records in columns, two deep at 100 % of the limit.
fn marks(pen: &mut Pen<'_>, (axis, bed): (&Axis, f64), lane: &Lane, on: Ink, stride: u32) {
    let reach = axis.now - axis.age(young_secs(lane)) - 2.0;
    let per_decade = 0.3074 * (axis.now - axis.left);
    // The age at a distance from now: the inverse of the axis.
    let secs_at = |x: f64| (libm::pow(10.0, x / per_decade) - 1.0) * 0.5;
    let mut young = lane.recent.iter().peekable();
    for column in 0..num::whole(reach / COLUMN) {
        let x = COLUMN * num::len(column);
        let (from, to) = (secs_at(x), secs_at(x + COLUMN));
        let mut slots = [0_u8; 2];
        let mut count = 0_usize;
        while let Some((_, slot)) = young.next_if(|(age, _)| num::float(*age) / 1e6 < to) {
            if count < 2 {
                slots[count] = if lane.closed { 0 } else { *slot };
            }
            count += 1;
        }
        let at_limit = 1_000.0 * (to - from) / f64::from(stride.max(1));
        let depth = if num::len(count) * 2.0 >= 1.5 * at_limit { 2 } else { 1 };
        for (level, slot) in slots.iter().take(count.min(depth)).enumerate() {
            let at = (axis.now - 6.0 - x, bed - 4.3 - 8.6 * num::len(level));
            pen.mark(at, 4.0, *slot, on);
        }
    }
}

/// Readers: the distance from now is the iterator age. Flags that would cover each other move
/// apart, to the older side.
fn flags(pen: &mut Pen<'_>, axis: &Axis, bed: f64, flags: &[Flag]) {
    let mut order: Vec<&Flag> = flags.iter().collect();
    base::order::sort_by_key(&mut order[..], |flag| (flag.age_micros, flag.letter));
    let skipped = order.len().saturating_sub(FLAGS_MAX);
    let mut limit = axis.now;
    for flag in order.into_iter().skip(skipped) {
        let x = axis.age(num::float(flag.age_micros) / 1e6).round().min(limit);
        limit = x - 14.0;
        let ink = if flag.late { Ink::Warn } else { Ink::Ink };
        let y = bed + 0.5;
        let house = [
            Segment::Move(x, y),
            Segment::Line(x + 6.5, y + 3.0),
            Segment::Line(x + 6.5, y + 11.5),
            Segment::Line(x - 6.5, y + 11.5),
            Segment::Line(x - 6.5, y + 3.0),
            Segment::Close,
        ];
        pen.path(&house, Some(ink), None);
        let mut letter = [0_u8; 4];
        let style = Type { size: 9.0, ..Type::small(Ink::OnInk) };
        pen.text(x, y + 10.3, flag.letter.encode_utf8(&mut letter), style.bold().middle());
    }
}

/// Two gauges up to 200 % with a tick at 100 %, and the numbers.
fn load(pen: &mut Pen<'_>, axis: &Axis, top: f64, lane: &Lane, is_narrow: bool) {
    let muted = Type::small(Ink::Muted);
    if lane.closed {
        pen.text(axis.gauges, top + 14.5, "closed,", muted);
        let left = format!("{} left to read", units::grouped(lane.held));
        pen.text(axis.gauges, top + 28.0, &left, muted);
        return;
    }
    let hot = is_hot(lane);
    let bed = if hot { Ink::Pressed } else { Ink::LineSoft };
    for (permille, dy) in [(lane.records_permille, 5.0), (lane.bytes_permille, 12.0)] {
        gauge(pen, (axis.gauges, top + dy), permille, bed);
    }
    let tick = axis.gauges + 25.5;
    pen.rule((tick, top + 3.0), (tick, top + 19.0), Ink::Ink);
    let by_records = lane.records_permille >= lane.bytes_permille;
    let most = lane.records_permille.max(lane.bytes_permille);
    let words = format!("{} {}", words::percent(most), if by_records { 'r' } else { 'b' });
    let ink = if hot { Ink::Reject } else { Ink::Text };
    let style = Type { bold: hot, ..Type::small(ink) };
    pen.text(axis.numbers, top + 14.5, &words, style.end());
    if is_narrow && lane.rejected_per_sec > 0 {
        let words = format!("{} /s", units::grouped(u64::from(lane.rejected_per_sec)));
        let style = Type::small(Ink::Reject).bold().end();
        pen.text(axis.numbers, top + 28.0, &words, style);
        let x = axis.numbers - pen.width(&words, style) - 8.0;
        pen.cross((x, top + 24.0), 2.8, 1.75, Ink::Reject);
    } else {
        let words = format!("{} stored", units::grouped(u64::from(lane.stored_per_sec)));
        pen.text(axis.numbers, top + 28.0, &words, muted.end());
    }
}

/// 50 wide, 0 to 200 %: filled to the tick, hatched beyond it.
fn gauge(pen: &mut Pen<'_>, (x, y): (f64, f64), permille: u32, bed: Ink) {
    let (width, tick) = (50.0, 25.0);
    pen.rect((x, y, width, 5.0), 1.0, Some(bed), None);
    let long = (tick * f64::from(permille) / 1_000.0).min(width);
    let fill = if permille > 1_000 { Ink::Reject } else { Ink::Plot };
    if long > 0.0 {
        pen.rect((x, y, long.min(tick).max(1.0), 5.0), 1.0, Some(fill), None);
    }
    if long > tick {
        let over = (x + tick, y, long - tick, 5.0);
        pen.rect(over, 0.0, Some(Ink::Surface), None);
        pen.hatch(over, 3.5, Stroke::new(Ink::Reject, 1.25));
        pen.rect(over, 0.0, None, Some(Stroke::new(Ink::Reject, 1.0)));
    }
}

/// Too many lanes to tell apart: one thin row each, its length is its load.
#[inline(never)]
fn strip(pen: &mut Pen<'_>, placed: &Placed, lanes: &Lanes, open: usize) {
    let width = placed.rect.w;
    let muted = Type::small(Ink::Muted);
    let full = (width - 24.0) / 1.6;
    pen.text(12.0, 40.0, "load of each shard", muted);
    pen.text(12.0 + full, 40.0, "100 %", muted.middle());
    // A stream that grew beyond its rows squeezes them into the room it has.
    let room = placed.rect.h - LANES_TOP - 16.0;
    let rows = num::whole(room / STRIP_ROW).clamp(1, open.max(1));
    let mut row = 0;
    let mut most = 0;
    let draw = |pen: &mut Pen<'_>, row: usize, permille: u32| {
        let y = LANES_TOP + 8.0 + STRIP_ROW * num::len(row);
        let long = (full * f64::from(permille) / 1_000.0).min(full * 1.6);
        let ink = if permille > 1_000 { Ink::Reject } else { Ink::Control };
        pen.block(12.0, y, long.max(1.0), STRIP_ROW - 1.0, ink);
    };
    for (position, lane) in lanes.lanes.iter().filter(|lane| !lane.closed).enumerate() {
        let at = position * rows / open.max(1);
        if at != row {
            draw(pen, row, most);
            (row, most) = (at, 0);
        }
        most = most.max(lane.records_permille.max(lane.bytes_permille));
    }
    draw(pen, row, most);
    let x = 12.0 + full;
    pen.rule((x, LANES_TOP + 4.0), (x, placed.rect.h - 4.0), Ink::Ink);
}

/// From afar: one bar a lane, as long as its load.
pub(super) fn bars(pen: &mut Pen<'_>, placed: &Placed, lanes: &Lanes) {
    let open = lanes.lanes.iter().filter(|lane| !lane.closed).count();
    let width = placed.rect.w - 24.0;
    for (position, lane) in lanes.lanes.iter().filter(|lane| !lane.closed).enumerate() {
        let row = placed.row(placed.row_at(position, open));
        let most = lane.records_permille.max(lane.bytes_permille);
        let long = (width / 2.0 * f64::from(most) / 1_000.0).min(width);
        let ink = if is_hot(lane) { Ink::Reject } else { Ink::Plot };
        let y = row.y - placed.rect.y + row.h * 0.25;
        pen.block(12.0, y, width, row.h * 0.5, Ink::LineSoft);
        pen.block(12.0, y, long, row.h * 0.5, ink);
    }
}
