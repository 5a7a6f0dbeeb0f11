//! Who may call what: the role of each part with its IAM policy, asked before every call.
//!
//! A call that is not allowed never reaches the service's own code: it is answered with
//! `AccessDeniedException` (facts, streams §12.1).

use std::sync::Arc;

use base::{NodeId, VecMap};
use scenario::kind::{KindSpec, PutApi};
use scenario::policy::{Access, Denial, ENDPOINT_ID, Grant, Policy};

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
    /// What roles may do with the account's KMS key beside their policies.
    grants: VecMap<NodeId, Grant>,
    /// Parts behind an interface endpoint.
    endpoints: VecMap<NodeId, ()>,
    /// Registered consumers by stream and number: name, and creation in Unix seconds.
    consumers: VecMap<(NodeId, u32), (Arc<str>, u64)>,
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

    /// Gives the role of a part another KMS grant, or none.
    pub fn set_grant(&mut self, node: NodeId, grant: Option<Grant>) {
        match grant {
            Some(grant) => self.grants.insert(node, grant),
            None => self.grants.remove(&node),
        };
    }

    /// Whether the calls of a part go through an interface endpoint.
    pub fn set_endpoint(&mut self, node: NodeId, has: bool) {
        if has {
            self.endpoints.insert(node, ());
        } else {
            self.endpoints.remove(&node);
        }
    }

    /// A consumer was registered with a stream: from now on its ARN is known.
    pub fn name_consumer(&mut self, stream: NodeId, id: u32, name: &Arc<str>, created_secs: u64) {
        // A stream that was made anew counts from the beginning.
        self.consumers.retain(|(of, other), _| *of != stream || *other < id);
        self.consumers.insert((stream, id), (Arc::clone(name), created_secs));
    }

    /// A part is gone.
    pub fn forget(&mut self, node: NodeId) {
        self.policies.remove(&node);
        self.grants.remove(&node);
        self.endpoints.remove(&node);
        self.consumers.retain(|(stream, _), _| *stream != node);
    }

    /// What the policy of a part says about a call; none where nothing is denied.
    fn denial(&self, caller: NodeId, action: &str, resource: &str) -> Option<Denial> {
        let has_endpoint = self.endpoints.contains_key(&caller);
        let context = if has_endpoint { CONTEXT_OF_VPC } else { CONTEXT };
        let role = self.policies.get(&caller)?;
        role.policy.decide(Access { action, resource, context }).err()
    }
}

impl Kernel {
    /// Why a call does not even reach the part it is for.
    pub fn turns_away(
        &mut self,
        caller: NodeId,
        callee: NodeId,
        request: &Request,
    ) -> Option<(Reason, ErrorCode)> {
        if self.denies(caller, callee, request) {
            return Some((Reason::AccessDenied, ErrorCode::AccessDenied));
        }
        if self.node(callee).is_some_and(|node| node.absent) {
            return Some((Reason::StreamMissing, ErrorCode::ResourceNotFound));
        }
        let too_often = self.is_too_often(callee, request);
        too_often.then_some((Reason::SubscriptionRate, ErrorCode::LimitExceeded))
    }

    /// Whether a call is denied; the first denial of each second is explained.
    fn denies(&mut self, caller: NodeId, callee: NodeId, request: &Request) -> bool {
        if self.roles.policies.get(&caller).is_none() {
            return false;
        }
        let Some((action, resource)) = self.access(callee, request) else { return false };
        let Some(denial) = self.roles.denial(caller, &action, &resource) else { return false };
        let records = u32::try_from(request.records()).unwrap_or(u32::MAX);
        self.marks.throttle(self.now, caller);
        if let Some(node) = self.node_mut(caller) {
            node.rejected += u64::from(records);
            node.rejected_second.0 += records;
        }
        let access = Access { action: &action, resource: &resource, context: &[] };
        self.explain_denial(caller, (denial, ErrorCode::AccessDenied), access, records);
        true
    }

    /// Whether a caller may not use the KMS key of a stream: neither its policy allows it nor a
    /// grant (AWS KMS developer guide, grants). A statement that denies wins over both.
    #[inline(never)]
    pub fn denies_key(
        &mut self,
        caller: NodeId,
        operation: &str,
        key_id: &str,
        records: u32,
    ) -> bool {
        if self.roles.policies.get(&caller).is_none() {
            return false;
        }
        let (action, resource) = (format!("kms:{operation}"), key_arn(key_id));
        let Some(denial) = self.roles.denial(caller, &action, &resource) else { return false };
        let grant = self.roles.grants.get(&caller);
        if denial == Denial::Implicit && grant.is_some_and(|grant| grant.allows(operation)) {
            return false;
        }
        let access = Access { action: &action, resource: &resource, context: &[] };
        self.explain_denial(caller, (denial, ErrorCode::KmsAccessDenied), access, records);
        true
    }

