//! The windows of a query over time, as a card shows them.

use base::units::grouped;
use sql::live::{Out, Window};
use sql::print::text_of;
use sql::{DataType, Value};

use super::Query;
use super::seen::{Arrived, Face};
use crate::kernel::Kernel;
use crate::snapshot::{self, Dot, Emitted, Late, Ruler, WindowTrack};

/// Colours of rows that came too late, newest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Tray(Vec<u8>);

impl Tray {
    /// A row was late.
    pub(super) fn note(&mut self, slot: u8) {
        self.0.insert(0, slot);
        self.0.truncate(Late::SLOTS_MAX);
    }
}

/// What a card shows of a query.
#[inline(never)]
pub(super) fn view(query: &Query, face: &Face<'_>, kernel: &Kernel) -> WindowTrack {
    let track = query.live.track();
    let windows = windows(query, &track.windows);
    let now = i64::try_from(kernel.epoch_millis * 1_000 + kernel.now.0).unwrap_or(i64::MAX);
    let dots = |time: &dyn Fn(&Arrived) -> Option<i64>| {
        let dot = |it: &Arrived| {
            let age_micros = kernel.now.since(it.at).0;
            Some(Dot { time: time(it)?, age_micros, slot: it.slot })
        };
        query.arrived.iter().rev().filter_map(dot).collect::<Vec<Dot>>()
    };
    let mut arrival = Ruler {
        name: face.arrival_name.to_owned(),
        reached: now,
        rows: dots(&|it| Some(it.time)),
        ..Ruler::default()
    };
    let mut event = Ruler::default();
    if let Some((name, find)) = face.event {
        event.name = name.to_owned();
        event.rows = dots(&|it| {
            let mut data = Vec::new();
            it.record.append_to(&mut data);
            find(&it.record, &data)
        });
        event.reached = event.rows.iter().map(|dot| dot.time).max().unwrap_or(i64::MIN);
    }
    let ruler = if face.runs_by_event && face.event.is_some() { &mut event } else { &mut arrival };
    (ruler.windows, ruler.clock) = (windows, track.clock);
    WindowTrack {
        code: query.code.clone(),
        caption: caption(query.form, &track.windows),
        state: face.state,
        clock_name: face.clock_name,
        behind_micros: face.behind_micros,
        state_bytes: track.state_bytes,
        times: [arrival, event],
        late: Late {
            count: track.late.count,
            behind_micros: u64::try_from(track.late.behind_micros).unwrap_or(0),
            slots: query.late.0.clone(),
        },
        out: emitted(query, kernel),
        emitted: query.emitted,
    }
}

/// The newest windows, each once, with the colours of what came in meanwhile.
fn windows(query: &Query, all: &[Window]) -> Vec<snapshot::Window> {
    let mut merged: Vec<snapshot::Window> = Vec::new();
    for it in all {
        match merged.iter_mut().find(|other| (other.start, other.end) == (it.start, it.end)) {
            Some(other) => {
                other.rows = other.rows.max(it.rows);
                other.open |= it.is_open;
            }
            None => merged.push(snapshot::Window {
                start: it.start,
                end: it.end,
                rows: it.rows,
                mix: mix(query, it),
                open: it.is_open,
            }),
        }
    }
    base::order::sort_by_key(&mut merged[..], |it| (it.start, it.end));
    let skip = merged.len().saturating_sub(Ruler::WINDOWS_MAX);
    merged.split_off(skip)
}

/// Share of each colour in what came in during a window, in per mille.
fn mix(query: &Query, window: &Window) -> [u16; 7] {
    let mut sums = [0_u64; 7];
    for (second, counts) in query.colours.iter() {
        let at = second.saturating_mul(1_000_000);
        if at.saturating_add(999_999) >= window.start && at < window.end {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
        }
    }
    let all = sums.iter().sum::<u64>().max(1);
    sums.map(|sum| u16::try_from(sum * 1_000 / all).unwrap_or(1_000))
}

/// `tumbling 1 min`.
fn caption(form: &str, windows: &[Window]) -> String {
    let Some(window) = windows.last().filter(|_| !form.is_empty()) else {
        return form.to_owned();
    };
    let secs = window.end.saturating_sub(window.start) / 1_000_000;
    let length = match secs {
        0 => return form.to_owned(),
        secs if secs % 3_600 == 0 => format!("{} h", secs / 3_600),
        secs if secs % 60 == 0 => format!("{} min", secs / 60),
        secs => format!("{secs} s"),
    };
    format!("{form} {length}")
}

/// The rows that came out last, largest first.
fn emitted(query: &Query, kernel: &Kernel) -> Vec<Emitted> {
    let number = |out: &Out| {
        let mut numbers = out.row.values.iter().filter(|it| {
            matches!(it, Value::Integer(_) | Value::Decimal(_) | Value::Real(_) | Value::Double(_))
        });
        numbers.next_back().cloned()
    };
    let mut rows: Vec<(&Out, Option<Value>)> =
        query.newest.iter().map(|out| (out, number(out))).collect();
    let order = |value: &Option<Value>| value.clone().unwrap_or(Value::Null);
    base::order::sort_by(&mut rows[..], |a, b| order(&b.1).order(&order(&a.1)));
    let tell = |(out, value): (&Out, Option<Value>)| {
        let text = out.row.values.iter().find_map(|it| match it {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        });
        let name = || query.live.outputs().get(out.output).map(|it| it.name.clone());
        let slot = text.as_ref().map_or(0, |text| kernel.keys.slot_of_text(text));
        Emitted {
            slot,
            label: text.or_else(name).unwrap_or_default(),
            value: value.map_or_else(String::new, |value| short(&value)),
        }
    };
    rows.into_iter().take(WindowTrack::OUT_MAX).map(tell).collect()
}

/// A number as short as it can be read.
fn short(value: &Value) -> String {
    match value {
        Value::Integer(it) => {
            let sign = if *it < 0 { "-" } else { "" };
            format!("{sign}{}", grouped(it.unsigned_abs()))
        }
        Value::Real(_) | Value::Double(_) => {
            let mut text = text_of(value);
            let point = text
                .find('.')
                .filter(|_| text.bytes().all(|it| it.is_ascii_digit() || it == b'.' || it == b'-'));
            text.truncate(point.map_or(text.len(), |point| point + 3));
            text
        }
        _ => text_of(value),
    }
}

/// The first column of a schema that holds a time.
pub(in crate::kind) fn time_column(columns: &[sql::input::InputColumn]) -> Option<usize> {
    columns.iter().position(|it| it.data_type == DataType::Timestamp)
}
