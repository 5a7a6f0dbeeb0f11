//! The account: whose streams they are, what it may have, how long its changes take.

use std::sync::Arc;

use base::Duration;

use crate::call;

/// The AWS account everything belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: Arc<str>,
    /// `us-east-1`.
    pub region: Arc<str>,
    /// Open shards of all provisioned streams together (Kinesis quota page, 2026-11: 20,000 in
    /// us-east-1).
    pub shard_limit: u32,
    /// Whether limits per second are enforced.
    pub throttling: bool,
    /// How long `CREATING` and `DELETING` last. Production takes about 30 s (kinesalite).
    pub create_delay: Duration,
    /// How long a split or a merge takes. Production takes about 30 s (kinesalite).
    pub reshard_delay: Duration,
    /// Whether its streams are parts of a canvas: then there are as many of them as it shows, and
    /// `UpdateShardCount` goes in waves, for somebody watches. Without one nothing but the quotas
    /// bounds them, and every change is done when `reshard_delay` is over.
    pub on_canvas: bool,
}

impl Account {
    /// `StreamARN` of a stream.
    #[must_use]
    pub fn stream_arn(&self, name: &str) -> String {
        let Self { id, region, .. } = self;
        format!("arn:{}:kinesis:{region}:{id}:stream/{name}", partition(region))
    }
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: call::ACCOUNT.into(),
            region: "us-east-1".into(),
            shard_limit: 20_000,
            throttling: true,
            create_delay: Duration::from_secs(30),
            reshard_delay: Duration::from_secs(30),
            on_canvas: true,
        }
    }
}

/// Where a region's ARNs are (`partitions.json` of botocore 1.44.5).
pub(super) fn partition(region: &str) -> &'static str {
    const OF: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    OF.iter().find(|(start, _)| region.starts_with(start)).map_or("aws", |(_, partition)| partition)
}
