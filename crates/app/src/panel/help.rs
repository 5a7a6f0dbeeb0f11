//! Help: keys, marks, how true the numbers are.

use scenario::kind::{Fidelity, SPECS};
use yew::prelude::*;

use crate::app::Page;

const KEYS: [(&str, &str); 21] = [
    ("Tab", "From region to region"),
    ("← → ↑ ↓", "Along the wires, from part to part"),
    ("Ctrl + arrows", "Move the selected parts; with Shift four times as far"),
    ("Enter", "Into the inspector"),
    ("Space", "Play or pause"),
    (".", "Next event"),
    ("Shift + .", "Next second"),
    ("[ ]", "Slower, faster"),
    ("\\", "Back to 1×"),
    ("Home", "Back to start"),
    ("A or /", "Add a part"),
    ("C", "Connect: arrows choose, Enter draws the wire"),
    ("D", "Describe aloud what is selected"),
    ("E", "Lanes as high as their hash range is wide"),
    ("W", "Why? for what is selected"),
    ("F", "Fit everything in sight"),
    ("+ − 0", "Closer, away, 100 %"),
    ("Delete", "Remove what is selected"),
    ("Ctrl + Z, Ctrl + Shift + Z", "Undo, redo"),
    ("Ctrl + K", "Search or run"),
    ("Shift + F10", "Menu of what is selected"),
];

/// Two lists.
#[inline(never)]
pub(crate) fn help(page: &Page) -> Html {
    html! {
        <div class="help">
            <section>
                <h3>{ "Keys" }</h3>
                <p class="muted md">{ "Single letters act while the diagram has the focus." }</p>
                <dl class="keys-list">
                    { for KEYS.iter().map(|(key, words)| html! {
                        <div key={*key}><dt><kbd>{ key }</kbd></dt><dd>{ words }</dd></div>
                    }) }
                </dl>
            </section>
            <section>
                <h3>{ "How true the numbers are" }</h3>
                <dl class="sums">
                    { for SPECS.iter().map(|spec| html! {
                        <div key={spec.kind}>
                            <dt>{ spec.title }</dt><dd>{ words(spec.fidelity) }</dd>
                        </div>
                    }) }
                </dl>
                <p class="md">{ "Exact rule: every number follows a published rule. Published \
                    average: some numbers are averages AWS publishes. Simplified: reduced to what \
                    the picture needs." }</p>
                <p class="md">
                    { format!("Limits as AWS documented them in {}.", page.hud.limits) }
                </p>
                <h3>{ "About" }</h3>
                <p class="md">{ "Rivulet is not affiliated with AWS. Everything runs in this \
                    browser; nothing you draw or load is sent anywhere." }</p>
            </section>
        </div>
    }
}

fn words(fidelity: Fidelity) -> &'static str {
    match fidelity {
        Fidelity::Exact => "exact rule",
        Fidelity::Average => "published average",
        Fidelity::Simplified => "simplified",
    }
}
