//! The Flink application beside a SQL application: the same query on the same wires.

use base::NodeId;
use serde_json::json;
use session::{Message, Session};
use sql::live::Live;

use crate::support::{node, place, run, said, session, set, wiring};

const CODE: &str = "CREATE STREAM \"DESTINATION_SQL_STREAM\" (SYM VARCHAR(16), N BIGINT);\n\
    CREATE PUMP P AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n\
    SELECT STREAM SYM, COUNT(*) FROM \"SOURCE_SQL_STREAM_001\" AS S\n\
    GROUP BY SYM, STEP(S.ROWTIME BY INTERVAL '2' SECOND);";

/// Producer, stream, SQL application and a part for its rows, with the editor open.
fn application(goal: &str) -> (Session, NodeId) {
    let mut session = session();
    for kind in ["producer", "stream", "sql_application", goal] {
        session.update(place(kind));
    }
    let id = node(&session, "sql_application");
    session.update(set(id, "schema", "SYM VARCHAR(16) $.key\nQTY INTEGER $.value"));
    session.update(set(id, "code", CODE));
    session.update(Message::CodeOpened(id));
    session.take_effects();
    (session, id)
}

fn stored(session: &Session, name: &str) -> u64 {
    let node = session.document().nodes.iter().find(|it| it.name == name).expect("it is there");
    let view = scene::hit::node(session.snapshot(), node.id).expect("it runs");
    let counter = view.counters.iter().find(|it| it.0 == "stored");
    counter.expect("it is counted").1
}

#[test]
fn it_reads_and_writes_what_the_sql_application_does_and_is_one_step() {
    let (mut session, _) = application("stream");
    let before = wiring(&session);
    session.update(Message::CodeBeside);
    assert_eq!(said(&mut session), "Added Flink app per-minute-flink with 2 wires");
    assert!(session.hud().code.is_none(), "the diagram has its room");
    let wires = wiring(&session);
    for wire in [json!(["orders", "per-minute-flink"]), json!(["per-minute-flink", "orders-2"])] {
        assert!(wires.as_array().is_some_and(|all| all.contains(&wire)), "{wires}");
    }
    assert!(session.problems().is_empty(), "{:?}", session.problems());
    // What is called otherwise in the data is found there.
    session.update(Message::Play);
    run(&mut session, 12);
    assert!(stored(&session, "per-minute") > 0);
    assert!(stored(&session, "per-minute-flink") > 0);
    session.update(Message::Undo);
    assert_eq!(wiring(&session), before);
}

#[test]
fn it_writes_into_a_firehose_stream_and_into_no_function() {
    for (goal, wires) in [("firehose", 2), ("lambda", 1)] {
        let (mut session, _) = application(goal);
        session.update(Message::CodeTwin(true));
        session.update(Message::SelectNone);
        let twin = session.hud().code.as_ref().and_then(|it| it.twin.clone()).expect("it is shown");
        assert!(Live::flink(&twin.text).is_ok(), "{}", twin.text);
        let is_told = twin.notes.iter().any(|(_, words)| words.contains("has no table in Flink"));
        assert_eq!(is_told, goal == "lambda", "{:?}", twin.notes);
        session.update(Message::CodeBeside);
        assert!(said(&mut session).contains(&format!("with {wires} wire")), "{goal}");
    }
}
