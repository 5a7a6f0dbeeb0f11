//! The type of an expression, before there is a row.
//!
//! A value may be narrower than its type: where branches of `CASE` differ, each keeps its own
//! digits. Columns whose type only the record tells have none here; nothing is said about them.

use crate::decimal::{Digits, WHOLE, product_digits, quotient_digits, sum_digits};
use crate::eval::can_cast;
use crate::expr::{BinaryOp, Expr, ExprKind, Name, Span, TIME_SLOT, Truth, UnaryOp};
use crate::function::{Function, Gives};
use crate::problem::Problem;
use crate::rules::{Casts, Overflow, Rules};
use crate::types::{Class, DataType, LENGTH_MAX};
use crate::value::Value;

/// What is known about a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// There is none of this name.
    Missing,
    /// Each record tells its type.
    Any,
    /// It has this type.
    Typed(DataType),
}

/// A type, or none where only the record tells, or for NULL.
type Known = Option<DataType>;

/// The type of an expression over such columns, as far as it is known, in the Kinesis dialect.
/// Every problem is told: `SQL-020` to `SQL-024`.
#[inline(never)]
pub fn check(
    expr: &Expr,
    columns: &dyn Fn(&[Name]) -> Column,
    problems: &mut Vec<Problem>,
) -> Option<DataType> {
    let rules = &Rules::KINESIS;
    Checker { columns, slots: &[], rules, problems }.of(expr)
}

/// The type of a bound expression over values of these types, in the Kinesis dialect. Every
/// problem is told: `SQL-020` to `SQL-023`.
#[inline(never)]
pub fn check_bound(
    expr: &Expr,
    slots: &[Option<DataType>],
    problems: &mut Vec<Problem>,
) -> Option<DataType> {
    check_bound_by(expr, slots, &Rules::KINESIS, problems)
}

/// The type of a bound expression by the rules of a dialect.
pub fn check_bound_by(
    expr: &Expr,
    slots: &[Option<DataType>],
    rules: &Rules,
    problems: &mut Vec<Problem>,
) -> Option<DataType> {
    Checker { columns: &|_| Column::Any, slots, rules, problems }.of(expr)
}

struct Checker<'a> {
    columns: &'a dyn Fn(&[Name]) -> Column,
    /// Types of what is bound already.
    slots: &'a [Option<DataType>],
    rules: &'a Rules,
    problems: &'a mut Vec<Problem>,
}

/// One more than an `INTEGER` holds.
const LARGEST: i64 = 1 << 31;
const CAST_HELP: &str = "Use CAST(… AS …) to bring both to one type";

