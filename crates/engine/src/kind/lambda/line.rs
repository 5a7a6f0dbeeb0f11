//! Records of one shard (or of some of its keys) on their way into the function: they gather,
//! become a batch, and stay at the head until the batch succeeds or is discarded.

use std::collections::VecDeque;

use base::units::MIB;
use base::{Duration, Time};
use scenario::kind::{LambdaConfig, Retries};

use super::enrich::Failure;
use super::function::Ending;
use super::window::{Window, end_of};
use crate::batch::Record;
use crate::kernel::queue::TimerId;

/// Payload of one invocation (facts, streams §10).
pub(super) const PAYLOAD_MAX: u64 = 6 * MIB;
/// Envelope of one record in the event: names, identifiers and the stream's ARN.
const ENVELOPE_BYTES: u64 = 450;

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// As it was read.
    pub record: Record,
    /// Index in the shard's counter.
    pub seq: u64,
    /// Data plus key, as the ledger counts.
    pub booked: u64,
    /// What the function finds in it, when it takes an aggregate apart.
    pub users: Vec<Record>,
}

impl Row {
    /// The records the function sees.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        let plain = self.users.is_empty().then_some(&self.record);
        plain.into_iter().chain(&self.users)
    }

    /// How many those are.
    pub(super) fn count(&self) -> u64 {
        self.users.len().max(1) as u64
    }

    /// Bytes it takes in the event.
    pub(super) fn payload(&self) -> u64 {
        let data = u64::from(self.record.data_bytes());
        data.div_ceil(3) * 4 + (self.booked - data) + ENVELOPE_BYTES
    }
}

/// A batch with its history.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    /// In order; empty only when it closes a window.
    pub rows: Vec<Row>,
    /// Invocations that failed.
    pub failures: u32,
    /// `isFinalInvokeForWindow`.
    pub closes: bool,
}

/// What becomes of a batch after a function error.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// Rows before the reported one: done.
    pub done: Vec<Row>,
    /// Retried in this order.
    pub retry: Vec<Piece>,
    /// Retries are exhausted.
    pub discarded: Option<Piece>,
}

/// A batch inside the function.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub piece: Piece,
    pub began: Time,
    /// When its work is done, or its time is up.
    pub until: Time,
    /// Rings when the work is done, then at the time-out while calls of the function wait.
    pub timer: TimerId,
    /// The work would take longer than the function's time-out.
    pub times_out: bool,
    /// How it ends once all its calls are answered.
    pub ending: Ending,
    /// Calls of the function that have no answer yet.
    pub calls: u32,
    /// What it made of its records, each with the row it came from.
    pub made: Vec<(u32, Record)>,
    /// That was written instead of them: they end in it.
    pub folds: bool,
    /// Why it failed, where more is known than that it did.
    pub failure: Option<Failure>,
}

/// A shard's records, or those of some of its keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Not in a batch yet.
    pub waiting: VecDeque<Row>,
    /// When the oldest of them began to wait: the batching window counts from here.
    pub since: Time,
    /// Batches to try again, in order.
    pub retry: VecDeque<Piece>,
    /// The batch that is being invoked.
    pub running: Option<Run>,
    /// Nothing is invoked before: a retry waits.
    pub rests_until: Time,
    /// The open tumbling window.
    pub window: Option<Window>,
    /// Every record that arrived before this was read.
    pub read_until: Time,
}

impl Line {
    /// The next batch, or when to ask again.
    pub(super) fn next(&mut self, config: &LambdaConfig, now: Time) -> Result<Option<Piece>, Time> {
        if self.rests_until > now {
            return Err(self.rests_until);
        }
        if let Some(piece) = self.retry.pop_front() {
            return Ok(Some(piece));
        }
        if self.window_is_over() {
            return Ok(Some(Piece { closes: true, ..Piece::default() }));
        }
        let (count, full) = self.fill(config);
        if count == 0 {
            return Ok(None);
        }
        let due = Time(self.since.0 + u64::from(config.batching_window_secs) * 1_000_000);
        if !full && due > now {
            return Err(due);
        }
        let rows: Vec<Row> = self.waiting.drain(..count).collect();
        self.since = now;
        if let Some(first) = rows.first().filter(|_row| config.tumbling_window_secs > 0) {
            let end = end_of(first.record.arrival, config.tumbling_window_secs);
            self.window.get_or_insert(Window { end, state_bytes: 0 });
        }
        Ok(Some(Piece { rows, ..Piece::default() }))
    }

