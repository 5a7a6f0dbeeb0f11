//! What goes wrong in the run, in words: one sentence with its number and the tab that tells more.

use std::rc::Rc;

use base::Severity;
use base::units::{count_text, grouped};
use engine::Reason;

use super::words;
use crate::clock;
use crate::hud::{Problem, Tab};
use crate::session::Session;
use crate::trouble::{Trouble, What};

/// Shards that are named one by one.
const SHARDS_NAMED: usize = 3;

pub(super) fn problem(session: &Session, trouble: &Trouble) -> Problem {
    let (code, message, tab): (Rc<str>, _, _) = match &trouble.what {
        What::Refused { reason, tries_again, error } => {
            let words = match refused(*reason, *tries_again, error) {
                Some(words) => words,
                None => throttled(session, trouble, *reason),
            };
            let (since, _millis) = clock::clock(session.document.epoch_millis, trouble.since);
            let earlier = if trouble.is_older { " or earlier" } else { "" };
            let message = format!("{words}, since {since}{earlier}");
            (reason.word().into(), message, Tab::Why)
        }
        What::Fault(kind) => {
            let left = trouble.until.since(session.run.snapshot().now);
            let words = words::fault_words(*kind);
            let message = format!("Fault: {words}, {} left", clock::age(left.0));
            ("fault".into(), message, Tab::Live)
        }
        What::Unowned => ("no_worker".into(), "No live worker reads here".to_owned(), Tab::Live),
        What::Late { micros } => {
            let message = format!("Reads {} behind", clock::age(*micros));
            ("late".into(), message, Tab::Live)
        }
    };
    let help = match trouble.what {
        What::Refused { .. } => "Its Why tab has the numbers and the rule",
        What::Fault(_) => "End it in the menu of the part, or let it pass",
        What::Unowned => "Another worker takes them when the time of failover is over",
        What::Late { .. } => "Past its alarm: it reads less than arrives, or waits for its target",
    };
    Problem {
        code,
        severity: if trouble.what.rank() < 2 { Severity::Error } else { Severity::Warning },
        place: format!("{}{}", session.name(trouble.node), of_shards(&trouble.shards)).into(),
        node: Some(trouble.node),
        tab,
        message: message.into(),
        help: help.into(),
    }
}

/// Records that were lost since the beginning, by reason; without those that are being lost now.
pub(super) fn lost(session: &Session) -> impl Iterator<Item = (Reason, u64)> {
    let is_told = |lost: Reason| {
        session.troubles.list.iter().any(|it| match it.what {
            What::Refused { reason, .. } => reason == lost,
            What::Fault(_) | What::Unowned | What::Late { .. } => false,
        })
    };
    let dropped = session.run.snapshot().totals.dropped.iter().copied();
    let is_lost = move |reason: Reason| reason != Reason::TransformDropped && !is_told(reason);
    dropped.filter(move |(reason, records)| *records > 0 && is_lost(*reason))
}

/// What stays of a loss that is over.
pub(super) fn loss(session: &Session, (reason, records): (Reason, u64)) -> Problem {
    let mut nodes = session.document.nodes.iter().map(|node| node.id);
    let node = nodes.find(|id| session.run.causes(*id).iter().any(|it| it.reason == reason));
    let words = refused(reason, false, "").unwrap_or_default();
    Problem {
        code: reason.word().into(),
        severity: Severity::Warning,
        place: node.map_or_else(|| "run".into(), |node| session.name(node).into()),
        node,
        tab: Tab::Why,
        message: format!("{words}: {} so far, none now", grouped(records)).into(),
        help: "They stay lost: the run from the beginning, changed, shows whether it helps".into(),
    }
}

