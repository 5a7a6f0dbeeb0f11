//! What can stand at a place of a script: columns of what the statement reads, streams, functions,
//! words and snippets.

use sql::Dialect;

use super::catalogue::{Relation, Role};
use super::scan::{Token, is_of_word, scan};
use super::words;
use crate::hud::{Completion, CompletionKind as Kind};

/// Words behind which a stream or table stands.
const BEFORE_RELATIONS: [&str; 4] = ["FROM", "JOIN", "INTO", "TABLE"];
/// Words that end the list of what is read.
const NO_ALIAS: [&str; 22] = [
    "ON",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "CROSS",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "WINDOW",
    "WINDOWED",
    "UNION",
    "OVER",
    "SELECT",
    "LIMIT",
    "MATCH_RECOGNIZE",
    "FOR",
    "WITHIN",
    "USING",
    "VALUES",
];

/// Where what is completed begins, in bytes, and what it may become.
#[inline(never)]
pub(super) fn complete(
    text: &str,
    at: usize,
    dialect: Dialect,
    relations: &[Relation],
) -> (usize, Vec<Completion>) {
    let before = text.get(..at).unwrap_or(text);
    let from = before
        .rfind(|c| !is_of_word(c))
        .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8));
    let quote = dialect.quote();
    let head = scan(&before[..from], quote);
    if head.is_inside {
        return (from, Vec::new());
    }
    let read = read_by(text, head.tokens.len(), dialect, relations);
    if let [.., source, dot] = &head.tokens[..]
        && dot.text == "."
        && dot.to == from
    {
        return (from, of_source(source, dialect, &read));
    }
    let mut out = Vec::new();
    let last = head.tokens.iter().rfind(|it| it.is_word() || it.text != ",");
    let wants_relation = last.is_some_and(|it| BEFORE_RELATIONS.iter().any(|word| it.is(word)));
    if wants_relation {
        relations.iter().for_each(|it| out.push(stream(it)));
        if dialect == Dialect::Flink {
            out.extend(words::keywords(dialect).filter(|it| IS_TABLE.contains(it)).map(keyword));
        }
        return (from, out);
    }
    for (_, relation) in &read {
        columns(relation, dialect, &mut out);
    }
    let functions = words::functions(dialect);
    out.extend(functions.iter().map(|(name, signature)| function(name, signature)));
    relations.iter().for_each(|it| out.push(stream(it)));
    out.extend(words::keywords(dialect).map(keyword));
    out.extend(words::types(dialect).iter().map(|it| simple(it, "type", Kind::Type)));
    out.extend(snippets(dialect).iter().map(|(label, text)| Completion {
        label: (*label).to_owned(),
        detail: "snippet".to_owned(),
        kind: Kind::Snippet,
        text: (*text).to_owned(),
    }));
    (from, out)
}

/// Functions of Flink that stand where a table does.
const IS_TABLE: [&str; 5] = ["CUMULATE", "HOP", "SESSION", "TABLE", "TUMBLE"];

/// What the statement around a token reads, with the names it has there.
fn read_by<'a>(
    text: &str,
    at: usize,
    dialect: Dialect,
    relations: &'a [Relation],
) -> Vec<(String, &'a Relation)> {
    let tokens = scan(text, dialect.quote()).tokens;
    let at = at.min(tokens.len());
    let from = tokens[..at].iter().rposition(|it| it.text == ";").map_or(0, |it| it + 1);
    let to = tokens[at..].iter().position(|it| it.text == ";").map_or(tokens.len(), |it| at + it);
    let statement = &tokens[from..to];
    let mut read: Vec<(String, &Relation)> = Vec::new();
    for (index, token) in statement.iter().enumerate() {
        let is_named = |it: &&Relation| it.name == folded(token, dialect);
        let is_behind = |word: &&str| index > 0 && statement[index - 1].is(word);
        // Where rows go is nothing that is read.
        if index == 0 || is_behind(&"INTO") || is_behind(&"STREAM") || is_behind(&".") {
            continue;
        }
        let Some(relation) = relations.iter().find(is_named) else { continue };
        let name = alias(&statement[index + 1..], dialect);
        let name = name.unwrap_or_else(|| relation.name.clone());
        if read.iter().all(|(known, _)| *known != name) {
            read.push((name, relation));
        }
    }
    read
}

