//! HTTP endpoint: takes requests and answers with the status and the body of the settings.
//!
//! Only an answer with status 200, in JSON, with the same `requestId`, at most 1 MiB, within three
//! minutes is a success; a 200 with anything else counts as a 500, although the records were taken
//! (facts, firehose §6, HTTP endpoint). What comes with a known `requestId` comes again.

use std::sync::Arc;

use base::{Duration, EdgeId, Ring, Time, VecMap};
use scenario::DataSets;
use scenario::kind::{AnswerBody, HttpEndpointConfig};

use super::Component;
use crate::call::{ApiError, ErrorCode, Post, PostOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::faults::Harm;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::snapshot::{Counter, EdgeView, Gauge, NodeView, Sheet};
use crate::wire::http;

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const REQUESTS: u8 = 0;
    pub(super) const RECORDS: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const REFUSED: u8 = 3;
}

/// Newest requests that can be looked at.
const NEWEST_MAX: u32 = 100;
/// Records of each that are shown in its body.
const SHOWN_RECORDS: u64 = 3;
/// Points of the spark.
const SPARK_SECS: u32 = 60;
/// What a known id takes.
const ID_BYTES: u64 = 80;
const OK: u16 = 200;

/// State of an endpoint.
#[derive(Clone, Debug)]
pub struct HttpEndpoint {
    config: HttpEndpointConfig,
    requests: u64,
    records: u64,
    refused: u64,
    /// Requests that were taken, by id, with how often each came.
    ids: VecMap<Arc<str>, u32>,
    again: u64,
    newest: Ring<Got>,
}

/// A request that can be looked at.
#[derive(Clone, Debug)]
struct Got {
    at: Time,
    id: Arc<str>,
    status: u16,
    records: u64,
    body_bytes: u64,
    attributes: Arc<str>,
    body: Box<str>,
}

impl Component for HttpEndpoint {
    type Config = HttpEndpointConfig;

    fn new(config: &HttpEndpointConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            requests: 0,
            records: 0,
            refused: 0,
            ids: VecMap::new(),
            again: 0,
            newest: Ring::new(NEWEST_MAX),
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        if let Event::Request { token, edge, request: Request::Post(post) } = event {
            self.post(token, edge, &post, ctx);
        }
    }

    fn reconfigure(&mut self, config: &HttpEndpointConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {
        self.config = config.clone();
    }

    /// Records are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    fn memory(&self) -> u64 {
        ID_BYTES * self.ids.len() as u64
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let records = kernel.metrics.series(out.id, metric::RECORDS, SPARK_SECS);
        let last = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.last);
        out.gauges.push(Gauge::Spark {
            label: "records",
            value: last(metric::RECORDS),
            unit: "/s",
            series: records.into_iter().map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect(),
            limit: None,
            late: last(metric::REFUSED) > 0,
        });
        let line = |label, value, bad| Counter { sign: "", label, value, bad };
        out.gauges.push(Gauge::Counters(vec![
            line("requests", self.requests, false),
            line("records taken", self.records, false),
            line("requests again", self.again, true),
            line("refused", self.refused, true),
        ]));
        out.counters.extend([
            ("requests", self.requests),
            ("records taken", self.records),
            ("requests again", self.again),
            ("refused", self.refused),
        ]);
    }

    fn sheet(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        let newest = self.newest.iter().rev().take(count as usize);
        let columns =
            &["requestId", "at", "status", "records", "bytes", "common attributes", "body"];
        Some(Sheet::new(columns, newest.map(row).collect()))
    }
}

impl HttpEndpoint {
    fn post(&mut self, token: Token, edge: EdgeId, post: &Post, ctx: &mut Ctx<'_>) {
        let harm = ctx.harm();
        let latency =
            Duration::from_millis(u64::from(self.config.latency_millis) + harm.extra_millis);
        let is_late = harm.lost || latency > post.patience;
        let status = match harm {
            Harm { down: true, .. } => 0,
            Harm { fails: true, .. } => 503,
            Harm { .. } => self.status(),
        };
        let taken = status == OK;
        self.note(post, status, ctx);
        if taken {
            self.take(edge, post, ctx);
        }
        let code = match (is_late, status, self.config.answer) {
            (true, ..) => Some(ErrorCode::HttpRequestTimeout),
            (false, 0, _) => Some(ErrorCode::HttpConnectionFailed),
            (false, OK, AnswerBody::Contract) => None,
            (false, OK, AnswerBody::TooLarge) => Some(ErrorCode::HttpResponseTooLarge),
            (false, OK, _) => Some(ErrorCode::HttpInvalidResponse),
            _ => Some(ErrorCode::HttpDestination),
        };
        let reason = if is_late { Reason::CallTimeout } else { Reason::TargetReject };
        let error = code.map(|code| ApiError { reason, code, shard: 0 });
        if let Some(error) = error {
            self.refuse(error, post, ctx);
        }
        let (status, delay) = if is_late { (0, post.patience) } else { (status, latency) };
        ctx.reply(token, delay, Response::Post(PostOutcome { status, error, taken }));
    }

    fn status(&self) -> u16 {
        u16::try_from(self.config.status).unwrap_or(500)
    }

    fn take(&mut self, edge: EdgeId, post: &Post, ctx: &mut Ctx<'_>) {
        let (records, bytes) = (post.batch.records(), post.batch.bytes);
        ctx.book(Account::Flight(edge), Account::Delivered(ctx.me()), records, bytes);
        self.records += records;
        let times = self.ids.get_or_insert_with(Arc::clone(&post.request_id), || 0);
        *times += 1;
        self.again += u64::from(*times > 1);
        ctx.count(metric::RECORDS, records);
        ctx.count(metric::BYTES, post.body_bytes);
    }

    fn note(&mut self, post: &Post, status: u16, ctx: &mut Ctx<'_>) {
        self.requests += 1;
        ctx.count(metric::REQUESTS, 1);
        let mut rest = SHOWN_RECORDS;
        let shown = post.batch.pick(ctx.keys(), &mut |_record| {
            let is_shown = rest > 0;
            rest = rest.saturating_sub(1);
            is_shown
        });
        let wall_millis = ctx.wall_millis(ctx.now());
        self.newest.push(Got {
            at: ctx.now(),
            id: Arc::clone(&post.request_id),
            status,
            records: post.batch.records(),
            body_bytes: post.body_bytes,
            attributes: Arc::clone(&post.attributes),
            body: http::body(&post.request_id, wall_millis, &shown).into(),
        });
    }

    fn refuse(&mut self, error: ApiError, post: &Post, ctx: &mut Ctx<'_>) {
        self.refused += 1;
        ctx.count(metric::REFUSED, 1);
        let records = u32::try_from(post.batch.records()).unwrap_or(u32::MAX);
        ctx.rejected(records);
        let text = format!("{}: {}", error.code.name(), error.message(&ctx.name()));
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        ctx.explain(Cause { error: text.into(), records, ..plain });
    }
}

fn row(got: &Got) -> Vec<String> {
    let Got { at, id, status, records, body_bytes, attributes, body } = got;
    vec![
        id.to_string(),
        format!("{}.{:03} s", at.secs(), at.millis() % 1_000),
        status.to_string(),
        records.to_string(),
        body_bytes.to_string(),
        attributes.to_string(),
        body.to_string(),
    ]
}
