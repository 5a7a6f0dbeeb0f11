//! Partition keys by recipe. A key is interned at its first use, never before.

use base::sample::{self, Weighted};
use base::{KeyId, Ratio, Rng};
use scenario::kind::{KeyRecipe, RecordsConfig};

use crate::kernel::keys::KeyTable;

/// Key sets up to this size, salt included, remember the id of each key: 4 bytes each.
const REMEMBERED_MAX: u64 = 4_000_000;
/// The key of records without the field that should hold it.
pub const NONE: &str = "none";

/// Draws keys.
#[derive(Clone, Debug)]
pub struct Keys {
    pick: Pick,
    prefix: String,
    names: Vec<String>,
    salt: u32,
    /// Id plus one of each key, by its number times the salt; zero before its first use.
    ids: Vec<u32>,
    /// The key drawn last.
    text: String,
}

#[derive(Clone, Debug)]
enum Pick {
    /// Prefix and a number below this.
    Uniform(u32),
    /// Prefix and a number.
    Ranked(Weighted),
    /// One of `names`.
    Named(Weighted),
    /// The only one of `names`, or a prefix and a number below this.
    Hot(Ratio, u32),
    /// 16 random hexadecimal digits.
    Random,
    /// Told by the record: see `Keys::named`.
    Told,
}

impl Keys {
    /// Keys by these settings.
    #[must_use]
    pub fn new(config: &RecordsConfig) -> Self {
        let count = config.key_count.max(1);
        let (pick, names) = match config.keys {
            KeyRecipe::Uniform => (Pick::Uniform(count), Vec::new()),
            KeyRecipe::Zipf => {
                let weights = sample::zipf_weights(count, config.zipf_hundredths);
                (Pick::Ranked(Weighted::new(&weights)), Vec::new())
            }
            KeyRecipe::List if config.key_list.is_empty() => (Pick::Told, Vec::new()),
            KeyRecipe::List => {
                let weights: Vec<u64> =
                    config.key_list.iter().map(|(_, weight)| u64::from(*weight)).collect();
                let names = config.key_list.iter().map(|(name, _)| name.clone()).collect();
                (Pick::Named(Weighted::new(&weights)), names)
            }
            KeyRecipe::Hot => (Pick::Hot(config.hot_share, count), vec![config.hot_key.clone()]),
            KeyRecipe::Random => (Pick::Random, Vec::new()),
            KeyRecipe::Field => (Pick::Told, Vec::new()),
        };
        let numbers = match &pick {
            Pick::Uniform(count) => u64::from(*count),
            Pick::Ranked(_) => u64::from(count),
            Pick::Named(_) => names.len() as u64,
            Pick::Hot(_, count) => u64::from(*count) + 1,
            Pick::Random | Pick::Told => 0,
        };
        let salt = config.key_salt.max(1);
        let remembered = numbers * u64::from(salt);
        let room = if remembered <= REMEMBERED_MAX { remembered } else { 0 };
        let ids = vec![0; usize::try_from(room).unwrap_or(0)];
        Self { pick, prefix: config.key_prefix.clone(), names, salt, ids, text: String::new() }
    }

    /// The text of the key drawn last. Spelling it anew takes less time than finding it again
    /// among many keys, each in its own place in memory.
    #[must_use]
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Draws the key of the next record.
    #[inline]
    pub fn draw(&mut self, rng: &mut Rng, table: &mut KeyTable) -> KeyId {
        let number = match &self.pick {
            Pick::Uniform(count) => rng.below(*count),
            Pick::Ranked(weights) | Pick::Named(weights) => weights.draw(rng),
            Pick::Hot(share, count) => {
                if rng.chance(*share) {
                    *count
                } else {
                    rng.below(*count)
                }
            }
            Pick::Random => {
                let text = format!("{:016x}", rng.word64());
                return self.named(&text, rng, table);
            }
            Pick::Told => return self.named(NONE, rng, table),
        };
        let grain = if self.salt > 1 { rng.below(self.salt) } else { 0 };
        let at = u64::from(number) * u64::from(self.salt) + u64::from(grain);
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        self.spell(number, grain);
        match self.ids.get(at) {
            Some(id) if *id > 0 => KeyId(id - 1),
            _ => self.first_use(at, table),
        }
    }

    /// The key with this text, salted like all others.
    pub fn named(&mut self, text: &str, rng: &mut Rng, table: &mut KeyTable) -> KeyId {
        // A key that Kinesis would refuse stays as it is: the call is refused.
        let text = if text.is_empty() { NONE } else { text };
        self.text.clear();
        self.text.push_str(text);
        if self.salt > 1 {
            self.add_salt(rng.below(self.salt));
        }
        table.intern(&self.text)
    }

