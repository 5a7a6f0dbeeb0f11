//! `aws firehose` over the Firehose streams of the diagram: what there is, and how it is set up.

use scenario::Config;
use scenario::kind::Compression;
use serde_json::{Value, json};

use super::Printed;
use crate::session::Session;

pub(super) const OPERATIONS: [&str; 3] =
    ["describe-delivery-stream", "help", "list-delivery-streams"];
pub(super) const NAME: &str = "--delivery-stream-name";

impl Session {
    pub(super) fn firehose(&self, words: &[&str]) -> Printed {
        match words {
            ["list-delivery-streams"] => Ok(self.list_delivery_streams()),
            ["describe-delivery-stream", NAME, name] => self.describe_delivery_stream(name),
            ["help"] => Ok(format!(
                "aws firehose list-delivery-streams\n\
                aws firehose describe-delivery-stream {NAME} NAME"
            )),
            _ => Err(format!(
                "usage: aws firehose <operation> [{NAME} NAME]\noperations: {}",
                OPERATIONS.join(", ")
            )),
        }
    }

    fn list_delivery_streams(&self) -> String {
        let nodes = self.document.nodes.iter();
        let named = nodes.filter(|node| node.config.kind() == "firehose");
        let mut names: Vec<&str> = named.map(|node| node.name.as_str()).collect();
        base::order::sort(&mut names);
        indented(&json!({ "DeliveryStreamNames": names, "HasMoreDeliveryStreams": false }))
    }

    fn describe_delivery_stream(&self, name: &str) -> Printed {
        let mut nodes = self.document.nodes.iter();
        let found = nodes.find_map(|node| match &node.config {
            Config::Firehose(config) if node.name == name => Some((node.id, config)),
            _ => None,
        });
        let Some((id, config)) = found else {
            return Err(format!(
                "An error occurred (ResourceNotFoundException) when calling the \
                 DescribeDeliveryStream operation: Firehose {name} under account {} not found.",
                engine::call::ACCOUNT
            ));
        };
        let source = self.document.edges_to(id).find_map(|edge| {
            let from = self.document.node(edge.from.node)?;
            (from.config.kind() == "stream").then_some(from)
        });
        let target = self.document.edges_from(id).find_map(|it| self.document.node(it.to.node));
        let arn = |service: &str, part: &str, name: &str| {
            let (region, account) = (engine::call::REGION, engine::call::ACCOUNT);
            format!("arn:aws:{service}:{region}:{account}:{part}/{name}")
        };
        let kind = if source.is_some() { "KinesisStreamAsSource" } else { "DirectPut" };
        let mut description = json!({
            "DeliveryStreamName": name,
            "DeliveryStreamARN": arn("firehose", "deliverystream", name),
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": kind,
            "Destinations": [{ "ExtendedS3DestinationDescription": {
                "BucketARN": target.map(|bucket| format!("arn:aws:s3:::{}", bucket.name)),
                "Prefix": config.prefix,
                "ErrorOutputPrefix": config.error_prefix,
                "BufferingHints": {
                    "SizeInMBs": config.buffer_size_mib,
                    "IntervalInSeconds": config.buffer_interval_secs,
                },
                "CompressionFormat": match config.compression {
                    Compression::Gzip => "GZIP",
                    Compression::Uncompressed => "UNCOMPRESSED",
                },
            }}],
            "HasMoreDestinations": false,
        });
        if let Some(stream) = source {
            let arn = arn("kinesis", "stream", &stream.name);
            description["Source"] =
                json!({ "KinesisStreamSourceDescription": { "KinesisStreamARN": arn } });
        }
        Ok(indented(&json!({ "DeliveryStreamDescription": description })))
    }
}

/// As version 2 of the command line prints: four spaces.
fn indented(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let wider = text.lines().map(|line| {
        let spaces = line.len() - line.trim_start().len();
        format!("{}{line}", " ".repeat(spaces))
    });
    wider.collect::<Vec<_>>().join("\n")
}
