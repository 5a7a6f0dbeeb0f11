//! Links, whole and damaged.

use std::sync::Arc;

use base::{EdgeId, NodeId, Rng, Time};
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::document::{Edge, End as WireEnd, Node, Point};
use crate::edit::Edit;
use crate::kind::Config;

/// Four pipelines of producer, stream, Firehose and bucket, and two consumers.
fn realistic() -> (Vec<Arc<Node>>, Vec<Arc<Edge>>) {
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    let node = |id: u32, kind: &str, name: &str, at: (i32, i32), fields: serde_json::Value| {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let defaults = Config::default_of(kind).expect("a kind");
        let config = defaults.with(&fields).expect("legal settings");
        let (name, at) = (name.to_owned(), Point { x: at.0, y: at.1 });
        Arc::new(Node { id: NodeId(id), name, at, config, unknown: Map::new() })
    };
    let topics = ["orders", "clicks", "payments", "telemetry"];
    for (idx, topic) in (0_u32..).zip(topics) {
        let (base, y) = (idx * 4, 56 + i32::try_from(idx).expect("small") * 320);
        let rate = 400 + idx * 350;
        let payload = format!("{{\"{topic}\":\"${{uuid}}\",\"value\":${{int 1 {rate}}}}}");
        let producer = json!({"records_per_sec": rate, "keys": "zipf", "payload": payload});
        nodes.push(node(base + 1, "producer", &format!("{topic}-app"), (16, y), producer));
        nodes.push(node(base + 2, "stream", topic, (276, y), json!({"shards": idx + 2})));
        let hose = json!({"buffer_size_mib": 8 + idx, "buffer_interval_secs": 60,
            "prefix": format!("{topic}/"), "compression": "GZIP", "newline": true});
        nodes.push(node(base + 3, "firehose", &format!("{topic}-to-s3"), (692, y), hose));
        nodes.push(node(base + 4, "bucket", &format!("{topic}-lake"), (952, y), json!({})));
        for (from, to) in [(1, 2), (2, 3), (3, 4)] {
            edges.push((base + from, base + to));
        }
    }
    let reader = json!({"poll_millis": 250, "work_micros": 300});
    nodes.push(node(17, "consumer", "fraud-check", (692, 1400), reader));
    nodes.push(node(18, "consumer", "dashboard", (952, 1400), json!({})));
    edges.extend([(2, 17), (6, 18)]);
    let end = |node: u32, port: &str| WireEnd { node: NodeId(node), port: port.to_owned() };
    let edges = (1..).zip(edges).map(|(id, (from, to))| {
        Arc::new(Edge { id: EdgeId(id), from: end(from, "out"), to: end(to, "in") })
    });
    (nodes, edges.collect())
}

fn document() -> Document {
    let (nodes, edges) = realistic();
    let mut document = Document { title: "Four topics".to_owned(), ..Document::default() };
    Edit::Add { nodes, edges }.apply(&mut document).expect("a legal document");
    document
}

fn code(text: &str) -> &'static str {
    decode(text).map_or_else(|error| error.code().0, |_loaded| "fine")
}

fn whole(loaded: Result<Loaded, LinkError>) -> Document {
    loaded.expect("a good link").document.expect("a readable document")
}

#[test]
fn a_link_opens_as_what_was_shared() {
    let document = document();
    let link = encode(&document);
    assert_eq!(whole(decode(&link)), document);
    for around in [
        format!("https://example.org/play/#s={link}&at=93.25"),
        format!("https://example.org/play/?embed=1&s={link}"),
        format!("#s={link}"),
        format!("{}\n {}", &link[..300], &link[300..]),
        format!("{link})."),
        link.replace('~', "%7E"),
    ] {
        assert_eq!(whole(decode(&around)), document, "{around}");
    }
}

#[test]
fn eighteen_parts_fit_into_1200_characters() {
    let link = encode(&document());
    assert!(link.len() <= 1_200, "{} characters", link.len());
}

#[test]
fn the_order_of_edits_leaves_no_trace() {
    let wanted = encode(&document());
    let (nodes, edges) = realistic();
    let mut rng = Rng::from_seed(11);
    for _round in 0..1_000 {
        let mut document = Document { title: "Four topics".to_owned(), ..Document::default() };
        let mut nodes = nodes.clone();
        while !nodes.is_empty() {
            let pick = rng.below(u32::try_from(nodes.len()).expect("few")) as usize;
            let nodes = vec![nodes.swap_remove(pick)];
            Edit::Add { nodes, edges: Vec::new() }.apply(&mut document).expect("legal");
        }
        let mut edges = edges.clone();
        while !edges.is_empty() {
            let pick = rng.below(u32::try_from(edges.len()).expect("few")) as usize;
            Edit::Connect(edges.swap_remove(pick)).apply(&mut document).expect("legal");
        }
        assert_eq!(encode(&document), wanted);
    }
}

