//! `aws firehose` over the Firehose streams of the diagram: what there is, and how it is set up.
//! Its calls that carry records are read and answered as those of data streams.

use engine::api::command::Output;
use scenario::Config;
use serde_json::{Value, json};

use crate::session::Session;

pub(super) const NAME: &str = "--delivery-stream-name";

impl Session {
    /// What a line that only looks prints; nothing for a line that calls.
    pub(super) fn look_at_firehose(&self, words: &[&str]) -> Result<Option<String>, String> {
        let (operation, rest) = match words {
            ["list-delivery-streams", rest @ ..] => ("ListDeliveryStreams", rest),
            ["describe-delivery-stream", rest @ ..] => ("DescribeDeliveryStream", rest),
            _ => return Ok(None),
        };
        let (rest, output) = Output::split(rest)?;
        let answer = match (operation, rest.as_slice()) {
            ("ListDeliveryStreams", []) => self.list_delivery_streams(),
            ("DescribeDeliveryStream", [NAME, name]) => self.describe_delivery_stream(name)?,
            ("DescribeDeliveryStream", []) => {
                return Err(format!("aws: error: the following arguments are required: {NAME}"));
            }
            (_, rest) => return Err(format!("Unknown options: {}", rest.join(", "))),
        };
        output.show(operation, &answer).map(Some)
    }

    fn list_delivery_streams(&self) -> Value {
        let nodes = self.document.nodes.iter();
        let named = nodes.filter(|node| node.config.kind() == "firehose");
        let mut names: Vec<&str> = named.map(|node| node.name.as_str()).collect();
        base::order::sort(&mut names);
        json!({ "DeliveryStreamNames": names, "HasMoreDeliveryStreams": false })
    }

    fn describe_delivery_stream(&self, name: &str) -> Result<Value, String> {
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
        let target = self.document.edges_from(id).find(|edge| edge.from.port == "out");
        let target = target.and_then(|edge| self.document.node(edge.to.node));
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
                "CompressionFormat": config.compression.word(),
            }}],
            "HasMoreDestinations": false,
        });
        if let Some(stream) = source {
            let arn = arn("kinesis", "stream", &stream.name);
            description["Source"] =
                json!({ "KinesisStreamSourceDescription": { "KinesisStreamARN": arn } });
        }
        Ok(json!({ "DeliveryStreamDescription": description }))
    }
}
