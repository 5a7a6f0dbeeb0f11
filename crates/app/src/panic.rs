//! If we are wrong somewhere, say so over the page, with a way to keep the work: never blank.

use std::panic;

use crate::dom;

/// Shows an overlay instead of a dead page.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| show(&info.to_string())));
}

fn show(details: &str) {
    let document = dom::document();
    if document.get_element_by_id("crash").is_some() {
        return;
    }
    let (Ok(overlay), Some(body)) = (document.create_element("div"), document.body()) else {
        return;
    };
    overlay.set_id("crash");
    dom::quiet(overlay.set_attribute("role", "alertdialog"));
    dom::quiet(overlay.set_attribute("aria-label", "Rivulet made a mistake"));
    let address = dom::window().location().href().unwrap_or_default();
    for (tag, words) in [
        ("h1", "Rivulet made a mistake"),
        ("p", "The simulation stopped. Reload the page to go on from the last saved state."),
        ("p", "This link holds the last good scenario; with it the mistake can be repeated:"),
        ("textarea", address.as_str()),
        ("pre", details),
    ] {
        if let Ok(element) = document.create_element(tag) {
            element.set_text_content(Some(words));
            dom::quiet(element.set_attribute("aria-label", words));
            dom::quiet(overlay.append_child(&element));
        }
    }
    dom::quiet(body.append_child(&overlay));
}
