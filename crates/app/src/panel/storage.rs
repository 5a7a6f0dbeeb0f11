//! What a bucket stores: the way down to a prefix, folders with their sums, objects, downloads.

use base::NodeId;
use base::units::{bytes_text, grouped};
use session::hud::{ListedObject, Listing};
use session::{Message, Pick};
use yew::prelude::*;

use crate::store::Store;
use crate::widget::{button, glyph, icon_button, named_button, text};

/// The open prefix of a bucket.
#[inline(never)]
pub(super) fn storage(store: &Store, node: NodeId, listing: &Listing) -> Html {
    let download = Message::Download(Pick::Under(node, listing.prefix.to_string()));
    let is_root = listing.prefix.is_empty();
    let all = if is_root { "Download all as ZIP" } else { "Download folder as ZIP" };
    html! {
        <>
            { crumbs(store, node, listing) }
            <p class="total">
                <b>{ counted(listing.count, "object") }</b>
                { format!(" · {}", bytes_text(listing.bytes)) }
                if listing.all > listing.count {
                    <span class="muted">{ format!(" · of {}", grouped(listing.all)) }</span>
                }
            </p>
            if let Some(words) = &listing.warning {
                <p class="caution">{ glyph("alert") }<span>{ text(words) }</span></p>
            }
            if !listing.no_zip.is_empty() {
                <p class="muted md">{ all }{ ": " }{ text(&listing.no_zip) }</p>
            } else if listing.count > 0 {
                { button("btn line", all, store.sends(download)) }
            } else {
                <p class="muted">{ "Nothing was delivered here yet." }</p>
            }
            <ul class="objects">
                { for listing.folders.iter().map(|folder| {
                    let prefix = format!("{}{}", listing.prefix, folder.name);
                    let onclick = store.sends(Message::ListObjects { node, prefix, skip: 0 });
                    html! {
                        <li key={folder.name.clone()}>
                            <button type="button" class="entry" {onclick}>
                                { glyph("folder") }
                                <span class="name">{ folder.name.clone() }</span>
                                <span class="muted">
                                    { counted(folder.count.into(), "object") }
                                </span>
                                <span class="num">{ bytes_text(folder.bytes) }</span>
                            </button>
                        </li>
                    }
                }) }
                { for listing.objects.iter().map(|object| entry(store, node, object)) }
            </ul>
            { pager(store, node, listing) }
        </>
    }
}

fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// The bucket and every step down from it.
fn crumbs(store: &Store, node: NodeId, listing: &Listing) -> Html {
    let last = listing.crumbs.len().saturating_sub(1);
    html! {
        <nav class="crumbs" aria-label="Prefix">
            { for listing.crumbs.iter().enumerate().map(|(at, (label, prefix))| {
                let prefix = prefix.to_string();
                let onclick = store.sends(Message::ListObjects { node, prefix, skip: 0 });
                let current = (at == last).then_some("location");
                html! {
                    <span key={at}>
                        <button type="button" aria-current={current} {onclick}>
                            { text(label) }
                        </button>
                        { "/" }
                    </span>
                }
            }) }
        </nav>
    }
}

/// An object: a click opens it, the button beside it saves it.
fn entry(store: &Store, node: NodeId, object: &ListedObject) -> Html {
    let index = object.index;
    let open = store.sends(Message::ShowObject { node, index });
    let save = store.sends(Message::Download(Pick::One(node, index)));
    html! {
        <li key={index} class="object-row">
            <button type="button" class="entry" onclick={open} title={object.name.to_string()}>
                <span class="name">{ text(&object.name) }</span>
                <span class="facts">
                    <b class="num">{ bytes_text(object.bytes) }</b>
                    <span class="muted num">{ counted(object.records, "record") }</span>
                    <span class="muted num">{ text(&object.age) }</span>
                    <span class={match &*object.reason {
                        "size" => "chip full",
                        "error" => "chip bad",
                        _ => "chip",
                    }}>
                        { text(&object.reason) }
                    </span>
                </span>
            </button>
            { icon_button(format!("Download {}", object.name), "save", save) }
        </li>
    }
}

/// Newer and older objects, when one page does not have them all.
fn pager(store: &Store, node: NodeId, listing: &Listing) -> Html {
    if listing.range.is_empty() {
        return Html::default();
    }
    let turn = |label: &'static str, name, skip: Option<u32>| {
        let prefix = listing.prefix.to_string();
        let to = Message::ListObjects { node, prefix, skip: skip.unwrap_or(0) };
        named_button(label.into(), name, store.sends(to), skip.is_none())
    };
    html! {
        <div class="row pager">
            { turn("Newer objects", "left", listing.turns.0) }
            <span class="num">{ text(&listing.range) }</span>
            { turn("Older objects", "right", listing.turns.1) }
        </div>
    }
}
