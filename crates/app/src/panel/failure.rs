//! What could not be opened: what arrived, what was expected, what still can be done.

use std::rc::Rc;

use session::Message;
use yew::prelude::*;

use crate::dom;
use crate::link::{self, Failure};
use crate::store::Store;
use crate::ui::{Dialog, Ui};
use crate::widget::button;

/// Never a blank page.
#[inline(never)]
pub(super) fn failure_page(store: &Store, failure: &Failure) -> Html {
    let again = store.clone();
    let onpaste = Callback::from(move |event: InputEvent| {
        let text = dom::value_of(&event);
        let payload = text.rsplit_once("#s=").map_or(text.as_str(), |(_, it)| it);
        let payload = payload.split('&').next().unwrap_or_default().trim();
        match link::open_payload(&again, payload, Store::send) {
            Ok(()) => {
                again.send(Message::Fit);
                again.ui(Ui::close);
            }
            Err(failure) => {
                let failure = Rc::new(failure);
                again.ui(move |ui| ui.dialog = Some(Dialog::Failure(failure)));
            }
        }
    });
    let rest = failure.rest.clone().map(|rest| {
        let open = store.does(move |store| {
            store.send(Message::OpenLink(rest.to_string()));
            store.send(Message::Fit);
            store.ui(Ui::close);
        });
        button("btn line", "Open what could be read", open)
    });
    html! {
        <div class="failure">
            <p class="bad b" role="alert">{ &failure.message }</p>
            if let Some((got, want)) = failure.chars {
                <p>{ format!("{} of {} characters arrived.",
                    base::units::grouped(got.into()), base::units::grouped(want.into())) }</p>
            }
            <p>{ &failure.help }</p>
            <p class="code muted">{ &failure.code }</p>
            <label class="fl" for="paste-again">{ "Paste the link again" }</label>
            <textarea id="paste-again" class="code" rows="3" oninput={onpaste} />
            <div class="foot-row">
                { rest }
                { button("btn line", "Start from a template", store.opens(Dialog::Examples)) }
            </div>
        </div>
    }
}
