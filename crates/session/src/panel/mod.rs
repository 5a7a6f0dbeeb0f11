//! Filling the HUD from the session: one noun a file. Everything is rebuilt at most twice a second
//! while only time passes, the clock as often as the host asks.

mod chart;
mod cost;
mod finding;
mod form;
mod inspector;
mod key_shards;
mod link;
mod listing;
mod metric;
mod object;
mod outline;
mod query;
mod question;
mod response;
mod trail;
mod transport;
mod trouble;
pub(crate) mod words;

pub(crate) use self::question::ask;
pub(crate) use self::words::lanes;

use std::rc::Rc;
use std::sync::Arc;

use base::NodeId;
use base::units::count_text;
use engine::Reason;
use engine::snapshot::{MarkKind, NodeView};
use scenario::{Document, Node};
use scene::Selection;

use crate::driver::Query;
use crate::hud::{
    Alert, Apart, EventCounts, Group, GroupPart, Hud, LegendKey, Problem, Question, Tab,
};
use crate::rows::Look;
use crate::session::Session;
use crate::why::plural;

/// Real time between two rebuilds of what changes with the run.
const LIVE_MICROS: u64 = 500_000;

/// What the panels show, as far as a person chose it.
#[derive(Clone, Debug)]
pub(crate) struct Panels {
    pub(crate) tab: Tab,
    /// The open object: bucket and position in order of delivery.
    pub(crate) object: Option<(NodeId, u32)>,
    /// The open folder of a bucket, and how many newer objects its page leaves out.
    pub(crate) folder: Option<(NodeId, String, u32)>,
    /// The rows that are looked at.
    pub(crate) look: Option<(NodeId, Look)>,
    /// The in-application stream whose rows are looked at.
    pub(crate) stream: Option<(NodeId, String)>,
    /// What was asked of rows, and the answer.
    pub(crate) question: Option<Rc<Question>>,
    /// Seconds one point of a chart covers: 1 or 60.
    pub(crate) lens_secs: u32,
    /// Whether the trail is open, and whether with data events.
    pub(crate) trail: Option<bool>,
}

impl Default for Panels {
    fn default() -> Self {
        let (tab, object, folder) = (Tab::Settings, None, None);
        let (look, stream, question) = (None, None, None);
        Self { tab, object, folder, look, stream, question, lens_secs: 1, trail: None }
    }
}

impl Panels {
    /// Another document: nothing is open.
    pub(crate) fn close(&mut self) {
        *self = Self { lens_secs: self.lens_secs, trail: self.trail, ..Self::default() };
    }
}

type KeyShards = (Rc<Vec<(Rc<str>, u32)>>, Rc<str>);

/// The last model and what is costly to make again.
#[derive(Debug, Default)]
pub(crate) struct HudCache {
    /// A person did something.
    pub(crate) is_touched: bool,
    since_live_micros: u64,
    last: Rc<Hud>,
    link: Option<(Arc<Document>, Rc<str>)>,
    /// The link to the run with the faults by hand it has.
    run_link: Option<(Arc<Document>, Vec<scenario::Scheduled>, Rc<str>)>,
    object: Option<object::Open>,
    /// The list of problems, once somebody asked.
    problems: Option<Rc<Vec<Problem>>>,
    /// The producer, the shards and script entries the bars are made of, and the bars.
    key_shards: Option<(Arc<Node>, (usize, usize), KeyShards)>,
}

impl HudCache {
    /// Real time passed.
    pub(crate) fn pass(&mut self, elapsed_micros: u64) {
        self.since_live_micros = self.since_live_micros.saturating_add(elapsed_micros);
    }

    /// Data or the run is another one.
    pub(crate) fn forget(&mut self) {
        self.object = None;
        self.key_shards = None;
    }
}

/// The model; the same pointer while nothing differs.
pub(crate) fn fill(session: &mut Session) -> Rc<Hud> {
    let is_live = session.hud.since_live_micros >= LIVE_MICROS && !session.is_going();
    let is_due = session.hud.is_touched || is_live;
    if !is_due && session.is_idle() {
        return Rc::clone(&session.hud.last);
    }
    let hud = if is_due {
        session.hud.is_touched = false;
        session.hud.since_live_micros = 0;
        let queries = wanted(session);
        session.run.ask(queries);
        session.hud.problems = None;
        session.troubles.look(&session.document, session.run.snapshot(), session.run.signs());
        prepare(session);
        whole(session)
    } else {
        let transport = transport::transport(session);
        Hud { transport, ..Hud::clone(&session.hud.last) }
    };
    if hud.transport != session.hud.last.transport || differ(&hud, &session.hud.last) {
        session.hud.last = Rc::new(hud);
    }
    Rc::clone(&session.hud.last)
}

/// Whether anything does: where time passes, nobody asks.
#[inline(never)]
fn differ(a: &Hud, b: &Hud) -> bool {
    a != b
}

/// What must be asked of the run to fill the panels.
fn wanted(session: &Session) -> Vec<Query> {
    let mut queries = chart::queries(session);
    queries.extend([Query::Usage, Query::Signs]);
    queries.extend(session.panels.trail.map(Query::Trail));
    inspector::queries(session, &mut queries);
    if let Some((node, position)) = session.panels.object {
        queries.push(Query::Object { node, position });
    }
    queries
}

/// Makes again what is costly and out of date.
fn prepare(session: &mut Session) {
    object::prepare(session);
    key_shards::prepare(session);
}

