//! A wire is being drawn: dragged, from click to click, or by keys from one legal end to the next.

use base::NodeId;
use scenario::{End, ports};
use scene::Hover;
use scene::view::Connecting;

use super::Tool;
use crate::effect::{Effect, Fit};
use crate::message::{Phase, Pointer};
use crate::session::Session;

/// Screen pixels within which the loose end snaps to a port.
const SNAP: f64 = 20.0;
/// The same for a finger.
const SNAP_TOUCH: f64 = 36.0;

/// How the wire is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The button is down.
    Drag,
    /// Ended by the next click.
    Click,
    /// Ended by Enter.
    Keys,
}

/// A wire with a loose end.
#[derive(Debug)]
pub(crate) struct Connect {
    from: End,
    by: By,
    legal: Vec<(NodeId, &'static str)>,
    last: Option<Pointer>,
}

impl Connect {
    /// Begins at a port with the button down.
    pub(super) fn drag(session: &mut Session, node: NodeId, port: &'static str) -> Option<Self> {
        Self::begin(session, node, port, By::Drag)
    }

    /// Begins at a clicked port.
    pub(super) fn click(session: &mut Session, node: NodeId, port: &'static str) -> Option<Self> {
        Self::begin(session, node, port, By::Click)
    }

    fn begin(session: &mut Session, node: NodeId, port: &'static str, by: By) -> Option<Self> {
        if session.refuses_edits() {
            return None;
        }
        let from = End { node, port: port.to_owned() };
        let document = &session.document;
        let known = |end: End| {
            let name = document.node(end.node)?.spec().port(&end.port)?.name;
            Some((end.node, name))
        };
        let ends = ports::legal_targets(document, &from);
        let legal: Vec<_> = ends.into_iter().filter_map(known).collect();
        let to = session.port_at(node, port)?;
        let shown = legal.clone();
        session.view.connecting =
            Some(Connecting { node, port, to, legal: shown, target: None, refusal: None });
        Some(Self { from, by, legal, last: None })
    }

    /// The last pointer event; nothing while keys lead.
    pub(super) fn last(&self) -> Option<Pointer> {
        self.last.filter(|_pointer| self.by != By::Keys)
    }

    /// The canvas moved under the pointer.
    pub(super) fn moved(self, session: &mut Session) -> Tool {
        if let Some(last) = self.last {
            self.follow(session, &last);
        }
        Tool::Connect(self)
    }

    #[inline(never)]
    pub(super) fn pointer(mut self, session: &mut Session, pointer: Pointer) -> Tool {
        self.last = Some(pointer);
        self.follow(session, &pointer);
        match (pointer.phase, self.by) {
            (Phase::Up, By::Drag) | (Phase::Down, By::Click | By::Keys) => {
                self.finish(session, &pointer)
            }
            (Phase::Menu | Phase::Double, By::Click | By::Keys) => {
                session.view.connecting = None;
                Tool::Idle
            }
            _ => Tool::Connect(self),
        }
    }

