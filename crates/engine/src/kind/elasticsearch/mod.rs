//! Elasticsearch domain: keeps documents by id.
//!
//! A `_bulk` request is decided when it arrives and answered after the latency; each of its items
//! is indexed or fails by itself. An index takes JSON objects and nothing else: other records fail
//! with `mapper_parsing_exception` (facts, firehose §6, OpenSearch), and so do objects that do not
//! fit its mapping.

mod documents;
mod mapping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use base::{Duration, EdgeId, Ratio, VecMap};
use scenario::DataSets;
use scenario::kind::ElasticsearchConfig;
use serde_json::Value;

use self::documents::{Documents, Fate, Write};
use self::mapping::Mapping;
use super::Component;
use crate::batch::Record;
use crate::call::{ApiError, Bulk, BulkOutcome, ErrorCode, Failed, Indexed, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::snapshot::{Counter, EdgeView, Gauge, NodeView, Sheet};

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const INDEXING_RATE: u8 = 0;
    pub(super) const SEARCHABLE: u8 = 1;
    pub(super) const DELETED: u8 = 2;
    pub(super) const REJECTED: u8 = 3;
    pub(super) const ERRORS_5XX: u8 = 4;
}

/// How long a client waits for an answer that never comes; its library names no figure.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Points of the spark.
const SPARK_SECS: u32 = 60;

/// State of a domain.
#[derive(Clone, Debug)]
pub struct Elasticsearch {
    config: ElasticsearchConfig,
    documents: Documents,
    /// By the name of the index.
    mappings: VecMap<Arc<str>, Mapping>,
    unparsed: u64,
    /// Documents that did not fit a mapping.
    misfits: u64,
    rejected: u64,
    /// The second after the one in which a refusal was last explained.
    explained: u64,
}

impl Component for Elasticsearch {
    type Config = ElasticsearchConfig;

    fn new(config: &ElasticsearchConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            documents: Documents::default(),
            mappings: VecMap::default(),
            unparsed: 0,
            misfits: 0,
            rejected: 0,
            explained: 0,
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Request { token, edge, request: Request::Bulk(bulk) } => {
                self.bulk(token, edge, &bulk, ctx);
            }
            Event::Request { .. }
            | Event::Response { .. }
            | Event::Timer { .. }
            | Event::Rewired => {}
        }
    }

    fn reconfigure(&mut self, config: &ElasticsearchConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {
        self.config = config.clone();
    }

    /// Documents are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    fn memory(&self) -> u64 {
        self.documents.memory() + self.mappings.values().map(Mapping::memory).sum::<u64>()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let indexed = kernel.metrics.series(out.id, metric::INDEXING_RATE, SPARK_SECS);
        let last = |at: u8| out.metrics.get(usize::from(at)).map_or(0, |metric| metric.last);
        out.gauges.push(Gauge::Spark {
            label: "indexed",
            value: last(metric::INDEXING_RATE),
            unit: "/s",
            series: indexed.into_iter().map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect(),
            limit: None,
            late: last(metric::REJECTED) + last(metric::ERRORS_5XX) > 0,
        });
        let documents = &self.documents;
        let (indexed, count) = (documents.indexed, documents.count());
        let line = |sign, label, value, bad| Counter { sign, label, value, bad };
        out.gauges.push(Gauge::Counters(vec![
            line("", "indexed", indexed, false),
            line("=", "documents", count, false),
            line("+", "replaced another", indexed - count, false),
            line("", "no JSON object", self.unparsed, true),
            line("", "of another type", self.misfits, true),
        ]));
        out.counters.extend([
            ("documents", count),
            ("indexed", indexed),
            ("distinct records", documents.distinct()),
            ("indexed twice", documents.again),
            ("replaced", indexed - count),
            ("unparsed", self.unparsed),
            ("misfits", self.misfits),
            ("queue full", self.rejected),
        ]);
    }

    fn sheet(&self, _kernel: &Kernel, count: u32) -> Option<Sheet> {
        let newest = self.documents.newest.iter().rev().take(count as usize);
        let columns = &["_id", "_index", "_version", "indexed", "_source"];
        Some(Sheet::new(columns, newest.map(row).collect()))
    }
}

