//! Time passes, the design changes, and neither disturbs the other.

use base::Time;
use scenario::{Edit, FaultKind};
use session::{Message, Phase};

use crate::support::{drag, header, hot_key, hot_shard, node, pipeline, press, run, said, set};

#[test]
fn the_example_plays_and_the_clock_is_told() {
    let mut session = hot_key();
    assert!(session.is_idle());
    session.update(Message::Play);
    run(&mut session, 3);
    assert!(!session.is_idle());
    assert_eq!(session.snapshot().now, Time(3_000_000));
    let hud = session.hud();
    assert!(hud.transport.playing && hud.transport.ready);
    assert_eq!(hud.transport.now, Time(3_000_000));
    assert!(hud.totals.iter().any(|(label, records, _)| label.starts_with("made") && *records > 0));
    press(&mut session, " ");
    assert!(session.is_idle());
    assert_eq!(session.tick(50_000, 1_000).advanced_micros, 0);
}

#[test]
fn undo_while_running_leaves_the_clock_alone() {
    let mut session = hot_key();
    let stream = node(&session, "stream");
    session.update(Message::Play);
    run(&mut session, 1);
    session.update(set(stream, "retention_hours", 48));
    run(&mut session, 1);
    let (now, events) = (session.snapshot().now, session.snapshot().events);
    let before = session.document().clone();
    session.update(Message::Undo);
    assert_ne!(*session.document(), before);
    assert_eq!(session.snapshot().now, now);
    assert!(session.snapshot().events >= events, "the run was not begun anew");
    session.update(Message::Redo);
    assert_eq!(session.snapshot().now, now);
    assert_eq!(*session.document(), before);
    assert!(session.hud().transport.playing);
}

#[test]
fn moving_and_naming_never_touch_the_run() {
    let (mut still, mut moved) = (hot_key(), hot_key());
    for session in [&mut still, &mut moved] {
        session.update(Message::Play);
        run(session, 1);
    }
    let stream = node(&moved, "stream");
    let from = header(&moved, stream);
    drag(&mut moved, from, (from.0 + 80.0, from.1 + 240.0), session::Keys::default());
    moved.update(Message::Rename(stream, "renamed".to_owned()));
    moved.update(Message::Tidy);
    moved.update(Message::Undo);
    for session in [&mut still, &mut moved] {
        run(session, 1);
    }
    assert_ne!(still.document(), moved.document());
    assert_eq!(still.snapshot().now, moved.snapshot().now);
    assert_eq!(still.snapshot().trace_hash, moved.snapshot().trace_hash);
}

#[test]
fn a_broken_design_keeps_the_last_valid_one_running() {
    let mut session = hot_key();
    let stream = node(&session, "stream");
    session.update(Message::Play);
    run(&mut session, 1);
    session.update(set(stream, "shards", 0));
    let now = session.snapshot().now;
    run(&mut session, 1);
    assert_eq!(session.snapshot().now, Time(now.0 + 1_000_000), "it goes on");
    assert!(session.problems().iter().any(|problem| &*problem.code == "SCN-012"));
    session.update(Message::Undo);
    assert!(session.problems().iter().all(|problem| &*problem.code != "SCN-012"));
    run(&mut session, 1);
    assert_eq!(session.snapshot().now, Time(now.0 + 2_000_000));
}

#[test]
fn before_time_passes_an_edit_begins_the_run_anew() {
    let mut session = pipeline();
    let stream = node(&session, "stream");
    session.update(set(stream, "shards", 4));
    let lanes = session.snapshot().nodes.iter().find(|view| view.id == stream).map(|view| {
        view.gauges.iter().map(|gauge| match gauge {
            engine::snapshot::Gauge::Lanes(lanes) => lanes.lanes.len(),
            _ => 0,
        })
    });
    assert_eq!(lanes.map(Iterator::sum), Some(4));
}

#[test]
fn the_same_edits_give_the_same_run_as_the_saved_document() {
    let mut edited = pipeline();
    let (producer, stream) = (node(&edited, "producer"), node(&edited, "stream"));
    edited.update(set(stream, "shards", 3));
    edited.update(set(producer, "records_per_sec", 500));
    edited.update(Message::Rename(stream, "clicks".to_owned()));
    let text = scenario::format::save(edited.document());
    let mut opened = crate::support::session();
    opened.update(Message::OpenFile(text.into_bytes()));
    for session in [&mut edited, &mut opened] {
        session.update(Message::Play);
        run(session, 2);
    }
    assert!(edited.snapshot().events > 100);
    assert_eq!(edited.snapshot().trace_hash, opened.snapshot().trace_hash);
}

