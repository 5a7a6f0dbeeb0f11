//! Where a Firehose stream delivers: from a request to a description with its defaults filled in,
//! and from the wires of a card.

use std::sync::Arc;

use base::NodeId;
use scenario::Node;
use serde_json::{Map, Value, json};

use super::{checks, settings};
use crate::api::{Refusal, invalid};
use crate::control::Account;
use crate::control::deliveries::Places;
use crate::engine::Engine;
use crate::kind::firehose::life::Destination;

/// A stream has one destination (facts, Firehose §8).
pub(super) const DESTINATION_ID: &str = "destinationId-000000000001";

/// Members of a request or a description.
pub(super) type Members = Map<String, Value>;

/// A type of destination.
struct Type {
    /// What its members in requests and descriptions begin with.
    stem: &'static str,
    /// What it is when nothing else is said (facts, Firehose §2 and §6).
    defaults: &'static str,
    /// Modes of `S3BackupMode`: of failures alone, and of everything.
    backup: [&'static str; 2],
    /// Paths of what it cannot be without (botocore 1.44.5); a creation has them by its shapes.
    needs: &'static [&'static str],
}

const S3_DEFAULTS: &str = r#"{"BufferingHints":{"SizeInMBs":5,"IntervalInSeconds":300},
    "CompressionFormat":"UNCOMPRESSED",
    "EncryptionConfiguration":{"NoEncryptionConfig":"NoEncryption"},
    "CloudWatchLoggingOptions":{"Enabled":false}}"#;

const SEARCH_DEFAULTS: &str = r#"{"IndexRotationPeriod":"OneDay",
    "BufferingHints":{"IntervalInSeconds":300,"SizeInMBs":5},
    "RetryOptions":{"DurationInSeconds":300},"S3BackupMode":"FailedDocumentsOnly",
    "CloudWatchLoggingOptions":{"Enabled":false},
    "DocumentIdOptions":{"DefaultDocumentIdFormat":"FIREHOSE_DEFAULT"}}"#;

/// What S3 has where no hints were given and records become Parquet (facts, Firehose §2).
const CONVERTED: &str = r#"{"BufferingHints":{"SizeInMBs":128,"IntervalInSeconds":300}}"#;

const SOURCE: [&str; 2] = ["Disabled", "Enabled"];
const DOCUMENTS: [&str; 2] = ["FailedDocumentsOnly", "AllDocuments"];

const STAGE_ROLE: &str = "S3DestinationDescription/RoleARN";
const STAGE: &str = "S3DestinationDescription/BucketARN";
const SEARCH_NEEDS: &[&str] = &["RoleARN", "IndexName", STAGE_ROLE, STAGE];

const TYPES: [Type; 6] = [
    Type {
        stem: "ExtendedS3",
        defaults: r#"{"S3BackupMode":"Disabled"}"#,
        backup: SOURCE,
        needs: &["RoleARN", "BucketARN"],
    },
    Type {
        stem: "Redshift",
        defaults: r#"{"RetryOptions":{"DurationInSeconds":3600},"S3BackupMode":"Disabled",
            "CloudWatchLoggingOptions":{"Enabled":false}}"#,
        backup: SOURCE,
        needs: &["RoleARN", "ClusterJDBCURL", "CopyCommand", STAGE_ROLE, STAGE],
    },
    Type {
        stem: "Elasticsearch",
        defaults: SEARCH_DEFAULTS,
        backup: DOCUMENTS,
        needs: SEARCH_NEEDS,
    },
    Type {
        stem: "Amazonopensearchservice",
        defaults: SEARCH_DEFAULTS,
        backup: DOCUMENTS,
        needs: SEARCH_NEEDS,
    },
    Type {
        stem: "Splunk",
        defaults: r#"{"HECAcknowledgmentTimeoutInSeconds":180,
            "RetryOptions":{"DurationInSeconds":300},"S3BackupMode":"FailedEventsOnly",
            "CloudWatchLoggingOptions":{"Enabled":false},
            "BufferingHints":{"IntervalInSeconds":60,"SizeInMBs":5}}"#,
        backup: ["FailedEventsOnly", "AllEvents"],
        needs: &["HECEndpoint", "HECEndpointType", STAGE_ROLE, STAGE],
    },
    Type {
        stem: "HttpEndpoint",
        defaults: r#"{"BufferingHints":{"SizeInMBs":5,"IntervalInSeconds":300},
            "CloudWatchLoggingOptions":{"Enabled":false},
            "RequestConfiguration":{"ContentEncoding":"NONE","CommonAttributes":[]},
            "RetryOptions":{"DurationInSeconds":300},"S3BackupMode":"FailedDataOnly"}"#,
        backup: ["FailedDataOnly", "AllData"],
        needs: &["EndpointConfiguration/Url", STAGE_ROLE, STAGE],
    },
];

