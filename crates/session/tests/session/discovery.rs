//! The columns of a SQL application, as the records of its stream suggest them.

use session::Message;

use crate::support::{node, place, run, said, session, set};

#[test]
fn columns_are_discovered_from_what_is_in_the_stream() {
    let mut session = session();
    for kind in ["producer", "stream", "sql_application"] {
        session.update(place(kind));
    }
    let (producer, id) = (node(&session, "producer"), node(&session, "sql_application"));
    session.update(Message::Discover(id));
    assert!(said(&mut session).contains("no records to look at yet"));

    let payload = r#"{"gate":"${key}","scans":{"count":${int 1 9}},"open":true}"#;
    session.update(set(producer, "payload", payload));
    session.update(Message::Play);
    run(&mut session, 3);
    session.take_effects();
    session.update(Message::Discover(id));
    assert!(said(&mut session).contains("3 columns found in 20 records"));
    let fields = session.document().node(id).expect("it is there").config.fields();
    let schema = fields["schema"].as_str().expect("it is text");
    let told: Vec<&str> = schema.lines().collect();
    assert_eq!(told.len(), 3, "{schema}");
    assert!(told[0].starts_with("gate VARCHAR(") && told[0].ends_with(" $.gate"), "{schema}");
    assert!(told[1].ends_with(" $.scans.count"), "{schema}");
    assert_eq!(told[2], "open BOOLEAN $.open");
    session.update(Message::Undo);
    let fields = session.document().node(id).expect("it is there").config.fields();
    assert!(fields["schema"].as_str().is_some_and(|it| it.starts_with("key VARCHAR(16)")));
}
