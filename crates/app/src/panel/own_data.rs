//! The person's own data: dropped or pasted, checked, kept in this browser, replayed.

use std::rc::Rc;
use std::sync::Arc;

use base::{Diagnostic, limits, units};
use scenario::DataSet;
use scenario::data::{Delimiter, Imported};
use serde_json::Value;
use session::Message;
use web_sys::FileList;
use yew::prelude::*;

use crate::app::Page;
use crate::files;
use crate::store::Store;
use crate::ui::Ui;
use crate::widget::{button, choice};

/// What became of the person's text.
pub(crate) struct OwnData {
    name: String,
    /// As they came, to be read once more with another delimiter.
    bytes: Vec<u8>,
    delimiter: Option<Delimiter>,
    set: Option<DataSet>,
    findings: Vec<Diagnostic>,
}

/// Drop zone, findings, columns, histogram.
#[inline(never)]
pub(super) fn own_data(page: &Page) -> Html {
    let store = &page.store;
    let read = page.ui.inside.data.as_ref();
    // One tree before and after, or else the box would lose what was pasted.
    html! {
        <div class="own-data">
            { drop_zone(store) }
            { paste_box(store) }
            <div class="own-data">{ read.map(|read| found(page, read)) }</div>
        </div>
    }
}

/// What was read: how, what is wrong with it, and what can be done with it.
fn found(page: &Page, read: &Rc<OwnData>) -> Html {
    let store = &page.store;
    let chosen = read.set.as_ref().map(|set| {
        let wanted = &page.ui.inside.column;
        let is_key = |column: &&String| !has_times(set, column);
        let columns = || set.columns.iter();
        let column = columns().find(|it| *it == wanted).or_else(|| columns().find(is_key));
        let column = column.or(set.columns.first()).cloned().unwrap_or_default();
        let wanted = &page.ui.inside.time_column;
        let time = columns().find(|it| *it == wanted).cloned().unwrap_or_default();
        html! {
            <>
                { column_choice(store, set, &column) }
                { histogram(set, &column) }
                { time_choice(store, set, &time) }
                { button("btn solid", "Replay it from a new producer",
                    replays(store, read, column, time)) }
            </>
        }
    });
    html! {
        <>
            <p><b class="b">{ &read.name }</b>{ summary(read) }</p>
            { delimiter_choice(store, read) }
            <ul class="problems">
                { for read.findings.chunk_by(|a, b| a.code == b.code).map(kind_of_finding) }
            </ul>
            { chosen }
        </>
    }
}

/// Findings of one kind: each place, and once what to do.
fn kind_of_finding(findings: &[Diagnostic]) -> Html {
    let Some(first) = findings.first() else { return Html::default() };
    let class = if first.is_error() { "bad" } else { "warn" };
    html! {
        <li><div>
            { for findings.iter().map(|it| html! {
                <p {class}>{ format!("{}: {}", it.place, it.message) }</p>
            }) }
            <p class="muted md">{ &first.help }{ " " }
                <span class="code">{ first.code.to_string() }</span></p>
        </div></li>
    }
}

/// What separates the values: what was found, or what the person knows better.
fn delimiter_choice(store: &Store, read: &Rc<OwnData>) -> Html {
    let Some(now) = read.delimiter else { return Html::default() };
    let again = read.clone();
    let onchange = store.takes(move |store, label| {
        let chosen = Delimiter::ALL.into_iter().find(|it| it.label() == label);
        take(store, again.name.clone(), again.bytes.clone(), chosen);
    });
    html! {
        <>
            <label class="fl" for="delimiter">{ "Values are separated by" }</label>
            <select id="delimiter" class="field" {onchange}>
                { for Delimiter::ALL.into_iter().map(|it| {
                    choice(it == now, it.label().to_owned(), it.label().to_owned())
                }) }
            </select>
        </>
    }
}

/// Reads what was dropped, picked or pasted; without a delimiter its first lines tell.
fn take(store: &Store, name: String, bytes: Vec<u8>, delimiter: Option<Delimiter>) {
    let Imported { delimiter, result } = DataSet::import(&name, &bytes, delimiter);
    let (set, findings) = match result {
        Ok((set, warnings)) => (Some(set), warnings),
        Err(findings) => (None, findings),
    };
    let data = Rc::new(OwnData { name, bytes, delimiter, set, findings });
    store.ui(move |ui| ui.inside.data = Some(data));
}

fn take_file(store: &Store, list: Option<FileList>) {
    let store = store.clone();
    if let Some(file) = list.and_then(|list| list.get(0)) {
        files::read(file, move |name, bytes| take(&store, name, bytes, None));
    }
}

fn drop_zone(store: &Store) -> Html {
    let dropped = store.clone();
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        take_file(&dropped, event.data_transfer().and_then(|data| data.files()));
    });
    let picked = store.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        take_file(&picked, input.and_then(|input| input.files()));
    });
    let most = units::bytes_text(limits::DATA_BYTES_MAX.into());
    html! {
        <label class="drop" {ondrop} ondragover={|event: DragEvent| event.prevent_default()}>
            <b class="b">{ "Drop a CSV or JSON-lines file here, or choose one" }</b>
            <span class="muted">{ format!("At most {most} and {} rows. It stays in this browser.",
                units::grouped(limits::DATA_ROWS_MAX.into())) }</span>
            <input type="file" accept=".csv,.tsv,.json,.jsonl,.ndjson,.txt,text/csv" {onchange} />
        </label>
    }
}

