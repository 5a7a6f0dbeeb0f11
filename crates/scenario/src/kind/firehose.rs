//! Amazon Data Firehose stream: buffers by size or time, works on records, delivers objects.

use base::Ratio;

use super::firehose_fields::FIELDS;
use super::firehose_prefix;
use super::firehose_words::{
    Compression, Deaggregation, DeliveryEncryption, DocumentIdFormat, FormatConversion,
    HecEndpoint, IndexRotation, ParquetCompression, QuotaRegion, Transform,
};
use super::setting::settings;
use super::spec::{Checker, Fidelity, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// Settings of a Firehose stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirehoseConfig {
    /// `BufferingHints.SizeInMBs`.
    pub buffer_size_mib: u32,
    /// `BufferingHints.IntervalInSeconds`.
    pub buffer_interval_secs: u32,
    /// `Prefix`; empty means `YYYY/MM/dd/HH/` in UTC.
    pub prefix: String,
    /// `ErrorOutputPrefix`; may be empty while the prefix has no expression.
    pub error_prefix: String,
    /// `CustomTimeZone`: `UTC` or a fixed offset such as `+02:00`.
    pub time_zone: String,
    /// `CompressionFormat`.
    pub compression: Compression,
    /// `AppendDelimiterToRecord`: a newline after every record.
    pub newline: bool,
    /// `FileExtension`; empty means that of the compression.
    pub file_extension: String,
    /// The `Decompression` processor: records are gzip of CloudWatch Logs.
    pub decompress: bool,
    /// The `CloudWatchLogProcessing` processor: only the message of each log event goes on.
    pub extract_messages: bool,
    /// The `RecordDeAggregation` processor.
    pub deaggregate: Deaggregation,
    /// What stands between records that are delimited; `\n` and `\t` are escapes.
    pub deaggregate_delimiter: String,
    /// The `Lambda` processor: what its function does.
    pub transform: Transform,
    /// The member it blanks, the value it drops by, or the names of columns.
    pub transform_field: String,
    /// For `sql`: a select list over the members of a record.
    pub transform_sql: String,
    /// For `jq`: a program that makes one record of one.
    pub transform_jq: String,
    /// Members of what the function made that it returns as `metadata.partitionKeys`.
    pub transform_keys: String,
    /// For `fail`: the share of invocations.
    pub transform_fail_percent: u32,
    /// How long one invocation takes.
    pub transform_millis: u32,
    /// `BufferSizeInMBs` of the processor: 0.2 to 3.
    pub transform_buffer_mb: Ratio,
    /// `BufferIntervalInSeconds` of the processor.
    pub transform_interval_secs: u32,
    /// `NumberOfRetries` of the processor.
    pub transform_retries: u32,
    /// `DynamicPartitioningConfiguration.Enabled`.
    pub partitioning: bool,
    /// `MetadataExtractionQuery`: jq that makes an object of keys; empty while keys come from the
    /// function alone.
    pub partition_query: String,
    /// Quota of active partitions.
    pub partitions_max: u32,
    /// `DynamicPartitioningConfiguration.RetryOptions.DurationInSeconds`.
    pub partition_retry_secs: u32,
    /// `DataFormatConversionConfiguration`: the output format.
    pub convert: FormatConversion,
    /// The columns of the Glue table: `name type`, one a line.
    pub schema: String,
    /// `OpenXJsonSerDe.CaseInsensitive`.
    pub case_insensitive: bool,
    /// `OpenXJsonSerDe.ConvertDotsInJsonKeysToUnderscores`.
    pub dots_to_underscores: bool,
    /// `OpenXJsonSerDe.ColumnToJsonKeyMappings`: `column=key`, one a line.
    pub mappings: String,
    /// `ParquetSerDe.Compression`.
    pub parquet_compression: ParquetCompression,
    /// `RetryOptions.DurationInSeconds` of OpenSearch, Splunk and HTTP endpoints.
    pub retry_secs: u32,
    /// `RetryOptions.DurationInSeconds` of Redshift.
    pub copy_retry_secs: u32,
    /// `S3BackupMode`: everything, and not only what failed.
    pub backup_all: bool,
    /// `Prefix` of the backup.
    pub backup_prefix: String,
    /// `BufferingHints.SizeInMBs` of the backup.
    pub backup_size_mib: u32,
    /// `BufferingHints.IntervalInSeconds` of the backup.
    pub backup_interval_secs: u32,
    /// `IndexName`.
    pub index: String,
    /// `IndexRotationPeriod`.
    pub index_rotation: IndexRotation,
    /// `DocumentIdOptions`.
    pub document_id: DocumentIdFormat,
    /// `HECEndpointType`.
    pub hec_endpoint: HecEndpoint,
    /// `HECAcknowledgmentTimeoutInSeconds`.
    pub hec_ack_timeout_secs: u32,
    /// `RequestConfiguration.ContentEncoding` is GZIP.
    pub http_gzip: bool,
    /// `RequestConfiguration.CommonAttributes`: `name=value`, one a line.
    pub http_attributes: String,
    /// `DeliveryStreamEncryptionConfiguration`.
    pub encryption: DeliveryEncryption,
    /// Which Direct PUT quota applies.
    pub quota_region: QuotaRegion,
    /// The quota raised this many times on request; all three dimensions scale together.
    pub quota_times: u32,
    /// Median time of a put call.
    pub put_latency_millis: u32,
}

