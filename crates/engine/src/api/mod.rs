//! The Kinesis JSON API over the simulated account.
//!
//! The order is the service's: is the operation known, have the members their types
//! (`SerializationException`), do the values keep their constraints (`ValidationException`, up to
//! ten at once), and only then what the account holds. One table ([`operation`]) feeds one checker;
//! the order of the members in a row is the order in which AWS reports them.
//!
//! Sources: the texts and orders of kinesalite 3.3.3, whose suite was written to run against
//! production, and the shapes of botocore 1.44.5 for what came after 2020. Where botocore adds a
//! member, its place in the order of reports is not known: it stands last.

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod answer_tests;
mod blob;
pub mod command;
mod constraint;
#[cfg(test)]
mod consumer_tests;
mod consumers;
mod delivery;
pub mod last;
mod operation;
#[cfg(test)]
mod page_tests;
mod pattern;
#[cfg(test)]
mod quota_tests;
pub(crate) mod rate;
mod records;
mod request;
#[cfg(test)]
mod reshard_tests;
#[cfg(test)]
mod rule_tests;
mod settings;
mod shape;
mod shards;
mod streams;
mod tags;
#[cfg(test)]
mod tests;
mod token;
mod types;

use scenario::limits::Limits;
use serde_json::{Map, Value, json};

pub(crate) use self::blob::encode as base64;
pub use self::blob::from_base64;
use self::operation::Operation;
use self::request::Request;
use crate::call::ErrorCode;
use crate::control;
use crate::engine::Engine;

/// Whose API a call is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon Kinesis Data Streams.
    Kinesis,
    /// Amazon Data Firehose.
    Firehose,
}

impl Service {
    /// The service of this name on the command line.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Kinesis, Self::Firehose].into_iter().find(|service| service.name() == name)
    }

    /// As the command line and policies call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kinesis => "kinesis",
            Self::Firehose => "firehose",
        }
    }

    /// What its targets begin with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Kinesis => "Kinesis_20131202.",
            Self::Firehose => "Firehose_20150804.",
        }
    }

    /// An operation as scripts name it: `PutRecord` of data streams, `firehose:PutRecord`.
    #[must_use]
    pub fn in_script(self, operation: &str) -> String {
        match self {
            Self::Kinesis => operation.to_owned(),
            Self::Firehose => format!("{IN_SCRIPT}{operation}"),
        }
    }
}

/// What operations of Amazon Data Firehose begin with in scripts.
const IN_SCRIPT: &str = "firehose:";

/// Which age of the API answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// 2020: records up to 1 MiB, 168 hours, ten tags a call, streams by name only.
    Classic,
    /// Late 2026.
    #[default]
    Current,
}

impl Profile {
    /// The age of the API at the date of some limits.
    pub(crate) fn of(limits: &Limits) -> Self {
        if limits.date < "2025" { Self::Classic } else { Self::Current }
    }
}

/// An exception of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The exception's name, such as `ValidationException`.
    pub exception: &'static str,
    /// Its text; empty when the service sends none.
    pub message: String,
}

/// The HTTP status of an exception: 500 for what the service takes the blame for, else 400.
#[must_use]
pub fn status(exception: &str) -> u16 {
    let is_ours = ["InternalFailure", "ServiceUnavailableException"].contains(&exception);
    if is_ours { 500 } else { 400 }
}

impl Refusal {
    /// 500 for what the service takes the blame for.
    #[must_use]
    pub fn status(&self) -> u16 {
        status(self.exception)
    }

    /// The answer's body. `SerializationException` spells `Message` with a capital.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "__type": self.exception });
        if !self.message.is_empty() {
            let capital = self.exception == "SerializationException";
            let member = if capital { "Message" } else { "message" };
            body[member] = Value::from(self.message.as_str());
        }
        // Two exceptions of Firehose carry the code of another service.
        match self.exception {
            "InvalidKMSResourceException" => body["code"] = "NotFoundException".into(),
            "InvalidSourceException" => body["code"] = "InvalidSource".into(),
            _ => {}
        }
        body
    }
}

impl From<control::Refusal> for Refusal {
    fn from(refusal: control::Refusal) -> Self {
        let internal = refusal.code == ErrorCode::InternalFailure;
        let message = if internal { String::new() } else { refusal.message };
        Self { exception: refusal.code.name(), message }
    }
}

/// What the service sends back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// HTTP status: 200, 400 or 500.
    pub status: u16,
    /// The body; null where the service sends none.
    pub body: Value,
}

/// What an operation answers; null: an empty body.
type Done = Result<Value, Refusal>;

impl Engine {
    /// One call of the Kinesis API at the current simulated time. `target` is the header
    /// `X-Amz-Target`, such as `Kinesis_20131202.PutRecord`.
    pub fn call(&mut self, profile: Profile, target: &str, body: &Value) -> Answer {
        match self.answer(profile, target, body) {
            Ok(body) => Answer { status: 200, body },
            Err(refusal) => Answer { status: refusal.status(), body: refusal.body() },
        }
    }

    fn answer(&mut self, profile: Profile, target: &str, body: &Value) -> Done {
        if !body.is_object() && !body.is_array() {
            let message = String::new();
            return Err(Refusal { exception: "SerializationException", message });
        }
        let operation = operation::named(profile, target).ok_or_else(unknown)?;
        let request = Request { profile, body: check(profile, operation, body)? };
        if self.account.throttling {
            let now = self.now();
            let whose = (request.about(), &*self.account.id);
            self.kernel.rates.admit(profile, operation.name, whose, now)?;
        }
        (operation.answer)(self, &request)
    }
}

/// The header `X-Amz-Target` of an operation as scripts name it.
#[must_use]
pub fn target(operation: &str) -> String {
    let (service, operation) = match operation.strip_prefix(IN_SCRIPT) {
        Some(operation) => (Service::Firehose, operation),
        None => (Service::Kinesis, operation),
    };
    format!("{}{operation}", service.prefix())
}

/// The service does not know the operation.
fn unknown() -> Refusal {
    Refusal { exception: "UnknownOperationException", message: String::new() }
}

/// Gives back the members the operation knows, with numbers made whole where the shape is whole.
///
/// # Errors
/// `SerializationException` or `ValidationException`.
fn check(
    profile: Profile,
    operation: &Operation,
    body: &Value,
) -> Result<Map<String, Value>, Refusal> {
    let members = operation.members;
    let read = types::read(profile, members, body);
    let body = read.map_err(|message| Refusal { exception: "SerializationException", message })?;
    match constraint::broken(profile, members, &body) {
        Some(message) => Err(Refusal { exception: "ValidationException", message }),
        None => Ok(body),
    }
}

fn invalid(message: String) -> Refusal {
    Refusal { exception: "InvalidArgumentException", message }
}
