//! Random scenarios against the invariants every run must keep.
//!
//! One seed is one scenario with actions by hand. It runs once, once more from a checkpoint in the
//! middle, again in pieces while being watched, and with its parts moved and renamed: all must
//! agree to the last event. The first broken promise is returned with what it takes to see it
//! again.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base::{Duration, Rng, Time};
use engine::kernel::ledger::Account;
use engine::{Engine, Progress, RecordView, Snapshot};
use scenario::edit::actions_between;
use scenario::{Action, Config, DataSets, Document, Node, Point, Scheduled, script};

use crate::generate::{self, RUN_MAX};
use crate::{FORMATS, roles, shipping};

/// No random scenario needs more; one that does feeds itself.
const EVENTS_MAX: u64 = 5_000_000;

/// Everything a run depends on.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario, its seed and script included.
    pub document: Document,
    /// Actions by hand, ascending by time.
    pub by_hand: Vec<Scheduled>,
}

impl Case {
    /// Everything that happens on its own or by hand.
    fn entries(&self) -> [&[Scheduled]; 2] {
        [&self.document.script, &self.by_hand]
    }
}

/// A run that kept every promise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Events handled in the plain run.
    pub events: u64,
    /// Records that were made.
    pub records: u64,
    /// Hash over everything that happened.
    pub hash: u64,
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which one.
    pub promise: &'static str,
    /// What was seen instead.
    pub seen: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.seen)
    }
}

/// Makes and checks the case of one seed.
///
/// # Errors
/// The first broken promise; a panic counts as one.
pub fn run_seed(seed: u64) -> Result<Report, Failure> {
    check(&case(seed))
}

/// The case of a seed.
#[must_use]
pub fn case(seed: u64) -> Case {
    let document = generate::document(seed);
    let by_hand = generate::by_hand(&document, seed);
    Case { document, by_hand }
}

/// Checks one case.
///
/// # Errors
/// The first broken promise; a panic counts as one.
pub fn check(case: &Case) -> Result<Report, Failure> {
    catch_unwind(AssertUnwindSafe(|| check_unguarded(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        broken("nothing panics", text.unwrap_or("no message").to_owned())
    })
}

fn check_unguarded(case: &Case) -> Result<Report, Failure> {
    let mut checkpoint = Checkpoint::default();
    let plain = run(case, &mut checkpoint)?;
    let end = view(&plain);
    balanced(&plain)?;
    ordered(&plain)?;
    parents_first(&plain)?;
    let changed = roles::changed(case.entries(), Time::ZERO, RUN_MAX);
    roles::nothing_leaks(&plain, &case.document, &changed)
        .or_else(|seen| broken("who may do nothing does nothing", seen))?;
    let same = |promise, engine: &Engine| {
        let other = view(engine);
        if other == end { Ok(()) } else { broken(promise, difference(&end, &other)) }
    };
    let in_pieces = run(case, &mut InPieces::new(case))?;
    if view(&in_pieces) != end {
        // Which promise it is shows in a run that is the same in everything.
        same("a run can be repeated", &run(case, &mut Checkpoint::default())?)?;
    }
    same("neither frame rate nor watching matters", &in_pieces)?;
    if let Some(mut copy) = checkpoint.copy {
        for scheduled in case.by_hand.iter().filter(|it| it.at > checkpoint.at) {
            act(&mut copy, scheduled)?;
        }
        go(&mut copy, RUN_MAX)?;
        same("a checkpoint continues like the original", &copy)?;
    }
    keeps_records(&plain, case)?;
    let moved = run(&moved(case), &mut Plain)?;
    if moved.trace_hash() != plain.trace_hash() {
        return broken("layout has no effect", case.document.title.clone());
    }
    edits_arrive(&plain, case)?;
    shipping::arrives(&plain, |node| {
        let mut actions = case.entries().into_iter().flatten().map(|entry| &entry.action);
        actions.any(|action| shipping::is_touched(action, &case.document, node))
    })
    .or_else(|seen| broken("what Firehose accepted finds its place", seen))?;
    let (events, hash) = (plain.events(), plain.trace_hash());
    Ok(Report { events, records: plain.totals().born, hash })
}

/// How one gets from one action to the next.
trait Pace {
    fn advance(&mut self, engine: &mut Engine, until: Time) -> Result<(), Failure>;

    /// Applies an action at its time.
    fn act(&mut self, engine: &mut Engine, scheduled: &Scheduled) -> Result<(), Failure> {
        self.advance(engine, scheduled.at)?;
        act(engine, scheduled)
    }
}

struct Plain;

impl Pace for Plain {
    fn advance(&mut self, engine: &mut Engine, until: Time) -> Result<(), Failure> {
        go(engine, until)
    }
}

/// Small random steps, each with a look at the state and a check of every invariant.
struct InPieces<'a> {
    case: &'a Case,
    rng: Rng,
    snapshot: Snapshot,
}

