//! The `Lambda` processor: records gather until a size or an interval of its own, are handed to the
//! function in one synchronous call, and go on when it has answered (facts, firehose §3).
//!
//! An invocation that fails is made again after a second, which AWS leaves open; when its retries
//! are used up the whole batch goes to the error prefix. An answer that breaks the contract is not
//! asked for again. With a stream as source five invocations a shard run at a time, ten for
//! Splunk; with Direct PUT each batch is invoked at once.

use std::collections::VecDeque;
use std::rc::Rc;

use base::units::MIB;
use base::{Duration, Ratio, Time};
use scenario::kind::{FirehoseConfig, Transform};
use sql::Select;

use super::super::{Firehose, TIMER_FUNCTION, TIMER_INVOCATION, metric};
use super::failed::PROCESSING;
use super::function::{self, Answer, PAYLOAD_MAX, Trouble, payload_bytes};
use super::{Item, made};
use crate::batch::Block;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::snapshot::{self, Race};

/// The longest a function may run.
const TIMEOUT: Duration = Duration::from_secs(300);
/// How long a failed invocation rests.
const RETRY_AFTER: Duration = Duration::SECOND;
/// Identifier, arrival time and names around the data of one record in the request; with a stream
/// as source its metadata as well.
const REQUEST_BYTES: (u64, u64) = (130, 400);
/// Batches waiting for their invocation that stop the reading of a stream.
const WAITING_MAX: usize = 4;

/// A batch in the hands of the function.
#[derive(Clone, Debug)]
struct Invocation {
    items: Vec<Item>,
    /// Invocations begun.
    attempts: u32,
    /// Its answer, or the end of its rest.
    timer: Option<TimerId>,
    /// Its last attempt failed, and it waits for the next one.
    rests: bool,
    began: Time,
}

/// State of the function and the buffer in front of it.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Transformer {
    select: Option<Select>,
    waiting: Vec<Item>,
    data_bytes: u64,
    payload: u64,
    since: Option<Time>,
    timer: Option<TimerId>,
    queue: VecDeque<Invocation>,
    running: Vec<Invocation>,
    /// Invocations that came to an end.
    ended: u64,
    taken: u64,
    ok: u64,
    dropped: u64,
    failed: u64,
}

impl Transformer {
    /// The function with the body of these settings.
    pub(in super::super) fn new(config: &FirehoseConfig) -> Self {
        let mut new = Self::default();
        new.configure(config);
        new
    }

    /// Takes another body.
    #[inline(never)]
    pub(in super::super) fn configure(&mut self, config: &FirehoseConfig) {
        self.select = match config.transform {
            Transform::Sql => sql::parse_select(&config.transform_sql).ok(),
            _ => None,
        };
    }

    /// Records inside.
    pub(in super::super) fn held(&self) -> u64 {
        self.waiting.len() as u64 + self.under_way()
    }

    fn under_way(&self) -> u64 {
        self.queue.iter().chain(&self.running).map(|it| it.items.len() as u64).sum()
    }

    /// Whether so much waits that no more should be read from a stream.
    pub(in super::super) fn has_backlog(&self) -> bool {
        self.queue.len() >= WAITING_MAX
    }

    /// Arrival of the oldest record inside.
    pub(in super::super) fn oldest(&self) -> Option<Time> {
        let batches = self.queue.iter().chain(&self.running).flat_map(|it| it.items.first());
        batches.chain(self.waiting.first()).map(|item| item.arrived).min()
    }

    /// What a card shows of it.
    #[inline(never)]
    pub(in super::super) fn view(
        &self,
        config: &FirehoseConfig,
        (now, running_max): (Time, u32),
    ) -> snapshot::Transform {
        snapshot::Transform {
            body: config.transform.word().into(),
            buffer: Race {
                bytes: self.data_bytes,
                bytes_max: size_max(config),
                micros: self.since.map_or(0, |since| now.since(since).0),
                micros_max: interval(config).0,
                records: self.waiting.len() as u64,
                verdict: String::new(),
            },
            running: (u32::try_from(self.running.len()).unwrap_or(u32::MAX), running_max),
            taken: self.taken,
            ok: self.ok,
            dropped: self.dropped,
            failed: self.failed,
            under_way: self.under_way(),
            attempt: self.running.iter().map(|it| it.attempts).max().unwrap_or(1).max(1),
        }
    }
}

