//! What a destination is asked with, of every type (botocore 1.44.5, `firehose`).

use super::shapes::{
    BUCKET, COMPRESSION, CONVERSION, COPY_TEXT, DOCUMENT_ID, DOMAIN, ENCRYPTION, ENDPOINT, HINTS,
    HTTP_HINTS, LOGGING, LONG_TEXT, NEEDED, OF_DOCUMENTS, OF_SOURCE, PARTITIONING, PREFIX,
    PROCESSING, RETRY, ROLE_ARN, ROLE_OR_NONE, SEARCH_HINTS, SECRETS, SPLUNK_HINTS, VPC, any,
};
use crate::api::pattern::Pattern;
use crate::api::shape::Member;
use crate::api::shape::Rule::{
    AtLeast, AtMost, LengthAtLeast, LengthAtMost, Matches, NotNull, OneOf,
};
use crate::api::shape::Shape::{self, Integer, List, Partial, Structure, Text};

pub(super) const ROLE_MEMBER: Member = Member::new("RoleARN", Text, ROLE_ARN);
const BUCKET_ARN: Member = Member::new(
    "BucketARN",
    Text,
    &[NotNull, Matches(Pattern::Arn(&BUCKET)), LengthAtLeast(1), LengthAtMost(2_048)],
);
pub(super) const S3: &[Member] = &[
    ROLE_MEMBER,
    BUCKET_ARN,
    Member::new("Prefix", Text, PREFIX),
    Member::new("ErrorOutputPrefix", Text, PREFIX),
    any("BufferingHints", HINTS),
    COMPRESSION,
    ENCRYPTION,
    LOGGING,
];
const S3_NEEDED: Member = Member::new("S3Configuration", Structure(S3), NEEDED);
const S3_UPDATE: Member = any("S3Update", Partial(S3));
const S3_BACKUP: Member = any("S3BackupConfiguration", Structure(S3));
const S3_BACKUP_UPDATE: Member = any("S3BackupUpdate", Partial(S3));
const BACKUP_MODE: Member = Member::new("S3BackupMode", Text, OF_SOURCE);

const COPY_COMMAND: Shape = Structure(&[
    Member::new(
        "DataTableName",
        Text,
        &[NotNull, Matches(Pattern::Line), LengthAtLeast(1), LengthAtMost(512)],
    ),
    Member::new("DataTableColumns", Text, COPY_TEXT),
    Member::new("CopyOptions", Text, COPY_TEXT),
]);
const HTTP_ENDPOINT: Shape = Structure(&[
    Member::new(
        "Url",
        Text,
        &[NotNull, Matches(Pattern::Url("https://.*")), LengthAtLeast(1), LengthAtMost(1_000)],
    ),
    Member::new("Name", Text, &[Matches(Pattern::Filled), LengthAtLeast(1), LengthAtMost(256)]),
    Member::new("AccessKey", Text, &[Matches(Pattern::Line), LengthAtMost(4_096)]),
]);
const HTTP_REQUEST: Shape = Structure(&[
    Member::new("ContentEncoding", Text, &[OneOf(&["NONE", "GZIP"])]),
    Member::new(
        "CommonAttributes",
        List(&Structure(&[
            Member::new(
                "AttributeName",
                Text,
                &[NotNull, Matches(Pattern::Filled), LengthAtLeast(1), LengthAtMost(256)],
            ),
            Member::new(
                "AttributeValue",
                Text,
                &[NotNull, Matches(Pattern::Line), LengthAtMost(1_024)],
            ),
        ])),
        &[LengthAtMost(50)],
    ),
]);

const fn extended(backup: Member) -> [Member; 15] {
    [
        ROLE_MEMBER,
        BUCKET_ARN,
        Member::new("Prefix", Text, PREFIX),
        Member::new("ErrorOutputPrefix", Text, PREFIX),
        any("BufferingHints", HINTS),
        COMPRESSION,
        ENCRYPTION,
        LOGGING,
        PROCESSING,
        BACKUP_MODE,
        backup,
        CONVERSION,
        PARTITIONING,
        Member::new("FileExtension", Text, &[Matches(Pattern::Extension), LengthAtMost(128)]),
        Member::new("CustomTimeZone", Text, &[Matches(Pattern::TimeZone), LengthAtMost(50)]),
    ]
}

