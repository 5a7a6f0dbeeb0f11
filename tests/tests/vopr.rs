//! A few random scenarios with every assertion on; `rivulet vopr` runs many more.

use std::fs;

use tests::{shrink, source, vopr};

/// Seeds that failed once are in `tests/seeds.txt`, one a line, and stay there.
#[test]
fn random_scenarios_keep_every_promise() {
    let text = fs::read_to_string(source::top().join("tests/seeds.txt")).expect("tests/seeds.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let once_failed = lines.map(|line| line.trim().parse::<u64>().expect("a seed"));
    for seed in once_failed.chain(0..10) {
        let Err(failure) = vopr::run_seed(seed) else { continue };
        let (case, failure) = shrink::shrink(&vopr::case(seed), &failure);
        panic!(
            "seed {seed}, {failure}\n{}\nby hand: {:#?}",
            scenario::format::save_pretty(&case.document),
            case.by_hand
        );
    }
}

/// Shard 0 of two becomes 2 and 3, then 3 and 1 become 4, whose first parent is the younger one.
/// An application with short intervals comes to it within a run: every promise is looked at.
#[test]
fn a_merge_of_cousins_keeps_every_promise() {
    let text = r#"{
        "format": "rivulet/scenario", "version": 1,
        "nodes": [
            {"id": 1, "kind": "producer", "name": "clicks"},
            {"id": 2, "kind": "stream", "name": "orders", "config": {"shards": 2}},
            {"id": 3, "kind": "kcl", "name": "workers", "config": {
                "start": "TRIM_HORIZON", "workers": 1, "failover_millis": 1000,
                "idle_millis": 200}},
            {"id": 4, "kind": "lambda", "name": "function", "config": {"batch_millis": 900,
                "start": "TRIM_HORIZON", "creation_secs": 0}}
        ],
        "edges": [
            {"id": 1, "from": [1, "out"], "to": [2, "in"]},
            {"id": 2, "from": [2, "out"], "to": [3, "in"]},
            {"id": 3, "from": [2, "out"], "to": [4, "in"]}
        ],
        "script": [
            {"at_micros": 600000, "do": "api", "operation": "SplitShard", "body": {
                "StreamName": "orders", "ShardToSplit": "shardId-000000000000",
                "NewStartingHashKey": "85070591730234615865843651857942052864"}},
            {"at_micros": 4500000, "do": "api", "operation": "MergeShards", "body": {
                "StreamName": "orders", "ShardToMerge": "shardId-000000000003",
                "AdjacentShardToMerge": "shardId-000000000001"}}
        ]
    }"#;
    let loaded = scenario::format::load(text.as_bytes());
    assert_eq!(loaded.diagnostics, []);
    let document = loaded.document.expect("a scenario");
    let checked = vopr::check(&vopr::Case { document, by_hand: Vec::new() });
    assert!(checked.is_ok(), "{checked:?}");
}