    /// Writes the text of a key.
    #[inline]
    fn spell(&mut self, number: u32, grain: u32) {
        self.text.clear();
        let name = match &self.pick {
            Pick::Named(_) => self.names.get(number as usize),
            Pick::Hot(_, count) if number == *count => self.names.first(),
            _ => None,
        };
        match name {
            Some(name) => self.text.push_str(name),
            None => {
                self.text.push_str(&self.prefix);
                push_number(number, &mut self.text);
            }
        }
        if self.salt > 1 {
            self.add_salt(grain);
        }
    }

    #[cold]
    fn first_use(&mut self, at: usize, table: &mut KeyTable) -> KeyId {
        let id = table.intern(&self.text);
        if let Some(slot) = self.ids.get_mut(at) {
            *slot = id.0 + 1;
        }
        id
    }

    fn add_salt(&mut self, grain: u32) {
        self.text.push('#');
        push_number(grain, &mut self.text);
    }
}

/// A number in decimal digits: the formatting library takes longer than the rest of a draw.
fn push_number(mut number: u32, out: &mut String) {
    let mut digits = ['0'; 10];
    let mut first = digits.len();
    while number > 0 || first == digits.len() {
        first -= 1;
        digits[first] = char::from_digit(number % 10, 10).unwrap_or('0');
        number /= 10;
    }
    out.extend(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn shares(config: &RecordsConfig, draws: u32) -> BTreeMap<String, u32> {
        let (mut rng, mut table) = (Rng::from_seed(4), KeyTable::default());
        let mut keys = Keys::new(config);
        let mut seen = BTreeMap::new();
        for _draw in 0..draws {
            let id = keys.draw(&mut rng, &mut table);
            assert_eq!(&**table.text(id), keys.text());
            *seen.entry(keys.text().to_owned()).or_default() += 1;
        }
        assert_eq!(table.len(), seen.len(), "only used keys are interned");
        seen
    }

    fn near(seen: &BTreeMap<String, u32>, key: &str, want: u32) {
        let got = seen.get(key).copied().unwrap_or(0);
        assert!(got.abs_diff(want) < want / 10 + 60, "{key}: {got}, not {want}");
    }

    fn config(keys: KeyRecipe, key_count: u32) -> RecordsConfig {
        RecordsConfig { keys, key_count, key_prefix: "k".to_owned(), ..RecordsConfig::default() }
    }

    #[test]
    fn uniform_keys_are_equally_likely() {
        let seen = shares(&config(KeyRecipe::Uniform, 10), 20_000);
        assert_eq!(seen.len(), 10);
        (0..10).for_each(|n| near(&seen, &format!("k{n}"), 2_000));
    }

    #[test]
    fn zipf_halves_the_second_key() {
        let seen = shares(&config(KeyRecipe::Zipf, 4), 50_000);
        // Weights 1, 1/2, 1/3, 1/4 of 25/12.
        [(0, 24_000), (1, 12_000), (2, 8_000), (3, 6_000)]
            .iter()
            .for_each(|(n, want)| near(&seen, &format!("k{n}"), *want));
    }

    #[test]
    fn listed_keys_follow_their_weights() {
        let list = vec![("a".to_owned(), 1), ("b".to_owned(), 3)];
        let config = RecordsConfig { key_list: list, ..config(KeyRecipe::List, 1) };
        let seen = shares(&config, 20_000);
        near(&seen, "a", 5_000);
        near(&seen, "b", 15_000);
    }

    #[test]
    fn a_hot_key_has_its_share() {
        let config = RecordsConfig {
            hot_key: "gate".to_owned(),
            hot_share: Ratio::new(47, 100),
            ..config(KeyRecipe::Hot, 100)
        };
        let seen = shares(&config, 20_000);
        near(&seen, "gate", 9_400);
        near(&seen, "k7", 106);
        assert_eq!(seen.len(), 101);
    }

    #[test]
    fn salt_spreads_one_key() {
        let config = RecordsConfig { key_salt: 4, ..config(KeyRecipe::Uniform, 1) };
        let seen = shares(&config, 8_000);
        assert_eq!(seen.len(), 4);
        (0..4).for_each(|n| near(&seen, &format!("k0#{n}"), 2_000));
    }

    #[test]
    fn random_keys_do_not_repeat() {
        assert_eq!(shares(&config(KeyRecipe::Random, 1), 5_000).len(), 5_000);
    }

    #[test]
    fn a_million_keys_cost_nothing_before_their_use() {
        assert_eq!(shares(&config(KeyRecipe::Uniform, 1_000_000), 10).len(), 10);
    }

    #[test]
    fn told_keys_are_never_cut() {
        let (mut rng, mut table) = (Rng::from_seed(4), KeyTable::default());
        let mut keys = Keys::new(&config(KeyRecipe::Field, 1));
        let longest = keys.named(&"é".repeat(256), &mut rng, &mut table);
        assert!(!table.is_long(longest) && !table.has_long());
        let long = keys.named(&"é".repeat(257), &mut rng, &mut table);
        assert_eq!(table.text(long).chars().count(), 257);
        assert!(table.is_long(long) && table.has_long());
        let none = keys.named("", &mut rng, &mut table);
        assert_eq!(&**table.text(none), NONE);
    }
}