impl Elasticsearch {
    fn bulk(&mut self, token: Token, edge: EdgeId, bulk: &Bulk, ctx: &mut Ctx<'_>) {
        let (harm, rejects) = ctx.harm_entries();
        let latency =
            Duration::from_millis(u64::from(self.config.latency_millis) + harm.extra_millis);
        let all = (bulk.batch.records(), bulk.batch.bytes);
        if harm.fails {
            ctx.count(metric::ERRORS_5XX, 1);
            let error = error(Reason::TargetReject, ErrorCode::NoNodeAvailable);
            self.explain((error, &error.message(&ctx.name())), (all.0, 0), ctx);
            let outcome = BulkOutcome::refused(all, error);
            return ctx.reply(token, latency, Response::Bulk(outcome));
        }
        let mut outcome = BulkOutcome::default();
        for ((row, record), item) in (0..).zip(bulk.batch.rows()).zip(&bulk.items) {
            let bytes = record.bytes(ctx.keys());
            match self.refusal(record, item, rejects, ctx) {
                Some((error, text)) => {
                    outcome.failed.push(Failed { row, error });
                    outcome.told.push(text.into());
                    outcome.left = (outcome.left.0 + 1, outcome.left.1 + bytes);
                }
                None => self.store((record, bytes), (&item.index, item.id.as_deref()), edge, ctx),
            }
        }
        // What stands in the index, and versions that were replaced in it (OpenSearch Service
        // developer guide, cluster metrics).
        let count = self.documents.count();
        ctx.peak(metric::SEARCHABLE, count);
        ctx.peak(metric::DELETED, self.documents.indexed - count);
        if let (Some(first), Some(text)) = (outcome.failed.first(), outcome.told.first()) {
            self.explain((first.error, text), (outcome.left.0, all.0), ctx);
        }
        if harm.lost {
            outcome.error = Some(error(Reason::CallTimeout, ErrorCode::InternalFailure));
        }
        let delay = if harm.lost { ANSWER_TIMEOUT } else { latency };
        ctx.reply(token, delay, Response::Bulk(outcome));
    }

    /// Why an item is not indexed, and the domain's words for it.
    fn refusal(
        &mut self,
        record: &Record,
        item: &Indexed,
        rejects: Ratio,
        ctx: &mut Ctx<'_>,
    ) -> Option<(ApiError, String)> {
        let told = |reason, code| {
            let error = error(reason, code);
            (error, error.message(""))
        };
        if rejects.num > 0 && ctx.rng().chance(rejects) {
            self.rejected += 1;
            ctx.count(metric::REJECTED, 1);
            return Some(told(Reason::BulkQueueFull, ErrorCode::EsRejectedExecution));
        }
        let mut data = Vec::new();
        record.append_to(&mut data);
        let Ok(Value::Object(document)) = serde_json::from_slice(&data) else {
            self.unparsed += 1;
            return Some(told(Reason::DocumentUnparsed, ErrorCode::MapperParsing));
        };
        let index = Arc::clone(&item.index);
        let mapping = self.mappings.get_or_insert_with(index, Mapping::default);
        let (code, text) = mapping.take(item.id.as_deref().unwrap_or_default(), &document).err()?;
        self.misfits += 1;
        Some((error(Reason::MappingConflict, code), text))
    }

    fn store(
        &mut self,
        (record, bytes): (&Record, u64),
        place: (&Arc<str>, Option<&str>),
        edge: EdgeId,
        ctx: &mut Ctx<'_>,
    ) {
        let fate = self.documents.write(record, place, ctx.now());
        ctx.count(metric::INDEXING_RATE, 1);
        let me = ctx.me();
        // A copy that replaces its like is no gain.
        let account = match fate {
            Fate { created: false, first: false } => Account::Dropped(me, Reason::Superseded),
            Fate { .. } => Account::Delivered(me),
        };
        ctx.book(Account::Flight(edge), account, 1, bytes);
    }

    /// The first refusal of each second is explained; `entries` is zero where there is no answer to
    /// single items.
    fn explain(
        &mut self,
        (error, text): (ApiError, &str),
        (failed, entries): (u64, u64),
        ctx: &mut Ctx<'_>,
    ) {
        let few = |count| u32::try_from(count).unwrap_or(u32::MAX);
        ctx.rejected(few(failed));
        let second = ctx.now().secs();
        if self.explained > second {
            return;
        }
        self.explained = second + 1;
        let text = format!("{}: {text}", error.code.name());
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        let (records, entries) = (few(failed), (few(failed), few(entries)));
        ctx.explain(Cause { error: text.into(), records, entries, ..plain });
    }
}

fn error(reason: Reason, code: ErrorCode) -> ApiError {
    ApiError { reason, code, shard: 0 }
}

fn row(write: &Write) -> Vec<String> {
    let Write { at, index, id, version, source } = write;
    vec![
        id.to_string(),
        index.to_string(),
        version.to_string(),
        format!("{}.{:03} s", at.secs(), at.millis() % 1_000),
        String::from_utf8_lossy(source).into_owned(),
    ]
}
