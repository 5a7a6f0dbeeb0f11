//! Where everything stands: cards, lanes and ports in world units.
//!
//! Sizes come from the document alone, so nothing moves while a run shows more or fewer things.

use base::NodeId;
use scenario::document::{Document, Node};
use scenario::ports::{Direction, Port};
use scenario::script::Action;
use serde_json::Value;

use crate::layout;
use crate::num;

/// Height of the header and the axis row above the lanes.
pub const LANES_TOP: f64 = 44.0;
/// Height of a lane.
pub const LANE: f64 = 34.0;
/// From the top of a lane to the middle of its bed.
pub const BED: f64 = 19.5;
/// More lanes than this are drawn as a heat strip.
pub const LANES_MAX: u32 = 32;
/// Height of a row of the heat strip.
pub const STRIP_ROW: f64 = 3.0;
/// A heat strip has at most this many rows; beyond that a row stands for several shards.
pub const STRIP_ROWS_MAX: u32 = 160;
/// Height of a compact card.
pub const COMPACT: f64 = 36.0;
/// Width of a stream on a narrow screen.
pub const NARROW_STREAM: f64 = 340.0;

/// A screen this many times wider than high is low, when it has room for sources at the side.
const LOW: f64 = 1.5;
const LOW_WIDTH: f64 = 480.0;

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Whose.
    pub id: NodeId,
    /// Where.
    pub rect: Rect,
    /// Rows for lanes; zero for everything that has none.
    pub lanes: u32,
}

/// All cards of a document in their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Ascending by id, as in the document.
    pub nodes: Vec<Placed>,
    /// Vertical flow: wires go from top to bottom.
    pub narrow: bool,
    /// Cards without lanes show a name and one value.
    pub compact: bool,
}

impl Plan {
    /// As the person arranged it.
    #[must_use]
    pub fn wide(document: &Document) -> Self {
        let place = |node: &Node| Placed {
            id: node.id,
            rect: node_rect(document, node),
            lanes: lanes(document, node),
        };
        let nodes = document.nodes.iter().map(|node| place(node)).collect();
        Self { nodes, narrow: false, compact: false }
    }

    /// In vertical flow for narrow screens.
    #[must_use]
    pub fn narrow(document: &Document) -> Self {
        Self::compact(document, layout::narrow_rects(document), true)
    }

    /// For low screens, such as an embed: sources beside the stream, all that follows below it.
    #[must_use]
    pub fn low(document: &Document) -> Self {
        Self::compact(document, layout::low_rects(document), false)
    }

    fn compact(document: &Document, rects: Vec<Rect>, narrow: bool) -> Self {
        let place = |(node, rect): (&std::sync::Arc<Node>, Rect)| Placed {
            id: node.id,
            rect,
            lanes: lanes(document, node),
        };
        let nodes = document.nodes.iter().zip(rects).map(place).collect();
        Self { nodes, narrow, compact: true }
    }

    /// As the view shows it.
    #[must_use]
    pub fn of(document: &Document, view: &crate::View) -> Self {
        let is_low = view.size.0 >= LOW_WIDTH.max(LOW * view.size.1);
        match view.narrow {
            true if is_low => Self::low(document),
            true => Self::narrow(document),
            false => Self::wide(document),
        }
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
    /// Where the handle of a port is: inputs on the left, outputs on the right; on a narrow
    /// screen at the top and the bottom. Several on one side share it evenly.
    #[must_use]
    pub fn port(&self, ports: &[Port], name: &str, narrow: bool) -> (f64, f64) {
        let direction = ports.iter().find(|port| port.name == name).map(|port| port.direction);
        let beside: Vec<&Port> =
            ports.iter().filter(|port| Some(port.direction) == direction).collect();
        let at = beside.iter().position(|port| port.name == name).unwrap_or(0);
        let share = num::len(at + 1) / num::len(beside.len() + 1);
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
        self.lanes > LANES_MAX
    }

    /// Rows the lanes are drawn in.
    #[must_use]
    pub fn rows(&self) -> u32 {
        if self.is_strip() { self.lanes.min(STRIP_ROWS_MAX) } else { self.lanes }
    }

    /// The place of a row.
    #[must_use]
    pub fn row(&self, row: u32) -> Rect {
        let Rect { x, y, w, .. } = self.rect;
        let (top, h) = if self.is_strip() { (8.0, STRIP_ROW) } else { (0.0, LANE) };
        Rect { x, y: y + LANES_TOP + top + h * f64::from(row), w, h }
    }

    /// Where records enter a row: on its left edge, at the height of its bed.
    #[must_use]
    pub fn mouth(&self, row: u32) -> (f64, f64) {
        let rect = self.row(row);
        (rect.x, rect.y + if self.is_strip() { STRIP_ROW / 2.0 } else { BED })
    }

    /// The row of a shard that stands at `position` of `count` open shards.
    #[must_use]
    pub fn row_at(&self, position: usize, count: usize) -> u32 {
        let rows = self.rows().max(1);
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        if count <= rows {
            return position.min(rows - 1);
        }
        let row = u64::from(position) * u64::from(rows) / u64::from(count);
        u32::try_from(row).unwrap_or(0).min(rows - 1)
    }
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

/// Width and height of a card: that of its kind, and room for its lanes.
#[must_use]
pub fn node_size(document: &Document, node: &Node) -> (f64, f64) {
    let (w, h) = node.spec().size;
    (f64::from(w), f64::from(h) + lanes_height(lanes(document, node)))
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
    Some(Placed { id: node.id, rect, lanes: 0 }.port(ports, port, false))
}

/// The rectangle around all cards as the person placed them.
#[must_use]
pub fn bounds(document: &Document) -> Rect {
    Plan::wide(document).bounds()
}

/// Height of so many lanes.
#[must_use]
pub fn lanes_height(lanes: u32) -> f64 {
    if lanes > LANES_MAX {
        STRIP_ROW * f64::from(lanes.min(STRIP_ROWS_MAX)) + 16.0
    } else {
        LANE * f64::from(lanes)
    }
}

/// A world point as the document keeps it.
#[must_use]
pub fn to_point(world: (f64, f64)) -> scenario::document::Point {
    scenario::document::Point { x: num::grid(world.0), y: num::grid(world.1) }
}
