//! Sequence numbers as the service prints them: 47 hexadecimal digits read as one decimal number
//! of 56 digits (facts, streams §1.4; layout from kinesalite, checked against AWS's own samples).
//!
//! The counter is one for each shard and begins at one, so that the first record lies above the
//! shard's starting number and index `n` is the record after `n - 1` others.

use core::fmt;

/// The parts of a sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceNumber {
    /// When the shard was created, in Unix seconds.
    pub created_secs: u64,
    /// The shard's counter.
    pub index: u64,
    /// When the record arrived, in Unix seconds.
    pub secs: u64,
    /// Shard index.
    pub shard: u32,
}

impl SequenceNumber {
    /// Reads a number of the current layout; none when it has another.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = Wide::parse(text)?;
        let field = |from: u32, nibbles: u32| number.bits((47 - from - nibbles) * 4, nibbles * 4);
        let shard = u32::try_from(field(38, 8)).ok()?;
        let number =
            Self { created_secs: field(1, 9), index: field(11, 16), secs: field(29, 9), shard };
        (number.to_string() == text).then_some(number)
    }

    /// A number between this one and the one of the next record: reading goes on behind this
    /// record, whether it begins at the number or after it.
    #[must_use]
    pub fn behind(&self) -> String {
        self.marked(1)
    }

    /// What the byte behind the counter means is not known; numbers of records have 0 there.
    fn marked(&self, mark: u8) -> String {
        let Self { created_secs, index, secs, shard } = *self;
        let low = shard & 0xf;
        let hex = format!("2{created_secs:09x}{low:x}{index:016x}{mark:02x}{secs:09x}{shard:08x}2");
        Wide::from_hex(&hex).to_decimal()
    }
}

/// What the service makes of a number in a request, whichever of its layouts it has (kinesalite).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// 2 for numbers of today, 1 and 0 for older ones.
    pub layout: u8,
    /// When the shard was created, in Unix seconds.
    pub created_secs: u64,
    /// The shard's counter; zero in the oldest layout.
    pub index: u64,
    /// When the record arrived, in Unix seconds; zero in the oldest layout.
    pub secs: u64,
    /// Shard index. Some texts say one below zero.
    pub shard: i64,
    /// Whether it lies between the numbers of two records.
    pub is_between: bool,
}

/// The first second after every legal one (kinesalite, tested against production).
const SECS_END: u64 = 16_025_175_000;

impl Decoded {
    /// Reads a decimal number; none when the service would call it invalid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut number = Wide::parse(text)?;
        if number < Wide::bit(124) {
            number = number.plus(Wide::bit(124));
        }
        let hex = number.to_hex();
        let field =
            |from: usize, count: usize| u64::from_str_radix(hex.get(from..from + count)?, 16).ok();
        let created_secs = field(1, 9)?;
        if number < Wide::bit(129) {
            let shard = i64::try_from(field(28, 4)?).ok()?;
            let (index, secs, is_between) = (0, 0, false);
            let oldest = Self { layout: 0, created_secs, index, secs, shard, is_between };
            return (created_secs < SECS_END).then_some(oldest);
        }
        let dated = hex.len() == 47 && hex.starts_with('2');
        let shard = field(38, 8)?;
        match field(46, 1).filter(|_| dated)? {
            2 => {
                let index = field(11, 16)?;
                let below = shard > u64::from(u32::MAX >> 1);
                let shard = i64::try_from(shard).ok()?;
                let number = Self {
                    layout: 2,
                    created_secs,
                    index,
                    secs: field(29, 9)?,
                    shard: if below { -shard } else { shard },
                    is_between: field(27, 2)? != 0,
                };
                (index >> 63 == 0 && created_secs < SECS_END).then_some(number)
            }
            1 => Some(Self {
                layout: 1,
                created_secs,
                index: field(36, 2)?,
                secs: field(13, 9)?,
                shard: i64::try_from(shard).ok()?,
                is_between: false,
            }),
            _ => None,
        }
    }

    /// The shard's id; an index below zero keeps its sign.
    #[must_use]
    pub fn shard_id(&self) -> String {
        let digits = if self.shard < 0 { 11 } else { 12 };
        let sign = if self.shard < 0 { "-" } else { "" };
        format!("shardId-{sign}{:0digits$}", self.shard.unsigned_abs())
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.marked(0))
    }
}

