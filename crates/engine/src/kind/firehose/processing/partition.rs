//! Dynamic partitioning: keys by an inline jq query and from the function, one buffer for each
//! prefix they make (facts, firehose §5).
//!
//! The timestamps of a prefix are those of the oldest record in the object. A partition is active
//! from its first record until its object is delivered: what waits at the dock counts (developer
//! guide, "Buffer data for dynamic partitioning").

use base::Time;
use scenario::kind::FirehoseConfig;
use serde_json::{Map, Value};

use super::super::buffer::Buffer;
use super::super::{Firehose, TIMER_PARTITION, metric, name, timestamp};
use super::failed::{EXCEEDED, PROCESSING};
use super::{Fault, Item};
use crate::cause::Reason;
use crate::formats::Formats;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::snapshot::{self, Race, Seal};

/// How long the inline query takes for one record: AWS publishes no figure, only that each hour of
/// it costs.
const JQ_MILLIS_A_RECORD: u64 = 1;
/// Characters of an evaluated prefix.
const PREFIX_CHARS_MAX: usize = 512;

/// Values by the expression they stand for: `partitionKeyFromQuery:carrier`.
type Keys = Vec<(String, String)>;

/// Where an object of a partition goes.
#[derive(Debug)]
pub(in super::super) struct Folder {
    /// The prefix with its keys, other expressions as they stand.
    pub(in super::super) template: String,
    /// What its name begins with.
    pub(in super::super) prefix: String,
}

/// One prefix with its buffer.
#[derive(Clone, Debug)]
struct Partition {
    /// The prefix with its keys, other expressions as they stand.
    template: String,
    /// What its objects begin with, by a record that arrived `dated`.
    prefix: String,
    dated: Time,
    buffer: Buffer,
    timer: TimerId,
    /// The second of its newest record, and the bytes that came in it.
    flow: (u64, u64),
}

/// Where a template stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Its buffer, if one is open.
    at: Option<usize>,
    /// Its objects that are sealed and not delivered.
    sealed: u32,
}

/// All active partitions; those with an open buffer in the order they began.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Partitions {
    open: Vec<Partition>,
    /// Every active one by its template.
    places: base::VecMap<String, Place>,
    /// The second in which a record found no room.
    exceeded_at: Option<u64>,
}

impl Partitions {
    /// Records inside.
    pub(in super::super) fn held(&self) -> u64 {
        self.open.iter().map(|it| it.buffer.records).sum()
    }

    /// Arrival of the oldest record inside.
    pub(in super::super) fn oldest(&self) -> Option<Time> {
        self.open.iter().filter_map(|it| it.buffer.oldest).min()
    }

    /// How many are active.
    pub(in super::super) fn count(&self) -> u64 {
        self.places.len() as u64
    }

    /// What a card shows of them.
    #[inline(never)]
    pub(in super::super) fn view(
        &self,
        config: &FirehoseConfig,
        now: Time,
        race: &dyn Fn(&Buffer) -> Race,
    ) -> snapshot::Partitions {
        let mut rows: Vec<(&Partition, Race)> =
            self.open.iter().map(|it| (it, race(&it.buffer))).collect();
        let nearness = |race: &Race| {
            let by_size = base::units::permille(race.bytes, race.bytes_max);
            by_size.max(base::units::permille(race.micros, race.micros_max))
        };
        base::order::sort_by_key(&mut rows[..], |(_, race)| u64::MAX - nearness(race));
        rows.truncate(snapshot::Partitions::SHOWN_MAX);
        let shared = config.prefix.find("!{").unwrap_or(0);
        let name = |it: &Partition| it.prefix.get(shared..).unwrap_or(&it.prefix).to_owned();
        snapshot::Partitions {
            count: self.count(),
            count_max: config.partitions_max.into(),
            exceeded: self.exceeded_at.is_some_and(|second| second + 1 >= now.secs()),
            rows: rows.into_iter().map(|(it, race)| (name(it), race)).collect(),
        }
    }

    /// Closes a buffer.
    fn remove(&mut self, at: usize) -> Partition {
        let gone = self.open.remove(at);
        self.change(&gone.template, |place| place.at = None);
        for (_, place) in self.places.iter_mut() {
            place.at = place.at.map(|it| it - usize::from(it > at));
        }
        gone
    }

    /// An object of a partition waits to be delivered.
    #[inline(never)]
    pub(in super::super) fn wait(&mut self, template: &str) {
        self.change(template, |place| place.sealed += 1);
    }

