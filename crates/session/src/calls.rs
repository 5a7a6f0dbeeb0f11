//! Calls of the Kinesis API by hand: entries of the script that are carried out at once.
//!
//! A call stands in the document, one microsecond after the moment it was made: a replay of the
//! document comes to the same run, a link carries it, undo takes it back. A stream that is created
//! by a call gets a card; it is there from the call on.

use std::sync::Arc;

use base::{Time, limits};
use engine::snapshot::{ApiCall, Gauge, Lane};
use scenario::kind::{Config, StreamConfig};
use scenario::{Action, Document, Node, Point, Scheduled};
use serde_json::{Map, Value, json};

use crate::session::Session;

/// Events one call may cause at its own moment.
const EVENTS_MAX: u32 = 100_000;

impl Session {
    /// Makes a call now and says what came of it.
    #[inline(never)]
    pub(crate) fn click_call(&mut self, operation: String, body: Map<String, Value>) {
        let words = match self.call_api(operation, body) {
            Err(words) => words,
            Ok(call) => match call.refusal() {
                Some(refusal) => format!("Refused. {refusal}"),
                None => format!("Called: {}", call.operation),
            },
        };
        self.say(words);
    }

    /// Makes a call now.
    ///
    /// # Errors
    /// Why it could not be made; what the service refuses is an answer.
    pub(crate) fn call_api(
        &mut self,
        operation: String,
        body: Map<String, Value>,
    ) -> Result<Arc<ApiCall>, String> {
        if self.is_view_only {
            return Err("This is for looking only. Open it in Rivulet to change it".to_owned());
        }
        if !self.run.is_ready() {
            return Err(self.first_error());
        }
        if self.document.script.len() >= limits::SCRIPT_MAX as usize {
            return Err("The script is full. Start a new scenario, or undo some calls".to_owned());
        }
        self.cancel_tool();
        let at = Time(self.run.snapshot().now.0 + 1);
        let mut next = Document::clone(&self.document);
        let entry = Scheduled { at, action: Action::Api { operation, body } };
        let findings = scenario::validate::play(&entry.action, &mut next.clone(), &self.data);
        if let Some(finding) = findings.iter().find(|finding| finding.is_error()) {
            return Err(crate::design::sentence(finding));
        }
        let (operation, label) = words(&entry.action).unwrap_or_default();
        if operation == "CreateStream" {
            self.add_card(&entry.action, &mut next);
        }
        let place = next.script.partition_point(|other| other.at <= at);
        next.script.insert(place, entry);
        self.called.push(at);
        self.commit(Arc::new(next), label, None);
        self.run.advance(at, EVENTS_MAX);
        let call = self.run.snapshot().calls.last().filter(|call| call.at == at);
        call.cloned().ok_or_else(|| "The call was not carried out. Restart the run".to_owned())
    }

    /// A card for a stream that is about to be created, unless one has its name.
    fn add_card(&self, action: &Action, next: &mut Document) {
        let (Action::Api { body, .. }, Some((_, name))) = (action, action.stream_called()) else {
            return;
        };
        if next.nodes.iter().any(|node| node.name == name) {
            return;
        }
        let number = |key: &str| body.get(key).and_then(Value::as_u64);
        let small = |key: &str| number(key).and_then(|n| u32::try_from(n).ok());
        let plain = StreamConfig::default();
        let config = StreamConfig {
            shards: small("ShardCount").unwrap_or(plain.shards),
            record_kib_max: small("MaxRecordSizeInKiB").unwrap_or(plain.record_kib_max),
            ..plain
        };
        let lowest = scene::geometry::bounds(next);
        let (x, y) =
            if next.nodes.is_empty() { (0.0, 0.0) } else { (lowest.x, lowest.y + lowest.h) };
        let at = scene::geometry::to_point((x, y + 40.0));
        let node = Node {
            id: next.next_node_id(),
            name: name.to_owned(),
            at: Point { x: at.x, y: at.y },
            config: Config::Stream(config),
            unknown: Map::new(),
        };
        next.nodes.push(Arc::new(node));
    }
}

/// The operation, and the step's label: `SplitShard orders`.
fn words(action: &Action) -> Option<(String, String)> {
    let Action::Api { operation, .. } = action else { return None };
    let of = action.part_called().map(|name| format!(" {name}"));
    Some((operation.clone(), format!("{operation}{}", of.unwrap_or_default())))
}

/// A call that can be made by a click: its label, the operation and the request.
pub type Offer = (std::rc::Rc<str>, String, Map<String, Value>);

/// Calls that make sense for a running stream now: about the shard that is looked at, or the first
/// one, and about all of them.
pub(crate) fn offers(session: &Session, node: &Node) -> Vec<Offer> {
    let view = session.run.snapshot().nodes.iter().find(|view| view.id == node.id);
    let Some(Gauge::Lanes(lanes)) = view.and_then(|view| view.gauges.first()) else {
        return Vec::new();
    };
    let open: Vec<&Lane> = lanes.lanes.iter().filter(|lane| !lane.closed).collect();
    let looked_at = session.view.lane.filter(|(id, _)| *id == node.id).map(|(_, lane)| lane);
    let at = open.iter().position(|lane| Some(lane.shard) == looked_at).unwrap_or(0);
    let mut out: Vec<Offer> = Vec::new();
    let mut offer = |label: String, operation: &str, members: Value| {
        let Value::Object(mut body) = members else { return };
        body.insert("StreamName".to_owned(), Value::from(node.name.as_str()));
        out.push((label.into(), operation.to_owned(), body));
    };
    let id = |lane: &Lane| format!("shardId-{:012}", lane.shard);
    if let Some(lane) = open.get(at) {
        let middle = lane.range.0 + (lane.range.1 - lane.range.0) / 2 + 1;
        let label = format!("Split shard {} in the middle", lane.shard);
        let members = json!({ "ShardToSplit": id(lane), "NewStartingHashKey": middle.to_string() });
        offer(label, "SplitShard", members);
        let pair = if at + 1 < open.len() { at } else { at.saturating_sub(1) };
        if let [lower, upper] = open[pair..open.len().min(pair + 2)] {
            let label = format!("Merge shards {} and {}", lower.shard, upper.shard);
            let members = json!({ "ShardToMerge": id(lower), "AdjacentShardToMerge": id(upper) });
            offer(label, "MergeShards", members);
        }
    }
    let count = open.len() as u64;
    for (word, target) in [("Double", count * 2), ("Halve", count.div_ceil(2))] {
        if target != count {
            let members = json!({ "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING" });
            let shards = crate::why::plural(target, "shard", "shards");
            offer(format!("{word} to {shards}"), "UpdateShardCount", members);
        }
    }
    out
}
