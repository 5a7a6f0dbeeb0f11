//! Records of one shard (or of some of its keys) on their way into the function: they gather,
//! become a batch, and stay at the head until the batch succeeds or is discarded.

use std::collections::VecDeque;

use base::{KeyId, Time};
use scenario::kind::{LambdaConfig, Retries};

/// Payload of one invocation (facts, streams §10).
const PAYLOAD_MAX: u64 = 6_000_000;
/// Envelope of one record in the event: names, identifiers and the stream's ARN.
const ENVELOPE_BYTES: u64 = 450;
/// Records are tried so long when no age is set: the default retention of a stream.
const EXPIRY_SECS: u64 = 86_400;

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Partition key.
    pub key: KeyId,
    /// Index in the shard's counter.
    pub seq: u64,
    /// `ApproximateArrivalTimestamp`.
    pub arrival: Time,
    /// Data bytes.
    pub data: u32,
    /// Data plus key, as the ledger counts.
    pub booked: u64,
}

impl Row {
    fn payload(&self) -> u64 {
        let data = u64::from(self.data);
        data.div_ceil(3) * 4 + (self.booked - data) + ENVELOPE_BYTES
    }
}

/// A batch with its history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// In order, never empty.
    pub rows: Vec<Row>,
    /// Invocations that failed.
    pub failures: u32,
}

/// What becomes of a batch after a function error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Rows before the reported one: done.
    pub done: Vec<Row>,
    /// Retried in this order.
    pub retry: Vec<Piece>,
    /// Retries are exhausted.
    pub discarded: Option<Piece>,
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
    pub running: Option<Piece>,
    /// Nothing is invoked before: a retry waits.
    pub rests_until: Time,
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
        let (count, full) = self.fill(config);
        if count == 0 {
            return Ok(None);
        }
        let due = Time(self.since.0 + u64::from(config.batching_window_secs) * 1_000_000);
        if !full && due > now {
            return Err(due);
        }
        let rows = self.waiting.drain(..count).collect();
        self.since = now;
        Ok(Some(Piece { rows, failures: 0 }))
    }

    /// How many records the next batch would hold, and whether no more fit.
    fn fill(&self, config: &LambdaConfig) -> (usize, bool) {
        let mut payload = 0;
        for (count, row) in self.waiting.iter().enumerate() {
            payload += row.payload();
            let full = count >= config.batch_size as usize;
            if full || (count > 0 && payload > PAYLOAD_MAX) {
                return (count, true);
            }
        }
        let count = self.waiting.len();
        (count, count >= config.batch_size as usize)
    }

    /// Records it holds.
    pub(super) fn held(&self) -> u64 {
        let pieces = self.retry.iter().chain(&self.running);
        let in_pieces: usize = pieces.map(|piece| piece.rows.len()).sum();
        (in_pieces + self.waiting.len()) as u64
    }

    /// Whether a failed batch stands at the head.
    pub(super) fn is_blocked(&self) -> bool {
        self.retry.iter().chain(&self.running).any(|piece| piece.failures > 0)
    }
}

/// Takes out the records that are older than the mapping tries them.
pub(super) fn expire(piece: &mut Piece, config: &LambdaConfig, now: Time) -> Option<Piece> {
    let age = if config.limits_record_age { config.record_age_secs.into() } else { EXPIRY_SECS };
    let is_old = |row: &Row| now.since(row.arrival).0 > age * 1_000_000;
    let (rows, fresh): (Vec<Row>, Vec<Row>) = piece.rows.iter().partition(|row| is_old(row));
    piece.rows = fresh;
    (!rows.is_empty()).then_some(Piece { rows, failures: piece.failures })
}

