//! A frame selects every card it touches.

use scene::{Rect, Selection};

use super::Tool;
use crate::message::{Phase, Pointer};
use crate::session::Session;

/// Where the frame began, and what was selected then.
#[derive(Debug)]
pub(crate) struct Marquee {
    from_in_world: (f64, f64),
    before: Selection,
    pub(super) last: Pointer,
}

impl Marquee {
    pub(super) fn new(session: &Session, pointer: &Pointer) -> Self {
        let from_in_world = session.world(pointer);
        Self { from_in_world, before: session.view.selection.clone(), last: *pointer }
    }

    #[inline(never)]
    pub(super) fn pointer(mut self, session: &mut Session, pointer: Pointer) -> Tool {
        self.last = pointer;
        let to = session.world(&pointer);
        let rect = Rect::between(self.from_in_world, to);
        let mut nodes =
            scene::hit::in_rect(&session.document, session.run.snapshot(), &session.view, rect);
        nodes.extend(&self.before.nodes);
        base::order::sort(&mut nodes[..]);
        nodes.dedup();
        session.view.selection.nodes = nodes;
        session.view.marquee = Some((self.from_in_world, to));
        match pointer.phase {
            Phase::Move | Phase::Double | Phase::Menu => Tool::Marquee(self),
            Phase::Down | Phase::Up | Phase::Cancel => {
                session.view.marquee = None;
                let count = session.view.selection.nodes.len() as u64;
                session.say(format!("{} selected", crate::why::plural(count, "part", "parts")));
                Tool::Idle
            }
        }
    }

    pub(super) fn cancel(self, session: &mut Session) {
        session.view.selection = self.before;
    }
}
