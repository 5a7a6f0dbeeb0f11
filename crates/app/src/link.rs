//! The address bar: what a fragment opens, and writing the fragment back, never per keystroke.

use std::cell::Cell;

use scenario::link::{self, Fragment};
use session::Message;
use web_sys::Event;
use yew::AttrValue;

use crate::dom;
use crate::local::Local;
use crate::store::Store;

/// Browsers refuse more than some hundred writes in half a minute.
const WRITE_MILLIS: u32 = 2_000;

/// A link, file or template that could not be opened as it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// What is wrong.
    pub(crate) message: AttrValue,
    /// What to do.
    pub(crate) help: AttrValue,
    /// Code of the finding.
    pub(crate) code: AttrValue,
    /// Characters that arrived and that were announced.
    pub(crate) chars: Option<(u32, u32)>,
    /// What could still be read, as a link.
    pub(crate) rest: Option<AttrValue>,
}

/// Whether the address is behind the document.
#[derive(Default)]
pub(crate) struct LinkBar {
    stale: Cell<bool>,
}

impl LinkBar {
    /// The document changed. An address that names an example is wrong at once: who comes back to
    /// it wants the change.
    pub(crate) fn mark_stale(&self) {
        self.stale.set(true);
        if fragment().template.is_some() {
            replace(&page());
        }
    }
}

/// What was opened from the gallery stands in the address.
pub(crate) fn name_example(slug: &str) {
    let fragment = Fragment { template: Some(slug.to_owned()), ..Fragment::default() };
    replace(&format!("{}#{}", page(), fragment.to_text()));
}

fn replace(address: &str) {
    if let Ok(history) = dom::window().history() {
        let nothing = wasm_bindgen::JsValue::NULL;
        dom::quiet(history.replace_state_with_url(&nothing, "", Some(address)));
    }
}

/// The fragment of the address; `?s=` stands in where a host strips fragments.
pub(crate) fn fragment() -> Fragment {
    let location = dom::window().location();
    let fragment = Fragment::parse(&location.hash().unwrap_or_default());
    if fragment.scenario.is_some() || fragment.template.is_some() {
        return fragment;
    }
    let query = Fragment::parse(&location.search().unwrap_or_default());
    if query.scenario.is_some() { query } else { fragment }
}

/// Writes the address every two seconds at most and when the person turns away. A player inside
/// somebody's page never does.
pub(crate) fn keep(store: &Store) {
    if store.embedded {
        return;
    }
    let timed = store.clone();
    gloo_timers::callback::Interval::new(WRITE_MILLIS, move || write(&timed)).forget();
    let blurred = store.clone();
    dom::listen(&dom::window(), "blur", move |_event: Event| write(&blurred));
    let changed = store.clone();
    dom::listen(&dom::window(), "hashchange", move |_event: Event| {
        crate::boot::open(&changed, &fragment());
    });
}

fn write(store: &Store) {
    if !store.link.stale.replace(false) {
        return;
    }
    let payload = store.payload();
    replace(&format!("{}#s={payload}", page()));
    Local::keep_written(&payload);
}

/// The address of the page without query and fragment.
pub(crate) fn page() -> String {
    let href = dom::window().location().href().unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The address that opens the document at this moment.
pub(crate) fn address(store: &Store) -> String {
    format!("{}#{}", page(), moment(store).to_text())
}

/// Everything a link carries: the document, the moment, the speed.
pub(crate) fn moment(store: &Store) -> Fragment {
    let hud = store.hud();
    let at = (hud.transport.now.0 > 0).then_some(hud.transport.now);
    Fragment { scenario: Some(store.payload_of_run().to_string()), at, ..Fragment::default() }
}

/// Opens the payload of a link with `open`, or says what arrived and what was expected.
pub(crate) fn open_payload(
    store: &Store,
    payload: &str,
    open: fn(&Store, Message),
) -> Result<(), Failure> {
    match link::decode(payload) {
        Ok(loaded) if loaded.document.is_some() => {
            open(store, Message::OpenLink(payload.to_owned()));
            Ok(())
        }
        Ok(loaded) => Err(failure_of(&loaded.diagnostics)),
        Err(error) => {
            let rest = error.partial.as_ref().and_then(|loaded| loaded.document.as_ref());
            Err(Failure {
                message: error.message.clone().into(),
                help: error.help.clone().into(),
                code: error.code().to_string().into(),
                chars: error.got_chars.zip(error.want_chars),
                rest: rest.map(|document| link::encode(document).into()),
            })
        }
    }
}

/// The first finding about a document that holds nothing readable.
pub(crate) fn failure_of(findings: &[base::Diagnostic]) -> Failure {
    let first = findings.first();
    Failure {
        message: first.map_or("Nothing in it could be read".into(), |it| it.message.clone().into()),
        help: first.map_or("Start from a template".into(), |it| it.help.clone().into()),
        code: first.map_or(AttrValue::default(), |it| it.code.to_string().into()),
        chars: None,
        rest: None,
    }
}
