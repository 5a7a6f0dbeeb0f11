//! What validation says of a whole document.

use std::sync::Arc;

use super::*;
use crate::data::DataSet;
use crate::format::load;

fn findings(rest: &str) -> Vec<Diagnostic> {
    let text = format!("{{\"format\":\"rivulet/scenario\",\"version\":1,{rest}}}");
    let loaded = load(text.as_bytes());
    assert!(loaded.diagnostics.is_empty(), "{rest}: {:?}", loaded.diagnostics);
    let mut data = DataSets::default();
    let set = DataSet::parse("d.csv", b"key,at\na,1\n").expect("good").0;
    data.add(Arc::new(set));
    validate(&loaded.document.expect("readable"), &data)
}

fn codes(rest: &str) -> Vec<&'static str> {
    findings(rest).iter().map(|finding| finding.code.0).collect()
}

/// A document of nodes `id kind name config`, edges `from to` and a script.
fn parts(nodes: &[(u32, &str, &str, &str)], edges: &[(u32, u32)], script: &str) -> String {
    let nodes: Vec<String> = nodes
        .iter()
        .map(|(id, kind, name, config)| {
            let name = serde_json::to_string(name).expect("text");
            format!(
                r#"{{"id":{id},"kind":"{kind}","name":{name},"at":[0,0],"config":{{{config}}}}}"#
            )
        })
        .collect();
    let edges: Vec<String> = (1..)
        .zip(edges)
        .map(|(id, (a, b))| format!(r#"{{"id":{id},"from":[{a},"out"],"to":[{b},"in"]}}"#))
        .collect();
    let (nodes, edges) = (nodes.join(","), edges.join(","));
    format!(r#""nodes":[{nodes}],"edges":[{edges}],"script":[{script}]"#)
}

const LINE: [(u32, &str, &str, &str); 5] = [
    (1, "producer", "web", ""),
    (2, "stream", "orders", ""),
    (3, "firehose", "to-s3", ""),
    (4, "bucket", "lake", ""),
    (5, "consumer", "reader", ""),
];
const WIRES: [(u32, u32); 4] = [(1, 2), (2, 3), (3, 4), (2, 5)];

/// The line with other settings for one of its parts.
fn with(id: u32, config: &str) -> String {
    let mut nodes = LINE;
    nodes[id as usize - 1].3 = config;
    parts(&nodes, &WIRES, "")
}

fn named(id: u32, name: &str) -> String {
    let mut nodes = LINE;
    nodes[id as usize - 1].2 = name;
    parts(&nodes, &WIRES, "")
}

fn scripted(script: &str) -> String {
    parts(&LINE, &WIRES, script)
}

#[test]
fn a_good_document_has_no_findings() {
    assert_eq!(codes(&parts(&LINE, &WIRES, "")), [""; 0]);
    assert_eq!(codes("\"seed\":1"), [""; 0]);
}

#[test]
fn a_library_has_time_to_pack() {
    let mut nodes = LINE;
    let settings = r#""record_ttl_millis":100,"record_buffered_millis_max":200"#;
    nodes[0] = (1, "kpl", "app", settings);
    assert_eq!(codes(&parts(&nodes, &WIRES, "")), ["SCN-110"]);
    nodes[0].3 = "";
    assert_eq!(codes(&parts(&nodes, &WIRES[1..], "")), ["SCN-068"]);
    assert_eq!(codes(&parts(&nodes, &WIRES, "")), [""; 0]);
}

#[test]
fn a_domain_and_its_index_have_legal_names() {
    for (kind, name, settings, wanted) in [
        ("connector", "app", r#""index":"Clicks""#, &["SCN-120"][..]),
        ("connector", "app", r#""index":"_clicks""#, &["SCN-120"]),
        ("connector", "app", r#""index":"a,b""#, &["SCN-120"]),
        ("connector", "app", r#""index":"""#, &["SCN-120"]),
        ("connector", "app", r#""index":"clicks-2026.11""#, &[]),
        ("elasticsearch", "search-1", "", &[]),
        ("elasticsearch", "Search", "", &["SCN-121"]),
        ("elasticsearch", "1st", "", &["SCN-121"]),
        ("elasticsearch", "es", "", &["SCN-121"]),
    ] {
        let nodes = [LINE[0], LINE[1], (4, kind, name, settings)];
        assert_eq!(codes(&parts(&nodes, &WIRES[..1], "")), wanted, "{kind} {name} {settings}");
    }
}

#[test]
fn a_cluster_and_its_columns_have_legal_names() {
    for (name, settings, wanted) in [
        ("dw-1", "", &[][..]),
        ("Dw", "", &["SCN-124"]),
        ("d--w", "", &["SCN-124"]),
        ("dw-", "", &["SCN-124"]),
        ("dw", r#""table":"Orders""#, &["SCN-122"]),
        ("dw", r#""table":"""#, &["SCN-122"]),
        ("dw", r#""columns":"id, ID""#, &["SCN-122"]),
        ("dw", r#""columns":"id,id""#, &["SCN-122"]),
        ("dw", r#""columns":"id,""#, &["SCN-122"]),
        ("dw", r#""columns":"_a,b_2,c$""#, &[]),
        ("dw", r#""format":"csv","delimiter":"""#, &["SCN-123"]),
        ("dw", r#""format":"csv","delimiter":"é""#, &["SCN-123"]),
        ("dw", r#""format":"csv","delimiter":"\"""#, &["SCN-123"]),
        ("dw", r#""format":"csv","delimiter":"\t""#, &[]),
    ] {
        let nodes = [LINE[0], LINE[1], (4, "redshift", name, settings)];
        assert_eq!(codes(&parts(&nodes, &WIRES[..1], "")), wanted, "{name} {settings}");
    }
}

#[test]
fn copy_reads_from_a_bucket() {
    let nodes = [
        LINE[0],
        LINE[1],
        (3, "connector", "app", ""),
        (4, "bucket", "lake", ""),
        (5, "redshift", "dw", ""),
    ];
    let wired = |out: &str| {
        let wires = format!(
            r#""edges":[{{"id":1,"from":[1,"out"],"to":[2,"in"]}},
            {{"id":2,"from":[2,"out"],"to":[3,"in"]}},
            {{"id":3,"from":[3,"copy"],"to":[5,"in"]}}{out}]"#
        );
        codes(&parts(&nodes, &[], "").replace(r#""edges":[]"#, &wires))
    };
    assert_eq!(wired(""), ["SCN-125"]);
    assert_eq!(wired(r#",{"id":4,"from":[3,"out"],"to":[4,"in"]}"#), [""; 0]);
}

#[test]
fn an_agent_is_told_what_it_can_do() {
    let mut nodes = LINE;
    for (settings, wanted) in [
        (r#""multi_line_start_pattern":"(a|b""#, &["SCN-111"][..]),
        (r#""match_pattern":"a{2,1}""#, &["SCN-111"]),
        (r#""conversion":"LOGTOJSON","match_pattern":"(a)""#, &["SCN-112"]),
        (r#""conversion":"LOGTOJSON","match_pattern":"(a)","custom_field_names":"b""#, &[]),
        (r#""conversion":"LOGTOJSON","match_pattern":"a","custom_field_names":"b""#, &["SCN-112"]),
        (r#""multi_line_start_pattern":"^\\d{4}""#, &[]),
        (r#""conversion":"CSVTOJSON""#, &["SCN-112"]),
        (r#""conversion":"CSVTOJSON","custom_field_names":"a,b""#, &[]),
        (r#""conversion":"CSVTOJSON","custom_field_names":"a","delimiter":"""#, &["SCN-112"]),
        (r#""conversion":"LOGTOJSON","custom_field_names":"a,b""#, &["SCN-112"]),
        (r#""conversion":"LOGTOJSON","custom_field_names":"a,b,c,d,e,f,g""#, &[]),
    ] {
        nodes[0] = (1, "agent", "logs", settings);
        assert_eq!(codes(&parts(&nodes, &WIRES, "")), wanted, "{settings}");
    }
}

#[test]
fn every_wrong_setting_has_its_code() {
    let long = "x".repeat(1_025);
    for (id, config, wanted) in [
        (2, r#""shards":0"#, &["SCN-012"][..]),
        (2, r#""shards":10001"#, &["SCN-012"]),
        (3, &format!(r#""prefix":"{long}""#), &["SCN-013", "SCN-029"]),
        (2, r#""put_latency_millis":50"#, &["SCN-020"]),
        (5, r#""start":"AT_SEQUENCE_NUMBER","start_sequence_number":"007""#, &["SCN-021"]),
        (3, r#""prefix":"!{timestamp:yyyy}/""#, &["SCN-022"]),
        (1, r#""explicit_hash_key":"340282366920938463463374607431768211456""#, &["SCN-023"]),
        (1, r#""explicit_hash_key":"+5""#, &["SCN-023"]),
        (1, r#""explicit_hash_key":"05""#, &["SCN-023"]),
        (1, r#""explicit_hash_key":"0""#, &[]),
        (1, r#""payload":"${int 1}""#, &["SCN-032"]),
        (1, r#""arrival":"curve""#, &["SCN-033"]),
        (1, r#""arrival":"curve","curve":[[5,1],[5,2]]"#, &["SCN-034"]),
        (1, r#""arrival":"curve","curve":[[5,2000000]]"#, &["SCN-047"]),
        (1, r#""arrival":"constant","curve":[[5,1],[5,2]]"#, &[]),
        (1, r#""keys":"list""#, &["SCN-035"]),
        (1, r#""keys":"list","key_list":[["",1]]"#, &["SCN-037"]),
        (1, r#""keys":"hot","hot_share":"3/2""#, &["SCN-036"]),
        (1, r#""keys":"hot","hot_key":"""#, &["SCN-037"]),
        (1, r#""keys":"field""#, &["SCN-037"]),
        (1, r#""size":"uniform","size_bytes":9000"#, &["SCN-038"]),
        (1, r#""backoff_millis":30000"#, &["SCN-039"]),
        (1, r#""arrival":"burst","burst_millis":61000"#, &["SCN-040"]),
        (1, r#""buffer_records_max":10"#, &["SCN-048"]),
        (1, r#""source":"data""#, &["SCN-042"]),
        (1, r#""source":"data","data":"gone.csv","key_column":"k""#, &["SCN-042"]),
        (1, r#""source":"data","data":"d.csv""#, &["SCN-043"]),
        (
            1,
            r#""source":"data","data":"d.csv","key_column":"k","time_column":"t""#,
            &["SCN-044", "SCN-044"],
        ),
        (1, r#""source":"data","data":"d.csv","key_column":"key","time_column":"at""#, &[]),
    ] {
        assert_eq!(codes(&with(id, config)), wanted, "{config}");
    }
}

/// What AWS says of prefixes (facts, firehose §5).
#[test]
fn every_wrong_prefix_has_its_code() {
    let error = "!{firehose:error-output-type}/";
    let long = "x".repeat(499);
    for (prefix, error_prefix, wanted) in [
        ("logs/", "", &[][..]),
        ("y=!{timestamp:yyyy}/r=!{firehose:random-string}/", error, &[]),
        ("!{timestamp:'year='yyyy/MM/dd}/", error, &[]),
        ("a", "errors/", &[]),
        ("!{timestamp:yyyy/MM/dd}", "", &["SCN-022"]),
        ("a!{b", error, &["SCN-024"]),
        ("!{timestamp:!{firehose:random-string}}", error, &["SCN-024"]),
        ("!{clock:now}/", error, &["SCN-025"]),
        ("!{firehose:stream-name}/", error, &["SCN-025"]),
        (error, error, &["SCN-026"]),
        ("a/", "!{timestamp:yyyy}/", &["SCN-027"]),
        ("!{timestamp:yyyy-bb}/", error, &["SCN-028"]),
        ("!{timestamp:}/", error, &["SCN-028"]),
        ("!{timestamp:'yyyy}/", error, &["SCN-028"]),
        ("!{timestamp:MMMMMM}/", error, &["SCN-028"]),
        // 499 characters and the fourteen of `yyyy/MM/dd/HH/`.
        (&long, "", &["SCN-029"]),
        (&long[1..], "", &[]),
        ("!{partitionKeyFromQuery:customer}/", error, &["SCN-031"]),
    ] {
        let config = format!(r#""prefix":"{prefix}","error_prefix":"{error_prefix}""#);
        assert_eq!(codes(&with(3, &config)), wanted, "{config}");
    }
    for (zone, wanted) in [
        ("UTC", &[][..]),
        ("", &[]),
        ("+02:00", &[]),
        ("-18:00", &[]),
        ("+18:01", &["SCN-030"]),
        ("+2", &["SCN-030"]),
        ("Europe/Berlin", &[]),
        ("Europe/New_Berlin", &[]),
        ("Etc/GMT+2", &["SCN-030"]),
        ("Europe Berlin", &["SCN-030"]),
    ] {
        assert_eq!(codes(&with(3, &format!(r#""time_zone":"{zone}""#))), wanted, "{zone}");
    }
}

#[test]
fn every_wrong_name_or_id_has_its_code() {
    for (id, name, wanted) in [
        (1, "orders", &["SCN-053"][..]),
        (1, "", &["SCN-057"]),
        (4, "..", &["SCN-057"]),
        (4, "../lake", &["SCN-057"]),
        (1, "a\nb", &["SCN-057"]),
        (2, "my orders", &["SCN-058"]),
        (3, &"f".repeat(65), &["SCN-058"]),
        (2, &"s".repeat(128), &[]),
        (4, "My Lake", &["SCN-059"]),
        (4, "a..b", &["SCN-059"]),
        (1, "Web clicks, Zürich", &[]),
    ] {
        assert_eq!(codes(&named(id, name)), wanted, "{name}");
    }
    let twins = [(1, "stream", "a", ""), (1, "stream", "b", "")];
    assert_eq!(codes(&parts(&twins, &[], "")), ["SCN-054"]);
    let data = r#""data":[{"name":"d","text":"a\n1\n"},{"name":"d","text":"a\n2\n"}]"#;
    assert_eq!(codes(data), ["SCN-056"]);
    let wires = parts(&LINE, &WIRES, "").replace("{\"id\":2,\"from\"", "{\"id\":1,\"from\"");
    assert_eq!(codes(&wires), ["SCN-055"]);
}

#[test]
fn every_wrong_wire_has_its_code() {
    let more = |extra: &[(u32, u32)]| {
        let edges: Vec<(u32, u32)> = WIRES.iter().chain(extra).copied().collect();
        codes(&parts(&LINE, &edges, ""))
    };
    assert_eq!(more(&[(2, 9)]), ["SCN-060"]);
    assert_eq!(more(&[(4, 2)]), ["SCN-061"]);
    assert_eq!(more(&[(2, 4)]), ["SCN-062"]);
    assert_eq!(more(&[(2, 2)]), ["SCN-062"]);
    assert_eq!(more(&[(2, 3)]), ["SCN-063", "SCN-065"]);
    assert_eq!(more(&[(1, 3)]), ["SCN-064", "SCN-065"]);
    let words = &findings(&parts(&LINE, &[(1, 2), (3, 2), (2, 5), (3, 4)], ""))[0];
    assert_eq!(words.code.0, "SCN-062");
    assert_eq!(words.message, "Firehose cannot feed a stream");
}

#[test]
fn parts_that_do_nothing_are_mentioned() {
    assert_eq!(codes(&parts(&LINE, &[], "")), ["SCN-068", "SCN-067", "SCN-069"]);
    assert!(findings(&parts(&LINE, &[], "")).iter().all(|finding| !finding.is_error()));
}

/// No two kinds of today can feed each other in a circle, so one is forged.
#[test]
fn a_circle_is_found() {
    let text =
        format!("{{\"format\":\"rivulet/scenario\",\"version\":1,{}}}", parts(&LINE, &WIRES, ""));
    let mut document = load(text.as_bytes()).document.expect("readable");
    assert!(!reaches_itself(&document));
    let back = document.edges[0].as_ref().clone();
    let (from, to) = (back.to.clone(), back.from.clone());
    document.edges.push(Arc::new(crate::Edge { id: base::EdgeId(9), from, to }));
    assert!(reaches_itself(&document));
    let mut out = Vec::new();
    graph::check_cycles(&document, &mut out);
    assert_eq!(out[0].code.0, "SCN-066");
}

fn reaches_itself(document: &Document) -> bool {
    document.edges.iter().any(|e| crate::ports::reaches(document, e.to.node, e.from.node))
}

#[test]
fn what_the_run_needs_is_checked() {
    assert_eq!(codes(r#""limits":"1999-01""#), ["SCN-051"]);
    assert_eq!(codes(r#""epoch_millis":1700000000"#), ["SCN-052"]);
    let unknown = [(1, "mirror", "m", "")];
    let found = findings(&parts(&unknown, &[], ""));
    assert_eq!(found[0].code.0, "SCN-050");
    assert_eq!(found[0].message, "`mirror` is not a kind of part this version knows");
}

#[test]
fn every_wrong_script_entry_has_its_code() {
    let set = |at: u32, fields: &str| {
        format!(r#"{{"at_micros":{at},"do":"set","node":2,"fields":{{{fields}}}}}"#)
    };
    let two = format!("{},{}", set(9, r#""shards":2"#), set(8, r#""shards":4"#));
    let fault = |node: u32, word: &str| {
        format!(
            r#"{{"at_micros":1,"for_micros":9,"do":"fault","node":{node},"fault":"{word}",
            "percent":5}}"#
        )
    };
    let gone = r#"{"at_micros":1,"do":"remove_node","node":2},
        {"at_micros":2,"do":"set","node":2,"fields":{}}"#;
    let add = r#"{"at_micros":1,"do":"add_node","node":{"id":6,"kind":"consumer","name":"late"}},
        {"at_micros":2,"do":"add_edge","edge":{"id":9,"from":[2,"out"],"to":[6,"in"]}},
        {"at_micros":3,"do":"remove_edge","edge":9},
        {"at_micros":4,"do":"clear_faults","node":6}"#;
    for (script, wanted) in [
        (two.as_str(), &["SCN-070"][..]),
        (&set(1, r#""shards":0"#), &["SCN-012"]),
        (&set(1, r#""shards":"x""#), &["EDT-005"]),
        (&set(1, r#""sharts":1"#), &["EDT-006"]),
        (gone, &["EDT-001"]),
        (&fault(9, "reject"), &["EDT-001"]),
        (&fault(1, "reject"), &["SCN-071"]),
        (&fault(2, "reject"), &[]),
        (r#"{"at_micros":1,"do":"remove_edge","edge":9}"#, &["EDT-002"]),
        (add, &[]),
    ] {
        let found = findings(&scripted(script));
        let codes: Vec<_> = found.iter().map(|finding| finding.code.0).collect();
        assert_eq!(codes, wanted, "{script}");
        assert!(found.iter().all(|finding| matches!(finding.place, Place::Script(_))));
    }
}

#[test]
fn every_finding_has_a_way_out() {
    for text in [with(2, r#""shards":0"#), parts(&LINE, &[], ""), named(2, "a b")] {
        for finding in findings(&text) {
            assert!(!finding.help.is_empty() && !finding.message.ends_with('.'), "{finding}");
        }
    }
}

#[test]
fn rows_whose_times_cannot_be_kept_are_named() {
    let check = |rows: &str, wanted: &[(&str, bool, &str)]| {
        let text = format!("key,at\n{rows}");
        let mut data = DataSets::default();
        data.add(Arc::new(DataSet::parse("d.csv", text.as_bytes()).expect("good").0));
        let replay = r#""source":"data","data":"d.csv","key_column":"key","time_column":"at""#;
        let text = format!("{{\"format\":\"rivulet/scenario\",\"version\":1,{}}}", with(1, replay));
        let document = load(text.as_bytes()).document.expect("readable");
        let found = validate(&document, &data);
        let told: Vec<_> =
            found.iter().map(|it| (it.code.0, it.is_error(), it.message.as_str())).collect();
        assert_eq!(told, wanted, "{rows}");
    };
    check("a,2026-11-21T10:00:00Z\nb,2026-11-21T10:00:00Z\n", &[]);
    check(
        "a,5\nb,3\nc,4\nd,9\n",
        &[("SCN-074", false, "`at` of `d.csv`, rows 2, 3: the time goes backwards")],
    );
    check(
        "a,1\nb,\nc,soon\nd,-\ne,x\nf,1\n",
        &[("SCN-073", false, "`at` of `d.csv`, rows 2, 3, 4 and 1 more: no time that can be read")],
    );
    check("a,soon\n", &[("SCN-073", true, "`at` of `d.csv`, row 1: no time that can be read")]);
}

/// Facts, firehose §2 to §5: buffers, conversion, partitioning, transformation, and what each of
/// them excludes.
#[test]
fn a_firehose_stream_is_told_every_limit() {
    let keys =
        r#""partitioning":true,"error_prefix":"e/","prefix":"c=!{partitionKeyFromQuery:c}/""#;
    let schema = r#""convert":"parquet","schema":"id string","buffer_size_mib":64"#;
    for (settings, wanted) in [
        (r#""buffer_size_mib":129"#, &["SCN-012"][..]),
        (schema, &[]),
        (&schema.replace("64", "63"), &["SCN-130"]),
        (&format!(r#"{schema},"compression":"GZIP""#), &["SCN-131"]),
        (&format!(r#"{schema},"mappings":"a""#), &["SCN-132"]),
        (r#""convert":"parquet","schema":"id text","buffer_size_mib":64"#, &["SCN-132"]),
        (&format!(r#"{keys},"partition_query":"{{c:.c}}""#), &[]),
        (
            &format!(r#"{keys},"partition_query":"{{c:.c}}","buffer_interval_secs":59"#),
            &["SCN-133"],
        ),
        (&format!(r#"{keys},"partition_query":"{{c:.c, d:.d}}""#), &["SCN-135"]),
        (&format!(r#"{keys},"partition_query":"{{d:.d}}""#), &["SCN-135", "SCN-135"]),
        (
            r#""partitioning":true,"partition_query":"{c:.c}",
            "prefix":"!{partitionKeyFromQuery:c}""#,
            &["SCN-134"],
        ),
        (r#""partitioning":true,"error_prefix":"e/""#, &["SCN-135"]),
        (r#""prefix":"!{partitionKeyFromQuery:c}","error_prefix":"e/""#, &["SCN-031"]),
        (r#""transform":"identity","transform_buffer_mb":"0.19""#, &["SCN-136"]),
        (r#""transform":"identity","transform_buffer_mb":"0.2""#, &[]),
        (r#""transform":"identity","transform_buffer_mb":"3""#, &[]),
        (r#""transform":"identity","transform_buffer_mb":"3.01""#, &["SCN-136"]),
        (r#""transform_buffer_mb":"9""#, &[]),
        (r#""transform":"identity","transform_retries":301"#, &["SCN-012"]),
        (r#""transform":"sql","transform_sql":"id +""#, &["SQL-010"]),
        (r#""transform":"redact""#, &["SCN-139"]),
        (r#""transform":"drop","transform_field":"level""#, &["SCN-139"]),
        (r#""transform":"drop","transform_field":"level=DEBUG""#, &[]),
        (r#""transform":"csv_to_json","transform_field":"a,,b""#, &["SCN-139"]),
        (r#""deaggregate":"delimited","deaggregate_delimiter":"""#, &["SCN-137"]),
        (r#""file_extension":"json""#, &["SCN-138"]),
        (r#""file_extension":".json.gz""#, &[]),
        (r#""http_attributes":"team""#, &["SCN-140"]),
        (r#""http_attributes":"team=ops\nstage=dev""#, &[]),
        (r#""retry_secs":7201"#, &["SCN-012"]),
        (r#""index":"Clicks""#, &["SCN-120"]),
        (r#""backup_all":true"#, &["SCN-144"]),
        (r#""backup_all":true,"backup_prefix":"!{timestamp:yyyy}/""#, &["SCN-022", "SCN-144"]),
        (r#""encryption":"aws_owned""#, &["SCN-145"]),
        (r#""decompress":true"#, &[]),
    ] {
        assert_eq!(codes(&with(3, settings)), wanted, "{settings}");
    }
}

/// Facts, firehose §2 and §6: what a destination cannot do.
#[test]
fn a_destination_of_a_firehose_stream_has_its_own_limits() {
    for (kind, settings, wanted) in [
        ("redshift", "", &["SCN-144"][..]),
        ("redshift", r#""compression":"Snappy""#, &["SCN-143", "SCN-144"]),
        ("redshift", r#""compression":"GZIP""#, &["SCN-144"]),
        ("redshift", r#""error_prefix":"e/""#, &["SCN-143", "SCN-144"]),
        ("elasticsearch", r#""buffer_size_mib":101"#, &["SCN-141", "SCN-144"]),
        ("elasticsearch", r#""buffer_size_mib":100"#, &["SCN-144"]),
        (
            "elasticsearch",
            r#""convert":"parquet","schema":"id string","buffer_size_mib":64"#,
            &["SCN-142", "SCN-144"],
        ),
    ] {
        let nodes = [LINE[0], LINE[1], (3, "firehose", "deliver", settings), (4, kind, "dest", "")];
        let found = codes(&parts(&nodes, &WIRES[..3], ""));
        let found: Vec<&str> = found.into_iter().filter(|code| *code != "SCN-062").collect();
        assert_eq!(found, wanted, "{kind} {settings}");
    }
}

/// Facts, firehose §1.5: with decompression only CloudWatch Logs may put records.
#[test]
fn only_logs_are_decompressed() {
    let found = |kind: &str, settings: &str, decompress: &str| {
        let source = (1, kind, "source", settings);
        let nodes = [source, (2, "firehose", "deliver", decompress), (3, "bucket", "lake", "")];
        codes(&parts(&nodes, &[(1, 2), (2, 3)], ""))
    };
    let on = r#""decompress":true"#;
    assert_eq!(found("producer", "", on), ["SCN-146"]);
    assert_eq!(found("producer", "", ""), [""; 0]);
    assert_eq!(found("agent", "", on), ["SCN-146"]);
    assert_eq!(found("writer", r#""service":"eventbridge""#, on), ["SCN-146"]);
    assert_eq!(found("writer", r#""service":"cloudwatch_logs""#, on), [""; 0]);
}
