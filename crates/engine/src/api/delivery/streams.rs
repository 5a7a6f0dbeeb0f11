//! Firehose streams as wholes: creation, deletion, descriptions, destinations, tags, encryption.

use serde_json::{Map, Value, json};

use super::destination::{self, DESTINATION_ID};
use super::{checks, settings, table};
use crate::api::request::{Request, seconds};
use crate::api::{Done, Refusal, invalid};
use crate::control::deliveries::{Wanted, delivery_arn};
use crate::control::page;
use crate::engine::Engine;
use crate::kind::firehose::Firehose;
use crate::kind::firehose::life::{Destination, Encryption};

/// `ListDeliveryStreams` answers so many names unless told otherwise (facts, Firehose §8).
const NAMES: u32 = 10;
/// Tags of one stream (facts, Firehose §1.1).
const TAGS_MAX: usize = 50;
const DIRECT: &str = "DirectPut";
const FROM_STREAM: &str = "KinesisStreamAsSource";
/// What is not simulated of `CreateDeliveryStream`.
const ABSENT: [&str; 2] = ["MSKSourceConfiguration", "DatabaseSourceConfiguration"];

pub(super) fn create(engine: &mut Engine, request: &Request) -> Done {
    let name = request.needed("DeliveryStreamName");
    if let Some(absent) = ABSENT.into_iter().find(|it| request.body.contains_key(*it)) {
        return Err(invalid(format!("{absent} is not simulated.")));
    }
    let kind = request.text("DeliveryStreamType").unwrap_or(DIRECT);
    let stream = request.body.get("KinesisStreamSourceConfiguration");
    let source = match (kind, stream) {
        (DIRECT, None) => None,
        (FROM_STREAM, Some(stream)) => {
            let text = |member: &str| stream[member].as_str().unwrap_or_default();
            Some((named_stream(engine, text("KinesisStreamARN"))?, text("RoleARN")))
        }
        (DIRECT | FROM_STREAM, _) => {
            return Err(invalid(format!(
                "KinesisStreamSourceConfiguration is for {FROM_STREAM}, which needs it: \
                 DeliveryStreamType is {kind}."
            )));
        }
        _ => return Err(invalid(format!("DeliveryStreamType {kind} is not simulated."))),
    };
    let hint = request.body.get("DirectPutSourceConfiguration");
    if hint.is_some() && kind != DIRECT {
        return Err(invalid(format!("DirectPutSourceConfiguration is for {DIRECT}.")));
    }
    let input = request.body.get("DeliveryStreamEncryptionConfigurationInput");
    let key = input.map(|input| key(engine, input)).transpose()?;
    if key.is_some() && kind != DIRECT {
        return Err(only_direct());
    }
    let destination = destination::created(&request.body)?;
    let mut fields = settings::unsaid();
    fields.extend(said(engine, &destination)?);
    let encryption = match &key {
        None => "none",
        Some((kind, _)) if kind == "AWS_OWNED_CMK" => "aws_owned",
        Some(_) => "customer_managed",
    };
    fields.insert("encryption".to_owned(), encryption.into());
    spare_words(&mut fields);
    let wanted = Wanted {
        name,
        fields,
        source,
        places: destination::places(&destination),
        destination: destination.clone(),
        key,
        tags: tags_given(request),
        throughput_hint: hint.and_then(|hint| hint["ThroughputHintInMBs"].as_i64()),
    };
    engine.create_delivery_stream(wanted)?;
    Ok(json!({ "DeliveryStreamARN": delivery_arn(&engine.account, name) }))
}

/// Name of the stream an ARN is of, which is one of this account.
fn named_stream<'a>(engine: &Engine, arn: &'a str) -> Result<&'a str, Refusal> {
    let name = arn.rsplit_once(":stream/").map_or("", |(_, name)| name);
    let is_there = engine.describe_stream(name).is_ok();
    if is_there && arn == engine.account.stream_arn(name) {
        return Ok(name);
    }
    let account = &engine.account.id;
    Err(invalid(format!("Kinesis Stream {arn} under account {account} not found.")))
}

pub(super) fn delete(engine: &mut Engine, request: &Request) -> Done {
    engine.delete_delivery_stream(request.needed("DeliveryStreamName"))?;
    Ok(json!({}))
}