    /// Moves the loose end: onto a legal port nearby, else to the pointer with the reason of the
    /// card under it.
    fn follow(&self, session: &mut Session, pointer: &Pointer) {
        let world = session.world(pointer);
        let snap = if pointer.touch { SNAP_TOUCH } else { SNAP };
        let reach = snap / session.view.camera.scale;
        let is_legal = |end: &(NodeId, &'static str)| self.legal.contains(end);
        let mut target = session.port_near(world, reach, is_legal);
        let mut refusal = None;
        if target.is_none() {
            let under = match session.under(pointer) {
                Hover::Node(node)
                | Hover::Lane(node, _)
                | Hover::Times(node)
                | Hover::Port(node, _) => Some(node),
                Hover::Nothing | Hover::Edge(_) => None,
            };
            let under = under.filter(|node| *node != self.from.node);
            // The whole card is a target: nobody has to aim at a port.
            target = self.legal.iter().find(|(node, _port)| Some(*node) == under).copied();
            if target.is_none() {
                refusal = under.map(|node| self.refusal(session, node));
            }
        }
        let snapped = target.and_then(|(node, port)| session.port_at(node, port));
        if let Some(connecting) = &mut session.view.connecting {
            connecting.to = snapped.unwrap_or(world);
            connecting.target = target;
            connecting.refusal = refusal;
        }
    }

    /// Why a wire may not end at a node.
    fn refusal(&self, session: &Session, node: NodeId) -> String {
        let Some(there) = session.document.node(node) else { return String::new() };
        let mine = session.document.node(self.from.node);
        let mine = mine.and_then(|mine| mine.spec().port(&self.from.port));
        let opposite = there
            .spec()
            .ports
            .iter()
            .find(|port| mine.is_some_and(|mine| mine.direction != port.direction));
        let Some(port) = opposite else {
            let way = match mine.map(|mine| mine.direction) {
                Some(ports::Direction::Out) => "takes",
                _ => "gives",
            };
            return format!("{} {way} no records", there.spec().title);
        };
        let end = End { node, port: port.name.to_owned() };
        let (from, to) = session.oriented(self.from.clone(), end);
        ports::refusal(&session.document, &from, &to).unwrap_or_default()
    }

    fn finish(self, session: &mut Session, pointer: &Pointer) -> Tool {
        let Some(connecting) = session.view.connecting.take() else { return Tool::Idle };
        if let Some((node, port)) = connecting.target {
            session.connect(self.from, End { node, port: port.to_owned() });
            return Tool::Idle;
        }
        if let Some(words) = connecting.refusal {
            session.say(words);
            return Tool::Idle;
        }
        let is_home = matches!(session.under(pointer), Hover::Nothing);
        if self.by == By::Drag && is_home {
            let fit = Fit::Wire(session.kinds_for(&self.from));
            session.loose = Some(self.from);
            let at = Some(super::idle::pixels(pointer));
            session.effects.push(Effect::QuickAdd { at, fit });
        }
        Tool::Idle
    }

    /// The next legal end, by keys.
    fn next(&self, session: &mut Session, steps: isize) {
        let count = self.legal.len();
        if count == 0 {
            return;
        }
        let current = session.view.connecting.as_ref().and_then(|wire| wire.target);
        let at = current.and_then(|end| self.legal.iter().position(|legal| *legal == end));
        let next = match at {
            Some(at) => (at + count).wrapping_add_signed(steps) % count,
            None => 0,
        };
        let (node, port) = self.legal[next];
        let Some(to) = session.port_at(node, port) else { return };
        if let Some(connecting) = &mut session.view.connecting {
            connecting.to = to;
            connecting.target = Some((node, port));
        }
        session.reveal(node);
        let (from, to) = (session.name(self.from.node), session.name(node));
        let words = format!(
            "Connect {from} to {to}? {} of {count}. Enter connects, C goes on, Escape stops",
            next + 1
        );
        session.say(words);
    }
}

impl Session {
    /// Begins a wire at the selected node, or goes on to the next legal end.
    pub(crate) fn connect_by_keys(&mut self, steps: isize) {
        if let Tool::Connect(connect) = core::mem::take(&mut self.tool) {
            connect.next(self, steps);
            self.tool = Tool::Connect(connect);
            return;
        }
        let Some(node) = self.selected() else {
            return self.say("Select the part the wire shall start at");
        };
        let ports = self.document.node(node).map_or(&[][..], |node| node.spec().ports);
        // The output first; a part at the end of the line looks for its source.
        let found = ports.iter().rev().find_map(|port| {
            let end = End { node, port: port.name.to_owned() };
            (!ports::legal_targets(&self.document, &end).is_empty()).then_some(port.name)
        });
        let Some(port) = found else {
            let words = format!("{} has nothing to connect to", self.name(node));
            return self.say(words);
        };
        if let Some(connect) = Connect::begin(self, node, port, By::Keys) {
            connect.next(self, 1);
            self.tool = Tool::Connect(connect);
        }
    }

    /// Takes the end the keys stand on; whether there was one.
    pub(crate) fn take_connection(&mut self) -> bool {
        let target = self.view.connecting.as_ref().and_then(|wire| wire.target);
        let Tool::Connect(connect) = &self.tool else { return false };
        let Some((node, port)) = target else { return false };
        let from = connect.from.clone();
        self.cancel_tool();
        self.connect(from, End { node, port: port.to_owned() })
    }
}
