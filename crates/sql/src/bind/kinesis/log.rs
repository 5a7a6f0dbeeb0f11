//! Log parsers: a line of text becomes a record, whose columns are read as `t.rec.COLUMN1` (facts,
//! analytics §2.2 and §2.3).
//!
//! A record is no value: the query that makes it has one column for each of its own, called
//! `REC.COLUMN1`. A line that does not fit gives NULL in all of them.

use super::Planned;
use super::expr::at;
use crate::dialect::Dialect;
use crate::eval::compiled;
use crate::expr::{BinaryOp, Expr, ExprKind, Span, TIME_SLOT};
use crate::function::{Function, LogParser, Side, Unit};
use crate::limits::COLUMNS_MAX;
use crate::parse::parse_log_columns;
use crate::problem::Problem;
use crate::types::{Class, DataType};
use crate::value::Value;

/// The longest text of a column (AWS SQL reference, `REGEX_LOG_PARSE`).
const TEXT: DataType = DataType::Varchar(1_024);
/// `Mar  1 10:01:59 host daemon[1]: words`.
const SYSTEM: &str = r"^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (.*)$";

/// The columns of the record an expression gives, if it is a log parser.
pub(super) fn record(expr: &Expr) -> Planned<Option<Vec<(String, Expr)>>> {
    let ExprKind::Call { function: Function::LogParse(parser), arguments } = &expr.kind else {
        return Ok(None);
    };
    let Some((line, rest)) = arguments.split_first() else { return Ok(None) };
    let columns = match (parser, rest) {
        (LogParser::Regex, [pattern]) => groups(line, &text(pattern)?, pattern.span)?,
        (LogParser::W3c, [format]) => {
            let pattern = pattern_of(named_format(&text(format)?));
            groups(line, &pattern, format.span)?
        }
        (LogParser::System, []) => system(line),
        (LogParser::Fixed, [columns]) => fixed(line, columns)?,
        (LogParser::Variable, [columns, delimiter, rest @ ..]) => {
            variable(line, columns, delimiter, rest)?
        }
        _ => return Err(wrong(expr.span, "A log parser does not take these arguments")),
    };
    if columns.len() > COLUMNS_MAX {
        return Err(wrong(expr.span, "The record has too many columns"));
    }
    Ok(Some(columns))
}

/// A log parser within an expression.
pub(super) fn misplaced(expr: &Expr) -> Option<Problem> {
    let mut found = None;
    expr.visit(&mut |it| {
        if let ExprKind::Call { function: Function::LogParse(_), .. } = it.kind {
            found = Some(it.span);
        }
    });
    let help = "Select it alone in a query inside, `… AS rec`, and read `t.rec.COLUMN1` outside";
    found.map(|span| Problem::new("SQL-055", span, "A log parser gives a record, no value", help))
}

fn wrong(span: Span, message: &str) -> Problem {
    let help = "Its arguments behind the text are constants, such as 'COMMON' or '([a-z]*) (.*)'";
    Problem::new("SQL-055", span, message, help)
}

fn text(expr: &Expr) -> Planned<String> {
    match &expr.kind {
        ExprKind::Literal(Value::Text(text)) => Ok(text.to_string()),
        _ => Err(wrong(expr.span, "A text in single quotes is expected here")),
    }
}

fn literal(value: Value, span: Span) -> Expr {
    at(ExprKind::Literal(value), span)
}

fn call(function: Function, arguments: Vec<Expr>, span: Span) -> Expr {
    at(ExprKind::Call { function, arguments }, span)
}

/// A group of a regular expression over a line.
fn group(line: &Expr, pattern: &str, index: i64) -> Expr {
    let span = line.span;
    let pattern = literal(Value::Text(pattern.into()), span);
    let arguments = vec![line.clone(), pattern, literal(Value::Integer(index), span)];
    call(Function::RegexpExtract, arguments, span)
}

/// `COLUMN1` and so on: the groups of a regular expression.
fn groups(line: &Expr, pattern: &str, span: Span) -> Planned<Vec<(String, Expr)>> {
    let regex = compiled(pattern).map_err(|why| wrong(span, &why))?;
    let count = regex.captures_len().saturating_sub(1);
    if count == 0 {
        return Err(wrong(span, "The regular expression has no group"));
    }
    let column = |index| {
        let value = group(line, pattern, index);
        (format!("COLUMN{index}"), at(ExprKind::Cast(value.into(), TEXT), line.span))
    };
    Ok((1..=i64::try_from(count).unwrap_or(i64::MAX)).map(column).collect())
}

/// A moment without a year, which is that of the row, and the text behind it.
fn system(line: &Expr) -> Vec<(String, Expr)> {
    let span = line.span;
    let words = |it: &str| literal(Value::Text(it.into()), span);
    let join = |a: Expr, b: Expr| at(ExprKind::Binary(BinaryOp::Concat, a.into(), b.into()), span);
    let now = at(ExprKind::Slot(TIME_SLOT), span);
    let year = call(Function::Extract(Unit::Year), vec![now], span);
    let mut moment = at(ExprKind::Cast(year.into(), TEXT), span);
    for index in 1..=3 {
        moment = join(join(moment, words(" ")), group(line, SYSTEM, index));
    }
    let format = words("yyyy MMM d HH:mm:ss");
    let moment = call(Function::CharToTimestamp, vec![format, moment], span);
    vec![("COLUMN1".to_owned(), moment), ("COLUMN2".to_owned(), group(line, SYSTEM, 4))]
}

