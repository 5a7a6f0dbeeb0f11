//! Takes typed fields out of a JSON object. What is wrong is reported and replaced by the
//! default; what nobody took is unknown and stays.

use base::units::grouped;
use base::{Diagnostic, Place};
use serde_json::{Map, Value};

use super::text::shown;

/// A JSON object on its way into a typed one.
pub(super) struct Object<'a> {
    map: Map<String, Value>,
    place: Place,
    /// How messages call it: `` node `orders` ``, `script entry 3`.
    what: String,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

impl<'a> Object<'a> {
    pub(super) fn new(
        map: Map<String, Value>,
        place: Place,
        what: impl Into<String>,
        out: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { map, place, what: what.into(), out }
    }

    /// Gives the object its place once its id or name is known.
    pub(super) fn locate(&mut self, place: Place, what: impl Into<String>) {
        self.place = place;
        self.what = what.into();
    }

    /// Whether the field is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// The field as it came.
    pub(super) fn value(&mut self, key: &str) -> Option<Value> {
        self.map.shift_remove(key)
    }

    /// A line of text, cut at its longest.
    pub(super) fn text(&mut self, key: &str, chars_max: u32) -> Option<String> {
        let value = self.value(key)?;
        let Value::String(mut text) = value else {
            self.wrong(key, "text in quotes", &value);
            return None;
        };
        let chars = text.chars().count();
        if let Some((cut, _)) = text.char_indices().nth(chars_max as usize) {
            text.truncate(cut);
            self.report(
                "SCN-018",
                format!("`{key}` has {} characters", grouped(chars as u64)),
                format!("Only the first {} were kept", grouped(u64::from(chars_max))),
            );
        }
        Some(text)
    }

    /// A whole number between two bounds, both included.
    pub(super) fn number(&mut self, key: &str, min: u64, max: u64) -> Option<u64> {
        let value = self.value(key)?;
        let number = value.as_u64().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.wrong(key, &format!("a whole number from {min} to {max}"), &value);
        }
        number
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        if value.as_bool().is_none() {
            self.wrong(key, "true or false", &value);
        }
        value.as_bool()
    }

    /// A list.
    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong(key, "a list", &other);
                Vec::new()
            }
        }
    }

    /// An object.
    pub(super) fn object(&mut self, key: &str) -> Option<Map<String, Value>> {
        match self.value(key)? {
            Value::Object(map) => Some(map),
            other => {
                self.wrong(key, "an object in braces", &other);
                None
            }
        }
    }

    /// Says that a field has the wrong type or value.
    pub(super) fn wrong(&mut self, key: &str, wanted: &str, found: &Value) {
        let message = format!("`{key}` of {} is `{}`", self.what, shown(found));
        self.report("SCN-008", message, format!("It must be {wanted}"));
    }

    /// Says that a field is not there.
    pub(super) fn missing(&mut self, key: &str) {
        let message = format!("{} has no `{key}`", capital(&self.what));
        self.report("SCN-015", message, format!("Add `{key}`, or remove the entry"));
    }

    /// An error at the place of this object.
    pub(super) fn report(&mut self, code: &'static str, message: String, help: String) {
        self.out.push(Diagnostic::error(code, self.place.clone(), message, help));
    }

    /// What nobody took: kept, with a warning for each.
    pub(super) fn rest(self) -> Map<String, Value> {
        for key in self.map.keys() {
            self.out.push(Diagnostic::warning(
                "SCN-009",
                self.place.clone(),
                format!("`{key}` of {} means nothing to this version", self.what),
                "It is kept as it is and has no effect; check the spelling",
            ));
        }
        self.map
    }
}

fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
