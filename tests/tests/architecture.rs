//! The crate table of `ARCHITECTURE.md` is what cargo sees, and the pure crates stay pure.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use tests::source;

/// Crates that run anywhere: no browser, no clock, no I/O.
const PURE: [&str; 6] = ["base", "engine", "scenario", "scene", "session", "sql"];

/// The page, and what it alone may know.
const BROWSER: [&str; 4] = ["js-sys", "wasm-bindgen", "web-sys", "yew"];

/// Words that no pure crate may mention in code.
const IMPURE_WORDS: [&str; 15] = [
    "HashMap",
    "HashSet",
    "eprintln!",
    "gloo_",
    "js_sys",
    "println!",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "wasm_bindgen",
    "web_sys",
    "yew::",
];

type Edges = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_crate_table_is_true() {
    let metadata = metadata(&["--no-deps"]);
    let ours: BTreeSet<&str> = packages(&metadata).map(name).collect();
    let (mut internal, mut external) = (Edges::new(), Edges::new());
    for package in packages(&metadata) {
        let (inside, outside) = dependencies(package).partition(|it| ours.contains(it.as_str()));
        internal.insert(name(package).to_owned(), inside);
        external.insert(name(package).to_owned(), outside);
    }
    let (told_internal, told_external) = told();
    assert_eq!(told_internal, internal, "ARCHITECTURE.md (left) and cargo (right) differ: inside");
    assert_eq!(told_external, external, "ARCHITECTURE.md (left) and cargo (right) differ: outside");
}

#[test]
fn pure_crates_reach_no_browser() {
    let metadata = metadata(&["--filter-platform", "wasm32-unknown-unknown"]);
    let names: BTreeMap<&str, &str> =
        packages(&metadata).map(|package| (text(package, "id"), name(package))).collect();
    let graph: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"], "nodes")
        .map(|node| (names[text(node, "id")], normal_dependencies(node, &names)))
        .collect();
    for pure in PURE {
        let mut reached = BTreeSet::new();
        let mut open = vec![pure];
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(&graph[next]);
            }
        }
        let leak: Vec<_> =
            reached.iter().filter(|it| BROWSER.contains(it) || it.starts_with("gloo")).collect();
        assert!(leak.is_empty(), "`{pure}` reaches {leak:?}");
    }
}

#[test]
fn pure_crates_never_say_impure_words() {
    let mut found = Vec::new();
    let files = PURE.iter().flat_map(|it| source::below(&format!("crates/{it}/src"), &["rs"]));
    for source in files.filter(|it| !it.is_test()) {
        let code_lines = source.split_at_tests().0.lines().count();
        for (number, line) in source.code().take_while(|(number, _)| *number <= code_lines) {
            for word in IMPURE_WORDS.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number} says `{word}`", source.path));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn runtime_types_are_never_a_file_format() {
    for source in source::below("crates/engine/src", &["rs"]) {
        for (number, line) in source.code() {
            assert!(
                !(line.contains("derive(") && line.contains("erialize")),
                "{}:{number}: the document is the only persistent format",
                source.path
            );
        }
    }
}

/// The table in `ARCHITECTURE.md`: crate, purpose, inside, outside.
fn told() -> (Edges, Edges) {
    let files = source::below("", &["md"]);
    let page = files.iter().find(|it| it.path == "ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let rows = page.text.lines().skip_while(|line| !line.starts_with("| Crate |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let crate_name = cells[0].trim_matches('`').to_owned();
            ((crate_name.clone(), words(cells[2])), (crate_name, words(cells[3])))
        })
        .unzip()
}

fn words(cell: &str) -> BTreeSet<String> {
    cell.split(", ").filter(|it| *it != "–").map(|it| it.trim_matches('`').to_owned()).collect()
}

fn metadata(more: &[&str]) -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(more)
        .current_dir(source::top())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(metadata, "packages")
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().expect("cargo metadata has this list").iter()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().expect("cargo metadata has this text")
}

fn name(package: &Value) -> &str {
    text(package, "name")
}

/// Names of what a package needs to run: neither its tests' nor its build's dependencies.
fn dependencies(package: &Value) -> impl Iterator<Item = String> {
    list(package, "dependencies").filter(|it| it["kind"].is_null()).map(|it| name(it).to_owned())
}

fn normal_dependencies<'a>(node: &'a Value, names: &BTreeMap<&str, &'a str>) -> Vec<&'a str> {
    list(node, "deps")
        .filter(|dep| list(dep, "dep_kinds").any(|kind| kind["kind"].is_null()))
        .map(|dep| names[text(dep, "pkg")])
        .collect()
}