/// What becomes of a batch that failed; `reported` is the row of the lowest identifier in
/// `batchItemFailures`, if the function answered any.
///
/// Records before the reported one are done. With bisecting, that is where the batch is split;
/// otherwise it is halved. A split uses up no attempt (facts, streams §10).
pub(super) fn after_error(
    mut piece: Piece,
    reported: Option<u32>,
    config: &LambdaConfig,
) -> Verdict {
    let split_at = reported.map_or(0, |row| row as usize).min(piece.rows.len());
    let rest = piece.rows.split_off(split_at);
    let done = piece.rows;
    let failures = piece.failures;
    let mut verdict = Verdict { done, retry: Vec::new(), discarded: None };
    if config.bisect && split_at > 0 {
        verdict.retry.push(Piece { rows: rest, failures });
    } else if config.bisect && reported.is_none() && rest.len() > 1 {
        let mut first = rest;
        let second = first.split_off(first.len() / 2);
        verdict.retry.extend([first, second].map(|rows| Piece { rows, failures }));
    } else if config.retries == Retries::Limited && failures >= config.retry_attempts {
        verdict.discarded = Some(Piece { rows: rest, failures: failures + 1 });
    } else {
        verdict.retry.push(Piece { rows: rest, failures: failures + 1 });
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: u64) -> Row {
        Row { key: KeyId(0), seq, arrival: Time(seq), data: 10, booked: 13 }
    }

    fn piece(seqs: core::ops::Range<u64>, failures: u32) -> Piece {
        Piece { rows: seqs.map(row).collect(), failures }
    }

    fn line(count: u64) -> Line {
        Line { waiting: (0..count).map(row).collect(), ..Line::default() }
    }

    fn limited(retry_attempts: u32) -> LambdaConfig {
        LambdaConfig { retries: Retries::Limited, retry_attempts, ..LambdaConfig::default() }
    }

    /// Facts, streams §10: the same batch is retried.
    #[test]
    fn a_failed_batch_is_retried_whole() {
        let verdict = after_error(piece(0..8, 0), None, &LambdaConfig::default());
        assert_eq!(verdict.retry, [piece(0..8, 1)]);
        assert_eq!((verdict.done.len(), verdict.discarded), (0, None));
    }

    /// Facts, streams §10: bisect splits in two and retries each; no attempt is consumed.
    #[test]
    fn bisecting_uses_up_no_attempt() {
        let config = LambdaConfig { bisect: true, ..limited(0) };
        let verdict = after_error(piece(0..9, 0), None, &config);
        assert_eq!(verdict.retry, [piece(0..4, 0), piece(4..9, 0)]);
        assert_eq!(after_error(piece(3..4, 0), None, &config).discarded, Some(piece(3..4, 1)));
    }

    /// Facts, streams §10: `MaximumRetryAttempts`.
    #[test]
    fn a_batch_is_discarded_after_its_last_retry() {
        assert_eq!(after_error(piece(0..2, 1), None, &limited(2)).retry, [piece(0..2, 2)]);
        assert_eq!(after_error(piece(0..2, 2), None, &limited(2)).discarded, Some(piece(0..2, 3)));
        assert_eq!(after_error(piece(0..2, 0), None, &limited(0)).discarded, Some(piece(0..2, 1)));
    }

    /// Facts, streams §10: the lowest listed number becomes the checkpoint, everything from it is
    /// retried; with bisect on, the split is at that number.
    #[test]
    fn a_reported_item_is_the_checkpoint() {
        let config = LambdaConfig { report_item_failures: true, ..limited(5) };
        let verdict = after_error(piece(0..6, 0), Some(4), &config);
        assert_eq!((verdict.done.len(), &verdict.retry[..]), (4, &[piece(4..6, 1)][..]));
        let config = LambdaConfig { bisect: true, ..config };
        assert_eq!(after_error(piece(0..6, 0), Some(4), &config).retry, [piece(4..6, 0)]);
    }

    /// Facts, streams §10: window 0 invokes at once with what there is; otherwise the window or
    /// the batch size decides.
    #[test]
    fn window_and_size_close_a_batch() {
        let config = LambdaConfig { batch_size: 10, ..LambdaConfig::default() };
        assert_eq!(line(3).next(&config, Time(0)).unwrap().unwrap().rows.len(), 3);
        assert_eq!(line(25).next(&config, Time(0)).unwrap().unwrap().rows.len(), 10);
        let config = LambdaConfig { batching_window_secs: 2, ..config };
        assert_eq!(line(3).next(&config, Time(0)), Err(Time(2_000_000)));
        assert_eq!(line(10).next(&config, Time(0)).unwrap().unwrap().rows.len(), 10);
        assert_eq!(line(3).next(&config, Time(2_000_000)).unwrap().unwrap().rows.len(), 3);
    }

    /// Facts, streams §10: at most 6 MB of payload, Base64 included: 1 MiB becomes 1.4 MB.
    #[test]
    fn payload_closes_a_batch() {
        let mut line = line(10);
        for row in &mut line.waiting {
            (row.data, row.booked) = (1 << 20, (1 << 20) + 3);
        }
        let config = LambdaConfig { batching_window_secs: 300, ..LambdaConfig::default() };
        assert_eq!(line.next(&config, Time(0)).unwrap().unwrap().rows.len(), 4);
    }

    /// Facts, streams §10: `MaximumRecordAgeInSeconds`.
    #[test]
    fn old_records_leave_the_batch() {
        let config = LambdaConfig { limits_record_age: true, record_age_secs: 60, ..limited(0) };
        let mut batch = piece(0..4, 0);
        assert_eq!(expire(&mut batch, &config, Time(60_000_002)), Some(piece(0..2, 0)));
        assert_eq!(batch, piece(2..4, 0));
    }
}
