//! Parts that requests of Amazon Data Firehose share (botocore 1.44.5, `firehose`).

use crate::api::pattern::{Arn, Pattern};
use crate::api::shape::Member;
use crate::api::shape::Rule::{
    self, AtLeast, AtMost, Items, LengthAtLeast, LengthAtMost, Matches, NotNull, OneOf,
};
use crate::api::shape::Shape::{self, Boolean, Double, Integer, List, Structure, Tags, Text};

const ROLE: Arn = Arn {
    text: r"arn:.*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+",
    forms: &[":iam::#:role/"],
    inside: in_path,
    len: (1, 512),
};
pub(super) const BUCKET: Arn = Arn {
    text: r"arn:.*:s3:::[\w\.\-]{1,255}",
    forms: &[":s3:::"],
    inside: in_name,
    len: (1, 255),
};
pub(super) const STREAM: Arn = Arn {
    text: r"arn:.*:kinesis:[a-zA-Z0-9\-]+:\d{12}:stream/[a-zA-Z0-9_.-]+",
    forms: &[":kinesis:@:#:stream/"],
    inside: in_name,
    len: (1, 512),
};
pub(super) const KEY: Arn = Arn {
    text: r"arn:.*:kms:[a-zA-Z0-9\-]+:\d{12}:key/[a-zA-Z_0-9+=,.@\-_/]+",
    forms: &[":kms:@:#:key/"],
    inside: in_path,
    len: (1, 512),
};
const KEY_OR_ALIAS: Arn = Arn {
    text: r"arn:.*:kms:[a-zA-Z0-9\-]+:\d{12}:(key|alias)/[a-zA-Z_0-9+=,.@\-_/]+",
    forms: &[":kms:@:#:key/", ":kms:@:#:alias/"],
    inside: in_path,
    len: (1, 512),
};
pub(super) const DOMAIN: Arn = Arn {
    text: r"arn:.*:es:[a-zA-Z0-9\-]+:\d{12}:domain/[a-z][-0-9a-z]{2,27}",
    forms: &[":es:@:#:domain/"],
    inside: |it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-',
    len: (3, 28),
};
const SECRET: Arn = Arn {
    text: r"arn:.*:secretsmanager:[a-zA-Z0-9\-]+:\d{12}:secret:[a-zA-Z0-9\-/_+=.@!]+",
    forms: &[":secretsmanager:@:#:secret:"],
    inside: |it| in_path(it) && it != b',' || it == b'!',
    len: (1, 2_048),
};

fn in_name(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"_.-".contains(&letter)
}

fn in_group(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b".-_/#".contains(&letter)
}

fn in_path(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&letter)
}

// Rules that many members share.
pub(super) const NAME: &[Rule] =
    &[NotNull, Matches(Pattern::Name), LengthAtLeast(1), LengthAtMost(64)];
pub(super) const ROLE_ARN: &[Rule] =
    &[NotNull, Matches(Pattern::Arn(&ROLE)), LengthAtLeast(1), LengthAtMost(512)];
pub(super) const ROLE_OR_NONE: &[Rule] =
    &[Matches(Pattern::Arn(&ROLE)), LengthAtLeast(1), LengthAtMost(512)];
pub(super) const PREFIX: &[Rule] = &[Matches(Pattern::Line), LengthAtMost(1_024)];
pub(super) const COPY_TEXT: &[Rule] = &[Matches(Pattern::Line), LengthAtMost(10_240)];
pub(super) const LONG_TEXT: &[Rule] = &[Matches(Pattern::Line), LengthAtMost(2_048)];
const SHARE: &[Rule] = &[AtLeast(0), AtMost(1)];
const WORD: &[Rule] = &[Matches(Pattern::Solid), LengthAtLeast(1), LengthAtMost(1_024)];
pub(super) const ENDPOINT: &[Rule] =
    &[Matches(Pattern::Url("https:.*")), LengthAtLeast(1), LengthAtMost(512)];
pub(super) const NEEDED: &[Rule] = &[NotNull];
const TYPES: &[&str] = &["DirectPut", "KinesisStreamAsSource", "MSKAsSource", "DatabaseAsSource"];
pub(super) const OF_DOCUMENTS: &[Rule] = &[OneOf(&["FailedDocumentsOnly", "AllDocuments"])];
pub(super) const OF_SOURCE: &[Rule] = &[OneOf(&["Disabled", "Enabled"])];

