//! The diagram as a list: every card with a sentence and its place on the screen.

use scene::{Plan, Rect};

use super::words;
use crate::hud::OutlineRow;
use crate::session::Session;

pub(super) fn rows(session: &Session) -> Vec<OutlineRow> {
    let plan = Plan::of(&session.document, session.run.snapshot(), &session.view);
    let snapshot = session.run.snapshot();
    let camera = session.view.camera;
    let mut rows = Vec::new();
    for node in &session.document.nodes {
        let Some(placed) = plan.node(node.id) else { continue };
        let view = snapshot.nodes.iter().find(|view| view.id == node.id);
        let ports = node.spec().ports.iter().map(|port| {
            let at = placed.port(node.spec().ports, port.name, plan.narrow);
            let at = camera.screen_from_world(at);
            (port.name, pixel(at.0), pixel(at.1))
        });
        let Rect { x, y, w, h } = placed.rect;
        let (left, top) = camera.screen_from_world((x, y));
        let size = (pixel(w * camera.scale), pixel(h * camera.scale));
        rows.push(OutlineRow {
            node: node.id,
            name: node.name.as_str().into(),
            title: node.spec().title.into(),
            glyph: node.spec().glyph.into(),
            words: words::sentence(&session.document, node.id, view).into(),
            selected: session.view.selection.nodes.contains(&node.id),
            invalid: session.view.invalid.iter().any(|(id, _words)| *id == node.id),
            rect: (pixel(left), pixel(top), size.0, size.1),
            ports: ports.collect(),
        });
    }
    rows
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a screen can need")]
fn pixel(at: f64) -> i32 {
    at.clamp(-1e8, 1e8).round() as i32
}