pub(super) fn list(engine: &mut Engine, request: &Request) -> Done {
    let (kind, after) =
        (request.text("DeliveryStreamType"), request.text("ExclusiveStartDeliveryStreamName"));
    let of_kind = engine
        .deliveries()
        .filter(|(_, firehose)| kind.is_none_or(|kind| kind == delivery_type(firehose)));
    let named = of_kind.filter_map(|(id, _)| Some(engine.document().node(id)?.name.clone()));
    let mut names: Vec<String> = named.collect();
    base::order::sort(&mut names[..]);
    names.retain(|name| after.is_none_or(|after| name.as_str() > after));
    let (names, more) = page(names.into_iter(), request.count("Limit").unwrap_or(NAMES));
    Ok(json!({ "DeliveryStreamNames": names, "HasMoreDeliveryStreams": more }))
}

fn delivery_type(firehose: &Firehose) -> &'static str {
    let has_source = firehose.life().source_role.is_some() || firehose.reads_a_stream();
    if has_source { FROM_STREAM } else { DIRECT }
}

pub(super) fn describe(engine: &mut Engine, request: &Request) -> Done {
    let name = request.needed("DeliveryStreamName");
    let (id, firehose) = engine.delivery(name)?;
    let (life, now) = (firehose.life(), engine.now());
    let mut body = Map::new();
    let mut tell = |name: &str, value: Value| body.insert(name.to_owned(), value);
    tell("DeliveryStreamName", name.into());
    tell("DeliveryStreamARN", delivery_arn(&engine.account, name).into());
    tell("DeliveryStreamStatus", life.status(now).word().into());
    let kind = delivery_type(firehose);
    if kind == DIRECT {
        tell("DeliveryStreamEncryptionConfiguration", encryption(engine, &life.encryption));
    }
    tell("DeliveryStreamType", kind.into());
    tell("VersionId", firehose.version().to_string().into());
    tell("CreateTimestamp", seconds(engine.wall_millis(life.created)));
    if let Some(updated) = life.updated {
        tell("LastUpdateTimestamp", seconds(engine.wall_millis(updated)));
    }
    if let Some(hint) = life.throughput_hint {
        let source = json!({ "ThroughputHintInMBs": hint });
        tell("Source", json!({ "DirectPutSourceDescription": source }));
    }
    if kind == FROM_STREAM {
        let stream = engine.source_of(id).and_then(|id| engine.document().node(id));
        let stream = stream.map_or("", |part| &*part.name);
        let role = life.source_role.clone().unwrap_or_else(|| destination::role(&engine.account));
        let source = json!({
            "KinesisStreamARN": engine.account.stream_arn(stream),
            "RoleARN": role,
            "DeliveryStartTimestamp": seconds(engine.wall_millis(life.ready)),
        });
        tell("Source", json!({ "KinesisStreamSourceDescription": source }));
    }
    let is_first = request.text("ExclusiveStartDestinationId").is_none_or(|it| it < DESTINATION_ID);
    let destinations: Vec<Value> =
        is_first.then(|| destination::description(engine, id)).into_iter().collect();
    tell("Destinations", destinations.into());
    tell("HasMoreDestinations", false.into());
    Ok(json!({ "DeliveryStreamDescription": body }))
}

fn encryption(engine: &Engine, encryption: &Encryption) -> Value {
    let mut body = json!({ "Status": encryption.word(engine.now()) });
    if let Some((kind, arn)) = &encryption.key {
        body["KeyType"] = kind.as_str().into();
        if let Some(arn) = arn {
            body["KeyARN"] = arn.as_str().into();
        }
    }
    body
}

pub(super) fn update(engine: &mut Engine, request: &Request) -> Done {
    let name = request.needed("DeliveryStreamName");
    let (id, firehose) = engine.active_delivery(name)?;
    let (told, version) = (request.needed("CurrentDeliveryStreamVersionId"), firehose.version());
    if told != version.to_string() {
        let message = format!(
            "CurrentDeliveryStreamVersionId {told} is not the version of Firehose {name} under \
             account {}: it is {version}.",
            engine.account.id
        );
        return Err(Refusal { exception: "ConcurrentModificationException", message });
    }
    let destination_id = request.needed("DestinationId");
    if destination_id != DESTINATION_ID {
        return Err(invalid(format!("Firehose {name} has no destination {destination_id}.")));
    }
    let before = destination::of(engine, id);
    let stem = before.stem;
    let next = destination::updated(before, &request.body)?;
    let (said, places) = (said(engine, &next)?, destination::places(&next));
    let mut fields = if next.stem == stem { Map::new() } else { settings::unsaid() };
    fields.extend(said);
    if firehose.settings().transform_field.is_empty() {
        spare_words(&mut fields);
    }
    engine.update_destination(name, fields, next.clone(), places)?;
    Ok(json!({}))
}

