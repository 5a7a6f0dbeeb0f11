//! Constants, and the names of types.

use std::sync::Arc;

use base::calendar;

use super::Parser;
use super::lex::TokenKind;
use crate::decimal::Decimal;
use crate::expr::{ExprKind, Span};
use crate::function::Unit;
use crate::problem::Problem;
use crate::types::{DIGITS_MAX, DataType, LENGTH_MAX};
use crate::value::{MICROS_A_DAY, Value};

impl Parser<'_> {
    /// The number that stands here: with a point a decimal, with an exponent a double.
    pub(super) fn number(&mut self) -> Result<ExprKind, Problem> {
        let (digits, span) = (self.slice(), self.token().span);
        let value = if digits.contains(['e', 'E']) {
            digits.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Double)
        } else if digits.contains('.') {
            decimal(digits).map(Value::Decimal)
        } else {
            digits.parse().ok().map(Value::Integer)
        };
        self.at += 1;
        let message = format!("`{}` has too many digits", super::shortened(digits));
        let help = "Whole numbers have 64 bits, decimals 18 digits; write 1E30 for more";
        let value = value.ok_or_else(|| Problem::new("SQL-007", span, message, help))?;
        Ok(ExprKind::Literal(value))
    }

    /// `DATE '2026-03-01'` and its kin, if that is what stands here.
    pub(super) fn time_literal(&mut self) -> Result<Option<ExprKind>, Problem> {
        let from = self.token().span;
        let word = self.slice().to_ascii_uppercase();
        let TokenKind::Text(text) = &self.token_behind().kind else { return Ok(None) };
        let text = text.clone();
        let value = match word.as_str() {
            "DATE" => date_of(&text).map(Value::Date),
            "TIMESTAMP" => timestamp_of(&text).map(Value::Timestamp),
            "TIME" => return Err(no_time(from)),
            "INTERVAL" => {
                self.at += 2;
                let unit = self.unit()?;
                return interval(&text, unit, from.to(self.last_span())).map(Some);
            }
            _ => return Ok(None),
        };
        self.at += 2;
        let span = from.to(self.last_span());
        let value = value.ok_or_else(|| {
            let help = "Write DATE '2026-03-01' or TIMESTAMP '2026-03-01 10:01:59'";
            Problem::new("SQL-014", span, format!("`{text}` is no {word}"), help)
        })?;
        Ok(Some(ExprKind::Literal(value)))
    }

    /// A unit of time.
    pub(super) fn unit(&mut self) -> Result<Unit, Problem> {
        for unit in Unit::ALL {
            if self.take_word(unit.word()) {
                return Ok(unit);
            }
        }
        Err(self.expected("`DAY`, `HOUR`, `MINUTE` or another unit of time"))
    }

    /// The name of a type with its lengths.
    pub(super) fn data_type(&mut self) -> Result<DataType, Problem> {
        let from = self.token().span;
        let word = match self.token().kind {
            TokenKind::Word => self.slice().to_ascii_uppercase(),
            _ => return Err(self.expected("a type")),
        };
        self.at += 1;
        let (first, second) = self.lengths()?;
        let span = from.to(self.last_span());
        let bad = |message: String, help: &str| Err(Problem::new("SQL-015", span, message, help));
        let length = first.unwrap_or(1);
        let found = match word.as_str() {
            "BOOLEAN" => DataType::Boolean,
            "TINYINT" => DataType::TinyInt,
            "SMALLINT" => DataType::SmallInt,
            "INT" | "INTEGER" => DataType::Integer,
            "BIGINT" => DataType::BigInt,
            "REAL" => DataType::Real,
            "DOUBLE" | "FLOAT" => DataType::Double,
            "DATE" => DataType::Date,
            "TIMESTAMP" => DataType::Timestamp,
            "CHAR" | "CHARACTER" if first.is_none() || length > 0 => DataType::Char(length),
            "VARCHAR" if length > 0 => DataType::Varchar(first.unwrap_or(LENGTH_MAX)),
            "BINARY" | "VARBINARY" if length > 0 => {
                DataType::Varbinary(first.unwrap_or(LENGTH_MAX))
            }
            "DEC" | "DECIMAL" | "NUMERIC" => {
                let precision = first.map_or(Some(DIGITS_MAX), |it| u8::try_from(it).ok());
                let scale = u8::try_from(second.unwrap_or(0)).ok();
                match (precision, scale) {
                    (Some(precision @ 1..=DIGITS_MAX), Some(scale)) if scale <= precision => {
                        return Ok(DataType::Decimal { precision, scale });
                    }
                    _ => {
                        let message = "A DECIMAL has 1 to 18 digits, some of them behind the point";
                        return bad(message.to_owned(), "Write such as DECIMAL(10, 2)");
                    }
                }
            }
            "CHAR" | "CHARACTER" | "VARCHAR" | "BINARY" | "VARBINARY" => {
                return bad(format!("{word} needs a length from 1"), "Write such as VARCHAR(20)");
            }
            "TIME" => return Err(no_time(from)),
            _ => {
                let help = "Use BOOLEAN, INTEGER, BIGINT, DECIMAL(p, s), DOUBLE, VARCHAR(n), DATE \
                            or TIMESTAMP";
                return bad(format!("`{}` is no type", self.text_of_span(from)), help);
            }
        };
        if word == "DOUBLE" {
            self.take_word("PRECISION");
        }
        let takes_length = matches!(found.class().word(), "text" | "bytes");
        if length > LENGTH_MAX || second.is_some() || (first.is_some() && !takes_length) {
            return bad(format!("{word} cannot have this length"), "Leave it out, or lower it");
        }
        Ok(found)
    }

    fn text_of_span(&self, span: Span) -> &str {
        self.text.get(span.from as usize..span.to as usize).unwrap_or_default()
    }

    /// `(10, 2)`, if it stands here.
    fn lengths(&mut self) -> Result<(Option<u32>, Option<u32>), Problem> {
        if !self.take_sign("(") {
            return Ok((None, None));
        }
        let first = self.length()?;
        let second = if self.take_sign(",") { Some(self.length()?) } else { None };
        self.want_sign(")")?;
        Ok((Some(first), second))
    }

    fn length(&mut self) -> Result<u32, Problem> {
        let length = match self.token().kind {
            TokenKind::Number => self.slice().parse().ok(),
            _ => None,
        };
        let length = length.ok_or_else(|| self.expected("a length"))?;
        self.at += 1;
        Ok(length)
    }
}

