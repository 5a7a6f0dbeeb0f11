//! Which columns a name reaches.

use crate::ast::query::Group;
use crate::dialect::Dialect;
use crate::exec::width::Width;
use crate::expr::{Expr, ExprKind, Name, Span, TIME_SLOT};
use crate::problem::Problem;
use crate::types::DataType;

/// A column with what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name, folded.
    pub name: String,
    /// Its type, if it has one.
    pub data_type: Option<DataType>,
    /// Whether NULL is refused.
    pub not_null: bool,
}

/// The columns of one source within a row.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it is called here.
    pub name: Option<String>,
    pub columns: Vec<Column>,
    /// Where its first column is.
    pub first: u32,
    /// Where its `ROWTIME` is; a table has none.
    pub time: Option<u32>,
    /// Its columns that rise with `ROWTIME`, by their places in it, and how each cuts time.
    pub cuts: Vec<(u32, Width)>,
}

/// All sources of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub sources: Vec<Source>,
}

/// The name of the column that every stream has (facts, analytics §2.4).
pub(crate) const ROWTIME: &str = "ROWTIME";

/// `ROWTIME` alone.
pub(crate) fn is_bare_time(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column(path) => {
            matches!(&path[..], [name] if Dialect::Kinesis.folded(name) == ROWTIME)
        }
        _ => false,
    }
}

/// Whether `ROWTIME` alone is selected as the time of the row about to be produced, which differs
/// from that of the rows of its group (facts, analytics §2.1). A key that is written so as well is
/// what is meant by it.
pub(crate) fn names_own_time(group: &Group) -> bool {
    let mut says_so = false;
    let keys = match group {
        Group::None | Group::Sets(..) => return false,
        Group::By(keys, _) => keys,
        Group::Stagger { partition, .. } => partition,
    };
    keys.iter().for_each(|key| key.visit(&mut |node| says_so |= is_bare_time(node)));
    !says_so
}

impl Scope {
    /// Columns of one source with one time.
    pub(super) fn of(name: Option<String>, columns: Vec<Column>) -> Self {
        Self::with_cuts(name, columns, Vec::new())
    }

    /// The same, with columns that rise with `ROWTIME`.
    pub(super) fn with_cuts(
        name: Option<String>,
        columns: Vec<Column>,
        cuts: Vec<(u32, Width)>,
    ) -> Self {
        let time = Some(TIME_SLOT);
        Self { sources: vec![Source { name, columns, first: 0, time, cuts }] }
    }

    /// How a column cuts time that a query inside has made of `ROWTIME`.
    pub(super) fn cut(&self, slot: u32) -> Option<Width> {
        // In a join each source has a time of its own.
        let [source] = &self.sources[..] else { return None };
        source.cuts.iter().find(|it| it.0 == slot).map(|it| it.1)
    }

    /// The types of all values of a row this wide.
    pub(super) fn types(&self, width: u32) -> Vec<Option<DataType>> {
        let mut types = vec![None; width as usize];
        for source in &self.sources {
            for (slot, column) in (source.first..).zip(&source.columns) {
                if let Some(known) = types.get_mut(slot as usize) {
                    *known = column.data_type;
                }
            }
            if let Some(known) = source.time.and_then(|it| types.get_mut(it as usize)) {
                *known = Some(DataType::Timestamp);
            }
        }
        types
    }

    /// Where the column is that a path means.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(super) fn slot(&self, path: &[Name], span: Span) -> Result<u32, Problem> {
        let folded: Vec<String> = path.iter().map(|it| Dialect::Kinesis.folded(it)).collect();
        match &folded[..] {
            [name] if name == ROWTIME => Ok(TIME_SLOT),
            [name] => self.unqualified(name, span),
            [.., source, name] => match self.in_record(&folded) {
                Some(slot) => Ok(slot),
                None => self.qualified(source, name, span),
            },
            [] => Err(self.missing("", span)),
        }
    }

    /// A column of a record: `t.rec.COLUMN1`, or without the source.
    fn in_record(&self, folded: &[String]) -> Option<u32> {
        let [source @ .., record, name] = folded else { return None };
        let column = format!("{record}.{name}");
        let mut sources = self
            .sources
            .iter()
            .filter(|it| source.last().is_none_or(|source| it.name.as_ref() == Some(source)));
        sources.find_map(|it| it.column(&column))
    }

    fn unqualified(&self, name: &str, span: Span) -> Result<u32, Problem> {
        let slots: Vec<u32> =
            self.sources.iter().filter_map(|source| source.column(name)).collect();
        match slots[..] {
            [slot] => Ok(slot),
            [] => Err(self.missing(name, span)),
            _ => {
                let message = format!("Several sources have a column `{name}`");
                let help = "Write the source in front of it: `orders.id`";
                Err(Problem::new("SQL-041", span, message, help))
            }
        }
    }

    fn qualified(&self, source: &str, name: &str, span: Span) -> Result<u32, Problem> {
        let named = |it: &&Source| it.name.as_deref() == Some(source);
        let Some(found) = self.sources.iter().find(named) else {
            let message = format!("No source is called `{source}` here");
            let known: Vec<&str> =
                self.sources.iter().filter_map(|it| it.name.as_deref()).collect();
            let help = format!("Behind FROM stands: {}", known.join(", "));
            return Err(Problem::new("SQL-040", span, message, help));
        };
        let slot = if name == ROWTIME { found.time } else { found.column(name) };
        slot.ok_or_else(|| self.missing(name, span))
    }

    fn missing(&self, name: &str, span: Span) -> Problem {
        let all = || self.sources.iter().flat_map(|it| &it.columns).map(|it| it.name.as_str());
        let help = match all().find(|it| it.eq_ignore_ascii_case(name)) {
            Some(near) => format!(
                "There is `{near}`: names without quotes are read in capitals, so write \
                 \"{near}\""
            ),
            None if name.is_empty() => "Write the name of a column".to_owned(),
            None => {
                let known: Vec<&str> = all().take(12).collect();
                format!("There are: {}", known.join(", "))
            }
        };
        Problem::new("SQL-040", span, format!("There is no column `{name}`"), help)
    }
}

impl Source {
    fn column(&self, name: &str) -> Option<u32> {
        let find = |fits: &dyn Fn(&Column) -> bool| {
            let mut slots = (self.first..).zip(&self.columns);
            slots.find(|(_, column)| fits(column)).map(|(slot, _)| slot)
        };
        // The names of a table are those of its file, where nobody thinks of capitals.
        let near = || find(&|it| self.time.is_none() && it.name.eq_ignore_ascii_case(name));
        find(&|it| it.name == name).or_else(near)
    }
}
