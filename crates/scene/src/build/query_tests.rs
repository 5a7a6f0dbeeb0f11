//! Facts about the card of a streaming query.

use std::sync::Arc;

use base::NodeId;
use engine::Snapshot;
use engine::snapshot::{Dot, Emitted, Gauge, Late, NodeView, Ruler, Window, WindowTrack};
use scenario::{Config, Document};

use super::picture;
use crate::picture::{Ink, Picture, Shape};
use crate::text::Table;
use crate::{Hover, View, hit, sample};

const SECOND: i64 = 1_000_000;
/// 2026-11-21 10:00:00 UTC.
const TEN: i64 = 1_795_255_200 * SECOND;
const QUERY: NodeId = NodeId(1);

fn window(start: i64, secs: i64, rows: u64, mix: [u16; 7], open: bool) -> Window {
    let start = TEN + start * SECOND;
    Window { start, end: start + secs * SECOND, rows, mix, open }
}

fn dots(at: impl Fn(u8) -> i64) -> Vec<Dot> {
    let slots = [2, 0, 2, 1, 2, 3];
    let dot =
        |(n, slot): (u8, u8)| Dot { time: TEN + at(n), age_micros: u64::from(n) * 110_000, slot };
    (0..).zip(slots).map(dot).collect()
}

/// The moment of the design: a tumbling minute over the hot key, at 10:04:31.250.
fn tumbling() -> WindowTrack {
    let reached = 271 * SECOND + 250_000;
    let by_arrival = Ruler {
        name: "ROWTIME".to_owned(),
        reached: TEN + reached,
        clock: TEN + reached,
        windows: vec![
            window(120, 60, 66_000, [450, 200, 220, 130, 0, 0, 0], false),
            window(180, 60, 90_000, [330, 120, 460, 90, 0, 0, 0], false),
            window(240, 60, 48_000, [320, 100, 500, 80, 0, 0, 0], true),
        ],
        rows: dots(|n| reached - i64::from(n) * 110_000),
    };
    let by_data = Ruler {
        name: "EVENT_TIME".to_owned(),
        reached: TEN + reached - 2 * SECOND,
        rows: dots(|n| reached - 2 * SECOND - i64::from(n) * 17 * SECOND),
        clock: i64::MIN,
        ..by_arrival.clone()
    };
    let emitted = |(slot, label, value): (u8, &str, &str)| Emitted {
        slot,
        label: label.to_owned(),
        value: value.to_owned(),
    };
    WindowTrack {
        code: [
            "SELECT STREAM gate, COUNT(*) AS scans",
            "FROM \"SOURCE_SQL_STREAM_001\"",
            "GROUP BY gate, FLOOR(event_time TO MINUTE)",
        ]
        .map(str::to_owned)
        .to_vec(),
        caption: "tumbling 1 min".to_owned(),
        state: "RUNNING",
        clock_name: "rowtime bound",
        times: [by_arrival, by_data],
        late: Late { count: 3, behind_micros: 4_200_000, slots: vec![1, 2, 0] },
        out: [(2, "gate-1", "41,412"), (1, "gate-2", "12,430"), (3, "gate-12", "6,912")]
            .map(emitted)
            .to_vec(),
        emitted: 40,
        ..WindowTrack::default()
    }
}

/// The same with other windows.
fn with(caption: &str, windows: Vec<Window>) -> WindowTrack {
    let mut track = tumbling();
    track.caption = caption.to_owned();
    track.times[0].windows = windows;
    track.times[1] = Ruler::default();
    track
}

fn hopping() -> WindowTrack {
    let mix = [400, 300, 300, 0, 0, 0, 0];
    let one = |n: i64| window(180 + n * 20, 60, 40 + (n.unsigned_abs() * 37 % 50), mix, n >= 2);
    with("hop 1 min every 20 s", (0..6).map(one).collect())
}

fn staggered() -> WindowTrack {
    let mix = |slot: usize| {
        let mut mix = [0; 7];
        mix[slot] = 1_000;
        mix
    };
    let windows =
        [(181, 2, false), (195, 1, false), (212, 3, true), (241, 2, true), (262, 0, true)];
    let one = |(start, slot, open)| window(start, 60, 30 + 7 * slot as u64, mix(slot), open);
    with("stagger 1 min", windows.map(one).to_vec())
}

fn sessions() -> WindowTrack {
    let mix = [0, 500, 500, 0, 0, 0, 0];
    let windows = [(150, 25, false), (190, 44, false), (203, 20, false), (252, 24, true)];
    with("session 5 s", windows.map(|(at, secs, open)| window(at, secs, 12, mix, open)).to_vec())
}

/// A query alone on the canvas.
fn alone(track: WindowTrack) -> (Document, Snapshot) {
    let mut document = sample::hot_key();
    document.edges.clear();
    document.nodes.truncate(1);
    let node = Arc::make_mut(&mut document.nodes[0]);
    node.name = "per-minute".to_owned();
    node.config = Config::default_of("sql_application").expect("a known kind");
    let gauges = vec![Gauge::Windows(Box::new(track))];
    let nodes = vec![NodeView { id: node.id, gauges, ..NodeView::default() }];
    (document, Snapshot { nodes, stride: 1, ..Snapshot::default() })
}

fn view() -> View {
    View { size: (400.0, 260.0), transit_micros: 600_000, ..View::default() }
}

fn draw(track: WindowTrack, view: &View) -> Picture {
    let (document, snapshot) = alone(track);
    let mut out = Picture::default();
    picture(&document, &snapshot, view, &Table, &mut out);
    out
}

fn texts(out: &Picture) -> Vec<(String, f64)> {
    let text = |shape: &Shape| match shape {
        Shape::Text { text, x, .. } => Some((text.to_string(), *x)),
        _ => None,
    };
    out.live.shapes.iter().filter_map(text).collect()
}

