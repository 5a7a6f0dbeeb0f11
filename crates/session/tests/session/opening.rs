//! Files, links, data sets.

use base::NodeId;
use scenario::End;
use serde_json::{Value, json};
use session::{Effect, Message};

use crate::support::{HOT_KEY, hot_key, node, pipeline, press, said, session};

#[test]
fn a_link_holds_the_whole_scenario() {
    let mut first = hot_key();
    let link = first.link().to_string();
    assert!(link.starts_with("1d~"), "{link}");
    let mut second = session();
    second.update(Message::Paste(format!("https://example.org/play/#s={link}&at=3")));
    assert_eq!(first.document(), second.document());
    assert_eq!(second.link().as_ref(), link);
    second.update(Message::New);
    assert!(second.document().nodes.is_empty());
    second.update(Message::OpenLink(link));
    assert_eq!(first.document(), second.document());
    assert!(second.hud().undo.is_none(), "another document has its own history");
}

/// Who opens a link at its moment sees what was there, a fault by hand too.
#[test]
fn a_link_to_a_moment_brings_the_faults_that_were_made_by_hand() {
    let mut first = hot_key();
    first.update(Message::StepMicros(3_000_000));
    let stream = node(&first, "stream");
    let (kind, micros) = (scenario::FaultKind::Down, 4_000_000);
    first.update(Message::Fault { node: stream, kind, micros });
    first.update(Message::StepMicros(2_000_000));
    assert!(first.link_words().starts_with("Faults made by hand"));
    let stored = |session: &session::Session| {
        let view = session.snapshot().nodes.iter().find(|view| view.id == stream).expect("it runs");
        (view.counters.clone(), view.faults.len())
    };
    let mut plain = session();
    plain.update(Message::OpenLink(first.link().to_string()));
    plain.update(Message::StepMicros(5_000_000));
    assert_ne!(stored(&plain), stored(&first), "the document has no fault");
    let mut second = session();
    second.update(Message::OpenLink(first.run_link().to_string()));
    second.update(Message::StepMicros(5_000_000));
    assert_eq!(stored(&second), stored(&first));
    first.update(Message::Restart);
    assert_eq!((first.run_link(), first.link_words()), (first.link(), ""), "another run");
}

#[test]
fn a_cut_link_says_so_and_keeps_what_is_open() {
    let mut session = hot_key();
    let before = session.document().clone();
    let link = session.link().to_string();
    session.update(Message::OpenLink(link[..link.len() / 2].to_owned()));
    let words = said(&mut session);
    assert!(words.contains("cut off") || words.contains("characters"), "{words}");
    assert!(!session.problems().is_empty());
    let document = session.document();
    assert!(**document == *before || !document.nodes.is_empty(), "never blank");
}

#[test]
fn a_scenario_pasted_as_text_opens() {
    let mut session = session();
    let text = String::from_utf8(HOT_KEY.to_vec()).expect("the example is text");
    session.update(Message::Paste(text));
    assert!(session.document().nodes.len() > 2);
    session.update(Message::Paste("{ \"format\": \"rivulet/scenario\", ".to_owned()));
    assert!(session.document().nodes.len() > 2, "a broken file replaces nothing");
    assert!(!session.problems().is_empty(), "and says why");
    session.update(Message::Paste("hello".to_owned()));
    assert!(said(&mut session).ends_with("a link nor rows of data"));
    session.update(Message::Paste("user,amount\nann,1\nbob,2\n".to_owned()));
    assert_eq!(said(&mut session), "pasted.csv: 2 rows, 2 columns");
    assert_eq!(session.document().data.len(), 1);
}

fn replay(name: &str, key: &str) -> Message {
    let preset = |key: &str, value: &str| (key.to_owned(), Value::from(value));
    Message::Place {
        kind: "producer".to_owned(),
        preset: vec![preset("source", "data"), preset("data", name), preset("key_column", key)],
        at_in_screen: None,
        connect: true,
    }
}

#[test]
fn a_built_in_data_set_is_fetched_once() {
    let mut session = session();
    session.update(replay("flights.csv", "carrier"));
    session.update(replay("flights.csv", "carrier"));
    let fetched: Vec<_> = session
        .take_effects()
        .into_iter()
        .filter(|effect| matches!(effect, Effect::FetchData(_)))
        .collect();
    assert_eq!(fetched, [Effect::FetchData("flights.csv".to_owned())]);
    assert!(!session.hud().transport.ready, "its data is not there yet");
    let bytes = b"carrier,minute\nAA,1\nAA,2\nUA,3\n".to_vec();
    session.update(Message::AddData { name: "flights.csv".to_owned(), bytes });
    assert!(session.document().data.is_empty(), "built-in data does not travel");
    let hud = session.hud();
    assert!(hud.transport.ready, "{:?}", session.problems());
}

#[test]
fn own_data_travels_while_it_is_small() {
    let mut session = pipeline();
    let bytes = b"user,amount\nann,1\nann,2\nbob,3\n".to_vec();
    session.update(Message::AddData { name: "mine.csv".to_owned(), bytes });
    assert_eq!(session.document().data.len(), 1);
    let link = session.link().to_string();
    let mut other = crate::support::session();
    other.update(Message::OpenLink(link));
    assert_eq!(other.document().data, session.document().data);
    press(&mut session, "Ctrl+z");
    assert!(session.document().data.is_empty());

    let mut large = String::from("user,amount\n");
    while large.len() < 20_000 {
        large += "somebody,12345\n";
    }
    session.update(Message::AddData { name: "big.csv".to_owned(), bytes: large.into_bytes() });
    assert!(session.document().data.is_empty());
    assert!(session.problems().is_empty(), "nothing replays it");
    session.update(replay("big.csv", "user"));
    session.update(Message::Connect(
        End { node: NodeId(5), port: "out".to_owned() },
        End { node: node(&session, "stream"), port: "in".to_owned() },
    ));
    let hud = session.hud();
    let problems = session.problems();
    let codes: Vec<_> = problems.iter().map(|problem| &*problem.code).collect();
    assert_eq!(codes, ["SES-001"]);
    assert!(hud.transport.ready, "it runs here");
}

