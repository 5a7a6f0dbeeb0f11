//! The run of a design: which design the engine runs, what it looks like, what it answered.
//!
//! While the document has errors the engine goes on with the last valid design; once it is valid
//! again only the difference is applied. Before time has passed, a change begins the run anew.

use std::sync::Arc;

use base::{Diagnostic, NodeId, Time, VecMap};
use engine::api::last::PutAnswer;
use engine::snapshot::{Gauge, Table};
use engine::{Cause, Formats, Object, Progress, RecordView, Sign, Snapshot, TrailEvent, Usage};
use scenario::edit::actions_between;
use scenario::{Action, DataSets, Document, Scheduled, script};

use crate::driver::{Answer, Command, Driver, LocalDriver, Query, Report};
use crate::folder::Folder;
use crate::rows::{Found, Look};

/// A run behind its driver.
#[derive(Debug)]
pub struct Run {
    driver: Box<dyn Driver>,
    /// The last valid design; `None` while there never was one.
    design: Option<Arc<Document>>,
    snapshot: Snapshot,
    answers: VecMap<Query, Answer>,
    /// What the engine refused last.
    refused: Vec<Diagnostic>,
    last: Option<Progress>,
    /// Faults that were set and ended by hand in this run, with their times.
    struck: Vec<Scheduled>,
    /// The design changed while time passed.
    is_changed: bool,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            driver: Box::<LocalDriver>::default(),
            design: None,
            snapshot: Snapshot::default(),
            answers: VecMap::new(),
            refused: Vec::new(),
            last: None,
            struck: Vec::new(),
            is_changed: false,
        }
    }
}

