//! Writing queries: what is typed is read at once, applied when it binds, and kept when it does
//! not.

use base::NodeId;
use session::hud::{CodeState, CodeView};
use session::{Message, Session};

use crate::support::{node, place, press, run, said, session, set};

/// Producer, stream and a SQL application, running, with the editor open.
fn application() -> (Session, NodeId) {
    application_of("sql_application")
}

/// The same with a part of some kind.
fn application_of(kind: &str) -> (Session, NodeId) {
    let mut session = session();
    for kind in ["producer", "stream", kind] {
        session.update(place(kind));
    }
    let id = node(&session, kind);
    session.update(Message::Play);
    run(&mut session, 5);
    session.update(Message::CodeOpened(id));
    session.take_effects();
    (session, id)
}

fn view(session: &mut Session) -> CodeView {
    session.update(Message::SelectNone);
    CodeView::clone(session.hud().code.as_ref().expect("it is open"))
}

fn code(session: &Session, id: NodeId) -> String {
    let fields = session.document().node(id).expect("it is there").config.fields();
    fields["code"].as_str().expect("it is text").to_owned()
}

const COUNTS: &str = "CREATE STREAM \"DESTINATION_SQL_STREAM\" (N BIGINT);\n\
    CREATE PUMP P AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n\
    SELECT STREAM COUNT(*) FROM \"SOURCE_SQL_STREAM_001\" AS S\n\
    GROUP BY STEP(S.ROWTIME BY INTERVAL '2' SECOND);";

#[test]
fn a_query_that_binds_runs_after_a_pause_as_one_step() {
    let (mut session, id) = application();
    assert_eq!(view(&mut session).state, CodeState::Applied);
    let before = code(&session, id);
    let now = session.snapshot().now;
    for length in [COUNTS.len() - 1, COUNTS.len()] {
        session.update(Message::CodeTyped(id, COUNTS[..length].to_owned()));
    }
    assert_eq!(view(&mut session).state, CodeState::Waiting);
    assert!(!session.is_idle(), "time has to pass until it is applied");
    assert_eq!(code(&session, id), before);
    run(&mut session, 2);
    assert_eq!(code(&session, id), COUNTS);
    assert_eq!(view(&mut session).state, CodeState::Applied);
    assert!(session.snapshot().now > now, "the run goes on from where it was");
    // Undone in the document, it is undone in the editor.
    let edition = view(&mut session).edition;
    press(&mut session, "Ctrl+z");
    assert!(said(&mut session).contains("Undone: change the query of"));
    assert_eq!(code(&session, id), before);
    let undone = view(&mut session);
    assert_eq!(*undone.text, *before);
    assert_ne!(undone.edition, edition, "the editor takes the text");
}

#[test]
fn a_paused_session_applies_as_well() {
    let (mut session, id) = application();
    session.update(Message::Pause);
    session.update(Message::CodeTyped(id, COUNTS.to_owned()));
    assert_eq!(view(&mut session).state, CodeState::Waiting);
    let now = session.snapshot().now;
    run(&mut session, 2);
    assert_eq!(code(&session, id), COUNTS);
    let told = session.hud().code.clone().expect("it is open");
    assert_eq!(told.state, CodeState::Applied, "it is told without another message");
    assert_eq!(session.snapshot().now, now);
    assert!(session.is_idle());
}

#[test]
fn a_query_that_does_not_bind_is_kept_as_a_draft_and_the_one_before_goes_on() {
    let (mut session, id) = application();
    let before = code(&session, id);
    let wrong = COUNTS.replace("COUNT(*)", "nope");
    session.update(Message::CodeTyped(id, wrong.clone()));
    run(&mut session, 3);
    assert_eq!(code(&session, id), before);
    let draft = view(&mut session);
    assert_eq!(draft.state, CodeState::Draft);
    assert_eq!(&*draft.words, "Draft with 1 problem: the query before goes on");
    let problem = &draft.problems[0];
    assert_eq!((problem.code, problem.line, problem.column), ("SQL-040", 3, 15));
    assert!(problem.message.contains("NOPE"), "{}", problem.message);
    assert!(!problem.help.is_empty());
    session.update(Message::CodeClosed);
    assert!(session.hud().code.is_none());
    session.update(Message::CodeOpened(id));
    assert_eq!(*view(&mut session).text, *wrong, "the draft is still there");
    session.update(Message::CodeRun);
    assert_eq!(code(&session, id), before, "nothing that is wrong is applied");
}

#[test]
fn the_form_and_the_schema_reach_the_open_editor() {
    let (mut session, id) = application();
    session.update(set(id, "code", COUNTS));
    assert_eq!(*view(&mut session).text, *COUNTS);
    let wrong = COUNTS.replace("COUNT(*)", "SUM(\"extra\")");
    session.update(Message::CodeTyped(id, wrong));
    assert_eq!(view(&mut session).problems[0].code, "SQL-040");
    session.update(set(id, "schema", "extra BIGINT $.extra"));
    assert_eq!(view(&mut session).state, CodeState::Waiting, "now there is such a column");
    session.update(Message::RemoveNode(id));
    assert!(session.hud().code.is_none(), "nothing is left to edit");
}

