//! The Lambda preprocessor: each batch that was read goes through a function before it becomes rows
//! (facts, analytics §1.3). What the function does is what it does in a Firehose stream.
//!
//! An invocation that fails is made again after a second, three times, as Firehose does; then its
//! records count as `ProcessingFailed`. Those, and all of a batch whose answer breaks the contract,
//! are rows of `error_stream`.

use std::rc::Rc;

use base::units::MIB;
use base::{Duration, Ratio, Time};
use scenario::kind::{FirehoseConfig, SqlApplicationConfig, Transform};
use sql::Select;

use super::source::Incoming;
use super::{SqlApplication, metric, timer};
use crate::batch::Record;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::TimerId;
use crate::kind::firehose::processing::function::{self, Answer, Trouble};
use crate::wire::kpl;

/// The longest a function may run; AWS's is that of Lambda.
const TIMEOUT: Duration = Duration::from_secs(300);
/// How long a failed invocation rests.
const RETRY_AFTER: Duration = Duration::SECOND;
/// How often it is made again.
const RETRIES: u32 = 3;
/// Data of one invocation: 6 MB of payload, Base64 included.
const DATA_BYTES_MAX: u64 = 4 * MIB;
/// Batches that wait beyond which nothing more is read.
const WAITING_MAX: usize = 10_000;

/// A batch in the hands of the function.
#[derive(Clone, Debug)]
struct Invocation {
    items: Vec<Incoming>,
    timer: TimerId,
    attempts: u32,
    began: Time,
    /// Its last attempt failed, and it waits for the next one.
    rests: bool,
}

/// State of the function.
#[derive(Clone, Debug)]
pub(super) struct Function {
    config: FirehoseConfig,
    deaggregates: bool,
    select: Option<Select>,
    waiting: Vec<Incoming>,
    running: Option<Invocation>,
    ended: u64,
}

impl Function {
    pub(super) fn new(config: &SqlApplicationConfig) -> Self {
        let mut new = Self {
            config: FirehoseConfig::default(),
            deaggregates: false,
            select: None,
            waiting: Vec::new(),
            running: None,
            ended: 0,
        };
        new.configure(config);
        new
    }

    /// Takes another body.
    pub(super) fn configure(&mut self, config: &SqlApplicationConfig) {
        self.config = config.function();
        self.deaggregates = config.deaggregate;
        self.select = match config.transform {
            Transform::Sql => sql::parse_select(&config.transform_sql).ok(),
            _ => None,
        };
    }

    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        self.config.transform != Transform::None
    }

    /// Records inside.
    pub(super) fn held(&self) -> u64 {
        let running = self.running.iter().map(|it| it.items.len());
        (self.waiting.len() + running.sum::<usize>()) as u64
    }

    /// Whether so much waits that no more should be read.
    pub(super) fn has_backlog(&self) -> bool {
        self.waiting.len() >= WAITING_MAX || self.running.as_ref().is_some_and(|it| it.rests)
    }

    /// When the oldest invocation began.
    pub(super) fn oldest(&self) -> Option<Time> {
        self.running.as_ref().map(|it| it.began)
    }

    fn takes(&self) -> Duration {
        match self.config.transform {
            Transform::Slow => TIMEOUT,
            _ => Duration::from_millis(self.config.transform_millis.into()).min(TIMEOUT),
        }
    }

    /// What it says.
    fn answers(&self, it: &Invocation, ctx: &mut Ctx<'_>) -> Result<Vec<Answer>, Trouble> {
        let late = Duration::from_millis(self.config.transform_millis.into()) > TIMEOUT;
        if late || self.config.transform == Transform::Slow {
            return Err(Trouble::TimedOut);
        }
        let fails = Ratio::percent(self.config.transform_fail_percent);
        if self.config.transform == Transform::Fail && ctx.rng().chance(fails) {
            return Err(Trouble::FunctionError);
        }
        let data = |it: &Incoming| {
            let mut data = Vec::new();
            it.record.append_to(&mut data);
            data
        };
        let batch: Vec<Vec<u8>> = it.items.iter().map(data).collect();
        let world = (ctx.formats(), ctx.wall_micros(ctx.now()), self.ended);
        function::run(&self.config, self.select.as_ref(), world, &batch)
    }

    /// Lets go of everything.
    pub(super) fn clear(&mut self, ctx: &mut Ctx<'_>) {
        let running = self.running.take().into_iter().flat_map(|it| it.items);
        let items: Vec<Incoming> =
            core::mem::take(&mut self.waiting).into_iter().chain(running).collect();
        let bytes = items.iter().map(|it| it.record.bytes(ctx.keys())).sum();
        ctx.drop_held(Reason::Superseded, items.len() as u64, bytes);
    }
}

