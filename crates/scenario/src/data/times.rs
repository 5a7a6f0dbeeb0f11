//! What is odd about a column: as times, and as keys.

use std::sync::OnceLock;

use super::{DataSet, instant};

/// Rows named one by one.
const ROWS_MAX: usize = 3;

/// Rows of one kind: how many, and the first of them, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// How many.
    pub count: usize,
    /// The first ones.
    pub first: Vec<usize>,
}

/// What is odd about the times of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OddTimes {
    /// Rows that are older than one before them.
    pub back: Rows,
    /// Rows without a time that can be read.
    pub unreadable: Rows,
}

/// Findings of each column, made when they are first asked for: a long column takes a while.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache(Vec<OnceLock<OddTimes>>);

/// What was found so far makes no difference between data sets.
impl PartialEq for Cache {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Cache {}

impl Cache {
    pub(super) fn new(columns: usize) -> Self {
        Self(vec![OnceLock::new(); columns])
    }
}

impl Rows {
    fn add(&mut self, row: usize) {
        self.count += 1;
        if self.first.len() < ROWS_MAX {
            self.first.push(row + 1);
        }
    }

    /// `row 3`, or `rows 3, 5, 9 and 7 more`.
    #[must_use]
    pub fn text(&self) -> String {
        let rows: Vec<String> = self.first.iter().map(usize::to_string).collect();
        let word = if self.count == 1 { "row" } else { "rows" };
        match self.count - self.first.len() {
            0 => format!("{word} {}", rows.join(", ")),
            more => format!("{word} {} and {more} more", rows.join(", ")),
        }
    }
}

impl DataSet {
    /// Rows whose cell in a column has more characters than this.
    #[must_use]
    pub fn long_cells(&self, column: usize, chars_max: usize) -> Rows {
        let mut long = Rows::default();
        for (row, cells) in self.cells.chunks_exact(self.columns.len()).enumerate() {
            let cell = &cells[column];
            if cell.len() > chars_max && cell.chars().count() > chars_max {
                long.add(row);
            }
        }
        long
    }

    /// What is odd about the times of a column; `None` where there is no such column.
    #[must_use]
    pub fn odd_times(&self, column: usize) -> Option<&OddTimes> {
        Some(self.times.0.get(column)?.get_or_init(|| self.look_at_times(column)))
    }

    fn look_at_times(&self, column: usize) -> OddTimes {
        let (mut odd, mut newest) = (OddTimes::default(), i64::MIN);
        for (row, cells) in self.cells.chunks_exact(self.columns.len()).enumerate() {
            match instant::parse(&cells[column]) {
                None => odd.unreadable.add(row),
                Some(moment) if moment < newest => odd.back.add(row),
                Some(moment) => newest = moment,
            }
        }
        odd
    }
}
