//! Positions of the metrics of deliveries in the specification of the kind.

pub(in super::super) const S3_FRESHNESS: u8 = 3;
pub(in super::super) const S3_RECORDS: u8 = 4;
pub(in super::super) const S3_BYTES: u8 = 5;
pub(in super::super) const S3_SUCCESS: u8 = 8;
pub(in super::super) const REDSHIFT_RECORDS: u8 = 9;
pub(in super::super) const REDSHIFT_BYTES: u8 = 10;
pub(in super::super) const REDSHIFT_SUCCESS: u8 = 11;
pub(in super::super) const SEARCH_FRESHNESS: u8 = 12;
pub(in super::super) const SEARCH_RECORDS: u8 = 13;
pub(in super::super) const SEARCH_BYTES: u8 = 14;
pub(in super::super) const SEARCH_SUCCESS: u8 = 15;
pub(in super::super) const SPLUNK_FRESHNESS: u8 = 16;
pub(in super::super) const SPLUNK_RECORDS: u8 = 17;
pub(in super::super) const SPLUNK_BYTES: u8 = 18;
pub(in super::super) const SPLUNK_SUCCESS: u8 = 19;
pub(in super::super) const SPLUNK_ACK_LATENCY: u8 = 20;
pub(in super::super) const HTTP_FRESHNESS: u8 = 21;
pub(in super::super) const HTTP_RECORDS: u8 = 22;
pub(in super::super) const HTTP_BYTES: u8 = 23;
pub(in super::super) const HTTP_SUCCESS: u8 = 24;
pub(in super::super) const BACKUP_FRESHNESS: u8 = 25;
pub(in super::super) const BACKUP_RECORDS: u8 = 26;
pub(in super::super) const BACKUP_BYTES: u8 = 27;
pub(in super::super) const BACKUP_SUCCESS: u8 = 28;
pub(in super::super) const HTTP_PROCESSED_RECORDS: u8 = 39;
pub(in super::super) const HTTP_PROCESSED_BYTES: u8 = 40;
