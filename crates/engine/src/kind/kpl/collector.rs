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

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use base::{KeyId, RecordId};

    use super::*;
    use crate::batch::Record;

    fn parcel(deadline: u64) -> Parcel {
        let (chunk, time) = (Rc::new(vec![0; 10]), Time(deadline));
        let row = Record::new((RecordId(deadline), KeyId(0), Time::ZERO), &chunk, 0..10, 10);
        let (users, hash, bytes, shard) = (Vec::new(), 0, 11, Some(0));
        Parcel { users, row, hash, bytes, shard, deadline: time, expiry: time }
    }

    /// A call takes the most urgent records, and what it has no room for waits for the next
    /// (amazon-kinesis-producer 1.0.7, `reducer.h`: sorted by deadline before it is cut).
    #[test]
    fn a_call_takes_the_most_urgent_first() {
        let config = KplConfig { collection_count_max: 2, ..KplConfig::default() };
        let mut collector = Collector::default();
        let more = KplConfig { collection_count_max: 500, ..KplConfig::default() };
        for deadline in [30, 10, 40, 20] {
            assert!(collector.add(parcel(deadline), &more).is_none());
        }
        let deadlines = |parcels: Vec<Parcel>| parcels.iter().map(|it| it.deadline.0).collect();
        let first: Vec<u64> = deadlines(collector.flush(&config));
        assert_eq!(first, [10, 20]);
        assert_eq!(collector.deadline(), Some(Time(30)));
        let second: Vec<u64> = deadlines(collector.flush(&config));
        assert_eq!(second, [30, 40]);
    }
}
