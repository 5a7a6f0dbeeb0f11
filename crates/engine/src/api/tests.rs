//! Texts of kinesalite 3.3.3 (`validations/`), which follow production of 2020; its printed
//! orders are the expected ones here. Members newer than 2020 follow botocore 1.44.5.

use serde_json::{Value, json};

use super::{Profile, Refusal, operation, unknown};

fn check(
    profile: Profile,
    operation: &str,
    body: &Value,
) -> Result<serde_json::Map<String, Value>, Refusal> {
    let operation = operation::named(profile, &super::target(operation)).ok_or_else(unknown)?;
    super::check(profile, operation, body)
}

/// The exception and its text.
fn refused(profile: Profile, operation: &str, body: &Value) -> (&'static str, String) {
    let refusal = check(profile, operation, body).expect_err("refused");
    (refusal.exception, refusal.message)
}

fn serialization(operation: &str, body: &Value) -> String {
    let (exception, message) = refused(Profile::Classic, operation, body);
    assert_eq!(exception, "SerializationException");
    message
}

fn validation(operation: &str, body: &Value) -> String {
    let (exception, message) = refused(Profile::Classic, operation, body);
    assert_eq!(exception, "ValidationException");
    message
}

#[test]
fn types_are_told_in_the_words_of_the_service() {
    let big = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";
    let cases = [
        (json!({"StreamName": 5}), format!("{big} can not be converted to an String")),
        (
            json!({"StreamName": true}),
            "class java.lang.Boolean can not be converted to an String".into(),
        ),
        (json!({"StreamName": []}), "Start of list found where not expected".into()),
        (json!({"StreamName": {}}), "Start of structure or map found where not expected.".into()),
        (json!({"Data": 5}), format!("{big} can not be converted to a Blob")),
        (
            json!({"Data": "YQ="}),
            "'YQ=' can not be converted to a Blob: Base64 encoded length is expected a multiple \
             of 4 bytes but found: 3"
                .into(),
        ),
        (
            json!({"Data": "=+/="}),
            "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='".into(),
        ),
        (
            json!({"Data": "+/+="}),
            "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character \
             dectected"
                .into(),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(serialization("PutRecord", &body), expected);
    }
    assert_eq!(serialization("PutRecords", &json!({"Records": "a"})), "Expected list or null");
    assert_eq!(serialization("PutRecords", &json!({"Records": ["a"]})), "Expected null");
    assert_eq!(serialization("AddTagsToStream", &json!({"Tags": 1})), "Expected map or null");
}

#[test]
fn constraints_come_in_the_order_of_the_service() {
    assert_eq!(
        validation("CreateStream", &json!({})),
        "2 validation errors detected: \
         Value null at 'shardCount' failed to satisfy constraint: Member must not be null; \
         Value null at 'streamName' failed to satisfy constraint: Member must not be null"
    );
    assert_eq!(
        validation("CreateStream", &json!({"StreamName": "", "ShardCount": 0})),
        "3 validation errors detected: Value '0' at 'shardCount' failed to satisfy constraint: \
         Member must have value greater than or equal to 1; Value '' at 'streamName' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value '' at 'streamName' failed to satisfy constraint: Member must have length greater \
         than or equal to 1"
    );
    let body = json!({"StreamName": "a", "Records": [
        {"PartitionKey": "a", "Data": ""},
        {"PartitionKey": "", "ExplicitHashKey": "01"},
    ]});
    assert_eq!(
        validation("PutRecords", &body),
        "3 validation errors detected: Value '' at 'records.2.member.partitionKey' failed to \
         satisfy constraint: Member must have length greater than or equal to 1; Value '01' at \
         'records.2.member.explicitHashKey' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: 0|([1-9]\\d{0,38}); Value null at \
         'records.2.member.data' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn no_more_than_ten_are_reported() {
    let records: Vec<_> = (0..20).map(|_| json!({"PartitionKey": ""})).collect();
    let text = validation("PutRecords", &json!({"Records": records}));
    assert!(text.starts_with("10 validation errors detected: "), "{text}");
}

#[test]
fn numbers_are_floored_and_saturate_like_java_integers() {
    let body = json!({"StreamName": "a", "ShardCount": 2.9});
    let read = check(Profile::Classic, "CreateStream", &body).expect("legal");
    assert_eq!(read["ShardCount"], 2);
    let text = validation("CreateStream", &json!({"StreamName": "a", "ShardCount": 9e12}));
    assert!(text.contains("Value '2147483647' at 'shardCount'"), "{text}");
}

#[test]
fn the_profile_chooses_members_and_limits() {
    let arn = json!({"StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/a"});
    assert!(check(Profile::Current, "DescribeStream", &arn).is_ok());
    assert!(validation("DescribeStream", &arn).contains("Value null at 'streamName'"));
    let tags: serde_json::Map<String, Value> =
        (0..11).map(|at| (format!("k{at}"), json!("v"))).collect();
    let body = json!({"StreamName": "a", "Tags": tags});
    assert!(check(Profile::Current, "AddTagsToStream", &body).is_ok());
    assert!(validation("AddTagsToStream", &body).contains("length less than or equal to 10"));
    let (exception, message) = refused(Profile::Classic, "UpdateStreamMode", &json!({}));
    assert_eq!((exception, message.as_str()), ("UnknownOperationException", ""));
}

#[test]
fn members_the_operation_does_not_know_are_dropped() {
    let body = json!({"StreamName": "a", "Other": [1], "Limit": null});
    let read = check(Profile::Classic, "DescribeStream", &body).expect("legal");
    assert_eq!(Value::Object(read), json!({"StreamName": "a"}));
}

#[test]
fn a_consumer_is_known_by_its_arn() {
    let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/a/consumer/b:1525898737";
    assert!(
        check(Profile::Current, "DescribeStreamConsumer", &json!({"ConsumerARN": arn})).is_ok()
    );
    let short = json!({"ConsumerARN": arn.trim_end_matches(|it: char| it.is_ascii_digit())});
    assert!(check(Profile::Current, "DescribeStreamConsumer", &short).is_err());
}