impl<'a> InPieces<'a> {
    fn new(case: &'a Case) -> Self {
        let rng = Rng::from_seed(case.document.seed).fork(3);
        Self { case, rng, snapshot: Snapshot::default() }
    }

    /// Every call since a moment went as the policy of its caller says.
    fn judge(&self, engine: &Engine, from: Time) -> Result<(), Failure> {
        let changed = |from| roles::changed(self.case.entries(), from, engine.now());
        roles::judge(engine, from, &changed(from), &changed(Time::ZERO))
            .or_else(|seen| broken("policies decide", seen))
    }
}

impl Pace for InPieces<'_> {
    fn advance(&mut self, engine: &mut Engine, until: Time) -> Result<(), Failure> {
        loop {
            let before = engine.now();
            let step = Time((before.0 + 1 + self.rng.below64(1_000_000)).min(until.0));
            let progress = engine.advance(step, 1 + self.rng.below(2_000));
            engine.observe(&mut self.snapshot);
            keeps_time(before, engine, &self.snapshot)?;
            self.judge(engine, before)?;
            whole(engine)?;
            let arrived = progress == Progress::Reached && step == until;
            if arrived || progress == Progress::Halted {
                return Ok(());
            }
        }
    }

    /// One that is refused must change nothing.
    fn act(&mut self, engine: &mut Engine, scheduled: &Scheduled) -> Result<(), Failure> {
        self.advance(engine, scheduled.at)?;
        let before = view(engine);
        if let Err(error) = engine.apply(&scheduled.action) {
            let after = view(engine);
            if after != before {
                let seen = format!("{error:?}: {}", difference(&before, &after));
                return broken("a refused action changes nothing", seen);
            }
            if error.diagnostics.is_empty() {
                return broken("a refusal has a reason", format!("{:?}", scheduled.action));
            }
        }
        whole(engine)
    }
}

/// Copies the engine in the middle of the run.
#[derive(Default)]
struct Checkpoint {
    copy: Option<Engine>,
    at: Time,
}

impl Pace for Checkpoint {
    fn advance(&mut self, engine: &mut Engine, until: Time) -> Result<(), Failure> {
        let middle = Time(RUN_MAX.0 / 2);
        if self.copy.is_none() && until >= middle {
            go(engine, middle)?;
            self.copy = Some(engine.clone());
            self.at = middle;
        }
        go(engine, until)
    }
}

fn run(case: &Case, pace: &mut impl Pace) -> Result<Engine, Failure> {
    let started = Engine::new(&case.document, &DataSets::default(), FORMATS);
    let mut engine = started.or_else(|findings| {
        let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
        broken("generated scenarios are legal", list.join("\n"))
    })?;
    // In ten seconds streams are to come, change and go.
    engine.account.create_delay = Duration::from_millis(700);
    engine.account.reshard_delay = Duration::from_millis(400);
    for scheduled in &case.by_hand {
        pace.act(&mut engine, scheduled)?;
    }
    pace.advance(&mut engine, RUN_MAX)?;
    whole(&engine)?;
    Ok(engine)
}

