//! The canvas moves on by itself while a gesture waits at its edge.

use super::Tool;
use crate::session::Session;

/// Pixels from the edge at which the canvas begins to move.
const EDGE: f64 = 28.0;
/// Pixels a second at the very edge.
const PIXELS_PER_SEC: f64 = 900.0;

impl Session {
    /// Whether a gesture makes the canvas move now.
    pub(crate) fn is_panning_at_edge(&self) -> bool {
        self.edge_pull() != (0.0, 0.0)
    }

    /// Moves the canvas for this much real time; the gesture follows.
    pub(crate) fn pan_at_edge(&mut self, elapsed_micros: u64) {
        let (dx, dy) = self.edge_pull();
        if (dx, dy) == (0.0, 0.0) {
            return;
        }
        let millis = u32::try_from(elapsed_micros.min(100_000) / 1_000).unwrap_or(0);
        let reach = PIXELS_PER_SEC * f64::from(millis) / 1_000.0;
        self.pan(-dx * reach, -dy * reach);
        self.tool = match core::mem::take(&mut self.tool) {
            Tool::Drag(drag) => {
                drag.follow(self);
                Tool::Drag(drag)
            }
            Tool::Marquee(marquee) => {
                let last = marquee.last;
                marquee.pointer(self, last)
            }
            Tool::Connect(connect) => connect.moved(self),
            tool @ (Tool::Idle | Tool::Press(_) | Tool::Pan(_)) => tool,
        };
    }

    /// How strongly each edge pulls, -1 to 1.
    fn edge_pull(&self) -> (f64, f64) {
        let last = match &self.tool {
            Tool::Drag(drag) => drag.last,
            Tool::Marquee(marquee) => marquee.last,
            Tool::Connect(connect) => match connect.last() {
                Some(last) => last,
                None => return (0.0, 0.0),
            },
            Tool::Idle | Tool::Press(_) | Tool::Pan(_) => return (0.0, 0.0),
        };
        let (width, height) = self.view.size;
        (pull(last.at_in_screen.0, width), pull(last.at_in_screen.1, height))
    }
}

fn pull(at: f64, size: f64) -> f64 {
    if size < 4.0 * EDGE {
        return 0.0;
    }
    let low = (EDGE - at).max(0.0);
    let high = (at - (size - EDGE)).max(0.0);
    ((high - low) / EDGE).clamp(-1.0, 1.0)
}
