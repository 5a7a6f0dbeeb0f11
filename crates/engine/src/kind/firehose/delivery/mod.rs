//! Delivery: sealed parcels on their way to the destination, and to the bucket beside it.
//!
//! What the output is wired to decides the type of the destination. Each of the two wires has a
//! dock of its own: one call at a time, back-off, retries (`dock`). How a parcel is sent and what
//! its answer means is a file a destination. Delivery is at least once: a call whose answer never
//! came is made again. When neither the destination nor the bucket beside it can be written, the
//! stream pauses until one of the two works (facts, firehose §6).

mod aside;
mod copy;
mod dock;
mod documents;
mod failed;
pub(super) mod metric;
mod parcel;
mod post;
mod s3;

use base::EdgeId;
use base::units::MIB;
use scenario::ports::Flow;

pub(super) use self::aside::Tank;
use self::copy::Copies;
pub(super) use self::dock::Dock;
pub(super) use self::parcel::{Cargo, Freight, Parcel};
use super::{Firehose, name, timestamp};
use crate::call::Response;
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Token;
use crate::object::Object;
use crate::snapshot::MarkKind;

/// Bytes at the docks, before compression, that stop the reading of a stream.
const BACKLOG_BYTES: u64 = 64 * MIB;
/// Parcels at the docks that stop the reading.
const BACKLOG_PARCELS: usize = 100;

/// The type of the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An S3 bucket.
    Bucket,
    /// A Redshift cluster: `COPY` from the bucket beside it.
    Cluster,
    /// An OpenSearch domain: `_bulk`.
    Domain,
    /// A Splunk HTTP Event Collector.
    Collector,
    /// An HTTP endpoint.
    Endpoint,
}

impl Target {
    fn of(flow: Flow) -> Option<Self> {
        match flow {
            Flow::Deliver => Some(Self::Bucket),
            Flow::Copy => Some(Self::Cluster),
            Flow::Document => Some(Self::Domain),
            Flow::Hec => Some(Self::Collector),
            Flow::Http => Some(Self::Endpoint),
            Flow::Put
            | Flow::PutStream
            | Flow::Read
            | Flow::Lease
            | Flow::Item
            | Flow::Tap
            | Flow::Fetch
            | Flow::Invoke => None,
        }
    }

    /// Whether it takes records one by one and not an object.
    fn takes_rows(self) -> bool {
        matches!(self, Self::Domain | Self::Collector | Self::Endpoint)
    }
}

/// Which of the two wires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Berth {
    /// To the destination.
    Out,
    /// To the bucket beside it.
    Bucket,
}

/// Everything on its way out of a Firehose stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Delivery {
    /// `None` while nothing is connected.
    pub(super) target: Option<Target>,
    out_edge: Option<EdgeId>,
    bucket_edge: Option<EdgeId>,
    pub(super) out: Dock,
    pub(super) bucket: Dock,
    /// What is collected for objects beside the destination.
    tanks: Vec<Tank>,
    copies: Copies,
    /// Records at the destination.
    pub(super) delivered: u64,
    /// Objects in buckets.
    pub(super) objects: u64,
    /// Records given up after 24 hours, or refused for good.
    pub(super) lost: u64,
    /// Records that failed and are in the bucket for it.
    pub(super) failed: u64,
    /// Source records in the backup.
    pub(super) backed_up: u64,
    /// Records of objects whose `COPY` was given up.
    pub(super) skipped: u64,
}

impl Delivery {
    fn dock(&mut self, berth: Berth) -> &mut Dock {
        match berth {
            Berth::Out => &mut self.out,
            Berth::Bucket => &mut self.bucket,
        }
    }

    pub(super) fn at(&self, berth: Berth) -> &Dock {
        match berth {
            Berth::Out => &self.out,
            Berth::Bucket => &self.bucket,
        }
    }

    /// The dock whose waiting a card tells: a cluster's data wait for the bucket first.
    pub(super) fn busiest(&self) -> &Dock {
        if self.target == Some(Target::Cluster) && !self.bucket.parcels.is_empty() {
            &self.bucket
        } else {
            &self.out
        }
    }

