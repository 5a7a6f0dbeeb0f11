//! What a person looks at: camera, selection, hover. Owned by the session, read here.

use base::{EdgeId, NodeId};

use crate::geometry::Rect;

/// Smallest zoom.
pub const SCALE_MIN: f64 = 0.1;
/// Largest zoom.
pub const SCALE_MAX: f64 = 4.0;

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

/// The camera that shows all of `bounds` in the middle of a canvas, `margin` pixels from its edges;
/// never larger than life.
#[must_use]
pub fn fit(bounds: Rect, size: (f64, f64), margin: f64) -> Camera {
    let room = |pixels: f64, units: f64| (pixels - 2.0 * margin).max(1.0) / units.max(1.0);
    let scale = room(size.0, bounds.w).min(room(size.1, bounds.h)).clamp(SCALE_MIN, 1.0);
    let (x, y) = bounds.center();
    Camera { scale, x: size.0 / 2.0 - x * scale, y: size.1 / 2.0 - y * scale }
}

/// The camera zoomed by `factor`, keeping what is under `point_in_screen` there; 10 % to 400 %.
#[must_use]
pub fn zoom_at(camera: Camera, point_in_screen: (f64, f64), factor: f64) -> Camera {
    let scale = (camera.scale * factor).clamp(SCALE_MIN, SCALE_MAX);
    let world = camera.world_from_screen(point_in_screen);
    let (x, y) = (point_in_screen.0 - world.0 * scale, point_in_screen.1 - world.1 * scale);
    Camera { scale, x, y }
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
    /// The switch between the two times of a query.
    Times(NodeId),
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
    /// Lanes are as high as their hash range is wide.
    pub true_heights: bool,
    /// The lane that was chosen (shard index).
    pub lane: Option<(NodeId, u32)>,
    /// Queries of which the other of their two times is shown, ascending.
    pub other_time: Vec<NodeId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_and_its_bounds() {
        let camera = Camera { scale: 1.0, x: 20.0, y: -30.0 };
        let point = (300.0, 200.0);
        let near = zoom_at(camera, point, 2.0);
        let moved = near.screen_from_world(camera.world_from_screen(point));
        assert!((moved.0 - point.0).abs() < 1e-9 && (moved.1 - point.1).abs() < 1e-9);
        assert_eq!(zoom_at(camera, point, 1e9).scale, SCALE_MAX);
        assert_eq!(zoom_at(camera, point, 1e-9).scale, SCALE_MIN);
    }

    #[test]
    fn fitting_shows_everything() {
        let bounds = Rect { x: -500.0, y: 40.0, w: 3_000.0, h: 700.0 };
        let camera = fit(bounds, (912.0, 636.0), 16.0);
        let (left, top) = camera.screen_from_world((bounds.x, bounds.y));
        let (right, bottom) = camera.screen_from_world((bounds.right(), bounds.bottom()));
        assert!(left >= 15.9 && top >= 15.9 && right <= 896.1 && bottom <= 620.1);
    }
}
