//! Command lines of AWS's own examples (awscli 1.46.3, `examples/kinesis`; the developer guide),
//! and what awscli and botocore say about wrong ones.

use serde_json::{Value, json};

use super::{Call, Typed, complete, print, read};
use crate::api::Answer;

fn call(line: &str) -> Call {
    match read(line) {
        Ok(Typed::Call(call)) => call,
        other => panic!("{line}: {other:?}"),
    }
}

fn check(line: &str, operation: &str, body: &Value) {
    let call = call(line);
    assert_eq!((call.operation, &call.body), (operation, body), "{line}");
}

#[test]
fn the_examples_of_aws_are_read() {
    check(
        "aws kinesis create-stream \\\n    --stream-name samplestream \\\n    --shard-count 3",
        "CreateStream",
        &json!({ "StreamName": "samplestream", "ShardCount": 3 }),
    );
    check(
        "aws kinesis add-tags-to-stream --stream-name samplestream --tags samplekey=example",
        "AddTagsToStream",
        &json!({ "StreamName": "samplestream", "Tags": { "samplekey": "example" } }),
    );
    check(
        "aws kinesis put-records --stream-name samplestream \
         --cli-binary-format raw-in-base64-out \
         --records Data=blob1,PartitionKey=partitionkey1 Data=blob2,PartitionKey=partitionkey2",
        "PutRecords",
        &json!({ "StreamName": "samplestream", "Records": [
            { "Data": "YmxvYjE=", "PartitionKey": "partitionkey1" },
            { "Data": "YmxvYjI=", "PartitionKey": "partitionkey2" },
        ] }),
    );
    check(
        "aws kinesis put-record --stream-name samplestream --data c2FtcGxl \
         --partition-key samplepartitionkey",
        "PutRecord",
        &json!({
            "StreamName": "samplestream",
            "Data": "c2FtcGxl",
            "PartitionKey": "samplepartitionkey",
        }),
    );
    check(
        "aws kinesis remove-tags-from-stream --stream-name samplestream --tag-keys samplekey b",
        "RemoveTagsFromStream",
        &json!({ "StreamName": "samplestream", "TagKeys": ["samplekey", "b"] }),
    );
    check(
        "aws kinesis enable-enhanced-monitoring --stream-name s --shard-level-metrics ALL",
        "EnableEnhancedMonitoring",
        &json!({ "StreamName": "s", "ShardLevelMetrics": ["ALL"] }),
    );
    check(
        "aws kinesis update-shard-count --stream-name s --target-shard-count 4 \
         --scaling-type UNIFORM_SCALING",
        "UpdateShardCount",
        &json!({ "StreamName": "s", "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING" }),
    );
}

#[test]
fn values_may_be_json_dates_and_switches() {
    check(
        "aws kinesis put-records --stream-name s --region us-east-1 --no-cli-pager \
         --records '[{\"Data\": \"aGk=\", \"PartitionKey\": \"a\"}]'",
        "PutRecords",
        &json!({ "StreamName": "s", "Records": [{ "Data": "aGk=", "PartitionKey": "a" }] }),
    );
    check(
        "aws kinesis get-shard-iterator --stream-name=s --shard-id 0 \
         --shard-iterator-type AT_TIMESTAMP --timestamp 2026-01-01T00:00:01Z",
        "GetShardIterator",
        &json!({
            "StreamName": "s",
            "ShardId": "0",
            "ShardIteratorType": "AT_TIMESTAMP",
            "Timestamp": 1_767_225_601.0,
        }),
    );
    check(
        "aws kinesis delete-stream --enforce-consumer-deletion --stream-name s",
        "DeleteStream",
        &json!({ "EnforceConsumerDeletion": true, "StreamName": "s" }),
    );
    check(
        "aws kinesis list-shards --stream-name s --shard-filter Type=AFTER_SHARD_ID,ShardId=0",
        "ListShards",
        &json!({
            "StreamName": "s",
            "ShardFilter": { "Type": "AFTER_SHARD_ID", "ShardId": "0" },
        }),
    );
    check(
        "aws kinesis put-record --cli-input-json '{\"StreamName\": \"s\", \"Data\": \"aGk=\", \
         \"PartitionKey\": \"a\"}' --stream-name other",
        "PutRecord",
        &json!({ "StreamName": "other", "Data": "aGk=", "PartitionKey": "a" }),
    );
}

