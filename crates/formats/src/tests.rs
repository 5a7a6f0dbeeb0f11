//! The libraries seen from the other end of a call.

use crate::parquet::Table;
use crate::{compress, jq, parquet};

#[test]
fn a_program_gives_its_outputs_or_its_place() {
    let outputs = jq::run(".carrier, {d: .date[:4]}", br#"{"carrier": "UA", "date": "2013-01"}"#);
    assert_eq!(outputs.unwrap(), [&b"\"UA\""[..], br#"{"d":"2013"}"#]);
    let places = [".a | nope", "{a: }", "\"x", ".a |\n  $b"].map(|program| {
        let failure = jq::check(program).unwrap_err();
        (failure.at, failure.message)
    });
    assert_eq!(places.each_ref().map(|(at, _)| *at), [Some(5), Some(4), Some(2), Some(7)]);
    assert!(places[0].1.contains("`nope`"), "{places:?}");
    assert!(jq::run(".a", b"{").is_err() && jq::run("error", b"1").is_err());
}

#[test]
fn what_is_compressed_comes_back() {
    let raw = b"{\"carrier\":\"UA\"}\n".repeat(40_000);
    for codec in ["ZIP", "Snappy", "HADOOP_SNAPPY"] {
        let stored = compress::compress(codec, "a/b.json", &raw).unwrap();
        assert!(stored.len() < raw.len() / 5, "{codec} keeps {}", stored.len());
        assert_eq!(compress::decompress(codec, &stored, usize::MAX).unwrap(), raw);
        assert_eq!(compress::decompress(codec, &stored, 20).unwrap(), &raw[..20]);
        assert!(compress::decompress(codec, b"no such thing at all", 20).is_err());
    }
    assert!(compress::compress("LZO", "a", &raw).is_err());
}

fn table<'a>(schema: &'a str, mappings: &'a str) -> Table<'a> {
    let (case_insensitive, dots_to_underscores) = (true, true);
    Table { schema, mappings, case_insensitive, dots_to_underscores, compression: "SNAPPY" }
}

/// The rows of a file made of these records.
fn converted(table: &Table<'_>, records: &[&str]) -> Vec<String> {
    let records: Vec<&[u8]> = records.iter().map(|record| record.as_bytes()).collect();
    let converted = parquet::convert(table, &records).unwrap();
    assert!(converted.failed.is_empty(), "{:?}", converted.failed);
    let found = parquet::rows(&converted.file, 100).unwrap();
    assert_eq!((found.count, found.rows.len() as u64), (converted.rows, converted.rows));
    found.rows.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn simple_types_keep_their_values() {
    let schema = "s string\nt tinyint\nm smallint\ni int\nb bigint\nf float\nd double\no boolean\n\
                  y date\ne decimal(9,2)\nx binary";
    let full = r#"{"s":"é\n","t":-128,"m":"32767","i":-7,"b":9223372036854775807,"f":0.5,
        "d":"1e300","o":"TRUE","y":"2013-1-05","e":1234567.8,"x":"ab"}"#;
    let rows = converted(&table(schema, ""), &[full, "{}", r#"{"s":{"a":[1]},"o":false}"#]);
    let first = "\"é\\n\" -128 32767 -7 9223372036854775807 0.5 1";
    assert!(rows[0].starts_with(first), "{}", rows[0]);
    assert!(rows[0].ends_with(r#" true "2013-01-05" 1234567.80 "ab""#), "{}", rows[0]);
    assert_eq!(rows[1], ["null"; 11].join(" "));
    assert!(rows[2].starts_with(r#""{\"a\":[1]}" null"#), "{}", rows[2]);
    let columns = parquet::schema::columns(schema).unwrap();
    let records: Vec<&[u8]> = vec![b"{}"];
    let file = parquet::convert(&table(schema, ""), &records).unwrap().file;
    let kinds: Vec<String> =
        parquet::rows(&file, 0).unwrap().columns.into_iter().map(|it| it.1).collect();
    assert_eq!(kinds.len(), columns.len());
    assert_eq!(
        kinds.join(" "),
        "string tinyint smallint int bigint float double boolean date \
                                 decimal(9,2) binary"
    );
}

/// Absent, null and empty are three different things in a list, and its items may be absent too.
#[test]
fn nested_types_keep_their_shape() {
    let schema =
        "a array<array<int>>\nm map<string,struct<x:int,y:array<string>>>\ns struct<t:date>";
    let rows = converted(
        &table(schema, ""),
        &[
            r#"{"a":[[1,null],[],null,[2]],"m":{"k":{"x":1,"y":["p","q"]},"l":null},"s":{}}"#,
            r#"{"a":[],"m":{},"s":{"t":"2020-02-29"}}"#,
            r#"{"a":null}"#,
            r#"{"a":[[3]],"m":{"z":{"y":[]}}}"#,
        ],
    );
    assert_eq!(
        rows,
        [
            r#"[[1,null],[],null,[2]] {"k":{"x":1,"y":["p","q"]},"l":null} {"t":null}"#,
            r#"[] {} {"t":"2020-02-29"}"#,
            "null null null",
            r#"[[3]] {"z":{"x":null,"y":[]}} null"#,
        ]
    );
}

/// The forms of OpenX timestamps that Firehose's documentation lists.
#[test]
fn timestamps_have_many_forms() {
    let forms = [
        r#""2013-01-02T03:04:05Z""#,
        r#""2013-01-02T03:04:05.123Z""#,
        r#""2013-1-2 03:04:05""#,
        r#""2013-01-02 03:04:05.123456789""#,
        "1357095845",
        "1357095845123",
        "1357095845.123",
        r#""1357095845""#,
    ];
    let records = forms.map(|form| format!(r#"{{"t":{form}}}"#));
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let rows = converted(&table("t timestamp", ""), &records);
    let (whole, part) = (r#""2013-01-02 03:04:05.000000""#, r#""2013-01-02 03:04:05.123000""#);
    assert_eq!(rows, [whole, part, whole, part, whole, part, part, whole]);
    for wrong in ["\"2013-02-29T00:00:00Z\"", "\"2013-01-02T03:04Z\"", "\"yesterday\"", "true"] {
        let record = format!(r#"{{"t":{wrong}}}"#);
        let converted = parquet::convert(&table("t timestamp", ""), &[record.as_bytes()]).unwrap();
        assert_eq!(converted.failed[0].1, "DataFormatConversion.MalformedData", "{wrong}");
    }
}

/// `CaseInsensitive`, `ConvertDotsInJsonKeysToUnderscores` and `ColumnToJsonKeyMappings`.
#[test]
fn keys_find_their_columns() {
    let record = r#"{"Carrier":"UA","dep.delay":4,"timestamp":7}"#;
    let schema = "carrier string\ndep_delay int\nts int";
    let loose = table(schema, "ts = timestamp");
    assert_eq!(converted(&loose, &[record]), [r#""UA" 4 7"#]);
    let strict = Table { case_insensitive: false, dots_to_underscores: false, ..loose };
    assert_eq!(converted(&strict, &[record]), ["null null 7"]);
    assert_eq!(converted(&table(schema, ""), &[record]), [r#""UA" 4 null"#]);
}

#[test]
fn records_that_do_not_fit_are_left_out_whole() {
    let records: [&[u8]; 7] = [
        br#"{"i":1}{"i":2} {"i":3}"#,
        br#"{"i":4}{"i":"x"}"#,
        br#"[{"i":5}]"#,
        br#"{"i":6"#,
        b"",
        br#"{"i":3000000000}"#,
        br#"{"i":7}"#,
    ];
    let converted = parquet::convert(&table("i int", ""), &records).unwrap();
    let failed: Vec<(usize, &str)> = converted.failed.iter().map(|it| (it.0, it.1)).collect();
    let (malformed, unread) =
        ("DataFormatConversion.MalformedData", "DataFormatConversion.ParseError");
    let expected = [(1, malformed), (2, malformed), (3, unread), (4, unread), (5, malformed)];
    assert_eq!(failed, expected);
    let found = parquet::rows(&converted.file, 2).unwrap();
    assert_eq!((found.rows.concat().join(" "), found.count), ("1 2".to_owned(), 4));
    let none = parquet::convert(&table("i int", ""), &[b"x"]).unwrap();
    assert!(none.file.is_empty() && none.rows == 0);
}

#[test]
fn a_schema_says_where_it_is_wrong() {
    let at = |schema: &str| parquet::check(&table(schema, "")).unwrap_err().at;
    assert_eq!(at(""), Some(0));
    assert_eq!(at("a int\n\n  b text"), Some(11));
    assert_eq!(at("a int\na string"), Some(6));
    assert_eq!(at("a array<int"), Some(11));
    assert_eq!(at("a decimal(40,2)"), Some(9));
    assert_eq!(at("a map<array<int>,int>"), Some(6));
    assert_eq!(at("a int 5"), Some(6));
    assert_eq!(parquet::check(&table("a int", "x")).unwrap_err().at, Some(0));
    assert!(parquet::check(&Table { compression: "LZO", ..table("a int", "") }).is_err());
    assert_eq!(parquet::check(&table("a struct<b:map<string,array<int>>,c:char(3)>", "")), Ok(()));
}

/// Programs that never end, or make more than fits: each is ended by a count, whatever it does.
#[test]
fn every_program_ends() {
    let hostile = [
        "def f: f; f",
        "def f: 1 + f; f",
        "def f: [f]; f",
        "def f: f | f; f",
        "def f(g): f(g + 1); f(0)",
        "def f(g): f(f(g)); f(.)",
        "def f(a; b): f(b; a | a); f(.; .)",
        "def f(g): if . == 9 then . else f(1) end; f(0)",
        "def f: try error catch f; f",
        "[range(1e9)]",
        "last(range(1e12))",
        "[repeat(1)]",
        "until(false; .)",
        "first(repeat(empty))",
        "[recurse(.)]",
        "range(1e9)",
        "\"x\" * 1e9",
        "reduce range(100) as $i (\"x\"; . + .)",
        "reduce range(100) as $i (1; [., .])",
        "reduce range(1e6) as $i (1; [.])",
        "reduce range(30) as $i ([1]; . + .) | sort",
        "null | .[1e9] = 1",
    ];
    for program in hostile {
        let failure = jq::run(program, b"\"abc\"").expect_err(program);
        assert!(failure.message.starts_with("The program "), "{program}: {failure:?}");
    }
    let long = [".|".repeat(2_500) + ".", "-".repeat(4_000) + "1", "try ".repeat(1_000) + "1"];
    for program in &long {
        let words = jq::run(program, b"1").map_err(|failure| failure.message);
        assert!(words.is_ok() || words.is_err_and(|it| it.contains("too deep")), "{program}");
    }
    jq::run(&(".|".repeat(250) + "."), b"1").expect("a long program");
    assert_eq!(jq::check(&"[".repeat(70)).unwrap_err().at, Some(64));
    assert_eq!(jq::check(&".".repeat(6_000)).unwrap_err().at, Some(5_120));
    assert_eq!(jq::run("1 + 1", b"0").unwrap(), [b"2"], "what comes after is not harmed");
}

/// A run is a function of its input: there is no clock, no environment and nothing else to read.
#[test]
fn programs_know_nothing_but_their_input() {
    for name in ["now", "input", "inputs", "env", "debug", "input_filename", "halt", "$ENV"] {
        assert!(jq::check(name).unwrap_err().message.contains(name), "{name}");
    }
    assert!(jq::check("import \"a\" as a; 1").is_err());
}
