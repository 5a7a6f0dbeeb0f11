//! How long state is kept that no window bounds: `table.exec.state.ttl` (facts, analytics §3.1).
//!
//! Processing time counts, from the last write on. What is over is as if it had never been; nobody
//! is told.

/// How long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lasting {
    /// In microseconds; for ever when there is none.
    ttl: Option<i64>,
    /// When everything was looked through last.
    swept: i64,
}

impl Lasting {
    /// So many microseconds, or for ever.
    #[must_use]
    pub fn new(ttl: Option<i64>) -> Self {
        Self { ttl, swept: i64::MIN }
    }

    /// Whether what was written then is over now.
    #[must_use]
    pub fn is_over(self, written: i64, now: i64) -> bool {
        self.ttl.is_some_and(|ttl| written.saturating_add(ttl) <= now)
    }

    /// Whether it is time to look through everything.
    pub fn sweeps(&mut self, now: i64) -> bool {
        let is_due = self.is_over(self.swept, now);
        if is_due {
            self.swept = now;
        }
        is_due
    }
}
