//! The whole diagram as blocks, with the window onto it and a dot for trouble.

use engine::Snapshot;
use scenario::Document;

use crate::geometry::{Plan, Rect};
use crate::hit;
use crate::picture::{Ink, Picture, Segment, Shape, Stroke};
use crate::view::{Camera, View};

/// Size of the map in CSS pixels.
pub const SIZE: (f64, f64) = (158.0, 82.0);
/// Where the diagram lies in it; the rim is for the four arrows that pan.
const AREA: Rect = Rect { x: 24.0, y: 8.0, w: 110.0, h: 66.0 };

/// The part of the world the map shows, and how large.
#[must_use]
pub fn camera(document: &Document, snapshot: &Snapshot, view: &View) -> Camera {
    let world = Plan::of(document, snapshot, view).bounds().union(&window(view));
    let scale = (AREA.w / world.w.max(1.0)).min(AREA.h / world.h.max(1.0));
    let (x, y) = (AREA.center(), world.center());
    Camera { scale, x: x.0 - y.0 * scale, y: x.1 - y.1 * scale }
}

/// The map; its shapes are in CSS pixels of the map itself.
#[must_use]
pub fn minimap(document: &Document, snapshot: &Snapshot, view: &View) -> Picture {
    let mut picture = Picture { size: SIZE, ..Picture::default() };
    let camera = camera(document, snapshot, view);
    let place = |rect: Rect| {
        let (x, y) = camera.screen_from_world((rect.x, rect.y));
        Rect { x, y, w: rect.w * camera.scale, h: rect.h * camera.scale }
    };
    let shapes = &mut picture.live.shapes;
    let frame = Some(Stroke::new(Ink::Control, 1.0));
    shapes.push(block(place(window(view)), 2.0, Some(Ink::Canvas), frame));
    let plan = Plan::of(document, snapshot, view);
    for placed in &plan.nodes {
        let ink = if placed.stack.is_some() { Ink::Key(0) } else { Ink::Line };
        shapes.push(block(place(placed.rect), 1.5, Some(ink), None));
    }
    for placed in &plan.nodes {
        let seen = hit::node(snapshot, placed.id);
        let Some(seen) = seen else { continue };
        let ink = if seen.rejected_per_sec > 0 {
            Ink::Reject
        } else if seen.faults.is_empty() {
            continue;
        } else {
            Ink::Warn
        };
        let rect = place(placed.rect);
        shapes.push(dot((rect.x, rect.center().1), 3.0, ink));
    }
    picture.live.revision = snapshot.events;
    picture
}

/// What the canvas shows of the world.
fn window(view: &View) -> Rect {
    let corner = view.camera.world_from_screen((0.0, 0.0));
    Rect::between(corner, view.camera.world_from_screen(view.size))
}

fn block(rect: Rect, radius: f64, fill: Option<Ink>, stroke: Option<Stroke>) -> Shape {
    Shape::Rect { x: rect.x, y: rect.y, w: rect.w, h: rect.h, radius, fill, stroke }
}

#[inline(never)]
fn dot((x, y): (f64, f64), radius: f64, ink: Ink) -> Shape {
    let round = Segment::Arc(x, y, radius, 0.0, std::f64::consts::TAU);
    let segments = vec![Segment::Move(x + radius, y), round, Segment::Close];
    Shape::Path { segments, fill: Some(ink), stroke: None }
}
