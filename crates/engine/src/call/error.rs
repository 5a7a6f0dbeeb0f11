//! What a service says when it refuses a call.

use crate::cause::Reason;

/// The account number in AWS's own examples.
pub const ACCOUNT: &str = "123456789012";
/// Where everything runs.
pub const REGION: &str = "us-east-1";

/// A service error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The closed reason behind it.
    pub reason: Reason,
    /// AWS's name for it.
    pub code: ErrorCode,
    /// Shard index, for the message text.
    pub shard: u32,
}

/// Each code once, with the name of the exception as AWS spells it.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal;)+) => {
        /// Names of AWS errors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ErrorCode {
            $($(#[$doc])* $code,)+
        }

        impl ErrorCode {
            /// The exception name as AWS spells it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }
        }
    };
}

codes! {
    /// `ExpiredIteratorException`.
    ExpiredIterator = "ExpiredIteratorException";
    /// `InternalFailure`.
    InternalFailure = "InternalFailure";
    /// `InvalidArgumentException`.
    InvalidArgument = "InvalidArgumentException";
    /// `ProvisionedThroughputExceededException`.
    ProvisionedThroughputExceeded = "ProvisionedThroughputExceededException";
    /// `ResourceNotFoundException`.
    ResourceNotFound = "ResourceNotFoundException";
    /// `LimitExceededException`.
    LimitExceeded = "LimitExceededException";
    /// `ResourceInUseException`.
    ResourceInUse = "ResourceInUseException";
    /// `ServiceUnavailableException`, which S3 words as `503 Slow Down`.
    ServiceUnavailable = "ServiceUnavailableException";
    /// `ValidationException`.
    Validation = "ValidationException";
    /// `AccessDeniedException`.
    AccessDenied = "AccessDeniedException";
    /// `KMSDisabledException`.
    KmsDisabled = "KMSDisabledException";
    /// `KMSInvalidStateException`.
    KmsInvalidState = "KMSInvalidStateException";
    /// `KMSAccessDeniedException`.
    KmsAccessDenied = "KMSAccessDeniedException";
    /// `KMSThrottlingException`.
    KmsThrottling = "KMSThrottlingException";
    /// Elasticsearch: a document that is no JSON object.
    MapperParsing = "mapper_parsing_exception";
    /// Elasticsearch: the queue of writes was full.
    EsRejectedExecution = "es_rejected_execution_exception";
    /// Elasticsearch's client: no node answers.
    NoNodeAvailable = "NoNodeAvailableException";
    /// Splunk: events were taken and not acknowledged in time.
    SplunkAckTimeout = "Splunk.AckTimeout";
    /// Splunk: the collector failed inside.
    SplunkServerError = "Splunk.ServerError";
    /// Splunk: the collector cannot be reached.
    SplunkConnectionTimeout = "Splunk.ConnectionTimeout";
    /// Splunk: the token is none of the collector's.
    SplunkInvalidToken = "Splunk.InvalidToken";
    /// Splunk: the token is disabled.
    SplunkDisabledToken = "Splunk.DisabledToken";
    /// Splunk: the token does without indexer acknowledgement.
    SplunkDisabledAck = "Splunk.DisabledAck";
    /// Splunk: what came to the event endpoint is not in its form.
    SplunkInvalidDataFormat = "Splunk.InvalidDataFormat";
    /// An HTTP endpoint did not answer within three minutes.
    HttpRequestTimeout = "HttpEndpoint.RequestTimeout";
    /// An HTTP endpoint answered more than 1 MiB.
    HttpResponseTooLarge = "HttpEndpoint.ResponseTooLarge";
    /// An HTTP endpoint answered something else than the contract asks for.
    HttpInvalidResponse = "HttpEndpoint.InvalidResponseFromDestination";
    /// An HTTP endpoint answered another status than 200.
    HttpDestination = "HttpEndpoint.DestinationException";
    /// An HTTP endpoint cannot be reached.
    HttpConnectionFailed = "HttpEndpoint.ConnectionFailed";
    /// Elasticsearch: an index has as many fields as it may.
    EsIllegalArgument = "illegal_argument_exception";
}

impl ApiError {
    /// The message text as the service words it (facts, streams §2.2 and §14.2).
    #[must_use]
    pub fn message(self, stream: &str) -> String {
        self.message_in(stream, ACCOUNT)
    }

