//! Rules of a Firehose stream that depend on what it is wired to: the end of `out` decides the
//! destination, the `in` wire the source (facts, firehose §1 to §6).

use base::Diagnostic;
use base::units::grouped;

use super::place;
use crate::document::{Document, Node};
use crate::kind::{
    Compression, Config, DeliveryEncryption, FirehoseConfig, FormatConversion, Service,
};

/// A destination: what people call it, and its buffering hints (facts, firehose §2).
struct Destination {
    kind: &'static str,
    title: &'static str,
    size_mib_max: u32,
    interval_secs_max: u32,
}

/// The most any destination has: above, the setting itself is out of range.
const SIZE_MIB_MAX: u32 = 128;
const INTERVAL_SECS_MAX: u32 = 900;

const DESTINATIONS: &[Destination] = &[
    Destination { kind: "bucket", title: "S3", size_mib_max: 128, interval_secs_max: 900 },
    Destination { kind: "redshift", title: "Redshift", size_mib_max: 128, interval_secs_max: 900 },
    Destination {
        kind: "elasticsearch",
        title: "OpenSearch",
        size_mib_max: 100,
        interval_secs_max: 900,
    },
    Destination { kind: "splunk", title: "Splunk", size_mib_max: 5, interval_secs_max: 60 },
    Destination {
        kind: "http_endpoint",
        title: "An HTTP endpoint",
        size_mib_max: 64,
        interval_secs_max: 900,
    },
];

/// Checks every Firehose stream of the document.
pub(super) fn check(document: &Document, out: &mut Vec<Diagnostic>) {
    for node in &document.nodes {
        let Config::Firehose(config) = &node.config else { continue };
        check_source(document, node, config, out);
        let has = |port: &str| document.edges_from(node.id).find(|edge| edge.from.port == port);
        let target = has("out").and_then(|edge| document.node(edge.to.node));
        let kind = target.map_or("", |target| target.config.kind());
        let known = DESTINATIONS.iter().find(|it| it.kind == kind);
        if let Some(known) = known {
            check_target(node, config, known, out);
            check_bucket(node, config, known, has("bucket").is_some(), out);
        }
    }
}

/// Facts, firehose §1.2: what a stream stores is encrypted there. Facts, firehose §1.5: what is
/// decompressed comes from CloudWatch Logs.
fn check_source(
    document: &Document,
    node: &Node,
    config: &FirehoseConfig,
    out: &mut Vec<Diagnostic>,
) {
    let sources = || document.edges_to(node.id).filter_map(|edge| document.node(edge.from.node));
    let reads = sources().any(|source| source.config.kind() == "stream");
    let sends_logs = |config: &Config| match config {
        Config::Stream(_) => true,
        Config::Writer(writer) => writer.service == Service::CloudWatchLogs,
        _ => false,
    };
    if let Some(other) = sources().find(|it| config.decompress && !sends_logs(&it.config)) {
        out.push(Diagnostic::error(
            "SCN-146",
            place(node, Some("decompress")),
            format!("`{}` is not CloudWatch Logs", other.name),
            "With decompression AWS answers every other writer `InvalidSourceException`; turn it \
             off, or connect CloudWatch Logs",
        ));
    }
    if reads && config.encryption != DeliveryEncryption::None {
        out.push(Diagnostic::error(
            "SCN-145",
            place(node, Some("encryption")),
            format!("`{}` reads a stream, so it stores nothing that it could encrypt", node.name),
            "Server-side encryption is for Direct PUT; encrypt the stream instead",
        ));
    }
}

#[inline(never)]
fn check_target(
    node: &Node,
    config: &FirehoseConfig,
    target: &Destination,
    out: &mut Vec<Diagnostic>,
) {
    let Destination { title, size_mib_max, interval_secs_max, .. } = target;
    let mut tell = |code, field, message: String, help: String| {
        out.push(Diagnostic::error(code, place(node, Some(field)), message, help));
    };
    let (size, secs) = (config.buffer_size_mib, config.buffer_interval_secs);
    if (size_mib_max + 1..=SIZE_MIB_MAX).contains(&size) {
        let message = format!("{title} has no buffer of {size} MiB");
        tell("SCN-141", "buffer_size_mib", message, format!("Use 1 to {size_mib_max} MiB"));
    }
    if (interval_secs_max + 1..=INTERVAL_SECS_MAX).contains(&secs) {
        let message = format!("{title} has no buffer of {} s", grouped(secs.into()));
        tell("SCN-141", "buffer_interval_secs", message, format!("Use 0 to {interval_secs_max} s"));
    }
    if target.kind != "bucket" {
        let help = "Deliver to an S3 bucket, or turn it off";
        if config.convert != FormatConversion::None {
            let message = format!("{title} takes no converted records: conversion is for S3 only");
            tell("SCN-142", "convert", message, help.to_owned());
        }
        if config.partitioning {
            let message = format!("{title} has no partitions: dynamic partitioning is for S3 only");
            tell("SCN-142", "partitioning", message, help.to_owned());
        }
    }
    if target.kind == "redshift" {
        check_redshift(config, &mut tell);
    }
}

/// Facts, firehose §4 and §5.
#[inline(never)]
fn check_redshift(
    config: &FirehoseConfig,
    tell: &mut dyn FnMut(&'static str, &'static str, String, String),
) {
    if !matches!(config.compression, Compression::Uncompressed | Compression::Gzip) {
        let message = format!("COPY cannot read {}", config.compression.word());
        let help = "For Redshift `CompressionFormat` is `UNCOMPRESSED` or `GZIP`";
        tell("SCN-143", "compression", message, help.to_owned());
    }
    for (field, text) in [("prefix", &config.prefix), ("backup_prefix", &config.backup_prefix)] {
        if text.contains("!{") {
            let message = "The prefixes of a Redshift stream have no expressions".to_owned();
            tell("SCN-143", field, message, "Write plain text, such as `staged/`".to_owned());
        }
    }
    if !config.error_prefix.is_empty() {
        let message = "A Redshift stream has no error prefix".to_owned();
        let help = "Leave it empty: what COPY skips stands in manifests under `errors/`";
        tell("SCN-143", "error_prefix", message, help.to_owned());
    }
}

/// Facts, firehose §6: every destination has a bucket, beside or as itself.
fn check_bucket(
    node: &Node,
    config: &FirehoseConfig,
    target: &Destination,
    has_bucket: bool,
    out: &mut Vec<Diagnostic>,
) {
    let why = match target.kind {
        _ if has_bucket => return,
        "redshift" => "COPY reads from an S3 bucket",
        "bucket" if config.backup_all => "the backup needs a bucket of its own",
        "bucket" => return,
        _ => "what fails goes to an S3 bucket",
    };
    out.push(Diagnostic::warning(
        "SCN-144",
        place(node, None),
        format!("`{}` has no bucket beside its destination: {why}", node.name),
        "Connect its `bucket` output to an S3 bucket; until then it keeps what fails, and copies \
         nothing",
    ));
}
