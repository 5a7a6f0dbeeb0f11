//! What each service makes of what happens at its source (facts, firehose §1.5 to §1.7).

use base::Rng;
use base::calendar::Civil;
use serde_json::Value;

use crate::call::{ACCOUNT, REGION};
use crate::generate::source;
use crate::generate::template::write_escaped;
use crate::gzip;

/// The probe a subscription begins with: no log event, only a look whether the stream is there.
pub(super) fn control_message(wall_millis: u64) -> Vec<u8> {
    gzip::member(
        format!(
            "{{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\
             \"logGroup\":\"\",\"logStream\":\"\",\"subscriptionFilters\":[],\"logEvents\":[\
             {{\"id\":\"\",\"timestamp\":{wall_millis},\"message\":\"CWL CONTROL MESSAGE: \
             Checking health of destination Kinesis stream.\"}}]}}"
        )
        .as_bytes(),
    )
}

/// Adds one log event; its id has 56 digits.
pub(super) fn log_event(id: u64, wall_millis: u64, message: &[u8], out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b',');
    }
    let head = format!(
        "{{\"id\":\"{wall_millis:013}{id:043}\",\"timestamp\":{wall_millis},\"message\":\""
    );
    out.extend_from_slice(head.as_bytes());
    write_escaped(&String::from_utf8_lossy(message), out);
    out.extend_from_slice(b"\"}");
}

/// Log events of one stream as they travel: JSON in gzip.
pub(super) fn data_message(group: &str, stream: &str, events: &[u8]) -> Vec<u8> {
    let mut out =
        format!("{{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"{ACCOUNT}\"").into_bytes();
    for (name, value) in [("logGroup", group), ("logStream", stream)] {
        member(name, value, &mut out);
    }
    out.extend_from_slice(b",\"subscriptionFilters\":[\"to-kinesis\"],\"logEvents\":[");
    out.extend_from_slice(events);
    out.extend_from_slice(b"]}");
    gzip::member(&out)
}

/// An event as `EventBridge` sends it to a target.
pub(super) fn event(
    id: &str,
    (source, detail_type): (&str, &str),
    wall_millis: u64,
    detail: &[u8],
) -> Vec<u8> {
    let mut out = b"{\"version\":\"0\"".to_vec();
    let micros = i64::try_from(wall_millis.saturating_mul(1_000)).unwrap_or(i64::MAX);
    let time: String = Civil::at(micros, 0).text().chars().take(19).chain(['Z']).collect();
    for (name, value) in [
        ("id", id),
        ("detail-type", detail_type),
        ("source", source),
        ("account", ACCOUNT),
        ("time", &time),
        ("region", REGION),
    ] {
        member(name, value, &mut out);
    }
    out.extend_from_slice(b",\"resources\":[],\"detail\":");
    if serde_json::from_slice::<Value>(detail).is_ok() {
        out.extend_from_slice(detail);
    } else {
        out.push(b'"');
        write_escaped(&String::from_utf8_lossy(detail), &mut out);
        out.push(b'"');
    }
    out.push(b'}');
    out
}

fn member(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!(",\"{name}\":\"").as_bytes());
    write_escaped(value, out);
    out.push(b'"');
}

/// A UUID, version 4.
pub(in crate::kind) fn uuid(rng: &mut Rng) -> String {
    let bits = (u128::from(rng.word64()) << 64 | u128::from(rng.word64())) & !(0xf << 76) | 4 << 76;
    let hex = format!("{:032x}", bits & !(0b11 << 62) | 0b10 << 62);
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// What a partition key may be made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) id: &'a str,
    pub(super) topic: &'a str,
    pub(super) source: &'a str,
    pub(super) wall_millis: u64,
    pub(super) payload: &'a [u8],
}

/// The partition key by the words of a service; empty words mean a new identity each time. What
/// is not there becomes nothing, and a key of nothing the identity: Kinesis takes no empty key.
pub(super) fn partition_key(words: &str, given: Given<'_>) -> String {
    let path = words.strip_prefix("$input.path('").and_then(|it| it.strip_suffix("')"));
    let key = match (path.unwrap_or(words), given) {
        ("$.id" | "$context.requestId", _) => given.id.to_owned(),
        ("$.source", _) => given.source.to_owned(),
        (path, _) if path.starts_with("$.") => {
            field(path.strip_prefix("$.detail.").unwrap_or(&path[2..]), given.payload)
        }
        (template, _) => substituted(template, given),
    };
    if key.is_empty() { given.id.to_owned() } else { key }
}

