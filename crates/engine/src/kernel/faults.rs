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
    /// The answer takes this much longer.
    pub extra_millis: u64,
    /// The answer never arrives.
    pub lost: bool,
    /// The call never arrives; who made it waits in vain.
    pub unsent: bool,
}

impl Faults {
    /// Starts a fault; one of the same kind on the same node is replaced.
    pub fn start(&mut self, fault: &Fault, now: Time, marks: &mut Marks) {
        let word = fault.kind.word();
        self.running.retain(|r| !(r.node == fault.node && r.view.kind.word() == word));
        let until = now + fault.lasts;
        self.running.push(Running {
            node: fault.node,
            view: FaultView { kind: fault.kind, since: now, until },
        });
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
        for fault in self.of(node, now) {
            match fault.kind {
                FaultKind::Down => harm.fails = true,
                FaultKind::Slow { millis } => harm.extra_millis += u64::from(millis),
                FaultKind::Timeout { percent } => harm.lost |= rng.chance(Ratio::percent(percent)),
                FaultKind::Unreachable { percent } => {
                    harm.unsent |= rng.chance(Ratio::percent(percent));
                }
                FaultKind::Reject { .. }
                | FaultKind::Kill { .. }
                | FaultKind::Pause { .. }
                | FaultKind::Kms(_) => {}
            }
        }
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
        let percent = self.of(node, now).find_map(|fault| match fault.kind {
            FaultKind::Reject { percent } => Some(percent),
            FaultKind::Down
            | FaultKind::Slow { .. }
            | FaultKind::Timeout { .. }
            | FaultKind::Kill { .. }
            | FaultKind::Pause { .. }
            | FaultKind::Kms(_)
            | FaultKind::Unreachable { .. } => None,
        });
        Ratio::percent(percent.unwrap_or(0))
    }
}
