//! A JSON object as a row, and what a select list makes of it as a JSON object.
//!
//! Without a schema, a member's type is what JSON says: numbers without point and exponent are
//! `BIGINT`, others `DOUBLE`; arrays and objects are their text (facts, analytics §1.2).

use serde_json::{Map, Value as Json};

use crate::eval::{Fault, Row, eval, finite};
use crate::expr::{Expr, ExprKind, Name, Select, SelectItem, Span};
use crate::print::text_of;
use crate::rules::Rules;
use crate::value::Value;

/// A JSON object and the time of its row.
#[derive(Clone, Copy, Debug)]
pub struct JsonRow<'a> {
    members: &'a Map<String, Json>,
    now_micros: i64,
}

impl<'a> JsonRow<'a> {
    /// The member at the end of a path, if it is there. A name without quotes fits in any case,
    /// its own case before others.
    #[must_use]
    pub fn member(&self, path: &[Name]) -> Option<&'a Json> {
        let mut names = path.iter();
        let mut found = member(self.members, names.next()?)?;
        for name in names {
            found = member(found.as_object()?, name)?;
        }
        Some(found)
    }
}

impl Row for JsonRow<'_> {
    fn column(&self, path: &[Name]) -> Value {
        self.member(path).map_or(Value::Null, value_of)
    }

    fn now_micros(&self) -> i64 {
        self.now_micros
    }
}

fn member<'a>(members: &'a Map<String, Json>, name: &Name) -> Option<&'a Json> {
    members.get(&name.text).or_else(|| {
        let fits = |(key, _): &(&String, &Json)| key.eq_ignore_ascii_case(&name.text);
        members.iter().find(fits).filter(|_| !name.quoted).map(|(_, value)| value)
    })
}

/// What a member is as a value.
#[must_use]
pub fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Boolean(*it),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => number.as_f64().map_or(Value::Null, Value::Double),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(_) | Json::Object(_) => Value::Text(json.to_string().into()),
    }
}

/// Longest result: nothing takes a larger record (facts, streams §1.3).
const RESULT_BYTES_MAX: usize = 10 << 20;

/// What a select list makes of a record: the text of a JSON object.
///
/// A column alone goes through as it is. A later result takes the place of an earlier one of the
/// same name, so `*, UPPER(gate) AS gate` changes one member.
///
/// # Errors
/// A fault: the data is no JSON object, or an expression has no value.
#[inline(never)]
pub fn select(select: &Select, data: &[u8], now_micros: i64) -> Result<String, Fault> {
    let Ok(Json::Object(members)) = serde_json::from_slice(data) else {
        let message = "The data is no JSON object".to_owned();
        return Err(Fault { span: Span::default(), message });
    };
    let row = JsonRow { members: &members, now_micros };
    let mut results: Vec<(String, String)> = Vec::new();
    let mut bytes = 0;
    for (index, item) in select.items.iter().enumerate() {
        match item {
            SelectItem::All if index == 0 => {
                let all = members.iter().map(|(name, value)| (name.clone(), value.to_string()));
                results.extend(all);
            }
            SelectItem::All => {
                for (name, value) in &members {
                    put(&mut results, name.clone(), value.to_string());
                }
            }
            SelectItem::Column { expr, alias } => {
                let text = result(expr, &row)?;
                bytes += text.len();
                if bytes > RESULT_BYTES_MAX {
                    let message = "The result is larger than 10 MiB".to_owned();
                    return Err(Fault { span: expr.span, message });
                }
                put(&mut results, name_of(expr, alias.as_ref(), index), text);
            }
        }
    }
    let mut out = String::from("{");
    for (index, (name, text)) in results.into_iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        out.push_str(&Json::String(name).to_string());
        out.push(':');
        out.push_str(&text);
    }
    out.push('}');
    Ok(out)
}

fn put(results: &mut Vec<(String, String)>, name: String, text: String) {
    match results.iter_mut().find(|(it, _)| *it == name) {
        Some((_, before)) => *before = text,
        None => results.push((name, text)),
    }
}

