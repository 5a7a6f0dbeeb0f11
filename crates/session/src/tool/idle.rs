//! No gesture: the pointer hovers, or begins something.

use scene::Hover;

use super::{Marquee, Pan, Press, Tool};
use crate::effect::{Effect, Fit};
use crate::message::{Phase, Pointer};
use crate::session::Session;

#[inline(never)]
pub(super) fn pointer(session: &mut Session, pointer: Pointer) -> Tool {
    match pointer.phase {
        Phase::Down => return down(session, pointer),
        Phase::Move => session.view.hover = session.under(&pointer),
        Phase::Double => double(session, &pointer),
        Phase::Menu => menu(session, &pointer),
        Phase::Up | Phase::Cancel => {}
    }
    Tool::Idle
}

#[inline(never)]
fn down(session: &mut Session, pointer: Pointer) -> Tool {
    session.loose = None;
    if pointer.middle || pointer.keys.space {
        return Tool::Pan(Pan::new(&pointer));
    }
    let under = session.under(&pointer);
    match under {
        Hover::Nothing if pointer.keys.shift => {
            return Tool::Marquee(Marquee::new(session, &pointer));
        }
        Hover::Node(node) | Hover::Lane(node, _) | Hover::Times(node) => {
            let is_selected = session.view.selection.nodes.contains(&node);
            if pointer.keys.shift || !is_selected {
                session.select_node(node, pointer.keys.shift);
            }
        }
        Hover::Edge(edge) => session.select_edge(edge),
        Hover::Nothing | Hover::Port(..) => {}
    }
    Tool::Press(Press::new(pointer, under))
}

#[inline(never)]
fn double(session: &mut Session, pointer: &Pointer) {
    match session.under(pointer) {
        Hover::Nothing => {
            session.effects.push(Effect::QuickAdd { at: Some(pixels(pointer)), fit: Fit::Free });
        }
        Hover::Node(node) | Hover::Lane(node, _) | Hover::Times(node) => {
            session.select_node(node, false);
            let has_code = !session.is_view_only && session.has_code(node);
            let effect = if has_code { Effect::EditCode(node) } else { Effect::FocusInspector };
            session.effects.push(effect);
        }
        Hover::Port(..) | Hover::Edge(_) => {}
    }
}

#[inline(never)]
fn menu(session: &mut Session, pointer: &Pointer) {
    match session.under(pointer) {
        Hover::Nothing => session.select_none(),
        Hover::Edge(edge) => session.select_edge(edge),
        Hover::Node(node) | Hover::Lane(node, _) | Hover::Times(node) | Hover::Port(node, _) => {
            if !session.view.selection.nodes.contains(&node) {
                session.select_node(node, false);
            }
        }
    }
    session.effects.push(Effect::Menu { at: pixels(pointer) });
}

/// The pointer in whole CSS pixels.
#[expect(clippy::cast_possible_truncation, reason = "a screen is far smaller than 2^31 pixels")]
pub(super) fn pixels(pointer: &Pointer) -> (i32, i32) {
    (pointer.at_in_screen.0.round() as i32, pointer.at_in_screen.1.round() as i32)
}
