//! A streaming query in the Live tab: how it does, its windows, rows of its in-application streams.

use base::NodeId;
use session::Message;
use session::hud::QueryView;
use yew::prelude::*;

use super::object_viewer::table;
use crate::store::Store;
use crate::widget::text;

/// Facts, the switch between its two times, windows in words, and the newest rows of one stream.
#[inline(never)]
pub(super) fn query(store: &Store, node: NodeId, seen: &QueryView) -> Html {
    html! {
        <>
            <div class="fl"><b>{ "Query" }</b></div>
            <dl class="sums">
                { for seen.facts.iter().map(|(label, value, bad)| html! {
                    <div key={label.to_string()} class={bad.then_some("bad")}>
                        <dt>{ text(label) }</dt><dd>{ text(value) }</dd>
                    </div>
                }) }
            </dl>
            { times(store, node, seen) }
            if !seen.windows.is_empty() {
                <ol class="windows" aria-label="Windows, oldest first">
                    { for seen.windows.iter().map(|words| html! { <li>{ text(words) }</li> }) }
                </ol>
            }
            { streams(store, node, seen) }
            <div class="hr" />
        </>
    }
}

/// By which of its two times windows and rows are shown.
fn times(store: &Store, node: NodeId, seen: &QueryView) -> Html {
    let Some((names, shown)) = &seen.times else { return Html::default() };
    html! {
        <div class="fl">
            <span>{ "Windows by" }</span>
            <span class="seg" role="group" aria-label="Windows by">
                { for names.iter().enumerate().map(|(at, name)| {
                    let is_on = at == *shown;
                    let onclick = (!is_on).then(|| store.sends(Message::OtherTime(node)));
                    html! {
                        <button type="button" aria-pressed={is_on.to_string()} {onclick}>
                            { text(name) }
                        </button>
                    }
                }) }
            </span>
        </div>
    }
}

/// A button for each stream, and the rows of the open one.
fn streams(store: &Store, node: NodeId, seen: &QueryView) -> Html {
    let Some((name, total)) = seen.streams.get(seen.open) else { return Html::default() };
    let words = match seen.rows.rows.len() {
        0 => "no rows yet".to_owned(),
        shown => format!("newest {shown} of {total}"),
    };
    html! {
        <>
            <div class="streams" role="group" aria-label="In-application streams">
                { for seen.streams.iter().enumerate().map(|(at, (name, total))| {
                    let onclick = store.sends(Message::ShowStream(node, name.to_string()));
                    html! {
                        <button class="btn line" type="button" key={name.to_string()}
                            aria-pressed={(at == seen.open).to_string()} {onclick}>
                            { text(name) }<span class="n">{ text(total) }</span>
                        </button>
                    }
                }) }
            </div>
            <div class="fl"><span class="cut">{ text(name) }</span><span>{ words }</span></div>
            if !seen.rows.rows.is_empty() { { table(&seen.rows) } }
        </>
    }
}
