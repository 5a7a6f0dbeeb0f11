//! What a producer puts into its records, and when.

use std::sync::Arc;

use base::{KeyId, Rng, Time};
use scenario::kind::{KeyRecipe, ProducerConfig};

use crate::generate::arrival::Arrival;
use crate::generate::key::{self, Keys};
use crate::generate::size::{self, Size};
use crate::generate::template::{self, Clock, Facts, Template};
use crate::kernel::keys::KeyTable;

/// Records made from a template.
#[derive(Clone, Debug)]
pub(super) struct Generated {
    arrival: Arrival,
    keys: Keys,
    /// The top-level member that holds the key, when the payload tells it.
    key_field: Option<String>,
    template: Template,
    size: Size,
    clock: Clock,
    seq: u64,
}

impl Generated {
    pub(super) fn new(config: &ProducerConfig, now: Time, rng: &mut Rng) -> Self {
        Self {
            arrival: Arrival::new(config, now, rng),
            keys: Keys::new(config),
            key_field: key_field(config),
            template: template_of(config),
            size: Size::new(config),
            clock: Clock::default(),
            seq: 0,
        }
    }

    /// Takes new settings; the numbering of records goes on.
    pub(super) fn reconfigure(&mut self, config: &ProducerConfig, now: Time, rng: &mut Rng) {
        self.arrival.reconfigure(config, now, rng);
        self.keys = Keys::new(config);
        self.key_field = key_field(config);
        self.template = template_of(config);
        self.size = Size::new(config);
    }

    pub(super) fn next(&self) -> Option<Time> {
        self.arrival.next()
    }

    pub(super) fn take(&mut self, now: Time, rng: &mut Rng, births: &mut Vec<Time>) {
        self.arrival.take(now, rng, births);
    }

    /// The one payload of all records, when they are all alike: then it is stored once.
    pub(super) fn shared(&self) -> Option<Arc<Vec<u8>>> {
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
                size::fit(&mut out, 0, bytes, self.template.is_json());
            }
            Arc::new(out)
        })
    }

    /// Draws the key of a record whose payload is shared.
    #[inline]
    pub(super) fn draw_key(&mut self, rng: &mut Rng, table: &mut KeyTable) -> KeyId {
        self.seq += 1;
        self.keys.draw(rng, table)
    }

    /// Appends the payload of the next record and returns its key.
    pub(super) fn write(
        &mut self,
        wall_millis: u64,
        rng: &mut Rng,
        table: &mut KeyTable,
        out: &mut Vec<u8>,
    ) -> KeyId {
        self.seq += 1;
        let from = out.len();
        let drawn = self.key_field.is_none().then(|| self.keys.draw(rng, table));
        let key = drawn.map_or("", |id| &**table.text(id));
        let facts = Facts { key, seq: self.seq, wall_millis };
        self.template.write(facts, &mut self.clock, rng, out);
        if let Some(bytes) = self.size.draw(rng) {
            size::fit(out, from, bytes, self.template.is_json());
        }
        drawn.unwrap_or_else(|| {
            let field = self.key_field.as_deref().unwrap_or_default();
            let told = member(&out[from..], field);
            self.keys.named(told.as_deref().unwrap_or(key::NONE), rng, table)
        })
    }
}

fn key_field(config: &ProducerConfig) -> Option<String> {
    (config.keys == KeyRecipe::Field).then(|| config.key_field.clone())
}

/// A template with faults was reported when it was typed; it stands for itself until then.
fn template_of(config: &ProducerConfig) -> Template {
    template::parse(&config.payload).unwrap_or_else(|_faults| Template::literal(&config.payload))
}

/// The text of a top-level member of a JSON object; strings without their quotes.
fn member(json: &[u8], name: &str) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(json).ok()?;
    match object.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}
