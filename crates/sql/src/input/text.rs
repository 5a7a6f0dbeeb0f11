//! A schema as text: a column a line, `NAME TYPE $.path`; in CSV columns go by position and have
//! no path. Blank lines and lines after `--` are passed over.

use super::{COLUMNS_MAX, Format, InputColumn, Schema};
use crate::dialect::Dialect;
use crate::expr::Span;
use crate::limits::PROBLEMS_MAX;
use crate::parse::parse_data_type;
use crate::path::{self, Step};
use crate::problem::Problem;

/// Longest name of a column, and what cannot be in it (facts, analytics §1.1).
const NAME_CHARS_MAX: usize = 256;
const NAME_REFUSES: [char; 4] = ['-', '<', '>', '&'];

impl Format {
    /// JSON whose rows are at this path, `$` for the document itself.
    ///
    /// # Errors
    /// A sentence on what is wrong with the path.
    pub fn json(row_path: &str) -> Result<Self, String> {
        let steps = if row_path.trim().is_empty() { Vec::new() } else { path::parse(row_path)?.1 };
        Ok(Self::Json(steps))
    }

    /// CSV with these delimiters, in which `\n`, `\r` and `\t` stand for what they do elsewhere.
    #[must_use]
    pub fn csv(rows: &str, columns: &str) -> Self {
        let plain =
            |text: &str| text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
        let or = |text: &str, other: &str| plain(if text.is_empty() { other } else { text });
        Self::Csv { rows: or(rows, "\n"), columns: or(columns, ",") }
    }
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// Everything that is wrong with it, with its place: `SQL-015`, `SQL-130` to `SQL-132`.
    #[inline(never)]
    pub fn parse(text: &str, format: Format) -> Result<Self, Vec<Problem>> {
        let (mut columns, mut problems) = (Vec::<InputColumn>::new(), Vec::new());
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            let is_blank = line.trim().is_empty() || line.trim_start().starts_with("--");
            match column(line, from, &format) {
                _ if is_blank => {}
                Ok(found) if columns.iter().any(|it| it.name == found.name) => {
                    let message = format!("There is a column `{}` already", found.name);
                    let help = "Give each column a name of its own";
                    let at = span(from, line.trim_end());
                    problems.push(Problem::new("SQL-132", at, message, help));
                }
                Ok(found) => columns.push(found),
                Err(problem) => problems.push(problem),
            }
            if problems.len() >= PROBLEMS_MAX || columns.len() > COLUMNS_MAX {
                break;
            }
            from += line.len();
        }
        let schema = Self { format, columns };
        if problems.is_empty()
            && let Err(why) = schema.check()
        {
            let help = "Write a column a line, such as PRICE DOUBLE $.price";
            problems.push(Problem::new("SQL-132", span(0, text.trim_end()), why, help));
        }
        if problems.is_empty() { Ok(schema) } else { Err(problems) }
    }

    /// The schema that samples of records suggest; none when nothing is there to look at.
    #[must_use]
    pub fn discover(samples: &[&[u8]]) -> Option<Self> {
        super::discover(samples)
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for column in &self.columns {
            out.extend([column.name.as_str(), " ", &column.data_type.to_string()]);
            if matches!(self.format, Format::Json(_)) {
                out.extend([" ", &path::text(&column.mapping)]);
            }
            out.push('\n');
        }
        out
    }
}

