//! What a graph is made of: one file for each operator, and the list of them.

mod assign;
mod coerce;
mod dedup;
mod distinct;
mod expand;
mod forest;
mod gather;
mod group;
mod group_rank;
mod hotspots;
mod interval_join;
mod items;
mod lookup;
mod merge;
mod over;
mod pattern;
mod project;
mod rank;
mod regular_join;
mod rise;
mod scan;
mod semi_join;
mod session;
mod session_rows;
mod slide;
mod stagger;
mod stream;
mod stream_join;
mod tardy_sort;
mod temporal_join;
mod time_sort;
mod tumble;
mod union;
mod window_group;
mod window_join;
mod window_rank;

use super::{Output, Row, Track};

pub use assign::{Assign, Windows};
pub use coerce::Coerce;
pub use dedup::{Dedup, Keep};
pub use distinct::Distinct;
pub use expand::Expand;
pub use forest::Anomaly;
pub use gather::Gather;
pub use group::Group;
pub use group_rank::{GroupRank, Ranking};
pub use hotspots::Hotspots;
pub use interval_join::IntervalJoin;
pub use items::{Items, Wanted};
pub use lookup::{Lookup, Unmatched};
pub use merge::Merge;
pub use over::{Over, Reach};
pub use pattern::{Look, Pattern, Plan as PatternPlan, Skip, Variable as PatternVariable, What};
pub use project::Project;
pub use rank::{Rank, Told};
pub use regular_join::RegularJoin;
pub use rise::Rise;
pub use scan::{MILLISECOND, Scan};
pub use semi_join::SemiJoin;
pub use session::Session;
pub use session_rows::SessionRows;
pub use slide::{Back, Slide, SlidingWindow};
pub use stagger::Stagger;
pub use stream::Stream;
pub use stream_join::{Side, StreamJoin};
pub use tardy_sort::TardySort;
pub use temporal_join::TemporalJoin;
pub use time_sort::TimeSort;
pub use tumble::Tumble;
pub use union::Union;
pub use window_group::WindowGroup;
pub use window_join::WindowJoin;
pub use window_rank::WindowRank;

/// Something rows and clocks go through.
pub trait Operator {
    /// A row came at an input; its time is what the clock of that input says or later, unless it
    /// is late.
    fn push(&mut self, input: u32, row: Row, out: &mut Output);

    /// No row before this moment will come at an input any more. Clocks of an input never go
    /// back.
    fn advance(&mut self, input: u32, clock: i64, out: &mut Output);

    /// Tells what can be seen of it: windows, late rows, and about how much it keeps.
    fn watch(&self, track: &mut Track) {
        let _ = track;
    }

    /// Whether time alone makes it say or forget anything. The others only pass clocks on, so
    /// nobody tells them of any where nobody behind them listens.
    fn listens(&self) -> bool {
        true
    }
}

/// One list: what stands here can stand in a graph.
macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Any operator.
        #[derive(Clone, Debug)]
        pub enum Node {
            $($(#[$doc])* $name($name),)*
        }

        impl Operator for Node {
            fn push(&mut self, input: u32, row: Row, out: &mut Output) {
                match self {
                    $(Self::$name(it) => it.push(input, row, out),)*
                }
            }

            fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
                match self {
                    $(Self::$name(it) => it.advance(input, clock, out),)*
                }
            }

            fn watch(&self, track: &mut Track) {
                match self {
                    $(Self::$name(it) => it.watch(track),)*
                }
            }

            fn listens(&self) -> bool {
                match self {
                    $(Self::$name(it) => it.listens(),)*
                }
            }
        }

        $(impl From<$name> for Node {
            fn from(it: $name) -> Self {
                Self::$name(it)
            }
        })*
    };
}

operators! {
    /// `RANDOM_CUT_FOREST`.
    Anomaly,
    /// Gives rows the columns of their windows.
    Assign,
    /// Rows for a stream of other types.
    Coerce,
    /// One row for each key.
    Dedup,
    /// `SELECT DISTINCT` in a window of time.
    Distinct,
    /// Rows once for each set of keys.
    Expand,
    /// `ORDER BY` in a window of time.
    Gather,
    /// Groups without a window.
    Group,
    /// `GROUP_RANK`.
    GroupRank,
    /// `HOTSPOTS`.
    Hotspots,
    /// A join bounded by time.
    IntervalJoin,
    /// Items counted in windows of time.
    Items,
    /// A join with a reference table.
    Lookup,
    /// `UNION ALL` in the order of time.
    Merge,
    /// Each row with what the rows before it come to.
    Over,
    /// Rows that follow each other as a pattern says.
    Pattern,
    /// Keeps some rows and computes new ones from them.
    Project,
    /// The first rows of an order, kept up to date.
    Rank,
    /// A join of everything.
    RegularJoin,
    /// Groups for as long as an expression stays the same.
    Rise,
    /// A table of the Flink dialect.
    Scan,
    /// Rows that have a partner, or none.
    SemiJoin,
    /// Windows that end when nothing came for so long.
    Session,
    /// Rows with the windows that end when nothing came for so long.
    SessionRows,
    /// Sliding windows, row by row.
    Slide,
    /// Stagger windows.
    Stagger,
    /// An in-application stream of the Kinesis dialect.
    Stream,
    /// A join of two streams by their windows.
    StreamJoin,
    /// Late rows in the order of a time of their own.
    TardySort,
    /// A join with the versions of a table.
    TemporalJoin,
    /// Rows in the order of their time.
    TimeSort,
    /// Tumbling windows.
    Tumble,
    /// Several inputs as one.
    Union,
    /// Groups of rows in windows.
    WindowGroup,
    /// A join of windows.
    WindowJoin,
    /// The first rows of each window.
    WindowRank,
}

/// The clocks of several inputs: together they are what the slowest says.
#[derive(Clone, Debug)]
pub struct Clocks {
    inputs: Vec<i64>,
    last: i64,
}

impl Clocks {
    /// Nothing is known of so many inputs.
    #[must_use]
    pub fn new(inputs: u32) -> Self {
        Self { inputs: vec![i64::MIN; inputs as usize], last: i64::MIN }
    }

    /// Moves one of them on; the common clock, if that moved it.
    pub fn advance(&mut self, input: u32, clock: i64) -> Option<i64> {
        let mine = self.inputs.get_mut(input as usize)?;
        *mine = clock.max(*mine);
        let least = self.inputs.iter().copied().min()?;
        let moved = least > self.last;
        self.last = least;
        moved.then_some(least)
    }

    /// What all of them promise.
    #[must_use]
    pub fn least(&self) -> i64 {
        self.last
    }

    /// What is promised for one input.
    #[must_use]
    pub fn of(&self, input: u32) -> i64 {
        self.inputs.get(input as usize).copied().unwrap_or(i64::MIN)
    }
}
