//! OpenSearch: one `_bulk` request a parcel (facts, firehose §6).
//!
//! What failed is tried every five minutes, the first attempt counted into the retry duration. A
//! request that fails as a whole holds up those behind it; items that fail wait by themselves.

use std::sync::Arc;

use base::{Duration, EdgeId, Time};
use scenario::kind::{DocumentIdFormat, FirehoseConfig, IndexRotation};

use super::super::timestamp;
use super::dock::Underway;
use super::failed::{arrived, record_id};
use super::parcel::Failure;
use super::{Berth, Cargo, Firehose, Parcel, metric};
use crate::batch::Batch;
use crate::call::{Bulk, BulkOutcome, Indexed, Request};
use crate::cause::Reason;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::Token;
use crate::kind::reader::show;
use crate::object::Object;

/// How far attempts are apart.
const RETRY_EVERY: Duration = Duration::from_secs(300);

impl Firehose {
    #[inline(never)]
    pub(super) fn index(
        &self,
        edge: EdgeId,
        batch: &Batch,
        parcel: &Parcel,
        ctx: &mut Ctx<'_>,
    ) -> Token {
        let mut last: (u64, Arc<str>) = (u64::MAX, "".into());
        let mut items = Vec::new();
        for record in batch.rows() {
            // Names change by the hour at most: most records share one.
            let wall_millis = ctx.wall_millis(arrived(record, parcel));
            let hour = wall_millis / 3_600_000;
            if last.0 != hour {
                last = (hour, index_name(&self.config, wall_millis).into());
            }
            items.push(Indexed { index: Arc::clone(&last.1), id: self.document_id(record) });
        }
        show(edge, 0, batch, ctx);
        ctx.send(edge, Request::Bulk(Bulk { batch: batch.clone(), items }))
    }

    /// `DefaultDocumentIdFormat`: the same in every attempt, or none.
    pub(super) fn document_id(&self, record: &crate::batch::Record) -> Option<Box<str>> {
        match self.config.document_id {
            DocumentIdFormat::FirehoseDefault => Some(record_id(record).into()),
            DocumentIdFormat::NoDocumentId => None,
        }
    }

    /// The domain answered.
    #[inline(never)]
    pub(super) fn indexed(&mut self, call: Underway, outcome: &BulkOutcome, ctx: &mut Ctx<'_>) {
        let Underway { edge, mut parcel, since, .. } = call;
        let Cargo::Rows(all) = &parcel.cargo else { return };
        let me = ctx.me();
        let stored = (all.records() - outcome.left.0, all.bytes - outcome.left.1);
        ctx.book(Account::Flight(edge), Account::Held(me), outcome.left.0, outcome.left.1);
        ctx.peak(metric::SEARCH_SUCCESS, u64::from(outcome.error.is_none()));
        let next = self.next_try(&parcel, since, ctx.now());
        if let Some(error) = outcome.error {
            // Without an answer the client knows nothing of what was indexed: all goes again.
            if error.reason == Reason::CallTimeout {
                ctx.book(Account::Copied(me), Account::Held(me), stored.0, stored.1);
            } else {
                ctx.book(Account::Flight(edge), Account::Held(me), stored.0, stored.1);
            }
            parcel.failures = vec![Failure::new(error, &ctx.name(), ctx.now())];
            return match next {
                Some(at) => {
                    let pause = at.since(ctx.now());
                    self.again(Berth::Out, parcel, error, pause, ctx);
                }
                None => self.divert(parcel, ctx),
            };
        }
        self.delivery.out.fails = false;
        self.delivery.delivered += stored.0;
        ctx.count(metric::SEARCH_RECORDS, stored.0);
        ctx.peak(metric::SEARCH_FRESHNESS, ctx.now().since(parcel.oldest).secs());
        if outcome.left.0 == 0 {
            ctx.count(metric::SEARCH_BYTES, parcel.object.raw_bytes);
            return;
        }
        parcel.is_spent = false;
        let mut rows = outcome.failed.iter().map(|failed| failed.row).peekable();
        let mut row = 0;
        let left = all.pick(ctx.keys(), &mut |_record| {
            row += 1;
            rows.next_if_eq(&(row - 1)).is_some()
        });
        let name = ctx.name();
        let failure = |(at, it): (usize, &crate::call::Failed)| {
            let plain = Failure::new(it.error, &name, ctx.now());
            let text = outcome.told.get(at).unwrap_or(&plain.text);
            Failure { text: Arc::clone(text), ..plain }
        };
        parcel.failures = outcome.failed.iter().enumerate().map(failure).collect();
        let (records, booked_bytes) = (left.records(), left.bytes);
        let raw_bytes = left.rows().map(|record| u64::from(record.data_bytes())).sum();
        ctx.count(metric::SEARCH_BYTES, parcel.object.raw_bytes - raw_bytes);
        parcel.object =
            Object { records, booked_bytes, raw_bytes, stored_bytes: raw_bytes, ..parcel.object };
        parcel.cargo = Cargo::Rows(left);
        match next {
            Some(at) => {
                parcel.due = at;
                self.delivery.out.parcels.push_back(parcel);
            }
            None => self.divert(parcel, ctx),
        }
    }