    /// Whether all records of the open window were processed.
    fn window_is_over(&self) -> bool {
        let next = self.waiting.front().map_or(self.read_until, |row| row.record.arrival);
        self.window.is_some_and(|window| next >= window.end)
    }

    /// How many records the next batch would hold, and whether no more fit: a batch lies in one
    /// tumbling window.
    fn fill(&self, config: &LambdaConfig) -> (usize, bool) {
        let window = |row: &Row| end_of(row.record.arrival, config.tumbling_window_secs);
        let first = self.waiting.front().map(window);
        let mut payload = 0;
        for (count, row) in self.waiting.iter().enumerate() {
            payload += row.payload();
            let full = count >= config.batch_size as usize || Some(window(row)) != first;
            if full || (count > 0 && payload > PAYLOAD_MAX) {
                return (count, true);
            }
        }
        let count = self.waiting.len();
        (count, count >= config.batch_size as usize)
    }

    /// Every record in order: the line is to be made anew.
    pub(super) fn into_rows(self) -> impl Iterator<Item = Row> {
        let running = self.running.into_iter().map(|run| run.piece);
        let pieces = running.chain(self.retry);
        pieces.flat_map(|piece| piece.rows).chain(self.waiting)
    }

    /// Records it holds.
    pub(super) fn held(&self) -> u64 {
        let in_pieces: usize = self.pieces().map(|piece| piece.rows.len()).sum();
        (in_pieces + self.waiting.len()) as u64
    }

    /// Whether nothing is left to do, the end of a window included.
    pub(super) fn is_idle(&self) -> bool {
        let is_empty = self.waiting.is_empty() && self.retry.is_empty();
        is_empty && self.running.is_none() && self.window.is_none()
    }

    /// Whether a failed batch stands at the head.
    pub(super) fn is_blocked(&self) -> bool {
        self.pieces().any(|piece| piece.failures > 0)
    }

    /// When the last record arrived of the batch it cannot get past: that batch failed or was
    /// refused, and nothing behind it goes on.
    pub(super) fn stuck_at(&self) -> Option<Time> {
        let failed = self.running.iter().map(|run| &run.piece).filter(|piece| piece.failures > 0);
        let last = failed.chain(self.retry.front()).next()?.rows.last()?;
        Some(last.record.arrival)
    }

    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.retry.iter().chain(self.running.iter().map(|run| &run.piece))
    }
}

/// Takes out the records that are older than the mapping tries them.
pub(super) fn expire(piece: &mut Piece, age_max: Duration, now: Time) -> Option<Piece> {
    take_out(piece, |row| now.since(row.record.arrival) > age_max)
}

/// Takes out the records that no payload can hold (facts, streams §1.3).
pub(super) fn oversized(piece: &mut Piece) -> Option<Piece> {
    take_out(piece, |row| row.payload() > PAYLOAD_MAX)
}

fn take_out(piece: &mut Piece, goes: impl Fn(&Row) -> bool) -> Option<Piece> {
    if !piece.rows.iter().any(&goes) {
        return None;
    }
    let (rows, stay) = core::mem::take(&mut piece.rows).into_iter().partition(goes);
    piece.rows = stay;
    Some(Piece { rows, failures: piece.failures, closes: false })
}