/// Destinations that are not simulated.
const ABSENT: [&str; 3] = ["AmazonOpenSearchServerless", "Snowflake", "Iceberg"];

/// The bucket beside a destination, as descriptions and requests call it.
pub(super) const S3: (&str, [&str; 2]) =
    ("S3DestinationDescription", ["S3Configuration", "S3Update"]);
/// The bucket for the records as they came.
pub(super) const S3_BACKUP: (&str, [&str; 2]) =
    ("S3BackupDescription", ["S3BackupConfiguration", "S3BackupUpdate"]);

/// The type of a stem; `S3` is an older word for `ExtendedS3`.
fn type_of(stem: &str) -> &'static Type {
    TYPES.iter().find(|it| it.stem == stem).unwrap_or(&TYPES[0])
}

/// The one destination a request names: its type's stem, and its members.
fn named<'a>(body: &'a Members, end: &str) -> Result<(&'static str, &'a Members), Refusal> {
    let given =
        |stem: &str| body.get(&format!("{stem}Destination{end}")).and_then(Value::as_object);
    if let Some(absent) = ABSENT.into_iter().find(|stem| given(stem).is_some()) {
        return Err(invalid(format!("{absent}Destination{end} is not simulated.")));
    }
    let stems = TYPES.iter().map(|it| (it.stem, it.stem)).chain([("S3", TYPES[0].stem)]);
    let mut found = stems.filter_map(|(asked, stem)| Some((stem, given(asked)?)));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(invalid(format!("No Destination{end} was given: exactly one is needed."))),
        (Some(_), Some(_)) => Err(invalid(format!(
            "More than one Destination{end} was given: exactly one is needed."
        ))),
    }
}

/// What `CreateDeliveryStream` asks for.
pub(super) fn created(body: &Members) -> Result<Destination, Refusal> {
    let (stem, given) = named(body, "Configuration")?;
    let mut members = Map::new();
    merge(&mut members, given);
    complete(Destination { stem, members })
}

/// What `UpdateDestination` makes of a destination: members that are not named stay as they were
/// while the type does.
pub(super) fn updated(before: Destination, body: &Members) -> Result<Destination, Refusal> {
    let (stem, given) = named(body, "Update")?;
    if stem != before.stem {
        if is_search(stem) != is_search(before.stem) {
            let text = "Switching between Amazon OpenSearch Service and other services is not \
                        supported.";
            return Err(invalid(text.to_owned()));
        }
        let mut members = Map::new();
        merge(&mut members, given);
        return complete(Destination { stem, members });
    }
    checks::partitioning(&before.members, given)?;
    check_backup(&before, given)?;
    let mut next = before;
    merge(&mut next.members, given);
    complete(next)
}

/// `S3BackupMode` goes one way: from failures to everything, and for search not even that (facts,
/// Firehose §6).
fn check_backup(before: &Destination, given: &Members) -> Result<(), Refusal> {
    let now = before.members.get("S3BackupMode").and_then(Value::as_str);
    let Some((now, next)) = now.zip(given.get("S3BackupMode").and_then(Value::as_str)) else {
        return Ok(());
    };
    let of = type_of(before.stem);
    if now == next || (now == of.backup[0] && of.backup != DOCUMENTS) {
        return Ok(());
    }
    Err(invalid(format!("S3BackupMode cannot be changed from {now} to {next}.")))
}

