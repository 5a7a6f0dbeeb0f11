//! Trees as text again: reading it gives the same tree.

mod call;
mod pattern;
mod query;
mod script;

use base::calendar::Civil;

use crate::dialect::Dialect;
use crate::expr::{
    AggregateCall, Asks, BinaryOp, Expr, ExprKind, Name, Nested, Select, SelectItem, UnaryOp,
};
use crate::function::Unit;
use crate::parse::level;
use crate::types::{DataType, LENGTH_MAX};
use crate::value::{Value, midnight};

pub use self::script::{print_script, print_statement};

/// Text on its way, in a dialect.
struct Printed {
    text: String,
    dialect: Dialect,
    /// How far lines are moved in, where clauses stand on lines of their own.
    indent: Option<usize>,
}

impl Printed {
    fn new(dialect: Dialect) -> Self {
        Self { text: String::new(), dialect, indent: None }
    }

    /// A blank, or a new line where clauses have their own.
    fn line(&mut self) {
        match self.indent {
            None => self.text.push(' '),
            Some(indent) => {
                self.text.push('\n');
                (0..indent).for_each(|_| self.text.push_str("  "));
            }
        }
    }

    /// What stands in parentheses, moved in.
    fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push('(');
        if let Some(indent) = &mut self.indent {
            *indent += 1;
            self.line();
        }
        write(self);
        if let Some(indent) = &mut self.indent {
            *indent -= 1;
            self.line();
        }
        self.text.push(')');
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
    }
}

/// An expression as text.
#[must_use]
pub fn print(expr: &Expr) -> String {
    let mut out = Printed::new(Dialect::Kinesis);
    write(expr, level::OR, &mut out);
    out.text
}

/// A function over many rows as text.
pub(crate) fn print_aggregate(aggregate: &AggregateCall) -> String {
    let mut out = Printed::new(Dialect::Kinesis);
    query::write_aggregate(aggregate, &mut out);
    out.text
}

/// A query within an expression as text.
pub(crate) fn print_nested(nested: &Nested) -> String {
    let mut out = Printed::new(Dialect::Kinesis);
    query::write_nested(nested, &mut out);
    out.text
}

/// A select list as text.
#[must_use]
pub fn print_select(select: &Select) -> String {
    let mut out = Printed::new(Dialect::Kinesis);
    for (index, item) in select.items.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        match item {
            SelectItem::All => out.push('*'),
            SelectItem::Column { expr, alias } => {
                write(expr, level::OR, &mut out);
                if let Some(alias) = alias {
                    out.push_str(" AS ");
                    write_name(alias, &mut out);
                }
            }
        }
    }
    out.text
}

/// Writes an expression where only operators that bind at least so tightly may stand bare.
fn write(expr: &Expr, least: u8, out: &mut Printed) {
    let bare = level_of(&expr.kind) >= least;
    out.push_str(if bare { "" } else { "(" });
    write_kind(&expr.kind, out);
    out.push_str(if bare { "" } else { ")" });
}

fn level_of(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Binary(op, ..) => op.level(),
        ExprKind::Unary(UnaryOp::Not, _) => level::NOT,
        ExprKind::Unary(UnaryOp::Minus | UnaryOp::Plus, _) => level::SIGN,
        ExprKind::Is { .. } => level::IS,
        ExprKind::Like { .. } | ExprKind::Between { .. } | ExprKind::In { .. } => level::RANGE,
        ExprKind::Query(nested) => match nested.asks {
            Asks::Among { .. } => level::RANGE,
            Asks::Compared { .. } => level::COMPARISON,
            Asks::Value | Asks::Exists => level::SIGN + 1,
        },
        ExprKind::Literal(_)
        | ExprKind::Column(_)
        | ExprKind::Call { .. }
        | ExprKind::Case { .. }
        | ExprKind::Cast(..)
        | ExprKind::Slot(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Inner { .. }
        | ExprKind::User { .. } => level::SIGN + 1,
    }
}

