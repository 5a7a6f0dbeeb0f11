//! The selected node in full.

use std::rc::Rc;

use base::{NodeId, Place};
use engine::snapshot::NodeView;
use engine::{CAUSES_MAX, RecordView};
use scenario::kind::Fidelity;
use scenario::{End, Node, ports};

use super::{form, listing, metric, query, question, response, words};
use crate::clock;
use crate::driver::Query;
use crate::hud::{Apart, Inspector, MetricRow, RecordRow, Tab};
use crate::rows::Look;
use crate::session::Session;

/// Seconds of the small charts.
const SERIES_SECS: u32 = 300;
/// Records of a shard that are shown.
const RECORDS_SHOWN: u32 = 50;
/// Explanations that are shown.
const WHY_SHOWN: usize = 20;
/// Bytes of a record that are shown as text.
const TEXT_BYTES: usize = 1_024;

/// What the inspector asks of the run.
pub(super) fn queries(session: &Session, out: &mut Vec<Query>) {
    let Some(node) = session.selected().and_then(|id| session.document.node(id)) else { return };
    let id = node.id;
    out.push(Query::Causes(id));
    let metrics = u8::try_from(node.spec().metrics.len()).unwrap_or(u8::MAX);
    out.extend((0..metrics).map(|metric| Query::Series { node: id, metric, secs: SERIES_SECS }));
    query::queries(session, id, out);
    if session.panels.tab != Tab::Records {
        return;
    }
    if let Some(lane) = open_lane(session, id) {
        out.push(Query::Records { node: id, lane, count: RECORDS_SHOWN });
    }
    out.push(Query::Sheet { node: id, look: look(session, id) });
    out.push(Query::LastPut(id));
    if listing::is_bucket(node) {
        let (prefix, skip) = listing::open(session, id);
        out.push(Query::Listing { node: id, prefix: prefix.to_owned(), skip });
    }
}

/// Which rows of a part somebody wants to see.
fn look(session: &Session, id: NodeId) -> Look {
    let chosen = session.panels.look.as_ref().filter(|(node, _)| *node == id);
    chosen.map_or_else(Look::default, |(_, look)| look.clone())
}

pub(super) fn inspector(session: &Session) -> Option<Inspector> {
    let node = session.document.node(session.selected()?)?;
    let spec = node.spec();
    let snapshot = session.run.snapshot();
    let view = snapshot.nodes.iter().find(|view| view.id == node.id);
    let epoch = session.document.epoch_millis;
    let causes = session.run.causes(node.id);
    let why = crate::why::cards(causes, epoch, snapshot.now, WHY_SHOWN);
    let is_full = causes.len() == CAUSES_MAX as usize;
    let is_bucket = listing::is_bucket(node) && session.panels.tab == Tab::Records;
    let (key_shards, key_words) = session.hud.key_shards();
    let is_producer = matches!(spec.kind, "producer" | "kpl");
    Some(Inspector {
        node: node.id,
        name: node.name.as_str().into(),
        kind: node.config.kind().into(),
        title: spec.title.into(),
        glyph: spec.glyph.into(),
        about: spec.about.into(),
        fidelity: fidelity(spec.fidelity).into(),
        tab: session.panels.tab,
        fields: Rc::new(form::rows(session, node)),
        metrics: Rc::new(view.map(|view| metrics(session, node, view)).unwrap_or_default()),
        why_count: match why.iter().all(|card| card.is_past) {
            true => 0,
            false => view.map_or(0, |view| view.causes),
        },
        why_more: is_full,
        why: Rc::new(why),
        problems: Rc::new(problems(session, node.id)),
        lanes: Rc::new(view.map(lanes).unwrap_or_default()),
        lane: open_lane(session, node.id),
        true_heights: (node.config.lanes() > 0).then_some(session.view.true_heights),
        records: Rc::new(records(session, node.id)),
        listing: is_bucket.then(|| Apart::new(listing::listing(session, node))),
        look: look(session, node.id),
        question: match session.panels.tab {
            Tab::Records => question::question(session, node.id).map(Apart::from),
            Tab::Settings | Tab::Live | Tab::Why => None,
        },
        rows: session.run.sheet(node.id, &look(session, node.id)).map(|it| Apart::new(it.clone())),
        query: query::query(session, node.id).map(Apart::new),
        response: session.run.put_answer(node.id).map(|it| Apart::new(response::of(it, epoch))),
        faults: Rc::new(spec.faults.iter().map(|word| Rc::from(*word)).collect()),
        faults_running: Rc::new(view.map(|view| faults(session, view)).unwrap_or_default()),
        calls: Rc::new(crate::calls::offers(session, node)),
        wires: Rc::new(wires(session, node.id)),
        targets: Rc::new(targets(session, node)),
        key_shards: if is_producer { key_shards } else { Rc::default() },
        key_words: if is_producer { key_words } else { "".into() },
    })
}

