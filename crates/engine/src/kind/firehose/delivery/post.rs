//! Splunk and HTTP endpoints: one `POST` a parcel (facts, firehose §6).
//!
//! The retry duration begins with the first failure and counts pauses, not the time an answer or
//! an acknowledgement is waited for; an outstanding one is always waited for. An endpoint that
//! answers 413 never gets the request again, and neither does any bucket.

use base::units::MIB;
use base::{Duration, EdgeId};
use scenario::kind::HecEndpoint;
use serde_json::Value;

use super::dock::{Underway, backoff};
use super::parcel::Failure;
use super::{Berth, Cargo, Firehose, Parcel, Target, metric};
use crate::batch::Batch;
use crate::call::{Framing, Post, PostOutcome, Request};
use crate::cause::{Cause, Reason};
use crate::gzip;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::kind::reader::show;
use crate::snapshot::MarkKind;
use crate::wire::http;

/// How long Firehose waits for an HTTP endpoint.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(180);
/// Records of one request to an HTTP endpoint.
const RECORDS_MAX: usize = 10_000;
/// Bytes of its body before compression.
const BODY_BYTES_MAX: u64 = 64 * MIB;
/// The status that ends it all.
const PAYLOAD_TOO_LARGE: u16 = 413;

impl Firehose {
    #[inline(never)]
    pub(super) fn post(
        &self,
        edge: EdgeId,
        batch: &Batch,
        parcel: &Parcel,
        ctx: &mut Ctx<'_>,
    ) -> Token {
        let (framing, patience) = match (self.delivery.target, self.config.hec_endpoint) {
            (Some(Target::Collector), endpoint) => {
                let ack = Duration::from_secs(self.config.hec_ack_timeout_secs.into());
                let is_raw = endpoint == HecEndpoint::Raw;
                (if is_raw { Framing::Raw } else { Framing::Event }, ack)
            }
            _ => (Framing::Records, ANSWER_TIMEOUT),
        };
        let body_bytes = match framing {
            Framing::Raw | Framing::Event => parcel.object.raw_bytes,
            Framing::Records if self.config.http_gzip => {
                let millis = ctx.wall_millis(ctx.now());
                let body = http::body(&parcel.request_id, millis, batch);
                gzip::member(body.as_bytes()).len() as u64
            }
            Framing::Records => body_bytes(batch),
        };
        let attributes = match framing {
            Framing::Records => common_attributes(&self.config.http_attributes).into(),
            Framing::Raw | Framing::Event => "".into(),
        };
        if framing == Framing::Records {
            ctx.count(metric::HTTP_PROCESSED_RECORDS, parcel.object.records);
            ctx.count(metric::HTTP_PROCESSED_BYTES, parcel.object.raw_bytes);
        }
        show(edge, 0, batch, ctx);
        let (batch, request_id) = (batch.clone(), parcel.request_id.clone());
        let post = Post { batch, request_id, framing, attributes, body_bytes, patience };
        ctx.send(edge, Request::Post(post))
    }

    /// The collector acknowledged, the endpoint answered, or neither did in time.
    #[inline(never)]
    pub(super) fn posted(&mut self, call: Underway, outcome: PostOutcome, ctx: &mut Ctx<'_>) {
        let Underway { edge, mut parcel, since, .. } = call;
        let (records, bytes) = parcel.booked();
        let is_splunk = self.delivery.target == Some(Target::Collector);
        let success = if is_splunk { metric::SPLUNK_SUCCESS } else { metric::HTTP_SUCCESS };
        ctx.peak(success, u64::from(outcome.error.is_none()));
        let Some(error) = outcome.error else {
            return self.taken(&parcel, since, ctx);
        };
        let from = if outcome.taken { Account::Copied(ctx.me()) } else { Account::Flight(edge) };
        ctx.book(from, Account::Held(ctx.me()), records, bytes);
        if !is_splunk && outcome.status == PAYLOAD_TOO_LARGE {
            return self.refused_for_good(&parcel, ctx);
        }
        parcel.failures = vec![Failure::new(error, &ctx.name(), ctx.now())];
        if let (Some(failure), 1..) = (parcel.failures.first_mut(), outcome.status) {
            failure.text = format!("{} {}", failure.text, outcome.status).into();
        }
        let window = Duration::from_secs(self.config.retry_secs.into());
        let pause = backoff(parcel.attempts, ctx);
        if parcel.spent + pause > window {
            return self.divert(parcel, ctx);
        }
        self.again(Berth::Out, parcel, error, pause, ctx);
    }

    /// The records are at the destination.
    fn taken(&mut self, parcel: &Parcel, since: base::Time, ctx: &mut Ctx<'_>) {
        let (records, bytes) = (parcel.object.records, parcel.object.raw_bytes);
        self.delivery.out.fails = false;
        self.delivery.delivered += records;
        let age = ctx.now().since(parcel.oldest).secs();
        if self.delivery.target == Some(Target::Collector) {
            ctx.count(metric::SPLUNK_RECORDS, records);
            ctx.count(metric::SPLUNK_BYTES, bytes);
            ctx.peak(metric::SPLUNK_FRESHNESS, age);
            ctx.peak(metric::SPLUNK_ACK_LATENCY, ctx.now().since(since).secs());
        } else {
            ctx.count(metric::HTTP_RECORDS, records);
            ctx.count(metric::HTTP_BYTES, bytes);
            ctx.peak(metric::HTTP_FRESHNESS, age);
        }
    }

