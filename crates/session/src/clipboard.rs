//! Copy and paste: parts with the wires among them as tagged JSON text, so that they pass between
//! pages and into chats.

use std::sync::Arc;

use base::{NodeId, VecMap};
use scenario::{Document, Edge, Edit, End, Node, Point};
use scene::Selection;
use serde_json::Value;

use crate::effect::Effect;
use crate::session::Session;
use crate::why::plural;

/// What `format` says in copied text.
pub const FORMAT: &str = "rivulet/parts";
/// World units a copy stands off its original.
const OFFSET: i32 = 32;

/// The selected parts of a document with the wires among them, as text.
#[must_use]
pub fn cut_out(document: &Document, nodes: &[NodeId]) -> String {
    let is_inside = |id: &NodeId| nodes.contains(id);
    let part = Document {
        nodes: document.nodes.iter().filter(|node| is_inside(&node.id)).cloned().collect(),
        edges: document
            .edges
            .iter()
            .filter(|edge| is_inside(&edge.from.node) && is_inside(&edge.to.node))
            .cloned()
            .collect(),
        ..Document::default()
    };
    let text = scenario::format::save(&part);
    text.replacen(scenario::format::FORMAT, FORMAT, 1)
}

/// Reads what [`cut_out`] wrote.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn read(text: &str) -> Result<Document, String> {
    let whole = text.replacen(FORMAT, scenario::format::FORMAT, 1);
    let loaded = scenario::format::load(whole.as_bytes());
    let words = loaded.diagnostics.first().map(crate::design::sentence);
    match (loaded.document, words) {
        (Some(document), None) => Ok(document),
        (_, words) => Err(words.unwrap_or_else(|| "These are not parts".to_owned())),
    }
}

/// What a text from the clipboard is.
enum Text {
    /// Copied parts.
    Parts,
    /// A whole scenario.
    Scenario,
    /// The payload of a link.
    Link(String),
    /// Rows of data, with a name for them.
    Rows(&'static str),
    /// Anything else.
    Other,
}

fn recognise(text: &str) -> Text {
    let text = text.trim();
    if text.starts_with('{') {
        let whole = serde_json::from_str::<Value>(text).ok();
        let format = whole.as_ref().and_then(|value| value.get("format")).and_then(Value::as_str);
        let mentions = |word: &str| text.contains(&format!("\"{word}\""));
        return match format {
            Some(FORMAT) => Text::Parts,
            Some(_) => Text::Scenario,
            // Broken text: whatever it meant to be says what is wrong with it.
            None if mentions(FORMAT) => Text::Parts,
            None if mentions(scenario::format::FORMAT) || mentions("nodes") => Text::Scenario,
            None => Text::Rows("pasted.jsonl"),
        };
    }
    let fragment = match text.split_once('#') {
        Some((_page, fragment)) => scenario::link::Fragment::parse(fragment).scenario,
        None => None,
    };
    let bare = (text.starts_with("1d~") || text.starts_with("1r~") || text.starts_with("1j~"))
        .then(|| text.to_owned());
    if let Some(payload) = fragment.or(bare) {
        return Text::Link(payload);
    }
    let mut lines = text.lines();
    match (lines.next(), lines.next()) {
        (Some(header), Some(_row)) if header.contains(',') => Text::Rows("pasted.csv"),
        _ => Text::Other,
    }
}

impl Session {
    pub(crate) fn copy(&mut self) {
        let nodes = self.view.selection.nodes.clone();
        if nodes.is_empty() {
            return self.say("Select parts to copy first");
        }
        let text = cut_out(&self.document, &nodes);
        self.effects.push(Effect::Copy(text));
        self.say(format!("Copied {}", self.names(&nodes)));
    }

    pub(crate) fn cut(&mut self) {
        if self.view.selection.nodes.is_empty() || self.refuses_edits() {
            return;
        }
        self.copy();
        self.delete();
    }

    #[inline(never)]
    pub(crate) fn paste(&mut self, text: &str) {
        match recognise(text) {
            Text::Parts => match read(text.trim()) {
                Ok(parts) => self.insert(&parts, "paste"),
                Err(words) => self.say(words),
            },
            Text::Scenario => self.open_file(text.trim().as_bytes()),
            Text::Link(payload) => self.open_link(&payload),
            Text::Rows(name) => self.add_data(name, text.as_bytes()),
            Text::Other => self.say("This is neither parts, a scenario, a link nor rows of data"),
        }
    }

    pub(crate) fn duplicate(&mut self) {
        let nodes = self.view.selection.nodes.clone();
        if nodes.is_empty() {
            return self.say("Select parts to duplicate first");
        }
        if let Ok(parts) = read(&cut_out(&self.document, &nodes)) {
            self.insert(&parts, "duplicate");
        }
    }

    /// Adds copies: new ids, fresh names, a little aside, selected.
    fn insert(&mut self, parts: &Document, word: &str) {
        if parts.nodes.is_empty() {
            return self.say("There are no parts to paste");
        }
        let offset = self.free_offset(parts);
        let mut named = Document::clone(&self.document);
        let mut ids = VecMap::new();
        let mut nodes = Vec::new();
        for node in &parts.nodes {
            let id = named.next_node_id();
            ids.insert(node.id, id);
            let at =
                Point { x: node.at.x.saturating_add(offset), y: node.at.y.saturating_add(offset) };
            let name = named.free_name(stem(&node.name));
            let copy = Arc::new(Node { id, name, at, ..Node::clone(node) });
            named.nodes.push(Arc::clone(&copy));
            nodes.push(copy);
        }
        let mut edges = Vec::new();
        for edge in &parts.edges {
            let (Some(from), Some(to)) = (ids.get(&edge.from.node), ids.get(&edge.to.node)) else {
                continue;
            };
            let copy = Arc::new(Edge {
                id: named.next_edge_id(),
                from: End { node: *from, port: edge.from.port.clone() },
                to: End { node: *to, port: edge.to.port.clone() },
            });
            named.edges.push(Arc::clone(&copy));
            edges.push(copy);
        }
        let what = match nodes.as_slice() {
            [node] => node.name.clone(),
            nodes => plural(nodes.len() as u64, "part", "parts"),
        };
        if self.edit(format!("{word} {what}"), None, &[Edit::Add { nodes, edges }]) {
            let selected = ids.values().copied().collect();
            self.view.selection = Selection { nodes: selected, edges: Vec::new() };
            self.say(format!("Added {what}"));
        }
    }

    /// The first multiple of the offset at which no copy covers a part exactly.
    fn free_offset(&self, parts: &Document) -> i32 {
        let is_taken = |offset: i32| {
            parts.nodes.iter().any(|part| {
                let (x, y) = (part.at.x.saturating_add(offset), part.at.y.saturating_add(offset));
                self.document.nodes.iter().any(|node| node.at == Point { x, y })
            })
        };
        (1..64).map(|times| times * OFFSET).find(|offset| !is_taken(*offset)).unwrap_or(OFFSET)
    }
}

/// A name without the number of an earlier copy: `orders` of `orders-2`.
fn stem(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((stem, number)) if !stem.is_empty() && number.parse::<u32>().is_ok() => stem,
        _ => name,
    }
}
