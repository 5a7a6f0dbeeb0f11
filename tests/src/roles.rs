//! Policies of random scenarios, and what each must lead to: a second opinion on every call.
//!
//! A policy comes with its meaning as a function, so nothing of the product's own evaluation is
//! asked. What CloudTrail has of a run is compared with it: a call that a policy denies fails with
//! `AccessDeniedException`, no other call does, and whoever may do nothing did nothing.

use std::sync::{Arc, LazyLock};

use base::{NodeId, Rng, Time};
use engine::call::ErrorCode;
use engine::{Engine, Snapshot, TrailEvent};
use scenario::kind::Group;
use scenario::policy;
use scenario::{Action, Document, Node, Scheduled};
use serde_json::{Map, Value, json};

/// A policy and what it means.
struct Rule {
    text: &'static str,
    allows: fn(&Asked<'_>) -> bool,
}

/// What a part asks for.
struct Asked<'a> {
    service: &'a str,
    operation: &'a str,
    through_endpoint: bool,
}

impl Asked<'_> {
    /// Whether it is about a registered consumer and not about its stream (Service Authorization
    /// Reference, Amazon Kinesis Data Streams).
    fn is_about_a_consumer(&self) -> bool {
        let about = ["SubscribeToShard", "DescribeStreamConsumer", "DeregisterStreamConsumer"];
        about.contains(&self.operation)
    }

    fn is(&self, service: &str, begins: &str) -> bool {
        self.service == service && self.operation.starts_with(begins)
    }
}

/// Names of parts stand in none of them: a part that is renamed behaves as before.
const RULES: [Rule; 9] = [
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        allows: |_| true,
    },
    Rule {
        text: r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
                 {"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
        allows: |_| false,
    },
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#,
        allows: |_| false,
    },
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","Action":"kinesis:*","Resource":"*"}}"#,
        allows: |asked| asked.service == "kinesis",
    },
    Rule {
        text: r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
                 {"Effect":"Deny","Action":"KINESIS:put*","Resource":"*"}]}"#,
        allows: |asked| !asked.is("kinesis", "Put"),
    },
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","NotAction":["kinesis:Get*","s3:*"],
                 "Resource":"*"}}"#,
        allows: |asked| !asked.is("kinesis", "Get") && asked.service != "s3",
    },
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":
                 {"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}}}"#,
        allows: |asked| asked.through_endpoint,
    },
    Rule {
        text: r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
                 {"Effect":"Deny","Action":"*",
                  "Resource":"arn:aws:kinesis:*:*:stream/*/consumer/*:?*"}]}"#,
        allows: |asked| !asked.is_about_a_consumer(),
    },
    Rule {
        text: r#"{"Statement":{"Effect":"Allow","Action":["*:List*","*:Get*","*:Register*"],
                 "NotResource":"arn:aws:dynamodb:*"}}"#,
        allows: |asked| {
            let begins = ["List", "Get", "Register"];
            asked.service != "dynamodb" && begins.iter().any(|it| asked.operation.starts_with(it))
        },
    },
];

/// The texts as a file keeps them: what a policy says and not how its lines were broken.
static LOADED: LazyLock<[String; RULES.len()]> = LazyLock::new(|| {
    RULES.map(|rule| {
        let policy: Value = serde_json::from_str(rule.text).expect("rules are JSON");
        serde_json::to_string_pretty(&policy).expect("JSON is text")
    })
});

/// Gives some parts a policy, a KMS grant or an endpoint.
pub(crate) fn give(document: &mut Document, rng: &mut Rng) {
    let nodes: Vec<Arc<Node>> = document.nodes.clone();
    for node in nodes.iter().filter(|node| policy::has_role(node.spec())) {
        for (key, value) in [pick(rng), pick(rng)].into_iter().flatten() {
            policy::set(document, node.id, key, &value).expect("a legal role");
        }
    }
}

/// So many changes of roles, at any time.
pub(crate) fn changes(
    document: &Document,
    count: u32,
    until: Time,
    rng: &mut Rng,
) -> Vec<Scheduled> {
    let has_role = |node: &&Arc<Node>| policy::has_role(node.spec());
    let nodes: Vec<NodeId> = document.nodes.iter().filter(has_role).map(|node| node.id).collect();
    let change = |_| {
        let at = Time(rng.below64(until.0));
        let node = *nodes.get(rng.below(u32::try_from(nodes.len()).ok()?) as usize)?;
        let (key, value) = pick(rng)?;
        let fields = Map::from_iter([(key.to_owned(), value)]);
        Some(Scheduled { at, action: Action::Set { node, fields } })
    };
    (0..count).filter_map(change).collect()
}