/// The last lines: what awscli prints above them is its usage.
#[test]
fn wrong_lines_are_told_as_the_command_line_does() {
    let cases = [
        ("ls", "commands begin with `aws`"),
        ("aws", "aws: error: the following arguments are required: command"),
        ("aws kinesis", "aws: error: the following arguments are required: operation"),
        ("aws kinesiss", "Invalid choice: 'kinesiss', maybe you meant:\n\n  * kinesis"),
        (
            "aws kinesis put-recrd --stream-name",
            "Invalid choice: 'put-recrd', maybe you meant:\n\n  * put-record\n  * put-records",
        ),
        (
            "aws kinesis put-record --stream-name",
            "aws: error: argument --stream-name: expected one argument",
        ),
        (
            "aws kinesis merge-shards --stream-name s",
            "aws: error: the following arguments are required: --shard-to-merge, \
             --adjacent-shard-to-merge",
        ),
        ("aws kinesis list-streams --foo bar", "Unknown options: --foo, bar"),
        ("aws kinesis list-shards extra", "Unknown options: extra"),
        (
            "aws kinesis create-stream --stream-name a --shard-count abc",
            "\ninvalid literal for int() with base 10: 'abc'",
        ),
        (
            "aws kinesis put-records --stream-name s --records 'Data,PartitionKey=b'",
            "\nError parsing parameter '--records': Expected: '=', received: ',' for input:\n\
             Data,PartitionKey=b\n    ^",
        ),
        (
            "aws kinesis list-shards --shard-filter Typ=a",
            "\nParameter validation failed:\nMissing required parameter in ShardFilter: \
             \"Type\"\nUnknown parameter in ShardFilter: \"Typ\", must be one of: Type, ShardId, \
             Timestamp",
        ),
        (
            "aws kinesis list-shards --stream-creation-timestamp foo",
            "\nParameter validation failed:\nInvalid type for parameter StreamCreationTimestamp, \
             value: foo, type: <class 'str'>, valid types: <class 'datetime.datetime'>, \
             timestamp-string",
        ),
        (
            "aws kinesis put-record --stream-name s --partition-key k --data 'not base64'",
            "\nInvalid base64: \"not base64\"",
        ),
        ("aws kinesis list-streams 'a", "unexpected EOF while looking for matching `''"),
    ];
    for (line, told) in cases {
        let error = read(line).expect_err(line);
        assert!(error.ends_with(told), "{line}: {error}");
    }
}

#[test]
fn answers_are_printed_as_the_command_line_does() {
    let call = call("aws kinesis describe-stream --stream-name s");
    let body = json!({ "StreamDescription": {
        "Shards": [],
        "StreamCreationTimestamp": 1_767_225_601.25,
        "EnhancedMonitoring": [{ "ShardLevelMetrics": [] }],
    } });
    let printed = print(&call, &Answer { status: 200, body });
    let expected = "{
    \"StreamDescription\": {
        \"Shards\": [],
        \"StreamCreationTimestamp\": \"2026-01-01T00:00:01.250000+00:00\",
        \"EnhancedMonitoring\": [
            {
                \"ShardLevelMetrics\": []
            }
        ]
    }
}";
    assert_eq!(printed.as_deref(), Ok(expected));
    assert_eq!(print(&call, &Answer { status: 200, body: Value::Null }), Ok(String::new()));
    let body = json!({ "__type": "ResourceNotFoundException", "message": "Stream s … not found." });
    let told = "\nAn error occurred (ResourceNotFoundException) when calling the DescribeStream \
                operation: Stream s … not found.";
    assert_eq!(print(&call, &Answer { status: 400, body }), Err(told.to_owned()));
}

#[test]
fn the_next_word_is_offered() {
    let streams = ["orders".to_owned(), "other".to_owned()];
    let offered = |line: &str| complete(line, &streams);
    assert_eq!(offered("a"), ["aws"]);
    assert_eq!(offered("aws k"), ["kinesis"]);
    assert_eq!(offered("aws kinesis put-r"), ["put-record", "put-records"]);
    assert_eq!(offered("aws kinesis subscribe"), Vec::<String>::new());
    assert_eq!(offered("aws kinesis list-shards --shard-f"), ["--shard-filter"]);
    assert_eq!(offered("aws kinesis describe-stream --stream-name o"), ["orders", "other"]);
    let kinds = offered("aws kinesis get-shard-iterator --shard-iterator-type AT");
    assert_eq!(kinds, ["AT_TIMESTAMP", "AT_SEQUENCE_NUMBER"]);
    let left = offered("aws kinesis split-shard --stream-name s --s");
    assert_eq!(left, ["--shard-to-split", "--stream-arn", "--stream-id"]);
}

#[test]
fn help_lists_what_can_be_typed() {
    let Ok(Typed::Help(text)) = read("aws kinesis put-record help") else { panic!("no help") };
    assert!(text.contains("\n          --data <value>\n"), "{text}");
    assert!(text.contains("\n          [--stream-name <value>]\n"), "{text}");
    let Ok(Typed::Help(text)) = read("aws kinesis help") else { panic!("no help") };
    assert!(text.contains("o get-shard-iterator\n"), "{text}");
}
