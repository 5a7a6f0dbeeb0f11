//! The Live tab: metrics under their AWS names with the last five minutes.

use session::hud::Inspector;
use yew::prelude::*;

use crate::widget::{glyph, spark};

/// All metrics of a part.
pub(super) fn tab(model: &Inspector) -> Html {
    html! {
        <>
            { for model.faults_running.iter().map(|words| html! {
                <p class="warn md faulty" key={words.to_string()}>
                    { glyph("brownout") }{ words.to_string() }
                </p>
            }) }
            <div class="fl"><b>{ "Live" }</b><span>{ "last 5 min" }</span></div>
            { for model.metrics.iter().map(|metric| html! {
                <div class="metric" key={metric.name.to_string()}>
                    <div class="fl">
                        <span>{ metric.name.to_string() }</span>
                        <b class={classes!("num", "b", metric.bad.then_some("bad"))}>
                            { metric.value.to_string() }
                        </b>
                    </div>
                    { spark(&metric.series, None, metric.bad, 32) }
                </div>
            }) }
        </>
    }
}
