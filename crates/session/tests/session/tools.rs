//! Pointer gestures.

use scene::Hover;
use serde_json::json;
use session::{Effect, Fit, Keys, Line, Message, Phase};

use crate::support::{
    click, drag, header, node, pipeline, place, point, port, press, run, said, session, wiring,
};

const PLAIN: Keys = Keys { shift: false, ctrl: false, alt: false, space: false };
const SHIFT: Keys = Keys { shift: true, ..PLAIN };
const ALT: Keys = Keys { alt: true, ..PLAIN };

#[test]
fn a_drag_snaps_to_the_grid_and_is_one_step() {
    let mut session = pipeline();
    let bucket = node(&session, "bucket");
    let before = session.document().clone();
    let from = header(&session, bucket);
    drag(&mut session, from, (from.0 + 203.0, from.1 + 411.0), PLAIN);
    let (old, new) = (before.node(bucket).expect("old"), session.document().node(bucket).cloned());
    let new = new.expect("new").at;
    assert_eq!(new.y % 8, 0, "{new:?}");
    assert!((new.x - old.at.x - 203).abs() <= 8, "{new:?}");
    assert_eq!(session.hud().undo.as_deref(), Some("move lake"));
    session.update(Message::Undo);
    assert_eq!(*session.document(), before);
}

#[test]
fn alt_moves_freely_and_guides_align() {
    let mut session = pipeline();
    let (bucket, stream) = (node(&session, "bucket"), node(&session, "stream"));
    let from = header(&session, bucket);
    let scale = session.view().camera.scale;
    drag(&mut session, from, (from.0 + 100.0, from.1 + 303.0), ALT);
    let at = session.document().node(bucket).expect("there").at;
    let top = session.document().node(stream).expect("there").at.y;
    assert_eq!(at.y, top + 303, "all tops were level");
    // Three pixels from the level of the others: the guide wins over the grid.
    let from = header(&session, bucket);
    let to = (from.0 + 50.0, from.1 - 303.0 + 3.0 / scale);
    point(&mut session, Phase::Down, from, PLAIN);
    point(&mut session, Phase::Move, to, PLAIN);
    assert_eq!(session.view().guides.1, [f64::from(top)]);
    point(&mut session, Phase::Up, to, PLAIN);
    assert_eq!(session.document().node(bucket).expect("there").at.y, top);
    assert!(session.view().guides.1.is_empty());
}

#[test]
fn a_tremble_is_a_click() {
    let mut session = pipeline();
    let before = session.document().clone();
    let at = header(&session, node(&session, "stream"));
    let pixel = 1.0 / session.view().camera.scale;
    drag(&mut session, at, (at.0 + 2.0 * pixel, at.1), PLAIN);
    assert_eq!(*session.document(), before);
    assert_eq!(session.view().selection.nodes, [node(&session, "stream")]);
}

#[test]
fn escape_gives_everything_back() {
    let mut session = pipeline();
    let before = session.document().clone();
    let from = header(&session, node(&session, "stream"));
    point(&mut session, Phase::Down, from, PLAIN);
    point(&mut session, Phase::Move, (from.0 + 300.0, from.1 + 90.0), PLAIN);
    assert_ne!(*session.document(), before);
    press(&mut session, "Escape");
    assert_eq!(*session.document(), before);
    let undo = session.hud().undo.clone();
    assert_eq!(undo.as_deref(), Some("add lake"), "no step was made");
    point(&mut session, Phase::Move, from, PLAIN);
    assert!(!session.view().grid);
}

#[test]
fn shift_selects_more() {
    let mut session = pipeline();
    let at = header(&session, node(&session, "stream"));
    click(&mut session, at);
    let at = header(&session, node(&session, "bucket"));
    drag(&mut session, at, at, SHIFT);
    assert_eq!(session.view().selection.nodes.len(), 2);
    drag(&mut session, at, at, SHIFT);
    assert_eq!(session.view().selection.nodes, [node(&session, "stream")]);
    drag(&mut session, (-5_000.0, -5_000.0), (5_000.0, 5_000.0), SHIFT);
    assert_eq!(session.view().selection.nodes.len(), 4);
    click(&mut session, (-5_000.0, -5_000.0));
    assert!(session.view().selection.nodes.is_empty());
}

#[test]
fn an_empty_drag_pans() {
    let mut session = pipeline();
    let camera = session.view().camera;
    drag(&mut session, (-500.0, -500.0), (-400.0, -450.0), PLAIN);
    let moved = session.view().camera;
    assert!((moved.x - camera.x - 100.0 * camera.scale).abs() > 1.0 || moved != camera);
    assert_ne!(moved, camera);
}

