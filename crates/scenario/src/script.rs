//! Actions: what changes a running scenario, by script or by hand. The log of actions together
//! with the document and the seed is the whole input of a run.

use std::sync::Arc;

use base::{Duration, EdgeId, NodeId, Time};
use serde_json::{Map, Value};

use crate::document::{Edge, Node};

/// An action with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// When.
    pub at: Time,
    /// What.
    pub action: Action,
}

/// One change of a running scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Settings of a node: the named fields are replaced, the rest stays.
    Set {
        /// The node.
        node: NodeId,
        /// New values by field key.
        fields: Map<String, Value>,
    },
    /// A new node appears.
    AddNode(Arc<Node>),
    /// A node and its edges disappear; what it held is dropped as removed.
    RemoveNode(NodeId),
    /// A new edge appears.
    AddEdge(Arc<Edge>),
    /// An edge disappears.
    RemoveEdge(EdgeId),
    /// Something breaks for a while.
    Fault(Fault),
    /// Every fault of a node ends now.
    ClearFaults(NodeId),
    /// A call of the Kinesis API by the account's administrator. What the service answers, and
    /// whether it refuses, is seen when its time comes.
    Api {
        /// Such as `SplitShard`.
        operation: String,
        /// The request, with AWS's own member names.
        body: Map<String, Value>,
    },
}

/// Names a Firehose stream in a call.
const DELIVERY_STREAM: &str = "DeliveryStreamName";

/// Operations a script may call: of the Kinesis API, and of Amazon Data Firehose.
pub const OPERATIONS: [&str; 46] = [
    "AddTagsToStream",
    "CreateStream",
    "DecreaseStreamRetentionPeriod",
    "DeleteStream",
    "DeregisterStreamConsumer",
    "DescribeLimits",
    "DescribeStream",
    "DescribeStreamConsumer",
    "DescribeStreamSummary",
    "DisableEnhancedMonitoring",
    "EnableEnhancedMonitoring",
    "GetRecords",
    "GetShardIterator",
    "IncreaseStreamRetentionPeriod",
    "ListShards",
    "ListStreamConsumers",
    "ListStreams",
    "ListTagsForStream",
    "MergeShards",
    "PutRecord",
    "PutRecords",
    "RegisterStreamConsumer",
    "RemoveTagsFromStream",
    "SplitShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "SubscribeToShard",
    "UpdateAccountSettings",
    "UpdateMaxRecordSize",
    "UpdateShardCount",
    "UpdateStreamMode",
    "UpdateStreamWarmThroughput",
    "DescribeAccountSettings",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
    "UpdateStreamRecordDistributionStrategy",
    "firehose:CreateDeliveryStream",
    "firehose:DeleteDeliveryStream",
    "firehose:DescribeDeliveryStream",
    "firehose:ListDeliveryStreams",
    "firehose:ListTagsForDeliveryStream",
    "firehose:StartDeliveryStreamEncryption",
    "firehose:StopDeliveryStreamEncryption",
    "firehose:TagDeliveryStream",
    "firehose:UntagDeliveryStream",
    "firehose:UpdateDestination",
];

impl Action {
    /// The stream a call is about, when it names one: `StreamName`, or the end of `StreamARN`.
    #[must_use]
    pub fn stream_called(&self) -> Option<(&str, &str)> {
        let Self::Api { operation, body } = self else { return None };
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let by_arn = || text("StreamARN").and_then(|arn| arn.rsplit_once(":stream/"));
        let name = text("StreamName").or_else(|| by_arn().map(|(_, name)| name))?;
        Some((operation, name))
    }

    /// The part a call is about, when it names one: a stream, or a Firehose stream.
    #[must_use]
    pub fn part_called(&self) -> Option<&str> {
        let Self::Api { body, .. } = self else { return None };
        let delivery = body.get(DELIVERY_STREAM).and_then(Value::as_str);
        delivery.or_else(|| self.stream_called().map(|(_, name)| name))
    }
}