/// What a relation is called by what stands behind it: `OVER (…) AS o`, `o`.
fn alias(behind: &[Token<'_>], dialect: Dialect) -> Option<String> {
    let mut rest = behind;
    if rest.first()?.is("OVER") {
        let mut depth = 0;
        let end = rest.iter().position(|it| {
            depth += i32::from(it.text == "(") - i32::from(it.text == ")");
            it.text == ")" && depth == 0
        })?;
        rest = &rest[end + 1..];
    }
    if rest.first()?.is("AS") {
        rest = &rest[1..];
    }
    let name = rest.first().filter(|it| it.is_word())?;
    let is_word = NO_ALIAS.iter().any(|word| name.is(word));
    (!is_word).then(|| folded(name, dialect))
}

fn folded(token: &Token<'_>, dialect: Dialect) -> String {
    dialect.folded(&sql::Name { text: token.text.to_owned(), quoted: token.quoted })
}

/// The columns of one source.
fn of_source(
    source: &Token<'_>,
    dialect: Dialect,
    read: &[(String, &Relation)],
) -> Vec<Completion> {
    let mut out = Vec::new();
    let name = folded(source, dialect);
    if let Some((_, relation)) = read.iter().find(|(known, _)| *known == name) {
        columns(relation, dialect, &mut out);
    }
    out
}

fn columns(relation: &Relation, dialect: Dialect, out: &mut Vec<Completion>) {
    let known = out.len();
    for (name, data_type) in &relation.columns {
        if out[..known].iter().any(|it| it.label == *name && it.kind == Kind::Column) {
            continue;
        }
        let data_type = data_type.map(|it| it.to_string()).unwrap_or_default();
        out.push(simple(name, &data_type, Kind::Column));
    }
    let has_rowtime = dialect == Dialect::Kinesis && relation.role != Role::Table;
    if has_rowtime && out.iter().all(|it| it.label != "ROWTIME") {
        out.push(simple("ROWTIME", "TIMESTAMP", Kind::Column));
    }
}

fn stream(it: &Relation) -> Completion {
    let label = it.written.trim_matches(['"', '`']).to_owned();
    let detail = it.role.word().to_owned();
    Completion { label, detail, kind: Kind::Stream, text: it.written.clone() }
}

fn function(name: &str, signature: &str) -> Completion {
    let text = if signature.is_empty() { name.to_owned() } else { format!("{name}(${{}})") };
    let (label, detail) = (name.to_owned(), signature.to_owned());
    Completion { label, detail, kind: Kind::Function, text }
}

fn keyword(word: &'static str) -> Completion {
    simple(word, "", Kind::Keyword)
}

fn simple(label: &str, detail: &str, kind: Kind) -> Completion {
    let (label, detail) = (label.to_owned(), detail.to_owned());
    Completion { text: label.clone(), label, detail, kind }
}

type Snippet = (&'static str, &'static str);

/// Clauses with stops where something has to be filled in.
fn snippets(dialect: Dialect) -> &'static [Snippet] {
    match dialect {
        Dialect::Kinesis => &[
            (
                "CREATE STREAM …",
                "CREATE OR REPLACE STREAM ${NAME} (\n  ${COLUMN} ${VARCHAR(16)}\n);\n",
            ),
            (
                "CREATE PUMP …",
                "CREATE OR REPLACE PUMP ${NAME_PUMP} AS INSERT INTO ${NAME}\n\
                 SELECT STREAM ${columns}\nFROM ${source};\n",
            ),
            ("STEP(… BY INTERVAL …)", "STEP(${source}.ROWTIME BY INTERVAL '${60}' SECOND)"),
            ("FLOOR(… TO MINUTE)", "FLOOR(${source}.ROWTIME TO ${MINUTE})"),
            (
                "WINDOWED BY STAGGER …",
                "WINDOWED BY STAGGER (\n  PARTITION BY ${key} RANGE INTERVAL '${1}' MINUTE)",
            ),
            (
                "OVER (… RANGE …)",
                "OVER (PARTITION BY ${key} RANGE INTERVAL '${1}' MINUTE PRECEDING)",
            ),
            ("OVER (… ROWS …)", "OVER (PARTITION BY ${key} ROWS ${10} PRECEDING)"),
        ],
        Dialect::Batch => &[],
        Dialect::Flink => &[
            (
                "TUMBLE(…)",
                "TABLE(TUMBLE(TABLE ${source}, DESCRIPTOR(${ts}), INTERVAL '${1}' MINUTE))",
            ),
            (
                "HOP(…)",
                "TABLE(HOP(TABLE ${source}, DESCRIPTOR(${ts}), INTERVAL '${10}' SECOND, \
                 INTERVAL '${1}' MINUTE))",
            ),
            (
                "CUMULATE(…)",
                "TABLE(CUMULATE(TABLE ${source}, DESCRIPTOR(${ts}), INTERVAL '${10}' SECOND, \
                 INTERVAL '${1}' MINUTE))",
            ),
            (
                "SESSION(…)",
                "TABLE(SESSION(TABLE ${source} PARTITION BY ${key}, DESCRIPTOR(${ts}), \
                 INTERVAL '${30}' SECOND))",
            ),
            (
                "OVER (… RANGE …)",
                "OVER (PARTITION BY ${key} ORDER BY ${ts}\n  \
                 RANGE BETWEEN INTERVAL '${1}' MINUTE PRECEDING AND CURRENT ROW)",
            ),
            ("WATERMARK FOR …", "WATERMARK FOR ${ts} AS ${ts} - INTERVAL '${5}' SECOND"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::around::Around;
    use crate::code::catalogue::relations;

    const SCRIPT: &str = "CREATE STREAM S (SYM VARCHAR(4), \"price\" DOUBLE);\n\
        CREATE STREAM P (ID INTEGER);\n\
        CREATE STREAM O (SYM VARCHAR(4));\n";

    /// What is offered where the text ends.
    fn offered(query: &str) -> (usize, Vec<Completion>) {
        let text = format!("{SCRIPT}{query}");
        let at = text.find('|').unwrap();
        let text = text.replace('|', "");
        let script = sql::parse_script(&text, Dialect::Kinesis).0;
        let known = relations(Dialect::Kinesis, &Around::default(), &script);
        complete(&text, at, Dialect::Kinesis, &known)
    }

    fn labels(found: &[Completion], kind: Kind) -> Vec<&str> {
        found.iter().filter(|it| it.kind == kind).map(|it| it.label.as_str()).collect()
    }

    #[test]
    fn columns_are_those_of_what_the_statement_reads() {
        let query = "CREATE PUMP A AS INSERT INTO O SELECT STREAM pr| FROM S;";
        let (from, found) = offered(query);
        assert_eq!(labels(&found, Kind::Column), ["SYM", "\"price\"", "ROWTIME"]);
        assert_eq!(found[1].detail, "DOUBLE");
        assert_eq!(from, SCRIPT.len() + query.find("pr|").unwrap());
        let sum = found.iter().find(|it| it.label == "SUM").unwrap();
        assert_eq!((sum.detail.as_str(), sum.text.as_str()), ("(number)", "SUM(${})"));
    }

    #[test]
    fn behind_from_stand_streams_and_behind_a_point_the_columns_of_one() {
        let (_, found) = offered("CREATE PUMP A AS INSERT INTO O SELECT STREAM SYM FROM |");
        assert_eq!(labels(&found, Kind::Stream), ["S", "P", "O"]);
        assert!(labels(&found, Kind::Function).is_empty());
        let (_, found) = offered(
            "CREATE PUMP A AS INSERT INTO O SELECT STREAM p.| FROM \
             S OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS s JOIN P AS p ON TRUE;",
        );
        assert_eq!(labels(&found, Kind::Column), ["ID", "ROWTIME"]);
        let (_, found) = offered("CREATE PUMP A AS INSERT INTO O SELECT STREAM s.| FROM S s;");
        assert_eq!(labels(&found, Kind::Column)[0], "SYM");
    }

    #[test]
    fn nothing_is_offered_within_a_text_or_a_comment() {
        assert!(offered("SELECT STREAM 'a| FROM S").1.is_empty());
        assert!(offered("-- a|\n").1.is_empty());
    }
}