fn whole(session: &Session) -> Hud {
    let document = &session.document;
    let snapshot = session.run.snapshot();
    let label = |label: Option<&str>| label.map(Rc::from);
    Hud {
        title: document.title.as_str().into(),
        about: document.about.as_str().into(),
        seed: document.seed,
        limits: document.limits.as_str().into(),
        undo: label(session.history.undo_label()),
        redo: label(session.history.redo_label()),
        transport: transport::transport(session),
        problem_count: finding::count(session),
        alert: alert(session),
        legend: Rc::new(legend(session)),
        stride: snapshot.stride.max(1),
        zoom_percent: words::percent(session.view.camera.scale),
        inspector: inspector::inspector(session).map(Rc::new),
        group: group(session).map(Apart::from),
        outline: Rc::new(outline::rows(session)),
        charts: Rc::new(chart::charts(session)),
        marks: Rc::new(snapshot.marks.clone()),
        counts: counts(session),
        object: object::view(session).map(Apart::from),
        totals: Rc::new(totals(session)),
        cost: cost::cost(session),
        console: Rc::clone(&session.console),
        trail: trail::trail(session).map(Apart::from),
        code: session.code_view().map(Apart::from),
        view_only: session.is_view_only,
        halted: snapshot.halted.clone(),
    }
}

/// The selected parts, when there are several.
fn group(session: &Session) -> Option<Rc<Group>> {
    let Selection { nodes, edges } = &session.view.selection;
    (nodes.len() > 1).then(|| grouped(session, nodes, edges.len()))
}

#[inline(never)]
fn grouped(session: &Session, nodes: &[NodeId], wires: usize) -> Rc<Group> {
    let mut words = session.names(nodes);
    if wires > 0 {
        words += &format!(", {}", plural(wires as u64, "wire", "wires"));
    }
    let found = nodes.iter().filter_map(|id| session.document.node(*id));
    let parts = found.map(|node| {
        let (title, glyph) = (node.spec().title, node.spec().glyph);
        GroupPart { node: node.id, name: node.name.as_str().into(), title, glyph }
    });
    Rc::new(Group { words: words.into(), parts: parts.collect() })
}

/// Keys with colours and the share of all others.
fn legend(session: &Session) -> Vec<LegendKey> {
    let snapshot = session.run.snapshot();
    let mut keys: Vec<LegendKey> = snapshot
        .keys
        .iter()
        .map(|share| LegendKey {
            slot: share.slot,
            key: (&*share.key).into(),
            percent: (share.permille + 5) / 10,
        })
        .collect();
    if !keys.is_empty() {
        let named: u32 = snapshot.keys.iter().map(|share| share.permille).sum();
        let percent = (1_000_u32.saturating_sub(named) + 5) / 10;
        keys.push(LegendKey { slot: 0, key: "others".into(), percent });
    }
    keys
}

fn counts(session: &Session) -> EventCounts {
    let snapshot = session.run.snapshot();
    let marks = |kinds: &[MarkKind]| {
        snapshot.marks.iter().filter(|mark| kinds.contains(&mark.kind)).count() as u64
    };
    let throttled =
        snapshot.nodes.iter().map(|node| words::rejected_total(&session.document, node));
    EventCounts {
        flushes: marks(&[MarkKind::FlushSize, MarkKind::FlushTime]),
        throttled: throttled.sum(),
        reshards: marks(&[MarkKind::Reshard]),
        faults: marks(&[MarkKind::Fault]),
    }
}

/// Where all records are, as a sum: what came to be, then where it is, losses last by their reason.
fn totals(session: &Session) -> Vec<(Rc<str>, u64, bool)> {
    let totals = &session.run.snapshot().totals;
    let came =
        [("copied for further readers", totals.copied), ("made from others", totals.derived)];
    let went = [
        ("on the way", totals.flight),
        ("held by parts", totals.held),
        ("delivered", totals.delivered),
        ("folded into others", totals.folded),
        ("expired", totals.expired),
    ];
    let is_there = |(_words, records): &(&str, u64)| *records > 0;
    let mut rows: Vec<(Rc<str>, u64, bool)> = vec![("made by sources".into(), totals.born, false)];
    for (words, records) in came.into_iter().filter(is_there) {
        rows.push((format!("+ {words}").into(), records, false));
    }
    let first = rows.len();
    let sign = |at: usize| if at == first { '=' } else { '+' };
    for (words, records) in went.into_iter().filter(is_there) {
        rows.push((format!("{} {words}", sign(rows.len())).into(), records, false));
    }
    for (reason, records) in totals.dropped.iter().filter(|(_reason, records)| *records > 0) {
        // What a function drops is meant to go.
        let is_lost = *reason != Reason::TransformDropped;
        let word = if is_lost { "lost: " } else { "" };
        let words = format!("{} {word}{}", sign(rows.len()), reason.word().replace('_', " "));
        rows.push((words.into(), *records, is_lost));
    }
    rows
}

/// What is most wrong with the run right now: the part that refuses most records.
fn alert(session: &Session) -> Option<Alert> {
    let views = session.run.snapshot().nodes.iter();
    let refuses = |view: &&NodeView| {
        let node = session.document.node(view.id);
        view.rejected_per_sec > 0 && node.is_some_and(|node| node.spec().port("in").is_some())
    };
    let worst = views.filter(refuses).max_by_key(|view| view.rejected_per_sec)?;
    let who = match words::hottest_lane(worst) {
        Some(shard) => format!("Shard {shard}"),
        None => session.name(worst.id),
    };
    let rate = count_text(u64::from(worst.rejected_per_sec));
    Some(Alert { node: worst.id, words: format!("{who} rejects {rate} /s").into() })
}