/// A text as a value of a column; blanks around what is no text mean nothing.
fn typed(value: Expr, data_type: Option<DataType>) -> Expr {
    let (span, target) = (value.span, data_type.unwrap_or(TEXT));
    let value = if target.class() == Class::Text {
        value
    } else {
        call(Function::Trim(Side::Both), vec![value], span)
    };
    at(ExprKind::Cast(value.into(), target), span)
}

fn fixed(line: &Expr, columns: &Expr) -> Planned<Vec<(String, Expr)>> {
    let span = columns.span;
    let described = parse_log_columns(&text(columns)?)
        .map_err(|it| wrong(span, &format!("The columns cannot be read: {}", it.message)))?;
    let mut made = Vec::new();
    for column in described {
        let name = Dialect::Kinesis.folded(&column.name);
        let Some((start, length)) = column.place else {
            return Err(wrong(span, &format!("It is not said where `{name}` begins: write START")));
        };
        let number = |it: u32| literal(Value::Integer(it.into()), span);
        let mut arguments = vec![line.clone(), number(start.saturating_add(1))];
        arguments.extend(length.map(number));
        made.push((name, typed(call(Function::Substring, arguments, span), column.data_type)));
    }
    Ok(made)
}

fn variable(
    line: &Expr,
    columns: &Expr,
    delimiter: &Expr,
    rest: &[Expr],
) -> Planned<Vec<(String, Expr)>> {
    let span = columns.span;
    let described: Vec<(String, Option<DataType>)> = match &columns.kind {
        ExprKind::Literal(Value::Integer(count @ 1..=1_000)) => {
            (1..=*count).map(|it| (format!("COLUMN{it}"), None)).collect()
        }
        _ => parse_log_columns(&text(columns)?)
            .map_err(|it| wrong(span, &format!("The columns cannot be read: {}", it.message)))?
            .into_iter()
            .map(|it| (Dialect::Kinesis.folded(&it.name), it.data_type))
            .collect(),
    };
    let option = |index: usize| match rest.get(index) {
        Some(expr) => text(expr).map(|it| literal(Value::Text(it.into()), expr.span)),
        None => Ok(literal(Value::Text("".into()), span)),
    };
    let (delimiter, escape, quotes) =
        (literal(Value::Text(text(delimiter)?.into()), span), option(0)?, option(1)?);
    let mut made = Vec::new();
    for (index, (name, data_type)) in (0..).zip(described) {
        let place = literal(Value::Integer(index), span);
        let arguments =
            vec![line.clone(), delimiter.clone(), escape.clone(), quotes.clone(), place];
        made.push((name, typed(call(Function::LogField, arguments, span), data_type)));
    }
    Ok(made)
}

/// The formats that have names (AWS SQL reference, `W3C_LOG_PARSE`).
fn named_format(format: &str) -> &str {
    match format.trim().to_ascii_uppercase().as_str() {
        "COMMON" => r#"%h %l %u %t "%r" %>s %b"#,
        "COMMON WITH VHOST" => r#"%v %h %l %u %t "%r" %>s %b"#,
        "NCSA EXTENDED" | "COMBINED" => r#"%h %l %u %t "%r" %>s %b "%[Referer]i" "%[User-agent]i""#,
        "REFERER" => "%[Referer]i ---> %U",
        "AGENT" => "%[User-agent]i",
        _ => format,
    }
}

/// A regular expression for a `LogFormat` of Apache: one group for each of its directives.
fn pattern_of(format: &str) -> String {
    let format = format.replace("\\\"", "\"");
    let mut pattern = "^".to_owned();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            push_literal(letter, &mut pattern);
            continue;
        }
        while letters.next_if(|it| "!<>,".contains(*it) || it.is_ascii_digit()).is_some() {}
        if let Some(open) = letters.next_if(|it| "{[".contains(*it)) {
            let close = if open == '{' { '}' } else { ']' };
            let _name: String = letters.by_ref().take_while(|it| *it != close).collect();
        }
        match (letters.next(), letters.peek()) {
            (Some('%'), _) => push_literal('%', &mut pattern),
            (Some('t'), _) => pattern.push_str(r"\[([^\]]*)\]"),
            (Some(_), None) => pattern.push_str("(.*)"),
            (Some(_), Some(end)) => {
                pattern.push_str("([^");
                push_literal(*end, &mut pattern);
                pattern.push_str("]*)");
            }
            (None, _) => {}
        }
    }
    pattern.push('$');
    pattern
}

fn push_literal(letter: char, pattern: &mut String) {
    if r"\.+*?()|[]{}^$".contains(letter) {
        pattern.push('\\');
    }
    pattern.push(letter);
}
