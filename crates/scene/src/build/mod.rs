//! Snapshot to picture: what every part of the diagram looks like at this moment.
//!
//! The base layer holds what only changes with the document and its shards (cards, headers,
//! wires); the live layer holds what a run changes; the overlay holds what a hand does. Nothing
//! here knows kinds: cards draw the gauges their nodes report.

mod card;
mod dots;
mod edges;
mod gauges;
mod invocation;
mod key;
mod lanes;
mod leases;
mod minimap;
mod node;
mod overlay;
mod packs;
mod partitions;
mod parts;
mod query;
#[cfg(test)]
mod query_tests;
mod strip;
#[cfg(test)]
mod tests;
mod timeline;
mod transform;
mod windows;
mod words;

use engine::Snapshot;
use scenario::Document;
use scenario::document::Node;

use crate::geometry::{Placed, Plan};
use crate::hit;
use crate::pen::Pen;
use crate::picture::Picture;
use crate::text::TextMeasure;
use crate::view::View;
use crate::wires::Wires;
use key::Detail;

pub use key::Key;
pub use minimap::{SIZE as MINIMAP_SIZE, camera as minimap_camera, minimap};
pub use timeline::{Window, mark, spark, timeline};

/// Draws a frame. The base layer is kept while its key stays the same; its revision is the key.
pub fn picture(
    document: &Document,
    snapshot: &Snapshot,
    view: &View,
    measure: &dyn TextMeasure,
    out: &mut Picture,
) {
    let plan = Plan::of(document, snapshot, view);
    out.camera = view.camera;
    out.size = view.size;
    let key = Key::with(document, view, &plan);
    if out.base.revision != key.0 {
        out.wires = Wires::of(document, &plan);
        let mut pen = Pen::new(&mut out.base.shapes, measure);
        base(&mut pen, document, view, &plan, &out.wires);
        pen.finish();
        out.base.revision = key.0;
    }
    let wires = std::mem::take(&mut out.wires);
    Pen::fill(&mut out.live, measure, |pen| live(pen, document, snapshot, view, &plan, &wires));
    Pen::fill(&mut out.overlay, measure, |pen| {
        overlay::draw(pen, document, view, &plan, &wires);
    });
    if Detail::of(view) == Detail::Full {
        dots::draw(snapshot, view, &plan, &wires, out);
    } else {
        out.dots.clear();
    }
    out.wires = wires;
}

fn base(pen: &mut Pen<'_>, document: &Document, view: &View, plan: &Plan, wires: &Wires) {
    if view.grid {
        overlay::grid(pen, view);
    }
    edges::base(pen, wires);
    for (node, placed) in document.nodes.iter().zip(&plan.nodes) {
        card(pen, node, placed, view, plan);
    }
    edges::sources(pen, wires);
}

/// What of a card only changes with the document.
fn card(pen: &mut Pen<'_>, node: &Node, placed: &Placed, view: &View, plan: &Plan) {
    let detail = Detail::of(view);
    let error = view.invalid.iter().find(|(id, _)| *id == node.id);
    let error = error.map(|(_, words)| words.as_str());
    if detail < Detail::Full {
        card::far(pen, node, placed, detail, error.is_some());
    } else if plan.compact && placed.is_compact() {
        card::compact(pen, node, placed, error);
    } else {
        card::frame(pen, node, placed, error);
    }
}

fn live(
    pen: &mut Pen<'_>,
    document: &Document,
    snapshot: &Snapshot,
    view: &View,
    plan: &Plan,
    wires: &Wires,
) {
    let detail = Detail::of(view);
    if detail == Detail::Full {
        edges::live(pen, snapshot, view, plan, wires);
        dots::bounces(pen, snapshot, view, wires);
    }
    for idx in plan.order(&view.selection.nodes) {
        let (drawn, placed) = (&document.nodes[idx], &plan.nodes[idx]);
        // What a card lies on has its own numbers and records in this layer, which hides none.
        if wires.covering.binary_search(&drawn.id).is_ok() {
            card(pen, drawn, placed, view, plan);
        }
        let Some(found) = hit::node(snapshot, drawn.id) else { continue };
        let seen = node::Seen { node: drawn, placed, view: found };
        if detail < Detail::Full {
            node::far(pen, &seen, detail == Detail::Icon);
        } else if plan.compact && placed.is_compact() {
            node::compact(pen, &seen);
        } else {
            node::full(pen, &seen, plan, snapshot, view);
        }
    }
}
