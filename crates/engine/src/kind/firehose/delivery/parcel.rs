//! Parcels: what a buffer is sealed as, and what is written beside a destination.

use std::sync::Arc;

use base::{Duration, Time};

use crate::batch::Batch;
use crate::call::{ApiError, ErrorCode};
use crate::object::{Object, Purpose};
use crate::snapshot::Seal;

/// A sealed parcel.
#[derive(Clone, Debug)]
pub(in super::super) struct Parcel {
    /// The object, or for other cargo its name, sizes and counts alone.
    pub(in super::super) object: Object,
    /// What is inside.
    pub(in super::super) cargo: Cargo,
    /// What it is for.
    pub(in super::super) freight: Freight,
    /// The partition it is of, if records are partitioned.
    pub(in super::super) partition: Option<Arc<str>>,
    /// Arrival of its oldest record.
    pub(in super::super) oldest: Time,
    /// Calls begun.
    pub(in super::super) attempts: u32,
    /// When the first call began.
    pub(super) tried_at: Option<Time>,
    /// How much of the retry duration was used.
    pub(super) spent: Duration,
    /// Not sent before this time.
    pub(super) due: Time,
    /// Its retry duration is over, and it could not be diverted.
    pub(super) is_spent: bool,
    /// The same in every attempt.
    pub(super) request_id: Arc<str>,
    /// What became of the last attempt: for all its records, or for each.
    pub(super) failures: Vec<Failure>,
}

/// Why an attempt failed.
#[derive(Clone, Debug)]
pub(in super::super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) text: Arc<str>,
    pub(super) at: Time,
}

impl Failure {
    pub(super) fn new(error: ApiError, stream: &str, at: Time) -> Self {
        Self { code: error.code, text: error.message(stream).into(), at }
    }
}

/// What is inside a parcel.
#[derive(Clone, Debug)]
pub(in super::super) enum Cargo {
    /// One object.
    Object,
    /// Records, one by one.
    Rows(Batch),
    /// Objects in the bucket that a manifest names.
    Load(Vec<Object>),
}

/// What a parcel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Freight {
    /// The data of the destination.
    Data,
    /// The data of a cluster, on its way into the bucket it is loaded from.
    Staged,
    /// A manifest of what is loaded next.
    Manifest,
    /// A `COPY`.
    Load,
    /// A manifest of what was not loaded.
    Skipped,
    /// Records that failed.
    Failed,
    /// Records that could not be converted.
    Unconverted,
    /// Source records, as they came.
    Source,
}

impl Parcel {
    /// An object.
    pub(in super::super) fn object(object: Object, freight: Freight, oldest: Time) -> Self {
        Self {
            object,
            cargo: Cargo::Object,
            freight,
            partition: None,
            oldest,
            attempts: 0,
            tried_at: None,
            spent: Duration::ZERO,
            due: Time::ZERO,
            is_spent: false,
            request_id: "".into(),
            failures: Vec::new(),
        }
    }

    /// Records one by one; `raw_bytes` is their data.
    pub(in super::super) fn rows(
        batch: Batch,
        raw_bytes: u64,
        (sealed_at, reason): (Time, Seal),
        oldest: Time,
    ) -> Self {
        let object = Object {
            key: "".into(),
            bytes: [].into(),
            stored_bytes: raw_bytes,
            raw_bytes,
            booked_bytes: batch.bytes,
            records: batch.records(),
            sealed_at,
            delivered_at: Time::ZERO,
            reason,
            purpose: Purpose::Records,
        };
        Self { cargo: Cargo::Rows(batch), ..Self::object(object, Freight::Data, oldest) }
    }

    /// Records and bytes as the ledger counts them.
    pub(super) fn booked(&self) -> (u64, u64) {
        (self.object.records, self.object.booked_bytes)
    }
}
