//! The map with its zoom controls: click to look somewhere, arrows to pan without dragging.

use session::Message;
use yew::prelude::*;

use super::Props;
use crate::widget::{icon_button, use_store};

const WIDTH: f64 = 158.0;
const HEIGHT: f64 = 82.0;
/// Room around everything for the arrows.
const MARGIN: f64 = 12.0;
const PAN: f64 = 120.0;

/// A rectangle on the screen: left, top, width, height.
type Rect = (f64, f64, f64, f64);

/// The map.
#[component]
pub(crate) fn Navigator(props: &Props) -> Html {
    let store = use_store();
    let size = crate::stage::size();
    let rects: Vec<(Rect, bool)> =
        props.hud.outline.iter().map(|row| (float(row.rect), row.selected)).collect();
    let (scale, left, top) = fit(&rects, size);
    let view = (0.0, 0.0, size.0, size.1);
    let place = |(x, y, w, h): Rect| {
        let at = (x * scale + left, y * scale + top, w * scale, h * scale);
        move |class: &'static str| {
            html! {
                <rect {class} x={format!("{:.1}", at.0)} y={format!("{:.1}", at.1)} rx="1.5"
                    width={format!("{:.1}", at.2)} height={format!("{:.1}", at.3)} />
            }
        }
    };
    let looked = store.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let screen = ((at.0 - left) / scale, (at.1 - top) / scale);
        looked.send(Message::Pan(size.0 / 2.0 - screen.0, size.1 / 2.0 - screen.1));
    });
    let pan = |label: &'static str, class: &'static str, dx: f64, dy: f64| {
        let onclick = store.sends(Message::Pan(dx, dy));
        let class = classes!("pan", class);
        html! { <button type="button" {class} aria-label={label} {onclick} /> }
    };
    // The map gives way to cards; the zoom controls stay.
    let folded = rects.iter().any(|(rect, _)| covers(*rect, size.1));
    html! {
        <div class="map" data-over="">
            <div class="area" hidden={folded}>
                <svg viewBox="0 0 158 82" aria-hidden="true" {onclick}>
                    { place(view)("seen") }
                    { for rects.iter().map(|(rect, selected)| {
                        place(*rect)(if *selected { "box chosen" } else { "box" })
                    }) }
                </svg>
                { pan("Pan left", "w", PAN, 0.0) }
                { pan("Pan right", "e", -PAN, 0.0) }
                { pan("Pan up", "n", 0.0, PAN) }
                { pan("Pan down", "s", 0.0, -PAN) }
            </div>
            <div class="ctl">
                { icon_button("Zoom out", "minus", store.sends(Message::ZoomOut)) }
                <output aria-label="Zoom">{ format!("{} %", props.hud.zoom_percent) }</output>
                { icon_button("Zoom in", "plus", store.sends(Message::ZoomIn)) }
                { icon_button("Fit", "fit", store.sends(Message::Fit)) }
            </div>
        </div>
    }
}

/// Whether a card lies where the map is: 160 × 116 in the lower left corner, 16 from the edges.
fn covers((x, y, w, h): Rect, height: f64) -> bool {
    x < 176.0 && x + w > 16.0 && y < height - 16.0 && y + h > height - 132.0
}

/// Scale and offset that bring everything and the visible part onto the map.
fn fit(rects: &[(Rect, bool)], size: (f64, f64)) -> (f64, f64, f64) {
    let mut all = (0.0_f64, 0.0_f64, size.0, size.1);
    for ((x, y, w, h), _) in rects {
        all = (all.0.min(*x), all.1.min(*y), all.2.max(x + w), all.3.max(y + h));
    }
    let (w, h) = ((all.2 - all.0).max(1.0), (all.3 - all.1).max(1.0));
    let scale = ((WIDTH - 2.0 * MARGIN) / w).min((HEIGHT - 2.0 * MARGIN) / h);
    let left = (WIDTH - w * scale) / 2.0 - all.0 * scale;
    let top = (HEIGHT - h * scale) / 2.0 - all.1 * scale;
    (scale, left, top)
}

fn float((x, y, w, h): (i32, i32, i32, i32)) -> Rect {
    (x.into(), y.into(), w.into(), h.into())
}
