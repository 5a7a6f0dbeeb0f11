//! Names and ids: unique, and such as AWS takes.

use base::{Diagnostic, Place, VecMap, limits};

use super::place;
use crate::data::DataSets;
use crate::document::{Document, Node};

/// Checks names of nodes and ids of nodes, edges and data sets.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    let mut by_name: VecMap<&str, &Node> = VecMap::new();
    for node in &document.nodes {
        match by_name.get(node.name.as_str()) {
            Some(first) => out.push(taken(node, first)),
            None => drop(by_name.insert(&node.name, node)),
        }
        check_name(node, out);
    }
    for pair in document.nodes.windows(2) {
        if pair[0].id == pair[1].id {
            out.push(Diagnostic::error(
                "SCN-054",
                place(&pair[1], None),
                format!(
                    "`{}` and `{}` both have the id {}",
                    pair[0].name, pair[1].name, pair[1].id
                ),
                "Give each part an id of its own",
            ));
        }
    }
    for pair in document.edges.windows(2) {
        if pair[0].id == pair[1].id {
            let message = format!("Two wires have the id {}", pair[1].id);
            let help = "Give each wire an id of its own";
            out.push(Diagnostic::error("SCN-055", Place::Edge(pair[1].id), message, help));
        }
    }
    for pair in document.data.windows(2) {
        if pair[0].name == pair[1].name {
            let message = format!("Two data sets are called `{}`", pair[1].name);
            let help = "Rename one of them";
            out.push(Diagnostic::error("SCN-056", Place::Document, message, help));
        }
    }
    for set in document.data.iter().filter(|set| DataSets::is_builtin(&set.name)) {
        let message = format!("`{}` stands in the place of the built-in data set", set.name);
        let help = "Rename it if you mean the built-in one elsewhere";
        out.push(Diagnostic::warning("SCN-083", Place::Document, message, help));
    }
}

/// Checks the name of one part among all others.
pub(super) fn check_one(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    let first = document.nodes.iter().find(|it| it.id != node.id && it.name == node.name);
    out.extend(first.map(|first| taken(node, first)));
    check_name(node, out);
}

fn taken(node: &Node, first: &Node) -> Diagnostic {
    Diagnostic::error(
        "SCN-053",
        place(node, None),
        format!("`{}` is the name of part {} as well", node.name, first.id),
        "Give each part a name of its own",
    )
}

fn check_name(node: &Node, out: &mut Vec<Diagnostic>) {
    let name = node.name.as_str();
    let strange = |c: char| c.is_control() || c == '/' || c == '\\';
    let most = limits::NAME_CHARS_MAX as usize;
    let empty = name.trim().is_empty() || name == "." || name == "..";
    if empty || name.contains(strange) || name.chars().count() > most {
        out.push(Diagnostic::error(
            "SCN-057",
            place(node, None),
            match name.trim() {
                "" => format!("Part {} has no name", node.id),
                _ => format!("`{}` cannot be a name", name.escape_debug()),
            },
            format!("A name has 1 to {most} characters, no slashes and no line breaks"),
        ));
        return;
    }
    match node.config.kind() {
        "stream" => check_aws(node, "a stream", 128, out),
        "firehose" => check_aws(node, "a Firehose stream", 64, out),
        "sql_application" | "flink_application" => check_aws(node, "an application", 128, out),
        "bucket" => check_bucket(node, out),
        "elasticsearch" => check_domain(node, out),
        "redshift" => check_cluster(node, out),
        _ => {}
    }
}

/// `[a-zA-Z0-9_.-]+`, up to 128 characters for streams and applications, 64 for Firehose (botocore
/// 1.44.5).
fn check_aws(node: &Node, what: &str, chars_max: usize, out: &mut Vec<Diagnostic>) {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if node.name.chars().count() > chars_max || !node.name.chars().all(legal) {
        out.push(Diagnostic::error(
            "SCN-058",
            place(node, None),
            format!("AWS would refuse `{}` as the name of {what}", node.name),
            format!("It takes 1 to {chars_max} letters, digits, `_`, `.` and `-`, no spaces"),
        ));
    }
}

/// General purpose buckets: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or
/// digit at both ends (S3 user guide, bucket naming rules).
fn check_bucket(node: &Node, out: &mut Vec<Diagnostic>) {
    let name = node.name.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let inner = name.iter().all(|byte| plain(byte) || matches!(byte, b'.' | b'-'));
    let ends = name.first().is_some_and(plain) && name.last().is_some_and(plain);
    let legal = (3..=63).contains(&name.len()) && inner && ends && !node.name.contains("..");
    if !legal {
        out.push(Diagnostic::warning(
            "SCN-059",
            place(node, None),
            format!("AWS would refuse `{}` as the name of a bucket", node.name),
            "It takes 3 to 63 lower-case letters, digits, `.` and `-`, a letter or digit at both \
             ends",
        ));
    }
}

/// Domains: 3 to 28 lower-case letters, digits and hyphens, a letter first (botocore 1.44.5).
#[inline(never)]
fn check_domain(node: &Node, out: &mut Vec<Diagnostic>) {
    let name = node.name.as_bytes();
    let legal = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let first = name.first().is_some_and(u8::is_ascii_lowercase);
    if !first || !(3..=28).contains(&name.len()) || !name.iter().all(legal) {
        out.push(Diagnostic::warning(
            "SCN-121",
            place(node, None),
            format!("AWS would refuse `{}` as the name of a domain", node.name),
            "It takes 3 to 28 lower-case letters, digits and `-`, a letter first",
        ));
    }
}

/// Clusters: 1 to 63 lower-case letters, digits and single hyphens, a letter first, no hyphen last
/// (Redshift API reference, `CreateCluster`).
#[inline(never)]
fn check_cluster(node: &Node, out: &mut Vec<Diagnostic>) {
    let name = node.name.as_bytes();
    let legal = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let first = name.first().is_some_and(u8::is_ascii_lowercase);
    let hyphens = node.name.contains("--") || node.name.ends_with('-');
    if !first || hyphens || name.len() > 63 || !name.iter().all(legal) {
        out.push(Diagnostic::warning(
            "SCN-124",
            place(node, None),
            format!("AWS would refuse `{}` as the name of a cluster", node.name),
            "It takes 1 to 63 lower-case letters, digits and single `-`, a letter first",
        ));
    }
}
