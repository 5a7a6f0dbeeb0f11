//! How an application with the library shows itself.

use base::units::{bytes_text, grouped};

use super::metric;
use super::pipeline::{Pipeline, Tally};
use super::record::User;
use crate::generate::replay::Notes;
use crate::kernel::Kernel;
use crate::snapshot::{Counter, Gauge, NodeView, Pack, Packs};

pub(super) fn observe(
    pipeline: &Pipeline,
    notes: Option<Notes>,
    kernel: &Kernel,
    out: &mut NodeView,
) {
    let Tally { received, put, pending, failed, .. } = pipeline.tally;
    let Tally { expired, wrong_shard, copied, kinesis_put, kinesis_failed, refused, .. } =
        pipeline.tally;
    out.counters.extend([
        ("received", received),
        ("put", put),
        ("pending", pending),
        ("failed", failed),
        ("expired", expired),
        ("wrong_shard", wrong_shard),
        ("copied", copied),
        ("refused", refused),
        ("kinesis_put", kinesis_put),
        ("kinesis_failed", kinesis_failed),
        ("connections", pipeline.calls.connections()),
    ]);
    if let Some(Notes { back, unreadable }) = notes {
        out.counters.extend([("rows_out_of_order", back), ("rows_without_time", unreadable)]);
    }
    out.gauges.push(Gauge::Packs(packs(pipeline, kernel, out)));
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    out.gauges.push(Gauge::Counters(vec![
        counter("", "received", received, false),
        counter("=", "put", put, false),
        counter("+", "failed", failed, true),
        counter("+", "pending", pending, false),
    ]));
}

fn packs(pipeline: &Pipeline, kernel: &Kernel, view: &NodeView) -> Packs {
    let Tally { put, kinesis_put, .. } = pipeline.tally;
    let metric = |at: u8| view.metrics.get(usize::from(at)).copied().unwrap_or_default();
    let mean = metric(metric::KINESIS_DATA_PUT).total.checked_div(kinesis_put).unwrap_or(0);
    let linger = grouped(pipeline.config.record_buffered_millis_max.into());
    let open = pipeline.open();
    let sealed = pipeline.sealed().count();
    // One that still fills is always among them.
    let sealed_drawn = sealed.min(Packs::SHOWN_MAX - open.len().min(1));
    let drawn = pipeline.sealed().take(sealed_drawn).map(|parcel| (parcel.users.as_slice(), true));
    let open_drawn = open.iter().map(|users| (*users, false));
    let pack = |(users, sealed): (&[User], bool)| Pack {
        records: users.len() as u64,
        slots: users
            .iter()
            .take(Pack::SLOTS_MAX)
            .map(|user| kernel.keys.slot(user.row.key))
            .collect(),
        sealed,
    };
    let packs: Vec<Pack> = drawn.chain(open_drawn).take(Packs::SHOWN_MAX).map(pack).collect();
    Packs {
        ratio: packed(put, kinesis_put),
        per_sec: metric(metric::USER_RECEIVED).last,
        words: format!("linger {linger} ms · {}", bytes_text(mean)),
        more: (sealed + open.len() - packs.len()) as u64,
        packs,
    }
}

/// User records in one Kinesis record, on average, rounded to the nearest.
fn packed(put: u64, kinesis_put: u64) -> u64 {
    (put + kinesis_put / 2).checked_div(kinesis_put).unwrap_or(0)
}
