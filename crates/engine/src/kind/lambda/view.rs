//! What the card of a function shows.

use base::Time;
use base::units::{bytes_text, grouped};
use scenario::kind::Retries;

use super::line::{Line, Piece};
use super::{LATE_MICROS, Lambda, RETRY, Tally, metric};
use crate::kernel::Kernel;
use crate::kind::reader::age_line;
use crate::snapshot::{Gauge, Invocation, NodeView, ShardAge, Stage};

/// Points of the spark.
const SPARK_SECS: u32 = 60;

impl Lambda {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let busiest = self.lines.values().max_by_key(|line| urgency(line, kernel.now));
        let mut seen = busiest.map_or_else(Invocation::default, |it| self.batch(it, kernel.now));
        seen.facts = self.facts(kernel);
        let ages = self.reader.ages(kernel.now).map(|(shard, age_micros)| {
            // Reading goes on while a batch is stuck, the mapping does not.
            let stuck = self.lines_of(shard).filter_map(|(_, line)| line.stuck_at()).min();
            let age_micros = stuck.map_or(age_micros, |at| age_micros.max(kernel.now.since(at).0));
            let blocked = self.lines_of(shard).any(|(_, line)| line.is_blocked());
            ShardAge { shard, age_micros, late: age_micros > LATE_MICROS || blocked }
        });
        seen.worst = ages.max_by_key(|age| age.age_micros);
        let told = kernel.metrics.series(out.id, metric::ITERATOR_AGE, SPARK_SECS);
        seen.series = age_line(&told, seen.worst.map_or(0, |worst| worst.age_micros));
        out.gauges.push(Gauge::Invocation(seen));
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

    /// What a line does with its batch.
    fn batch(&self, line: &Line, now: Time) -> Invocation {
        let records_max = self.config.batch_size.into();
        let limited = self.config.retries == Retries::Limited;
        let attempts_max = limited.then(|| self.config.retry_attempts + 1);
        let seen = Invocation { records_max, attempts_max, ..Invocation::default() };
        let since = |from: Time, until: Time| (until.since(now).0, until.since(from).0);
        let of = |piece: &Piece| (piece.rows.len() as u64, piece.failures + 1);
        if let Some(run) = &line.running {
            let ((records, attempt), span) = (of(&run.piece), since(run.began, run.until));
            let (left_micros, whole_micros) = span;
            return Invocation {
                records,
                attempt,
                stage: Stage::Runs,
                left_micros,
                whole_micros,
                ..seen
            };
        }
        if let Some(piece) = line.retry.front() {
            let (records, attempt) = of(piece);
            let left_micros = line.rests_until.since(now).0;
            let (stage, whole_micros) = (Stage::Rests, RETRY.0);
            return Invocation { records, attempt, stage, left_micros, whole_micros, ..seen };
        }
        let records = line.waiting.len() as u64;
        let window = u64::from(self.config.batching_window_secs) * 1_000_000;
        if records == 0 {
            return Invocation { stage: Stage::Idle, ..seen };
        }
        let (left_micros, whole_micros) = since(line.since, Time(line.since.0 + window));
        let stage = Stage::Gathers;
        Invocation { records, stage, left_micros, whole_micros, ..seen }
    }

    fn facts(&self, kernel: &Kernel) -> Vec<(String, String, bool)> {
        let Tally { processed, discarded, windows, .. } = self.tally;
        let end = self.failed.and_then(|edge| kernel.edges.get(edge)).map(|ends| ends.to.node);
        let target = end.and_then(|id| kernel.node(id));
        let failed = match target {
            Some(target) => format!("failed → {}", target.name),
            None => "discarded".to_owned(),
        };
        let fact = |label: &str, value, bad| (label.to_owned(), value, bad);
        let mut facts = vec![
            fact("ok", grouped(processed), false),
            (failed, grouped(discarded), discarded > 0),
            fact("running", grouped(self.running.into()), false),
        ];
        let stuck = self.lines.iter().filter(|(_, line)| line.is_blocked());
        let mut blocked: Vec<u32> = stuck.map(|((shard, _), _)| *shard).collect();
        blocked.dedup();
        if !blocked.is_empty() {
            facts.push(fact("blocked shards", grouped(blocked.len() as u64), true));
        } else if self.config.tumbling_window_secs > 0 {
            let state = |line: &Line| line.window.map_or(0, |window| window.state_bytes);
            let state_bytes = self.lines.values().map(state).max().unwrap_or(0);
            facts.push((format!("{} windows", grouped(windows)), bytes_text(state_bytes), false));
        }
        facts
    }
}

/// What of a mapping is shown: the batch that failed most, else the one that runs longest, else
/// the fullest.
fn urgency(line: &Line, now: Time) -> (u32, u64, usize) {
    let pieces = line.running.iter().map(|run| &run.piece).chain(&line.retry);
    let attempts = pieces.map(|piece| piece.failures + 1).max().unwrap_or(0);
    let runs = line.running.as_ref().map_or(0, |run| now.since(run.began).0);
    (attempts, runs, line.waiting.len())
}
