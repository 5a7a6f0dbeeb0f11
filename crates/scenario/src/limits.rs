//! Dated sets of AWS limits: a document names one and every number that changed comes from it.
//!
//! Numbers that never changed stand beside the code that keeps them.

/// What AWS allowed at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The word in documents.
    pub date: &'static str,
    /// Largest `MaxRecordSizeInKiB`: records above 1 MiB came in October 2025 (Handle large
    /// records).
    pub record_kib_max: u32,
    /// Data and keys of one `PutRecords` call, in bytes (developer guide of 2022: 5 MiB; Kinesis
    /// quota page, 2026-11: 10 MiB).
    pub request_bytes_max: u64,
    /// Longest `RetentionPeriodHours` (kinesalite: 168; botocore 1.44.5: 8,760).
    pub retention_hours_max: u32,
    /// Registered consumers of one stream (5 at the launch of enhanced fan-out in 2018; botocore
    /// 1.44.5: 20, and 50 with On-demand Advantage).
    pub consumers_max: u32,
    /// `UpdateShardCount` calls for one stream in any 24 hours (2 once; botocore 1.44.5: 10).
    pub shard_count_updates_max: u32,
    /// Shards `UpdateShardCount` leads to at most (500 once; botocore 1.44.5: 10,000).
    pub shard_count_max: u32,
    /// Open shards of an account in us-east-1 (developer guide of 2020: 500; Kinesis quota page,
    /// 2026-11: 20,000).
    pub account_shards_max: u32,
    /// `ListShards` calls a second for a stream (developer guide of 2020: 100; Kinesis quota page,
    /// 2026-11: 1,000).
    pub list_shards_per_sec: u32,
    /// Whether there is on-demand mode (since November 2021).
    pub on_demand: bool,
}

/// Every set, oldest first.
pub static PROFILES: [Limits; 2] = [
    Limits {
        date: "2021-01",
        record_kib_max: 1_024,
        request_bytes_max: 5 << 20,
        retention_hours_max: 168,
        consumers_max: 5,
        shard_count_updates_max: 2,
        shard_count_max: 500,
        account_shards_max: 500,
        list_shards_per_sec: 100,
        on_demand: false,
    },
    Limits {
        date: "2026-11",
        record_kib_max: 10_240,
        request_bytes_max: 10 << 20,
        retention_hours_max: 8_760,
        consumers_max: 20,
        shard_count_updates_max: 10,
        shard_count_max: 10_000,
        account_shards_max: 20_000,
        list_shards_per_sec: 1_000,
        on_demand: true,
    },
];

/// The newest set.
#[must_use]
pub fn newest() -> &'static Limits {
    &PROFILES[PROFILES.len() - 1]
}

/// The set of a date; none when there is no such set.
#[must_use]
pub fn find(date: &str) -> Option<&'static Limits> {
    PROFILES.iter().find(|limits| limits.date == date)
}
