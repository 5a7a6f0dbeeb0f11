//! Camera and selection: what never makes a step of the history.

use base::{EdgeId, NodeId};
use scene::{Camera, Plan, Rect, Selection};

use crate::message::Keys;
use crate::session::Session;

/// Factor of one step of zoom.
pub(crate) const ZOOM_STEP: f64 = 1.25;
/// Pixels of wheel that double the scale.
const WHEEL_PIXELS: f64 = 300.0;
/// Free pixels beside everything after a fit.
const FIT_MARGIN: f64 = 16.0;
/// The same on a narrow screen, on all four sides.
const FIT_MARGIN_NARROW: f64 = 12.0;
/// Texts of a smaller picture cannot be read on a phone: they are 11 pixels high.
const READABLE: f64 = 0.9;
/// Nor smaller ones on a desktop, where cards are read without zooming in.
const READABLE_WIDE: f64 = 0.7;
/// Smaller canvases are no desktop's.
const DESKTOP: (f64, f64) = (800.0, 440.0);
/// Free pixels above: the key bar lies over the top of the canvas.
const FIT_TOP: f64 = 56.0;
/// Free pixels below.
const FIT_BOTTOM: f64 = 8.0;
/// The zoom controls in the lower left corner: their right edge, and their height with the room
/// around it.
const ZOOM: (f64, f64) = (184.0, 58.0);
/// A low picture hangs from the key bar, at most so many pixels deeper, rather than in the middle.
const FIT_DROP_MAX: f64 = 24.0;

/// Everything between the key bar and what is left free below, hanging from the top.
fn fitted(bounds: Rect, (width, height): (f64, f64), bottom: f64) -> Camera {
    let room = height - FIT_TOP - bottom;
    let size = (width, room + 2.0 * FIT_MARGIN);
    let mut camera = scene::view::fit(bounds, size, FIT_MARGIN);
    let drop = (room - bounds.h * camera.scale) / 2.0;
    camera.y += FIT_TOP - FIT_MARGIN - (drop - FIT_DROP_MAX).max(0.0);
    camera
}

impl Session {
    #[inline(never)]
    pub(crate) fn wheel(&mut self, at: (f64, f64), delta: (f64, f64), keys: Keys) {
        if keys.ctrl {
            let factor = (1.0 + delta.1.abs() / WHEEL_PIXELS).clamp(1.0, 2.0);
            let factor = if delta.1 < 0.0 { factor } else { 1.0 / factor };
            self.view.camera = scene::view::zoom_at(self.view.camera, at, factor);
        } else if keys.shift && delta.0 == 0.0 {
            self.pan(-delta.1, 0.0);
        } else {
            self.pan(-delta.0, -delta.1);
        }
    }

    #[inline(never)]
    pub(crate) fn pinch(&mut self, at: (f64, f64), scale: f64, delta: (f64, f64)) {
        self.view.camera = scene::view::zoom_at(self.view.camera, at, scale.clamp(0.1, 10.0));
        self.pan(delta.0, delta.1);
    }

    pub(crate) fn pan(&mut self, dx: f64, dy: f64) {
        self.view.camera.x += dx;
        self.view.camera.y += dy;
    }

    pub(crate) fn zoom_by(&mut self, factor: f64) {
        let middle = (self.view.size.0 / 2.0, self.view.size.1 / 2.0);
        self.view.camera = scene::view::zoom_at(self.view.camera, middle, factor);
    }

    pub(crate) fn resize(&mut self, width: f64, height: f64) {
        let is_first = self.view.size == (0.0, 0.0);
        self.view.size = (width.max(0.0), height.max(0.0));
        // What was in sight as a whole stays so until somebody pans or zooms.
        if is_first || self.fitted == Some(self.view.camera) {
            self.fit();
        }
        self.frame_code();
    }

    pub(crate) fn set_narrow(&mut self, narrow: bool) {
        if self.view.narrow != narrow {
            self.view.narrow = narrow;
            self.fit();
        }
    }

    /// Lanes as high as their hash range is wide, or equal ones.
    pub(crate) fn toggle_heights(&mut self) {
        self.view.true_heights ^= true;
        self.say(match self.view.true_heights {
            true => "Lanes are as high as their hash range is wide",
            false => "Lanes are equally high",
        });
    }

    /// A query by the other of its two times: `ROWTIME`, or the one its data tells.
    #[inline(never)]
    pub(crate) fn other_time(&mut self, node: NodeId) {
        let other = &mut self.view.other_time;
        match other.binary_search(&node) {
            Ok(at) => {
                other.remove(at);
            }
            Err(at) => other.insert(at, node),
        }
        let seen = scene::hit::node(self.run.snapshot(), node).and_then(scene::hit::track);
        if let Some(track) = seen {
            let shown = scene::hit::shown(track, node, &self.view);
            let words = format!("Windows by {}", track.times[shown].name);
            self.say(&words);
        }
    }

