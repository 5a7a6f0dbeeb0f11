//! The way to a running engine: commands and questions in, reports and snapshots out.
//!
//! Everything that passes is plain data, and answers may arrive a frame late, so the engine can
//! stand on the other side of a worker. The session never holds an engine.

use std::collections::VecDeque;
use std::sync::Arc;

use base::{Diagnostic, NodeId, Time};
use engine::api::last::PutAnswer;
use engine::snapshot::Table;
use engine::{
    Cause, Engine, Formats, Object, Progress, RecordView, Sign, Snapshot, TrailEvent, Usage,
};
use scenario::{Action, DataSets, Document, Scheduled};

use crate::folder::Folder;
use crate::rows::{Found, Look, SEARCHED_MAX};

/// Entries of an answer that are listed; a call has 500 at most.
const ENTRIES_SHOWN: u32 = 100;
/// Rows of each in-application stream that are shown.
const TABLE_ROWS: u32 = 50;
/// Events of one moment that a single step handles.
const STEP_EVENTS_MAX: u32 = 100_000;

/// What an engine can be told.
#[derive(Clone, Debug)]
pub enum Command {
    /// Begin a run; an earlier one ends.
    Start {
        /// The design.
        document: Arc<Document>,
        /// Data sets at hand.
        data: DataSets,
    },
    /// End the run.
    Stop,
    /// Handle events until this time.
    Advance {
        /// Included.
        until: Time,
        /// Budget.
        events_max: u32,
    },
    /// Go to the next event and handle everything that is due then.
    StepEvent,
    /// Data sets at hand from now on.
    Data(DataSets),
    /// What runs begin with that need jq, Parquet or compression.
    Formats(Formats),
    /// A part has another name.
    Rename(NodeId, String),
    /// What the script still holds.
    Script(Vec<Scheduled>),
    /// Change the run at its current time.
    Apply(Vec<Action>),
    /// Look something up.
    Ask(Query),
}

/// A question about the state of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Query {
    /// `StreamStatus` of the stream of a name.
    StreamStatus(String),
    /// Explanations of a node.
    Causes(NodeId),
    /// A metric by the second.
    Series {
        /// The node.
        node: NodeId,
        /// Position in `KindSpec::metrics`.
        metric: u8,
        /// Whole seconds at most.
        secs: u32,
    },
    /// What lies under a prefix of a bucket.
    Listing {
        /// The bucket.
        node: NodeId,
        /// Keys that begin with it.
        prefix: String,
        /// So many newer objects are left out.
        skip: u32,
    },
    /// Every object under a prefix of a bucket, with its bytes.
    Objects {
        /// The bucket.
        node: NodeId,
        /// Keys that begin with it.
        prefix: String,
    },
    /// One object with its bytes.
    Object {
        /// The bucket.
        node: NodeId,
        /// Position in order of delivery, from 0.
        position: u32,
    },
    /// Rows of a part that keeps some.
    Sheet {
        /// The part.
        node: NodeId,
        /// Which of them.
        look: Look,
    },
    /// The newest rows of the in-application streams of a query.
    Tables(NodeId),
    /// The newest answer to a put call of a part.
    LastPut(NodeId),
    /// Newest records of a shard.
    Records {
        /// The stream.
        node: NodeId,
        /// The shard's number.
        lane: u32,
        /// How many at most.
        count: u32,
    },
    /// What everything used that AWS bills.
    Usage,
    /// What CloudTrail has: management events, or data events.
    Trail(bool),
    /// What goes wrong at the moment.
    Signs,
    /// The buckets of the account.
    Buckets,
    /// All rows of a part as a table.
    Relation(NodeId),
}

