//! IAM identity policies: what a part may call, in the JSON that AWS takes.
//!
//! Evaluation (facts, streams §12.1; AWS IAM guide): everything is denied until a statement allows
//! it, and a statement that denies wins over all that allow. A part without a policy is not asked:
//! it may call everything.

pub mod grant;
mod pattern;
mod read;

use base::{Diagnostic, NodeId, Place};

use serde_json::Value;

use crate::document::Document;
use crate::kind::{Field, FieldKind, Group, KindSpec};
use crate::script::Action;

#[cfg(test)]
mod tests;

pub use grant::Grant;
pub use pattern::matches;

/// The policy as a setting: every part that calls others has it beside those of its kind.
pub static FIELD: Field = Field {
    key: "policy",
    label: "IAM policy",
    unit: "",
    kind: FieldKind::Code { chars_max: 20_480 },
    when: None,
    section: "Access",
    help: "What the role of this part may call, as an identity policy in JSON. Empty: everything. \
           A call it does not allow fails with AccessDeniedException",
};

/// Whether calls go through an interface endpoint, as a setting beside the policy.
pub static ENDPOINT: Field = Field {
    key: "vpc_endpoint",
    label: "VPC endpoint",
    unit: "",
    kind: FieldKind::Bool,
    when: None,
    section: "Access",
    help: "Calls go through an interface VPC endpoint. Policies see it as aws:SourceVpce with the \
           value vpce-0a1b2c3d; without it the key is not there",
};

/// What every part that calls others has beside the settings of its kind.
pub static FIELDS: [&Field; 3] = [&FIELD, &ENDPOINT, &grant::FIELD];

/// The id of the one endpoint there is (facts, streams §12.2: `aws:sourceVpce`).
pub const ENDPOINT_ID: &str = "vpce-0a1b2c3d";

/// The value of one of [`FIELDS`] for a part.
#[must_use]
pub fn value(document: &Document, id: NodeId, key: &str) -> Value {
    if key == ENDPOINT.key {
        return Value::from(document.vpc_endpoints.contains(&id));
    }
    if key == grant::FIELD.key {
        return Value::from(document.grants.get(&id).map_or("none", |grant| grant.word()));
    }
    Value::from(document.policies.get(&id).map_or("", |text| &**text))
}

/// Gives one of [`FIELDS`] another value: an empty text takes the policy away.
///
/// # Errors
/// What the value must be.
#[inline(never)]
pub fn set(
    document: &mut Document,
    id: NodeId,
    key: &str,
    value: &Value,
) -> Result<(), &'static str> {
    if key == ENDPOINT.key {
        let has = value.as_bool().ok_or("true or false")?;
        match document.vpc_endpoints.binary_search(&id) {
            Ok(at) if !has => {
                document.vpc_endpoints.remove(at);
            }
            Err(at) if has => document.vpc_endpoints.insert(at, id),
            Ok(_) | Err(_) => {}
        }
        return Ok(());
    }
    let text = value.as_str().ok_or("text in quotes")?;
    if key == grant::FIELD.key {
        match Grant::of_word(text) {
            Some(grant) => document.grants.insert(id, grant),
            None if text == "none" => document.grants.remove(&id),
            None => return Err("`none`, `Decrypt`, `GenerateDataKey` or `both`"),
        };
        return Ok(());
    }
    if text.trim().is_empty() {
        document.policies.remove(&id);
    } else {
        document.policies.insert(id, text.into());
    }
    Ok(())
}

/// Whether a kind calls others: it has a role then.
#[must_use]
pub fn has_role(spec: &KindSpec) -> bool {
    matches!(spec.group, Group::Sources | Group::Delivery | Group::Readers)
}

/// Where findings about a role belong.
fn place(document: &Document, id: NodeId, field: &Field) -> Place {
    let name = document.node(id).map_or_else(|| format!("part {id}"), |node| node.name.clone());
    Place::Node { node: id, name, field: Some(field.key.to_owned()) }
}

/// What is wrong with the grants and endpoints of a document.
pub(crate) fn diagnose_rights(document: &Document, out: &mut Vec<Diagnostic>) {
    for id in document.grants.keys().filter(|id| !calls_others(document, **id)) {
        out.push(without_effect(document, *id, &grant::FIELD, "There is a KMS grant"));
    }
    for id in document.vpc_endpoints.iter().filter(|id| !calls_others(document, **id)) {
        out.push(without_effect(document, *id, &ENDPOINT, "There is an interface VPC endpoint"));
    }
}

fn without_effect(document: &Document, id: NodeId, field: &Field, what: &str) -> Diagnostic {
    let why = if document.node(id).is_some() { "calls nothing" } else { "is not there" };
    Diagnostic::warning(
        "IAM-002",
        place(document, id, field),
        format!("{what} for part {id}, which {why}"),
        "It belongs to a part that writes, delivers or reads; it is kept without effect",
    )
}