#[test]
fn another_seed_and_home_begin_anew() {
    let mut session = hot_key();
    session.update(Message::StepMicros(2_000_000));
    let first = session.snapshot().trace_hash;
    press(&mut session, "Home");
    assert_eq!(session.snapshot().now, Time::ZERO);
    session.update(Message::StepMicros(2_000_000));
    assert_eq!(session.snapshot().trace_hash, first, "the same seed gives the same run");
    session.update(Message::SetSeed(99));
    assert_eq!(session.snapshot().now, Time::ZERO);
    session.update(Message::StepMicros(2_000_000));
    assert_ne!(session.snapshot().trace_hash, first);
}

#[test]
fn steps_hold_afterwards() {
    let mut session = hot_key();
    session.update(Message::Play);
    let next = session.snapshot().next_event.expect("something is due");
    press(&mut session, ".");
    assert!(session.is_idle());
    assert!(session.snapshot().now >= next && session.snapshot().events > 0);
    let now = session.snapshot().now;
    press(&mut session, "Shift+.");
    assert_eq!(session.snapshot().now, Time(now.0 + 1_000_000));
}

#[test]
fn run_to_arrives_exactly_and_holds() {
    let mut session = hot_key();
    session.update(Message::RunTo(Time(4_321_000)));
    let mut ticks = 0;
    while !session.is_idle() && ticks < 10_000 {
        session.tick(16_000, 5_000);
        ticks += 1;
    }
    assert_eq!(session.snapshot().now, Time(4_321_000));
    assert!(!session.hud().transport.playing);
    session.update(Message::RunTo(Time(5_000_000)));
    session.update(Message::Play);
    run(&mut session, 1);
    assert!(session.snapshot().now > Time(5_000_000) && !session.is_idle(), "it plays on");
    session.update(Message::RunTo(Time(1_000_000)));
    while !session.is_idle() {
        session.tick(16_000, 1_000_000);
    }
    assert_eq!(session.snapshot().now, Time(1_000_000), "back means from the beginning");
}

/// On the way to a moment nothing of the way is shown or said.
#[test]
fn the_way_to_a_moment_is_one_calm_sentence() {
    let mut session = hot_shard();
    session.update(Message::RunTo(Time(60_000_000)));
    session.update(Message::Play);
    let first = session.hud();
    assert_eq!(first.transport.going.as_deref(), Some("Going to 10:01:00"));
    assert_eq!(&*first.transport.clock, "10:01:00");
    session.take_effects();
    let mut looks = 0;
    while session.is_going() {
        session.tick(100_000, 2_000);
        if session.is_going() {
            looks += 1;
            assert_eq!(*session.hud(), *first);
        }
    }
    assert!(looks > 10, "{looks}");
    assert_eq!(said(&mut session), "");
    let hud = session.hud();
    assert!(hud.transport.going.is_none() && hud.transport.playing);
    assert!(hud.counts.throttled > 0, "what there is now is shown at once");
}

#[test]
fn a_hidden_page_pauses_and_never_jumps() {
    let mut session = hot_key();
    session.update(Message::Play);
    run(&mut session, 1);
    session.update(Message::Hidden(true));
    assert!(session.is_idle());
    session.tick(60_000_000, 1_000_000);
    assert_eq!(session.snapshot().now, Time(1_000_000));
    session.update(Message::Hidden(false));
    session.tick(60_000_000, 1_000_000);
    assert_eq!(session.snapshot().now, Time(1_100_000), "at most a tenth of a second");
}

#[test]
fn a_spent_budget_is_told_and_nothing_is_dropped() {
    let mut session = hot_key();
    session.update(Message::Speed(1_000_000));
    session.update(Message::Play);
    let mut behind = false;
    for _frame in 0..40 {
        behind |= session.tick(16_000, 200).behind;
    }
    assert!(behind);
    let hud = session.hud();
    let achieved = hud.transport.achieved_milli.expect("the device is too slow");
    assert!(achieved < 1_000_000);
    let slow = session.snapshot().now;
    let mut exact = hot_key();
    exact.update(Message::StepMicros(slow.0));
    assert_eq!(exact.snapshot().now, slow);
}