/// What answers a [`Query`].
#[derive(Clone, Debug)]
pub enum Answer {
    /// Nothing when there is no such stream.
    StreamStatus(Option<&'static str>),
    /// With their names.
    Buckets(Vec<(NodeId, String)>),
    /// Newest first.
    Causes(Vec<Cause>),
    /// Oldest first.
    Series(Vec<u64>),
    /// Folders and objects.
    Listing(Folder),
    /// Oldest first.
    Objects(Vec<Object>),
    /// Nothing when the position is not taken.
    Object(Option<Object>),
    /// Newest first.
    Records(Vec<RecordView>),
    /// None for parts without rows.
    Sheet(Option<Found>),
    /// `error_stream` last.
    Tables(Vec<Table>),
    /// None for parts that put nothing, or not to a stream.
    LastPut(Option<PutAnswer>),
    /// By node and line of the bill.
    Usage(Vec<Usage>),
    /// Oldest first.
    Trail(Vec<TrailEvent>),
    /// Ascending by part.
    Signs(Vec<Sign>),
    /// None for parts without rows.
    Relation(Option<sql::batch::Table>),
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Report {
    /// The run began.
    Started,
    /// The run or the change was refused; what ran before goes on.
    Refused(Vec<Diagnostic>),
    /// How an advance ended.
    Advanced(Progress),
    /// An answer.
    Answer(Query, Answer),
}

/// The way to an engine, wherever it runs.
pub trait Driver {
    /// Sends a command; what it gives arrives through `receive` and `observe`, now or later.
    fn send(&mut self, command: Command);

    /// The next report, oldest first.
    fn receive(&mut self) -> Option<Report>;

    /// Copies the newest state into `out` and says whether it is newer than the last one.
    fn observe(&mut self, out: &mut Snapshot) -> bool;
}

impl core::fmt::Debug for dyn Driver {
    /// Only its name: printing a whole engine would pull the printing of everything into the page.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Driver")
    }
}

/// An engine in the same thread: answers are there at once.
#[derive(Debug, Default)]
pub struct LocalDriver {
    formats: Formats,
    engine: Option<Engine>,
    reports: VecDeque<Report>,
    is_stale: bool,
}

impl Driver for LocalDriver {
    fn send(&mut self, command: Command) {
        self.is_stale |= !matches!(command, Command::Ask(_));
        match command {
            Command::Start { document, data } => self.start(&document, &data),
            Command::Stop => self.engine = None,
            Command::Advance { until, events_max } => self.advance(until, events_max),
            Command::StepEvent => {
                let next = self.engine.as_ref().and_then(Engine::next_event_at);
                if let Some(at) = next {
                    self.advance(at, STEP_EVENTS_MAX);
                }
            }
            Command::Data(data) => {
                if let Some(engine) = &mut self.engine {
                    engine.set_data(&data);
                }
            }
            Command::Formats(formats) => self.formats = formats,
            Command::Rename(node, name) => {
                if let Some(engine) = &mut self.engine {
                    engine.rename(node, &name);
                }
            }
            Command::Script(entries) => {
                if let Some(engine) = &mut self.engine {
                    engine.set_script(&entries);
                }
            }
            Command::Apply(actions) => self.apply(&actions),
            Command::Ask(query) => {
                if let Some(engine) = &self.engine {
                    let answer = answer(engine, &query);
                    self.reports.push_back(Report::Answer(query, answer));
                }
            }
        }
    }

    fn receive(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    fn observe(&mut self, out: &mut Snapshot) -> bool {
        if !core::mem::take(&mut self.is_stale) {
            return false;
        }
        match &self.engine {
            Some(engine) => engine.observe(out),
            None => *out = Snapshot::default(),
        }
        true
    }
}

impl LocalDriver {
    fn start(&mut self, document: &Document, data: &DataSets) {
        self.reports.push_back(match Engine::new(document, data, self.formats) {
            Ok(engine) => {
                self.engine = Some(engine);
                Report::Started
            }
            Err(findings) => {
                self.engine = None;
                Report::Refused(findings)
            }
        });
    }

    fn advance(&mut self, until: Time, events_max: u32) {
        if let Some(engine) = &mut self.engine {
            self.reports.push_back(Report::Advanced(engine.advance(until, events_max)));
        }
    }

    #[inline(never)]
    fn apply(&mut self, actions: &[Action]) {
        let Some(engine) = &mut self.engine else { return };
        let mut findings = Vec::new();
        for action in actions {
            if let Err(error) = engine.apply(action) {
                findings.extend(error.diagnostics);
            }
        }
        if !findings.is_empty() {
            self.reports.push_back(Report::Refused(findings));
        }
    }
}

fn answer(engine: &Engine, query: &Query) -> Answer {
    match query {
        Query::StreamStatus(name) => {
            let found = engine.describe_stream(name);
            Answer::StreamStatus(found.ok().map(|it| it.status.word()))
        }
        Query::Buckets => Answer::Buckets(engine.buckets()),
        Query::Causes(node) => Answer::Causes(engine.causes(*node)),
        Query::Series { node, metric, secs } => {
            Answer::Series(engine.series(*node, *metric, *secs))
        }
        Query::Listing { node, prefix, skip } => {
            Answer::Listing(Folder::of(engine.objects(*node), prefix, *skip))
        }
        Query::Objects { node, prefix } => {
            let objects = engine.objects(*node).iter();
            Answer::Objects(objects.filter(|it| it.key.starts_with(&**prefix)).cloned().collect())
        }
        Query::Object { node, position } => {
            Answer::Object(engine.objects(*node).get(*position as usize).cloned())
        }
        Query::Tables(node) => Answer::Tables(engine.tables(*node, TABLE_ROWS)),
        Query::LastPut(node) => Answer::LastPut(engine.put_answer(*node, ENTRIES_SHOWN)),
        Query::Sheet { node, look } => {
            let errors = engine.errors(*node, SEARCHED_MAX);
            let sheet = engine.sheet(*node, SEARCHED_MAX);
            Answer::Sheet(sheet.map(|sheet| Found::of(sheet, errors, look)))
        }
        Query::Records { node, lane, count } => {
            Answer::Records(engine.records(*node, *lane, *count))
        }
        Query::Usage => Answer::Usage(engine.usage()),
        Query::Trail(data) => Answer::Trail(engine.trail(*data).copied().collect()),
        Query::Signs => Answer::Signs(engine.signs()),
        Query::Relation(node) => Answer::Relation(engine.relation(*node)),
    }
}
