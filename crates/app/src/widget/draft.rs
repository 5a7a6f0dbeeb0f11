//! Typing into a field of text: a draft is kept until Enter or until the focus leaves, so that a
//! running simulation never writes over what a person types.

use yew::prelude::*;

use crate::app::Page;
use crate::dom;
use crate::store::Store;

/// The value of a field of text and its events.
pub(crate) struct Draft {
    pub(crate) value: AttrValue,
    pub(crate) oninput: Callback<InputEvent>,
    pub(crate) onblur: Callback<FocusEvent>,
    /// Enter commits, Escape gives up; areas leave both to the browser.
    pub(crate) onkeydown: Callback<KeyboardEvent>,
}

/// Shows a value, or the draft of this field; `commit` takes what differs from the value.
pub(crate) fn draft(
    page: &Page,
    field: String,
    shown: String,
    commit: impl Fn(&Store, &str) + 'static,
) -> Draft {
    let field = AttrValue::from(field);
    let typed = page.ui.draft.as_ref().filter(|(of, _)| *of == field).map(|(_, text)| text);
    let value = AttrValue::from(typed.cloned().unwrap_or_else(|| shown.clone()));
    let store = page.store.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let (field, text) = (field.clone(), dom::value_of(&event));
        store.ui(move |ui| ui.draft = Some((field, text)));
    });
    let store = page.store.clone();
    let done = Callback::from(move |text: String| {
        if text != shown {
            commit(&store, &text);
        }
        store.ui(|ui| ui.draft = None);
    });
    let store = page.store.clone();
    let entered = done.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => entered.emit(dom::value_of(&event)),
        "Escape" => store.ui(|ui| ui.draft = None),
        _ => {}
    });
    let onblur = Callback::from(move |event: FocusEvent| done.emit(dom::value_of(&event)));
    Draft { value, oninput, onblur, onkeydown }
}
