//! The metrics of a part that can say something: a Firehose stream has those of five destinations
//! and of every step, and is wired to one destination with the steps that are set.

use scenario::kind::{Config, FirehoseConfig, FormatConversion, Transform};
use scenario::{Document, Node};

/// What a Firehose stream is wired to.
struct Wires<'a> {
    /// The kind of its destination; empty when there is none.
    target: &'a str,
    has_bucket: bool,
    reads_stream: bool,
}

/// Whether a metric can come to something as the part is set and wired.
#[inline(never)]
pub(super) fn applies(document: &Document, node: &Node, name: &str) -> bool {
    let Config::Firehose(config) = &node.config else { return true };
    let kind = |id| document.node(id).map_or("", |node| node.spec().kind);
    let mut wires = Wires { target: "", has_bucket: false, reads_stream: false };
    for edge in document.edges_from(node.id) {
        match edge.from.port.as_str() {
            "bucket" => wires.has_bucket = true,
            "out" => wires.target = kind(edge.to.node),
            _ => {}
        }
    }
    wires.reads_stream = document.edges_to(node.id).any(|edge| kind(edge.from.node) == "stream");
    is_of(config, &wires, name)
}

fn is_of(config: &FirehoseConfig, wires: &Wires<'_>, name: &str) -> bool {
    let makes_errors = config.transform != Transform::None
        || config.convert != FormatConversion::None
        || config.partitioning
        || config.decompress;
    if name == "DeliveryToS3.ObjectCount" {
        return config.partitioning;
    }
    match name.split_once('.').map_or(name, |(group, _)| group) {
        "DeliveryToS3" => matches!(wires.target, "" | "bucket" | "redshift"),
        "DeliveryToRedshift" => wires.target == "redshift",
        "DeliveryToAmazonOpenSearchService" => wires.target == "elasticsearch",
        "DeliveryToSplunk" => wires.target == "splunk",
        "DeliveryToHttpEndpoint" => wires.target == "http_endpoint",
        "BackupToS3" => wires.has_bucket || makes_errors,
        "ExecuteProcessing" | "SucceedProcessing" => config.transform != Transform::None,
        "SucceedConversion" | "FailedConversion" => config.convert != FormatConversion::None,
        "PartitionCount" | "PartitionCountExceeded" | "PerPartitionThroughput" | "JQProcessing" => {
            config.partitioning
        }
        "KinesisMillisBehindLatest" | "ThrottledGetRecords" | "DataReadFromKinesisStream" => {
            wires.reads_stream
        }
        "ThrottledRecords"
        | "IncomingPutRequests"
        | "BytesPerSecondLimit"
        | "RecordsPerSecondLimit"
        | "PutRequestsPerSecondLimit" => !wires.reads_stream,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(config: &FirehoseConfig, wires: &Wires<'_>) -> Vec<&'static str> {
        let config_spec = Config::Firehose(config.clone()).spec();
        let names = config_spec.metrics.iter().map(|metric| metric.name);
        names.filter(|name| is_of(config, wires, name)).collect()
    }

    /// Groups by destination and feature: developer guide, "Monitoring Amazon Data Firehose using
    /// CloudWatch metrics".
    #[test]
    fn a_stream_is_told_of_its_own_destination_and_steps() {
        let plain = FirehoseConfig::default();
        let to_s3 = Wires { target: "bucket", has_bucket: false, reads_stream: false };
        let names = told(&plain, &to_s3);
        assert!(names.contains(&"DeliveryToS3.DataFreshness"));
        assert!(names.contains(&"ThrottledRecords"));
        let foreign = ["Splunk", "Http", "OpenSearch", "Redshift", "Kinesis", "Partition", "JQ"];
        let strays: Vec<_> =
            names.iter().filter(|name| foreign.iter().any(|word| name.contains(word))).collect();
        assert!(strays.is_empty(), "{strays:?}");

        let to_splunk = Wires { target: "splunk", has_bucket: true, reads_stream: true };
        let names = told(&plain, &to_splunk);
        for name in ["DeliveryToSplunk.DataAckLatency", "BackupToS3.Success"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(!names.contains(&"DeliveryToS3.Bytes") && !names.contains(&"ThrottledRecords"));

        let partitioned = FirehoseConfig { partitioning: true, ..plain };
        let names = told(&partitioned, &to_s3);
        for name in ["PartitionCount", "DeliveryToS3.ObjectCount", "JQProcessing.Duration"] {
            assert!(names.contains(&name), "{name}");
        }
    }
}
