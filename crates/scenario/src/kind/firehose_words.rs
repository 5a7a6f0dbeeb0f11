//! The words of a Firehose stream's settings, as they stand in files.

use super::setting::words;

/// `CompressionFormat` of an S3 destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Bytes as they came.
    #[default]
    Uncompressed,
    /// One gzip member for the object, extension `.gz`.
    Gzip,
    /// A zip archive with one file, extension `.zip`.
    Zip,
    /// Snappy in its framing format, extension `.snappy`.
    Snappy,
    /// Snappy in blocks as Hadoop writes them, extension `.hsnappy`.
    HadoopSnappy,
}

words!(Compression {
    Uncompressed = "UNCOMPRESSED",
    Gzip = "GZIP",
    Zip = "ZIP",
    Snappy = "Snappy",
    HadoopSnappy = "HADOOP_SNAPPY",
});

impl Compression {
    /// The word of the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }

    /// What the name of an object ends in (facts, firehose §4).
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Uncompressed => "",
            Self::Gzip => ".gz",
            Self::Zip => ".zip",
            Self::Snappy => ".snappy",
            Self::HadoopSnappy => ".hsnappy",
        }
    }
}

/// Region groups of the Direct PUT quota (facts, firehose §1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuotaRegion {
    /// us-east-1, us-west-2, eu-west-1: 500,000 records, 2,000 requests, 5 MiB a second.
    #[default]
    Large,
    /// All other commercial regions: 100,000 records, 1,000 requests, 1 MiB a second.
    Other,
}

words!(QuotaRegion { Large = "large", Other = "other" });

/// Server-side encryption of a Direct PUT stream: `KeyType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryEncryption {
    /// Off.
    #[default]
    None,
    /// `AWS_OWNED_CMK`.
    AwsOwned,
    /// `CUSTOMER_MANAGED_CMK`.
    CustomerManaged,
}

words!(DeliveryEncryption {
    None = "none",
    AwsOwned = "aws_owned",
    CustomerManaged = "customer_managed",
});

/// The `RecordDeAggregation` processor: `SubRecordType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deaggregation {
    /// Off.
    #[default]
    None,
    /// JSON documents back to back, or one on each line.
    Json,
    /// Whatever stands between delimiters.
    Delimited,
}

words!(Deaggregation { None = "none", Json = "json", Delimited = "delimited" });

/// What the function that transforms records does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transform {
    /// There is no such function.
    #[default]
    None,
    /// Gives every record back as it was.
    Identity,
    /// A line of values becomes a JSON object.
    CsvToJson,
    /// A line of an access log becomes a JSON object.
    LogToJson,
    /// A member of a JSON object is blanked.
    Redact,
    /// Records with a given value are dropped.
    Drop,
    /// A share of all invocations fails.
    Fail,
    /// Every invocation takes longer than Firehose waits.
    Slow,
    /// Answers that break the contract.
    WrongIds,
    /// What an SQL expression makes of a record.
    Sql,
    /// What a jq program makes of a record.
    Jq,
}

words!(Transform {
    None = "none",
    Identity = "identity",
    CsvToJson = "csv_to_json",
    LogToJson = "log_to_json",
    Redact = "redact",
    Drop = "drop",
    Fail = "fail",
    Slow = "slow",
    WrongIds = "wrong_ids",
    Sql = "sql",
    Jq = "jq",
});

impl Transform {
    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }
}

/// Record format conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormatConversion {
    /// Off.
    #[default]
    None,
    /// JSON becomes Apache Parquet.
    Parquet,
}

words!(FormatConversion { None = "none", Parquet = "parquet" });

/// Compression inside of a Parquet file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParquetCompression {
    /// The default.
    #[default]
    Snappy,
    /// Smaller and slower.
    Gzip,
    /// None.
    Uncompressed,
}

words!(ParquetCompression { Snappy = "SNAPPY", Gzip = "GZIP", Uncompressed = "UNCOMPRESSED" });

impl ParquetCompression {
    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }
}

/// `IndexRotationPeriod`: what is appended to the name of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndexRotation {
    /// Nothing.
    NoRotation,
    /// `-2016-02-25-13`.
    OneHour,
    /// `-2016-02-25`.
    #[default]
    OneDay,
    /// `-2016-w08`.
    OneWeek,
    /// `-2016-02`.
    OneMonth,
}

words!(IndexRotation {
    NoRotation = "NoRotation",
    OneHour = "OneHour",
    OneDay = "OneDay",
    OneWeek = "OneWeek",
    OneMonth = "OneMonth",
});

/// `DefaultDocumentIdFormat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentIdFormat {
    /// Firehose makes the id: a retry writes the same document again.
    #[default]
    FirehoseDefault,
    /// The index makes it: a retry writes another one.
    NoDocumentId,
}

words!(DocumentIdFormat {
    FirehoseDefault = "FIREHOSE_DEFAULT",
    NoDocumentId = "NO_DOCUMENT_ID",
});

/// `HECEndpointType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HecEndpoint {
    /// Text that Splunk takes apart.
    #[default]
    Raw,
    /// JSON events.
    Event,
}

words!(HecEndpoint { Raw = "Raw", Event = "Event" });