/// Whether a part has a role: one of the document, or one that the script adds.
fn calls_others(document: &Document, id: NodeId) -> bool {
    let scripted = document.script.iter().find_map(|entry| match &entry.action {
        Action::AddNode(node) if node.id == id => Some(node),
        _ => None,
    });
    document.node(id).or(scripted).is_some_and(|node| has_role(node.spec()))
}

/// What is wrong with the policy of a part.
pub(crate) fn diagnose(document: &Document, id: NodeId, out: &mut Vec<Diagnostic>) {
    let Some(text) = document.policies.get(&id) else { return };
    if !calls_others(document, id) {
        out.push(without_effect(document, id, &FIELD, "There is a policy"));
        return;
    }
    let faults = Policy::parse(text).err().unwrap_or_default();
    out.extend(faults.into_iter().map(|(message, help)| {
        Diagnostic::error("IAM-001", place(document, id, &FIELD), message, help)
    }));
}

/// A policy, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    allows: bool,
    actions: Patterns,
    resources: Patterns,
    conditions: Vec<Condition>,
}

/// `Action` and `Resource`, or their `Not…` forms.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Patterns {
    except: bool,
    any_of: Vec<String>,
}

/// One key of one operator; every condition of a statement must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    test: Test,
    /// Passes when the request does not have the key (`…IfExists`).
    if_exists: bool,
    key: String,
    any_of: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// `StringEquals`, `ArnEquals` without wildcards, `Bool`; negated by `Not`.
    Equals { negated: bool },
    /// `StringLike`, `ArnLike`, `ArnEquals`.
    Like { negated: bool },
    /// `Null`: whether the key is missing.
    Missing,
}

/// What a part is about to do.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// `kinesis:PutRecords`.
    pub action: &'a str,
    /// The ARN of what is called.
    pub resource: &'a str,
    /// Keys of the request with their values, such as `aws:SecureTransport`.
    pub context: &'a [(&'a str, &'a str)],
}

/// Why a call is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// No statement allows it.
    Implicit,
    /// A statement denies it.
    Explicit,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// Everything that is wrong with it: message and way out.
    pub fn parse(text: &str) -> Result<Self, Vec<(String, String)>> {
        read::policy(text)
    }

    /// Whether a call is allowed.
    ///
    /// # Errors
    /// Why it is not.
    pub fn decide(&self, access: Access<'_>) -> Result<(), Denial> {
        let applies = |allows: bool| {
            self.statements.iter().any(|it| it.allows == allows && it.applies(access))
        };
        if applies(false) {
            return Err(Denial::Explicit);
        }
        if applies(true) { Ok(()) } else { Err(Denial::Implicit) }
    }
}

impl Denial {
    /// The message of `AccessDeniedException` (facts, streams §12.1).
    #[must_use]
    pub fn message(self, principal: &str, access: Access<'_>) -> String {
        let Access { action, resource, .. } = access;
        let end = match self {
            Self::Implicit => {
                format!("because no identity-based policy allows the {action} action")
            }
            Self::Explicit => "with an explicit deny in an identity-based policy".to_owned(),
        };
        format!(
            "User: {principal} is not authorized to perform: {action} on resource: {resource} {end}"
        )
    }
}

impl Statement {
    fn applies(&self, access: Access<'_>) -> bool {
        // Actions are the same in capitals and small letters, resources are not.
        let action = access.action.to_ascii_lowercase();
        self.actions.cover(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
            && self.resources.cover(|pattern| matches(pattern, access.resource))
            && self.conditions.iter().all(|condition| condition.holds(access.context))
    }
}

impl Patterns {
    fn cover(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.any_of.iter().any(|pattern| fits(pattern)) != self.except
    }
}

impl Condition {
    fn holds(&self, context: &[(&str, &str)]) -> bool {
        let found = context.iter().find(|(key, _value)| key.eq_ignore_ascii_case(&self.key));
        let any = |fits: &dyn Fn(&str, &str) -> bool| {
            found.map(|(_key, value)| self.any_of.iter().any(|wanted| fits(wanted, value)))
        };
        // A negated test holds for a key that is not there, a plain one does not (IAM guide).
        let (held, negated) = match self.test {
            Test::Missing => {
                let missing = if found.is_none() { "true" } else { "false" };
                return self.any_of.iter().any(|wanted| wanted == missing);
            }
            Test::Equals { negated } => (any(&|wanted, value| wanted == value), negated),
            Test::Like { negated } => (any(&matches), negated),
        };
        held.map_or(negated || self.if_exists, |held| held != negated)
    }
}
