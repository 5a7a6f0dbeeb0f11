//! A streaming query: its windows over time, the rows that fall into them, what comes out.
//!
//! Times of rows and windows are the query's own, in microseconds since 1970: `ROWTIME`, or a
//! column of the data. Ages are simulated, as everywhere.

use super::Sheet;

/// What a card shows of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowTrack {
    /// The first lines of the query, without comments, at most [`WindowTrack::LINES_MAX`].
    pub code: Vec<String>,
    /// What kind of windows: `tumbling 1 min`; empty for a query without.
    pub caption: String,
    /// As the service names it: `READY`, `STARTING`, `RUNNING`, …
    pub state: &'static str,
    /// What the clock of the query is called: `rowtime bound`, `watermark`. See [`Ruler::clock`].
    pub clock_name: &'static str,
    /// How far what the query has read lies behind the newest record of its source, in
    /// microseconds.
    pub behind_micros: u64,
    /// Bytes of the state it keeps.
    pub state_bytes: u64,
    /// Windows and rows by the two times a row has: the one it arrived at, and the one its data
    /// tells. The second has no name where no column tells one.
    pub times: [Ruler; 2],
    /// Rows that came too late for their windows.
    pub late: Late,
    /// The newest rows that came out together, at most [`WindowTrack::OUT_MAX`], largest first.
    pub out: Vec<Emitted>,
    /// Rows that came out since the beginning, of all in-application streams but `error_stream`.
    pub emitted: u64,
}

impl WindowTrack {
    /// Lines of code on a card.
    pub const LINES_MAX: usize = 3;
    /// Emitted rows on a card.
    pub const OUT_MAX: usize = 3;
}

/// Windows and rows along one kind of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruler {
    /// What kind: `ROWTIME`, or the column, such as `EVENT_TIME`.
    pub name: String,
    /// How far this time has come: simulated time on the first ruler, the newest time of a row on
    /// the second. `i64::MIN` while there is none.
    pub reached: i64,
    /// Where the clock of the query stands, on the ruler along which it runs: no row before it
    /// will come, or would be taken. `i64::MIN` on the other ruler, and before the clock begins.
    pub clock: i64,
    /// Open ones, and those closed lately: ascending by start, the newest at most
    /// [`Ruler::WINDOWS_MAX`].
    pub windows: Vec<Window>,
    /// Sampled rows that came in lately, newest first: one for each `Snapshot::stride`, at most
    /// [`Ruler::ROWS_MAX`].
    pub rows: Vec<Dot>,
}

impl Default for Ruler {
    fn default() -> Self {
        let (name, windows, rows) = (String::new(), Vec::new(), Vec::new());
        Self { name, reached: i64::MIN, clock: i64::MIN, windows, rows }
    }
}

impl Ruler {
    /// Windows on a card.
    pub const WINDOWS_MAX: usize = 8;
    /// Single rows on a card.
    pub const ROWS_MAX: usize = 24;
}

/// One window; for keyed windows one of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// First moment in it.
    pub start: i64,
    /// First moment after it.
    pub end: i64,
    /// Rows in it.
    pub rows: u64,
    /// Share of each slot, 0 to 6, in per mille of its rows.
    pub mix: [u16; 7],
    /// Its result is still to come.
    pub open: bool,
}

/// A row that came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dot {
    /// Where it lies on the ruler.
    pub time: i64,
    /// How long ago it came in.
    pub age_micros: u64,
    /// Colour slot of its partition key.
    pub slot: u8,
}

/// Rows that came too late: dropped, or reported in `error_stream`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Since the beginning.
    pub count: u64,
    /// How far the newest one was behind the clock of the query, in microseconds.
    pub behind_micros: u64,
    /// Colour slots of the newest ones, newest first, at most [`Late::SLOTS_MAX`].
    pub slots: Vec<u8>,
}

impl Late {
    /// Late rows on a card.
    pub const SLOTS_MAX: usize = 5;
}

/// A row that came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// Colour slot, when its first text column holds a partition key that has one.
    pub slot: u8,
    /// Its first text column, or the name of the stream: `gate-1`.
    pub label: String,
    /// Its last number, grouped: `41,412`.
    pub value: String,
}

/// Rows of one in-application stream, or of the result of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name: `DESTINATION_SQL_STREAM`; `error_stream` comes last.
    pub name: String,
    /// Rows since the beginning.
    pub total: u64,
    /// The newest rows, newest last. The first column is `ROWTIME`; where rows are changed later,
    /// it is `op` (`+I`, `-U`, `+U`, `-D`).
    pub sheet: Sheet,
}

impl Table {
    /// The stream of rows that could not be processed.
    pub const ERRORS: &'static str = "error_stream";
}
