//! Calls as Amazon Redshift writes them: parts of moments as words or texts, and calls that are
//! short for something else.

use super::Parser;
use super::lex::TokenKind;
use crate::expr::{BinaryOp, Expr, ExprKind, Span, Truth};
use crate::function::{Function, Redshift, Unit};
use crate::problem::Problem;
use crate::value::Value;

/// Other words for units (Redshift guide, "Date parts for date or timestamp functions").
static UNITS: [(Unit, &[&str]); 9] = [
    (Unit::Year, &["YEAR", "YEARS", "Y", "YR", "YRS"]),
    (Unit::Quarter, &["QUARTER", "QUARTERS", "QTR", "QTRS"]),
    (Unit::Month, &["MONTH", "MONTHS", "MON", "MONS"]),
    (Unit::Week, &["WEEK", "WEEKS", "W"]),
    (Unit::Day, &["DAY", "DAYS", "D"]),
    (Unit::Hour, &["HOUR", "HOURS", "H", "HR", "HRS"]),
    (Unit::Minute, &["MINUTE", "MINUTES", "M", "MIN", "MINS"]),
    (Unit::Second, &["SECOND", "SECONDS", "S", "SEC", "SECS"]),
    (Unit::Millisecond, &["MILLISECOND", "MILLISECONDS", "MS", "MSEC", "MSECS"]),
];

/// Parts that are functions of their own.
static PARTS: [(&[&str], Function); 3] = [
    (&["DOW", "DAYOFWEEK", "WEEKDAY", "DW"], Function::Redshift(Redshift::DayOfWeek)),
    (&["DOY", "DAYOFYEAR", "DY", "YEARDAY"], Function::DayOfYear),
    (&["EPOCH"], Function::Epoch),
];

