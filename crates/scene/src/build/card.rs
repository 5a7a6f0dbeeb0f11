//! The frame of a card: surface, border, glyph, name, fidelity; and the states a border shows.

use scenario::document::Node;
use scenario::kind::Fidelity;

use super::key::Detail;
use crate::geometry::{LANES_TOP, Placed};
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};

/// Height of a header; everything a node reports begins below.
pub(super) const HEADER: f64 = 32.0;
/// Corner radius of cards.
pub(super) const RADIUS: f64 = 8.0;
/// Padding inside cards.
pub(super) const PAD: f64 = 12.0;

/// Surface, border, glyph, name.
pub(super) fn frame(pen: &mut Pen<'_>, node: &Node, placed: &Placed, error: Option<&str>) {
    let (w, h) = (placed.rect.w, placed.rect.h);
    pen.origin(placed.rect.x, placed.rect.y);
    let border = if error.is_some() { Ink::Reject } else { Ink::Line };
    let stroke = Some(Stroke::new(border, 1.0));
    pen.rect((0.0, 0.0, w, h), RADIUS, Some(Ink::Surface), stroke);
    let spec = node.spec();
    let ink = if spec.kind == node.config.kind() { Ink::Text } else { Ink::Muted };
    let lift = if placed.stack.is_some() { 1.0 } else { 0.0 };
    pen.glyph(11.0, 8.0 - lift, 16.0, spec.glyph, ink);
    let room = name_room(pen, node, placed);
    pen.text_within(34.0, 20.5 - lift, room, &node.name, Type::name(ink));
    fidelity(pen, w - 18.5, 12.0 - lift, spec.fidelity);
    let rule = if placed.stack.is_some() { LANES_TOP - 0.5 } else { HEADER + 0.5 };
    pen.rule((0.5, rule), (w - 0.5, rule), Ink::LineSoft);
    if let Some(words) = error {
        let (style, room) = (Type::small(Ink::Reject), w.max(200.0) - 27.0);
        // Wires leave at the bottom as well.
        let wide = pen.width(words, style).min(room);
        pen.block(9.0, h + 3.0, wide + 20.0, 14.0, Ink::Canvas);
        pen.glyph(11.0, h + 4.0, 12.0, "alert", Ink::Reject);
        pen.text_within(27.0, h + 14.0, room, words, style);
    }
}

/// The width a name may take: the badge keeps its place, unless that leaves too little.
pub(super) fn name_room(pen: &Pen<'_>, node: &Node, placed: &Placed) -> f64 {
    let right = placed.rect.w - 26.0;
    if placed.stack.is_some() {
        return placed.rect.w * 0.45;
    }
    let badge = pen.width(node.spec().badge, Type::small(Ink::Muted));
    (right - badge - 6.0 - 34.0).max(right - 34.0 - 60.0)
}

/// Where the header's muted words go after a name: x, for cards with lanes.
pub(super) fn after_name(pen: &Pen<'_>, node: &Node, placed: &Placed) -> f64 {
    let name = pen.width(&node.name, Type::name(Ink::Text)).min(name_room(pen, node, placed));
    34.0 + name + 6.0
}

/// Filled for an exact rule, half for a published average, hollow for a simplification.
fn fidelity(pen: &mut Pen<'_>, x: f64, y: f64, fidelity: Fidelity) {
    let border = Some(Stroke::new(Ink::Control, 1.0));
    pen.rect((x, y, 8.0, 8.0), 1.5, None, border);
    match fidelity {
        Fidelity::Exact => pen.block(x + 2.0, y + 2.0, 4.0, 4.0, Ink::Control),
        Fidelity::Average => {
            let half = [
                Segment::Move(x + 2.0, y + 6.0),
                Segment::Line(x + 2.0, y + 2.0),
                Segment::Line(x + 6.0, y + 6.0),
                Segment::Close,
            ];
            pen.path(&half, Some(Ink::Control), None);
        }
        Fidelity::Simplified => {}
    }
}

/// A card from afar: no texts but the name, or only the glyph.
#[inline(never)]
pub(super) fn far(pen: &mut Pen<'_>, node: &Node, placed: &Placed, detail: Detail, bad: bool) {
    let (w, h) = (placed.rect.w, placed.rect.h);
    pen.origin(placed.rect.x, placed.rect.y);
    let border = if bad { Ink::Reject } else { Ink::Line };
    let width = if detail == Detail::Icon { 4.0 } else { 2.0 };
    let stroke = Some(Stroke::new(border, width));
    pen.rect((0.0, 0.0, w, h), RADIUS, Some(Ink::Surface), stroke);
    if detail == Detail::Icon {
        let size = w.min(h).min(96.0) * 0.7;
        pen.glyph((w - size) / 2.0, (h - size) / 2.0, size, node.spec().glyph, Ink::Text);
    } else {
        pen.glyph(10.0, 8.0, 24.0, node.spec().glyph, Ink::Text);
        let style = Type { size: 22.0, ..Type::name(Ink::Text) };
        pen.text_within(42.0, 28.0, w - 72.0, &node.name, style);
    }
}

/// A card on a narrow screen: glyph, name; the value is the live layer's.
#[inline(never)]
pub(super) fn compact(pen: &mut Pen<'_>, node: &Node, placed: &Placed, error: Option<&str>) {
    let (w, h) = (placed.rect.w, placed.rect.h);
    pen.origin(placed.rect.x, placed.rect.y);
    let border = if error.is_some() { Ink::Reject } else { Ink::Line };
    let stroke = Some(Stroke::new(border, 1.0));
    pen.rect((0.0, 0.0, w, h), RADIUS, Some(Ink::Surface), stroke);
    let (name, style) = compact_name(w);
    let (glyph, value) = if w < COMPACT_WIDE { (8.0, 6.0) } else { (11.0, 66.0) };
    pen.glyph(glyph, h / 2.0 - 8.0, 16.0, node.spec().glyph, Ink::Text);
    pen.text_within(name, h / 2.0 + 4.5, w - name - value, &node.name, style);
}

/// From this width on a compact card keeps room for its value.
pub(super) const COMPACT_WIDE: f64 = 150.0;

/// Where the name of a compact card begins, and how it looks.
pub(super) fn compact_name(width: f64) -> (f64, Type) {
    let (left, size) = if width < COMPACT_WIDE { (28.0, 12.0) } else { (34.0, 13.0) };
    (left, Type { size, ..Type::name(Ink::Text) })
}
