//! The command line as a stranger meets it: exit codes, the shape of the report, files.

#![expect(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn rivulet(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rivulet")).args(args).output().unwrap()
}

/// A file of this test in the folder Cargo keeps for such files.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Two keys through four shards into a bucket, a line for each record.
fn pipeline() -> Value {
    json!({
        "format": "rivulet/scenario",
        "version": 1,
        "nodes": [
            { "id": 1, "kind": "producer", "name": "web", "config": {
                "records_per_sec": 40, "payload": "${key}\n",
                "keys": "list", "key_list": [["a", 1], ["user-1", 1]] } },
            { "id": 2, "kind": "stream", "name": "orders", "config": { "shards": 4 } },
            { "id": 3, "kind": "firehose", "name": "to-s3", "config": {
                "buffer_interval_secs": 2 } },
            { "id": 4, "kind": "bucket", "name": "lake" },
        ],
        "edges": [
            { "id": 1, "from": [1, "out"], "to": [2, "in"] },
            { "id": 2, "from": [2, "out"], "to": [3, "in"] },
            { "id": 3, "from": [3, "out"], "to": [4, "in"] },
        ],
    })
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_report_says_where_every_record_is() {
    let scenario = file("report.json", &pipeline().to_string());
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-objects");
    let (scenario, folder) = (scenario.to_str().unwrap(), out.to_str().unwrap());
    let run = rivulet(&["run", scenario, "--until", "9s", "--json", "--out", folder]);
    assert_eq!(run.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();

    let count = |key: &str| report["ledger"][key].as_u64().unwrap();
    assert_eq!(report["ledger"]["balanced"], true);
    assert_eq!(report["until_micros"], 9_000_000);
    let came = count("born") + count("copied") + count("derived");
    let now = ["flight", "held", "delivered", "folded", "expired"].map(count).iter().sum::<u64>();
    assert_eq!(came, now, "nothing was dropped");

    let mut delivered = 0;
    for object in report["objects"].as_array().unwrap() {
        let wanted = ["target", "key", "bytes", "records", "delivered_at_micros", "reason"];
        assert_eq!(keys(object), wanted);
        let path = out.join("lake").join(object["key"].as_str().unwrap());
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(object["bytes"], text.len());
        assert_eq!(object["records"], text.lines().count());
        delivered += text.lines().count() as u64;
    }
    assert_eq!(delivered, count("delivered"));
    for node in report["nodes"].as_array().unwrap() {
        assert_eq!(keys(node)[..5], ["id", "name", "kind", "counters", "metrics"]);
    }
}

/// `a` hashes into the first of four shards and `user-1` into the last one (MD5, computed with
/// Python's hashlib).
#[test]
fn shards_tell_their_hash_ranges_and_what_they_hold() {
    let scenario = file("shards.json", &pipeline().to_string());
    let run = rivulet(&["run", scenario.to_str().unwrap(), "--until", "9s", "--json"]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let shards = report["nodes"][1]["shards"].as_array().unwrap();
    let held: Vec<u64> = shards.iter().map(|shard| shard["held"].as_u64().unwrap()).collect();
    assert_eq!(held.len(), 4);
    assert!(held[0] > 0 && held[3] > 0 && held[1] + held[2] == 0, "{held:?}");
    assert_eq!(shards[3]["ShardId"], "shardId-000000000003");
    let last = "340282366920938463463374607431768211455";
    assert_eq!(shards[3]["HashKeyRange"]["EndingHashKey"], last);
}

#[test]
fn bad_input_ends_with_2_and_never_steers_the_terminal() {
    let mut scenario = pipeline();
    scenario["nodes"][1]["name"] = json!("or\u{1b}[2Jders");
    scenario["nodes"][1]["config"]["shards"] = json!(0);
    let scenario = file("bad.json", &scenario.to_string());
    let check = rivulet(&["check", scenario.to_str().unwrap()]);
    assert_eq!(check.status.code(), Some(2));
    let told = String::from_utf8(check.stderr).unwrap();
    assert!(told.contains("SCN-012") && told.contains("SCN-057"), "all at once: {told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
    assert_eq!(rivulet(&["run", "no-such-file.json", "--until", "1s"]).status.code(), Some(2));
}

/// `head` reads some lines and goes: that is no fault of anybody.
#[test]
fn a_reader_that_is_gone_is_no_fault() {
    let scenario = file("gone.json", &pipeline().to_string());
    let scenario = scenario.to_str().unwrap();
    for args in every_answer(scenario) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output =
            Command::new(env!("CARGO_BIN_EXE_rivulet")).args(&args).stdout(writer).output();
        let output = output.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &*errors), (Some(0), ""), "{args:?}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let check = ["check", "nowhere.json"];
    let status = Command::new(env!("CARGO_BIN_EXE_rivulet")).args(check).stderr(writer).status();
    assert_eq!(status.unwrap().code(), Some(2));
}

/// A full disk is told.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told() {
    let scenario = file("full.json", &pipeline().to_string());
    let scenario = scenario.to_str().unwrap();
    for args in every_answer(scenario) {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_rivulet")).args(&args).stdout(full).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.starts_with("cannot write to standard output"), "{errors}");
    }
}

fn every_answer(scenario: &str) -> [Vec<&str>; 4] {
    let run = vec!["run", scenario, "--until", "1s"];
    [vec!["check", scenario], vec!["link", scenario], vec!["open", scenario], run]
}

/// A link and standard input have no place in a file system: what lies beside the reader is none
/// of their business.
#[test]
fn only_a_file_finds_data_beside_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("beside");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("secret.csv"), "k\na\n").unwrap();
    let mut scenario = pipeline();
    scenario["nodes"][0]["config"] =
        json!({ "source": "data", "data": "secret.csv", "key_column": "k" });
    let path = folder.join("scenario.json");
    fs::write(&path, scenario.to_string()).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(rivulet(&["check", path]).status.code(), Some(0));
    let link = String::from_utf8(rivulet(&["link", path]).stdout).unwrap();
    let opened = Command::new(env!("CARGO_BIN_EXE_rivulet"))
        .args(["check", link.trim()])
        .current_dir(&folder)
        .output()
        .unwrap();
    let told = String::from_utf8(opened.stderr).unwrap();
    assert_eq!(opened.status.code(), Some(2));
    assert!(told.contains("SCN-042"), "{told}");
}

