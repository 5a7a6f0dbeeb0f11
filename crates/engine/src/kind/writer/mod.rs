//! Managed writer: a service that puts records by itself. Its calls are those of an SDK client
//! with the service's own patience.
//!
//! Fidelity: AWS publishes little about these clients; what was chosen stands in the register.

mod envelope;
#[cfg(test)]
mod tests;
mod view;

use base::{Duration, KeyId, RecordId, Rng, Time, VecMap};
use scenario::DataSets;
use scenario::kind::{
    Backoff, Distribution, OnFailure, ProducerConfig, PutApi, RecordsConfig, Service, WriterConfig,
};

pub(super) use self::envelope::uuid;
use self::envelope::{Given, partition_key};
use super::Component;
use super::producer::client::{self, Client};
use super::producer::last::LastPut;
use crate::call::{ErrorCode, Response};
use crate::generate::size;
use crate::generate::source::{Page, Source};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView};

/// What a timer was set for, beside those of the client.
mod timer {
    pub(super) const TICK: u32 = 0;
    pub(super) const GATHERED: u32 = 10;
}

/// The metric behind those of the client.
const SOURCE_EVENTS: u8 = 7;
/// A subscription's record is closed here, before gzip, so that it stays below 1 MiB.
const LOG_BYTES_MAX: usize = 1_000_000;
/// How long CloudWatch Logs tries: 24 hours, at most a minute between attempts.
const LOG_ATTEMPTS: u32 = 24 * 60 + 6;

/// State of a managed writer.
#[derive(Clone, Debug)]
pub struct Writer {
    config: WriterConfig,
    source: Source,
    client: Client,
    /// Log events that gather, as JSON, by log stream: when the first came.
    gathering: VecMap<KeyId, (Time, Vec<u8>)>,
    gathered: Option<(Time, TimerId)>,
    /// The probe of a subscription was sent.
    probed: bool,
    events: u64,
    /// What clients of an API saw: 200, 400, 500.
    statuses: [u64; 3],
    rng: Rng,
    tick: Option<TimerId>,
    ticked: Time,
}

impl Component for Writer {
    type Config = WriterConfig;

    fn new(config: &WriterConfig, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let stream = (1 << 32) | u64::from(ctx.me().0);
        let mut rng = ctx.rng().fork(stream);
        let source = Source::new(&config.records, data, ctx.now(), &mut rng);
        let mut new = Self {
            config: config.clone(),
            source,
            client: Client::new(&patience(config)),
            gathering: VecMap::new(),
            gathered: None,
            probed: false,
            events: 0,
            statuses: [0; 3],
            rng,
            tick: None,
            ticked: ctx.now(),
        };
        new.client.limit_age(age_max(config.service));
        new.arm(ctx);
        new
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { id, code, data } => match code {
                timer::TICK if self.tick == Some(id) => self.on_tick(ctx),
                timer::GATHERED if self.gathered.is_some_and(|(_, timer)| timer == id) => {
                    self.gathered = None;
                    self.send_gathered(ctx);
                }
                timer::TICK | timer::GATHERED => {}
                _ => self.client.on_timer(code, id, data, ctx),
            },
            Event::Response { token, response: Response::Put(outcome), .. } => {
                if !outcome.lost {
                    let status = match outcome.failed.first().map(|failed| failed.error.code) {
                        None => 0,
                        Some(ErrorCode::InternalFailure) => 2,
                        Some(_) => 1,
                    };
                    self.statuses[status] += 1;
                }
                self.client.on_answer(token, outcome, ctx);
            }
            Event::Rewired => {
                self.client.rewire(ctx);
                self.probe(ctx);
            }
            Event::Response { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &WriterConfig, data: &DataSets, ctx: &mut Ctx<'_>) {
        self.source.reconfigure(&config.records, data, ctx.now(), &mut self.rng);
        self.config = config.clone();
        self.client.limit_age(age_max(config.service));
        self.client.reconfigure(&patience(config), ctx);
        self.probe(ctx);
        self.arm(ctx);
    }

    fn held(&self) -> u64 {
        self.client.held()
    }

    fn memory(&self) -> u64 {
        let gathering = self.gathering.values().map(|(_, events)| events.capacity() as u64);
        self.client.memory() + gathering.sum::<u64>()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        view::observe(self, kernel, out);
    }

    fn last_put(&self) -> Option<&LastPut> {
        self.client.last()
    }

    fn check(&self) -> Result<(), String> {
        self.client.check()
    }
}

impl Writer {
    /// Sets the timer for what happens next.
    fn arm(&mut self, ctx: &mut Ctx<'_>) {
        let wait = self.source.wait(self.ticked, ctx.now());
        self.tick = wait.map(|wait| ctx.after(wait, timer::TICK, 0));
    }

    fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        self.ticked = ctx.now();
        let mut births = Vec::new();
        self.source.take(ctx.now(), &mut self.rng, &mut births);
        ctx.count(SOURCE_EVENTS, births.len() as u64);
        let wall_zero = ctx.wall_millis(Time::ZERO);
        let shared = self.source.shared();
        for born in births {
            if ctx.is_halted() {
                break;
            }
            self.events += 1;
            let (wall, mut page) = (wall_zero + born.millis(), Page::default());
            let (key, _) = self.source.write(wall, &mut self.rng, ctx.keys_mut(), &mut page);
            if let Some(len) = page.padded_bytes {
                size::pad(&mut page.data, 0, len);
            }
            let payload = shared.as_deref().unwrap_or(&page.data);
            match self.config.service {
                Service::CloudWatchLogs => self.gather(key, wall, payload, ctx),
                _ => self.pass_on(key, born, wall, payload, ctx),
            }
        }
        self.client.accepted(ctx);
        self.arm(ctx);
    }

