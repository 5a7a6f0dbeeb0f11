//! Which dialog is open.

use yew::prelude::*;

use super::Props;
use super::command::Command;
use super::examples::Gallery;
use super::failure::FailurePage;
use super::help::Help;
use super::object_viewer::ObjectViewer;
use super::own_data::OwnData;
use super::problems::Problems;
use super::quick_add::QuickAdd;
use super::share::Share;
use crate::ui::Dialog;
use crate::widget::{Modal, use_store};

/// At most one dialog; an open object stands for itself.
#[component]
pub(crate) fn Dialogs(props: &Props) -> Html {
    let store = use_store();
    let onclose = store.changes(|ui| ui.dialog = None);
    let Some(dialog) = &props.ui.dialog else {
        return props.hud.object.as_ref().map_or_else(Html::default, |object| {
            let onclose = store.sends(session::Message::HideObject);
            html! {
                <Modal title="Object" {onclose} class="wide">
                    <ObjectViewer object={object.clone()} />
                </Modal>
            }
        });
    };
    let (hud, ui) = (props.hud.clone(), props.ui.clone());
    let (title, class, content) = match dialog {
        Dialog::Examples => ("Examples", "wide", html! { <Gallery {hud} {ui} /> }),
        Dialog::Command => ("Search or run", "small", html! { <Command {hud} {ui} /> }),
        Dialog::QuickAdd { at, legal } => {
            ("Add a part", "small", html! { <QuickAdd at={*at} legal={legal.clone()} /> })
        }
        Dialog::Share => ("Share", "", html! { <Share {hud} {ui} /> }),
        Dialog::OwnData => ("Your data", "wide", html! { <OwnData {hud} {ui} /> }),
        Dialog::Problems => ("Problems", "", html! { <Problems {hud} {ui} /> }),
        Dialog::Help => ("Help", "wide", html! { <Help {hud} {ui} /> }),
        Dialog::Failure(failure) => (
            "This could not be opened as it is",
            "",
            html! { <FailurePage failure={failure.clone()} /> },
        ),
    };
    html! { <Modal key={title} {title} {onclose} {class}>{ content }</Modal> }
}