impl Firehose {
    /// Puts a record into the buffer of the function.
    pub(super) fn transform(&mut self, item: Item, ctx: &mut Ctx<'_>) {
        let data_bytes = u64::from(item.record().data_bytes());
        let payload = self.request_bytes(&item);
        if self.transformer.payload + payload > PAYLOAD_MAX {
            self.invoke_waiting(ctx);
        }
        let state = &mut self.transformer;
        state.payload += payload;
        state.data_bytes += data_bytes;
        state.waiting.push(item);
        if state.since.is_none() {
            state.since = Some(ctx.now());
            state.timer = Some(ctx.after(interval(&self.config), TIMER_FUNCTION, 0));
            self.sample_later(ctx);
        }
        if self.transformer.data_bytes >= size_max(&self.config) {
            self.invoke_waiting(ctx);
        }
    }

    /// Bytes of a record in a request.
    fn request_bytes(&self, item: &Item) -> u64 {
        let around = if self.reads_a_stream() { REQUEST_BYTES.1 } else { REQUEST_BYTES.0 };
        payload_bytes(item.record().data_bytes().into(), around)
    }

    /// New hints count for what has gathered.
    #[inline(never)]
    pub(super) fn hint_function(&mut self, ctx: &mut Ctx<'_>) {
        let Some(since) = self.transformer.since else { return };
        let at = since + interval(&self.config);
        self.transformer.timer = Some(ctx.after(at.since(ctx.now()), TIMER_FUNCTION, 0));
        if self.transformer.data_bytes >= size_max(&self.config) {
            self.invoke_waiting(ctx);
        }
    }

