//! Record marks of the legend and signs beside the timeline, as SVG.

use yew::prelude::*;

/// The mark of a key slot in a 10 px box: 1 ● 2 ■ 3 ▲ 4 ◆ 5 ⬟ 6 ✚, others ○.
pub(crate) fn mark(slot: u8) -> Html {
    let (class, path) = match slot {
        1 => ("mark k1", "M.4 5a4.6 4.6 0 1 1 9.2 0a4.6 4.6 0 1 1-9.2 0z"),
        2 => ("mark k2", "M.9.9H9.1V9.1H.9z"),
        3 => ("mark k3", "M5 0L10 9.1H0z"),
        4 => ("mark k4", "M5-.3L10.3 5L5 10.3L-.3 5z"),
        5 => ("mark k5", "M5 0L9.8 3.4L8 9.1H2L.2 3.4z"),
        6 => ("mark k6", "M3.1.2H6.9V3.1H9.8V6.9H6.9V9.8H3.1V6.9H.2V3.1H3.1z"),
        _ => ("mark k0", "M.9 5a4.1 4.1 0 1 1 8.2 0a4.1 4.1 0 1 1-8.2 0z"),
    };
    html! { <svg {class} viewBox="0 0 10 10" aria-hidden="true"><path d={path} /></svg> }
}

/// A sign of the timeline in a 10 px box.
pub(crate) fn sign(name: &str) -> Html {
    let (class, path) = match name {
        "flush" => ("ev-flush", "M0-4L4 3H-4z"),
        "throttle" => ("ev-throttle", "M-3.2-3.2L3.2 3.2M3.2-3.2L-3.2 3.2"),
        "fault" => ("ev-fault", "M.8-5L-3.4.6H-.2L-.8 5L3.4-.9H.2z"),
        _ => ("ev-line", "M0 4.5V0M0 0C0-2-3.5-1.5-3.5-4.5M0 0C0-2 3.5-1.5 3.5-4.5"),
    };
    html! { <svg viewBox="-5 -5 10 10" aria-hidden="true"><path {class} d={path} /></svg> }
}
