//! Data calls of a caller without a wire: `PutRecord`, `PutRecords`, `GetShardIterator` and
//! `GetRecords`. They act at once, at the current simulated time.
//!
//! Reading leaves the books alone: the records stay where they are, and who looked is outside of
//! the picture.

use base::units::{KIB, MIB};
use base::{NodeId, Time};
use scenario::kind::{PutApi, StartAt};

use super::{Refusal, ShardId, invalid, not_found};
use crate::call::{ApiError, ErrorCode, ShardIterator};
use crate::engine::{Engine, RecordView};
use crate::kind::stream::direct::PutEntry;
use crate::kind::stream::lifecycle::Status;
use crate::kind::stream::read::Wanted;
use crate::kind::stream::{SequenceNumber, Stream};

/// Data and keys of one `PutRecords` call (Kinesis quota page, 2026-11).
const REQUEST_BYTES_MAX: u64 = 10 * MIB;

/// Where an entry was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `ShardId`.
    pub shard: ShardId,
    /// `SequenceNumber`.
    pub sequence_number: SequenceNumber,
}

/// What `GetRecords` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// In order.
    pub records: Vec<RecordView>,
    /// `NextShardIterator`; none at the end of a closed shard.
    pub next: Option<ShardIterator>,
    /// `MillisBehindLatest`.
    pub millis_behind: u64,
}

impl Engine {
    /// `PutRecord`; `ordering` is `SequenceNumberForOrdering`.
    ///
    /// # Errors
    /// Unknown stream, a record that is too large, a number for ordering that is none or lies in
    /// the future, a throttled shard, or a fault on purpose.
    pub fn put_record(
        &mut self,
        name: &str,
        entry: PutEntry,
        ordering: Option<&str>,
    ) -> Result<Stored, Refusal> {
        let (id, stream) = self.there(name)?;
        check_sizes(stream, core::slice::from_ref(&entry))?;
        if let Some(text) = ordering {
            let now_secs = self.wall_millis(self.now()) / 1_000;
            let number = SequenceNumber::parse(text).filter(|number| number.secs <= now_secs);
            number.ok_or_else(|| {
                invalid(format!(
                    "ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {name} \
                     under account {} is invalid.",
                    self.account.id
                ))
            })?;
        }
        let entries = [entry];
        let results = self.put_all(name, id, &entries, PutApi::PutRecord)?;
        results.into_iter().next().expect("an entry has a result")
    }

    /// `PutRecords`: a result for each entry, in their order.
    ///
    /// # Errors
    /// The call as a whole: unknown stream, a record or a request that is too large, or a fault on
    /// purpose.
    pub fn put_records(
        &mut self,
        name: &str,
        entries: &[PutEntry],
    ) -> Result<Vec<Result<Stored, Refusal>>, Refusal> {
        let (id, stream) = self.there(name)?;
        check_sizes(stream, entries)?;
        if entries.iter().map(size).sum::<u64>() > REQUEST_BYTES_MAX {
            return Err(invalid("Records size exceeds 10 MB limit".to_owned()));
        }
        self.put_all(name, id, entries, PutApi::PutRecords)
    }

    fn put_all(
        &mut self,
        name: &str,
        id: NodeId,
        entries: &[PutEntry],
        api: PutApi,
    ) -> Result<Vec<Result<Stored, Refusal>>, Refusal> {
        let limited = self.account.throttling;
        let results = self.with_stream(id, |stream, ctx| match Stream::broken(ctx) {
            Some(error) => Err(error),
            None => Ok(stream.put_entries(entries, api, limited, ctx)),
        });
        let results = results.map_err(|error| self.worded(name, error))?;
        let stored = |number: SequenceNumber| Stored {
            shard: ShardId(number.shard),
            sequence_number: number,
        };
        let outcome = |result: Result<_, ApiError>| {
            result.map(stored).map_err(|error| self.worded(name, error))
        };
        Ok(results.into_iter().map(outcome).collect())
    }