#[test]
fn a_template_is_filled_with_the_columns_at_hand() {
    let (mut session, id) = application();
    session.update(set(id, "schema", "GATE VARCHAR(8) $.gate\nSEATS INTEGER $.seats"));
    let templates = view(&mut session).templates;
    let stagger = templates.iter().position(|it| it.title == "Stagger window");
    session.update(Message::CodeTemplate(u32::try_from(stagger.unwrap()).unwrap()));
    run(&mut session, 2);
    let text = code(&session, id);
    assert!(text.contains("PARTITION BY GATE RANGE INTERVAL '1' MINUTE"), "{text}");
    assert!(text.contains("SUM(SEATS)"), "{text}");
    assert_eq!(view(&mut session).state, CodeState::Applied);
}

#[test]
fn every_template_runs_in_an_application_as_it_is_made() {
    for kind in ["sql_application", "flink_application"] {
        let (mut session, _) = application_of(kind);
        let templates = view(&mut session).templates;
        let taken = (0..).zip(&*templates).filter(|(_, it)| it.lacks.is_empty());
        let mut count = 0;
        for (index, template) in taken {
            session.update(Message::CodeTemplate(index));
            session.update(Message::CodeRun);
            let shown = view(&mut session);
            let problems = session.problems();
            let words = (shown.state, &*shown.words);
            let title = template.title;
            assert_eq!(words, (CodeState::Applied, "This is what runs"), "{title} {problems:?}");
            run(&mut session, 1);
            count += 1;
        }
        assert!(count >= 11, "{kind}: {count}");
    }
}

#[test]
fn columns_are_completed_where_the_caret_is() {
    let (mut session, id) = application();
    let text = "CREATE STREAM O (A BIGINT); -- é\n\
                CREATE PUMP P AS INSERT INTO O SELECT STREAM va FROM \"SOURCE_SQL_STREAM_001\";";
    session.update(Message::CodeTyped(id, text.to_owned()));
    let at =
        text.encode_utf16().collect::<Vec<_>>().len() - " FROM \"SOURCE_SQL_STREAM_001\";".len();
    let at = u32::try_from(at).unwrap();
    let (from, found) = session.completions(at);
    assert_eq!(from, at - 2);
    let value = found.iter().find(|it| it.label == "\"value\"").expect("it is a column");
    assert_eq!(value.detail, "INTEGER");
}

#[test]
fn the_same_is_told_in_the_other_dialect() {
    let (mut session, id) = application();
    session.update(Message::CodeTyped(id, COUNTS.to_owned()));
    session.update(Message::CodeTwin(true));
    let twin = view(&mut session).twin.expect("it is shown");
    assert_eq!(twin.language, "Flink SQL");
    assert!(twin.text.contains("TUMBLE(") && twin.text.contains("INSERT INTO"), "{}", twin.text);
    assert!(!twin.text.contains("SHARD_ID"), "the query does not ask for it: {}", twin.text);
    let made = sql::live::Live::flink(&twin.text);
    assert!(made.is_ok(), "{:?}\n{}", made.err(), twin.text);
    // It follows what is typed, and says plainly what it cannot put into words.
    session.update(Message::CodeTyped(id, "SELECT".to_owned()));
    let twin = view(&mut session).twin.expect("it is shown");
    assert!(twin.text.is_empty() && twin.notes[0].0 == 1, "{twin:?}");
    session.update(Message::CodeTwin(false));
    assert_eq!(view(&mut session).twin, None);
}

/// Any text is a script: it is read, marked, completed and translated, and never ends the page.
#[test]
fn any_text_may_be_typed() {
    const PIECES: [&str; 24] = [
        "SELECT",
        "STREAM",
        "FROM",
        "\"",
        "'",
        "`",
        "--",
        "/*",
        "*/",
        "\n",
        "(",
        ")",
        ";",
        ".",
        "é",
        "🌊",
        "S",
        "SOURCE_SQL_STREAM_001",
        "CREATE",
        "PUMP",
        "AS",
        "OVER",
        "1e",
        "\"value\"",
    ];
    for kind in ["sql_application", "flink_application"] {
        let (mut session, id) = application_of(kind);
        session.update(Message::CodeTwin(true));
        let mut rng = base::Rng::from_seed(7);
        for _text in 0..150 {
            let mut text = String::new();
            for _piece in 0..rng.below(14) {
                text += PIECES[usize::try_from(rng.below(24)).unwrap()];
                text += if rng.below(2) == 0 { " " } else { "" };
            }
            session.update(Message::CodeTyped(id, text.clone()));
            let units = u32::try_from(text.encode_utf16().count()).unwrap();
            for at in 0..=units + 1 {
                let (from, _) = session.completions(at);
                assert!(from <= units, "{text}");
            }
            let shown = view(&mut session);
            for problem in &*shown.problems {
                let (from, to) = problem.units;
                assert!(from <= to && to <= units, "{text}: {problem:?}");
            }
        }
    }
}
