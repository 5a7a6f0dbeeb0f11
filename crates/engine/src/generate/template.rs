//! Payloads from templates: `scenario::template` reads the text, this writes it again and again.

use base::Rng;
use base::calendar::Civil;
use scenario::template::{self, Piece, Problem};

const WORDS: [&str; 16] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper",
    "lagoon", "meadow", "otter", "pebble", "river", "willow",
];

/// A template, ready to be written many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
    json: bool,
}

/// What a record tells its template.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its partition key.
    pub key: &'a str,
    /// Its number among the producer's records, from 1.
    pub seq: u64,
    /// When it was born, milliseconds since 1970.
    pub wall_millis: u64,
}

/// The text of one moment, kept because neighbours share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    millis: u64,
    text: String,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(text: &str) -> Result<Self, Vec<Problem>> {
        let pieces = template::parse(text)?;
        let opens =
            matches!(pieces.first(), Some(Piece::Text(it)) if it.trim_start().starts_with('{'));
        let closes = matches!(pieces.last(), Some(Piece::Text(it)) if it.trim_end().ends_with('}'));
        Ok(Self { pieces, json: opens && closes })
    }

    /// Text without any field.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self { pieces: vec![Piece::Text(text.into())], json: false }
    }

    /// Whether it makes a JSON object, as far as its braces tell.
    #[must_use]
    #[inline]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether every record gets the same text.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// Writes one payload after what is there.
    pub fn write(&self, facts: Facts<'_>, clock: &mut Clock, rng: &mut Rng, out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Key if self.json => write_escaped(facts.key, out),
                Piece::Key => out.extend_from_slice(facts.key.as_bytes()),
                Piece::Seq => write_number(facts.seq, 1, out),
                Piece::Time => out.extend_from_slice(clock.text(facts.wall_millis).as_bytes()),
                Piece::Millis => write_number(facts.wall_millis, 1, out),
                Piece::Int { low, high } => write_scaled(between(*low, *high, rng), 0, out),
                Piece::Float { low, high, digits } => {
                    write_scaled(between(*low, *high, rng), *digits, out);
                }
                Piece::Pick(choices) => {
                    let choice = rng.below(u32::try_from(choices.len()).unwrap_or(u32::MAX));
                    out.extend_from_slice(choices[choice as usize].as_bytes());
                }
                Piece::Bool => {
                    let text: &[u8] = if rng.below(2) == 1 { b"true" } else { b"false" };
                    out.extend_from_slice(text);
                }
                Piece::Uuid => write_uuid(rng, out),
                Piece::Word => {
                    let word = rng.below(u32::try_from(WORDS.len()).unwrap_or(0));
                    out.extend_from_slice(WORDS[word as usize].as_bytes());
                }
            }
        }
    }
}

impl Clock {
    /// `2026-11-21T10:03:14.214Z`.
    pub fn text(&mut self, wall_millis: u64) -> &str {
        if self.text.is_empty() || self.millis != wall_millis {
            self.millis = wall_millis;
            let micros = i64::try_from(wall_millis.saturating_mul(1_000)).unwrap_or(i64::MAX);
            self.text = format!("{}Z", Civil::at(micros, 0).text());
        }
        &self.text
    }
}

fn between(low: i64, high: i64, rng: &mut Rng) -> i64 {
    let span = high.abs_diff(low);
    let drawn = if span == u64::MAX { rng.word64() } else { rng.below64(span + 1) };
    low.wrapping_add_unsigned(drawn)
}

/// A number with at least `digits_min` digits.
fn write_number(mut number: u64, digits_min: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while number > 0 {
        first -= 1;
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    out.extend_from_slice(&digits[first.min(digits.len() - digits_min)..]);
}

/// An integer as a decimal number with this many digits after the point.
fn write_scaled(value: i64, digits: u32, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let (value, scale) = (value.unsigned_abs(), 10_u64.pow(digits));
    write_number(value / scale, 1, out);
    if digits > 0 {
        out.push(b'.');
        write_number(value % scale, digits as usize, out);
    }
}

/// A random UUID of version 4 (RFC 9562).
fn write_uuid(rng: &mut Rng, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bits = (u128::from(rng.word64()) << 64) | u128::from(rng.word64());
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    for nibble in 0..32_u32 {
        if matches!(nibble, 8 | 12 | 16 | 20) {
            out.push(b'-');
        }
        let value = (bits >> (124 - 4 * nibble)) & 0xf;
        out.push(HEX[usize::try_from(value).unwrap_or(0)]);
    }
}

/// Text inside a JSON string (RFC 8259, section 7).
pub fn write_escaped(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    // Without an early exit the whole text is looked at in a few wide steps.
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ if plain(byte) => out.push(byte),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, key: &str) -> String {
        let template = Template::new(text).expect("the template is fine");
        let mut out = Vec::new();
        let facts = Facts { key, seq: 7, wall_millis: 1_795_255_394_214 };
        template.write(facts, &mut Clock::default(), &mut Rng::from_seed(3), &mut out);
        String::from_utf8(out).expect("the template is UTF-8")
    }

    #[test]
    fn every_field_fills_in() {
        assert_eq!(written("${key} ${seq} ${millis}", "a"), "a 7 1795255394214");
        assert_eq!(written("${time}", "a"), "2026-11-21T10:03:14.214Z");
        assert_eq!(written("${int 5 5}|${int -3 -3}", "a"), "5|-3");
        assert_eq!(written("${float 1.5 1.5 3} ${float -0.25 -0.25 2}", "a"), "1.500 -0.25");
        assert_eq!(written("${float 2 2 0}", "a"), "2");
        assert_eq!(written("${pick only}", "a"), "only");
        assert_eq!(written("price $5, {x} ${ key }", "a"), "price $5, {x} a");
    }

    #[test]
    fn output_of_json_templates_is_json() {
        let text = r#"{"k":"${key}","n":${seq},"t":"${time}","m":${millis},"i":${int -10 10},
            "f":${float -1 1 4},"p":"${pick a|b|c}","b":${bool},"u":"${uuid}","w":"${word}"}"#;
        for key in ["user-1", "say \"hi\"", "back\\slash", "line\nbreak", "é\u{1}"] {
            let out: serde_json::Value =
                serde_json::from_str(&written(text, key)).expect("valid JSON");
            assert_eq!(out["k"], key);
            assert_eq!(out["n"], 7);
            assert!((-10..=10).contains(&out["i"].as_i64().expect("an integer")));
            assert!(out["b"].is_boolean() && out["f"].is_f64());
            let uuid = out["u"].as_str().expect("a string");
            assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
            assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        }
    }

    #[test]
    fn draws_reach_both_ends() {
        let mut rng = Rng::from_seed(1);
        let drawn: Vec<i64> = (0..1_000).map(|_i| between(-2, 2, &mut rng)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert!((0..100).any(|_i| between(i64::MIN, i64::MAX, &mut rng) < 0));
    }

    #[test]
    fn spaces_and_line_breaks_at_the_ends_belong_to_the_payload() {
        assert_eq!(written("${key}\n", "a"), "a\n");
        assert_eq!(written(" \r\n", "a"), " \r\n");
    }

    #[test]
    fn only_objects_count_as_json() {
        for (text, json) in
            [("{\"a\":1}", true), ("${key}", false), ("[1]", false), (" {} \n", true)]
        {
            assert_eq!(Template::new(text).map(|template| template.is_json()), Ok(json), "{text}");
        }
        assert_eq!(Template::new("plain").map(|template| template.is_constant()), Ok(true));
        assert_eq!(Template::new("${seq}").map(|template| template.is_constant()), Ok(false));
    }
}
