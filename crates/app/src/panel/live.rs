//! The Live tab: metrics under their AWS names with the last five minutes.

use session::hud::Inspector;
use yew::prelude::*;

use super::charts::strip;
use super::query;
use crate::app::Page;
use crate::widget::{glyph, text};

/// All metrics of a part.
#[inline(never)]
pub(super) fn tab(page: &Page, model: &Inspector) -> Html {
    html! {
        <>
            { for model.faults_running.iter().map(|words| html! {
                <p class="warn md faulty" key={words.to_string()}>
                    { glyph("brownout") }{ text(words) }
                </p>
            }) }
            if let Some(seen) = &model.query { { query::query(&page.store, model.node, seen) } }
            <div class="fl"><b>{ "Live" }</b><span>{ "last 5 min" }</span></div>
            { for model.metrics.iter().enumerate().map(|(at, metric)| html! {
                <div class="metric" key={metric.name.to_string()}>
                    <div class="fl">
                        <span>{ text(&metric.name) }</span>
                        <b class={if metric.bad { "num b bad" } else { "num b" }}>
                            { text(&metric.value) }
                        </b>
                    </div>
                    { strip(format!("metric {at}").into()) }
                </div>
            }) }
        </>
    }
}