/// Gives the stream of a script's calls its new name.
pub fn rename(script: &mut [Scheduled], old: &str, new: &str) {
    for entry in script {
        if entry.action.part_called().is_none_or(|name| name != old) {
            continue;
        }
        let Action::Api { body, .. } = &mut entry.action else { continue };
        if let Some(Value::String(arn)) = body.get_mut("StreamARN") {
            let begin = arn.len() - old.len();
            arn.replace_range(begin.., new);
        }
        for member in ["StreamName", DELIVERY_STREAM] {
            if let Some(name) = body.get_mut(member) {
                *name = Value::from(new);
            }
        }
    }
}

/// What becomes of a stream of this name first, as far as the script says: its creation or its
/// deletion. A stream that is created first is not there before.
#[must_use]
pub fn is_created_later(script: &[Scheduled], name: &str) -> bool {
    let calls = script.iter().filter_map(|entry| entry.action.stream_called());
    let mut life = calls.filter(|(operation, of)| {
        *of == name && matches!(*operation, "CreateStream" | "DeleteStream")
    });
    life.next().is_some_and(|(operation, _)| operation == "CreateStream")
}

/// Something that breaks on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub node: NodeId,
    /// How.
    pub kind: FaultKind,
    /// How long; in a change by hand no time at all ends the running one.
    pub lasts: Duration,
}

/// The ways to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Every call fails with an internal failure (`InternalFailure`, S3 503).
    Down,
    /// Every call takes this much longer.
    Slow {
        /// Extra latency in milliseconds.
        millis: u32,
    },
    /// This share of calls (entries, for batches) fails.
    Reject {
        /// 1 to 100.
        percent: u32,
    },
    /// The service does its work but this share of answers never arrives: the caller times out
    /// and may send the same records again.
    Timeout {
        /// 1 to 100.
        percent: u32,
    },
    /// A worker dies without a word; when the fault ends, a new one comes up in its place.
    Kill {
        /// Its number, or 0 for the one that holds most leases.
        worker: u32,
    },
    /// A worker stands still, as in a long garbage collection, and knows nothing of the time.
    Pause {
        /// Its number, or 0 for the one that holds most leases.
        worker: u32,
    },
    /// The KMS key of a stream cannot be used.
    Kms(KmsFault),
    /// This share of calls gets lost on its way: the caller times out as if only the answer were
    /// missing, and nothing was stored.
    Unreachable {
        /// 1 to 100.
        percent: u32,
    },
}

/// What is wrong with a customer's KMS key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KmsFault {
    /// `KMSDisabledException`.
    Disabled,
    /// `KMSInvalidStateException`: it waits for its deletion.
    PendingDeletion,
    /// `KMSAccessDeniedException`: the caller has no right to use it.
    Denied,
    /// `KMSThrottlingException`: too many requests of the account.
    Throttled,
}

impl KmsFault {
    /// Every fault of a key.
    pub const ALL: [Self; 4] =
        [Self::Disabled, Self::PendingDeletion, Self::Denied, Self::Throttled];

    /// A few words for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Disabled => "KMS key disabled",
            Self::PendingDeletion => "KMS key awaits deletion",
            Self::Denied => "KMS key denied",
            Self::Throttled => "KMS throttled",
        }
    }

    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disabled => "kms_disabled",
            Self::PendingDeletion => "kms_pending_deletion",
            Self::Denied => "kms_denied",
            Self::Throttled => "kms_throttled",
        }
    }
}

impl FaultKind {
    /// Milliseconds, per cent or a worker; zero where there is no amount.
    #[must_use]
    pub fn amount(self) -> u32 {
        match self {
            Self::Down | Self::Kms(_) => 0,
            Self::Slow { millis } => millis,
            Self::Reject { percent }
            | Self::Timeout { percent }
            | Self::Unreachable { percent } => percent,
            Self::Kill { worker } | Self::Pause { worker } => worker,
        }
    }

    /// The word used in files, links and handles: `down`, `slow`, `reject`, `timeout`, `kill`,
    /// `pause`, `kms_disabled`, …
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Slow { .. } => "slow",
            Self::Reject { .. } => "reject",
            Self::Timeout { .. } => "timeout",
            Self::Kill { .. } => "kill",
            Self::Pause { .. } => "pause",
            Self::Kms(fault) => fault.word(),
            Self::Unreachable { .. } => "unreachable",
        }
    }
}