    /// It does no longer.
    #[inline(never)]
    pub(in super::super) fn leave(&mut self, template: &str) {
        self.change(template, |place| place.sealed = place.sealed.saturating_sub(1));
    }

    /// Changes a place, which ends with nothing left in it.
    fn change(&mut self, template: &str, change: impl FnOnce(&mut Place)) {
        let mut place = self.places.remove(template).unwrap_or_default();
        change(&mut place);
        if place.at.is_some() || place.sealed > 0 {
            self.places.insert(template.to_owned(), place);
        }
    }
}

impl Firehose {
    /// Finds the keys of a record and puts it into their buffer.
    pub(super) fn partition(&mut self, item: &Item, ctx: &mut Ctx<'_>) {
        let mut data = Vec::new();
        item.record().append_to(&mut data);
        if !self.config.partition_query.trim().is_empty() {
            ctx.count(metric::JQ_MILLIS, JQ_MILLIS_A_RECORD);
            self.jq_millis += JQ_MILLIS_A_RECORD;
        }
        let template = match keys(&self.config, &data, ctx.formats()) {
            Ok(keys) => filled(&self.config.prefix, &keys),
            Err(message) => return self.reject_keys(item, &message, ctx),
        };
        let place = self.partitions.places.get(&template).copied();
        let at = match place.and_then(|place| place.at) {
            Some(at) => at,
            None if place.is_none()
                && self.partitions.count() >= u64::from(self.config.partitions_max) =>
            {
                return self.exceed(item, ctx);
            }
            None => match self.open(template, item, ctx) {
                Some(at) => at,
                None => return,
            },
        };
        let (booked, now) = (item.record().bytes(ctx.keys()), ctx.now());
        let partition = &mut self.partitions.open[at];
        partition.buffer.push((&item.block, item.row), booked, (item.arrived, now));
        let before = if partition.flow.0 == now.secs() { partition.flow.1 } else { 0 };
        partition.flow = (now.secs(), before + data.len() as u64);
        ctx.peak(metric::PARTITION_THROUGHPUT, partition.flow.1);
        if partition.buffer.size(self.config.newline) >= self.size_max() {
            self.close(at, Seal::Size, ctx);
        }
    }

    /// Begins a buffer with the time of its first record.
    fn open(&mut self, template: String, item: &Item, ctx: &mut Ctx<'_>) -> Option<usize> {
        let prefix = self.evaluated(&template, item.arrived, ctx);
        if prefix.chars().count() > PREFIX_CHARS_MAX {
            let message = format!("The evaluated prefix is longer than {PREFIX_CHARS_MAX}");
            self.reject_keys(item, &message, ctx);
            return None;
        }
        let at = self.partitions.open.len();
        let timer = ctx.after(self.interval(), TIMER_PARTITION, 0);
        self.partitions.change(&template, |place| place.at = Some(at));
        let (dated, buffer) = (item.arrived, Buffer::default());
        let new = Partition { template, prefix, dated, buffer, timer, flow: (0, 0) };
        self.partitions.open.push(new);
        ctx.peak(metric::PARTITION_COUNT, self.partitions.count());
        self.sample_later(ctx);
        Some(at)
    }

