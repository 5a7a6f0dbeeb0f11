//! Which dialog is open.

use yew::prelude::*;

use super::command::command;
use super::cost::cost;
use super::examples::gallery;
use super::failure::failure_page;
use super::help::help;
use super::object_viewer::object_viewer;
use super::own_data::own_data;
use super::problems::problems;
use super::quick_add::quick_add;
use super::share::share;
use crate::app::Page;
use crate::store::Store;
use crate::ui::{Dialog, Ui};
use crate::widget::modal;

/// At most one dialog; an open object stands for itself.
pub(crate) fn dialogs(page: &Page) -> Html {
    let store = &page.store;
    let Some(dialog) = &page.ui.dialog else {
        return page.hud.object.as_ref().map_or_else(Html::default, |object| {
            let close = |store: &Store| store.send(session::Message::HideObject);
            modal(store, "Object", "wide", close, object_viewer(store, object))
        });
    };
    let (title, class, content) = match dialog {
        Dialog::Examples => ("Templates", "wide", gallery(page)),
        Dialog::Command => ("Search or run", "small", command(page)),
        Dialog::QuickAdd { at, fit } => ("Add a part", "small", quick_add(page, *at, fit)),
        Dialog::Cost => ("Cost", "wide", cost(page)),
        Dialog::Share => ("Share", "", share(page)),
        Dialog::OwnData => ("Your data", "wide", own_data(page)),
        Dialog::Problems => ("Problems", "", problems(page)),
        Dialog::Help => ("Help", "wide", help(page)),
        Dialog::Failure(failure) => {
            ("This could not be opened as it is", "", failure_page(store, failure))
        }
    };
    modal(store, title, class, |store| store.ui(Ui::close), content)
}
