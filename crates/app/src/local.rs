//! Drafts, one for each document that was opened here. Storage may be blocked, full or absent: then
//! the page works on and says so.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use session::Message;
use web_sys::{BroadcastChannel, Event, MessageEvent, Storage};

use crate::boot;
use crate::dom;
use crate::store::Store;

const SAVE_MILLIS: u32 = 400;
const THEME: &str = "rivulet/theme";
/// Drafts begin with this; what follows is the id of the document.
const DRAFT: &str = "rivulet/draft/";
/// The ids and titles of all drafts, a line each, the last changed first.
const DRAFTS: &str = "rivulet/drafts";
/// More drafts than this push out the oldest.
const DRAFTS_MAX: usize = 20;
/// The id of this tab's document survives a reload, not a second tab.
const OPEN: &str = "rivulet/open";
/// The payload this tab wrote into its address last.
const WRITTEN: &str = "rivulet/address";

/// A document that was changed here.
#[derive(Clone, PartialEq)]
pub(crate) struct Draft {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
}

/// Storage of this tab.
#[derive(Default)]
pub(crate) struct Local {
    keeps: Option<Storage>,
    open: RefCell<String>,
    channel: RefCell<Option<BroadcastChannel>>,
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
        let known = of_tab().and_then(|it| it.get_item(OPEN).ok().flatten());
        let open = RefCell::new(known.unwrap_or_else(new_id));
        Self { keeps, open, ..Self::default() }
    }

    /// Another document is about to be opened: what is there stays under its own id.
    pub(crate) fn part(&self, store: &Store) {
        if store.embedded {
            return;
        }
        self.flush(store);
        self.go_on_as(new_id());
    }

    /// Saves now what was to be saved in a moment.
    fn flush(&self, store: &Store) {
        if self.unsaved.get() {
            *self.timer.borrow_mut() = None;
            self.save(store);
        }
    }

    fn go_on_as(&self, id: String) {
        if let Some(session) = of_tab() {
            dom::quiet(session.set_item(OPEN, &id));
        }
        *self.open.borrow_mut() = id;
    }

    /// A duplicated tab brings its id along, and a draft may be open elsewhere: whoever hears
    /// another tab say its id tells so, and the other goes on under a new one.
    pub(crate) fn keep_apart(store: &Store) {
        let Ok(channel) = BroadcastChannel::new("rivulet") else { return };
        let heard = store.clone();
        let answers = channel.clone();
        dom::listen(&channel, "message", move |event: MessageEvent| {
            let local = &heard.local;
            let Some(text) = event.data().as_string() else { return };
            let own = local.open.borrow().clone();
            if text == format!("hello {own}") {
                dom::quiet(answers.post_message(&format!("taken {own}").into()));
            } else if text == format!("taken {own}") {
                local.go_on_as(new_id());
            }
        });
        *store.local.channel.borrow_mut() = Some(channel);
        store.local.say_hello();
    }

    fn say_hello(&self) {
        let hello = format!("hello {}", self.open.borrow());
        if let Some(channel) = self.channel.borrow().as_ref() {
            dom::quiet(channel.post_message(&hello.into()));
        }
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
        self.unsaved.set(true);
        let store = store.clone();
        let timer = Timeout::new(SAVE_MILLIS, move || store.local.save(&store));
        *self.timer.borrow_mut() = Some(timer);
    }

    fn save(&self, store: &Store) {
        self.unsaved.set(false);
        let text = scenario::format::save(&store.document());
        let own = self.open.borrow().clone();
        let key = format!("{DRAFT}{own}");
        let saved = self.keeps.as_ref().is_some_and(|keeps| keeps.set_item(&key, &text).is_ok());
        if saved {
            let title = store.document().title.split_whitespace().collect::<Vec<_>>().join(" ");
            self.list_first(Draft { id: own, title });
        } else if !self.told.replace(true) {
            let words = "This browser keeps no drafts here: copy the link or download the file \
                to keep your work";
            store.ui(move |ui| ui.banner = Some(words.into()));
        }
    }

    /// A draft is the newest now; what falls off the end of the list is thrown away.
    fn list_first(&self, draft: Draft) {
        let mut drafts = self.drafts();
        drafts.retain(|it| it.id != draft.id);
        drafts.insert(0, draft);
        for old in drafts.split_off(drafts.len().min(DRAFTS_MAX)) {
            self.remove(&old.id);
        }
        self.keep_list(&drafts);
    }

    /// Whether this tab's document was changed.
    pub(crate) fn has_draft(&self) -> bool {
        self.text(&self.open.borrow()).is_some()
    }

    /// Goes on with this tab's document. Until it is there the tab goes by another id: what is
    /// done meanwhile becomes a draft of its own and replaces none.
    pub(crate) async fn reopen_own(store: &Store) {
        let own = store.local.open.replace(new_id());
        Self::reopen(store, &own).await;
    }

    /// Goes on with a draft as it is now: the open one may have changed a moment ago.
    pub(crate) async fn reopen(store: &Store, id: &str) {
        if !boot::is_ready(store).await {
            return;
        }
        store.local.flush(store);
        if let Some(text) = store.local.text(id) {
            store.open_named(Message::OpenFile(text.into_bytes()));
            store.link.mark_stale();
            store.local.go_on_as(id.to_owned());
            store.local.say_hello();
            store.send(Message::Fit);
        }
    }

    /// All drafts, the last changed first.
    pub(crate) fn drafts(&self) -> Vec<Draft> {
        let list = self.keeps.as_ref().and_then(|keeps| keeps.get_item(DRAFTS).ok().flatten());
        let draft = |line: &str| {
            let (id, title) = line.split_once(' ')?;
            Some(Draft { id: id.to_owned(), title: title.to_owned() })
        };
        list.unwrap_or_default().lines().filter_map(draft).collect()
    }

    fn keep_list(&self, drafts: &[Draft]) {
        let lines = drafts.iter().map(|it| format!("{} {}", it.id, it.title));
        let list = lines.collect::<Vec<_>>().join("\n");
        if let Some(keeps) = &self.keeps {
            dom::quiet(keeps.set_item(DRAFTS, &list));
        }
    }

    /// Throws a draft away.
    pub(crate) fn forget(&self, id: &str) {
        self.remove(id);
        let mut drafts = self.drafts();
        drafts.retain(|it| it.id != id);
        self.keep_list(&drafts);
    }

    fn remove(&self, id: &str) {
        if let Some(keeps) = &self.keeps {
            dom::quiet(keeps.remove_item(&format!("{DRAFT}{id}")));
        }
    }

    fn text(&self, id: &str) -> Option<String> {
        self.keeps.as_ref()?.get_item(&format!("{DRAFT}{id}")).ok().flatten()
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
