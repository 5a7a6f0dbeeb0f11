//! Registered consumers by call: facts, streams §3.3.

use std::sync::Arc;

use base::NodeId;

use super::data::{Position, Records};
use super::{Refusal, not_found};
use crate::call::{ApiError, ConsumerStatus, ErrorCode, ShardIterator, StreamConsumer};
use crate::engine::Engine;
use crate::kind::stream::fanout::{CREATING_MAX, Subscribe};

/// What `DescribeStreamConsumer` knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerDescription {
    /// In the order of registration.
    pub id: u32,
    /// `ConsumerName`.
    pub name: String,
    /// `ConsumerARN`.
    pub arn: String,
    /// `StreamARN`.
    pub stream_arn: String,
    /// `ConsumerStatus`.
    pub status: ConsumerStatus,
    /// `ConsumerCreationTimestamp`, in Unix seconds.
    pub created_secs: u64,
}

impl Engine {
    /// `RegisterStreamConsumer`: `CREATING` at once, `ACTIVE` after `Account::create_delay`.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, a name that is taken, or too many consumers.
    pub fn register_consumer(
        &mut self,
        stream: &str,
        name: &str,
    ) -> Result<ConsumerDescription, Refusal> {
        let (id, it) = self.active(stream)?;
        let most = self.kernel.consumers_max(it.settings().mode);
        let (how, shared) = ((most, self.account.create_delay), Arc::from(name));
        let made = self.with_stream(id, |it, ctx| it.register(&shared, how, ctx));
        let made = made.map_err(|error| self.about_consumer(stream, name, error))?;
        Ok(self.described(stream, name, made))
    }

    /// `DeregisterStreamConsumer`: its subscriptions end at once. Once more changes nothing.
    ///
    /// # Errors
    /// Unknown stream or consumer.
    pub fn deregister_consumer(&mut self, stream: &str, name: &str) -> Result<(), Refusal> {
        let (id, _) = self.stream(stream)?;
        let delay = self.account.create_delay;
        let gone = self.with_stream(id, |it, ctx| it.deregister(name, delay, ctx));
        gone.map(drop).map_err(|error| self.about_consumer(stream, name, error))
    }

    /// `DescribeStreamConsumer`.
    ///
    /// # Errors
    /// Unknown stream or consumer.
    pub fn describe_consumer(
        &self,
        stream: &str,
        name: &str,
    ) -> Result<ConsumerDescription, Refusal> {
        let (_, it) = self.stream(stream)?;
        let found = it.describe_consumer(name);
        let found = found.map_err(|error| self.about_consumer(stream, name, error))?;
        Ok(self.described(stream, name, found))
    }

    /// `ListStreamConsumers`: in the order of registration.
    ///
    /// # Errors
    /// Unknown stream.
    pub fn list_consumers(&self, stream: &str) -> Result<Vec<ConsumerDescription>, Refusal> {
        let (_, it) = self.stream(stream)?;
        let all = it.consumers().iter();
        Ok(all.map(|one| self.described(stream, &one.name, one.consumer)).collect())
    }

    /// Stream and consumer behind a `ConsumerARN`.
    ///
    /// # Errors
    /// There is no such consumer.
    pub fn consumer_of(&self, arn: &str) -> Result<(String, String), Refusal> {
        let parts = arn.rsplit_once(":stream/").and_then(|(_, rest)| rest.split_once("/consumer/"));
        let named = parts.and_then(|(stream, rest)| Some((stream, rest.rsplit_once(':')?.0)));
        let missing =
            || not_found(format!("Consumer {arn}, account {} not found.", self.account.id));
        let (stream, name) = named.ok_or_else(missing)?;
        let found = self.describe_consumer(stream, name).map_err(|_none| missing())?;
        if found.arn == arn { Ok((stream.to_owned(), name.to_owned())) } else { Err(missing()) }
    }