/// The settings a destination says, and the columns of its table.
fn said(engine: &Engine, destination: &Destination) -> Result<Map<String, Value>, Refusal> {
    let mut fields = settings::settings(destination);
    if checks::converts(&destination.members) {
        fields.insert("schema".to_owned(), table::columns(engine, destination)?.into());
    }
    Ok(fields)
}

/// Which member a function redacts, or which columns it names, only a card can say.
fn spare_words(fields: &mut Map<String, Value>) {
    let wants_words = [json!("csv_to_json"), json!("redact"), json!("drop")];
    if fields.get("transform").is_some_and(|body| wants_words.contains(body)) {
        fields.insert("transform".to_owned(), "identity".into());
    }
}

/// `KeyType` and `KeyARN` of an encryption that is asked for (facts, Firehose §8).
fn key(engine: &Engine, input: &Value) -> Result<(String, Option<String>), Refusal> {
    let kind = input["KeyType"].as_str().unwrap_or_default();
    let arn = input["KeyARN"].as_str();
    match (kind, arn) {
        ("AWS_OWNED_CMK", None) => {}
        ("AWS_OWNED_CMK", Some(_)) => {
            return Err(invalid("KeyARN must not be given with KeyType AWS_OWNED_CMK.".into()));
        }
        (_, None) => {
            return Err(invalid("KeyType CUSTOMER_MANAGED_CMK needs KeyARN.".into()));
        }
        (_, Some(arn)) => {
            let region = arn.split(':').nth(3).unwrap_or_default();
            if region != &*engine.account.region {
                // A key of another region is none that AWS KMS knows here.
                let message = format!("Key {arn} does not exist");
                return Err(Refusal { exception: "InvalidKMSResourceException", message });
            }
        }
    }
    Ok((kind.to_owned(), arn.map(str::to_owned)))
}

fn only_direct() -> Refusal {
    invalid(format!("Server-side encryption is for {DIRECT}: a stream as source has its own."))
}

pub(super) fn start_encryption(engine: &mut Engine, request: &Request) -> Done {
    let aws_owned = json!({ "KeyType": "AWS_OWNED_CMK" });
    let input = request.body.get("DeliveryStreamEncryptionConfigurationInput");
    let key = key(engine, input.unwrap_or(&aws_owned))?;
    change_encryption(engine, request, Some(key))
}

pub(super) fn stop_encryption(engine: &mut Engine, request: &Request) -> Done {
    change_encryption(engine, request, None)
}

fn change_encryption(
    engine: &mut Engine,
    request: &Request,
    key: Option<(String, Option<String>)>,
) -> Done {
    let name = request.needed("DeliveryStreamName");
    let (_, firehose) = engine.delivery(name)?;
    if delivery_type(firehose) != DIRECT {
        return Err(only_direct());
    }
    engine.encrypt_delivery_stream(name, key)?;
    Ok(json!({}))
}

fn tags_given(request: &Request) -> Vec<(String, String)> {
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    request.list("Tags").iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
}

pub(super) fn tag(engine: &mut Engine, request: &Request) -> Done {
    let name = request.needed("DeliveryStreamName");
    let present = &engine.delivery(name)?.1.life().tags;
    let given = tags_given(request);
    let is_new = |at: usize| {
        let key = &given[at].0;
        !present.contains_key(key) && given[..at].iter().all(|(other, _)| other != key)
    };
    if present.len() + (0..given.len()).filter(|at| is_new(*at)).count() > TAGS_MAX {
        let account = &engine.account.id;
        let message =
            format!("Firehose {name} under account {account} can have {TAGS_MAX} tags at most.");
        return Err(Refusal { exception: "LimitExceededException", message });
    }
    for (key, value) in &given {
        engine.tag_delivery_stream(name, key, Some(value))?;
    }
    Ok(json!({}))
}

pub(super) fn untag(engine: &mut Engine, request: &Request) -> Done {
    let name = request.needed("DeliveryStreamName");
    engine.delivery(name)?;
    for key in request.list("TagKeys").iter().filter_map(Value::as_str) {
        engine.tag_delivery_stream(name, key, None)?;
    }
    Ok(json!({}))
}

pub(super) fn list_tags(engine: &mut Engine, request: &Request) -> Done {
    let (_, firehose) = engine.delivery(request.needed("DeliveryStreamName"))?;
    let after = request.text("ExclusiveStartTagKey");
    let tags = firehose.life().tags.iter();
    let listed = tags.filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
    let lines = listed.map(|(key, value)| json!({ "Key": key, "Value": value }));
    let (tags, more) = page(lines, request.count("Limit").unwrap_or(u32::MAX));
    Ok(json!({ "Tags": tags, "HasMoreTags": more }))
}
