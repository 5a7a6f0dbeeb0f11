//! Functions that give rows: `TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM …), …))` (facts,
//! analytics §2.3).

use super::query::Relation;
use super::scope::Column;
use super::{Binder, Planned, absent};
use crate::ast::query::{Query, TableArgument, TableFunction};
use crate::eval::eval;
use crate::exec::Row;
use crate::exec::forest::{Forest, Shape};
use crate::exec::operator::{Anomaly, Items, Wanted};
use crate::expr::{Expr, Span};
use crate::problem::Problem;
use crate::types::{Class, DataType};
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
            "RANDOM_CUT_FOREST" => &[(1, 1_000), (10, 1_000), (1, i64::MAX), (1, 30)],
            _ => return Err(absent(span, &format!("The function {name}"))),
        };
        let (query, constants) = arguments(function)?;
        let relation = self.nested(query)?;
        if name == "RANDOM_CUT_FOREST" {
            let numbers = numbers(&constants, ranges, 0, span)?;
            return self.forest(relation, &numbers, span);
        }
        let numbers = numbers(&constants[1.min(constants.len())..], ranges, ranges.len(), span)?;
        let slot = item(&relation, constants.first(), span)?;
        let column = |name: &str, data_type| Column {
            name: name.to_owned(),
            data_type: Some(data_type),
            not_null: false,
        };
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
        Ok(Relation { node, columns })
    }

    /// The columns of the query with a score of all that are numbers.
    fn forest(&mut self, relation: Relation, numbers: &[i64], span: Span) -> Planned<Relation> {
        let mut slots = Vec::new();
        for (slot, column) in (0..).zip(&relation.columns) {
            match column.data_type {
                Some(DataType::Decimal { .. }) => {
                    let message =
                        format!("RANDOM_CUT_FOREST does not take {} as DECIMAL", column.name);
                    let help = "Write CAST(… AS DOUBLE) in the query inside";
                    return Err(Problem::new("SQL-055", span, message, help));
                }
                Some(known) if known.class() == Class::Number => slots.push(slot),
                Some(_) | None => {}
            }
        }
        if slots.is_empty() {
            let message = "RANDOM_CUT_FOREST needs a column of numbers";
            return Err(Problem::new("SQL-055", span, message, "Select one in the query inside"));
        }
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
        let node = self.add(Anomaly::new(slots, Forest::new(shape)), &[relation.node], span)?;
        let mut columns = relation.columns;
        columns.push(Column {
            name: "ANOMALY_SCORE".to_owned(),
            data_type: Some(DataType::Double),
            not_null: false,
        });
        Ok(Relation { node, columns })
    }
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
