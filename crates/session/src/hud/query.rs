//! A streaming query at work: how it does, and the rows of its in-application streams.

use std::rc::Rc;

use engine::snapshot::Sheet;

/// What the Live tab tells of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryView {
    /// `state`, `RUNNING`, whether that is bad; and so on.
    pub facts: Vec<(Rc<str>, Rc<str>, bool)>,
    /// Its windows in words, from the oldest to the newest: `10:02:00 to 10:03:00, 41,412 rows`.
    pub windows: Vec<Rc<str>>,
    /// The two times it can be seen by, and which of them is: none where it has only one.
    pub times: Option<([Rc<str>; 2], usize)>,
    /// Its in-application streams with the count of their rows, `error_stream` last.
    pub streams: Vec<(Rc<str>, Rc<str>)>,
    /// The one whose rows are shown.
    pub open: usize,
    /// Its newest rows, newest first.
    pub rows: Rc<Sheet>,
}