impl SqlApplication {
    /// Hands records to the function; they are held.
    pub(super) fn preprocess(&mut self, incoming: Vec<Incoming>, ctx: &mut Ctx<'_>) {
        for it in incoming {
            let users = match self.function.deaggregates {
                true => kpl::user_records(&it.record, ctx),
                false => None,
            };
            let Some(users) = users else {
                self.function.waiting.push(it);
                continue;
            };
            let me = ctx.me();
            ctx.book(Account::Held(me), Account::Folded(me), 1, it.record.bytes(ctx.keys()));
            let bytes = users.iter().map(|(user, _)| user.bytes(ctx.keys())).sum();
            ctx.book(Account::Derived(me), Account::Held(me), users.len() as u64, bytes);
            let place = it.place;
            let made = users.into_iter().map(|(record, _)| Incoming { record, place });
            self.function.waiting.extend(made);
        }
        self.invoke(ctx);
    }

    /// Invokes the function with what waits, unless it runs.
    fn invoke(&mut self, ctx: &mut Ctx<'_>) {
        let function = &mut self.function;
        if function.running.is_some() || function.waiting.is_empty() {
            return;
        }
        let mut bytes = 0;
        let fits = |it: &&Incoming| {
            bytes += u64::from(it.record.data_bytes());
            bytes <= DATA_BYTES_MAX
        };
        let count = function.waiting.iter().take_while(fits).count().max(1);
        let items: Vec<Incoming> = function.waiting.drain(..count).collect();
        let timer = ctx.after(function.takes(), timer::FUNCTION, 0);
        let began = ctx.now();
        function.running = Some(Invocation { items, timer, attempts: 1, began, rests: false });
    }

    /// An invocation ended, or its rest.
    #[inline(never)]
    pub(super) fn function_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        let Some(mut it) = self.function.running.take_if(|it| it.timer == id) else { return };
        if it.rests {
            it.timer = ctx.after(self.function.takes(), timer::FUNCTION, 0);
            (it.attempts, it.rests) = (it.attempts + 1, false);
            self.function.running = Some(it);
            return;
        }
        let answers = self.function.answers(&it, ctx);
        self.function.ended += 1;
        ctx.peak(metric::FUNCTION_MILLIS, self.function.takes().millis());
        ctx.peak(metric::FUNCTION_SUCCESS, u64::from(answers.is_ok()));
        match answers {
            Ok(answers) => self.take_answers(it.items, &answers, ctx),
            Err(trouble) if trouble.is_retried() && it.attempts <= RETRIES => {
                (it.timer, it.rests) = (ctx.after(RETRY_AFTER, timer::FUNCTION, 0), true);
                self.function.running = Some(it);
                return;
            }
            Err(trouble) => {
                let why = trouble.message();
                self.fail(&it.items, why, ctx);
            }
        }
        self.invoke(ctx);
    }

    /// Each record goes where the function said.
    fn take_answers(&mut self, items: Vec<Incoming>, answers: &[Answer], ctx: &mut Ctx<'_>) {
        let me = ctx.me();
        let (mut good, mut failed) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        for (it, answer) in items.into_iter().zip(answers) {
            let booked = it.record.bytes(ctx.keys());
            match answer {
                Answer::Same => good.push(it),
                Answer::Ok(data) => {
                    let record = made(&it.record, data, ctx);
                    ctx.book(Account::Held(me), Account::Folded(me), 1, booked);
                    let made_bytes = record.bytes(ctx.keys());
                    ctx.book(Account::Derived(me), Account::Held(me), 1, made_bytes);
                    good.push(Incoming { record, place: it.place });
                }
                Answer::Dropped => {
                    ctx.drop_held(Reason::TransformDropped, 1, booked);
                    ctx.count(metric::FUNCTION_DROPPED, 1);
                    self.tally.dropped += 1;
                    self.progress.pass(it.place);
                }
                Answer::Failed => failed.push(it),
            }
        }
        good.iter().for_each(|it| bytes += u64::from(it.record.data_bytes()));
        ctx.count(metric::FUNCTION_OK_RECORDS, good.len() as u64);
        ctx.count(metric::FUNCTION_OK_BYTES, bytes);
        self.fail(&failed, "ProcessingFailed status set for record", ctx);
        self.ingest(&good, ctx);
    }

    /// Records the function could not work on.
    fn fail(&mut self, items: &[Incoming], why: &str, ctx: &mut Ctx<'_>) {
        ctx.count(metric::FUNCTION_FAILED, items.len() as u64);
        for it in items {
            self.refuse(it, why, ctx);
        }
        self.settle(ctx);
    }
}

/// A record in the place of another, which lends it key and times.
fn made(of: &Record, data: &[u8], ctx: &mut Ctx<'_>) -> Record {
    ctx.grew(data.len());
    let length = u32::try_from(data.len()).expect("an answer has 6 MB at most");
    let id = ctx.new_records(1);
    let chunk = Rc::new(data.to_vec());
    Record::new((id, of.key, of.born), &chunk, 0..length, length).arrived(of.arrival)
}
