//! The page: its frame, its panels, its dialogs.

use std::rc::Rc;

use session::{Hud, Message};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::handles::Handles;
use crate::panel::{
    Banner, Bottom, ContextMenu, Dialogs, Inspector, KeyBar, Navigator, Outline, Palette,
    PhoneSheet, PhoneTop, Player, TopBar,
};
use crate::store::Store;
use crate::ui::{Detent, Layout, Ui, Wanted, theme_of};
use crate::{boot, dom, embed, frame_loop, link, local, stage};

/// What every panel of the page is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) hud: Rc<Hud>,
    pub(crate) ui: Rc<Ui>,
}

/// The root.
#[component]
pub(crate) fn App() -> Html {
    let embedded = embed::is_embedded();
    let store = use_memo((), |()| Store::new(embedded));
    let ui = use_reducer(|| Ui::at_start(wanted(&store), layout_now(embedded)));
    let hud = use_state(|| Rc::new(Hud::default()));
    let first = (store.clone(), ui.dispatcher(), hud.setter());
    use_effect_with((), move |()| {
        let (store, change, show) = first;
        let change = Callback::from(move |it| change.dispatch(it));
        store.attach(Callback::from(move |hud| show.set(hud)), change);
        begin(&store);
    });
    use_effect_with((ui.theme, ui.layout), {
        let store = store.clone();
        move |(theme, layout): &(scene::Theme, Layout)| {
            show_theme(&store, *theme);
            store.send(Message::Narrow(matches!(layout, Layout::Phone | Layout::Embed)));
        }
    });
    let ui: Rc<Ui> = Rc::new((*ui).clone());
    let hud = (*hud).clone();
    html! {
        <ContextProvider<Store> context={(*store).clone()}>
            { frame(&hud, &ui) }
            <Dialogs hud={hud.clone()} ui={ui.clone()} />
            <div class="vh" aria-live="polite" key="polite">{ &ui.said.0 }</div>
            <div class="vh" aria-live="assertive" key="assertive">
                <span key={ui.said.2}>{ &ui.said.1 }</span>
            </div>
        </ContextProvider<Store>>
    }
}

/// The bands around the diagram; the diagram itself is the same element in every layout.
fn frame(hud: &Rc<Hud>, ui: &Rc<Ui>) -> Html {
    let (hud, ui) = (hud.clone(), ui.clone());
    let phone = ui.layout == Layout::Phone;
    let embed = ui.layout == Layout::Embed;
    let wide = !phone && !embed;
    let inspector = ui.layout != Layout::Drawer || ui.drawer;
    let class = classes!(
        match ui.layout {
            Layout::Wide => "app",
            Layout::Rail => "app rail",
            Layout::Drawer => "app rail drawer",
            Layout::Phone => "phone",
            Layout::Embed => "embed",
        },
        match ui.detent {
            Detent::Peek => "peek",
            Detent::Half => "half",
            Detent::Full => "full",
        },
        ui.charts_hidden.then_some("no-charts"),
    );
    let props = || (hud.clone(), ui.clone());
    let band = |key: &'static str, shown: bool, content: &dyn Fn(Rc<Hud>, Rc<Ui>) -> Html| {
        let (hud, ui) = props();
        if shown {
            content(hud, ui)
        } else {
            html! { <key={key}></> }
        }
    };
    html! {
        <div {class}>
            { band("top", wide, &|hud, ui| html! { <TopBar key="top" {hud} {ui} /> }) }
            { band("phonetop", phone, &|hud, ui| html! { <PhoneTop key="phonetop" {hud} {ui} /> }) }
            { band("pal", wide, &|hud, ui| html! { <Palette key="pal" {hud} {ui} /> }) }
            <main class="can" key="can" aria-label="Diagram">
                <Stage />
                <Handles hud={hud.clone()} />
                { band("keybar", !phone, &|hud, ui| html! { <KeyBar key="keybar" {hud} {ui} /> }) }
                { band("map", wide, &|hud, ui| html! { <Navigator key="map" {hud} {ui} /> }) }
                { band("outline", ui.outline, &|hud, ui| html! { <Outline key="o" {hud} {ui} /> }) }
                { band("menu", ui.menu.is_some(), &|hud, ui| {
                    html! { <ContextMenu key="menu" {hud} {ui} /> }
                }) }
                { band("ban", true, &|hud, ui| html! { <Banner key="ban" {hud} {ui} /> }) }
            </main>
            { band("ins", wide && inspector, &|hud, ui| {
                html! { <Inspector key="ins" {hud} {ui} /> }
            }) }
            { band("bot", wide, &|hud, ui| html! { <Bottom key="bot" {hud} {ui} /> }) }
            { band("sheet", phone, &|hud, ui| html! { <PhoneSheet key="sheet" {hud} {ui} /> }) }
            { band("player", embed, &|hud, ui| html! { <Player key="player" {hud} {ui} /> }) }
        </div>
    }
}

/// The canvases: made once, then owned by `stage`.
#[component]
fn Stage() -> Html {
    let region = use_node_ref();
    let store = use_context::<Store>().expect("the page provides a store");
    use_effect_with(region.clone(), move |region| {
        if let Some(region) = region.cast::<HtmlElement>().and_then(|it| it.parent_element()) {
            use wasm_bindgen::JsCast as _;
            region.set_id("stage");
            stage::start(&store, region.unchecked_ref());
            boot::start(&store);
        }
    });
    html! {
        <div class="canvases" ref={region} aria-hidden="true">
            <canvas /><canvas /><canvas /><canvas />
        </div>
    }
}

fn begin(store: &Store) {
    frame_loop::start(store);
    link::keep(store);
    embed::start(store);
    if !store.embedded {
        local::Local::keep_apart(store);
        local::Local::keep_last(store);
    }
    let sized = store.clone();
    let embedded = store.embedded;
    for query in ["(min-width: 1200px)", "(min-width: 900px)", "(min-width: 600px)"] {
        let sized = sized.clone();
        dom::on_media(query, move |_event| sized.ui(move |ui| ui.layout = layout_now(embedded)));
    }
    let themed = store.clone();
    dom::on_media("(prefers-color-scheme: dark)", move |_event| {
        themed.ui(|ui| ui.theme = theme_of(ui.wanted));
    });
    let motion = "(prefers-reduced-motion: reduce)";
    store.send(Message::ReducedMotion(dom::media(motion)));
    let moved = store.clone();
    dom::on_media(motion, move |_event| {
        moved.send(Message::ReducedMotion(dom::media(motion)));
    });
}

fn show_theme(store: &Store, theme: scene::Theme) {
    let word = match theme {
        scene::Theme::Light => "light",
        scene::Theme::Dark => "dark",
    };
    if let Some(root) = dom::document().document_element() {
        dom::quiet(root.set_attribute("data-theme", word));
    }
    store.theme.set(theme);
    store.frames.wake();
}

fn wanted(store: &Store) -> Wanted {
    let asked = embed::query("theme").or_else(|| store.local.theme());
    match asked.as_deref() {
        Some("light") => Wanted::Light,
        Some("dark") => Wanted::Dark,
        _ => Wanted::System,
    }
}

fn layout_now(embedded: bool) -> Layout {
    match () {
        () if embedded => Layout::Embed,
        () if dom::media("(min-width: 1200px)") => Layout::Wide,
        () if dom::media("(min-width: 900px)") => Layout::Rail,
        () if dom::media("(min-width: 600px)") => Layout::Drawer,
        () => Layout::Phone,
    }
}
