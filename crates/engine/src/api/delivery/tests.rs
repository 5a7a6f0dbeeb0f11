//! Firehose streams through the API: facts, Firehose §1.1, §1.2, §6 and §8, in the shapes of
//! botocore 1.44.5.

use base::Time;
use scenario::{DataSets, Document};
use serde_json::{Value, json};

use crate::api::Profile;
use crate::{Engine, Formats};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/k";

/// A caller of the API, which passes the time between calls on its own.
pub(super) struct Caller(pub(super) Engine);

impl Caller {
    /// Of an account with nothing in it.
    pub(super) fn new() -> Self {
        Self::with(&Document::default(), Formats::none())
    }

    /// Of an account with a diagram.
    pub(super) fn with(document: &Document, formats: Formats) -> Self {
        let mut engine = Engine::new(document, &DataSets::default(), formats).unwrap();
        engine.account.on_canvas = false;
        Self(engine)
    }

    /// With the stream `f` into a bucket.
    fn with_stream() -> Self {
        let mut caller = Self::new();
        caller.ok("CreateDeliveryStream", f(json!({ "S3DestinationConfiguration": s3("lake") })));
        caller.wait(30);
        caller
    }

    pub(super) fn wait(&mut self, secs: u64) {
        self.0.advance(Time(self.0.now().0 + secs * 1_000_000), u32::MAX);
        assert_eq!(self.0.check(), Ok(()));
    }

    pub(super) fn call(&mut self, operation: &str, body: &Value) -> (u16, Value) {
        let service = if operation.contains("Stream") && !operation.contains("Delivery") {
            "Kinesis_20131202"
        } else {
            "Firehose_20150804"
        };
        let answer = self.0.call(Profile::Current, &format!("{service}.{operation}"), body);
        (answer.status, answer.body)
    }

