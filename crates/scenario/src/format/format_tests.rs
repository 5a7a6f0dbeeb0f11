//! Scenario files, clean and broken.

use serde_json::json;

use super::*;

fn codes(text: &str) -> Vec<&'static str> {
    load(text.as_bytes()).diagnostics.iter().map(|finding| finding.code.0).collect()
}

fn file(rest: &str) -> String {
    format!("{{\"format\":\"rivulet/scenario\",\"version\":1{rest}}}")
}

const FULL: &str = r#"{"format":"rivulet/scenario","version":1,"title":"T","author":"A","about":"B",
"seed":9,"epoch_millis":1700000000000,"limits":"2021-01",
"on_demand_advantage":true,"mood":{"b":1,"a":[2.5]},
"nodes":[
 {"id":2,"kind":"stream","name":"orders","at":[320,160],"config":{"shards":4,"tint":"red"}},
 {"id":1,"kind":"producer","name":"web","at":[-8,0],"note":"hi",
  "config":{"keys":"hot","hot_share":"3/4","key_list":[["a",3]],"curve":[[0,5],[10,50]]}},
 {"id":3,"kind":"mirror","name":"later","at":[0,0],"config":{"depth":{"z":1,"y":2}}}],
"edges":[{"id":1,"from":[1,"out"],"to":[2,"in"],"ink":"k3"}],
"grants":[{"node":1,"operations":["Decrypt","GenerateDataKey"]}],
"script":[{"at_micros":5,"do":"set","node":2,"fields":{"shards":8}},
 {"at_micros":6,"do":"fault","node":2,"fault":"slow","millis":12000,"for_micros":36000000},
 {"at_micros":7,"do":"fault","node":2,"fault":"reject","percent":50,"for_micros":1},
 {"at_micros":8,"do":"clear_faults","node":2},
 {"at_micros":9,"do":"add_node","node":{"id":4,"kind":"consumer","name":"r","at":[1,2]}},
 {"at_micros":10,"do":"add_edge","edge":{"id":2,"from":[2,"out"],"to":[4,"in"]}},
 {"at_micros":11,"do":"remove_edge","edge":2},
 {"at_micros":12,"do":"remove_node","node":4},
 {"at_micros":13,"do":"reshard","node":2,"shards":8}],
"data":[{"name":"d.csv","text":"a,b\n1,2\n"}]}"#;

#[test]
fn loading_what_was_saved_is_the_identity() {
    let first = load(FULL.as_bytes()).document.expect("readable");
    let text = save(&first);
    let second = load(text.as_bytes()).document.expect("readable");
    assert_eq!(first, second);
    assert_eq!(save(&second), text);
    let pretty = load(save_pretty(&first).as_bytes()).document.expect("readable");
    assert_eq!(first, pretty);
}

#[test]
fn what_nobody_knows_survives_and_is_mentioned() {
    let loaded = load(FULL.as_bytes());
    let text = save(&loaded.document.expect("readable"));
    for kept in [
        r#""mood":{"a":[2.5],"b":1}"#,
        r#""note":"hi""#,
        r#""tint":"red""#,
        r#""ink":"k3""#,
        r#"{"id":3,"kind":"mirror","name":"later","at":[0,0],"config":{"depth":{"y":2,"z":1}}}"#,
        r#"{"at_micros":13,"do":"reshard","node":2,"shards":8}"#,
    ] {
        assert!(text.contains(kept), "{kept} is gone from {text}");
    }
    let codes: Vec<_> = loaded.diagnostics.iter().map(|finding| finding.code.0).collect();
    assert_eq!(codes, ["SCN-049", "SCN-009", "SCN-009", "SCN-016", "SCN-009"]);
}

