//! jq programs and libraries as a whole scenario meets them.

use base::Diagnostic;
use engine::{Engine, Formats};
use scenario::{Action, DataSets, Document, format};
use serde_json::{Value, json};
use tests::FORMATS;

/// A producer, a Firehose stream with these settings and a bucket.
fn delivery(config: &Value) -> Document {
    let file = json!({"format": "rivulet/scenario", "version": 1, "nodes": [
        {"id": 1, "kind": "producer", "name": "p", "config": {"records_per_sec": 10}},
        {"id": 2, "kind": "firehose", "name": "f", "config": config},
        {"id": 3, "kind": "bucket", "name": "bucket"}],
        "edges": [{"id": 1, "from": [1, "out"], "to": [2, "in"]},
                  {"id": 2, "from": [2, "out"], "to": [3, "in"]}]});
    format::load(file.to_string().as_bytes()).document.expect("a document")
}

fn findings(config: &Value) -> Vec<Diagnostic> {
    Engine::new(&delivery(config), &DataSets::default(), FORMATS).err().unwrap_or_default()
}

#[test]
fn a_bad_jq_program_is_told_with_its_place() {
    let query = |text: &str| {
        json!({"partitioning": true, "partition_query": text,
        "error_prefix": "e/", "prefix": "x=!{partitionKeyFromQuery:x}/", "buffer_size_mib": 64})
    };
    let transform = |text: &str| json!({"transform": "jq", "transform_jq": text});
    assert_eq!(findings(&query("{x: .x}")), []);
    assert_eq!(findings(&transform(".a | tostring")), []);
    let found = findings(&query("{x: .x |\n nope}"));
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!(finding.code.0, "SCN-160");
    assert!(finding.message.starts_with("Line 2, column 2: "), "{}", finding.message);
    assert!(finding.message.contains("`nope`") && finding.to_string().contains("partition_query"));
    assert_eq!(findings(&transform(".a |"))[0].code.0, "SCN-160");
}

/// A change by hand is refused as the beginning of a run would be, and the run goes on.
#[test]
fn a_bad_jq_program_is_refused_while_the_run_goes_on() {
    let document = delivery(&json!({}));
    let mut engine = Engine::new(&document, &DataSets::default(), FORMATS).expect("it can run");
    let set = |text: &str| {
        let fields = json!({"transform": "jq", "transform_jq": text});
        let fields = fields.as_object().expect("an object").clone();
        Action::Set { node: base::NodeId(2), fields }
    };
    let error = engine.apply(&set("{")).expect_err("no program");
    assert!(error.diagnostics.iter().any(|it| it.code.0 == "SCN-160"), "{error:?}");
    assert_eq!(engine.apply(&set(".")), Ok(()));
}

/// Without the libraries such a scenario does not begin and says why; others do.
#[test]
fn a_run_without_libraries_is_refused_only_when_it_needs_them() {
    let begin = |config: &Value| {
        Engine::new(&delivery(config), &DataSets::default(), Formats::none()).map(|_| ())
    };
    assert_eq!(begin(&json!({})), Ok(()));
    let error = begin(&json!({"transform": "jq"})).expect_err("nobody can run it");
    assert!(error[0].message.contains("not loaded"), "{error:?}");
}

/// Folders of the objects of the two minutes around an instant.
fn folders(zone: &str, change: u64) -> Vec<String> {
    let mut document = delivery(&json!({"time_zone": zone, "buffer_interval_secs": 60,
        "prefix": "!{timestamp:yyyy-MM-dd'T'HH:mm}/",
        "error_prefix": "!{firehose:error-output-type}/"}));
    document.epoch_millis = (change - 60) * 1_000;
    let mut engine = Engine::new(&document, &DataSets::default(), FORMATS).expect("it can run");
    engine.advance(base::Time(130_000_000), u32::MAX);
    let keys = engine.objects(base::NodeId(3)).iter().map(|object| object.key.to_string());
    keys.filter_map(|key| Some(key.split_once('/')?.0.to_owned())).collect()
}

/// The minute before a change of time and the minute after it. Hours are those of Python 3.11:
/// `datetime.fromtimestamp(change - 60, ZoneInfo(zone))` and the same of `change`.
#[test]
fn folders_follow_the_clocks_of_a_time_zone() {
    for (zone, change, before, after) in [
        ("Europe/Paris", 1_774_746_000, "2026-03-29T01:59", "2026-03-29T03:00"),
        ("Europe/Paris", 1_792_890_000, "2026-10-25T02:59", "2026-10-25T02:00"),
        ("America/New_York", 1_772_953_200, "2026-03-08T01:59", "2026-03-08T03:00"),
        ("America/New_York", 1_793_512_800, "2026-11-01T01:59", "2026-11-01T01:00"),
        ("Asia/Kolkata", 1_774_746_000, "2026-03-29T06:29", "2026-03-29T06:30"),
    ] {
        assert_eq!(folders(zone, change), [before, after], "{zone}");
    }
}

/// The pattern `^$|[a-zA-Z/_]+` is the service's (facts, firehose §5), the names are those of the
/// database.
#[test]
fn a_time_zone_that_is_not_there_is_told() {
    assert_eq!(findings(&json!({"time_zone": "America/Argentina/Ushuaia"})), []);
    for name in ["Europe/Pariss", "europe/paris", "Europe/"] {
        let found = findings(&json!({"time_zone": name}));
        let [finding] = &found[..] else { panic!("{name}: {found:?}") };
        assert_eq!(finding.code.0, "SCN-161", "{name}");
        assert!(finding.to_string().contains(name) && finding.to_string().contains("time_zone"));
    }
    let named = delivery(&json!({"time_zone": "Europe/Paris"}));
    assert!(Engine::new(&named, &DataSets::default(), Formats::none()).is_err());
    let plain = delivery(&json!({"time_zone": "+02:00"}));
    assert!(Engine::new(&plain, &DataSets::default(), Formats::none()).is_ok());
}
