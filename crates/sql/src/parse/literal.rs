//! Constants, and the names of types.

use std::sync::Arc;

use base::calendar;

use super::lex::TokenKind;
use super::{Parser, Scope};
use crate::decimal::{Decimal, WHOLE};
use crate::dialect::Dialect;
use crate::expr::{ExprKind, Span};
use crate::function::Unit;
use crate::problem::Problem;
use crate::types::{DataType, LENGTH_MAX};
use crate::value::{MICROS_A_DAY, Value};

impl Parser<'_> {
    /// The number that stands here: with a point a decimal, with an exponent a double.
    pub(super) fn number(&mut self) -> Result<ExprKind, Problem> {
        let (digits, span) = (self.slice(), self.token().span);
        let value = if digits.contains(['e', 'E']) {
            digits.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Double)
        } else if digits.contains('.') {
            decimal(digits, self.dialect.rules().digits_max).map(Value::Decimal)
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
        let text = match &self.token_behind().kind {
            TokenKind::Text(text) => text.clone(),
            TokenKind::Number if self.dialect.is_finite() && word == "INTERVAL" => {
                self.text_of(self.token_behind()).to_owned()
            }
            _ => return Ok(None),
        };
        let value = match word.as_str() {
            "DATE" => date_of(&text).map(Value::Date),
            "TIMESTAMP" => timestamp_of(&text).map(Value::Timestamp),
            "TIME" => time_of(&text).map(Value::Time),
            "INTERVAL" => {
                self.at += 2;
                if self.dialect.is_finite() && !self.is_unit() {
                    return self.interval_in_words(&text, from).map(Some);
                }
                let (first, last) = self.qualifier()?;
                return interval(&text, (first, last), from.to(self.last_span())).map(Some);
            }
            _ => return Ok(None),
        };
        self.at += 2;
        let span = from.to(self.last_span());
        let value = value.ok_or_else(|| {
            let help =
                "Write DATE '2026-03-01', TIME '10:01:59' or TIMESTAMP '2026-03-01 10:01:59'";
            Problem::new("SQL-014", span, format!("`{text}` is no {word}"), help)
        })?;
        Ok(Some(ExprKind::Literal(value)))
    }

    /// A unit of time.
    pub(super) fn unit(&mut self) -> Result<Unit, Problem> {
        // Flink takes `10 SECONDS` too.
        let plural = !self.dialect.says_stream();
        for unit in Unit::ALL {
            let word = unit.word();
            if self.take_word(word) || (plural && self.take_word(&format!("{word}S"))) {
                return Ok(unit);
            }
        }
        Err(self.expected("`DAY`, `HOUR`, `MINUTE` or another unit of time"))
    }

    /// What stands behind an interval: `DAY`, `SECOND(3)`, `HOUR TO SECOND`: its first and its last
    /// unit.
    pub(super) fn qualifier(&mut self) -> Result<(Unit, Unit), Problem> {
        let first = self.unit()?;
        self.lengths()?;
        if !self.take_word("TO") {
            return Ok((first, first));
        }
        let last = self.unit()?;
        self.lengths()?;
        let is_order = first.chain().contains(&last);
        if is_order { Ok((first, last)) } else { Err(self.expected("a shorter unit of time")) }
    }

    /// The name of a type with its lengths.
    pub(super) fn data_type(&mut self) -> Result<DataType, Problem> {
        let from = self.token().span;
        let word = match self.token().kind {
            TokenKind::Word => self.slice().to_ascii_uppercase(),
            _ => return Err(self.expected("a type")),
        };
        let word = match self.dialect.is_finite() {
            true => Self::redshift_type(&word).to_owned(),
            false => word,
        };
        self.at += 1;
        let varies = word.starts_with("CHAR") && self.take_word("VARYING");
        let word = if varies { "VARCHAR".to_owned() } else { word };
        let (first, second) = self.lengths()?;
        let span = from.to(self.last_span());
        let bad = |message: String, help: &str| Err(Problem::new("SQL-015", span, message, help));
        let length = first.unwrap_or(1);
        let found = match word.as_str() {
            "STRING" if !self.dialect.says_stream() => DataType::Varchar(LENGTH_MAX),
            "BYTES" if !self.dialect.says_stream() => DataType::Varbinary(LENGTH_MAX),
            // Digits of a second: times are kept to the microsecond anyway.
            "TIMESTAMP" | "TIMESTAMP_LTZ"
                if self.scope == Scope::Script && first.is_none_or(|it| it <= 9) =>
            {
                return Ok(DataType::Timestamp);
            }
            "BOOLEAN" => DataType::Boolean,
            "TINYINT" => DataType::TinyInt,
            "SMALLINT" => DataType::SmallInt,
            "INT" | "INTEGER" => DataType::Integer,
            "BIGINT" => DataType::BigInt,
            "REAL" => DataType::Real,
            // Of 32 bits in Flink, of 64 in the Kinesis dialect (facts, analytics §2.2).
            "FLOAT" if self.dialect == Dialect::Flink => DataType::Real,
            "DOUBLE" | "FLOAT" => DataType::Double,
            "DATE" => DataType::Date,
            "TIME" | "TIMESTAMP" | "TIMESTAMP_LTZ" if length <= 9 && second.is_none() => {
                self.zone()?;
                return Ok(if word == "TIME" { DataType::Time } else { DataType::Timestamp });
            }
            "STRING" if self.scope == Scope::Row => DataType::Varchar(u32::MAX),
            "BYTES" if self.scope == Scope::Row => DataType::Varbinary(u32::MAX),
            "CHAR" | "CHARACTER" if first.is_none() || length > 0 => DataType::Char(length),
            "VARCHAR" if length > 0 => DataType::Varchar(first.unwrap_or(LENGTH_MAX)),
            "BINARY" | "VARBINARY" if length > 0 => {
                DataType::Varbinary(first.unwrap_or(LENGTH_MAX))
            }
            "DEC" | "DECIMAL" | "NUMERIC" => return self.decimal_type(first, second, span),
            "CHAR" | "CHARACTER" | "VARCHAR" | "BINARY" | "VARBINARY" => {
                return bad(format!("{word} needs a length from 1"), "Write such as VARCHAR(20)");
            }
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

    fn decimal_type(
        &self,
        precision: Option<u32>,
        scale: Option<u32>,
        span: Span,
    ) -> Result<DataType, Problem> {
        let most = self.dialect.rules().digits_max;
        let default = if self.dialect == Dialect::Flink { WHOLE.0 } else { most };
        let precision = precision.map_or(Some(default), |it| u8::try_from(it).ok());
        let scale = u8::try_from(scale.unwrap_or(0)).ok();
        match precision.zip(scale) {
            Some((precision, scale)) if (1..=most).contains(&precision) && scale <= precision => {
                Ok(DataType::Decimal { precision, scale })
            }
            _ => {
                let what =
                    format!("A DECIMAL has 1 to {most} digits, some of them behind the point");
                Err(Problem::new("SQL-015", span, what, "Write such as DECIMAL(10, 2)"))
            }
        }
    }

    /// `WITH LOCAL TIME ZONE`, `WITHOUT TIME ZONE`: there is only UTC.
    fn zone(&mut self) -> Result<(), Problem> {
        let with = self.is_word("WITH") && self.is_word_token(self.token_behind(), "LOCAL");
        if with {
            self.at += 2;
        } else if !self.take_word("WITHOUT") {
            return Ok(());
        }
        self.want_word("TIME")?;
        self.want_word("ZONE")
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

    pub(super) fn length(&mut self) -> Result<u32, Problem> {
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
fn decimal(digits: &str, most: u8) -> Option<Decimal> {
    let (whole, behind) = digits.split_once('.')?;
    let scale = u8::try_from(behind.len()).ok().filter(|it| *it <= most)?;
    let whole = whole.trim_start_matches('0');
    let precision = u8::try_from(whole.len() + behind.len()).ok().filter(|it| *it <= most)?;
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

/// Microseconds since midnight of `10:01:59.5`.
pub(crate) fn time_of(text: &str) -> Option<i64> {
    let micros = calendar::parse(&format!("1970-01-01 {text}"))?;
    (0..MICROS_A_DAY).contains(&micros).then_some(micros)
}

fn interval(text: &str, units: (Unit, Unit), span: Span) -> Result<ExprKind, Problem> {
    let value = match units.0.months() {
        Some(_) => months_of(text, units).map(Value::Months),
        None => interval_of(text, units).map(Value::Interval),
    };
    let last = units.1.word().to_ascii_lowercase();
    value.map(ExprKind::Literal).ok_or_else(|| {
        let message = format!("`{text}` is no number of {last}s");
        let help = "Write such as INTERVAL '60' SECOND, INTERVAL '1:30' MINUTE TO SECOND or \
                    INTERVAL '3' MONTH";
        Problem::new("SQL-014", span, message, help)
    })
}

/// `14`, or `1-2` of years and months.
fn months_of(text: &str, (first, last): (Unit, Unit)) -> Option<i32> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut months: i32 = 0;
    let mut parts = digits.split('-');
    for unit in first.chain().iter().take_while(|it| **it != last).chain([&last]) {
        let count: i32 = parts.next()?.parse().ok()?;
        months = months.checked_add(count.checked_mul(unit.months()?)?)?;
    }
    if parts.next().is_some() { None } else { months.checked_mul(sign) }
}

/// So many units, or `1 10:30:00.5` of several; digits behind the point down to the microsecond.
fn interval_of(text: &str, (first, last): (Unit, Unit)) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let mut micros: i64 = 0;
    let mut parts = whole.split([' ', ':']);
    for unit in first.chain().iter().take_while(|it| **it != last).chain([&last]) {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        micros = micros.checked_add(part.parse::<i64>().ok()?.checked_mul(unit.micros()?)?)?;
    }
    let good = behind.len() <= 6 && behind.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !good {
        return None;
    }
    let part: i64 = if behind.is_empty() { 0 } else { behind.parse().ok()? };
    let per_one = 10_i64.pow(u32::try_from(behind.len()).ok()?);
    micros.checked_add(part * (last.micros()? / per_one))?.checked_mul(sign)
}

/// A text as a value.
pub(super) fn text(text: &str) -> ExprKind {
    ExprKind::Literal(Value::Text(Arc::from(text)))
}
