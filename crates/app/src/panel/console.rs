//! The console: `aws …` typed under the diagram.

use session::Message;
use session::hud::ConsoleEntry;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::app::Page;
use crate::dom;
use crate::store::Store;
use crate::widget::text;

/// Words offered at most.
const OFFERED: usize = 60;

/// The panel under the timeline.
#[inline(never)]
pub(super) fn console(page: &Page) -> Html {
    let entries = &page.hud.console;
    html! {
        <div class="below console" role="region" aria-label="Console" id="console">
            if entries.is_empty() {
                <p class="muted md">
                    { "Type a command of the AWS command line, for instance " }
                    <code class="code">{ "aws kinesis list-streams" }</code>
                    { ". Tab completes, ↑ brings back, " }
                    <code class="code">{ "aws kinesis help" }</code>
                    { " lists. It acts on the diagram at the present moment." }
                </p>
            }
            <ol role="log" aria-label="Output">
                { for entries.iter().enumerate().map(entry) }
            </ol>
            { input(page) }
        </div>
    }
}

fn entry((at, entry): (usize, &ConsoleEntry)) -> Html {
    html! {
        <li key={at}>
            <p class="code typed">
                <span class="muted num">{ text(&entry.at) }</span>{ " $ " }{ text(&entry.line) }
            </p>
            <pre class={classes!("code", entry.failed.then_some("bad"))}>
                { text(&entry.output) }
            </pre>
        </li>
    }
}

fn input(page: &Page) -> Html {
    let store = &page.store;
    let line = page.ui.console.line.clone();
    let writing = store.clone();
    let oninput = Callback::from(move |event: InputEvent| write(&writing, dom::value_of(&event)));
    let store = store.clone();
    let entries = page.hud.console.clone();
    let (typed, back) = (line.clone(), page.ui.console.back);
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        // On its way to the diagram a key would act there as well.
        event.stop_propagation();
        match event.key().as_str() {
            "Enter" => run(&store, dom::value_of(&event)),
            "Tab" if !event.shift_key() && !typed.is_empty() => {
                event.prevent_default();
                complete(&store, &dom::value_of(&event));
            }
            key @ ("ArrowUp" | "ArrowDown") => {
                event.prevent_default();
                let back = if key == "ArrowUp" { back + 1 } else { back.saturating_sub(1) };
                let back = back.min(entries.len());
                let at = entries.len() - back;
                let line = entries.get(at).map_or_else(String::new, |it| it.line.to_string());
                store.ui(move |ui| {
                    ui.console.line = line;
                    ui.console.back = back;
                });
            }
            _ => {}
        }
    });
    html! {
        <>
            if !page.ui.console.offered.is_empty() {
                <p class="code offered">{ page.ui.console.offered.join("  ") }</p>
            }
            <label class="prompt code">
                <span>{ "$" }</span>
                <input aria-label="Command" autocomplete="off" autocapitalize="off"
                    spellcheck="false" placeholder="aws kinesis …"
                    value={line} {oninput} {onkeydown} />
            </label>
        </>
    }
}

fn write(store: &Store, line: String) {
    store.ui(move |ui| {
        ui.console.line = line;
        ui.console.back = 0;
        ui.console.offered.clear();
    });
}

fn run(store: &Store, line: String) {
    store.send(Message::Console(line));
    write(store, String::new());
    // The answer is there with the next HUD.
    let to_end = || {
        if let Some(panel) = dom::find::<HtmlElement>("#console") {
            panel.set_scroll_top(panel.scroll_height());
        }
    };
    gloo_timers::callback::Timeout::new(120, to_end).forget();
}

/// Writes what all fitting words begin with; offers them when there are several.
fn complete(store: &Store, line: &str) {
    let words = store.with_session(|session| session.complete(line));
    let Some(first) = words.first() else { return };
    let common = words.iter().fold(first.as_str(), |common, word| {
        let same = common.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        common.get(..same).unwrap_or_default()
    });
    let kept = line.rfind(' ').map_or(0, |at| at + 1);
    let end = if words.len() == 1 && !common.ends_with('/') { " " } else { "" };
    write(store, format!("{}{common}{end}", &line[..kept]));
    if words.len() > 1 {
        let mut offered = words;
        offered.truncate(OFFERED);
        store.ui(move |ui| ui.console.offered = offered);
    }
}
