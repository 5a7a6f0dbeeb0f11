//! The Live tab of a streaming query.

use std::rc::Rc;

use base::NodeId;
use base::calendar::Civil;
use base::units::{bytes_text, grouped};
use engine::snapshot::{Ruler, Table, Window, WindowTrack};

use crate::clock;
use crate::driver::Query;
use crate::hud::{QueryView, Tab};
use crate::session::Session;
use crate::why::plural;

/// What the Live tab asks of the run.
pub(super) fn queries(session: &Session, id: NodeId, out: &mut Vec<Query>) {
    if session.panels.tab == Tab::Live && track(session, id).is_some() {
        out.push(Query::Tables(id));
    }
}

fn track(session: &Session, id: NodeId) -> Option<&WindowTrack> {
    scene::hit::node(session.run.snapshot(), id).and_then(scene::hit::track)
}

/// Everything about the query of a part; none for parts without one.
pub(super) fn query(session: &Session, id: NodeId) -> Option<QueryView> {
    track(session, id).map(|track| view(session, id, track))
}

#[inline(never)]
fn view(session: &Session, id: NodeId, track: &WindowTrack) -> QueryView {
    let shown = scene::hit::shown(track, id, &session.view);
    let times = [0, 1].map(|at| Rc::from(&*track.times[at].name));
    let is_two = track.times.iter().all(|ruler| !ruler.name.is_empty());
    let tables = session.run.tables(id);
    let chosen = session.panels.stream.as_ref().filter(|(node, _)| *node == id);
    let chosen = chosen.and_then(|(_, name)| tables.iter().position(|it| it.name == *name));
    let open = chosen.unwrap_or(0);
    let words = |table: &Table| (table.name.as_str().into(), grouped(table.total).into());
    QueryView {
        facts: facts(track),
        windows: track.times.iter().flat_map(|ruler| &ruler.windows).map(window).collect(),
        times: is_two.then_some((times, shown)),
        streams: tables.iter().map(words).collect(),
        open,
        rows: Rc::new(tables.get(open).map(newest_first).unwrap_or_default()),
    }
}

fn newest_first(table: &Table) -> engine::snapshot::Sheet {
    let mut sheet = table.sheet.clone();
    sheet.rows.reverse();
    sheet
}

fn facts(track: &WindowTrack) -> Vec<(Rc<str>, Rc<str>, bool)> {
    let mut facts: Vec<(Rc<str>, Rc<str>, bool)> =
        vec![("state".into(), track.state.into(), false)];
    if !track.caption.is_empty() {
        facts.push(("windows".into(), track.caption.as_str().into(), false));
    }
    if let Some(ruler) = track.times.iter().find(|ruler| ruler.clock > i64::MIN) {
        facts.push((track.clock_name.into(), stands(ruler).into(), false));
    }
    let behind = clock::age(track.behind_micros);
    facts.push(("behind its source".into(), behind.into(), false));
    facts.push(("rows out".into(), grouped(track.emitted).into(), false));
    let late = &track.late;
    let words = match late.count {
        0 => "none".to_owned(),
        count => format!("{}, the newest {} late", grouped(count), clock::age(late.behind_micros)),
    };
    facts.push(("late rows".into(), words.into(), late.count > 0));
    facts.push(("kept state".into(), bytes_text(track.state_bytes).into(), false));
    facts
}

/// `10:04:26.250, 5.0 s behind`.
fn stands(ruler: &Ruler) -> String {
    let at = moment(ruler.clock);
    let behind = ruler.reached.saturating_sub(ruler.clock);
    match u64::try_from(behind) {
        Ok(behind) if behind > 0 => format!("{at}, {} behind", clock::age(behind)),
        _ => at,
    }
}

/// The time of day, with what of a second there is.
pub(super) fn moment(micros: i64) -> String {
    let text = Civil::at(micros, 0).text();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time);
    time.trim_end_matches(".000").to_owned()
}

/// `10:03:00 to 10:04:00: 41,412 rows, open`.
fn window(window: &Window) -> Rc<str> {
    let rows = plural(window.rows, "row", "rows");
    let open = if window.open { ", open" } else { "" };
    format!("{} to {}: {rows}{open}", moment(window.start), moment(window.end)).into()
}
