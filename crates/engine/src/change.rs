//! Changing a running scenario: nodes and wires come and go, settings change, things break.
//!
//! An action is first played on a copy of the document. What the document refuses, the run
//! refuses, and nothing has changed then.

use std::sync::Arc;

use base::{Diagnostic, Duration, EdgeId, NodeId, TraceHash};
use scenario::{Action, Document, Edge, Fault, FaultKind, Node as Part, validate};

use crate::engine::{ActionError, Engine};
use crate::formats;
use crate::kernel::ctx::Ctx;
use crate::kind::Node;
use crate::snapshot::MarkKind;

impl Engine {
    /// Changes the running scenario at the current time.
    ///
    /// # Errors
    /// Says what cannot be done; nothing has changed then.
    pub fn apply(&mut self, action: &Action) -> Result<(), ActionError> {
        let mut document = Document { script: Vec::new(), ..self.document.clone() };
        let mut diagnostics = validate::play(action, &mut document, &self.data);
        if matches!(action, Action::Set { .. } | Action::AddNode(_)) && document.needs_formats() {
            diagnostics.extend(formats::check(&document, self.kernel.formats));
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(ActionError { diagnostics });
        }
        // A part that waits for its creation is no part of the run.
        let is_silent = matches!(action, Action::AddNode(node) if self.awaits(node));
        if !is_silent {
            self.kernel.trace.word(self.kernel.now.0);
            self.kernel.trace.word(self.fingerprint(action));
            self.mark_change(action);
        }
        let now = self.kernel.now;
        match action {
            Action::Api { operation, body } => {
                self.call_from_script(operation, body);
                return Ok(());
            }
            Action::Set { node, .. } => self.set(*node, &document),
            Action::AddNode(node) => self.add_node(node),
            Action::RemoveNode(node) => self.remove_node(*node),
            Action::AddEdge(edge) => self.add_edge(edge),
            Action::RemoveEdge(edge) => self.remove_edge(*edge),
            Action::Fault(fault) if fault.lasts == Duration::ZERO => {
                self.kernel.faults.end(fault, now, &mut self.kernel.marks);
                if matches!(fault.kind, FaultKind::Kill { .. } | FaultKind::Pause { .. }) {
                    self.strike(fault.node, None);
                }
            }
            Action::Fault(fault) => {
                self.kernel.faults.start(fault, now, &mut self.kernel.marks);
                self.strike(fault.node, Some(fault));
            }
            Action::ClearFaults(node) => {
                self.kernel.faults.clear(*node, now, &mut self.kernel.marks);
                self.strike(*node, None);
            }
        }
        self.document.nodes = document.nodes;
        self.document.edges = document.edges;
        self.document.policies = document.policies;
        self.document.grants = document.grants;
        self.document.vpc_endpoints = document.vpc_endpoints;
        Ok(())
    }

    #[inline(never)]
    fn set(&mut self, id: NodeId, document: &Document) {
        let at = self.nodes.binary_search_by_key(&id, |(node, _)| *node);
        let (Ok(at), Some(part)) = (at, document.node(id)) else { return };
        let mut ctx = Ctx::new(&mut self.kernel, id);
        self.nodes[at].1.reconfigure(&part.config, &self.data, &mut ctx);
        self.kernel.roles.set(id, document.policies.get(&id).map(|text| &**text));
        self.kernel.roles.set_grant(id, document.grants.get(&id).copied());
        self.kernel.roles.set_endpoint(id, document.vpc_endpoints.contains(&id));
    }

    #[inline(never)]
    fn strike(&mut self, id: NodeId, fault: Option<&Fault>) {
        if let Ok(at) = self.nodes.binary_search_by_key(&id, |(node, _)| *node) {
            let mut ctx = Ctx::new(&mut self.kernel, id);
            self.nodes[at].1.struck(fault, &mut ctx);
        }
    }

    pub(crate) fn add_node(&mut self, part: &Arc<Part>) {
        self.kernel.add_node(part.id, &part.name, part.spec());
        if self.awaits(part) {
            self.kernel.set_absent(part.id, true);
        } else {
            self.begin(part);
        }
    }

