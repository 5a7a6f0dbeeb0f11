//! Splunk: an HTTP Event Collector that keeps events.
//!
//! A request is decided when it arrives. Its events are indexed then and acknowledged after the
//! latency, or too late for who waits: what is sent again is indexed again. The raw endpoint makes
//! one event of each line, whatever the records were: bytes that are glued together without a new
//! line are one event. The event endpoint takes JSON objects with a member `event` one behind the
//! other and refuses the whole request otherwise (Splunk, "Format events for HTTP Event
//! Collector").

use base::{Duration, EdgeId, Ring, Time};
use scenario::DataSets;
use scenario::kind::{HecToken, SplunkConfig};
use serde_json::{Deserializer, Value};

use super::Component;
use super::seen::Seen;
use crate::call::{ApiError, ErrorCode, Framing, Post, PostOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::faults::Harm;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::snapshot::{Counter, EdgeView, Gauge, NodeView, Sheet};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const EVENTS: u8 = 0;
    pub(super) const BYTES: u8 = 1;
    pub(super) const REFUSED: u8 = 2;
}

/// Newest events that can be looked at.
const NEWEST_MAX: u32 = 100;
/// How much of each.
const EVENT_BYTES: usize = 1_024;
/// When a request that is refused is answered.
const REFUSED_AFTER: Duration = Duration::from_millis(20);
/// Points of the spark.
const SPARK_SECS: u32 = 60;

/// State of a collector.
#[derive(Clone, Debug)]
pub struct Splunk {
    config: SplunkConfig,
    events: u64,
    records: u64,
    seen: Seen,
    refused: u64,
    late: u64,
    newest: Ring<(Time, Box<str>)>,
}

impl Component for Splunk {
    type Config = SplunkConfig;

    fn new(config: &SplunkConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            events: 0,
            records: 0,
            seen: Seen::default(),
            refused: 0,
            late: 0,
            newest: Ring::new(NEWEST_MAX),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        if let Event::Request { token, edge, request: Request::Post(post) } = event {
            self.post(token, edge, &post, ctx);
        }
    }

    fn reconfigure(&mut self, config: &SplunkConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {
        self.config = config.clone();
    }

    /// Events are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    fn memory(&self) -> u64 {
        self.seen.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let events = kernel.metrics.series(out.id, metric::EVENTS, SPARK_SECS);
        let last = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.last);
        out.gauges.push(Gauge::Spark {
            label: "events",
            value: last(metric::EVENTS),
            unit: "/s",
            series: events.into_iter().map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect(),
            limit: None,
            late: last(metric::REFUSED) > 0,
        });
        let twice = self.records - self.seen.count;
        let line = |label, value, bad| Counter { sign: "", label, value, bad };
        out.gauges.push(Gauge::Counters(vec![
            line("events", self.events, false),
            line("records", self.records, false),
            line("indexed twice", twice, true),
            line("requests refused", self.refused, true),
        ]));
        out.counters.extend([
            ("events", self.events),
            ("records", self.records),
            ("distinct records", self.seen.count),
            ("indexed twice", twice),
            ("requests refused", self.refused),
            ("acknowledged too late", self.late),
        ]);
    }

    fn sheet(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        let newest = self.newest.iter().rev().take(count as usize);
        let row = |(at, event): &(Time, Box<str>)| {
            vec![format!("{}.{:03} s", at.secs(), at.millis() % 1_000), event.to_string()]
        };
        Some(Sheet::new(&["indexed", "event"], newest.map(row).collect()))
    }
}