/// Digits with a point.
fn decimal(digits: &str) -> Option<Decimal> {
    let (whole, behind) = digits.split_once('.')?;
    let scale = u8::try_from(behind.len()).ok().filter(|it| *it <= DIGITS_MAX)?;
    let whole = whole.trim_start_matches('0');
    let precision = u8::try_from(whole.len() + behind.len()).ok().filter(|it| *it <= DIGITS_MAX)?;
    let all: String = whole.chars().chain(behind.chars()).collect();
    let unscaled = if all.is_empty() { 0 } else { all.parse().ok()? };
    Some(Decimal { unscaled, precision: precision.max(1), scale })
}

/// Days since 1970 of `2026-03-01`.
pub(crate) fn date_of(text: &str) -> Option<i32> {
    let micros = calendar::parse(text).filter(|_| text.len() == 10)?;
    i32::try_from(micros.div_euclid(MICROS_A_DAY)).ok()
}

/// Microseconds since 1970 of `2026-03-01 10:01:59.5`; a `T`, a `Z` and an offset are taken too,
/// as records carry them.
pub(crate) fn timestamp_of(text: &str) -> Option<i64> {
    calendar::parse(text)
}

fn interval(text: &str, unit: Unit, span: Span) -> Result<ExprKind, Problem> {
    let help = "Write such as INTERVAL '60' SECOND, with SECOND, MINUTE, HOUR or DAY";
    let Some(unit_micros) = unit.micros() else {
        let message = "Intervals of months and years are not known here";
        return Err(Problem::new("SQL-014", span, message, help));
    };
    match interval_of(text, unit_micros) {
        Some(micros) => Ok(ExprKind::Literal(Value::Interval(micros))),
        None => {
            let message = format!("`{text}` is no number of {}s", unit.word().to_ascii_lowercase());
            Err(Problem::new("SQL-014", span, message, help))
        }
    }
}

/// So many units; digits behind the point down to the microsecond.
fn interval_of(text: &str, unit_micros: i64) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = whole.bytes().chain(behind.bytes()).all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits || behind.len() > 6 {
        return None;
    }
    let part: i64 = if behind.is_empty() { 0 } else { behind.parse().ok()? };
    let per_one = 10_i64.pow(u32::try_from(behind.len()).ok()?);
    let micros = whole.parse::<i64>().ok()?.checked_mul(unit_micros)?;
    micros.checked_add(part * (unit_micros / per_one))?.checked_mul(sign)
}

fn no_time(span: Span) -> Problem {
    let help = "Use TIMESTAMP, or EXTRACT(HOUR FROM …)";
    Problem::new("SQL-013", span, "The type TIME is not simulated", help)
}

/// A text as a value.
pub(super) fn text(text: &str) -> ExprKind {
    ExprKind::Literal(Value::Text(Arc::from(text)))
}