    /// `SubscribeToShard` of a caller that polls: what the first event tells.
    ///
    /// # Errors
    /// Unknown consumer or shard, a consumer that is not `ACTIVE`, a call too soon after another,
    /// or a number or time that is none.
    pub fn subscribe_to_shard(
        &mut self,
        (stream, name): (&str, &str),
        shard: &str,
        position: Position<'_>,
    ) -> Result<Records, Refusal> {
        let (id, asked) = self.asked((stream, name), shard, position)?;
        let limited = self.account.throttling;
        let got = self.with_stream(id, |it, ctx| it.first_event(asked, limited, ctx));
        let (batch, next, behind) =
            got.map_err(|error| self.about_consumer(stream, name, error))?;
        let (_, it) = self.stream(stream)?;
        let records = it.record_views(&batch, asked.wanted.shard, &self.kernel);
        Ok(Records { records, next, millis_behind: behind / 1_000 })
    }

    /// Whether `SubscribeToShard` would answer, but for the limit of calls a second: nothing
    /// happens.
    ///
    /// # Errors
    /// As [`Engine::subscribe_to_shard`].
    pub fn try_subscribe(
        &self,
        (stream, name): (&str, &str),
        shard: &str,
        position: Position<'_>,
    ) -> Result<(), Refusal> {
        let (id, asked) = self.asked((stream, name), shard, position)?;
        let (_, it) = self.stream(stream)?;
        let (fault, now) = (self.kernel.faults.key(id, self.now()), self.now());
        it.try_subscribe(asked, fault, now)
            .map_err(|error| self.about_consumer(stream, name, error))
    }

    fn asked(
        &self,
        (stream, name): (&str, &str),
        shard: &str,
        position: Position<'_>,
    ) -> Result<(NodeId, Subscribe), Refusal> {
        let (id, wanted) = self.place("SubscribeToShard", (stream, shard), position)?;
        let consumer = self.describe_consumer(stream, name)?;
        if consumer.status == ConsumerStatus::Active {
            return Ok((id, Subscribe { consumer: consumer.id, wanted }));
        }
        let message = format!(
            "Consumer {name} of stream {stream} under account {} not ACTIVE, instead in state {}",
            self.account.id,
            consumer.status.word()
        );
        Err(Refusal { code: ErrorCode::ResourceInUse, message })
    }

    /// `ContinuationSequenceNumber` of a position: behind the last record, for
    /// `AT_SEQUENCE_NUMBER` and for `AFTER_SEQUENCE_NUMBER` (botocore 1.44.5).
    ///
    /// # Errors
    /// Unknown stream.
    pub(crate) fn continuation(
        &self,
        stream: &str,
        next: &ShardIterator,
    ) -> Result<String, Refusal> {
        let (_, it) = self.stream(stream)?;
        let secs = self.wall_millis(self.now()) / 1_000;
        let shard = it.shards().get(next.shard as usize);
        let numbering = it.numbering.as_ref();
        let index = numbering.map_or(next.offset, |it| it.number(next.shard, next.offset));
        let number = shard.map(|shard| shard.sequence_number(index, secs).behind());
        Ok(number.unwrap_or_default())
    }

    fn described(&self, stream: &str, name: &str, it: StreamConsumer) -> ConsumerDescription {
        let stream_arn = self.account.stream_arn(stream);
        ConsumerDescription {
            id: it.id,
            name: name.to_owned(),
            arn: format!("{stream_arn}/consumer/{name}:{}", it.created_secs),
            stream_arn,
            status: it.status,
            created_secs: it.created_secs,
        }
    }

    /// Which of the two limits on its consumers a stream has reached.
    fn consumers_had(&self, stream: &str) -> String {
        let Ok((_, it)) = self.stream(stream) else { return "no room for consumers".to_owned() };
        let most = self.kernel.consumers_max(it.settings().mode);
        if it.consumers().len() >= most as usize {
            format!("{most} registered consumers")
        } else {
            format!("{CREATING_MAX} consumers in state CREATING")
        }
    }

    fn about_consumer(&self, stream: &str, name: &str, error: ApiError) -> Refusal {
        let account = &self.account.id;
        let message = match error.code {
            ErrorCode::ResourceInUse if error.shard == u32::MAX => {
                format!(
                    "Consumer {name} of stream {stream} under account {account} already exists."
                )
            }
            ErrorCode::LimitExceeded if error.shard == u32::MAX => {
                let has = self.consumers_had(stream);
                format!("Stream {stream} under account {account} already has {has}.")
            }
            ErrorCode::ResourceNotFound => {
                format!("Consumer {name}, account {account} not found.")
            }
            _ => error.message_in(stream, account),
        };
        Refusal { code: error.code, message }
    }
}
