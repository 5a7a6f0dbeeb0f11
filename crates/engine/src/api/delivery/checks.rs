//! What does not go together in a destination, beyond the constraints of single members.
//!
//! The texts about conversion, the function and repeated parameters are those of the service, as
//! others have found them by calling it (floci-io/floci, pull requests 3236 and 3375, September
//! 2026). Of the other rules only what they ask for is published (facts, Firehose §2 to §5).

use serde_json::Value;

use super::destination::{Members, S3, S3_BACKUP, object, text};
use super::settings::{at, parameter};
use crate::api::{Refusal, blob, invalid};

type Checked = Result<(), Refusal>;

const CONVERSION: &str = "DataFormatConversionConfiguration";
const PARTITIONING: &str = "DynamicPartitioningConfiguration/Enabled";
/// Smallest `SizeInMBs` with conversion (facts, Firehose §2).
const CONVERSION_MIB_MIN: i64 = 64;

fn refused(message: impl Into<String>) -> Checked {
    Err(invalid(message.into()))
}

/// That a destination has everything it cannot be without.
pub(super) fn needs(stem: &str, members: &Members, needs: &[&str]) -> Checked {
    let asked = |path: &str| path.replace(S3.0, S3.1[1]).replace(S3_BACKUP.0, S3_BACKUP.1[1]);
    let missing = needs.iter().find(|path| at(members, path).is_none());
    if let Some(path) = missing {
        return refused(format!("{stem} needs {}.", asked(path).replace('/', ".")));
    }
    let Some(backup) = object(members, S3_BACKUP.0) else { return Ok(()) };
    match ["RoleARN", "BucketARN"].into_iter().find(|name| !backup.contains_key(*name)) {
        Some(name) => refused(format!("S3BackupConfiguration needs {name}.")),
        None => Ok(()),
    }
}

/// Both hints or none, wherever they stand (botocore 1.44.5).
pub(super) fn hints(members: &Members) -> Checked {
    let places = [Some(members), object(members, S3.0), object(members, S3_BACKUP.0)];
    let hints = places.into_iter().flatten().filter_map(|it| object(it, "BufferingHints"));
    let mut hints = hints;
    if hints.any(|it| it.contains_key("SizeInMBs") != it.contains_key("IntervalInSeconds")) {
        return refused("BufferingHints need both SizeInMBs and IntervalInSeconds, or neither.");
    }
    Ok(())
}

/// What COPY cannot read, and prefixes that are not plain (facts, Firehose §4 and §5).
pub(super) fn staged(members: &Members) -> Checked {
    let Some(bucket) = object(members, S3.0) else { return Ok(()) };
    let compression = text(bucket, "CompressionFormat");
    if !["UNCOMPRESSED", "GZIP"].contains(&compression) {
        return refused(format!("Redshift cannot load objects compressed as {compression}."));
    }
    if text(bucket, "Prefix").contains("!{") || !text(bucket, "ErrorOutputPrefix").is_empty() {
        return refused(
            "With Redshift Prefix has no expressions and ErrorOutputPrefix must be null.",
        );
    }
    Ok(())
}

/// That dynamic partitioning stays as it was created (facts, Firehose §5).
pub(super) fn partitioning(before: &Members, given: &Members) -> Checked {
    let is_on = |members: &Members| at(members, PARTITIONING) == Some(&Value::Bool(true));
    match (is_on(before), at(given, PARTITIONING).and_then(Value::as_bool)) {
        (false, Some(true)) => {
            refused("Dynamic partitioning can be enabled only when the Firehose stream is created.")
        }
        (true, Some(false)) => refused("Dynamic partitioning cannot be disabled."),
        _ => Ok(()),
    }
}

/// Whether records become another format: `Enabled` is so unless told otherwise.
pub(super) fn converts(members: &Members) -> bool {
    object(members, CONVERSION).is_some_and(|it| it.get("Enabled") != Some(&Value::Bool(false)))
}

/// That a conversion has all it needs, in the order the service asks for it.
pub(super) fn conversion(members: &Members) -> Checked {
    if !converts(members) {
        return Ok(());
    }
    if text(members, "CompressionFormat") != "UNCOMPRESSED" {
        return refused(
            "The S3 destination's compression format must be set to UNCOMPRESSED when data format \
             conversion is enabled. To enable compression within the converted output format, set \
             the appropriate serialization option in the output format configuration.",
        );
    }
    let size = at(members, "BufferingHints/SizeInMBs").and_then(Value::as_i64);
    if size.is_some_and(|size| size < CONVERSION_MIB_MIN) {
        return refused(format!(
            "BufferingHints.SizeInMBs must be at least {CONVERSION_MIB_MIN} when data format \
             conversion is enabled."
        ));
    }
    let Some(conversion) = object(members, CONVERSION) else { return Ok(()) };
    for part in ["InputFormatConfiguration", "OutputFormatConfiguration", "SchemaConfiguration"] {
        if !conversion.contains_key(part) {
            return refused(format!("{part} must not be null"));
        }
    }
    for (path, kind, known) in [
        ("InputFormatConfiguration/Deserializer", "Deserializer", "OpenXJsonSerDe"),
        ("OutputFormatConfiguration/Serializer", "Serializer", "ParquetSerDe"),
    ] {
        one_of(at(conversion, path).and_then(Value::as_object), kind, known)?;
    }
    // The service spells one of them so, whatever its model says.
    for (name, spelled) in
        [("RoleARN", "RoleArn"), ("DatabaseName", "DatabaseName"), ("TableName", "TableName")]
    {
        if at(conversion, &format!("SchemaConfiguration/{name}")).is_none() {
            return refused(format!("SchemaConfiguration.{spelled} must not be null or empty"));
        }
    }
    Ok(())
}

