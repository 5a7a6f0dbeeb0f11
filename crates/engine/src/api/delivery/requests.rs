//! What the requests of Amazon Data Firehose hold (botocore 1.44.5, `firehose`). The order of the
//! reports is not known: it is that of the model.
//!
//! Destinations and sources that are not simulated stand in the table without members, so that who
//! asks for them is told.

use super::destinations::{
    EXTENDED, EXTENDED_UPDATE, HTTP, HTTP_UPDATE, REDSHIFT, REDSHIFT_UPDATE, ROLE_MEMBER, S3,
    SEARCH, SEARCH_UPDATE, SPLUNK, SPLUNK_UPDATE,
};
use super::shapes::{DELIVERY_TYPE, KEY, NEEDED, STREAM, STREAM_NAME, any};
use crate::api::pattern::Pattern;
use crate::api::shape::Rule::{
    AtLeast, AtMost, Items, LengthAtLeast, LengthAtMost, Matches, NotNull, OneOf,
};
use crate::api::shape::Shape::{self, Blob, Boolean, Integer, List, Partial, Structure, Text};
use crate::api::shape::{Member, Rule};

const TAG_KEY: &[Rule] = &[NotNull, Matches(Pattern::TagKey), LengthAtLeast(1), LengthAtMost(128)];
const TAG: &[Member] = &[
    Member::new("Key", Text, TAG_KEY),
    Member::new("Value", Text, &[Matches(Pattern::TagValue), LengthAtMost(256)]),
];
const ENCRYPTION_INPUT: Member = any(
    "DeliveryStreamEncryptionConfigurationInput",
    Structure(&[
        Member::new(
            "KeyARN",
            Text,
            &[Matches(Pattern::Arn(&KEY)), LengthAtLeast(1), LengthAtMost(512)],
        ),
        Member::new("KeyType", Text, &[NotNull, OneOf(&["AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK"])]),
    ]),
);

pub(super) const CREATE: &[Member] = &[
    STREAM_NAME,
    DELIVERY_TYPE,
    any(
        "DirectPutSourceConfiguration",
        Structure(&[Member::new(
            "ThroughputHintInMBs",
            Integer,
            &[NotNull, AtLeast(1), AtMost(100)],
        )]),
    ),
    any(
        "KinesisStreamSourceConfiguration",
        Structure(&[
            Member::new(
                "KinesisStreamARN",
                Text,
                &[NotNull, Matches(Pattern::Arn(&STREAM)), LengthAtLeast(1), LengthAtMost(512)],
            ),
            ROLE_MEMBER,
        ]),
    ),
    ENCRYPTION_INPUT,
    any("S3DestinationConfiguration", Structure(S3)),
    any("ExtendedS3DestinationConfiguration", Structure(EXTENDED)),
    any("RedshiftDestinationConfiguration", Structure(REDSHIFT)),
    any("ElasticsearchDestinationConfiguration", Structure(SEARCH)),
    any("AmazonopensearchserviceDestinationConfiguration", Structure(SEARCH)),
    any("SplunkDestinationConfiguration", Structure(SPLUNK)),
    any("HttpEndpointDestinationConfiguration", Structure(HTTP)),
    Member::new("Tags", List(&Structure(TAG)), &[LengthAtLeast(1), LengthAtMost(50)]),
    any("AmazonOpenSearchServerlessDestinationConfiguration", Structure(&[])),
    any("MSKSourceConfiguration", Structure(&[])),
    any("SnowflakeDestinationConfiguration", Structure(&[])),
    any("IcebergDestinationConfiguration", Structure(&[])),
    any("DatabaseSourceConfiguration", Structure(&[])),
];
pub(super) const UPDATE: &[Member] = &[
    STREAM_NAME,
    Member::new(
        "CurrentDeliveryStreamVersionId",
        Text,
        &[
            NotNull,
            Matches(Pattern::Letters("[0-9]+", |it| it.is_ascii_digit())),
            LengthAtLeast(1),
            LengthAtMost(50),
        ],
    ),
    Member::new(
        "DestinationId",
        Text,
        &[
            NotNull,
            Matches(Pattern::Letters("[a-zA-Z0-9-]+", in_id)),
            LengthAtLeast(1),
            LengthAtMost(100),
        ],
    ),
    any("S3DestinationUpdate", Partial(S3)),
    any("ExtendedS3DestinationUpdate", Partial(EXTENDED_UPDATE)),
    any("RedshiftDestinationUpdate", Partial(REDSHIFT_UPDATE)),
    any("ElasticsearchDestinationUpdate", Partial(SEARCH_UPDATE)),
    any("AmazonopensearchserviceDestinationUpdate", Partial(SEARCH_UPDATE)),
    any("SplunkDestinationUpdate", Partial(SPLUNK_UPDATE)),
    any("HttpEndpointDestinationUpdate", Partial(HTTP_UPDATE)),
    any("AmazonOpenSearchServerlessDestinationUpdate", Structure(&[])),
    any("SnowflakeDestinationUpdate", Structure(&[])),
    any("IcebergDestinationUpdate", Structure(&[])),
];
pub(super) const DELETE: &[Member] = &[STREAM_NAME, any("AllowForceDelete", Boolean)];
pub(super) const DESCRIBE: &[Member] = &[
    STREAM_NAME,
    Member::new("Limit", Integer, &[AtLeast(1), AtMost(10_000)]),
    Member::new(
        "ExclusiveStartDestinationId",
        Text,
        &[Matches(Pattern::Letters("[a-zA-Z0-9-]+", in_id)), LengthAtLeast(1), LengthAtMost(100)],
    ),
];
pub(super) const LIST: &[Member] = &[
    Member::new("Limit", Integer, &[AtLeast(1), AtMost(10_000)]),
    DELIVERY_TYPE,
    Member::new(
        "ExclusiveStartDeliveryStreamName",
        Text,
        &[Matches(Pattern::Name), LengthAtLeast(1), LengthAtMost(64)],
    ),
];
pub(super) const LIST_TAGS: &[Member] = &[
    STREAM_NAME,
    Member::new(
        "ExclusiveStartTagKey",
        Text,
        &[Matches(Pattern::TagKey), LengthAtLeast(1), LengthAtMost(128)],
    ),
    Member::new("Limit", Integer, &[AtLeast(1), AtMost(50)]),
];
pub(super) const TAG_STREAM: &[Member] = &[
    STREAM_NAME,
    Member::new("Tags", List(&Structure(TAG)), &[NotNull, LengthAtLeast(1), LengthAtMost(50)]),
];
pub(super) const UNTAG_STREAM: &[Member] = &[
    STREAM_NAME,
    Member::new(
        "TagKeys",
        List(&Text),
        &[NotNull, LengthAtLeast(1), LengthAtMost(50), Items(1, 128), Matches(Pattern::TagKey)],
    ),
];
pub(super) const START_ENCRYPTION: &[Member] = &[STREAM_NAME, ENCRYPTION_INPUT];
pub(super) const STOP_ENCRYPTION: &[Member] = &[STREAM_NAME];

const RECORD: Shape = Structure(&[Member::new("Data", Blob, &[NotNull, LengthAtMost(1_024_000)])]);
pub(super) const PUT_RECORD: &[Member] = &[STREAM_NAME, Member::new("Record", RECORD, NEEDED)];
pub(super) const PUT_RECORD_BATCH: &[Member] = &[
    STREAM_NAME,
    Member::new("Records", List(&RECORD), &[NotNull, LengthAtLeast(1), LengthAtMost(500)]),
];

fn in_id(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || letter == b'-'
}
