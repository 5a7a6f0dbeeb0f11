//! The schema of a table as Glue has it: a column a line, its name and its Hive type.

use crate::wire::Failure;

/// Types inside of types.
const DEPTH_MAX: u32 = 16;

/// A column, or a field of a struct.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Type,
}

/// A Hive type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Boolean,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Float,
    Double,
    /// Digits, and those behind the point.
    Decimal(u32, u32),
    /// `string`, `char(n)` and `varchar(n)`.
    Text,
    Binary,
    Date,
    Timestamp,
    Array(Box<Self>),
    /// A key of a simple type, and what it leads to.
    Map(Box<Self>, Box<Self>),
    Struct(Vec<Column>),
}

/// Reads a schema; blank lines do not count.
pub(crate) fn columns(text: &str) -> Result<Vec<Column>, Failure> {
    let mut columns: Vec<Column> = Vec::new();
    let mut begin = 0;
    for line in text.split('\n') {
        let mut reader = Reader { text, at: begin, end: begin + line.trim_end().len() };
        begin += line.len() + 1;
        reader.blanks();
        if reader.at == reader.end {
            continue;
        }
        let at = reader.at;
        let name = reader.until(|letter| letter.is_whitespace()).to_owned();
        if columns.iter().any(|column| column.name == name) {
            return Err(Failure {
                message: format!("There is a column `{name}` already"),
                at: Some(at),
            });
        }
        reader.blanks();
        let kind = reader.kind(0)?;
        reader.blanks();
        if reader.at < reader.end {
            return reader.fail("A column ends here, after its type");
        }
        columns.push(Column { name, kind });
    }
    if columns.is_empty() {
        return Err(Failure {
            message: "A table has one column at least: `name type`, such as `id bigint`".into(),
            at: Some(0),
        });
    }
    Ok(columns)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    fn blanks(&mut self) {
        self.at = self.end - self.rest().trim_start().len();
    }

    fn fail<T>(&self, message: &str) -> Result<T, Failure> {
        Err(Failure { message: message.to_owned(), at: Some(self.at) })
    }

    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn sign(&mut self, sign: char) -> Result<(), Failure> {
        self.blanks();
        if !self.rest().starts_with(sign) {
            return self.fail(&format!("`{sign}` is missing here"));
        }
        self.at += sign.len_utf8();
        self.blanks();
        Ok(())
    }

    fn number(&mut self) -> Result<u32, Failure> {
        let digits = self.until(|letter| !letter.is_ascii_digit());
        digits.parse().or_else(|_cause| self.fail("A number is missing here"))
    }

    fn kind(&mut self, depth: u32) -> Result<Type, Failure> {
        if depth > DEPTH_MAX {
            return self.fail("Types cannot be nested as deep as this");
        }
        let begin = self.at;
        let word = self.until(|letter| !letter.is_ascii_alphanumeric()).to_ascii_lowercase();
        Ok(match &*word {
            "boolean" => Type::Boolean,
            "tinyint" => Type::TinyInt,
            "smallint" => Type::SmallInt,
            "int" => Type::Int,
            "bigint" => Type::BigInt,
            "float" => Type::Float,
            "double" => Type::Double,
            "string" => Type::Text,
            "binary" => Type::Binary,
            "date" => Type::Date,
            "timestamp" => Type::Timestamp,
            "char" | "varchar" => {
                self.sign('(')?;
                self.number()?;
                self.sign(')')?;
                Type::Text
            }
            "decimal" => self.decimal()?,
            "array" => {
                self.sign('<')?;
                let item = self.kind(depth + 1)?;
                self.sign('>')?;
                Type::Array(Box::new(item))
            }
            "map" => self.map(depth)?,
            "struct" => self.fields(depth)?,
            _ => {
                self.at = begin;
                let found = if word.is_empty() { "A type".to_owned() } else { format!("`{word}`") };
                return self.fail(&format!(
                    "{found} is missing or unknown here: types are string, int, bigint, double, \
                     boolean, timestamp, date, decimal(p,s), array<…>, map<…,…>, struct<name:…> \
                     and others of Hive"
                ));
            }
        })
    }

    /// `decimal` alone is `decimal(10,0)` (Hive, "Data Types").
    fn decimal(&mut self) -> Result<Type, Failure> {
        let begin = self.at;
        if !self.rest().starts_with('(') {
            return Ok(Type::Decimal(10, 0));
        }
        self.sign('(')?;
        let digits = self.number()?;
        self.blanks();
        let scale = if self.rest().starts_with(',') {
            self.sign(',')?;
            self.number()?
        } else {
            0
        };
        self.sign(')')?;
        if !(1..=38).contains(&digits) || scale > digits {
            self.at = begin;
            return self.fail("A decimal has 1 to 38 digits, and no more of them behind the point");
        }
        Ok(Type::Decimal(digits, scale))
    }

    fn map(&mut self, depth: u32) -> Result<Type, Failure> {
        self.sign('<')?;
        let at = self.at;
        let key = self.kind(depth + 1)?;
        if matches!(key, Type::Array(_) | Type::Map(..) | Type::Struct(_)) {
            self.at = at;
            return self.fail("The key of a map has a simple type");
        }
        self.sign(',')?;
        let value = self.kind(depth + 1)?;
        self.sign('>')?;
        Ok(Type::Map(Box::new(key), Box::new(value)))
    }

    fn fields(&mut self, depth: u32) -> Result<Type, Failure> {
        self.sign('<')?;
        let mut fields = Vec::new();
        loop {
            let name = self.until(|letter| matches!(letter, ':' | ',' | '>')).trim().to_owned();
            if name.is_empty() {
                return self.fail("The name of a field is missing here");
            }
            self.sign(':')?;
            let kind = self.kind(depth + 1)?;
            fields.push(Column { name, kind });
            self.blanks();
            if self.rest().starts_with('>') {
                self.sign('>')?;
                return Ok(Type::Struct(fields));
            }
            self.sign(',')?;
        }
    }
}
