//! Tables: columns that come with a row, columns computed from them, time and watermark.

use super::relation::{Field, Relation, Scope, Time};
use super::{Input, Planned, Planner};
use crate::ast::{CreateTable, TableElement};
use crate::check::check_bound_by;
use crate::exec::operator::Scan;
use crate::expr::{Expr, ExprKind, Name, Span, TIME_SLOT};
use crate::problem::Problem;
use crate::rules::Rules;
use crate::types::DataType;

/// The columns a row brings, those known beside its data included.
pub(super) fn physical(table: &CreateTable) -> Vec<(String, DataType)> {
    let mut columns = Vec::new();
    for element in &table.elements {
        if let TableElement::Column(column) | TableElement::Metadata { column, .. } = element {
            columns.push((column.name.text.clone(), column.data_type));
        }
    }
    columns
}

/// The columns a row is written with.
pub(super) fn written(table: &CreateTable) -> Vec<(String, DataType)> {
    let mut columns = physical(table);
    for element in &table.elements {
        if let TableElement::Metadata { column, only_read: true, .. } = element {
            columns.retain(|it| it.0 != column.name.text);
        }
    }
    columns
}

/// Which of the columns are known beside the data, and as what.
fn metadata(table: &CreateTable, columns: &[(String, DataType)]) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for (slot, (name, _)) in (0..).zip(columns) {
        for element in &table.elements {
            if let TableElement::Metadata { column, key, .. } = element
                && column.name.text == *name
            {
                found.push((slot, key.clone()));
            }
        }
    }
    found
}

/// The columns of the key, by their names.
pub(super) fn primary_key(table: &CreateTable) -> Vec<String> {
    let mut key = Vec::new();
    for element in &table.elements {
        if let TableElement::PrimaryKey { columns, .. } = element {
            key = columns.iter().map(|it| it.text.clone()).collect();
        }
    }
    key
}

impl Planner {
    /// The operator a table is read from: one, however many read it.
    pub(super) fn scan(&mut self, table: &CreateTable) -> Planned<Relation> {
        let name = table.name.last().text.clone();
        if let Some(at) = self.inputs.iter().position(|it| it.name == name) {
            return Ok(self.scans[at].clone());
        }
        let columns = physical(table);
        let bare = |(name, data_type): &(String, DataType)| Field {
            name: name.clone(),
            data_type: Some(*data_type),
            time: Time::None,
        };
        let come: Vec<Field> = columns.iter().map(bare).collect();
        let (mut fields, values) = self.computed(table, &come)?;
        let watermark = self.watermark(table, &mut fields)?;
        let time = watermark.as_ref().and_then(|(slot, _)| {
            let name = &fields.get(*slot as usize)?.name;
            let at = columns.iter().position(|it| it.0 == *name)?;
            u32::try_from(at).ok()
        });
        let values = (fields.len() != come.len()).then(|| values.into());
        // With a watermark time is that of the rows, and processing time has no clock.
        let is_processing =
            watermark.is_none() && fields.iter().any(|it| it.time == Time::Processing);
        let node = self.add(Scan { values, watermark, is_processing, clock: i64::MIN }, &[]);
        let relation = Relation::new(node, fields);
        let (metadata, options) = (metadata(table, &columns), table.options.clone());
        self.inputs.push(Input { name, node, columns, time, metadata, options, is_processing });
        self.scans.push(relation.clone());
        Ok(relation)
    }

    /// All columns in their order, and what each is over those that come.
    fn computed(
        &mut self,
        table: &CreateTable,
        come: &[Field],
    ) -> Planned<(Vec<Field>, Vec<Expr>)> {
        let part = super::relation::Part { name: None, from: 0, fields: come.to_vec() };
        let scope = Scope::of(vec![part]);
        let types: Vec<Option<DataType>> = come.iter().map(|it| it.data_type).collect();
        let (mut fields, mut values) = (Vec::new(), Vec::new());
        let mut next = 0;
        for element in &table.elements {
            match element {
                TableElement::Column(column) | TableElement::Metadata { column, .. } => {
                    fields.push(come[next as usize].clone());
                    values.push(Expr::new(ExprKind::Slot(next), column.span));
                    next += 1;
                }
                TableElement::Computed { name, expr, .. } if is_proctime(expr) => {
                    let data_type = Some(DataType::Timestamp);
                    let time = Time::Processing;
                    fields.push(Field { name: name.text.clone(), data_type, time });
                    values.push(Expr::new(ExprKind::Slot(TIME_SLOT), expr.span));
                }
                TableElement::Computed { name, expr, .. } => {
                    let bound = self.bind(expr, &scope)?;
                    let data_type =
                        check_bound_by(&bound, &types, &Rules::FLINK, &mut self.problems);
                    fields.push(Field { name: name.text.clone(), data_type, time: Time::None });
                    values.push(bound);
                }
                TableElement::Watermark { .. } | TableElement::PrimaryKey { .. } => {}
            }
        }
        Ok((fields, values))
    }

    fn watermark(
        &mut self,
        table: &CreateTable,
        fields: &mut [Field],
    ) -> Planned<Option<(u32, Expr)>> {
        for element in &table.elements {
            let TableElement::Watermark { column, expr, span } = element else { continue };
            let part = super::relation::Part { name: None, from: 0, fields: fields.to_vec() };
            let scope = Scope::of(vec![part]);
            let slot = scope.slot(core::slice::from_ref(column), *span)?;
            let bound = self.bind(expr, &scope)?;
            let field = &mut fields[slot as usize];
            if field.data_type.is_some_and(|it| it != DataType::Timestamp) {
                return Err(no_time(column, *span));
            }
            field.time = Time::Event;
            return Ok(Some((slot, bound)));
        }
        Ok(None)
    }
}

/// `PROCTIME()`.
pub(super) fn is_proctime(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::User { name, .. } if name.text.eq_ignore_ascii_case("PROCTIME"))
}

fn no_time(column: &Name, span: Span) -> Problem {
    let message = format!("`{}` is no TIMESTAMP: no watermark can be about it", column.text);
    Problem::new("SQL-105", span, message, "Give the column the type TIMESTAMP(3)")
}
