//! Where everything stands: cards, lanes and ports in world units.
//!
//! Sizes come from the document, so nothing moves while a run shows more or fewer things. Only
//! streams are as high as their shards need at this moment; what stands below gives way.

use std::rc::Rc;

use base::NodeId;
use engine::Snapshot;
use scenario::document::{Document, Node};
use scenario::kind::Config;
use scenario::ports::{Direction, Port};
use scenario::script::Action;
use serde_json::Value;

use crate::stack::{Row, Stack};
use crate::{View, hit, layout, num};

/// Height of the header and the axis row above the lanes.
pub const LANES_TOP: f64 = 44.0;
/// Height of a lane.
pub const LANE: f64 = 34.0;
/// From the top of a lane to the middle of its bed.
pub const BED: f64 = 19.5;
/// Height of the row of a worker.
pub const HOLDER_ROW: f64 = 26.0;
/// Rows for workers in the height of a kind.
const HOLDER_ROWS: u32 = 2;
/// Most rows for workers a card has.
const HOLDERS_MAX: u32 = 4;
/// Height of the function beside a buffer.
pub const FUNCTION: f64 = 68.0;
/// Height of a compact card.
pub const COMPACT: f64 = 36.0;
/// Width of a stream on a narrow screen.
pub const NARROW_STREAM: f64 = 340.0;

/// The port to a bucket beside the destination, and where it stands.
pub(crate) const ASIDE: &str = "bucket";
const ASIDE_SHARE: f64 = 0.86;

/// A screen this many times wider than high is low, when it has room for sources at the side.
const LOW: f64 = 1.5;
const LOW_WIDTH: f64 = 480.0;
/// Between a stream that grew and the card below it, unless they stood closer before.
const GAP: f64 = 24.0;

/// An axis-parallel rectangle in world units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// From two opposite corners, in any order.
    #[must_use]
    pub fn between(a: (f64, f64), b: (f64, f64)) -> Self {
        let (x, y) = (a.0.min(b.0), a.1.min(b.1));
        Self { x, y, w: (a.0 - b.0).abs(), h: (a.1 - b.1).abs() }
    }

    /// The right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// The bottom edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The middle.
    #[must_use]
    pub fn center(&self) -> (f64, f64) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether a point lies inside or on the border.
    #[must_use]
    pub fn contains(&self, point: (f64, f64)) -> bool {
        (self.x..=self.right()).contains(&point.0) && (self.y..=self.bottom()).contains(&point.1)
    }

    /// Whether the two share more than a border.
    #[must_use]
    pub fn touches(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self { x, y, w: right - x, h: bottom - y }
    }

    /// The same middle, larger by `margin` on every side; smaller when negative.
    #[must_use]
    pub fn grown(&self, margin: f64) -> Self {
        let (w, h) = (self.w + 2.0 * margin, self.h + 2.0 * margin);
        Self { x: self.x - margin, y: self.y - margin, w, h }
    }
}

/// One card in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Whose.
    pub id: NodeId,
    /// Where.
    pub rect: Rect,
    /// Rows for lanes; none for everything but streams.
    pub stack: Option<Rc<Stack>>,
}

/// All cards of a document in their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Ascending by id, as in the document.
    pub nodes: Vec<Placed>,
    /// Vertical flow: wires go from top to bottom.
    pub narrow: bool,
    /// Cards without lanes or windows show a name and one value.
    pub compact: bool,
}

impl Plan {
    /// As the person arranged it, with room for the shards that settings or script ever ask for.
    #[must_use]
    pub fn wide(document: &Document) -> Self {
        Self::arranged(document, &planned(document))
    }

    fn arranged(document: &Document, stacks: &[Option<Rc<Stack>>]) -> Self {
        let place = |(node, stack): (&std::sync::Arc<Node>, &Option<Rc<Stack>>)| {
            let mut rect = node_rect(document, node);
            rect.h = stack.as_ref().map_or(rect.h, |stack| stack.height);
            Placed { id: node.id, rect, stack: stack.clone() }
        };
        let nodes = document.nodes.iter().zip(stacks).map(place).collect();
        Self { nodes, narrow: false, compact: false }
    }

    /// In vertical flow for narrow screens.
    #[must_use]
    pub fn narrow(document: &Document) -> Self {
        Self::flowing(document, planned(document), true)
    }

    /// For low screens, such as an embed: sources beside the stream, all that follows below it.
    #[must_use]
    pub fn low(document: &Document) -> Self {
        Self::flowing(document, planned(document), false)
    }

