//! A button is down and the pointer has not moved: a click, or the beginning of a drag.

use scene::Hover;

use super::{Connect, Drag, Pan, Tool, has_moved};
use crate::message::{Phase, Pointer};
use crate::session::Session;

/// Where and on what the button went down.
#[derive(Debug)]
pub(crate) struct Press {
    down: Pointer,
    on: Hover,
}

impl Press {
    pub(super) fn new(down: Pointer, on: Hover) -> Self {
        Self { down, on }
    }

    #[inline(never)]
    pub(super) fn pointer(self, session: &mut Session, pointer: Pointer) -> Tool {
        match pointer.phase {
            Phase::Move if has_moved(self.down.at_in_screen, pointer.at_in_screen) => {
                self.drag(session, pointer)
            }
            Phase::Up => self.click(session),
            Phase::Menu | Phase::Double | Phase::Down => super::idle::pointer(session, pointer),
            Phase::Move | Phase::Cancel => Tool::Press(self),
        }
    }

    fn drag(self, session: &mut Session, pointer: Pointer) -> Tool {
        let next = match self.on {
            Hover::Port(node, port) => match Connect::drag(session, node, port) {
                Some(connect) => Tool::Connect(connect),
                None => return Tool::Idle,
            },
            Hover::Node(node) | Hover::Lane(node, _) | Hover::Times(node)
                if !session.view.narrow =>
            {
                match Drag::new(session, &self.down, node) {
                    Some(drag) => Tool::Drag(drag),
                    None => return Tool::Idle,
                }
            }
            Hover::Nothing
            | Hover::Edge(_)
            | Hover::Node(_)
            | Hover::Lane(..)
            | Hover::Times(_) => Tool::Pan(Pan::new(&self.down)),
        };
        session.tool = next;
        session.pointer(pointer);
        core::mem::take(&mut session.tool)
    }

    fn click(self, session: &mut Session) -> Tool {
        let shift = self.down.keys.shift;
        match self.on {
            Hover::Nothing => session.select_none(),
            Hover::Port(node, port) => {
                return Connect::click(session, node, port).map_or(Tool::Idle, Tool::Connect);
            }
            Hover::Node(node) if !shift => session.select_node(node, false),
            Hover::Lane(node, shard) if !shift => {
                session.select_node(node, false);
                session.view.lane = Some((node, shard));
            }
            Hover::Times(node) if !shift => session.other_time(node),
            Hover::Node(_) | Hover::Lane(..) | Hover::Times(_) | Hover::Edge(_) => {}
        }
        Tool::Idle
    }
}
