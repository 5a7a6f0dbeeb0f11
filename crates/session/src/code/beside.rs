//! A SQL application as a Flink application: the translator knows the script, and the wires of the
//! application say which parts its tables stand for.

use std::rc::Rc;
use std::sync::Arc;

use base::NodeId;
use scenario::endpoint::Endpoint;
use scenario::kind::{FlinkApplicationConfig, InputStart, RowFormat, SqlApplicationConfig};
use scenario::{Config, Document, Edge, Edit, End, Node, Point};
use scene::Selection;
use serde_json::Map;
use sql::ast::{CreateTable, StatementKind, TableElement};
use sql::live::Live;
use sql::path::Step;
use sql::print::print_statement;
use sql::{Dialect, Expr, ExprKind, Name, Span};

use crate::effect::Effect;
use crate::session::Session;

/// Free world units between an application and the one below it.
const GAP: f64 = 40.0;

/// A translated script, and what else has to be said of it.
pub(super) struct Wired {
    pub text: String,
    pub notes: Vec<(u32, Rc<str>)>,
}

/// A translated script whose tables stand for the parts that the application is wired to.
#[inline(never)]
pub(super) fn wired(text: &str, document: &Document, node: &Node) -> Wired {
    let mut made = Wired { text: text.to_owned(), notes: Vec::new() };
    let Config::SqlApplication(config) = &node.config else { return made };
    let about = About { document, node, config };
    for statement in sql::parse_script(text, Dialect::Flink).0.statements {
        let StatementKind::CreateTable(table) = &statement.kind else { continue };
        let mut table = CreateTable::clone(table);
        if table.elements.iter().any(|it| matches!(it, TableElement::Watermark { .. })) {
            about.source(&mut table, &mut made.notes);
        } else if option(&mut table, "connector").is_some_and(|it| it == "filesystem") {
            about.reference(&mut table);
        } else {
            about.sink(&mut table, &mut made.notes);
        }
        // What the translator printed is there letter by letter; comments between stay.
        let before = print_statement(&statement.kind, Dialect::Flink);
        let after = print_statement(&StatementKind::CreateTable(table), Dialect::Flink);
        made.text = made.text.replacen(&before, &after, 1);
    }
    made
}

struct About<'a> {
    document: &'a Document,
    node: &'a Node,
    config: &'a SqlApplicationConfig,
}

impl About<'_> {
    /// The part at the other end of the wire into a port.
    fn before(&self, port: &str) -> Option<&Arc<Node>> {
        let mut edges = self.document.edges_to(self.node.id);
        self.document.node(edges.find(|edge| edge.to.port == port)?.from.node)
    }

    fn after(&self, port: &str) -> Option<&Arc<Node>> {
        let mut edges = self.document.edges_from(self.node.id);
        self.document.node(edges.find(|edge| edge.from.port == port)?.to.node)
    }

    /// The stream that is read, where reading begins, and the members of its objects.
    fn source(&self, table: &mut CreateTable, notes: &mut Vec<(u32, Rc<str>)>) {
        match self.before("in") {
            Some(part) if part.config.kind() == "stream" => set(table, "stream", &part.name),
            Some(part) => {
                let words = "is no source for Flink: read the data stream in front of it";
                notes.push((0, format!("The Firehose stream {} {words}", part.name).into()));
            }
            None => {}
        }
        if self.config.start == InputStart::TrimHorizon {
            set(table, "scan.stream.initpos", "TRIM_HORIZON");
        }
        if self.config.format == RowFormat::Csv {
            set(table, "format", "csv");
            set(table, "csv.field-delimiter", &self.config.column_delimiter);
            set(table, "csv.ignore-parse-errors", "true");
            return;
        }
        // Such a row goes to the error stream there, and would end the job here.
        set(table, "json.ignore-parse-errors", "true");
        self.members(table, notes);
    }

    /// Columns that are called otherwise in the data: those there, and these made of them.
    fn members(&self, table: &mut CreateTable, notes: &mut Vec<(u32, Rc<str>)>) {
        let Ok(schema) = self.config.schema() else { return };
        let mut made = Vec::new();
        for element in core::mem::take(&mut table.elements) {
            let TableElement::Column(mut column) = element else {
                made.push(element);
                continue;
            };
            let of_schema = schema.columns.iter().find(|it| it.name == column.name.text);
            let member = match of_schema.map(|it| &it.mapping[..]) {
                Some([Step::Member(member)]) => member.clone(),
                None => column.name.text.clone(),
                Some(_) => {
                    let words = "is deeper in the data: Flink's json takes members of the object";
                    notes.push((0, format!("The column {} {words}", column.name.text).into()));
                    column.name.text.clone()
                }
            };
            let is_taken = schema.columns.iter().any(|it| it.name == member);
            if member == column.name.text || is_taken {
                made.push(TableElement::Column(column));
                continue;
            }
            let from = Name { text: member, quoted: true };
            let span = Span { from: 0, to: 0 };
            let expr = Expr::new(ExprKind::Column(vec![from.clone()]), span);
            let name = core::mem::replace(&mut column.name, from);
            made.push(TableElement::Column(column));
            made.push(TableElement::Computed { name, expr, span });
        }
        table.elements = made;
    }

    /// The object that is looked up.
    fn reference(&self, table: &mut CreateTable) {
        if let Some(bucket) = self.before("reference") {
            let path = format!("s3://{}/{}", bucket.name, self.config.reference_key);
            set(table, "path", &path);
        }
    }

    /// The part that an in-application stream goes to; those without go into the log.
    fn sink(&self, table: &mut CreateTable, notes: &mut Vec<(u32, Rc<str>)>) {
        let name = table.name.last().text.clone();
        let outputs = ["out_1", "out_2", "out_3"].into_iter().zip(self.config.outputs());
        let mut parts = outputs
            .filter(|(_, (stream, _))| *stream == name)
            .filter_map(|(port, (_, format))| Some((self.after(port)?, format)));
        let found = parts.next();
        if let Some((part, _)) = parts.next() {
            let words = "stands for one part: write into another one for";
            notes.push((0, format!("The table {name} {words} {}", part.name).into()));
        }
        let options = match found.map(|(part, format)| (part.config.kind(), part, format)) {
            Some((kind @ ("stream" | "firehose"), part, format)) => {
                let (connector, option) = match kind {
                    "stream" => ("kinesis", "stream"),
                    _ => ("firehose", "delivery-stream"),
                };
                let format = if format == RowFormat::Csv { "csv" } else { "json" };
                vec![
                    ("connector", connector),
                    (option, &*part.name),
                    ("aws.region", "us-east-1"),
                    ("format", format),
                ]
            }
            Some((_, part, _)) => {
                let words = "has no table in Flink: write into a stream that it reads";
                notes.push((0, format!("The function {} {words}", part.name).into()));
                vec![("connector", "print")]
            }
            None => vec![("connector", "print")],
        };
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        table.options = options.into_iter().map(owned).collect();
    }
}

