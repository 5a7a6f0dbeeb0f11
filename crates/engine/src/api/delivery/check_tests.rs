//! What does not go together in a destination. Texts in full are those of the service, as others
//! have found them by calling it (floci-io/floci, pull requests 3236 and 3375, September 2026);
//! the rules are facts, Firehose §2 to §5, and botocore 1.44.5.

use scenario::Document;
use serde_json::{Value, json};

use super::tests::{Caller, f, s3};
use crate::Formats;

const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:clean:$LATEST";

/// Of libraries that find nothing wrong with a program.
fn caller() -> Caller {
    of(&Document::default())
}

fn of(document: &Document) -> Caller {
    let mut caller = Caller::with(document, Formats::new(|_| vec![0]));
    caller.0.account.throttling = false;
    caller
}

/// A bucket with other members.
fn bucket(more: Value) -> Value {
    let mut bucket = s3("lake");
    let Value::Object(more) = more else { panic!("{more}") };
    bucket.as_object_mut().unwrap().extend(more);
    bucket
}

fn extended(more: Value) -> Value {
    f(json!({ "ExtendedS3DestinationConfiguration": bucket(more) }))
}

fn change(version: u32, more: Value) -> Value {
    let mut body = f(more);
    body["CurrentDeliveryStreamVersionId"] = version.to_string().into();
    body["DestinationId"] = "destinationId-000000000001".into();
    body
}

fn processor(kind: &str, parameters: &[(&str, &str)]) -> Value {
    let pair =
        |(name, value): &(&str, &str)| json!({ "ParameterName": name, "ParameterValue": value });
    json!({ "Type": kind, "Parameters": parameters.iter().map(pair).collect::<Vec<_>>() })
}

fn processing(processors: &[Value]) -> Value {
    json!({ "ProcessingConfiguration": { "Enabled": true, "Processors": processors } })
}

/// What the extended destination of `f` is described as.
fn described(caller: &mut Caller) -> Value {
    caller.describe()["Destinations"][0]["ExtendedS3DestinationDescription"].clone()
}

fn conversion() -> Value {
    json!({
        "SchemaConfiguration": { "RoleARN": "arn:aws:iam::123456789012:role/r",
            "DatabaseName": "default", "TableName": "t" },
        "InputFormatConfiguration": { "Deserializer": { "OpenXJsonSerDe": {} } },
        "OutputFormatConfiguration": { "Serializer": { "ParquetSerDe": {} } },
    })
}

/// Refusals in the service's words and order.
#[test]
fn a_conversion_is_whole() {
    let without = |path: &str| {
        let mut whole = conversion();
        let (last, parents) = path
            .split('/')
            .collect::<Vec<_>>()
            .split_last()
            .map(|(last, parents)| ((*last).to_owned(), parents.join("/")))
            .unwrap();
        let place = if parents.is_empty() { String::new() } else { format!("/{parents}") };
        whole.pointer_mut(&place).unwrap().as_object_mut().unwrap().shift_remove(&last);
        json!({ "DataFormatConversionConfiguration": whole })
    };
    let with = |path: &str, value: Value| {
        let mut whole = conversion();
        whole
            .pointer_mut(path)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .extend(value.as_object().unwrap().clone());
        json!({ "DataFormatConversionConfiguration": whole })
    };
    let hints = |size: u32| json!({ "SizeInMBs": size, "IntervalInSeconds": 60 });
    let cases = [
        (
            json!({ "DataFormatConversionConfiguration": {}, "CompressionFormat": "GZIP" }),
            "The S3 destination's compression format must be set to UNCOMPRESSED when data format \
             conversion is enabled. To enable compression within the converted output format, set \
             the appropriate serialization option in the output format configuration.",
        ),
        (
            json!({ "DataFormatConversionConfiguration": {}, "BufferingHints": hints(63) }),
            "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.",
        ),
        (without("InputFormatConfiguration"), "InputFormatConfiguration must not be null"),
        (without("OutputFormatConfiguration"), "OutputFormatConfiguration must not be null"),
        (without("SchemaConfiguration"), "SchemaConfiguration must not be null"),
        (without("InputFormatConfiguration/Deserializer"), "Deserializer must not be null"),
        (
            with("/InputFormatConfiguration/Deserializer", json!({ "HiveJsonSerDe": {} })),
            "More than one deserializer specified. Only one may be chosen.",
        ),
        (
            without("OutputFormatConfiguration/Serializer/ParquetSerDe"),
            "Serializer must not be null",
        ),
        (
            with("/OutputFormatConfiguration/Serializer", json!({ "OrcSerDe": {} })),
            "More than one serializer specified. Only one may be chosen.",
        ),
        (
            without("SchemaConfiguration/RoleARN"),
            "SchemaConfiguration.RoleArn must not be null or empty",
        ),
        (
            without("SchemaConfiguration/TableName"),
            "SchemaConfiguration.TableName must not be null or empty",
        ),
    ];
    let mut caller = caller();
    for (more, text) in cases {
        let (exception, message) = caller.no("CreateDeliveryStream", extended(more.clone()));
        assert_eq!((&*exception, &*message), ("InvalidArgumentException", text), "{more}");
    }
}

