//! What goes wrong in the run at the moment, worst first: refusals and losses that keep coming
//! back, faults, shards nobody works on, readers past their alarm.
//!
//! Whatever was seen stays for a few simulated seconds after it was seen last, so that the list
//! stands still. Only places and numbers are kept here; `panel::trouble` has the words.

use std::sync::Arc;

use base::{NodeId, Time};
use engine::sign::QUIET_MICROS;
use engine::snapshot::{Gauge, NodeView, ShardAge};
use engine::{Reason, Sign, Snapshot};
use scenario::{Document, FaultKind};

/// An application takes its leases in the first half minute of a run: until then a shard that
/// nobody works on is no trouble.
const FIRST_LEASES_MICROS: u64 = 30_000_000;

/// Something that goes wrong at one part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    /// Where.
    pub(crate) node: NodeId,
    /// What.
    pub(crate) what: What,
    /// When it began, or was first seen.
    pub(crate) since: Time,
    /// It may have begun earlier.
    pub(crate) is_older: bool,
    /// When it is over unless it is seen again.
    pub(crate) until: Time,
    /// The shards concerned, ascending.
    pub(crate) shards: Vec<u32>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// Something was refused or lost for a reason.
    Refused { reason: Reason, tries_again: bool, error: Arc<str> },
    /// A fault runs.
    Fault(FaultKind),
    /// No live worker holds the leases of some shards.
    Unowned,
    /// A reader is past its alarm: how far the worst shard is behind.
    Late { micros: u64 },
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    /// Worst first, then the oldest.
    pub(crate) list: Vec<Trouble>,
    now: Time,
}

impl Troubles {
    /// Looks at the run.
    pub(crate) fn look(&mut self, document: &Document, snapshot: &Snapshot, signs: &[Sign]) {
        let now = snapshot.now;
        let mut before = core::mem::take(&mut self.list);
        if now < self.now {
            before.clear();
        }
        self.now = now;
        let list = &mut self.list;
        list.extend(signs.iter().filter(is_unwanted).map(of_sign));
        for view in &snapshot.nodes {
            look_at(view, now, list);
        }
        for old in before {
            match list.iter_mut().find(|new| new.is_same(&old)) {
                Some(new) if new.is_older && old.until >= new.since => {
                    (new.since, new.is_older) = (old.since, old.is_older);
                }
                None if old.stays(now) => list.push(old),
                Some(_) | None => {}
            }
        }
        list.retain(|trouble| document.node(trouble.node).is_some());
        base::order::sort_by_key(&mut list[..], |it| (it.what.rank(), it.since, it.node));
    }
}

impl Trouble {
    fn is_same(&self, other: &Self) -> bool {
        self.node == other.node
            && match (&self.what, &other.what) {
                (What::Refused { reason: a, .. }, What::Refused { reason: b, .. }) => a == b,
                (What::Fault(a), What::Fault(b)) => a == b,
                (What::Unowned, What::Unowned) | (What::Late { .. }, What::Late { .. }) => true,
                _ => false,
            }
    }

    /// Whether it is still told though it is not seen now; a fault that ended has ended.
    fn stays(&self, now: Time) -> bool {
        matches!(self.what, What::Unowned | What::Late { .. }) && now <= self.until
    }
}

impl What {
    /// Lower is worse: lost records, then what stands still, refusals, faults, late readers.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Refused { reason: Reason::ProcessorException, tries_again: true, .. } => 1,
            Self::Refused { reason, .. } => reason.gravity() as u8,
            Self::Unowned => 1,
            Self::Fault(_) => 3,
            Self::Late { .. } => 4,
        }
    }
}

/// What a function drops is meant to go.
fn is_unwanted(sign: &&Sign) -> bool {
    sign.reason != Reason::TransformDropped
}

fn of_sign(sign: &Sign) -> Trouble {
    let (reason, tries_again) = (sign.reason, sign.tries_again);
    Trouble {
        node: sign.node,
        what: What::Refused { reason, tries_again, error: Arc::clone(&sign.error) },
        since: sign.since,
        is_older: sign.is_cut,
        until: sign.until,
        shards: sign.shards.clone(),
    }
}

fn look_at(view: &NodeView, now: Time, out: &mut Vec<Trouble>) {
    let until = Time(now.0.saturating_add(QUIET_MICROS));
    let plain = |what, shards| {
        let (node, since, is_older) = (view.id, now, true);
        Trouble { node, what, since, is_older, until, shards }
    };
    for fault in &view.faults {
        let (since, until, is_older) = (fault.since, fault.until, false);
        let trouble = plain(What::Fault(fault.kind), Vec::new());
        out.push(Trouble { since, until, is_older, ..trouble });
    }
    let mut late = Vec::new();
    for gauge in &view.gauges {
        match gauge {
            Gauge::Shards { cells } => late.extend(cells),
            Gauge::Leases(leases) => {
                late.extend(leases.all());
                if !leases.orphans.is_empty() && now.0 >= FIRST_LEASES_MICROS {
                    let shards = leases.orphans.iter().map(|lease| lease.shard).collect();
                    out.push(plain(What::Unowned, shards));
                }
            }
            Gauge::Invocation(seen) => late.extend(&seen.worst),
            Gauge::Spark { .. }
            | Gauge::Bars { .. }
            | Gauge::Line { .. }
            | Gauge::Counters(_)
            | Gauge::Lanes(_)
            | Gauge::Race(_)
            | Gauge::Objects(_)
            | Gauge::Packs(_)
            | Gauge::Transform(_)
            | Gauge::Partitions(_)
            | Gauge::Windows(_) => {}
        }
    }
    late.retain(|age: &&ShardAge| age.late);
    let Some(micros) = late.iter().map(|age| age.age_micros).max() else { return };
    let mut shards: Vec<u32> = late.iter().map(|age| age.shard).collect();
    base::order::sort(&mut shards);
    out.push(plain(What::Late { micros }, shards));
}
