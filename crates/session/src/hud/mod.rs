//! The HUD: everything panels show, as plain comparable data, rebuilt at most ten times a second.
//!
//! Panels read this and send messages; they hold no rules and do no arithmetic on simulated time.

mod apart;
mod code;
mod query;
mod question;
mod storage;

use std::rc::Rc;
use std::sync::Arc;

use base::{EdgeId, NodeId, Severity, Time};
use engine::snapshot::Mark;
pub use engine::snapshot::Sheet;
use scenario::End;
use scenario::kind::Field;
use scenario::price::Item;
use serde_json::Value;

pub use apart::Apart;
pub use code::{
    CodeProblem, CodeState, CodeTemplate, CodeTwin, CodeView, Completion, CompletionKind, Grade,
};
pub use query::QueryView;
pub use question::Question;
pub use storage::{Body, Form, ListedObject, Listing, ObjectView};

pub use crate::folder::Subfolder;
pub use crate::rows::{Found, Look};

/// Tabs of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The form.
    #[default]
    Settings,
    /// Metrics of the node.
    Live,
    /// Records of a stream, objects of a bucket, the last response of a producer.
    Records,
    /// Explanations.
    Why,
}

/// The whole model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hud {
    /// Document title.
    pub title: Rc<str>,
    /// What the scenario shows.
    pub about: Rc<str>,
    /// Seed.
    pub seed: u64,
    /// `2026-11`.
    pub limits: Rc<str>,
    /// Label of the step that undo takes back.
    pub undo: Option<Rc<str>>,
    /// Label of the step that redo does again.
    pub redo: Option<Rc<str>>,
    /// Clock and speed.
    pub transport: Transport,
    /// How many problems there are; `Session::problems` lists them.
    pub problem_count: u32,
    /// What is most wrong with the run right now.
    pub alert: Option<Alert>,
    /// Keys with colours, heaviest first, and the share of all others in per cent.
    pub legend: Rc<Vec<LegendKey>>,
    /// One dot stands for this many records.
    pub stride: u32,
    /// Zoom in per cent.
    pub zoom_percent: u32,
    /// The inspector.
    pub inspector: Option<Rc<Inspector>>,
    /// The selected parts, when there are several.
    pub group: Option<Apart<Group>>,
    /// All nodes as a list.
    pub outline: Rc<Vec<OutlineRow>>,
    /// Charts, top to bottom.
    pub charts: Rc<Vec<Chart>>,
    /// Event counts beside the timeline.
    pub counts: EventCounts,
    /// Marks of the timeline as the snapshot has them, oldest first.
    pub marks: Rc<Vec<Mark>>,
    /// The object that is open.
    pub object: Option<Apart<ObjectView>>,
    /// Where all records are: label, records, whether it is a loss.
    pub totals: Rc<Vec<(Rc<str>, u64, bool)>>,
    /// What the run costs.
    pub cost: Cost,
    /// What was typed into the console and what it printed, oldest first.
    pub console: Rc<Vec<ConsoleEntry>>,
    /// CloudTrail, while it is open.
    pub trail: Option<Apart<Trail>>,
    /// The editor of a script, while it is open.
    pub code: Option<Apart<CodeView>>,
    /// Edits are refused.
    pub view_only: bool,
    /// Set when a bound was reached.
    pub halted: Option<Arc<str>>,
}

/// Where the libraries for jq, Parquet, ZIP and Snappy are, for what waits for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Libraries {
    /// They answer, or nothing has asked for them.
    #[default]
    Ready,
    /// They are on their way.
    Coming,
    /// They could not be fetched.
    Missing,
}

/// Clock and speed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// Whether something waits for libraries.
    pub libraries: Libraries,
    /// `Going to 10:02:30`, or what is being fetched before the run can begin.
    pub going: Option<Rc<str>>,
    /// Running.
    pub playing: bool,
    /// The document has no errors, or its last valid form runs: play and pause mean something.
    pub ready: bool,
    /// `10:04:31`.
    pub clock: Rc<str>,
    /// `.250`.
    pub millis: Rc<str>,
    /// Simulated microseconds.
    pub now: Time,
    /// Wanted speed in thousandths.
    pub speed_milli: u32,
    /// `1 s = 1 min`.
    pub speed_words: Rc<str>,
    /// Achieved speed in thousandths, when the device is slower than wanted.
    pub achieved_milli: Option<u32>,
    /// First and last moment of the timeline, in microseconds.
    pub window: (u64, u64),
}

/// One finding, or something that goes wrong in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `SCN-012`, `access_denied`.
    pub code: Rc<str>,
    /// How bad.
    pub severity: Severity,
    /// `orders.shards`.
    pub place: Rc<str>,
    /// The node, when there is one.
    pub node: Option<NodeId>,
    /// The tab of the inspector that tells more about it.
    pub tab: Tab,
    /// The sentence.
    pub message: Rc<str>,
    /// What to do.
    pub help: Rc<str>,
}