    fn flowing(document: &Document, stacks: Vec<Option<Rc<Stack>>>, narrow: bool) -> Self {
        let height = |(node, stack): (&std::sync::Arc<Node>, &Option<Rc<Stack>>)| match stack {
            Some(stack) => stack.height,
            // On a low screen a query would leave no room for the others.
            None if narrow => narrow_height(document, node),
            None => 0.0,
        };
        let heights: Vec<f64> = document.nodes.iter().zip(&stacks).map(height).collect();
        let rects = if narrow {
            layout::narrow_rects(document, &heights)
        } else {
            layout::low_rects(document, &heights)
        };
        let place = |((node, rect), stack): ((&std::sync::Arc<Node>, Rect), Option<Rc<Stack>>)| {
            Placed { id: node.id, rect, stack }
        };
        let nodes = document.nodes.iter().zip(rects).zip(stacks).map(place).collect();
        Self { nodes, narrow, compact: true }
    }

    /// As the view shows a moment of the run: streams have the rows their shards need.
    #[must_use]
    pub fn of(document: &Document, snapshot: &Snapshot, view: &View) -> Self {
        let is_low = view.size.0 >= LOW_WIDTH.max(LOW * view.size.1);
        let stack = |node: &std::sync::Arc<Node>| {
            let lanes = node.config.lanes();
            let width = match view.narrow {
                true => NARROW_STREAM,
                false => f64::from(node.spec().size.0),
            };
            let seen = hit::node(snapshot, node.id).and_then(hit::lanes);
            let stack = match seen.filter(|seen| !seen.lanes.is_empty()) {
                Some(seen) => Stack::of(seen, snapshot.now, view, width),
                None => Stack::planned(lanes, width),
            };
            (lanes > 0).then(|| Rc::new(stack))
        };
        let stacks: Vec<Option<Rc<Stack>>> = document.nodes.iter().map(stack).collect();
        if view.narrow {
            return Self::flowing(document, stacks, !is_low);
        }
        let mut plan = Self::arranged(document, &stacks);
        plan.make_room(document);
        plan
    }

    /// Cards below a stream that grew keep their distance from it.
    fn make_room(&mut self, document: &Document) {
        let rest = |(idx, placed): (usize, &Placed)| {
            let lanes = document.nodes[idx].config.lanes();
            let h = placed
                .stack
                .as_ref()
                .map_or(placed.rect.h, |_| Stack::planned(lanes, placed.rect.w).height);
            Rect { h, ..placed.rect }
        };
        let before: Vec<Rect> = self.nodes.iter().enumerate().map(rest).collect();
        if self.nodes.iter().zip(&before).all(|(placed, rect)| placed.rect.h <= rect.h) {
            return;
        }
        let mut order: Vec<usize> = (0..before.len()).collect();
        base::order::sort_by(&mut order[..], |a, b| before[*a].y.total_cmp(&before[*b].y));
        for (place, &idx) in order.iter().enumerate() {
            let own = before[idx];
            for &above in &order[..place] {
                let gap = own.y - before[above].bottom();
                let is_beside = own.x >= before[above].right() || before[above].x >= own.right();
                if gap >= 0.0 && !is_beside {
                    let lowest = self.nodes[above].rect.bottom() + gap.min(GAP);
                    let rect = &mut self.nodes[idx].rect;
                    rect.y = rect.y.max(lowest);
                }
            }
        }
    }

    /// Positions of cards from the lowest to the topmost: as in the document, selected ones last.
    pub fn order<'a>(&'a self, selected: &'a [NodeId]) -> impl DoubleEndedIterator<Item = usize> {
        let is_selected = |idx: &usize| selected.contains(&self.nodes[*idx].id);
        let all = 0..self.nodes.len();
        all.clone()
            .filter(move |idx| !is_selected(idx))
            .chain(all.filter(move |idx| is_selected(idx)))
    }

    /// One card.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Placed> {
        let idx = self.nodes.binary_search_by_key(&id, |placed| placed.id).ok()?;
        self.nodes.get(idx)
    }

    /// The rectangle around all cards; empty at the origin when there are none.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let rects = self.nodes.iter().map(|placed| placed.rect);
        rects.reduce(|a, b| a.union(&b)).unwrap_or_default()
    }
}

impl Placed {
    /// Whether there is room for a name and one value only.
    #[must_use]
    pub(crate) fn is_compact(&self) -> bool {
        self.rect.h <= COMPACT
    }

    /// Where the handle of a port is: inputs on the left, outputs on the right; on a narrow
    /// screen at the top and the bottom. Several on one side share it evenly; the one to a bucket
    /// beside the destination stands apart from them, near the end.
    #[must_use]
    pub fn port(&self, ports: &[Port], name: &str, narrow: bool) -> (f64, f64) {
        let direction = ports.iter().find(|port| port.name == name).map(|port| port.direction);
        let is_beside = |port: &&Port| Some(port.direction) == direction && port.name != ASIDE;
        let beside: Vec<&Port> = ports.iter().filter(is_beside).collect();
        let at = beside.iter().position(|port| port.name == name).unwrap_or(0);
        let share = match name {
            ASIDE => ASIDE_SHARE,
            _ => num::len(at + 1) / num::len(beside.len() + 1),
        };
        let x = (self.rect.x + self.rect.w * share).round();
        let y = (self.rect.y + self.rect.h * share).round();
        match (direction, narrow) {
            (Some(Direction::In), false) => (self.rect.x, y),
            (Some(Direction::In), true) => (x, self.rect.y),
            (_, false) => (self.rect.right(), y),
            (_, true) => (x, self.rect.bottom()),
        }
    }

