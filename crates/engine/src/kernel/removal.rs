//! A node goes while calls are on their way: everybody who waits for it is answered, whatever it
//! waited for comes to nothing, and no record is lost from the books.
//!
//! A callee books the records of a put when the request arrives; of an object, when it is stored.

use base::{EdgeId, NodeId};

use super::Kernel;
use super::ledger::Account;
use super::queue::{Call, Event, Token};
use crate::call::{Asked, Response};
use crate::cause::Reason;

impl Kernel {
    /// Takes a node out of every call and drops what it held. Its wires are still there.
    pub fn sever(&mut self, id: NodeId) {
        for delivery in self.queue.take_where(|node, _event| node == id) {
            match delivery.event {
                Event::Request { token, .. } => self.fail(token),
                Event::Timer { .. } | Event::Response { .. } | Event::Rewired => {}
            }
        }
        for token in self.tokens(|call| call.callee == id) {
            self.fail(token);
        }
        self.orphan_calls_of(id);
        let edges: Vec<EdgeId> = self.edges.iter().map(|edge| edge.id).collect();
        for edge in edges {
            if self.caller(edge) == Some(id) {
                self.drop_flight(edge, id);
            }
        }
        let held = self.ledger.balance(Account::Held(id));
        let (records, bytes) = (held.records.unsigned_abs(), held.bytes.unsigned_abs());
        let lost = Account::Dropped(id, Reason::Removed);
        self.ledger.book(Account::Held(id), lost, records, bytes);
    }

    /// Books an answer that reaches nobody.
    pub fn absorb(&mut self, call: &Call, response: &Response) {
        if let Response::Event(Ok(event)) = response {
            let (records, bytes) = (event.batch.records(), event.batch.bytes);
            let lost = Account::Dropped(call.caller, Reason::Removed);
            self.ledger.book(Account::Flight(call.edge), lost, records, bytes);
        }
        let Asked::Object(records, bytes) = call.asked else { return };
        let Response::Object(Err(error)) = response else { return };
        // After a timeout the object is stored: only its answer is missing.
        if error.reason != Reason::CallTimeout {
            let lost = Account::Dropped(call.caller, Reason::Removed);
            self.ledger.book(Account::Flight(call.edge), lost, records, bytes);
        }
    }

    /// Answers a call in the place of a node that is gone.
    fn fail(&mut self, token: Token) {
        let Some(call) = self.calls.get(token).copied() else {
            self.calls.forget(token);
            return;
        };
        self.calls.forget(token);
        let event = Event::Response { token, edge: call.edge, response: call.asked.failure() };
        self.queue.push(self.now, call.caller, event);
    }

    fn orphan_calls_of(&mut self, id: NodeId) {
        let own = self.tokens(|call| call.caller == id);
        let sent = |event: &Event| match event {
            Event::Request { token, .. } => Some(*token),
            Event::Timer { .. } | Event::Response { .. } | Event::Rewired => None,
        };
        let never_arrive = self.queue.take_where(|_node, event| {
            sent(event).is_some_and(|token| own.binary_search(&token).is_ok())
        });
        for token in own {
            self.calls.orphan(token);
        }
        for delivery in never_arrive {
            if let Some(token) = sent(&delivery.event) {
                self.calls.forget(token);
            }
        }
    }

    /// Drops what is in flight through a wire of a caller that is gone, but for objects that are
    /// being stored: they arrive.
    fn drop_flight(&mut self, edge: EdgeId, caller: NodeId) {
        let flight = self.ledger.balance(Account::Flight(edge));
        let (mut records, mut bytes) = (flight.records.unsigned_abs(), flight.bytes.unsigned_abs());
        for (_, call) in self.calls.orphans().filter(|(_, call)| call.edge == edge) {
            if let Asked::Object(stays, stays_bytes) = call.asked {
                records = records.saturating_sub(stays);
                bytes = bytes.saturating_sub(stays_bytes);
            }
        }
        let lost = Account::Dropped(caller, Reason::Removed);
        self.ledger.book(Account::Flight(edge), lost, records, bytes);
    }

    /// Who makes the calls of a wire: the reader of a read wire, else where it begins.
    fn caller(&self, edge: EdgeId) -> Option<NodeId> {
        let edge = self.edges.get(edge)?;
        let reads = self.flow(edge) == Some(scenario::ports::Flow::Read);
        Some(if reads { edge.to.node } else { edge.from.node })
    }

    fn tokens(&self, wanted: impl Fn(&Call) -> bool) -> Vec<Token> {
        self.calls.iter().filter(|(_, call)| wanted(call)).map(|(token, _)| *token).collect()
    }
}