    /// The interval of the function ended.
    #[inline(never)]
    pub(in super::super) fn function_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.transformer.timer == Some(id) {
            self.invoke_waiting(ctx);
        }
    }

    /// Hands what has gathered to the function.
    #[inline(never)]
    pub(in super::super) fn invoke_waiting(&mut self, ctx: &mut Ctx<'_>) {
        let state = &mut self.transformer;
        (state.since, state.timer, state.data_bytes, state.payload) = (None, None, 0, 0);
        let items = core::mem::take(&mut state.waiting);
        if items.is_empty() {
            return;
        }
        let new = Invocation { items, attempts: 0, timer: None, rests: false, began: ctx.now() };
        state.queue.push_back(new);
        self.invoke_next(ctx);
    }

    /// Begins as many invocations as may run.
    fn invoke_next(&mut self, ctx: &mut Ctx<'_>) {
        let most = self.running_max(ctx.now()).map_or(usize::MAX, |most| most as usize);
        while self.transformer.running.len() < most {
            let Some(mut next) = self.transformer.queue.pop_front() else { return };
            self.transformer.taken += next.items.len() as u64;
            self.begin(&mut next, ctx);
            self.transformer.running.push(next);
        }
    }

    /// Invocations at a time; Direct PUT has no limit that AWS names (facts, firehose §1.2).
    pub(in super::super) fn running_max(&self, now: Time) -> Option<u32> {
        if !self.reads_a_stream() {
            return None;
        }
        let shards = u32::try_from(self.reader.ages(now).count()).unwrap_or(u32::MAX);
        Some(shards.max(1).saturating_mul(self.delivery.invocations_a_shard()))
    }

    fn begin(&self, invocation: &mut Invocation, ctx: &mut Ctx<'_>) {
        let takes = match self.config.transform {
            Transform::Slow => TIMEOUT,
            _ => Duration::from_millis(self.config.transform_millis.into()).min(TIMEOUT),
        };
        invocation.attempts += 1;
        invocation.rests = false;
        invocation.began = ctx.now();
        invocation.timer = Some(ctx.after(takes, TIMER_INVOCATION, 0));
    }

    /// An invocation ended, or its rest.
    #[inline(never)]
    pub(in super::super) fn invocation_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        let mut running = self.transformer.running.iter();
        let Some(at) = running.position(|it| it.timer == Some(id)) else { return };
        let mut invocation = self.transformer.running.remove(at);
        if invocation.rests {
            self.begin(&mut invocation, ctx);
            self.transformer.running.insert(at, invocation);
            return;
        }
        let answers = self.answers(&invocation, ctx);
        self.transformer.ended += 1;
        ctx.peak(metric::FUNCTION_MILLIS, ctx.now().since(invocation.began).millis());
        ctx.peak(metric::FUNCTION_SUCCESS, u64::from(answers.is_ok()));
        match answers {
            Ok(answers) => self.take_answers(invocation, &answers, ctx),
            Err(trouble) => {
                let retries_left = invocation.attempts <= self.config.transform_retries;
                if trouble.is_retried() && retries_left {
                    let rest = ctx.after(RETRY_AFTER, TIMER_INVOCATION, 0);
                    (invocation.timer, invocation.rests) = (Some(rest), true);
                    self.transformer.running.insert(at, invocation);
                    return;
                }
                self.give_up(&invocation, trouble, ctx);
            }
        }
        self.invoke_next(ctx);
    }

    /// What the function says.
    fn answers(&self, it: &Invocation, ctx: &mut Ctx<'_>) -> Result<Vec<Answer>, Trouble> {
        let config = &self.config;
        let late = Duration::from_millis(config.transform_millis.into()) > TIMEOUT;
        if late || config.transform == Transform::Slow {
            return Err(Trouble::TimedOut);
        }
        // One record of a stream can be too large for a request all alone.
        if it.items.iter().map(|item| self.request_bytes(item)).sum::<u64>() > PAYLOAD_MAX {
            return Err(Trouble::FunctionError);
        }
        let fails = Ratio::percent(config.transform_fail_percent);
        if config.transform == Transform::Fail && ctx.rng().chance(fails) {
            return Err(Trouble::FunctionError);
        }
        let batch: Vec<Vec<u8>> = it.items.iter().map(data_of).collect();
        let micros = ctx.wall_millis(ctx.now()).saturating_mul(1_000);
        let now_micros = i64::try_from(micros).unwrap_or(i64::MAX);
        let world = (ctx.formats(), now_micros, self.transformer.ended);
        function::run(config, self.transformer.select.as_ref(), world, &batch)
    }

    /// Each record goes where the function said.
    fn take_answers(&mut self, it: Invocation, answers: &[Answer], ctx: &mut Ctx<'_>) {
        let me = ctx.me();
        let changed = it.items.iter().zip(answers).filter_map(|(item, answer)| match answer {
            Answer::Ok(data) => Some((item.record(), data.as_slice())),
            _ => None,
        });
        let changed: Vec<_> = changed.collect();
        let block = Rc::new(Block { records: made(&changed, ctx), before: 0 });
        let mut row = 0;
        let (mut ok, mut bytes) = (0, 0);
        for (item, answer) in it.items.into_iter().zip(answers) {
            let booked = item.record().bytes(ctx.keys());
            let next = match answer {
                Answer::Same => item,
                Answer::Ok(_) => {
                    let new = Item { block: Rc::clone(&block), row, arrived: item.arrived };
                    row += 1;
                    ctx.book(Account::Held(me), Account::Folded(me), 1, booked);
                    let made_bytes = new.record().bytes(ctx.keys());
                    ctx.book(Account::Derived(me), Account::Held(me), 1, made_bytes);
                    new
                }
                Answer::Dropped => {
                    ctx.drop_held(Reason::TransformDropped, 1, booked);
                    self.transformer.dropped += 1;
                    ok += 1;
                    continue;
                }
                Answer::Failed => {
                    self.transformer.failed += 1;
                    let kind = (PROCESSING, Reason::TransformFailed);
                    let log = self.function_log(&item, ctx);
                    let fault = function::failed(it.attempts, &log);
                    self.reject(kind, &item, fault, ctx);
                    continue;
                }
            };
            ok += 1;
            bytes += u64::from(next.record().data_bytes());
            self.transformer.ok += 1;
            self.buffer_up(&next, ctx);
        }
        ctx.count(metric::PROCESSED_RECORDS, ok);
        ctx.count(metric::PROCESSED_BYTES, bytes);
    }

    /// What the log of the function says about a record it could not work on: it explains the
    /// first of each second.
    #[inline(never)]
    fn function_log(&self, item: &Item, ctx: &Ctx<'_>) -> String {
        let is_told = self.failure_explained == Some((ctx.now().secs(), Reason::TransformFailed));
        if self.config.transform != Transform::Jq || is_told {
            return String::new();
        }
        match ctx.formats().jq(&self.config.transform_jq, &data_of(item)) {
            Ok(_) => String::new(),
            Err(failure) => failure.message,
        }
    }

    /// The whole batch counts as failed.
    fn give_up(&mut self, it: &Invocation, trouble: Trouble, ctx: &mut Ctx<'_>) {
        self.transformer.failed += it.items.len() as u64;
        for item in &it.items {
            let kind = (PROCESSING, Reason::TransformFailed);
            self.reject(kind, item, trouble.fault(it.attempts), ctx);
        }
    }
}

fn data_of(item: &Item) -> Vec<u8> {
    let mut data = Vec::new();
    item.record().append_to(&mut data);
    data
}

/// `BufferSizeInMBs` in bytes.
fn size_max(config: &FirehoseConfig) -> u64 {
    let Ratio { num, den } = config.transform_buffer_mb;
    u64::from(num) * MIB / u64::from(den)
}

/// `BufferIntervalInSeconds`; like elsewhere, 0 gathers for a second.
fn interval(config: &FirehoseConfig) -> Duration {
    Duration::from_secs(u64::from(config.transform_interval_secs).max(1))
}
