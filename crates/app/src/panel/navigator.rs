//! The map with its zoom controls: click to look somewhere, arrows to pan without dragging.

use session::Message;
use yew::prelude::*;

use super::charts::strip;
use crate::app::Page;
use crate::stage;
use crate::strips;
use crate::widget::icon_button;

const PAN: f64 = 120.0;

/// The map.
pub(crate) fn navigator(page: &Page) -> Html {
    let store = &page.store;
    let pan = |label: &'static str, class: &'static str, dx: f64, dy: f64| {
        let onclick = store.sends(Message::Pan(dx, dy));
        html! { <button type="button" {class} aria-label={label} {onclick} /> }
    };
    // The map shows what is out of sight: it gives way when nothing is, and to cards; who points
    // at the zoom controls, which stay, sees it nevertheless.
    let (width, height) = stage::size();
    let mut rects = page.hud.outline.iter().map(|row| row.rect);
    let is_seen = rects.clone().all(|rect| is_inside(rect, (width, height)));
    let folded = is_seen || rects.any(|rect| covers(rect, height));
    html! {
        <div class={if folded { "map folded" } else { "map" }} data-over="">
            <div class="area" onclick={look(page)}>
                { strip("map".into()) }
                { pan("Pan left", "pan w", PAN, 0.0) }
                { pan("Pan right", "pan e", -PAN, 0.0) }
                { pan("Pan up", "pan n", 0.0, PAN) }
                { pan("Pan down", "pan s", 0.0, -PAN) }
            </div>
            { zoom(page) }
        </div>
    }
}

/// Away, how large everything is, closer, all of it.
pub(super) fn zoom(page: &Page) -> Html {
    let store = &page.store;
    html! {
        <div class="ctl">
            { icon_button("Zoom out", "minus", store.sends(Message::ZoomOut)) }
            <output aria-label="Zoom">{ page.hud.zoom_percent }{ " %" }</output>
            { icon_button("Zoom in", "plus", store.sends(Message::ZoomIn)) }
            { icon_button("Fit", "fit", store.sends(Message::Fit)) }
        </div>
    }
}

/// A click on the map brings that place into the middle.
fn look(page: &Page) -> Callback<MouseEvent> {
    let (map, camera) = strips::map_camera(page);
    let store = page.store.clone();
    Callback::from(move |event: MouseEvent| {
        let canvas: Option<web_sys::HtmlCanvasElement> = event.target_dyn_into();
        if canvas.is_some() {
            let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
            let seen = camera.screen_from_world(map.world_from_screen(at));
            let size = stage::size();
            store.send(Message::Pan(size.0 / 2.0 - seen.0, size.1 / 2.0 - seen.1));
        }
    })
}

/// Whether all of a card is in sight.
fn is_inside((x, y, w, h): (i32, i32, i32, i32), (width, height): (f64, f64)) -> bool {
    x >= 0 && y >= 0 && f64::from(x + w) <= width && f64::from(y + h) <= height
}

/// Whether a card lies where the map is: 160 × 116 in the lower left corner, 16 from the edges.
fn covers((x, y, w, h): (i32, i32, i32, i32), height: f64) -> bool {
    let top = f64::from(y) - height;
    x < 176 && x + w > 16 && top < -16.0 && top + f64::from(h) > -132.0
}
