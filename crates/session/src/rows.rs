//! Rows of a part that keeps some: which of them are looked at, and what was found.

use engine::snapshot::Sheet;

use crate::search::Search;

/// Rows that are shown.
pub const SHOWN_MAX: u32 = 100;
/// Rows that are searched; the newest ones.
pub const SEARCHED_MAX: u32 = 2_000;

/// Which rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// Those that could not be loaded, instead of those that were.
    pub errors: bool,
    /// What they have to hold, as typed.
    pub search: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// At most [`SHOWN_MAX`] rows.
    pub sheet: Sheet,
    /// How many rows were found, and among how many.
    pub count: (u32, u32),
    /// For loaders: rows, and rows that could not be loaded.
    pub loads: Option<(u32, u32)>,
    /// Why the search cannot be understood.
    pub problem: String,
}

impl Found {
    /// Looks through rows.
    #[must_use]
    #[inline(never)]
    pub fn of(rows: Sheet, errors: Option<Sheet>, look: &Look) -> Self {
        let few = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let mut found = Self::default();
        let mut sheet = rows;
        if let Some(errors) = errors {
            found.loads = Some((few(sheet.rows.len()), few(errors.rows.len())));
            sheet = if look.errors { errors } else { sheet };
        }
        let all = few(sheet.rows.len());
        match Search::parse(&look.search) {
            Ok(search) => sheet = search.among(sheet),
            Err(problem) => found.problem = problem,
        }
        found.count = (few(sheet.rows.len()), all);
        sheet.rows.truncate(SHOWN_MAX as usize);
        Self { sheet, ..found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: &[&'static str], rows: &[&[&str]]) -> Sheet {
        let owned = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Sheet::new(columns, rows.iter().map(owned).collect())
    }

    fn look(errors: bool, search: &str) -> Found {
        let rows = sheet(&["gate"], &[&["gate-1"], &["gate-2"]]);
        let errors_of = sheet(&["raw_line", "err_reason"], &[&["seven,x", "Invalid digit"]]);
        Found::of(rows, Some(errors_of), &Look { errors, search: search.to_owned() })
    }

    #[test]
    fn what_was_not_loaded_stands_apart() {
        let rows = look(false, "");
        assert_eq!((rows.loads, rows.count), (Some((2, 1)), (2, 2)));
        assert_eq!(look(true, "").sheet.rows, [["seven,x", "Invalid digit"]]);
    }

    #[test]
    fn a_search_says_among_how_many() {
        let found = look(false, "gate:gate-2");
        assert_eq!((found.count, &*found.sheet.rows[0][0]), ((1, 2), "gate-2"));
        let wrong = look(false, "gate:[");
        assert!(!wrong.problem.is_empty());
        assert_eq!(wrong.count, (2, 2), "what is half typed hides nothing");
    }
}