/// A broken data set is one finding, not two.
#[test]
fn a_broken_data_set_is_told_once() {
    let mut scenario = pipeline();
    scenario["data"] = json!([{ "name": "mine.csv", "text": "a,b\n1\n" }]);
    scenario["nodes"][0]["config"] =
        json!({ "source": "data", "data": "mine.csv", "key_column": "a" });
    let scenario = file("broken-data.json", &scenario.to_string());
    let told = rivulet(&["check", scenario.to_str().unwrap()]).stderr;
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("DAT-007") && !told.contains("SCN-042"), "{told}");
}

/// A run lasts 400 days at most (`base::limits`): a longer one is refused, not cut.
#[test]
fn a_run_beyond_its_bound_is_bad_input() {
    let scenario = file("long.json", &pipeline().to_string());
    let scenario = scenario.to_str().unwrap();
    for args in [&["run", scenario, "--until", "401d"][..], &["render", scenario, "--at", "401d"]] {
        let ended = rivulet(args);
        assert_eq!(ended.status.code(), Some(2));
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(told.contains("at most 400d"), "{told}");
    }
}

/// `UpdateShardCount` at most doubles (facts, streams §5.4), and a stream that nobody has cannot be
/// split: whoever runs a script hears of it.
#[test]
fn refused_calls_of_the_script_are_told() {
    let mut scenario = pipeline();
    let call = |at: u64, operation: &str, body: Value| {
        json!({ "at_micros": at, "do": "api",
                "operation": operation, "body": body })
    };
    scenario["script"] = json!([
        call(
            2_000_000,
            "UpdateShardCount",
            json!({ "StreamName": "orders",
            "TargetShardCount": 9, "ScalingType": "UNIFORM_SCALING" })
        ),
        call(
            3_000_000,
            "SplitShard",
            json!({ "StreamName": "no\u{1b}pe",
            "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "7" })
        ),
        call(
            4_000_000,
            "IncreaseStreamRetentionPeriod",
            json!({ "StreamName": "orders", "RetentionPeriodHours": 48 })
        ),
    ]);
    let scenario = file("refused.json", &scenario.to_string());
    let run = rivulet(&["run", scenario.to_str().unwrap(), "--until", "5s", "--json"]);
    assert_eq!(run.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let notices = report["notices"].as_array().unwrap();
    let times: Vec<&Value> = notices.iter().map(|notice| &notice["at_micros"]).collect();
    assert_eq!(times, [2_000_000, 3_000_000], "{notices:?}");
    assert!(notices[0]["text"].as_str().unwrap().contains("UpdateShardCount was refused"));
    let told = String::from_utf8(run.stderr).unwrap();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("warning at 3.000 s: SplitShard was refused"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

/// A folder that cannot be made is told whether or not anything was delivered.
#[test]
fn a_folder_that_is_a_file_is_bad_input() {
    let scenario = file("folder.json", &pipeline().to_string());
    let taken = file("taken", "");
    let run = ["run", scenario.to_str().unwrap(), "--until", "1s", "--out"];
    let run = rivulet(&[&run[..], &[taken.to_str().unwrap()]].concat());
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8(run.stderr).unwrap().contains("cannot write objects to"));
}
