//! The reference of the file format, written from the specifications themselves so that it
//! cannot fall behind them.

use serde_json::Value;

use crate::kind::{Config, Field, FieldKind, KindSpec, SPECS};
use crate::ports::{Direction, Flow, Port};

/// What stands before the tables: the document, its lists and its links.
const HEAD: &str = include_str!("reference_head.md");

/// The whole page in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for spec in SPECS {
        out.push_str(&kind(spec));
    }
    out
}

fn kind(spec: &KindSpec) -> String {
    let plain = Config::default_of(spec.kind).map(|config| config.fields()).unwrap_or_default();
    let mut out = format!("\n## Kind `{}`: {}\n\n{}.\n\n", spec.kind, spec.title, spec.about);
    for port in spec.ports {
        out.push_str(&format!("- {}\n", port_line(port)));
    }
    let (width, height) = spec.size;
    let grows = if spec.kind == "stream" { ", and 34 more for each shard" } else { "" };
    out.push_str(&format!("- Size on the canvas: {width} × {height}{grows}.\n"));
    let faults: Vec<String> = spec.faults.iter().map(|word| format!("`{word}`")).collect();
    out.push_str(&format!("- Faults: {}.\n\n", faults.join(", ")));
    out.push_str("| Field | Label | Unit | Values | Default | Used when | Meaning |\n");
    out.push_str("|---|---|---|---|---|---|---|\n");
    for field in spec.fields() {
        out.push_str(&row(field, plain.get(field.key)));
    }
    out
}

fn port_line(port: &Port) -> String {
    let flows: Vec<&str> = port
        .flows
        .iter()
        .map(|flow| match flow {
            Flow::Put => "put calls",
            Flow::PutStream => "put calls to a stream",
            Flow::Read => "reads of a stream",
            Flow::Deliver => "finished objects",
            Flow::Lease => "leases",
            Flow::Item => "items",
            Flow::Document => "documents",
            Flow::Copy => "COPY commands",
            Flow::Hec => "events for a collector",
            Flow::Http => "requests to an HTTP endpoint",
            Flow::Tap => "copies of what is put",
            Flow::Fetch => "reads of an object",
            Flow::Invoke => "invocations",
        })
        .collect();
    let side = if port.direction == Direction::In { "Input" } else { "Output" };
    let wires = if port.edges_max == 1 { "wire" } else { "wires" };
    format!("{side} `{}`: {}, at most {} {wires}.", port.name, flows.join(" or "), port.edges_max)
}

fn row(field: &Field, default: Option<&Value>) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let when = field.when.map_or_else(String::new, |(key, values)| {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        format!("`{key}` is {}", values.join(" or "))
    });
    let default = match default {
        Some(Value::String(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::Array(items)) if items.is_empty() => "empty".to_owned(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(value) => format!("`{value}`"),
        None => String::new(),
    };
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} |\n",
        field.key,
        cell(field.label),
        cell(field.unit),
        cell(&values(field)),
        cell(&default),
        when,
        cell(field.help),
    )
}

fn values(field: &Field) -> String {
    match field.kind {
        FieldKind::Int { min, max } => format!("{min} to {max}"),
        FieldKind::Choice(choices) => {
            let words: Vec<String> =
                choices.iter().map(|(word, _label)| format!("`{word}`")).collect();
            words.join(", ")
        }
        FieldKind::Bool => "`true`, `false`".to_owned(),
        FieldKind::Text { chars_max }
        | FieldKind::Code { chars_max }
        | FieldKind::Sql { chars_max, .. } => {
            format!("text, up to {chars_max} characters")
        }
        FieldKind::Share => "a ratio such as `\"1/2\"`".to_owned(),
        FieldKind::Weights => "`[[key, weight], …]`, up to 1000 keys".to_owned(),
        FieldKind::Curve => "`[[seconds, records a second], …]`, 1 to 200 points".to_owned(),
        FieldKind::Data => "name of a data set".to_owned(),
        FieldKind::Column => "name of a column".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scenario.md");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path, markdown()).expect("writable");
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(page == markdown(), "docs/scenario.md is old: run again with UPDATE_EXPECT=1");
    }

    #[test]
    fn every_setting_is_described_once_and_has_a_legal_default() {
        for spec in SPECS {
            let config = Config::default_of(spec.kind).expect("a known kind");
            let fields = config.fields();
            let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
            let mut described: Vec<&str> = spec.fields().iter().map(|field| field.key).collect();
            let mut wanted = keys.clone();
            wanted.sort_unstable();
            described.sort_unstable();
            assert_eq!(described, wanted, "{}", spec.kind);
            let mut findings = Vec::new();
            config.diagnose(base::NodeId(1), spec.stem, &mut findings);
            assert_eq!(findings, [], "{}", spec.kind);
            for field in spec.fields() {
                assert!(!field.help.is_empty() && !field.help.ends_with('.'), "{}", field.key);
                if let Some((key, values)) = field.when {
                    let known = |value: &&str| match spec.field(key).map(|other| other.kind) {
                        Some(FieldKind::Choice(choices)) => {
                            choices.iter().any(|(word, _)| word == value)
                        }
                        Some(FieldKind::Bool) => ["true", "false"].contains(value),
                        _ => {
                            let is_kind = SPECS.iter().any(|spec| spec.kind == *value);
                            key == crate::kind::TARGET && (is_kind || value.is_empty())
                        }
                    };
                    assert!(values.iter().all(known), "{}", field.key);
                }
                if let FieldKind::Choice(choices) = field.kind {
                    for (word, _label) in choices {
                        let change = [(field.key.to_owned(), Value::from(*word))];
                        let change = change.into_iter().collect();
                        assert!(config.with(&change).is_ok(), "{} {word}", field.key);
                    }
                }
            }
        }
    }
}
