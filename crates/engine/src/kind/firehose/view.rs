//! What a Firehose card shows: the race of tank and clock, crates on the wire, a waiting dock.

use base::Time;
use scenario::kind::Transform;

use super::Firehose;
use super::buffer::Buffer;
use super::delivery::{Berth, Dock};
use crate::kernel::Kernel;
use crate::snapshot::{Crate, EdgeView, Gauge, NodeView, Race};

/// Crates drawn on one wire.
const CRATES_MAX: usize = 16;

impl Firehose {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
        if self.config.transform != Transform::None {
            let running_max = self.running_max(kernel.now).unwrap_or(u32::MAX);
            let seen = self.transformer.view(&self.config, (kernel.now, running_max));
            out.gauges.push(Gauge::Transform(seen));
        }
        if self.config.partitioning {
            let race = |buffer: &Buffer| self.race(buffer, kernel.now);
            let seen = self.partitions.view(&self.config, kernel.now, &race);
            out.gauges.push(Gauge::Partitions(seen));
        } else {
            let mut race = self.race(&self.buffer, kernel.now);
            race.verdict = verdict(&race);
            out.gauges.push(Gauge::Race(race));
        }
        self.lines(kernel.now, &mut out.gauges);
        out.counters.extend([
            ("accepted", self.accepted),
            ("throttled", self.throttled),
            ("delivered", self.delivery.delivered),
            ("objects", self.delivery.objects),
            ("lost", self.delivery.lost),
            ("diverted", self.delivery.failed),
            ("backed up", self.delivery.backed_up),
            ("skipped", self.delivery.skipped),
        ]);
        if self.rejected > 0 {
            out.counters.push(("unprocessed", self.rejected));
        }
        for dock in [&self.delivery.out, &self.delivery.bucket] {
            if let Some((since, until)) = dock.backoff {
                let left = base::units::permille(until.since(kernel.now).0, until.since(since).0);
                out.retries.push(u16::try_from(left).unwrap_or(1_000));
            }
        }
        for berth in [Berth::Out, Berth::Bucket] {
            let target = self.delivery.edge(berth);
            if let Some(edge) = edges.iter_mut().find(|edge| Some(edge.id) == target) {
                edge.crates.extend(self.delivery.at(berth).crates());
            }
        }
    }

    /// The race of a buffer, without a verdict.
    fn race(&self, buffer: &Buffer, now: Time) -> Race {
        Race {
            bytes: buffer.size(self.config.newline),
            bytes_max: self.size_max(),
            micros: buffer.since.map_or(0, |since| now.since(since).0),
            micros_max: self.interval().0,
            records: buffer.records,
            verdict: String::new(),
        }
    }

    /// `freshness 27 s`, what waits at the dock and what beside it, in one line or two.
    fn lines(&self, now: Time, out: &mut Vec<Gauge>) {
        let freshness = self.oldest().map(|oldest| {
            let age = length_text(now.since(oldest).0);
            format!("freshness {age}")
        });
        let (dock, aside) = (self.dock_words(now), self.delivery.aside());
        let aside = aside.map(|aside| aside_words(aside, now, dock.is_none()));
        let mut words = freshness.into_iter().chain(dock).chain(aside);
        let Some(left) = words.next() else { return };
        let below = words.next();
        out.push(Gauge::Line { left, right: words.next().unwrap_or_default() });
        out.extend(below.map(|left| Gauge::Line { left, right: String::new() }));
    }

    /// `2 wait, retry in 12 s`.
    fn dock_words(&self, now: Time) -> Option<String> {
        let dock = self.delivery.busiest();
        let waiting = dock.parcels.len();
        match dock.backoff {
            _ if self.delivery.is_paused() => Some("paused, nowhere to write".to_owned()),
            Some((_, until)) => {
                Some(format!("{waiting} wait, retry in {}", length_text(until.since(now).0)))
            }
            None => (waiting > 0).then(|| format!("{waiting} wait")),
        }
    }
}

/// `600 failed, stored in 17 s`; without the time where there is less room.
#[inline(never)]
fn aside_words((failed, records, due): (bool, u64, Time), now: Time, has_room: bool) -> String {
    let word = if failed { "failed" } else { "to back up" };
    let count = base::units::count_text(records);
    if !has_room {
        return format!("{count} {word}");
    }
    format!("{count} {word}, stored in {}", length_text(due.since(now).0))
}

impl Dock {
    /// The parcel on the wire, and those behind it.
    fn crates(&self) -> impl Iterator<Item = Crate> {
        let flying = self.call.iter().map(|call| (&call.parcel, false));
        let waiting = self.parcels.iter().map(|parcel| (parcel, true));
        let objects = flying.chain(waiting).filter(|(parcel, _)| parcel.object.records > 0);
        objects.take(CRATES_MAX).map(|(parcel, waiting)| Crate {
            sealed_at: parcel.object.sealed_at,
            reason: parcel.object.reason,
            raw_bytes: parcel.object.raw_bytes,
            stored_bytes: parcel.object.stored_bytes,
            attempts: parcel.attempts,
            waiting,
        })
    }
}

/// Who wins if records keep coming as they did since the first one of the buffer.
fn verdict(race: &Race) -> String {
    if race.records == 0 {
        return String::new();
    }
    let time_left = u128::from(race.micros_max.saturating_sub(race.micros));
    let bytes_left = u128::from(race.bytes_max.saturating_sub(race.bytes));
    let bytes = u128::from(race.bytes).max(1);
    let size_left = bytes_left * u128::from(race.micros.max(1)) / bytes;
    let (leader, lead) = if size_left < time_left {
        ("size", time_left - size_left)
    } else {
        ("time", size_left - time_left)
    };
    format!("{leader} leads by {}", length_text(u64::try_from(lead).unwrap_or(u64::MAX)))
}

/// A length as a card shows it: `2.5 s`, `12 min`, `3 h`.
fn length_text(micros: u64) -> String {
    let secs = micros / 1_000_000;
    match secs {
        0..60 => format!("{secs}.{} s", micros / 100_000 % 10),
        60..3_600 => format!("{} min", secs / 60),
        _ => format!("{} h", secs / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use base::units::MIB;

    use super::*;

    fn race(bytes: u64, secs_tenths: u64) -> Race {
        Race {
            bytes,
            bytes_max: 32 * MIB,
            micros: secs_tenths * 100_000,
            micros_max: 20_000_000,
            records: 1,
            verdict: String::new(),
        }
    }

    /// 18.0 of 32 MiB in 9.9 of 20 s: 14 MiB more take 7.7 s, the clock needs 10.1 s.
    #[test]
    fn the_leader_is_who_would_finish_first() {
        assert_eq!(verdict(&race(18 * MIB, 99)), "size leads by 2.4 s");
        assert_eq!(verdict(&race(8 * MIB, 100)), "time leads by 20.0 s");
        assert_eq!(verdict(&race(10, 100)), "time leads by 9320 h");
        assert_eq!(verdict(&Race::default()), "");
    }
}