settings!(FirehoseConfig {
    buffer_size_mib,
    buffer_interval_secs,
    prefix,
    error_prefix,
    time_zone,
    compression,
    newline,
    file_extension,
    decompress,
    extract_messages,
    deaggregate,
    deaggregate_delimiter,
    transform,
    transform_field,
    transform_sql,
    transform_jq,
    transform_keys,
    transform_fail_percent,
    transform_millis,
    transform_buffer_mb,
    transform_interval_secs,
    transform_retries,
    partitioning,
    partition_query,
    partitions_max,
    partition_retry_secs,
    convert,
    schema,
    case_insensitive,
    dots_to_underscores,
    mappings,
    parquet_compression,
    retry_secs,
    copy_retry_secs,
    backup_all,
    backup_prefix,
    backup_size_mib,
    backup_interval_secs,
    index,
    index_rotation,
    document_id,
    hec_endpoint,
    hec_ack_timeout_secs,
    http_gzip,
    http_attributes,
    encryption,
    quota_region,
    quota_times,
    put_latency_millis,
});

impl FirehoseConfig {
    /// The time zone, if it is a name of the tz database rather than `UTC` or a fixed offset.
    #[must_use]
    pub fn named_time_zone(&self) -> Option<&str> {
        firehose_prefix::is_named_zone(&self.time_zone).then_some(&*self.time_zone)
    }

    /// Whether it runs jq programs, writes Parquet, compresses other than with gzip or has a time
    /// zone by name: only large libraries can.
    #[must_use]
    pub fn needs_formats(&self) -> bool {
        let has_query = self.partitioning && !self.partition_query.is_empty();
        let is_light = matches!(self.compression, Compression::Uncompressed | Compression::Gzip);
        has_query
            || !is_light
            || self.named_time_zone().is_some()
            || self.transform == Transform::Jq
            || self.convert == FormatConversion::Parquet
    }
}

impl Default for FirehoseConfig {
    fn default() -> Self {
        Self {
            buffer_size_mib: 5,
            buffer_interval_secs: 300,
            prefix: String::new(),
            error_prefix: String::new(),
            time_zone: "UTC".to_owned(),
            compression: Compression::Uncompressed,
            newline: false,
            file_extension: String::new(),
            decompress: false,
            extract_messages: false,
            deaggregate: Deaggregation::None,
            deaggregate_delimiter: "\\n".to_owned(),
            transform: Transform::None,
            transform_field: String::new(),
            transform_sql: "*".to_owned(),
            transform_jq: ".".to_owned(),
            transform_keys: String::new(),
            transform_fail_percent: 10,
            transform_millis: 200,
            transform_buffer_mb: Ratio::new(1, 1),
            transform_interval_secs: 60,
            transform_retries: 3,
            partitioning: false,
            partition_query: String::new(),
            partitions_max: 500,
            partition_retry_secs: 300,
            convert: FormatConversion::None,
            schema: String::new(),
            case_insensitive: true,
            dots_to_underscores: false,
            mappings: String::new(),
            parquet_compression: ParquetCompression::Snappy,
            retry_secs: 300,
            copy_retry_secs: 3_600,
            backup_all: false,
            backup_prefix: String::new(),
            backup_size_mib: 5,
            backup_interval_secs: 300,
            index: "records".to_owned(),
            index_rotation: IndexRotation::OneDay,
            document_id: DocumentIdFormat::FirehoseDefault,
            hec_endpoint: HecEndpoint::Raw,
            hec_ack_timeout_secs: 180,
            http_gzip: false,
            http_attributes: String::new(),
            encryption: DeliveryEncryption::None,
            quota_region: QuotaRegion::Large,
            quota_times: 1,
            put_latency_millis: 20,
        }
    }
}

const fn sum(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad: false }
}

const fn age(name: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Max, unit: "s", bad: false }
}

const fn limit(name: &'static str, unit: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Gauge, unit, bad: false }
}

/// 1 for a second in which a delivery succeeded, 0 for one in which all failed.
const fn success(name: &'static str) -> MetricSpec {
    MetricSpec { name, stat: Stat::Gauge, unit: "", bad: false }
}

