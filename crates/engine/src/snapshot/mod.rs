//! What the outside sees of a run: plain data, filled by `Engine::observe`, never read back.
//!
//! A node describes itself with `Gauge`s, a closed set of things a card can show; nothing that
//! draws needs to know kinds. Times are simulated; shares are per mille; `slot` is the colour slot
//! of a partition key (1 to 6 for the heaviest keys, 0 for all others).

mod delivery;
mod windows;

use std::borrow::Cow;
use std::sync::Arc;

use base::{EdgeId, NodeId, Time};
use serde_json::Value;

pub use crate::kernel::ledger::Totals;
pub use delivery::{Crate, ObjectRow, Objects, Partitions, Race, Seal, Transform};
pub use windows::{Dot, Emitted, Late, Ruler, Table, Window, WindowTrack};

/// Everything drawn in one frame.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Simulated time.
    pub now: Time,
    /// When the next event is due.
    pub next_event: Option<Time>,
    /// Events handled so far.
    pub events: u64,
    /// Hash over everything that happened.
    pub trace_hash: u64,
    /// One drawn dot stands for this many records.
    pub stride: u32,
    /// The heaviest keys that hold a colour slot, heaviest first.
    pub keys: Vec<KeyShare>,
    /// Nodes, ascending by id.
    pub nodes: Vec<NodeView>,
    /// Edges, ascending by id.
    pub edges: Vec<EdgeView>,
    /// Marks of the event timeline, oldest first.
    pub marks: Vec<Mark>,
    /// Where all records are.
    pub totals: Totals,
    /// What the person should know about the run, oldest first: script entries that could not be
    /// played any more.
    pub notices: Vec<Arc<Notice>>,
    /// The newest calls of the API by the script or by hand, oldest first.
    pub calls: Vec<Arc<ApiCall>>,
    /// Set once when a bound was reached and the run stopped: a sentence with a way out.
    pub halted: Option<Arc<str>>,
}

/// A call of the Kinesis API by the script or by hand, with what the service said.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiCall {
    /// When.
    pub at: Time,
    /// Such as `SplitShard`.
    pub operation: String,
    /// The request.
    pub body: Value,
    /// HTTP status: 200, 400 or 500.
    pub status: u16,
    /// The body of the answer; null where the service sends none.
    pub answer: Value,
}

impl ApiCall {
    /// What the service refused the call with: `LimitExceededException: …`.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let text = |key: &str| self.answer.get(key).and_then(Value::as_str);
        let message = text("message").or_else(|| text("Message")).unwrap_or_default();
        let name = text("__type").filter(|_| self.status != 200)?;
        Some(if message.is_empty() { name.to_owned() } else { format!("{name}: {message}") })
    }
}

/// Something the person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: Time,
    /// A sentence with a way out.
    pub text: String,
}

/// A key with a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShare {
    /// 1 to 6.
    pub slot: u8,
    /// The partition key.
    pub key: Arc<str>,
    /// Share of the records of the last seconds.
    pub permille: u32,
}

/// One node.
#[derive(Clone, Debug, Default)]
pub struct NodeView {
    /// Which.
    pub id: NodeId,
    /// What its card shows, top to bottom.
    pub gauges: Vec<Gauge>,
    /// Named totals since the beginning, such as `attempted`.
    pub counters: Vec<(&'static str, u64)>,
    /// Value of each metric of the kind's specification over the last whole second (per second
    /// for sums), and since the beginning.
    pub metrics: Vec<MetricView>,
    /// Records rejected in the last whole second: above zero the node is throttled.
    pub rejected_per_sec: u32,
    /// Rejected records with an explanation at hand.
    pub causes: u32,
    /// Batches that wait for their next attempt: per mille of the back-off still to go.
    pub retries: Vec<u16>,
    /// Running faults.
    pub faults: Vec<FaultView>,
}

/// One metric of one node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricView {
    /// Over the last whole second.
    pub last: u64,
    /// Sum or maximum since the beginning.
    pub total: u64,
    /// Whole seconds since a gauge was measured last: it keeps its value meanwhile.
    pub silent_secs: u32,
}

/// Rows of a part that keeps some: leases, items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns.
    pub columns: Vec<Cow<'static, str>>,
    /// One text for each column.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Rows under columns that are always the same.
    #[must_use]
    pub fn new(columns: &[&'static str], rows: Vec<Vec<String>>) -> Self {
        Self { columns: columns.iter().copied().map(Cow::Borrowed).collect(), rows }
    }
}

/// A running fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultView {
    /// Which.
    pub kind: scenario::FaultKind,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Time,
}

