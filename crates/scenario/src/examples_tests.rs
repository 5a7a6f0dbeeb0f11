//! The shipped examples: good, canonical, readable from left to right.

use std::sync::Arc;

use crate::data::{DataSet, DataSets};
use crate::document::{Document, Node};
use crate::format::{load, save_pretty};
use crate::validate::validate;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www");

#[expect(clippy::disallowed_methods, reason = "a test reads the files that are shipped")]
fn read(path: &str) -> Vec<u8> {
    std::fs::read(format!("{ROOT}/{path}")).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn data() -> DataSets {
    let mut sets = DataSets::default();
    for name in DataSets::builtin_names() {
        let (set, warnings) = DataSet::parse(name, &read(&format!("data/{name}"))).expect("good");
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        sets.add(Arc::new(set));
    }
    sets
}

fn examples() -> Vec<(String, Document)> {
    let index: Vec<serde_json::Value> =
        serde_json::from_slice(&read("examples/index.json")).expect("the gallery");
    let mut examples = Vec::new();
    for entry in index {
        let slug = entry["name"].as_str().expect("a slug").to_owned();
        let bytes = read(&format!("examples/{slug}.json"));
        let loaded = load(&bytes);
        assert_eq!(loaded.diagnostics, [], "{slug}");
        let document = loaded.document.expect("readable");
        assert_eq!(entry["title"], document.title.as_str(), "{slug}");
        assert_eq!(entry["about"], document.about.as_str(), "{slug}");
        let pretty = save_pretty(&document);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(format!("{ROOT}/examples/{slug}.json"), &pretty).expect("writable");
        } else {
            assert_eq!(String::from_utf8_lossy(&bytes), pretty, "{slug} is not in canonical form");
        }
        examples.push((slug, document));
    }
    examples
}

#[test]
fn every_example_is_good_and_canonical() {
    let data = data();
    let examples = examples();
    assert!(examples.len() >= 8);
    for (slug, document) in &examples {
        assert_eq!(validate(document, &data), [], "{slug}");
    }
}

/// A stream grows by 34 for each lane; an application has 26 for each of up to four workers, two
/// of them in the height of its kind.
fn size(node: &Node) -> (i32, i32) {
    let (width, height) = node.spec().size;
    let number = |n: u32| i32::try_from(n).expect("few");
    let lanes = number(node.config.lanes());
    let rows = node.config.workers().map_or(2, |workers| number(workers.clamp(1, 4)));
    (width, height + 34 * lanes + 26 * (rows - 2))
}

#[test]
fn examples_read_from_left_to_right_without_overlap() {
    for (slug, document) in examples() {
        for (idx, a) in document.nodes.iter().enumerate() {
            assert!(a.at.x % 4 == 0 && a.at.y % 4 == 0, "{slug}: {} is off the grid", a.name);
            for b in &document.nodes[idx + 1..] {
                let ((aw, ah), (bw, bh)) = (size(a), size(b));
                let apart = a.at.x + aw + 24 <= b.at.x
                    || b.at.x + bw + 24 <= a.at.x
                    || a.at.y + ah + 16 <= b.at.y
                    || b.at.y + bh + 16 <= a.at.y;
                assert!(apart, "{slug}: {} and {} touch", a.name, b.name);
            }
        }
        for edge in &document.edges {
            let x = |id| document.node(id).map_or(0, |node| node.at.x);
            assert!(x(edge.from.node) <= x(edge.to.node), "{slug}: a wire leads back");
        }
    }
}

#[test]
fn the_hot_keys_of_the_real_data_are_the_known_ones() {
    let data = data();
    let heaviest = |name: &str, column: &str| {
        let histogram = data.by_name.get(name).unwrap().key_histogram(column);
        (histogram[0].0.to_owned(), histogram[0].1)
    };
    assert_eq!(heaviest("earthquakes.csv", "net"), ("ci".to_owned(), 386));
    assert_eq!(heaviest("flights.csv", "carrier"), ("B6".to_owned(), 1_106));
}
