//! A KCL application with its tables: wires from two outputs, rows to read, workers to kill.

use base::NodeId;
use scenario::FaultKind;
use session::hud::Tab;
use session::{Message, Session};

use crate::support::{drag, node, port, session};

const FILE: &str = r#"{"format":"rivulet/scenario","version":1,"nodes":[
    {"id":1,"kind":"producer","name":"clicks","at":[0,0],"config":{"records_per_sec":40}},
    {"id":2,"kind":"stream","name":"orders","at":[240,0],"config":{"shards":4}},
    {"id":3,"kind":"kcl","name":"workers","at":[680,0],"config":{"start":"TRIM_HORIZON"}},
    {"id":4,"kind":"table","name":"leases","at":[960,0]},
    {"id":5,"kind":"table","name":"items","at":[960,260]}],
    "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},{"id":2,"from":[2,"out"],"to":[3,"in"]}]}"#;
const KCL: NodeId = NodeId(3);
const LEASES: NodeId = NodeId(4);
const ITEMS: NodeId = NodeId(5);

fn opened() -> Session {
    let mut session = session();
    session.update(Message::OpenFile(FILE.as_bytes().to_vec()));
    session.update(Message::Fit);
    session.take_effects();
    session
}

/// Drags a wire from an output of the application to a table.
fn wire(session: &mut Session, from: &str, to: NodeId) {
    let (from, to) = (port(session, KCL, from), port(session, to, "in"));
    drag(session, from, to, session::Keys::default());
}

/// `leaseOwner` of each row.
fn owners(session: &mut Session) -> Vec<String> {
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    let sheet = &inspector.rows.as_ref().expect("a table has rows").sheet;
    assert_eq!(sheet.columns[1], "leaseOwner");
    sheet.rows.iter().map(|row| row[1].clone()).collect()
}

#[test]
fn two_outputs_have_two_handles() {
    let mut session = opened();
    assert_ne!(port(&session, KCL, "leases"), port(&session, KCL, "out"));
    wire(&mut session, "leases", LEASES);
    wire(&mut session, "out", ITEMS);
    let edges = &session.document().edges;
    let ends: Vec<_> = edges[2..].iter().map(|it| (it.from.port.as_str(), it.to.node)).collect();
    assert_eq!(ends, [("leases", LEASES), ("out", ITEMS)]);
    // A lease table takes nothing else.
    wire(&mut session, "out", LEASES);
    assert_eq!(session.document().edges.len(), 4);
}

/// A table says what its metrics say: its handle is read out.
#[test]
fn a_table_with_calls_is_not_idle() {
    let mut session = opened();
    wire(&mut session, "leases", LEASES);
    session.update(Message::StepMicros(70_000_000));
    let hud = session.hud();
    let row = hud.outline.iter().find(|row| row.node == LEASES).expect("a row");
    assert!(row.words.contains("CapacityUnits"), "{}", row.words);
}

/// A dead application reports nothing: the last word of it was that nothing is behind.
#[test]
fn nobody_reports_the_age_of_a_dead_application() {
    let mut session = opened();
    session.update(Message::SelectNode(KCL, false));
    session.update(Message::StepMicros(70_000_000));
    let age = |session: &mut Session| {
        let hud = session.hud();
        hud.charts.iter().find(|it| &*it.name == "MillisBehindLatest").expect("it has one").clone()
    };
    let alive = age(&mut session);
    assert_ne!(&*alive.value, "not reported");
    for worker in 1..=2 {
        let kind = FaultKind::Kill { worker };
        session.update(Message::Fault { node: KCL, kind, micros: 600_000_000 });
    }
    session.update(Message::StepMicros(60_000_000));
    let dead = age(&mut session);
    assert_eq!(&*dead.value, "not reported");
    assert!(dead.points.len() < alive.points.len() + 10, "the line ends where the reports end");
    assert!(dead.note.contains("4 shards without a worker"), "{}", dead.note);
}

#[test]
fn a_lease_moves_when_its_worker_is_killed_by_hand() {
    let mut session = opened();
    wire(&mut session, "leases", LEASES);
    session.update(Message::SelectNode(LEASES, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(70_000_000));
    let before = owners(&mut session);
    assert_eq!(before.iter().filter(|owner| *owner == "worker 1").count(), 2, "{before:?}");
    let kind = FaultKind::Kill { worker: 1 };
    session.update(Message::Fault { node: KCL, kind, micros: 600_000_000 });
    session.update(Message::StepMicros(10_000_000));
    assert_eq!(owners(&mut session), before, "nobody knows yet");
    session.update(Message::StepMicros(35_000_000));
    assert_eq!(owners(&mut session), ["worker 2"; 4]);
}

#[test]
fn a_hidden_lease_table_can_be_read_as_well() {
    let mut session = opened();
    let kcl = node(&session, "kcl");
    session.update(Message::SelectNode(kcl, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(30_000_000));
    assert_eq!(owners(&mut session).len(), 4);
}