/// A substitution template of AWS `IoT`.
fn substituted(template: &str, given: Given<'_>) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        let (inner, after) = behind.split_once('}').unwrap_or((behind, ""));
        let segment = inner.strip_prefix("topic(").and_then(|it| it.strip_suffix(')'));
        match (inner, segment) {
            ("newuuid()", _) => out.push_str(given.id),
            ("timestamp()", _) => out.push_str(&given.wall_millis.to_string()),
            (_, Some("")) => out.push_str(given.topic),
            (_, Some(number)) => {
                let number: usize = number.parse().unwrap_or(0);
                let part = number.checked_sub(1).and_then(|at| given.topic.split('/').nth(at));
                out.push_str(part.unwrap_or_default());
            }
            (name, None) => out.push_str(&field(name, given.payload)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A top-level member of the payload, as text.
fn field(name: &str, payload: &[u8]) -> String {
    source::member(payload, name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).expect("it is JSON")
    }

    /// Facts, firehose §1.5.
    #[test]
    fn log_events_travel_as_gzip_of_the_documented_object() {
        let mut events = Vec::new();
        log_event(1, 1_510_109_208_016, b"say \"hi\"\n", &mut events);
        log_event(2, 1_510_109_208_017, b"bye", &mut events);
        let record = data_message("g", "s", &events);
        assert_eq!(record[..2], [0x1f, 0x8b]);
        let object = json(&gzip::inflate(&record, 10_000));
        assert_eq!(object["messageType"], "DATA_MESSAGE");
        assert_eq!((&object["logGroup"], &object["logStream"]), (&"g".into(), &"s".into()));
        assert_eq!(object["logEvents"][0]["message"], "say \"hi\"\n");
        assert_eq!(object["logEvents"][1]["timestamp"], 1_510_109_208_017_u64);
        assert_eq!(object["logEvents"][0]["id"].as_str().map(str::len), Some(56));
        let probe = json(&gzip::inflate(&control_message(5), 10_000));
        assert_eq!(probe["messageType"], "CONTROL_MESSAGE");
    }

    #[test]
    fn events_have_an_envelope() {
        let object = json(&event("i", ("shop", "order"), 0, b"{\"n\":1}"));
        assert_eq!(object["detail"]["n"], 1);
        assert_eq!(object["time"], "1970-01-01T00:00:00Z");
        assert_eq!((&object["source"], &object["detail-type"]), (&"shop".into(), &"order".into()));
        assert_eq!(json(&event("i", ("s", "t"), 0, b"plain"))["detail"], "plain");
    }

    #[test]
    fn partition_keys_follow_the_words_of_each_service() {
        let payload = br#"{"gate":"g-7","n":5}"#;
        let given = Given { id: "uuid", topic: "a/b/c", source: "shop", wall_millis: 9, payload };
        for (words, expected) in [
            ("", "uuid"),
            ("${topic()}", "a/b/c"),
            ("${topic(2)}-${gate}", "b-g-7"),
            ("${timestamp()}", "9"),
            ("${newuuid()}", "uuid"),
            ("fixed", "fixed"),
            ("$.id", "uuid"),
            ("$.source", "shop"),
            ("$.detail.gate", "g-7"),
            ("$.detail.nothing", "uuid"),
            ("$context.requestId", "uuid"),
            ("$input.path('$.n')", "5"),
        ] {
            assert_eq!(partition_key(words, given), expected, "{words}");
        }
    }

    #[test]
    fn identities_are_uuids_of_version_four() {
        let mut rng = Rng::from_seed(1);
        for _draw in 0..50 {
            let text = uuid(&mut rng);
            let at = |n: usize| text.as_bytes()[n];
            assert_eq!((text.len(), at(14)), (36, b'4'));
            assert!(matches!(at(19), b'8' | b'9' | b'a' | b'b'), "{text}");
        }
    }
}
