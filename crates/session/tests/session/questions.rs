//! Queries by hand: of the table of a cluster, and of delivered objects.

use base::NodeId;
use session::hud::{Apart, Question, Tab};
use session::{Message, Session};

use crate::support::session;

const FILE: &str = r#"{"format":"rivulet/scenario","version":1,"nodes":[
    {"id":1,"kind":"producer","name":"gates","at":[0,0],"config":{"records_per_sec":10,
     "size":"template","payload":"{\"gate\":${seq},\"open\":true}"}},
    {"id":2,"kind":"stream","name":"events","at":[240,0]},
    {"id":3,"kind":"firehose","name":"load","at":[480,0],
     "config":{"buffer_interval_secs":5,"buffer_size_mib":1}},
    {"id":4,"kind":"bucket","name":"lake","at":[720,0]}],
    "edges":[{"id":1,"from":[1,"out"],"to":[2,"in"]},{"id":2,"from":[2,"out"],"to":[3,"in"]},
    {"id":3,"from":[3,"out"],"to":[4,"in"]}]}"#;
const LAKE: NodeId = NodeId(4);

fn opened() -> Session {
    let mut session = session();
    session.update(Message::OpenFile(FILE.as_bytes().to_vec()));
    session.update(Message::SelectNode(LAKE, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(60_000_000));
    session
}

fn asked(session: &mut Session, text: &str) -> Apart<Question> {
    session.update(Message::AskRows(LAKE, text.to_owned()));
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    inspector.question.clone().expect("a bucket can be asked")
}

#[test]
fn delivered_objects_are_queried() {
    let mut session = opened();
    let all = asked(&mut session, "SELECT COUNT(*) AS n, COUNT(DISTINCT gate) FROM objects");
    let sheet = all.sheet.as_ref().expect("an answer");
    assert_eq!(sheet.columns[0], "n");
    assert_eq!(sheet.rows[0][0], sheet.rows[0][1], "every record has a number of its own");
    assert!(sheet.rows[0][0].parse::<u32>().is_ok_and(|it| it > 300), "{:?}", sheet.rows);
    let few = asked(&mut session, "SELECT s.gate FROM s3object s WHERE s.open ORDER BY 1 LIMIT 2");
    assert_eq!(few.sheet.as_ref().map(|it| it.rows.len()), Some(2));
}

#[test]
fn a_mistake_is_told_at_its_place() {
    let mut session = opened();
    let wrong = asked(&mut session, "SELECT gate,\n  nothing FROM objects");
    assert!(wrong.sheet.is_none());
    let told: Vec<_> = wrong.problems.iter().map(|it| (it.code, it.line, it.column)).collect();
    assert_eq!(told, [("SQL-162", 2, 3)]);
    assert_eq!(&*wrong.text, "SELECT gate,\n  nothing FROM objects", "it stays in the box");
}
