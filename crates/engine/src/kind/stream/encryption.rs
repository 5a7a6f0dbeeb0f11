//! Encryption at rest: which records are encrypted with whose key, and what happens when the key
//! cannot be used.
//!
//! Data passes in the clear on the way and is written encrypted; who reads sees nothing of it but
//! `EncryptionType`. Up to five seconds pass after `ACTIVE` before every write is encrypted, or no
//! longer is; what is stored stays as it is (facts, streams §4.5).

use base::{Duration, EdgeId, Time};
use scenario::KmsFault;
use scenario::kind::Encryption;

use super::Stream;
use crate::call::ErrorCode;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;

/// From `ACTIVE` to the first write the switch is sure for (botocore 1.44.5: up to 5 s).
const SWITCH_OVER: Duration = Duration::from_secs(5);
/// Calls of KMS for a stream in five minutes (developer guide, costs and performance: about 12).
const KMS_CALLS: u64 = 12;
const KMS_CALLS_MICROS: u64 = 300_000_000;

/// How a stream is encrypted, and was.
#[derive(Clone, Debug)]
pub struct Keys {
    /// From when on writes are encrypted how, oldest first; never empty.
    switches: Vec<(Time, Encryption)>,
    /// `KeyId` as it was given.
    pub key_id: String,
    /// The one of the change that is under way.
    pub next_key_id: String,
    /// When encryption was started in the last 24 hours.
    pub started: Vec<Time>,
    /// The same for stopping.
    pub stopped: Vec<Time>,
}

impl Keys {
    /// A new stream.
    pub fn new(now: Time, encryption: Encryption) -> Self {
        Self {
            switches: vec![(now, encryption)],
            key_id: usual_key(encryption),
            next_key_id: String::new(),
            started: Vec::new(),
            stopped: Vec::new(),
        }
    }

    /// How a record is encrypted that arrived at a time.
    #[must_use]
    pub fn at(&self, arrival: Time) -> Encryption {
        let behind = self.switches.partition_point(|(at, _)| *at <= arrival);
        self.switches.get(behind.saturating_sub(1)).map_or(Encryption::None, |(_, how)| *how)
    }

    /// Calls of KMS so far: about twelve in five minutes while writes are encrypted.
    #[must_use]
    pub fn calls(&self, now: Time) -> u64 {
        let ends = self.switches.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let stretches = self.switches.iter().zip(ends);
        let encrypted = stretches.filter(|((_, how), _)| *how != Encryption::None);
        let micros: u64 = encrypted.map(|((at, _), end)| end.min(now).since(*at).0).sum();
        micros * KMS_CALLS / KMS_CALLS_MICROS
    }
}

impl Stream {
    /// How it is encrypted, and was.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How it is encrypted, to be changed.
    pub(crate) fn keys_mut(&mut self) -> &mut Keys {
        &mut self.keys
    }

    /// Writes are encrypted otherwise from now on, or almost.
    pub(super) fn switch_key(&mut self, encryption: Encryption, key_id: String, now: Time) {
        self.config.encryption = encryption;
        self.keys.key_id = key_id;
        if self.keys.switches.last().is_none_or(|(_, how)| *how != encryption) {
            self.keys.switches.push((now + SWITCH_OVER, encryption));
        }
    }

    /// Why no record can be written, as far as the key is concerned.
    pub(crate) fn write_key_refusal(
        &self,
        fault: Option<KmsFault>,
        now: Time,
    ) -> Option<(Reason, ErrorCode)> {
        fault.filter(|_| self.keys.at(now) == Encryption::CustomerKey).map(refusal)
    }

    /// Why no record can be read: some were written with the key.
    pub(crate) fn read_key_refusal(
        &self,
        fault: Option<KmsFault>,
        now: Time,
    ) -> Option<(Reason, ErrorCode)> {
        fault.filter(|_| self.was_encrypted(now)).map(refusal)
    }

    /// Why a writer cannot put: its role may not have a data key made (facts, streams §4.5).
    pub(super) fn writer_denied(
        &self,
        edge: EdgeId,
        records: u64,
        ctx: &mut Ctx<'_>,
    ) -> Option<(Reason, ErrorCode)> {
        let needs_key = self.keys.at(ctx.now()) == Encryption::CustomerKey;
        let key_id = &self.keys.key_id;
        let denied = needs_key && ctx.denies_key(edge, "GenerateDataKey", key_id, records);
        denied.then_some((Reason::AccessDenied, ErrorCode::KmsAccessDenied))
    }

    /// Why a reader gets nothing: its role may not decrypt (facts, streams §4.5).
    pub(super) fn reader_denied(
        &self,
        edge: EdgeId,
        ctx: &mut Ctx<'_>,
    ) -> Option<(Reason, ErrorCode)> {
        let needs_key = self.was_encrypted(ctx.now());
        let denied = needs_key && ctx.denies_key(edge, "Decrypt", &self.keys.key_id, 0);
        denied.then_some((Reason::AccessDenied, ErrorCode::KmsAccessDenied))
    }

    /// Whether records may be here that were written with a key of the account.
    fn was_encrypted(&self, now: Time) -> bool {
        let is_used =
            |(at, how): &(Time, Encryption)| *how == Encryption::CustomerKey && *at <= now;
        self.keys.switches.iter().any(is_used)
    }
}

/// `KeyId` of a stream whose settings say how it is encrypted.
pub(super) fn usual_key(encryption: Encryption) -> String {
    let key_id = match encryption {
        Encryption::None => "",
        Encryption::AwsKey => "alias/aws/kinesis",
        Encryption::CustomerKey => "alias/customer-key",
    };
    key_id.to_owned()
}

fn refusal(fault: KmsFault) -> (Reason, ErrorCode) {
    let code = match fault {
        KmsFault::Disabled => ErrorCode::KmsDisabled,
        KmsFault::PendingDeletion => ErrorCode::KmsInvalidState,
        KmsFault::Denied => ErrorCode::KmsAccessDenied,
        KmsFault::Throttled => ErrorCode::KmsThrottling,
    };
    (Reason::KmsKey, code)
}
