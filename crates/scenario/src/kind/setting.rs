//! Settings as JSON. One list a kind and one visitor for all of them, instead of a derived reader
//! a kind: those were 14 KB of the page (docs/budgets.md).

use base::Ratio;
use serde_json::{Map, Value};

/// A value of a setting.
pub(crate) trait Setting {
    /// As it stands in a file.
    fn to_json(&self) -> Value;

    /// Takes the value from a file; `None`, and no change, when its type does not fit.
    fn read(&mut self, value: &Value) -> Option<()>;
}

/// The settings of a kind.
pub(crate) trait Settings {
    /// Visits every setting with its key, in the order of files.
    fn each(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Setting));
}

/// Names every setting of a kind; leaving one out does not compile. `..group;` at the beginning
/// stands for the settings of that field.
macro_rules! settings {
    ($config:ident { $(..$group:ident;)? $($field:ident),+ $(,)? }) => {
        impl $crate::kind::setting::Settings for $config {
            fn each(
                &mut self,
                visit: &mut dyn FnMut(&'static str, &mut dyn $crate::kind::setting::Setting),
            ) {
                let Self { $($group,)? $($field),+ } = self;
                $($crate::kind::setting::Settings::each($group, visit);)?
                $(visit(stringify!($field), $field);)+
            }
        }
    };
}

/// The word in files for every variant of a choice.
macro_rules! words {
    ($choice:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $choice {
            const WORDS: &[(&'static str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl $crate::kind::setting::Setting for $choice {
            fn to_json(&self) -> serde_json::Value {
                let word = match self { $(Self::$variant => $word),+ };
                serde_json::Value::from(word)
            }

            fn read(&mut self, value: &serde_json::Value) -> Option<()> {
                let word = value.as_str()?;
                let (_, choice) = Self::WORDS.iter().find(|(known, _)| *known == word)?;
                *self = *choice;
                Some(())
            }
        }
    };
}

pub(crate) use {settings, words};

/// Every setting, in the order of files.
pub(crate) fn fields(settings: &mut dyn Settings) -> Map<String, Value> {
    let mut fields = Map::new();
    settings.each(&mut |key, setting| {
        fields.insert(key.to_owned(), setting.to_json());
    });
    fields
}

/// Sets what `changes` names; the key of the first value that has the wrong type.
pub(crate) fn set(
    settings: &mut dyn Settings,
    changes: &Map<String, Value>,
) -> Result<(), &'static str> {
    let mut wrong = None;
    settings.each(&mut |key, setting| {
        if let Some(value) = changes.get(key)
            && setting.read(value).is_none()
        {
            wrong = wrong.or(Some(key));
        }
    });
    wrong.map_or(Ok(()), Err)
}

impl Setting for u32 {
    fn to_json(&self) -> Value {
        Value::from(*self)
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        *self = Self::try_from(value.as_u64()?).ok()?;
        Some(())
    }
}

impl Setting for u64 {
    fn to_json(&self) -> Value {
        Value::from(*self)
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        *self = value.as_u64()?;
        Some(())
    }
}

impl Setting for bool {
    fn to_json(&self) -> Value {
        Value::from(*self)
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        *self = value.as_bool()?;
        Some(())
    }
}

impl Setting for String {
    fn to_json(&self) -> Value {
        Value::from(self.as_str())
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        value.as_str()?.clone_into(self);
        Some(())
    }
}

impl Setting for Ratio {
    fn to_json(&self) -> Value {
        Value::from(self.to_string())
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        *self = Self::parse(value.as_str()?).ok()?;
        Some(())
    }
}

/// Points of a curve, keys with weights.
impl<T: Setting + Default> Setting for Vec<(T, u32)> {
    fn to_json(&self) -> Value {
        let pair =
            |(first, second): &(T, u32)| Value::from(vec![first.to_json(), (*second).into()]);
        Value::from(self.iter().map(pair).collect::<Vec<Value>>())
    }

    fn read(&mut self, value: &Value) -> Option<()> {
        let mut read = Self::new();
        for pair in value.as_array()? {
            let [first, second] = pair.as_array()?.as_slice() else { return None };
            let mut entry = (T::default(), 0);
            entry.0.read(first)?;
            entry.1.read(second)?;
            read.push(entry);
        }
        *self = read;
        Some(())
    }
}
