//! A modal dialog: the browser's own element keeps the focus inside and closes with Escape.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::icon_button;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) title: AttrValue,
    pub(crate) onclose: Callback<()>,
    pub(crate) children: Html,
    /// `wide`, `small` or nothing.
    #[prop_or_default]
    pub(crate) class: Classes,
}

/// A titled dialog that is open for as long as it is rendered.
#[component]
pub(crate) fn Modal(props: &Props) -> Html {
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            crate::dom::quiet(dialog.show_modal());
        }
    });
    let onclose = props.onclose.reform(|_event: Event| ());
    let close = props.onclose.reform(|_event: MouseEvent| ());
    let backdrop = {
        let (dialog, close) = (dialog.clone(), props.onclose.clone());
        Callback::from(move |event: MouseEvent| {
            if event.target() == dialog.get().map(Into::into) {
                close.emit(());
            }
        })
    };
    html! {
        <dialog ref={dialog} class={classes!("modal", props.class.clone())} {onclose}
            onclick={backdrop} aria-label={props.title.clone()}>
            <div class="frame">
                <header>
                    <h2>{ &props.title }</h2>
                    <span class="sp" />
                    { icon_button("Close", "close", close) }
                </header>
                <div class="inside">{ props.children.clone() }</div>
            </div>
        </dialog>
    }
}