fn marks(out: &Picture) -> Vec<(f64, f64)> {
    let mark = |shape: &Shape| match shape {
        Shape::Mark { x, y, .. } => Some((*x, *y)),
        _ => None,
    };
    out.live.shapes.iter().filter_map(mark).collect()
}

/// Where the card begins: `sample::hot_key` puts its first node there.
const CORNER: (f64, f64) = (16.0, 56.0);

/// The design (mock of the main screen) draws these words.
#[test]
fn a_card_tells_code_windows_late_rows_and_what_came_out() {
    let said = texts(&draw(tumbling(), &view()));
    for words in ["COUNT", "10:02", "10:05", "late 3", "+4.2 s", "gate-12", "6,912", "ROWTIME"] {
        assert!(said.iter().any(|(text, _)| text.trim() == words), "{words}: {said:?}");
    }
    assert!(said.iter().any(|(text, _)| text.ends_with(" · tumbling 1 min")), "{said:?}");
}

/// A phone shows what the windows do, not a name alone.
#[test]
fn a_narrow_screen_has_the_windows_as_well() {
    let view = View { narrow: true, size: (390.0, 844.0), ..view() };
    let said = texts(&draw(tumbling(), &view));
    for words in ["COUNT", "10:02", "late 3", "+4.2 s", "gate-12", "6,912", "ROWTIME"] {
        let at = said.iter().find(|(text, _)| text.trim() == words);
        assert!(at.is_some_and(|(_, x)| (34.0..374.0).contains(x)), "{words}: {said:?}");
    }
}

#[test]
fn a_query_that_does_not_run_says_so() {
    let mut track = tumbling();
    track.state = "STARTING";
    let said = texts(&draw(track, &view()));
    assert!(said.iter().any(|(text, _)| text.ends_with(" · STARTING")), "{said:?}");
}

#[test]
fn open_windows_are_dashed_and_closed_ones_are_not() {
    for track in [tumbling(), hopping(), staggered(), sessions()] {
        let open = track.times[0].windows.iter().filter(|window| window.open).count();
        let out = draw(track, &view());
        let is_dashed = |shape: &&Shape| match shape {
            Shape::Path { stroke: Some(stroke), segments, .. } => {
                stroke.ink == Ink::Control && stroke.dash.0 > 0.0 && segments.len() == 4
            }
            _ => false,
        };
        assert_eq!(out.live.shapes.iter().filter(is_dashed).count(), open);
    }
}

/// Between two marks of the ruler nothing moves but the line of the moment.
#[test]
fn the_ruler_moves_by_whole_marks() {
    let mut later = tumbling();
    later.times[0].reached += 20 * SECOND;
    let labels = |track| -> Vec<(String, f64)> {
        let said = texts(&draw(track, &view()));
        said.into_iter().filter(|(text, _)| text.starts_with("10:0")).collect()
    };
    let before = labels(tumbling());
    assert_eq!((before.len(), &before), (4, &labels(later.clone())));
    later.times[0].reached += 20 * SECOND;
    assert_eq!(labels(later)[0].0, "10:03", "the next minute has begun");
}

#[test]
fn rows_fall_unless_motion_is_reduced() {
    let rows = |view: &View| -> Vec<(f64, f64)> {
        marks(&draw(tumbling(), view)).into_iter().filter(|(x, _)| *x < 260.0).collect()
    };
    let falling = rows(&view());
    let (above, below) = (falling[0].1.min(falling[2].1), falling[0].1.max(falling[2].1));
    assert!(above < below, "older rows have fallen further: {falling:?}");
    let still = rows(&View { reduced_motion: true, ..view() });
    let heights: Vec<f64> = still.iter().map(|it| it.1).filter(|y| *y < 186.0).collect();
    assert!(heights.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq()), "{still:?}");
}

#[test]
fn the_switch_shows_the_time_the_data_tells() {
    let (document, snapshot) = alone(tumbling());
    let at = (CORNER.0 + 300.0, CORNER.1 + 104.0);
    assert_eq!(hit::hit(&document, &snapshot, &view(), at), Hover::Times(QUERY));
    let view = View { other_time: vec![QUERY], ..view() };
    let said = texts(&draw(tumbling(), &view));
    assert!(said.iter().any(|(text, _)| text == "EVENT_TIME"), "{said:?}");
    let (document, snapshot) = alone(hopping());
    assert_eq!(hit::hit(&document, &snapshot, &view, at), Hover::Node(QUERY), "one time only");
}

#[test]
fn nothing_leaves_the_card_whatever_the_times_are() {
    let far =
        |start: i64, end: i64| Window { start, end, rows: u64::MAX, mix: [1_000; 7], open: true };
    let ends = vec![far(i64::MIN, i64::MIN + 1), far(0, i64::MAX), far(5, 5), far(7, 3)];
    let mut strange = with("strange", ends);
    strange.times[0].reached = i64::MAX;
    strange.times[0].clock = 0;
    strange.code = vec!["é".repeat(200), "\"".to_owned(), String::new()];
    for track in [tumbling(), hopping(), staggered(), sessions(), strange, WindowTrack::default()] {
        for shape in &draw(track, &view()).live.shapes {
            let points: Vec<(f64, f64)> = match shape {
                Shape::Rect { x, y, w, h, .. } => vec![(*x, *y), (x + w, y + h)],
                Shape::Mark { x, y, .. } | Shape::Text { x, y, .. } => vec![(*x, *y)],
                _ => Vec::new(),
            };
            for (x, y) in points {
                let is_inside = (16.0..=376.0).contains(&x) && (56.0..=260.0).contains(&y);
                assert!(is_inside, "{shape:?}");
            }
        }
    }
}