/// A part that refuses records right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The part.
    pub node: NodeId,
    /// `Shard 2 rejects 880 /s`.
    pub words: Rc<str>,
}

/// A key of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendKey {
    /// 1 to 6, or 0 for all others.
    pub slot: u8,
    /// The key.
    pub key: Rc<str>,
    /// Share in per cent.
    pub percent: u32,
}

/// The selected node in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspector {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: Rc<str>,
    /// Word of its kind.
    pub kind: Rc<str>,
    /// Title of its kind.
    pub title: Rc<str>,
    /// Glyph of its kind.
    pub glyph: Rc<str>,
    /// One sentence about the kind.
    pub about: Rc<str>,
    /// `exact rule`, `published average`, `simplified`.
    pub fidelity: Rc<str>,
    /// The open tab.
    pub tab: Tab,
    /// The form: fields that are shown now, in order.
    pub fields: Rc<Vec<FieldRow>>,
    /// Metrics of the last second with their series.
    pub metrics: Rc<Vec<MetricRow>>,
    /// The newest explanation of each reason and shard, newest first.
    pub why: Rc<Vec<WhyCard>>,
    /// All explanations at hand; none when nothing of it shows any more.
    pub why_count: u32,
    /// Only the newest are kept: there may have been more.
    pub why_more: bool,
    /// What is wrong with it as it is set, so that it does not run: a sentence, and what to do.
    pub problems: Rc<Vec<(Rc<str>, Rc<str>)>>,
    /// Shards of a stream that can be looked into, and the one that is open.
    pub lanes: Rc<Vec<(u32, Rc<str>)>>,
    /// The open shard.
    pub lane: Option<u32>,
    /// For streams: whether lanes are as high as their hash range is wide.
    pub true_heights: Option<bool>,
    /// Records of the open shard, newest first.
    pub records: Rc<Vec<RecordRow>>,
    /// Objects of a bucket.
    pub listing: Option<Apart<Listing>>,
    /// Which rows of it are looked at.
    pub look: Look,
    /// Rows of a part that keeps some: leases, items, documents.
    pub rows: Option<Apart<Found>>,
    /// A streaming query at work.
    pub query: Option<Apart<QueryView>>,
    /// A query of its rows or of what it stores.
    pub question: Option<Apart<Question>>,
    /// What the newest put call of a producer came back with.
    pub response: Option<Apart<Response>>,
    /// Faults it understands and whether one runs.
    pub faults: Rc<Vec<Rc<str>>>,
    /// Running faults in words: `slow +12 s, 14 s left`.
    pub faults_running: Rc<Vec<Rc<str>>>,
    /// Calls of the API that can be made by a click: label, operation, request.
    pub calls: Rc<Vec<crate::calls::Offer>>,
    /// Wires: words, the edge, and the other node.
    pub wires: Rc<Vec<(Rc<str>, EdgeId, NodeId)>>,
    /// Where its outputs may still go: words, from, to.
    pub targets: Rc<Vec<(Rc<str>, End, End)>>,
    /// Histogram of keys over shards for a producer: label and per mille of the tallest bar.
    pub key_shards: Rc<Vec<(Rc<str>, u32)>>,
    /// The hottest key in words: `20 keys; the hottest, gate-1, has 47 % of all records`.
    pub key_words: Rc<str>,
}

/// Several selected parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `3 parts, 2 wires`.
    pub words: Rc<str>,
    /// Each of them.
    pub parts: Vec<GroupPart>,
}

/// One of several selected parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPart {
    /// Which.
    pub node: NodeId,
    /// Its name.
    pub name: Rc<str>,
    /// Title of its kind.
    pub title: &'static str,
    /// Glyph of its kind.
    pub glyph: &'static str,
}

/// An answer of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `PutRecords to orders at 10:04:31.250`.
    pub call: Rc<str>,
    /// `HTTP 200, 15 of 50 entries failed`.
    pub outcome: Rc<str>,
    /// The body as JSON, a member or an entry a line, and whether the line tells of a failure.
    pub lines: Vec<(String, bool)>,
}

/// A field of the form.
#[derive(Clone, Debug)]
pub struct FieldRow {
    /// Its specification.
    pub field: &'static Field,
    /// The value as it is.
    pub value: Value,
    /// What is wrong with it: sentence and help.
    pub problem: Option<(Rc<str>, Rc<str>)>,
    /// For columns and data sets: what may be chosen.
    pub options: Vec<Rc<str>>,
}

impl PartialEq for FieldRow {
    fn eq(&self, other: &Self) -> bool {
        self.field.key == other.field.key
            && self.value == other.value
            && self.problem == other.problem
            && self.options == other.options
    }
}

