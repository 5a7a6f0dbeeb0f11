//! Diagnostic codes: one meaning each, told in `docs/errors.md`, and seen in at least one test.

use std::collections::{BTreeMap, BTreeSet};

use tests::source::{self, Source};

fn crates() -> Vec<Source> {
    source::below("crates", &["rs"])
}

/// Where each code is raised, test code left out: the module of the crate, not the file in it.
fn raised() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for source in crates().iter().filter(|it| !it.is_test()) {
        let module: Vec<&str> = source.path.split('/').take(4).collect();
        for code in quoted_codes(source.split_at_tests().0) {
            found.entry(code).or_insert_with(BTreeSet::new).insert(module.join("/"));
        }
    }
    found
}

/// The codes of the reference page, in its order.
fn told() -> Vec<String> {
    let pages = source::below("docs", &["md"]);
    let page = pages.iter().find(|it| it.path == "docs/errors.md").expect("docs/errors.md");
    let rows = page.text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.get(..7)).filter(|it| is_code(it)).map(str::to_owned).collect()
}

#[test]
fn a_code_has_one_home() {
    for (code, homes) in raised() {
        assert!(homes.len() == 1, "`{code}` is raised in {homes:?}: one meaning, one place");
    }
}

#[test]
fn the_reference_lists_exactly_the_codes_there_are() {
    let told = told();
    let sorted: BTreeSet<&String> = told.iter().collect();
    assert!(told.iter().eq(sorted), "docs/errors.md is not sorted, or lists a code twice");
    let raised: Vec<String> = raised().into_keys().collect();
    assert_eq!(told, raised, "docs/errors.md (left) and the sources (right) differ");
}

#[test]
fn every_code_is_exercised() {
    let mut seen = String::new();
    for source in crates() {
        seen.push_str(source.split_at_tests().1);
        if source.is_test() {
            seen.push_str(&source.text);
        }
    }
    for source in source::below("tests", &["mjs", "rs", "sqlt", "txt"]) {
        seen.push_str(&source.text);
    }
    let unseen: Vec<String> =
        raised().into_keys().filter(|code| !seen.contains(code.as_str())).collect();
    assert!(unseen.is_empty(), "no test or golden shows {unseen:?}");
}

/// Every `"ABC-123"` in a text, quotes included in the pattern.
fn quoted_codes(text: &str) -> Vec<String> {
    text.split('"').filter(|piece| is_code(piece)).map(str::to_owned).collect()
}

fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 7
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3] == b'-'
        && bytes[4..].iter().all(u8::is_ascii_digit)
}