/// What becomes of a batch that failed; `reported` is the row of the lowest identifier in
/// `batchItemFailures`, if the function answered any that is in the batch.
///
/// Records before the reported one are done. With bisecting, that is where the batch is split;
/// without a report, or with one about the first record, it is halved. A split uses up no attempt
/// (facts, streams §10).
pub(super) fn after_error(
    mut piece: Piece,
    reported: Option<u32>,
    config: &LambdaConfig,
) -> Verdict {
    let split_at = reported.map_or(0, |row| row as usize).min(piece.rows.len());
    let mut rest = piece.rows.split_off(split_at);
    let Piece { rows: done, failures, closes } = piece;
    let again = |rows, failures| Piece { rows, failures, closes };
    let mut verdict = Verdict { done, retry: Vec::new(), discarded: None };
    if config.bisect && split_at > 0 {
        verdict.retry.push(again(rest, failures));
    } else if config.bisect && rest.len() > 1 {
        let second = rest.split_off(rest.len() / 2);
        verdict.retry.extend([rest, second].map(|rows| again(rows, failures)));
    } else if config.retries == Retries::Limited && failures >= config.retry_attempts {
        verdict.discarded = Some(again(rest, failures + 1));
    } else {
        verdict.retry.push(again(rest, failures + 1));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::{KeyId, RecordId};

    use super::*;

    fn row(seq: u64) -> Row {
        sized(seq, 10)
    }

    fn sized(seq: u64, data: u32) -> Row {
        let chunk = Rc::new(Vec::new());
        let record = Record::new((RecordId(seq), KeyId(0), Time(seq)), &chunk, 0..0, data);
        Row {
            record: record.arrived(Time(seq)),
            seq,
            booked: u64::from(data) + 3,
            users: Vec::new(),
        }
    }

    fn piece(seqs: core::ops::Range<u64>, failures: u32) -> Piece {
        Piece { rows: seqs.map(row).collect(), failures, closes: false }
    }

    fn line(count: u64) -> Line {
        Line { waiting: (0..count).map(row).collect(), ..Line::default() }
    }

    fn limited(retry_attempts: u32) -> LambdaConfig {
        LambdaConfig { retries: Retries::Limited, retry_attempts, ..LambdaConfig::default() }
    }

    /// First and last index with the failures of every batch.
    fn told(pieces: &[Piece]) -> Vec<(u64, u64, u32)> {
        let seq = |row: Option<&Row>| row.map_or(u64::MAX, |row| row.seq);
        let tell = |it: &Piece| (seq(it.rows.first()), seq(it.rows.last()), it.failures);
        pieces.iter().map(tell).collect()
    }

    fn given_up(verdict: &Verdict) -> Vec<(u64, u64, u32)> {
        told(verdict.discarded.as_slice())
    }

    /// How many records the next batch has.
    fn next(line: &mut Line, config: &LambdaConfig, now: Time) -> Result<usize, Time> {
        line.next(config, now).map(|piece| piece.map_or(0, |piece| piece.rows.len()))
    }

    /// Facts, streams §10: the same batch is retried.
    #[test]
    fn a_failed_batch_is_retried_whole() {
        let verdict = after_error(piece(0..8, 0), None, &LambdaConfig::default());
        assert_eq!(told(&verdict.retry), [(0, 7, 1)]);
        assert!(verdict.done.is_empty() && verdict.discarded.is_none());
    }

    /// Facts, streams §10: bisect splits in two and retries each; no attempt is consumed.
    #[test]
    fn bisecting_uses_up_no_attempt() {
        let config = LambdaConfig { bisect: true, ..limited(0) };
        let verdict = after_error(piece(0..9, 0), None, &config);
        assert_eq!(told(&verdict.retry), [(0, 3, 0), (4, 8, 0)]);
        assert_eq!(given_up(&after_error(piece(3..4, 0), None, &config)), [(3, 3, 1)]);
    }

    /// Facts, streams §10: `MaximumRetryAttempts`.
    #[test]
    fn a_batch_is_discarded_after_its_last_retry() {
        assert_eq!(told(&after_error(piece(0..2, 1), None, &limited(2)).retry), [(0, 1, 2)]);
        assert_eq!(given_up(&after_error(piece(0..2, 2), None, &limited(2))), [(0, 1, 3)]);
        assert_eq!(given_up(&after_error(piece(0..2, 0), None, &limited(0))), [(0, 1, 1)]);
    }

    /// Facts, streams §10: the lowest listed number becomes the checkpoint, everything from it is
    /// retried; with bisect on, the split is at that number.
    #[test]
    fn a_reported_item_is_the_checkpoint() {
        let config = LambdaConfig { report_item_failures: true, ..limited(5) };
        let verdict = after_error(piece(0..6, 0), Some(4), &config);
        assert_eq!((verdict.done.len(), told(&verdict.retry)), (4, vec![(4, 5, 1)]));
        let config = LambdaConfig { bisect: true, ..config };
        assert_eq!(told(&after_error(piece(0..6, 0), Some(4), &config).retry), [(4, 5, 0)]);
        let first = after_error(piece(0..6, 0), Some(0), &config);
        assert_eq!(told(&first.retry), [(0, 2, 0), (3, 5, 0)], "there is nothing before it");
    }

    /// Facts, streams §10: window 0 invokes at once with what there is; otherwise the window or
    /// the batch size decides.
    #[test]
    fn window_and_size_close_a_batch() {
        let config = LambdaConfig { batch_size: 10, ..LambdaConfig::default() };
        assert_eq!(next(&mut line(3), &config, Time(0)), Ok(3));
        assert_eq!(next(&mut line(25), &config, Time(0)), Ok(10));
        let config = LambdaConfig { batching_window_secs: 2, ..config };
        assert_eq!(next(&mut line(3), &config, Time(0)), Err(Time(2_000_000)));
        assert_eq!(next(&mut line(10), &config, Time(0)), Ok(10));
        assert_eq!(next(&mut line(3), &config, Time(2_000_000)), Ok(3));
    }

    /// Facts, streams §10: at most 6 MB of payload, Base64 included: 1 MiB becomes 1.4 MB.
    #[test]
    fn payload_closes_a_batch() {
        let waiting = (0..10).map(|seq| sized(seq, 1 << 20)).collect();
        let mut line = Line { waiting, ..Line::default() };
        let config = LambdaConfig { batching_window_secs: 300, ..LambdaConfig::default() };
        assert_eq!(next(&mut line, &config, Time(0)), Ok(4));
    }

    /// Facts, streams §1.3: 6 MB stay the limit for records of up to 10 MiB; Base64 makes that of
    /// 4.5 MiB too large.
    #[test]
    fn a_record_that_no_payload_holds_leaves_the_batch() {
        let rows = vec![sized(0, 10), sized(1, 9 << 19), sized(2, 4 << 20)];
        let mut batch = Piece { rows, ..Piece::default() };
        assert_eq!(told(oversized(&mut batch).as_slice()), [(1, 1, 0)]);
        assert_eq!(batch.rows.len(), 2);
    }

    /// Facts, streams §10: `MaximumRecordAgeInSeconds`.
    #[test]
    fn old_records_leave_the_batch() {
        let mut batch = piece(0..4, 0);
        let old = expire(&mut batch, Duration::from_secs(60), Time(60_000_002));
        assert_eq!(told(old.as_slice()), [(0, 1, 0)]);
        assert_eq!(told(&[batch]), [(2, 3, 0)]);
    }

    /// Facts, streams §10: window boundaries by arrival time; the last invocation has no records.
    #[test]
    fn a_batch_lies_in_one_tumbling_window() {
        let config = LambdaConfig { tumbling_window_secs: 1, ..LambdaConfig::default() };
        let waiting = [999_998, 999_999, 1_000_000].map(row).into();
        let mut line = Line { waiting, ..Line::default() };
        assert_eq!(next(&mut line, &config, Time(0)), Ok(2));
        let last = line.next(&config, Time(0)).unwrap().unwrap();
        assert!(last.closes && last.rows.is_empty());
        line.window = None;
        assert_eq!(next(&mut line, &config, Time(0)), Ok(1));
        assert!(line.next(&config, Time(0)).unwrap().is_none(), "the window is still open");
        line.read_until = Time(2_000_000);
        assert!(line.next(&config, Time(0)).unwrap().unwrap().closes);
    }
}
