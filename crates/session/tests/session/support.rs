//! Shorthands for scripts.

use base::NodeId;
use serde_json::{Value, json};
use session::{Effect, Key, Keys, Message, Phase, Pointer, Session};

/// The scenario a new visitor lands in.
pub(crate) const HOT_KEY: &[u8] = include_bytes!("../../../../www/examples/hot-key.json");

/// An empty session with a canvas.
pub(crate) fn session() -> Session {
    let mut session = Session::new();
    session.update(Message::Resize(1_200.0, 800.0));
    session.take_effects();
    session
}

/// Producer, stream, Firehose and bucket in a row, wired; nothing has run.
pub(crate) fn pipeline() -> Session {
    let mut session = session();
    for kind in ["producer", "stream", "firehose", "bucket"] {
        session.update(place(kind));
    }
    session.update(Message::SelectNone);
    session.take_effects();
    session
}

/// The example, opened.
pub(crate) fn hot_key() -> Session {
    let mut session = session();
    session.update(Message::OpenFile(HOT_KEY.to_vec()));
    session.take_effects();
    session
}

/// Half of 3,000 records a second on one key of four shards: one shard takes 1,000 and rejects the
/// rest.
pub(crate) fn hot_shard() -> Session {
    let mut session = pipeline();
    let (producer, stream) = (node(&session, "producer"), node(&session, "stream"));
    session.update(set(stream, "shards", 4));
    session.update(set(producer, "records_per_sec", 3_000));
    session.update(set(producer, "keys", "hot"));
    session.take_effects();
    session
}

pub(crate) fn place(kind: &str) -> Message {
    let (kind, preset) = (kind.to_owned(), Vec::new());
    Message::Place { kind, preset, at_in_screen: None, connect: true }
}

pub(crate) fn set(node: NodeId, key: &str, value: impl Into<Value>) -> Message {
    Message::SetField { node, key: key.to_owned(), value: value.into() }
}

/// The node of a kind; the first of several.
pub(crate) fn node(session: &Session, kind: &str) -> NodeId {
    let nodes = &session.document().nodes;
    nodes.iter().find(|node| node.config.kind() == kind).expect("there is one").id
}

/// Presses a key, written like `Ctrl+Shift+z`.
pub(crate) fn press(session: &mut Session, key: &str) {
    let mut keys = Keys::default();
    let mut name = key;
    while let Some((modifier, rest)) = name.split_once('+').filter(|(_, rest)| !rest.is_empty()) {
        match modifier {
            "Ctrl" => keys.ctrl = true,
            "Shift" => keys.shift = true,
            "Alt" => keys.alt = true,
            _ => panic!("{key}"),
        }
        name = rest;
    }
    session.update(Message::Key(Key { key: name.to_owned(), keys }));
}

/// One pointer event at a world point.
pub(crate) fn point(session: &mut Session, phase: Phase, world: (f64, f64), keys: Keys) {
    let at_in_screen = session.view().camera.screen_from_world(world);
    let pointer = Pointer { phase, at_in_screen, middle: false, touch: false, keys };
    session.update(Message::Pointer(pointer));
}

/// Down, a few moves, up.
pub(crate) fn drag(session: &mut Session, from: (f64, f64), to: (f64, f64), keys: Keys) {
    point(session, Phase::Down, from, keys);
    for step in 1..=4 {
        let part = f64::from(step) / 4.0;
        let at = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
        point(session, Phase::Move, at, keys);
    }
    point(session, Phase::Up, to, keys);
}

/// Down and up at one point.
pub(crate) fn click(session: &mut Session, at: (f64, f64)) {
    point(session, Phase::Down, at, Keys::default());
    point(session, Phase::Up, at, Keys::default());
}

/// A point on the header of a card.
pub(crate) fn header(session: &Session, id: NodeId) -> (f64, f64) {
    let node = session.document().node(id).expect("it is there");
    (f64::from(node.at.x) + 40.0, f64::from(node.at.y) + 12.0)
}

/// The handle of a port.
pub(crate) fn port(session: &Session, id: NodeId, port: &str) -> (f64, f64) {
    let node = session.document().node(id).expect("it is there");
    scene::geometry::port_point(session.document(), node, port).expect("it has the port")
}

/// Lets so many seconds pass at the speed that is set.
pub(crate) fn run(session: &mut Session, secs: u32) {
    for _frame in 0..secs * 20 {
        session.tick(50_000, 1_000_000);
    }
}

/// Everything said since the last look, joined.
pub(crate) fn said(session: &mut Session) -> String {
    let effects = session.take_effects().into_iter();
    let words = effects.filter_map(|effect| match effect {
        Effect::Announce(_, words) => Some(words),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" | ")
}

/// A small design that can be copied: names of nodes and wires.
pub(crate) fn wiring(session: &Session) -> Value {
    let document = session.document();
    let name = |id| document.node(id).map_or("?", |node| node.name.as_str());
    let wires = document.edges.iter().map(|edge| json!([name(edge.from.node), name(edge.to.node)]));
    wires.collect()
}
