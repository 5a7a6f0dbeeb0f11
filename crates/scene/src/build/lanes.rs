//! The lanes of a stream. A lane is at once a log (age, newest right), a capacity gauge (right
//! end) and a map of its readers (flags at their age).

use base::units;
use engine::snapshot::{Flag, Lane, Lanes, Stretch};

use super::words;
use crate::geometry::{LANE, LANES_TOP, Placed};
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::stack::{self, CLOSED, CLOSED_MAX, FULL, Row, Stack};

/// Pitch of the columns of single marks.
const COLUMN: f64 = 9.0;
/// Single marks are younger than this; older history is a ribbon.
const YOUNG_SECS: f64 = 10.0;
/// A lane reports at most so many of them (`Lane::recent`).
const MARKS_MAX: usize = 64;
/// Height of the ribbon at 100 % of the limit.
const RIBBON: f64 = 16.0;
/// Lower rows are only passing: they show nothing yet.
const SLIM_MIN: f64 = 14.0;
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

/// Whether a lane gets more than it may take; one that closed a moment ago gets nothing.
pub(super) fn is_hot(lane: &Lane) -> bool {
    if lane.closed {
        return false;
    }
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
    let Some(stack) = &placed.stack else { return };
    let axis = Axis::of(placed.rect.w);
    let open = lanes.lanes.iter().filter(|lane| !lane.closed);
    let shown: Vec<(&Row, &Lane)> =
        stack.rows.iter().zip(open.chain(stack::draining(lanes))).collect();
    let bottom = stack.rows.last().map_or(LANES_TOP, Row::bottom);
    for (row, _) in shown.iter().filter(|(_, lane)| is_hot(lane)) {
        heat(pen, row, axis.width, row.bottom() + 1.0 >= stack.height);
    }
    let open_bottom = stack.open().next_back().map_or(LANES_TOP, Row::bottom);
    scale(pen, &axis, lanes, bottom);
    // Flags of readers that are up to date stand on it.
    let x = axis.now + 0.5;
    pen.rule((x, LANES_TOP), (x, open_bottom - 1.0), Ink::Control);
    let has_break = lanes.oldest_micros / 360_000_000 < u64::from(lanes.retention_hours);
    for (row, lane) in &shown {
        border(pen, row, &axis, stack.height);
        if row.height >= SLIM_MIN {
            let bench = Bench { axis: &axis, row, lane, has_break, stride };
            log(pen, &bench);
            load(pen, &bench, is_narrow);
        }
    }
    if stack.folded > 0 {
        folded(pen, &axis, lanes, stack);
    }
}

/// A lane in its row.
struct Bench<'a> {
    axis: &'a Axis,
    row: &'a Row,
    lane: &'a Lane,
    has_break: bool,
    stride: u32,
}

impl Bench<'_> {
    /// Whether there is room for one line of text only.
    fn is_slim(&self) -> bool {
        self.row.height < FULL
    }

    /// The top of what is drawn: high rows have it in their middle.
    fn top(&self) -> f64 {
        self.row.top + ((self.row.height - LANE) / 2.0).max(0.0)
    }

    /// The line on which records lie.
    fn bed(&self) -> f64 {
        self.row.bed() - 0.5
    }

    /// The base line of its first text.
    fn line(&self) -> f64 {
        if self.is_slim() { self.row.bed() + 3.5 } else { self.top() + 14.5 }
    }
}

/// The line below a row; dashed while the two children of a split part.
fn border(pen: &mut Pen<'_>, row: &Row, axis: &Axis, height: f64) {
    let y = row.bottom() - 0.5;
    if row.bottom() + 1.0 < height {
        pen.rule((1.0, y), (axis.width - 1.0, y), Ink::LineSoft);
    }
    let tear = Stroke::new(Ink::Control, 1.0).dashed(3.0, 3.0);
    if row.parted < 1.0 && !row.closed && !row.joined {
        pen.line((1.0, y), (axis.now, y), tear);
    }
    if row.apart() >= 1.0 {
        let bed = row.bed() - 0.5;
        for y in [bed - row.apart(), bed + row.apart()] {
            pen.rule((axis.left, y), (axis.now, y), Ink::Edge);
        }
    }
}

