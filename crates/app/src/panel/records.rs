//! The Records tab: stored records of a shard, or objects of a bucket.

use session::Message;
use session::hud::{Inspector, Response};
use yew::prelude::*;

use super::query_box::query_box;
use super::{rows, storage};
use crate::app::Page;
use crate::widget::{choice, text};

/// What the part holds.
#[inline(never)]
pub(super) fn tab(page: &Page, model: &Inspector) -> Html {
    let store = &page.store;
    if let Some(listing) = &model.listing {
        return html! {
            <>
                { query_box(page, model.question.as_ref()) }
                { storage::storage(store, model.node, listing) }
            </>
        };
    }
    if let Some(found) = &model.rows {
        return rows::rows(page, model, found);
    }
    if let Some(response) = &model.response {
        return answer(response);
    }
    if model.lanes.is_empty() {
        return html! {
            <p class="muted">
                { "Streams show their records here, buckets their objects, other targets their \
                    rows, producers the newest answer they got." }
            </p>
        };
    }
    let node = model.node;
    let onchange = store.takes(move |store, shard| {
        if let Ok(shard) = shard.parse() {
            store.send(Message::ShowLane { node, shard });
        }
    });
    html! {
        <>
            <div class="setting">
                <label class="fl" for="lane">{ "Shard" }</label>
                <select class="field" id="lane" {onchange}>
                    { for model.lanes.iter().map(|(shard, label)| {
                        let open = model.lane == Some(*shard);
                        choice(open, shard.to_string(), label.to_string())
                    }) }
                </select>
            </div>
            if model.records.is_empty() {
                <p class="muted">{ "No records are held here right now." }</p>
            }
            <ul class="records">
                { for model.records.iter().map(|record| html! {
                    <li key={record.sequence_number.to_string()}>
                        <details>
                            <summary>
                                <b class="b">{ text(&record.key) }</b>
                                <span class="muted">{ text(&record.arrival) }</span>
                                <span class="num">{ format!("{} B", record.bytes) }</span>
                            </summary>
                            <dl class="sums">
                                <div><dt>{ "SequenceNumber" }</dt>
                                    <dd class="code">
                                        { text(&record.sequence_number) }
                                    </dd></div>
                                <div><dt>{ "MD5 of the key" }</dt>
                                    <dd class="code">{ text(&record.hash) }</dd></div>
                            </dl>
                            <pre class="code">{ text(&record.text) }</pre>
                        </details>
                    </li>
                }) }
            </ul>
        </>
    }
}

/// The newest answer of a producer, entry by entry.
fn answer(response: &Response) -> Html {
    html! {
        <>
            <div class="fl"><b>{ text(&response.call) }</b></div>
            <p class="muted">{ text(&response.outcome) }</p>
            <pre class="code answer">
                { for response.lines.iter().map(|(line, failed)| html! {
                    <span class={failed.then_some("bad")}>{ line }{ "\n" }</span>
                }) }
            </pre>
        </>
    }
}