fn option<'a>(table: &'a mut CreateTable, key: &str) -> Option<&'a mut String> {
    table.options.iter_mut().find(|it| it.0 == key).map(|it| &mut it.1)
}

fn set(table: &mut CreateTable, key: &str, value: &str) {
    match option(table, key) {
        Some(old) => value.clone_into(old),
        None => table.options.push((key.to_owned(), value.to_owned())),
    }
}

impl Session {
    /// A Flink application below the SQL application whose editor is open: the same query, on the
    /// same wires. One step of the history.
    #[inline(never)]
    pub(crate) fn put_beside(&mut self) {
        let Some(open) = self.code.open.as_ref() else { return };
        let (of, code) = (open.node, super::twin(open).text.to_string());
        if open.dialect != Dialect::Kinesis || code.is_empty() {
            return;
        }
        self.close_code();
        let Some(node) = self.document.node(of) else { return };
        let id = self.document.next_node_id();
        let name = self.document.free_name(&format!("{}-flink", node.name));
        let config = FlinkApplicationConfig { code, ..FlinkApplicationConfig::default() };
        let (ends, at) = (ends(&self.document, of, id, &config.code), self.below(node));
        let config = Config::FlinkApplication(config);
        let new = Node { id, name: name.clone(), at, config, unknown: Map::new() };
        let mut edits = vec![Edit::Add { nodes: vec![Arc::new(new)], edges: Vec::new() }];
        let mut next = Document::clone(&self.document);
        let mut wires = 0;
        for edit in &edits {
            if let Err(finding) = edit.apply(&mut next) {
                return self.say(finding.message);
            }
        }
        for (from, to) in ends {
            let edit = Edit::Connect(Arc::new(Edge { id: next.next_edge_id(), from, to }));
            if edit.apply(&mut next).is_ok() {
                wires += 1;
                edits.push(edit);
            }
        }
        if self.edit(format!("add {name}"), None, &edits) {
            self.view.selection = Selection { nodes: vec![id], edges: Vec::new() };
            // In the room that the diagram has again.
            let size = core::mem::replace(&mut self.view.size, self.code.size);
            self.reveal(id);
            self.view.size = size;
            self.effects.push(Effect::FocusNode(id.0));
            let wires = crate::why::plural(wires, "wire", "wires");
            self.say(format!("Added Flink app {name} with {wires}"));
        }
    }

    fn below(&self, node: &Node) -> Point {
        let rect = scene::geometry::node_rect(&self.document, node);
        let near = scene::geometry::to_point((rect.x, rect.bottom() + GAP));
        scene::layout::free_place(&self.document, crate::place::grid(near), (rect.w, rect.h))
    }
}

/// The wires of an application for one with this code instead: from what it reads, and to what its
/// tables name.
fn ends(document: &Document, of: NodeId, id: NodeId, code: &str) -> Vec<(End, End)> {
    let mine = |port: &str| End { node: id, port: port.to_owned() };
    let reads = document.edges_to(of).filter(|edge| edge.to.port == "in");
    let mut found: Vec<(End, End)> = reads.map(|edge| (edge.from.clone(), mine("in"))).collect();
    let Ok(live) = Live::flink(code) else { return found };
    for output in live.outputs() {
        let Ok(endpoint) = Endpoint::of(&output.options) else { continue };
        let is_it = |edge: &&Arc<Edge>| {
            let part = document.node(edge.to.node);
            part.is_some_and(|it| {
                it.name == endpoint.name && Some(it.config.kind()) == endpoint.connector.kind()
            })
        };
        let edge = document.edges_from(of).find(is_it);
        found.extend(edge.map(|edge| (mine("out"), edge.to.clone())));
    }
    found
}
