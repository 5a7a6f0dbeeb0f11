//! Payload templates: text with `${…}` fields, read once into segments.
//!
//! `${key}`, `${seq}` (from 1), `${time}` (ISO 8601, UTC, milliseconds), `${millis}` (since 1970),
//! `${int low high}`, `${float low high digits}`, `${pick a|b|c}`, `${bool}`, `${uuid}`, `${word}`.

use base::Rng;

/// Most digits after the point of a `${float …}`.
const DIGITS_MAX: u32 = 9;

const WORDS: [&str; 16] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper",
    "lagoon", "meadow", "otter", "pebble", "river", "willow",
];

/// A template, ready to be written many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
    json: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Vec<u8>),
    Key,
    Seq,
    Time,
    Millis,
    Int(i64, i64),
    /// Scaled bounds and digits after the point.
    Float(i64, i64, u32),
    Pick(Vec<Vec<u8>>),
    Bool,
    Uuid,
    Word,
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

/// Reads a template.
///
/// # Errors
/// Every finding: the column, counted from 1 in characters, and a sentence.
pub fn parse(text: &str) -> Result<Template, Vec<(u32, String)>> {
    let text = text.trim();
    let json = text.starts_with('{') && text.ends_with('}') && !text.starts_with("${");
    let (mut parts, mut faults) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let column = column_of(text, text.len() - rest.len() + at);
        if at > 0 {
            parts.push(Part::Text(rest.as_bytes()[..at].to_vec()));
        }
        let Some(end) = rest[at..].find('}') else {
            faults.push((column, "`${` has no closing brace".to_owned()));
            rest = "";
            break;
        };
        match field(&rest[at + 2..at + end]) {
            Ok(part) => parts.push(part),
            Err(why) => faults.push((column, why)),
        }
        rest = &rest[at + end + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.as_bytes().to_vec()));
    }
    let json = json && matches!(parts.last(), Some(Part::Text(end)) if end.ends_with(b"}"));
    if faults.is_empty() { Ok(Template { parts, json }) } else { Err(faults) }
}

fn column_of(text: &str, byte: usize) -> u32 {
    u32::try_from(text[..byte].chars().count() + 1).unwrap_or(u32::MAX)
}

fn field(text: &str) -> Result<Part, String> {
    let (name, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let simple = |part: Part| {
        if words.is_empty() { Ok(part) } else { Err(format!("`${{{name}}}` takes no values")) }
    };
    match name {
        "key" => simple(Part::Key),
        "seq" => simple(Part::Seq),
        "time" => simple(Part::Time),
        "millis" => simple(Part::Millis),
        "bool" => simple(Part::Bool),
        "uuid" => simple(Part::Uuid),
        "word" => simple(Part::Word),
        "int" => int(&words),
        "float" => float(&words),
        "pick" if rest.trim().is_empty() => {
            Err("`${pick}` needs choices, such as `${pick a|b|c}`".to_owned())
        }
        "pick" => Ok(Part::Pick(rest.trim().split('|').map(|s| s.as_bytes().to_vec()).collect())),
        _ => Err(format!("`${{{name}}}` is not a field")),
    }
}

fn int(words: &[&str]) -> Result<Part, String> {
    let bad = || "`${int low high}` needs two whole numbers, the lower one first".to_owned();
    let [low, high] = words else { return Err(bad()) };
    let (low, high) = (low.parse().map_err(|_e| bad())?, high.parse().map_err(|_e| bad())?);
    if low <= high { Ok(Part::Int(low, high)) } else { Err(bad()) }
}

fn float(words: &[&str]) -> Result<Part, String> {
    let bad = || {
        format!(
            "`${{float low high digits}}` needs two numbers, the lower one first, and 0 to \
             {DIGITS_MAX} digits"
        )
    };
    let [low, high, digits] = words else { return Err(bad()) };
    let digits = digits.parse().ok().filter(|digits| *digits <= DIGITS_MAX).ok_or_else(bad)?;
    let low = scaled(low, digits).ok_or_else(bad)?;
    let high = scaled(high, digits).ok_or_else(bad)?;
    if low <= high { Ok(Part::Float(low, high, digits)) } else { Err(bad()) }
}

/// A decimal number times ten to the power of `digits`; further digits are cut off.
fn scaled(text: &str, digits: u32) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digit = |c: char| c.is_ascii_digit();
    if whole.is_empty() || !whole.chars().all(digit) || !part.chars().all(digit) {
        return None;
    }
    let part: String = part.chars().chain(core::iter::repeat('0')).take(digits as usize).collect();
    let value: i64 = format!("{whole}{part}").parse().ok()?;
    Some(if negative { -value } else { value })
}

impl Template {
    /// Text without any field.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self { parts: vec![Part::Text(text.as_bytes().to_vec())], json: false }
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
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Writes one payload after what is there.
    pub fn write(&self, facts: Facts<'_>, clock: &mut Clock, rng: &mut Rng, out: &mut Vec<u8>) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Key if self.json => write_escaped(facts.key, out),
                Part::Key => out.extend_from_slice(facts.key.as_bytes()),
                Part::Seq => write_number(facts.seq, 1, out),
                Part::Time => out.extend_from_slice(clock.text(facts.wall_millis).as_bytes()),
                Part::Millis => write_number(facts.wall_millis, 1, out),
                Part::Int(low, high) => write_scaled(between(*low, *high, rng), 0, out),
                Part::Float(low, high, digits) => {
                    write_scaled(between(*low, *high, rng), *digits, out);
                }
                Part::Pick(choices) => {
                    let choice = rng.below(u32::try_from(choices.len()).unwrap_or(u32::MAX));
                    out.extend_from_slice(&choices[choice as usize]);
                }
                Part::Bool => {
                    let text: &[u8] = if rng.below(2) == 1 { b"true" } else { b"false" };
                    out.extend_from_slice(text);
                }
                Part::Uuid => write_uuid(rng, out),
                Part::Word => {
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
            let moment = i64::try_from(wall_millis)
                .ok()
                .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
                .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            self.text = format!("{moment:.3}");
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
        let template = parse(text).expect("the template is fine");
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
    fn all_faults_are_told_with_their_columns() {
        let faults = parse("é${nope} ${int 5} ${float 2 1 1} ${pick } ${key").expect_err("bad");
        let columns: Vec<u32> = faults.iter().map(|(column, _)| *column).collect();
        assert_eq!(columns, [2, 10, 19, 34, 43]);
        assert!(parse("${float 1 2 10}").is_err());
        assert!(parse("${key twice}").is_err());
    }

    #[test]
    fn only_objects_count_as_json() {
        for (text, json) in [("{\"a\":1}", true), ("${key}", false), ("[1]", false), (" {} ", true)]
        {
            assert_eq!(parse(text).map(|template| template.is_json()), Ok(json), "{text}");
        }
        assert_eq!(parse("plain").map(|template| template.is_constant()), Ok(true));
        assert_eq!(parse("${seq}").map(|template| template.is_constant()), Ok(false));
    }
}
