//! Rules of made records that go beyond the range of one field. A setting that is not in use is
//! not checked.

use super::records::{Arrival, KeyRecipe, RecordsConfig, SizeRule, Source};
use super::spec::Checker;
use crate::template;

/// Characters in a partition key (`PartitionKey`, botocore 1.44.5).
const KEY_CHARS_MAX: usize = 256;
/// Points of a drawn curve: more cannot be drawn.
const CURVE_POINTS_MAX: usize = 200;
/// Keys in a list: more cannot be shown.
const KEY_LIST_MAX: usize = 1_000;

impl RecordsConfig {
    /// Characters a key may have before it is salted.
    pub(crate) fn key_chars_max(&self) -> usize {
        KEY_CHARS_MAX.saturating_sub(salt_chars(self.key_salt))
    }
}

/// Checks curve, keys, payload template and sizes.
pub(crate) fn check(config: &RecordsConfig, out: &mut Checker<'_>) {
    if config.source == Source::Generated {
        check_arrival(config, out);
        check_keys(config, out);
        check_payload(config, out);
    }
}

fn check_arrival(config: &RecordsConfig, out: &mut Checker<'_>) {
    match config.arrival {
        Arrival::Curve => check_curve(&config.curve, out),
        Arrival::Burst
            if u64::from(config.burst_millis) > u64::from(config.period_secs) * 1_000 =>
        {
            out.error(
                "SCN-040",
                "burst_millis",
                format!(
                    "A burst of {} ms is longer than its cycle of {} s",
                    config.burst_millis, config.period_secs
                ),
                "Shorten the burst or lengthen the period",
            );
        }
        _ => {}
    }
}

#[inline(never)]
fn check_curve(curve: &[(u32, u32)], out: &mut Checker<'_>) {
    if curve.is_empty() || curve.len() > CURVE_POINTS_MAX {
        out.error(
            "SCN-033",
            "curve",
            format!("The curve has {} points", curve.len()),
            format!("Draw 1 to {CURVE_POINTS_MAX} points, such as [[0, 100], [60, 500]]"),
        );
    }
    for pair in curve.windows(2) {
        if pair[1].0 <= pair[0].0 {
            out.error(
                "SCN-034",
                "curve",
                format!("The point at {} s comes after the one at {} s", pair[1].0, pair[0].0),
                "Points go forward in time, each later than the one before",
            );
        }
    }
    if let Some((at, rate)) = curve.iter().find(|(_at, rate)| *rate > 1_000_000) {
        let message = format!("The rate at {at} s is {rate}, above 1,000,000 a second");
        out.error("SCN-047", "curve", message, "Lower it");
    }
}

fn check_keys(config: &RecordsConfig, out: &mut Checker<'_>) {
    let longest = config.key_chars_max();
    match config.keys {
        KeyRecipe::List => check_list(&config.key_list, longest, out),
        KeyRecipe::Hot => {
            check_key(&config.hot_key, "hot_key", longest, out);
            let share = config.hot_share;
            if share.num > share.den {
                out.error(
                    "SCN-036",
                    "hot_share",
                    format!("The share `{share}` is more than all records"),
                    "A share lies between 0/1 and 1/1",
                );
            }
        }
        KeyRecipe::Field if config.key_field.is_empty() => {
            let help = "Name a top-level field of the payload";
            out.error("SCN-037", "key_field", "No field is named as the key", help);
        }
        _ => {}
    }
}

fn check_list(list: &[(String, u32)], longest: usize, out: &mut Checker<'_>) {
    if list.len() > KEY_LIST_MAX {
        let message = format!("The list has {} keys", list.len());
        out.error("SCN-035", "key_list", message, format!("At most {KEY_LIST_MAX} fit"));
    }
    if list.iter().all(|(_key, weight)| *weight == 0) {
        let help = "Add keys, such as [[\"gate-1\", 3], [\"gate-2\", 1]]";
        out.error("SCN-035", "key_list", "No key has a weight above 0", help);
    }
    for (key, _weight) in list.iter().take(KEY_LIST_MAX) {
        check_key(key, "key_list", longest, out);
    }
}

fn check_key(key: &str, field: &str, longest: usize, out: &mut Checker<'_>) {
    let chars = key.chars().count();
    if !(1..=longest).contains(&chars) {
        out.error(
            "SCN-037",
            field,
            format!(
                "The key `{}` has {chars} characters",
                key.chars().take(20).collect::<String>()
            ),
            format!("Kinesis takes partition keys of 1 to 256 characters; here 1 to {longest} fit"),
        );
    }
}

/// Characters of the longest suffix, `#0` to `#(n-1)`.
fn salt_chars(ways: u32) -> usize {
    if ways > 1 { (ways - 1).to_string().len() + 1 } else { 0 }
}

fn check_payload(config: &RecordsConfig, out: &mut Checker<'_>) {
    for problem in template::parse(&config.payload).err().unwrap_or_default() {
        out.error(
            "SCN-032",
            "payload",
            format!("Line {}, column {}: {}", problem.line, problem.column, problem.message),
            "Fields are ${key}, ${seq}, ${time}, ${millis}, ${int low high}, \
             ${float low high digits}, ${pick a|b|c}, ${bool}, ${uuid}, ${word}",
        );
    }
    let two = matches!(config.size, SizeRule::Uniform | SizeRule::LogNormal);
    if two && config.size_bytes_max < config.size_bytes {
        out.error(
            "SCN-038",
            "size_bytes_max",
            format!("{} B is below {} B", config.size_bytes_max, config.size_bytes),
            "The upper size is at least the lower one",
        );
    }
    let shortest = template::bytes_min(&config.payload);
    if config.size == SizeRule::Fixed && shortest > u64::from(config.size_bytes) {
        out.warning(
            "SCN-082",
            "size_bytes",
            format!("The payload has {shortest} B or more, above {} B", config.size_bytes),
            "Text is cut and JSON stays as long as it is; raise the size or shorten the payload",
        );
    }
}
