//! Keys of dynamic partitioning: what the query and the function define, and what the prefix uses
//! (facts, firehose §5).

use super::firehose::FirehoseConfig;
use super::firehose_words::Transform;

/// Keys of one stream.
const KEYS_MAX: usize = 50;

/// What is wrong with the keys: the setting, and a sentence.
pub(super) fn problems(config: &FirehoseConfig) -> Vec<(&'static str, String)> {
    let mut problems = Vec::new();
    let query = query_keys(&config.partition_query);
    if query.is_none() {
        let message = "The query makes no object of keys, such as `{carrier: .carrier}`".to_owned();
        problems.push(("partition_query", message));
    }
    let query = query.unwrap_or_default();
    let function = config.function_keys();
    if !function.is_empty() && config.transform == Transform::None {
        problems.push(("transform_keys", "There is no function that could return keys".to_owned()));
    }
    if query.len() + function.len() > KEYS_MAX {
        let count = query.len() + function.len();
        problems.push(("partition_query", format!("{count} keys are more than {KEYS_MAX}")));
    }
    let used = used_keys(&config.prefix);
    if used.is_empty() {
        let message = "The prefix holds no partition key".to_owned();
        problems.push(("prefix", message));
    }
    for (namespace, field, keys) in [
        ("partitionKeyFromQuery", "partition_query", &query),
        ("partitionKeyFromLambda", "transform_keys", &function),
    ] {
        for key in keys.iter().filter(|key| !used.contains(&(namespace, key))) {
            problems.push((field, format!("The prefix does not use the key `{key}`")));
        }
        let unknown =
            |name: &&(&str, &str)| name.0 == namespace && !keys.iter().any(|key| key == name.1);
        for (_, key) in used.iter().filter(unknown) {
            problems
                .push(("prefix", format!("`!{{{namespace}:{key}}}`: nothing defines this key")));
        }
    }
    problems
}

impl FirehoseConfig {
    /// Names of the keys the function returns as `metadata.partitionKeys`.
    #[must_use]
    pub fn function_keys(&self) -> Vec<String> {
        let names = self.transform_keys.split([',', '\n']).map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Namespace and key of each partition expression.
fn used_keys(prefix: &str) -> Vec<(&str, &str)> {
    let expressions = prefix.split("!{").skip(1).filter_map(|rest| rest.split('}').next());
    let pairs = expressions.filter_map(|body| body.split_once(':'));
    pairs.filter(|(namespace, _)| namespace.starts_with("partitionKeyFrom")).collect()
}

/// Names of the members of the object a jq query makes; empty for an empty query, `None` when it
/// ends in no object construction.
fn query_keys(query: &str) -> Option<Vec<String>> {
    let text = query.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    // Only the last stage of a pipe makes the object: `.detail | {carrier: .c}`.
    let body = text.strip_suffix('}')?;
    let open = opening(body)?;
    let mut keys = Vec::new();
    for member in members(&body[open + 1..]) {
        let name = member.split_once(':').map_or(member, |(name, _)| name).trim();
        let name = name.trim_start_matches(['.', '$']).trim_matches('"');
        if !name.is_empty() {
            keys.push(name.to_owned());
        }
    }
    Some(keys)
}

/// The brace that the end of the text would close.
fn opening(body: &str) -> Option<usize> {
    let mut open = Vec::new();
    scan(body, &mut |at, c, _| match c {
        '{' => open.push(at),
        '}' => drop(open.pop()),
        _ => {}
    });
    open.pop()
}

/// What stands between commas that are in no bracket and no text.
fn members(body: &str) -> Vec<&str> {
    let (mut members, mut from) = (Vec::new(), 0);
    scan(body, &mut |at, c, depth| {
        if c == ',' && depth == 0 {
            members.push(&body[from..at]);
            from = at + 1;
        }
    });
    members.push(&body[from..]);
    members
}

/// Visits what is not text: position, character and how many brackets are open.
fn scan(body: &str, visit: &mut dyn FnMut(usize, char, u32)) {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for (at, c) in body.char_indices() {
        if quoted {
            (quoted, escaped) = (c != '"' || escaped, c == '\\' && !escaped);
            continue;
        }
        match c {
            '"' => quoted = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        visit(at, c, depth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The query of AWS's "Dynamic partitioning" page, and others of jq 1.6's manual.
    #[test]
    fn a_query_defines_the_members_of_its_object() {
        let check = |query: &str, keys: &[&str]| {
            assert_eq!(query_keys(query).expect("an object"), keys, "{query}");
        };
        check(
            r#"{customer_id:.customer_id, device:.type.device,
               year:.event_timestamp|strftime("%Y")}"#,
            &["customer_id", "device", "year"],
        );
        check(r#".detail | {"a b": .x, y}"#, &["a b", "y"]);
        check(r#"{a: (.b, "}," | length), c: {d: 1}}"#, &["a", "c"]);
        check("", &[]);
        assert_eq!(query_keys(".carrier"), None);
        assert_eq!(query_keys("}"), None);
    }
}