/// What a result is called: its alias, its column, or its place, as the engine of the service
/// names what has no name.
fn name_of(expr: &Expr, alias: Option<&Name>, index: usize) -> String {
    match (alias, &expr.kind) {
        (Some(alias), _) => alias.text.clone(),
        (None, ExprKind::Column(path)) => {
            path.last().map_or_else(String::new, |name| name.text.clone())
        }
        (None, _) => format!("EXPR${index}"),
    }
}

/// The JSON text of a result.
fn result(expr: &Expr, row: &JsonRow<'_>) -> Result<String, Fault> {
    if let ExprKind::Column(path) = &expr.kind {
        return Ok(row.member(path).map_or_else(|| "null".to_owned(), Json::to_string));
    }
    let value = eval(expr, row)?;
    Ok(match &value {
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Decimal(_) => text_of(&value),
        Value::Real(_) | Value::Double(_) => {
            let number = value.float().unwrap_or_default();
            finite(number, &Rules::KINESIS)
                .map_err(|message| Fault { span: expr.span, message })?;
            text_of(&value)
        }
        Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Timestamp(_)
        | Value::Interval(_)
        | Value::Months(_) => Json::String(text_of(&value)).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(list: &str, data: &str) -> Result<String, String> {
        let list = crate::parse_select(list).unwrap();
        select(&list, data.as_bytes(), 1_772_359_319_000_000).map_err(|fault| fault.message)
    }

    #[test]
    fn a_record_is_enriched() {
        let data = r#"{"gate":"a1","price":12.5,"qty":4,"who":{"id":"Eve","n":null}}"#;
        for (list, expected) in [
            (
                "*, price * qty AS total, UPPER(gate) AS gate",
                r#"{"gate":"A1","price":12.5,"qty":4,"who":{"id":"Eve","n":null},"total":50.0}"#,
            ),
            (
                "who.id, who.n, who.m.x, who",
                r#"{"id":"Eve","n":null,"x":null,"who":{"id":"Eve","n":null}}"#,
            ),
            ("PRICE, \"PRICE\" AS none", r#"{"PRICE":12.5,"none":null}"#),
            ("qty + 1, qty / 8", r#"{"EXPR$0":5,"EXPR$1":0}"#),
            ("CAST(price AS DECIMAL(6, 2)) * 2 AS exact", r#"{"exact":25.00}"#),
            ("missing + 1 AS a, missing IS NULL AS b", r#"{"a":null,"b":true}"#),
            ("CURRENT_TIMESTAMP AS now", r#"{"now":"2026-03-01 10:01:59.000"}"#),
            ("'a\"b' AS \"q\"\"\"", r#"{"q\"":"a\"b"}"#),
            ("CHAR_LENGTH(who) AS n", r#"{"n":21}"#),
        ] {
            let made = made(list, data);
            assert_eq!(made.as_deref(), Ok(expected), "{list}");
            assert!(serde_json::from_str::<Json>(&made.unwrap()).is_ok());
        }
    }

    #[test]
    fn what_cannot_be_is_a_fault() {
        for (list, data, message) in [
            ("*", "[1]", "The data is no JSON object"),
            ("*", "plain", "The data is no JSON object"),
            ("1 / a AS b", r#"{"a":0}"#, "Division by zero"),
            ("CAST(a AS INTEGER) AS b", r#"{"a":"x"}"#, "`x` does not fit INTEGER"),
            ("a + 1 AS b", r#"{"a":"x"}"#, "+ cannot take text and a number"),
        ] {
            assert_eq!(made(list, data), Err(message.to_owned()), "{list}");
        }
    }

    #[test]
    fn results_are_bounded() {
        let list: Vec<String> = (0..40).map(|n| format!("a AS a{n}")).collect();
        let data = format!("{{\"a\":\"{}\"}}", "x".repeat(300_000));
        let large = "The result is larger than 10 MiB".to_owned();
        assert_eq!(made(&list.join(","), &data), Err(large));
    }
}
