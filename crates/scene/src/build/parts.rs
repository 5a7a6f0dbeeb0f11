//! The gauges with a shape of their own: the race of tank and clock, the objects of a bucket, the
//! shards of a reader.

use base::units;
use engine::Purpose;
use engine::snapshot::{ObjectRow, Objects, Race, Seal, ShardAge};

use super::card::PAD;
use super::words;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};

/// Height of the race.
pub(super) const RACE: f64 = 128.0;
/// Height of the list of objects: five rows, and the sum below.
pub(super) const OBJECTS: f64 = 156.0;
/// Least height for the shards of a reader.
pub(super) const SHARDS_MIN: f64 = 34.0;

const OBJECT_ROWS: usize = 5;
const OBJECT_ROW: f64 = 20.0;
const SHARD_ROW: f64 = 26.0;

/// Where in a race one of its lines has room.
pub(super) fn race_line(idx: usize, lines: usize) -> f64 {
    if lines > 1 { 81.0 + 12.5 * num::len(idx) } else { 84.0 }
}

/// Bytes against the size hint, time against the interval hint, and who leads; the sum below as
/// many lines as are told.
pub(super) fn race(pen: &mut Pen<'_>, (top, width): (f64, f64), race: &Race, lines: usize) {
    tank(pen, (PAD, top + 14.0), share(race.bytes, race.bytes_max));
    let muted = Type::small(Ink::Muted);
    let bytes = words::mib(race.bytes);
    let bold = Type::small(Ink::Text).bold();
    let limit = format!("of {} MiB", race.bytes_max / units::MIB);
    let y = top + if lines > 1 { 121.0 } else { 112.0 };
    pen.text(PAD, y, &bytes, bold);
    let after = PAD + pen.width(&bytes, bold) + 3.0;
    pen.text(after, y, &limit, muted);
    let center = (width - 76.0, top + 51.0);
    ring(pen, center, 29.0, 5.0, share(race.micros, race.micros_max));
    let tenths = race.micros / 100_000;
    let secs = format!("{}.{}", tenths / 10, tenths % 10);
    pen.text(center.0, center.1 - 2.0, &secs, Type::name(Ink::Text).middle());
    let interval = format!("of {} s", race.micros_max / 1_000_000);
    pen.text(center.0, center.1 + 11.0, &interval, muted.middle());
    let left = after + pen.width(&limit, muted) + 8.0;
    let text = Type::small(Ink::Text);
    let room = width - PAD - left;
    let start = width - PAD - pen.width(&race.verdict, text).min(room);
    pen.text_within(start, y, room, &race.verdict, text);
}

/// How much of a whole, at most all.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (num::float(part) / num::float(whole)).min(1.0) }
}

fn tank(pen: &mut Pen<'_>, (x, y): (f64, f64), share: f64) {
    let (w, h) = (44.0, 72.0);
    let (top, low, right) = (y + h * (1.0 - share), y + h, x + w);
    let round = 6.0_f64.min(h * share);
    if share > 0.0 {
        let water = [
            Segment::Move(x, top),
            Segment::Line(right, top),
            Segment::Line(right, low - round),
            Segment::Quad(right, low, right - round, low),
            Segment::Line(x + round, low),
            Segment::Quad(x, low, x, low - round),
            Segment::Close,
        ];
        pen.path(&water, Some(Ink::KeyBed(0)), None);
        pen.block(x, top, w, 1.5, Ink::Plot);
    }
    let wall = [
        Segment::Move(x + 0.5, y - 4.0),
        Segment::Line(x + 0.5, low - 6.0),
        Segment::Quad(x + 0.5, low - 0.5, x + 6.0, low - 0.5),
        Segment::Line(right - 6.0, low - 0.5),
        Segment::Quad(right - 0.5, low - 0.5, right - 0.5, low - 6.0),
        Segment::Line(right - 0.5, y - 4.0),
    ];
    pen.path(&wall, None, Some(Stroke::new(Ink::Control, 1.0)));
    pen.rule((x - 3.0, y + 0.5), (right + 3.0, y + 0.5), Ink::Ink);
}

/// A clock: how much of the round is gone, with a mark at 12.
pub(super) fn ring(pen: &mut Pen<'_>, center: (f64, f64), radius: f64, width: f64, share: f64) {
    pen.circle(center, radius, None, Some(Stroke::new(Ink::Line, width)));
    if share > 0.0 {
        pen.arc(center, radius, share, Stroke::new(Ink::Plot, width));
    }
    let top = center.1 - radius;
    pen.rule((center.0, top - 5.0), (center.0, top + 4.0), Ink::Ink);
}

/// Prefix, the newest objects, how many there are and how large.
pub(super) fn objects(pen: &mut Pen<'_>, (top, width): (f64, f64), objects: &Objects) {
    let muted = Type::small(Ink::Muted);
    pen.text_within(PAD, top + 16.0, width - 2.0 * PAD, &objects.prefix, muted);
    for (idx, row) in objects.rows.iter().take(OBJECT_ROWS).enumerate() {
        let y = top + 24.0 + OBJECT_ROW * num::len(idx);
        if idx > 0 {
            pen.rule((PAD, y - 0.5), (width - PAD, y - 0.5), Ink::LineSoft);
        }
        object(pen, y, width, row);
    }
    let foot = top + 24.0 + OBJECT_ROW * num::len(OBJECT_ROWS);
    pen.rule((0.5, foot + 3.5), (width - 0.5, foot + 3.5), Ink::LineSoft);
    let count = words::count(objects.count, "object");
    pen.text(PAD, foot + 22.0, &count, Type::small(Ink::Text));
    if objects.count > 0 {
        let after = PAD + pen.width(&count, muted);
        let size = format!(" · {}", units::bytes_text(objects.bytes));
        pen.text(after, foot + 22.0, &size, muted);
        histogram(pen, (width - 56.0, foot + 25.0), &objects.histogram);
    }
}

