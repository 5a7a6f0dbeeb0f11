//! The two calls of Amazon Data Firehose that carry records (botocore 1.44.5, `firehose`).

use scenario::kind::PutApi;
use serde_json::{Value, json};

use crate::api::request::Request;
use crate::api::{Done, blob};
use crate::control::Refusal;
use crate::engine::Engine;

pub(super) fn put_record(engine: &mut Engine, request: &Request) -> Done {
    let data = request.body.get("Record").map(data).unwrap_or_default();
    let name = request.needed("DeliveryStreamName");
    let (results, encrypted) = engine.put_to_firehose(name, &[data], PutApi::PutRecord)?;
    let stored = results.into_iter().flatten().next().unwrap_or_default();
    Ok(json!({ "RecordId": record_id(stored), "Encrypted": encrypted }))
}

pub(super) fn put_record_batch(engine: &mut Engine, request: &Request) -> Done {
    let data: Vec<Vec<u8>> = request.list("Records").iter().map(data).collect();
    let name = request.needed("DeliveryStreamName");
    let (results, encrypted) = engine.put_to_firehose(name, &data, PutApi::PutRecords)?;
    let failed = results.iter().filter(|result| result.is_err()).count();
    let line = |result: Result<u64, Refusal>| match result {
        Ok(stored) => json!({ "RecordId": record_id(stored) }),
        Err(refusal) => {
            json!({ "ErrorCode": refusal.code.name(), "ErrorMessage": refusal.message })
        }
    };
    let lines: Vec<Value> = results.into_iter().map(line).collect();
    Ok(json!({ "FailedPutCount": failed, "Encrypted": encrypted, "RequestResponses": lines }))
}

fn data(record: &Value) -> Vec<u8> {
    record.get("Data").and_then(Value::as_str).map_or_else(Vec::new, blob::decode)
}

/// A text nobody can read anything from, unique among records.
fn record_id(record: u64) -> String {
    let parts = (0..21_u64).flat_map(|part| base::hash::mix(record ^ (part << 48)).to_be_bytes());
    blob::encode(&parts.collect::<Vec<u8>>())
}