    /// The same where the stream belongs to this account.
    #[must_use]
    pub fn message_in(self, stream: &str, account: &str) -> String {
        let Self { reason, code, shard } = self;
        if let Some(message) = endpoint_message(code) {
            return message.to_owned();
        }
        let place = format!("shard shardId-{shard:012} in stream {stream} under account {account}");
        match code {
            ErrorCode::ProvisionedThroughputExceeded if reason == Reason::TableCapacity => {
                "The level of configured provisioned throughput for the table was exceeded. \
                 Consider increasing your provisioning level with the UpdateTable API."
                    .to_owned()
            }
            ErrorCode::ProvisionedThroughputExceeded => format!("Rate exceeded for {place}."),
            ErrorCode::ExpiredIterator => "Iterator expired. The iterator was created further in \
                the past than the tolerated delay of 300000 milliseconds."
                .to_owned(),
            ErrorCode::InternalFailure => "Internal service failure.".to_owned(),
            ErrorCode::ResourceNotFound if reason == Reason::StreamMissing => {
                format!("Stream {stream} under account {account} not found.")
            }
            ErrorCode::ResourceNotFound => {
                let id = format!("shardId-{shard:012}");
                format!("Shard {id} in stream {stream} under account {account} does not exist")
            }
            // Calls that change a stream word their own refusals.
            ErrorCode::ResourceInUse => format!(
                "Another active subscription exists for this consumer: \
                 {account}:{stream}:shardId-{shard:012}"
            ),
            ErrorCode::LimitExceeded => {
                format!("Rate exceeded for stream {stream} under account {account}.")
            }
            // The whole text, with who and what, stands in the explanation of the denial.
            ErrorCode::AccessDenied => {
                "Access denied by the policy of the caller's role.".to_owned()
            }
            ErrorCode::KmsDisabled
            | ErrorCode::KmsInvalidState
            | ErrorCode::KmsAccessDenied
            | ErrorCode::KmsThrottling => {
                format!("The KMS key of stream {stream} under account {account} cannot be used.")
            }
            ErrorCode::MapperParsing => "failed to parse".to_owned(),
            ErrorCode::EsRejectedExecution => {
                "rejected execution of a bulk request: the queue is full".to_owned()
            }
            ErrorCode::NoNodeAvailable => "None of the configured nodes are available".to_owned(),
            ErrorCode::ServiceUnavailable => "Please reduce your request rate.".to_owned(),
            ErrorCode::InvalidArgument if reason == Reason::TooLarge => {
                "Records size exceeds the limit of the request or of the stream.".to_owned()
            }
            ErrorCode::InvalidArgument => {
                "The timestampInMillis parameter cannot be greater than the \
                 currentTimestampInMillis."
                    .to_owned()
            }
            ErrorCode::Validation if reason == Reason::KeyTooLong => {
                "1 validation error detected: Value at 'partitionKey' failed to satisfy \
                 constraint: Member must have length less than or equal to 256"
                    .to_owned()
            }
            // The codes of endpoints have their words above.
            _ => "1 validation error detected: Value at 'data' failed to \
                satisfy constraint: Member must have length less than or equal to 10485760"
                .to_owned(),
        }
    }
}

/// What Firehose logs of a Splunk or HTTP destination (developer guide, "Monitor Amazon Data
/// Firehose using CloudWatch Logs": Splunk and HTTPS endpoint data delivery errors).
#[inline(never)]
fn endpoint_message(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::SplunkAckTimeout => {
            "Did not receive an acknowledgement from HEC before the HEC acknowledgement timeout \
             expired. Despite the acknowledgement timeout, it's possible the data was indexed \
             successfully in Splunk. Kinesis Data Firehose backs up in Amazon S3 data for which \
             the acknowledgement timeout expired."
        }
        ErrorCode::SplunkServerError => {
            "Failed to deliver data to Splunk due to a server error from your HEC node."
        }
        ErrorCode::SplunkConnectionTimeout => {
            "The connection to Splunk timed out. This might be a transient error and the request \
             will be retried."
        }
        ErrorCode::SplunkInvalidToken => {
            "The HEC token is invalid. Verify that the HEC token is valid."
        }
        ErrorCode::SplunkDisabledToken => {
            "The HEC token is disabled. Enable the token to allow data delivery to Splunk."
        }
        ErrorCode::SplunkDisabledAck => {
            "Indexer acknowledgement is disabled for the HEC token. Enable indexer acknowledgement \
             and try again."
        }
        ErrorCode::SplunkInvalidDataFormat => {
            "The data is not formatted correctly. To see how to properly format data for Raw or \
             Event HEC endpoints, see Splunk Event Data."
        }
        ErrorCode::HttpRequestTimeout => {
            "The request timed out before a response was received and will be retried."
        }
        ErrorCode::HttpResponseTooLarge => "The response received from the endpoint is too large.",
        ErrorCode::HttpInvalidResponse => {
            "The response received from the specified endpoint is invalid."
        }
        ErrorCode::HttpDestination => {
            "The following response was received from the endpoint destination."
        }
        ErrorCode::HttpConnectionFailed => {
            "Failed to establish a connection with the destination endpoint."
        }
        _ => return None,
    })
}
