//! Enhanced fan-out of a reader: registering, subscribing, listening (facts, streams §3.3).

use base::Duration;
use scenario::kind::Retrieval;

use super::{Asked, CONSUMER, POLL, Read, Reader, Stage, show};
use crate::call::{ApiError, ConsumerStatus, ErrorCode, Request, ShardEvent, StreamConsumer};
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;

/// A consumer that is not active yet is asked for again this much later (facts, streams §9.2:
/// fan-out registration, back-off).
const ASK_AGAIN: Duration = Duration::SECOND;

impl Reader {
    /// Another way of retrieval goes on where the last one stopped.
    pub(super) fn switch(&mut self, ctx: &mut Ctx<'_>) {
        if self.consumer.take().is_some()
            && let Some(edge) = self.edge
        {
            ctx.send(edge, Request::DeregisterStreamConsumer { name: ctx.name() });
        }
        self.calls.clear();
        for (_, lease) in self.shards.iter_mut() {
            lease.timer = None;
            if matches!(lease.stage, Stage::Reads(_) | Stage::Listens(_)) {
                lease.stage = Stage::Starts;
            }
        }
        self.begin(ctx);
    }

    /// Registers where that is needed, then lists the shards.
    pub(super) fn begin(&mut self, ctx: &mut Ctx<'_>) {
        match self.config.retrieval {
            Retrieval::Polling => self.resume(ctx),
            Retrieval::FanOut => {
                self.ask_consumer(Request::RegisterStreamConsumer { name: ctx.name() }, ctx);
            }
        }
    }

    pub(super) fn ask_consumer(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.edge else { return };
        let token = ctx.send(edge, request);
        self.calls.insert(token, Asked::Consumer);
    }

    /// Goes on with the shards that are known and looks for others.
    fn resume(&mut self, ctx: &mut Ctx<'_>) {
        let shards: Vec<u32> = self.shards.keys().copied().collect();
        for shard in shards {
            self.call(shard, ctx);
        }
        self.list(ctx);
    }

    /// Registered, still being registered, or known by this name already.
    pub(super) fn registered(
        &mut self,
        answer: Result<StreamConsumer, ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        match answer {
            Ok(StreamConsumer { id, status: ConsumerStatus::Active, .. }) => {
                self.consumer = Some(id);
                self.resume(ctx);
            }
            // Asked again, by name.
            Ok(_) | Err(ApiError { code: ErrorCode::ResourceInUse, .. }) => {
                ctx.after(ASK_AGAIN, CONSUMER, 1);
            }
            Err(_) => drop(ctx.after(ASK_AGAIN, CONSUMER, 0)),
        }
    }

    /// The stream pushed: what comes next is asked for when the owner has time.
    pub(super) fn heard(&mut self, shard: u32, event: ShardEvent, ctx: &mut Ctx<'_>) -> Read {
        let ShardEvent { batch, next, behind_micros, skipped, last } = event;
        debug_assert!(batch.is_in_order(), "a shard is pushed in the order it was written");
        if let Some(edge) = self.edge {
            let held = Account::Held(ctx.me());
            ctx.book(Account::Flight(edge), held, batch.records(), batch.bytes);
            show(edge, shard, &batch, ctx);
        }
        if let Some(lease) = self.shards.get_mut(&shard) {
            lease.behind_micros = behind_micros;
            lease.answered = ctx.now();
            lease.failures = 0;
            match next {
                Some(next) => {
                    lease.offset = Some(next);
                    if last {
                        lease.stage = Stage::Starts;
                    }
                    // After the owner heard of the batch and said how long it is busy.
                    lease.timer = Some(ctx.after(Duration::ZERO, POLL, u64::from(shard)));
                }
                None => self.finish(shard, ctx),
            }
        }
        Read::Records { shard, batch, behind_micros, skipped }
    }
}

/// The subscription that begins where an iterator would; none before the consumer is registered.
pub(crate) fn subscription(consumer: Option<u32>, iterator: &Request) -> Option<Request> {
    let Request::GetShardIterator { shard, start, timestamp, sequence_index } = *iterator else {
        return None;
    };
    let consumer = consumer?;
    Some(Request::SubscribeToShard { consumer, shard, start, timestamp, sequence_index })
}