#[test]
fn a_link_cut_anywhere_says_how_much_arrived() {
    let link = encode(&document());
    let payload = link.rsplit('.').next().expect("a payload");
    let head = link.len() - payload.len();
    for end in 0..link.len() {
        let error = decode(&link[..end]).expect_err("cut off");
        if end > head {
            let message = format!("This link is cut off: {} of ", grouped((end - head) as u64));
            assert!(error.message.starts_with(&message), "{}", error.message);
            assert_eq!(error.got_chars, u32::try_from(end - head).ok());
            assert_eq!(error.want_chars, u32::try_from(payload.len()).ok());
        }
    }
    let half = decode(&link[..head + payload.len() / 2]).expect_err("cut off");
    let partial = half.partial.expect("some of it").document.expect("readable");
    assert!(partial.nodes.len() >= 5, "{} parts", partial.nodes.len());
    assert_eq!(partial.title, "Four topics");
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let zeros = vec![b' '; 40 << 20];
    let payload = BASE64_URL_SAFE_NO_PAD.encode(deflate::deflate(&zeros, b""));
    assert!(payload.len() < limits::LINK_CHARS_MAX as usize);
    assert_eq!(code(&frame('r', &payload)), "LNK-007");
    let damaged = frame('r', &payload).replacen('.', ".0", 1);
    assert!(decode(&damaged).expect_err("damaged").partial.is_none());
}

#[test]
fn every_way_a_link_can_be_broken_has_its_code() {
    let good = encode(&document());
    let mut damaged = good.clone().into_bytes();
    damaged[400] = if damaged[400] == b'A' { b'B' } else { b'A' };
    let damaged = String::from_utf8(damaged).expect("ASCII");
    let json = BASE64_URL_SAFE_NO_PAD.encode(deflate::deflate(b"[1,2]", b""));
    for (text, wanted) in [
        ("", "LNK-001"),
        ("hello", "LNK-001"),
        ("https://example.org/", "LNK-001"),
        ("0d~1.00000000.A", "LNK-001"),
        ("1z~1.00000000.A", "LNK-002"),
        (&"x".repeat(70_000).replacen('x', "1j~", 1), "LNK-003"),
        ("1d~12", "LNK-004"),
        (&good[..500], "LNK-004"),
        (&damaged, "LNK-005"),
        (&good.replacen('1', "2", 1), "LNK-006"),
        (&frame('r', &json), "LNK-008"),
        (&frame('d', "!!!!"), "LNK-008"),
        (&good, "fine"),
    ] {
        let shown: String = text.chars().take(40).collect();
        assert_eq!(code(text), wanted, "{shown}");
    }
}

#[test]
fn links_can_be_written_by_hand() {
    let json = r#"{"format":"rivulet/scenario","version":1,"title":"By hand"}"#;
    assert_eq!(whole(decode(&format!("1j~{json}"))).title, "By hand");
    let encoded = percent::encode(json);
    assert!(!encoded.contains('"'));
    assert_eq!(whole(decode(&format!("#s=1j~{encoded}"))).title, "By hand");
    assert_eq!(whole(decode(&frame('j', &encoded))).title, "By hand");
}

#[test]
fn fragments_survive_the_round_trip() {
    let text = "s=1j~{}&t=hot-key&u=https://a.b/c.json%3Fx%3D1&at=93.25&run=0&speed=0.1&sel=3\
                &theme=dark&lesson=one&hints";
    let fragment = Fragment::parse(&format!("#{text}"));
    assert_eq!(fragment.at, Some(Time(93_250_000)));
    assert_eq!(fragment.url.as_deref(), Some("https://a.b/c.json?x=1"));
    assert_eq!(fragment.run, Some(false));
    assert_eq!(fragment.to_text(), text);
    let strange = Fragment::parse("at=x&run=7&speed=fast&sel=-1&theme=pink&u=javascript:alert(1)");
    assert_eq!(strange, Fragment::default());
}

/// Written by Python: `zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)`.
#[test]
fn a_link_packed_by_zlib_opens() {
    let link = "1d~38.f9d3cae4.Iz2juAFdqBBQCawz85RonlOMTKmdU0iPnNhaAA";
    let document = whole(decode(link));
    assert_eq!(document.title, "From Python");
    assert_eq!(document.nodes.len(), 2);
    assert_eq!(document.nodes[0].config.fields()["records_per_sec"], json!(250));
}

#[test]
fn dictionary_1_is_frozen() {
    assert_eq!(crc32(DICTIONARY_1.as_bytes()), 0x5A103308);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn mangled_links_are_refused_in_words(
        at in 0_usize..2_000,
        with in proptest::collection::vec(any::<char>(), 0..4),
        drop in 0_usize..40,
    ) {
        thread_local!(static LINK: Vec<char> = encode(&document()).chars().collect());
        let mangled: String = LINK.with(|link| {
            let at = at.min(link.len());
            let rest = (at + drop).min(link.len());
            link[..at].iter().chain(&with).chain(&link[rest..]).collect()
        });
        if let Err(error) = decode(&mangled) {
            prop_assert!(!error.message.is_empty() && !error.help.is_empty());
        }
    }
}