/// Applies an action at its time, whatever is said to it.
fn act(engine: &mut Engine, scheduled: &Scheduled) -> Result<(), Failure> {
    go(engine, scheduled.at)?;
    drop(engine.apply(&scheduled.action));
    whole(engine)
}

fn go(engine: &mut Engine, until: Time) -> Result<(), Failure> {
    while engine.events() < EVENTS_MAX {
        match engine.advance(until, 100_000) {
            Progress::Reached | Progress::Halted => return Ok(()),
            Progress::BudgetSpent => {}
        }
    }
    broken("a run ends", format!("{EVENTS_MAX} events at {:?}", engine.now()))
}

fn whole(engine: &Engine) -> Result<(), Failure> {
    engine.check().or_else(|violation| broken("the books are right", violation.0))?;
    let document = engine.document();
    // A call that was on its way when its wire was cut still comes to its end: no look at flights.
    let haunted = engine.accounts().find(|(account, records, _bytes)| {
        matches!(account, Account::Held(node) if document.node(*node).is_none()) && *records != 0
    });
    haunted.map_or(Ok(()), |(account, ..)| {
        broken("nothing stays with a part that is gone", format!("{account:?}"))
    })
}

fn keeps_time(before: Time, engine: &Engine, snapshot: &Snapshot) -> Result<(), Failure> {
    let (now, next) = (engine.now(), snapshot.next_event);
    if before <= now && next.is_none_or(|next| now <= next) {
        return Ok(());
    }
    broken("time never goes back", format!("{before:?}, then {now:?}, then {next:?}"))
}

/// Every record is somewhere, and nowhere twice.
fn balanced(engine: &Engine) -> Result<(), Failure> {
    let totals = engine.totals();
    let made = totals.born + totals.copied + totals.derived;
    let lost: u64 = totals.dropped.iter().map(|(_, records)| records).sum();
    let alive = totals.flight + totals.held;
    let gone = totals.delivered + totals.folded + totals.expired + lost;
    if made == alive + gone { Ok(()) } else { broken("no record is lost", format!("{totals:?}")) }
}

/// Sequence numbers rise with the order of storing, shard by shard.
fn ordered(engine: &Engine) -> Result<(), Failure> {
    for node in &engine.document().nodes {
        for lane in 0..24 {
            let newest_first = engine.records(node.id, lane, 500);
            for pair in newest_first.windows(2) {
                let (newer, older) = (&pair[0], &pair[1]);
                let digits = |text: &str| (text.len(), text.to_owned());
                let rises = digits(&newer.sequence_number) > digits(&older.sequence_number);
                if !rises || newer.arrival < older.arrival {
                    return broken("sequence numbers rise", short(older, newer));
                }
            }
        }
    }
    Ok(())
}

/// Children begin where their parents end: no record of a parent is younger than one of its
/// child, nor has a higher number.
fn parents_first(engine: &Engine) -> Result<(), Failure> {
    for name in engine.list_streams() {
        let Ok(stream) = engine.describe_stream(&name) else { continue };
        for child in &stream.shards {
            let first = engine.records(stream.node, child.shard.0, u32::MAX).pop();
            for parent in [child.parent, child.adjacent_parent].into_iter().flatten() {
                let last = engine.records(stream.node, parent.0, 1).pop();
                let (Some(last), Some(first)) = (last, &first) else { continue };
                let rises = (last.sequence_number.len(), &last.sequence_number)
                    < (first.sequence_number.len(), &first.sequence_number);
                if last.arrival > first.arrival || !rises {
                    return broken("parents come before children", short(&last, first));
                }
            }
        }
    }
    Ok(())
}

/// Two records without their data.
fn short(first: &RecordView, second: &RecordView) -> String {
    let one = |it: &RecordView| format!("{} {} {:?}", it.shard_id, it.sequence_number, it.arrival);
    format!("{}, then {}", one(first), one(second))
}