#[test]
fn a_wire_is_drawn_by_dragging_and_by_two_clicks() {
    let mut session = pipeline();
    session.update(place("consumer"));
    session.update(place("consumer"));
    let out = port(&session, node(&session, "stream"), "out");
    let readers: Vec<_> = session
        .document()
        .nodes
        .iter()
        .filter(|node| node.config.kind() == "consumer")
        .map(|node| node.id)
        .collect();
    // Near the port is near enough.
    let goal = port(&session, readers[0], "in");
    point(&mut session, Phase::Down, out, PLAIN);
    point(&mut session, Phase::Move, (goal.0 - 9.0, goal.1 + 5.0), PLAIN);
    let wire = session.view().connecting.clone().expect("a wire is being drawn");
    assert_eq!(wire.target, Some((readers[0], "in")));
    assert_eq!(wire.to, goal);
    assert_eq!(wire.legal.len(), 2);
    point(&mut session, Phase::Up, goal, PLAIN);
    click(&mut session, out);
    let goal = port(&session, readers[1], "in");
    point(&mut session, Phase::Move, goal, PLAIN);
    click(&mut session, goal);
    assert!(session.view().connecting.is_none());
    assert_eq!(wiring(&session)[3], json!(["orders", "reader"]));
    assert_eq!(wiring(&session)[4], json!(["orders", "reader-2"]));
}

#[test]
fn the_reason_of_a_refusal_is_shown_and_said() {
    let mut session = pipeline();
    let from = port(&session, node(&session, "bucket"), "in");
    let producer = header(&session, node(&session, "producer"));
    session.take_effects();
    point(&mut session, Phase::Down, from, PLAIN);
    point(&mut session, Phase::Move, producer, PLAIN);
    let wire = session.view().connecting.clone().expect("a wire is being drawn");
    assert_eq!(wire.refusal.as_deref(), Some("Producer cannot feed an S3 bucket"));
    point(&mut session, Phase::Up, producer, PLAIN);
    assert_eq!(said(&mut session), "Producer cannot feed an S3 bucket");
}

#[test]
fn a_wire_dropped_on_nothing_offers_what_fits_and_connects_it() {
    let mut session = pipeline();
    let out = port(&session, node(&session, "stream"), "out");
    drag(&mut session, out, (out.0 + 60.0, out.1 + 700.0), PLAIN);
    let offered = session.take_effects().into_iter().find_map(|effect| match effect {
        Effect::QuickAdd { at, fit: Fit::Wire(legal) } => Some((at, legal)),
        _ => None,
    });
    let (Some(at), legal) = offered.expect("quick add opens") else { panic!("at the pointer") };
    let applications = ["sql_application", "flink_application"];
    let readers = ["firehose", "consumer", "kcl", "lambda", "connector"];
    assert_eq!(legal, [&readers[..], &applications[..]].concat());
    session.update(Message::Place {
        kind: "consumer".to_owned(),
        preset: Vec::new(),
        at_in_screen: Some((f64::from(at.0), f64::from(at.1))),
        connect: true,
    });
    assert_eq!(wiring(&session)[3], json!(["orders", "reader"]));
    assert_eq!(session.hud().undo.as_deref(), Some("add reader"));
    session.update(Message::Undo);
    assert_eq!(session.document().nodes.len(), 4);
    assert_eq!(session.document().edges.len(), 3);
}

#[test]
fn a_part_dropped_on_a_wire_goes_in_between() {
    let mut session = session();
    session.update(place("producer"));
    session.update(place("firehose"));
    let from = port(&session, node(&session, "producer"), "out");
    let at = session.view().camera.screen_from_world((from.0 + 30.0, from.1));
    session.update(Message::Place {
        kind: "stream".to_owned(),
        preset: Vec::new(),
        at_in_screen: Some(at),
        connect: false,
    });
    assert_eq!(wiring(&session), json!([["web-clicks", "orders"], ["orders", "to-s3"]]));
    // And out again: the neighbours meet.
    press(&mut session, "Ctrl+Delete");
    assert_eq!(wiring(&session), json!([["web-clicks", "to-s3"]]));
    session.update(Message::Undo);
    session.update(Message::Undo);
    assert_eq!(wiring(&session), json!([["web-clicks", "to-s3"]]));
    assert_eq!(session.document().nodes.len(), 2);
}

#[test]
fn the_canvas_follows_a_gesture_at_its_edge() {
    let mut session = pipeline();
    let from = header(&session, node(&session, "stream"));
    point(&mut session, Phase::Down, from, PLAIN);
    let edge = session.view().camera.world_from_screen((1_199.0, 400.0));
    point(&mut session, Phase::Move, edge, PLAIN);
    assert!(!session.is_idle());
    let (camera, at) = (session.view().camera, session.document().nodes[1].at);
    run(&mut session, 1);
    assert!(session.view().camera.x < camera.x - 500.0);
    assert!(session.document().nodes[1].at.x > at.x + 500, "the card stays under the pointer");
    press(&mut session, "Escape");
    assert!(session.is_idle());
}

