//! What the producer library packs: Kinesis records that fill, and those that wait to be sent.

use base::units;
use engine::snapshot::{Pack, Packs};

use super::card::PAD;
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Stroke};

/// Height of the whole.
pub(super) const PACKS: f64 = 75.0;

const PITCH: f64 = 47.0;
const SIZE: (f64, f64) = (42.0, 22.0);
/// Dots in the upper row of one; the others lie below.
const UPPER: usize = 4;

/// How many go into one, and the next to go.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, (top, width): (f64, f64), packs: &Packs) {
    let muted = Type::small(Ink::Muted);
    pen.text(PAD, top + 17.0, &format!("packs {} : 1", units::grouped(packs.ratio)), muted);
    pen.value(width - PAD, top + 17.0, &units::grouped(packs.per_sec), "/s", Ink::Text);
    for idx in 0..Packs::SHOWN_MAX {
        let at = (PAD + PITCH * num::len(idx), top + 25.0);
        pack(pen, at, packs.packs.get(idx));
    }
    pen.text(PAD, top + 65.0, &packs.words, muted);
    if packs.more > 0 {
        let more = format!("+{}", units::grouped(packs.more));
        pen.text(width - PAD, top + 65.0, &more, muted.end());
    }
}

/// A dot for each user record; with more than seven a number stands for those of the lower row.
fn pack(pen: &mut Pen<'_>, (x, y): (f64, f64), pack: Option<&Pack>) {
    let sealed = pack.is_some_and(|pack| pack.sealed);
    let (fill, border) = if sealed { (Ink::Well, Ink::Control) } else { (Ink::Surface, Ink::Line) };
    pen.rect((x, y, SIZE.0, SIZE.1), 3.0, Some(fill), Some(Stroke::new(border, 1.0)));
    let slots = pack.map_or(&[][..], |pack| &pack.slots);
    let records = pack.map_or(0, |pack| pack.records);
    let is_many = records > Pack::SLOTS_MAX as u64;
    for idx in 0..if is_many { UPPER } else { Pack::SLOTS_MAX } {
        let is_lower = idx >= UPPER;
        let shift = if is_lower { 4.5 } else { 0.0 };
        let cx = x + 7.5 + 9.0 * num::len(idx % UPPER) + shift;
        let at = (cx, y + if is_lower { 15.0 } else { 7.0 });
        match slots.get(idx) {
            Some(0) => pen.circle(at, 2.4, Some(Ink::Surface), Some(Stroke::new(Ink::Key(0), 1.0))),
            Some(slot) => {
                let outline = Stroke::new(Ink::MarkInk, 1.0);
                pen.circle(at, 2.4, Some(Ink::Key(*slot)), Some(outline));
            }
            None => pen.circle(at, 0.9, Some(Ink::Line), None),
        }
    }
    if is_many {
        let more = format!("+{}", units::grouped(records - UPPER as u64));
        let style = Type { size: 9.0, ..Type::small(Ink::Text) };
        pen.text(x + SIZE.0 / 2.0, y + 18.5, &more, style.middle());
    }
}
