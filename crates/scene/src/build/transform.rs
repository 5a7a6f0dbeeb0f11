//! The function beside a Firehose stream: records go in, come back, or do not.

use base::units;
use engine::snapshot::Transform;

use super::card::PAD;
use super::parts;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};

/// The box of the function: from the left, from the top, width, height.
const BOX: (f64, f64, f64, f64) = (68.0, 9.0, 38.0, 34.0);
/// Bars of the buffer in front of it.
const BAR: (f64, f64) = (44.0, 4.0);
const ROW: f64 = 15.0;

/// What goes in at the left, the function in the middle, what came of the records at the right.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, (top, width): (f64, f64), seen: &Transform) {
    let muted = Type::small(Ink::Muted);
    pen.rule((0.5, top + 0.5), (width - 0.5, top + 0.5), Ink::LineSoft);
    pen.text(PAD, top + 19.0, "in", muted);
    let taken = units::count_text(seen.taken);
    pen.text(PAD + BAR.0, top + 19.0, &taken, Type::small(Ink::Text).bold().end());
    let buffer = &seen.buffer;
    bar(pen, top + 27.0, parts::share(buffer.bytes, buffer.bytes_max));
    bar(pen, top + 35.0, parts::share(buffer.micros, buffer.micros_max));
    function(pen, top, seen);
    let came =
        [("ok", seen.ok, false), ("dropped", seen.dropped, false), ("failed", seen.failed, true)];
    for (idx, (label, value, is_bad)) in came.into_iter().enumerate() {
        let y = top + 19.0 + ROW * num::len(idx);
        let is_bad = is_bad && value > 0;
        let ink = |usual| if is_bad { Ink::Reject } else { usual };
        let number = Type { bold: is_bad, ..Type::small(ink(Ink::Text)) };
        let count = units::count_text(value);
        let left = BOX.0 + BOX.2 + 13.0;
        let room = width - PAD - pen.width(&count, number) - 3.0 - left;
        pen.text_within(left, y, room, label, Type::small(ink(Ink::Muted)));
        pen.text(width - PAD, y, &count, number.end());
    }
    let under_way = match (seen.under_way, seen.attempt) {
        (0, _) => String::new(),
        (n, 0 | 1) => format!("{} under way", units::count_text(n)),
        (n, attempt) => format!("{} in attempt {attempt}", units::count_text(n)),
    };
    let style = Type::small(if seen.attempt > 1 { Ink::Warn } else { Ink::Text });
    let room = width - 2.0 * PAD - pen.width(&under_way, style) - 8.0;
    pen.text_within(PAD, top + 61.0, room, &seen.body.replace('_', " "), muted);
    pen.text(width - PAD, top + 61.0, &under_way, style.end());
}

/// How much of a hint is reached.
fn bar(pen: &mut Pen<'_>, y: f64, share: f64) {
    pen.rect((PAD, y, BAR.0, BAR.1), 2.0, Some(Ink::Well), None);
    if share > 0.0 {
        pen.rect((PAD, y, (BAR.0 * share).max(2.0), BAR.1), 2.0, Some(Ink::Plot), None);
    }
}

/// The box with what runs in it, an arrow to it and one away from it.
fn function(pen: &mut Pen<'_>, top: f64, seen: &Transform) {
    let (x, y, w, h) = (BOX.0, top + BOX.1, BOX.2, BOX.3);
    let is_busy = seen.running.0 > 0;
    let (fill, border) = if is_busy { (Ink::Well, Ink::Plot) } else { (Ink::Surface, Ink::Line) };
    pen.rect((x, y, w, h), 4.0, Some(fill), Some(Stroke::new(border, 1.25)));
    pen.glyph(x + 4.0, y + 9.0, 16.0, "lambda", Ink::Text);
    // Where the source is no stream Firehose sets itself no bound.
    let running = match seen.running {
        (count, u32::MAX) => count.to_string(),
        (count, most) => format!("{count}/{most}"),
    };
    let style = Type { size: 9.0, ..Type::small(Ink::Text) };
    let style = if pen.width(&running, style) > 22.0 { Type { size: 8.0, ..style } } else { style };
    pen.text(x + w - 3.0, y + 21.0, &running, style.end());
    let middle = y + h / 2.0;
    arrow(pen, (PAD + BAR.0 + 3.0, x - 2.0), middle);
    arrow(pen, (x + w + 1.0, x + w + 11.0), middle);
}

fn arrow(pen: &mut Pen<'_>, (from, to): (f64, f64), y: f64) {
    pen.rule((from, y), (to - 4.0, y), Ink::Edge);
    let head = [
        Segment::Move(to, y),
        Segment::Line(to - 5.0, y + 2.8),
        Segment::Line(to - 5.0, y - 2.8),
        Segment::Close,
    ];
    pen.path(&head, Some(Ink::Edge), None);
}
