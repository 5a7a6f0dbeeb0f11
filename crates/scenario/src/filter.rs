//! Filter criteria of an event source mapping: which records reach the function at all
//! (facts, streams §10; the syntax is that of the Lambda developer guide, "Control which events
//! Lambda sends to your function").
//!
//! Two members of an event can be asked for: `data`, decoded, and `partitionKey`. A pattern that
//! asks for members of `data` leaves out every record that is not JSON.

use serde_json::{Map, Value};

/// Patterns of one mapping (facts, streams §10: more on request).
const PATTERNS_MAX: usize = 5;

/// Patterns of which one must match; none keeps everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    patterns: Vec<Vec<(String, Pattern)>>,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
enum Pattern {
    /// Each of these members.
    Members(Vec<(String, Self)>),
    /// One of these.
    Rules(Vec<Rule>),
}

/// One way to fit.
#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Equals(Value),
    Prefix(String),
    Suffix(String),
    AnythingBut(Vec<Value>),
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    MoreOrEqual,
    More,
}

impl Filter {
    /// Reads one pattern or a list of them; empty text keeps everything.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| format!("The filter is no JSON: {error}"))?;
        let list = match value {
            Value::Array(list) => list,
            one => vec![one],
        };
        if list.len() > PATTERNS_MAX {
            return Err(format!("The filter has {} patterns, more than five", list.len()));
        }
        let patterns = list.iter().map(|pattern| {
            let Value::Object(members) = pattern else {
                return Err("A pattern is not a JSON object".to_owned());
            };
            let known = |key: &&String| matches!(key.as_str(), "data" | "partitionKey");
            match members.keys().find(|key| !known(key)) {
                Some(key) => Err(format!("`{key}` cannot be asked for")),
                None => read_members(members),
            }
        });
        Ok(Self { patterns: patterns.collect::<Result<_, _>>()? })
    }

    /// Whether every record is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a record reaches the function.
    #[must_use]
    pub fn keeps(&self, partition_key: &str, data: &[u8]) -> bool {
        let fits = |(member, pattern): &(String, Pattern)| match (member.as_str(), pattern) {
            ("data", Pattern::Members(_)) => {
                serde_json::from_slice(data).is_ok_and(|data| pattern.fits(Some(&data)))
            }
            ("data", Pattern::Rules(_)) => {
                core::str::from_utf8(data).is_ok_and(|text| pattern.fits(Some(&text.into())))
            }
            _ => pattern.fits(Some(&partition_key.into())),
        };
        self.is_empty() || self.patterns.iter().any(|pattern| pattern.iter().all(fits))
    }
}

fn read_members(members: &Map<String, Value>) -> Result<Vec<(String, Pattern)>, String> {
    members.iter().map(|(key, value)| Ok((key.clone(), read_pattern(key, value)?))).collect()
}

fn read_pattern(key: &str, value: &Value) -> Result<Pattern, String> {
    match value {
        Value::Object(members) => Ok(Pattern::Members(read_members(members)?)),
        Value::Array(rules) if !rules.is_empty() => {
            Ok(Pattern::Rules(rules.iter().map(read_rule).collect::<Result<_, _>>()?))
        }
        _ => Err(format!("What `{key}` may be is not a list with something in it")),
    }
}

fn read_rule(rule: &Value) -> Result<Rule, String> {
    let members = match rule {
        Value::Object(members) => members,
        Value::Array(_) => return Err("A list stands inside a list".to_owned()),
        plain => return Ok(Rule::Equals(plain.clone())),
    };
    let mut members = members.iter();
    let (Some((word, value)), None) = (members.next(), members.next()) else {
        return Err("A comparison has one member, such as `prefix`".to_owned());
    };
    let read = match word.as_str() {
        "prefix" => value.as_str().map(|text| Rule::Prefix(text.to_owned())),
        "suffix" => value.as_str().map(|text| Rule::Suffix(text.to_owned())),
        "exists" => value.as_bool().map(Rule::Exists),
        "numeric" => value.as_array().and_then(|pairs| read_numeric(pairs)).map(Rule::Numeric),
        "anything-but" => read_exclusions(value).map(Rule::AnythingBut),
        _ => return Err(format!("`{word}` is no comparison known here")),
    };
    read.ok_or_else(|| format!("`{word}` cannot take {value}"))
}

/// A text or number, or a list of either (`EventBridge` user guide, "Content filtering"; the
/// guide of Lambda knows lists of texts). Its own `prefix` inside of it is not in Lambda's table.
fn read_exclusions(value: &Value) -> Option<Vec<Value>> {
    let list = match value {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let alike = list.iter().all(Value::is_string) || list.iter().all(Value::is_number);
    (alike && !list.is_empty()).then_some(list)
}

/// `[">", 0, "<=", 5]`.
fn read_numeric(pairs: &[Value]) -> Option<Vec<(Comparison, f64)>> {
    let (pairs, rest) = pairs.as_chunks::<2>();
    let read = |[sign, number]: &[Value; 2]| {
        let comparison = match sign.as_str()? {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            "=" => Comparison::Equal,
            ">=" => Comparison::MoreOrEqual,
            ">" => Comparison::More,
            _ => return None,
        };
        Some((comparison, number.as_f64()?))
    };
    if pairs.is_empty() || !rest.is_empty() { None } else { pairs.iter().map(read).collect() }
}

impl Pattern {
    fn fits(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Members(members) => members
                .iter()
                .all(|(key, pattern)| pattern.fits(value.and_then(|value| value.get(key)))),
            Self::Rules(rules) => rules.iter().any(|rule| rule.fits(value)),
        }
    }
}

