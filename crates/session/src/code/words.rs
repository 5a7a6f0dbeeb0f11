//! The words of a dialect: for colours, and to be completed.

use sql::Dialect;
use sql::function::{Signature, TABLE};

/// Words that stand in statements and queries of both.
#[rustfmt::skip]
static SHARED: [&str; 82] = [
    "ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CREATE", "CROSS", "CURRENT",
    "DAY", "DESC", "DISTINCT", "ELSE", "END", "ESCAPE", "EXISTS", "EXTRACT", "FALSE", "FIRST",
    "FOLLOWING", "FOR", "FROM", "FULL", "FUNCTION", "GROUP", "HAVING", "HOUR", "IN", "INNER",
    "INSERT", "INTERVAL", "INTO", "IS", "JOIN", "LANGUAGE", "LAST", "LEFT", "LIKE", "MINUTE",
    "MONTH", "NOT", "NULL", "NULLS", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION",
    "PRECEDING", "PRIMARY", "RANGE", "REPLACE", "RETURN", "RETURNS", "RIGHT", "ROW", "ROWS",
    "SECOND", "SELECT", "SIMILAR", "SYMMETRIC", "THEN", "TIME", "TIMESTAMP", "TO", "TRUE",
    "UNBOUNDED", "UNION", "UNKNOWN", "USING", "VIEW", "WHEN", "WHERE", "WINDOW", "WITH", "WITHIN",
    "YEAR", "KEY", "DATE",
];

/// Words of the Kinesis dialect only.
#[rustfmt::skip]
static KINESIS: [&str; 17] = [
    "ALTER", "CONTAINS", "CURSOR", "DESCRIPTION", "DETERMINISTIC", "EXPEDITED", "OVERLAPS", "PUMP",
    "ROWTIME", "SQL", "STAGGER", "START", "STARTED", "STEP", "STOPPED", "STREAM", "WINDOWED",
];

/// Words of Flink only.
#[rustfmt::skip]
static FLINK: [&str; 36] = [
    "AFTER", "BEGIN", "CUMULATE", "DATA", "DEFINE", "DESCRIPTOR", "DROP", "ENFORCED", "EXCEPT",
    "EXECUTE", "FETCH", "FILTER", "GAP", "HOP", "IF", "INTERSECT", "LIMIT", "MATCH",
    "MATCH_RECOGNIZE", "MEASURES", "OF", "OFFSET", "ONE", "PAST", "PATTERN", "PER", "SESSION",
    "SET", "SIZE", "SKIP", "SLIDE", "STATEMENT", "SYSTEM_TIME", "TABLE", "TUMBLE", "WATERMARK",
];

/// Functions that make a table of one, by the Kinesis dialect (facts, analytics §2.3).
static OF_TABLES: [&str; 4] = [
    "COUNT_DISTINCT_ITEMS_TUMBLING",
    "RANDOM_CUT_FOREST",
    "RANDOM_CUT_FOREST_WITH_EXPLANATION",
    "TOP_K_ITEMS_TUMBLING",
];

/// Words that a statement or clause begins with, or that stand between its parts.
pub(super) fn keywords(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match dialect {
        Dialect::Kinesis => &KINESIS,
        Dialect::Flink | Dialect::Batch => &FLINK,
    };
    SHARED.iter().chain(own).copied()
}

/// The names of types.
pub(super) fn types(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Kinesis => &[
            "BIGINT",
            "BINARY",
            "BOOLEAN",
            "CHAR",
            "DECIMAL",
            "DOUBLE",
            "FLOAT",
            "INTEGER",
            "NUMERIC",
            "REAL",
            "SMALLINT",
            "TINYINT",
            "VARBINARY",
            "VARCHAR",
        ],
        Dialect::Flink | Dialect::Batch => &[
            "BIGINT",
            "BOOLEAN",
            "BYTES",
            "CHAR",
            "DECIMAL",
            "DOUBLE",
            "FLOAT",
            "INT",
            "INTEGER",
            "SMALLINT",
            "STRING",
            "TIMESTAMP_LTZ",
            "TINYINT",
            "VARCHAR",
        ],
    }
}

/// Functions over one row and over many: name, and how they are called.
pub(super) fn functions(dialect: Dialect) -> Vec<(&'static str, String)> {
    let spoken = TABLE.iter().filter(|it| it.speaks.is_spoken(dialect.rules()));
    let mut all: Vec<(&'static str, String)> = spoken.map(|it| (it.name, signature(it))).collect();
    all.extend(sql::agg::names().map(|name| (name, aggregate(name))));
    if dialect == Dialect::Kinesis {
        all.extend(OF_TABLES.map(|name| (name, "(CURSOR(SELECT STREAM …), …)".to_owned())));
    } else {
        let ranks = ["DENSE_RANK", "RANK", "ROW_NUMBER"];
        all.extend(ranks.map(|name| (name, "() OVER (PARTITION BY … ORDER BY …)".to_owned())));
    }
    all
}

fn aggregate(name: &str) -> String {
    match name {
        "COUNT" => "(* or value)",
        "EXP_AVG" => "(number, interval)",
        "LAG" => "(value, rows, default)",
        "LISTAGG" => "(text, separator)",
        "NTH_VALUE" => "(value, n)",
        "AVG" | "SUM" => "(number)",
        _ => "(value)",
    }
    .to_owned()
}

/// `(text, number, [number])`: what a function takes.
fn signature(it: &Signature) -> String {
    let (least, most) = it.arguments;
    if most == 0 {
        return String::new();
    }
    let letters = it.takes.as_bytes();
    let shown = most.min(letters.len().max(least));
    let word = |index: usize| {
        let word = match letters.get(index).or(letters.last()) {
            Some(b'n') => "number",
            Some(b't') => "text",
            Some(b'b') => "condition",
            Some(b's') => "timestamp",
            Some(b'm') => "date or time",
            _ => "value",
        };
        if index < least { word.to_owned() } else { format!("[{word}]") }
    };
    let words: Vec<String> = (0..shown).map(word).collect();
    let more = if most > shown { ", …" } else { "" };
    format!("({}{more})", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_says_what_may_be_left_out() {
        let of = |dialect, name: &str| {
            functions(dialect).into_iter().find(|it| it.0 == name).map(|it| it.1)
        };
        assert_eq!(of(Dialect::Kinesis, "TSDIFF").as_deref(), Some("(timestamp, timestamp)"));
        assert_eq!(of(Dialect::Flink, "LOCATE").as_deref(), Some("(text, text, [number])"));
        assert_eq!(of(Dialect::Flink, "COALESCE").as_deref(), Some("(value, …)"));
        assert_eq!(of(Dialect::Flink, "TSDIFF"), None, "the other dialect's");
    }
}
