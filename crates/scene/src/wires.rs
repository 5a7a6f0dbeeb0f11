//! All wires of a plan: where each leaves, how it goes, where it arrives.
//!
//! Wires into lanes share one trunk in front of the stream and fan out by hash; all others are
//! orthogonal lines that keep out of cards where a simple detour can.

use base::{EdgeId, NodeId};
use scenario::Document;
use scenario::document::Edge;
use scenario::ports::{Flow, Port};

use crate::geometry::{ASIDE, Placed, Plan, Rect};
use crate::num;
use crate::route::{Knot, Route};
use crate::stack::Row;

/// Distance of the trunk from the stream: the strip where rejections are drawn.
const TRUNK: f64 = 60.0;
/// The same on narrow screens.
const TRUNK_NARROW: f64 = 18.0;
/// On narrow screens: beside all cards, where wires run past cards that lie on their way.
const LANE_NARROW: f64 = 8.0;
/// How far below a card such a wire turns: behind the letter of its reader.
const TURN_NARROW: f64 = 24.0;
const CORNER: f64 = 12.0;
const MOUTH_CORNER: f64 = 10.0;
/// How far a wire runs straight before it turns.
const STUB: f64 = 20.0;
/// Between wires that leave the same side, so that their letters have room.
const SPREAD: f64 = 26.0;

/// What a wire is, for its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    Put,
    Read,
    Deliver,
    /// To the bucket beside the destination: backup, and what the destination did not take.
    Aside,
}

/// One wire.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) edge: EdgeId,
    /// The cards it leaves and reaches.
    ends: [NodeId; 2],
    pub(crate) traffic: Traffic,
    /// Up to the far end, or up to the trunk for wires into lanes.
    knots: Vec<Knot>,
    /// The way up to the far end, or up to the trunk.
    pub(crate) route: Route,
    /// The stream whose lanes it feeds.
    pub(crate) into: Option<Placed>,
    /// The stream whose lanes it reads.
    pub(crate) reads: Option<Placed>,
    trunk: f64,
}

/// All wires and fans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires {
    /// Ascending by edge.
    pub(crate) all: Vec<Wire>,
    /// Branches into lanes.
    pub(crate) fans: Vec<Route>,
    /// Cards that lie on other cards or on wires of others, ascending.
    pub(crate) covering: Vec<NodeId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Right,
    Bottom,
}

impl Wires {
    pub(crate) fn of(document: &Document, plan: &Plan) -> Self {
        let mut wires = Self::default();
        for edge in &document.edges {
            let ends = (plan.node(edge.from.node), plan.node(edge.to.node));
            if let (Some(from), Some(to)) = ends {
                wires.all.push(wire(document, plan, edge, from, to));
            }
        }
        for placed in plan.nodes.iter().filter(|placed| placed.stack.is_some()) {
            wires.fan(placed);
        }
        wires.covering = wires.covering(plan);
        wires
    }

    fn covering(&self, plan: &Plan) -> Vec<NodeId> {
        let is_on_card = |card: &Placed| {
            let others = plan.nodes.iter().filter(|other| other.id != card.id);
            others.into_iter().any(|other| other.rect.touches(&card.rect))
        };
        let cards = plan.nodes.iter();
        let covering = cards
            .filter(|card| is_on_card(card) || self.all.iter().any(|wire| wire.runs_under(card)));
        covering.map(|card| card.id).collect()
    }