    /// Everything in sight that can be read, from the left; an empty canvas begins at its top
    /// left corner.
    pub(crate) fn fit(&mut self) {
        if self.view.size == (0.0, 0.0) {
            return;
        }
        if self.document.nodes.is_empty() {
            self.view.camera = Camera::default();
            return;
        }
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let bounds = plan.bounds();
        let (width, height) = self.view.size;
        if plan.narrow {
            self.fit_narrow(bounds);
            return;
        }
        let mut camera = fitted(bounds, (width, height), FIT_BOTTOM);
        let is_covered = |rect: Rect| {
            let (x, _) = camera.screen_from_world((rect.x, rect.y));
            let (_, bottom) = camera.screen_from_world((rect.x, rect.bottom()));
            x < ZOOM.0 && bottom > height - ZOOM.1
        };
        if !self.view.narrow && plan.nodes.iter().any(|placed| is_covered(placed.rect)) {
            camera = fitted(bounds, (width, height), ZOOM.1);
        }
        let is_desktop = !plan.compact && width >= DESKTOP.0 && height >= DESKTOP.1;
        if is_desktop && camera.scale < READABLE_WIDE {
            camera = Camera {
                scale: READABLE_WIDE,
                x: FIT_MARGIN - bounds.x * READABLE_WIDE,
                y: FIT_TOP - bounds.y * READABLE_WIDE,
            };
        }
        self.view.camera = camera;
        self.fitted = Some(camera);
    }

    /// All of it, or its upper part in the whole width where all would be too small to read.
    fn fit_narrow(&mut self, bounds: Rect) {
        let (width, height) = self.view.size;
        let mut camera = scene::view::fit(bounds, (width, height), FIT_MARGIN_NARROW);
        if camera.scale < READABLE {
            camera = scene::view::fit(bounds, (width, f64::INFINITY), FIT_MARGIN_NARROW);
            camera.y = FIT_MARGIN_NARROW - bounds.y * camera.scale;
        }
        self.view.camera = camera;
        self.fitted = Some(camera);
    }

    /// While a script is edited, its part stands in what the editor leaves of the canvas.
    #[inline(never)]
    pub(crate) fn frame_code(&mut self) {
        let Some(node) = self.code_node() else { return };
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let Some(Rect { x, y, w, h }) = plan.node(node).map(|placed| placed.rect) else { return };
        let (width, height) = self.view.size;
        let room = (height - FIT_TOP - FIT_MARGIN).max(1.0);
        let scale = (room / h).clamp(READABLE_WIDE / 2.0, 1.0);
        let x = width / 2.0 - (x + w / 2.0) * scale;
        self.view.camera = Camera { scale, x, y: FIT_TOP - y * scale };
    }

    pub(crate) fn look_at(&mut self, x: f64, y: f64) {
        let camera = &mut self.view.camera;
        camera.x = self.view.size.0 / 2.0 - x * camera.scale;
        camera.y = self.view.size.1 / 2.0 - y * camera.scale;
    }

    /// Moves the camera just enough to show a card.
    pub(crate) fn reveal(&mut self, node: NodeId) {
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let Some(placed) = plan.node(node) else { return };
        let Rect { x, y, w, h } = placed.rect;
        let (left, top) = self.view.camera.screen_from_world((x, y));
        let (right, bottom) = self.view.camera.screen_from_world((x + w, y + h));
        let shift = |low: f64, high: f64, size: f64| {
            if high > size - 8.0 && low - (high - size + 8.0) >= 8.0 {
                size - 8.0 - high
            } else if low < 8.0 || high > size - 8.0 {
                8.0 - low
            } else {
                0.0
            }
        };
        let (width, height) = self.view.size;
        if width > 0.0 {
            self.pan(shift(left, right, width), shift(top, bottom, height));
        }
    }

    pub(crate) fn select_node(&mut self, node: NodeId, adds: bool) {
        if self.document.node(node).is_none() {
            return;
        }
        if !adds {
            self.view.selection = Selection { nodes: vec![node], edges: Vec::new() };
            return;
        }
        let nodes = &mut self.view.selection.nodes;
        match nodes.binary_search(&node) {
            Ok(at) => {
                nodes.remove(at);
            }
            Err(at) => nodes.insert(at, node),
        }
    }

    pub(crate) fn select_edge(&mut self, edge: EdgeId) {
        if self.document.edge(edge).is_some() {
            self.view.selection = Selection { nodes: Vec::new(), edges: vec![edge] };
        }
    }

    pub(crate) fn select_all(&mut self) {
        let nodes = self.document.nodes.iter().map(|node| node.id).collect();
        let edges = self.document.edges.iter().map(|edge| edge.id).collect();
        self.view.selection = Selection { nodes, edges };
    }

    pub(crate) fn select_none(&mut self) {
        self.view.selection = Selection::default();
    }

    /// Forgets selected things that are no longer there.
    pub(crate) fn prune_selection(&mut self) {
        let document = &self.document;
        self.view.selection.nodes.retain(|id| document.node(*id).is_some());
        self.view.selection.edges.retain(|id| document.edge(*id).is_some());
    }
}
