//! What a hand does: selection, hover, marquee, guides, the wire being drawn.

use scenario::Document;

use super::card::RADIUS;
use super::edges;
use crate::geometry::{Plan, Rect};
use crate::pen::{Pen, Type};
use crate::picture::{Ink, Segment, Stroke};
use crate::view::{Connecting, Hover, View};
use crate::wires::Wires;

pub(super) fn draw(
    pen: &mut Pen<'_>,
    document: &Document,
    view: &View,
    plan: &Plan,
    wires: &Wires,
) {
    if view.hover != Hover::Nothing {
        hover(pen, document, view, plan, wires);
    }
    for id in &view.selection.edges {
        if let Some(wire) = wires.wire(*id) {
            edges::line(pen, wire, Stroke::new(Ink::Ink, 2.0));
        }
    }
    for id in &view.selection.nodes {
        if let Some(placed) = plan.node(*id) {
            frame(pen, placed.rect, Stroke::new(Ink::Ink, 2.0));
        }
    }
    guides(pen, view);
    if let Some((a, b)) = view.marquee {
        let Rect { x, y, w, h } = Rect::between(a, b);
        pen.rect((x, y, w, h), 0.0, None, Some(Stroke::new(Ink::Focus, 1.0).dashed(4.0, 3.0)));
    }
    if let Some(connecting) = &view.connecting {
        connect(pen, document, plan, view, connecting);
    }
}

fn frame(pen: &mut Pen<'_>, rect: Rect, stroke: Stroke) {
    pen.rect((rect.x, rect.y, rect.w, rect.h), RADIUS, None, Some(stroke));
}

#[inline(never)]
fn hover(pen: &mut Pen<'_>, document: &Document, view: &View, plan: &Plan, wires: &Wires) {
    let id = match &view.hover {
        Hover::Nothing => return,
        Hover::Edge(id) => {
            if let Some(wire) = wires.wire(*id) {
                edges::line(pen, wire, Stroke::new(Ink::Plot, 2.0));
            }
            return;
        }
        Hover::Node(id) | Hover::Port(id, _) | Hover::Lane(id, _) | Hover::Times(id) => *id,
    };
    let Some((node, placed)) = document.node(id).zip(plan.node(id)) else { return };
    frame(pen, placed.rect, Stroke::new(Ink::Control, 1.0));
    for port in node.spec().ports {
        let at = placed.port(node.spec().ports, port.name, plan.narrow);
        let is_under = view.hover == Hover::Port(id, port.name);
        let (radius, ink) = if is_under { (5.5, Ink::Focus) } else { (3.5, Ink::Edge) };
        pen.circle(at, radius, Some(Ink::Surface), Some(Stroke::new(ink, 1.5)));
    }
}

fn guides(pen: &mut Pen<'_>, view: &View) {
    let (left, top) = view.camera.world_from_screen((0.0, 0.0));
    let (right, bottom) = view.camera.world_from_screen(view.size);
    for x in &view.guides.0 {
        pen.rule((*x, top), (*x, bottom), Ink::Focus);
    }
    for y in &view.guides.1 {
        pen.rule((left, *y), (right, *y), Ink::Focus);
    }
}

/// The snap grid, under everything.
#[inline(never)]
pub(super) fn grid(pen: &mut Pen<'_>, view: &View) {
    let mut pitch = 16.0;
    while pitch * view.camera.scale < 12.0 {
        pitch *= 2.0;
    }
    let (left, top) = view.camera.world_from_screen((0.0, 0.0));
    let (right, bottom) = view.camera.world_from_screen(view.size);
    let first = |at: f64| (at / pitch).floor() * pitch;
    let (mut x, mut y) = (first(left), first(top));
    let mut pieces = Vec::new();
    while x < right {
        pieces.extend([Segment::Move(x + 0.5, top), Segment::Line(x + 0.5, bottom)]);
        x += pitch;
    }
    while y < bottom {
        pieces.extend([Segment::Move(left, y + 0.5), Segment::Line(right, y + 0.5)]);
        y += pitch;
    }
    pen.path(&pieces, None, Some(Stroke::new(Ink::Grid, 1.0)));
}

/// The wire being drawn, the ports it may reach, and why it may not end where it is.
#[inline(never)]
fn connect(
    pen: &mut Pen<'_>,
    document: &Document,
    plan: &Plan,
    view: &View,
    connecting: &Connecting,
) {
    let port = |id, name: &str| {
        let spec = document.node(id)?.spec();
        spec.port(name)?;
        Some(plan.node(id)?.port(spec.ports, name, plan.narrow))
    };
    for (id, name) in &connecting.legal {
        if let Some(at) = port(*id, name) {
            pen.circle(at, 5.5, Some(Ink::Surface), Some(Stroke::new(Ink::Focus, 2.0)));
        }
    }
    let Some(from) = port(connecting.node, connecting.port) else { return };
    if let Some(words) = &connecting.refusal {
        let dashed = Stroke::new(Ink::Control, 1.25).dashed(2.0, 3.0);
        pen.line(from, connecting.to, dashed);
        let style = Type::small(Ink::Reject);
        let width = pen.width(words, style);
        let (left, _) = view.camera.world_from_screen((0.0, 0.0));
        let (right, _) = view.camera.world_from_screen(view.size);
        // On the other side of the pointer where it would leave the canvas.
        let beside = connecting.to.0 + 14.0;
        let is_inside = beside + width + 8.0 <= right;
        let x = if is_inside { beside } else { connecting.to.0 - 14.0 - width }.max(left + 8.0);
        let y = connecting.to.1 + 4.0;
        let border = Some(Stroke::new(Ink::Reject, 1.0));
        pen.rect((x - 6.0, y - 14.0, width + 12.0, 20.0), 4.0, Some(Ink::Surface), border);
        pen.text(x, y, words, style);
        return;
    }
    let target = connecting.target.and_then(|(id, name)| port(id, name));
    let to = target.unwrap_or(connecting.to);
    pen.line(from, to, Stroke::new(Ink::Focus, 2.0).rounded());
    if target.is_some() {
        pen.circle(to, 9.0, Some(Ink::Surface), Some(Stroke::new(Ink::Focus, 2.0)));
        let tick = [
            Segment::Move(to.0 - 4.0, to.1),
            Segment::Line(to.0 - 1.0, to.1 + 3.2),
            Segment::Line(to.0 + 4.4, to.1 - 2.8),
        ];
        pen.path(&tick, None, Some(Stroke::new(Ink::Focus, 1.75).rounded()));
    }
}