/// A stream that nobody removed has every record it ever took: retention is far longer than a run.
fn keeps_records(engine: &Engine, case: &Case) -> Result<(), Failure> {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    let all = || case.document.script.iter().chain(&case.by_hand);
    for view in &snapshot.nodes {
        let Some(node) = engine.document().node(view.id) else { continue };
        let goes = |entry: &Scheduled| match &entry.action {
            Action::RemoveNode(id) => *id == node.id,
            action => action
                .stream_called()
                .is_some_and(|(operation, name)| name == node.name && operation == "DeleteStream"),
        };
        if node.config.kind() != "stream" || all().any(goes) {
            continue;
        }
        let count = |word: &str| view.counters.iter().find(|it| it.0 == word).map(|it| it.1);
        if count("stored") != count("held") {
            let seen = format!("{}: {:?} of {:?}", node.name, count("held"), count("stored"));
            return broken("no record is lost inside retention", seen);
        }
    }
    Ok(())
}

/// A changed document reaches a running engine, and so does taking the change back.
fn edits_arrive(engine: &Engine, case: &Case) -> Result<(), Failure> {
    let mut engine = engine.clone();
    let before = engine.document().clone();
    let after = generate::edited(&before, case.document.seed);
    for (now, wanted) in [(&before, &after), (&after, &before)] {
        for action in actions_between(now, wanted) {
            if let Err(refusal) = engine.apply(&action) {
                return broken("legal edits arrive", format!("{action:?}: {refusal:?}"));
            }
        }
        let arrived = engine.document();
        let text = |it: &Document| {
            let roles = (&it.policies, &it.grants, &it.vpc_endpoints);
            format!("{:?}{:?}{roles:?}", it.nodes, it.edges)
        };
        if text(arrived) != text(wanted) {
            let texts = [arrived, wanted].map(text);
            return broken("edits arrive whole", difference(&texts[0], &texts[1]));
        }
        let later = Time(engine.now().0 + 2_000_000);
        go(&mut engine, later)?;
        whole(&engine)?;
        balanced(&engine)?;
    }
    Ok(())
}

/// Kinds that write their name into what they send: it is no layout.
const NAME_IS_DATA: [&str; 5] = ["bucket", "firehose", "flink_application", "lambda", "writer"];

/// Whether the name of a part is in some record or object: a function tells its failures with the
/// ARN of the stream they came from, a manifest of Firehose names buckets and its stream. Tables of
/// Flink SQL name streams.
fn is_name_data(document: &Document, node: &Node) -> bool {
    let quoted = format!("'{}'", node.name);
    let is_named = |it: &Config| match it {
        Config::FlinkApplication(config) => config.code.contains(&quoted),
        _ => false,
    };
    if document.nodes.iter().any(|it| is_named(&it.config)) {
        return true;
    }
    let mut fed = document.edges_from(node.id).filter_map(|edge| document.node(edge.to.node));
    NAME_IS_DATA.contains(&node.config.kind()) || fed.any(|it| it.config.kind() == "lambda")
}

/// The same case with every part somewhere else and under another name.
fn moved(case: &Case) -> Case {
    let mut case = case.clone();
    let before = case.document.clone();
    "Moved".clone_into(&mut case.document.title);
    for node in &mut case.document.nodes {
        let node = Arc::make_mut(node);
        node.at = Point { x: -node.at.y, y: node.at.x + 40 };
        if !is_name_data(&before, node) {
            let old = node.name.clone();
            node.name.push('x');
            script::rename(&mut case.document.script, &old, &node.name);
            script::rename(&mut case.by_hand, &old, &node.name);
        }
    }
    case
}

/// Everything that can be seen of an engine, as text.
fn view(engine: &Engine) -> String {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    // On one line: setting it out would take longer than many a run.
    format!("{snapshot:?}")
}

/// Where two texts differ first, with what stands around it.
fn difference(a: &str, b: &str) -> String {
    let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let part = text.as_bytes().get(at.saturating_sub(60)..).unwrap_or_default();
        String::from_utf8_lossy(&part[..part.len().min(120)]).into_owned()
    };
    format!("byte {at}: `{}`, then `{}`", around(a), around(b))
}

fn broken<T>(promise: &'static str, seen: String) -> Result<T, Failure> {
    Err(Failure { promise, seen })
}
