//! Rows of two inputs in the same window: they come out when it ends.

use base::VecMap;

use super::{Clocks, Operator};
use crate::exec::calls::moment_of;
use crate::exec::join::{Gives, JoinShape, side};
use crate::exec::key::{Key, KeyMap};
use crate::exec::{Output, Row, Track};
use crate::expr::Span;
use crate::limits::{ROWS_KEPT_MAX, too_much};

/// A join of windows that begin and end together.
#[derive(Clone, Debug)]
pub struct WindowJoin {
    /// Keys and sides.
    pub shape: JoinShape,
    /// Beginning and end of the window of a row, for each side.
    pub windows: [(u32, u32); 2],
    /// Where the query stands.
    pub span: Span,
    open: VecMap<(i64, i64), Open>,
    clocks: Clocks,
    clock: i64,
    count: usize,
}

/// The rows of an open window.
#[derive(Clone, Debug, Default)]
struct Open {
    left: Vec<(Option<Key>, Row)>,
    right: Vec<Row>,
    /// Which rows of the right a key has.
    by_key: KeyMap<Vec<usize>>,
}

impl WindowJoin {
    /// Nothing has come yet.
    #[must_use]
    pub fn new(shape: JoinShape, windows: [(u32, u32); 2], span: Span) -> Self {
        let (open, clocks) = (VecMap::default(), Clocks::new(2));
        Self { shape, windows, span, open, clocks, clock: i64::MIN, count: 0 }
    }

    fn take(&mut self, side: usize, row: Row, out: &mut Output) -> Result<(), String> {
        let (start, end) = self.windows[side];
        let (Some(start), Some(end)) = (moment_of(&row, start), moment_of(&row, end)) else {
            return Ok(());
        };
        if end <= self.clock {
            return Ok(());
        }
        let key = self.shape.key(side, &row)?;
        let open = self.open.get_or_insert_with((end, start), Open::default);
        if side == 0 {
            open.left.push((key, row));
        } else {
            if let Some(key) = key {
                open.by_key.entry(key).or_default().push(open.right.len());
            }
            open.right.push(row);
        }
        self.count += 1;
        if self.count > ROWS_KEPT_MAX {
            out.stop(too_much(self.span, "rows", ROWS_KEPT_MAX));
        }
        Ok(())
    }

    fn fire(&self, open: &Open, out: &mut Output) -> Result<(), String> {
        let mut matched = vec![false; open.right.len()];
        for (key, row) in &open.left {
            let mut alone = true;
            for &at in key.iter().filter_map(|key| open.by_key.get(key)).flatten() {
                if let Some(pair) = self.shape.joined(0, row, &open.right[at])? {
                    (alone, matched[at]) = (false, true);
                    if self.shape.gives != Gives::Pairs {
                        break;
                    }
                    out.row(pair);
                }
            }
            match self.shape.gives {
                Gives::Pairs if alone && self.shape.stays[0] => {
                    out.row(self.shape.alone(0, row));
                }
                Gives::Met if !alone => out.row(row.clone()),
                Gives::Unmet if alone => out.row(row.clone()),
                Gives::Pairs | Gives::Met | Gives::Unmet => {}
            }
        }
        if self.shape.stays[1] {
            let alone = open.right.iter().zip(matched).filter(|it| !it.1);
            alone.for_each(|(row, _)| out.row(self.shape.alone(1, row)));
        }
        Ok(())
    }
}

impl Operator for WindowJoin {
    fn push(&mut self, input: u32, row: Row, out: &mut Output) {
        if let Err(message) = self.take(side(input), row.clone(), out) {
            out.fail(row, "Row cannot be joined", message);
        }
    }

    fn advance(&mut self, input: u32, clock: i64, out: &mut Output) {
        let Some(clock) = self.clocks.advance(input, clock) else { return };
        self.clock = clock;
        while let Some(&(window, _)) = self.open.first().filter(|it| it.0.0 <= clock) {
            let open = self.open.remove(&window).unwrap_or_default();
            self.count -= open.left.len() + open.right.len();
            if let Err(message) = self.fire(&open, out) {
                let row = Row::flink(window.0, Vec::new());
                out.fail(row, "Window cannot be joined", message);
            }
        }
        out.clock(clock);
    }

    fn watch(&self, track: &mut Track) {
        track.keep(self.count, self.shape.widths[0].max(self.shape.widths[1]));
    }
}
