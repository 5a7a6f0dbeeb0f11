//! From the description of a destination to the settings of a card, and back.
//!
//! Most members are settings by another name ([`rows`]); processors and the few members that are
//! words for yes and no are read by hand. What a description does not say has AWS's default. What
//! no call can say, such as what the function of a transformation does, stays as it is.

use base::Ratio;
use scenario::Node;
use scenario::kind::{Config, FUNCTIONS, FirehoseConfig};
use serde_json::{Map, Value, json};

use super::destination::{Members, backup_words, object};
use super::{checks, table};
use crate::api::blob;
use crate::control::Account;
use crate::kind::firehose::life::Destination;

/// A path in a description, and the setting that stands there.
type Row = (&'static str, &'static str);

const OBJECTS: &[Row] = &[
    ("Prefix", "prefix"),
    ("ErrorOutputPrefix", "error_prefix"),
    ("BufferingHints/SizeInMBs", "buffer_size_mib"),
    ("BufferingHints/IntervalInSeconds", "buffer_interval_secs"),
    ("CompressionFormat", "compression"),
];
const EXTENDED: &[Row] = &[
    ("CustomTimeZone", "time_zone"),
    ("FileExtension", "file_extension"),
    ("DynamicPartitioningConfiguration/Enabled", "partitioning"),
    ("DynamicPartitioningConfiguration/RetryOptions/DurationInSeconds", "partition_retry_secs"),
    (
        "DataFormatConversionConfiguration/InputFormatConfiguration/Deserializer/OpenXJsonSerDe/\
         CaseInsensitive",
        "case_insensitive",
    ),
    (
        "DataFormatConversionConfiguration/InputFormatConfiguration/Deserializer/OpenXJsonSerDe/\
         ConvertDotsInJsonKeysToUnderscores",
        "dots_to_underscores",
    ),
    (
        "DataFormatConversionConfiguration/OutputFormatConfiguration/Serializer/ParquetSerDe/\
         Compression",
        "parquet_compression",
    ),
];
/// Of the bucket for the records as they came.
const SOURCE_BACKUP: &[Row] = &[
    ("S3BackupDescription/Prefix", "backup_prefix"),
    ("S3BackupDescription/BufferingHints/SizeInMBs", "backup_size_mib"),
    ("S3BackupDescription/BufferingHints/IntervalInSeconds", "backup_interval_secs"),
];
/// Redshift loads what lies in its bucket.
const REDSHIFT: &[Row] = &[
    ("S3DestinationDescription/Prefix", "prefix"),
    ("S3DestinationDescription/BufferingHints/SizeInMBs", "buffer_size_mib"),
    ("S3DestinationDescription/BufferingHints/IntervalInSeconds", "buffer_interval_secs"),
    ("S3DestinationDescription/CompressionFormat", "compression"),
    ("RetryOptions/DurationInSeconds", "copy_retry_secs"),
];
/// What search, Splunk and HTTP endpoints have in common.
const PUSHED: &[Row] = &[
    ("BufferingHints/SizeInMBs", "buffer_size_mib"),
    ("BufferingHints/IntervalInSeconds", "buffer_interval_secs"),
    ("RetryOptions/DurationInSeconds", "retry_secs"),
    ("S3DestinationDescription/Prefix", "backup_prefix"),
    ("S3DestinationDescription/ErrorOutputPrefix", "error_prefix"),
    ("S3DestinationDescription/BufferingHints/SizeInMBs", "backup_size_mib"),
    ("S3DestinationDescription/BufferingHints/IntervalInSeconds", "backup_interval_secs"),
    ("S3DestinationDescription/CompressionFormat", "compression"),
];
const SEARCH: &[Row] = &[
    ("IndexName", "index"),
    ("IndexRotationPeriod", "index_rotation"),
    ("DocumentIdOptions/DefaultDocumentIdFormat", "document_id"),
];
const SPLUNK: &[Row] = &[
    ("HECEndpointType", "hec_endpoint"),
    ("HECAcknowledgmentTimeoutInSeconds", "hec_ack_timeout_secs"),
];

const CONVERSION: &str = "DataFormatConversionConfiguration";
const MAPPINGS: &str = "DataFormatConversionConfiguration/InputFormatConfiguration/Deserializer/\
                        OpenXJsonSerDe/ColumnToJsonKeyMappings";