fn write_kind(kind: &ExprKind, out: &mut Printed) {
    match kind {
        ExprKind::Literal(value) => write_literal(value, out),
        ExprKind::Column(path) => {
            for (index, name) in path.iter().enumerate() {
                out.push_str(if index > 0 { "." } else { "" });
                write_name(name, out);
            }
        }
        ExprKind::Unary(op, operand) => {
            out.push_str(op.word());
            // Two minus signs would begin a comment.
            let own = if *op == UnaryOp::Not { level::NOT } else { level::SIGN + 1 };
            write(operand, own, out);
        }
        ExprKind::Binary(op, left, right) => {
            write(left, op.level(), out);
            out.push(' ');
            out.push_str(op.word());
            out.push(' ');
            write(right, op.level() + 1, out);
        }
        ExprKind::Like { value, pattern, escape, negated } => {
            write(value, level::RANGE, out);
            out.push_str(if *negated { " NOT LIKE " } else { " LIKE " });
            write(pattern, level::SUM, out);
            if let Some(escape) = escape {
                out.push_str(" ESCAPE ");
                write(escape, level::SUM, out);
            }
        }
        ExprKind::Between { value, low, high, symmetric, negated } => {
            write(value, level::RANGE, out);
            out.push_str(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
            out.push_str(if *symmetric { "SYMMETRIC " } else { "" });
            write(low, level::SUM, out);
            out.push_str(" AND ");
            write(high, level::SUM, out);
        }
        ExprKind::In { value, list, negated } => {
            write(value, level::RANGE, out);
            out.push_str(if *negated { " NOT IN " } else { " IN " });
            write_tuple(list, out);
        }
        ExprKind::Is { value, truth, negated } => {
            write(value, level::IS, out);
            out.push_str(if *negated { " IS NOT " } else { " IS " });
            out.push_str(truth.word());
        }
        ExprKind::Call { function, arguments } => call::write_call(*function, arguments, out),
        ExprKind::Aggregate(aggregate) => query::write_aggregate(aggregate, out),
        ExprKind::Query(nested) => query::write_nested(nested, out),
        ExprKind::User { name, arguments } => {
            write_name(name, out);
            write_tuple(arguments, out);
        }
        // What is bound is no text any more: this is for those who look at a plan.
        ExprKind::Inner { query, arguments, .. } => {
            write_place(*query, out);
            write_tuple(arguments, out);
        }
        ExprKind::Slot(index) => write_place(*index, out),
        ExprKind::Case { operand, branches, otherwise } => {
            write_case(operand.as_deref(), branches, otherwise.as_deref(), out);
        }
        ExprKind::Cast(value, target) => {
            write_after("CAST(", Some(value), out);
            out.push_str(" AS ");
            write_type(*target, out);
            out.push(')');
        }
    }
}

/// A type as its dialect calls it: 32 bits are a `FLOAT` in Flink, and its times have milliseconds
/// as watermarks want them.
fn write_type(data_type: DataType, out: &mut Printed) {
    match (out.dialect, data_type) {
        (Dialect::Flink, DataType::Real) => out.push_str("FLOAT"),
        (Dialect::Flink, DataType::Timestamp) => out.push_str("TIMESTAMP(3)"),
        (Dialect::Flink, DataType::Varchar(LENGTH_MAX)) => out.push_str("STRING"),
        (Dialect::Flink, DataType::Varbinary(LENGTH_MAX)) => out.push_str("BYTES"),
        _ => out.push_str(&data_type.to_string()),
    }
}

fn write_case(
    operand: Option<&Expr>,
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    out: &mut Printed,
) {
    out.push_str("CASE");
    write_after(" ", operand, out);
    for (condition, result) in branches {
        write_after(" WHEN ", Some(condition), out);
        write_after(" THEN ", Some(result), out);
    }
    write_after(" ELSE ", otherwise, out);
    out.push_str(" END");
}

fn write_after(word: &str, expr: Option<&Expr>, out: &mut Printed) {
    if let Some(expr) = expr {
        out.push_str(word);
        write(expr, level::OR, out);
    }
}

fn write_place(index: u32, out: &mut Printed) {
    out.push('#');
    out.push_str(&index.to_string());
}

/// A list in parentheses.
fn write_tuple(list: &[Expr], out: &mut Printed) {
    out.push('(');
    write_list(list, out);
    out.push(')');
}

fn write_list(list: &[Expr], out: &mut Printed) {
    for (index, expr) in list.iter().enumerate() {
        write_after(if index > 0 { ", " } else { "" }, Some(expr), out);
    }
}

fn write_name(name: &Name, out: &mut Printed) {
    let quote = out.dialect.quote();
    if name.quoted { write_quoted(&name.text, quote, out) } else { out.push_str(&name.text) }
}

fn write_quoted(text: &str, quote: char, out: &mut Printed) {
    out.push(quote);
    for c in text.chars() {
        out.push(c);
        if c == quote {
            out.push(c);
        }
    }
    out.push(quote);
}

fn write_literal(value: &Value, out: &mut Printed) {
    let word = match value {
        Value::Date(_) => "DATE ",
        Value::Time(_) => "TIME ",
        Value::Timestamp(_) => "TIMESTAMP ",
        Value::Interval(micros) => return write_interval(*micros, out),
        Value::Months(_) => "INTERVAL ",
        Value::Bytes(_) => "X",
        _ => "",
    };
    out.push_str(word);
    let text = text_of(value);
    match value {
        Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Timestamp(_)
        | Value::Months(_) => write_quoted(&text, '\'', out),
        Value::Null | Value::Boolean(_) | Value::Integer(_) => {
            out.push_str(&text.to_ascii_uppercase());
        }
        Value::Decimal(number) => {
            out.push_str(&text);
            // Without a point it would be a whole number.
            out.push_str(if number.scale == 0 { "." } else { "" });
        }
        Value::Interval(_) => {}
        Value::Real(_) | Value::Double(_) => {
            out.push_str(&text);
            // Without an exponent it would be a decimal.
            out.push_str(if text.contains(['e', 'E']) { "" } else { "E0" });
        }
    }
    out.push_str(if matches!(value, Value::Months(_)) { " MONTH" } else { "" });
}

/// An interval in the longest unit it is a multiple of. More than two digits are told behind the
/// unit, as Flink wants it.
fn write_interval(micros: i64, out: &mut Printed) {
    let units = [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
    let whole = |it: &Unit| it.micros().is_some_and(|it| micros != 0 && micros % it == 0);
    let unit = units.into_iter().find(whole).unwrap_or(Unit::Second);
    let one = unit.micros().unwrap_or(1).unsigned_abs();
    let (count, rest) = (micros.unsigned_abs() / one, micros.unsigned_abs() % one);
    let mut text = format!("{}{count}", if micros < 0 { "-" } else { "" });
    if rest > 0 {
        text = format!("{text}.{rest:06}").trim_end_matches('0').to_owned();
    }
    out.push_str("INTERVAL ");
    write_quoted(&text, '\'', out);
    out.push(' ');
    out.push_str(unit.word());
    let digits = count.to_string().len();
    if digits > 2 {
        out.push_str(&format!("({digits})"));
    }
}

/// A value as `CAST(… AS VARCHAR)` tells it; intervals in seconds.
#[must_use]
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(true) => "true".to_owned(),
        Value::Boolean(false) => "false".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        // The shortest digits that mean this number, as JSON has them.
        Value::Double(number) => serde_json::Number::from_f64(*number)
            .map_or_else(|| java_text(value), |number| number.to_string()),
        Value::Real(number) => {
            let shortest = number.to_string().parse().ok().filter(|it: &f64| it.is_finite());
            shortest.map_or_else(|| java_text(value), |it| text_of(&Value::Double(it)))
        }
        Value::Text(text) => text.as_ref().to_owned(),
        Value::Bytes(bytes) => hex(bytes),
        Value::Date(days) => {
            let mut text = moment(midnight(*days));
            text.truncate(text.find(' ').unwrap_or(text.len()));
            text
        }
        Value::Time(micros) => {
            let text = moment(*micros);
            text.split_once(' ').map_or_else(String::new, |(_, time)| time.to_owned())
        }
        Value::Timestamp(micros) => moment(*micros),
        Value::Months(months) => months.to_string(),
        Value::Interval(micros) => {
            let sign = if *micros < 0 { "-" } else { "" };
            let micros = micros.unsigned_abs();
            format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
        }
    }
}

