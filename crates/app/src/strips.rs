//! Small canvases in panels: the rail, the map, charts. Whichever are on the page are painted
//! after each change of it, with the painter of the diagram.

use base::Time;
use scene::build::{Window, minimap, timeline};
use scene::{Align, Camera, Ink, Layer, Segment, Shape, Stroke, TextMeasure};
use session::hud::Chart;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlCanvasElement;

use crate::app::Page;
use crate::dom;

const MICROS: f64 = 1e6;

/// Paints all that are there; `data-draw` says what each shows.
pub(crate) fn paint(page: &Page) {
    let mut canvases = page.store.canvases.borrow_mut();
    let (Some(canvases), Ok(found)) =
        (canvases.as_mut(), dom::document().query_selector_all("canvas[data-draw]"))
    else {
        return;
    };
    for at in 0..found.length() {
        let Some(canvas) = found.get(at).and_then(|it| it.dyn_into::<HtmlCanvasElement>().ok())
        else {
            continue;
        };
        let size = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
        let what = canvas.get_attribute("data-draw").unwrap_or_default();
        let mut layer = Layer::default();
        draw(page, &what, size, canvases.text(), &mut layer.shapes);
        canvases.paint(canvas, size, layer, page.ui.theme);
    }
    canvases.forget_gone();
}

fn draw(
    page: &Page,
    what: &str,
    size: (f64, f64),
    text: &dyn TextMeasure,
    shapes: &mut Vec<Shape>,
) {
    let (word, at) = what.split_once(' ').unwrap_or((what, ""));
    let at = at.parse::<usize>().unwrap_or(0);
    let inspector = page.hud.inspector.as_deref();
    match word {
        "rail" => page.store.with_session(|session| {
            timeline(session.snapshot(), &window(page, size), text, shapes);
        }),
        "map" => page.store.with_session(|session| {
            let map = minimap(session.document(), session.snapshot(), session.view());
            *shapes = map.live.shapes;
        }),
        "chart" => {
            if let Some(it) = page.hud.charts.get(at) {
                chart(it, &window(page, size), shapes);
            }
        }
        _ => {
            if let Some(metric) = inspector.and_then(|it| it.metrics.get(at)) {
                let top = metric.series.iter().copied().max().unwrap_or(0).max(1);
                shapes.push(rule((0.0, size.1 - 0.5), size.0, Stroke::new(Ink::Line, 1.0)));
                shapes.push(curve(&metric.series, top, (0.0, size.0), size.1, metric.bad));
            }
        }
    }
}

/// The simulated time that fits the rail and the charts.
fn window(page: &Page, (width, height): (f64, f64)) -> Window {
    let time = &page.hud.transport;
    Window {
        from: Time(time.window.0),
        to: Time(time.window.1.max(time.window.0 + 1_000_000)),
        now: time.now,
        epoch_millis: page.store.document().epoch_millis,
        width,
        height,
    }
}

/// A metric on the time scale of the rail, its limit and where now is.
fn chart(chart: &Chart, window: &Window, shapes: &mut Vec<Shape>) {
    let height = window.height;
    let limit = chart.limit.as_ref().map(|(value, _)| *value);
    let top = chart.points.iter().copied().max().unwrap_or(0);
    let top = limit.filter(|limit| *limit < top.saturating_mul(4)).unwrap_or(0).max(top).max(1);
    let top = top.saturating_add(top / 8);
    if let Some((limit, words)) = chart.limit.as_ref().filter(|(limit, _)| *limit <= top) {
        let y = level(*limit, top, height);
        let dashed = Stroke::new(Ink::Control, 1.0).dashed(3.0, 3.0);
        shapes.push(rule((0.0, y), window.width, dashed));
        shapes.push(Shape::Text {
            x: window.width - 6.0,
            y: (y + 11.0).min(height - 4.0),
            text: words.clone(),
            size: 11.0,
            bold: false,
            mono: false,
            ink: Ink::Muted,
            align: Align::End,
        });
    }
    let (from, to) = (float(window.from.0), float(window.to.0));
    let x = |secs: f64| (secs * MICROS - from) / (to - from) * window.width;
    let begin = float(chart.from_sec);
    let end = begin + float(chart.points.len() as u64) * f64::from(chart.step_secs);
    shapes.push(curve(&chart.points, top, (x(begin), x(end)), height, chart.bad));
    let now = window.x(window.now).round() + 0.5;
    let stroke = Some(Stroke::new(Ink::Ink, 1.5));
    let segments = vec![Segment::Move(now, 0.0), Segment::Line(now, height)];
    shapes.push(Shape::Path { segments, fill: None, stroke });
}

/// A line through values, zero at the bottom. Where there are more values than pixels, the
/// largest and the smallest of a few are kept: peaks survive.
fn curve(points: &[u64], top: u64, (left, right): (f64, f64), height: f64, bad: bool) -> Shape {
    let pixels = (right - left).abs().clamp(1.0, 4_096.0);
    let mut bucket = 1;
    while float((points.len() / bucket) as u64) > 2.0 * pixels {
        bucket += 1;
    }
    let step = (right - left) / float(points.len().saturating_sub(1).max(1) as u64);
    let mut segments = Vec::with_capacity(points.len() / bucket + 1);
    for (at, chunk) in points.chunks(bucket).enumerate() {
        let value = if at % 2 == 0 { chunk.iter().max() } else { chunk.iter().min() };
        let x = left + step * float((at * bucket) as u64);
        let y = level(value.copied().unwrap_or(0), top, height);
        segments.push(if at == 0 { Segment::Move(x, y) } else { Segment::Line(x, y) });
    }
    let ink = if bad { Ink::Reject } else { Ink::Plot };
    Shape::Path { segments, fill: None, stroke: Some(Stroke::new(ink, 1.25).rounded()) }
}

fn rule((x, y): (f64, f64), width: f64, stroke: Stroke) -> Shape {
    let segments = vec![Segment::Move(x, y), Segment::Line(x + width, y)];
    Shape::Path { segments, fill: None, stroke: Some(stroke) }
}

fn level(value: u64, top: u64, height: f64) -> f64 {
    height - 4.0 - float(value) / float(top) * (height - 9.0)
}

#[expect(clippy::cast_precision_loss, reason = "pixels need no 53 bits")]
fn float(n: u64) -> f64 {
    n as f64
}

/// How the map shows the world: for clicks on it.
pub(crate) fn map_camera(page: &Page) -> (Camera, Camera) {
    page.store.with_session(|session| {
        let view = session.view();
        (scene::build::minimap_camera(session.document(), session.snapshot(), view), view.camera)
    })
}
