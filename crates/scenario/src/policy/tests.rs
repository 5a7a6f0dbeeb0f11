//! What IAM says, rule by rule (AWS IAM User Guide; facts, streams §12.1).

use super::{Access, Denial, Policy, matches};

const ORDERS: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/orders";
const CLICKS: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";

fn decide(statements: &str, action: &str, resource: &str) -> Result<(), Denial> {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{statements}]}}");
    let policy = Policy::parse(&text).expect("the policy is fine");
    let context = [("aws:SecureTransport", "true"), ("aws:sourceVpce", "vpce-1")];
    policy.decide(Access { action, resource, context: &context })
}

/// Facts, streams §12.1: the default is an implicit deny, an explicit deny wins over any allow.
#[test]
fn a_deny_wins_over_an_allow_and_an_allow_over_nothing() {
    let allow = r#"{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Action": "kinesis:PutRecord", "Resource": "*"}"#;
    let both = format!("{allow},{deny}");
    assert_eq!(decide(allow, "kinesis:PutRecord", ORDERS), Ok(()));
    assert_eq!(decide(&both, "kinesis:PutRecord", ORDERS), Err(Denial::Explicit));
    assert_eq!(decide(&both, "kinesis:PutRecords", ORDERS), Ok(()));
    assert_eq!(decide(allow, "firehose:PutRecord", ORDERS), Err(Denial::Implicit));
    assert_eq!(decide(deny, "kinesis:GetRecords", ORDERS), Err(Denial::Implicit));
}

/// Actions are compared without regard to case, ARNs with it (IAM guide, policy grammar).
#[test]
fn wildcards_cover_actions_and_resources() {
    let get = r#"{"Effect": "Allow", "Action": ["kinesis:get*", "kinesis:ListShards"],
                  "Resource": "arn:aws:kinesis:*:*:stream/ord?rs"}"#;
    assert_eq!(decide(get, "kinesis:GetShardIterator", ORDERS), Ok(()));
    assert_eq!(decide(get, "kinesis:ListShards", ORDERS), Ok(()));
    assert_eq!(decide(get, "kinesis:GetRecords", CLICKS), Err(Denial::Implicit));
    assert_eq!(decide(get, "kinesis:GetRecords", &ORDERS.to_uppercase()), Err(Denial::Implicit));
}

#[test]
fn not_action_and_not_resource_cover_the_rest() {
    let all_but = r#"{"Effect": "Allow", "NotAction": "kinesis:Delete*", "Resource": "*"},
                     {"Effect": "Deny", "Action": "*", "NotResource": "*stream/orders"}"#;
    assert_eq!(decide(all_but, "kinesis:PutRecord", ORDERS), Ok(()));
    assert_eq!(decide(all_but, "kinesis:DeleteStream", ORDERS), Err(Denial::Implicit));
    assert_eq!(decide(all_but, "kinesis:PutRecord", CLICKS), Err(Denial::Explicit));
}

/// A missing key fails a plain test and passes a negated one (IAM guide, condition operators).
#[test]
fn conditions_narrow_a_statement() {
    let under = |condition: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#
        );
        decide(&statement, "kinesis:PutRecord", ORDERS)
    };
    assert_eq!(under(r#"{"StringEquals": {"aws:sourceVpce": ["vpce-1", "vpce-2"]}}"#), Ok(()));
    let other = r#"{"StringEquals": {"aws:sourceVpce": "vpce-2"}}"#;
    assert_eq!(under(other), Err(Denial::Implicit));
    assert_eq!(under(r#"{"Bool": {"aws:SecureTransport": true}}"#), Ok(()));
    assert_eq!(under(r#"{"StringEquals": {"aws:username": "ada"}}"#), Err(Denial::Implicit));
    assert_eq!(under(r#"{"StringNotEquals": {"aws:username": "ada"}}"#), Ok(()));
    assert_eq!(under(r#"{"StringEqualsIfExists": {"aws:username": "ada"}}"#), Ok(()));
    assert_eq!(under(r#"{"Null": {"aws:username": "true"}}"#), Ok(()));
    assert_eq!(under(r#"{"StringLike": {"aws:sourceVpce": "vpce-?"}}"#), Ok(()));
}

/// The message template of the facts, streams §12.1.
#[test]
fn the_message_names_who_what_and_where() {
    let access = Access { action: "kinesis:PutRecord", resource: ORDERS, context: &[] };
    assert_eq!(
        Denial::Implicit.message("arn:aws:iam::123456789012:user/ada", access),
        "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: \
         kinesis:PutRecord on resource: arn:aws:kinesis:us-east-1:123456789012:stream/orders \
         because no identity-based policy allows the kinesis:PutRecord action"
    );
    let explicit = Denial::Explicit.message("x", access);
    assert!(explicit.ends_with("with an explicit deny in an identity-based policy"), "{explicit}");
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = |text: &str| Policy::parse(text).expect_err("the policy has faults").len();
    assert_eq!(faults("{"), 1);
    assert_eq!(faults("[]"), 1);
    assert_eq!(faults("{}"), 1);
    let several = r#"{"Version": "2020-01-01", "Statment": 1, "Statement": [
        {"Effect": "Permit", "Action": "PutRecord", "NotResource": [],
         "Condition": {"NumericLessThan": {"a": 1}}},
        {"Effect": "Allow", "Action": "*", "NotAction": "*"}]}"#;
    assert_eq!(faults(several), 8);
}

#[test]
fn stars_match_any_text_and_question_marks_one_character() {
    for (pattern, text, fits) in [
        ("*", "", true),
        ("a*c", "abbc", true),
        ("a*c", "abbcd", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*ab*ab", "abab", true),
        ("", "a", false),
        ("**a", "bba", true),
    ] {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
}

/// Each finding stands at its own field, so that the panel leads there.
#[test]
fn what_has_no_effect_is_told_at_its_field() {
    let text = r#"{"format":"rivulet/scenario","version":1,
        "nodes":[{"id":1,"kind":"bucket","name":"lake"}],
        "policies":[{"node":1,"policy":{"Statement":[]}}],
        "grants":[{"node":1,"operations":["Decrypt"]}],"vpc_endpoints":[1]}"#;
    let document = crate::format::load(text.as_bytes()).document.expect("it can be read");
    let findings = crate::validate::validate(&document, &crate::DataSets::default());
    let fields = findings.iter().filter(|finding| finding.code.0 == "IAM-002");
    let fields = fields.map(|finding| match &finding.place {
        base::Place::Node { field, .. } => field.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    });
    let mut fields: Vec<String> = fields.collect();
    fields.sort_unstable();
    assert_eq!(fields, ["kms_grant", "policy", "vpc_endpoint"]);
}
