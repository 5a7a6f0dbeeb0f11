//! Small line charts as SVG paths: minima and maxima survive, nothing is smoothed.

use yew::prelude::*;

/// Points per pixel column at most: a minimum and a maximum.
const PAIR: usize = 2;

/// A path through values over `width` × `height`, zero at the bottom; `right` is where the newest
/// value lies.
pub(crate) fn line(points: &[u64], top: u64, right: f64, left: f64, height: f64) -> String {
    let mut path = String::new();
    let columns = whole(right - left).max(1);
    let count = points.len();
    let bucket = count.div_ceil(columns * PAIR).max(1);
    let step = (right - left) / float(count.saturating_sub(1).max(1) as u64);
    for (at, chunk) in points.chunks(bucket).enumerate() {
        let value = if at % PAIR == 0 { chunk.iter().max() } else { chunk.iter().min() };
        let value = if bucket == 1 { chunk.first() } else { value };
        let x = left + step * float((at * bucket) as u64);
        let y = height - 4.0 - float(*value.unwrap_or(&0)) / float(top.max(1)) * (height - 9.0);
        let letter = if at == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{letter}{x:.1} {y:.1}"));
    }
    path
}

/// A sparkline that fills its box; `limit` is dashed.
pub(crate) fn spark(points: &[u64], limit: Option<u64>, bad: bool, height: u32) -> Html {
    let top = points.iter().copied().chain(limit).max().unwrap_or(1).max(1);
    let tall = f64::from(height);
    let path = line(points, top, 288.0, 0.0, tall);
    let limit = limit.map(|limit| {
        let y = tall - 4.0 - float(limit) / float(top) * (tall - 9.0);
        html! { <path class="limit" d={format!("M0 {y:.1}H288")} /> }
    });
    html! {
        <svg class={classes!("spark", bad.then_some("bad"))} height={height.to_string()}
            viewBox={format!("0 0 288 {height}")} preserveAspectRatio="none" aria-hidden="true">
            <path class="floor" d={format!("M0 {:.1}H288", tall - 0.5)} />
            { limit }
            <path class="curve" d={path} />
        </svg>
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels need no 53 bits")]
pub(crate) fn float(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width in pixels")]
fn whole(width: f64) -> usize {
    width.max(0.0) as usize
}