    fn fan(&mut self, stream: &Placed) {
        let feeds = |wire: &Wire| wire.into.as_ref().is_some_and(|into| into.id == stream.id);
        let Some(first) = self.all.iter().find(|wire| feeds(wire)) else { return };
        let (trunk, joint) = (first.trunk, first.joint(stream));
        let (highest, lowest) = stream.mouths();
        // Into one mouth all wires turn by themselves.
        let is_single = (lowest - highest).abs() < 0.5;
        for wire in self.all.iter_mut().filter(|wire| feeds(wire)) {
            let mut drawn = wire.knots.clone();
            if is_single {
                drawn.extend([(trunk, joint, MOUTH_CORNER), (trunk + MOUTH_CORNER, joint, 0.0)]);
            } else {
                drawn.push((trunk, joint, 0.0));
            }
            wire.route = Route::new(&drawn);
        }
        let mut branch = |(x, y): (f64, f64)| {
            let begin = if is_single { trunk + MOUTH_CORNER } else { trunk };
            let knots = [(begin, joint, 0.0), (begin, y, MOUTH_CORNER), (x, y, 0.0)];
            self.fans.push(Route::new(&knots));
        };
        for row in stream.open() {
            let (x, y) = stream.mouth(Some(row));
            // Two lanes that flow together still have a way in each.
            let apart = row.apart();
            branch((x, y - apart));
            if apart > 0.0 {
                branch((x, y + apart));
            }
        }
        if stream.is_strip() {
            branch(stream.mouth(None));
        }
    }

    pub(crate) fn wire(&self, edge: EdgeId) -> Option<&Wire> {
        let idx = self.all.binary_search_by_key(&edge, |wire| wire.edge).ok()?;
        self.all.get(idx)
    }
}

impl Wire {
    /// The whole way into a lane, or into a heat strip.
    pub(crate) fn route_into(&self, stream: &Placed, row: Option<&Row>) -> Route {
        let (x, y) = stream.mouth(row);
        let mut knots = self.knots.clone();
        knots.push((self.trunk, y, MOUTH_CORNER));
        knots.push((x, y, 0.0));
        Route::new(&knots)
    }

    /// Whether a card that it neither leaves nor reaches lies on it.
    pub(crate) fn runs_under(&self, card: &Placed) -> bool {
        let is_own = self.ends.contains(&card.id);
        let inner = card.rect.grown(-1.0);
        let mut pieces = self.knots.windows(2);
        let point = |knot: &Knot| (knot.0, knot.1);
        !is_own
            && pieces.any(|piece| {
                let piece = Rect::between(point(&piece[0]), point(&piece[1]));
                piece.grown(0.5).touches(&inner)
            })
    }

    /// How long records are seen on it.
    pub(crate) fn length(&self) -> f64 {
        self.route.length() + if self.into.is_some() { TRUNK } else { 0.0 }
    }

    /// The height at which it meets the trunk in front of the mouths.
    fn joint(&self, stream: &Placed) -> f64 {
        let (first, last) = stream.mouths();
        self.knots.last().map_or(first, |(_, y, _)| y.max(first).min(last))
    }
}

fn wire(document: &Document, plan: &Plan, edge: &Edge, from: &Placed, to: &Placed) -> Wire {
    let traffic = traffic(document, edge);
    if to.stack.is_some() {
        return feeder(document, plan, edge, (from, to), traffic);
    }
    let side = side(plan, from, to);
    let knots = match side {
        Side::Right => across(document, plan, edge, from, to),
        Side::Bottom => down(document, plan, edge, from, to),
    };
    let reads = from.stack.is_some().then(|| from.clone());
    let route = Route::new(&knots);
    let ends = [from.id, to.id];
    Wire { edge: edge.id, ends, traffic, knots, route, into: None, reads, trunk: 0.0 }
}

fn ports_of(document: &Document, placed: &Placed) -> &'static [Port] {
    document.node(placed.id).map_or(&[], |node| node.spec().ports)
}

fn traffic(document: &Document, edge: &Edge) -> Traffic {
    let port = |id, name: &str| document.node(id).and_then(|node| node.spec().port(name));
    let ends = (port(edge.from.node, &edge.from.port), port(edge.to.node, &edge.to.port));
    let (Some(from), Some(to)) = ends else { return Traffic::Put };
    let both = |flow| from.flows.contains(&flow) && to.flows.contains(&flow);
    if both(Flow::Deliver) {
        let is_aside = from.name == ASIDE && !is_staged(document, edge.from.node);
        if is_aside { Traffic::Aside } else { Traffic::Deliver }
    } else if both(Flow::Read) {
        Traffic::Read
    } else {
        Traffic::Put
    }
}

