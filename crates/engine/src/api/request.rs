//! A request that passed the checks, and what the operations read from it.

use serde_json::{Map, Value};

use super::{Profile, Refusal, invalid};
use crate::control;
use crate::engine::Engine;

/// A request whose members have their types and keep their constraints.
pub(crate) struct Request {
    pub(super) profile: Profile,
    pub(super) body: Map<String, Value>,
}

impl Request {
    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// A text that the constraints ask for.
    pub(super) fn needed(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.body.get(name)?.as_i64()
    }

    /// How many of something; never below zero.
    pub(super) fn count(&self, name: &str) -> Option<u32> {
        Some(u32::try_from(self.number(name)?.max(0)).unwrap_or(u32::MAX))
    }

    /// A point in time, in milliseconds since 1970 UTC.
    pub(super) fn millis(&self, name: &str) -> Option<u64> {
        self.body.get(name).and_then(millis)
    }

    /// The items of a list.
    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The name of the stream a call is about, whether it exists or not; empty when it is about
    /// none.
    pub(super) fn about(&self) -> &str {
        let arn = self.text("StreamARN").or_else(|| self.text("ConsumerARN")).unwrap_or_default();
        let of_arn = arn.split_once(":stream/").map_or("", |(_, rest)| rest);
        let of_arn = of_arn.split_once('/').map_or(of_arn, |(name, _)| name);
        self.text("StreamName").unwrap_or(of_arn)
    }

    /// Refuses what is only tried: for its own reason, or because it would have worked.
    pub(super) fn check_in_earnest(
        &self,
        tried: impl FnOnce() -> Result<(), control::Refusal>,
    ) -> Result<(), Refusal> {
        if self.body.get("DryRun") != Some(&Value::Bool(true)) {
            return Ok(());
        }
        tried()?;
        let message = "The request would have succeeded, but the DryRun flag is set.".into();
        Err(Refusal { exception: "DryRunOperationException", message })
    }

    /// The name in `StreamName` or `StreamARN`; the ARN is one of this account.
    pub(super) fn stream(&self, engine: &Engine) -> Result<String, Refusal> {
        let named = self.text("StreamName");
        let Some(arn) = self.text("StreamARN") else {
            let missing = || invalid("Either StreamName or StreamARN should be provided.".into());
            return named.map(str::to_owned).ok_or_else(missing);
        };
        let name = arn.rsplit_once(":stream/").map_or("", |(_, name)| name);
        if named.is_some_and(|named| named != name) {
            return Err(invalid("StreamName and StreamARN name different streams.".into()));
        }
        if arn == engine.account.stream_arn(name) {
            return Ok(name.to_owned());
        }
        let message = format!("Stream {arn} under account {} not found.", engine.account.id);
        Err(Refusal { exception: "ResourceNotFoundException", message })
    }

    /// That `StreamCreationTimestamp`, which tells streams of one name apart, is this stream's
    /// (botocore 1.44.5).
    pub(super) fn check_created(&self, engine: &Engine, name: &str) -> Result<(), Refusal> {
        let told = self.millis("StreamCreationTimestamp");
        let created = engine.wall_millis(engine.created(name)?);
        if told.is_none_or(|told| told / 1_000 == created / 1_000) {
            return Ok(());
        }
        Err(engine.no_stream(name).into())
    }
}

/// Seconds with fractions to whole milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and what is out of range saturates"
)]
pub(super) fn millis(value: &Value) -> Option<u64> {
    value.as_f64().map(|secs| (secs * 1_000.0).round() as u64)
}

/// Milliseconds as the service writes times: seconds with fractions.
#[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
pub(super) fn seconds(millis: u64) -> Value {
    Value::from(millis as f64 / 1_000.0)
}