impl Splunk {
    fn post(&mut self, token: Token, edge: EdgeId, post: &Post, ctx: &mut Ctx<'_>) {
        let harm = ctx.harm();
        if let Some(refusal) = self.refusal(harm, post) {
            self.refused += 1;
            ctx.count(metric::REFUSED, 1);
            self.explain(refusal.error, post, ctx);
            return ctx.reply(token, REFUSED_AFTER, Response::Post(refusal));
        }
        self.take(edge, post, ctx);
        let latency =
            Duration::from_millis(u64::from(self.config.ack_latency_millis) + harm.extra_millis);
        let is_late = harm.lost || latency > post.patience;
        self.late += u64::from(is_late);
        let (reason, code) = (Reason::AckTimeout, ErrorCode::SplunkAckTimeout);
        let error = is_late.then_some(ApiError { reason, code, shard: 0 });
        let status = if is_late { 0 } else { 200 };
        let delay = latency.min(post.patience);
        let delay = if is_late { post.patience } else { delay };
        ctx.reply(token, delay, Response::Post(PostOutcome { status, error, taken: true }));
    }

    /// Why nothing of a request is indexed (facts, firehose §6, Splunk).
    fn refusal(&self, harm: Harm, post: &Post) -> Option<PostOutcome> {
        let (status, code) = match self.config.token {
            _ if harm.down => (0, ErrorCode::SplunkConnectionTimeout),
            _ if harm.fails => (503, ErrorCode::SplunkServerError),
            HecToken::Invalid => (403, ErrorCode::SplunkInvalidToken),
            HecToken::Disabled => (403, ErrorCode::SplunkDisabledToken),
            HecToken::Valid if !self.config.indexer_ack => (400, ErrorCode::SplunkDisabledAck),
            HecToken::Valid if !is_well_formed(post) => (400, ErrorCode::SplunkInvalidDataFormat),
            HecToken::Valid => return None,
        };
        let error = ApiError { reason: Reason::TargetReject, code, shard: 0 };
        Some(PostOutcome { status, error: Some(error), taken: false })
    }

    fn take(&mut self, edge: EdgeId, post: &Post, ctx: &mut Ctx<'_>) {
        let (records, bytes) = (post.batch.records(), post.batch.bytes);
        ctx.book(Account::Flight(edge), Account::Delivered(ctx.me()), records, bytes);
        self.records += records;
        for record in post.batch.rows() {
            self.seen.insert(record.id.0);
        }
        let body = body(post);
        let (now, before) = (ctx.now(), self.events);
        match post.framing {
            Framing::Event => {
                for value in Deserializer::from_slice(&body).into_iter::<Value>() {
                    let event = value.unwrap_or_default();
                    let text = event.get("event").map(shown).unwrap_or_default();
                    self.keep(now, text.as_bytes());
                }
            }
            Framing::Raw | Framing::Records => {
                for line in body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    self.keep(now, line);
                }
            }
        }
        ctx.count(metric::EVENTS, self.events - before);
        ctx.count(metric::BYTES, post.body_bytes);
    }

    fn keep(&mut self, now: Time, event: &[u8]) {
        self.events += 1;
        let shown = &event[..event.len().min(EVENT_BYTES)];
        self.newest.push((now, String::from_utf8_lossy(shown).into()));
    }

    fn explain(&self, error: Option<ApiError>, post: &Post, ctx: &mut Ctx<'_>) {
        let Some(error) = error else { return };
        let records = u32::try_from(post.batch.records()).unwrap_or(u32::MAX);
        ctx.rejected(records);
        let text = format!("{}: {}", error.code.name(), error.message(&ctx.name()));
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        ctx.explain(Cause { error: text.into(), records, ..plain });
    }
}

/// The records glued together.
fn body(post: &Post) -> Vec<u8> {
    let mut body = Vec::new();
    for record in post.batch.rows() {
        record.append_to(&mut body);
    }
    body
}

/// Whether the endpoint can read the body: the raw one reads anything.
fn is_well_formed(post: &Post) -> bool {
    if post.framing != Framing::Event {
        return true;
    }
    let body = body(post);
    let mut events = Deserializer::from_slice(&body).into_iter::<Value>();
    events.all(|event| event.is_ok_and(|event| event.get("event").is_some()))
}

/// A text as it is, everything else as JSON.
fn shown(event: &Value) -> String {
    event.as_str().map_or_else(|| event.to_string(), str::to_owned)
}