#[test]
fn a_fault_by_hand_shows_and_ends() {
    let mut session = hot_key();
    session.update(Message::Play);
    run(&mut session, 1);
    let stream = node(&session, "stream");
    session.update(Message::SelectNode(stream, false));
    let kind = FaultKind::Slow { millis: 200 };
    session.update(Message::Fault { node: stream, kind, micros: 5_000_000 });
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    let running: Vec<_> = inspector.faults_running.iter().map(|words| &**words).collect();
    assert_eq!(running, ["slow +200 ms, 5.0 s left"]);
    session.update(Message::ClearFaults(stream));
    assert!(session.hud().inspector.as_ref().expect("selected").faults_running.is_empty());
}

fn faults(session: &session::Session) -> Vec<String> {
    let views = session.snapshot().nodes.iter();
    views.flat_map(|view| &view.faults).map(|fault| fault.kind.word().to_owned()).collect()
}

#[test]
fn a_fault_by_hand_is_undone_from_now_on_and_redone() {
    let mut session = hot_key();
    session.update(Message::Play);
    run(&mut session, 1);
    let stream = node(&session, "stream");
    let fault = |kind| Message::Fault { node: stream, kind, micros: 60_000_000 };
    session.update(fault(FaultKind::Slow { millis: 200 }));
    session.update(fault(FaultKind::Reject { percent: 20 }));
    run(&mut session, 1);
    assert_eq!(faults(&session), ["slow", "reject"]);
    let (now, events) = (session.snapshot().now, session.snapshot().events);
    assert_eq!(session.hud().undo.as_deref(), Some("fault on orders: rejects 20 %"));
    session.update(Message::Undo);
    assert_eq!(faults(&session), ["slow"], "only the last one ends");
    assert_eq!((session.snapshot().now, session.snapshot().events), (now, events));
    assert!(session.hud().transport.playing, "the clock is left alone");
    let kind = engine::snapshot::MarkKind::Fault;
    let marks = session.snapshot().marks.iter().filter(|mark| mark.kind == kind);
    assert!(marks.clone().any(|mark| mark.until == Some(now)), "the timeline shows its end");
    session.update(Message::Undo);
    assert!(faults(&session).is_empty());
    session.update(Message::Redo);
    session.update(Message::Redo);
    assert_eq!(faults(&session), ["slow", "reject"]);
    // Ending all of them is a step as well.
    session.update(Message::ClearFaults(stream));
    assert!(faults(&session).is_empty());
    session.update(Message::Undo);
    assert_eq!(faults(&session), ["slow", "reject"]);
    session.take_effects();
    run(&mut session, 61);
    session.update(Message::Undo);
    assert!(said(&mut session).ends_with("It was over already"));
    assert!(session.snapshot().now >= Time(now.0 + 60_000_000));
}

/// A worker that was killed by hand comes up again when that is taken back.
#[test]
fn undoing_a_kill_brings_a_worker_up() {
    let mut session = crate::support::session();
    for kind in ["producer", "stream", "kcl"] {
        session.update(crate::support::place(kind));
    }
    session.update(Message::StepMicros(40_000_000));
    let kcl = node(&session, "kcl");
    let workers = |session: &session::Session| {
        let view = session.snapshot().nodes.iter().find(|view| view.id == kcl).expect("it runs");
        view.counters.iter().find(|(word, _)| *word == "workers").expect("it has workers").1
    };
    let before = workers(&session);
    let kind = FaultKind::Kill { worker: 1 };
    session.update(Message::Fault { node: kcl, kind, micros: 600_000_000 });
    assert_eq!(workers(&session), before - 1);
    session.update(Message::Undo);
    session.update(Message::StepMicros(1_000_000));
    assert_eq!(workers(&session), before);
}

#[test]
fn rejections_are_announced_but_rarely() {
    let mut session = hot_shard();
    session.update(Message::Play);
    session.take_effects();
    run(&mut session, 8);
    let words = said(&mut session);
    assert!(words.contains("rejecting since 10:00:0"), "{words}");
    assert!(words.matches(" | ").count() < 3, "{words}");
}

#[test]
fn a_gesture_does_not_stop_time() {
    let mut session = hot_key();
    session.update(Message::Play);
    let from = header(&session, node(&session, "stream"));
    crate::support::point(&mut session, Phase::Down, from, session::Keys::default());
    let to = (from.0 + 64.0, from.1);
    crate::support::point(&mut session, Phase::Move, to, session::Keys::default());
    run(&mut session, 1);
    assert_eq!(session.snapshot().now, Time(1_000_000));
    press(&mut session, "Escape");
    assert_eq!(Edit::Move(Vec::new()).reach(), scenario::Reach::Layout);
}