/// Whether what a part delivers goes through a bucket first: a target that copies out of it.
#[inline(never)]
fn is_staged(document: &Document, id: NodeId) -> bool {
    document.edges_from(id).any(|edge| {
        let to = document.node(edge.to.node).and_then(|node| node.spec().port(&edge.to.port));
        to.is_some_and(|port| port.flows.contains(&Flow::Copy))
    })
}

/// A wire into lanes, up to the trunk.
fn feeder(
    document: &Document,
    plan: &Plan,
    edge: &Edge,
    (from, to): (&Placed, &Placed),
    traffic: Traffic,
) -> Wire {
    let reach = if plan.narrow { TRUNK_NARROW } else { TRUNK };
    let trunk = to.rect.x - reach;
    let (x, y) = from.port(ports_of(document, from), &edge.from.port, plan.narrow);
    let (first, last) = to.mouths();
    let mut knots = vec![(x, y, 0.0)];
    if plan.narrow {
        let channel = to.rect.y - TRUNK_NARROW;
        if is_blocked(plan, from, to, (x, y), (x, channel)) {
            let lane = plan.bounds().x - LANE_NARROW;
            let above = y + TURN_NARROW;
            knots.extend([(x, above, MOUTH_CORNER), (lane, above, MOUTH_CORNER)]);
            knots.extend([(lane, channel, MOUTH_CORNER), (trunk, channel, MOUTH_CORNER)]);
        } else {
            knots.extend([(x, channel, MOUTH_CORNER), (trunk, channel, MOUTH_CORNER)]);
        }
    } else if x > trunk || is_blocked(plan, from, to, (x, y), (trunk, y)) {
        let channel = channel(from, to);
        knots.extend([(x + STUB, y, CORNER), (x + STUB, channel, CORNER)]);
        knots.push((trunk, channel, CORNER));
    } else {
        let corner = if (first..=last).contains(&y) { 0.0 } else { CORNER };
        knots.push((trunk, y, corner));
    }
    let route = Route::new(&knots);
    let (ends, into) = ([from.id, to.id], Some(to.clone()));
    Wire { edge: edge.id, ends, traffic, knots, route, into, reads: None, trunk }
}

/// A height between two cards that overlap sideways, or below both.
fn channel(from: &Placed, to: &Placed) -> f64 {
    let (a, b) = (from.rect, to.rect);
    if a.y >= b.bottom() + STUB {
        (a.y + b.bottom()) / 2.0
    } else if b.y >= a.bottom() + STUB {
        (b.y + a.bottom()) / 2.0
    } else {
        a.bottom().max(b.bottom()) + STUB
    }
}

/// Right when the other card stands to the right, else the bottom when it stands below.
fn side(plan: &Plan, from: &Placed, to: &Placed) -> Side {
    let is_right = to.rect.x >= from.rect.right() + 16.0;
    let is_below = to.rect.y >= from.rect.bottom() + 16.0;
    if plan.narrow || (!is_right && is_below) { Side::Bottom } else { Side::Right }
}

/// The neighbours of a wire on its side: how many go before it, and how many there are.
fn rank(document: &Document, plan: &Plan, edge: &Edge, from: &Placed, on: Side) -> (usize, usize) {
    let position = |id| plan.node(id).map(|placed| placed.rect.center()).unwrap_or_default();
    let key = |edge: &Edge| {
        let (x, y) = position(edge.to.node);
        if on == Side::Right { y } else { x }
    };
    let mine = (key(edge), edge.id);
    let mut before = 0;
    let mut count = 0;
    for other in document.edges_from(from.id) {
        let Some(to) = plan.node(other.to.node) else { continue };
        if to.stack.is_some() || side(plan, from, to) != on {
            continue;
        }
        count += 1;
        if (key(other), other.id) < mine {
            before += 1;
        }
    }
    (before, count)
}

/// Where a wire leaves a side of length `long`: level with `wanted` if its neighbours allow it.
fn departure(wanted: f64, (before, count): (usize, usize), start: f64, long: f64) -> f64 {
    let gap = SPREAD.min(long / (num::len(count) + 1.0));
    let first = start + gap * (num::len(before) + 0.5);
    let last = start + long - gap * (num::len(count - before.min(count)) - 0.5);
    wanted.max(first.min(last)).min(last.max(first))
}

