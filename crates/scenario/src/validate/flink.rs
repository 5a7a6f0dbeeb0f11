//! The code of Flink applications, and what its tables are wired to (facts, analytics §3.1, §3.4).
//! Each problem of the code is told with its own code and place.

use base::{Diagnostic, NodeId};
use sql::live::Live;
use sql::problem::line_and_column;

use super::place;
use crate::document::{Document, Node};
use crate::endpoint::{Connector, Endpoint, Options, partitioner};
use crate::kind::{Config, FlinkApplicationConfig};

/// Checks every Flink application of the document.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        check_one(document, node, out);
    }
}

/// Checks a part, if it is an application.
pub(super) fn check_one(document: &Document, node: &Node, out: &mut Vec<Diagnostic>) {
    if let Config::FlinkApplication(config) = &node.config {
        check_application(document, node, config, out);
    }
}

/// Where the names of parts are looked up.
#[derive(Clone, Copy)]
struct Here<'a> {
    document: &'a Document,
    node: &'a Node,
}

#[inline(never)]
fn check_application(
    document: &Document,
    node: &Node,
    config: &FlinkApplicationConfig,
    out: &mut Vec<Diagnostic>,
) {
    let here = Here { document, node };
    let live = match Live::flink(&config.code) {
        Ok(live) => live,
        Err(problems) => {
            for problem in problems {
                let (line, column) = line_and_column(&config.code, problem.span);
                let message = format!("Line {line}, column {column}: {}", problem.message);
                let at = place(node, Some("code"));
                out.push(Diagnostic::error(problem.code, at, message, problem.help));
            }
            return;
        }
    };
    for problem in live.warnings() {
        let (line, column) = line_and_column(&config.code, problem.span);
        let message = format!("Line {line}, column {column}: {}", problem.message);
        let at = place(node, Some("code"));
        out.push(Diagnostic::warning(problem.code, at, message, &*problem.help));
    }
    let mut named = Vec::new();
    for input in live.inputs() {
        let found = here.table(&input.name, &input.options, out);
        let Some(endpoint) = found else { continue };
        if endpoint.connector == Connector::Kinesis {
            here.wired(&input.name, endpoint, Side::Reads, out);
            named.push(endpoint.name);
        } else {
            here.refuse(
                "SCN-182",
                format!("Nothing can be read from the table `{}`", input.name),
                "Read a data stream: 'connector' = 'kinesis'; Firehose is no source",
                out,
            );
        }
    }
    for output in live.outputs() {
        if output.options.is_empty() && output.name == "result" {
            let message = "The rows of a query go nowhere";
            let help = "Write INSERT INTO a table in front of it";
            here.warn("SCN-183", message.to_owned(), help, out);
            continue;
        }
        let found = here.table(&output.name, &output.options, out);
        let Some(endpoint) = found else { continue };
        here.wired(&output.name, endpoint, Side::Writes, out);
        named.push(endpoint.name);
        if endpoint.connector == Connector::Kinesis
            && let Err(fault) = partitioner(&output.options, &output.partitions)
        {
            let message = format!("Table `{}`: {}", output.name, fault.message);
            here.refuse("SCN-181", message, fault.help, out);
        }
        if output.updates && !endpoint.connector.takes_updates() {
            here.refuse(
                "SCN-184",
                format!("Table sink `{}` doesn't support consuming update changes", output.name),
                "The query changes rows it has given; group by a window, or write to 'print'",
                out,
            );
        }
    }
    here.loose(&named, out);
}

/// What an application does with a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Reads,
    Writes,
}

impl Here<'_> {
    fn refuse(
        self,
        code: &'static str,
        message: String,
        help: &'static str,
        out: &mut Vec<Diagnostic>,
    ) {
        out.push(Diagnostic::error(code, place(self.node, Some("code")), message, help));
    }

    fn warn(
        self,
        code: &'static str,
        message: String,
        help: &'static str,
        out: &mut Vec<Diagnostic>,
    ) {
        out.push(Diagnostic::warning(code, place(self.node, Some("code")), message, help));
    }

    /// What a table stands for.
    fn table<'a>(
        self,
        name: &str,
        options: &'a Options,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Endpoint<'a>> {
        match Endpoint::of(options) {
            Ok(endpoint) => Some(endpoint),
            Err(fault) => {
                let message = format!("Table `{name}`: {}", fault.message);
                self.refuse("SCN-181", message, fault.help, out);
                None
            }
        }
    }

    /// A part of this name is there, at the other end of a wire.
    fn wired(self, table: &str, endpoint: Endpoint<'_>, side: Side, out: &mut Vec<Diagnostic>) {
        let Some(kind) = endpoint.connector.kind() else { return };
        let (id, document) = (self.node.id, self.document);
        let is_it = |node: NodeId| {
            let node = document.node(node);
            node.is_some_and(|it| it.name == endpoint.name && it.config.kind() == kind)
        };
        let is_wired = match side {
            Side::Reads => document.edges_to(id).any(|it| is_it(it.from.node)),
            Side::Writes => document.edges_from(id).any(|it| is_it(it.to.node)),
        };
        if !is_wired {
            let what = if side == Side::Reads { "reads" } else { "writes to" };
            let name = endpoint.name;
            let message = format!("The table `{table}` {what} `{name}`, which is not connected");
            let help = "Draw a wire, or give the name of the part at the end of one";
            self.warn("SCN-185", message, help, out);
        }
    }

    /// Wires no table uses.
    fn loose(self, named: &[&str], out: &mut Vec<Diagnostic>) {
        let document = self.document;
        let from = document.edges_to(self.node.id).map(|it| it.from.node);
        let to = document.edges_from(self.node.id).map(|it| it.to.node);
        for other in from.chain(to).filter_map(|it| document.node(it)) {
            if !named.contains(&other.name.as_str()) {
                let message = format!("No table of the code stands for `{}`", other.name);
                let help = "Name it in a table: 'stream', 'delivery-stream' or 'path'";
                self.warn("SCN-186", message, help, out);
            }
        }
    }
}