    /// Whether the lanes are too many to draw one by one.
    #[must_use]
    pub fn is_strip(&self) -> bool {
        self.stack.as_ref().is_some_and(|stack| stack.strip.is_some())
    }

    /// Rows that take records, from top to bottom; none for a heat strip.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.stack.iter().flat_map(|stack| stack.open())
    }

    /// Where records enter a row: on its left edge, at the height of its bed; a heat strip has one
    /// mouth for all.
    #[must_use]
    pub fn mouth(&self, row: Option<&Row>) -> (f64, f64) {
        let bed = row.map_or_else(
            || {
                if self.is_strip() {
                    (LANES_TOP + self.rect.h) / 2.0 - 8.0
                } else {
                    LANES_TOP + BED
                }
            },
            Row::bed,
        );
        (self.rect.x, self.rect.y + bed)
    }

    /// The highest and the lowest mouth.
    #[must_use]
    pub fn mouths(&self) -> (f64, f64) {
        let mut open = self.open();
        let first = open.next();
        let last = open.next_back().or(first);
        (self.mouth(first).1, self.mouth(last).1)
    }
}

/// Room for the shards that settings or script ever ask for, in the order of the nodes.
fn planned(document: &Document) -> Vec<Option<Rc<Stack>>> {
    let stack = |node: &std::sync::Arc<Node>| {
        let lanes = lanes(document, node);
        let width = f64::from(node.spec().size.0);
        (lanes > 0).then(|| Rc::new(Stack::planned(lanes, width)))
    };
    document.nodes.iter().map(stack).collect()
}

/// Lanes a card has room for: as many shards as the settings, or the script, ever ask for.
#[must_use]
pub fn lanes(document: &Document, node: &Node) -> u32 {
    let lanes = node.config.lanes();
    if lanes == 0 {
        return 0;
    }
    let number = |value: Option<&Value>| u32::try_from(value?.as_u64()?).ok();
    let (mut open, mut most) = (lanes, lanes);
    for entry in &document.script {
        open = match &entry.action {
            Action::Set { node: id, fields } if *id == node.id => {
                number(fields.get("shards")).unwrap_or(open)
            }
            Action::Api { body, .. } => match entry.action.stream_called() {
                Some((operation, name)) if name == node.name => match operation {
                    "SplitShard" => open + 1,
                    "MergeShards" => open.saturating_sub(1),
                    "UpdateShardCount" => number(body.get("TargetShardCount")).unwrap_or(open),
                    _ => open,
                },
                _ => open,
            },
            _ => open,
        };
        most = most.max(open);
    }
    most
}

/// Width and height of a card: that of its kind, and room for its lanes, its workers or its
/// function.
#[must_use]
pub fn node_size(document: &Document, node: &Node) -> (f64, f64) {
    let (w, h) = node.spec().size;
    let lanes = lanes(document, node);
    if lanes > 0 {
        return (f64::from(w), Stack::planned(lanes, f64::from(w)).height);
    }
    let rows = node.config.workers().map_or(HOLDER_ROWS, |workers| workers.clamp(1, HOLDERS_MAX));
    let function = if node.config.has_function() { FUNCTION } else { 0.0 };
    (
        f64::from(w),
        f64::from(h) + function + HOLDER_ROW * (f64::from(rows) - f64::from(HOLDER_ROWS)),
    )
}

/// The height of a card that keeps its whole picture on a narrow screen, lanes or windows over
/// time; zero for others.
#[must_use]
pub(crate) fn narrow_height(document: &Document, node: &Node) -> f64 {
    let is_query = matches!(node.config, Config::SqlApplication(_) | Config::FlinkApplication(_));
    let is_wide = is_query || node.config.lanes() > 0;
    if is_wide { node_size(document, node).1 } else { 0.0 }
}

/// The card of a node as the person placed it.
#[must_use]
pub fn node_rect(document: &Document, node: &Node) -> Rect {
    let (w, h) = node_size(document, node);
    Rect { x: f64::from(node.at.x), y: f64::from(node.at.y), w, h }
}

/// The handle of a port of a card as the person placed it.
#[must_use]
pub fn port_point(document: &Document, node: &Node, port: &str) -> Option<(f64, f64)> {
    let ports = node.spec().ports;
    node.spec().port(port)?;
    let rect = node_rect(document, node);
    Some(Placed { id: node.id, rect, stack: None }.port(ports, port, false))
}

/// The rectangle around all cards as the person placed them.
#[must_use]
pub fn bounds(document: &Document) -> Rect {
    Plan::wide(document).bounds()
}

/// A world point as the document keeps it.
#[must_use]
pub fn to_point(world: (f64, f64)) -> scenario::document::Point {
    scenario::document::Point { x: num::grid(world.0), y: num::grid(world.1) }
}