fn across(document: &Document, plan: &Plan, edge: &Edge, from: &Placed, to: &Placed) -> Vec<Knot> {
    let (target_x, target_y) = to.port(ports_of(document, to), &edge.to.port, false);
    let (x, mut y) = from.port(ports_of(document, from), &edge.from.port, false);
    let (before, count) = rank(document, plan, edge, from, Side::Right);
    if from.stack.is_some() {
        let (top, long) = (from.rect.y + 30.0, from.rect.h - 36.0);
        y = departure(target_y, (before, count), top, long);
    }
    if (y - target_y).abs() < 0.5 && !is_blocked(plan, from, to, (x, y), (target_x, y)) {
        return vec![(x, y, 0.0), (target_x, target_y, 0.0)];
    }
    // Outer wires turn first, so that neighbours do not cross.
    let order = if target_y > y { count - 1 - before.min(count - 1) } else { before };
    let shift = 8.0 * num::len(order);
    let middle = ((x + target_x) / 2.0).max(target_x - 60.0);
    let candidates = [middle + shift, target_x - STUB - shift, x + STUB + shift, middle];
    for turn in candidates {
        let turn = turn.min(target_x - 8.0).max(x + 8.0);
        let path = [(x, y), (turn, y), (turn, target_y), (target_x, target_y)];
        if target_x > x + 16.0 && is_free(plan, from, to, &path) {
            return rounded(&path);
        }
    }
    detour(plan, from, to, (x, y), (target_x, target_y))
}

/// Around what stands between, over the nearest free height.
#[inline(never)]
fn detour(
    plan: &Plan,
    from: &Placed,
    to: &Placed,
    (x, y): (f64, f64),
    (target_x, target_y): (f64, f64),
) -> Vec<Knot> {
    let (out, back) = (x + STUB, target_x - STUB);
    let path = |channel: f64| {
        [(x, y), (out, y), (out, channel), (back, channel), (back, target_y), (target_x, target_y)]
    };
    let middle = (y + target_y) / 2.0;
    let edges = plan.nodes.iter().flat_map(|it| [it.rect.y - STUB, it.rect.bottom() + STUB]);
    let mut heights: Vec<f64> = edges.collect();
    base::order::sort_by(&mut heights[..], |a, b| {
        (a - middle).abs().total_cmp(&(b - middle).abs())
    });
    let free = heights.into_iter().take(64).find(|height| is_free(plan, from, to, &path(*height)));
    rounded(&path(free.unwrap_or_else(|| channel(from, to))))
}

fn down(document: &Document, plan: &Plan, edge: &Edge, from: &Placed, to: &Placed) -> Vec<Knot> {
    let target = to.rect.center().0.round();
    let x = if from.stack.is_some() || plan.narrow {
        let rank = rank(document, plan, edge, from, Side::Bottom);
        departure(target, rank, from.rect.x + 12.0, from.rect.w - 24.0)
    } else {
        let span = (from.rect.x + 20.0, from.rect.right() - 20.0);
        from.rect.center().0.round().max(span.0.min(span.1)).min(span.1.max(span.0))
    };
    let (top, bottom) = (from.rect.bottom(), to.rect.y);
    // A straight line is better than the exact middle.
    let inside = x >= to.rect.x + 20.0 && x <= to.rect.right() - 20.0;
    let end = if inside { x } else { target };
    if plan.narrow && is_blocked(plan, from, to, (end, top), (end, bottom)) {
        let lane = plan.bounds().right() + LANE_NARROW;
        let (above, below) = (top + TURN_NARROW, bottom - TURN_NARROW);
        let around = [(x, above), (lane, above), (lane, below), (end, below)];
        let mut path = vec![(x, top)];
        path.extend(around);
        path.push((end, bottom));
        return rounded(&path);
    }
    if inside {
        return vec![(x, top, 0.0), (x, bottom, 0.0)];
    }
    let turn = if bottom > top { (top + bottom) / 2.0 } else { top + STUB };
    rounded(&[(x, top), (x, turn), (target, turn), (target, bottom)])
}

