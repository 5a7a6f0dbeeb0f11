//! What lies under a point, and what a marquee touches.

use base::NodeId;
use engine::Snapshot;
use engine::snapshot::{Gauge, Lane, Lanes, NodeView, WindowTrack};
use scenario::Document;

use crate::geometry::{Placed, Plan, Rect};
use crate::view::{Hover, View};
use crate::wires::{Wire, Wires};

/// Pixels around a port that still count as the port.
const PORT: f64 = 12.0;

/// Pixels beside a wire that still count as the wire.
const WIRE: f64 = 6.0;

/// What lies under a world point: a port, a lane, a card, a wire, or nothing.
#[must_use]
pub fn hit(
    document: &Document,
    snapshot: &Snapshot,
    view: &View,
    point_in_world: (f64, f64),
) -> Hover {
    let plan = Plan::of(document, snapshot, view);
    let scale = view.camera.scale.max(crate::view::SCALE_MIN);
    port(document, &plan, point_in_world, PORT / scale)
        .or_else(|| card(snapshot, &plan, &view.selection.nodes, point_in_world))
        .or_else(|| wire(document, &plan, point_in_world, WIRE / scale))
        .unwrap_or_default()
}

/// Cards a marquee touches, ascending.
#[must_use]
pub fn in_rect(document: &Document, snapshot: &Snapshot, view: &View, rect: Rect) -> Vec<NodeId> {
    let plan = Plan::of(document, snapshot, view);
    plan.nodes.iter().filter(|placed| placed.rect.touches(&rect)).map(|placed| placed.id).collect()
}

fn port(document: &Document, plan: &Plan, point: (f64, f64), reach: f64) -> Option<Hover> {
    for (node, placed) in document.nodes.iter().zip(&plan.nodes).rev() {
        for port in node.spec().ports {
            let at = placed.port(node.spec().ports, port.name, plan.narrow);
            let (dx, dy) = (at.0 - point.0, at.1 - point.1);
            if dx * dx + dy * dy <= reach * reach {
                return Some(Hover::Port(node.id, port.name));
            }
        }
    }
    None
}

/// The topmost card.
fn card(snapshot: &Snapshot, plan: &Plan, selected: &[NodeId], point: (f64, f64)) -> Option<Hover> {
    let mut from_top = plan.order(selected).rev().map(|idx| &plan.nodes[idx]);
    let placed = from_top.find(|placed| placed.rect.contains(point))?;
    Some(inside(snapshot, placed, point).unwrap_or(Hover::Node(placed.id)))
}

fn inside(snapshot: &Snapshot, placed: &Placed, point: (f64, f64)) -> Option<Hover> {
    lane(snapshot, placed, point).or_else(|| switch(snapshot, placed, point))
}

fn wire(document: &Document, plan: &Plan, point: (f64, f64), reach: f64) -> Option<Hover> {
    let wires = Wires::of(document, plan);
    let far = |wire: &Wire| (wire.route.distance_to(point), wire.edge);
    let nearest = wires.all.iter().map(far).min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(distance, _)| *distance <= reach).map(|(_, edge)| Hover::Edge(edge))
}

fn lane(snapshot: &Snapshot, placed: &Placed, point: (f64, f64)) -> Option<Hover> {
    let lanes = lanes(node(snapshot, placed.id)?)?;
    let stack = placed.stack.as_ref()?;
    let (x, y) = (point.0 - placed.rect.x, point.1 - placed.rect.y);
    if let Some(grid) = stack.strip {
        let cell = grid.at((x, y))?;
        return Some(Hover::Lane(placed.id, heaviest(lanes, cell, grid.each)?.shard));
    }
    let row = stack.rows.iter().find(|row| (row.top..row.bottom()).contains(&y))?;
    Some(Hover::Lane(placed.id, row.shard))
}

/// Width and height of the switch between the two times of a query.
pub(crate) const SWITCH: (f64, f64) = (90.0, 14.0);
/// From the corner of the card to its middle at the right.
const SWITCH_AT: (f64, f64) = (12.0, 103.5);

fn switch(snapshot: &Snapshot, placed: &Placed, point: (f64, f64)) -> Option<Hover> {
    track(node(snapshot, placed.id)?).filter(|track| has_switch(track))?;
    let (x, y) = (placed.rect.right() - SWITCH_AT.0, placed.rect.y + SWITCH_AT.1);
    let (w, h) = (SWITCH.0, SWITCH.1 / 2.0 + 4.0);
    let is_there = (x - w..=x).contains(&point.0) && (y - h..=y + h).contains(&point.1);
    is_there.then_some(Hover::Times(placed.id))
}

/// Whether a query has two times to look at.
pub(crate) fn has_switch(track: &WindowTrack) -> bool {
    track.times.iter().all(|ruler| !ruler.name.is_empty())
}

/// Which of the two times of a query is shown: the one its windows are made by, unless somebody
/// chose the other.
#[must_use]
pub fn shown(track: &WindowTrack, id: NodeId, view: &View) -> usize {
    let own = usize::from(track.times[1].clock > i64::MIN);
    let is_other = has_switch(track) && view.other_time.binary_search(&id).is_ok();
    if is_other { 1 - own } else { own }
}

/// The windows among the gauges of a node.
#[must_use]
pub fn track(node: &NodeView) -> Option<&WindowTrack> {
    node.gauges.iter().find_map(|gauge| match gauge {
        Gauge::Windows(track) => Some(&**track),
        _ => None,
    })
}

/// The lane a cell of a heat strip stands for: of its open shards, the one with most load.
pub(crate) fn heaviest(lanes: &Lanes, cell: usize, each: usize) -> Option<&Lane> {
    let open = lanes.lanes.iter().filter(|lane| !lane.closed);
    open.skip(cell * each)
        .take(each)
        .max_by_key(|lane| (lane.rejected_per_sec, lane.records_permille.max(lane.bytes_permille)))
}

/// What the run says about a node.
#[must_use]
pub fn node(snapshot: &Snapshot, id: NodeId) -> Option<&NodeView> {
    let idx = snapshot.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
    snapshot.nodes.get(idx)
}

/// The lanes among the gauges of a node.
pub(crate) fn lanes(node: &NodeView) -> Option<&Lanes> {
    node.gauges.iter().find_map(|gauge| match gauge {
        Gauge::Lanes(lanes) => Some(lanes),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn at(x: f64, y: f64) -> Hover {
        hit(&sample::hot_key(), &sample::frozen(), &View::default(), (x, y))
    }

    #[test]
    fn points_find_cards_lanes_ports_and_wires() {
        assert_eq!(at(60.0, 70.0), Hover::Node(NodeId(1)));
        // The third lane of the stream.
        assert_eq!(at(500.0, 56.0 + 44.0 + 34.0 * 2.5), Hover::Lane(NodeId(3), 2));
        assert_eq!(at(176.0, 174.0), Hover::Port(NodeId(1), "out"));
        // Between Firehose and its bucket.
        assert_eq!(at(796.0, 244.0), Hover::Edge(base::EdgeId(4)));
        assert_eq!(at(500.0, 600.0), Hover::Nothing);
    }

    #[test]
    fn a_marquee_takes_what_it_touches() {
        let rect = Rect { x: 170.0, y: 280.0, w: 10.0, h: 40.0 };
        let found = in_rect(&sample::hot_key(), &sample::frozen(), &View::default(), rect);
        assert_eq!(found, [NodeId(1), NodeId(2)]);
    }
}