/// A table that is not there is refused; what is switched off is kept and asked for nothing.
#[test]
fn a_table_is_asked_for_by_a_conversion_alone() {
    let mut caller = caller();
    let whole = json!({ "DataFormatConversionConfiguration": conversion() });
    let (exception, message) = caller.no("CreateDeliveryStream", extended(whole));
    assert_eq!(exception, "InvalidArgumentException");
    assert!(message.starts_with("Table t of the database default is not in"), "{message}");
    let off = json!({ "DataFormatConversionConfiguration": { "Enabled": false },
        "CompressionFormat": "GZIP" });
    caller.ok("CreateDeliveryStream", extended(off));
    assert_eq!(described(&mut caller)["BufferingHints"]["SizeInMBs"], 5);
}

/// Texts of the service for functions and repeated parameters; of the rest the rule alone.
#[test]
fn processors_have_what_they_need() {
    let lambda = |more: &[(&str, &str)]| {
        let mut parameters = vec![("LambdaArn", LAMBDA)];
        parameters.extend(more);
        processor("Lambda", &parameters)
    };
    let mut caller = caller();
    for (list, text) in [
        (vec![processor("Lambda", &[])], "LambdaArn is required when Lambda processor is used."),
        (vec![processor("Lambda", &[("LambdaArn", "clean")])], "Invalid lambda ARN."),
        (
            vec![processor("Lambda", &[("LambdaArn", "arn:aws:lambda:us-east-1:1:function:f")])],
            "Invalid lambda ARN.",
        ),
        (
            vec![lambda(&[("BufferSizeInMBs", "1")])],
            "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering \
             for lambda processor.",
        ),
        (vec![lambda(&[]), lambda(&[])], "Cannot have more than 1 Lambda processor."),
        (
            vec![lambda(&[("LambdaArn", LAMBDA)])],
            "Duplicate ProcessorParameter passed to ProcessingConfiguration.",
        ),
        (vec![processor("RecordDeAggregation", &[])], "SubRecordType is required"),
        (vec![processor("RecordDeAggregation", &[("SubRecordType", "XML")])], "JSON and DELIMITED"),
        (vec![processor("RecordDeAggregation", &[("SubRecordType", "DELIMITED")])], "Delimiter"),
        (
            vec![processor(
                "RecordDeAggregation",
                &[("SubRecordType", "DELIMITED"), ("Delimiter", "###")],
            )],
            "Delimiter in Base64",
        ),
        (vec![processor("Decompression", &[("CompressionFormat", "ZIP")])], "GZIP only"),
        (vec![processor("CloudWatchLogProcessing", &[])], "needs a Decompression processor"),
        (
            vec![processor("MetadataExtraction", &[("MetadataExtractionQuery", "{a:.a}")])],
            "dynamic partitioning, which is not enabled",
        ),
    ] {
        let asked = extended(processing(&list));
        let (exception, message) = caller.no("CreateDeliveryStream", asked);
        assert_eq!(exception, "InvalidArgumentException", "{list:?}");
        assert!(message.contains(text), "{list:?}: {message}");
    }
    let fine = [
        processor("Decompression", &[("CompressionFormat", "GZIP")]),
        processor("CloudWatchLogProcessing", &[("DataMessageExtraction", "true")]),
        lambda(&[("BufferSizeInMBs", "0.2"), ("BufferIntervalInSeconds", "900")]),
        processor("AppendDelimiterToRecord", &[]),
    ];
    caller.ok("CreateDeliveryStream", extended(processing(&fine)));
    let told = described(&mut caller)["ProcessingConfiguration"]["Processors"].clone();
    assert_eq!(told, json!(fine));
}

