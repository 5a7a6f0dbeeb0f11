//! How the project is written: what rustfmt and clippy cannot see.

use std::collections::BTreeSet;

use tests::source::{self, Source};

const LINES_MAX: usize = 600;
const COLUMNS_MAX: usize = 100;

/// Everything a person writes here.
const WRITTEN: [&str; 7] = ["css", "html", "js", "md", "mjs", "rs", "toml"];

/// Words that are left behind by unfinished work or by the machine it was done on.
const BANNED: [&str; 9] = [
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("XX", "X:"),
    concat!("#[ig", "nore"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("todo", "!("),
    concat!("unimple", "mented!("),
];

#[test]
fn files_are_short_enough_to_read() {
    check(&["js", "mjs", "rs"], |source| {
        let lines = source.text.lines().count();
        (lines > LINES_MAX)
            .then(|| format!("{lines} lines; one noun per file, at most {LINES_MAX}"))
    });
}

#[test]
fn lines_fit_the_page() {
    check_lines(&["js", "mjs", "rs"], |line| {
        let columns = line.chars().count();
        (columns > COLUMNS_MAX).then(|| format!("{columns} columns, at most {COLUMNS_MAX}"))
    });
}

#[test]
fn nothing_is_left_behind() {
    check_lines(&WRITTEN, |line| {
        BANNED.iter().find(|word| line.contains(**word)).map(|word| format!("says `{word}`"))
    });
}

#[test]
fn whitespace_is_boring() {
    check_lines(&WRITTEN, |line| {
        (line.contains('\t') || line.ends_with(' ')).then(|| "tab or trailing space".to_owned())
    });
    check(&WRITTEN, |source| {
        (!source.text.ends_with('\n')).then(|| "no newline at the end".to_owned())
    });
}

#[test]
fn every_module_says_what_it_is() {
    check(&["rs"], |source| {
        let first = source.text.lines().next().unwrap_or_default();
        (!first.starts_with("//! ")).then(|| "starts without a `//!` comment".to_owned())
    });
}

#[test]
fn every_browser_script_says_what_it_is() {
    check(&["js", "mjs"], |source| {
        let mut lines = source.text.lines().skip_while(|line| line.starts_with("#!"));
        let first = lines.next().unwrap_or_default();
        (!first.starts_with("// ") && !first.starts_with("/*"))
            .then(|| "starts without a comment".to_owned())
    });
}

/// A folder of modules holds its own list: `foo/mod.rs`, never `foo.rs` beside `foo/`.
#[test]
fn modules_have_one_style() {
    let files = source::below("", &["rs"]);
    let folders: BTreeSet<&str> =
        files.iter().filter_map(|it| it.path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    check(&["rs"], |source| {
        let stem = source.path.trim_end_matches(".rs");
        folders.contains(stem).then(|| format!("stands beside the folder `{stem}/`"))
    });
}

#[test]
fn dependencies_are_sorted() {
    check(&["toml"], |source| {
        let mut table = "";
        let mut last = "";
        for line in source.text.lines() {
            if let Some(title) = line.strip_prefix('[') {
                (table, last) = (title, "");
            } else if table.contains("dependencies]") {
                let Some((key, _)) = line.split_once([' ', '.']) else {
                    last = ""; // an empty line begins a new group
                    continue;
                };
                if key < last {
                    return Some(format!("`{key}` comes after `{last}` in [{table}"));
                }
                last = key;
            }
        }
        None
    });
}

fn check_lines(endings: &[&str], fault: impl Fn(&str) -> Option<String>) {
    check(endings, |source| {
        let mut faults = source.lines().filter_map(|(number, line)| {
            fault(line).map(|fault| format!("line {number}: {fault}"))
        });
        faults.next()
    });
}

/// Collects the faults of all files, so that one run shows them all.
fn check(endings: &[&str], fault: impl Fn(&Source) -> Option<String>) {
    let faults: Vec<String> = source::below("", endings)
        .iter()
        .filter_map(|it| fault(it).map(|fault| format!("{}: {fault}", it.path)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
