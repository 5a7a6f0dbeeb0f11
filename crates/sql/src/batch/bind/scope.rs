//! Which columns a name reaches. Capitals and small letters are the same, in quotes too (Redshift
//! guide, "Names and identifiers"); of two names that differ in them only, the one as written.

use crate::expr::{Name, Span};
use crate::problem::Problem;
use crate::types::DataType;

/// A column of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// What its source is called.
    pub source: Option<String>,
    pub name: String,
    pub data_type: Option<DataType>,
    /// Reached with the name of its source only: `USING` has made one of two.
    pub merged: bool,
}

/// The columns of a row, by their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub columns: Vec<Column>,
    /// What `*` stands for.
    pub star: Vec<u32>,
    /// Something is wrong with where rows come from: any name may be right.
    pub open: bool,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This column.
    At(u32),
    /// No column.
    Nothing,
    /// More than one.
    Several,
}

impl Scope {
    /// The columns of one source.
    pub(super) fn of(columns: Vec<Column>) -> Self {
        let star = (0..super::count(columns.len())).collect();
        Self { columns, star, open: false }
    }

    pub(super) fn types(&self) -> Vec<Option<DataType>> {
        self.columns.iter().map(|it| it.data_type).collect()
    }

    pub(super) fn name(&self, slot: u32) -> String {
        self.columns.get(slot as usize).map(|it| it.name.clone()).unwrap_or_default()
    }

    pub(super) fn data_type(&self, slot: u32) -> Option<DataType> {
        self.columns.get(slot as usize)?.data_type
    }

    /// All under one name, and with other names for the first columns.
    pub(super) fn called(mut self, source: Option<&Name>, names: &[Name]) -> Self {
        let star: Vec<Column> =
            self.star.iter().map(|it| self.columns[*it as usize].clone()).collect();
        self.columns = star;
        for column in &mut self.columns {
            column.source = source.map(|it| it.text.clone()).or(column.source.take());
            column.merged = false;
        }
        for (column, name) in self.columns.iter_mut().zip(names) {
            column.name = crate::Dialect::Batch.folded(name);
        }
        Self { open: self.open, ..Self::of(self.columns) }
    }

    /// Both sides of a join.
    pub(super) fn beside(mut self, other: Self) -> Self {
        let width = super::count(self.columns.len());
        self.columns.extend(other.columns);
        self.star.extend(other.star.into_iter().map(|it| it + width));
        self.open |= other.open;
        self
    }

    /// Whether a source of this name is here.
    pub(super) fn has_source(&self, name: &Name) -> bool {
        self.columns.iter().any(|it| is_of(it, name))
    }

    /// The columns of a source, in the order of `*`.
    pub(super) fn of_source<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = u32> + 'a {
        let columns = (0..).zip(&self.columns);
        columns.filter(|(_, it)| is_of(it, name)).map(|(slot, _)| slot)
    }

    /// The column a path means.
    pub(super) fn find(&self, path: &[Name]) -> Found {
        let (name, source) = match path {
            [] => return Found::Nothing,
            [name] => (name, None),
            [.., source, name] => (name, Some(source)),
        };
        let mut all = Vec::new();
        for (slot, column) in (0..).zip(&self.columns) {
            let reached = match source {
                Some(source) => is_of(column, source),
                None => !column.merged,
            };
            if reached && same(&column.name, name) {
                all.push(slot);
            }
        }
        if all.len() > 1 {
            let exact = |it: &u32| self.columns[*it as usize].name == name.text;
            let exact: Vec<u32> = all.iter().copied().filter(exact).collect();
            if exact.len() == 1 {
                all = exact;
            }
        }
        match all[..] {
            [slot] => Found::At(slot),
            [] => Found::Nothing,
            _ => Found::Several,
        }
    }
}

fn is_of(column: &Column, source: &Name) -> bool {
    column.source.as_ref().is_some_and(|it| same(it, source))
}

/// Whether a column or table is called so.
pub(super) fn same(of: &str, name: &Name) -> bool {
    of == name.text || of.to_lowercase() == name.text.to_lowercase()
}

pub(super) fn missing(path: &[Name], span: Span) -> Problem {
    let name = path.last().map_or("", |it| it.text.as_str());
    let help = "Check the spelling, or add the table that has it to FROM";
    Problem::new("SQL-162", span, format!("No table here has a column `{name}`"), help)
}

pub(super) fn ambiguous(path: &[Name], span: Span) -> Problem {
    let name = path.last().map_or("", |it| it.text.as_str());
    let help = "Write the table in front: `orders.id`";
    Problem::new("SQL-163", span, format!("Several tables here have a column `{name}`"), help)
}
