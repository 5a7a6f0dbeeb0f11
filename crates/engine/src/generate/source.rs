//! What an application puts into its records, and when.

use std::rc::Rc;
use std::sync::Arc;

use base::{Duration, KeyId, Rng, Time};
use scenario::kind::{KeyRecipe, RecordsConfig, Source as Rule};
use scenario::{DataSet, DataSets, raw};

use super::arrival::{self, Arrival};
use super::key::{self, Keys};
use super::replay::{Notes, Replay};
use super::size::{self, Size};
use super::template::{Clock, Facts, Template};
use crate::kernel::keys::KeyTable;

/// Where payloads are written, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// All payloads so far.
    pub data: Vec<u8>,
    /// Length of the newest one once it is padded, when it is not as long as it was written.
    pub padded_bytes: Option<u32>,
}

/// Where records come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Made from a template.
    Generated(Box<Generated>),
    /// Rows of a data set.
    Replay(Box<Replay>),
    /// One of the above whose payloads the application encrypts.
    Encrypted(Box<Self>),
    /// A replay without its data set: validation said so.
    Silent,
}

impl Source {
    /// Records by these settings, from now on.
    #[must_use]
    pub fn new(config: &RecordsConfig, data: &DataSets, now: Time, rng: &mut Rng) -> Self {
        let plain = Self::plain(config, data, now, rng);
        if config.client_encryption { plain.encrypted() } else { plain }
    }

    fn plain(config: &RecordsConfig, data: &DataSets, now: Time, rng: &mut Rng) -> Self {
        match (config.source, data_of(config, data)) {
            (Rule::Generated, _) => Self::Generated(Box::new(Generated::new(config, now, rng))),
            (Rule::Data, Some(data)) => Self::Replay(Box::new(Replay::new(data, config, now, rng))),
            (Rule::Data, None) => Self::Silent,
        }
    }

    /// Takes new settings and goes on where it was, if that still means something.
    pub fn reconfigure(
        &mut self,
        config: &RecordsConfig,
        data: &DataSets,
        now: Time,
        rng: &mut Rng,
    ) {
        if let Self::Encrypted(source) = self {
            *self = core::mem::replace(&mut **source, Self::Silent);
        }
        match (&mut *self, config.source, data_of(config, data)) {
            (Self::Generated(generated), Rule::Generated, _) => {
                generated.reconfigure(config, now, rng);
            }
            (Self::Replay(replay), Rule::Data, Some(data)) if replay.continues(data, config) => {
                replay.reconfigure(config, now, rng);
            }
            _ => *self = Self::plain(config, data, now, rng),
        }
        if config.client_encryption {
            *self = core::mem::replace(self, Self::Silent).encrypted();
        }
    }

    /// The same with payloads encrypted: no two are alike then.
    fn encrypted(mut self) -> Self {
        if let Self::Generated(generated) = &mut self {
            generated.shared = None;
        }
        Self::Encrypted(Box::new(self))
    }

    /// When the next record is due.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        match self {
            Self::Generated(generated) => generated.arrival.next(),
            Self::Replay(replay) => replay.next(),
            Self::Encrypted(source) => source.next(),
            Self::Silent => None,
        }
    }

    /// How long until the next births are handled, when the last ones were at `ticked`.
    #[must_use]
    pub fn wait(&self, ticked: Time, now: Time) -> Option<Duration> {
        self.next().map(|due| arrival::tick_at(due, ticked).since(now))
    }

    /// Adds the births of the records that are due by now.
    pub fn take(&mut self, now: Time, rng: &mut Rng, births: &mut Vec<Time>) {
        match self {
            Self::Generated(generated) => generated.arrival.take(now, rng, births),
            Self::Replay(replay) => replay.take(now, rng, births),
            Self::Encrypted(source) => source.take(now, rng, births),
            Self::Silent => {}
        }
    }

    /// Appends the payload of the next record, unless all share one, and returns its key and how
    /// long that is.
    #[inline]
    pub fn write(
        &mut self,
        wall_millis: u64,
        rng: &mut Rng,
        table: &mut KeyTable,
        out: &mut Page,
    ) -> (KeyId, u64) {
        match self {
            Self::Generated(generated) => {
                let key = if generated.shared.is_some() {
                    generated.draw_key(rng, table)
                } else {
                    generated.write(wall_millis, rng, table, out)
                };
                (key, generated.keys.text().len() as u64)
            }
            Self::Replay(replay) => {
                let key = replay.write(rng, table, &mut out.data);
                (key, table.len_of(key))
            }
            Self::Encrypted(source) => {
                let from = out.data.len();
                let made = source.write(wall_millis, rng, table, out);
                out.encrypt(from, rng);
                made
            }
            Self::Silent => (table.intern(key::NONE), key::NONE.len() as u64),
        }
    }

    /// The one payload of all records, when they are all alike: then it is stored once.
    #[must_use]
    pub fn shared(&self) -> Option<Rc<Vec<u8>>> {
        match self {
            Self::Generated(generated) => generated.shared.clone(),
            Self::Replay(_) | Self::Encrypted(_) | Self::Silent => None,
        }
    }

    /// What was odd about the times of replayed rows.
    #[must_use]
    pub fn notes(&self) -> Option<Notes> {
        match self {
            Self::Replay(replay) => Some(replay.notes()),
            Self::Encrypted(source) => source.notes(),
            Self::Generated(_) | Self::Silent => None,
        }
    }
}

