//! Random edits: whatever was done, undo takes it all back and redo does it all again.

use base::{NodeId, Rng};
use scenario::End;
use scenario::kind::{FieldKind, SPECS};
use serde_json::{Value, json};
use session::{Message, Session};

use crate::support::{place, session};

#[test]
fn a_thousand_edits_are_undone_and_done_again() {
    for seed in 1..=10 {
        let mut rng = Rng::from_seed(seed);
        let mut session = session();
        session.update(place("producer"));
        session.update(place("stream"));
        session.update(Message::StepMicros(1_000));
        let now = session.snapshot().now;
        let start = session.document().clone();
        // Fewer than the history keeps, bursts apart.
        for _edit in 0..100 {
            let message = any_edit(&mut rng, &session);
            session.update(message);
            session.update(Message::SelectNone);
        }
        let end = session.document().clone();
        let mut steps = 0;
        while *session.document() != start && steps < 200 {
            session.update(Message::Undo);
            steps += 1;
        }
        assert_eq!(*session.document(), start, "seed {seed}");
        for _step in 0..steps {
            session.update(Message::Redo);
        }
        assert_eq!(*session.document(), end, "seed {seed}");
        assert_eq!(session.snapshot().now, now, "seed {seed}: the clock stands");
    }
}

/// Edits, undo and redo while records flow: the clock goes on, no record gets lost in the books
/// (the engine checks them after every event), and what ends up valid is what runs.
#[test]
fn a_running_pipeline_bears_any_edit() {
    for seed in 1..=6 {
        let mut rng = Rng::from_seed(seed);
        let mut session = crate::support::hot_shard();
        session.update(Message::Play);
        let mut now = session.snapshot().now;
        for _edit in 0..60 {
            let message = match rng.below(5) {
                0 => Message::Undo,
                1 => Message::Redo,
                _ => any_edit(&mut rng, &session),
            };
            session.update(message);
            session.tick(40_000, 20_000);
            assert!(session.snapshot().now >= now, "seed {seed}: the clock never goes back");
            now = session.snapshot().now;
        }
        // Codes of findings about the document are like SCN-012, those of a run like no_worker.
        let is_finding = |code: &str| code.starts_with(char::is_uppercase);
        let is_error = |problem: &session::hud::Problem| {
            problem.severity == base::Severity::Error && is_finding(&problem.code)
        };
        if !session.problems().iter().any(is_error) {
            let running: Vec<_> = session.snapshot().nodes.iter().map(|node| node.id).collect();
            let drawn: Vec<_> = session.document().nodes.iter().map(|node| node.id).collect();
            assert_eq!(running, drawn, "seed {seed}");
        }
    }
}

fn any_edit(rng: &mut Rng, session: &Session) -> Message {
    let nodes = &session.document().nodes;
    let mut any = |n: usize| rng.below(u32::try_from(n).expect("small")) as usize;
    let kind = SPECS[any(SPECS.len())].kind;
    let Some(node) = (!nodes.is_empty()).then(|| &nodes[any(nodes.len())]) else {
        return place(kind);
    };
    match any(8) {
        0 | 1 => place(kind),
        2 => Message::RemoveNode(node.id),
        3 => Message::Rename(node.id, format!("name-{}", any(50))),
        4 => Message::SetTitle(format!("title {}", any(50))),
        5 => {
            let (from, to) = (end(node.id, "out"), end(nodes[any(nodes.len())].id, "in"));
            Message::Connect(from, to)
        }
        6 => Message::Tidy,
        _ => {
            let fields = node.spec().fields();
            let field = fields[any(fields.len())];
            let value = value(field.kind, any(2_000));
            Message::SetField { node: node.id, key: field.key.to_owned(), value }
        }
    }
}

fn end(node: NodeId, port: &str) -> End {
    End { node, port: port.to_owned() }
}

fn value(kind: FieldKind, any: usize) -> Value {
    match kind {
        FieldKind::Int { .. } => json!(any),
        FieldKind::Choice(words) => json!(words[any % words.len()].0),
        FieldKind::Bool => json!(any.is_multiple_of(2)),
        FieldKind::Share => json!(format!("{}/2000", any)),
        FieldKind::Weights => json!([["a", any], ["b", 1]]),
        FieldKind::Curve => json!([[0, any]]),
        FieldKind::Text { .. }
        | FieldKind::Code { .. }
        | FieldKind::Sql { .. }
        | FieldKind::Data
        | FieldKind::Column => json!(format!("text {any}")),
    }
}
