//! Random faults and changes around a Firehose stream and its destinations: whatever happens, every
//! record comes to exactly one end, and the books balance at every step.

use base::{NodeId, Rng};
use serde_json::{Value, json};

use crate::trial::{self, counter, go};

const FIREHOSE: usize = 1;
/// When the last fault is over.
const STORM_SECS: u64 = 1_200;
/// When everything has come to its end: retries, acknowledgements and backups included.
const QUIET_SECS: u64 = 12_000;

const KINDS: [&str; 5] = ["bucket", "redshift", "elasticsearch", "splunk", "http_endpoint"];

/// A fault or a change at any time of the storm.
fn entry(kind: &str, rng: &mut Rng) -> Value {
    let at_micros = rng.below64(STORM_SECS * 1_000_000 / 2);
    let node = 3 + rng.below(2);
    let for_micros = 1_000_000 + rng.below64(STORM_SECS * 1_000_000 / 2);
    let percent = 1 + rng.below(100);
    let mut fault = json!({"at_micros": at_micros, "do": "fault", "node": node,
                           "for_micros": for_micros});
    match rng.below(6) {
        0 => fault["fault"] = "down".into(),
        1 => {
            fault["fault"] = "slow".into();
            fault["millis"] = (1 + rng.below(200_000)).into();
        }
        word @ 2..4 => {
            fault["fault"] = ["reject", "timeout"][word as usize - 2].into();
            fault["percent"] = percent.into();
        }
        4 => {
            let fields = json!({"retry_secs": rng.below(600), "copy_retry_secs": rng.below(900)});
            return json!({"at_micros": at_micros, "do": "set", "node": 2, "fields": fields});
        }
        _ if kind == "bucket" => fault["fault"] = "down".into(),
        _ => {
            let wire = if rng.below(2) == 0 {
                json!({"at_micros": at_micros, "do": "remove_edge", "edge": 3})
            } else {
                json!({"at_micros": at_micros, "do": "set", "node": 2,
                       "fields": {"backup_all": rng.below(2) == 0}})
            };
            return wire;
        }
    }
    fault
}

fn document(seed: u64) -> (Value, &'static str) {
    let mut rng = Rng::from_seed(seed).fork(77);
    let kind = KINDS[rng.below(5) as usize];
    let count = rng.below(6);
    let mut script: Vec<Value> = (0..count).map(|_| entry(kind, &mut rng)).collect();
    script.sort_by_key(|entry| entry["at_micros"].as_u64());
    // A wire goes once.
    let mut is_gone = false;
    script.retain(|entry| {
        let removes = entry["do"] == "remove_edge";
        let keep = !(removes && is_gone);
        is_gone |= removes;
        keep
    });
    let payloads = ["{\"n\":${seq}}", "{\"n\":1e${int 308 309}}", "{\"event\":1}\n", "text"];
    let endpoint = ["Raw", "Event"][rng.below(2) as usize];
    let format = ["FIREHOSE_DEFAULT", "NO_DOCUMENT_ID"][rng.below(2) as usize];
    let config = json!({
        "buffer_interval_secs": rng.below(60), "backup_interval_secs": 60 + rng.below(60),
        "retry_secs": rng.below(400), "copy_retry_secs": rng.below(900),
        "hec_endpoint": endpoint,
        "document_id": format,
    });
    let document = json!({
        "seed": seed,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks", "config": {
                "arrival": "burst", "records_per_sec": 0, "to_records_per_sec": 1 + rng.below(40),
                "period_secs": 300, "burst_millis": 1_000,
                "payload": payloads[rng.below(4) as usize], "size": "template"}},
            {"id": 2, "kind": "firehose", "name": "to-it", "config": config},
            {"id": 3, "kind": kind, "name": "target"},
            {"id": 4, "kind": "bucket", "name": "beside"},
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [2, "bucket"], "to": [4, "in"]},
        ],
        "script": script,
    });
    (document, kind)
}

#[test]
fn every_record_comes_to_one_end() {
    for seed in 0..100 {
        let (mut document, kind) = document(seed);
        let has_bucket = !document["script"].to_string().contains("remove_edge");
        let stop = json!({"at_micros": STORM_SECS * 1_000_000, "do": "set", "node": 1,
                          "fields": {"to_records_per_sec": 0}});
        document["script"].as_array_mut().unwrap().push(stop);
        let mut engine = trial::engine(document);
        for step in 1..=40 {
            go(&mut engine, step * STORM_SECS / 40);
        }
        let seen = go(&mut engine, QUIET_SECS);
        let count = |name| counter(&seen, FIREHOSE, name);
        let ends = count("delivered") + count("diverted") + count("lost");
        // Without the bucket beside it a cluster gets nothing, and what fails waits.
        if has_bucket {
            let ends = ends + count("skipped");
            assert_eq!(ends, count("accepted"), "seed {seed}, {kind}");
        } else {
            assert!(ends <= count("accepted"), "seed {seed}, {kind}");
        }
        assert!(engine.objects(NodeId(4)).iter().all(|object| !object.key.is_empty()));
    }
}
