//! The body of a request of Firehose to an HTTP endpoint (developer guide, "HTTP endpoint delivery
//! request and response specifications").

use crate::api::base64;
use crate::batch::{Batch, Record};

/// Bytes of a body with no records; a UUID for an id and a time in this century.
pub(crate) const ENVELOPE_BYTES: u64 = 90;
/// What stands around the data of a record, the comma behind it included.
const AROUND_BYTES: u64 = 12;

/// The whole body.
pub(crate) fn body(request_id: &str, wall_millis: u64, batch: &Batch) -> String {
    let mut body = format!("{{\"requestId\":\"{request_id}\",\"timestamp\":{wall_millis},");
    body.push_str("\"records\":[");
    let mut data = Vec::new();
    for (at, record) in batch.rows().enumerate() {
        data.clear();
        record.append_to(&mut data);
        let comma = if at == 0 { "" } else { "," };
        body.push_str(&format!("{comma}{{\"data\":\"{}\"}}", base64(&data)));
    }
    body.push_str("]}");
    body
}

/// Bytes one record takes in it.
pub(crate) fn record_bytes(record: &Record) -> u64 {
    AROUND_BYTES + u64::from(record.data_bytes()).div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::{KeyId, RecordId, Time};
    use serde_json::Value;

    use super::*;
    use crate::batch::Block;

    /// The structure of the request body as the developer guide gives it; its length is foretold.
    #[test]
    fn a_body_holds_each_record_as_base64() {
        let texts = ["a", "bc", "def", ""];
        let record = |(id, text): (u64, &&str)| {
            let chunk = Rc::new(text.as_bytes().to_vec());
            let len = u32::try_from(text.len()).unwrap();
            Record::new((RecordId(id), KeyId(0), Time::ZERO), &chunk, 0..len, len)
        };
        let records: Vec<Record> = (0..).zip(&texts).map(record).collect();
        let length = records.iter().map(record_bytes).sum::<u64>() + ENVELOPE_BYTES;
        let batch = Batch::of(Rc::new(Block { records, before: 0 }), 6);
        let id = "ed4acda5-034f-9f42-bba1-f29aea6d7d8f";
        let body = body(id, 1_578_090_901_599, &batch);
        assert_eq!(body.len() as u64, length);
        let json: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(json["requestId"], id);
        assert_eq!(json["timestamp"], 1_578_090_901_599_u64);
        let data: Vec<_> = json["records"].as_array().unwrap().iter().collect();
        let data: Vec<_> = data.iter().map(|it| it["data"].as_str().unwrap()).collect();
        assert_eq!(data, ["YQ==", "YmM=", "ZGVm", ""]);
    }
}