const ENCODING: &str = "RequestConfiguration/ContentEncoding";
const ATTRIBUTES: &str = "RequestConfiguration/CommonAttributes";
const BACKUP: &str = "S3BackupMode";

/// Settings that processors say.
const PROCESSED: [&str; 11] = [
    "newline",
    "decompress",
    "extract_messages",
    "deaggregate",
    "deaggregate_delimiter",
    "transform",
    "transform_retries",
    "transform_buffer_mb",
    "transform_interval_secs",
    "partition_query",
    "transform_keys",
];

fn rows(stem: &str) -> impl Iterator<Item = &'static Row> {
    let lists: [&[Row]; 3] = match stem {
        "ExtendedS3" => [OBJECTS, EXTENDED, SOURCE_BACKUP],
        "Redshift" => [REDSHIFT, SOURCE_BACKUP, &[]],
        "Splunk" => [PUSHED, SPLUNK, &[]],
        "HttpEndpoint" => [PUSHED, &[], &[]],
        _ => [PUSHED, SEARCH, &[]],
    };
    lists.into_iter().flatten()
}

/// What every destination can say, as it is where nothing is said: another type of destination
/// keeps nothing of the one before.
pub(super) fn unsaid() -> Members {
    let mut fields = Config::Firehose(FirehoseConfig::default()).fields();
    let lists = [OBJECTS, EXTENDED, SOURCE_BACKUP, REDSHIFT, PUSHED, SEARCH, SPLUNK];
    let named = |key: &str| {
        key.starts_with("http_") || lists.iter().any(|rows| rows.iter().any(|row| row.1 == key))
    };
    fields.retain(|key, _| named(key));
    fields
}

/// The settings a description says.
pub(super) fn settings(destination: &Destination) -> Members {
    let Destination { stem, members } = destination;
    let defaults = Config::Firehose(FirehoseConfig::default()).fields();
    let default = |key: &str| defaults.get(key).cloned().unwrap_or_default();
    let mut fields = Map::new();
    for (path, key) in rows(stem) {
        let said = at(members, path).cloned();
        fields.insert((*key).to_owned(), said.unwrap_or_else(|| default(key)));
    }
    let mut say = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    let is = |path: &str, word: &str| at(members, path).and_then(Value::as_str) == Some(word);
    say("backup_all", is(BACKUP, backup_words(stem)[1]).into());
    if *stem == "HttpEndpoint" {
        say("http_gzip", is(ENCODING, "GZIP").into());
        say("http_attributes", attributes(at(members, ATTRIBUTES)).into());
    }
    let converts = checks::converts(members);
    say("convert", if converts { "parquet" } else { "none" }.into());
    if *stem == "ExtendedS3" {
        say("mappings", mappings(at(members, MAPPINGS)).into());
    }
    for key in PROCESSED {
        say(key, default(key));
    }
    say("partition_query", "".into());
    for (kind, parameters) in processors(members) {
        if *stem == "Splunk" && kind == "Lambda" {
            // Facts, Firehose §2.
            say("transform_buffer_mb", Ratio::new(1, 4).to_string().into());
        }
        for (key, value) in processed(kind, parameters) {
            say(key, value);
        }
    }
    fields.shift_remove("transform_keys");
    fields
}

