//! Dynamic partitions: how many are active, and a small race for each of the fullest.

use base::units;
use engine::snapshot::{Partitions, Race};

use super::card::PAD;
use super::{parts, words};
use crate::num;
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Stroke};

/// Height of the whole.
pub(super) const PARTITIONS: f64 = 103.0;

const HEAD: f64 = 23.0;
/// Height of one of its rows.
pub(super) const ROW: f64 = 20.0;
/// The tank of a row lies on its side.
const TANK: (f64, f64) = (34.0, 9.0);

/// The count against its limit, then a row for each.
#[inline(never)]
pub(super) fn draw(pen: &mut Pen<'_>, (top, width, height): (f64, f64, f64), seen: &Partitions) {
    let ink = if seen.exceeded { Ink::Reject } else { Ink::Text };
    let style = Type { bold: seen.exceeded, ..Type::small(ink) };
    let (count, most) = (units::grouped(seen.count), units::grouped(seen.count_max));
    pen.text(PAD, top + 16.0, &format!("{count} of {most} partitions"), style);
    let room = num::whole((height - HEAD) / ROW);
    let shown = seen.rows.len().min(Partitions::SHOWN_MAX).min(room);
    let more = seen.count.saturating_sub(shown as u64);
    if more > 0 {
        let more = format!("+ {} more", units::grouped(more));
        pen.text(width - PAD, top + 16.0, &more, Type::small(Ink::Muted).end());
    }
    for (idx, (prefix, race)) in seen.rows.iter().take(shown).enumerate() {
        row(pen, (top + HEAD + ROW * num::len(idx), width), prefix, race);
    }
}

/// Whose it is, bytes against the size hint, time against the interval hint.
fn row(pen: &mut Pen<'_>, (y, width): (f64, f64), prefix: &str, race: &Race) {
    pen.rule((PAD, y - 0.5), (width - PAD, y - 0.5), Ink::LineSoft);
    let clock = words::age(race.micros);
    pen.text(width - PAD, y + 14.0, &clock, Type::small(Ink::Muted).end());
    let center = (width - PAD - 48.0, y + 10.0);
    pen.circle(center, 5.5, None, Some(Stroke::new(Ink::Line, 2.5)));
    let gone = parts::share(race.micros, race.micros_max);
    if gone > 0.0 {
        pen.arc(center, 5.5, gone, Stroke::new(Ink::Plot, 2.5));
    }
    let (x, top) = (center.0 - 12.0 - TANK.0, y + 5.5);
    let full = parts::share(race.bytes, race.bytes_max);
    if full > 0.0 {
        pen.block(x, top, (TANK.0 * full).max(1.5), TANK.1, Ink::KeyBed(0));
    }
    pen.rect((x, top, TANK.0, TANK.1), 2.0, None, Some(Stroke::new(Ink::Control, 1.0)));
    pen.text_within(PAD, y + 14.0, x - PAD - 6.0, prefix, Type::small(Ink::Text));
}
