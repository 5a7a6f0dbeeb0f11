//! Cases of Flink with Flink's own answers: `tests/sql/flink/*.sqlt`.

use serde_json::Value as Json;

/// Every file.
pub(crate) static FILES: [&str; 10] = [
    include_str!("../../../../tests/sql/flink/expr.sqlt"),
    include_str!("../../../../tests/sql/flink/group.sqlt"),
    include_str!("../../../../tests/sql/flink/join.sqlt"),
    include_str!("../../../../tests/sql/flink/matches.sqlt"),
    include_str!("../../../../tests/sql/flink/over.sqlt"),
    include_str!("../../../../tests/sql/flink/refused.sqlt"),
    include_str!("../../../../tests/sql/flink/semi.sqlt"),
    include_str!("../../../../tests/sql/flink/sets.sqlt"),
    include_str!("../../../../tests/sql/flink/updates.sqlt"),
    include_str!("../../../../tests/sql/flink/window.sqlt"),
];

/// A data set or a case: a header, lines, and what Flink said.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
    pub(crate) answer: Vec<String>,
}

pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in text.trim().split("\n\n").filter(|it| !it.starts_with('#')) {
        let mut lines = part.lines().map(str::to_owned);
        let header = lines.next().unwrap_or_default();
        let (kind, name) = header.split_once(' ').unwrap_or((&header, ""));
        let mut asked: Vec<String> = lines.collect();
        let cut = asked.iter().position(|it| it == "----").unwrap_or(asked.len());
        let answer = asked.split_off(cut).into_iter().skip(1).collect();
        let (kind, name) = (kind.to_owned(), name.to_owned());
        blocks.push(Block { kind, name, lines: asked, answer });
    }
    blocks
}

impl Block {
    /// The data sets a case reads.
    pub(crate) fn with(&self) -> Vec<&str> {
        let lines = self.lines.iter().filter_map(|it| it.strip_prefix("with "));
        lines.flat_map(str::split_whitespace).collect()
    }

    pub(crate) fn sql(&self) -> String {
        let is_sql =
            |it: &&String| !it.starts_with("with ") && *it != "open" && !it.starts_with('[');
        let lines: Vec<&str> = self.lines.iter().filter(is_sql).map(String::as_str).collect();
        lines.join("\n")
    }

    pub(crate) fn rows(&self) -> Vec<Vec<Json>> {
        let rows = self.lines.iter().filter(|it| it.starts_with('['));
        rows.map(|it| serde_json::from_str(it).expect("a row")).collect()
    }
}