/// The settings one processor says.
fn processed(kind: &str, parameters: &[Value]) -> Vec<(&'static str, Value)> {
    let text = |name: &str| parameter(parameters, name);
    let number = |text: &str| text.parse::<u32>().map_or(Value::from(text), Value::from);
    match kind {
        "AppendDelimiterToRecord" => vec![("newline", true.into())],
        "Decompression" => vec![("decompress", true.into())],
        "CloudWatchLogProcessing" => {
            vec![("extract_messages", (text("DataMessageExtraction") == Some("true")).into())]
        }
        "RecordDeAggregation" if text("SubRecordType") == Some("DELIMITED") => {
            let delimiter = blob::decode(text("Delimiter").unwrap_or_default());
            let shown = String::from_utf8_lossy(&delimiter);
            let shown = shown.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
            vec![("deaggregate", "delimited".into()), ("deaggregate_delimiter", shown.into())]
        }
        "RecordDeAggregation" => vec![("deaggregate", "json".into())],
        "MetadataExtraction" => {
            let query = text("MetadataExtractionQuery").unwrap_or_default();
            vec![("partition_query", query.into())]
        }
        "Lambda" => {
            let mut said = vec![("transform", function(text("LambdaArn")).into())];
            let size = text("BufferSizeInMBs").map(|it| it.trim());
            let size = size.map(|it| Ratio::parse(it).map_or(it.into(), lowest));
            said.extend(size.map(|it| ("transform_buffer_mb", it)));
            let secs = text("BufferIntervalInSeconds").map(number);
            said.extend(secs.map(|it| ("transform_interval_secs", it)));
            said.extend(text("NumberOfRetries").map(|it| ("transform_retries", number(it))));
            said
        }
        _ => Vec::new(),
    }
}

/// What a function of this name does: what a setting calls so, else nothing.
fn function(arn: Option<&str>) -> &str {
    let name = arn.and_then(|arn| arn.split(":function:").nth(1)).unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    if FUNCTIONS.contains(&name) { name } else { FUNCTIONS[0] }
}

/// Lets a description say what the settings of a stream say, where it says something else.
pub(super) fn describe(found: &mut Destination, part: &Node, account: &Account) {
    let (said, fields) = (settings(found), &part.config.fields());
    let differs = |key: &str| said.get(key) != fields.get(key);
    let members = &mut found.members;
    for (path, key) in rows(found.stem).filter(|(_, key)| differs(key)) {
        put(members, path, fields.get(*key).cloned().unwrap_or_default());
    }
    let is_on = |key: &str| fields.get(key) == Some(&json!(true));
    if differs("backup_all") {
        let word = backup_words(found.stem)[usize::from(is_on("backup_all"))];
        put(members, BACKUP, word.into());
    }
    if found.stem == "HttpEndpoint" {
        put(members, ENCODING, if is_on("http_gzip") { "GZIP" } else { "NONE" }.into());
        put(members, ATTRIBUTES, pairs(text(fields, "http_attributes")));
    }
    if found.stem == "ExtendedS3" && differs("mappings") {
        put(members, MAPPINGS, mapped(text(fields, "mappings")));
    }
    if differs("convert") {
        let converts = text(fields, "convert") != "none";
        put(members, &format!("{CONVERSION}/Enabled"), converts.into());
        if converts && at(members, &format!("{CONVERSION}/SchemaConfiguration")).is_none() {
            table::name(members, &part.name, account);
        }
    }
    if PROCESSED.iter().any(|key| *key != "transform_keys" && differs(key)) {
        let list = processing(fields, account);
        let enabled = !list.is_empty();
        let configuration = json!({ "Enabled": enabled, "Processors": list });
        members.insert("ProcessingConfiguration".to_owned(), configuration);
    }
}

/// The processors that settings say, in the order of processing (facts, Firehose §3).
fn processing(fields: &Members, account: &Account) -> Vec<Value> {
    let mut list = Vec::new();
    let mut add = |kind: &str, parameters: &[(&str, String)]| {
        let parameters = parameters
            .iter()
            .map(|(name, value)| json!({ "ParameterName": name, "ParameterValue": value }));
        let parameters: Vec<Value> = parameters.collect();
        list.push(json!({ "Type": kind, "Parameters": parameters }));
    };
    let is_on = |key: &str| fields.get(key) == Some(&json!(true));
    let shown = |key: &str| fields.get(key).map_or_else(String::new, Value::to_string);
    if is_on("decompress") {
        add("Decompression", &[("CompressionFormat", "GZIP".to_owned())]);
    }
    if is_on("extract_messages") {
        add("CloudWatchLogProcessing", &[("DataMessageExtraction", "true".to_owned())]);
    }
    match text(fields, "deaggregate") {
        "json" => add("RecordDeAggregation", &[("SubRecordType", "JSON".to_owned())]),
        "delimited" => {
            let delimiter = text(fields, "deaggregate_delimiter");
            let plain = delimiter.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
            let delimiter = blob::encode(plain.as_bytes());
            let kind = ("SubRecordType", "DELIMITED".to_owned());
            add("RecordDeAggregation", &[kind, ("Delimiter", delimiter)]);
        }
        _ => {}
    }
    let transform = text(fields, "transform");
    if transform != "none" {
        let Account { id, region, .. } = account;
        let arn = format!("arn:aws:lambda:{region}:{id}:function:{transform}");
        add(
            "Lambda",
            &[
                ("LambdaArn", arn),
                ("NumberOfRetries", shown("transform_retries")),
                ("BufferSizeInMBs", decimal(text(fields, "transform_buffer_mb"))),
                ("BufferIntervalInSeconds", shown("transform_interval_secs")),
            ],
        );
    }
    let query = text(fields, "partition_query");
    if !query.is_empty() && is_on("partitioning") {
        let engine = ("JsonParsingEngine", "JQ-1.6".to_owned());
        add("MetadataExtraction", &[("MetadataExtractionQuery", query.to_owned()), engine]);
    }
    if is_on("newline") {
        add("AppendDelimiterToRecord", &[("Delimiter", "\\n".to_owned())]);
    }
    list
}

