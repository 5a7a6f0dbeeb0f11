//! What is broken on purpose, and until when.

use base::{NodeId, Ratio, Rng, Time};
use scenario::{Fault, FaultKind, KmsFault};

use crate::kernel::marks::Marks;
use crate::snapshot::{FaultView, MarkKind};

#[derive(Clone, Copy, Debug)]
struct Running {
    node: NodeId,
    view: FaultView,
}

/// All running faults.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    running: Vec<Running>,
}

/// What a fault does to one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Harm {
    /// The call (or entry) fails with an internal failure.
    pub fails: bool,
    /// It fails because nobody is there to take it.
    pub down: bool,
    /// The answer takes this much longer.
    pub extra_millis: u64,
    /// The answer never arrives.
    pub lost: bool,
    /// The call never arrives; who made it waits in vain.
    pub unsent: bool,
}

impl Faults {
    /// Starts a fault. Where two of the same kind run at a time, the stricter figure holds; one
    /// that changes nothing beside the other is left out.
    pub fn start(&mut self, fault: &Fault, now: Time, marks: &mut Marks) {
        self.close_until(now);
        let until = now + fault.lasts;
        let view = FaultView { kind: fault.kind, since: now, until };
        let here = |running: &Running| running.node == fault.node;
        if self.running.iter().any(|running| here(running) && covers(&running.view, &view)) {
            return;
        }
        self.running.retain(|running| !(here(running) && covers(&view, &running.view)));
        self.running.push(Running { node: fault.node, view });
        marks.add(now, Some(until), MarkKind::Fault, fault.node);
    }

    /// Ends a fault of a kind; killed and paused workers come back together.
    #[inline(never)]
    pub fn end(&mut self, fault: &Fault, now: Time, marks: &mut Marks) {
        let is_worker =
            |kind: FaultKind| matches!(kind, FaultKind::Kill { .. } | FaultKind::Pause { .. });
        let ends = |running: &Running| {
            let kind = running.view.kind;
            let is_same = kind.word() == fault.kind.word();
            running.node == fault.node && (is_same || is_worker(kind) && is_worker(fault.kind))
        };
        for ended in self.running.iter().filter(|running| ends(running)) {
            marks.end(ended.view.since, now, MarkKind::Fault, fault.node);
        }
        self.running.retain(|running| !ends(running));
    }

    /// Ends every fault of a node.
    pub fn clear(&mut self, node: NodeId, now: Time, marks: &mut Marks) {
        for fault in self.running.iter().filter(|r| r.node == node) {
            marks.end(fault.view.since, now, MarkKind::Fault, node);
        }
        self.running.retain(|r| r.node != node);
    }

    /// Forgets faults that ended.
    pub fn close_until(&mut self, now: Time) {
        self.running.retain(|r| r.view.until > now);
    }

    /// Running faults of a node.
    pub fn of(&self, node: NodeId, now: Time) -> impl Iterator<Item = FaultView> {
        self.running
            .iter()
            .filter(move |r| r.node == node && r.view.since <= now && now < r.view.until)
            .map(|r| r.view)
    }

    /// What the running faults do to one call of a node. Draws only while a fault runs.
    pub fn harm(&self, node: NodeId, now: Time, rng: &mut Rng) -> Harm {
        let mut harm = self.harm_call(node, now, rng);
        let rejects = self.rejects(node, now);
        harm.fails |= rejects.num > 0 && rng.chance(rejects);
        harm
    }

    /// What the running faults do to a call as a whole, its entries aside.
    pub fn harm_call(&self, node: NodeId, now: Time, rng: &mut Rng) -> Harm {
        let mut harm = Harm::default();
        let (mut lost, mut unsent) = (0, 0);
        for fault in self.of(node, now) {
            match fault.kind {
                FaultKind::Down => (harm.fails, harm.down) = (true, true),
                FaultKind::Slow { millis } => {
                    harm.extra_millis = harm.extra_millis.max(millis.into());
                }
                FaultKind::Timeout { percent } => lost = percent.max(lost),
                FaultKind::Unreachable { percent } => unsent = percent.max(unsent),
                FaultKind::Reject { .. }
                | FaultKind::Kill { .. }
                | FaultKind::Pause { .. }
                | FaultKind::Kms(_) => {}
            }
        }
        harm.lost = lost > 0 && rng.chance(Ratio::percent(lost));
        harm.unsent = unsent > 0 && rng.chance(Ratio::percent(unsent));
        harm
    }