    /// A message, an event or a request becomes a record at once.
    fn pass_on(&mut self, key: KeyId, born: Time, wall: u64, payload: &[u8], ctx: &mut Ctx<'_>) {
        let config = &self.config;
        let id = uuid(ctx.rng());
        let topic = format!("{}{}", config.topic_prefix, ctx.keys().text(key));
        let source = config.event_source.as_str();
        let given = Given { id: &id, topic: &topic, source, wall_millis: wall, payload };
        let key = partition_key(&config.partition_key, given);
        let wrapped = match config.service {
            Service::EventBridge => {
                envelope::event(&id, (source, &config.detail_type), wall, payload)
            }
            Service::CloudWatchLogs | Service::IotRule | Service::ApiGateway => payload.to_vec(),
        };
        self.put(&key, born, &wrapped, ctx);
    }

    /// A log event waits for others of its stream.
    fn gather(&mut self, key: KeyId, wall: u64, message: &[u8], ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let (_, events) = self.gathering.get_or_insert_with(key, || (now, Vec::new()));
        envelope::log_event(self.events, wall, message, events);
        ctx.grew(message.len());
        if events.len() >= LOG_BYTES_MAX {
            self.send_gathered(ctx);
        }
        self.watch_gathering(ctx);
    }

    /// Keeps one timer for the stream that has gathered longest.
    fn watch_gathering(&mut self, ctx: &mut Ctx<'_>) {
        let Some(first) = self.gathering.values().map(|(began, _)| *began).min() else { return };
        let due = first + Duration::from_millis(self.config.log_batch_millis.into());
        if self.gathered.is_none_or(|(at, _)| at > due) {
            let timer = ctx.after(due.since(ctx.now()), timer::GATHERED, 0);
            self.gathered = Some((due, timer));
        }
    }

    /// Sends the log events of every stream that has gathered long enough, or too much.
    fn send_gathered(&mut self, ctx: &mut Ctx<'_>) {
        let wait = Duration::from_millis(self.config.log_batch_millis.into());
        let now = ctx.now();
        let ripe =
            |began: Time, events: &[u8]| began + wait <= now || events.len() >= LOG_BYTES_MAX;
        let gathering = core::mem::take(&mut self.gathering).into_vec();
        let group = ctx.name();
        for (stream, (began, events)) in gathering {
            if !ripe(began, &events) {
                self.gathering.insert(stream, (began, events));
                continue;
            }
            let name = ctx.keys().text(stream).clone();
            let record = envelope::data_message(&group, &name, &events);
            let key = match self.config.distribution {
                Distribution::ByLogStream => name.to_string(),
                Distribution::Random => uuid(ctx.rng()),
            };
            self.put(&key, began, &record, ctx);
        }
        self.client.accepted(ctx);
        self.watch_gathering(ctx);
    }

    /// A new subscription first looks whether the stream is there.
    fn probe(&mut self, ctx: &mut Ctx<'_>) {
        let is_subscription = self.config.service == Service::CloudWatchLogs;
        if !is_subscription || self.probed || ctx.edges_out().is_empty() {
            return;
        }
        self.probed = true;
        let record = envelope::control_message(ctx.wall_millis(ctx.now()));
        let key = uuid(ctx.rng());
        self.put(&key, ctx.now(), &record, ctx);
        self.client.accepted(ctx);
    }

    fn put(&mut self, key: &str, born: Time, data: &[u8], ctx: &mut Ctx<'_>) {
        let id = ctx.new_records(1);
        let key_id = ctx.keys_mut().intern(key);
        ctx.keys_mut().touch(key_id);
        self.client.page_mut().data.extend_from_slice(data);
        self.client.accept(RecordId(id.0), key_id, key.len() as u64, born, ctx);
    }
}

/// CloudWatch Logs and `EventBridge` try for 24 hours (their user guides, retry policy).
fn age_max(service: Service) -> Option<Duration> {
    match service {
        Service::CloudWatchLogs | Service::EventBridge => Some(Duration::DAY),
        Service::IotRule | Service::ApiGateway => None,
    }
}

/// The calls of a service: how it batches, and how long it tries.
fn patience(config: &WriterConfig) -> ProducerConfig {
    let once = ProducerConfig {
        records: RecordsConfig::default(),
        api: PutApi::PutRecord,
        linger_millis: 0,
        in_flight_max: 1_000,
        buffer_records_max: 1_000_000,
        on_failure: OnFailure::Ignore,
        ..ProducerConfig::default()
    };
    match config.service {
        Service::CloudWatchLogs => ProducerConfig {
            api: PutApi::PutRecords,
            on_failure: OnFailure::RetryFailed,
            backoff: Backoff::Jitter,
            backoff_millis: 1_000,
            backoff_millis_max: 60_000,
            attempts_max: LOG_ATTEMPTS,
            ..once
        },
        Service::EventBridge => ProducerConfig {
            on_failure: OnFailure::RetryFailed,
            backoff: Backoff::Jitter,
            backoff_millis: 1_000,
            // 185 attempts fill 24 hours.
            backoff_millis_max: 480_000,
            attempts_max: config.retry_attempts_max + 1,
            ..once
        },
        Service::IotRule => once,
        Service::ApiGateway => {
            ProducerConfig { call_timeout_millis: config.integration_timeout_millis, ..once }
        }
    }
}

const _: () = assert!(timer::GATHERED > client::TIMER_MAX, "timers of the client are its own");
