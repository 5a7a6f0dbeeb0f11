//! Enhanced fan-out of an application: it registers one consumer under its own name, and each
//! record processor subscribes to its shard (KCL 2.x; facts, streams §3.3 and §9.2).
//!
//! Two workers that believe in the same lease take the subscription from each other, for they
//! share the consumer: the later call wins.

use base::Duration;
use scenario::kind::Retrieval;

use super::worker::{Arrived, Stage};
use super::{CONSUMER, Call, Kcl};
use crate::call::{ApiError, ConsumerStatus, ErrorCode, Request, ShardEvent, StreamConsumer};
use crate::kernel::ctx::Ctx;

/// `FanOutConfig`: the registration backs off for a second (facts, streams §9.2).
const ASK_AGAIN: Duration = Duration::SECOND;
/// A stream refuses an earlier call for the same shard (botocore 1.44.5).
pub(super) const SUBSCRIBE_AGAIN: Duration = Duration::from_secs(5);

impl Kcl {
    /// Registers the application, or deregisters it when it polls from now on.
    pub(super) fn register(&mut self, ctx: &mut Ctx<'_>) {
        let name = ctx.name();
        match self.config.retrieval {
            Retrieval::FanOut => self.ask_consumer(Request::RegisterStreamConsumer { name }, ctx),
            Retrieval::Polling if self.consumer.take().is_some() => {
                self.ask_consumer(Request::DeregisterStreamConsumer { name }, ctx);
            }
            Retrieval::Polling => {}
        }
    }

    /// Other settings of retrieval: record processors go on where they are, in the new way.
    pub(super) fn switch(&mut self, ctx: &mut Ctx<'_>) {
        self.register(ctx);
        for (_, worker) in self.workers.iter_mut() {
            for (_, pump) in worker.pumps.iter_mut() {
                let resumes = pump.place.map(Stage::Resumes);
                if matches!(pump.stage, Stage::Reads(_) | Stage::Listens(_)) {
                    pump.stage = resumes.unwrap_or(Stage::Starts);
                }
                pump.work.next = pump.work.next.and(resumes);
            }
        }
        self.restart_calls(ctx);
    }

    /// Calls to the stream that are on their way are not waited for any more.
    fn restart_calls(&mut self, ctx: &mut Ctx<'_>) {
        let mut waiting = Vec::new();
        for (id, worker) in self.workers.iter_mut() {
            for (shard, pump) in worker.pumps.iter_mut() {
                let is_fetching = matches!(pump.stage, Stage::Starts | Stage::Resumes(_));
                if is_fetching && pump.timer.is_none() && !pump.stalled {
                    pump.call = None;
                    waiting.push((*id, *shard));
                }
            }
        }
        for (worker, shard) in waiting {
            self.again(worker, shard, Duration::ZERO, ctx);
        }
    }

    pub(super) fn ask_consumer(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.wires.stream else { return };
        let token = ctx.send(edge, request);
        self.calls.insert(token, Call::Consumer);
    }

    /// Registered, still being registered, or known by this name already.
    pub(super) fn registered(
        &mut self,
        answer: Result<StreamConsumer, ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        if self.config.retrieval == Retrieval::Polling {
            return;
        }
        match answer {
            Ok(StreamConsumer { id, status: ConsumerStatus::Active, .. }) => {
                self.consumer = Some(id);
            }
            // Asked again, by name.
            Ok(_) | Err(ApiError { code: ErrorCode::ResourceInUse, .. }) => {
                ctx.after(ASK_AGAIN, CONSUMER, 1);
            }
            Err(_) => drop(ctx.after(ASK_AGAIN, CONSUMER, 0)),
        }
    }

    /// The consumer is asked for again.
    pub(super) fn ask_again(&mut self, knows_name: bool, ctx: &mut Ctx<'_>) {
        let name = ctx.name();
        if knows_name {
            self.ask_consumer(Request::DescribeStreamConsumer { name }, ctx);
        } else {
            self.register(ctx);
        }
    }

    /// Asks for a position to read from: an iterator, or a subscription.
    pub(super) fn open(&mut self, worker: u32, shard: u32, iterator: Request, ctx: &mut Ctx<'_>) {
        match self.config.retrieval {
            Retrieval::Polling => self.send(worker, shard, iterator, ctx),
            Retrieval::FanOut => {
                match crate::kind::reader::subscription(self.consumer, &iterator) {
                    Some(request) => self.send(worker, shard, request, ctx),
                    None => self.again(worker, shard, ASK_AGAIN, ctx),
                }
            }
        }
    }

    /// The stream pushed.
    pub(super) fn heard(&mut self, worker: u32, shard: u32, event: ShardEvent, ctx: &mut Ctx<'_>) {
        let ShardEvent { batch, next, behind_micros, skipped, last } = event;
        let Some(pump) = self.pump(worker, shard) else { return };
        let Stage::Listens(subscription) = pump.stage else { return };
        let first = batch.slices.first().map(|slice| slice.block.before + u64::from(slice.from));
        let from = first.or(next).or(pump.place).unwrap_or(0);
        let next = next.map(|place| match last {
            true => Stage::Resumes(place),
            false => Stage::Listens(subscription),
        });
        let arrived = Arrived { batch, from, next, behind_micros, skipped };
        self.received(worker, shard, arrived, ctx);
    }

    /// A subscription was refused, or broke.
    pub(super) fn unsubscribed(&mut self, worker: u32, shard: u32, ctx: &mut Ctx<'_>) {
        let Some(pump) = self.pump(worker, shard) else { return };
        pump.failures += 1;
        pump.stage = pump.place.map_or(Stage::Starts, Stage::Resumes);
        self.again(worker, shard, SUBSCRIBE_AGAIN, ctx);
    }
}
