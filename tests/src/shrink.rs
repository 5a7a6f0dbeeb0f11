//! Makes a failing case small: removes parts, wires and actions for as long as it still fails.

use crate::vopr::{self, Case, Failure};

/// The smallest case found that still breaks the same promise, and how it breaks it.
#[must_use]
pub fn shrink(case: &Case, failure: &Failure) -> (Case, Failure) {
    let (mut smallest, mut failure) = (case.clone(), failure.clone());
    loop {
        let mut candidates = smaller(&smallest).filter_map(|case| {
            let failure = broken_alike(&case, failure.promise)?;
            Some((case, failure))
        });
        let Some(found) = candidates.next() else { break };
        drop(candidates);
        (smallest, failure) = found;
    }
    (smallest, failure)
}

fn broken_alike(case: &Case, promise: &str) -> Option<Failure> {
    vopr::check(case).err().filter(|failure| failure.promise == promise)
}

/// Every case with one thing less, the largest things first.
fn smaller(case: &Case) -> impl Iterator<Item = Case> {
    let nodes = 0..case.document.nodes.len();
    let edges = 0..case.document.edges.len();
    let script = 0..case.document.script.len();
    let by_hand = 0..case.by_hand.len();
    let without_node = nodes.map(|idx| {
        let mut case = case.clone();
        let gone = case.document.nodes.remove(idx);
        case.document.edges.retain(|it| it.from.node != gone.id && it.to.node != gone.id);
        case
    });
    let without_edge = edges.map(|idx| {
        let mut case = case.clone();
        case.document.edges.remove(idx);
        case
    });
    let without_script = script.map(|idx| {
        let mut case = case.clone();
        case.document.script.remove(idx);
        case
    });
    let without_action = by_hand.map(|idx| {
        let mut case = case.clone();
        case.by_hand.remove(idx);
        case
    });
    without_node.chain(without_edge).chain(without_script).chain(without_action)
}
