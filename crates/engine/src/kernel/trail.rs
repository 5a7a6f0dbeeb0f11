//! What CloudTrail would have written down: who called which operation, and whether it failed.
//!
//! Calls about the account are management events and always logged; calls that carry records are
//! data events, which a trail has only on choice (facts, streams §12.2; which of them are data
//! events: CloudTrail user guide, "Logging Kinesis Data Streams API calls").

use base::{NodeId, Ring, Time};

use super::queue::Call;
use super::{Kernel, roles};
use crate::call::{ErrorCode, Request, Response};

/// Events of each sort that are remembered.
const EVENTS_MAX: u32 = 200;

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailEvent {
    /// When it was answered.
    pub at: Time,
    /// The part that called.
    pub caller: NodeId,
    /// The part that answered.
    pub callee: NodeId,
    /// `GetShardIterator`.
    pub operation: &'static str,
    /// `kinesis`.
    pub service: &'static str,
    /// The exception, when the call as a whole failed.
    pub error: Option<ErrorCode>,
}

/// The newest events.
#[derive(Clone, Debug)]
pub struct Trail {
    management: Ring<TrailEvent>,
    data: Ring<TrailEvent>,
}

impl Default for Trail {
    fn default() -> Self {
        Self { management: Ring::new(EVENTS_MAX), data: Ring::new(EVENTS_MAX) }
    }
}

impl TrailEvent {
    /// See [`is_data`].
    #[must_use]
    pub fn is_data(&self) -> bool {
        is_data(self.service, self.operation)
    }
}

/// Whether a call carries records, so that a trail has it only on choice.
#[must_use]
pub fn is_data(service: &str, operation: &str) -> bool {
    let of_streams =
        ["PutRecord", "PutRecords", "GetRecords", "GetShardIterator", "SubscribeToShard"];
    service != "kinesis" || of_streams.contains(&operation)
}

/// Whether a call changes nothing, by CloudTrail's `readOnly`.
#[must_use]
pub fn is_read_only(operation: &str) -> bool {
    ["Get", "List", "Describe", "Subscribe"].iter().any(|it| operation.starts_with(it))
}

impl Trail {
    /// Events, oldest first.
    pub fn events(&self, data: bool) -> impl Iterator<Item = &TrailEvent> {
        if data { self.data.iter() } else { self.management.iter() }
    }
}

impl Kernel {
    /// The operation of a call; empty for what passes a wire without one.
    pub(super) fn operation(&self, callee: NodeId, request: &Request) -> &'static str {
        let service = self.node(callee).and_then(|node| roles::service(node.spec));
        match (service, request) {
            // CloudTrail logs the configuration of a domain, not the requests to its indexes
            // (OpenSearch Service developer guide, "Monitoring with AWS CloudTrail").
            (None | Some("es"), _) | (_, Request::NextEvent { .. }) => "",
            (Some(service), request) => roles::operation(service, request),
        }
    }

    /// Writes down a call that was answered.
    pub(super) fn log_call(&mut self, call: &Call, error: Option<ErrorCode>) {
        let Some(service) = self.node(call.callee).and_then(|node| roles::service(node.spec))
        else {
            return;
        };
        if call.operation.is_empty() {
            return;
        }
        let Call { caller, callee, operation, .. } = *call;
        let event = TrailEvent { at: self.now, caller, callee, operation, service, error };
        let kept = if event.is_data() { &mut self.trail.data } else { &mut self.trail.management };
        kept.push(event);
    }
}

impl Response {
    /// What the call as a whole failed with; entries of a put that were throttled or met a fault
    /// inside the service are no such error.
    #[must_use]
    pub fn error(&self) -> Option<ErrorCode> {
        let of_entry = [ErrorCode::ProvisionedThroughputExceeded, ErrorCode::InternalFailure];
        let error = match self {
            Self::Put(outcome) => {
                let first = outcome.failed.first().map(|failed| failed.error.code);
                return first.filter(|code| !of_entry.contains(code));
            }
            Self::Shards(_) => return None,
            Self::Iterator(answer) => answer.as_ref().err(),
            Self::Records(answer) => answer.as_ref().err(),
            Self::Object(answer) => answer.as_ref().err(),
            Self::Consumer(answer) => answer.as_ref().err(),
            Self::Subscription(answer) => answer.as_ref().err(),
            Self::Event(answer) => answer.as_ref().err(),
            Self::Lease(answer) => answer.as_ref().err(),
            Self::Items(outcome) => outcome.error.as_ref(),
            Self::Bulk(outcome) => outcome.error.as_ref(),
            Self::Copy(answer) => answer.as_ref().err(),
            Self::Post(outcome) => outcome.error.as_ref(),
            Self::Content(answer) => answer.as_ref().err(),
        };
        error.map(|error| error.code)
    }
}