impl Run {
    /// The newest state that arrived.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Whether there is a design to run.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.design.is_some()
    }

    /// What the engine refused since the last change.
    #[must_use]
    pub fn refused(&self) -> &[Diagnostic] {
        &self.refused
    }

    /// Ends the run.
    pub fn stop(&mut self) {
        self.design = None;
        self.refused.clear();
        self.answers.clear();
        self.send(Command::Stop);
    }

    /// Begins anew with a valid design.
    pub fn start(&mut self, document: &Arc<Document>, data: &DataSets) {
        self.design = Some(Arc::clone(document));
        self.refused.clear();
        self.answers.clear();
        self.struck.clear();
        self.is_changed = false;
        self.send(Command::Start { document: Arc::clone(document), data: data.clone() });
    }

    /// Takes a valid design: the difference at the current time, or a new beginning when no time
    /// has passed or the difference cannot be lived through. A script that says something else
    /// about the past begins a run anew as well; then the moment to catch up with is given back.
    pub fn take(&mut self, document: &Arc<Document>, data: &DataSets) -> Option<Time> {
        let Some(old) = self.design.take() else {
            self.start(document, data);
            return None;
        };
        let now = self.snapshot.now;
        let has_begun = now > Time::ZERO;
        let actions = actions_between(&old, document);
        let begins_alike = begins_alike(&old, document);
        let again = if has_begun {
            account(&old) != account(document)
        } else {
            !begins_alike || !actions.is_empty()
        };
        if again {
            self.start(document, data);
            return None;
        }
        let mut script = old.script.clone();
        let renamed = renamed(&old, document);
        for (_, from, to) in &renamed {
            script::rename(&mut script, from, to);
        }
        let past = |entries: &[Scheduled]| {
            let entries = entries.iter().filter(|entry| entry.at <= now);
            entries.cloned().collect::<Vec<_>>()
        };
        if has_begun && past(&script) != past(&document.script) {
            self.start(document, data);
            return Some(now);
        }
        self.design = Some(Arc::clone(document));
        for (node, _, name) in renamed {
            self.send(Command::Rename(node, name));
        }
        if old.script != document.script {
            self.send(Command::Script(document.script.clone()));
        }
        if !actions.is_empty() {
            self.is_changed |= has_begun;
            self.act(actions);
        }
        None
    }

    fn act(&mut self, actions: Vec<Action>) {
        self.refused.clear();
        self.send(Command::Apply(actions));
    }

    /// Sets and ends faults at the current time: the run has them, the design does not.
    pub fn strike(&mut self, actions: Vec<Action>) {
        // As a step of a script it comes after what has happened by now.
        let at = Time(self.snapshot.now.0 + 1);
        let step = |action: &Action| match action {
            // A script has no faults of no time.
            Action::Fault(fault) if fault.lasts == base::Duration::ZERO => {
                Action::ClearFaults(fault.node)
            }
            action => action.clone(),
        };
        let steps: Vec<Action> = actions.iter().map(step).collect();
        self.act(actions);
        if self.refused.is_empty() {
            self.struck.extend(steps.into_iter().map(|action| Scheduled { at, action }));
        }
    }

    /// Faults that were set and ended by hand since the beginning, oldest first.
    #[must_use]
    pub fn struck(&self) -> &[Scheduled] {
        &self.struck
    }

    /// Whether the design changed while time passed: from its beginning on, the same design comes
    /// to another state.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Lets time pass, at most until the budget is spent; whether it was.
    pub fn advance(&mut self, until: Time, events_max: u32) -> bool {
        self.send(Command::Advance { until, events_max });
        self.last == Some(Progress::BudgetSpent)
    }

    /// Goes to the next event.
    pub fn step_event(&mut self) {
        self.send(Command::StepEvent);
    }

    /// Asks; answers are kept until the question is no longer asked.
    pub fn ask(&mut self, queries: Vec<Query>) {
        self.answers.retain(|query, _answer| queries.contains(query));
        for query in queries {
            self.driver.send(Command::Ask(query));
        }
        self.receive();
    }

    /// Asks one question more.
    pub fn ask_also(&mut self, query: Query) {
        self.driver.send(Command::Ask(query));
        self.receive();
    }

    /// What runs begin with from now on.
    pub fn set_formats(&mut self, formats: Formats) {
        self.send(Command::Formats(formats));
    }

    /// The data sets at hand changed.
    pub fn set_data(&mut self, data: &DataSets) {
        self.send(Command::Data(data.clone()));
    }

    /// Explanations of a node, newest first.
    #[must_use]
    pub fn causes(&self, node: NodeId) -> &[Cause] {
        match self.answers.get(&Query::Causes(node)) {
            Some(Answer::Causes(causes)) => causes,
            _ => &[],
        }
    }

    /// A metric by the second, oldest first.
    #[must_use]
    pub fn series(&self, node: NodeId, metric: u8, secs: u32) -> &[u64] {
        match self.answers.get(&Query::Series { node, metric, secs }) {
            Some(Answer::Series(values)) => values,
            _ => &[],
        }
    }

    /// What lies under a prefix, after so many newer objects.
    #[must_use]
    pub fn folder(&self, node: NodeId, prefix: &str, skip: u32) -> Option<&Folder> {
        match self.answers.get(&Query::Listing { node, prefix: prefix.to_owned(), skip }) {
            Some(Answer::Listing(folder)) => Some(folder),
            _ => None,
        }
    }

    /// Every object under a prefix, oldest first.
    pub fn objects_under(&mut self, node: NodeId, prefix: &str) -> Vec<Object> {
        let query = Query::Objects { node, prefix: prefix.to_owned() };
        self.ask_also(query.clone());
        match self.answers.remove(&query) {
            Some(Answer::Objects(objects)) => objects,
            _ => Vec::new(),
        }
    }

    /// One object, asked for at once.
    pub fn object_at(&mut self, node: NodeId, position: u32) -> Option<Object> {
        self.ask_also(Query::Object { node, position });
        self.object(node, position).cloned()
    }

    /// How many objects a bucket has.
    #[must_use]
    pub fn count_objects(&self, node: NodeId) -> Option<u32> {
        let view = self.snapshot.nodes.iter().find(|view| view.id == node)?;
        view.gauges.iter().find_map(|gauge| match gauge {
            Gauge::Objects(objects) => u32::try_from(objects.count).ok(),
            _ => None,
        })
    }

    /// One object.
    #[must_use]
    pub fn object(&self, node: NodeId, position: u32) -> Option<&Object> {
        match self.answers.get(&Query::Object { node, position }) {
            Some(Answer::Object(object)) => object.as_ref(),
            _ => None,
        }
    }

    /// Rows of a part that keeps some.
    #[must_use]
    pub fn sheet(&self, node: NodeId, look: &Look) -> Option<&Found> {
        match self.answers.get(&Query::Sheet { node, look: look.clone() }) {
            Some(Answer::Sheet(found)) => found.as_ref(),
            _ => None,
        }
    }

    /// The newest rows of the in-application streams of a query.
    #[must_use]
    pub fn tables(&self, node: NodeId) -> &[Table] {
        match self.answers.get(&Query::Tables(node)) {
            Some(Answer::Tables(tables)) => tables,
            _ => &[],
        }
    }

    /// The newest answer to a put call of a part.
    #[must_use]
    pub fn put_answer(&self, node: NodeId) -> Option<&PutAnswer> {
        match self.answers.get(&Query::LastPut(node)) {
            Some(Answer::LastPut(answer)) => answer.as_ref(),
            _ => None,
        }
    }

    /// Newest records of a shard.
    #[must_use]
    pub fn records(&self, node: NodeId, lane: u32, count: u32) -> &[RecordView] {
        match self.answers.get(&Query::Records { node, lane, count }) {
            Some(Answer::Records(records)) => records,
            _ => &[],
        }
    }

    /// `StreamStatus` of the stream of a name, as it is now; nothing when there is none.
    pub fn stream_status(&mut self, name: &str) -> Option<&'static str> {
        let query = Query::StreamStatus(name.to_owned());
        self.ask_also(query.clone());
        match self.answers.remove(&query) {
            Some(Answer::StreamStatus(status)) => status,
            _ => None,
        }
    }

    /// The buckets of the account with their names, as of now.
    #[inline(never)]
    pub fn buckets(&mut self) -> Vec<(NodeId, String)> {
        self.ask_also(Query::Buckets);
        match self.answers.remove(&Query::Buckets) {
            Some(Answer::Buckets(buckets)) => buckets,
            _ => Vec::new(),
        }
    }

    /// All rows of a part as a table, as of now.
    #[inline(never)]
    pub fn relation(&mut self, node: NodeId) -> Option<sql::batch::Table> {
        let query = Query::Relation(node);
        self.ask_also(query.clone());
        match self.answers.remove(&query) {
            Some(Answer::Relation(table)) => table,
            _ => None,
        }
    }

    /// What everything used that AWS bills.
    #[must_use]
    pub fn usage(&self) -> &[Usage] {
        match self.answers.get(&Query::Usage) {
            Some(Answer::Usage(usage)) => usage,
            _ => &[],
        }
    }

    /// What goes wrong at the moment, ascending by part.
    #[must_use]
    pub fn signs(&self) -> &[Sign] {
        match self.answers.get(&Query::Signs) {
            Some(Answer::Signs(signs)) => signs,
            _ => &[],
        }
    }

    /// What CloudTrail has, oldest first.
    #[must_use]
    pub fn trail(&self, data: bool) -> &[TrailEvent] {
        match self.answers.get(&Query::Trail(data)) {
            Some(Answer::Trail(events)) => events,
            _ => &[],
        }
    }

    fn send(&mut self, command: Command) {
        self.driver.send(command);
        self.receive();
        self.driver.observe(&mut self.snapshot);
    }

    fn receive(&mut self) {
        while let Some(report) = self.driver.receive() {
            match report {
                Report::Started => {}
                Report::Refused(findings) => self.refused = findings,
                Report::Advanced(progress) => self.last = Some(progress),
                Report::Answer(query, answer) => {
                    self.answers.insert(query, answer);
                }
            }
        }
    }
}

/// Parts with another name: the part, its old name and its new one.
fn renamed(old: &Document, new: &Document) -> Vec<(NodeId, String, String)> {
    let names = new.nodes.iter().filter_map(|node| {
        let before = old.node(node.id).filter(|before| before.name != node.name)?;
        Some((node.id, before.name.clone(), node.name.clone()))
    });
    names.collect()
}

/// What holds from the beginning on: a run with another seed or another account is another run.
fn account(document: &Document) -> (u64, bool) {
    (document.seed, document.on_demand_advantage)
}

/// Whether a run of either begins with the same facts, wires and settings aside.
fn begins_alike(old: &Document, new: &Document) -> bool {
    let names = |document: &Document| {
        document.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>()
    };
    account(old) == account(new)
        && old.epoch_millis == new.epoch_millis
        && old.limits == new.limits
        && old.script == new.script
        && names(old) == names(new)
}