#[test]
fn defaults_are_left_out() {
    let text = save(&load(file("").as_bytes()).document.expect("readable"));
    assert_eq!(text, file(""));
    let node = r#","nodes":[{"id":1,"kind":"stream","name":"s","at":[0,0],"config":{"shards":1}}]"#;
    let short = node.replace(r#","config":{"shards":1}"#, "");
    assert_eq!(save(&load(file(node).as_bytes()).document.expect("readable")), file(&short));
}

#[test]
fn every_way_a_file_can_be_broken_has_its_code() {
    let big = format!("{}{}", " ".repeat(10 << 20), file(""));
    let deep = file(&format!(r#","x":{}1{}"#, "[".repeat(16), "]".repeat(16)));
    let crowd: Vec<_> =
        (1..=201).map(|id| json!({"id": id, "kind": "stream", "name": format!("s{id}")})).collect();
    let crowd = file(&format!(r#","nodes":{}"#, json!(crowd)));
    let long = file(&format!(r#","title":"{}""#, "x".repeat(201)));
    let data = file(&format!(r#","data":[{{"name":"d","text":"{}"}}]"#, "x".repeat(16_385)));
    for (text, wanted) in [
        (big.as_str(), &["SCN-001"][..]),
        ("{\"format\": nan}", &["SCN-003"]),
        ("{\"format\":\"rivulet/scenario\",", &["SCN-003"]),
        (&file(",\"seed\":1e999"), &["SCN-003"]),
        (&deep, &["SCN-004"]),
        ("[1]", &["SCN-005"]),
        ("{\"a\":1}", &["SCN-019"]),
        ("{\"nodes\":[],\"version\":1}", &["SCN-019"]),
        ("{\"format\":\"rivulet/scenario\",\"version\":2}", &["SCN-006"]),
        ("{\"format\":\"rivulet/scenario\",\"version\":\"1\"}", &["SCN-007"]),
        ("{\"format\":\"rivulet/scenario\"}", &["SCN-007"]),
        (&file(r#","seed":1.5,"nodes":3,"limits":7"#), &["SCN-008", "SCN-008", "SCN-008"]),
        (&file(r#","epoch_millis":-4"#), &["SCN-008"]),
        (&crowd, &["SCN-011"]),
        (
            &file(r#","nodes":[{"kind":"stream"},{"id":2},7]"#),
            &["SCN-015", "SCN-015", "SCN-015", "SCN-010"],
        ),
        (&file(r#","nodes":[{"id":2,"kind":"stream"}]"#), &["SCN-015"]),
        (&file(r#","mood":123456789012345678901234567890"#), &["SCN-080", "SCN-009"]),
        (&file(r#","mood":[1.50,1e2,-0.0,0.1,18446744073709551615]"#), &["SCN-009"]),
        (&file(r#","seed":1,"se\u0065d":2"#), &["SCN-072"]),
        (&file(r#","edges":[{"id":1,"from":[1,"out"]}]"#), &["SCN-015"]),
        (&file(r#","script":[{"do":"set","node":1}]"#), &["SCN-015", "SCN-015"]),
        (&file(r#","script":[{"at_micros":1,"do":"jump"}]"#), &["SCN-016"]),
        (&file(r#","prices":{"shard_hour":"0.02","nonsense":"1"}"#), &["PRC-001"]),
        (&file(r#","prices":{"shard_hour":0.02}"#), &["SCN-008"]),
        (&file(r#","on_demand_advantage":"ENABLED""#), &["SCN-008"]),
        (&file(r#","grants":[{"node":1,"operations":["Encrypt"]},7]"#), &["SCN-008", "SCN-010"]),
        (&file(r#","grants":[{"operations":["Decrypt"]}]"#), &["SCN-015"]),
        (&data, &["SCN-017"]),
        (&long, &["SCN-018"]),
    ] {
        let shown: String = text.chars().take(80).collect();
        assert_eq!(codes(text), wanted, "{shown}");
    }
    assert_eq!(load(b"{\"a\":\xff}").diagnostics[0].code.0, "SCN-002");
}

#[test]
fn one_wrong_field_never_hides_the_others() {
    let text = file(
        r#","nodes":[{"id":1,"kind":"stream","name":"s","at":[0,0],
        "config":{"shards":"four","retention_hours":-1,"limiter":"loose","put_latency_millis":7,
        "read_latency_millis":99999999999,"record_kib_max":2048.5}}]"#,
    );
    let loaded = load(text.as_bytes());
    let codes: Vec<_> = loaded.diagnostics.iter().map(|finding| finding.code.0).collect();
    assert_eq!(codes, ["SCN-014"; 5]);
    let document = loaded.document.expect("readable");
    assert_eq!(document.nodes[0].config.fields()["put_latency_millis"], json!(7));
    let shards = &loaded.diagnostics[0];
    assert_eq!(shards.place.to_string(), "s.shards");
    assert_eq!(shards.message, "`Shards` is `four`");
    assert!(shards.help.starts_with("It must be a whole number from 1 to 10000"));
}

#[test]
fn syntax_errors_have_a_line_and_a_column_in_characters() {
    let loaded = load("{\n \"title\": \"größer\" oops\n}".as_bytes());
    assert_eq!(loaded.diagnostics[0].place, Place::Text { line: 2, column: 20 });
    assert!(loaded.document.is_none());
    let loaded = load(b"{\n\xC3\xB6\xFF");
    assert_eq!(loaded.diagnostics[0].place, Place::Text { line: 2, column: 2 });
}

#[test]
fn a_newer_file_is_shown_as_far_as_it_goes() {
    let text = r#"{"format":"rivulet/scenario","version":7,"title":"Tomorrow"}"#;
    let loaded = load(text.as_bytes());
    assert_eq!(loaded.document.expect("readable").title, "Tomorrow");
    assert!(loaded.diagnostics[0].message.contains("version 7"));
}

#[test]
fn a_key_that_stands_twice_is_told_with_its_place() {
    let text = r#"{"format":"rivulet/scenario","version":1,"title":"a\"b",
"nodes":[{"id":1,"kind":"bucket","name":"lake"},{"id":2,"id":3,"kind":"bucket","name":"id"}],
"title":"c"}"#;
    let loaded = load(text.as_bytes());
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    let told: Vec<&str> = told.iter().filter_map(|it| it.lines().next()).collect();
    assert_eq!(
        told,
        [
            "warning[SCN-072] line 2, column 57: `id` stands twice in one object",
            "warning[SCN-072] line 3, column 1: `title` stands twice in one object",
        ]
    );
    assert_eq!(loaded.document.expect("readable").title, "c");
}

#[test]
fn a_newer_version_is_told_as_it_stands() {
    let loaded = load(br#"{"format":"rivulet/scenario","version":1099511627776}"#);
    assert!(loaded.diagnostics[0].message.contains("version 1099511627776"));
}

/// A run takes its hash of settings in the order they stand in: a link must say the same as the
/// file it was made of.
#[test]
fn settings_of_a_script_entry_are_read_in_the_order_they_are_written() {
    let text = r#"{"format":"rivulet/scenario","version":1,
        "nodes":[{"id":1,"kind":"producer","name":"p"}],
        "script":[{"at_micros":5,"do":"set","node":1,
            "fields":{"records_per_sec":7,"key_count":3}}]}"#;
    let document = load(text.as_bytes()).document.expect("it can be read");
    let crate::Action::Set { fields, .. } = &document.script[0].action else { panic!("a set") };
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["key_count", "records_per_sec"]);
}

/// What could not be read stays where it was, so that all entries keep their numbers.
#[test]
fn unread_script_entries_keep_their_places() {
    let rest = r#","script":[7,{"at_micros":1,"do":"clear_faults","node":9},{"do":"jump"}]"#;
    let document = load(file(rest).as_bytes()).document.expect("it can be read");
    let findings = crate::validate::validate(&document, &crate::DataSets::default());
    let places: Vec<_> = findings.iter().map(|it| (it.code.0, it.place.clone())).collect();
    assert_eq!(places, [("EDT-001", Place::Script(1))]);
    let saved = save(&document);
    let list = r#"[7,{"at_micros":1,"do":"clear_faults","node":9},{"do":"jump"}]"#;
    assert!(saved.contains(list), "{saved}");
}