    /// What is wrong with the KMS key of a node.
    #[must_use]
    pub fn key(&self, node: NodeId, now: Time) -> Option<KmsFault> {
        self.of(node, now).find_map(|fault| match fault.kind {
            FaultKind::Kms(fault) => Some(fault),
            _ => None,
        })
    }

    /// The share of calls, or of entries, that fail.
    #[must_use]
    pub fn rejects(&self, node: NodeId, now: Time) -> Ratio {
        let percents = self.of(node, now).map(|fault| match fault.kind {
            FaultKind::Reject { percent } => percent,
            FaultKind::Down
            | FaultKind::Slow { .. }
            | FaultKind::Timeout { .. }
            | FaultKind::Kill { .. }
            | FaultKind::Pause { .. }
            | FaultKind::Kms(_)
            | FaultKind::Unreachable { .. } => 0,
        });
        Ratio::percent(percents.max().unwrap_or(0))
    }
}

/// Whether a running fault is as strict as another of its kind, and runs as long.
fn covers(one: &FaultView, other: &FaultView) -> bool {
    let (kind, amount) = (one.kind, one.kind.amount());
    let names_a_worker = matches!(kind, FaultKind::Kill { .. } | FaultKind::Pause { .. });
    let is_as_strict = kind == other.kind || !names_a_worker && amount >= other.kind.amount();
    kind.word() == other.kind.word() && is_as_strict && one.until >= other.until
}

#[cfg(test)]
mod tests {
    use base::Duration;

    use super::*;

    const NODE: NodeId = NodeId(1);

    fn strike(faults: &mut Faults, at: u64, kind: FaultKind, secs: u64) {
        let fault = Fault { node: NODE, kind, lasts: Duration::from_secs(secs) };
        faults.start(&fault, Time(at * 1_000_000), &mut Marks::default());
    }

    /// Ten seconds to thirty, and fifteen to twenty in between: down until the end of the first.
    #[test]
    fn a_fault_within_another_does_not_end_it() {
        let mut faults = Faults::default();
        strike(&mut faults, 10, FaultKind::Down, 20);
        strike(&mut faults, 15, FaultKind::Down, 5);
        let mut rng = Rng::from_seed(1);
        for (second, fails) in [(16, true), (20, true), (29, true), (30, false)] {
            let harm = faults.harm(NODE, Time(second * 1_000_000), &mut rng);
            assert_eq!(harm.fails, fails, "{second} s");
        }
    }

    /// While two of a kind run, the stricter one decides; then the one that is left.
    #[test]
    fn the_stricter_of_two_faults_holds() {
        let mut faults = Faults::default();
        let seen = |faults: &Faults, second: u64| {
            let now = Time(second * 1_000_000);
            let slow = faults.harm(NODE, now, &mut Rng::from_seed(1)).extra_millis;
            (faults.rejects(NODE, now), slow)
        };
        let percent = Ratio::percent;
        strike(&mut faults, 0, FaultKind::Reject { percent: 50 }, 20);
        strike(&mut faults, 0, FaultKind::Slow { millis: 300 }, 10);
        strike(&mut faults, 0, FaultKind::Slow { millis: 200 }, 20);
        assert_eq!(seen(&faults, 4), (percent(50), 300));
        strike(&mut faults, 5, FaultKind::Reject { percent: 100 }, 5);
        assert_eq!(seen(&faults, 7), (percent(100), 300));
        strike(&mut faults, 12, FaultKind::Reject { percent: 10 }, 18);
        assert_eq!(seen(&faults, 12), (percent(50), 200));
        assert_eq!(seen(&faults, 25), (percent(10), 0));
    }
}
