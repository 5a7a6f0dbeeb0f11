//! The draft, kept per document and tab. Storage may be blocked, full or absent: then the page
//! works on and says so.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use web_sys::{BroadcastChannel, Event, MessageEvent, Storage};

use crate::dom;
use crate::store::Store;

const SAVE_MILLIS: u32 = 400;
const THEME: &str = "rivulet/theme";
/// Drafts begin with this; what follows is the id of the tab that writes them.
const DRAFT: &str = "rivulet/draft/";
/// This tab's id survives a reload, not a second tab.
const TAB: &str = "rivulet/tab";
/// The payload this tab wrote into its address last.
const WRITTEN: &str = "rivulet/address";

/// Storage of this tab.
#[derive(Default)]
pub(crate) struct Local {
    keeps: Option<Storage>,
    tab: RefCell<String>,
    timer: RefCell<Option<Timeout>>,
    unsaved: Cell<bool>,
    told: Cell<bool>,
}

impl Local {
    /// Looks whether there is storage; a player never stores.
    pub(crate) fn open(embedded: bool) -> Self {
        if embedded {
            return Self::default();
        }
        let keeps = dom::window().local_storage().ok().flatten();
        let session = of_tab();
        let known = session.as_ref().and_then(|it| it.get_item(TAB).ok().flatten());
        let tab = known.unwrap_or_else(new_id);
        if let Some(session) = session {
            dom::quiet(session.set_item(TAB, &tab));
        }
        Self { keeps, tab: RefCell::new(tab), ..Self::default() }
    }

    /// A duplicated tab brings its id along: whoever hears another tab say its id takes a new one.
    pub(crate) fn keep_apart(store: &Store) {
        let Ok(channel) = BroadcastChannel::new("rivulet") else { return };
        let heard = store.clone();
        let answers = channel.clone();
        dom::listen(&channel, "message", move |event: MessageEvent| {
            let local = &heard.local;
            let Some(text) = event.data().as_string() else { return };
            let own = local.tab.borrow().clone();
            if text == format!("hello {own}") {
                dom::quiet(answers.post_message(&format!("taken {own}").into()));
            } else if text == format!("taken {own}") {
                let fresh = new_id();
                if let Some(session) = of_tab() {
                    dom::quiet(session.set_item(TAB, &fresh));
                }
                *local.tab.borrow_mut() = fresh;
            }
        });
        let hello = format!("hello {}", store.local.tab.borrow());
        dom::quiet(channel.post_message(&hello.into()));
    }

    /// Saves what is not yet saved when the page goes away.
    pub(crate) fn keep_last(store: &Store) {
        let leaving = store.clone();
        dom::listen(&dom::window(), "pagehide", move |_event: Event| {
            if leaving.local.unsaved.get() {
                leaving.local.save(&leaving);
            }
        });
    }

    /// Saves when nothing changed for a moment.
    pub(crate) fn save_soon(&self, store: &Store) {
        if store.embedded {
            return;
        }
        self.unsaved.set(true);
        let store = store.clone();
        let timer = Timeout::new(SAVE_MILLIS, move || store.local.save(&store));
        *self.timer.borrow_mut() = Some(timer);
    }

    fn save(&self, store: &Store) {
        self.unsaved.set(false);
        let text = scenario::format::save(&store.document());
        let key = format!("{DRAFT}{}", self.tab.borrow());
        let saved = self.keeps.as_ref().is_some_and(|keeps| keeps.set_item(&key, &text).is_ok());
        if !saved && !self.told.replace(true) {
            let words = "This browser keeps no drafts here: copy the link or download the file \
                to keep your work";
            store.ui(move |ui| ui.banner = Some(words.into()));
        }
    }

    /// The draft of this tab.
    pub(crate) fn draft(&self) -> Option<String> {
        let key = format!("{DRAFT}{}", self.tab.borrow());
        self.keeps.as_ref()?.get_item(&key).ok().flatten()
    }

    /// Notes what the address of this tab says.
    pub(crate) fn keep_written(payload: &str) {
        if let Some(session) = of_tab() {
            dom::quiet(session.set_item(WRITTEN, payload));
        }
    }

    /// Whether this tab wrote a payload into its address itself.
    pub(crate) fn has_written(payload: Option<&str>) -> bool {
        let written = of_tab().and_then(|it| it.get_item(WRITTEN).ok().flatten());
        written.is_some() && written.as_deref() == payload
    }

    /// The wanted theme: `light`, `dark` or nothing.
    pub(crate) fn theme(&self) -> Option<String> {
        self.keeps.as_ref()?.get_item(THEME).ok().flatten()
    }

    pub(crate) fn keep_theme(&self, word: &str) {
        if let Some(keeps) = &self.keeps {
            dom::quiet(keeps.set_item(THEME, word));
        }
    }
}

/// Storage that one tab keeps over a reload.
fn of_tab() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}

fn new_id() -> String {
    js_sys::Math::random().to_bits().to_string()
}
