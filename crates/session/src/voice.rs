//! What is said aloud while the run goes on: at most one sentence in three seconds, and `D` to
//! hear where things stand.

use base::units::count_text;
use base::{NodeId, Time};
use engine::Snapshot;
use scenario::Document;

use crate::clock;
use crate::effect::{Announce, Effect};
use crate::panel::words;
use crate::session::Session;

/// Real time between two sentences.
const PAUSE_MICROS: u64 = 3_000_000;
/// Looks without a rejection until trouble is over: limits often bite every other second.
const QUIET_LOOKS: u8 = 2;
/// Problems told by `D`.
const PROBLEMS_TOLD_MAX: usize = 3;
/// Explanations told by `D`.
const CAUSES_TOLD_MAX: usize = 3;

/// Trouble that goes on.
#[derive(Clone, Debug)]
struct Trouble {
    node: NodeId,
    /// The lane that rejects most, where there are lanes.
    shard: Option<u32>,
    since: Time,
    /// Rejected in all when it began.
    base: u64,
    /// Rejected since then when it was last told.
    told: u64,
    /// Looks in a row that saw no rejection.
    quiet_looks: u8,
}

/// What was said last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voice {
    since_last_micros: u64,
    troubles: Vec<Trouble>,
}

impl Voice {
    /// The run begins anew.
    pub(crate) fn forget(&mut self) {
        self.troubles.clear();
    }

    /// The next sentence, when it is time for one and there is something new to say.
    fn next(
        &mut self,
        elapsed_micros: u64,
        document: &Document,
        snapshot: &Snapshot,
    ) -> Option<String> {
        self.since_last_micros = self.since_last_micros.saturating_add(elapsed_micros);
        if self.since_last_micros < PAUSE_MICROS {
            return None;
        }
        self.since_last_micros = 0;
        let ended = self.watch(document, snapshot);
        let told = self.troubles.iter_mut().filter_map(|trouble| trouble.tell(document, snapshot));
        let mut sentences: Vec<String> = told.collect();
        sentences.extend(ended);
        (!sentences.is_empty()).then(|| sentences.join(". "))
    }

    /// Notes which nodes reject now; gives sentences about those that stopped.
    fn watch(&mut self, document: &Document, snapshot: &Snapshot) -> Vec<String> {
        let rejects = |id: NodeId| {
            let node = snapshot.nodes.iter().find(|node| node.id == id);
            node.is_some_and(|node| node.rejected_per_sec > 0)
        };
        let mut ended = Vec::new();
        self.troubles.retain_mut(|trouble| {
            trouble.quiet_looks =
                if rejects(trouble.node) { 0 } else { trouble.quiet_looks.saturating_add(1) };
            let is_over = trouble.quiet_looks >= QUIET_LOOKS;
            if is_over {
                ended.push(format!("{} takes everything again", name(document, trouble.node)));
            }
            !is_over
        });
        for node in snapshot.nodes.iter().filter(|node| node.rejected_per_sec > 0) {
            if self.troubles.iter().any(|trouble| trouble.node == node.id) {
                continue;
            }
            let rejected = words::rejected_total(document, node);
            self.troubles.push(Trouble {
                node: node.id,
                shard: words::hottest_lane(node),
                since: snapshot.now,
                base: rejected.saturating_sub(u64::from(node.rejected_per_sec)),
                told: 0,
                quiet_looks: 0,
            });
        }
        ended
    }
}

impl Trouble {
    /// A sentence when it is new or has doubled since it was told.
    fn tell(&mut self, document: &Document, snapshot: &Snapshot) -> Option<String> {
        let who = match self.shard {
            Some(shard) => format!("Shard {shard} of {}", name(document, self.node)),
            None => name(document, self.node),
        };
        let node = snapshot.nodes.iter().find(|node| node.id == self.node);
        let total = node.map_or(0, |node| words::rejected_total(document, node));
        let so_far = total.saturating_sub(self.base);
        if so_far == 0 || so_far < self.told.saturating_mul(2) {
            return None;
        }
        self.told = so_far;
        let (since, _millis) = clock::clock(document.epoch_millis, self.since);
        Some(format!("{who} rejecting since {since}, {} so far", count_text(so_far)))
    }
}

fn name(document: &Document, id: NodeId) -> String {
    document.node(id).map_or_else(|| id.to_string(), |node| node.name.clone())
}

impl Session {
    /// Says what is new while time passes.
    pub(crate) fn speak(&mut self, elapsed_micros: u64) {
        if !self.playback.is_moving() || self.hurries() {
            return;
        }
        let said = self.voice.next(elapsed_micros, &self.document, self.run.snapshot());
        if let Some(said) = said {
            self.effects.push(Effect::Announce(Announce::Polite, said));
        }
    }

    /// Says where things stand: the whole, the selected part, its last explanations.
    pub(crate) fn describe(&mut self) {
        let now = self.run.snapshot().now;
        let (clock, _millis) = clock::clock(self.document.epoch_millis, now);
        let state = if self.playback.is_moving() { "playing" } else { "paused" };
        let parts = crate::why::plural(self.document.nodes.len() as u64, "part", "parts");
        let mut said = format!("{}: {parts}, {state} at {clock}", self.document.title);
        let problems = self.problems();
        if !problems.is_empty() {
            let count = crate::why::plural(problems.len() as u64, "problem", "problems");
            said += &format!(", {count}");
            for problem in problems.iter().take(PROBLEMS_TOLD_MAX) {
                said += &format!(". {}: {}", problem.place, problem.message);
            }
        }
        if let Some(id) = self.selected() {
            let view = self.run.snapshot().nodes.iter().find(|node| node.id == id);
            let words = words::sentence(&self.document, id, view);
            said += &format!(". {}: {words}", self.name(id));
            let epoch = self.document.epoch_millis;
            self.run.ask_also(crate::driver::Query::Causes(id));
            for cause in self.run.causes(id).iter().take(CAUSES_TOLD_MAX) {
                let card = crate::why::card(cause, epoch);
                said.push(' ');
                said.extend(card.runs.iter().map(|(text, _strong)| &**text));
            }
        }
        self.say(said);
    }
}
