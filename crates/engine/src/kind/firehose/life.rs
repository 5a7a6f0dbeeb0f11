//! What the API keeps of a Firehose stream beside its work: its states, its tags, whose key
//! encrypts it, and what its destination was called with.
//!
//! States pass by the clock; only what has to happen when one ends has a timer.

use base::{Duration, Time, VecMap};
use scenario::kind::{DeliveryEncryption, FirehoseConfig};
use serde_json::{Map, Value};

use super::{Firehose, TIMER_LIFE};
use crate::kernel::ctx::Ctx;

/// `DeliveryStreamStatus`; nothing here fails to be created or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Being made: takes no calls.
    Creating,
    /// At work.
    Active,
    /// Going away: works until it is gone.
    Deleting,
}

impl Status {
    /// The word in answers.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
        }
    }
}

/// Server-side encryption.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encryption {
    /// `KeyType` and `KeyARN`; none while it is off.
    pub(crate) key: Option<(String, Option<String>)>,
    /// Whether it was on before the last change.
    pub(crate) was_on: bool,
    /// When the last change works.
    pub(crate) settled: Time,
    /// Starts and stops of the last 24 hours.
    pub(crate) changes: Vec<Time>,
}

impl Encryption {
    /// As a setting says, at once.
    #[inline(never)]
    pub(super) fn of(setting: DeliveryEncryption, now: Time) -> Self {
        let kind = match setting {
            DeliveryEncryption::None => None,
            DeliveryEncryption::AwsOwned => Some("AWS_OWNED_CMK"),
            DeliveryEncryption::CustomerManaged => Some("CUSTOMER_MANAGED_CMK"),
        };
        let key = kind.map(|kind| (kind.to_owned(), None));
        Self { key, settled: now, ..Self::default() }
    }

    /// `Status` of `DeliveryStreamEncryptionConfiguration`.
    pub(crate) fn word(&self, now: Time) -> &'static str {
        match (&self.key, now < self.settled) {
            (Some(_), true) => "ENABLING",
            (Some(_), false) => "ENABLED",
            (None, true) => "DISABLING",
            (None, false) => "DISABLED",
        }
    }

    /// Whether records are encrypted.
    pub(crate) fn is_on(&self, now: Time) -> bool {
        if now < self.settled { self.was_on } else { self.key.is_some() }
    }
}

/// A destination as the API describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Destination {
    /// What its members begin with, such as `ExtendedS3`.
    pub(crate) stem: &'static str,
    /// Those of its description.
    pub(crate) members: Map<String, Value>,
}

/// Where a Firehose stream is in its life.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// `CreateTimestamp`.
    pub(crate) created: Time,
    /// `LastUpdateTimestamp`.
    pub(crate) updated: Option<Time>,
    /// `ACTIVE` from then on.
    pub(crate) ready: Time,
    /// Whether it is `DELETING`.
    pub(crate) is_deleting: bool,
    pub(crate) tags: VecMap<String, String>,
    pub(crate) encryption: Encryption,
    /// What a call said of its destination, if one did; what are settings is read from them.
    pub(crate) destination: Option<Destination>,
    /// `RoleARN` of the source.
    pub(crate) source_role: Option<String>,
    /// `ThroughputHintInMBs`.
    pub(crate) throughput_hint: Option<i64>,
}

impl Life {
    /// A stream of the document: `ACTIVE` and encrypted from its first moment on.
    pub(super) fn new(encryption: DeliveryEncryption, now: Time) -> Self {
        Self {
            created: now,
            updated: None,
            ready: now,
            is_deleting: false,
            tags: VecMap::new(),
            encryption: match encryption {
                DeliveryEncryption::None => Encryption::default(),
                _ => Encryption::of(encryption, now),
            },
            destination: None,
            source_role: None,
            throughput_hint: None,
        }
    }

    /// Its state.
    pub(crate) fn status(&self, now: Time) -> Status {
        match self.is_deleting {
            true => Status::Deleting,
            false if now < self.ready => Status::Creating,
            false => Status::Active,
        }
    }
}

/// The database of the tables that cards stand for.
pub(crate) const DATABASE: &str = "default";

/// The table that the card of a stream stands for.
pub(crate) fn table_of(stream: &str) -> String {
    stream.replace('-', "_")
}

impl Life {
    /// Database and name of the AWS Glue table with the columns of a stream.
    #[inline(never)]
    pub(super) fn table(&self, stream: &str) -> (String, String) {
        let named = self.destination.as_ref().and_then(|it| {
            let schema =
                &it.members.get("DataFormatConversionConfiguration")?["SchemaConfiguration"];
            let text = |name: &str| schema[name].as_str().map(str::to_owned);
            text("DatabaseName").zip(text("TableName"))
        });
        named.unwrap_or_else(|| (DATABASE.to_owned(), table_of(stream)))
    }
}

impl Firehose {
    /// Where it is in its life.
    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    /// Where it is in its life, to change it.
    pub(crate) fn life_mut(&mut self) -> &mut Life {
        &mut self.life
    }

    /// Its settings.
    pub(crate) fn settings(&self) -> &FirehoseConfig {
        &self.config
    }

    /// `VersionId`.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// `CREATING` for so long.
    pub(crate) fn create(&mut self, delay: Duration, ctx: &mut Ctx<'_>) {
        self.life.ready = ctx.now() + delay;
        ctx.after(delay, TIMER_LIFE, 0);
    }

    /// `DELETING` for so long, and then gone; once more changes nothing.
    pub(crate) fn delete(&mut self, delay: Duration, ctx: &mut Ctx<'_>) {
        if !self.life.is_deleting {
            self.life.is_deleting = true;
            ctx.after(delay, TIMER_LIFE, 0);
        }
    }

    /// A state is over: a source is read from then on, or all ends.
    #[inline(never)]
    pub(super) fn aged(&mut self, ctx: &mut Ctx<'_>) {
        match self.life.is_deleting {
            true => ctx.vanish(),
            false => self.rewire(ctx),
        }
    }

    /// Is encrypted as its settings say, if they said something else before.
    pub(super) fn encrypt_as(&mut self, before: DeliveryEncryption, now: Time) {
        if before != self.config.encryption {
            self.life.encryption = Encryption::of(self.config.encryption, now);
        }
    }

    /// `UpdateDestination` gave it this destination, one version after that one.
    pub(crate) fn revise(&mut self, destination: Destination, before: u32, now: Time) {
        self.life.destination = Some(destination);
        self.life.updated = Some(now);
        self.version = before + 1;
    }
}