    pub(super) fn edge(&self, berth: Berth) -> Option<EdgeId> {
        match berth {
            Berth::Out => self.out_edge,
            Berth::Bucket => self.bucket_edge,
        }
    }

    /// Whether a sealed buffer stays as single records: for destinations that take those, and
    /// while nobody knows what will be connected.
    pub(super) fn keeps_rows(&self) -> bool {
        self.target.is_none_or(Target::takes_rows)
    }

    /// Whether a parcel can leave from a dock as it is: the destination may have become another.
    fn fits(&self, berth: Berth, parcel: &Parcel) -> bool {
        match (&parcel.cargo, berth) {
            (Cargo::Rows(_), _) => self.target.is_some_and(Target::takes_rows),
            (Cargo::Object, Berth::Out) => self.target == Some(Target::Bucket),
            (Cargo::Object, Berth::Bucket) => true,
            (Cargo::Load(_), _) => self.target == Some(Target::Cluster),
        }
    }

    /// Records inside, those on wires aside.
    pub(super) fn held(&self) -> u64 {
        self.out.held() + self.bucket.held() + self.tanks.iter().map(Tank::records).sum::<u64>()
    }

    /// Where the oldest record that is not delivered arrived, if there is one.
    pub(super) fn oldest(&self) -> Option<base::Time> {
        let flying = self.out.call.as_ref().map(|call| &call.parcel);
        let data = flying.into_iter().chain(&self.out.parcels);
        let staged = self.bucket.call.as_ref().map(|call| &call.parcel);
        let staged = staged.into_iter().chain(&self.bucket.parcels);
        let staged = staged.filter(|parcel| parcel.freight == Freight::Staged);
        data.chain(staged).map(|parcel| parcel.oldest).min()
    }

    /// The metric of how old the data is when it is delivered; Redshift's is that of its bucket.
    pub(super) fn freshness(&self) -> u8 {
        match self.target {
            Some(Target::Bucket | Target::Cluster) | None => metric::S3_FRESHNESS,
            Some(Target::Domain) => metric::SEARCH_FRESHNESS,
            Some(Target::Collector) => metric::SPLUNK_FRESHNESS,
            Some(Target::Endpoint) => metric::HTTP_FRESHNESS,
        }
    }

    /// Invocations of the transforming function that may run at a time for each shard of a stream
    /// (facts, firehose §1.2).
    pub(super) fn invocations_a_shard(&self) -> u32 {
        if self.target == Some(Target::Collector) { 10 } else { 5 }
    }

    /// Whether so much waits that no more should be read from a stream.
    pub(super) fn has_backlog(&self, size_max: u64) -> bool {
        let docks = [&self.out, &self.bucket];
        let bytes: u64 = docks.iter().map(|dock| dock.raw_bytes()).sum();
        let parcels: usize = docks.iter().map(|dock| dock.parcels.len()).sum();
        self.is_paused() || bytes >= BACKLOG_BYTES.max(2 * size_max) || parcels >= BACKLOG_PARCELS
    }

    /// Whether neither the destination nor the bucket beside it can be written.
    pub(super) fn is_paused(&self) -> bool {
        self.out.parcels.front().is_some_and(|parcel| parcel.is_spent)
    }
}

impl Firehose {
    /// Looks at the wires again: what they lead to decides what becomes of the parcels.
    pub(super) fn moor(&mut self, ctx: &mut Ctx<'_>) {
        let before = self.delivery.target;
        let delivery = &mut self.delivery;
        (delivery.out_edge, delivery.bucket_edge) = (None, None);
        for edge in ctx.edges_out() {
            match edge.from.port.as_str() {
                "bucket" => delivery.bucket_edge = Some(edge.id),
                "out" => {
                    delivery.out_edge = Some(edge.id);
                    delivery.target = ctx.flow(&edge).and_then(Target::of);
                }
                _ => {}
            }
        }
        if before != self.delivery.target {
            let waiting = core::mem::take(&mut self.delivery.out.parcels);
            for parcel in waiting {
                self.ship(parcel, ctx);
            }
        }
        self.drive(Berth::Out, ctx);
        self.drive(Berth::Bucket, ctx);
    }

