//! Aggregated records, held against what AWS's library for Node (npm `aws-kinesis-agg`) makes of
//! the same user records. `tests/kpl/check.mjs` holds that library against the same file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::wire::kpl::{Aggregate, UserRecord, read};
use serde_json::Value;

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(value, name).expect("it is there")).expect("it is base64")
}

#[test]
fn aggregates_are_those_of_the_library() {
    let cases: Value = serde_json::from_str(include_str!("../kpl/aggregates.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let given = case["records"].as_array().unwrap();
        let data: Vec<Vec<u8>> = given.iter().map(|record| bytes(record, "data")).collect();
        let records: Vec<UserRecord<'_>> = given
            .iter()
            .zip(&data)
            .map(|(record, data)| UserRecord {
                key: text(record, "key").unwrap(),
                explicit_hash: text(record, "explicitHash"),
                data,
            })
            .collect();
        let mut aggregate = Aggregate::default();
        records.iter().for_each(|record| aggregate.push(record));
        let expected = bytes(case, "aggregate");
        assert_eq!(aggregate.finish(), expected, "{}", case["name"]);
        assert_eq!(read(&expected), Some(records), "{}", case["name"]);
    }
}
