//! The API of Amazon Data Firehose (botocore 1.44.5, `firehose`; facts, Firehose §1.1 and §8).

#[cfg(test)]
mod check_tests;
mod checks;
mod destination;
mod destinations;
#[cfg(test)]
mod record_tests;
mod records;
mod requests;
mod settings;
mod shapes;
mod streams;
mod table;
#[cfg(test)]
mod tests;

use super::operation::{Operation, of};

/// Every operation, by name.
pub(super) static OPERATIONS: &[Operation] = &[
    of("CreateDeliveryStream", requests::CREATE, streams::create),
    of("DeleteDeliveryStream", requests::DELETE, streams::delete),
    of("DescribeDeliveryStream", requests::DESCRIBE, streams::describe),
    of("ListDeliveryStreams", requests::LIST, streams::list),
    of("ListTagsForDeliveryStream", requests::LIST_TAGS, streams::list_tags),
    of("PutRecord", requests::PUT_RECORD, records::put_record),
    of("PutRecordBatch", requests::PUT_RECORD_BATCH, records::put_record_batch),
    of("StartDeliveryStreamEncryption", requests::START_ENCRYPTION, streams::start_encryption),
    of("StopDeliveryStreamEncryption", requests::STOP_ENCRYPTION, streams::stop_encryption),
    of("TagDeliveryStream", requests::TAG_STREAM, streams::tag),
    of("UntagDeliveryStream", requests::UNTAG_STREAM, streams::untag),
    of("UpdateDestination", requests::UPDATE, streams::update),
];