/// One thing on a card.
#[derive(Clone, Debug)]
pub enum Gauge {
    /// A labelled line with the newest value at the right: one point for each second.
    Spark {
        /// `rate`.
        label: &'static str,
        /// The newest value.
        value: u64,
        /// `/s`.
        unit: &'static str,
        /// Oldest first, at most 120 points.
        series: Vec<u32>,
        /// A line drawn at this value.
        limit: Option<u32>,
        /// Whether the value is past its alarm.
        late: bool,
    },
    /// The heaviest keys as bars, heaviest first.
    Bars {
        /// `key`.
        label: &'static str,
        /// `gate id, top 10`.
        caption: String,
        /// Slot and height in per mille of the tallest.
        bars: Vec<(u8, u16)>,
    },
    /// Two small texts, left and right.
    Line {
        /// Left.
        left: String,
        /// Right.
        right: String,
    },
    /// Counters that add up: sign, label, value.
    Counters(Vec<Counter>),
    /// The lanes of a stream.
    Lanes(Lanes),
    /// The race of tank and clock.
    Race(Race),
    /// Objects of a bucket.
    Objects(Objects),
    /// One row for each shard a reader reads.
    Shards {
        /// Shard number, iterator age in milliseconds, whether it is late.
        cells: Vec<ShardAge>,
    },
    /// What a library packs before it sends.
    Packs(Packs),
    /// Who holds which leases.
    Leases(Leases),
    /// The batch an event source mapping is busy with.
    Invocation(Invocation),
    /// The function that transforms records beside a Firehose stream.
    Transform(Transform),
    /// One small race for each of the fullest dynamic partitions.
    Partitions(Partitions),
    /// A streaming query with its windows.
    Windows(Box<WindowTrack>),
}

/// A line of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Empty, `=` or `+`.
    pub sign: &'static str,
    /// `attempted`, `stored`, …
    pub label: &'static str,
    /// Records.
    pub value: u64,
    /// Drawn in the reject hue when above zero.
    pub bad: bool,
}

/// Where a reader stands on one shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardAge {
    /// Shard index.
    pub shard: u32,
    /// Iterator age in microseconds.
    pub age_micros: u64,
    /// Past its alarm.
    pub late: bool,
}

/// Kinesis records that are being packed, and those that are packed and not sent yet.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// User records in one Kinesis record, on average since the beginning.
    pub ratio: u64,
    /// User records taken in the last second.
    pub per_sec: u64,
    /// `linger 100 ms · 1.9 KiB`.
    pub words: String,
    /// The next to go, at most [`Packs::SHOWN_MAX`].
    pub packs: Vec<Pack>,
    /// Packs that are not among them.
    pub more: u64,
}

impl Packs {
    /// Packs on a card.
    pub const SHOWN_MAX: usize = 3;
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// User records in it.
    pub records: u64,
    /// Colour slots of its first user records, at most [`Pack::SLOTS_MAX`].
    pub slots: Vec<u8>,
    /// Packed: nothing joins it any more.
    pub sealed: bool,
}

impl Pack {
    /// User records drawn in one.
    pub const SLOTS_MAX: usize = 7;
}

/// The leases of an application.
#[derive(Clone, Debug, Default)]
pub struct Leases {
    /// Live workers, oldest first.
    pub workers: Vec<Holder>,
    /// Shards that no live worker holds.
    pub orphans: Vec<ShardAge>,
    /// How far behind the application was, in milliseconds: one point for each second.
    pub series: Vec<u32>,
}

impl Leases {
    /// Those of all workers, and those of none.
    pub fn all(&self) -> impl Iterator<Item = &ShardAge> {
        self.workers.iter().flat_map(|holder| &holder.leases).chain(&self.orphans)
    }

    /// The one that is furthest behind.
    pub fn worst(&self) -> Option<&ShardAge> {
        self.all().max_by_key(|lease| lease.age_micros)
    }
}

/// A worker with the leases it believes to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number: the first is 1, and none is used again.
    pub worker: u32,
    /// How it does.
    pub state: HolderState,
    /// Ascending by shard.
    pub leases: Vec<ShardAge>,
}

/// How a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderState {
    /// As it should.
    Well,
    /// So too, and it assigns the leases.
    Leads,
    /// Its work takes a multiple of the time.
    Slow,
    /// It stands still.
    Paused,
}

/// What an event source mapping does for the line that needs it most: a batch that failed before
/// all others, then the one that runs longest, then the fullest one.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// Records in the batch.
    pub records: u64,
    /// Records of a full batch.
    pub records_max: u64,
    /// Attempts begun; none while the batch still gathers.
    pub attempt: u32,
    /// How often it is tried; none when only age ends it.
    pub attempts_max: Option<u32>,
    /// What happens now.
    pub stage: Stage,
    /// Until the next step is due, in microseconds, and how long the stage lasts as a whole.
    pub left_micros: u64,
    /// The whole of it; zero when nothing is due.
    pub whole_micros: u64,
    /// Small facts beside it: what, how much, and whether that is bad.
    pub facts: Vec<(String, String, bool)>,
    /// The shard that is furthest behind.
    pub worst: Option<ShardAge>,
    /// Iterator age in milliseconds: one point for each second.
    pub series: Vec<u32>,
}

