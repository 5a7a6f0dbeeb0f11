//! The project's own files, for the tests that check how it is written.
//!
//! Walks the folders rather than asking git, so an unpacked archive passes the same checks.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are made, not written.
const MADE: [&str; 7] = [".git", ".tools", "debug", "dist", "node_modules", "out", "target"];

/// One text file of the project.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path below the top of the project, with forward slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// Lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(idx, line)| (idx + 1, line))
    }

    /// Numbered lines of code: no comment lines.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether the path has this ending, given without the dot.
    #[must_use]
    pub fn is(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }

    /// Whether all of it is tests: unit tests that grew too long to stand beside the code.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }

    /// The text before and after the unit tests that stand in the file itself.
    #[must_use]
    pub fn split_at_tests(&self) -> (&str, &str) {
        let begins = |(at, mark): (usize, &str)| {
            let next = self.text[at + mark.len()..].lines().nth(1);
            next.is_some_and(|line| line.ends_with('{')).then_some(at)
        };
        let at = self.text.match_indices("#[cfg(test)]").find_map(begins);
        self.text.split_at(at.unwrap_or(self.text.len()))
    }
}

/// The top folder of the project.
#[must_use]
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text file below a folder of the project (`""` is all of it) with one of the endings,
/// in the order of the paths.
///
/// # Panics
/// When the folder cannot be read: the tests are then not running in the project.
#[must_use]
pub fn below(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&top().join(folder), folder, &mut found);
    found.retain(|source| endings.iter().any(|ending| source.is(ending)));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "nothing with {endings:?} below `{folder}`");
    found
}

fn walk(folder: &Path, shown: &str, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("the folders of the project can be read");
    for entry in entries {
        let entry = entry.expect("the folders of the project can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if shown.is_empty() { name.clone() } else { format!("{shown}/{name}") };
        if entry.path().is_dir() {
            if !MADE.contains(&name.as_str()) {
                walk(&entry.path(), &path, found);
            }
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push(Source { path, text });
        }
    }
}
