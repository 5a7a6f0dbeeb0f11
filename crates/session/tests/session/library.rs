//! What needs jq or Parquet waits for the host to fetch it.

use session::hud::Libraries;
use session::{Effect, Message, Session};

use crate::support::{node, pipeline, set};

/// A design that writes Snappy, and whether the host was asked for the libraries.
fn snappy() -> (Session, bool) {
    let mut session = pipeline();
    session.set_formats(|_request| vec![0]);
    let firehose = node(&session, "firehose");
    session.update(set(firehose, "compression", "Snappy"));
    let is_asked = session.take_effects().contains(&Effect::LoadFormats);
    (session, is_asked)
}

fn moves(session: &mut Session) -> u64 {
    session.tick(100_000, 1_000_000);
    session.snapshot().now.0
}

fn codes(session: &mut Session) -> Vec<String> {
    session.problems().iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn a_design_that_needs_no_library_asks_for_none() {
    let mut session = pipeline();
    session.update(Message::Play);
    assert!(moves(&mut session) > 0);
    assert!(!session.take_effects().contains(&Effect::LoadFormats));
}

#[test]
fn a_run_begins_when_the_library_is_here() {
    let (mut session, is_asked) = snappy();
    assert!(is_asked);
    let file = scenario::format::save(session.document());
    session.update(Message::OpenFile(file.into_bytes()));
    session.update(Message::Play);
    assert_eq!(moves(&mut session), 0);
    let transport = session.hud().transport.clone();
    assert_eq!(transport.libraries, Libraries::Coming);
    assert!(transport.going.is_some_and(|words| words.starts_with("Fetching")));
    assert!(transport.ready, "play and pause can be pressed meanwhile");
    assert!(codes(&mut session).is_empty(), "waiting is nothing to mend");
    session.update(Message::FormatsCame(true));
    assert_eq!(session.hud().transport.libraries, Libraries::Ready);
    assert!(session.hud().transport.going.is_none());
    assert!(moves(&mut session) > 0, "it goes on by itself");
}

#[test]
fn what_could_not_be_fetched_is_tried_again_with_play() {
    let (mut session, _) = snappy();
    session.update(Message::FormatsCame(false));
    assert!(!session.take_effects().contains(&Effect::LoadFormats), "nobody asked for it");
    assert!(codes(&mut session).contains(&"SES-002".to_owned()));
    assert_eq!(session.hud().transport.libraries, Libraries::Missing);
    session.update(Message::Play);
    assert!(session.take_effects().contains(&Effect::LoadFormats));
    session.update(Message::FormatsCame(false));
    session.update(Message::FetchFormats);
    assert!(session.take_effects().contains(&Effect::LoadFormats), "or without running it");
    assert_eq!(session.hud().transport.libraries, Libraries::Coming);
}

/// A live change waits as well, and the run goes on as it was.
#[test]
fn a_running_design_takes_the_change_when_the_library_is_here() {
    let mut session = pipeline();
    session.set_formats(|_request| vec![0]);
    session.update(Message::Play);
    assert!(moves(&mut session) > 0);
    let firehose = node(&session, "firehose");
    session.update(set(firehose, "compression", "ZIP"));
    let before = moves(&mut session);
    session.update(Message::FormatsCame(true));
    assert!(session.snapshot().now.0 >= before && codes(&mut session).is_empty());
}