/// What a Firehose stream is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "firehose",
    title: "Firehose",
    badge: "Firehose",
    stem: "to-s3",
    about: "Collects records until a size or a time is reached and delivers them as one object",
    group: Group::Delivery,
    glyph: "firehose",
    fidelity: Fidelity::Average,
    size: (204, 160),
    ports: &[
        Port {
            name: "in",
            direction: Direction::In,
            flows: &[Flow::Put, Flow::Read],
            edges_max: 50,
        },
        Port { name: "tap", direction: Direction::Out, flows: &[Flow::Tap], edges_max: 1 },
        Port { name: "bucket", direction: Direction::Out, flows: &[Flow::Deliver], edges_max: 1 },
        Port {
            name: "out",
            direction: Direction::Out,
            flows: &[Flow::Deliver, Flow::Copy, Flow::Document, Flow::Hec, Flow::Http],
            edges_max: 1,
        },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("IncomingRecords", "records"),
        sum("IncomingBytes", "bytes"),
        MetricSpec { name: "ThrottledRecords", stat: Stat::Sum, unit: "records", bad: true },
        MetricSpec { name: "DeliveryToS3.DataFreshness", stat: Stat::Max, unit: "s", bad: false },
        sum("DeliveryToS3.Records", "records"),
        sum("DeliveryToS3.Bytes", "bytes"),
        MetricSpec { name: "KinesisMillisBehindLatest", stat: Stat::Gauge, unit: "ms", bad: false },
        MetricSpec { name: "ThrottledGetRecords", stat: Stat::Sum, unit: "calls", bad: true },
        success("DeliveryToS3.Success"),
        sum("DeliveryToRedshift.Records", "records"),
        sum("DeliveryToRedshift.Bytes", "bytes"),
        success("DeliveryToRedshift.Success"),
        age("DeliveryToAmazonOpenSearchService.DataFreshness"),
        sum("DeliveryToAmazonOpenSearchService.Records", "records"),
        sum("DeliveryToAmazonOpenSearchService.Bytes", "bytes"),
        success("DeliveryToAmazonOpenSearchService.Success"),
        age("DeliveryToSplunk.DataFreshness"),
        sum("DeliveryToSplunk.Records", "records"),
        sum("DeliveryToSplunk.Bytes", "bytes"),
        success("DeliveryToSplunk.Success"),
        age("DeliveryToSplunk.DataAckLatency"),
        age("DeliveryToHttpEndpoint.DataFreshness"),
        sum("DeliveryToHttpEndpoint.Records", "records"),
        sum("DeliveryToHttpEndpoint.Bytes", "bytes"),
        success("DeliveryToHttpEndpoint.Success"),
        age("BackupToS3.DataFreshness"),
        sum("BackupToS3.Records", "records"),
        sum("BackupToS3.Bytes", "bytes"),
        success("BackupToS3.Success"),
        MetricSpec { name: "ExecuteProcessing.Duration", stat: Stat::Max, unit: "ms", bad: false },
        success("ExecuteProcessing.Success"),
        sum("SucceedProcessing.Records", "records"),
        sum("SucceedProcessing.Bytes", "bytes"),
        sum("SucceedConversion.Records", "records"),
        sum("SucceedConversion.Bytes", "bytes"),
        MetricSpec {
            name: "FailedConversion.Records",
            stat: Stat::Sum,
            unit: "records",
            bad: true,
        },
        sum("FailedConversion.Bytes", "bytes"),
        MetricSpec { name: "PartitionCount", stat: Stat::Gauge, unit: "partitions", bad: false },
        MetricSpec { name: "PartitionCountExceeded", stat: Stat::Max, unit: "", bad: true },
        sum("DeliveryToHttpEndpoint.ProcessedRecords", "records"),
        sum("DeliveryToHttpEndpoint.ProcessedBytes", "bytes"),
        sum("IncomingPutRequests", "calls"),
        limit("BytesPerSecondLimit", "bytes"),
        limit("RecordsPerSecondLimit", "records"),
        limit("PutRequestsPerSecondLimit", "calls"),
        sum("DataReadFromKinesisStream.Bytes", "bytes"),
        sum("DataReadFromKinesisStream.Records", "records"),
        sum("JQProcessing.Duration", "ms"),
        MetricSpec { name: "PerPartitionThroughput", stat: Stat::Max, unit: "bytes/s", bad: false },
        sum("DeliveryToS3.ObjectCount", "objects"),
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

impl FirehoseConfig {
    /// Rules beyond single ranges (facts, firehose §2 to §5). Those that need to know where it
    /// delivers to stand with the rules of wires.
    pub fn check(&self, out: &mut Checker<'_>) {
        firehose_prefix::check(self, out);
        crate::kind::firehose_check::check(self, out);
    }

    /// The bytes between records that are de-aggregated: `\n`, `\r` and `\t` are escapes.
    #[must_use]
    pub fn delimiter(&self) -> Vec<u8> {
        let text = self.deaggregate_delimiter.as_str();
        text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").into_bytes()
    }
}