const fn redshift(s3: Member, backup: Member) -> [Member; 12] {
    [
        ROLE_MEMBER,
        Member::new(
            "ClusterJDBCURL",
            Text,
            &[NotNull, Matches(Pattern::Jdbc), LengthAtLeast(1), LengthAtMost(512)],
        ),
        Member::new("CopyCommand", COPY_COMMAND, NEEDED),
        Member::new(
            "Username",
            Text,
            &[Matches(Pattern::Line), LengthAtLeast(1), LengthAtMost(512)],
        ),
        Member::new(
            "Password",
            Text,
            &[Matches(Pattern::Line), LengthAtLeast(6), LengthAtMost(512)],
        ),
        RETRY,
        s3,
        PROCESSING,
        BACKUP_MODE,
        backup,
        LOGGING,
        SECRETS,
    ]
}

/// Elasticsearch and OpenSearch; the last member is that of the network, which no update changes.
const fn search(s3: Member, last: Member) -> [Member; 14] {
    [
        ROLE_MEMBER,
        Member::new(
            "DomainARN",
            Text,
            &[Matches(Pattern::Arn(&DOMAIN)), LengthAtLeast(1), LengthAtMost(512)],
        ),
        Member::new("ClusterEndpoint", Text, ENDPOINT),
        Member::new(
            "IndexName",
            Text,
            &[NotNull, Matches(Pattern::Line), LengthAtLeast(1), LengthAtMost(80)],
        ),
        Member::new("TypeName", Text, &[Matches(Pattern::Line), LengthAtMost(100)]),
        Member::new(
            "IndexRotationPeriod",
            Text,
            &[OneOf(&["NoRotation", "OneHour", "OneDay", "OneWeek", "OneMonth"])],
        ),
        any("BufferingHints", SEARCH_HINTS),
        RETRY,
        Member::new("S3BackupMode", Text, OF_DOCUMENTS),
        s3,
        PROCESSING,
        LOGGING,
        DOCUMENT_ID,
        last,
    ]
}

const fn splunk(s3: Member) -> [Member; 11] {
    [
        Member::new("HECEndpoint", Text, &[NotNull, Matches(Pattern::Line), LengthAtMost(2_048)]),
        Member::new("HECEndpointType", Text, &[NotNull, OneOf(&["Raw", "Event"])]),
        Member::new("HECToken", Text, LONG_TEXT),
        Member::new("HECAcknowledgmentTimeoutInSeconds", Integer, &[AtLeast(180), AtMost(600)]),
        RETRY,
        Member::new("S3BackupMode", Text, &[OneOf(&["FailedEventsOnly", "AllEvents"])]),
        s3,
        PROCESSING,
        LOGGING,
        any("BufferingHints", SPLUNK_HINTS),
        SECRETS,
    ]
}

const fn http(s3: Member) -> [Member; 10] {
    [
        Member::new("EndpointConfiguration", HTTP_ENDPOINT, NEEDED),
        any("BufferingHints", HTTP_HINTS),
        LOGGING,
        any("RequestConfiguration", HTTP_REQUEST),
        PROCESSING,
        Member::new("RoleARN", Text, ROLE_OR_NONE),
        RETRY,
        Member::new("S3BackupMode", Text, &[OneOf(&["FailedDataOnly", "AllData"])]),
        s3,
        SECRETS,
    ]
}

const WITH_NETWORK: &[Member] = &search(S3_UPDATE, VPC);

pub(super) const EXTENDED: &[Member] = &extended(S3_BACKUP);
pub(super) const EXTENDED_UPDATE: &[Member] = &extended(S3_BACKUP_UPDATE);
pub(super) const REDSHIFT: &[Member] = &redshift(S3_NEEDED, S3_BACKUP);
pub(super) const REDSHIFT_UPDATE: &[Member] = &redshift(S3_UPDATE, S3_BACKUP_UPDATE);
pub(super) const SEARCH: &[Member] = &search(S3_NEEDED, VPC);
pub(super) const SEARCH_UPDATE: &[Member] = WITH_NETWORK.split_at(13).0;
pub(super) const SPLUNK: &[Member] = &splunk(S3_NEEDED);
pub(super) const SPLUNK_UPDATE: &[Member] = &splunk(S3_UPDATE);
pub(super) const HTTP: &[Member] = &http(S3_NEEDED);
pub(super) const HTTP_UPDATE: &[Member] = &http(S3_UPDATE);