/// Exactly one, and the one that is simulated.
fn one_of(given: Option<&Members>, kind: &str, known: &str) -> Checked {
    let mut names = given.into_iter().flat_map(Members::keys);
    match (names.next(), names.next()) {
        (None, _) => refused(format!("{kind} must not be null")),
        (Some(_), Some(_)) => {
            let kind = kind.to_ascii_lowercase();
            refused(format!("More than one {kind} specified. Only one may be chosen."))
        }
        (Some(name), None) if name != known => {
            refused(format!("{name} is not simulated: use {known}."))
        }
        (Some(_), None) => Ok(()),
    }
}

/// That every processor stands once, with what it needs and only with what it can.
pub(super) fn processors(members: &Members) -> Checked {
    let list = at(members, "ProcessingConfiguration/Processors").and_then(Value::as_array);
    let list: Vec<(&str, &[Value])> =
        list.into_iter().flatten().filter_map(super::settings::processor).collect();
    let count = |wanted: &str| list.iter().filter(|(kind, _)| *kind == wanted).count();
    for (_, parameters) in &list {
        let is_again = |at: usize| {
            parameters[..at].iter().any(|it| it["ParameterName"] == parameters[at]["ParameterName"])
        };
        if (0..parameters.len()).any(is_again) {
            return refused("Duplicate ProcessorParameter passed to ProcessingConfiguration.");
        }
    }
    for (kind, _) in &list {
        if count(kind) > 1 {
            return refused(format!("Cannot have more than 1 {kind} processor."));
        }
    }
    list.iter().try_for_each(|(kind, parameters)| match *kind {
        "Lambda" => function(parameters),
        "RecordDeAggregation" => deaggregation(parameters),
        "Decompression" => known(kind, parameters, "CompressionFormat", &["GZIP"]),
        "CloudWatchLogProcessing" if count("Decompression") == 0 => {
            refused("CloudWatchLogProcessing needs a Decompression processor.")
        }
        "CloudWatchLogProcessing" => {
            known(kind, parameters, "DataMessageExtraction", &["true", "false"])
        }
        "MetadataExtraction" if at(members, PARTITIONING) != Some(&Value::Bool(true)) => {
            refused("MetadataExtraction is for dynamic partitioning, which is not enabled.")
        }
        "MetadataExtraction" if parameter(parameters, "MetadataExtractionQuery").is_none() => {
            refused("MetadataExtractionQuery is required when MetadataExtraction is used.")
        }
        "MetadataExtraction" => known(kind, parameters, "JsonParsingEngine", &["JQ-1.6"]),
        _ => Ok(()),
    })
}

fn function(parameters: &[Value]) -> Checked {
    let Some(arn) = parameter(parameters, "LambdaArn") else {
        return refused("LambdaArn is required when Lambda processor is used.");
    };
    if !is_function(arn) {
        return refused("Invalid lambda ARN.");
    }
    let has = |name: &str| parameter(parameters, name).is_some();
    if has("BufferSizeInMBs") != has("BufferIntervalInSeconds") {
        return refused(
            "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering \
             for lambda processor.",
        );
    }
    Ok(())
}

/// `arn:aws:lambda:<region>:<account>:function:<name>`, and a version or an alias.
fn is_function(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let [arn, partition, "lambda", region, account, "function", name, version @ ..] = &*parts
    else {
        return false;
    };
    let is_name = |text: &str, most: usize| {
        let legal = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
        (1..=most).contains(&text.len()) && text.bytes().all(legal)
    };
    *arn == "arn"
        && partition.starts_with("aws")
        && is_name(region, 64)
        && account.len() == 12
        && account.bytes().all(|it| it.is_ascii_digit())
        && is_name(name, 64)
        && match version {
            [] => true,
            [version] => *version == "$LATEST" || is_name(version, 128),
            _ => false,
        }
}

fn deaggregation(parameters: &[Value]) -> Checked {
    let kind = parameter(parameters, "SubRecordType");
    if kind.is_none() {
        return refused("SubRecordType is required when RecordDeAggregation is used.");
    }
    known("RecordDeAggregation", parameters, "SubRecordType", &["JSON", "DELIMITED"])?;
    let delimiter = parameter(parameters, "Delimiter");
    if kind == Some("DELIMITED") && delimiter.is_none_or(|it| blob::length(it).is_err()) {
        return refused("SubRecordType DELIMITED needs a Delimiter in Base64.");
    }
    Ok(())
}

/// That a parameter, if it is given, has a value it can have.
fn known(kind: &str, parameters: &[Value], name: &str, values: &[&str]) -> Checked {
    match parameter(parameters, name) {
        Some(value) if !values.contains(&value) => {
            refused(format!("{kind} knows {name} {} only.", values.join(" and ")))
        }
        _ => Ok(()),
    }
}
