//! Everything below the diagram: transport, timeline, chart strips on one time scale.

use session::hud::{Chart, Transport as Time};
use yew::prelude::*;

use super::Props;
use super::timeline::{Rail, counts};
use super::transport::Transport;
use crate::widget::{float, glyph, line, use_store};

const WIDTH: f64 = 912.0;
const HEIGHT: f64 = 40.0;

/// The bottom bands.
#[component]
pub(crate) fn Bottom(props: &Props) -> Html {
    let store = use_store();
    let label = if props.ui.charts_hidden { "Show charts" } else { "Hide charts" };
    let hud = &props.hud;
    html! {
        <section class="bot" aria-label="Time">
            <Transport hud={hud.clone()} ui={props.ui.clone()} />
            <div class="tl">
                <div class="cell h">
                    <span class="b md">{ "Events" }</span><span class="sp" />
                    <button class="btn icon fold" type="button" aria-label={label}
                        onclick={store.changes(|ui| ui.charts_hidden = !ui.charts_hidden)}>
                        { glyph(if props.ui.charts_hidden { "caretup" } else { "caret" }) }
                    </button>
                </div>
                <div class="plot">
                    <Rail marks={hud.marks.clone()} transport={hud.transport.clone()} />
                </div>
                <div class="cell e h evs">{ counts(props) }</div>
            </div>
            if !props.ui.charts_hidden {
                { for hud.charts.iter().take(3).map(|chart| strip(chart, &hud.transport)) }
            }
        </section>
    }
}

fn strip(chart: &Chart, time: &Time) -> Html {
    html! {
        <div class="ch" key={format!("{}{}", chart.name, chart.of)}>
            <div class="cell">
                <span class="n1" title={chart.name.to_string()}>{ chart.name.to_string() }</span>
                <span class="muted">{ chart.of.to_string() }</span>
            </div>
            <div class="plot">{ plot(chart, time) }</div>
            <div class="cell e vals">
                <b class={chart.bad.then_some("bad")}>{ chart.value.to_string() }</b>
                <span class="muted">{ chart.note.to_string() }</span>
            </div>
        </div>
    }
}

fn plot(chart: &Chart, time: &Time) -> Html {
    let (from, to) = (float(time.window.0) / 1e6, (float(time.window.1) / 1e6).max(1.0));
    let x = |secs: f64| ((secs - from) / (to - from).max(1.0) * WIDTH).clamp(0.0, WIDTH);
    let limit = chart.limit.as_ref().map(|(value, _)| *value);
    let top = chart.points.iter().copied().max().unwrap_or(0);
    let top = limit.filter(|limit| *limit < top.saturating_mul(4)).unwrap_or(0).max(top).max(1);
    let top = top.saturating_add(top / 8);
    let begin = float(chart.from_sec);
    let end = begin + float(chart.points.len() as u64) * f64::from(chart.step_secs);
    let path = line(&chart.points, top, x(end), x(begin), HEIGHT);
    let now = x(float(time.now.0) / 1e6).round() + 0.5;
    let shown = limit.filter(|limit| *limit <= top);
    let limit_y = shown.map(|limit| HEIGHT - 4.0 - float(limit) / float(top) * (HEIGHT - 9.0));
    let label = limit_y.zip(chart.limit.as_ref()).map(|(y, (_, label))| {
        let top = format!("top:{:.0}px", (y - 1.0).clamp(0.0, 26.0));
        html! { <span class="limit-label" style={top}>{ label.to_string() }</span> }
    });
    html! {
        <>
            <svg viewBox="0 0 912 40" preserveAspectRatio="none" aria-hidden="true">
                if let Some(y) = limit_y {
                    <path class="limit" d={format!("M0 {y:.1}H{WIDTH}")} />
                }
                <path class={classes!("curve", chart.bad.then_some("bad"))} d={path} />
                <path class="now" d={format!("M{now:.1} 0V40")} />
            </svg>
            { label }
        </>
    }
}