    /// `GetShardIterator`; `sequence_number` is for the two types that need one, and
    /// `timestamp_millis` since 1970 UTC for `AT_TIMESTAMP`.
    ///
    /// # Errors
    /// Unknown stream or shard, a number of another shard or of none, a time that is missing or in
    /// the future, or a throttled shard.
    pub fn get_shard_iterator(
        &mut self,
        name: &str,
        shard: &str,
        start: StartAt,
        sequence_number: Option<&str>,
        timestamp_millis: Option<u64>,
    ) -> Result<ShardIterator, Refusal> {
        let (id, stream) = self.stream(name)?;
        let index = ShardId::parse(shard).filter(|_| stream.life().status != Status::Creating);
        let listed = index.and_then(|id| stream.shards().get(id.0 as usize));
        let listed =
            listed.filter(|shard| stream.is_listed(shard, self.now())).ok_or_else(|| {
                let account = &self.account.id;
                not_found(format!(
                    "Shard {shard} in stream {name} under account {account} does not exist"
                ))
            })?;
        let (shard, created_secs) = (listed.index, listed.created_secs);
        let mut wanted = Wanted { shard, start, timestamp: Time::ZERO, sequence_index: 0 };
        match start {
            StartAt::AtSequenceNumber | StartAt::AfterSequenceNumber => {
                let text = sequence_number.unwrap_or_default();
                let number = self.check_sequence(name, ShardId(shard), created_secs, text)?;
                wanted.sequence_index = number.index;
            }
            StartAt::AtTimestamp => wanted.timestamp = self.check_timestamp(timestamp_millis)?,
            StartAt::TrimHorizon | StartAt::Latest => {}
        }
        let limited = self.account.throttling;
        let found = self.with_stream(id, |stream, ctx| stream.iterator(wanted, limited, ctx));
        found.map_err(|error| self.worded(name, error))
    }

    fn check_sequence(
        &self,
        name: &str,
        shard: ShardId,
        created_secs: u64,
        text: &str,
    ) -> Result<SequenceNumber, Refusal> {
        let why = match SequenceNumber::parse(text) {
            None => ".",
            Some(number) if number.shard != shard.0 => {
                return Err(invalid(format!(
                    "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call \
                     to a shard with {shard}",
                    ShardId(number.shard)
                )));
            }
            Some(number) if number.created_secs != created_secs => {
                " because it did not come from this stream."
            }
            Some(number) => return Ok(number),
        };
        Err(invalid(format!(
            "StartingSequenceNumber {text} used in GetShardIterator on shard {shard} in stream \
             {name} under account {} is invalid{why}",
            self.account.id
        )))
    }

    fn check_timestamp(&self, millis: Option<u64>) -> Result<Time, Refusal> {
        let now = self.wall_millis(self.now());
        match millis {
            None => Err(invalid(
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. \
                 Current request has no timestamp parameter."
                    .to_owned(),
            )),
            Some(millis) if millis > now => Err(invalid(format!(
                "The timestampInMillis parameter cannot be greater than the \
                 currentTimestampInMillis. timestampInMillis: {millis}, \
                 currentTimestampInMillis: {now}"
            ))),
            Some(millis) => Ok(Time(millis.saturating_sub(self.wall_millis(Time::ZERO)) * 1_000)),
        }
    }

    /// `GetRecords`.
    ///
    /// # Errors
    /// Unknown stream or shard, an iterator older than five minutes, or a throttled shard.
    pub fn get_records(
        &mut self,
        name: &str,
        iterator: ShardIterator,
        limit: u32,
    ) -> Result<Records, Refusal> {
        let (id, _) = self.there(name).map_err(|_missing| {
            let (shard, account) = (ShardId(iterator.shard), &self.account.id);
            not_found(format!(
                "Shard {shard} in stream {name} under account {account} does not exist"
            ))
        })?;
        let limited = self.account.throttling;
        let found = self.with_stream(id, |stream, ctx| match Stream::broken(ctx) {
            Some(error) => Err(error),
            None => stream.fetch(iterator, limit, limited, ctx),
        });
        let (got, _) = found.map_err(|error| self.worded(name, error))?;
        let (_, stream) = self.stream(name)?;
        let records = stream.record_views(&got.batch, iterator.shard, &self.kernel);
        Ok(Records { records, next: got.next, millis_behind: got.behind_micros / 1_000 })
    }

    /// A stream that takes data calls: one that is not `CREATING`.
    fn there(&self, name: &str) -> Result<(NodeId, &Stream), Refusal> {
        let found = self.stream(name)?;
        if found.1.life().status != Status::Creating {
            return Ok(found);
        }
        let account = &self.account.id;
        Err(not_found(format!("Stream {name} under account {account} not found.")))
    }

    fn worded(&self, name: &str, error: ApiError) -> Refusal {
        let message = error.message(name).replace(crate::call::ACCOUNT, &self.account.id);
        Refusal { code: error.code, message }
    }

    fn wall_millis(&self, at: Time) -> u64 {
        self.kernel.epoch_millis + at.millis()
    }
}

/// Data plus partition key: what every limit counts (facts, streams §1.2).
fn size(entry: &PutEntry) -> u64 {
    (entry.data.len() + entry.partition_key.len()) as u64
}

fn check_sizes(stream: &Stream, entries: &[PutEntry]) -> Result<(), Refusal> {
    let most = u64::from(stream.settings().record_kib_max) * KIB;
    if entries.iter().all(|entry| size(entry) <= most) {
        return Ok(());
    }
    let message = format!("A record exceeds the stream's limit of {most} bytes, data and key.");
    Err(Refusal { code: ErrorCode::InvalidArgument, message })
}