/// A float as Java writes it, and with it Flink: `1.0`, `1.0E7`, `NaN`, `Infinity`.
pub(crate) fn java_text(value: &Value) -> String {
    let Some(number) = value.float() else { return text_of(value) };
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    // The shortest digits with an exponent: `-1.25e-7`.
    let text = match value {
        Value::Real(number) => format!("{number:e}"),
        _ => format!("{number:e}"),
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    if number != 0.0 && !(1e-3..1e7).contains(&number.abs()) {
        return format!("{digits}{point}E{exponent}");
    }
    let plain = match value {
        Value::Real(number) => number.to_string(),
        _ => number.to_string(),
    };
    if plain.contains('.') { plain } else { plain + ".0" }
}

/// `2026-03-01 10:01:59.000`; to the microsecond where milliseconds are not all.
pub(crate) fn moment(micros: i64) -> String {
    let at = Civil::at(micros, 0);
    let mut text = at.text().replacen('T', " ", 1);
    if at.micros % 1_000 != 0 {
        text.truncate(text.len() - 3);
        let digits = format!("{:06}", at.micros);
        text.push_str(&digits);
    }
    text
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(it.into(), 16).unwrap_or('0').to_ascii_uppercase();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl UnaryOp {
    /// As written before its operand.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Not => "NOT ",
            Self::Plus => "+",
        }
    }
}

