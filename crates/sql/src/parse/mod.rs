//! From text to trees: a scalar expression, a select list, or a script of statements.
//!
//! A script is read to its end whatever is wrong with it: each problem is told, and reading goes
//! on behind it.
//!
//! Operators bind as in Apache Calcite, the parser of the service's engine: `OR`, `AND`, `NOT`,
//! `IS`, comparisons, `BETWEEN` `IN` `LIKE`, `+ -`, `* / ||`, signs (Calcite SQL reference,
//! "Operator precedence").

mod aggregate;
mod call;
mod ddl;
mod grouping;
mod lex;
mod literal;
mod log;
mod operator;
mod pattern;
mod primary;
mod query;
mod redshift;
mod script;
mod source;
mod window;

use self::lex::{Token, TokenKind, lex};
use crate::dialect::Dialect;
use crate::expr::{Expr, ExprKind, Name, Select, SelectItem, Span};
use crate::problem::Problem;
use crate::types::DataType;

pub(crate) use self::literal::{date_of, time_of, timestamp_of};
pub(crate) use self::log::parse_log_columns;
pub(crate) use self::operator::level;
pub use self::script::parse_script;

/// Longest text: what the code of an application may have (facts, analytics §1.1).
pub const TEXT_BYTES_MAX: usize = 102_400;
/// Parentheses and operators inside each other while reading: the stack is small.
const DEPTH_MAX: u32 = 60;
/// Nodes on the longest way down a tree: whoever walks it needs as much stack.
const HEIGHT_MAX: u16 = 200;

/// Words that are no names without quotes. Fewer than the service reserves (facts, analytics
/// §1.2): only those that would be read as something else.
static RESERVED: [&str; 36] = [
    "ALL",
    "AND",
    "AS",
    "ASYMMETRIC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "DISTINCT",
    "ELSE",
    "END",
    "ESCAPE",
    "FALSE",
    "FOR",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INTERVAL",
    "IS",
    "JOIN",
    "LIKE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PLACING",
    "SELECT",
    "SIMILAR",
    "SYMMETRIC",
    "THEN",
    "TO",
    "TRUE",
    "WHEN",
    "WHERE",
];

/// Words behind which a new clause begins: in queries they are no names for what stands before.
static CLAUSES: [&str; 26] = [
    "CROSS",
    "EMIT",
    "EXCEPT",
    "FETCH",
    "FILTER",
    "FULL",
    "INNER",
    "INTERSECT",
    "LEFT",
    "LIMIT",
    "MATCH_RECOGNIZE",
    "MINUS",
    "NATURAL",
    "OFFSET",
    "OUTER",
    "OVER",
    "PARTITION",
    "QUALIFY",
    "RANGE",
    "RIGHT",
    "ROWS",
    "UNION",
    "USING",
    "WINDOW",
    "WINDOWED",
    "WITHIN",
];

/// Whether a word cannot be a name without quotes, in whatever case.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Reads an expression.
///
/// # Errors
/// The first thing that is wrong: `SQL-001` to `SQL-017`.
#[inline(never)]
pub fn parse_expr(text: &str) -> Result<Expr, Problem> {
    parse_expr_of(text, Dialect::Kinesis)
}

/// Reads an expression of a dialect.
///
/// # Errors
/// The first thing that is wrong: `SQL-001` to `SQL-017`.
pub fn parse_expr_of(text: &str, dialect: Dialect) -> Result<Expr, Problem> {
    let mut parser = Parser::of_row(text, dialect)?;
    let expr = parser.expr()?;
    parser.end()?;
    Ok(expr)
}

/// Reads the name of a type, as statements have it.
///
/// # Errors
/// What is wrong: `SQL-001` to `SQL-015`.
pub fn parse_data_type(text: &str, dialect: Dialect) -> Result<DataType, Problem> {
    let mut parser = Parser::new(text, dialect, Scope::Script);
    if !parser.problems.is_empty() {
        return Err(parser.problems.swap_remove(0));
    }
    let data_type = parser.data_type()?;
    parser.end()?;
    Ok(data_type)
}