/// A metric of the inspector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricRow {
    /// AWS name.
    pub name: Rc<str>,
    /// `880 /s`, `27.4 s`.
    pub value: Rc<str>,
    /// Trouble.
    pub bad: bool,
    /// Last five minutes by the second, oldest first.
    pub series: Rc<Vec<u64>>,
}

/// A sentence about a refusal, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyCard {
    /// `Why rejected?`.
    pub title: Rc<str>,
    /// `shard_records`.
    pub reason: Rc<str>,
    /// The sentence in runs: text, and whether it stands out.
    pub runs: Rc<Vec<(Rc<str>, bool)>>,
    /// The AWS error, verbatim; may be empty.
    pub error: Rc<str>,
    /// The rule's source: title and address.
    pub source: (Rc<str>, Rc<str>),
    /// How often it was explained and since when: `40 times since 10:04:02`; empty for one.
    pub times: Rc<str>,
    /// It does not show any more.
    pub is_past: bool,
}

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// 56 digits.
    pub sequence_number: Rc<str>,
    /// Partition key.
    pub key: Rc<str>,
    /// Hash of the key in hexadecimal.
    pub hash: Rc<str>,
    /// `10:04:31.214`.
    pub arrival: Rc<str>,
    /// Bytes of data.
    pub bytes: u32,
    /// The first kilobyte as text.
    pub text: Rc<str>,
}

/// A row of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineRow {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: Rc<str>,
    /// Title of its kind.
    pub title: Rc<str>,
    /// Glyph of its kind.
    pub glyph: Rc<str>,
    /// A sentence: `4 shards, 3,010 records a second, shard 2 rejecting 880. Feeds to-s3.`
    pub words: Rc<str>,
    /// Selected.
    pub selected: bool,
    /// Has errors.
    pub invalid: bool,
    /// Its card on the screen, in CSS pixels: x, y, width, height.
    pub rect: (i32, i32, i32, i32),
    /// Its ports on the screen: name, x, y.
    pub ports: Vec<(&'static str, i32, i32)>,
}

/// A chart strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// AWS metric name.
    pub name: Rc<str>,
    /// `orders · sum`.
    pub of: Rc<str>,
    /// Newest value with its unit.
    pub value: Rc<str>,
    /// `59 % of 4,000`.
    pub note: Rc<str>,
    /// Trouble.
    pub bad: bool,
    /// First second of the series since the scenario began.
    pub from_sec: u64,
    /// Seconds one point covers: 1, or 60 with the CloudWatch lens.
    pub step_secs: u32,
    /// Oldest first.
    pub points: Rc<Vec<u64>>,
    /// A limit line: value and label.
    pub limit: Option<(u64, Rc<str>)>,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Objects sealed.
    pub flushes: u64,
    /// Records rejected.
    pub throttled: u64,
    /// Reshards.
    pub reshards: u64,
    /// Faults.
    pub faults: u64,
}

/// The bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// `$0.000417`.
    pub so_far: Rc<str>,
    /// What a month like the run so far would cost.
    pub month: Rc<str>,
    /// Whether the account has On-demand Advantage; none where limits are older than that.
    pub advantage: Option<bool>,
    /// Line by line, ascending by part.
    pub rows: Rc<Vec<CostRow>>,
}

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostRow {
    /// Name of the part.
    pub of: Rc<str>,
    /// What is billed.
    pub item: Item,
    /// `Shard hours`.
    pub label: Rc<str>,
    /// `0.0833 shard-hours`.
    pub used: Rc<str>,
    /// Dollars a unit, as a person would type them.
    pub price: Rc<str>,
    /// Whether the price is the scenario's own.
    pub is_own: bool,
    /// Cost so far.
    pub so_far: Rc<str>,
    /// Cost of a month.
    pub month: Rc<str>,
    /// Where the price was seen.
    pub source: Rc<str>,
}

/// CloudTrail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// Whether these are data events, not management events.
    pub data: bool,
    /// Newest first.
    pub rows: Vec<TrailRow>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailRow {
    /// Tells it from all others while newer ones come in above it.
    pub key: Rc<str>,
    /// `10:04:31.214`.
    pub at: Rc<str>,
    /// Who called.
    pub by: Rc<str>,
    /// `GetShardIterator`.
    pub operation: Rc<str>,
    /// What it was about.
    pub of: Rc<str>,
    /// The exception; empty when it went well.
    pub error: Rc<str>,
    /// The whole event.
    pub json: Rc<str>,
}

/// One line of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// Simulated time: `10:04:31.214`.
    pub at: Rc<str>,
    /// As typed.
    pub line: Rc<str>,
    /// What it printed.
    pub output: Rc<str>,
    /// Whether it failed.
    pub failed: bool,
}
