//! The person's own data: dropped or pasted, checked, kept in this browser, replayed.

use std::rc::Rc;

use base::{Diagnostic, limits, units};
use scenario::DataSet;
use serde_json::Value;
use session::Message;
use yew::prelude::*;

use super::Props;
use crate::dom;
use crate::files;
use crate::store::Store;
use crate::widget::use_store;

/// What became of the text.
#[derive(Clone, PartialEq)]
struct Read {
    name: Rc<str>,
    bytes: Rc<Vec<u8>>,
    set: Option<Rc<DataSet>>,
    findings: Vec<Diagnostic>,
}

/// Drop zone, findings, columns, histogram.
#[component]
pub(crate) fn OwnData(_props: &Props) -> Html {
    let store = use_store();
    let read = use_state(|| None::<Read>);
    let key = use_state(String::new);
    let take = {
        let read = read.clone();
        Callback::from(move |(name, bytes): (String, Vec<u8>)| {
            let (set, findings) = match DataSet::parse(&name, &bytes) {
                Ok((set, warnings)) => (Some(Rc::new(set)), warnings),
                Err(findings) => (None, findings),
            };
            read.set(Some(Read { name: name.into(), bytes: Rc::new(bytes), set, findings }));
        })
    };
    let chosen = read.as_ref().and_then(|it| it.set.clone()).map(|set| {
        let column = set.columns.iter().find(|it| **it == *key).or(set.columns.first());
        let column = column.cloned().unwrap_or_default();
        html! {
            <>
                { column_choice(&key, &set, &column) }
                { histogram(&set, &column) }
                { replay(&store, read.as_ref(), &column) }
            </>
        }
    });
    html! {
        <div class="own-data">
            { drop_zone(&take) }
            { paste_box(&take) }
            if let Some(read) = read.as_ref() {
                <p><b class="b">{ read.name.to_string() }</b>{ summary(read) }</p>
                <ul class="problems">
                    { for read.findings.iter().map(|finding| html! {
                        <li><div>
                            <p class={if finding.is_error() { "bad" } else { "warn" }}>
                                { format!("{}: {}", finding.place, finding.message) }</p>
                            <p class="muted md">{ &finding.help }{ " " }
                                <span class="code">{ finding.code.to_string() }</span></p>
                        </div></li>
                    }) }
                </ul>
            }
            { chosen }
        </div>
    }
}

type Take = Callback<(String, Vec<u8>)>;

fn drop_zone(take: &Take) -> Html {
    let read_file = |take: Take, list: Option<web_sys::FileList>| {
        if let Some(file) = list.and_then(|list| list.get(0)) {
            files::read(file, move |name, bytes| take.emit((name, bytes)));
        }
    };
    let dropped = take.clone();
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        read_file(dropped.clone(), event.data_transfer().and_then(|data| data.files()));
    });
    let picked = take.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        read_file(picked.clone(), input.and_then(|input| input.files()));
    });
    let most = units::bytes_text(limits::DATA_BYTES_MAX.into());
    html! {
        <label class="drop" {ondrop} ondragover={|event: DragEvent| event.prevent_default()}>
            <b class="b">{ "Drop a CSV or JSON-lines file here, or choose one" }</b>
            <span class="muted">{ format!("At most {most} and {} rows. It stays in this browser.",
                units::grouped(limits::DATA_ROWS_MAX.into())) }</span>
            <input type="file" accept=".csv,.json,.jsonl,.ndjson,.txt,text/csv" {onchange} />
        </label>
    }
}

fn paste_box(take: &Take) -> Html {
    let take = take.clone();
    let onchange = Callback::from(move |event: Event| {
        let text = dom::value_of(&event);
        if !text.trim().is_empty() {
            take.emit(("pasted.csv".to_owned(), text.into_bytes()));
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

fn summary(read: &Read) -> String {
    read.set.as_ref().map_or_else(
        || " cannot be used as it is:".to_owned(),
        |set| {
            format!(": {} rows, {} columns", units::grouped(set.rows() as u64), set.columns.len())
        },
    )
}

fn column_choice(key: &UseStateHandle<String>, set: &DataSet, column: &str) -> Html {
    let key = key.clone();
    let onchange = Callback::from(move |event: Event| key.set(dom::value_of(&event)));
    html! {
        <>
            <label class="fl" for="key-column">{ "Partition key" }</label>
            <select id="key-column" class="field" {onchange}>
                { for set.columns.iter().map(|it| html! {
                    <option value={it.clone()} selected={it == column}>{ it }</option>
                }) }
            </select>
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
                units::grouped(counts.len() as u64), most * 100 / rows) }</p>
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

fn replay(store: &Store, read: Option<&Read>, column: &str) -> Html {
    let Some(read) = read.cloned() else { return Html::default() };
    let (store, column) = (store.clone(), column.to_owned());
    let onclick = Callback::from(move |_event: MouseEvent| {
        let name = read.name.to_string();
        store.send(Message::AddData { name: name.clone(), bytes: read.bytes.to_vec() });
        let text = |key: &str, value: &str| (key.to_owned(), Value::from(value));
        let preset = vec![
            text("source", "data"),
            text("data", &name),
            text("key", "column"),
            text("key_column", &column),
        ];
        let kind = "producer".to_owned();
        store.send(Message::Place { kind, preset, at_in_screen: None, connect: true });
        store.ui(|ui| ui.dialog = None);
    });
    html! {
        <button class="btn solid" type="button" {onclick}>
            { "Replay it from a new producer" }
        </button>
    }
}
