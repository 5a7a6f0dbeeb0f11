//! Columns of a Redshift table: `name type`, commas or new lines between them.
//!
//! A column without a type takes any text. Types and their limits: Redshift database developer
//! guide, "Data types".

/// The longest `VARCHAR`.
const VARCHAR_BYTES_MAX: u32 = 65_535;
/// The longest `CHAR`.
const CHAR_BYTES_MAX: u32 = 4_096;
/// The most digits of a `DECIMAL`.
const DIGITS_MAX: u32 = 38;
/// Length of a `CHAR` or `VARCHAR` without one.
const CHAR_BYTES: u32 = 1;
const VARCHAR_BYTES: u32 = 256;

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedshiftColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it takes.
    pub kind: ColumnType,
}

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Any text: a column whose type was not given.
    Any,
    /// `SMALLINT`, two bytes.
    SmallInt,
    /// `INTEGER`, four bytes.
    Integer,
    /// `BIGINT`, eight bytes.
    BigInt,
    /// `DECIMAL(precision, scale)`.
    Decimal(u32, u32),
    /// `REAL`.
    Real,
    /// `DOUBLE PRECISION`.
    Double,
    /// `BOOLEAN`.
    Boolean,
    /// `CHAR(bytes)`.
    Char(u32),
    /// `VARCHAR(bytes)`.
    Varchar(u32),
    /// `DATE`.
    Date,
    /// `TIMESTAMP`.
    Timestamp,
}

impl ColumnType {
    /// `type` of `STL_LOAD_ERRORS`, and `col_length`, which only texts have.
    #[must_use]
    pub fn told(self) -> (&'static str, u32) {
        match self {
            Self::Any => ("", 0),
            Self::SmallInt => ("int2", 0),
            Self::Integer => ("int4", 0),
            Self::BigInt => ("int8", 0),
            Self::Decimal(..) => ("numeric", 0),
            Self::Real => ("float4", 0),
            Self::Double => ("float8", 0),
            Self::Boolean => ("bool", 0),
            Self::Char(bytes) => ("char", bytes),
            Self::Varchar(bytes) => ("varchar", bytes),
            Self::Date => ("date", 0),
            Self::Timestamp => ("timestamp", 0),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (word, numbers) = match text.split_once('(') {
            Some((word, rest)) => (word.trim_end(), Some(rest.strip_suffix(')')?)),
            None => (text.as_str(), None),
        };
        let mut sizes = Vec::new();
        for number in numbers.iter().flat_map(|numbers| numbers.split(',')) {
            sizes.push(number.trim().parse::<u32>().ok()?);
        }
        match (word, sizes.as_slice()) {
            ("", []) => Some(Self::Any),
            ("smallint" | "int2", []) => Some(Self::SmallInt),
            ("integer" | "int" | "int4", []) => Some(Self::Integer),
            ("bigint" | "int8", []) => Some(Self::BigInt),
            ("decimal" | "numeric", []) => Some(Self::Decimal(18, 0)),
            ("decimal" | "numeric", [digits]) => Self::decimal(*digits, 0),
            ("decimal" | "numeric", [digits, scale]) => Self::decimal(*digits, *scale),
            ("real" | "float4", []) => Some(Self::Real),
            ("double precision" | "float8" | "float", []) => Some(Self::Double),
            ("boolean" | "bool", []) => Some(Self::Boolean),
            ("char" | "character" | "bpchar" | "nchar", sizes) => {
                let bytes = length(sizes, CHAR_BYTES, CHAR_BYTES_MAX)?;
                Some(Self::Char(bytes))
            }
            ("varchar" | "character varying" | "nvarchar" | "text", sizes) => {
                let bytes = length(sizes, VARCHAR_BYTES, VARCHAR_BYTES_MAX)?;
                Some(Self::Varchar(bytes))
            }
            ("date", []) => Some(Self::Date),
            ("timestamp" | "timestamp without time zone", []) => Some(Self::Timestamp),
            _ => None,
        }
    }

    fn decimal(digits: u32, scale: u32) -> Option<Self> {
        let is_legal = (1..=DIGITS_MAX).contains(&digits) && scale <= digits;
        is_legal.then_some(Self::Decimal(digits, scale))
    }
}

/// The length of a text type: given, or what it has without one.
fn length(sizes: &[u32], plain: u32, most: u32) -> Option<u32> {
    match sizes {
        [] => Some(plain),
        [bytes] if (1..=most).contains(bytes) => Some(*bytes),
        _ => None,
    }
}

/// The columns in order; of one whose type is none, the text of that.
pub(crate) fn read(columns: &str) -> Vec<Result<RedshiftColumn<'_>, &str>> {
    let mut out = Vec::new();
    let (mut begin, mut depth) = (0, 0);
    for (at, c) in columns.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            // A new line behind a comma ends nothing.
            '\n' if columns[begin..at].trim().is_empty() => begin = at + 1,
            ',' | '\n' if depth <= 0 => {
                out.push(column(&columns[begin..at]));
                begin = at + 1;
            }
            _ => {}
        }
    }
    out.push(column(&columns[begin..]));
    out
}

fn column(text: &str) -> Result<RedshiftColumn<'_>, &str> {
    let text = text.trim();
    let (name, kind) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match ColumnType::parse(kind) {
        Some(kind) => Ok(RedshiftColumn { name, kind }),
        None => Err(kind.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(columns: &str) -> Vec<Option<(String, ColumnType)>> {
        let plain = |it: Result<RedshiftColumn<'_>, &str>| {
            it.ok().map(|column| (column.name.to_owned(), column.kind))
        };
        read(columns).into_iter().map(plain).collect()
    }

    #[test]
    fn columns_have_names_and_types() {
        let all = kinds("key, at timestamp,\nprice decimal(10, 2),\n name varchar(20)\nn  INT8");
        let wanted = [
            ("key", ColumnType::Any),
            ("at", ColumnType::Timestamp),
            ("price", ColumnType::Decimal(10, 2)),
            ("name", ColumnType::Varchar(20)),
            ("n", ColumnType::BigInt),
        ];
        assert_eq!(all, wanted.map(|(name, kind)| Some((name.to_owned(), kind))));
    }

    /// Limits of the developer guide: 65,535 bytes of a VARCHAR, 4,096 of a CHAR, 38 digits.
    #[test]
    fn types_have_limits() {
        for (kind, is_legal) in [
            ("varchar(65535)", true),
            ("varchar(65536)", false),
            ("char(4096)", true),
            ("char(4097)", false),
            ("char(0)", false),
            ("decimal(38,37)", true),
            ("decimal(39,0)", false),
            ("decimal(4,5)", false),
            ("integer(4)", false),
            ("money", false),
            ("varchar(a)", false),
            ("varchar(9", false),
        ] {
            assert_eq!(kinds(&format!("a {kind}"))[0].is_some(), is_legal, "{kind}");
        }
    }
}
