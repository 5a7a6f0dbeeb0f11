//! The page on a phone: a short top bar and a sheet with three detents and four tabs.

use session::Message;
use session::hud::Tab;
use yew::prelude::*;

use super::charts::strip;
use super::top_bar::{title, title_menu};
use super::transport::{clock, lens, play, speed_words};
use super::{group, inspector, more, palette};
use crate::app::Page;
use crate::ui::{Detent, Dialog, Sheet};
use crate::widget::{button, glyph, icon_button, speed_slider, tab, text};

/// Title, outline, share, and the way to everything else.
pub(crate) fn phone_top(page: &Page) -> Html {
    let store = &page.store;
    html! {
        <header class="top">
            <h1 class="brand">{ glyph("brand") }<span class="vh">{ "Rivulet" }</span></h1>
            { title(page) }
            { title_menu(page) }
            <span class="sp" />
            { icon_button("Outline", "outline", store.changes(|ui| ui.outline = !ui.outline)) }
            { icon_button("Share", "share", store.opens(Dialog::Share)) }
        </header>
    }
}

const TABS: [(Sheet, &str, &str); 4] = [
    (Sheet::Run, "Run", "play"),
    (Sheet::Build, "Build", "build"),
    (Sheet::Inspect, "Inspect", "inspect"),
    (Sheet::More, "More", "more"),
];

/// The sheet.
pub(crate) fn phone_sheet(page: &Page) -> Html {
    let store = &page.store;
    let (next, label) = match page.ui.detent {
        Detent::Peek => (Detent::Half, "Sheet, lowered. Raise it"),
        Detent::Half => (Detent::Full, "Sheet, half open. Open it fully"),
        Detent::Full => (Detent::Peek, "Sheet, fully open. Lower it"),
    };
    let body = match page.ui.sheet {
        Sheet::Run => run(page),
        Sheet::Build => build(page),
        Sheet::Inspect => match (page.hud.inspector.as_deref(), page.hud.group.as_deref()) {
            (Some(model), _) => inspector::part(page, model, None),
            (None, Some(several)) => group::group(page, several, None),
            (None, None) => inspector::scenario(page, None),
        },
        Sheet::More => more::tab(page),
    };
    html! {
        <section class="sheet" aria-label="Controls" id="inspector">
            <button class="grab" type="button" aria-label={label}
                onclick={store.does(move |store| store.ui(move |ui| ui.detent = next))} />
            <div class="tabs" role="tablist" aria-label="Controls">
                { for TABS.iter().map(|(sheet, label, name)| {
                    let (sheet, selected) = (*sheet, page.ui.sheet == *sheet);
                    let onclick = store.does(move |store| store.ui(move |ui| {
                        ui.sheet = sheet;
                        if ui.detent == Detent::Peek { ui.detent = Detent::Half; }
                    }));
                    tab(selected, html! { <>{ glyph(name) }{ label }</> }, onclick, None)
                }) }
            </div>
            <div class="in">{ body }</div>
        </section>
    }
}

fn run(page: &Page) -> Html {
    let (store, hud) = (&page.store, &page.hud);
    let model = &hud.transport;
    let alert = hud.alert.as_ref().map(|alert| {
        let node = alert.node;
        let open = store.does(move |store| {
            store.send(Message::SelectNode(node, false));
            store.send(Message::ShowTab(Tab::Why));
            store.ui(|ui| ui.sheet = Sheet::Inspect);
        });
        html! {
            <div class="alert">
                { glyph("kill") }<b>{ text(&alert.words) }</b><span class="sp" />
                { button("btn", "Why?", open) }
            </div>
        }
    });
    html! {
        <>
            { alert.or_else(|| worst(page)) }
            <div class="row">{ clock(model) }<span class="sp" />{ speed_words(model) }</div>
            <div class="rail">{ strip("rail".into()) }</div>
            <div class="ctl5">
                { icon_button("Back to start", "start", store.sends(Message::Restart)) }
                { icon_button("Next event", "next", store.sends(Message::StepEvent)) }
                { play(store, model) }
                { button("btn big", "+1 s", store.sends(Message::StepMicros(1_000_000))) }
                { button("btn big", "+1 min", store.sends(Message::StepMicros(60_000_000))) }
            </div>
            <div class="row">
                <span class="sm muted">{ "0.1×" }</span>
                { speed_slider(store, model.speed_milli) }
                <span class="sm muted">{ "1000×" }</span>
            </div>
            <div class="row">
                { button("btn line", "Templates", store.opens(Dialog::Examples)) }
                { lens(store, page.ui.lens) }
            </div>
        </>
    }
}

/// The worst problem, and the way to all of them.
#[inline(never)]
fn worst(page: &Page) -> Option<Html> {
    if page.hud.problem_count == 0 {
        return None;
    }
    let problems = page.store.problems();
    let worst = problems.first()?;
    Some(html! {
        <div class="alert">
            { glyph("kill") }
            <span class="words"><b>{ text(&worst.place) }</b>{ ": " }{ text(&worst.message) }</span>
            <span class="sp" />
            { button("btn", "Why?", page.store.opens(Dialog::Problems)) }
        </div>
    })
}

fn build(page: &Page) -> Html {
    html! { <>{ for palette::sections(&page.store, "", false) }{ palette::faults(page) }</> }
}