/// A setting of a role, or none.
pub(crate) fn pick(rng: &mut Rng) -> Option<(&'static str, Value)> {
    let rules = u32::try_from(RULES.len()).expect("a few");
    match rng.below(8) {
        0..3 => Some(("policy", json!(LOADED[rng.below(rules) as usize]))),
        3 => Some(("policy", json!(""))),
        4 => Some(("vpc_endpoint", json!(rng.below(2) == 0))),
        5 => {
            let words = ["none", "Decrypt", "GenerateDataKey", "both"];
            Some(("kms_grant", json!(words[rng.below(4) as usize])))
        }
        _ => None,
    }
}

/// Services that may take seconds to answer. A call is decided when it is made and written down
/// when it is answered, and a role may have changed in between.
const SLOW: [&str; 3] = ["s3", "redshift", "es"];

/// What is wrong with the calls of a run between two moments, of those CloudTrail still has;
/// `changed` are the parts whose roles changed meanwhile, `ever` those whose roles changed since
/// the run began: of them nothing is said, of the latter where a call may take long.
pub(crate) fn judge(
    engine: &Engine,
    from: Time,
    changed: &[NodeId],
    ever: &[NodeId],
) -> Result<(), String> {
    for event in engine.trail(true).chain(engine.trail(false)) {
        let changed = if SLOW.contains(&event.service) { ever } else { changed };
        let is_new = event.at > from && !changed.contains(&event.caller);
        let Some(allowed) = allowed(engine.document(), event).filter(|_| is_new) else { continue };
        if allowed == (event.error == Some(ErrorCode::AccessDenied)) {
            return Err(format!("{event:?}, allowed: {allowed}"));
        }
    }
    Ok(())
}

/// Whether the policy of the caller allows a call; none where it has none.
fn allowed(document: &Document, event: &TrailEvent) -> Option<bool> {
    let rule = rule(document, event.caller)?;
    let through_endpoint = document.vpc_endpoints.contains(&event.caller);
    let TrailEvent { service, operation, .. } = event;
    Some((rule.allows)(&Asked { service, operation, through_endpoint }))
}

fn rule(document: &Document, node: NodeId) -> Option<&'static Rule> {
    let text = document.policies.get(&node)?;
    let at = LOADED.iter().position(|it| **it == **text)?;
    RULES.get(at)
}

/// Whether a part may neither write nor read anything, whatever grants it has.
fn may_do_nothing(document: &Document, node: NodeId) -> bool {
    rule(document, node).is_some_and(|rule| {
        let calls = [("kinesis", "PutRecords"), ("firehose", "PutRecordBatch"), ("kinesis", "Get")];
        calls.into_iter().all(|(service, operation)| {
            !(rule.allows)(&Asked { service, operation, through_endpoint: true })
        })
    })
}

/// Whether records come to a part that asks for nothing: an application invokes a function with
/// its own rights, and Firehose hands on what is put into it.
fn is_handed_records(document: &Document, node: NodeId) -> bool {
    let kind = |id| document.node(id).map_or("", |node| node.config.kind());
    document.edges_to(node).any(|edge| {
        edge.from.port == "tap"
            || (kind(edge.from.node) == "sql_application" && kind(node) == "lambda")
    })
}

/// Who could do nothing from the beginning to the end did nothing.
pub(crate) fn nothing_leaks(
    engine: &Engine,
    begun: &Document,
    changed: &[NodeId],
) -> Result<(), String> {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    for view in &snapshot.nodes {
        let Some(node) = begun.node(view.id) else { continue };
        // An agent reads files, whatever its role.
        let acts: &[&str] = match node.spec().group {
            Group::Sources => &["stored", "put", "sent"],
            Group::Readers => &["read", "processed"],
            _ => &[],
        };
        let passive = acts.is_empty() || is_handed_records(begun, node.id);
        if passive || changed.contains(&node.id) || !may_do_nothing(begun, node.id) {
            continue;
        }
        let leak = view.counters.iter().find(|it| acts.contains(&it.0) && it.1 > 0);
        if let Some((counter, count)) = leak {
            return Err(format!("{}: {counter} {count}", node.name));
        }
    }
    Ok(())
}

/// Parts whose settings these entries change from one time to another.
pub(crate) fn changed(lists: [&[Scheduled]; 2], from: Time, until: Time) -> Vec<NodeId> {
    let entries = lists.into_iter().flatten();
    let within = entries.filter(|entry| from <= entry.at && entry.at <= until);
    let node = |entry: &Scheduled| match entry.action {
        Action::Set { node, .. } => Some(node),
        _ => None,
    };
    within.filter_map(node).collect()
}