impl BinaryOp {
    /// As written between its operands.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::And => "AND",
            Self::Concat => "||",
            Self::Distinct => "IS DISTINCT FROM",
            Self::Divide => "/",
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Multiply => "*",
            Self::NotDistinct => "IS NOT DISTINCT FROM",
            Self::NotEqual => "<>",
            Self::Or => "OR",
            Self::Subtract => "-",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        print_select(&crate::parse_select(text).unwrap())
    }

    /// The parentheses that stay show how operators bind.
    #[test]
    fn only_needed_parentheses_stay() {
        for (text, printed) in [
            ("((a+b)*c)-(d-e)", "(a + b) * c - (d - e)"),
            ("not (a and b) or (c = d) is null", "NOT (a AND b) OR c = d IS NULL"),
            ("- -a", "-(-a)"),
            ("(a || b) like c || 'd'", "a || b LIKE c || 'd'"),
            ("x'0f' AS \"a\"\"b\"", "X'0F' AS \"a\"\"b\""),
            ("trim(a), trim(leading 'x' from a)", "TRIM(BOTH FROM a), TRIM(LEADING 'x' FROM a)"),
            ("substring(a,2,3) b", "SUBSTRING(a FROM 2 FOR 3) AS b"),
            (
                "interval '1.5' minute + timestamp '2026-03-01 10:00:00'",
                "INTERVAL '90' SECOND + TIMESTAMP '2026-03-01 10:00:00.000'",
            ),
            ("1e2, 1.50, .5", "100.0E0, 1.50, 0.5"),
            ("current_timestamp, floor(a to hour)", "CURRENT_TIMESTAMP, FLOOR(a TO HOUR)"),
        ] {
            assert_eq!(again(text), printed);
            assert_eq!(again(printed), printed);
        }
    }
}
