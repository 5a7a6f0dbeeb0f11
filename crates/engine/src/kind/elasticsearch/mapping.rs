//! Dynamic mapping: the first value of a field decides its type in an index, and a later document
//! whose value does not fit is refused as a whole (Elasticsearch reference, "Dynamic field mapping"
//! and "coerce"; OpenSearch has the same rules).
//!
//! Nothing and empty lists decide nothing; values of a list are taken one by one. A document that
//! is refused changes no mapping. A text counts twice, for its `keyword` as well, and an index has
//! 1,000 fields at most (`index.mapping.total_fields.limit`). Templates, `date` in other formats
//! than ISO 8601 and names with dots as objects are left out.

use base::VecMap;
use serde_json::{Map, Value};

use crate::call::ErrorCode;

/// `index.mapping.total_fields.limit`.
const FIELDS_MAX: u32 = 1_000;
/// Characters of a value in an error.
const PREVIEW_CHARS: usize = 50;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Long,
    Float,
    Boolean,
    Date,
    Text,
    Object,
}

/// The fields of an index by their paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    fields: VecMap<String, Type>,
    /// How many there are, as the limit counts them.
    count: u32,
}

/// Why a document does not fit: code and reason.
pub(super) type Misfit = (ErrorCode, String);

impl Mapping {
    /// Takes the fields of a document; `id` stands in the error.
    ///
    /// # Errors
    /// A value has another type than its field.
    pub(super) fn take(&mut self, id: &str, document: &Map<String, Value>) -> Result<(), Misfit> {
        let mut visit = Visit { mapping: self, id, path: String::new(), new: Self::default() };
        visit.members(document)?;
        let new = visit.new;
        self.count += new.count;
        for (path, kind) in new.fields.into_vec() {
            self.fields.insert(path, kind);
        }
        Ok(())
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> u64 {
        self.fields.keys().map(|path| path.len() as u64 + 32).sum()
    }
}

/// A walk through one document.
struct Visit<'a> {
    mapping: &'a Mapping,
    id: &'a str,
    path: String,
    /// Fields the index has not seen before.
    new: Mapping,
}

impl Visit<'_> {
    fn members(&mut self, members: &Map<String, Value>) -> Result<(), Misfit> {
        for (name, value) in members {
            let end = self.path.len();
            if end > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            self.field(value)?;
            self.path.truncate(end);
        }
        Ok(())
    }

    fn field(&mut self, value: &Value) -> Result<(), Misfit> {
        match value {
            Value::Null => Ok(()),
            Value::Array(items) => items.iter().try_for_each(|item| self.field(item)),
            Value::Object(members) => {
                self.settle(value)?;
                self.members(members)
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => self.settle(value),
        }
    }

    /// Holds a value against the type of its field, which it decides if it is the first.
    fn settle(&mut self, value: &Value) -> Result<(), Misfit> {
        let path = self.path.as_str();
        let known = self.mapping.fields.get(path).or_else(|| self.new.fields.get(path)).copied();
        if let Some(kind) = known {
            return if kind.takes(value) { Ok(()) } else { Err(self.misfit(kind, value)) };
        }
        let kind = Type::of(value);
        self.new.count += 1 + u32::from(kind == Type::Text);
        if self.mapping.count + self.new.count > FIELDS_MAX {
            let message = format!("Limit of total fields [{FIELDS_MAX}] has been exceeded");
            return Err((ErrorCode::EsIllegalArgument, message));
        }
        self.new.fields.insert(self.path.clone(), kind);
        Ok(())
    }

    fn misfit(&self, kind: Type, value: &Value) -> Misfit {
        let (path, id) = (&self.path, self.id);
        let message = if kind == Type::Object {
            format!(
                "object mapping for [{path}] tried to parse field [{path}] as object, but found a \
                 concrete value"
            )
        } else {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let preview: String = text.chars().take(PREVIEW_CHARS).collect();
            format!(
                "failed to parse field [{path}] of type [{}] in document with id '{id}'. Preview \
                 of field's value: '{preview}'",
                kind.name()
            )
        };
        (ErrorCode::MapperParsing, message)
    }
}

impl Type {
    /// What the first value of a field makes of it.
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Float,
            Value::Number(_) => Self::Long,
            Value::String(text) if is_date(text) => Self::Date,
            Value::String(_) => Self::Text,
            Value::Object(_) | Value::Array(_) | Value::Null => Self::Object,
        }
    }

    /// Whether a value fits; numbers may be texts, and whole numbers have their fraction cut off.
    fn takes(self, value: &Value) -> bool {
        let is_number = |text: &str| matches!(serde_json::from_str(text), Ok(Value::Number(_)));
        match (self, value) {
            (Self::Object, _) => value.is_object(),
            (_, Value::Object(_)) => false,
            (Self::Text, _) | (Self::Long | Self::Float | Self::Date, Value::Number(_)) => true,
            (Self::Long | Self::Float, Value::String(text)) => is_number(text),
            (Self::Date, Value::String(text)) => is_date(text) || is_number(text),
            (Self::Boolean, Value::String(text)) => matches!(text.as_str(), "true" | "false" | ""),
            (Self::Boolean, Value::Bool(_)) => true,
            (_, _) => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Text => "text",
            Self::Object => "object",
        }
    }
}

