//! The page: one component that holds the HUD and the state of the page. Everything it shows is
//! drawn by plain functions of these, in `panel`.

use std::rc::Rc;

use session::{Hud, Message};
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use crate::panel::{self, Panel};
use crate::store::Store;
use crate::strips;
use crate::ui::{Below, Change, Detent, Layout, SHORT, Ui, Wanted, theme_of};
use crate::{boot, code, dom, embed, frame_loop, link, local, stage};

/// What reaches the page from the store.
pub(crate) enum News {
    /// What panels show of the session.
    Hud(Rc<Hud>),
    /// Something that is only the page's.
    Ui(Change),
}

/// The root, and what every panel is given.
pub(crate) struct Page {
    pub(crate) store: Store,
    pub(crate) hud: Rc<Hud>,
    pub(crate) ui: Ui,
}

impl Component for Page {
    type Message = News;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let store = Store::new(embed::is_embedded());
        store.attach(ctx.link().clone());
        let ui = Ui::at_start(wanted(&store), layout_now(store.embedded));
        Self { store, hud: Rc::default(), ui }
    }

    fn update(&mut self, _ctx: &Context<Self>, news: News) -> bool {
        match news {
            News::Hud(hud) => self.hud = hud,
            News::Ui(change) => {
                let before = (self.ui.theme, self.ui.layout);
                self.ui.apply(change);
                if before != (self.ui.theme, self.ui.layout) {
                    self.follow();
                }
            }
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        html! {
            <>
                { frame(self) }
                { panel::dialogs(self) }
                <div class="vh" aria-live="polite">{ &self.ui.said.0 }</div>
                <div class="vh" aria-live="assertive">
                    <span key={self.ui.said.2}>{ &self.ui.said.1 }</span>
                </div>
            </>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if first {
            self.follow();
            begin(&self.store);
        }
        if let Some(dialog) = dom::find::<HtmlDialogElement>("dialog:not([open])") {
            dom::quiet(dialog.show_modal());
        }
        if self.ui.menu.is_some() && dom::find::<HtmlElement>(".menu:focus-within").is_none() {
            dom::focus("#context-menu button");
        }
        if self.hud.code.is_some() || self.store.editor.is_taken() {
            code::follow(self);
        }
        strips::paint(self);
    }
}

impl Page {
    /// Lets canvas and session know the theme and how much room there is.
    fn follow(&self) {
        show_theme(&self.store, self.ui.theme);
        let narrow = matches!(self.ui.layout, Layout::Phone | Layout::Embed);
        self.store.send(Message::Narrow(narrow));
    }
}

/// The bands around the diagram; the diagram itself is the same element in every layout.
fn frame(page: &Page) -> Html {
    let layout = page.ui.layout;
    let phone = layout == Layout::Phone;
    let embed = layout == Layout::Embed;
    let wide = !phone && !embed;
    let inspector = wide && (layout != Layout::Drawer || page.ui.drawer);
    let band = |shown: bool, panel: Panel| if shown { panel(page) } else { Html::default() };
    html! {
        <div class={class(page)}>
            { band(wide, panel::top_bar) }
            { band(phone, panel::phone_top) }
            { band(wide, panel::palette) }
            <main class="can" id="stage" aria-label="Diagram" tabindex="-1">
                <div class="canvases" aria-hidden="true">
                    <canvas /><canvas /><canvas />
                </div>
                { panel::handles(page) }
                { band(!phone, panel::key_bar) }
                { band(wide, panel::navigator) }
                { band(page.ui.outline, panel::outline) }
                { band(true, panel::context_menu) }
                { band(true, panel::banner) }
                { band(true, panel::veil) }
            </main>
            { band(wide || phone, panel::sql_editor) }
            { band(inspector, panel::inspector) }
            { band(wide, panel::bottom) }
            { band(phone, panel::phone_sheet) }
            { band(embed, panel::player) }
        </div>
    }
}

fn class(page: &Page) -> Classes {
    let ui = &page.ui;
    let layout = match ui.layout {
        Layout::Wide => "app",
        Layout::Rail => "app rail",
        Layout::Drawer => "app rail drawer",
        Layout::Phone => "phone",
        Layout::Embed => "embed",
    };
    let detent = match ui.detent {
        Detent::Peek => "peek",
        Detent::Half => "half",
        Detent::Full => "full",
    };
    let coding = page.hud.code.is_some().then_some("coding");
    classes!(layout, detent, ui.charts_hidden.then_some("no-charts"), coding)
}

/// Once, when the elements are there.
fn begin(store: &Store) {
    if let Some(region) = dom::find::<HtmlElement>("#stage") {
        stage::start(store, &region);
    }
    frame_loop::start(store);
    link::keep(store);
    embed::start(store);
    if !store.embedded {
        local::Local::keep_apart(store);
        local::Local::keep_last(store);
    }
    watch_media(store);
    boot::start(store);
}

fn watch_media(store: &Store) {
    let embedded = store.embedded;
    for query in ["(min-width: 1200px)", "(min-width: 900px)", "(min-width: 600px)"] {
        let store = store.clone();
        dom::on_media(query, move |_event| store.ui(move |ui| ui.layout = layout_now(embedded)));
    }
    let short = store.clone();
    dom::on_media(SHORT, move |_event| {
        short.ui(|ui| ui.charts_hidden = ui.below == Below::Charts && dom::media(SHORT));
    });
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