    /// The interval of a partition ended.
    #[inline(never)]
    pub(in super::super) fn partition_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if let Some(at) = self.partitions.open.iter().position(|it| it.timer == id) {
            self.close(at, Seal::Time, ctx);
        }
    }

    /// Delivers what a partition holds. A record that a function gave back late may be older than
    /// the first one.
    fn close(&mut self, at: usize, reason: Seal, ctx: &mut Ctx<'_>) {
        let Partition { template, mut prefix, dated, buffer, .. } = self.partitions.remove(at);
        if let Some(oldest) = buffer.oldest.filter(|oldest| *oldest != dated) {
            prefix = self.evaluated(&template, oldest, ctx);
        }
        self.pack_up(buffer, Some(Folder { template, prefix }), reason, ctx);
    }

    fn evaluated(&self, template: &str, at: Time, ctx: &mut Ctx<'_>) -> String {
        let local = timestamp::local(&self.config, ctx.wall_millis(at), ctx.formats());
        name::evaluate(template, local, "", ctx.rng()).0
    }

    /// New hints count for what is buffered.
    #[inline(never)]
    pub(in super::super) fn hint_partitions(&mut self, ctx: &mut Ctx<'_>) {
        let (interval, size_max) = (self.interval(), self.size_max());
        for partition in &mut self.partitions.open {
            let Some(since) = partition.buffer.since else { continue };
            partition.timer = ctx.after((since + interval).since(ctx.now()), TIMER_PARTITION, 0);
        }
        let newline = self.config.newline;
        let is_full = |it: &Partition| it.buffer.size(newline) >= size_max;
        while let Some(at) = self.partitions.open.iter().position(is_full) {
            self.close(at, Seal::Size, ctx);
        }
    }

    /// Delivers every partition: keys or prefix have changed.
    #[inline(never)]
    pub(in super::super) fn close_partitions(&mut self, ctx: &mut Ctx<'_>) {
        while !self.partitions.open.is_empty() {
            self.close(0, Seal::End, ctx);
        }
    }

    fn exceed(&mut self, item: &Item, ctx: &mut Ctx<'_>) {
        ctx.peak(metric::PARTITIONS_EXCEEDED, 1);
        self.partitions.exceeded_at = Some(ctx.now().secs());
        let fault = Fault {
            code: "DynamicPartitioning.ActivePartitionsLimitExceeded",
            message: "The number of active partitions exceeded the limit of the stream",
            attempts: 1,
            log: "",
        };
        self.reject((EXCEEDED, Reason::PartitionsExceeded), item, fault, ctx);
    }

    fn reject_keys(&mut self, item: &Item, message: &str, ctx: &mut Ctx<'_>) {
        let code = "DynamicPartitioning.MetadataExtractionFailed";
        let fault = Fault { code, message, attempts: 1, log: "" };
        self.reject((PROCESSING, Reason::KeysNotFound), item, fault, ctx);
    }
}

/// The keys of a record.
///
/// # Errors
/// Why there are none.
fn keys(config: &FirehoseConfig, data: &[u8], formats: Formats) -> Result<Keys, String> {
    let mut keys = Keys::new();
    if !config.partition_query.trim().is_empty() {
        let results = formats.jq(&config.partition_query, data).map_err(|it| it.message)?;
        let first = results.first().map(|it| serde_json::from_slice(it));
        let Some(Ok(Value::Object(members))) = first else {
            return Err("The query made no object of partition keys".to_owned());
        };
        for (name, value) in &members {
            keys.push((format!("partitionKeyFromQuery:{name}"), text_of(name, value)?));
        }
    }
    let names = config.function_keys();
    if !names.is_empty() {
        let members: Map<String, Value> = serde_json::from_slice(data)
            .map_err(|_error| "The function returned no partition keys".to_owned())?;
        for name in names {
            let value = members.get(&name).unwrap_or(&Value::Null);
            keys.push((format!("partitionKeyFromLambda:{name}"), text_of(&name, value)?));
        }
    }
    Ok(keys)
}

/// A value as it stands in a prefix: keys are never null nor empty.
fn text_of(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        _ => Err(format!("partitionKeys values must not be null or empty: {name}")),
    }
}

/// The prefix with its keys in place. An expression inside of a value is none.
fn filled(prefix: &str, keys: &Keys) -> String {
    let mut out = String::new();
    let mut rest = prefix;
    while let Some((before, opened)) = rest.split_once("!{") {
        out.push_str(before);
        let end = opened.find('}').unwrap_or(opened.len());
        let after = opened.get(end + 1..).unwrap_or_default();
        match keys.iter().find(|(name, _)| *name == opened[..end]) {
            Some((_, value)) => out.push_str(&value.replace("!{", "{")),
            None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The prefix of AWS's "Dynamic partitioning" page.
    #[test]
    fn keys_take_the_place_of_their_expressions() {
        let keys: Keys = vec![
            ("partitionKeyFromQuery:customer_id".to_owned(), "123".to_owned()),
            ("partitionKeyFromLambda:year".to_owned(), "2021!{x}".to_owned()),
        ];
        let prefix = "c=!{partitionKeyFromQuery:customer_id}/y=!{partitionKeyFromLambda:year}/\
                      !{timestamp:MM}/";
        assert_eq!(filled(prefix, &keys), "c=123/y=2021{x}/!{timestamp:MM}/");
    }

    #[test]
    fn keys_from_the_function_are_never_null() {
        let config = FirehoseConfig {
            transform_keys: "carrier, year".to_owned(),
            ..FirehoseConfig::default()
        };
        let check = |data: &str| keys(&config, data.as_bytes(), Formats::none());
        let found = check(r#"{"carrier":"UA","year":2013}"#).expect("both");
        assert_eq!(found[1], ("partitionKeyFromLambda:year".to_owned(), "2013".to_owned()));
        for bad in [r#"{"carrier":"UA"}"#, r#"{"carrier":"","year":1}"#, "UA,2013"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