/// A link holds commas whatever the person's file had.
#[test]
fn own_data_with_semicolons_travels_as_rfc_4180() {
    let mut session = pipeline();
    let read = scenario::DataSet::import("mine.csv", b"user;paid\nann;1,5\nbob;2\n", None);
    let (set, _) = read.result.expect("good");
    let bytes = set.text.as_bytes().to_vec();
    session.update(Message::AddData { name: "mine.csv".to_owned(), bytes });
    session.update(replay("mine.csv", "user"));
    let mut other = crate::support::session();
    other.update(Message::OpenLink(session.link().to_string()));
    assert_eq!(*other.document().data[0], set);
    assert_eq!(&*set.text, "user,paid\nann,\"1,5\"\nbob,2\n");
    let problems = other.problems();
    assert!(problems.iter().all(|it| !it.code.starts_with("DAT")), "{problems:?}");
}

/// Undo takes the data out of the document; whoever replays it puts it back.
#[test]
fn a_part_brings_its_data_along() {
    let mut session = pipeline();
    let bytes = b"user,amount\nann,1\nbob,3\n".to_vec();
    session.update(Message::AddData { name: "mine.csv".to_owned(), bytes });
    session.update(Message::Undo);
    session.update(replay("mine.csv", "user"));
    assert_eq!(session.document().data.len(), 1);
    session.update(Message::Undo);
    assert!(session.document().data.is_empty());
}

/// The file is read while a card is on its way: neither change is lost.
#[test]
fn data_that_arrives_in_a_gesture_is_kept() {
    use session::{Keys, Phase};
    let mut session = pipeline();
    let before = session.document().nodes.clone();
    let from = crate::support::header(&session, node(&session, "stream"));
    crate::support::point(&mut session, Phase::Down, from, Keys::default());
    let to = (from.0 + 300.0, from.1);
    crate::support::point(&mut session, Phase::Move, to, Keys::default());
    let bytes = b"user,amount\nann,1\n".to_vec();
    session.update(Message::AddData { name: "mine.csv".to_owned(), bytes });
    crate::support::point(&mut session, Phase::Up, to, Keys::default());
    assert_eq!(session.document().data.len(), 1);
    assert_eq!(session.document().nodes, before, "the gesture gave way");
}

#[test]
fn ragged_data_is_refused_with_its_rows() {
    let mut session = session();
    let bytes = b"a,b\n1,2\n3\n4,5,6\n".to_vec();
    session.update(Message::AddData { name: "bad.csv".to_owned(), bytes });
    let rows: Vec<_> = session.problems().iter().map(|problem| problem.place.to_string()).collect();
    assert!(rows.iter().any(|row| row.starts_with("line 3")), "{rows:?}");
    assert!(rows.iter().any(|row| row.starts_with("line 4")), "{rows:?}");
    assert!(said(&mut session).starts_with("bad.csv: "));
}

#[test]
fn columns_are_offered_and_keys_are_shown_by_shard() {
    let mut session = session();
    let bytes = b"user,amount\nann,1\nann,2\nann,9\nbob,3\n".to_vec();
    session.update(Message::AddData { name: "mine.csv".to_owned(), bytes });
    session.update(replay("mine.csv", "user"));
    session.update(crate::support::place("stream"));
    let stream = node(&session, "stream");
    session.update(crate::support::set(stream, "shards", 2));
    session.update(Message::SelectNode(node(&session, "producer"), false));
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    let column = inspector.fields.iter().find(|row| row.field.key == "key_column");
    let options: Vec<_> = column.expect("a field").options.iter().map(|name| &**name).collect();
    assert_eq!(options, ["user", "amount"]);
    assert_eq!(&*inspector.key_words, "2 keys; the hottest, ann, has 75 % of all records");
    assert_eq!(inspector.key_shards.len(), 2);
    assert!(inspector.key_shards.iter().any(|(_label, bar)| *bar == 1_000));
}

#[test]
fn every_example_opens_without_a_finding() {
    for (name, bytes) in [
        ("hot-key", HOT_KEY),
        ("one-record", include_bytes!("../../../../www/examples/one-record.json")),
        ("not-ok", include_bytes!("../../../../www/examples/not-ok.json")),
        ("two-limits", include_bytes!("../../../../www/examples/two-limits.json")),
        ("firehose-race", include_bytes!("../../../../www/examples/firehose-race.json")),
        ("one-second-trap", include_bytes!("../../../../www/examples/one-second-trap.json")),
    ] {
        let mut session = session();
        session.update(Message::OpenFile(bytes.to_vec()));
        let hud = session.hud();
        assert!(hud.transport.ready, "{name}: {:?}", session.problems());
        let same = scenario::format::save(session.document());
        let again = scenario::format::load(same.as_bytes()).document.expect("it loads");
        assert_eq!(again, **session.document(), "{name}");
        assert_ne!(json!(same), json!(""));
    }
}