impl Parser<'_> {
    /// What a call is short for, if it is; its name is the next token.
    pub(super) fn rewritten(&mut self, name: &str) -> Result<Option<ExprKind>, Problem> {
        let from = self.here();
        let is_known = matches!(name, "NVL2" | "DECODE" | "CONVERT");
        if !is_known {
            return Ok(None);
        }
        self.at += 2;
        if name == "CONVERT" {
            let target = self.data_type()?;
            self.want_sign(",")?;
            let value = self.expr()?;
            self.want_sign(")")?;
            return Ok(Some(ExprKind::Cast(value.into(), target)));
        }
        let mut arguments = self.list()?.into_iter();
        let (first, count) = (arguments.next(), arguments.len());
        let Some(first) =
            first.filter(|_| (name == "NVL2" && count == 2) || (name == "DECODE" && count >= 2))
        else {
            let message = format!("{name} cannot take {} arguments", count + 1);
            let help = "Write NVL2(a, b, c), or DECODE(a, search, result, …, otherwise)";
            return Err(Problem::new("SQL-017", from, message, help));
        };
        let mut branches = Vec::new();
        if name == "NVL2" {
            let asked = ExprKind::Is { value: first.into(), truth: Truth::Null, negated: true };
            let condition = Expr::new(asked, from);
            branches.extend(arguments.next().map(|result| (condition, result)));
        } else {
            // NULL is the same as NULL here.
            while arguments.len() > 1 {
                let (Some(search), Some(result)) = (arguments.next(), arguments.next()) else {
                    break;
                };
                let op = BinaryOp::NotDistinct;
                let same = ExprKind::Binary(op, first.clone().into(), search.into());
                branches.push((Expr::new(same, from), result));
            }
        }
        let otherwise = arguments.next().map(Box::new);
        Ok(Some(ExprKind::Case { operand: None, branches, otherwise }))
    }

    /// `'month', a)` or `month, n, a)`.
    pub(super) fn dated(&mut self, of: Redshift) -> Result<(Function, Vec<Expr>), Problem> {
        let Function::Extract(unit) = self.part()? else {
            return Err(self.expected("a unit of time"));
        };
        self.want_sign(",")?;
        Ok((Function::Redshift(of.with(unit)), self.list()?))
    }

    /// `'month', a)`.
    pub(super) fn date_part(&mut self) -> Result<(Function, Vec<Expr>), Problem> {
        let part = self.part()?;
        self.want_sign(",")?;
        Ok((part, self.list()?))
    }

    /// A part of a moment, as a word or a text.
    pub(super) fn part(&mut self) -> Result<Function, Problem> {
        let word = match &self.token().kind {
            TokenKind::Text(text) => text.to_ascii_uppercase(),
            TokenKind::Word => self.slice().to_ascii_uppercase(),
            _ => String::new(),
        };
        let unit = UNITS.iter().find(|(_, words)| words.contains(&word.as_str()));
        let part = PARTS.iter().find(|(words, _)| words.contains(&word.as_str()));
        let found = unit.map(|it| Function::Extract(it.0)).or(part.map(|it| it.1));
        let found = found.ok_or_else(|| self.expected("`year`, `month`, `day` or another part"))?;
        self.at += 1;
        Ok(found)
    }

    /// Whether a unit of time stands here.
    pub(super) fn is_unit(&self) -> bool {
        Unit::ALL
            .iter()
            .any(|it| self.is_word(it.word()) || self.is_word(&format!("{}S", it.word())))
    }

    /// `INTERVAL '1 day 2 hours'`, `INTERVAL '52 weeks'` (Redshift guide, "Interval literals").
    pub(super) fn interval_in_words(&self, text: &str, from: Span) -> Result<ExprKind, Problem> {
        let (mut micros, mut months) = (Some(0_i64), Some(0_i32));
        let mut words = text.split_whitespace();
        let mut good = false;
        while let Some(count) = words.next() {
            let word = words.next().unwrap_or("seconds").to_ascii_uppercase();
            let unit = UNITS.iter().find(|(_, all)| all.contains(&word.as_str())).map(|it| it.0);
            good = unit.is_some();
            let Some(unit) = unit else { break };
            if let Some(each) = unit.months() {
                let more = count.parse().ok().and_then(|it: i32| it.checked_mul(each));
                months = months.zip(more).and_then(|(a, b)| a.checked_add(b));
            } else {
                let each = unit.micros().unwrap_or(1);
                let more = count.parse().ok().and_then(|it: i64| it.checked_mul(each));
                micros = micros.zip(more).and_then(|(a, b)| a.checked_add(b));
            }
        }
        let value = match (months, micros) {
            (Some(0), Some(micros)) if good => Some(Value::Interval(micros)),
            (Some(months), Some(0)) if good => Some(Value::Months(months)),
            _ => None,
        };
        let span = from.to(self.last_span());
        value.map(ExprKind::Literal).ok_or_else(|| {
            let message = format!("`{}` is no interval", super::shortened(text));
            let help =
                "Write such as INTERVAL '1 day 2 hours', or months alone: INTERVAL '3 months'";
            Problem::new("SQL-014", span, message, help)
        })
    }

    /// The type a word of Redshift stands for, if other dialects do not have it.
    pub(super) fn redshift_type(word: &str) -> &str {
        match word {
            "BOOL" => "BOOLEAN",
            "BPCHAR" => "CHAR",
            "FLOAT4" => "REAL",
            "FLOAT8" => "DOUBLE",
            "INT2" => "SMALLINT",
            "INT4" => "INTEGER",
            "INT8" => "BIGINT",
            "NVARCHAR" | "SUPER" | "TEXT" => "VARCHAR",
            "TIMESTAMPTZ" | "DATETIME" => "TIMESTAMP",
            "VARBYTE" => "VARBINARY",
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Dialect;

    #[test]
    fn calls_are_short_for_others() {
        let read = |text| crate::parse_expr_of(text, Dialect::Batch).unwrap();
        let same = |a, b| assert_eq!(read(a), read(b), "{a}");
        same("NVL2(a, b, c)", "CASE WHEN a IS NOT NULL THEN b ELSE c END");
        same("DECODE(a, 1, 'x')", "CASE WHEN a IS NOT DISTINCT FROM 1 THEN 'x' END");
        same("a::int + 1", "CAST(a AS INTEGER) + 1");
        same("a ILIKE 'X%'", "LOWER(a) LIKE LOWER('X%')");
        same("DATE_PART('yr', a)", "EXTRACT(YEAR FROM a)");
        same("-a::int", "-CAST(a AS INTEGER)");
    }
}
