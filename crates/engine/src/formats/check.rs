//! What only the libraries can say about a scenario before it runs: whether its jq programs
//! compile, and whether its time zones are there.

use base::{Diagnostic, Place};
use scenario::kind::{Config, Transform};
use scenario::{Document, Node};

use crate::formats::{Failure, Formats};

/// What keeps a scenario from running; nothing while it does not need the libraries.
#[must_use]
#[inline(never)]
pub fn check(document: &Document, formats: Formats) -> Vec<Diagnostic> {
    let of = |node| programs(node, formats).into_iter().chain(time_zone(node, formats));
    document.nodes.iter().flat_map(|node| of(node)).collect()
}

fn time_zone(node: &Node, formats: Formats) -> Option<Diagnostic> {
    let Config::Firehose(config) = &node.config else { return None };
    let zone = config.named_time_zone()?;
    let failure = formats.offset_secs(zone, 0).err()?;
    Some(Diagnostic::error(
        "SCN-161",
        Place::Node { node: node.id, name: node.name.clone(), field: Some("time_zone".into()) },
        failure.message,
        "Write a name of the tz database as it spells it, such as `Europe/Berlin`; `UTC`; or a \
         fixed offset such as `+02:00`",
    ))
}

fn programs(node: &Node, formats: Formats) -> Vec<Diagnostic> {
    let mut programs = Vec::new();
    match &node.config {
        Config::Firehose(config) => {
            if config.transform == Transform::Jq {
                programs.push(("transform_jq", &config.transform_jq));
            }
            if config.partitioning && !config.partition_query.is_empty() {
                programs.push(("partition_query", &config.partition_query));
            }
        }
        Config::SqlApplication(config) if config.transform == Transform::Jq => {
            programs.push(("transform_jq", &config.transform_jq));
        }
        _ => {}
    }
    let refused = |(field, program): (&str, &String)| {
        let failure = formats.check_jq(program).err()?;
        Some(finding(node, field, program, &failure))
    };
    programs.into_iter().filter_map(refused).collect()
}

fn finding(node: &Node, field: &str, program: &str, failure: &Failure) -> Diagnostic {
    let message = match failure.place(program) {
        Some((line, column)) => format!("Line {line}, column {column}: {}", failure.message),
        None => failure.message.clone(),
    };
    Diagnostic::error(
        "SCN-160",
        Place::Node { node: node.id, name: node.name.clone(), field: Some(field.to_owned()) },
        message,
        "Write a program of jq 1.6 without modules, input, environment and clock",
    )
}
