//! Records a destination did not take within the retry duration: one JSON document each, with the
//! fields the developer guide names, in the bucket beside it (facts, firehose §6).

use base::Time;
use serde_json::Value;

use super::documents::index_name;
use super::parcel::Failure;
use super::{Cargo, Firehose, Parcel, Target};
use crate::api::base64;
use crate::batch::Record;
use crate::call::ErrorCode;
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;

/// `error-output-type` of failed documents.
pub(super) const DOCUMENTS: &str = "AmazonOpenSearchService-failed";
/// Of failed events.
const EVENTS: &str = "splunk-failed";
/// Of failed requests.
const REQUESTS: &str = "http-endpoint-failed";

impl Firehose {
    /// The retry duration is over: the records go to the bucket beside the destination, unless that
    /// cannot be written either; then the stream pauses.
    #[inline(never)]
    pub(super) fn divert(&mut self, mut parcel: Parcel, ctx: &mut Ctx<'_>) {
        let plain = Cause {
            limit: self.config.retry_secs.into(),
            records: u32::try_from(parcel.object.records).unwrap_or(u32::MAX),
            attempt: (parcel.attempts, 0),
            ..Cause::new(ctx.now(), ctx.me(), Reason::Diverted)
        };
        if self.delivery.bucket_edge.is_none() || self.delivery.bucket.fails {
            let pause = super::dock::backoff(parcel.attempts, ctx);
            let next_try_micros = Some(pause.0);
            ctx.explain(Cause { reason: Reason::DeliveryPaused, next_try_micros, ..plain });
            parcel.is_spent = true;
            let out = &mut self.delivery.out;
            out.backoff = Some((ctx.now(), ctx.now() + pause));
            out.parcels.push_front(parcel);
            return;
        }
        if let Some(Failure { code, text, .. }) = parcel.failures.first() {
            let error = format!("{}: {text}", code.name());
            ctx.explain(Cause { error: error.into(), ..plain });
        }
        let Cargo::Rows(batch) = &parcel.cargo else { return };
        for (row, record) in batch.rows().enumerate() {
            let failure = parcel.failures.get(row).or(parcel.failures.last());
            let arrived = arrived(record, &parcel);
            let mut line = self.line(record, failure, (&parcel, arrived), ctx);
            line.push('\n');
            let booked = (1, record.bytes(ctx.keys()));
            let kind = match self.delivery.target {
                Some(Target::Domain) => DOCUMENTS,
                Some(Target::Collector) => EVENTS,
                _ => REQUESTS,
            };
            self.set_aside(kind, line.as_bytes(), booked, arrived, ctx);
        }
    }

    /// The bucket works again: what waits only for it goes there.
    #[inline(never)]
    pub(super) fn divert_waiting(&mut self, ctx: &mut Ctx<'_>) {
        let out = &mut self.delivery.out;
        if out.call.is_none() && out.parcels.front().is_some_and(|parcel| parcel.is_spent) {
            out.backoff = None;
            if let Some(mut parcel) = out.parcels.pop_front() {
                parcel.is_spent = false;
                self.divert(parcel, ctx);
            }
            self.drive(super::Berth::Out, ctx);
        }
    }

    fn line(
        &self,
        record: &Record,
        failure: Option<&Failure>,
        (parcel, arrived): (&Parcel, Time),
        ctx: &Ctx<'_>,
    ) -> String {
        let mut data = Vec::new();
        record.append_to(&mut data);
        let (code, text) = failure.map_or(("", ""), |it| (shown_code(it), &*it.text));
        let ended = failure.map_or(ctx.now(), |it| it.at);
        let arrived_millis = ctx.wall_millis(arrived);
        let (code, text) = (Value::from(code), Value::from(text));
        let mut line = format!(
            "{{\"attemptsMade\":{},\"arrivalTimestamp\":{arrived_millis},\"errorCode\":{code},\
             \"errorMessage\":{text},\"attemptEndingTimestamp\":{},",
            parcel.attempts,
            ctx.wall_millis(ended),
        );
        let (raw, id) = (base64(&data), record_id(record));
        line.push_str(&match self.delivery.target {
            Some(Target::Domain) => {
                let index = index_name(&self.config, arrived_millis);
                let id = self.document_id(record).map_or(Value::Null, |id| Value::from(&*id));
                let index = Value::from(index);
                format!(
                    "\"esDocumentId\":{id},\"esIndexName\":{index},\"esTypeName\":\"\",\
                     \"rawData\":\"{raw}\"}}"
                )
            }
            Some(Target::Collector) => format!("\"rawData\":\"{raw}\",\"EventId\":\"{id}\"}}"),
            _ => {
                format!("\"rawData\":\"{raw}\",\"subsequenceNumber\":0,\"dataId\":\"{id}\"}}")
            }
        });
        line
    }
}

/// OpenSearch's items have the status of HTTP for a code.
fn shown_code(failure: &Failure) -> &'static str {
    match failure.code {
        ErrorCode::MapperParsing | ErrorCode::EsIllegalArgument => "400",
        ErrorCode::EsRejectedExecution => "429",
        ErrorCode::NoNodeAvailable => "ES.ServiceException",
        code => code.name(),
    }
}

/// How Firehose calls a record: the same in every attempt.
pub(super) fn record_id(record: &Record) -> String {
    format!("{:056}.0", record.id.0)
}

/// When a record arrived, as near as it is known.
pub(super) fn arrived(record: &Record, parcel: &Parcel) -> Time {
    if record.arrival > Time::ZERO { record.arrival } else { parcel.oldest }
}
