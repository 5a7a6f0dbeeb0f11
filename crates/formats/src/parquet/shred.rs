//! Rows taken apart into columns: each leaf of the schema gets its values, and two levels for each
//! value that say where lists begin and from which depth on nothing is there (Dremel; Parquet
//! format, "Nested Encoding").

use super::Keys;
use super::scalar::Values;
use super::schema::{Column, Type};
use crate::json::Json;

/// Where a value stands: how deep something is there, at which list it repeats, and how many lists
/// it is in.
#[derive(Clone, Copy, Debug)]
struct Place {
    definition: i16,
    repetition: i16,
    lists: i16,
}

/// One leaf of the schema with what was taken into it.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) values: Values,
    pub(super) definitions: Vec<i16>,
    pub(super) repetitions: Vec<i16>,
    /// Lengths when the record began.
    mark: (usize, usize),
}

/// All leaves, in the order of the schema.
#[derive(Clone, Debug)]
pub(super) struct Leaves(pub(super) Vec<Leaf>);

/// Which column, and what it wanted.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) column: String,
    pub(super) value: String,
}

impl Leaves {
    pub(super) fn of(columns: &[Column]) -> Self {
        let mut leaves = Vec::new();
        columns.iter().for_each(|column| add_leaves(&column.kind, &mut leaves));
        Self(leaves)
    }

    /// Remembers where the leaves stand.
    pub(super) fn mark(&mut self) {
        for leaf in &mut self.0 {
            leaf.mark = (leaf.values.len(), leaf.definitions.len());
        }
    }

    /// Goes back to where they stood.
    pub(super) fn back(&mut self) {
        for leaf in &mut self.0 {
            leaf.values.truncate(leaf.mark.0);
            leaf.definitions.truncate(leaf.mark.1);
            leaf.repetitions.truncate(leaf.mark.1);
        }
    }

    /// Takes one object apart.
    pub(super) fn row(
        &mut self,
        columns: &[Column],
        keys: &Keys,
        object: &[(std::borrow::Cow<'_, str>, Json<'_>)],
    ) -> Result<(), Mismatch> {
        let mut next = 0;
        for column in columns {
            let value = keys.find(object, keys.of_column(&column.name));
            let place = Place { definition: 0, repetition: 0, lists: 0 };
            self.put(&column.kind, value, place, keys, &mut next)
                .map_err(|value| Mismatch { column: column.name.clone(), value })?;
        }
        Ok(())
    }

    /// Puts a value, or that there is none, into the leaves from `next` on.
    fn put(
        &mut self,
        kind: &Type,
        value: Option<&Json<'_>>,
        place: Place,
        keys: &Keys,
        next: &mut usize,
    ) -> Result<(), String> {
        let value = value.filter(|value| !matches!(value, Json::Null));
        match (kind, value) {
            (Type::Struct(fields), None) => {
                fields.iter().try_for_each(|field| self.put(&field.kind, None, place, keys, next))
            }
            (Type::Struct(fields), Some(Json::Object(object))) => {
                let place = place.deeper(1);
                fields.iter().try_for_each(|field| {
                    let value = keys.find(object, &field.name);
                    self.put(&field.kind, value, place, keys, next)
                })
            }
            (Type::Array(item), None) => self.put(item, None, place, keys, next),
            (Type::Array(item), Some(Json::Array(items))) => {
                self.list(items.iter(), place, next, |leaves, value, place, next| {
                    leaves.put(item, value, place, keys, next)
                })
            }
            (Type::Map(key, item), None) => {
                self.put(key, None, place, keys, next)?;
                self.put(item, None, place, keys, next)
            }
            (Type::Map(key, item), Some(Json::Object(entries))) => {
                self.list(entries.iter(), place, next, |leaves, entry, place, next| {
                    let name = entry.map(|(name, _)| Json::Text(name.clone()));
                    leaves.leaf(key, name.as_ref(), place, *next, false)?;
                    *next += 1;
                    leaves.put(item, entry.map(|(_, value)| value), place, keys, next)
                })
            }
            (Type::Struct(_) | Type::Array(_) | Type::Map(..), Some(other)) => Err(shown(other)),
            (_, value) => {
                self.leaf(kind, value, place, *next, true)?;
                *next += 1;
                Ok(())
            }
        }
    }

    /// Items of a list that is there, or that it has none.
    fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        place: Place,
        next: &mut usize,
        mut item: impl FnMut(&mut Self, Option<T>, Place, &mut usize) -> Result<(), String>,
    ) -> Result<(), String> {
        let begin = *next;
        if items.len() == 0 {
            return item(self, None, Place { lists: place.lists + 1, ..place.deeper(1) }, next);
        }
        let inside = Place { lists: place.lists + 1, ..place.deeper(2) };
        for (at, value) in items.enumerate() {
            *next = begin;
            let repetition = if at == 0 { place.repetition } else { inside.lists };
            item(self, Some(value), Place { repetition, ..inside }, next)?;
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        kind: &Type,
        value: Option<&Json<'_>>,
        place: Place,
        at: usize,
        is_optional: bool,
    ) -> Result<(), String> {
        let leaf = &mut self.0[at];
        let mut definition = place.definition;
        if let Some(value) = value {
            leaf.values.push(kind, value).ok_or_else(|| shown(value))?;
            definition += i16::from(is_optional);
        }
        leaf.definitions.push(definition);
        leaf.repetitions.push(place.repetition);
        Ok(())
    }
}

impl Place {
    fn deeper(self, levels: i16) -> Self {
        Self { definition: self.definition + levels, ..self }
    }
}

fn add_leaves(kind: &Type, leaves: &mut Vec<Leaf>) {
    match kind {
        Type::Array(item) => add_leaves(item, leaves),
        Type::Map(key, item) => {
            add_leaves(key, leaves);
            add_leaves(item, leaves);
        }
        Type::Struct(fields) => fields.iter().for_each(|field| add_leaves(&field.kind, leaves)),
        simple => leaves.push(Leaf {
            values: Values::of(simple),
            definitions: Vec::new(),
            repetitions: Vec::new(),
            mark: (0, 0),
        }),
    }
}

/// The beginning of a value, for a message.
fn shown(value: &Json<'_>) -> String {
    const CHARS_MAX: usize = 60;
    let mut text = String::new();
    value.write(&mut text);
    if text.chars().count() > CHARS_MAX {
        text = text.chars().take(CHARS_MAX).collect();
        text.push('…');
    }
    text
}