    /// When failed documents are tried again: at multiples of five minutes after the first attempt,
    /// while the retry duration runs.
    fn next_try(&self, parcel: &Parcel, since: Time, now: Time) -> Option<Time> {
        let first = parcel.tried_at.unwrap_or(since);
        let window = Duration::from_secs(self.config.retry_secs.into());
        let tries = now.since(first).0 / RETRY_EVERY.0 + 1;
        let next = first + Duration(RETRY_EVERY.0 * tries);
        (next <= first + window).then_some(next)
    }
}

/// The index of a record that arrived at this time (facts, firehose §6): weeks begin on Sunday, and
/// a week belongs to the year of its Saturday.
pub(super) fn index_name(config: &FirehoseConfig, wall_millis: u64) -> String {
    /// Milliseconds of a day.
    const DAY: u64 = 86_400_000;
    let mut name = config.index.clone();
    let at = timestamp::civil(wall_millis, 0);
    let pattern = match config.index_rotation {
        IndexRotation::NoRotation => return name,
        IndexRotation::OneHour => "'-'yyyy-MM-dd-HH",
        IndexRotation::OneDay => "'-'yyyy-MM-dd",
        IndexRotation::OneMonth => "'-'yyyy-MM",
        IndexRotation::OneWeek => {
            // Monday is 0.
            let days = u64::try_from((5 - at.weekday()).rem_euclid(7)).unwrap_or(0);
            let saturday = timestamp::civil(wall_millis + days * DAY, 0);
            let week = (saturday.day_of_year() - 1) / 7 + 1;
            timestamp::format("'-'yyyy", saturday, &mut name);
            name.push_str(&format!("-w{week:02}"));
            return name;
        }
    };
    timestamp::format(pattern, at, &mut name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(rotation: IndexRotation, wall_millis: u64) -> String {
        let config = FirehoseConfig {
            index: "idx".to_owned(),
            index_rotation: rotation,
            ..FirehoseConfig::default()
        };
        index_name(&config, wall_millis)
    }

    /// The examples of "Index rotation for the OpenSearch Service destination"; the week follows
    /// the rule of that page, whose own example shows the ISO number instead.
    #[test]
    fn indexes_are_named_as_the_guide_shows() {
        /// 2016-02-25T13:00:00Z, a Thursday.
        const AT: u64 = 1_456_405_200_000;
        assert_eq!(named(IndexRotation::NoRotation, AT), "idx");
        assert_eq!(named(IndexRotation::OneHour, AT), "idx-2016-02-25-13");
        assert_eq!(named(IndexRotation::OneDay, AT), "idx-2016-02-25");
        assert_eq!(named(IndexRotation::OneWeek, AT), "idx-2016-w09");
        assert_eq!(named(IndexRotation::OneMonth, AT), "idx-2016-02");
    }

    /// Week 1 is the first with a Saturday of the year: Sunday the 31st of December 2017 is in the
    /// first week of 2018, Saturday the 30th in the last of 2017.
    #[test]
    fn a_week_belongs_to_the_year_of_its_saturday() {
        const SUNDAY: u64 = 1_514_678_400_000;
        assert_eq!(named(IndexRotation::OneWeek, SUNDAY), "idx-2018-w01");
        assert_eq!(named(IndexRotation::OneWeek, SUNDAY - 1), "idx-2017-w52");
        assert_eq!(named(IndexRotation::OneWeek, SUNDAY + 7 * 86_400_000), "idx-2018-w02");
    }
}