/// A ratio in lowest terms, as a setting has it.
fn lowest(ratio: Ratio) -> Value {
    let (mut whole, mut rest) = (ratio.num.max(1), ratio.den);
    while rest > 0 {
        (whole, rest) = (rest, whole % rest);
    }
    Ratio::new(ratio.num / whole, ratio.den / whole).to_string().into()
}

/// Hundredths of what is written as a ratio.
fn decimal(ratio: &str) -> String {
    let Ratio { num, den } = Ratio::parse(ratio).unwrap_or(Ratio::new(1, 1));
    let hundredths = u64::from(num) * 100 / u64::from(den.max(1));
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Types and parameters of the processors that are on.
fn processors(members: &Members) -> Vec<(&str, &[Value])> {
    let Some(processing) = object(members, "ProcessingConfiguration") else { return Vec::new() };
    if processing.get("Enabled") != Some(&Value::Bool(true)) {
        return Vec::new();
    }
    let list = processing.get("Processors").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(processor).collect()
}

/// Type and parameters of one of `Processors`.
pub(super) fn processor(it: &Value) -> Option<(&str, &[Value])> {
    let parameters = it.get("Parameters").and_then(Value::as_array);
    Some((it.get("Type")?.as_str()?, parameters.map_or(&[], Vec::as_slice)))
}

/// The value of a parameter of a processor.
pub(super) fn parameter<'a>(parameters: &'a [Value], name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|it| it["ParameterName"] == name);
    found.and_then(|it| it["ParameterValue"].as_str())
}

/// `column=key`, one a line, of `ColumnToJsonKeyMappings`.
fn mappings(map: Option<&Value>) -> String {
    let map = map.and_then(Value::as_object).into_iter().flatten();
    let line =
        |(column, key): (&String, &Value)| format!("{column}={}", key.as_str().unwrap_or(""));
    map.map(line).collect::<Vec<_>>().join("\n")
}

fn mapped(lines: &str) -> Value {
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(column, key)| (column.to_owned(), Value::from(key))).collect::<Members>().into()
}

/// `name=value`, one a line, from a list of pairs.
fn attributes(list: Option<&Value>) -> String {
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let line = |it: &Value| format!("{}={}", text(it, "AttributeName"), text(it, "AttributeValue"));
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(line).collect::<Vec<_>>().join("\n")
}

fn pairs(lines: &str) -> Value {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some(json!({ "AttributeName": name, "AttributeValue": value }))
    };
    lines.lines().filter_map(pair).collect()
}

/// What stands at a path of names with slashes between.
pub(super) fn at<'a>(members: &'a Members, path: &str) -> Option<&'a Value> {
    match path.split_once('/') {
        Some((name, rest)) => at(object(members, name)?, rest),
        None => members.get(path),
    }
}

/// Puts a value at such a path.
pub(super) fn put(members: &mut Members, path: &str, value: Value) {
    let Some((name, rest)) = path.split_once('/') else {
        members.insert(path.to_owned(), value);
        return;
    };
    if let Value::Object(inner) = members.entry(name).or_insert_with(|| json!({})) {
        put(inner, rest, value);
    }
}

fn text<'a>(fields: &'a Members, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
