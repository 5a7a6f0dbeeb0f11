//! How often an account may call: the limits of the control plane (Kinesis quota page, 2026-11,
//! and the texts of the operations in botocore 1.44.5; facts, streams §2.3).
//!
//! Calls for records have limits of their own, in the shards. Parts that call through their wires
//! and callers of the API share all of them.

use std::sync::Arc;

use base::{NodeId, Time, VecMap};

use super::{Profile, Refusal};
use crate::call::Request;
use crate::kernel::Kernel;
use crate::kind::stream::limiter::Bucket;

/// The limits that are in use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates {
    /// By operation and, where the limit is a stream's, by stream.
    buckets: VecMap<(&'static str, String), Bucket>,
}

/// Whose calls count together.
enum Scope {
    Account,
    Stream,
}

impl Rates {
    /// Admits a call, or tells that there were too many.
    pub(crate) fn admit(
        &mut self,
        profile: Profile,
        operation: &'static str,
        (stream, account): (&str, &str),
        now: Time,
    ) -> Result<(), Refusal> {
        let Some((per_sec, scope)) = limit(profile, operation) else { return Ok(()) };
        // A full bucket is as good as none: what is kept stays small.
        self.buckets.retain(|_, bucket| {
            bucket.refill(now);
            !bucket.is_full()
        });
        let whose = match scope {
            Scope::Account => String::new(),
            Scope::Stream => stream.to_owned(),
        };
        let full = || Bucket::full(per_sec, per_sec, now);
        let bucket = self.buckets.get_or_insert_with((operation, whose), full);
        if bucket.has(1) {
            bucket.take(1);
            return Ok(());
        }
        if operation.contains("Deliver") || operation == "UpdateDestination" {
            // As callers of production report it.
            let message = "Rate exceeded".to_owned();
            return Err(Refusal { exception: "ThrottlingException", message });
        }
        let message = match stream {
            "" => format!("Rate exceeded under account {account}."),
            _ => format!("Rate exceeded for stream {stream} under account {account}."),
        };
        Err(Refusal { exception: "LimitExceededException", message })
    }
}

impl Kernel {
    /// Whether a call through a wire is one too many; calls for records are none of these.
    pub(crate) fn is_too_often(&mut self, callee: NodeId, request: &Request) -> bool {
        let operation = match request {
            Request::ListShards => "ListShards",
            Request::RegisterStreamConsumer { .. } => "RegisterStreamConsumer",
            Request::DescribeStreamConsumer { .. } => "DescribeStreamConsumer",
            Request::DeregisterStreamConsumer { .. } => "DeregisterStreamConsumer",
            _ => return false,
        };
        let Some(stream) = self.node(callee).map(|node| Arc::clone(&node.name)) else {
            return false;
        };
        let (profile, now) = (Profile::of(self.limits), self.now);
        self.rates.admit(profile, operation, (&stream, ""), now).is_err()
    }
}

/// Calls a second; none for what is limited elsewhere or not at all.
fn limit(profile: Profile, operation: &str) -> Option<(u64, Scope)> {
    Some(match operation {
        "DescribeLimits" => (1, Scope::Account),
        "AddTagsToStream"
        | "CreateStream"
        | "DeleteStream"
        | "DescribeAccountSettings"
        | "ListStreams"
        | "UpdateAccountSettings"
        | "UpdateStreamWarmThroughput" => (5, Scope::Account),
        "DescribeStream" | "UpdateShardCount" => (10, Scope::Account),
        "DescribeStreamSummary" => (20, Scope::Account),
        "DecreaseStreamRetentionPeriod"
        | "DeregisterStreamConsumer"
        | "DisableEnhancedMonitoring"
        | "EnableEnhancedMonitoring"
        | "IncreaseStreamRetentionPeriod"
        | "ListStreamConsumers"
        | "ListTagsForStream"
        | "MergeShards"
        | "RegisterStreamConsumer"
        | "RemoveTagsFromStream"
        | "SplitShard" => (5, Scope::Stream),
        "DescribeStreamConsumer" => (20, Scope::Stream),
        // Amazon Data Firehose (quota page, 2026-11).
        "CreateDeliveryStream"
        | "DeleteDeliveryStream"
        | "DescribeDeliveryStream"
        | "ListDeliveryStreams"
        | "ListTagsForDeliveryStream"
        | "StartDeliveryStreamEncryption"
        | "StopDeliveryStreamEncryption"
        | "TagDeliveryStream"
        | "UntagDeliveryStream"
        | "UpdateDestination" => (5, Scope::Account),
        "ListShards" if profile == Profile::Classic => (100, Scope::Stream),
        "ListShards" => (1_000, Scope::Stream),
        _ => return None,
    })
}