    /// Tells the caller why, once a second.
    fn explain_denial(
        &mut self,
        caller: NodeId,
        (denial, code): (Denial, ErrorCode),
        access: Access<'_>,
        records: u32,
    ) {
        let (now, secs) = (self.now, self.now.secs());
        match self.roles.policies.get_mut(&caller) {
            Some(role) if role.explained <= secs => role.explained = secs + 1,
            _ => return,
        }
        let Some(node) = self.node_mut(caller) else { return };
        let name = &node.name;
        let principal = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/rivulet");
        let error = format!("{}: {}", code.name(), denial.message(&principal, access));
        let plain = Cause::new(now, caller, Reason::AccessDenied);
        node.causes.push(Cause {
            error: error.into(),
            entries: (records, records),
            whole: true,
            records,
            ..plain
        });
    }

    /// The IAM action of a call and the ARN it is about; none where IAM has no say.
    #[inline(never)]
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
            ("s3", Request::GetObject(key)) => format!("arn:aws:s3:::{name}/{key}"),
            ("s3", _) => format!("arn:aws:s3:::{name}"),
            ("kinesis", _) => arn("stream") + &self.consumer_part(callee, request),
            ("firehose", _) => arn("deliverystream"),
            ("es", _) => format!("{}/_bulk", arn("domain")),
            _ => arn("table"),
        };
        Some((format!("{service}:{}", operation(service, request)), resource))
    }

    /// What follows the stream's ARN in the ARN of a registered consumer: calls about one are
    /// about it and not about its stream, all but the registration (Service Authorization
    /// Reference, Amazon Kinesis Data Streams). A consumer that is not there has second 0.
    fn consumer_part(&self, stream: NodeId, request: &Request) -> String {
        let known = self.roles.consumers.iter().filter(|((of, _), _)| *of == stream);
        let (name, created_secs) = match request {
            Request::SubscribeToShard { consumer, .. } => {
                let found = known.map(|((_, id), it)| (id, it)).find(|(id, _)| *id == consumer);
                found.map_or(("", 0), |(_, (name, secs))| (&**name, *secs))
            }
            Request::DescribeStreamConsumer { name }
            | Request::DeregisterStreamConsumer { name } => {
                let mut newest = known.rev().filter(|(_, (other, _))| other == name);
                (&**name, newest.next().map_or(0, |(_, (_, secs))| *secs))
            }
            _ => return String::new(),
        };
        format!("/consumer/{name}:{created_secs}")
    }
}

/// The ARN of a KMS key by its ARN, its id or an alias: the account has one key of its own behind
/// every alias, with the id of AWS's examples.
fn key_arn(key_id: &str) -> String {
    if key_id.contains(":key/") {
        return key_id.to_owned();
    }
    let is_alias = key_id.is_empty() || key_id.contains("alias/");
    let id = if is_alias { "1234abcd-12ab-34cd-56ef-1234567890ab" } else { key_id };
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
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

/// What a service calls its operation that takes records.
pub(crate) fn put_operation(service: &str, api: PutApi) -> &'static str {
    match (service, api) {
        (_, PutApi::PutRecord) => "PutRecord",
        ("firehose", PutApi::PutRecords) => "PutRecordBatch",
        (_, PutApi::PutRecords) => "PutRecords",
    }
}

/// The name of the API operation behind a call.
pub(super) fn operation(service: &str, request: &Request) -> &'static str {
    match request {
        Request::Put(put) => put_operation(service, put.api),
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
        // A statement of a database user, not of a role.
        Request::Copy(_) => "",
        // Neither Splunk nor an endpoint knows roles.
        Request::Post(_) => "",
        Request::GetObject(_) => "GetObject",
    }
}

#[cfg(test)]
mod tests {
    use scenario::kind::Config;

    use super::*;

    /// A name that is registered again has a new ARN (facts, streams §3.3): calls by name are about
    /// the newest consumer, calls by number about that one.
    #[test]
    fn a_name_means_its_newest_consumer() {
        const STREAM: NodeId = NodeId(1);
        const OTHER: NodeId = NodeId(2);
        let mut kernel = Kernel::new(7, 0);
        let spec = Config::default_of("stream").unwrap().spec();
        for (id, name) in [(STREAM, "orders"), (OTHER, "clicks")] {
            kernel.add_node(id, name, spec);
        }
        let name: Arc<str> = "app".into();
        let named = [(STREAM, 0, "app", 100), (STREAM, 1, "app", 200), (STREAM, 2, "more", 300)];
        for (stream, id, name, secs) in named.into_iter().chain([(OTHER, 0, "app", 400)]) {
            kernel.roles.name_consumer(stream, id, &name.into(), secs);
        }
        let part = |request| kernel.consumer_part(STREAM, &request);
        let described = Request::DescribeStreamConsumer { name: Arc::clone(&name) };
        assert_eq!(part(described), "/consumer/app:200");
        assert_eq!(part(Request::DeregisterStreamConsumer { name }), "/consumer/app:200");
        assert_eq!(
            part(Request::DescribeStreamConsumer { name: "none".into() }),
            "/consumer/none:0"
        );
    }
}
