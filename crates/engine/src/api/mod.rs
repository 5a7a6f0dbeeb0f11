//! What the Kinesis JSON API says about a request before it looks at any stream.
//!
//! The order is the service's: is the operation known, have the members their types
//! (`SerializationException`), do the values keep their constraints (`ValidationException`, up to
//! ten at once). One table for each operation ([`operation`]) feeds one checker; the order of the
//! members in a table is the order in which AWS reports them.
//!
//! Sources: the texts and orders of kinesalite 3.3.3, whose suite was written to run against
//! production, and the shapes of botocore 1.44.5 for what came after 2020. Where botocore adds a
//! member, its place in the order of reports is not known: it stands last.

mod blob;
mod constraint;
mod operation;
mod pattern;
mod shape;
#[cfg(test)]
mod tests;
mod types;

use serde_json::{Map, Value, json};

/// Which age of the API answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// 2020: records up to 1 MiB, 168 hours, ten tags a call, streams by name only.
    Classic,
    /// Late 2026.
    #[default]
    Current,
}

/// An exception of the service, answered with status 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The exception's name, such as `ValidationException`.
    pub exception: &'static str,
    /// Its text; empty when the service sends none.
    pub message: String,
}

impl Refusal {
    /// The answer's body. `SerializationException` spells `Message` with a capital.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "__type": self.exception });
        if !self.message.is_empty() {
            let capital = self.exception == "SerializationException";
            let member = if capital { "Message" } else { "message" };
            body[member] = Value::from(self.message.as_str());
        }
        body
    }
}

/// Checks a request that names its operation without the prefix `Kinesis_20131202.`; gives back
/// the members the operation knows, with numbers made whole where the shape is whole.
///
/// # Errors
/// `UnknownOperationException`, `SerializationException` or `ValidationException`.
pub fn check(
    profile: Profile,
    operation: &str,
    body: &Value,
) -> Result<Map<String, Value>, Refusal> {
    let Some(members) = operation::members(profile, operation) else {
        let message = String::new();
        return Err(Refusal { exception: "UnknownOperationException", message });
    };
    let read = types::read(profile, members, body);
    let body = read.map_err(|message| Refusal { exception: "SerializationException", message })?;
    match constraint::broken(profile, members, &body) {
        Some(message) => Err(Refusal { exception: "ValidationException", message }),
        None => Ok(body),
    }
}
