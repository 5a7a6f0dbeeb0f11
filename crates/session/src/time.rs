//! Play, hold, step: what passes of simulated time.

use std::sync::Arc;

use base::Time;
use scenario::{Action, Fault, FaultKind};

use crate::history::{Step, Struck};
use crate::library::WAITS;
use crate::session::{Session, TickReport};

/// Events a step of time may handle before it gives up.
const STEP_EVENTS_MAX: u32 = 2_000_000;

impl Session {
    /// Lets real time pass: `elapsed_micros` since the last tick, at most `events_max` events.
    pub fn tick(&mut self, elapsed_micros: u64, events_max: u32) -> TickReport {
        self.pan_at_edge(elapsed_micros);
        self.hud.pass(elapsed_micros);
        self.history.pass(elapsed_micros);
        self.pass_code(elapsed_micros);
        let mut report = TickReport::default();
        let before = self.run.snapshot().now;
        if self.run.is_ready()
            && let Some(until) = self.playback.until(before, elapsed_micros)
        {
            let was_going = self.is_going();
            let events = self.run.snapshot().events;
            report.behind = self.run.advance(until, events_max);
            let now = self.run.snapshot().now;
            report.events = self.run.snapshot().events - events;
            report.advanced_micros = now.since(before).0;
            self.playback.reached(before, until, now);
            if self.run.snapshot().halted.is_some() {
                self.playback.pause();
            }
            let has_arrived = was_going && !self.is_going();
            self.hud.is_touched |= has_arrived || !self.playback.is_moving();
        }
        self.speak(elapsed_micros);
        report
    }

    pub(crate) fn play(&mut self) {
        self.playback.playing = true;
        self.try_library_again();
        if !self.run.is_ready() && !self.awaits_data() && !self.awaits_library() {
            self.say(self.first_error());
        }
    }

    pub(crate) fn toggle(&mut self) {
        if self.playback.is_wanted() {
            self.playback.pause();
            self.say("Paused");
        } else {
            self.play();
            self.say("Playing");
        }
    }

    #[inline(never)]
    pub(crate) fn restart(&mut self) {
        self.panels.object = None;
        self.voice.forget();
        self.hud.forget();
        if self.has_errors() {
            self.say(self.first_error());
        } else {
            self.run.start(&self.document, &self.data);
        }
    }

    #[inline(never)]
    pub(crate) fn step_event(&mut self) {
        self.playback.pause();
        self.run.step_event();
    }

    pub(crate) fn step_micros(&mut self, micros: u64) {
        self.playback.pause();
        let until = Time(self.run.snapshot().now.0.saturating_add(micros));
        self.run.advance(until, STEP_EVENTS_MAX);
    }

    pub(crate) fn run_to(&mut self, at: Time) {
        if at < self.run.snapshot().now {
            self.restart();
        }
        self.playback.run_to(at);
    }

    #[inline(never)]
    pub(crate) fn fault(&mut self, node: base::NodeId, kind: FaultKind, micros: u64) {
        let words = crate::panel::words::fault_words(kind);
        let lasts = crate::clock::age(micros);
        self.say(format!("{}: {words} for {lasts}", self.name(node)));
        let fault = Fault { node, kind, lasts: base::Duration(micros) };
        self.run.strike(vec![Action::Fault(fault.clone())]);
        if self.run.refused().is_empty() {
            let label = format!("fault on {}: {words}", self.name(node));
            self.note_struck(label, Struck::Set(vec![fault]));
        }
    }

    /// A step of the history that changed the run and not the document.
    fn note_struck(&mut self, label: String, struck: Struck) {
        if self.is_view_only {
            return;
        }
        let (document, selection) = (Arc::clone(&self.document), self.view.selection.clone());
        let step = Step { document, selection, label, struck: Some(struck) };
        self.history.push(step, None);
    }

    /// Takes a change of faults back, or makes it again, from now on: what happened has happened.
    #[inline(never)]
    pub(crate) fn strike_again(
        &mut self,
        step: Step,
        word: &str,
        ends: Vec<Fault>,
        sets: Vec<Fault>,
    ) {
        let is_running = |fault: &Fault| {
            let views = self.run.snapshot().nodes.iter();
            let mut views = views.filter(|view| view.id == fault.node);
            views.any(|view| view.faults.iter().any(|it| it.kind == fault.kind))
        };
        let was_over = !ends.is_empty() && !ends.iter().any(is_running);
        let ends = ends.into_iter().map(|fault| Fault { lasts: base::Duration::ZERO, ..fault });
        let known = |fault: &Fault| self.document.node(fault.node).is_some();
        let faults: Vec<Fault> = ends.chain(sets).filter(known).collect();
        self.run.strike(faults.into_iter().map(Action::Fault).collect());
        self.view.selection = step.selection;
        self.prune_selection();
        let over = if was_over { ". It was over already" } else { "" };
        self.say(format!("{word}: {}{over}", step.label));
    }

    /// Sets the speed and says it.
    pub(crate) fn shift_speed(&mut self, detents: i32) {
        self.playback.shift_speed(detents);
        self.say(self.playback.words());
    }

    #[inline(never)]
    pub(crate) fn clear_faults(&mut self, node: base::NodeId) {
        let now = self.run.snapshot().now;
        let views = self.run.snapshot().nodes.iter().filter(|view| view.id == node);
        let running = views.flat_map(|view| &view.faults);
        let left = running.map(|it| Fault { node, kind: it.kind, lasts: it.until.since(now) });
        let left: Vec<Fault> = left.collect();
        self.run.strike(vec![Action::ClearFaults(node)]);
        if !left.is_empty() {
            let label = format!("end the faults of {}", self.name(node));
            self.note_struck(label, Struck::Ended(left));
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(base::Diagnostic::is_error)
    }

    /// Whether the design has to be mended before it can run; what is on its way needs no hand.
    pub(crate) fn is_blocked(&self) -> bool {
        self.problems.iter().any(|finding| finding.is_error() && finding.code.0 != WAITS)
    }

    /// Words of the first thing that keeps the design from running.
    pub(crate) fn first_error(&self) -> String {
        let error = self.problems.iter().find(|finding| finding.is_error());
        error.map_or_else(|| "There is nothing to run".to_owned(), crate::design::sentence)
    }
}
