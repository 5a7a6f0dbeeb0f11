//! Functions that give rows: `TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM …), …))` (facts,
//! analytics §2.3).

use core::cmp::Ordering;

use super::query::Relation;
use super::scope::Column;
use super::{Binder, Planned, absent};
use crate::ast::query::{Query, TableArgument, TableFunction};
use crate::eval::eval;
use crate::exec::Node;
use crate::exec::Row;
use crate::exec::forest::{Forest, Shape};
use crate::exec::operator::{Anomaly, GroupRank, Hotspots, Items, Ranking, Wanted};
use crate::expr::{Expr, Span};
use crate::problem::Problem;
use crate::types::{Class, DataType, LENGTH_MAX};
use crate::value::Value;

/// The arguments behind the query, as values.
type Constants = Vec<(Value, Span)>;

impl Binder {
    /// The rows a function gives.
    pub(super) fn table_function(&mut self, function: &TableFunction) -> Planned<Relation> {
        let span = function.span;
        let name = function.name.text.to_ascii_uppercase();
        let ranges: &[(i64, i64)] = match name.as_str() {
            // Columns, and seconds (facts, analytics §2.3).
            "TOP_K_ITEMS_TUMBLING" => &[(1, 100_000), (1, 3_600)],
            "COUNT_DISTINCT_ITEMS_TUMBLING" => &[(1, 3_600)],
            "RANDOM_CUT_FOREST" | "RANDOM_CUT_FOREST_WITH_EXPLANATION" => {
                &[(1, 1_000), (10, 1_000), (1, i64::MAX), (1, 30)]
            }
            "GROUP_RANK" | "HOTSPOTS" => &[],
            _ => return Err(absent(span, &format!("The function {name}"))),
        };
        let (query, constants) = arguments(function)?;
        let relation = self.nested(query)?;
        match name.as_str() {
            "RANDOM_CUT_FOREST" => {
                let numbers = numbers(&constants, ranges, 0, span)?;
                return self.forest(relation, &numbers, None, span);
            }
            "RANDOM_CUT_FOREST_WITH_EXPLANATION" => {
                let directions = match constants.get(4) {
                    None => false,
                    Some((Value::Boolean(it), _)) => *it,
                    Some((_, span)) => {
                        let message = "Whether directions are told is true or false";
                        return Err(Problem::new("SQL-055", *span, message, "Write true"));
                    }
                };
                let numbers = numbers(&constants[..constants.len().min(4)], ranges, 0, span)?;
                return self.forest(relation, &numbers, Some(directions), span);
            }
            "GROUP_RANK" => return self.group_rank(relation, &constants, span),
            "HOTSPOTS" => return self.hotspots(relation, &constants, span),
            _ => {}
        }
        let numbers = numbers(&constants[1.min(constants.len())..], ranges, ranges.len(), span)?;
        let slot = item(&relation, constants.first(), span)?;
        let (wanted, columns) = match numbers[..] {
            [most, _] => {
                let most = u32::try_from(most).unwrap_or(u32::MAX);
                let item = column("ITEM", DataType::Varchar(1_024));
                (Wanted::Top(most), vec![item, column("ITEM_COUNT", DataType::BigInt)])
            }
            _ => (Wanted::Distinct, vec![column("NUMBER_OF_DISTINCT_ITEMS", DataType::BigInt)]),
        };
        let width_micros = numbers.last().map_or(0, |seconds| seconds * 1_000_000);
        let node =
            self.add(Items::new(slot, wanted, width_micros, span), &[relation.node], span)?;
        Ok(Relation { node, columns, cuts: Vec::new() })
    }

