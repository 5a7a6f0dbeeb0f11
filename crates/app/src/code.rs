//! The editor of scripts, which `www/boot.js` fetches when one is opened: it carries the text to
//! the session and the session's marks back. What it is: `www/editor/editor.js`.

use std::cell::RefCell;
use std::rc::Rc;

use base::NodeId;
use serde_json::{Value, json};
use session::hud::{CodeProblem, CodeView, Completion, Grade};
use session::{Message, code};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::app::Page;
use crate::dom;
use crate::store::Store;

#[wasm_bindgen]
extern "C" {
    /// The module.
    type Library;
    /// An open editor.
    #[derive(Clone)]
    type Editor;

    #[wasm_bindgen(js_name = editor, catch)]
    async fn load() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn open(
        this: &Library,
        host: &HtmlElement,
        words: &str,
        text: &str,
        typed: &JsValue,
        run: &JsValue,
        complete: &JsValue,
    ) -> Editor;
    #[wasm_bindgen(method)]
    fn write(this: &Editor, text: &str);
    #[wasm_bindgen(method)]
    fn mark(this: &Editor, problems: &str);
    #[wasm_bindgen(method)]
    fn go(this: &Editor, at: u32);
    #[wasm_bindgen(method)]
    fn tell(this: &Editor);
    #[wasm_bindgen(method)]
    fn focus(this: &Editor);
    #[wasm_bindgen(method)]
    fn close(this: &Editor);
}

/// What stands in the page.
#[derive(Default)]
pub(crate) struct Slot(RefCell<State>);

#[derive(Default)]
enum State {
    #[default]
    Empty,
    /// On its way.
    Coming,
    Open(Mounted),
}

struct Mounted {
    node: NodeId,
    editor: Editor,
    edition: u32,
    problems: Rc<Vec<CodeProblem>>,
    /// Called for as long as it is open.
    _typed: Closure<dyn FnMut(String)>,
    _run: Closure<dyn FnMut()>,
    _complete: Closure<dyn FnMut(u32, bool) -> String>,
}

impl Slot {
    /// Whether an editor is there.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(*self.0.borrow(), State::Open(_))
    }

    fn editor(&self) -> Option<Editor> {
        match &*self.0.borrow() {
            State::Open(mounted) => Some(mounted.editor.clone()),
            State::Empty | State::Coming => None,
        }
    }
}

/// Goes to a place of the text, in UTF-16 units.
pub(crate) fn go(store: &Store, at: u32) {
    if let Some(editor) = store.editor.editor() {
        editor.go(at);
    }
}

/// Lets the session have what was typed in the last moment.
pub(crate) fn tell(store: &Store) {
    if let Some(editor) = store.editor.editor() {
        editor.tell();
    }
}

/// After each change of the page: the editor is there when the session has one open, with its text
/// and its marks.
#[inline(never)]
pub(crate) fn follow(page: &Page) {
    let store = &page.store;
    let host = dom::find::<HtmlElement>("#code-host");
    let view = page.hud.code.as_ref();
    let is_stale = match &*store.editor.0.borrow() {
        State::Open(it) => {
            // A host that was made anew has nothing in it.
            let is_there = host.as_ref().is_some_and(|host| host.has_child_nodes());
            view.is_none_or(|view| view.node != it.node) || !is_there
        }
        State::Empty | State::Coming => false,
    };
    if is_stale {
        let old = store.editor.0.take();
        if let State::Open(it) = old {
            it.editor.close();
        }
    }
    let (Some(view), Some(host)) = (view, host) else { return };
    let change = match &mut *store.editor.0.borrow_mut() {
        State::Open(it) => {
            let writes = it.edition != view.edition;
            it.edition = view.edition;
            let marks = writes || !Rc::ptr_eq(&it.problems, &view.problems);
            it.problems = Rc::clone(&view.problems);
            Some((it.editor.clone(), writes, marks))
        }
        State::Coming => None,
        state @ State::Empty => {
            *state = State::Coming;
            fetch(store, &host);
            None
        }
    };
    // Outside of the borrow: the editor may call back.
    if let Some((editor, writes, marks)) = change {
        if writes {
            editor.write(&view.text);
        }
        if marks {
            editor.mark(&marked(&view.problems));
        }
    }
}

/// Fetches the editor and opens it in its place.
fn fetch(store: &Store, host: &HtmlElement) {
    let (store, host) = (store.clone(), host.clone());
    let takes_focus = dom::media("(pointer: fine)");
    spawn_local(async move {
        let library = load().await;
        *store.editor.0.borrow_mut() = State::Empty;
        let Ok(library) = library else {
            store.ui(|ui| ui.code.missing = true);
            return;
        };
        // Closed meanwhile.
        let Some(view) = store.hud().code.clone().filter(|_| host.is_connected()) else { return };
        let mounted = mount(&store, library.unchecked_ref(), &host, &view);
        mounted.editor.mark(&marked(&view.problems));
        if takes_focus {
            mounted.editor.focus();
        }
        *store.editor.0.borrow_mut() = State::Open(mounted);
    });
}

fn mount(store: &Store, library: &Library, host: &HtmlElement, view: &CodeView) -> Mounted {
    let node = view.node;
    let typing = store.clone();
    let typed = Closure::<dyn FnMut(String)>::new(move |text| {
        typing.send(Message::CodeTyped(node, text));
    });
    let running = store.clone();
    let run = Closure::<dyn FnMut()>::new(move || running.send(Message::CodeRun));
    let asked = store.clone();
    let complete = Closure::<dyn FnMut(u32, bool) -> String>::new(move |at, _is_asked| {
        let (from, found) = asked.with_session(|session| session.completions(at));
        let options: Vec<Value> = found.iter().map(option).collect();
        json!({ "from": from, "options": options }).to_string()
    });
    let mut words = code::words_of(view.dialect);
    words["label"] = Value::from(format!("Query of {}", view.name));
    let editor = library.open(
        host,
        &words.to_string(),
        &view.text,
        typed.as_ref(),
        run.as_ref(),
        complete.as_ref(),
    );
    Mounted {
        node,
        editor,
        edition: view.edition,
        problems: Rc::clone(&view.problems),
        _typed: typed,
        _run: run,
        _complete: complete,
    }
}

fn option(it: &Completion) -> Value {
    json!({
        "label": it.label,
        "detail": it.detail,
        "kind": it.kind.word(),
        "text": it.text,
    })
}

/// Problems as the editor underlines them.
fn marked(problems: &[CodeProblem]) -> String {
    let mark = |it: &CodeProblem| {
        let severity = match it.grade {
            Grade::Error => "error",
            Grade::Warning => "warning",
        };
        json!({
            "from": it.units.0,
            "to": it.units.1,
            "severity": severity,
            "message": &*it.message,
            "help": &*it.help,
            "code": it.code,
        })
    };
    Value::Array(problems.iter().map(mark).collect()).to_string()
}