impl Rule {
    /// Of a list, one element must fit.
    fn fits(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => value.is_some() == *wanted,
            (_, None) => false,
            (Self::AnythingBut(list), Some(value)) => !list.iter().any(|it| same(it, value)),
            (_, Some(Value::Array(list))) => list.iter().any(|value| self.fits(Some(value))),
            (Self::Equals(wanted), Some(value)) => same(wanted, value),
            (Self::Prefix(text), Some(value)) => {
                value.as_str().is_some_and(|it| it.starts_with(text.as_str()))
            }
            (Self::Suffix(text), Some(value)) => {
                value.as_str().is_some_and(|it| it.ends_with(text.as_str()))
            }
            (Self::Numeric(pairs), Some(value)) => value
                .as_f64()
                .is_some_and(|it| pairs.iter().all(|(sign, wanted)| sign.holds(it, *wanted))),
        }
    }
}

/// Numbers are the same however they are written.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => Comparison::Equal.holds(a, b),
        _ => a == b,
    }
}

impl Comparison {
    fn holds(self, value: f64, wanted: f64) -> bool {
        match self {
            Self::Less => value < wanted,
            Self::LessOrEqual => value <= wanted,
            Self::Equal => value == wanted,
            Self::MoreOrEqual => value >= wanted,
            Self::More => value > wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(filter: &str, data: &str) -> bool {
        Filter::parse(filter).unwrap().keeps("gate-1", data.as_bytes())
    }

    /// The examples of the Lambda developer guide, in Kinesis's form.
    #[test]
    fn comparisons_are_those_of_the_guide() {
        let record =
            r#"{"RequestCode":"BBBB","temperature":31.5,"location":{"city":"Rome"},"n":null}"#;
        for (pattern, kept) in [
            ("", true),
            (r#"{"data":{"RequestCode":["BBBB"]}}"#, true),
            (r#"{"data":{"RequestCode":["AAAA"]}}"#, false),
            (r#"{"data":{"RequestCode":["AAAA","BBBB"]}}"#, true),
            (r#"{"data":{"temperature":[{"numeric":[">",30,"<=",31.5]}]}}"#, true),
            (r#"{"data":{"temperature":[{"numeric":[">=",32]}]}}"#, false),
            (r#"{"data":{"location":{"city":[{"prefix":"Ro"}]}}}"#, true),
            (r#"{"data":{"location":{"city":[{"suffix":"me"}]}}}"#, true),
            (r#"{"data":{"location":{"city":[{"anything-but":["Rome"]}]}}}"#, false),
            (r#"{"data":{"RequestCode":[{"anything-but":"AAAA"}]}}"#, true),
            (r#"{"data":{"temperature":[{"anything-but":[31.5,7]}]}}"#, false),
            (r#"{"data":{"n":[null]}}"#, true),
            (r#"{"data":{"m":[null]}}"#, false),
            (r#"{"data":{"m":[{"exists":false}],"n":[{"exists":true}]}}"#, true),
            (r#"{"partitionKey":["gate-1"],"data":{"RequestCode":["AAAA"]}}"#, false),
            (r#"[{"partitionKey":["gate-2"]},{"partitionKey":[{"prefix":"gate"}]}]"#, true),
        ] {
            assert_eq!(keeps(pattern, record), kept, "{pattern}");
        }
    }

    /// The guide's table of formats: a JSON pattern drops data that is no JSON, a plain one
    /// compares the text.
    #[test]
    fn data_without_json_fits_only_plain_patterns() {
        assert!(!keeps(r#"{"data":{"a":[{"exists":false}]}}"#, "plain"));
        assert!(keeps(r#"{"data":["plain"]}"#, "plain"));
    }

    /// Facts, streams §10: up to five patterns.
    #[test]
    fn what_is_wrong_is_told() {
        let six = format!("[{}]", [r#"{"data":["x"]}"#; 6].join(","));
        for (filter, word) in [
            (six.as_str(), "five"),
            ("{", "no JSON"),
            ("[1]", "object"),
            (r#"{"body":["x"]}"#, "`body`"),
            (r#"{"data":{"a":"x"}}"#, "list"),
            (r#"{"data":{"a":[{"like":"x"}]}}"#, "`like`"),
            (r#"{"data":{"a":[{"numeric":[">"]}]}}"#, "`numeric`"),
            (r#"{"data":{"a":[{"anything-but":{"prefix":"an"}}]}}"#, "`anything-but`"),
            (r#"{"data":{"a":[{"anything-but":[]}]}}"#, "`anything-but`"),
            (r#"{"data":{"a":[{"anything-but":null}]}}"#, "`anything-but`"),
            (r#"{"data":{"a":[{"anything-but":[["x"]]}]}}"#, "`anything-but`"),
            (r#"{"data":{"a":[{"anything-but":["x",1]}]}}"#, "`anything-but`"),
            (r#"{"data":{"a":[["x"]]}}"#, "inside a list"),
        ] {
            let problem = Filter::parse(filter).unwrap_err();
            assert!(problem.contains(word), "{filter}: {problem}");
        }
    }
}