    /// The columns of the query with a score of all that are numbers, and perhaps with what it is
    /// made of.
    fn forest(
        &mut self,
        relation: Relation,
        numbers: &[i64],
        explained: Option<bool>,
        span: Span,
    ) -> Planned<Relation> {
        let slots = numeric(&relation, "RANDOM_CUT_FOREST", span)?;
        let usual = Shape::default();
        let number = |index: usize, usual: u32| {
            numbers.get(index).map_or(usual, |it| u32::try_from(*it).unwrap_or(u32::MAX))
        };
        let shape = Shape {
            trees: number(0, usual.trees),
            sample: number(1, usual.sample),
            decay: number(2, usual.decay),
            shingle: number(3, usual.shingle),
        };
        let name = |slot: &u32| relation.columns[*slot as usize].name.clone();
        let names: Vec<String> = slots.iter().map(name).collect();
        let mut forest = Anomaly::new(slots, Forest::new(shape));
        let mut columns = vec![column("ANOMALY_SCORE", DataType::Double)];
        if let Some(directions) = explained {
            forest = forest.explained(names, directions);
            columns.push(column("ANOMALY_EXPLANATION", DataType::Varchar(LENGTH_MAX)));
        }
        self.behind(relation, forest, columns, span)
    }

    /// The columns of the query with ranks within one `ROWTIME` (AWS SQL reference, "Group Rank").
    fn group_rank(
        &mut self,
        relation: Relation,
        constants: &Constants,
        span: Span,
    ) -> Planned<Relation> {
        let slot = item(&relation, constants.first(), span)?;
        let word = |index: usize| match constants.get(index) {
            Some((Value::Text(text), _)) => Ok(text.to_ascii_lowercase()),
            _ => Err(wrong(span, "GROUP_RANK takes the names of two columns, then two orders")),
        };
        let order = |text: String| match text.as_str() {
            "asc" => Some(Ordering::Less),
            "desc" => Some(Ordering::Greater),
            _ => None,
        };
        let (sorts, comes) = (order(word(2)?), word(3)?);
        let Some(sorts) = sorts else {
            return Err(wrong(span, "GROUP_RANK ranks 'asc' or 'desc'"));
        };
        let ranges = [(0, i64::from(i32::MAX)), (0, i64::from(i32::MAX))];
        let numbers = numbers(constants.get(4..).unwrap_or_default(), &ranges, 2, span)?;
        let most = numbers.get(1).and_then(|it| u32::try_from(*it).ok()).unwrap_or(0);
        let descending = sorts == Ordering::Greater;
        let ranking = Ranking { slot, descending, order: order(comes), most };
        let called = match constants.get(1) {
            Some((Value::Text(text), _)) => text.to_string(),
            _ => String::new(),
        };
        let columns = vec![column(&called, DataType::Integer)];
        self.behind(relation, GroupRank::new(ranking, span), columns, span)
    }

    /// The columns of the query with the dense regions of the latest rows.
    fn hotspots(
        &mut self,
        relation: Relation,
        constants: &Constants,
        span: Span,
    ) -> Planned<Relation> {
        let slots = numeric(&relation, "HOTSPOTS", span)?;
        let [
            (Value::Integer(window @ 1..=1_000), _),
            (radius, _),
            (Value::Integer(least @ 1..), _),
        ] = &constants[..]
        else {
            let message = "HOTSPOTS takes how many rows it looks at, 1 to 1000, a radius, and how \
                           many points are dense";
            return Err(wrong(span, message));
        };
        let Some(radius) = radius.float().filter(|it| it.is_finite() && *it > 0.0) else {
            return Err(wrong(span, "The radius of HOTSPOTS is a number above zero"));
        };
        let size = |it: i64| usize::try_from(it).unwrap_or(usize::MAX);
        let spots = Hotspots::new(slots, size(*window), radius, size(*least));
        let columns = vec![column("HOTSPOTS_RESULT", DataType::Varchar(LENGTH_MAX))];
        self.behind(relation, spots, columns, span)
    }

    /// An operator behind a query, which puts columns behind those of its rows.
    fn behind(
        &mut self,
        mut relation: Relation,
        node: impl Into<Node>,
        columns: Vec<Column>,
        span: Span,
    ) -> Planned<Relation> {
        relation.node = self.add(node, &[relation.node], span)?;
        relation.columns.extend(columns);
        Ok(relation)
    }
}

