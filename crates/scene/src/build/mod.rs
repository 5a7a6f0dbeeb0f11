//! Snapshot to picture: what every part of the diagram looks like at this moment.
//!
//! The base layer holds what only changes with the document (cards, headers, wires); the live
//! layer holds what a run changes; the overlay holds what a hand does. Nothing here knows kinds:
//! cards draw the gauges their nodes report.

mod card;
mod key;

use engine::Snapshot;
use scenario::Document;

use crate::geometry::Plan;
use crate::pen::Pen;
use crate::picture::Picture;
use crate::text::TextMeasure;
use crate::view::View;

pub use key::Key;

/// Draws a frame. The base layer is kept while its key stays the same; its revision is the key.
pub fn picture(
    document: &Document,
    snapshot: &Snapshot,
    view: &View,
    measure: &dyn TextMeasure,
    out: &mut Picture,
) {
    let plan = Plan::of(document, view);
    out.camera = view.camera;
    out.size = view.size;
    let key = Key::with(document, view, &plan);
    if out.base.revision != key.0 {
        let mut pen = Pen::new(&mut out.base.shapes, measure);
        base(document, view, &plan, &mut pen);
        pen.finish();
        out.base.revision = key.0;
    }
    Pen::fill(&mut out.live, measure, |pen| live(document, snapshot, view, &plan, pen));
}

fn base(document: &Document, view: &View, plan: &Plan, pen: &mut Pen<'_>) {
    let detail = key::Detail::of(view);
    for (node, placed) in document.nodes.iter().zip(&plan.nodes) {
        let error = view.invalid.iter().find(|(id, _)| *id == node.id);
        let error = error.map(|(_, words)| words.as_str());
        if detail < key::Detail::Full {
            card::far(pen, node, placed, detail, error.is_some());
        } else if plan.narrow && placed.lanes == 0 {
            card::compact(pen, node, placed, error);
        } else {
            card::frame(pen, node, placed, error);
        }
    }
}

fn live(document: &Document, snapshot: &Snapshot, _view: &View, plan: &Plan, pen: &mut Pen<'_>) {
    for (node, placed) in document.nodes.iter().zip(&plan.nodes) {
        let seen = snapshot.nodes.iter().find(|seen| seen.id == node.id);
        if seen.is_some() {
            pen.origin(placed.rect.x, placed.rect.y);
        }
    }
}