#[test]
fn a_wire_is_selected_by_a_click() {
    let mut session = pipeline();
    let from = port(&session, node(&session, "firehose"), "out");
    click(&mut session, (from.0 + 20.0, from.1));
    assert_eq!(session.view().selection.edges.len(), 1);
    press(&mut session, "Delete");
    assert_eq!(session.document().edges.len(), 2);
}

#[test]
fn a_double_click_on_nothing_opens_quick_add() {
    let mut session = session();
    point(&mut session, Phase::Double, (40.0, 50.0), PLAIN);
    let effects = session.take_effects();
    assert!(matches!(&effects[..], [Effect::QuickAdd { .. }]), "{effects:?}");
    point(&mut session, Phase::Menu, (40.0, 50.0), PLAIN);
    let effects = session.take_effects();
    assert!(matches!(&effects[..], [Effect::Menu { .. }]), "{effects:?}");
}

#[test]
fn the_pointer_hovers() {
    let mut session = pipeline();
    let stream = node(&session, "stream");
    let at = port(&session, stream, "out");
    point(&mut session, Phase::Move, at, PLAIN);
    assert_eq!(session.view().hover, Hover::Port(stream, "out"));
    point(&mut session, Phase::Move, (-900.0, -900.0), PLAIN);
    assert_eq!(session.view().hover, Hover::Nothing);
}

#[test]
fn parts_added_by_keys_stand_side_by_side() {
    let mut session = session();
    for kind in ["producer", "stream", "firehose", "bucket"] {
        press(&mut session, "a");
        let at = session.take_effects().into_iter().find_map(|effect| match effect {
            Effect::QuickAdd { at, .. } => Some(at),
            _ => None,
        });
        let at = at.expect("quick add opens").map(|(x, y)| (f64::from(x), f64::from(y)));
        let (kind, preset) = (kind.to_owned(), Vec::new());
        session.update(Message::Place { kind, preset, at_in_screen: at, connect: true });
    }
    let plan = scene::Plan::wide(session.document());
    for pair in plan.nodes.windows(2) {
        assert!(pair[0].rect.right() + 60.0 <= pair[1].rect.x, "{pair:?}");
    }
}

#[test]
fn quick_add_beside_a_part_knows_what_can_be_wired_to_it() {
    let mut session = pipeline();
    let fit = |session: &mut session::Session| {
        session.take_effects();
        press(session, "a");
        let found = session.take_effects().into_iter().find_map(|effect| match effect {
            Effect::QuickAdd { fit, .. } => Some(fit),
            _ => None,
        });
        found.expect("quick add opens")
    };
    assert_eq!(fit(&mut session), Fit::Free);
    session.update(Message::SelectNode(node(&session, "bucket"), false));
    let Fit::Part(name, kinds) = fit(&mut session) else { panic!("a part is selected") };
    assert_eq!(name, "lake");
    assert!(kinds.iter().any(|kind| kind == "firehose"), "{kinds:?}");
    assert!(kinds.iter().all(|kind| kind != "stream" && kind != "kpl"), "{kinds:?}");
}

#[test]
fn several_selected_parts_are_listed_and_put_into_a_line() {
    let mut session = pipeline();
    session.update(Message::SelectNode(node(&session, "stream"), false));
    assert!(session.hud().group.is_none());
    session.update(Message::SelectAll);
    let group = session.hud().group.clone().expect("all are selected");
    assert!(group.words.starts_with("4 parts"), "{}", group.words);
    assert_eq!(group.parts.len(), 4);
    for line in [Line::Column, Line::Row] {
        session.update(Message::Align(line));
        let document = session.document();
        let rect = |node| scene::geometry::node_rect(document, node);
        let rects: Vec<_> = document.nodes.iter().map(|node| rect(node)).collect();
        for (at, a) in rects.iter().enumerate() {
            for b in &rects[at + 1..] {
                match line {
                    Line::Column => assert_eq!(a.x, b.x),
                    Line::Row => assert_eq!(a.y, b.y),
                }
                let apart = a.x + a.w <= b.x || b.x + b.w <= a.x;
                let apart = apart || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(apart, "{line:?}: {a:?} lies on {b:?}");
            }
        }
    }
    let before = session.document().clone();
    session.update(Message::Undo);
    session.update(Message::Redo);
    assert_eq!(*session.document(), before);
}