/// §5: as it was created, it stays; its other settings change one by one.
#[test]
fn dynamic_partitioning_is_for_creation() {
    let mut caller = caller();
    caller.ok("CreateDeliveryStream", f(json!({ "S3DestinationConfiguration": s3("lake") })));
    caller.wait(30);
    let on = json!({ "Enabled": true });
    let update = |more: Value| json!({ "ExtendedS3DestinationUpdate": more });
    let (exception, message) = caller.no(
        "UpdateDestination",
        change(1, update(json!({ "DynamicPartitioningConfiguration": on }))),
    );
    assert_eq!(exception, "InvalidArgumentException");
    assert!(message.contains("only when the Firehose stream is created"), "{message}");
    caller.ok("DeleteDeliveryStream", f(json!({})));
    caller.wait(30);
    let query = processor(
        "MetadataExtraction",
        &[("MetadataExtractionQuery", "{a:.a}"), ("JsonParsingEngine", "JQ-1.6")],
    );
    let mut asked = processing(&[query]);
    asked["DynamicPartitioningConfiguration"] = on;
    asked["Prefix"] = "!{partitionKeyFromQuery:a}/".into();
    asked["ErrorOutputPrefix"] = "e/".into();
    caller.ok("CreateDeliveryStream", extended(asked));
    caller.wait(30);
    let off = update(json!({ "DynamicPartitioningConfiguration": { "Enabled": false } }));
    let (_, message) = caller.no("UpdateDestination", change(1, off));
    assert_eq!(message, "Dynamic partitioning cannot be disabled.");
    let retry = json!({ "RetryOptions": { "DurationInSeconds": 10 } });
    let retry = update(json!({ "DynamicPartitioningConfiguration": retry }));
    caller.ok("UpdateDestination", change(1, retry));
    let told = described(&mut caller)["DynamicPartitioningConfiguration"].clone();
    assert_eq!(told, json!({ "Enabled": true, "RetryOptions": { "DurationInSeconds": 10 } }));
    // Another type of destination has none of it.
    let http = json!({ "HttpEndpointDestinationUpdate": {
        "EndpointConfiguration": { "Url": "https://h.example/" }, "S3Update": s3("lake") } });
    caller.ok("UpdateDestination", change(2, http));
    let told = caller.describe()["Destinations"][0]["HttpEndpointDestinationDescription"].clone();
    assert!(told.get("ProcessingConfiguration").is_none(), "{told}");
}

/// §8: another type of destination has to be said in full, and search cannot be left or entered.
#[test]
fn another_destination_is_said_in_full() {
    let mut caller = caller();
    caller.ok("CreateDeliveryStream", f(json!({ "S3DestinationConfiguration": s3("lake") })));
    caller.wait(30);
    let url = json!({ "Url": "https://h.example/" });
    let domain = "arn:aws:es:us-east-1:123456789012:domain/search";
    for (update, text) in [
        (
            json!({ "HttpEndpointDestinationUpdate": { "S3Update": s3("lake") } }),
            "HttpEndpoint needs EndpointConfiguration.Url.",
        ),
        (
            json!({ "HttpEndpointDestinationUpdate": { "EndpointConfiguration": url } }),
            "HttpEndpoint needs S3Update.RoleARN.",
        ),
        (
            json!({ "HttpEndpointDestinationUpdate": { "EndpointConfiguration": url,
                "S3Update": { "RoleARN": s3("lake")["RoleARN"], "Prefix": "p/" } } }),
            "HttpEndpoint needs S3Update.BucketARN.",
        ),
        (
            json!({ "SplunkDestinationUpdate": { "HECEndpoint": "https://hec",
                "S3Update": s3("lake") } }),
            "Splunk needs HECEndpointType.",
        ),
        (
            json!({ "ExtendedS3DestinationUpdate": { "S3BackupMode": "Enabled",
                "S3BackupUpdate": { "Prefix": "raw/" } } }),
            "S3BackupConfiguration needs RoleARN.",
        ),
        (
            json!({ "ElasticsearchDestinationUpdate": { "RoleARN": s3("lake")["RoleARN"],
                "IndexName": "i", "DomainARN": domain, "S3Update": s3("lake") } }),
            "Switching between Amazon OpenSearch Service and other services is not supported.",
        ),
    ] {
        let (exception, message) = caller.no("UpdateDestination", change(1, update));
        assert_eq!((&*exception, &*message), ("InvalidArgumentException", text));
    }
    assert_eq!(caller.describe()["VersionId"], "1");
}