    /// Adds a stream to an account without a canvas: whoever calls has checked its settings.
    #[inline(never)]
    pub(crate) fn add_unseen(&mut self, part: &Arc<Part>) {
        self.kernel.trace.word(self.kernel.now.0);
        self.kernel.trace.word(self.fingerprint(&Action::AddNode(Arc::clone(part))));
        let at = self.document.nodes.partition_point(|node| node.id < part.id);
        self.document.nodes.insert(at, Arc::clone(part));
        self.add_node(part);
    }

    /// Brings a part to life that has its place in the kernel.
    pub(crate) fn begin(&mut self, part: &Arc<Part>) {
        self.kernel.set_absent(part.id, false);
        let mut ctx = Ctx::new(&mut self.kernel, part.id);
        let state = Node::new(&part.config, &self.data, &mut ctx);
        let at = self.nodes.partition_point(|(id, _)| *id < part.id);
        self.nodes.insert(at, (part.id, state));
        self.rewired(part.id);
    }

    #[inline(never)]
    fn remove_node(&mut self, id: NodeId) {
        self.keep_usage(id);
        self.kernel.sever(id);
        self.nodes.retain(|(node, _)| *node != id);
        let ends = |edge: &Arc<Edge>| edge.from.node == id || edge.to.node == id;
        let edges: Vec<EdgeId> =
            self.kernel.edges.iter().filter(|edge| ends(edge)).map(|edge| edge.id).collect();
        for edge in edges {
            self.remove_edge(edge);
        }
        self.kernel.remove_node(id);
    }

    pub(crate) fn add_edge(&mut self, edge: &Arc<Edge>) {
        self.kernel.edges.add(Arc::clone(edge));
        self.rewired(edge.from.node);
        self.rewired(edge.to.node);
    }

    /// Calls that are on their way through the wire go on; no new one begins.
    pub(crate) fn remove_edge(&mut self, id: EdgeId) {
        if let Some(edge) = self.kernel.edges.remove(id) {
            self.rewired(edge.from.node);
            self.rewired(edge.to.node);
        }
    }

    fn rewired(&mut self, node: NodeId) {
        if self.nodes.binary_search_by_key(&node, |(id, _)| *id).is_ok() {
            let now = self.kernel.now;
            self.kernel.queue.push_rewired(now, node);
        }
    }

    fn mark_change(&mut self, action: &Action) {
        let node = match action {
            Action::Set { node, .. } | Action::RemoveNode(node) => *node,
            Action::AddNode(node) => node.id,
            Action::AddEdge(edge) => edge.from.node,
            Action::RemoveEdge(edge) => match self.kernel.edges.get(*edge) {
                Some(edge) => edge.from.node,
                None => return,
            },
            Action::Fault(_) | Action::ClearFaults(_) | Action::Api { .. } => return,
        };
        let now = self.kernel.now;
        self.kernel.marks.add(now, None, MarkKind::Change, node);
    }

    /// Everything about an action that decides about the future: names and places do not.
    fn fingerprint(&self, action: &Action) -> u64 {
        let text = match action {
            Action::Set { node, fields } => {
                format!("set {node} {}", serde_json::Value::Object(fields.clone()))
            }
            Action::AddNode(node) => {
                let fields = serde_json::Value::Object(node.config.fields());
                format!("add {} {} {fields}", node.id, node.config.kind())
            }
            Action::RemoveNode(node) => format!("remove {node}"),
            Action::AddEdge(edge) => {
                let Edge { id, from, to } = &**edge;
                format!("connect {id} {} {} {} {}", from.node, from.port, to.node, to.port)
            }
            Action::RemoveEdge(edge) => format!("disconnect {edge}"),
            Action::Fault(Fault { node, kind, lasts }) => {
                format!("fault {node} {} {} {}", kind.word(), kind.amount(), lasts.0)
            }
            Action::ClearFaults(node) => format!("mend {node}"),
            Action::Api { operation, body } => {
                let named = action.part_called();
                let found = self.document.nodes.iter().find(|node| Some(&*node.name) == named);
                let id = found.map_or(NodeId(0), |node| node.id);
                let mut body = body.clone();
                let names = ["StreamName", "StreamARN", "DeliveryStreamName"];
                body.retain(|key, _| !names.contains(&&**key));
                format!("call {operation} {id} {}", serde_json::Value::Object(body))
            }
        };
        let mut hash = TraceHash::default();
        text.bytes().for_each(|byte| hash.word(u64::from(byte)));
        hash.value()
    }
}
