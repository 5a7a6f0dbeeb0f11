//! Positions of the metrics of ingestion and processing in the specification of the kind; those of
//! deliveries are `delivery::metric`.

pub(super) const INCOMING_RECORDS: u8 = 0;
pub(super) const INCOMING_BYTES: u8 = 1;
pub(super) const THROTTLED_RECORDS: u8 = 2;
pub(super) const MILLIS_BEHIND_LATEST: u8 = 6;
pub(super) const THROTTLED_GET_RECORDS: u8 = 7;
pub(super) const FUNCTION_MILLIS: u8 = 29;
pub(super) const FUNCTION_SUCCESS: u8 = 30;
pub(super) const PROCESSED_RECORDS: u8 = 31;
pub(super) const PROCESSED_BYTES: u8 = 32;
pub(super) const CONVERTED_RECORDS: u8 = 33;
pub(super) const CONVERTED_BYTES: u8 = 34;
pub(super) const UNCONVERTED_RECORDS: u8 = 35;
pub(super) const UNCONVERTED_BYTES: u8 = 36;
pub(super) const PARTITION_COUNT: u8 = 37;
pub(super) const PARTITIONS_EXCEEDED: u8 = 38;
pub(super) const PUT_REQUESTS: u8 = 41;
pub(super) const BYTES_LIMIT: u8 = 42;
pub(super) const RECORDS_LIMIT: u8 = 43;
pub(super) const REQUESTS_LIMIT: u8 = 44;
pub(super) const READ_BYTES: u8 = 45;
pub(super) const READ_RECORDS: u8 = 46;
pub(super) const JQ_MILLIS: u8 = 47;
pub(super) const PARTITION_THROUGHPUT: u8 = 48;