fn rounded(path: &[(f64, f64)]) -> Vec<Knot> {
    let last = path.len() - 1;
    let radius = |idx: usize| if idx == 0 || idx == last { 0.0 } else { CORNER };
    path.iter().enumerate().map(|(idx, (x, y))| (*x, *y, radius(idx))).collect()
}

fn is_free(plan: &Plan, from: &Placed, to: &Placed, path: &[(f64, f64)]) -> bool {
    path.windows(2).all(|pair| !is_blocked(plan, from, to, pair[0], pair[1]))
}

/// Whether a straight piece runs through a card.
fn is_blocked(plan: &Plan, from: &Placed, to: &Placed, a: (f64, f64), b: (f64, f64)) -> bool {
    let piece = Rect::between(a, b).grown(0.5);
    plan.nodes.iter().any(|placed| {
        let own = placed.id == from.id || placed.id == to.id;
        placed.rect.grown(if own { -1.0 } else { 6.0 }).touches(&piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{layout, sample};

    #[test]
    fn wires_of_a_tidy_diagram_stay_outside_of_cards() {
        let mut document = sample::hot_key();
        outside(&document);
        for (idx, (_, at)) in layout::tidy(&document).into_iter().enumerate() {
            std::sync::Arc::make_mut(&mut document.nodes[idx]).at = at;
        }
        outside(&document);
    }

    fn outside(document: &Document) {
        let plan = Plan::wide(document);
        let wires = Wires::of(document, &plan);
        assert_eq!(wires.all.len(), document.edges.len());
        let routes = wires.all.iter().map(|wire| &wire.route).chain(&wires.fans);
        for route in routes {
            let steps = num::whole(route.length());
            for step in 0..steps {
                let point = route.at(num::len(step));
                let inside = plan.nodes.iter().find(|it| it.rect.grown(-1.0).contains(point));
                assert_eq!(inside.map(|it| it.id), None, "{point:?} lies in a card");
            }
        }
    }

    #[test]
    fn wires_of_a_narrow_diagram_run_beside_cards_on_their_way() {
        let mut document = sample::hot_key();
        // A second stream below the first, with a source and a reader of its own.
        let mut twin = (*document.nodes[2]).clone();
        (twin.id, twin.name) = (NodeId(7), "twin".to_owned());
        document.nodes.push(std::sync::Arc::new(twin));
        std::sync::Arc::make_mut(&mut document.edges[1]).to.node = NodeId(7);
        std::sync::Arc::make_mut(&mut document.edges[4]).from.node = NodeId(7);
        let plan = Plan::narrow(&document);
        let rect = |id| plan.node(NodeId(id)).map(|placed| placed.rect).unwrap_or_default();
        assert!(rect(7).y > rect(3).bottom());
        let wires = Wires::of(&document, &plan);
        for card in &plan.nodes {
            let under: Vec<_> = wires.all.iter().filter(|wire| wire.runs_under(card)).collect();
            assert!(under.is_empty(), "{} lies on {:?}", card.id, under[0].edge);
        }
        let (left, right) = (plan.bounds().x, plan.bounds().right());
        let steps = wires.all.iter().flat_map(|wire| (0..400).map(|at| wire.route.at(at.into()).0));
        let (low, high) = steps.fold((left, right), |(a, b), x| (a.min(x), b.max(x)));
        assert!(low >= 0.0 && high <= 390.0, "a phone shows wires from {low} to {high}");
    }

    #[test]
    fn every_lane_has_a_way_in() {
        let document = sample::hot_key();
        let plan = Plan::wide(&document);
        let wires = Wires::of(&document, &plan);
        let feeders: Vec<_> = wires.all.iter().filter(|wire| wire.into.is_some()).collect();
        assert_eq!(feeders.len(), 2);
        for wire in feeders {
            let stream = wire.into.clone().unwrap();
            assert_eq!(stream.open().count(), 4);
            for row in stream.open() {
                let end = wire.route_into(&stream, Some(row)).at(1e9);
                assert_eq!(end, stream.mouth(Some(row)));
            }
        }
    }
}
