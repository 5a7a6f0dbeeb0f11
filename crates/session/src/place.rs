//! New parts: where they stand and what they are wired to.

use std::sync::Arc;

use base::NodeId;
use scenario::kind::{Config, KindSpec, SPECS};
use scenario::ports::{self, Port};
use scenario::{Document, Edge, Edit, End, Node, Point};
use scene::{Hover, Selection};
use serde_json::{Map, Value};

use crate::effect::Effect;
use crate::session::Session;

/// Free world units between a part and the next one.
const GAP: i32 = 96;
/// The snap grid.
pub(crate) const GRID: i32 = 8;

impl Session {
    /// A new part, wired to the loose wire or to what is selected where that is legal.
    #[inline(never)]
    pub(crate) fn place(
        &mut self,
        kind: &str,
        preset: Vec<(String, Value)>,
        at_in_screen: Option<(f64, f64)>,
        connects: bool,
    ) {
        let loose = self.loose.take();
        self.cancel_tool();
        let Some(config) = Config::default_of(kind) else {
            return self.say(format!("There is no part called `{kind}`"));
        };
        let changes = Map::from_iter(preset);
        let config = match config.with(&changes) {
            Ok(config) => config,
            Err(key) => return self.say(format!("A value of `{key}` does not fit")),
        };
        let spec = config.spec();
        let id = self.document.next_node_id();
        let name = self.document.free_name(spec.stem);
        let at = Point { x: 0, y: 0 };
        let mut node = Node { id, name: name.clone(), at, config, unknown: Map::new() };
        node.at = self.spot(&node, at_in_screen, loose.as_ref());
        let node = Arc::new(node);
        let mut edits = vec![Edit::Add { nodes: vec![node], edges: Vec::new() }];
        let other = connects.then(|| loose.clone().or_else(|| self.selected_end(spec))).flatten();
        let mut words = format!("Added {} {name}", spec.title);
        let under = at_in_screen.filter(|_at| loose.is_none());
        if let Some(spliced) = under.and_then(|at| self.splice(&edits, id, at)) {
            words += ", into the wire";
            edits = spliced;
        } else if let Some(edge) = other.and_then(|other| self.wire(&edits[0], id, spec, &other)) {
            let neighbour = if edge.from.node == id { edge.to.node } else { edge.from.node };
            words += &format!(", connected to {}", self.name(neighbour));
            edits.push(Edit::Connect(Arc::new(edge)));
        }
        if self.edit(format!("add {name}"), None, &edits) {
            self.view.selection = Selection { nodes: vec![id], edges: Vec::new() };
            self.reveal(id);
            self.effects.push(Effect::FocusNode(id.0));
            self.say(words);
        }
    }

    /// Where a new part goes: under the pointer, beside what it belongs to, or in the middle.
    fn spot(&self, node: &Node, at_in_screen: Option<(f64, f64)>, loose: Option<&End>) -> Point {
        // With its lanes: a stream is higher than its head.
        let size = scene::geometry::node_size(&self.document, node);
        if let Some(at) = at_in_screen {
            let (x, y) = self.view.camera.world_from_screen(at);
            // A dropped wire ends at the middle of the new part's near side.
            let left = if loose.is_some() { x } else { x - size.0 / 2.0 };
            return grid(scene::geometry::to_point((left, y - size.1 / 2.0)));
        }
        let neighbour = self.selected().and_then(|id| self.document.node(id));
        let near = match neighbour {
            Some(other) => {
                let rect = scene::geometry::node_rect(&self.document, other);
                let beside = if node.spec().port("in").is_some() {
                    rect.right() + f64::from(GAP)
                } else {
                    rect.x - f64::from(GAP) - size.0
                };
                scene::geometry::to_point((beside, rect.y))
            }
            None if self.document.nodes.is_empty() => Point { x: 80, y: 120 },
            None => {
                let (w, h) = self.view.size;
                let (x, y) = self.view.camera.world_from_screen((w / 2.0, h / 2.0));
                scene::geometry::to_point((x - size.0 / 2.0, y - size.1 / 2.0))
            }
        };
        scene::layout::free_place(&self.document, grid(near), size)
    }