pub(super) const STREAM_NAME: Member = Member::new("DeliveryStreamName", Text, NAME);
pub(super) const DELIVERY_TYPE: Member = Member::new("DeliveryStreamType", Text, &[OneOf(TYPES)]);

pub(super) const fn any(name: &'static str, shape: Shape) -> Member {
    Member::new(name, shape, &[])
}

const fn seconds(name: &'static str) -> Member {
    Member::new(name, Integer, &[AtLeast(0), AtMost(900)])
}

// Parts of destinations.
pub(super) const HINTS: Shape = Structure(&[
    Member::new("SizeInMBs", Integer, &[AtLeast(1), AtMost(128)]),
    seconds("IntervalInSeconds"),
]);
pub(super) const SEARCH_HINTS: Shape = Structure(&[
    seconds("IntervalInSeconds"),
    Member::new("SizeInMBs", Integer, &[AtLeast(1), AtMost(100)]),
]);
pub(super) const SPLUNK_HINTS: Shape = Structure(&[
    Member::new("IntervalInSeconds", Integer, &[AtLeast(0), AtMost(60)]),
    Member::new("SizeInMBs", Integer, &[AtLeast(1), AtMost(5)]),
]);
pub(super) const HTTP_HINTS: Shape = Structure(&[
    Member::new("SizeInMBs", Integer, &[AtLeast(1), AtMost(64)]),
    seconds("IntervalInSeconds"),
]);
pub(super) const RETRY: Member = any(
    "RetryOptions",
    Structure(&[Member::new("DurationInSeconds", Integer, &[AtLeast(0), AtMost(7_200)])]),
);
pub(super) const COMPRESSION: Member = Member::new(
    "CompressionFormat",
    Text,
    &[OneOf(&["ZIP", "HADOOP_SNAPPY", "Snappy", "GZIP", "UNCOMPRESSED"])],
);
pub(super) const ENCRYPTION: Member = any(
    "EncryptionConfiguration",
    Structure(&[
        Member::new("NoEncryptionConfig", Text, &[OneOf(&["NoEncryption"])]),
        any(
            "KMSEncryptionConfig",
            Structure(&[Member::new(
                "AWSKMSKeyARN",
                Text,
                &[
                    NotNull,
                    Matches(Pattern::Arn(&KEY_OR_ALIAS)),
                    LengthAtLeast(1),
                    LengthAtMost(512),
                ],
            )]),
        ),
    ]),
);
pub(super) const LOGGING: Member = any(
    "CloudWatchLoggingOptions",
    Structure(&[
        any("Enabled", Boolean),
        Member::new(
            "LogGroupName",
            Text,
            &[Matches(Pattern::Letters(r"[\.\-_/#A-Za-z0-9]*", in_group)), LengthAtMost(512)],
        ),
        Member::new(
            "LogStreamName",
            Text,
            &[
                Matches(Pattern::Letters("[^:*]*", |it| it != b':' && it != b'*')),
                LengthAtMost(512),
            ],
        ),
    ]),
);
pub(super) const PROCESSING: Member = any(
    "ProcessingConfiguration",
    Structure(&[
        any("Enabled", Boolean),
        any(
            "Processors",
            List(&Structure(&[
                Member::new("Type", Text, &[NotNull, OneOf(PROCESSORS)]),
                any(
                    "Parameters",
                    List(&Structure(&[
                        Member::new("ParameterName", Text, &[NotNull, OneOf(PARAMETERS)]),
                        Member::new(
                            "ParameterValue",
                            Text,
                            &[
                                NotNull,
                                Matches(Pattern::Filled),
                                LengthAtLeast(1),
                                LengthAtMost(5_120),
                            ],
                        ),
                    ])),
                ),
            ])),
        ),
    ]),
);
// In the order in which the service lists them.
const PROCESSORS: &[&str] = &[
    "Decompression",
    "Lambda",
    "RecordDeAggregation",
    "MetadataExtraction",
    "AppendDelimiterToRecord",
    "CloudWatchLogProcessing",
];
const PARAMETERS: &[&str] = &[
    "DataMessageExtraction",
    "NumberOfRetries",
    "Delimiter",
    "RoleArn",
    "JsonParsingEngine",
    "SubRecordType",
    "MetadataExtractionQuery",
    "BufferIntervalInSeconds",
    "LambdaArn",
    "BufferSizeInMBs",
    "CompressionFormat",
];
pub(super) const SECRETS: Member = any(
    "SecretsManagerConfiguration",
    Structure(&[
        Member::new(
            "SecretARN",
            Text,
            &[Matches(Pattern::Arn(&SECRET)), LengthAtLeast(1), LengthAtMost(2_048)],
        ),
        Member::new("RoleARN", Text, ROLE_OR_NONE),
        Member::new("Enabled", Boolean, NEEDED),
    ]),
);
pub(super) const VPC: Member = any(
    "VpcConfiguration",
    Structure(&[
        Member::new(
            "SubnetIds",
            List(&Text),
            &[
                NotNull,
                LengthAtLeast(1),
                LengthAtMost(16),
                Items(1, 1_024),
                Matches(Pattern::Solid),
            ],
        ),
        Member::new("RoleARN", Text, ROLE_ARN),
        Member::new(
            "SecurityGroupIds",
            List(&Text),
            &[NotNull, LengthAtLeast(1), LengthAtMost(5), Items(1, 1_024), Matches(Pattern::Solid)],
        ),
    ]),
);
const PARQUET: Shape = Structure(&[
    Member::new("BlockSizeBytes", Integer, &[AtLeast(67_108_864)]),
    Member::new("PageSizeBytes", Integer, &[AtLeast(65_536)]),
    Member::new("Compression", Text, &[OneOf(&["SNAPPY", "GZIP", "UNCOMPRESSED"])]),
    any("EnableDictionaryCompression", Boolean),
    Member::new("MaxPaddingBytes", Integer, &[AtLeast(0)]),
    Member::new("WriterVersion", Text, &[OneOf(&["V1", "V2"])]),
]);
const ORC: Shape = Structure(&[
    Member::new("StripeSizeBytes", Integer, &[AtLeast(8_388_608)]),
    Member::new("BlockSizeBytes", Integer, &[AtLeast(67_108_864)]),
    Member::new("RowIndexStride", Integer, &[AtLeast(1_000)]),
    any("EnablePadding", Boolean),
    Member::new("PaddingTolerance", Double, SHARE),
    Member::new("Compression", Text, &[OneOf(&["ZLIB", "SNAPPY", "NONE"])]),
    Member::new("BloomFilterColumns", List(&Text), &[Items(1, 1_024), Matches(Pattern::Solid)]),
    Member::new("BloomFilterFalsePositiveProbability", Double, SHARE),
    Member::new("DictionaryKeyThreshold", Double, SHARE),
    Member::new("FormatVersion", Text, &[OneOf(&["V0_11", "V0_12"])]),
]);
pub(super) const CONVERSION: Member = any(
    "DataFormatConversionConfiguration",
    Structure(&[
        any(
            "SchemaConfiguration",
            Structure(&[
                Member::new("RoleARN", Text, WORD),
                Member::new("CatalogId", Text, WORD),
                Member::new("DatabaseName", Text, WORD),
                Member::new("TableName", Text, WORD),
                Member::new("Region", Text, WORD),
                Member::new("VersionId", Text, WORD),
            ]),
        ),
        any(
            "InputFormatConfiguration",
            Structure(&[any(
                "Deserializer",
                Structure(&[
                    any(
                        "OpenXJsonSerDe",
                        Structure(&[
                            any("ConvertDotsInJsonKeysToUnderscores", Boolean),
                            any("CaseInsensitive", Boolean),
                            any("ColumnToJsonKeyMappings", Tags),
                        ]),
                    ),
                    any("HiveJsonSerDe", Structure(&[any("TimestampFormats", List(&Text))])),
                ]),
            )]),
        ),
        any(
            "OutputFormatConfiguration",
            Structure(&[any(
                "Serializer",
                Structure(&[any("ParquetSerDe", PARQUET), any("OrcSerDe", ORC)]),
            )]),
        ),
        any("Enabled", Boolean),
    ]),
);
pub(super) const PARTITIONING: Member =
    any("DynamicPartitioningConfiguration", Structure(&[RETRY, any("Enabled", Boolean)]));
pub(super) const DOCUMENT_ID: Member = any(
    "DocumentIdOptions",
    Structure(&[Member::new(
        "DefaultDocumentIdFormat",
        Text,
        &[NotNull, OneOf(&["FIREHOSE_DEFAULT", "NO_DOCUMENT_ID"])],
    )]),
);
