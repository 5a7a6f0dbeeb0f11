//! What is told of each reason: the title, the rule in words, the page it comes from.

use engine::{Cause, Reason};

use super::loss::loss_rule;
use super::shard::shard_rule;
use super::{Sentence, analytics, delivery, processing, rules};
use crate::pages::{self, Page};

/// What is told of a reason.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The question the card answers.
    pub(super) title: &'static str,
    /// Writes the rule, given the cause and the moment in words.
    pub(super) rule: fn(&Cause, &str, &mut Sentence),
    /// Where the rule is documented.
    pub(super) page: Page,
}

/// The entry of every reason.
#[inline(never)]
pub(super) fn of(reason: Reason) -> Entry {
    let rejected = |rule, page| Entry { title: "Why rejected?", rule, page };
    let lost = |page| Entry { title: "Why lost?", rule: loss_rule, page };
    let entry = |title, rule, page| Entry { title, rule, page };
    let diverted = |page| entry("Why in the error prefix?", processing::rule, page);
    match reason {
        Reason::ShardRecords | Reason::ShardBytes => rejected(shard_rule, pages::QUOTAS),
        Reason::ReadCalls | Reason::ReadBytes => rejected(shard_rule, pages::GET_RECORDS),
        Reason::TooLarge => rejected(rules::too_large, pages::QUOTAS),
        Reason::KeyTooLong => rejected(rules::key_too_long, pages::PUT_RECORDS),
        Reason::FirehoseQuota => rejected(rules::firehose_quota, pages::FIREHOSE_LIMITS),
        Reason::TargetReject => rejected(rules::target_reject, pages::FIREHOSE_RETRY),
        Reason::InternalFailure => rejected(rules::internal_failure, pages::PUT_RECORDS),
        Reason::StreamMissing => rejected(rules::stream_missing, pages::PUT_RECORDS),
        Reason::TableCapacity => rejected(rules::wait_rule, pages::TABLE_CAPACITY),
        Reason::DocumentUnparsed | Reason::BulkQueueFull | Reason::MappingConflict => {
            rejected(rules::document_rule, pages::DOMAINS)
        }
        Reason::SubscriptionRate => entry("Why refused?", rules::stream_rule, pages::FAN_OUT),
        Reason::KmsKey => entry("Why refused?", rules::stream_rule, pages::ENCRYPTION),
        Reason::AccessDenied => entry("Why denied?", rules::denial_rule, pages::IAM_LOGIC),
        Reason::ExpiredIterator => {
            entry("Why did the iterator expire?", rules::expired_iterator, pages::GET_RECORDS)
        }
        Reason::CallTimeout => entry("Why no answer?", rules::call_timeout, pages::DUPLICATES),
        Reason::RowUnparsed | Reason::LoadFailed => {
            entry("Why not loaded?", rules::load_rule, pages::LOADS)
        }
        Reason::FunctionError => {
            entry("Why is the shard blocked?", rules::wait_rule, pages::LAMBDA_ERRORS)
        }
        Reason::ConcurrencyLimit => entry("Why throttled?", rules::wait_rule, pages::LAMBDA_ERRORS),
        Reason::AckTimeout => entry("Why no answer?", delivery::rule, pages::SPLUNK),
        Reason::PayloadTooLarge => entry("Why lost?", delivery::rule, pages::HTTP_ENDPOINTS),
        Reason::Diverted => {
            entry("Why in the backup bucket?", delivery::rule, pages::FIREHOSE_RETRY)
        }
        Reason::TransformDropped => {
            entry("Why dropped?", processing::rule, pages::FIREHOSE_TRANSFORM)
        }
        Reason::TransformFailed => diverted(pages::FIREHOSE_TRANSFORM_FAILURE),
        Reason::KeysNotFound | Reason::PartitionsExceeded => diverted(pages::FIREHOSE_PARTITIONS),
        Reason::NotConverted => diverted(pages::FIREHOSE_CONVERSION),
        Reason::NotDecompressed => diverted(pages::FIREHOSE_DECOMPRESSION),
        Reason::DeliveryPaused => entry("Why paused?", delivery::rule, pages::FIREHOSE_RETRY),
        Reason::ProcessorException => entry("Why skipped?", loss_rule, pages::CONSUMERS),
        Reason::Superseded => entry("Why dropped?", loss_rule, pages::DUPLICATES),
        Reason::WrongShard => entry("Why sent twice?", rules::wrong_shard, pages::KPL),
        Reason::RecordTtl => lost(pages::KPL),
        Reason::RetentionLost => lost(pages::RETENTION),
        Reason::DeliveryExpired => lost(pages::FIREHOSE_RETRY),
        Reason::LineUnread | Reason::LineUnparsed => lost(pages::AGENT),
        Reason::RetriesExhausted | Reason::RecordTooOld => lost(pages::LAMBDA_ERRORS),
        Reason::OutputRefused => entry("Why does it wait?", analytics::rule, pages::SQL_OUTPUTS),
        Reason::ReferenceMissing => {
            entry("Why does it read nothing?", analytics::rule, pages::SQL_REFERENCE)
        }
        Reason::QueryStopped => {
            entry("Why has the query ended?", analytics::rule, pages::SQL_LIMITS)
        }
        Reason::JobFailed => {
            entry("Why does it begin again?", analytics::rule, pages::FLINK_CHECKPOINTS)
        }
        Reason::LateRow => entry("Why late?", analytics::rule, pages::SQL_ROWTIME),
        Reason::ErrorRow => entry("Why in error_stream?", analytics::rule, pages::SQL_ERRORS),
        Reason::BufferFull
        | Reason::GivenUp
        | Reason::Ignored
        | Reason::Removed
        | Reason::NotConnected => lost(pages::PUT_RECORDS),
    }
}