/// What is wrong with the part as it is set, and what to do.
fn problems(session: &Session, id: NodeId) -> Vec<(Rc<str>, Rc<str>)> {
    let is_here = |place: &Place| matches!(place, Place::Node { node, .. } if *node == id);
    let found = session.problems.iter().filter(|it| it.is_error() && is_here(&it.place));
    found.map(|it| (it.message.as_str().into(), it.help.as_str().into())).collect()
}

fn fidelity(fidelity: Fidelity) -> &'static str {
    match fidelity {
        Fidelity::Exact => "exact rule",
        Fidelity::Average => "published average",
        Fidelity::Simplified => "simplified",
    }
}

fn metrics(session: &Session, node: &Node, view: &NodeView) -> Vec<MetricRow> {
    let specs = node.spec().metrics.iter().zip(&view.metrics);
    (0_u8..)
        .zip(specs)
        .filter(|(_, (spec, value))| {
            value.total > 0 || metric::applies(&session.document, node, spec.name)
        })
        .map(|(idx, (spec, value))| MetricRow {
            name: spec.name.into(),
            value: words::metric_value(spec, value.last, 1).into(),
            bad: spec.bad && value.last > 0,
            series: Rc::new(session.run.series(node.id, idx, SERIES_SECS).to_vec()),
        })
        .collect()
}

fn lanes(view: &NodeView) -> Vec<(u32, Rc<str>)> {
    let word = |lane: &engine::snapshot::Lane| {
        let closed = if lane.closed { ", closed" } else { "" };
        let rejecting = match lane.rejected_per_sec {
            0 => String::new(),
            n => format!(", rejecting {n} /s"),
        };
        format!("shard {}: {} /s{rejecting}{closed}", lane.shard, lane.stored_per_sec)
    };
    words::lanes(view).iter().map(|lane| (lane.shard, word(lane).into())).collect()
}

/// The shard that is open, or the first one.
fn open_lane(session: &Session, id: NodeId) -> Option<u32> {
    let view = session.run.snapshot().nodes.iter().find(|view| view.id == id)?;
    let lanes = words::lanes(view);
    let chosen = session.view.lane.filter(|(node, _shard)| *node == id);
    let chosen = chosen.map(|(_node, shard)| shard);
    let exists = |shard: &u32| lanes.iter().any(|lane| lane.shard == *shard);
    chosen.filter(exists).or_else(|| lanes.first().map(|lane| lane.shard))
}

fn records(session: &Session, id: NodeId) -> Vec<RecordRow> {
    let Some(lane) = open_lane(session, id) else { return Vec::new() };
    let epoch = session.document.epoch_millis;
    let row = |record: &RecordView| {
        let shown = &record.data[..record.data.len().min(TEXT_BYTES)];
        RecordRow {
            sequence_number: record.sequence_number.as_str().into(),
            key: (&*record.key).into(),
            hash: format!("{:032x}", record.hash).into(),
            arrival: clock::moment(epoch, record.arrival).into(),
            bytes: u32::try_from(record.data.len()).unwrap_or(u32::MAX),
            text: String::from_utf8_lossy(shown).into(),
        }
    };
    session.run.records(id, lane, RECORDS_SHOWN).iter().map(row).collect()
}

fn faults(session: &Session, view: &NodeView) -> Vec<Rc<str>> {
    let now = session.run.snapshot().now;
    let words = |fault: &engine::snapshot::FaultView| {
        let left = clock::age(fault.until.since(now).0);
        format!("{}, {left} left", words::fault_words(fault.kind)).into()
    };
    view.faults.iter().map(words).collect()
}

fn wires(session: &Session, id: NodeId) -> Vec<(Rc<str>, base::EdgeId, NodeId)> {
    let document = &session.document;
    let to = document.edges_from(id).map(|edge| {
        let words = format!("feeds {}", session.name(edge.to.node));
        (words.into(), edge.id, edge.to.node)
    });
    let from = document.edges_to(id).map(|edge| {
        let words = format!("receives from {}", session.name(edge.from.node));
        (words.into(), edge.id, edge.from.node)
    });
    to.chain(from).collect()
}

/// Wires that may still be drawn, from each of its ports.
fn targets(session: &Session, node: &Node) -> Vec<(Rc<str>, End, End)> {
    let mut targets = Vec::new();
    for port in node.spec().ports.iter().rev() {
        let mine = End { node: node.id, port: port.name.to_owned() };
        for other in ports::legal_targets(&session.document, &mine) {
            let name = session.name(other.node);
            let (from, to) = session.oriented(mine.clone(), other);
            let words =
                if from == mine { format!("feed {name}") } else { format!("receive from {name}") };
            targets.push((words.into(), from, to));
        }
    }
    targets
}
