//! Facts about whole pictures.

use base::NodeId;
use engine::Snapshot;
use engine::snapshot::{
    Gauge, Holder, HolderState, Invocation, Lanes, Leases, NodeView, Pack, Packs, Partitions, Race,
    ShardAge, Stage, Transform,
};
use scenario::Document;

use super::picture;
use crate::picture::{Ink, Picture, Shape};
use crate::text::Table;
use crate::{Theme, View, layout, sample, svg};

fn view() -> View {
    View { size: (912.0, 660.0), transit_micros: 600_000, ..View::default() }
}

fn draw(document: &Document, snapshot: &Snapshot, view: &View) -> Picture {
    let mut out = Picture::default();
    picture(document, snapshot, view, &Table, &mut out);
    out
}

fn texts(picture: &Picture) -> Vec<String> {
    let shapes = picture.base.shapes.iter().chain(&picture.live.shapes);
    let texts = shapes.filter_map(|shape| match shape {
        Shape::Text { text, .. } => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

fn has_reject_strokes(picture: &Picture) -> bool {
    picture.live.shapes.iter().any(|shape| {
        matches!(shape, Shape::Path { stroke: Some(stroke), .. } if stroke.ink == Ink::Reject)
    })
}

fn lanes(snapshot: &mut Snapshot) -> &mut Lanes {
    let gauges = snapshot.nodes.iter_mut().flat_map(|node| &mut node.gauges);
    let found = gauges.filter_map(|gauge| match gauge {
        Gauge::Lanes(lanes) => Some(lanes),
        _ => None,
    });
    found.last().unwrap()
}

/// The same moment, but nothing is refused any more.
fn calm() -> Snapshot {
    let mut snapshot = sample::frozen();
    for lane in &mut lanes(&mut snapshot).lanes {
        lane.rejected_per_sec = 0;
        lane.records_permille = lane.records_permille.min(1_000);
    }
    for node in &mut snapshot.nodes {
        node.retries.clear();
        node.rejected_per_sec = 0;
    }
    for edge in &mut snapshot.edges {
        edge.passages.clear();
    }
    snapshot
}

#[test]
fn refusals_are_hatched_and_nothing_else_is() {
    let document = sample::hot_key();
    assert!(has_reject_strokes(&draw(&document, &sample::frozen(), &view())));
    assert!(!has_reject_strokes(&draw(&document, &calm(), &view())));
}

#[test]
fn numbers_are_those_of_the_run() {
    let texts = texts(&draw(&sample::hot_key(), &sample::frozen(), &view()));
    for expected in [
        "404,006",
        "339,664",
        "64,190",
        "152",
        "188 % r",
        "41 % b",
        "1,000 stored",
        "880 /s",
        "80–BF",
        "18.0",
        "of 32 MiB",
        "9.9",
        "size leads by 2.5 s",
        "13 objects",
        "04-03-51ce",
        "slow +12 s, 14 s left",
        "packs 7 : 1",
        "830",
        "linger 100 ms · 1.9 KB",
        "worker-2",
        "8.4 s",
        "4 shards · provisioned",
    ] {
        assert!(texts.iter().any(|text| text == expected), "{expected} is missing in {texts:?}");
    }
}

#[test]
fn a_base_layer_lives_as_long_as_its_document_stands() {
    let (mut document, snapshot) = (sample::hot_key(), sample::frozen());
    let mut view = view();
    let mut out = draw(&document, &snapshot, &view);
    let (base, live) = (out.base.revision, out.live.revision);
    picture(&document, &snapshot, &view, &Table, &mut out);
    assert_eq!((out.base.revision, out.live.revision), (base, live), "nothing changed");
    view.camera.x += 10.0;
    picture(&document, &calm(), &view, &Table, &mut out);
    assert_eq!(out.base.revision, base, "neither camera nor run change cards");
    assert_ne!(out.live.revision, live);
    std::sync::Arc::make_mut(&mut document.nodes[0]).name.push('s');
    picture(&document, &snapshot, &view, &Table, &mut out);
    assert_ne!(out.base.revision, base);
}

#[test]
fn dots_are_a_function_of_the_moment() {
    let document = sample::hot_key();
    let (mut earlier, later) = (sample::frozen(), sample::frozen());
    earlier.now.0 -= 100_000;
    let first = draw(&document, &later, &view());
    let mut out = draw(&document, &earlier, &view());
    picture(&document, &later, &view(), &Table, &mut out);
    assert!(!first.dots.is_empty());
    assert_eq!(out.dots, first.dots, "time may go back and forth");
}

#[test]
fn reduced_motion_moves_in_half_second_steps_and_never_bounces() {
    let document = sample::hot_key();
    let still = View { reduced_motion: true, ..view() };
    let mut snapshot = sample::frozen();
    let before = draw(&document, &snapshot, &still).dots;
    snapshot.now.0 += 1_000;
    assert_eq!(draw(&document, &snapshot, &still).dots, before);
}

#[test]
fn every_number_in_an_svg_is_finite_and_one_picture_is_one_text() {
    for narrow in [false, true] {
        for scale in [1.0, 0.3, 0.15] {
            let mut view = View { narrow, ..view() };
            view.camera.scale = scale;
            let out = draw(&sample::hot_key(), &sample::frozen(), &view);
            let text = svg::write(&out, Theme::Light, svg::Fonts::default());
            assert!(!text.contains("NaN") && !text.contains("inf\""));
            assert_eq!(text, svg::write(&out, Theme::Light, svg::Fonts::default()));
        }
    }
}

#[test]
fn odd_snapshots_draw_without_a_word() {
    let document = sample::hot_key();
    draw(&document, &Snapshot::default(), &view());
    draw(&Document::default(), &sample::frozen(), &view());
    let mut snapshot = sample::frozen();
    let lanes = lanes(&mut snapshot);
    let lane = lanes.lanes[0].clone();
    lanes.lanes.extend(std::iter::repeat_n(lane, 60));
    draw(&document, &snapshot, &view());
}

#[test]
fn a_large_document_has_a_picture() {
    let mut document = sample::hot_key();
    let stream = document.node(NodeId(3)).unwrap().clone();
    for id in 7..207 {
        let mut node = (*stream).clone();
        node.id = NodeId(id);
        node.name = format!("orders-{id}");
        document.nodes.push(std::sync::Arc::new(node));
    }
    for (node, (_, at)) in document.nodes.clone().iter().zip(layout::tidy(&document)) {
        let idx = document.nodes.binary_search_by_key(&node.id, |it| it.id).unwrap();
        std::sync::Arc::make_mut(&mut document.nodes[idx]).at = at;
    }
    let out = draw(&document, &sample::frozen(), &view());
    assert!(out.base.shapes.len() > 1_000);
}

/// A document with one part of a kind, and what a run shows on its card.
fn one(kind: &str, gauge: Gauge) -> (Document, Snapshot) {
    let mut document = sample::hot_key();
    document.edges.clear();
    document.nodes.truncate(1);
    let node = std::sync::Arc::make_mut(&mut document.nodes[0]);
    node.config = scenario::Config::default_of(kind).expect("a known kind");
    let nodes = vec![NodeView { id: node.id, gauges: vec![gauge], ..NodeView::default() }];
    (document, Snapshot { nodes, ..Snapshot::default() })
}

fn said(kind: &str, gauge: Gauge) -> Vec<String> {
    let (document, snapshot) = one(kind, gauge);
    texts(&draw(&document, &snapshot, &view()))
}

#[test]
fn compact_cards_say_one_value_where_it_finds_room() {
    let mut document = sample::hot_key();
    let narrow = View { size: (390.0, 844.0), narrow: true, ..view() };
    let said = texts(&draw(&document, &sample::frozen(), &narrow));
    for value in ["2,400 /s", "830 /s", "13 objects", "8.4 s"] {
        assert!(said.iter().any(|text| text == value), "{value} is missing in {said:?}");
    }
    let third = document.nodes[5].clone();
    for id in [7, 8] {
        let mut node = (*third).clone();
        (node.id, node.name) = (NodeId(id), format!("reader-{id}"));
        let mut edge = (*document.edges[4]).clone();
        edge.id = base::EdgeId(id);
        edge.to.node = node.id;
        document.nodes.push(std::sync::Arc::new(node));
        document.edges.push(std::sync::Arc::new(edge));
    }
    let said = texts(&draw(&document, &sample::frozen(), &narrow));
    assert!(said.iter().any(|text| text == "fraud-check"));
    assert!(!said.iter().any(|text| text == "8.4 s"), "it would cover the name");
    std::sync::Arc::make_mut(&mut document.nodes[5]).name = "check".to_owned();
    let said = texts(&draw(&document, &sample::frozen(), &narrow));
    assert!(said.iter().any(|text| text == "8.4 s"), "beside a short name there is room");
}

#[test]
fn a_full_pack_says_how_many_more_it_holds() {
    let pack = |records, sealed| Pack { records, slots: vec![1; 7], sealed };
    let packs = vec![pack(7, true), pack(1_004, false)];
    let packs = Packs { ratio: 239, packs, more: 12, ..Packs::default() };
    let said = said("kpl", Gauge::Packs(packs));
    for words in ["packs 239 : 1", "+1,000", "+12"] {
        assert!(said.iter().any(|text| text == words), "{words} is missing in {said:?}");
    }
}

#[test]
fn leases_that_find_no_room_are_counted() {
    let lease = |shard| ShardAge { shard, age_micros: u64::from(shard) * 100, late: false };
    let holder = |worker| Holder {
        worker,
        state: HolderState::Well,
        leases: (worker * 100..worker * 100 + 40).map(lease).collect(),
    };
    let is_cell = |text: &&String| text.bytes().all(|letter| letter.is_ascii_digit());
    let cells = |said: &[String]| said.iter().filter(is_cell).count();
    let leases = Leases { workers: (1..3).map(holder).collect(), ..Leases::default() };
    let two = said("kcl", Gauge::Leases(leases.clone()));
    let more = two.iter().filter_map(|text| text.strip_prefix('+')?.parse::<usize>().ok());
    assert_eq!(more.sum::<usize>() + cells(&two), 80, "{two:?}");
    assert!(two.iter().any(|text| text == "139"), "the one that is furthest behind is shown");

    let many = Leases { workers: (1..8).map(holder).collect(), orphans: vec![lease(77)], ..leases };
    let many = said("kcl", Gauge::Leases(many));
    for words in ["worker-1", "+6 workers, 240 leases", "no owner", "77"] {
        assert!(many.iter().any(|text| text == words), "{words} is missing in {many:?}");
    }
}

#[test]
fn an_invocation_says_which_attempt_and_when_the_next_is_due() {
    let seen = Invocation {
        records: 6,
        attempt: 2,
        attempts_max: Some(3),
        stage: Stage::Rests,
        left_micros: 3_200_000,
        whole_micros: 5_000_000,
        facts: vec![("failed → dlq".to_owned(), "1".to_owned(), true)],
        worst: Some(ShardAge { shard: 2, age_micros: 8_400_000, late: true }),
        ..Invocation::default()
    };
    let said = said("lambda", Gauge::Invocation(seen));
    let expected =
        ["6", "batch of 6, attempt 2 of 3", "next try in 3.2 s", "failed → dlq", "1", "8.4 s"];
    for words in expected {
        assert!(said.iter().any(|text| text == words), "{words} is missing in {said:?}");
    }
}

/// Shapes of the live layer that hide what lies under them, and the texts after the last of them.
fn lids(picture: &Picture, at: (f64, f64)) -> Vec<usize> {
    let shapes = picture.live.shapes.iter().enumerate();
    let lids = shapes.filter(|(_, shape)| {
        matches!(shape, Shape::Rect { x, y, fill: Some(Ink::Surface), .. } if (*x, *y) == at)
    });
    lids.map(|(idx, _)| idx).collect()
}

fn place_of(picture: &Picture, words: &str) -> usize {
    let is_it = |shape: &Shape| matches!(shape, Shape::Text { text, .. } if **text == *words);
    picture.live.shapes.iter().position(is_it).expect("these words")
}

#[test]
fn a_card_hides_what_it_lies_on_and_selected_cards_lie_on_top() {
    let mut document = sample::hot_key();
    let apart = draw(&document, &sample::frozen(), &view());
    let lake = (692.0, 272.0);
    assert!(lids(&apart, lake).is_empty(), "cards that lie on nothing are painted once");
    // The bucket onto the producer.
    std::sync::Arc::make_mut(&mut document.nodes[4]).at =
        scenario::document::Point { x: 40, y: 90 };
    let lake = (40.0, 90.0);
    let over = draw(&document, &sample::frozen(), &view());
    let [lid] = lids(&over, lake)[..] else { panic!("one surface") };
    assert!(place_of(&over, "404,006") < lid && lid < place_of(&over, "13 objects"));
    let clicks = (16.0, 56.0);
    let mut view = view();
    view.selection.nodes = vec![NodeId(1)];
    let under = draw(&document, &sample::frozen(), &view);
    let lid = lids(&under, clicks)[0];
    assert!(place_of(&under, "13 objects") < lid && lid < place_of(&under, "404,006"));
    let hit = |view: &View| crate::hit::hit(&document, &sample::frozen(), view, (60.0, 120.0));
    assert_eq!(hit(&view), crate::view::Hover::Node(NodeId(1)));
    view.selection.nodes.clear();
    assert_eq!(hit(&view), crate::view::Hover::Node(NodeId(5)));
}

#[test]
fn records_pass_under_cards_that_lie_on_their_wire() {
    let mut document = sample::hot_key();
    std::sync::Arc::make_mut(&mut document.nodes[4]).at =
        scenario::document::Point { x: 650, y: 300 };
    let out = draw(&document, &sample::frozen(), &view());
    let all = draw(&sample::hot_key(), &sample::frozen(), &view()).dots.len();
    let is_over = |dot: &crate::picture::Dot| {
        (650.0..=854.0).contains(&dot.x) && (300.0..=504.0).contains(&dot.y)
    };
    assert!(!out.dots.iter().any(is_over));
    assert!(!out.dots.is_empty() && out.dots.len() < all, "{} of {all}", out.dots.len());
}

/// The strip between trunk and stream belongs to refusals: 60 pixels, less half a ribbon.
#[test]
fn the_number_of_refusals_stands_between_trunk_and_stream() {
    let document = sample::hot_key();
    for (rejected, words) in
        [(880, "880 /s"), (1_097, "1,097/s"), (12_345, "12,345"), (4_000_000, "4.00 M")]
    {
        let mut snapshot = sample::frozen();
        lanes(&mut snapshot).lanes[2].rejected_per_sec = rejected;
        let out = draw(&document, &snapshot, &view());
        let Shape::Text { x, text, .. } = &out.live.shapes[place_of(&out, words)] else { return };
        let wide = crate::TextMeasure::width(&Table, text, 11.0, true, false);
        assert!(x - wide - 12.3 >= 276.0 - 60.0 + 4.5, "{words} lies on the trunk");
    }
}

#[test]
fn long_names_end_in_an_ellipsis_before_the_badge() {
    let mut document = sample::hot_key();
    for name in ["a".repeat(100), "👩\u{200D}👩\u{200D}👧".repeat(20), "שלום ".repeat(20)]
    {
        std::sync::Arc::make_mut(&mut document.nodes[0]).name = name.clone();
        let out = draw(&document, &sample::frozen(), &view());
        let shown = texts(&out).into_iter().find(|text| text.contains('…')).expect("an ellipsis");
        let kept = shown.trim_end_matches(['…', '\u{200F}']);
        assert!(name.starts_with(kept) && !kept.is_empty(), "{shown}");
        assert!(kept.chars().last().is_some_and(|last| last != '\u{200D}'), "{shown}");
    }
}

#[test]
fn a_transformation_says_what_came_of_the_records() {
    let seen = Transform {
        body: "csv_to_json".into(),
        running: (2, 5),
        taken: 1_000,
        ok: 700,
        dropped: 80,
        failed: 20,
        under_way: 200,
        attempt: 3,
        ..Transform::default()
    };
    let said = said("firehose", Gauge::Transform(seen));
    for words in ["csv to json", "2/5", "1,000", "700", "80", "20", "200 in attempt 3"] {
        assert!(said.iter().any(|text| text == words), "{words} is missing in {said:?}");
    }
}

#[test]
fn partitions_are_counted_against_their_limit() {
    let race = Race { bytes: 1 << 20, bytes_max: 64 << 20, micros: 12_000_000, ..Race::default() };
    let rows = ["carrier=UA/", "carrier=AA/"].map(|prefix| (prefix.to_owned(), race.clone()));
    let (count, count_max) = (14, 500);
    let seen = Partitions { count, count_max, exceeded: false, rows: rows.to_vec() };
    let said = said("firehose", Gauge::Partitions(seen));
    for words in ["14 of 500 partitions", "+ 12 more", "carrier=UA/", "12 s"] {
        assert!(said.iter().any(|text| text == words), "{words} is missing in {said:?}");
    }
}

#[test]
fn a_card_has_room_for_the_function_its_settings_name() {
    let line = Gauge::Line { left: "freshness 27.0 s".to_owned(), right: String::new() };
    let gauges = vec![Gauge::Race(Race::default()), line, Gauge::Transform(Transform::default())];
    let (mut document, mut snapshot) = one("firehose", Gauge::Race(Race::default()));
    snapshot.nodes[0].gauges = gauges;
    let all = |document: &Document| {
        let said = texts(&draw(document, &snapshot, &view()));
        ["freshness 27.0 s", "dropped"].map(|words| said.iter().any(|text| text == words))
    };
    assert_eq!(all(&document), [true, false], "a card never grows with its gauges");
    let node = std::sync::Arc::make_mut(&mut document.nodes[0]);
    let mut fields = serde_json::Map::new();
    fields.insert("transform".to_owned(), "identity".into());
    node.config = node.config.with(&fields).expect("a known word");
    assert_eq!(all(&document), [true, true], "it does with its settings");
}

/// What waits for a retry and what waits for the backup take a line each, whole and apart, inside
/// the card.
#[test]
fn two_lines_of_a_firehose_stream_keep_apart() {
    let race = Race { bytes: 3 << 20, bytes_max: 5 << 20, micros_max: 1, ..Race::default() };
    let rows = vec![(String::new(), race.clone()); Partitions::SHOWN_MAX];
    let seen = Partitions { count: 4, count_max: 500, exceeded: false, rows };
    for first in [Gauge::Race(race), Gauge::Partitions(seen)] {
        let (document, mut snapshot) = one("firehose", first);
        let below = ["freshness 9.8 s", "600 failed, stored in 59.9 s"];
        let lines = below.map(|left| Gauge::Line { left: left.to_owned(), right: String::new() });
        snapshot.nodes[0].gauges.extend(lines);
        let out = draw(&document, &snapshot, &view());
        let card = crate::geometry::node_rect(&document, &document.nodes[0]);
        let mut levels: Vec<f64> = Vec::new();
        for shape in &out.live.shapes {
            match shape {
                Shape::Text { x, y, .. } if *x < card.x + 20.0 => levels.push(*y),
                _ => {}
            }
        }
        place_of(&out, below[1]);
        levels.sort_by(f64::total_cmp);
        assert!(levels.windows(2).all(|pair| pair[1] - pair[0] >= 11.0), "{levels:?}");
        assert!(levels.last().is_some_and(|last| *last <= card.y + card.h - 5.0), "{levels:?}");
    }
}