impl Checker<'_> {
    fn of(&mut self, expr: &Expr) -> Known {
        match &expr.kind {
            ExprKind::Literal(value) => value.data_type(),
            ExprKind::Column(path) => self.column(path, expr.span),
            ExprKind::Slot(TIME_SLOT) => Some(DataType::Timestamp),
            ExprKind::Slot(index) => self.slots.get(*index as usize).copied().flatten(),
            // Whoever binds names puts something else in their place, and checks that.
            ExprKind::Aggregate(_) | ExprKind::User { .. } | ExprKind::Query(_) => None,
            ExprKind::Inner { gives, .. } => *gives,
            ExprKind::Unary(op, operand) => self.unary(*op, operand),
            ExprKind::Binary(op, left, right) => {
                let sides = (self.of(left), self.of(right));
                self.binary(*op, sides, expr.span)
            }
            ExprKind::Like { value, pattern, escape, .. } => {
                for part in [Some(value), Some(pattern), escape.as_ref()].into_iter().flatten() {
                    let found = self.of(part);
                    self.want(found, Class::Text, "LIKE", part.span);
                }
                Some(DataType::Boolean)
            }
            ExprKind::Between { value, low, high, .. } => {
                let found = self.of(value);
                for end in [low, high] {
                    let end = self.of(end);
                    self.comparable(found, end, expr.span);
                }
                Some(DataType::Boolean)
            }
            ExprKind::In { value, list, .. } => {
                let found = self.of(value);
                for item in list {
                    let other = self.of(item);
                    self.comparable(found, other, item.span);
                }
                Some(DataType::Boolean)
            }
            ExprKind::Is { value, truth, .. } => {
                let found = self.of(value);
                if *truth != Truth::Null {
                    self.want(found, Class::Boolean, "IS", value.span);
                }
                Some(DataType::Boolean)
            }
            ExprKind::Call { function, arguments } => self.call(*function, arguments, expr.span),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::Cast(value, target) => {
                if let Some(from) = self.of(value)
                    && !can_cast(from.class(), target.class(), self.rules)
                {
                    let message = format!("{from} cannot become {target}");
                    let help = "Only text becomes anything; everything but bytes becomes text";
                    self.problems.push(Problem::new("SQL-022", expr.span, message, help));
                }
                Some(*target)
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr) -> Known {
        let found = self.of(operand);
        if op == UnaryOp::Not {
            self.want(found, Class::Boolean, "NOT", operand.span);
            return Some(DataType::Boolean);
        }
        let interval = matches!(class(found), Some(Class::Interval | Class::Months));
        if op != UnaryOp::Minus || !interval {
            self.want(found, Class::Number, op.word(), operand.span);
        }
        // The smallest INTEGER is written as a number too large for one.
        match operand.kind {
            ExprKind::Literal(Value::Integer(LARGEST)) if op == UnaryOp::Minus => {
                Some(DataType::Integer)
            }
            _ => found,
        }
    }

    fn column(&mut self, path: &[Name], span: Span) -> Known {
        match (self.columns)(path) {
            Column::Any => None,
            Column::Typed(found) => Some(found),
            Column::Missing => {
                let name = path.last().map_or("", |name| name.text.as_str());
                let message = format!("There is no column `{name}`");
                let help = "Check the spelling; a name in double quotes fits letter by letter";
                self.problems.push(Problem::new("SQL-024", span, message, help));
                None
            }
        }
    }

    /// An operand that must be of a class, if its type is known.
    fn want(&mut self, found: Known, wanted: Class, op: &str, span: Span) {
        if let Some(found) = found
            && found.class() != wanted
        {
            let message = format!("{} takes {}, not {found}", op.trim(), wanted.word());
            self.problems.push(Problem::new("SQL-020", span, message, "Use CAST(… AS …) first"));
        }
    }

    fn comparable(&mut self, left: Known, right: Known, span: Span) {
        let is_moment = |it: Class| matches!(it, Class::Date | Class::Time | Class::Timestamp);
        if let (Some(left), Some(right)) = (left.map(DataType::class), right.map(DataType::class))
            && self.rules.casts != Casts::Strict
            && (left == Class::Text && is_moment(right) || right == Class::Text && is_moment(left))
        {
            return;
        }
        if let (Some(left), Some(right)) = (left, right)
            && left.class() != right.class()
        {
            let message = format!("{left} and {right} cannot be compared");
            self.problems.push(Problem::new("SQL-020", span, message, CAST_HELP));
        }
    }

    fn binary(&mut self, op: BinaryOp, (left, right): (Known, Known), span: Span) -> Known {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                self.want(left, Class::Boolean, op.word(), span);
                self.want(right, Class::Boolean, op.word(), span);
                Some(DataType::Boolean)
            }
            BinaryOp::Concat => {
                self.want(left, Class::Text, op.word(), span);
                self.want(right, Class::Text, op.word(), span);
                Some(DataType::Varchar(length(left).saturating_add(length(right)).min(LENGTH_MAX)))
            }
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                self.arithmetic(op, (left, right), span)
            }
            _ => {
                self.comparable(left, right, span);
                Some(DataType::Boolean)
            }
        }
    }

    fn arithmetic(&mut self, op: BinaryOp, (left, right): (Known, Known), span: Span) -> Known {
        let sums = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        let found = match (class(left), class(right)) {
            (Some(Class::Number), Some(Class::Number)) => {
                return number(op, left?, right?, self.rules);
            }
            (
                Some(Class::Timestamp | Class::Date | Class::Time | Class::Interval),
                Some(Class::Interval) | None,
            )
            | (Some(Class::Timestamp | Class::Date | Class::Months), Some(Class::Months))
                if sums =>
            {
                return left;
            }
            (
                Some(Class::Interval | Class::Months),
                Some(Class::Timestamp | Class::Date | Class::Time),
            ) if op == BinaryOp::Add => {
                return right;
            }
            (Some(Class::Interval), Some(Class::Number))
                if matches!(op, BinaryOp::Multiply | BinaryOp::Divide) =>
            {
                return left;
            }
            (Some(Class::Number), Some(Class::Interval)) if op == BinaryOp::Multiply => {
                return right;
            }
            (None, Some(Class::Interval | Class::Months)) if sums => return None,
            (None, None | Some(Class::Number)) | (Some(Class::Number), None) => return None,
            (None, Some(Class::Timestamp | Class::Date)) if op == BinaryOp::Add => return right,
            (Some(Class::Timestamp), Some(Class::Timestamp)) => {
                let help = "Write TSDIFF(a, b) for the milliseconds from a to b, or (a - b) SECOND";
                (format!("{} cannot take two timestamps", op.word()), help)
            }
            _ => {
                let message = match (left, right) {
                    (Some(left), Some(right)) => format!("{left} and {right}"),
                    (left, right) => left.or(right)?.to_string(),
                };
                (format!("{} cannot take {message}", op.word()), CAST_HELP)
            }
        };
        self.problems.push(Problem::new("SQL-020", span, found.0, found.1));
        None
    }

    fn call(&mut self, function: Function, arguments: &[Expr], span: Span) -> Known {
        let types: Vec<Known> = arguments.iter().map(|argument| self.of(argument)).collect();
        for (index, (found, argument)) in types.iter().zip(arguments).enumerate() {
            self.argument(function, index, *found, argument.span);
        }
        self.want_moment(function, &types, span);
        let first = types.first().copied().flatten();
        let gives = match function {
            Function::TryCast(target) | Function::Narrow(target) => return Some(target),
            Function::CeilTo(_) | Function::FloorTo(_) => return first,
            Function::Epoch => return Some(DataType::BigInt),
            Function::Span(unit) if unit.months().is_some() => return Some(DataType::Months),
            Function::Span(_) => return Some(DataType::Interval),
            Function::Similar | Function::Period(_) | Function::IsJson(_) => {
                return Some(DataType::Boolean);
            }
            Function::JsonValue(_, _, Some(returned)) => return Some(returned),
            Function::NullIf => {
                self.comparable(first, types.get(1).copied().flatten(), span);
                return first;
            }
            _ => function.signature()?.gives,
        };
        self.given(gives, &types, arguments, span)
    }

    /// An argument of the wrong class.
    fn argument(&mut self, function: Function, index: usize, found: Known, span: Span) {
        let Some(found) = found else { return };
        let moment = matches!(found.class(), Class::Date | Class::Time | Class::Timestamp);
        let takes_moment = function.signature().is_some_and(|it| it.takes_moment(index));
        let wanted = match function.takes(index) {
            Some(wanted) if wanted != found.class() => wanted.word(),
            None if takes_moment && !moment => "a date or timestamp",
            _ => return,
        };
        let message = format!("{} takes {wanted} here, not {found}", function.name());
        self.problems.push(Problem::new("SQL-021", span, message, "Use CAST(… AS …) first"));
    }

    /// The type of a result, as the table of functions says.
    fn given(&mut self, gives: Gives, types: &[Known], arguments: &[Expr], span: Span) -> Known {
        let first = types.first().copied().flatten();
        let second = types.get(1).copied().flatten();
        match gives {
            Gives::Type(found) => Some(found),
            Gives::First => first,
            Gives::Last => types.last().copied().flatten(),
            Gives::Common => self.common(types, span),
            Gives::CommonBehind => self.common(types.get(1..).unwrap_or_default(), span),
            Gives::Count if self.rules.overflow == Overflow::Wraps => Some(DataType::Integer),
            Gives::Count => Some(DataType::BigInt),
            Gives::Text => Some(DataType::Varchar(LENGTH_MAX)),
            Gives::FirstText => Some(DataType::Varchar(length(first))),
            Gives::Rounded => match first {
                Some(DataType::Decimal { precision, .. }) => {
                    Some(DataType::Decimal { precision, scale: 0 })
                }
                other => other,
            },
            Gives::Digits => match (first, arguments.get(1).map(|it| &it.kind)) {
                (Some(DataType::Decimal { precision, scale }), places) => {
                    let places = match places {
                        Some(ExprKind::Literal(Value::Integer(it))) => {
                            u8::try_from(*it).unwrap_or_default()
                        }
                        _ => 0,
                    };
                    let kept = places.min(scale);
                    let precision = (precision - scale + 1 + kept).min(self.rules.digits_max);
                    Some(DataType::Decimal { precision, scale: kept })
                }
                (other, _) => other,
            },
            Gives::Rest if self.rules.overflow == Overflow::Wraps => {
                match (digits(first?, self.rules), digits(second?, self.rules)) {
                    _ if second?.whole().is_some() && first?.whole().is_some() => second,
                    (Some((p1, s1)), Some((p2, s2))) => {
                        let scale = s1.max(s2);
                        let precision = ((p1 - s1).min(p2 - s2) + scale).max(1);
                        Some(DataType::Decimal { precision, scale })
                    }
                    _ => number(BinaryOp::Subtract, first?, second?, self.rules),
                }
            }
            Gives::Rest => number(BinaryOp::Subtract, first?, second?, self.rules),
        }
    }

    /// Functions of days and moments, which take either.
    fn want_moment(&mut self, function: Function, types: &[Known], span: Span) {
        let class_at = |index: usize| class(types.get(index).copied().flatten());
        let is_moment =
            |it| matches!(it, None | Some(Class::Timestamp | Class::Date | Class::Time));
        let fits = match function {
            Function::FloorTo(_) if class_at(0) == Some(Class::Interval) => true,
            Function::Extract(_)
            | Function::CeilTo(_)
            | Function::FloorTo(_)
            | Function::DayOfWeek
            | Function::DayOfYear
            | Function::Epoch => is_moment(class_at(0)),
            Function::Span(_) => is_moment(class_at(0)) && is_moment(class_at(1)),
            Function::Period(_) => (0..types.len()).all(|index| is_moment(class_at(index))),
            Function::Substring => {
                matches!(class_at(1), None | Some(Class::Number | Class::Text))
            }
            Function::Step => match class_at(1) {
                Some(Class::Interval) => is_moment(class_at(0)),
                Some(Class::Number) => matches!(class_at(0), None | Some(Class::Number)),
                None => true,
                Some(_) => false,
            },
            _ => true,
        };
        if !fits {
            let message = format!("{} cannot take these types", function.name());
            let help = "Give it a DATE or TIMESTAMP; STEP takes a timestamp BY an interval, or two \
                        whole numbers";
            self.problems.push(Problem::new("SQL-021", span, message, help));
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Known {
        let asked = operand.map(|operand| self.of(operand));
        let mut results = Vec::with_capacity(branches.len() + 1);
        for (condition, result) in branches {
            let found = self.of(condition);
            match asked {
                Some(asked) => self.comparable(asked, found, condition.span),
                None => self.want(found, Class::Boolean, "WHEN", condition.span),
            }
            results.push(self.of(result));
        }
        results.extend(otherwise.map(|otherwise| self.of(otherwise)));
        let span = branches.last().map_or_else(Span::default, |(_, result)| result.span);
        self.common(&results, span)
    }

    /// The type all of these fit.
    fn common(&mut self, types: &[Known], span: Span) -> Known {
        let mut found: Known = None;
        let mut is_known = true;
        for next in types.iter().copied() {
            // NULL fits every type, but so does what only the record tells.
            let Some(next) = next else {
                is_known = false;
                continue;
            };
            found = match found {
                None => Some(next),
                Some(before) if before.class() != next.class() => {
                    let message = format!("{before} and {next} are results of one expression");
                    self.problems.push(Problem::new("SQL-023", span, message, CAST_HELP));
                    return None;
                }
                Some(before) => Some(wider(before, next, self.rules)),
            };
        }
        if is_known { found } else { found.map(widest) }
    }
}

fn class(known: Known) -> Option<Class> {
    known.map(DataType::class)
}

/// Most characters of a text.
fn length(known: Known) -> u32 {
    match known {
        Some(DataType::Char(chars) | DataType::Varchar(chars)) => chars,
        _ => LENGTH_MAX,
    }
}

/// A decimal's digits, or those a whole number has beside one.
pub(crate) fn digits(of: DataType, rules: &Rules) -> Option<Digits> {
    match of {
        DataType::Decimal { precision, scale } => Some((precision, scale)),
        _ if rules.overflow == Overflow::Faults => of.whole().map(|_| WHOLE),
        DataType::TinyInt => Some((3, 0)),
        DataType::SmallInt => Some((5, 0)),
        DataType::BigInt => Some((19, 0)),
        _ => of.whole().map(|_| WHOLE),
    }
}

/// The type of a result of two numbers.
pub(crate) fn number(op: BinaryOp, left: DataType, right: DataType, rules: &Rules) -> Known {
    if left.class() != Class::Number || right.class() != Class::Number {
        return None;
    }
    let single = |it: DataType| it == DataType::Real || it.whole().is_some();
    if left.is_float() || right.is_float() {
        let singles = single(left) && single(right);
        return Some(if singles { DataType::Real } else { DataType::Double });
    }
    if left.whole().is_some() && right.whole().is_some() {
        let widens = rules.overflow == Overflow::Faults;
        return Some(if widens { DataType::BigInt } else { wider(left, right, rules) });
    }
    let (left, right) = (digits(left, rules)?, digits(right, rules)?);
    let (precision, scale) = match op {
        BinaryOp::Multiply => product_digits(left, right, rules),
        BinaryOp::Divide => quotient_digits(left, right, rules),
        _ => sum_digits(left, right, rules),
    };
    Some(DataType::Decimal { precision, scale })
}

/// A type that holds both, if they are of one class.
pub(crate) fn common_type(a: DataType, b: DataType, rules: &Rules) -> Option<DataType> {
    (a.class() == b.class()).then(|| wider(a, b, rules))
}

/// A type that holds both, which are of one class.
fn wider(a: DataType, b: DataType, rules: &Rules) -> DataType {
    match (a, b) {
        _ if a == b => a,
        _ if a.class() == Class::Text => DataType::Varchar(length(Some(a)).max(length(Some(b)))),
        (DataType::Varbinary(a), DataType::Varbinary(b)) => DataType::Varbinary(a.max(b)),
        _ if a.is_float() || b.is_float() => DataType::Double,
        _ => match (a.whole(), b.whole(), digits(a, rules), digits(b, rules)) {
            (Some(first), Some(second), ..) => {
                if first.1 < second.1 {
                    b
                } else {
                    a
                }
            }
            (_, _, Some((p1, s1)), Some((p2, s2))) => {
                let scale = s1.max(s2);
                let precision = ((p1 - s1).max(p2 - s2) + scale).min(rules.digits_max);
                DataType::Decimal { precision, scale: scale.min(precision) }
            }
            _ => a,
        },
    }
}

/// The widest of its class, for lengths that are not known.
fn widest(known: DataType) -> DataType {
    if known.class() == Class::Text { DataType::Varchar(LENGTH_MAX) } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(path: &[Name]) -> Column {
        match path[0].text.as_str() {
            "any" => Column::Any,
            "qty" => Column::Typed(DataType::Integer),
            "price" => Column::Typed(DataType::Double),
            "cents" => Column::Typed(DataType::Decimal { precision: 10, scale: 2 }),
            "sym" => Column::Typed(DataType::Varchar(4)),
            "evt" => Column::Typed(DataType::Timestamp),
            _ => Column::Missing,
        }
    }

    fn checked(text: &str) -> (Option<String>, Vec<Problem>) {
        let mut problems = Vec::new();
        let found = check(&crate::parse_expr(text).unwrap(), &columns, &mut problems);
        (found.map(|it| it.to_string()), problems)
    }

    /// Facts, analytics §2.2: the types of results.
    #[test]
    fn expressions_have_types() {
        for (text, found) in [
            ("qty + 1", "BIGINT"),
            ("qty * price", "DOUBLE"),
            ("cents * 1.5", "DECIMAL(12, 3)"),
            ("cents + cents", "DECIMAL(11, 2)"),
            ("cents / 4.0", "DECIMAL(15, 6)"),
            ("sym || '-' || sym", "VARCHAR(9)"),
            ("qty > 3 AND sym LIKE 'A%'", "BOOLEAN"),
            ("CASE WHEN qty > 3 THEN 1 ELSE 2.50 END", "DECIMAL(12, 2)"),
            ("COALESCE(sym, 'unknown')", "VARCHAR(7)"),
            ("CAST(any AS DATE)", "DATE"),
            ("evt + INTERVAL '1' HOUR", "TIMESTAMP"),
            ("FLOOR(evt TO HOUR)", "TIMESTAMP"),
            ("FLOOR(cents)", "DECIMAL(10, 0)"),
            ("TSDIFF(evt, CURRENT_TIMESTAMP)", "BIGINT"),
            ("SUBSTRING(sym FROM 2)", "VARCHAR(4)"),
        ] {
            assert_eq!(checked(text), (Some(found.to_owned()), Vec::new()), "{text}");
        }
        for text in ["any + 1", "NULL", "-any", "any + INTERVAL '1' DAY", "COALESCE(any, any)"] {
            assert_eq!(checked(text), (None, Vec::new()), "{text}");
        }
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        for (text, expected) in [
            ("qty + sym", "SQL-020 0..9"),
            ("sym > 3", "SQL-020 0..7"),
            ("qty AND TRUE", "SQL-020 0..12"),
            ("'a' || qty", "SQL-020 0..10"),
            ("evt - evt", "SQL-020 0..9"),
            ("qty LIKE 'a'", "SQL-020 0..3"),
            ("qty IN (1, 'a')", "SQL-020 11..14"),
            ("UPPER(1 + qty)", "SQL-021 6..13"),
            ("FLOOR(qty TO HOUR)", "SQL-021 0..18"),
            ("CAST(qty AS DATE)", "SQL-022 0..17"),
            ("CASE WHEN TRUE THEN 1 ELSE 'a' END", "SQL-023 20..21"),
            ("1 + nothing", "SQL-024 4..11"),
            ("qty + sym = LOWER(2)", "SQL-020 0..9 SQL-021 18..19"),
        ] {
            let problems = checked(text).1;
            let told: Vec<String> = problems
                .iter()
                .map(|it| format!("{} {}..{}", it.code, it.span.from, it.span.to))
                .collect();
            assert_eq!(told.join(" "), expected, "{text}");
            assert!(problems.iter().all(|it| !it.help.is_empty()));
        }
    }
}
