//! Data calls of a caller without a wire: `PutRecord`, `PutRecords`, `GetShardIterator` and
//! `GetRecords`. They act at once, at the current simulated time.
//!
//! Reading leaves the books alone: the records stay where they are, and who looked is outside of
//! the picture.

use base::calendar::Civil;
use base::units::KIB;
use base::{NodeId, Time};
use scenario::kind::{PutApi, StartAt};

use super::{Refusal, ShardId, invalid, not_found};
use crate::call::{ApiError, ErrorCode, ShardIterator};
use crate::cause::Reason;
use crate::engine::{Engine, RecordView};
use crate::kind::stream::direct::PutEntry;
use crate::kind::stream::lifecycle::Status;
use crate::kind::stream::read::{ITERATOR_LIFE, Wanted};
use crate::kind::stream::sequence::Decoded;
use crate::kind::stream::turns::Caller;
use crate::kind::stream::{SequenceNumber, Stream};

/// Where an entry was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `ShardId`.
    pub shard: ShardId,
    /// `SequenceNumber`.
    pub sequence_number: SequenceNumber,
}

/// Where reading begins, as a caller says it.
#[derive(Clone, Copy, Debug)]
pub struct Position<'a> {
    /// `ShardIteratorType` or `Type`.
    pub start: StartAt,
    /// `StartingSequenceNumber` or `SequenceNumber`.
    pub sequence_number: Option<&'a str>,
    /// `Timestamp`, in milliseconds since 1970 UTC.
    pub timestamp_millis: Option<u64>,
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
        let entries = [entry];
        let (id, _) = self.check_put(name, &entries, ordering)?;
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
        let (id, _) = self.check_put(name, entries, None)?;
        self.put_all(name, id, entries, PutApi::PutRecords)
    }

    /// Whether `PutRecord` or `PutRecords` would store something, but for throttling: nothing
    /// happens.
    ///
    /// # Errors
    /// As the calls.
    pub fn try_put(
        &self,
        name: &str,
        entries: &[PutEntry],
        ordering: Option<&str>,
    ) -> Result<(), Refusal> {
        let (id, stream) = self.check_put(name, entries, ordering)?;
        let (fault, now) = (self.kernel.faults.key(id, self.now()), self.now());
        self.check_key(name, stream.write_key_refusal(fault, now))
    }

    fn check_put(
        &self,
        name: &str,
        entries: &[PutEntry],
        ordering: Option<&str>,
    ) -> Result<(NodeId, &Stream), Refusal> {
        let (id, stream) = self.there(name)?;
        check_sizes(stream, entries)?;
        if entries.iter().map(PutEntry::bytes).sum::<u64>() > self.kernel.limits.request_bytes_max {
            let most = self.kernel.limits.request_bytes_max >> 20;
            return Err(invalid(format!("Records size exceeds {most} MB limit")));
        }
        if ordering.is_some() && stream.settings().spreads() {
            return Err(invalid(format!(
                "SequenceNumberForOrdering cannot be used with stream {name}: its \
                 RecordDistributionStrategy is AUTO."
            )));
        }
        let now_secs = self.wall_millis(self.now()) / 1_000;
        // A child of a split or a merge takes records before the second its numbers begin with.
        let began = |number: &Decoded| {
            let at = usize::try_from(number.shard).ok()?;
            stream.shards().get(at).map(|shard| shard.created_secs)
        };
        let fits = |text: &str| {
            let number = Decoded::parse(text);
            number.is_some_and(|it| it.secs <= began(&it).unwrap_or(0).max(now_secs))
        };
        match ordering.filter(|text| !fits(text)) {
            None => Ok((id, stream)),
            Some(text) => Err(invalid(format!(
                "ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {name} under \
                 account {} is invalid.",
                self.account.id
            ))),
        }
    }

    fn check_key(&self, name: &str, refusal: Option<(Reason, ErrorCode)>) -> Result<(), Refusal> {
        let error = refusal.map(|(reason, code)| ApiError { reason, code, shard: 0 });
        error.map_or(Ok(()), |error| Err(self.worded(name, error)))
    }

    fn put_all(
        &mut self,
        name: &str,
        id: NodeId,
        entries: &[PutEntry],
        api: PutApi,
    ) -> Result<Vec<Result<Stored, Refusal>>, Refusal> {
        let limited = self.account.throttling;
        let results = self.with_stream(id, |stream, ctx| match stream.broken(ctx) {
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
    /// Unknown stream or shard, a number where none belongs or the other way round, a number of
    /// another shard or of none, a time that is missing or in the future, or a throttled shard.
    pub fn get_shard_iterator(
        &mut self,
        name: &str,
        shard: &str,
        start: StartAt,
        sequence_number: Option<&str>,
        timestamp_millis: Option<u64>,
    ) -> Result<ShardIterator, Refusal> {
        let position = Position { start, sequence_number, timestamp_millis };
        let (id, wanted) = self.place("GetShardIterator", (name, shard), position)?;
        let limited = self.account.throttling;
        let found = self.with_stream(id, |stream, ctx| stream.iterator(wanted, limited, ctx));
        found.map_err(|error| self.worded(name, error))
    }

    /// The place in a shard that a call asks for; nothing happens.
    ///
    /// # Errors
    /// As [`Engine::get_shard_iterator`], but for throttling.
    pub(crate) fn place(
        &self,
        operation: &str,
        (name, shard): (&str, &str),
        position: Position<'_>,
    ) -> Result<(NodeId, Wanted), Refusal> {
        let Position { start, sequence_number, timestamp_millis } = position;
        let index = self.shard_id(name, shard)?;
        let missing = || self.no_such_shard(name, index);
        let (id, stream) = self.stream(name).map_err(|_stream| missing())?;
        let there = stream.life().ready;
        let listed = stream.shards().get(index.0 as usize).filter(|_| there);
        let listed = listed.filter(|it| stream.is_listed(it, self.now())).ok_or_else(missing)?;
        let (shard, created_secs) = (listed.index, listed.created_secs);
        let mut wanted = Wanted { shard, start, timestamp: Time::ZERO, sequence_index: 0 };
        match (start, sequence_number) {
            (StartAt::TrimHorizon | StartAt::Latest, Some(_)) => {
                return Err(mismatched(start, "also a"));
            }
            (StartAt::AtSequenceNumber | StartAt::AfterSequenceNumber, None) => {
                return Err(mismatched(start, "no"));
            }
            (_, Some(text)) => {
                let of = (operation, name, index);
                let number = self.check_sequence(of, created_secs, text)?;
                // Behind a record begins what begins at a number between it and the next one.
                if number.is_between {
                    wanted.start = StartAt::AfterSequenceNumber;
                }
                wanted.sequence_index = match (&stream.numbering, wanted.start) {
                    (None, _) => number.index,
                    (Some(it), StartAt::AtSequenceNumber) => it.position(shard, number.index),
                    (Some(it), _) => it.position(shard, number.index + 1).saturating_sub(1),
                };
            }
            (StartAt::TrimHorizon | StartAt::Latest | StartAt::AtTimestamp, None) => {}
        }
        if start == StartAt::AtTimestamp {
            wanted.timestamp = self.check_timestamp(timestamp_millis)?;
        }
        Ok((id, wanted))
    }

    fn no_such_shard(&self, name: &str, shard: ShardId) -> Refusal {
        let account = &self.account.id;
        not_found(format!("Shard {shard} in stream {name} under account {account} does not exist"))
    }

    fn check_sequence(
        &self,
        (operation, name, shard): (&str, &str, ShardId),
        created_secs: u64,
        text: &str,
    ) -> Result<Decoded, Refusal> {
        let why = match Decoded::parse(text) {
            None => ".",
            Some(number) if number.shard != i64::from(shard.0) => {
                return Err(invalid(format!(
                    "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call \
                     to a shard with {shard}",
                    number.shard_id()
                )));
            }
            Some(Decoded { layout: 0, .. }) => {
                let (code, message) = (ErrorCode::InternalFailure, String::new());
                return Err(Refusal { code, message });
            }
            Some(number) if number.layout != 2 || number.created_secs != created_secs => {
                " because it did not come from this stream."
            }
            Some(number) => return Ok(number),
        };
        Err(invalid(format!(
            "StartingSequenceNumber {text} used in {operation} on shard {shard} in stream {name} \
             under account {} is invalid{why}",
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
        let missing = |_stream| self.no_such_shard(name, ShardId(iterator.shard));
        let (id, _) = self.there(name).map_err(missing)?;
        let caller = self.account.throttling.then_some(Caller::Api);
        let found = self.with_stream(id, |stream, ctx| match stream.broken(ctx) {
            Some(error) => Err(error),
            None => stream.fetch(iterator, limit, caller, ctx),
        });
        let (got, offset) = found.map_err(|error| match error.code {
            ErrorCode::ExpiredIterator => self.expired(iterator.issued),
            _ => self.worded(name, error),
        })?;
        let (_, stream) = self.stream(name)?;
        // The end of a closed shard shows when nothing is left to answer (kinesalite's tests).
        let issued = self.now();
        let next = ShardIterator { shard: iterator.shard, offset, issued };
        let next = got.next.or_else(|| (!got.batch.is_empty()).then_some(next));
        let records = stream.record_views(&got.batch, iterator.shard, &self.kernel);
        Ok(Records { records, next, millis_behind: got.behind_micros / 1_000 })
    }

    /// Whether `GetRecords` would answer, but for throttling: nothing happens.
    ///
    /// # Errors
    /// As [`Engine::get_records`].
    pub fn try_get(&self, name: &str, iterator: ShardIterator) -> Result<(), Refusal> {
        let missing = || self.no_such_shard(name, ShardId(iterator.shard));
        let (id, stream) = self.there(name).map_err(|_stream| missing())?;
        let now = self.now();
        stream.shards().get(iterator.shard as usize).ok_or_else(missing)?;
        if now.since(iterator.issued) > ITERATOR_LIFE {
            return Err(self.expired(iterator.issued));
        }
        self.check_key(name, stream.read_key_refusal(self.kernel.faults.key(id, now), now))
    }

    /// A stream that takes data calls: one whose creation is done.
    fn there(&self, name: &str) -> Result<(NodeId, &Stream), Refusal> {
        let found = self.stream(name)?;
        if found.1.life().ready {
            return Ok(found);
        }
        Err(self.no_stream(name))
    }

    fn expired(&self, issued: Time) -> Refusal {
        let [then, now] = [issued, self.now()].map(|at| java_date(self.wall_millis(at)));
        let message = format!(
            "Iterator expired. The iterator was created at time {then} while right now it is \
             {now} which is further in the future than the tolerated delay of 300000 milliseconds."
        );
        Refusal { code: ErrorCode::ExpiredIterator, message }
    }

    /// When a stream was made.
    pub(crate) fn created(&self, name: &str) -> Result<Time, Refusal> {
        self.stream(name).map(|(_, stream)| stream.life().created)
    }

    /// That a stream takes records: it is `ACTIVE` or `UPDATING` (facts, streams §14.3). From one
    /// that is being deleted AWS may take some for a while.
    ///
    /// # Errors
    /// It does not.
    pub fn check_takes_records(&self, name: &str) -> Result<(), Refusal> {
        let (_, stream) = self.there(name)?;
        if stream.life().status != Status::Deleting {
            return Ok(());
        }
        Err(self.no_stream(name))
    }

    pub(crate) fn worded(&self, name: &str, error: ApiError) -> Refusal {
        Refusal { code: error.code, message: error.message_in(name, &self.account.id) }
    }

    /// Sets the wall clock at the beginning of simulated time. For engines nothing has happened in
    /// yet: documents bring their own.
    pub fn set_epoch_millis(&mut self, millis: u64) {
        self.kernel.epoch_millis = millis;
    }

    pub(crate) fn wall_millis(&self, at: Time) -> u64 {
        self.kernel.epoch_millis + at.millis()
    }

    pub(crate) fn wall_micros(&self, at: Time) -> u64 {
        self.kernel.epoch_millis * 1_000 + at.0
    }
}

/// `Thu Jan 22 01:22:02 UTC 2015`, as Java prints a date.
fn java_date(millis: u64) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = Civil::at(i64::try_from(millis).unwrap_or(i64::MAX / 1_000) * 1_000, 0);
    let named = |names: &[&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
    };
    let (weekday, month) = (named(&DAYS, at.weekday()), named(&MONTHS, at.month - 1));
    let Civil { year, day, hour, minute, second, .. } = at;
    format!("{weekday} {month} {day:02} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

/// A starting number where none belongs, or none where one does.
fn mismatched(start: StartAt, which: &str) -> Refusal {
    let kind = match start {
        StartAt::TrimHorizon => "TRIM_HORIZON",
        StartAt::Latest => "LATEST",
        StartAt::AtTimestamp => "AT_TIMESTAMP",
        StartAt::AtSequenceNumber => "AT_SEQUENCE_NUMBER",
        StartAt::AfterSequenceNumber => "AFTER_SEQUENCE_NUMBER",
    };
    invalid(format!(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and \
         StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. \
         Request specified {kind} and {which} StartingSequenceNumber."
    ))
}

fn check_sizes(stream: &Stream, entries: &[PutEntry]) -> Result<(), Refusal> {
    let most = u64::from(stream.settings().record_kib_max) * KIB;
    if entries.iter().all(|entry| entry.bytes() <= most) {
        return Ok(());
    }
    let message = format!("A record exceeds the stream's limit of {most} bytes, data and key.");
    Err(Refusal { code: ErrorCode::InvalidArgument, message })
}