    fn refused_for_good(&mut self, parcel: &Parcel, ctx: &mut Ctx<'_>) {
        let (records, bytes) = parcel.booked();
        ctx.drop_held(Reason::PayloadTooLarge, records, bytes);
        ctx.mark(MarkKind::Loss);
        self.delivery.lost += records;
        ctx.explain(Cause {
            records: u32::try_from(records).unwrap_or(u32::MAX),
            attempt: (parcel.attempts, 0),
            ..Cause::new(ctx.now(), ctx.me(), Reason::PayloadTooLarge)
        });
    }

    /// Parcels an HTTP endpoint can take: as many records and bytes as one request may have.
    #[inline(never)]
    pub(super) fn requests(&self, parcel: Parcel, ctx: &Ctx<'_>) -> Vec<Parcel> {
        let Cargo::Rows(batch) = &parcel.cargo else { return vec![parcel] };
        let mut ends = Vec::new();
        let (mut records, mut bytes, mut count) = (0, http::ENVELOPE_BYTES, 0);
        for record in batch.rows() {
            let here = http::record_bytes(record);
            if records == RECORDS_MAX || bytes + here > BODY_BYTES_MAX {
                ends.push(count);
                (records, bytes) = (0, http::ENVELOPE_BYTES);
            }
            (records, bytes, count) = (records + 1, bytes + here, count + 1);
        }
        if ends.is_empty() {
            return vec![parcel];
        }
        ends.push(count);
        let mut begin = 0;
        let mut parts = Vec::new();
        for end in ends {
            let mut at = 0_u64;
            let part = batch.pick(ctx.keys(), &mut |_record| {
                at += 1;
                (begin..end).contains(&(at - 1))
            });
            begin = end;
            let raw_bytes = part.rows().map(|record| u64::from(record.data_bytes())).sum();
            let sealed = (parcel.object.sealed_at, parcel.object.reason);
            parts.push(Parcel::rows(part, raw_bytes, sealed, parcel.oldest));
        }
        parts
    }
}

/// The header of the attributes: `name=value`, one a line.
fn common_attributes(lines: &str) -> String {
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    let member = |(name, value): (&str, &str)| {
        let (name, value) = (Value::from(name.trim()), Value::from(value.trim()));
        format!("{name}:{value}")
    };
    let members: Vec<String> = pairs.map(member).collect();
    match members.is_empty() {
        true => String::new(),
        false => format!("{{\"commonAttributes\":{{{}}}}}", members.join(",")),
    }
}

/// Bytes of the body of a request to an HTTP endpoint.
fn body_bytes(batch: &Batch) -> u64 {
    http::ENVELOPE_BYTES + batch.rows().map(http::record_bytes).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::{NodeId, RecordId, Time};
    use scenario::DataSets;
    use scenario::kind::{Config, FirehoseConfig};

    use super::*;
    use crate::batch::{Block, Record};
    use crate::kernel::Kernel;
    use crate::kind::Component as _;
    use crate::snapshot::Seal;

    /// Facts, firehose §6: 1 to 10,000 records and 64 MiB before compression in one request.
    #[test]
    fn a_parcel_becomes_as_many_requests_as_it_needs() {
        let (mut kernel, node) = (Kernel::new(7, 0), NodeId(1));
        kernel.add_node(node, "to-it", Config::default_of("firehose").unwrap().spec());
        let mut ctx = Ctx::new(&mut kernel, node);
        let firehose = Firehose::new(&FirehoseConfig::default(), &DataSets::default(), &mut ctx);
        let key = ctx.keys_mut().intern("");
        // A megabyte of data is 1,333,336 bytes of Base64: 50 of them stay below 64 MiB.
        for (count, data_bytes, expected) in [
            (10_000, 10, &[10_000][..]),
            (10_001, 10, &[10_000, 1]),
            (50, 1_000_000, &[50]),
            (120, 1_000_000, &[50, 50, 20]),
        ] {
            let chunk = Rc::new(vec![b'x']);
            let record =
                |id| Record::new((RecordId(id), key, Time::ZERO), &chunk, 0..1, data_bytes);
            let block = Block { records: (0..count).map(record).collect(), before: 0 };
            let bytes = count * u64::from(data_bytes);
            let batch = Batch::of(Rc::new(block), bytes);
            let parcel = Parcel::rows(batch, bytes, (Time::ZERO, Seal::Time), Time::ZERO);
            let parts = firehose.requests(parcel, &ctx);
            let counts: Vec<u64> = parts.iter().map(|it| it.object.records).collect();
            assert_eq!(counts, expected);
            assert_eq!(parts.iter().map(|it| it.object.raw_bytes).sum::<u64>(), bytes);
        }
    }
}