    /// The end of the selected node a part of this kind may be wired to.
    fn selected_end(&self, spec: &KindSpec) -> Option<End> {
        let node = self.document.node(self.selected()?)?;
        let fits = |port: &&Port| spec.ports.iter().any(|other| can_meet(port, other));
        // Data flows on from what is selected rather than back into it.
        let port = node.spec().ports.iter().rev().find(fits)?;
        Some(End { node: node.id, port: port.name.to_owned() })
    }

    /// A wire between the new part and `other`, where legal.
    fn wire(&self, add: &Edit, id: NodeId, spec: &KindSpec, other: &End) -> Option<Edge> {
        let mut next = Document::clone(&self.document);
        add.apply(&mut next).ok()?;
        let mine = spec.ports.iter().map(|port| End { node: id, port: port.name.to_owned() });
        let pairs = mine.flat_map(|mine| [(other.clone(), mine.clone()), (mine, other.clone())]);
        let mut legal = pairs.filter(|(from, to)| ports::refusal(&next, from, to).is_none());
        let (from, to) = legal.next()?;
        Some(Edge { id: next.next_edge_id(), from, to })
    }

    /// The edits that also put the new part into the wire under a canvas point, where legal.
    fn splice(&self, edits: &[Edit], id: NodeId, at: (f64, f64)) -> Option<Vec<Edit>> {
        let world = self.view.camera.world_from_screen(at);
        let hit = scene::hit::hit(&self.document, self.run.snapshot(), &self.view, world);
        let Hover::Edge(edge) = hit else { return None };
        let edge = self.document.edge(edge)?;
        let mut edits = edits.to_vec();
        edits.push(Edit::Remove { nodes: Vec::new(), edges: vec![edge.id] });
        let mut next = Document::clone(&self.document);
        for edit in &edits {
            edit.apply(&mut next).ok()?;
        }
        let mine = |port: &str| End { node: id, port: port.to_owned() };
        for (from, to) in [(edge.from.clone(), mine("in")), (mine("out"), edge.to.clone())] {
            let edit = Edit::Connect(Arc::new(Edge { id: next.next_edge_id(), from, to }));
            edit.apply(&mut next).ok()?;
            edits.push(edit);
        }
        Some(edits)
    }

    /// Removes the selected part and wires its neighbours to each other, where legal.
    #[inline(never)]
    pub(crate) fn delete_and_heal(&mut self) {
        let Some(id) = self.selected() else { return self.delete() };
        let sources: Vec<End> = self.document.edges_to(id).map(|edge| edge.from.clone()).collect();
        let goals: Vec<End> = self.document.edges_from(id).map(|edge| edge.to.clone()).collect();
        let mut edits = vec![Edit::Remove { nodes: vec![id], edges: Vec::new() }];
        let mut next = Document::clone(&self.document);
        if edits[0].apply(&mut next).is_err() {
            return;
        }
        let pairs = sources.iter().flat_map(|from| goals.iter().map(move |to| (from, to)));
        for (from, to) in pairs {
            let (from, to) = (from.clone(), to.clone());
            let edit = Edit::Connect(Arc::new(Edge { id: next.next_edge_id(), from, to }));
            if edit.apply(&mut next).is_ok() {
                edits.push(edit);
            }
        }
        let name = self.name(id);
        if self.edit(format!("delete {name}"), None, &edits) {
            let wires = crate::why::plural(edits.len() as u64 - 1, "wire", "wires");
            self.say(format!("Deleted {name}, {wires} healed"));
        }
    }

    /// Words of the kinds a wire from here may end at.
    pub(crate) fn kinds_for(&self, end: &End) -> Vec<String> {
        let node = self.document.node(end.node);
        let Some(port) = node.and_then(|node| node.spec().port(&end.port)) else {
            return Vec::new();
        };
        let fits = |spec: &&&KindSpec| spec.ports.iter().any(|other| can_meet(port, other));
        SPECS.iter().filter(fits).map(|spec| spec.kind.to_owned()).collect()
    }
}

/// Whether two ports lie opposite each other and speak alike.
fn can_meet(a: &Port, b: &Port) -> bool {
    a.direction != b.direction && a.flows.iter().any(|flow| b.flows.contains(flow))
}

/// The nearest point of the snap grid.
pub(crate) fn grid(point: Point) -> Point {
    let snap = |n: i32| n.saturating_add(GRID / 2).div_euclid(GRID) * GRID;
    Point { x: snap(point.x), y: snap(point.y) }
}