/// `strict_date_optional_time`: `2026-11-22`, `2026-11-22T06:30:00.5Z`, `…+01:00`; a year alone is
/// a number.
fn is_date(text: &str) -> bool {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let year = parts.next().is_some_and(|it| number(it, 4).is_some());
    let month = parts.next().and_then(|it| number(it, 2)).is_some_and(|it| (1..=12).contains(&it));
    let day = parts.next().map(|it| number(it, 2).is_some_and(|it| (1..=31).contains(&it)));
    let is_whole = parts.next().is_none() && day != Some(false);
    year && month && is_whole && time.is_none_or(|time| day.is_some() && is_time(time))
}

/// `06`, `06:30`, `06:30:00.5`, with `Z` or an offset behind it or not.
fn is_time(text: &str) -> bool {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let below = |text: &str, most: u32| number(text, 2).is_some_and(|it| it < most);
    let is_zone = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => true,
        Some((_, offset)) => {
            let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
            below(hours, 19) && below(minutes, 60)
        }
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(a, b)| (a, Some(b)));
    let parts: Vec<&str> = clock.split(':').collect();
    let is_clock = (1..=3).contains(&parts.len())
        && below(parts[0], 24)
        && parts[1..].iter().all(|part| below(part, 60));
    let is_fraction = fraction.is_none_or(|digits| {
        parts.len() == 3
            && (1..=9).contains(&digits.len())
            && number(digits, digits.len()).is_some()
    });
    is_clock && is_fraction && is_zone
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes documents one after the other; the reason of the last one, if it was refused.
    fn last(documents: &[&str]) -> Option<String> {
        let mut mapping = Mapping::default();
        let mut told = None;
        for text in documents {
            let value: Value = serde_json::from_str(text).unwrap();
            told = mapping.take("1", value.as_object().unwrap()).err().map(|(_, told)| told);
        }
        told
    }

    /// The tables of "Dynamic field mapping" and the examples of "coerce".
    #[test]
    fn the_first_value_decides() {
        let refused = [
            [r#"{"a":1}"#, r#"{"a":"x"}"#],
            [r#"{"a":1}"#, r#"{"a":true}"#],
            [r#"{"a":1.5}"#, r#"{"a":""}"#],
            [r#"{"a":true}"#, r#"{"a":1}"#],
            [r#"{"a":true}"#, r#"{"a":"yes"}"#],
            [r#"{"a":"2026-11-22"}"#, r#"{"a":"tomorrow"}"#],
            [r#"{"a":"x"}"#, r#"{"a":{"b":1}}"#],
            [r#"{"a":{"b":1}}"#, r#"{"a":1}"#],
            [r#"{"a":{"b":1}}"#, r#"{"a":{"b":"x"}}"#],
            [r#"{"a":[1,2]}"#, r#"{"a":[3,"x"]}"#],
        ];
        for pair in refused {
            assert!(last(&pair).is_some(), "{pair:?}");
        }
        let taken = [
            [r#"{"a":1}"#, r#"{"a":1.5}"#],
            [r#"{"a":1}"#, r#"{"a":"10"}"#],
            [r#"{"a":1}"#, r#"{"b":"x"}"#],
            [r#"{"a":null}"#, r#"{"a":"x"}"#],
            [r#"{"a":[]}"#, r#"{"a":{"b":1}}"#],
            [r#"{"a":1}"#, r#"{"a":null}"#],
            [r#"{"a":true}"#, r#"{"a":"false"}"#],
            [r#"{"a":"x"}"#, r#"{"a":1}"#],
            [r#"{"a":"x"}"#, r#"{"a":true}"#],
            [r#"{"a":"2026-11-22"}"#, r#"{"a":1795255200000}"#],
            [r#"{"a":"2026"}"#, r#"{"a":"tomorrow"}"#],
        ];
        for pair in taken {
            assert_eq!(last(&pair), None, "{pair:?}");
        }
    }

    #[test]
    fn a_refused_document_decides_nothing() {
        let documents = [r#"{"a":1}"#, r#"{"b":"x","a":"x"}"#, r#"{"b":{"c":1}}"#];
        let told = last(&documents[..2]).unwrap();
        assert!(told.starts_with("failed to parse field [a] of type [long] in document"), "{told}");
        assert_eq!(last(&documents), None);
    }

    #[test]
    fn dates_are_those_of_iso_8601() {
        let dates = ["2026-11", "2026-11-22", "2026-11-22T06:30Z", "2026-11-22T06:30:00.123456789"];
        for text in dates.into_iter().chain(["2026-11-22T06", "2026-11-22T06:30:00.5+01:00"]) {
            assert!(is_date(text), "{text}");
        }
        for text in ["2026", "2026-13", "2026-11-32", "26-11-22", "2026-11-22 06:30", "2026-11T06"]
        {
            assert!(!is_date(text), "{text}");
        }
        for text in ["2026-11-22T24:00", "2026-11-22T06:30.5", "2026-11-22T06:30:00X", "T06"] {
            assert!(!is_date(text), "{text}");
        }
    }

    /// `index.mapping.total_fields.limit` is 1,000; a text has a `keyword` beside it.
    #[test]
    fn an_index_has_a_thousand_fields() {
        let document = |value: &str, count: u32| {
            let fields: Vec<String> = (0..count).map(|n| format!(r#""f{n}":{value}"#)).collect();
            format!("{{{}}}", fields.join(","))
        };
        assert_eq!(last(&[&document("1", 1_000)]), None);
        let told = "Limit of total fields [1000] has been exceeded";
        assert_eq!(last(&[&document("1", 1_001)]).as_deref(), Some(told));
        assert_eq!(last(&[&document(r#""x""#, 500)]), None);
        assert_eq!(last(&[&document(r#""x""#, 500), r#"{"n":1}"#]).as_deref(), Some(told));
    }
}