fn data_of<'a>(config: &RecordsConfig, data: &'a DataSets) -> Option<&'a Arc<DataSet>> {
    data.by_name.get(&config.data)
}

/// Records made from a template.
#[derive(Clone, Debug)]
pub struct Generated {
    arrival: Arrival,
    keys: Keys,
    /// The top-level member that holds the key, when the payload tells it.
    key_field: Option<String>,
    template: Template,
    size: Size,
    clock: Clock,
    seq: u64,
    /// The payload of all records, when they are alike.
    shared: Option<Rc<Vec<u8>>>,
}

impl Generated {
    fn new(config: &RecordsConfig, now: Time, rng: &mut Rng) -> Self {
        let mut new = Self {
            arrival: Arrival::new(config, now, rng),
            keys: Keys::new(config),
            key_field: key_field(config),
            template: template_of(config),
            size: Size::new(config),
            clock: Clock::default(),
            seq: 0,
            shared: None,
        };
        new.shared = new.alike();
        new
    }

    /// Takes new settings; the numbering of records goes on.
    fn reconfigure(&mut self, config: &RecordsConfig, now: Time, rng: &mut Rng) {
        self.arrival.reconfigure(config, now, rng);
        self.keys = Keys::new(config);
        self.key_field = key_field(config);
        self.template = template_of(config);
        self.size = Size::new(config);
        self.shared = self.alike();
    }

    /// The payload, when no record differs.
    fn alike(&self) -> Option<Rc<Vec<u8>>> {
        let constant = self.template.is_constant() && self.key_field.is_none();
        let bytes = match self.size {
            Size::Template => None,
            Size::Fixed(bytes) => Some(bytes),
            Size::Uniform(..) | Size::LogNormal(..) => return None,
        };
        constant.then(|| {
            let facts = Facts { key: "", seq: 0, wall_millis: 0 };
            let mut out = Vec::new();
            self.template.write(facts, &mut Clock::default(), &mut Rng::from_seed(0), &mut out);
            if let Some(bytes) = bytes {
                let len = size::fit(&mut out, 0, bytes, self.template.is_json());
                size::pad(&mut out, 0, len);
            }
            Rc::new(out)
        })
    }

    /// Draws the key of a record whose payload is shared.
    #[inline]
    fn draw_key(&mut self, rng: &mut Rng, table: &mut KeyTable) -> KeyId {
        self.seq += 1;
        self.keys.draw(rng, table)
    }

    /// Appends the payload of the next record and returns its key.
    fn write(
        &mut self,
        wall_millis: u64,
        rng: &mut Rng,
        table: &mut KeyTable,
        page: &mut Page,
    ) -> KeyId {
        self.seq += 1;
        let out = &mut page.data;
        let from = out.len();
        let drawn = self.key_field.is_none().then(|| self.keys.draw(rng, table));
        let key = drawn.map_or("", |_id| self.keys.text());
        let facts = Facts { key, seq: self.seq, wall_millis };
        self.template.write(facts, &mut self.clock, rng, out);
        if let Some(bytes) = self.size.draw(rng) {
            page.padded_bytes = Some(size::fit(out, from, bytes, self.template.is_json()));
        }
        drawn.unwrap_or_else(|| {
            let field = self.key_field.as_deref().unwrap_or_default();
            let told = member(&out[from..], field);
            self.keys.named(told.as_deref().unwrap_or(key::NONE), rng, table)
        })
    }
}

fn key_field(config: &RecordsConfig) -> Option<String> {
    (config.keys == KeyRecipe::Field).then(|| config.key_field.clone())
}

/// A template with faults was reported when it was typed; it stands for itself until then.
fn template_of(config: &RecordsConfig) -> Template {
    Template::new(&config.payload).unwrap_or_else(|_problems| Template::literal(&config.payload))
}

/// The text of a top-level member of a JSON object: strings without their quotes, numbers as they
/// are written.
pub fn member(json: &[u8], name: &str) -> Option<String> {
    let text = str::from_utf8(json).ok()?;
    let object: serde_json::Value = serde_json::from_str(text).ok()?;
    match object.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        serde_json::Value::Number(_) => raw::number(text, name).map(str::to_owned),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_digits_keeps_them_all() {
        let payload = br#"{"a":12345678901234567890123,"b":1e2,"c":1.50,"d":"x","e":null}"#;
        let told = |name| member(payload, name);
        assert_eq!(told("a").as_deref(), Some("12345678901234567890123"));
        assert_eq!(told("b").as_deref(), Some("1e2"));
        assert_eq!(told("c").as_deref(), Some("1.50"));
        assert_eq!(told("d").as_deref(), Some("x"));
        assert_eq!(told("e"), None);
    }
}