/// The column of a line that begins there.
fn column(line: &str, from: usize, format: &Format) -> Result<InputColumn, Problem> {
    let body = line.trim_end().trim_end_matches(',');
    let begin = body.len() - body.trim_start().len();
    let help = "Write a name, a type and a path, such as PRICE DOUBLE $.price";
    let rest = &body[begin..];
    let (name, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let name = name.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(name);
    let is_name = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.contains(NAME_REFUSES)
        && !name.contains('"');
    if !is_name {
        let message = format!("`{name}` cannot be the name of a column");
        return Err(Problem::new("SQL-130", span(from + begin, rest), message, help));
    }
    let (kind, mapping) = match behind.find('$') {
        Some(at) => behind.split_at(at),
        None => (behind, ""),
    };
    let kind_from = from + body.len() - behind.len();
    if kind.trim().is_empty() {
        let message = format!("The column `{name}` has no type");
        return Err(Problem::new("SQL-130", span(from + begin, rest), message, help));
    }
    let data_type = parse_data_type(kind, Dialect::Kinesis).map_err(|problem| {
        let moved = |it: u32| it.saturating_add(u32::try_from(kind_from).unwrap_or(u32::MAX));
        Problem {
            span: Span { from: moved(problem.span.from), to: moved(problem.span.to) },
            ..problem
        }
    })?;
    let steps = match format {
        Format::Csv { .. } => Vec::new(),
        Format::Json(_) if mapping.is_empty() => vec![Step::Member(name.to_owned())],
        Format::Json(_) => {
            let refused = |why| {
                let at = from + body.len() - mapping.len();
                Problem::new(
                    "SQL-131",
                    span(at, mapping),
                    why,
                    "Write such as $.a.b or $.list[0:].id",
                )
            };
            path::parse(mapping).map_err(refused)?.1
        }
    };
    Ok(InputColumn { name: name.to_owned(), data_type, mapping: steps })
}

/// Where a piece stands that begins there.
fn span(from: usize, piece: &str) -> Span {
    let of = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { from: of(from), to: of(from + piece.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DataType;

    fn json() -> Format {
        Format::json("$").unwrap()
    }

    #[test]
    fn a_schema_is_a_column_a_line() {
        let text = "SYM VARCHAR(4) $.sym\n\n-- what it costs\n\
                    \"Price\" DOUBLE $.deal['unit price'],\nID INTEGER $.o[0:].id\n\
                    N DECIMAL(9, 2)\n";
        let schema = Schema::parse(text, json()).unwrap();
        let types: Vec<DataType> = schema.columns.iter().map(|it| it.data_type).collect();
        let decimal = DataType::Decimal { precision: 9, scale: 2 };
        assert_eq!(types, [DataType::Varchar(4), DataType::Double, DataType::Integer, decimal]);
        let printed = "SYM VARCHAR(4) $.sym\nPrice DOUBLE $.deal['unit price']\n\
                       ID INTEGER $.o[0:].id\nN DECIMAL(9, 2) $.N\n";
        assert_eq!(schema.text(), printed);
        assert_eq!(Schema::parse(printed, json()).unwrap(), schema);
        let csv = Schema::parse("A INTEGER\nB TIMESTAMP", Format::csv("\\r\\n", "|")).unwrap();
        assert_eq!(csv.format, Format::Csv { rows: "\r\n".to_owned(), columns: "|".to_owned() });
        assert_eq!(csv.text(), "A INTEGER\nB TIMESTAMP\n");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |text: &str| {
            let problems = Schema::parse(text, json()).unwrap_err();
            let place = |it: &Problem| (it.code, it.span.from, it.span.to);
            problems.iter().map(place).collect::<Vec<_>>()
        };
        assert_eq!(told("A INTEGER $.a\nB-C INTEGER"), [("SQL-130", 14, 25)]);
        assert_eq!(told("A\nB WORD $.b"), [("SQL-130", 0, 1), ("SQL-015", 4, 8)]);
        assert_eq!(told("A INTEGER $x"), [("SQL-131", 10, 12)]);
        assert_eq!(told("A INTEGER\nA DOUBLE"), [("SQL-132", 10, 18)]);
        assert_eq!(told(""), [("SQL-132", 0, 0)]);
        assert_eq!(told("A INTEGER $.a[0:].x\nB INTEGER $.b[0:].x")[0].0, "SQL-132");
    }

    #[test]
    fn what_discovery_finds_can_be_written_down() {
        let found = Schema::discover(&[br#"{"a b":1,"who":{"id":7},"l":[1]}"#]).unwrap();
        assert_eq!(Schema::parse(&found.text(), json()).unwrap(), found);
    }
}
