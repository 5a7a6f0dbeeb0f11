//! Calls of the API as actions of a run: by its script, or by hand while it runs.
//!
//! A stream of the document may come and go by calls: its card and its wires stay, and while it is
//! not there every call through them is answered with `ResourceNotFoundException`. A stream that
//! was made by a call alone has no card and leaves nothing behind.

use std::sync::Arc;

use base::{NodeId, limits};
use scenario::kind::{Config, StreamConfig};
use scenario::{Action, Node as Part, Point, Scheduled, script};
use serde_json::{Map, Value};

use super::scaling::exceeded;
use super::{Refusal, refused};
use crate::api::{self, Profile};
use crate::engine::Engine;
use crate::snapshot::{ApiCall, MarkKind, Notice};

/// Calls that are remembered with their answers.
pub const CALLS_MAX: u32 = 100;

impl Engine {
    /// Entries of the script that are still to come, and where time has not come yet.
    pub fn set_script(&mut self, entries: &[Scheduled]) {
        let now = self.now();
        let is_due = |entry: &&Scheduled| entry.at <= now;
        let due: Vec<Scheduled> =
            self.script[self.script_next..].iter().filter(is_due).cloned().collect();
        self.script.truncate(self.script_next);
        self.script.extend(due);
        let mut to_come: Vec<Scheduled> =
            entries.iter().filter(|entry| entry.at > now).cloned().collect();
        base::order::sort_by_key(&mut to_come[..], |entry| entry.at);
        self.script.extend(to_come);
        self.document.script = entries.to_vec();
    }

    /// A part is called something else from now on: calls find it by its new name.
    #[inline(never)]
    pub fn rename(&mut self, id: NodeId, name: &str) {
        if let Some(node) = self.document.nodes.iter_mut().find(|node| node.id == id) {
            name.clone_into(&mut Arc::make_mut(node).name);
        }
    }

    /// Makes a call in the name of the account's administrator and remembers the answer.
    #[inline(never)]
    pub(crate) fn call_from_script(&mut self, operation: &str, body: &Map<String, Value>) {
        let profile = Profile::of(self.kernel.limits);
        let body = Value::Object(body.clone());
        let answer = self.call(profile, &api::target(operation), &body);
        let call = ApiCall {
            at: self.now(),
            operation: operation.to_owned(),
            body,
            status: answer.status,
            answer: answer.body,
        };
        if let Some(refusal) = call.refusal() {
            let text = format!("{operation} was refused. {refusal}");
            self.notices.push(Arc::new(Notice { at: call.at, text }));
        }
        self.calls.push(Arc::new(call));
    }

    /// Whether a part is a stream that the script creates before anything else happens to it.
    pub(crate) fn awaits(&self, part: &Part) -> bool {
        let to_come = &self.script[self.script_next..];
        matches!(part.config, Config::Stream(_)) && script::is_created_later(to_come, &part.name)
    }

    /// Creates a stream where the document has a card for it. What the call does not name is as
    /// the card says.
    pub(super) fn create_at(&mut self, place: &Part, config: &StreamConfig) -> NodeId {
        let model = match &place.config {
            Config::Stream(model) => model.clone(),
            _ => StreamConfig::default(),
        };
        let StreamConfig { mode, shards, record_kib_max, .. } = *config;
        let config = StreamConfig { mode, shards, record_kib_max, ..model };
        let part = Arc::new(Part { config: Config::Stream(config), ..place.clone() });
        if let Some(node) = self.document.nodes.iter_mut().find(|node| node.id == part.id) {
            *node = Arc::clone(&part);
        }
        self.begin(&part);
        let now = self.now();
        self.kernel.marks.add(now, None, MarkKind::Change, part.id);
        part.id
    }

    /// Creates a stream the document has no card for. Where there is a canvas it needs room on it.
    pub(super) fn create_anywhere(
        &mut self,
        name: &str,
        config: &StreamConfig,
    ) -> Result<NodeId, Refusal> {
        let id = self.document().next_node_id();
        let part = Part {
            id,
            name: name.to_owned(),
            at: Point::default(),
            config: Config::Stream(config.clone()),
            unknown: Map::new(),
        };
        let part = Arc::new(part);
        if self.account.on_canvas {
            self.check_room(config.shards)?;
            self.apply(&Action::AddNode(Arc::clone(&part))).map_err(refused)?;
        } else {
            self.add_unseen(&part);
        }
        // The script may create the same name again later: this is the first time.
        if self.kernel.node(id).is_some_and(|node| node.absent) {
            self.begin(&part);
        }
        if let Some(node) = self.kernel.node_mut(id) {
            node.placed = false;
        }
        Ok(id)
    }

    /// That a canvas can show one more stream with so many shards.
    fn check_room(&self, shards: u32) -> Result<(), Refusal> {
        let what = if self.document().nodes.len() >= limits::NODES_MAX as usize {
            format!(
                "The canvas holds {} parts at most, streams of calls included",
                limits::NODES_MAX
            )
        } else if shards > limits::SHARDS_MAX {
            format!("A stream on the canvas has {} shards at most", limits::SHARDS_MAX)
        } else {
            return Ok(());
        };
        Err(exceeded(format!("{what}: a limit of Rivulet, not of AWS.")))
    }

    /// A stream's deletion is done.
    pub(crate) fn end(&mut self, id: NodeId) {
        if self.kernel.node(id).is_some_and(|node| !node.placed) {
            if let Err(error) = self.apply(&Action::RemoveNode(id)) {
                self.note_refusal(error);
            }
            return;
        }
        self.keep_usage(id);
        self.kernel.sever(id);
        self.nodes.retain(|(node, _)| *node != id);
        self.kernel.set_absent(id, true);
    }
}