/// Closed shards that have no row of their own.
#[inline(never)]
fn folded(pen: &mut Pen<'_>, axis: &Axis, lanes: &Lanes, stack: &Stack) {
    let rest = stack::draining(lanes).skip(CLOSED_MAX);
    let held: u64 = rest.map(|lane| lane.held).sum();
    let y = stack.height - CLOSED / 2.0 + 4.0;
    let muted = Type::small(Ink::Muted);
    pen.text(12.0, y, &format!("{} more closed", stack.folded), muted);
    pen.text(axis.numbers, y, &format!("{} held", units::grouped(held)), muted.end());
}

/// The background of a hot lane; the last one follows the corners of its card.
fn heat(pen: &mut Pen<'_>, row: &Row, width: f64, is_last: bool) {
    let (top, h) = (row.top, row.height);
    if is_last {
        pen.block(1.0, top, width - 2.0, h - 9.0, Ink::RejectSoft);
        pen.rect((1.0, top, width - 2.0, h - 1.0), 7.0, Some(Ink::RejectSoft), None);
    } else {
        pen.block(1.0, top, width - 2.0, h, Ink::RejectSoft);
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
fn log(pen: &mut Pen<'_>, bench: &Bench<'_>) {
    let &Bench { axis, row, lane, .. } = bench;
    let bed = bench.bed();
    let hot = is_hot(lane);
    let ink = match (hot, lane.closed) {
        (true, _) => Ink::Reject,
        (false, true) => Ink::Muted,
        (false, false) => Ink::Text,
    };
    let style = Type { bold: hot, ..Type::small(ink) };
    pen.text(12.0, bench.line(), &words::range(lane.range), style);
    let bed_ink = match (hot, lane.closed) {
        (true, _) => Ink::Control,
        (false, true) => Ink::Line,
        (false, false) => Ink::Edge,
    };
    let left = axis.left;
    // The inlet runs under the range label, where there is an under.
    let from = if bench.is_slim() { left } else { 1.0 };
    pen.rule((from, bed + 0.5), (axis.now, bed + 0.5), bed_ink);

    let thin = Stroke::new(Ink::Control, 1.0);
    let (cliff, wall) = match bench.is_slim() {
        true => (row.top + 3.0, (row.top + 2.0, row.bottom() - 3.0)),
        false => (bench.top() + 4.0, (bench.top() + 3.0, bed + 4.0)),
    };
    pen.hatch((left, cliff, 7.0, wall.1 - cliff - 1.0), 3.5, thin);
    pen.line((left + 7.5, wall.0), (left + 7.5, wall.1), thin);
    let on = if hot { Ink::RejectSoft } else { Ink::Surface };
    let young = young_secs(lane);
    for stretch in &lane.history {
        ribbon(pen, bench, stretch, young);
    }
    if bench.has_break {
        pen.block(left + 15.0, bed - 3.0, 6.0, 7.0, on);
        for x in [left + 14.5, left + 18.5] {
            pen.line((x, bed + 3.5), (x + 2.5, bed - 2.5), thin);
        }
    }
    marks(pen, bench, on);
    // In a slim row flags stand on the line, not under it.
    let lift = if bench.is_slim() { 6.0 } else { 0.0 };
    flags(pen, axis, bed - lift, &lane.flags);
}

/// Up to which age single marks are drawn: ten seconds, or what the sample reaches.
fn young_secs(lane: &Lane) -> f64 {
    let reach = lane.recent.last().filter(|_| lane.recent.len() >= MARKS_MAX);
    reach.map_or(YOUNG_SECS, |(age, _)| (num::float(*age) / 1e6).min(YOUNG_SECS))
}

/// Older history: height is the stored rate against the limit, stripes are key shares.
fn ribbon(pen: &mut Pen<'_>, bench: &Bench<'_>, stretch: &Stretch, young: f64) {
    let axis = bench.axis;
    let secs = |micros: u64| num::float(micros) / 1e6;
    let right = axis.age(secs(stretch.from_micros).max(young));
    let left = axis.age(secs(stretch.to_micros)).max(axis.left + 8.0);
    if right - left < 0.05 || stretch.permille == 0 {
        return;
    }
    let (most, drop) = if bench.is_slim() { (RIBBON / 2.0, RIBBON / 4.0) } else { (RIBBON, 0.0) };
    let bed = bench.bed() + drop;
    let full = (most * f64::from(stretch.permille) / 1_000.0).clamp(1.0, most);
    if bench.lane.closed {
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
fn marks(pen: &mut Pen<'_>, bench: &Bench<'_>, on: Ink) {
    let &Bench { axis, lane, .. } = bench;
    let (bed, deepest) = if bench.is_slim() { (bench.bed() + 4.3, 1) } else { (bench.bed(), 2) };
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
        let at_limit = 1_000.0 * (to - from) / f64::from(bench.stride.max(1));
        let depth = if num::len(count) * 2.0 >= 1.5 * at_limit { 2 } else { 1 };
        for (level, slot) in slots.iter().take(count.min(depth).min(deepest)).enumerate() {
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
        house(pen, (x, bed + 0.5), ink, flag.letter);
    }
}

/// A reader's flag with its tip at a point.
pub(super) fn house(pen: &mut Pen<'_>, (x, y): (f64, f64), ink: Ink, letter: char) {
    let walls = [
        Segment::Move(x, y),
        Segment::Line(x + 6.5, y + 3.0),
        Segment::Line(x + 6.5, y + 11.5),
        Segment::Line(x - 6.5, y + 11.5),
        Segment::Line(x - 6.5, y + 3.0),
        Segment::Close,
    ];
    pen.path(&walls, Some(ink), None);
    let style = Type { size: 9.0, ..Type::small(Ink::OnInk) };
    pen.text(x, y + 10.3, letter.encode_utf8(&mut [0; 4]), style.bold().middle());
}

/// Two gauges up to 200 % with a tick at 100 %, and the numbers.
fn load(pen: &mut Pen<'_>, bench: &Bench<'_>, is_narrow: bool) {
    let &Bench { axis, lane, .. } = bench;
    let muted = Type::small(Ink::Muted);
    if lane.closed {
        let held = format!("{} held", units::grouped(lane.held));
        let long = format!("closed, {held}");
        let room = axis.numbers - axis.gauges;
        let words = if pen.width(&long, muted) <= room { &long } else { &held };
        pen.text(axis.numbers, bench.line(), words, muted.end());
        return;
    }
    let hot = is_hot(lane);
    let bed = if hot { Ink::Pressed } else { Ink::LineSoft };
    let top = if bench.is_slim() { bench.row.bed() - 11.0 } else { bench.top() };
    for (permille, dy) in [(lane.records_permille, 5.0), (lane.bytes_permille, 12.0)] {
        gauge(pen, (axis.gauges, top + dy), permille, bed);
    }
    let tick = axis.gauges + 25.5;
    pen.rule((tick, top + 3.0), (tick, top + 19.0), Ink::Ink);
    let refused = format!("{} /s", units::grouped(u64::from(lane.rejected_per_sec)));
    let by_records = lane.records_permille >= lane.bytes_permille;
    let most = lane.records_permille.max(lane.bytes_permille);
    let words = format!("{} {}", words::percent(most), if by_records { 'r' } else { 'b' });
    let ink = if hot { Ink::Reject } else { Ink::Text };
    let style = Type { bold: hot, ..Type::small(ink) };
    let is_refusing = lane.rejected_per_sec > 0;
    if is_refusing && bench.is_slim() {
        return crossed(pen, (axis.numbers, bench.line()), &refused);
    }
    pen.text(axis.numbers, bench.line(), &words, style.end());
    if bench.is_slim() {
        return;
    }
    if is_narrow && is_refusing {
        crossed(pen, (axis.numbers, top + 28.0), &refused);
    } else {
        let words = format!("{} stored", units::grouped(u64::from(lane.stored_per_sec)));
        pen.text(axis.numbers, top + 28.0, &words, muted.end());
    }
}

/// What is refused, with its mark in front.
#[inline(never)]
fn crossed(pen: &mut Pen<'_>, (x, y): (f64, f64), words: &str) {
    let style = Type::small(Ink::Reject).bold().end();
    pen.text(x, y, words, style);
    pen.cross((x - pen.width(words, style) - 8.0, y - 4.0), 2.8, 1.75, Ink::Reject);
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

/// From afar: one bar a lane, as long as its load.
pub(super) fn bars(pen: &mut Pen<'_>, placed: &Placed, lanes: &Lanes) {
    let width = placed.rect.w - 24.0;
    for (lane, row) in lanes.lanes.iter().zip(placed.open()) {
        let most = lane.records_permille.max(lane.bytes_permille);
        let long = (width / 2.0 * f64::from(most) / 1_000.0).min(width);
        let ink = if is_hot(lane) { Ink::Reject } else { Ink::Plot };
        let (y, h) = (row.top + row.height * 0.25, row.height * 0.5);
        pen.block(12.0, y, width, h, Ink::LineSoft);
        pen.block(12.0, y, long, h, ink);
    }
}