/// botocore 1.44.5: both hints, or neither; neither leaves what was there.
#[test]
fn empty_hints_are_no_hints() {
    let mut caller = caller();
    caller.ok("CreateDeliveryStream", extended(json!({ "BufferingHints": {} })));
    caller.wait(30);
    let hints = |size: u32, secs: u32| json!({ "SizeInMBs": size, "IntervalInSeconds": secs });
    assert_eq!(described(&mut caller)["BufferingHints"], hints(5, 300));
    let update =
        |hints: Value| json!({ "ExtendedS3DestinationUpdate": { "BufferingHints": hints } });
    caller.ok("UpdateDestination", change(1, update(hints(7, 70))));
    caller.ok("UpdateDestination", change(2, update(json!({}))));
    assert_eq!(described(&mut caller)["BufferingHints"], hints(7, 70));
}

/// §1.1: what is counted against the fifty is keys, not mentions.
#[test]
fn a_key_counts_once() {
    let mut caller = caller();
    let tags: Vec<Value> =
        (0..49).map(|n| json!({ "Key": format!("k{n}"), "Value": "v" })).collect();
    let mut body = f(json!({ "S3DestinationConfiguration": s3("lake") }));
    body["Tags"] = tags.into();
    caller.ok("CreateDeliveryStream", body);
    let twice = json!([{ "Key": "x", "Value": "1" }, { "Key": "x", "Value": "2" }]);
    caller.ok("TagDeliveryStream", f(json!({ "Tags": twice })));
    let rest = f(json!({ "ExclusiveStartTagKey": "k9" }));
    let told = caller.ok("ListTagsForDeliveryStream", rest);
    assert_eq!(told["Tags"], json!([{ "Key": "x", "Value": "2" }]));
}

/// §4: the columns are those of a table, which a card stands for; an update changes the members of
/// a conversion one by one.
#[test]
fn a_card_is_a_table() {
    let document = json!({
        "format": "rivulet/scenario", "version": 1,
        "nodes": [{"id": 1, "kind": "firehose", "name": "t", "at": [0, 0],
            "config": {"schema": "price double"}}],
        "edges": [],
    });
    let document = scenario::format::load(document.to_string().as_bytes()).document.unwrap();
    let mut caller = of(&document);
    let mut whole = conversion();
    whole["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"] =
        json!({ "ColumnToJsonKeyMappings": { "price": "p" } });
    let asked = extended(json!({ "DataFormatConversionConfiguration": whole }));
    let mut elsewhere = whole.clone();
    elsewhere["SchemaConfiguration"]["DatabaseName"] = "sales".into();
    let elsewhere = extended(json!({ "DataFormatConversionConfiguration": elsewhere }));
    let (_, message) = caller.no("CreateDeliveryStream", elsewhere);
    assert!(message.starts_with("Table t of the database sales is not in"), "{message}");
    caller.ok("CreateDeliveryStream", asked);
    caller.wait(30);
    let told = described(&mut caller);
    assert_eq!(told["BufferingHints"], json!({ "SizeInMBs": 128, "IntervalInSeconds": 300 }));
    assert_eq!(told["DataFormatConversionConfiguration"], whole);
    let made = caller.0.document().nodes.iter().find(|part| part.name == "f").unwrap();
    let fields = made.config.fields();
    assert_eq!(
        (&fields["convert"], &fields["schema"]),
        (&json!("parquet"), &json!("price double"))
    );
    assert_eq!(fields["mappings"], "price=p");
    let gzip = json!({ "ParquetSerDe": { "Compression": "GZIP" } });
    let gzip = json!({ "OutputFormatConfiguration": { "Serializer": gzip } });
    let update = json!({ "ExtendedS3DestinationUpdate":
        { "DataFormatConversionConfiguration": gzip } });
    caller.ok("UpdateDestination", change(1, update));
    whole["OutputFormatConfiguration"] = gzip["OutputFormatConfiguration"].clone();
    assert_eq!(described(&mut caller)["DataFormatConversionConfiguration"], whole);
    let off = json!({ "ExtendedS3DestinationUpdate":
        { "DataFormatConversionConfiguration": { "Enabled": false } } });
    caller.ok("UpdateDestination", change(2, off));
    whole["Enabled"] = false.into();
    assert_eq!(described(&mut caller)["DataFormatConversionConfiguration"], whole);
}