fn object(pen: &mut Pen<'_>, y: f64, width: f64, row: &ObjectRow) {
    let small = Type::small(Ink::Text);
    pen.text_within(PAD, y + 14.0, 58.0, &row.name, small);
    let size = words::size(row.bytes);
    pen.text(width - 86.0, y + 14.0, &size, small.end());
    pen.text(width - 48.0, y + 14.0, &words::age(row.age_micros), Type::small(Ink::Muted).end());
    chip(pen, (width - 42.0, y + 2.5), row);
}

/// What sealed an object.
pub(super) fn seal_word(reason: Seal) -> &'static str {
    match reason {
        Seal::Size => "size",
        Seal::Time => "time",
        Seal::End => "end",
    }
}

/// What an object is, at a glance: what sealed it, or that it tells of records that failed.
fn chip(pen: &mut Pen<'_>, (x, y): (f64, f64), row: &ObjectRow) {
    let (word, ink) = match row.purpose {
        Purpose::Records => (seal_word(row.reason), Ink::Text),
        Purpose::Failed => ("error", Ink::Reject),
        Purpose::Manifest => ("list", Ink::Muted),
        Purpose::Placed => ("own", Ink::Muted),
    };
    let is_full = row.purpose == Purpose::Records && row.reason == Seal::Size;
    let border = if row.purpose == Purpose::Failed { Ink::Reject } else { Ink::Control };
    let (fill, stroke) =
        if is_full { (Some(Ink::Pressed), None) } else { (None, Some(Stroke::new(border, 1.0))) };
    pen.rect((x, y, 30.0, 15.0), 3.0, fill, stroke);
    pen.text(x + 15.0, y + 11.0, word, Type::small(ink).middle());
}

fn histogram(pen: &mut Pen<'_>, (x, base): (f64, f64), classes: &[u32; 6]) {
    let most = classes.iter().copied().max().unwrap_or(0).max(1);
    for (idx, count) in classes.iter().enumerate() {
        let h = 14.0 * f64::from(*count) / f64::from(most);
        let h = if *count > 0 { h.max(1.5) } else { 0.0 };
        pen.rect((x + 7.5 * num::len(idx), base - h, 6.0, h), 1.0, Some(Ink::Key(0)), None);
    }
}

/// Height that gives every shard a cell and its age.
pub(super) fn shards_height(cells: usize) -> f64 {
    12.0 + SHARD_ROW * num::len(cells.div_ceil(2).max(1))
}

/// One cell for each shard with its age; without ages when there are many.
pub(super) fn shards(pen: &mut Pen<'_>, (top, width, height): (f64, f64, f64), cells: &[ShardAge]) {
    if shards_height(cells.len()) <= height + 1.0 {
        let column = (width - 2.0 * PAD) / 2.0;
        for (idx, cell) in cells.iter().enumerate() {
            let x = PAD + column * num::len(idx % 2);
            let y = top + 9.0 + SHARD_ROW * num::len(idx / 2);
            lease(pen, (x, y), cell);
            let ink = if cell.late { Ink::Warn } else { Ink::Text };
            let style = Type { bold: cell.late, ..Type::small(ink) };
            let right = x + column - if idx % 2 == 0 { 12.0 } else { 0.0 };
            pen.text(right, y + 14.0, &words::age(cell.age_micros), style.end());
        }
        return;
    }
    let columns = num::whole((width - 2.0 * PAD + 4.0) / 24.0).max(1);
    let rows = num::whole((height - 8.0) / 24.0).max(1);
    let room = columns * rows;
    let shown = if cells.len() > room { room.saturating_sub(2).max(1) } else { cells.len() };
    for (idx, cell) in cells.iter().take(shown).enumerate() {
        let at = (PAD + 24.0 * num::len(idx % columns), top + 8.0 + 24.0 * num::len(idx / columns));
        lease(pen, at, cell);
    }
    if cells.len() > shown {
        let more = format!("+{}", cells.len() - shown);
        let y = top + 8.0 + 24.0 * num::len(rows - 1) + 14.0;
        pen.text(width - PAD, y, &more, Type::small(Ink::Muted).end());
    }
}

/// A cell with the number of a shard.
pub(super) fn lease(pen: &mut Pen<'_>, (x, y): (f64, f64), cell: &ShardAge) {
    let (fill, border, ink) = if cell.late {
        (Ink::WarnSoft, Ink::Warn, Ink::Warn)
    } else {
        (Ink::Well, Ink::Control, Ink::Text)
    };
    pen.rect((x, y, 20.0, 20.0), 3.0, Some(fill), Some(Stroke::new(border, 1.0)));
    let style = Type { bold: cell.late, ..Type::small(ink) };
    let size = if cell.shard > 99 { 8.0 } else { 11.0 };
    let style = Type { size, ..style };
    pen.text(x + 10.0, y + 14.0, &cell.shard.to_string(), style.middle());
}