fn column(name: &str, data_type: DataType) -> Column {
    Column { name: name.to_owned(), data_type: Some(data_type), not_null: false }
}

fn wrong(span: Span, message: &str) -> Problem {
    Problem::new("SQL-055", span, message, "Look at its arguments behind CURSOR(…)")
}

/// The columns that are numbers; decimals cannot be (facts, analytics §2.3).
fn numeric(relation: &Relation, function: &str, span: Span) -> Planned<Vec<u32>> {
    let mut slots = Vec::new();
    for (slot, column) in (0..).zip(&relation.columns) {
        match column.data_type {
            Some(DataType::Decimal { .. }) => {
                let message = format!("{function} does not take {} as DECIMAL", column.name);
                let help = "Write CAST(… AS DOUBLE) in the query inside";
                return Err(Problem::new("SQL-055", span, message, help));
            }
            Some(known) if known.class() == Class::Number => slots.push(slot),
            Some(_) | None => {}
        }
    }
    if slots.is_empty() {
        let message = format!("{function} needs a column of numbers");
        return Err(Problem::new("SQL-055", span, message, "Select one in the query inside"));
    }
    Ok(slots)
}

/// The query and the constants behind it.
fn arguments(function: &TableFunction) -> Planned<(&Query, Constants)> {
    let wrong = |message: String| {
        let help = "Write such as CURSOR(SELECT STREAM * FROM \"S\"), 'SYM', 10, 60";
        Err(Problem::new("SQL-055", function.span, message, help))
    };
    let name = &function.name.text;
    let Some(((_, TableArgument::Cursor(query)), rest)) = function.arguments.split_first() else {
        return wrong(format!("{name} takes CURSOR(…) first"));
    };
    let mut constants = Vec::new();
    for (_, argument) in rest {
        let TableArgument::Expr(expr) = argument else {
            return wrong(format!("{name} takes constants behind its query"));
        };
        constants.push((constant(expr)?, expr.span));
    }
    Ok((query, constants))
}

fn constant(expr: &Expr) -> Planned<Value> {
    eval(expr, &Row::insert(0, Vec::new())).map_err(|fault| {
        Problem::new("SQL-055", fault.span, fault.message, "Write a constant here")
    })
}

/// Whole numbers within their ranges, at least so many.
fn numbers(
    constants: &[(Value, Span)],
    ranges: &[(i64, i64)],
    least: usize,
    span: Span,
) -> Planned<Vec<i64>> {
    if constants.len() < least || constants.len() > ranges.len() {
        let message = format!("The function takes {least} to {} numbers", ranges.len());
        return Err(Problem::new("SQL-055", span, message, "Leave some out, or add some"));
    }
    let number = |((value, span), (low, high)): (&(Value, Span), &(i64, i64))| match value {
        Value::Integer(it) if (low..=high).contains(&it) => Ok(*it),
        _ => {
            let message = format!("A whole number from {low} to {high} is expected here");
            Err(Problem::new("SQL-055", *span, message, "Change it"))
        }
    };
    constants.iter().zip(ranges).map(number).collect()
}

/// The column that is counted: named by a text, letter by letter or in capitals.
fn item(relation: &Relation, named: Option<&(Value, Span)>, span: Span) -> Planned<u32> {
    let Some((Value::Text(name), span)) = named else {
        let message = "The name of a column is expected behind the query";
        return Err(Problem::new("SQL-055", span, message, "Write it in single quotes"));
    };
    let fits = |it: &Column| it.name == **name || it.name == name.to_uppercase();
    let found = (0..).zip(&relation.columns).find(|(_, it)| fits(it)).map(|(slot, _)| slot);
    found.ok_or_else(|| {
        let message = format!("The query has no column `{name}`");
        Problem::new("SQL-055", *span, message, "Select it in the query inside")
    })
}