/// Reads a select list: `*, price * quantity AS total`.
///
/// # Errors
/// The first thing that is wrong: `SQL-001` to `SQL-018`.
#[inline(never)]
pub fn parse_select(text: &str) -> Result<Select, Problem> {
    let mut parser = Parser::of_row(text, Dialect::Kinesis)?;
    let mut items: Vec<SelectItem> = Vec::new();
    loop {
        let item = parser.item()?;
        if let SelectItem::Column { alias: Some(alias), .. } = &item {
            parser.check_twice(alias, &items)?;
        }
        items.push(item);
        if !parser.take_sign(",") {
            parser.end()?;
            return Ok(Select { items });
        }
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// An expression over one row.
    Row,
    /// Statements, in which expressions are about many rows.
    Script,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    dialect: Dialect,
    scope: Scope,
    /// What was wrong where reading went on.
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, dialect: Dialect, scope: Scope) -> Self {
        let mut problems = Vec::new();
        let tokens = lex(text, dialect, &mut problems);
        Self { text, tokens, at: 0, depth: 0, dialect, scope, problems }
    }

    fn of_row(text: &'a str, dialect: Dialect) -> Result<Self, Problem> {
        let mut parser = Self::new(text, dialect, Scope::Row);
        if parser.problems.is_empty() { Ok(parser) } else { Err(parser.problems.swap_remove(0)) }
    }

    fn item(&mut self) -> Result<SelectItem, Problem> {
        if self.take_sign("*") {
            return Ok(SelectItem::All);
        }
        let expr = self.expr()?;
        let alias = self.alias()?;
        Ok(SelectItem::Column { expr, alias })
    }

    /// `AS name`, or the name alone.
    fn alias(&mut self) -> Result<Option<Name>, Problem> {
        let named = self.take_word("AS");
        let alias = match &self.token().kind {
            TokenKind::Quoted(text) => Some(Name { text: text.clone(), quoted: true }),
            TokenKind::Word if !self.begins_something(named) => {
                Some(Name { text: self.slice().to_owned(), quoted: false })
            }
            _ if named => return Err(self.expected("a name behind `AS`")),
            _ => None,
        };
        self.at += usize::from(alias.is_some());
        Ok(alias)
    }

    /// Whether the word that stands here is no name for what stands before it.
    fn begins_something(&self, named: bool) -> bool {
        let clause = |word: &str| word.eq_ignore_ascii_case(self.slice());
        self.is_taken(self.slice())
            || (!named && self.scope == Scope::Script && CLAUSES.iter().any(|it| clause(it)))
    }

    /// Whether a word is no name without quotes.
    fn is_taken(&self, word: &str) -> bool {
        is_reserved(word) || self.dialect.reserves(word)
    }

    /// A name of a thing.
    fn name(&mut self, what: &str) -> Result<Name, Problem> {
        let name = match &self.token().kind {
            TokenKind::Quoted(text) => Name { text: text.clone(), quoted: true },
            TokenKind::Word if !self.is_taken(self.slice()) => {
                Name { text: self.slice().to_owned(), quoted: false }
            }
            _ => return Err(self.expected(what)),
        };
        self.at += 1;
        Ok(name)
    }

    /// A text in single quotes.
    fn quoted_text(&mut self, what: &str) -> Result<String, Problem> {
        match &self.token().kind {
            TokenKind::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Two results cannot have one name.
    fn check_twice(&self, alias: &Name, items: &[SelectItem]) -> Result<(), Problem> {
        let same = |item: &SelectItem| match item {
            SelectItem::Column { alias: Some(it), .. } => it.text == alias.text,
            SelectItem::All | SelectItem::Column { alias: None, .. } => false,
        };
        if !items.iter().any(same) {
            return Ok(());
        }
        let message = format!("Two results are called `{}`", alias.text);
        Err(Problem::new("SQL-018", self.last_span(), message, "Give each a name of its own"))
    }

    fn token(&self) -> &Token {
        // The end is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn token_behind(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    /// The text of a token.
    fn text_of(&self, token: &Token) -> &'a str {
        self.text.get(token.span.from as usize..token.span.to as usize).unwrap_or_default()
    }

    fn slice(&self) -> &'a str {
        self.text_of(self.token())
    }

    /// Where the token before stands.
    fn last_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn is_word_token(&self, token: &Token, word: &str) -> bool {
        token.kind == TokenKind::Word && self.text_of(token).eq_ignore_ascii_case(word)
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_token(self.token(), word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    fn want_word(&mut self, word: &str) -> Result<(), Problem> {
        if self.take_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn is_sign(&self, sign: &'static str) -> bool {
        self.token().kind == TokenKind::Sign(sign)
    }

    fn take_sign(&mut self, sign: &'static str) -> bool {
        let is = self.is_sign(sign);
        self.at += usize::from(is);
        is
    }

    fn want_sign(&mut self, sign: &'static str) -> Result<(), Problem> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    fn end(&mut self) -> Result<(), Problem> {
        self.take_sign(";");
        match self.token().kind {
            TokenKind::End => Ok(()),
            _ => Err(self.expected("an operator, a comma or the end")),
        }
    }

    /// Something else stands here.
    fn expected(&self, what: &str) -> Problem {
        let token = self.token();
        let found = self.text_of(token);
        let message = match token.kind {
            TokenKind::End => format!("The text ends where {what} is expected"),
            _ => format!("`{}` stands where {what} is expected", shortened(found)),
        };
        let help = match token.kind {
            TokenKind::Word if self.is_taken(found) => {
                let quote = self.dialect.quote();
                format!("Write {what} here; as a name it is written {quote}{found}{quote}")
            }
            TokenKind::Sign("%") => "Write MOD(a, b) for the rest of a division".to_owned(),
            _ => format!("Write {what} here"),
        };
        Problem::new("SQL-010", token.span, message, help)
    }

    /// Goes one level down; whoever does comes back up with `depth -= 1`.
    fn descend(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth <= DEPTH_MAX { Ok(()) } else { Err(too_deep(self.token().span)) }
    }

    /// A node of what was read since a place.
    fn node(&self, kind: ExprKind, from: Span) -> Result<Expr, Problem> {
        let expr = Expr::new(kind, from.to(self.last_span()));
        if expr.height() <= HEIGHT_MAX { Ok(expr) } else { Err(too_deep(expr.span)) }
    }
}

fn too_deep(span: Span) -> Problem {
    let message = "Too many expressions stand inside each other";
    Problem::new("SQL-011", span, message, "Take some of them out, or use IN for a long list")
}

/// The beginning of what was found.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(30).map_or(text, |(end, _)| &text[..end])
}

fn u32_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