/// A program that does not compile is no configuration.
#[test]
fn a_query_has_to_compile() {
    let refuse = Formats::new(|_| [&[1, 3, 0, 0, 0][..], b"bad", &[255; 4]].concat());
    let mut caller = Caller::with(&Document::default(), refuse);
    let mut asked = processing(&[processor(
        "MetadataExtraction",
        &[("MetadataExtractionQuery", "{a:.a}"), ("JsonParsingEngine", "JQ-1.6")],
    )]);
    asked["DynamicPartitioningConfiguration"] = json!({ "Enabled": true });
    asked["Prefix"] = "!{partitionKeyFromQuery:a}/".into();
    asked["ErrorOutputPrefix"] = "e/".into();
    let (exception, message) = caller.no("CreateDeliveryStream", extended(asked));
    assert_eq!((&*exception, &*message), ("InvalidArgumentException", "bad"));
}

/// §6: backup goes from failures to everything, for search never.
#[test]
fn backup_goes_one_way() {
    let role = s3("lake")["RoleARN"].clone();
    let search = json!({ "RoleARN": role, "IndexName": "i", "S3Configuration": s3("lake"),
        "DomainARN": "arn:aws:es:us-east-1:123456789012:domain/search" });
    let splunk = json!({ "HECEndpoint": "https://hec", "HECEndpointType": "Raw",
        "S3Configuration": s3("lake") });
    for (stem, asked, all, goes) in [
        ("Amazonopensearchservice", search, "AllDocuments", false),
        ("Splunk", splunk, "AllEvents", true),
    ] {
        let mut caller = caller();
        caller.ok(
            "CreateDeliveryStream",
            f(json!({ format!("{stem}DestinationConfiguration"): asked })),
        );
        caller.wait(30);
        let update = json!({ format!("{stem}DestinationUpdate"): { "S3BackupMode": all } });
        let (status, answer) = caller.call("UpdateDestination", &change(1, update));
        assert_eq!(status == 200, goes, "{stem}: {answer}");
    }
}

/// §2: a function before Splunk collects 0.25 MB where nothing else is said.
#[test]
fn what_is_not_said_depends_on_the_destination() {
    let lambda = processing(&[processor("Lambda", &[("LambdaArn", LAMBDA)])]);
    let mut splunk = json!({ "HECEndpoint": "https://hec", "HECEndpointType": "Raw",
        "S3Configuration": s3("lake") });
    splunk["ProcessingConfiguration"] = lambda["ProcessingConfiguration"].clone();
    for (asked, buffer) in
        [(f(json!({ "SplunkDestinationConfiguration": splunk })), "1/4"), (extended(lambda), "1/1")]
    {
        let mut caller = caller();
        caller.ok("CreateDeliveryStream", asked);
        let made = caller.0.document().nodes.iter().find(|part| part.name == "f").unwrap();
        assert_eq!(made.config.fields()["transform_buffer_mb"], buffer);
    }
}
