//! The timeline: a rail with everything that happened, and where now is.

use engine::snapshot::{Mark, MarkKind};
use session::hud::Transport;
use yew::prelude::*;

use super::Props;
use crate::widget::{float, sign, sign_at, use_store};

/// Marks closer than this give way to more important ones.
const NEAR: f64 = 10.0;
const MICROS: u64 = 1_000_000;

/// The rail; `compact` for the player.
#[derive(Properties, PartialEq)]
pub(crate) struct RailProps {
    pub(crate) marks: std::rc::Rc<Vec<Mark>>,
    pub(crate) transport: Transport,
    #[prop_or(false)]
    pub(crate) compact: bool,
}

/// The rail as SVG in its own width.
#[component]
pub(crate) fn Rail(props: &RailProps) -> Html {
    let store = use_store();
    let node = use_node_ref();
    let width = use_state(|| 912.0);
    {
        let width = width.clone();
        let node = node.clone();
        use_effect(move || {
            if let Some(element) = node.cast::<web_sys::Element>() {
                let now = f64::from(element.client_width());
                if now > 0.0 && (now - *width).abs() > 0.5 {
                    width.set(now);
                }
            }
        });
    }
    let scale = Scale::of(&props.transport, *width);
    let now = scale.x(props.transport.now.0).round();
    let epoch_secs = store.document().epoch_millis / 1_000;
    html! {
        <svg ref={node} class="rail-svg" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="3.5" height="3.5" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)"><rect width="3.5" height="3.5" class="hatch-bed" />
                    <path d="M0 0V3.5" class="hatch" /></pattern>
            </defs>
            if !props.compact { { ticks(&scale, epoch_secs) } }
            <rect class="rail-line" x="0" y="18" width={format!("{:.1}", scale.width)} height="4" />
            <rect class="rail-done" x="0" y="18" width={format!("{now:.1}")} height="4" />
            { for props.marks.iter().map(|mark| span(&scale, mark, now)) }
            if !props.compact { { signs(&scale, &props.marks) } }
            <path class="now" d={format!("M{:.1} 0V40", now + 0.5)} />
            <circle class="knob" cx={format!("{:.1}", now + 0.5)} cy="20" r="6" />
        </svg>
    }
}

struct Scale {
    from: u64,
    to: u64,
    width: f64,
}

impl Scale {
    fn of(transport: &Transport, width: f64) -> Self {
        let (from, to) = transport.window;
        Self { from, to: to.max(from + MICROS), width }
    }

    fn x(&self, micros: u64) -> f64 {
        let part = float(micros.clamp(self.from, self.to) - self.from);
        part / float(self.to - self.from) * self.width
    }
}

/// Labels every few steps, small lines between them; the clock is the scenario's.
fn ticks(scale: &Scale, epoch_secs: u64) -> Html {
    let span = (scale.to - scale.from) / MICROS;
    let step = STEPS.into_iter().find(|step| span / step <= LABELS_MAX).unwrap_or(86_400);
    let small = (step / 4).max(1);
    let first = (scale.from / MICROS).div_ceil(small) * small;
    let secs = (first..=scale.to / MICROS).step_by(usize::try_from(small).unwrap_or(1));
    let lines = secs.map(|secs| {
        let x = scale.x(secs * MICROS).round() + 0.5;
        let major = secs % step == 0;
        let d = format!("M{x:.1} 24V{}", if major { 28 } else { 26 });
        let anchor = if x < 20.0 { "start" } else { "middle" };
        let at = if x < 20.0 { x + 4.0 } else { x };
        html! {
            <>
                <path class="tick" {d} />
                if major && x < scale.width - 20.0 {
                    <text x={format!("{at:.1}")} y="37" text-anchor={anchor}>
                        { clock(epoch_secs + secs, step) }
                    </text>
                }
            </>
        }
    });
    html! { <>{ for lines }</> }
}

/// Seconds between labels.
const STEPS: [u64; 10] = [5, 10, 30, 60, 300, 900, 3_600, 10_800, 43_200, 86_400];
/// Labels on the rail at most.
const LABELS_MAX: u64 = 8;

/// The time of day, with seconds where labels are closer than a minute.
fn clock(secs: u64, step: u64) -> String {
    let (h, m, s) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    if step < 60 { format!("{h:02}:{m:02}:{s:02}") } else { format!("{h:02}:{m:02}") }
}

/// Throttling and faults last: a hatched stretch, a line above the rail.
fn span(scale: &Scale, mark: &Mark, now: f64) -> Html {
    let Some(until) = mark.until else { return Html::default() };
    let (left, right) = (scale.x(mark.at.0), scale.x(until.0));
    match mark.kind {
        MarkKind::Throttle => {
            let width = format!("{:.1}", (right.min(now) - left).max(2.0));
            html! {
                <rect class="hatched" fill="url(#hatch)" x={format!("{left:.1}")} y="17" {width} height="6" />
            }
        }
        MarkKind::Fault => html! {
            <>
                <path class="fault-line" d={format!("M{left:.1} 14.5H{:.1}", right.min(now))} />
                <path class="fault-line rest"
                    d={format!("M{:.1} 14.5H{right:.1}", now.max(left))} />
            </>
        },
        MarkKind::FlushSize
        | MarkKind::FlushTime
        | MarkKind::Reshard
        | MarkKind::Change
        | MarkKind::Loss => Html::default(),
    }
}

/// Importance, first drawn, and the sign.
fn sign_of(kind: MarkKind) -> (u8, &'static str) {
    match kind {
        MarkKind::Throttle => (0, "throttle"),
        MarkKind::Fault => (1, "fault"),
        MarkKind::Loss => (6, "loss"),
        MarkKind::Reshard => (3, "reshard"),
        MarkKind::Change => (4, "change"),
        MarkKind::FlushSize => (5, "flush"),
        MarkKind::FlushTime => (5, "flush-time"),
    }
}

fn signs(scale: &Scale, marks: &[Mark]) -> Html {
    let mut order: Vec<&Mark> =
        marks.iter().filter(|mark| (scale.from..=scale.to).contains(&mark.at.0)).collect();
    base::order::sort_by_key(&mut order[..], |mark| sign_of(mark.kind).0);
    let mut taken: Vec<f64> = Vec::new();
    let shown = order.into_iter().filter_map(|mark| {
        let x = scale.x(mark.at.0);
        if taken.iter().any(|other| (other - x).abs() < NEAR) || x > scale.width - 5.0 {
            return None;
        }
        taken.push(x);
        Some(sign_at(sign_of(mark.kind).1, x.max(5.0), 8.0))
    });
    html! { <>{ for shown }</> }
}

/// How often things happened, beside the rail.
pub(crate) fn counts(props: &Props) -> Html {
    let counts = props.hud.counts;
    let rows = [
        ("flush", counts.flushes),
        ("throttle", counts.throttled),
        ("reshard", counts.reshards),
        ("fault", counts.faults),
    ];
    let shown = rows.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| {
        let words = match count {
            0..10_000 => format!("{name} {}", base::units::grouped(count)),
            _ => format!("{name} {}.{} k", count / 1_000, count % 1_000 / 100),
        };
        html! { <span class="ev">{ sign(name) }{ words }</span> }
    });
    html! { <>{ for shown }</> }
}
