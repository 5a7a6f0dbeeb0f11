//! The canvas follows the pointer.

use super::Tool;
use crate::message::{Phase, Pointer};
use crate::session::Session;

/// Where the pointer was last.
#[derive(Debug)]
pub(crate) struct Pan {
    last_in_screen: (f64, f64),
}

impl Pan {
    pub(super) fn new(pointer: &Pointer) -> Self {
        Self { last_in_screen: pointer.at_in_screen }
    }

    pub(super) fn pointer(self, session: &mut Session, pointer: Pointer) -> Tool {
        let (from, to) = (self.last_in_screen, pointer.at_in_screen);
        session.pan(to.0 - from.0, to.1 - from.1);
        match pointer.phase {
            Phase::Move | Phase::Double | Phase::Menu => Tool::Pan(Self { last_in_screen: to }),
            Phase::Down | Phase::Up | Phase::Cancel => Tool::Idle,
        }
    }
}