/// 192 bits, high word first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wide([u64; 3]);

impl Wide {
    fn from_hex(hex: &str) -> Self {
        let digits = hex.bytes().filter_map(|byte| char::from(byte).to_digit(16));
        digits.fold(Self([0; 3]), |wide, digit| wide.times_plus(16, u64::from(digit)).0)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 57 {
            return None;
        }
        text.chars().try_fold(Self([0; 3]), |wide, c| {
            let (next, carry) = wide.times_plus(10, u64::from(c.to_digit(10)?));
            (carry == 0).then_some(next)
        })
    }

    /// Two to this power.
    fn bit(at: u32) -> Self {
        let mut words = [0; 3];
        words[2 - (at / 64) as usize] = 1 << (at % 64);
        Self(words)
    }

    fn plus(self, term: Self) -> Self {
        let mut carry = false;
        let mut out = self;
        for (word, term) in out.0.iter_mut().zip(term.0).rev() {
            let (sum, over) = word.overflowing_add(term);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, over || again);
        }
        out
    }

    fn to_hex(self) -> String {
        let hex: String = self.0.iter().map(|word| format!("{word:016x}")).collect();
        hex.trim_start_matches('0').to_owned()
    }

    fn times_plus(self, factor: u64, term: u64) -> (Self, u64) {
        let mut out = self;
        let mut carry = u128::from(term);
        for word in out.0.iter_mut().rev() {
            let sum = u128::from(*word) * u128::from(factor) + carry;
            *word = low_word(sum);
            carry = sum >> 64;
        }
        (out, low_word(carry))
    }

    /// The field of `count` bits (at most 64) that begins `shift` bits above the lowest.
    fn bits(self, shift: u32, count: u32) -> u64 {
        let bit = |at: u32| (self.0[2 - (at / 64) as usize] >> (at % 64)) & 1;
        (shift..shift + count).rev().fold(0, |sum, at| (sum << 1) | bit(at))
    }

    fn to_decimal(self) -> String {
        let mut digits = Vec::new();
        let mut left = self.0;
        while left != [0; 3] {
            let mut rest = 0_u128;
            for word in &mut left {
                let part = (rest << 64) | u128::from(*word);
                *word = low_word(part / 10);
                rest = part % 10;
            }
            digits.push(char::from_digit(u32::try_from(rest).unwrap_or(0), 10).unwrap_or('0'));
        }
        digits.iter().rev().collect()
    }
}

fn low_word(wide: u128) -> u64 {
    u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_2026: u64 = 1_767_225_600;

    fn check(created_secs: u64, shard: u32, index: u64, secs: u64, text: &str) {
        let number = SequenceNumber { created_secs, index, secs, shard };
        assert_eq!(number.to_string(), text);
        assert_eq!(SequenceNumber::parse(text), Some(number));
    }

    /// Facts, streams §1.4: numbers computed with kinesalite's formula.
    #[test]
    fn shards_start_where_kinesalite_says() {
        let (at, late) = (YEAR_2026, YEAR_2026 + 60);
        check(at, 0, 0, at, "49670424472731169861061894383142885425265240724400504834");
        check(at, 1, 0, at, "49670424472753470606260425006284421143537889085906485266");
        check(at, 1, 5, late, "49670424472753470606260425006290465772635966354948620306");
    }

    /// The sample event of the AWS Lambda guide.
    #[test]
    fn the_sample_of_aws_decodes() {
        let text = "49590338271490256608559692538361571095921575989136588898";
        check(1_542_776_258, 6, 1_734_642_199, 1_545_084_650, text);
    }

    /// Between two records of one second, and decoded as such.
    #[test]
    fn a_number_behind_a_record_is_below_the_next_one() {
        let number = |index| SequenceNumber { created_secs: 1, index, secs: 2, shard: 3 };
        let behind = number(7).behind();
        assert!(number(7).to_string() < behind && behind < number(8).to_string());
        let decoded = Decoded::parse(&behind).unwrap();
        assert_eq!((decoded.index, decoded.shard, decoded.is_between), (7, 3, true));
        assert!(!Decoded::parse(&number(7).to_string()).unwrap().is_between);
    }

    #[test]
    fn other_layouts_are_refused() {
        for text in ["", "0", "12a", "49590338271490256608559692538361571095921575989136588899"] {
            assert_eq!(SequenceNumber::parse(text), None, "{text}");
        }
    }
}
