//! What a query gives, while the graph is built: an operator, its columns, and what is known of
//! them.

use crate::exec::NodeId;
use crate::exec::calls::SortKey;
use crate::expr::{Expr, ExprKind, Name, Span, TIME_SLOT};
use crate::problem::Problem;
use crate::types::DataType;

/// What kind of time a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// None: the column may hold a time, but no watermark goes with it.
    None,
    /// Event time: the watermark is about it.
    Event,
    /// Processing time.
    Processing,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub data_type: Option<DataType>,
    pub time: Time,
}

/// Columns of a window, where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WindowSlots {
    pub start: u32,
    pub end: u32,
}

/// A session window whose rows are not grouped yet.
#[derive(Clone, Debug)]
pub(super) struct PendingSession {
    pub time: u32,
    pub gap: i64,
    pub partition: Vec<Expr>,
}

/// Ranked rows, before it is known which ranks are wanted.
#[derive(Clone, Debug)]
pub(super) struct PendingRank {
    pub partition: Vec<Expr>,
    pub order: Vec<SortKey>,
    /// Which of the columns is the rank.
    pub column: u32,
    /// Where the other columns are in the rows of the operator.
    pub slots: Vec<u32>,
    /// How many values these rows have.
    pub width: u32,
    /// The window they are ranked in, in these rows.
    pub window: Option<WindowSlots>,
    /// The time they are ranked by alone, in these rows, and whether the latest is first.
    pub time: Option<(u32, Time, bool)>,
    pub span: Span,
}

/// What a query gives.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub node: NodeId,
    pub fields: Vec<Field>,
    /// Whether rows may be taken away again.
    pub updates: bool,
    pub window: Option<WindowSlots>,
    pub session: Option<PendingSession>,
    pub rank: Option<PendingRank>,
}

/// Which columns a name reaches: parts of a row, each with the name of its source.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub parts: Vec<Part>,
    /// Parts from here on are looked at first: a query sees its own sources before those around it.
    pub nearest: usize,
    /// Columns that only a source in front of the name reaches: `USING` has put others there.
    pub hidden: Vec<u32>,
}

/// The columns of one source.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub name: Option<String>,
    pub from: u32,
    pub fields: Vec<Field>,
}

impl Relation {
    /// Rows that only come.
    pub(super) fn new(node: NodeId, fields: Vec<Field>) -> Self {
        Self { node, fields, updates: false, window: None, session: None, rank: None }
    }

    /// The types of the columns.
    pub(super) fn types(&self) -> Vec<Option<DataType>> {
        self.fields.iter().map(|it| it.data_type).collect()
    }

    /// All columns under one name.
    pub(super) fn scope(&self, name: Option<String>) -> Scope {
        Scope::of(vec![Part { name, from: 0, fields: self.fields.clone() }])
    }
}

impl Scope {
    /// These, all alike.
    pub(super) fn of(parts: Vec<Part>) -> Self {
        Self { parts, ..Self::default() }
    }

    /// What `*` stands for: places and names.
    pub(super) fn star(&self) -> impl Iterator<Item = (u32, &str)> {
        let columns = self.parts.iter().flat_map(|it| (it.from..).zip(&it.fields));
        let shown = columns.filter(|(slot, _)| !self.hidden.contains(slot));
        shown.map(|(slot, it)| (slot, it.name.as_str()))
    }

    /// Both sides of a join.
    pub(super) fn beside(mut self, other: Self, width: u32) -> Self {
        self.hidden.extend(other.hidden.iter().map(|it| it + width));
        self.parts.extend(other.parts.into_iter().map(|it| Part { from: it.from + width, ..it }));
        self
    }

    /// The types of all columns, by their places.
    pub(super) fn types(&self) -> Vec<Option<DataType>> {
        let width = self.parts.iter().map(|it| it.from as usize + it.fields.len()).max();
        let mut types = vec![None; width.unwrap_or(0)];
        for part in &self.parts {
            for (field, data_type) in part.fields.iter().zip(&mut types[part.from as usize..]) {
                *data_type = field.data_type;
            }
        }
        types
    }

    /// The column a path means.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(super) fn slot(&self, path: &[Name], span: Span) -> Result<u32, Problem> {
        let (name, source) = match path {
            [] => return Err(missing("", span)),
            [name] => (name, None),
            [.., source, name] => (name, Some(source)),
        };
        let among = |parts: &[Part]| {
            let mut found = Vec::new();
            for part in parts {
                if source.is_some_and(|it| part.name.as_ref() != Some(&it.text)) {
                    continue;
                }
                for (slot, field) in (part.from..).zip(&part.fields) {
                    let hides = source.is_none() && self.hidden.contains(&slot);
                    if field.name == name.text && !hides {
                        found.push(slot);
                    }
                }
            }
            found
        };
        let (around, own) = self.parts.split_at(self.nearest.min(self.parts.len()));
        let mut found = among(own);
        if found.is_empty() {
            found = among(around);
        }
        match found[..] {
            [slot] => Ok(slot),
            [] => Err(missing(&name.text, span)),
            _ => {
                let message = format!("Two sources have a column `{}`", name.text);
                let help = "Write the source in front: `orders.id`";
                Err(Problem::new("SQL-101", span, message, help))
            }
        }
    }
}

fn missing(name: &str, span: Span) -> Problem {
    let message = format!("No source here has a column `{name}`");
    let help = "Check the spelling; capitals and small letters differ in Flink";
    Problem::new("SQL-100", span, message, help)
}

/// The column an expression is, if it is one.
pub(super) fn slot_of(expr: &Expr) -> Option<u32> {
    match expr.kind {
        ExprKind::Slot(slot) if slot != TIME_SLOT => Some(slot),
        _ => None,
    }
}

/// What kind of time an expression over a relation is.
pub(super) fn time_of(expr: &Expr, relation: &Relation) -> Time {
    match slot_of(expr) {
        Some(slot) => relation.fields.get(slot as usize).map_or(Time::None, |it| it.time),
        None if expr.kind == ExprKind::Slot(TIME_SLOT) => Time::Processing,
        None => Time::None,
    }
}

/// A column as an expression.
pub(super) fn slot_expr(slot: u32, span: Span) -> Expr {
    Expr::new(ExprKind::Slot(slot), span)
}
