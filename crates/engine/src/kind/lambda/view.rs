//! What the card of a function shows.

use base::units::grouped;

use super::line::Line;
use super::{LATE_MICROS, Lambda, Tally, metric};
use crate::kernel::Kernel;
use crate::snapshot::{Gauge, NodeView, ShardAge};

/// Points of the spark.
const SPARK_SECS: u32 = 60;
/// `LATE_MICROS` as the spark draws it.
const ALARM_MILLIS: u32 = 5_000;

impl Lambda {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let blocked = |shard| self.lines_of(shard).any(|(_, line)| line.is_blocked());
        let cell = |(shard, age_micros)| {
            let late = age_micros > LATE_MICROS || blocked(shard);
            ShardAge { shard, age_micros, late }
        };
        let cells: Vec<ShardAge> = self.reader.ages(kernel.now).map(cell).collect();
        let stuck = cells.iter().filter(|cell| blocked(cell.shard)).count();
        let age = cells.iter().map(|cell| cell.age_micros).max().unwrap_or(0);
        out.gauges.push(Gauge::Shards { cells });
        let series = kernel.metrics.series(out.id, metric::ITERATOR_AGE, SPARK_SECS);
        out.gauges.push(Gauge::Spark {
            label: "iterator age",
            value: age / 1_000,
            unit: "ms",
            series: series.into_iter().map(|ms| u32::try_from(ms).unwrap_or(u32::MAX)).collect(),
            limit: Some(ALARM_MILLIS),
            late: age > LATE_MICROS,
        });
        out.gauges.push(Gauge::Line {
            left: format!("{} running", self.running),
            right: if stuck > 0 { format!("{stuck} blocked") } else { String::new() },
        });
        let Tally {
            processed,
            filtered,
            user_records,
            discarded,
            forwarded,
            windows,
            windows_cut,
            ..
        } = self.tally;
        if self.config.tumbling_window_secs > 0 {
            let state = |line: &Line| line.window.map_or(0, |window| window.state_bytes);
            let state_bytes = self.lines.values().map(state).max().unwrap_or(0);
            out.gauges.push(Gauge::Line {
                left: format!("{} windows", grouped(windows)),
                right: format!("state {}", base::units::bytes_text(state_bytes)),
            });
        }
        out.gauges.push(Gauge::Line { left: "discarded".to_owned(), right: grouped(discarded) });
        out.counters.extend([
            ("processed", processed),
            ("filtered out", filtered),
            ("user records", user_records),
            ("discarded", discarded),
            ("forwarded", forwarded),
            ("windows", windows),
            ("windows cut short", windows_cut),
        ]);
    }
}