    /// Brings a parcel to the dock its destination wants it at, in the form it wants.
    pub(super) fn ship(&mut self, mut parcel: Parcel, ctx: &mut Ctx<'_>) {
        let target = self.delivery.target;
        let takes_rows = target.is_some_and(Target::takes_rows);
        let berth = match (target, parcel.freight) {
            (Some(Target::Cluster), Freight::Load) => Berth::Out,
            // What a manifest names is in the bucket already.
            (_, Freight::Load) => {
                self.delivery.copies = Copies::default();
                return;
            }
            (_, Freight::Source) => Berth::Bucket,
            (Some(Target::Cluster), Freight::Data) => {
                parcel.freight = Freight::Staged;
                Berth::Bucket
            }
            (Some(Target::Bucket) | None, _) | (_, Freight::Data) => Berth::Out,
            _ => Berth::Bucket,
        };
        match parcel.cargo {
            Cargo::Rows(_) if !takes_rows && target.is_some() => self.pack(&mut parcel, ctx),
            Cargo::Object if takes_rows && berth == Berth::Out => {
                let (records, bytes) = parcel.booked();
                ctx.drop_held(Reason::Removed, records, bytes);
                self.partition_left(&parcel);
                ctx.mark(MarkKind::Loss);
                self.delivery.lost += records;
                return;
            }
            Cargo::Rows(_) | Cargo::Object | Cargo::Load(_) => {}
        }
        let parcels = match target {
            Some(Target::Endpoint) => self.requests(parcel, ctx),
            _ => vec![parcel],
        };
        self.delivery.dock(berth).parcels.extend(parcels);
        self.drive(berth, ctx);
    }

    /// Makes one object of the records of a parcel.
    #[inline(never)]
    fn pack(&self, parcel: &mut Parcel, ctx: &mut Ctx<'_>) {
        let Cargo::Rows(batch) = core::mem::replace(&mut parcel.cargo, Cargo::Object) else {
            return;
        };
        let mut raw = Vec::new();
        for record in batch.rows() {
            record.append_to(&mut raw);
            if self.config.newline {
                raw.push(b'\n');
            }
        }
        let raw_bytes = raw.len() as u64;
        let bytes = self.compressed(raw, ctx);
        let (stream, wall_millis) = (ctx.name(), ctx.wall_millis(parcel.oldest));
        let at = (wall_millis, timestamp::local(&self.config, wall_millis, ctx.formats()));
        let key = name::key((&self.config, None), (&stream, self.version), at, ctx.rng());
        let stored_bytes = bytes.len() as u64;
        let key = key.into();
        parcel.object = Object { key, bytes, stored_bytes, raw_bytes, ..parcel.object.clone() };
    }

    /// Puts a parcel behind the others of a dock.
    fn moor_parcel(&mut self, berth: Berth, parcel: Parcel, ctx: &mut Ctx<'_>) {
        self.delivery.dock(berth).parcels.push_back(parcel);
        self.drive(berth, ctx);
    }

    /// An answer came; false when it belongs to nothing of this.
    pub(super) fn answered(
        &mut self,
        token: Token,
        response: &Response,
        ctx: &mut Ctx<'_>,
    ) -> bool {
        for berth in [Berth::Out, Berth::Bucket] {
            let Some(call) = self.delivery.dock(berth).take_call(token) else { continue };
            match response {
                Response::Object(result) => self.uploaded((berth, call), *result, ctx),
                Response::Copy(result) => self.copied(call, *result, ctx),
                Response::Bulk(outcome) => self.indexed(call, outcome, ctx),
                Response::Post(outcome) => self.posted(call, *outcome, ctx),
                _ => {}
            }
            self.drive(berth, ctx);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, firehose §1.2: five outstanding invocations a shard, ten for Splunk.
    #[test]
    fn splunk_has_twice_the_invocations() {
        for (target, most) in [(Target::Bucket, 5), (Target::Domain, 5), (Target::Collector, 10)] {
            let delivery = Delivery { target: Some(target), ..Delivery::default() };
            assert_eq!(delivery.invocations_a_shard(), most, "{target:?}");
        }
    }
}
