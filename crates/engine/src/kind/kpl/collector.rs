//! The `PutRecords` call that is being filled (amazon-kinesis-producer 1.0.7, `collector.h`).

use base::units::KIB;
use base::{Time, VecMap, order};
use scenario::kind::KplConfig;

use super::record::Parcel;

/// A call goes out once it has this much data for one shard.
const SHARD_BYTES_MAX: u64 = 256 * KIB;

/// Kinesis records that wait for company.
#[derive(Clone, Debug, Default)]
pub(super) struct Collector {
    parcels: Vec<Parcel>,
    /// Data plus keys.
    bytes: u64,
    /// Data for each shard that is known.
    of_shards: VecMap<u32, u64>,
}

impl Collector {
    /// Adds a Kinesis record; what makes a full call leaves.
    pub(super) fn add(&mut self, parcel: Parcel, config: &KplConfig) -> Option<Vec<Parcel>> {
        let shard_full = parcel.shard.is_some_and(|shard| {
            let bytes = self.of_shards.get_or_insert_with(shard, || 0);
            *bytes += u64::from(parcel.row.data_bytes());
            *bytes >= SHARD_BYTES_MAX
        });
        self.bytes += parcel.bytes;
        self.parcels.push(parcel);
        let full = self.parcels.len() >= config.collection_count_max as usize
            || self.bytes >= u64::from(config.collection_bytes_max);
        (full || shard_full).then(|| self.flush(config))
    }

    /// Takes the longest row of records that one call carries, the most urgent first.
    pub(super) fn flush(&mut self, config: &KplConfig) -> Vec<Parcel> {
        let mut parcels = core::mem::take(&mut self.parcels);
        order::sort_by_key(&mut parcels[..], |parcel| parcel.deadline);
        let most = u64::from(config.collection_bytes_max);
        let (mut bytes, mut fitting) = (0, 0);
        for parcel in &parcels {
            let full = bytes + parcel.bytes > most || fitting >= config.collection_count_max;
            if fitting > 0 && full {
                break;
            }
            bytes += parcel.bytes;
            fitting += 1;
            if let Some(of_shard) = parcel.shard.and_then(|shard| self.of_shards.get_mut(&shard)) {
                *of_shard -= u64::from(parcel.row.data_bytes());
            }
        }
        self.parcels = parcels.split_off(fitting as usize);
        self.bytes -= bytes;
        parcels
    }

    /// When the first record is due.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.parcels.iter().map(|parcel| parcel.deadline).min()
    }

    /// Everything that waits here.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.parcels.iter()
    }
}
