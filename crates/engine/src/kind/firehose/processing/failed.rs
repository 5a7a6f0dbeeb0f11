//! Records a step could not work on: one JSON document each under the error prefix, with the fields
//! the developer guide names (facts, firehose §3 to §5).

use base::Time;
use serde_json::{Value, json};

use super::super::Firehose;
use super::Item;
use crate::api::base64;
use crate::batch::Record;
use crate::call::{ACCOUNT, REGION};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;

/// `error-output-type` of the function and of partition keys.
pub(super) const PROCESSING: &str = "processing-failed";
/// Of records beyond the quota of partitions.
pub(super) const EXCEEDED: &str = "activePartitionExceeded";
/// Of records that do not fit the schema.
pub(in super::super) const CONVERSION: &str = "format-conversion-failed";

/// Why a step failed, in AWS's words.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Fault<'a> {
    /// `Lambda.FunctionTimedOut`.
    pub(super) code: &'a str,
    pub(super) message: &'a str,
    /// `attemptsMade`.
    pub(super) attempts: u32,
    /// What the log of the function says; nothing of it is in the object.
    pub(super) log: &'a str,
}

impl Firehose {
    /// Sets a record aside that the function, or the search for keys, could not work on.
    pub(super) fn reject(
        &mut self,
        (kind, reason): (&'static str, Reason),
        item: &Item,
        fault: Fault<'_>,
        ctx: &mut Ctx<'_>,
    ) {
        let Fault { code, message, attempts, log } = fault;
        let logged = if log.is_empty() { String::new() } else { format!(". Its log: {log}") };
        self.note_failure(reason, &format!("{code}: {message}{logged}"), ctx);
        let record = item.record();
        let mut document = json!({
            "attemptsMade": attempts,
            "arrivalTimestamp": ctx.wall_millis(item.arrived),
            "errorCode": code,
            "errorMessage": message,
            "attemptEndingTimestamp": ctx.wall_millis(ctx.now()),
            "rawData": raw_data(record),
        });
        if reason == Reason::TransformFailed {
            document["lambdaArn"] = Value::from(self.function_arn(ctx));
        }
        self.write_down(kind, &document, (record, item.arrived), ctx);
    }

    /// Sets a record aside that does not fit the schema of the conversion.
    pub(super) fn reject_row(
        &mut self,
        (record, arrived): (&Record, Time),
        (code, message): (&str, &str),
        ctx: &mut Ctx<'_>,
    ) {
        self.note_failure(Reason::NotConverted, &format!("{code}: {message}"), ctx);
        let account = ACCOUNT;
        let (database, table) = self.life().table(&ctx.name());
        let document = json!({
            "attemptsMade": 1,
            "arrivalTimestamp": ctx.wall_millis(arrived),
            "lastErrorCode": code,
            "lastErrorMessage": message,
            "attemptEndingTimestamp": ctx.wall_millis(ctx.now()),
            "rawData": raw_data(record),
            "sequenceNumber": format!("{:056}", record.id.0),
            "subSequenceNumber": 0,
            "dataCatalogTable": {
                "catalogId": account,
                "databaseName": database,
                "tableName": table,
                "region": REGION,
                "versionId": "LATEST",
                "catalogArn": format!("arn:aws:glue:{REGION}:{account}:catalog"),
            },
        });
        self.write_down(CONVERSION, &document, (record, arrived), ctx);
    }

    fn write_down(
        &mut self,
        kind: &'static str,
        document: &Value,
        (record, arrived): (&Record, Time),
        ctx: &mut Ctx<'_>,
    ) {
        let mut line = document.to_string();
        line.push('\n');
        let booked = (1, record.bytes(ctx.keys()));
        self.set_aside(kind, line.as_bytes(), booked, arrived, ctx);
    }

    /// Counts a record that failed and explains the first of each second.
    pub(super) fn note_failure(&mut self, reason: Reason, error: &str, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        self.rejected += 1;
        if self.failure_explained == Some((now.secs(), reason)) {
            return;
        }
        self.failure_explained = Some((now.secs(), reason));
        let limit = match reason {
            Reason::PartitionsExceeded => self.config.partitions_max.into(),
            _ => 0,
        };
        ctx.explain(Cause {
            error: error.into(),
            limit,
            records: 1,
            ..Cause::new(now, ctx.me(), reason)
        });
    }

    fn function_arn(&self, ctx: &Ctx<'_>) -> String {
        let account = ACCOUNT;
        format!("arn:aws:lambda:{REGION}:{account}:function:{}-transform:$LATEST", ctx.name())
    }
}

fn raw_data(record: &Record) -> String {
    let mut data = Vec::new();
    record.append_to(&mut data);
    base64(&data)
}
