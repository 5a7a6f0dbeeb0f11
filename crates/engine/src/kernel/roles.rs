//! Who may call what: the role of each part with its IAM policy, asked before every call.
//!
//! A call that is not allowed never reaches the service's own code: it is answered with
//! `AccessDeniedException` (facts, streams §12.1).

use std::sync::Arc;

use base::{NodeId, VecMap};
use scenario::kind::{KindSpec, PutApi};
use scenario::policy::{Access, ENDPOINT_ID, Policy};

use super::Kernel;
use crate::call::{ACCOUNT, ErrorCode, REGION, Request};
use crate::cause::{Cause, Reason};

/// Keys every request has: all calls go through HTTPS (facts, streams §12.2).
const CONTEXT: &[(&str, &str)] = &[("aws:SecureTransport", "true")];
/// The same for calls through an interface endpoint.
const CONTEXT_OF_VPC: &[(&str, &str)] =
    &[("aws:SecureTransport", "true"), ("aws:SourceVpce", ENDPOINT_ID)];

/// The policies of a run.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    policies: VecMap<NodeId, Role>,
    /// Parts behind an interface endpoint.
    endpoints: VecMap<NodeId, ()>,
}

#[derive(Clone, Debug)]
struct Role {
    policy: Policy,
    /// The second after the one in which a denial was last explained.
    explained: u64,
}

impl Roles {
    /// Gives the role of a part another policy, or none: then it may call everything. A policy
    /// with faults was reported when it was typed; it changes nothing until it is mended.
    pub fn set(&mut self, node: NodeId, policy: Option<&str>) {
        match policy.map(Policy::parse) {
            None => {
                self.policies.remove(&node);
            }
            Some(Ok(policy)) => {
                self.policies.insert(node, Role { policy, explained: 0 });
            }
            Some(Err(_faults)) => {}
        }
    }
}

impl Roles {
    /// Whether the calls of a part go through an interface endpoint.
    pub fn set_endpoint(&mut self, node: NodeId, has: bool) {
        if has {
            self.endpoints.insert(node, ());
        } else {
            self.endpoints.remove(&node);
        }
    }
}

impl Kernel {
    /// Whether a call is denied; the first denial of each second is explained.
    pub fn denies(&mut self, caller: NodeId, callee: NodeId, request: &Request) -> bool {
        if self.roles.policies.get(&caller).is_none() {
            return false;
        }
        let Some((action, resource)) = self.access(callee, request) else { return false };
        let has_endpoint = self.roles.endpoints.contains_key(&caller);
        let context = if has_endpoint { CONTEXT_OF_VPC } else { CONTEXT };
        let access = Access { action: &action, resource: &resource, context };
        let (now, secs) = (self.now, self.now.secs());
        let name = self.node(caller).map_or_else(|| "".into(), |node| Arc::clone(&node.name));
        let Some(role) = self.roles.policies.get_mut(&caller) else { return false };
        let Err(denial) = role.policy.decide(access) else { return false };
        let records = u32::try_from(request.records()).unwrap_or(u32::MAX);
        let explain = role.explained <= secs;
        if explain {
            role.explained = secs + 1;
        }
        self.marks.throttle(now, caller);
        if let Some(node) = self.node_mut(caller) {
            node.rejected += u64::from(records);
            node.rejected_second.0 += records;
            if explain {
                let principal = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/rivulet");
                let message = denial.message(&principal, access);
                let error = format!("{}: {message}", ErrorCode::AccessDenied.name());
                let entries = (records, records);
                let plain = Cause::new(now, caller, Reason::AccessDenied);
                node.causes.push(Cause { error: error.into(), entries, records, ..plain });
            }
        }
        true
    }

    /// The IAM action of a call and the ARN it is about; none where IAM has no say.
    fn access(&self, callee: NodeId, request: &Request) -> Option<(String, String)> {
        if matches!(request, Request::NextEvent { .. }) {
            return None;
        }
        let node = self.node(callee)?;
        let name = &node.name;
        let service = service(node.spec)?;
        let arn = |part: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{part}/{name}");
        let resource = match (service, request) {
            ("s3", Request::PutObject(object)) => format!("arn:aws:s3:::{name}/{}", object.key),
            ("s3", _) => format!("arn:aws:s3:::{name}"),
            ("kinesis", _) => arn("stream"),
            ("firehose", _) => arn("deliverystream"),
            ("es", _) => format!("{}/_bulk", arn("domain")),
            _ => arn("table"),
        };
        Some((format!("{service}:{}", operation(service, request)), resource))
    }
}

/// Whose API a part answers; none where IAM and CloudTrail have no say.
pub(super) fn service(spec: &KindSpec) -> Option<&'static str> {
    match spec.kind {
        "stream" => Some("kinesis"),
        "firehose" => Some("firehose"),
        "bucket" => Some("s3"),
        "table" => Some("dynamodb"),
        "elasticsearch" => Some("es"),
        _ => None,
    }
}

/// The name of the API operation behind a call.
pub(super) fn operation(service: &str, request: &Request) -> &'static str {
    match request {
        Request::Put(put) => match (service, put.api) {
            (_, PutApi::PutRecord) => "PutRecord",
            ("firehose", PutApi::PutRecords) => "PutRecordBatch",
            (_, PutApi::PutRecords) => "PutRecords",
        },
        Request::ListShards => "ListShards",
        Request::GetShardIterator { .. } => "GetShardIterator",
        Request::GetRecords { .. } => "GetRecords",
        Request::PutObject(_) => "PutObject",
        Request::RegisterStreamConsumer { .. } => "RegisterStreamConsumer",
        Request::DescribeStreamConsumer { .. } => "DescribeStreamConsumer",
        Request::DeregisterStreamConsumer { .. } => "DeregisterStreamConsumer",
        Request::SubscribeToShard { .. } | Request::NextEvent { .. } => "SubscribeToShard",
        Request::Lease(call) => call.operation(),
        Request::PutItems(_) => "BatchWriteItem",
        // How IAM names the requests to a domain.
        Request::Bulk(_) => "ESHttpPost",
    }
}
