//! Dynamic partitioning: keys by an inline jq query and from the function, one buffer for each
//! prefix they make (facts, firehose §5).
//!
//! The prefix of a partition is evaluated when its buffer begins, so its timestamps are those of
//! its oldest record. After delivery the partition is gone.

use base::Time;
use scenario::kind::FirehoseConfig;
use serde_json::{Map, Value};

use super::super::buffer::Buffer;
use super::super::{Firehose, TIMER_PARTITION, metric, name};
use super::failed::{EXCEEDED, PROCESSING};
use super::{Fault, Item};
use crate::cause::Reason;
use crate::formats::Formats;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::TimerId;
use crate::snapshot::{self, Race, Seal};

/// Characters of an evaluated prefix.
const PREFIX_CHARS_MAX: usize = 512;

/// Values by the expression they stand for: `partitionKeyFromQuery:carrier`.
type Keys = Vec<(String, String)>;

/// One prefix with its buffer.
#[derive(Clone, Debug)]
struct Partition {
    /// The prefix with its keys, other expressions as they stand.
    template: String,
    /// What its objects begin with.
    prefix: String,
    buffer: Buffer,
    timer: TimerId,
}

/// All active partitions, in the order they began.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Partitions {
    active: Vec<Partition>,
    /// Where each one stands, by its template.
    places: base::VecMap<String, usize>,
    /// The second in which a record found no room.
    exceeded_at: Option<u64>,
}

impl Partitions {
    /// Records inside.
    pub(in super::super) fn held(&self) -> u64 {
        self.active.iter().map(|it| it.buffer.records).sum()
    }

    /// Arrival of the oldest record inside.
    pub(in super::super) fn oldest(&self) -> Option<Time> {
        self.active.iter().filter_map(|it| it.buffer.oldest).min()
    }

    /// How many there are.
    pub(in super::super) fn count(&self) -> u64 {
        self.active.len() as u64
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
            self.active.iter().map(|it| (it, race(&it.buffer))).collect();
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

    fn remove(&mut self, at: usize) -> Partition {
        let gone = self.active.remove(at);
        self.places.remove(&gone.template);
        for (_, place) in self.places.iter_mut() {
            *place -= usize::from(*place > at);
        }
        gone
    }
}

impl Firehose {
    /// Finds the keys of a record and puts it into their buffer.
    pub(super) fn partition(&mut self, item: &Item, ctx: &mut Ctx<'_>) {
        let mut data = Vec::new();
        item.record().append_to(&mut data);
        let template = match keys(&self.config, &data, ctx.formats()) {
            Ok(keys) => filled(&self.config.prefix, &keys),
            Err(message) => return self.reject_keys(item, &message, ctx),
        };
        let at = match self.partitions.places.get(&template) {
            Some(at) => *at,
            None if self.partitions.count() >= u64::from(self.config.partitions_max) => {
                return self.exceed(item, ctx);
            }
            None => match self.open(template, item, ctx) {
                Some(at) => at,
                None => return,
            },
        };
        let (booked, now) = (item.record().bytes(ctx.keys()), ctx.now());
        let buffer = &mut self.partitions.active[at].buffer;
        buffer.push((&item.block, item.row), booked, (item.arrived, now));
        if buffer.size(self.config.newline) >= self.size_max() {
            self.close(at, Seal::Size, ctx);
        }
    }

    /// Begins a partition with the time of its first record.
    fn open(&mut self, template: String, item: &Item, ctx: &mut Ctx<'_>) -> Option<usize> {
        let clock = (self.config.time_zone.as_str(), ctx.wall_millis(item.arrived));
        let (prefix, _) = name::evaluate(&template, clock, "", ctx.rng());
        if prefix.chars().count() > PREFIX_CHARS_MAX {
            let message = format!("The evaluated prefix is longer than {PREFIX_CHARS_MAX}");
            self.reject_keys(item, &message, ctx);
            return None;
        }
        let at = self.partitions.active.len();
        let timer = ctx.after(self.interval(), TIMER_PARTITION, 0);
        self.partitions.places.insert(template.clone(), at);
        let new = Partition { template, prefix, buffer: Buffer::default(), timer };
        self.partitions.active.push(new);
        ctx.peak(metric::PARTITION_COUNT, self.partitions.count());
        self.sample_later(ctx);
        Some(at)
    }

    /// The interval of a partition ended.
    #[inline(never)]
    pub(in super::super) fn partition_due(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if let Some(at) = self.partitions.active.iter().position(|it| it.timer == id) {
            self.close(at, Seal::Time, ctx);
        }
    }

    /// Delivers a partition; it is no longer active.
    fn close(&mut self, at: usize, reason: Seal, ctx: &mut Ctx<'_>) {
        let Partition { prefix, buffer, .. } = self.partitions.remove(at);
        self.pack_up(buffer, Some(prefix), reason, ctx);
    }

    /// Delivers every partition: keys or prefix have changed.
    #[inline(never)]
    pub(in super::super) fn close_partitions(&mut self, ctx: &mut Ctx<'_>) {
        while !self.partitions.active.is_empty() {
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
        };
        self.reject((EXCEEDED, Reason::PartitionsExceeded), item, fault, ctx);
    }

    fn reject_keys(&mut self, item: &Item, message: &str, ctx: &mut Ctx<'_>) {
        let code = "DynamicPartitioning.MetadataExtractionFailed";
        let fault = Fault { code, message, attempts: 1 };
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