/// `, shards 1 and 2`, or nothing.
fn of_shards(shards: &[u32]) -> String {
    if shards.is_empty() {
        return String::new();
    }
    if shards.len() > SHARDS_NAMED {
        return format!(", {} shards", shards.len());
    }
    let names: Vec<String> = shards.iter().map(u32::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let noun = if shards.len() == 1 { "shard" } else { "shards" };
    format!(", {noun} {}", words::listed(&names))
}

/// Refusals of a service with what it refuses now.
fn throttled(session: &Session, trouble: &Trouble, reason: Reason) -> String {
    let views = &session.run.snapshot().nodes;
    let view = views.iter().find(|view| view.id == trouble.node);
    let rate = view.map_or(0, |view| view.rejected_per_sec);
    let limit = match reason {
        Reason::ShardRecords => "a shard takes 1,000 records a second",
        Reason::ShardBytes => "a shard takes 1 MiB a second",
        Reason::ReadCalls => {
            return "Reads refused, 5 GetRecords calls a second are used up".to_owned();
        }
        Reason::ReadBytes => return "Reads refused, 2 MiB a second are used up".to_owned(),
        Reason::FirehoseQuota => "the Direct PUT quota is used up",
        Reason::TableCapacity => "the table has no capacity left",
        Reason::BulkQueueFull => "the queue of writes is full",
        _ => "the service failed inside",
    };
    match rate {
        0 => format!("Rejected, {limit}"),
        _ => format!("{} /s rejected, {limit}", count_text(rate.into())),
    }
}

/// The action that was denied: `kinesis:PutRecords`.
fn denied(error: &str) -> &str {
    let action = error.split("perform: ").nth(1).and_then(|rest| rest.split(' ').next());
    action.unwrap_or("a call")
}

/// What was refused or lost; nothing for services that refuse what is too much.
fn refused(reason: Reason, tries_again: bool, error: &str) -> Option<String> {
    let words = match reason {
        Reason::ShardRecords
        | Reason::ShardBytes
        | Reason::ReadCalls
        | Reason::ReadBytes
        | Reason::FirehoseQuota
        | Reason::TableCapacity
        | Reason::BulkQueueFull
        | Reason::InternalFailure => return None,
        Reason::AccessDenied => return Some(format!("{} is denied", denied(error))),
        Reason::ProcessorException if tries_again => "Blocked, processRecords throws",
        Reason::ProcessorException => "Batches are skipped, processRecords throws",
        Reason::FunctionError => "Blocked, the function fails",
        Reason::KmsKey => "Every call fails, the KMS key cannot be used",
        Reason::StreamMissing => "Calls fail, the stream is not ACTIVE",
        Reason::ConcurrencyLimit => "Invocations wait, no concurrency is left",
        Reason::SubscriptionRate => "SubscribeToShard is refused, it came too soon",
        Reason::TargetReject => "The target refuses deliveries",
        Reason::CallTimeout => "Calls get no answer",
        Reason::TooLarge => "Records are refused, larger than one may be",
        Reason::KeyTooLong => "Calls are refused, a key has more than 256 characters",
        Reason::ExpiredIterator => "Shard iterators expire after 5 minutes",
        Reason::RetentionLost => "Records are lost, older than the retention period",
        Reason::BufferFull => "Records are lost, the client's buffer is full",
        Reason::GivenUp => "Records are lost, the client gave up",
        Reason::Ignored => "Records are lost, the client ignores failed entries",
        Reason::DeliveryExpired => "Records are lost after 24 hours of attempts",
        Reason::Superseded => "Records are dropped for newer copies",
        Reason::Removed => "Records are lost with what was removed",
        Reason::NotConnected => "Records are lost, nothing is connected",
        Reason::RetriesExhausted => "Batches are discarded after their last retry",
        Reason::RecordTooOld => "Records are discarded, too old to be tried again",
        Reason::RecordTtl => "Records are lost, RecordTtl was over",
        Reason::WrongShard => "Records are sent twice, they landed in another shard",
        Reason::LineUnread => "Lines are never sent",
        Reason::LineUnparsed => "Lines are left out, they have another form",
        Reason::DocumentUnparsed => "Records are refused, they are no JSON objects",
        Reason::MappingConflict => "Records are refused, a value has another type than its field",
        Reason::RowUnparsed => "Rows are left out, COPY cannot read them",
        Reason::LoadFailed => "Nothing is loaded, COPY fails",
        Reason::AckTimeout => "Events are not acknowledged in time",
        Reason::PayloadTooLarge => "Requests are lost, the endpoint answers 413",
        Reason::Diverted => "Records go to the backup bucket",
        Reason::DeliveryPaused => "Firehose waits, nothing can be written",
        Reason::TransformDropped => "The function drops records",
        Reason::TransformFailed => "Records go to the error prefix, the function fails",
        Reason::KeysNotFound => "Records go to the error prefix, they have no partition keys",
        Reason::PartitionsExceeded => "Records go to the error prefix, too many partitions",
        Reason::NotConverted => "Records go to the error prefix, they do not fit the schema",
        Reason::NotDecompressed => "Records go to the error prefix, they are no gzip",
        Reason::OutputRefused => "The application waits, an output refuses its rows",
        Reason::ReferenceMissing => "The application reads nothing, it has no reference data",
        Reason::JobFailed => "The job failed and begins again with its last checkpoint",
        Reason::QueryStopped => "The query has ended, it keeps more than it may",
        Reason::LateRow => "Rows are left out, they come too late",
        Reason::ErrorRow => "Rows go to error_stream, the query cannot work on them",
    };
    Some(words.to_owned())
}
