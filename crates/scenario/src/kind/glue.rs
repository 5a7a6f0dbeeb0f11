//! Columns of a Glue table as the schema of a format conversion names them: `name type`, one a
//! line, in Hive's words (Apache Hive, the manual's page of types).

/// Types without parameters.
const PLAIN: &[&str] = &[
    "boolean",
    "tinyint",
    "smallint",
    "int",
    "integer",
    "bigint",
    "float",
    "double",
    "string",
    "binary",
    "date",
    "timestamp",
    "char",
    "varchar",
    "decimal",
];
/// Types that hold others or have a length.
const FORMED: &[&str] = &["char", "varchar", "decimal", "array", "map", "struct"];
/// Columns of a Glue table a conversion takes.
const COLUMNS_MAX: usize = 500;

/// Whether there are columns, each with a name of its own and a known type.
///
/// # Errors
/// What is wrong with the first line that is not one, in a sentence.
pub(super) fn check_columns(schema: &str) -> Result<(), String> {
    let mut names: Vec<String> = Vec::new();
    for (at, line) in (1..).zip(schema.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (name, kind) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let kind = kind.trim().to_ascii_lowercase();
        if !is_type(&kind) {
            return Err(format!("Line {at}: `{kind}` is no type of a column"));
        }
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return Err(format!("Line {at}: there is a column `{name}` already"));
        }
        names.push(name);
    }
    match names.len() {
        0 => Err("The table has no columns".to_owned()),
        count if count > COLUMNS_MAX => Err(format!("{count} columns are more than {COLUMNS_MAX}")),
        _ => Ok(()),
    }
}

/// Only the outermost word is judged here; what is inside of brackets, the conversion knows.
fn is_type(kind: &str) -> bool {
    let word = kind.split(['(', '<']).next().unwrap_or_default().trim();
    if word.len() == kind.len() {
        return PLAIN.contains(&word);
    }
    FORMED.contains(&word) && kind.ends_with([')', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_named_columns_of_known_types() {
        for good in [
            "id string",
            "ID bigint\n\nat timestamp\nprice decimal(10,2)",
            "tags array<string>\nwhere struct<lat:double,lon:double>\nm map<string,int>",
        ] {
            assert_eq!(check_columns(good), Ok(()), "{good}");
        }
        for (bad, message) in [
            ("", "The table has no columns"),
            ("id", "Line 1: `` is no type of a column"),
            ("id string\nprice money", "Line 2: `money` is no type of a column"),
            ("id string\nID int", "Line 2: there is a column `id` already"),
            ("id decimal(", "Line 1: `decimal(` is no type of a column"),
        ] {
            assert_eq!(check_columns(bad), Err(message.to_owned()), "{bad}");
        }
    }
}