    #[expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]
    pub(super) fn ok(&mut self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.call(operation, &body);
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// The exception and its message.
    #[expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]
    pub(super) fn no(&mut self, operation: &str, body: Value) -> (String, String) {
        let (status, answer) = self.call(operation, &body);
        assert_ne!(status, 200, "{operation}: {answer}");
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (text("__type"), text("message"))
    }

    pub(super) fn describe(&mut self) -> Value {
        let body = self.ok("DescribeDeliveryStream", f(json!({})));
        body["DeliveryStreamDescription"].clone()
    }

    fn list(&mut self, body: Value) -> (Vec<String>, bool) {
        let body = self.ok("ListDeliveryStreams", body);
        let names = body["DeliveryStreamNames"].as_array().unwrap().iter();
        let names = names.map(|name| name.as_str().unwrap().to_owned()).collect();
        (names, body["HasMoreDeliveryStreams"].as_bool().unwrap())
    }
}

/// A request about the stream `f`.
pub(super) fn f(more: Value) -> Value {
    named("f", more)
}

fn named(name: &str, more: Value) -> Value {
    let mut body = json!({ "DeliveryStreamName": name });
    let Value::Object(more) = more else { panic!("{more}") };
    body.as_object_mut().unwrap().extend(more);
    body
}

pub(super) fn s3(bucket: &str) -> Value {
    json!({ "RoleARN": ROLE, "BucketARN": format!("arn:aws:s3:::{bucket}") })
}

fn put(caller: &mut Caller, data: &str) -> (u16, Value) {
    caller.call("PutRecord", &f(json!({ "Record": { "Data": data } })))
}

/// Sends the records of one second through the stream, and says what lies in the bucket then.
fn delivered(caller: &mut Caller, bucket: &str) -> Vec<u8> {
    let nodes = &caller.0.document().nodes;
    let id = nodes.iter().find(|part| part.name == bucket).unwrap().id;
    let objects = caller.0.objects(id).iter();
    objects.flat_map(|object| object.bytes.to_vec()).collect()
}

/// `CREATING → ACTIVE`, `DELETING` → gone; no records before, and names are free again.
#[test]
fn a_stream_comes_delivers_and_goes() {
    let mut caller = Caller::new();
    let asked = f(json!({ "S3DestinationConfiguration": s3("lake") }));
    let made = caller.ok("CreateDeliveryStream", asked.clone());
    let arn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/f";
    assert_eq!(made, json!({ "DeliveryStreamARN": arn }));
    assert_eq!(caller.describe()["DeliveryStreamStatus"], "CREATING");
    assert_eq!(put(&mut caller, "aGk=").1["__type"], "ResourceNotFoundException");
    let (exception, _) = caller.no("DeleteDeliveryStream", f(json!({})));
    assert_eq!(exception, "ResourceInUseException");
    caller.wait(30);
    assert_eq!(caller.describe()["DeliveryStreamStatus"], "ACTIVE");
    let (exception, message) = caller.no("CreateDeliveryStream", asked.clone());
    let text = "Firehose f under accountId 123456789012 already exists";
    assert_eq!((&*exception, &*message), ("ResourceInUseException", text));
    assert_eq!(put(&mut caller, "aGk=").0, 200);
    caller.wait(301);
    assert_eq!(delivered(&mut caller, "lake"), b"hi");
    assert_eq!(caller.ok("DeleteDeliveryStream", f(json!({}))), json!({}));
    assert_eq!(caller.describe()["DeliveryStreamStatus"], "DELETING");
    caller.ok("DeleteDeliveryStream", f(json!({})));
    caller.wait(30);
    for operation in ["DeleteDeliveryStream", "DescribeDeliveryStream"] {
        let (exception, message) = caller.no(operation, f(json!({})));
        let text = "Firehose f under account 123456789012 not found.";
        assert_eq!((&*exception, &*message), ("ResourceNotFoundException", text));
    }
    // The bucket outlives it and is found by the next one.
    caller.ok("CreateDeliveryStream", asked);
    caller.wait(30);
    put(&mut caller, "IQ==");
    caller.wait(301);
    assert_eq!(delivered(&mut caller, "lake"), b"hi!");
}

/// §8 and the defaults of §2: what was not said is filled in, S3 is described twice.
#[test]
fn a_description_is_whole() {
    let mut caller = Caller::with_stream();
    let found = caller.describe();
    for (member, value) in [
        ("DeliveryStreamType", json!("DirectPut")),
        ("VersionId", json!("1")),
        ("HasMoreDestinations", json!(false)),
        ("DeliveryStreamEncryptionConfiguration", json!({ "Status": "DISABLED" })),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    assert!(found["CreateTimestamp"].is_number() && found.get("LastUpdateTimestamp").is_none());
    let destination = &found["Destinations"][0];
    assert_eq!(destination["DestinationId"], "destinationId-000000000001");
    for shape in ["S3DestinationDescription", "ExtendedS3DestinationDescription"] {
        let it = &destination[shape];
        assert_eq!(it["BucketARN"], "arn:aws:s3:::lake");
        assert_eq!(it["RoleARN"], ROLE);
        assert_eq!(it["BufferingHints"], json!({ "SizeInMBs": 5, "IntervalInSeconds": 300 }));
        assert_eq!(it["CompressionFormat"], "UNCOMPRESSED");
        let none = json!({ "NoEncryptionConfig": "NoEncryption" });
        assert_eq!(it["EncryptionConfiguration"], none);
    }
    assert_eq!(destination["ExtendedS3DestinationDescription"]["S3BackupMode"], "Disabled");
    assert!(destination["S3DestinationDescription"].get("S3BackupMode").is_none());
}

/// Every type of destination is described by its own member, with the bucket beside it, and
/// without its secrets.
#[test]
fn every_destination_can_be_asked_for() {
    let cases = [
        (
            "Redshift",
            json!({
                "RoleARN": ROLE, "Username": "u", "Password": "Secret1",
                "ClusterJDBCURL":
                    "jdbc:redshift://c.x1.us-east-1.redshift.amazonaws.com:5439/dev",
                "CopyCommand": { "DataTableName": "t" },
            }),
            3_600,
        ),
        (
            "Elasticsearch",
            json!({ "RoleARN": ROLE, "IndexName": "i",
                "DomainARN": "arn:aws:es:us-east-1:123456789012:domain/search" }),
            300,
        ),
        (
            "Amazonopensearchservice",
            json!({ "RoleARN": ROLE, "IndexName": "i", "ClusterEndpoint": "https://search" }),
            300,
        ),
        ("Splunk", json!({ "HECEndpoint": "https://hec:8088", "HECEndpointType": "Raw" }), 300),
        (
            "HttpEndpoint",
            json!({ "EndpointConfiguration": { "Url": "https://h.example/in", "AccessKey": "k" } }),
            300,
        ),
    ];
    for (stem, mut destination, retry_secs) in cases {
        let mut caller = Caller::new();
        destination["S3Configuration"] = s3("lake");
        let asked = json!({ format!("{stem}DestinationConfiguration"): destination });
        caller.ok("CreateDeliveryStream", f(asked));
        caller.wait(30);
        let found = caller.describe()["Destinations"][0].clone();
        let found = &found[format!("{stem}DestinationDescription")];
        assert_eq!(found["RetryOptions"]["DurationInSeconds"], retry_secs, "{stem}");
        let bucket = &found["S3DestinationDescription"];
        assert_eq!(bucket["BucketARN"], "arn:aws:s3:::lake", "{stem}");
        assert_eq!(bucket["CompressionFormat"], "UNCOMPRESSED", "{stem}");
        assert!(!found.to_string().contains("Secret1"), "{stem}");
        assert!(found["EndpointConfiguration"].get("AccessKey").is_none(), "{stem}");
        let (status, _) = put(&mut caller, "aGk=");
        assert_eq!(status, 200, "{stem}");
        caller.wait(400);
    }
}

/// One destination, one source, and only what is simulated.
#[test]
fn what_does_not_go_together_is_refused() {
    let bucket = || json!({ "S3DestinationConfiguration": s3("lake") });
    let with = |more: Value| {
        let mut body = f(bucket());
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let mut s3_short = s3("lake");
    s3_short["BufferingHints"] = json!({ "SizeInMBs": 1 });
    let mut caller = Caller::new();
    caller.0.account.throttling = false;
    let source = json!({ "KinesisStreamARN":
        "arn:aws:kinesis:us-east-1:123456789012:stream/none", "RoleARN": ROLE });
    let owned = json!({ "KeyType": "AWS_OWNED_CMK", "KeyARN": KEY });
    let search = json!({ "RoleARN": ROLE, "IndexName": "i", "S3Configuration": s3("lake") });
    for body in [
        f(json!({})),
        with(json!({ "ExtendedS3DestinationConfiguration": s3("lake") })),
        with(json!({ "KinesisStreamSourceConfiguration": source })),
        with(json!({ "DeliveryStreamType": "KinesisStreamAsSource" })),
        with(json!({ "DeliveryStreamType": "KinesisStreamAsSource",
            "KinesisStreamSourceConfiguration": source })),
        with(json!({ "DeliveryStreamType": "MSKAsSource" })),
        with(json!({ "DeliveryStreamEncryptionConfigurationInput": owned })),
        with(json!({ "DeliveryStreamEncryptionConfigurationInput":
            { "KeyType": "CUSTOMER_MANAGED_CMK" } })),
        f(json!({ "SnowflakeDestinationConfiguration": {} })),
        f(json!({ "S3DestinationConfiguration": s3_short })),
        f(json!({ "AmazonopensearchserviceDestinationConfiguration": search })),
    ] {
        let (exception, message) = caller.no("CreateDeliveryStream", body.clone());
        assert_eq!(exception, "InvalidArgumentException", "{body}: {message}");
    }
    let abroad = KEY.replace("us-east-1", "eu-west-1");
    let input = json!({ "KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": abroad });
    let body = with(json!({ "DeliveryStreamEncryptionConfigurationInput": input }));
    let (status, answer) = caller.call("CreateDeliveryStream", &body);
    assert_eq!((status, &answer["__type"]), (400, &json!("InvalidKMSResourceException")));
    assert!(answer["code"].is_string());
    assert_eq!(caller.list(json!({})), (vec![], false));
}

/// The constraints of the shapes, in AWS's words.
#[test]
fn values_keep_their_constraints() {
    let mut caller = Caller::with_stream();
    caller.0.account.throttling = false;
    let s3_with = |member: &str, value: Value| {
        let mut s3 = s3("lake");
        s3[member] = value;
        f(json!({ "S3DestinationConfiguration": s3 }))
    };
    let cases = [
        (
            f(json!({ "S3DestinationConfiguration": { "RoleARN": ROLE } })),
            "Value null at 's3DestinationConfiguration.bucketARN' failed to satisfy constraint: \
             Member must not be null",
        ),
        (
            s3_with("RoleARN", json!("arn:aws:iam::12:role/r")),
            concat!(
                "Value 'arn:aws:iam::12:role/r' at 's3DestinationConfiguration.roleARN' failed to ",
                "satisfy constraint: Member must satisfy regular expression pattern: ",
                r"arn:.*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+",
            ),
        ),
        (
            s3_with("BufferingHints", json!({ "SizeInMBs": 129, "IntervalInSeconds": 60 })),
            "Value '129' at 's3DestinationConfiguration.bufferingHints.sizeInMBs' failed to \
             satisfy constraint: Member must have value less than or equal to 128",
        ),
        (
            s3_with("CompressionFormat", json!("LZ4")),
            "Value 'LZ4' at 's3DestinationConfiguration.compressionFormat' failed to satisfy \
             constraint: Member must satisfy enum value set: [ZIP, HADOOP_SNAPPY, Snappy, GZIP, \
             UNCOMPRESSED]",
        ),
    ];
    for (body, text) in cases {
        let (exception, message) = caller.no("CreateDeliveryStream", body);
        assert_eq!(exception, "ValidationException");
        assert_eq!(message, format!("1 validation error detected: {text}"));
    }
    let (exception, message) =
        caller.no("TagDeliveryStream", f(json!({ "Tags": [{ "Key": "aws:x" }] })));
    assert_eq!(exception, "ValidationException");
    assert!(message.contains("'tags.1.member.key'"), "{message}");
    let (exception, _) = caller.no("ListDeliveryStreams", json!({ "Limit": 10_001 }));
    assert_eq!(exception, "ValidationException");
}

/// §1.2: nothing by hand, no encryption of its own, and only what comes after it is `ACTIVE`.
#[test]
fn a_stream_is_a_source() {
    let mut caller = Caller::new();
    caller.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": 1 }));
    caller.wait(30);
    let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/s";
    let source = json!({ "KinesisStreamARN": arn, "RoleARN": ROLE });
    let mut s3 = s3("lake");
    s3["BufferingHints"] = json!({ "SizeInMBs": 1, "IntervalInSeconds": 60 });
    caller.ok(
        "CreateDeliveryStream",
        f(json!({ "DeliveryStreamType": "KinesisStreamAsSource",
            "KinesisStreamSourceConfiguration": source, "S3DestinationConfiguration": s3 })),
    );
    let put_record = |caller: &mut Caller, data: &str| {
        let body = json!({ "StreamName": "s", "PartitionKey": "a", "Data": data });
        let answer = caller.0.call(Profile::Current, "Kinesis_20131202.PutRecord", &body);
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    };
    put_record(&mut caller, "ZWFybHk=");
    caller.wait(35);
    let (exception, message) = caller.no("PutRecord", f(json!({ "Record": { "Data": "aGk=" } })));
    let text = "This operation is not permitted on KinesisStreamAsSource delivery stream type.";
    assert_eq!((&*exception, &*message), ("InvalidArgumentException", text));
    let (exception, _) = caller.no("StartDeliveryStreamEncryption", f(json!({})));
    assert_eq!(exception, "InvalidArgumentException");
    put_record(&mut caller, "bGF0ZQ==");
    caller.wait(70);
    assert_eq!(delivered(&mut caller, "lake"), b"late");
    let found = caller.describe();
    let told = &found["Source"]["KinesisStreamSourceDescription"];
    assert_eq!((&told["KinesisStreamARN"], &told["RoleARN"]), (&json!(arn), &json!(ROLE)));
    assert!(found.get("DeliveryStreamEncryptionConfiguration").is_none());
    let of_kind = |kind: &str| json!({ "DeliveryStreamType": kind });
    assert_eq!(caller.list(of_kind("KinesisStreamAsSource")).0, ["f"]);
    assert_eq!(caller.list(of_kind("DirectPut")).0, Vec::<String>::new());
}

/// Alphabetical, ten unless told otherwise, on from a name.
#[test]
fn names_come_in_pages() {
    let mut caller = Caller::new();
    caller.0.account.throttling = false;
    for n in (10..22).rev() {
        let body = named(&format!("f{n}"), json!({ "S3DestinationConfiguration": s3("lake") }));
        caller.ok("CreateDeliveryStream", body);
    }
    let (names, more) = caller.list(json!({}));
    assert_eq!((names.len(), &*names[0], &*names[9], more), (10, "f10", "f19", true));
    let rest = json!({ "ExclusiveStartDeliveryStreamName": "f19", "Limit": 3 });
    assert_eq!(caller.list(rest), (vec!["f20".to_owned(), "f21".to_owned()], false));
}

/// §1.1: five calls a second for each operation.
#[test]
fn the_control_plane_is_limited() {
    let mut caller = Caller::with_stream();
    for _call in 0..5 {
        caller.describe();
    }
    let (exception, _) = caller.no("DescribeDeliveryStream", f(json!({})));
    assert_eq!(exception, "ThrottlingException");
    caller.list(json!({}));
    caller.wait(1);
    caller.describe();
}

/// §1.1: 50 tags of a stream.
#[test]
fn tags_are_kept_listed_and_taken_away() {
    let mut caller = Caller::with_stream();
    caller.0.account.throttling = false;
    let tag = |key: &str| json!({ "Key": key, "Value": "v" });
    caller.ok("TagDeliveryStream", f(json!({ "Tags": [tag("b"), { "Key": "a" }] })));
    let first = caller.ok("ListTagsForDeliveryStream", f(json!({ "Limit": 1 })));
    assert_eq!(first["Tags"], json!([{ "Key": "a", "Value": "" }]));
    assert_eq!(first["HasMoreTags"], true);
    let rest = f(json!({ "ExclusiveStartTagKey": "a" }));
    assert_eq!(caller.ok("ListTagsForDeliveryStream", rest)["Tags"], json!([tag("b")]));
    let many: Vec<Value> = (0..49).map(|n| tag(&format!("t{n}"))).collect();
    let (exception, _) = caller.no("TagDeliveryStream", f(json!({ "Tags": many })));
    assert_eq!(exception, "LimitExceededException");
    caller.ok("UntagDeliveryStream", f(json!({ "TagKeys": ["a", "never"] })));
    let left = caller.ok("ListTagsForDeliveryStream", f(json!({})));
    assert_eq!(left, json!({ "Tags": [tag("b")], "HasMoreTags": false }));
    for operation in ["TagDeliveryStream", "UntagDeliveryStream", "ListTagsForDeliveryStream"] {
        let body = named("no", json!({ "Tags": [tag("a")], "TagKeys": ["a"] }));
        assert_eq!(caller.no(operation, body).0, "ResourceNotFoundException");
    }
}

/// §8: `ENABLING → ENABLED`, `DISABLING → DISABLED`, told by `Encrypted`; 25 of both a day.
#[test]
fn encryption_starts_and_stops() {
    let mut caller = Caller::with_stream();
    caller.0.account.throttling = false;
    let told =
        |caller: &mut Caller| caller.describe()["DeliveryStreamEncryptionConfiguration"].clone();
    assert_eq!(put(&mut caller, "aGk=").1["Encrypted"], false);
    let input = json!({ "KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": KEY });
    let start = f(json!({ "DeliveryStreamEncryptionConfigurationInput": input }));
    assert_eq!(caller.ok("StartDeliveryStreamEncryption", start), json!({}));
    let key = json!({ "KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": KEY, "Status": "ENABLING" });
    assert_eq!(told(&mut caller), key);
    assert_eq!(put(&mut caller, "aGk=").1["Encrypted"], false);
    let (exception, _) = caller.no("StopDeliveryStreamEncryption", f(json!({})));
    assert_eq!(exception, "ResourceInUseException");
    caller.wait(5);
    assert_eq!(told(&mut caller)["Status"], "ENABLED");
    assert_eq!(put(&mut caller, "aGk=").1["Encrypted"], true);
    caller.ok("StopDeliveryStreamEncryption", f(json!({})));
    assert_eq!(told(&mut caller), json!({ "Status": "DISABLING" }));
    caller.wait(5);
    assert_eq!(told(&mut caller)["Status"], "DISABLED");
    for n in 2..25 {
        let operation = ["StartDeliveryStreamEncryption", "StopDeliveryStreamEncryption"][n % 2];
        caller.ok(operation, f(json!({})));
        caller.wait(5);
    }
    let (exception, _) = caller.no("StopDeliveryStreamEncryption", f(json!({})));
    assert_eq!(exception, "LimitExceededException");
    caller.wait(86_400);
    caller.ok("StopDeliveryStreamEncryption", f(json!({})));
}

/// §8: the version, one type merged, another replaced.
#[test]
fn a_destination_is_updated() {
    let mut caller = Caller::with_stream();
    caller.0.account.throttling = false;
    let change = |version: &str, more: Value| {
        let mut body = f(more);
        body["CurrentDeliveryStreamVersionId"] = version.into();
        body["DestinationId"] = "destinationId-000000000001".into();
        body
    };
    let hints = json!({ "SizeInMBs": 1, "IntervalInSeconds": 60 });
    let update = json!({ "ExtendedS3DestinationUpdate": { "BufferingHints": hints } });
    let (exception, _) = caller.no("UpdateDestination", change("2", update.clone()));
    assert_eq!(exception, "ConcurrentModificationException");
    assert_eq!(caller.ok("UpdateDestination", change("1", update)), json!({}));
    let found = caller.describe();
    assert_eq!(found["VersionId"], "2");
    assert!(found["LastUpdateTimestamp"].is_number());
    let s3_now = &found["Destinations"][0]["ExtendedS3DestinationDescription"];
    assert_eq!(s3_now["BufferingHints"], hints);
    assert_eq!(s3_now["BucketARN"], "arn:aws:s3:::lake");
    put(&mut caller, "aGk=");
    caller.wait(62);
    assert_eq!(delivered(&mut caller, "lake"), b"hi");
    let update = json!({ "S3DestinationUpdate": { "BucketARN": "arn:aws:s3:::pond" } });
    caller.ok("UpdateDestination", change("2", update));
    put(&mut caller, "IQ==");
    caller.wait(62);
    assert_eq!(delivered(&mut caller, "pond"), b"!");
    let bad = json!({ "S3DestinationUpdate": { "Prefix": "!{timestamp:yyyy}/" } });
    let (exception, message) = caller.no("UpdateDestination", change("3", bad));
    assert_eq!(exception, "InvalidArgumentException", "{message}");
    let http = json!({ "HttpEndpointDestinationUpdate": { "S3Update": s3("lake"),
        "EndpointConfiguration": { "Url": "https://h.example/in" } } });
    caller.ok("UpdateDestination", change("3", http));
    let found = caller.describe();
    assert_eq!(found["VersionId"], "4");
    assert!(found["Destinations"][0].get("ExtendedS3DestinationDescription").is_none());
    let (exception, _) = caller.no("UpdateDestination", change("4", json!({})));
    assert_eq!(exception, "InvalidArgumentException");
    // Search stays search.
    let mut caller = Caller::new();
    let search = json!({ "RoleARN": ROLE, "IndexName": "i", "S3Configuration": s3("lake"),
        "DomainARN": "arn:aws:es:us-east-1:123456789012:domain/search" });
    let asked = json!({ "AmazonopensearchserviceDestinationConfiguration": search });
    caller.ok("CreateDeliveryStream", f(asked));
    caller.wait(30);
    let away = json!({ "S3DestinationUpdate": s3("lake") });
    assert_eq!(caller.no("UpdateDestination", change("1", away)).0, "InvalidArgumentException");
}

/// Whatever is called in whatever order: no answer is a failure of ours, and the books balance.
#[test]
fn random_calls_break_nothing() {
    for seed in 0..20 {
        let mut rng = base::Rng::from_seed(seed);
        let mut caller = Caller::new();
        caller.0.account.throttling = false;
        caller.0.account.on_canvas = seed % 2 == 0;
        caller.ok("CreateStream", json!({ "StreamName": "s", "ShardCount": 1 }));
        caller.wait(30);
        for _call in 0..150 {
            let mut pick = |most: u64| rng.between(0, most - 1);
            let name = ["a", "b", "c"][usize::try_from(pick(3)).unwrap()];
            let mut s3 = s3(["lake", "pond"][usize::try_from(pick(2)).unwrap()]);
            s3["BufferingHints"] = json!({ "SizeInMBs": 1, "IntervalInSeconds": pick(20) });
            let version = (pick(3) + 1).to_string();
            let change = json!({
                "CurrentDeliveryStreamVersionId": version,
                "DestinationId": "destinationId-000000000001",
                "ExtendedS3DestinationUpdate": s3,
            });
            let source = json!({ "DeliveryStreamType": "KinesisStreamAsSource",
                "S3DestinationConfiguration": s3, "KinesisStreamSourceConfiguration": {
                "KinesisStreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s",
                "RoleARN": ROLE } });
            let splunk = json!({ "SplunkDestinationConfiguration": { "S3Configuration": s3,
                "HECEndpoint": "https://hec", "HECEndpointType": "Raw" } });
            let (operation, body) = match pick(9) {
                0 => ("CreateDeliveryStream", json!({ "S3DestinationConfiguration": s3 })),
                1 => ("CreateDeliveryStream", source),
                2 => ("CreateDeliveryStream", splunk),
                3 => ("DeleteDeliveryStream", json!({})),
                4 => ("UpdateDestination", change),
                5 => ("StartDeliveryStreamEncryption", json!({})),
                6 => ("DescribeDeliveryStream", json!({})),
                _ => ("PutRecord", json!({ "Record": { "Data": "aGVsbG8=" } })),
            };
            let (status, answer) = caller.call(operation, &named(name, body));
            assert!([200, 400].contains(&status), "seed {seed}: {operation}: {answer}");
            caller.wait(pick(12));
        }
    }
}
