//! What a person looks at: camera, selection, hover. Owned by the session, read here.

use base::{EdgeId, NodeId};

/// World to screen: `screen = world * scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// CSS pixels per world unit, 0.1 to 4.
    pub scale: f64,
    /// Screen position of the world origin.
    pub x: f64,
    /// Screen position of the world origin.
    pub y: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { scale: 1.0, x: 0.0, y: 0.0 }
    }
}

impl Camera {
    /// A world point on the screen.
    #[must_use]
    pub fn screen_from_world(&self, world: (f64, f64)) -> (f64, f64) {
        (world.0 * self.scale + self.x, world.1 * self.scale + self.y)
    }

    /// A screen point in the world.
    #[must_use]
    pub fn world_from_screen(&self, screen: (f64, f64)) -> (f64, f64) {
        ((screen.0 - self.x) / self.scale, (screen.1 - self.y) / self.scale)
    }
}

/// What is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Nodes, ascending.
    pub nodes: Vec<NodeId>,
    /// Edges, ascending.
    pub edges: Vec<EdgeId>,
}

/// What is under the pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hover {
    /// Nothing.
    #[default]
    Nothing,
    /// A card.
    Node(NodeId),
    /// A port of a card.
    Port(NodeId, &'static str),
    /// A wire.
    Edge(EdgeId),
    /// A lane of a stream (shard index).
    Lane(NodeId, u32),
}

/// A wire being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Connecting {
    /// Where it starts.
    pub node: NodeId,
    /// Its port.
    pub port: &'static str,
    /// Its loose end, in world units.
    pub to: (f64, f64),
    /// Ports it may end at.
    pub legal: Vec<(NodeId, &'static str)>,
    /// The port it snapped to.
    pub target: Option<(NodeId, &'static str)>,
    /// Why the node under the pointer refuses.
    pub refusal: Option<String>,
}

/// Everything about the view that a picture depends on.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// World to screen.
    pub camera: Camera,
    /// Canvas size in CSS pixels.
    pub size: (f64, f64),
    /// Selected things.
    pub selection: Selection,
    /// Under the pointer.
    pub hover: Hover,
    /// Marquee in world units: corner, opposite corner.
    pub marquee: Option<((f64, f64), (f64, f64))>,
    /// A wire being drawn.
    pub connecting: Option<Connecting>,
    /// Alignment guides: vertical lines at x, horizontal lines at y, in world units.
    pub guides: (Vec<f64>, Vec<f64>),
    /// The snap grid is shown (while dragging).
    pub grid: bool,
    /// Simulated microseconds a record takes along a wire: 600 ms of screen time at any speed.
    pub transit_micros: u64,
    /// No bounces, records in half-second steps.
    pub reduced_motion: bool,
    /// Nodes with errors: a border and the words of the first.
    pub invalid: Vec<(NodeId, String)>,
    /// Narrow screens use vertical flow.
    pub narrow: bool,
}
