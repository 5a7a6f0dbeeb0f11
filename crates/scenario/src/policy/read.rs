//! Policy JSON, with every fault named.

use serde_json::{Map, Value};

use super::{Condition, Patterns, Policy, Statement, Test};

type Faults = Vec<(String, String)>;

/// Characters of an identity policy (IAM quotas: managed policies, white space not counted).
const CHARS_MAX: usize = 6_144;
const EXAMPLE: &str = "Write {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \
                       \"Action\": \"kinesis:*\", \"Resource\": \"*\"}]}";

pub(super) fn policy(text: &str) -> Result<Policy, Faults> {
    let fault = |message: String| vec![(message, EXAMPLE.to_owned())];
    if text.chars().filter(|c| !c.is_ascii_whitespace()).count() > CHARS_MAX {
        return Err(fault(format!("The policy is longer than {CHARS_MAX} characters")));
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| fault(format!("The policy is not JSON: {error}")))?;
    let Value::Object(root) = value else {
        return Err(fault("The policy is not a JSON object".to_owned()));
    };
    let mut faults = Faults::new();
    check_keys(&root, "The policy", &["Version", "Id", "Statement"], &mut faults);
    if let Some(version) = root.get("Version")
        && !["2012-10-17", "2008-10-17"].iter().any(|known| version == known)
    {
        let help = "Write \"2012-10-17\"".to_owned();
        faults.push((format!("The policy has no known `Version`: {version}"), help));
    }
    let list = match root.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => {
            faults.push(("The policy has no `Statement`".to_owned(), EXAMPLE.to_owned()));
            &[]
        }
    };
    let statements =
        list.iter().zip(1..).filter_map(|(value, at)| statement(value, at, &mut faults)).collect();
    if faults.is_empty() { Ok(Policy { statements }) } else { Err(faults) }
}

fn check_keys(object: &Map<String, Value>, what: &str, known: &[&str], faults: &mut Faults) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        let help = format!("It takes {}", known.join(", "));
        faults.push((format!("{what} has a member `{key}` that means nothing"), help));
    }
}

fn statement(value: &Value, at: u32, faults: &mut Faults) -> Option<Statement> {
    let what = format!("Statement {at}");
    let Value::Object(object) = value else {
        faults.push((format!("{what} is not a JSON object"), EXAMPLE.to_owned()));
        return None;
    };
    let known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    check_keys(object, &what, &known, faults);
    let allows = match object.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Some(true),
        Some("Deny") => Some(false),
        _ => {
            let help = "Write \"Allow\" or \"Deny\"".to_owned();
            let wrong = match object.get("Effect") {
                Some(effect) => format!("`Effect` of {what} is {effect}, which is none"),
                None => format!("{what} has no `Effect`"),
            };
            faults.push((wrong, help));
            None
        }
    };
    let actions = patterns(object, "Action", &what, faults);
    let resources = patterns(object, "Resource", &what, faults);
    if let Some(actions) = &actions {
        let odd = |action: &&String| *action != "*" && !action.contains(':');
        for action in actions.any_of.iter().filter(odd) {
            let help = "An action is a service and a call, such as kinesis:PutRecords".to_owned();
            faults.push((format!("{what} names `{action}`, which is no action"), help));
        }
    }
    let conditions = conditions(object.get("Condition"), &what, faults);
    Some(Statement { allows: allows?, actions: actions?, resources: resources?, conditions })
}

/// The member `name` or `Not<name>`: exactly one of them, with at least one pattern.
fn patterns(
    object: &Map<String, Value>,
    name: &str,
    what: &str,
    faults: &mut Faults,
) -> Option<Patterns> {
    let negated = format!("Not{name}");
    let (value, except) = match (object.get(name), object.get(&negated)) {
        (Some(value), None) => (value, false),
        (None, Some(value)) => (value, true),
        (None, None) => {
            let help = format!("Add `{name}`; \"*\" stands for all");
            faults.push((format!("{what} has no `{name}`"), help));
            return None;
        }
        (Some(_), Some(_)) => {
            let message = format!("{what} has both `{name}` and `{negated}`");
            faults.push((message, "Remove one of them".to_owned()));
            return None;
        }
    };
    let any_of = texts(value);
    if any_of.is_none() {
        let help = "It is a text or a list of texts".to_owned();
        faults.push((format!("{what} has no texts in `{name}`"), help));
    }
    any_of.map(|any_of| Patterns { except, any_of })
}

/// One text or a list of them; numbers and booleans stand for their texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => list.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

fn conditions(value: Option<&Value>, what: &str, faults: &mut Faults) -> Vec<Condition> {
    let mut out = Vec::new();
    let Some(value) = value else { return out };
    let Value::Object(operators) = value else {
        let help = "Write {\"StringEquals\": {\"aws:sourceVpce\": \"vpce-1\"}}".to_owned();
        faults.push((format!("{what} has a `Condition` that is no object"), help));
        return out;
    };
    for (operator, keys) in operators {
        let (word, if_exists) =
            operator.strip_suffix("IfExists").map_or((operator.as_str(), false), |it| (it, true));
        let (Some(test), Value::Object(keys)) = (test(word), keys) else {
            let help = "It takes StringEquals, StringNotEquals, StringLike, StringNotLike, \
                        ArnEquals, ArnLike, Bool and Null"
                .to_owned();
            faults.push((format!("{what} has a condition `{operator}` that is not known"), help));
            continue;
        };
        for (key, value) in keys {
            let Some(any_of) = texts(value) else {
                let help = "It is a text or a list of texts".to_owned();
                faults.push((format!("{what} compares `{key}` with nothing"), help));
                continue;
            };
            out.push(Condition { test, if_exists, key: key.clone(), any_of });
        }
    }
    out
}

fn test(operator: &str) -> Option<Test> {
    Some(match operator {
        "StringEquals" | "Bool" => Test::Equals { negated: false },
        "StringNotEquals" => Test::Equals { negated: true },
        "StringLike" | "ArnLike" | "ArnEquals" => Test::Like { negated: false },
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => Test::Like { negated: true },
        "Null" => Test::Missing,
        _ => return None,
    })
}
