//! `help`: what can be typed, from the tables.

use super::{is_needed, kebab, members};
use crate::api::Service;
use crate::api::operation::Operation;
use crate::api::shape::{Rule, Shape};

pub(super) fn services() -> String {
    "AVAILABLE SERVICES\n       o firehose\n       o kinesis\n       o s3\n".into()
}

pub(super) fn operations(service: Service) -> String {
    let mut text = format!("NAME\n       {}\n\nAVAILABLE COMMANDS\n", service.name());
    super::names(service).iter().for_each(|name| text += &format!("       o {name}\n"));
    text
}

pub(super) fn operation(operation: &Operation) -> String {
    let name = kebab(operation.name);
    let mut text = format!("NAME\n       {name}\n\nSYNOPSIS\n            {name}\n");
    for member in members(operation) {
        let option = kebab(member.name);
        let option = match member.shape {
            Shape::Boolean => format!("--{option} | --no-{option}"),
            _ => format!("--{option} <value>"),
        };
        let needed = is_needed(member);
        text += &match needed {
            true => format!("          {option}\n"),
            false => format!("          [{option}]\n"),
        };
    }
    for option in ["cli-input-json", "cli-binary-format", "query", "output"] {
        text += &format!("          [--{option} <value>]\n");
    }
    text += "\nOPTIONS\n";
    for member in members(operation) {
        text += &format!("       --{} ({})\n", kebab(member.name), kind(member.shape));
        let item = if let Shape::List(item) = member.shape { *item } else { member.shape };
        if let Some(inner) = item.members() {
            let known = inner.iter().filter(|it| it.is_in(crate::api::Profile::Current));
            let pairs: Vec<String> =
                known.map(|it| format!("{}={}", it.name, kind(it.shape))).collect();
            text += &format!("          Shorthand: {}\n", pairs.join(","));
        }
        for rule in member.rules {
            text += &constraint(*rule);
        }
    }
    text
}

fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::Boolean => "boolean",
        Shape::Integer => "integer",
        Shape::Double => "double",
        Shape::Text => "string",
        Shape::Blob => "blob",
        Shape::Timestamp => "timestamp",
        Shape::List(_) => "list",
        Shape::Tags => "map",
        Shape::Structure(_) | Shape::Partial(_) => "structure",
    }
}

fn constraint(rule: Rule) -> String {
    let (what, value) = match rule {
        Rule::NotNull | Rule::Items(..) | Rule::Keys(..) | Rule::Values(..) => {
            return String::new();
        }
        Rule::AtLeast(least) => ("min", least.to_string()),
        Rule::AtMost(most) => ("max", most.to_string()),
        Rule::LengthAtLeast(least) => ("min", least.to_string()),
        Rule::LengthAtMost(most) => ("max", most.to_string()),
        Rule::Matches(pattern) => ("pattern", pattern.text().to_owned()),
        Rule::OneOf(set) => ("Possible values", set.join(", ")),
    };
    format!("          o {what}: {value}\n")
}