/// Writes members of a request over those of a description, whose names differ in places.
fn merge(members: &mut Members, given: &Members) {
    for (name, value) in given {
        let nested = [S3, S3_BACKUP].into_iter().find(|(_, asked)| asked.contains(&&**name));
        let secret = ["Password", "AccessKey"];
        let by_member = ["DataFormatConversionConfiguration", "DynamicPartitioningConfiguration"];
        match (nested, value) {
            (None, Value::Object(given)) if by_member.contains(&&**name) => {
                let inner = members.entry(name.as_str()).or_insert_with(|| json!({}));
                if let Value::Object(inner) = inner {
                    inner.extend(given.clone());
                }
            }
            // Both hints or neither: none stays what it was.
            (None, Value::Object(hints)) if name == "BufferingHints" && hints.is_empty() => {}
            (Some((name, _)), Value::Object(given)) => {
                let inner = members.entry(name).or_insert_with(|| json!({}));
                if let Value::Object(inner) = inner {
                    merge(inner, given);
                }
            }
            _ if secret.contains(&&**name) => {}
            (None, Value::Object(given)) if name == "EndpointConfiguration" => {
                let mut shown = Map::new();
                merge(&mut shown, given);
                members.insert(name.clone(), shown.into());
            }
            (None, Value::Object(given)) if name == "VpcConfiguration" => {
                let mut shown = given.clone();
                shown.insert("VpcId".into(), "vpc-00000000000000000".into());
                members.insert("VpcConfigurationDescription".into(), shown.into());
            }
            _ => {
                members.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Fills in what was not said, and refuses what does not go together.
fn complete(destination: Destination) -> Result<Destination, Refusal> {
    let Destination { stem, mut members } = destination;
    let of = type_of(stem);
    checks::hints(&members)?;
    fill(&mut members, of.defaults);
    if stem == TYPES[0].stem {
        if checks::converts(&members) {
            fill(&mut members, CONVERTED);
        }
        fill(&mut members, S3_DEFAULTS);
    }
    checks::needs(stem, &members, of.needs)?;
    for place in [S3.0, S3_BACKUP.0] {
        if let Some(Value::Object(inner)) = members.get_mut(place) {
            fill(inner, S3_DEFAULTS);
        }
    }
    checks::conversion(&members)?;
    checks::processors(&members)?;
    let destination = Destination { stem, members };
    if is_search(stem) {
        let places = ["DomainARN", "ClusterEndpoint"];
        if places.iter().filter(|name| destination.members.contains_key(**name)).count() != 1 {
            return Err(invalid("Give either DomainARN or ClusterEndpoint.".to_owned()));
        }
    }
    if of.backup == SOURCE
        && backs_up(&destination)
        && !destination.members.contains_key(S3_BACKUP.0)
    {
        return Err(invalid("S3BackupMode Enabled needs S3BackupConfiguration.".to_owned()));
    }
    if stem == "Redshift" {
        checks::staged(&destination.members)?;
    }
    Ok(destination)
}

fn fill(members: &mut Members, defaults: &str) {
    let Ok(Value::Object(defaults)) = defaults.parse::<Value>() else { return };
    for (name, value) in defaults {
        members.entry(name).or_insert(value);
    }
}

fn is_search(stem: &str) -> bool {
    type_of(stem).backup == DOCUMENTS
}

pub(super) fn object<'a>(members: &'a Members, name: &str) -> Option<&'a Members> {
    members.get(name).and_then(Value::as_object)
}

pub(super) fn text<'a>(members: &'a Members, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Modes of `S3BackupMode`: of failures alone, and of everything.
pub(super) fn backup_words(stem: &str) -> [&'static str; 2] {
    type_of(stem).backup
}

/// Whether everything goes into the bucket beside the destination.
fn backs_up(destination: &Destination) -> bool {
    text(&destination.members, "S3BackupMode") == backup_words(destination.stem)[1]
}

/// Where a destination is: names of parts.
pub(super) fn places(destination: &Destination) -> Places<'_> {
    let members = &destination.members;
    let beside = |name| object(members, name).map(bucket);
    match destination.stem {
        "Redshift" => {
            let host = host(text(members, "ClusterJDBCURL").trim_start_matches("jdbc:"));
            let cluster = host.split('.').next().unwrap_or_default();
            Places { target: (cluster, false), bucket: beside(S3.0) }
        }
        "Splunk" => {
            Places { target: (host(text(members, "HECEndpoint")), false), bucket: beside(S3.0) }
        }
        "HttpEndpoint" => {
            let endpoint = object(members, "EndpointConfiguration");
            let part = |name| endpoint.map_or("", |endpoint| text(endpoint, name));
            let name = if part("Name").is_empty() { host(part("Url")) } else { part("Name") };
            Places { target: (name, false), bucket: beside(S3.0) }
        }
        stem if is_search(stem) => {
            let domain = text(members, "DomainARN").rsplit('/').next().unwrap_or_default();
            let name = match domain {
                "" => host(text(members, "ClusterEndpoint")),
                domain => domain,
            };
            Places { target: (name, false), bucket: beside(S3.0) }
        }
        _ => {
            let backup = beside(S3_BACKUP.0).filter(|_| backs_up(destination));
            Places { target: (bucket(members), true), bucket: backup }
        }
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

fn bucket(members: &Members) -> &str {
    text(members, "BucketARN").rsplit(':').next().unwrap_or_default()
}

/// The role the console of AWS makes.
pub(super) fn role(account: &Account) -> String {
    format!("arn:aws:iam::{}:role/firehose_delivery_role", account.id)
}

/// The destination of a stream as it is now: what a call said of it, and over that what its
/// settings and its wires say.
pub(super) fn of(engine: &Engine, id: NodeId) -> Destination {
    let called = engine.deliveries().find(|(it, _)| *it == id);
    let called = called.and_then(|(_, firehose)| firehose.life().destination.clone());
    let document = engine.document();
    let led = |port: &str| {
        let edge = document.edges_from(id).find(|edge| edge.from.port == port)?;
        document.node(edge.to.node)
    };
    let target = led("out");
    let mut found = called.unwrap_or_else(|| drawn(&engine.account, target));
    let arn = |part: &Arc<Node>| json!(format!("arn:aws:s3:::{}", part.name));
    let is_s3 = found.stem == TYPES[0].stem;
    if let Some(bucket) = target.filter(|_| is_s3) {
        found.members.insert("BucketARN".to_owned(), arn(bucket));
    }
    let place = if is_s3 { S3_BACKUP.0 } else { S3.0 };
    if let Some(bucket) = led("bucket") {
        let inner = found.members.entry(place).or_insert_with(|| json!({}));
        if let Value::Object(inner) = inner {
            inner.insert("BucketARN".to_owned(), arn(bucket));
            inner.entry("RoleARN").or_insert_with(|| role(&engine.account).into());
            fill(inner, S3_DEFAULTS);
        }
    }
    if let Some(part) = document.node(id) {
        settings::describe(&mut found, part, &engine.account);
    }
    found
}

/// What a card says whose destination no call has named.
fn drawn(account: &Account, target: Option<&Arc<Node>>) -> Destination {
    let name = target.map_or("", |part| &*part.name);
    let (stem, own) = match target.map_or("", |part| part.config.kind()) {
        "redshift" => {
            let host = format!("{name}.cluster.{}.redshift.amazonaws.com", account.region);
            let url = format!("jdbc:redshift://{host}:5439/dev");
            let copy = json!({ "DataTableName": "records" });
            ("Redshift", json!({ "ClusterJDBCURL": url, "CopyCommand": copy }))
        }
        "elasticsearch" => {
            let arn = format!("arn:aws:es:{}:{}:domain/{name}", account.region, account.id);
            ("Amazonopensearchservice", json!({ "DomainARN": arn }))
        }
        "splunk" => ("Splunk", json!({ "HECEndpoint": format!("https://{name}:8088") })),
        "http_endpoint" => {
            let endpoint = json!({ "Url": format!("https://{name}/"), "Name": name });
            ("HttpEndpoint", json!({ "EndpointConfiguration": endpoint }))
        }
        _ => (TYPES[0].stem, json!({ "BucketARN": "arn:aws:s3:::" })),
    };
    let mut members = Map::new();
    members.insert("RoleARN".to_owned(), role(account).into());
    if let Value::Object(own) = own {
        merge(&mut members, &own);
    }
    if stem == "Splunk" {
        members.shift_remove("RoleARN");
    }
    fill(&mut members, type_of(stem).defaults);
    if stem == TYPES[0].stem {
        fill(&mut members, S3_DEFAULTS);
    } else {
        let mut bucket = Map::new();
        bucket.insert("RoleARN".to_owned(), role(account).into());
        bucket.insert("BucketARN".to_owned(), "arn:aws:s3:::".into());
        fill(&mut bucket, S3_DEFAULTS);
        members.insert(S3.0.to_owned(), bucket.into());
    }
    Destination { stem, members }
}

/// One of the `Destinations` of a description.
pub(super) fn description(engine: &Engine, id: NodeId) -> Value {
    let Destination { stem, members } = of(engine, id);
    let mut body = json!({ "DestinationId": DESTINATION_ID });
    if stem == TYPES[0].stem {
        // What is S3 is described twice, in the older shape as well.
        const OLDER: [&str; 8] = [
            "RoleARN",
            "BucketARN",
            "Prefix",
            "ErrorOutputPrefix",
            "BufferingHints",
            "CompressionFormat",
            "EncryptionConfiguration",
            "CloudWatchLoggingOptions",
        ];
        let older: Members = OLDER
            .iter()
            .filter_map(|name| Some(((*name).into(), members.get(*name)?.clone())))
            .collect();
        body["S3DestinationDescription"] = older.into();
    }
    body[format!("{stem}DestinationDescription")] = members.into();
    body
}
