//! Events in order of (time, turn, sequence), and calls that wait for their one answer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use base::{EdgeId, NodeId, Time, VecMap};

use crate::call::{Asked, Request, Response};

/// A call on its way, unique while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// A timer that was set; compare it to ignore stale ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub u64);

/// What a component is told.
#[derive(Clone, Debug)]
pub enum Event {
    /// A timer it set: its id, and what it was set for.
    Timer {
        /// As returned by `Ctx::after`.
        id: TimerId,
        /// The component's own code.
        code: u32,
        /// The component's own number.
        data: u64,
    },
    /// Somebody calls it.
    Request {
        /// To answer with.
        token: Token,
        /// The wire the call came through.
        edge: EdgeId,
        /// What is asked.
        request: Request,
    },
    /// One of its calls is answered.
    Response {
        /// As returned by `Ctx::send`.
        token: Token,
        /// The wire the call went through.
        edge: EdgeId,
        /// The answer.
        response: Response,
    },
    /// Its wires changed: told before everything else that happens at that time.
    Rewired,
}

/// Who gets an event when.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// When.
    pub at: Time,
    /// Order among equal times.
    pub seq: u64,
    /// Who.
    pub node: NodeId,
    /// What.
    pub event: Event,
}

/// Who goes first among equal times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// What must be known before anything happens.
    First,
    /// All else.
    Plain,
}

/// The queue of future events: equal times and turns are first in, first out.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<(Time, Turn, u64, u32)>>,
    slots: Vec<Option<(NodeId, Event)>>,
    free: Vec<u32>,
    seq_next: u64,
}

impl Queue {
    /// Adds an event and returns its sequence number.
    pub fn push(&mut self, at: Time, node: NodeId, event: Event) -> u64 {
        self.push_with(at, node, Turn::Plain, |_seq| event)
    }

    /// Tells a node of its wires, before all events of that time: a timer that is due when a wire
    /// is drawn finds it.
    pub fn push_rewired(&mut self, at: Time, node: NodeId) {
        self.push_with(at, node, Turn::First, |_seq| Event::Rewired);
    }

    /// Adds a timer.
    pub fn push_timer(&mut self, at: Time, node: NodeId, code: u32, data: u64) -> TimerId {
        let timer = |seq| Event::Timer { id: TimerId(seq), code, data };
        TimerId(self.push_with(at, node, Turn::Plain, timer))
    }

    fn push_with(
        &mut self,
        at: Time,
        node: NodeId,
        turn: Turn,
        event: impl FnOnce(u64) -> Event,
    ) -> u64 {
        let seq = self.seq_next;
        self.seq_next += 1;
        let filled = Some((node, event(seq)));
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = filled;
            slot
        } else {
            self.slots.push(filled);
            u32::try_from(self.slots.len() - 1).expect("the queue is bounded far below 2^32")
        };
        self.heap.push(Reverse((at, turn, seq, slot)));
        seq
    }

    /// When the next event is due.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes the next event if it is due at or before `until`.
    pub fn pop_until(&mut self, until: Time) -> Option<Delivery> {
        if self.next_at()? > until {
            return None;
        }
        let Reverse((at, _, seq, slot)) = self.heap.pop()?;
        let (node, event) = self.slots[slot as usize].take().expect("a queued slot is filled");
        self.free.push(slot);
        Some(Delivery { at, seq, node, event })
    }

    /// Takes out every event for which `goes` holds, in order.
    pub fn take_where(&mut self, goes: impl Fn(NodeId, &Event) -> bool) -> Vec<Delivery> {
        let mut taken = Vec::new();
        let waiting = core::mem::take(&mut self.heap).into_sorted_vec();
        // Ascending by `Reverse`: the last due comes first.
        for Reverse((at, turn, seq, slot)) in waiting.into_iter().rev() {
            let filled = &mut self.slots[slot as usize];
            if let Some((node, event)) = filled.take_if(|(node, event)| goes(*node, event)) {
                self.free.push(slot);
                taken.push(Delivery { at, seq, node, event });
            } else {
                self.heap.push(Reverse((at, turn, seq, slot)));
            }
        }
        taken
    }

    /// How many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

/// A call that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who asked.
    pub caller: NodeId,
    /// Who answers.
    pub callee: NodeId,
    /// Through which wire.
    pub edge: EdgeId,
    /// For what.
    pub asked: Asked,
    /// The API operation; empty for what is none.
    pub operation: &'static str,
}

/// All waiting calls. Every request gets exactly one response: `close` panics on a second one.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    waiting: VecMap<Token, Call>,
    /// Calls of nodes that were removed: their answers reach nobody.
    orphans: VecMap<Token, Call>,
    next: u64,
}

/// A call that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Its caller waits for the answer.
    Waiting(Call),
    /// Its caller was removed.
    Orphan(Call),
}

impl Calls {
    /// Opens a call.
    pub fn open(&mut self, call: Call) -> Token {
        let token = Token(self.next);
        self.next += 1;
        self.waiting.insert(token, call);
        token
    }

    /// Closes a call with its one answer.
    pub fn close(&mut self, token: Token) -> Closed {
        if let Some(call) = self.waiting.remove(&token) {
            return Closed::Waiting(call);
        }
        let orphan = self.orphans.remove(&token);
        Closed::Orphan(orphan.expect("every request gets exactly one response"))
    }

    /// Forgets who asked: the answer will reach nobody.
    pub fn orphan(&mut self, token: Token) {
        if let Some(call) = self.waiting.remove(&token) {
            self.orphans.insert(token, call);
        }
    }

    /// Forgets a call whose request never arrived.
    pub fn forget(&mut self, token: Token) {
        self.waiting.remove(&token);
        self.orphans.remove(&token);
    }

    /// Calls whose callers were removed.
    pub fn orphans(&self) -> impl Iterator<Item = (&Token, &Call)> {
        self.orphans.iter()
    }

    /// A waiting call.
    #[must_use]
    pub fn get(&self, token: Token) -> Option<&Call> {
        self.waiting.get(&token)
    }

    /// Waiting calls in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Token, &Call)> {
        self.waiting.iter()
    }

    /// How many calls wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_are_first_in_first_out() {
        let mut queue = Queue::default();
        for (at, code) in [(5, 0), (3, 1), (5, 2), (3, 3)] {
            queue.push_timer(Time(at), NodeId(1), code, 0);
        }
        let mut order = Vec::new();
        while let Some(delivery) = queue.pop_until(Time(9)) {
            if let Event::Timer { code, .. } = delivery.event {
                order.push(code);
            }
        }
        assert_eq!(order, [1, 3, 0, 2]);
    }

    #[test]
    fn wires_are_told_before_all_else_of_their_time() {
        let mut queue = Queue::default();
        queue.push_timer(Time(4), NodeId(1), 0, 0);
        queue.push_timer(Time(5), NodeId(1), 1, 0);
        queue.push_rewired(Time(5), NodeId(2));
        let order: Vec<_> = core::iter::from_fn(|| queue.pop_until(Time(9))).collect();
        assert_eq!(order.iter().map(|it| it.node.0).collect::<Vec<_>>(), [1, 2, 1]);
    }

    #[test]
    fn later_events_stay() {
        let mut queue = Queue::default();
        queue.push_timer(Time(5), NodeId(1), 0, 0);
        assert!(queue.pop_until(Time(4)).is_none());
        assert_eq!(queue.len(), 1);
    }
}
