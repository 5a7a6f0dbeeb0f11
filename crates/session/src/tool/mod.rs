//! Pointer tools: one state machine. Each state takes a pointer event and gives the next state.
//!
//! A gesture keeps what it began with; Escape, a cancelled pointer or another command gives the
//! document back as it was.

mod connect;
mod drag;
mod edge;
mod idle;
mod marquee;
mod pan;
mod press;

use base::NodeId;
use scene::{Hover, Plan};

pub(crate) use connect::Connect;
use drag::Drag;
use marquee::Marquee;
use pan::Pan;
use press::Press;

use crate::message::{Phase, Pointer};
use crate::session::Session;

/// Pixels a pointer may tremble before a press becomes a drag.
const DRAG_THRESHOLD: f64 = 4.0;
/// Pixels around a port a finger still hits.
const TOUCH_REACH: f64 = 24.0;

/// What the pointer is doing.
#[derive(Debug, Default)]
pub(crate) enum Tool {
    /// Nothing.
    #[default]
    Idle,
    /// A button is down and nothing has moved.
    Press(Press),
    /// Cards follow the pointer.
    Drag(Drag),
    /// A wire is being drawn, by pointer or by keys.
    Connect(Connect),
    /// A frame selects.
    Marquee(Marquee),
    /// The canvas follows the pointer.
    Pan(Pan),
}

impl Tool {
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }
}

impl Session {
    #[inline(never)]
    pub(crate) fn pointer(&mut self, pointer: Pointer) {
        if pointer.phase == Phase::Cancel {
            self.view.hover = Hover::Nothing;
            return self.cancel_tool();
        }
        self.tool = match core::mem::take(&mut self.tool) {
            Tool::Idle => idle::pointer(self, pointer),
            Tool::Press(press) => press.pointer(self, pointer),
            Tool::Drag(drag) => drag.pointer(self, pointer),
            Tool::Connect(connect) => connect.pointer(self, pointer),
            Tool::Marquee(marquee) => marquee.pointer(self, pointer),
            Tool::Pan(pan) => pan.pointer(self, pointer),
        };
    }

    /// Ends a gesture without a trace; whether there was one.
    pub(crate) fn cancel_tool(&mut self) {
        match core::mem::take(&mut self.tool) {
            Tool::Drag(drag) => drag.cancel(self),
            Tool::Marquee(marquee) => marquee.cancel(self),
            Tool::Idle | Tool::Press(_) | Tool::Connect(_) | Tool::Pan(_) => {}
        }
        self.view.connecting = None;
        self.view.marquee = None;
        self.view.guides = (Vec::new(), Vec::new());
        self.view.grid = false;
    }

    /// What lies under a pointer; fingers hit ports from further away.
    pub(crate) fn under(&self, pointer: &Pointer) -> Hover {
        let world = self.world(pointer);
        let hit = scene::hit::hit(&self.document, self.run.snapshot(), &self.view, world);
        if !pointer.touch || matches!(hit, Hover::Port(..)) {
            return hit;
        }
        match self.port_near(world, TOUCH_REACH / self.view.camera.scale, |_port| true) {
            Some((node, port)) => Hover::Port(node, port),
            None => hit,
        }
    }

    /// Where a pointer is in the world.
    pub(crate) fn world(&self, pointer: &Pointer) -> (f64, f64) {
        self.view.camera.world_from_screen(pointer.at_in_screen)
    }

    /// Where a port is in the world.
    pub(crate) fn port_at(&self, node: NodeId, port: &str) -> Option<(f64, f64)> {
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let spec = self.document.node(node)?.spec();
        spec.port(port)?;
        Some(plan.node(node)?.port(spec.ports, port, plan.narrow))
    }

    /// The nearest port within `reach` world units that `fits`.
    pub(crate) fn port_near(
        &self,
        world: (f64, f64),
        reach: f64,
        fits: impl Fn(&(NodeId, &'static str)) -> bool,
    ) -> Option<(NodeId, &'static str)> {
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let mut best = None;
        let mut nearest = reach * reach;
        for node in &self.document.nodes {
            for port in node.spec().ports.iter().filter(|port| fits(&(node.id, port.name))) {
                let Some(placed) = plan.node(node.id) else { continue };
                let at = placed.port(node.spec().ports, port.name, plan.narrow);
                let distance = square(at.0 - world.0) + square(at.1 - world.1);
                if distance <= nearest {
                    nearest = distance;
                    best = Some((node.id, port.name));
                }
            }
        }
        best
    }
}

/// Whether a pointer has left the spot where it went down.
fn has_moved(from: (f64, f64), to: (f64, f64)) -> bool {
    (from.0 - to.0).abs().max((from.1 - to.1).abs()) >= DRAG_THRESHOLD
}

fn square(x: f64) -> f64 {
    x * x
}