fn paste_box(store: &Store) -> Html {
    let onchange = store.takes(|store, text| {
        if !text.trim().is_empty() {
            take(store, "pasted.csv".to_owned(), text.into_bytes(), None);
        }
    });
    html! {
        <>
            <label class="fl" for="paste-data">{ "Or paste text" }</label>
            <textarea id="paste-data" class="code" rows="4" {onchange}
                placeholder="gate,seat\ngate-1,12A" />
        </>
    }
}

fn summary(read: &OwnData) -> String {
    read.set.as_ref().map_or_else(
        || " cannot be used as it is:".to_owned(),
        |set| {
            format!(": {} rows, {} columns", units::grouped(set.rows() as u64), set.columns.len())
        },
    )
}

fn column_choice(store: &Store, set: &DataSet, column: &str) -> Html {
    let onchange = store.takes(|store, word| store.ui(|ui| ui.inside.column = word));
    html! {
        <>
            <label class="fl" for="key-column">{ "Partition key" }</label>
            <select id="key-column" class="field" {onchange}>
                { for set.columns.iter().map(|it| {
                    choice(it == column, it.clone(), it.clone())
                }) }
            </select>
        </>
    }
}

/// Whether every cell of a column is a moment.
fn has_times(set: &DataSet, column: &str) -> bool {
    let odd = set.column(column).and_then(|at| set.odd_times(at));
    odd.is_some_and(|odd| odd.unreadable.count == 0)
}

/// When rows are sent: evenly, or at the times of a column, and what is odd about those.
fn time_choice(store: &Store, set: &DataSet, time: &str) -> Html {
    let onchange = store.takes(|store, word| store.ui(|ui| ui.inside.time_column = word));
    let odd = set.column(time).and_then(|at| set.odd_times(at));
    let back = odd.map(|odd| &odd.back).filter(|back| back.count > 0);
    html! {
        <>
            <label class="fl" for="time-column">{ "Rows are sent" }</label>
            <select id="time-column" class="field" {onchange}>
                { choice(time.is_empty(), String::new(), "evenly".to_owned()) }
                { for set.columns.iter().filter(|it| has_times(set, it)).map(|it| {
                    choice(it == time, it.clone(), format!("at the times of {it}"))
                }) }
            </select>
            if let Some(back) = back {
                <p class="warn md">{ format!("Earlier than a row before: {}", back.text()) }</p>
            }
        </>
    }
}

/// The ten heaviest values of the column.
fn histogram(set: &DataSet, column: &str) -> Html {
    let counts = set.key_histogram(column);
    let most = counts.first().map_or(1, |(_, count)| *count).max(1);
    let rows = (set.rows() as u64).max(1);
    html! {
        <>
            <p class="md">{ format!("{} different keys; the hottest has {} % of the rows",
                units::grouped(counts.len() as u64), (most * 100 + rows / 2) / rows) }</p>
            <ul class="bars">
                { for counts.iter().take(10).map(|(value, count)| html! {
                    <li key={value.to_string()}>
                        <span>{ value.to_string() }</span>
                        <i style={format!("width:{}%", units::permille(*count, most) / 10)} />
                        <span class="num muted">{ units::grouped(*count) }</span>
                    </li>
                }) }
            </ul>
        </>
    }
}

/// Adds the data to the document and a producer that replays them.
fn replays(
    store: &Store,
    read: &Rc<OwnData>,
    column: String,
    time: String,
) -> Callback<MouseEvent> {
    let read = read.clone();
    store.does(move |store| {
        let name = read.name.clone();
        let text = read.set.as_ref().map_or_else(|| Arc::from(""), |set| set.text.clone());
        store.send(Message::AddData { name: name.clone(), bytes: text.as_bytes().to_vec() });
        let text = |key: &str, value: &str| (key.to_owned(), Value::from(value));
        let preset = vec![
            text("source", "data"),
            text("data", &name),
            text("key", "column"),
            text("key_column", &column),
            text("time_column", &time),
        ];
        // Rows that begin to flow want a wire: to what is selected, or to the only stream. Without
        // one they wait until somebody plays.
        let hud = store.hud();
        let selected = hud.inspector.as_ref();
        let takes = selected.is_some_and(|it| matches!(&*it.kind, "stream" | "firehose"));
        let document = store.document();
        let mut streams = document.nodes.iter().filter(|node| node.config.kind() == "stream");
        match (streams.next(), streams.next()) {
            _ if takes => {}
            (Some(only), None) => store.send(Message::SelectNode(only.id, false)),
            _ => store.send(Message::Pause),
        }
        let kind = "producer".to_owned();
        store.send(Message::Place { kind, preset, at_in_screen: None, connect: true });
        store.ui(Ui::close);
    })
}