/// What an event source mapping does with a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    #[default]
    Idle,
    /// Waits for more records.
    Gathers,
    /// The function works on it.
    Runs,
    /// The function is called again later.
    Rests,
}

/// All lanes of a stream.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    /// The capacity mode: `provisioned` or `on-demand`.
    pub mode: &'static str,
    /// `StreamStatus` while it is not `ACTIVE`, else empty.
    pub status: &'static str,
    /// `RetentionPeriodHours`.
    pub retention_hours: u32,
    /// Age of the oldest record that is held, in microseconds.
    pub oldest_micros: u64,
    /// Open lanes first, ascending by hash range, then closed ones.
    pub lanes: Vec<Lane>,
    /// Where each reader is furthest behind, when the lanes are too many to have flags: the shard
    /// and the flag.
    pub slowest: Vec<(u32, Flag)>,
}

/// One shard.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    /// Shard index, as in `shardId-000000000002`.
    pub shard: u32,
    /// First and last hash key of the range.
    pub range: (u128, u128),
    /// The shards whose range it took over: one after a split, two after a merge.
    pub parents: (Option<u32>, Option<u32>),
    /// When it began to take writes.
    pub opened: Time,
    /// Closed shards keep their records until they are read or expire.
    pub closed: bool,
    /// When a closed one stopped taking writes.
    pub closed_at: Time,
    /// Closed, and every reader of the stream has come to its end.
    pub drained: bool,
    /// Offered records per second against the limit of 1,000, in per mille.
    pub records_permille: u32,
    /// Offered bytes per second against the limit of 1 MiB, in per mille.
    pub bytes_permille: u32,
    /// Records stored in the last second.
    pub stored_per_sec: u32,
    /// Records rejected in the last second.
    pub rejected_per_sec: u32,
    /// Records held.
    pub held: u64,
    /// Sampled records younger than ten seconds, newest first: age in microseconds and slot. One
    /// for each `Snapshot::stride` records, at most 64.
    pub recent: Vec<(u64, u8)>,
    /// Older history, newest first.
    pub history: Vec<Stretch>,
    /// Readers.
    pub flags: Vec<Flag>,
}

/// What a lane stored over a stretch of its past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Age of its young end in microseconds.
    pub from_micros: u64,
    /// Age of its old end in microseconds.
    pub to_micros: u64,
    /// Stored records per second against the limit, in per mille.
    pub permille: u16,
    /// Share of each slot, 0 to 6, in per mille of this stretch.
    pub mix: [u16; 7],
}

/// Where a reader stands on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The edge it reads through.
    pub edge: EdgeId,
    /// `A` for the stream's first reading edge, then `B`, …
    pub letter: char,
    /// Iterator age in microseconds.
    pub age_micros: u64,
    /// Past its alarm.
    pub late: bool,
}

/// One edge.
#[derive(Clone, Debug, Default)]
pub struct EdgeView {
    /// Which.
    pub id: EdgeId,
    /// Records that passed in the last second.
    pub records_per_sec: u32,
    /// Records the far end refused in the last second.
    pub rejected_per_sec: u32,
    /// Share of each slot, 0 to 6, over the last second, in per mille.
    pub mix: [u16; 7],
    /// Sampled records that passed lately, oldest first: the newest 20 seconds at most.
    pub passages: Vec<Passage>,
    /// For an edge that leaves a stream: the reader's letter.
    pub letter: Option<char>,
    /// Objects on their way or waiting at the dock, oldest first.
    pub crates: Vec<Crate>,
}

/// One sampled record on an edge. It reached the far end at `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// When the far end took or refused it.
    pub at: Time,
    /// Scrambled record id: the same record gives the same dot in every replay.
    pub mark: u32,
    /// Colour slot.
    pub slot: u8,
    /// Size class: 0 tiny, 1 usual, 2 large.
    pub size: u8,
    /// Lane (shard index) it went to or came from; 0 where there are no lanes.
    pub lane: u32,
    /// Taken or refused.
    pub outcome: Outcome,
}

/// What became of a record at the end of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Accepted,
    /// Taken on a second or later attempt.
    Retried,
    /// A copy of a record that was taken before.
    Duplicate,
    /// Refused.
    Rejected,
}

/// A mark on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When it happened or began.
    pub at: Time,
    /// When it ended, for things that last; still running when it equals `Time(u64::MAX)`.
    pub until: Option<Time>,
    /// What.
    pub kind: MarkKind,
    /// Where.
    pub node: NodeId,
}

/// Kinds of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// Firehose sealed an object by size.
    FlushSize,
    /// Firehose sealed an object by time.
    FlushTime,
    /// Records were rejected, from the first to the last second without a pause.
    Throttle,
    /// A fault ran.
    Fault,
    /// Shards were opened and closed.
    Reshard,
    /// A person or the script changed the design.
    Change,
    /// Records were lost: expired unread, dropped, given up.
    Loss,
}
