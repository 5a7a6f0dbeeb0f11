//! Values as keys: what groups, partitions and joins are looked up by.
//!
//! The hash is fixed, so that a map of keys goes in the order they came, in every run and on
//! every machine. NULL is the same as NULL here (facts, analytics §2.2).

use core::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use indexmap::{Equivalent, IndexMap};

use crate::value::Value;

/// A combination of values.
#[derive(Clone, Debug)]
pub struct Key(pub Arc<[Value]>);

/// A map by key, in the order keys came.
pub type KeyMap<V> = IndexMap<Key, V, BuildHasherDefault<Mixer>>;

/// Values that a key is looked up by, before there is one.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a>(pub &'a [Value]);

/// Columns of a row that a key is looked up by, where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a>(pub &'a [u32], pub &'a [Value]);

impl Columns<'_> {
    fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(|slot| self.1.get(*slot as usize).unwrap_or(&Value::Null))
    }
}

impl Equivalent<Key> for Columns<'_> {
    #[inline]
    fn equivalent(&self, key: &Key) -> bool {
        self.0.len() == key.0.len() && self.values().zip(&*key.0).all(|(a, b)| same(a, b))
    }
}

impl Hash for Columns<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values().for_each(|value| hash(value, state));
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        all_same(&self.0, &other.0)
    }
}

impl Equivalent<Key> for Probe<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        all_same(self.0, &key.0)
    }
}

fn all_same(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

impl Eq for Key {}

/// Values of one column are of one kind, so kinds are compared as they are; both zeros are one.
#[inline]
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Decimal(a), Value::Decimal(b)) => a.order(*b).is_eq(),
        (a, b) => a == b,
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Probe(&self.0).hash(state);
    }
}

impl Hash for Probe<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|value| hash(value, state));
    }
}

#[inline]
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Null => state.write_u8(0),
        Value::Boolean(it) => state.write_u8(1 + u8::from(*it)),
        Value::Integer(it) | Value::Time(it) | Value::Timestamp(it) | Value::Interval(it) => {
            state.write_i64(*it);
        }
        Value::Date(it) | Value::Months(it) => state.write_i32(*it),
        // Equal decimals may have different digits: only their whole part is alike.
        Value::Decimal(it) => state.write_i128(it.floor().unscaled),
        Value::Double(it) => state.write_u64((it + 0.0).to_bits()),
        Value::Real(it) => state.write_u64((f64::from(*it) + 0.0).to_bits()),
        Value::Text(it) => state.write(it.as_bytes()),
        Value::Bytes(it) => state.write(it),
    }
}

/// A fixed mix of whole words: multiply and fold. Products stay in 64 bits, because WebAssembly has
/// no wider ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        let product = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_u8(&mut self, it: u8) {
        self.mix(it.into());
    }

    fn write_i32(&mut self, it: i32) {
        self.mix(u64::from(it.cast_unsigned()));
    }

    fn write_u64(&mut self, it: u64) {
        self.mix(it);
    }

    fn write_i64(&mut self, it: i64) {
        self.mix(it.cast_unsigned());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[Value]) -> Key {
        Key(values.into())
    }

    #[test]
    fn keys_are_found_again_in_the_order_they_came() {
        let mut map: KeyMap<u32> = KeyMap::default();
        let words = ["b", "a", "", "a much longer word than eight bytes"];
        for (index, word) in (0..).zip(words) {
            map.insert(key(&[Value::Text(word.into()), Value::Null]), index);
        }
        assert_eq!(map.get(&key(&[Value::Text("a".into()), Value::Null])), Some(&1));
        assert_eq!(map.get(&key(&[Value::Text("a".into()), Value::Integer(0)])), None);
        let probe = [Value::Text("".into()), Value::Null];
        assert_eq!(map.get(&Probe(&probe)), Some(&2));
        assert!(map.values().eq(&[0, 1, 2, 3]));
        map.insert(key(&[Value::Double(0.0)]), 4);
        assert_eq!(map.get(&key(&[Value::Double(-0.0)])), Some(&4));
    }
}
