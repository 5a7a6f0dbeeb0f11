//! Data sets, clean and broken.

use super::*;

fn parse(text: &str) -> Result<(DataSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    DataSet::parse("t.csv", text.as_bytes())
}

fn codes(text: &[u8]) -> Vec<&'static str> {
    match DataSet::parse("t.csv", text) {
        Ok((_set, warnings)) => warnings.iter().map(|finding| finding.code.0).collect(),
        Err(findings) => findings.iter().map(|finding| finding.code.0).collect(),
    }
}

#[test]
fn csv_quotes_follow_rfc_4180() {
    let (set, warnings) = parse("id,place\r\n1,\"5 km, \"\"north\"\"\"\r\n2,\r\n").expect("good");
    assert!(warnings.is_empty());
    assert_eq!(set.columns, ["id", "place"]);
    assert_eq!(set.rows(), 2);
    assert_eq!(&*set.row(0)[1], "5 km, \"north\"");
    assert_eq!(&*set.row(1)[1], "");
    assert!(set.row(2).is_empty());
}

#[test]
fn json_lines_unite_their_keys() {
    let text = "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null,\"c\":{\"d\":[true]},\"a\":2.5}\n";
    let (set, _) = parse(text).expect("good");
    assert_eq!(set.format, DataFormat::JsonLines);
    assert_eq!(set.columns, ["a", "b", "c"]);
    let cells: Vec<&str> = set.cells.iter().map(|cell| &**cell).collect();
    assert_eq!(cells, ["1", "x", "", "2.5", "", "{\"d\":[true]}"]);
}

/// RFC 8259 leaves open what a number becomes: as a key or a time it is its digits.
#[test]
fn numbers_keep_their_digits() {
    let text = "{\"k\":12345678901234567890123,\"t\":1e2,\"p\":1.50}\n{\"\\u006b\": -0.0}\n";
    let (set, _) = parse(text).expect("good");
    let cells: Vec<&str> = set.cells.iter().map(|cell| &**cell).collect();
    assert_eq!(cells, ["12345678901234567890123", "1e2", "1.50", "-0.0", "", ""]);
}

#[test]
fn ragged_rows_are_named_up_to_twenty() {
    let findings = parse("a,b\n1,2\n1\n1,2,3\n").expect_err("ragged");
    let told: Vec<_> = findings.iter().map(|f| (f.message.as_str(), &f.place)).collect();
    let place = |line| Place::Text { line, column: 1 };
    assert_eq!(
        told,
        [
            ("Row 2 has 1 cell, the header has 2", &place(3)),
            ("Row 3 has 3 cells, the header has 2", &place(4)),
        ]
    );
    let many = format!("a,b\n{}", "1\n".repeat(55));
    let findings = parse(&many).expect_err("ragged");
    assert_eq!(findings.len(), 21);
    assert_eq!(findings[20].message, "35 more rows are wrong in such a way");
}

#[test]
fn every_way_a_data_set_can_be_broken_has_its_code() {
    let wide: String = (0..257).map(|n| format!("c{n},")).collect();
    let keys: String = (0..257).map(|n| format!("{{\"k{n}\":1}}\n")).collect();
    let long = format!("a\n{}", "1\n".repeat(200_001));
    for (text, wanted) in [
        (vec![b'a'; (10 << 20) + 1], &["DAT-001"][..]),
        (b"a\nb\n\xff\n".to_vec(), &["DAT-002"]),
        (b" \n ".to_vec(), &["DAT-003"]),
        (b"a,b\n".to_vec(), &["DAT-004"]),
        (b"a,a\n1,2\n".to_vec(), &["DAT-005"]),
        (b"a,\n1,2\n".to_vec(), &["DAT-006"]),
        (wide.into_bytes(), &["DAT-006", "DAT-013"]),
        (long.into_bytes(), &["DAT-008"]),
        (b"{\"a\":1}\n{\"a\":\n".to_vec(), &["DAT-010"]),
        (b"{\"a\":1}\n[1]\n".to_vec(), &["DAT-011"]),
        (keys.into_bytes(), &["DAT-013"]),
        (b"a;b\n1;2\n".to_vec(), &["DAT-012"]),
        (b"a,b\n1,\"2\n3,4\n".to_vec(), &["DAT-014"]),
        (b"a,b\n1,\"x\"y\n".to_vec(), &["DAT-015"]),
        (b"a\n1\n\n2\n".to_vec(), &["DAT-016"]),
        (b"a,b\n1,2\n\n3,4\n\n".to_vec(), &[]),
        (b"a\n1\n\"\"\n2\n\n".to_vec(), &[]),
        (b"a,b\n1,5\" pipe\n".to_vec(), &[]),
    ] {
        let shown = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
        assert_eq!(codes(&text), wanted, "{shown}");
    }
    let crowd = format!("a\n{}", "1,2\n".repeat(21));
    let codes = codes(crowd.as_bytes());
    assert_eq!((codes[19], codes[20]), ("DAT-007", "DAT-009"));
}

#[test]
fn invalid_utf8_is_told_with_its_line() {
    let findings = DataSet::parse("t", b"a,b\n1,2\n3,\xC3\n").expect_err("broken");
    assert_eq!(findings[0].place, Place::Text { line: 3, column: 3 });
}

#[test]
fn many_keys_in_few_bytes_do_not_fill_the_memory() {
    let text: String = (0..100_000).map(|n| format!("{{\"k{}\":1}}\n", n % 200)).collect();
    assert_eq!(codes(text.as_bytes()), ["DAT-008"]);
}

#[test]
fn the_histogram_begins_with_the_heaviest_key() {
    let (set, _) = parse("k,v\nb,1\na,1\nb,1\nc,1\n").expect("good");
    assert_eq!(set.key_histogram("k"), [("b", 2), ("a", 1), ("c", 1)]);
    assert!(set.key_histogram("x").is_empty());
}

/// Each with its own separator, with quotes where it stands inside a value.
#[test]
fn files_with_other_separators_come_to_the_same_data_set() {
    let wanted = "gate,price,note\ngate-1,\"1,5\",a b\ngate-2,\"2,0\",\"x \"\"y\"\"\"\n";
    let canonical = parse(wanted).expect("good").0;
    for (text, delimiter) in [
        (wanted, Delimiter::Comma),
        (
            "gate;price;note\r\ngate-1;1,5;a b\r\ngate-2;2,0;\"x \"\"y\"\"\"\r\n",
            Delimiter::Semicolon,
        ),
        ("gate\tprice\tnote\ngate-1\t1,5\ta b\ngate-2\t2,0\t\"x \"\"y\"\"\"\n", Delimiter::Tab),
        ("gate|price|note\ngate-1|1,5|a b\ngate-2|2,0|\"x \"\"y\"\"\"", Delimiter::Pipe),
    ] {
        let read = DataSet::import("t.csv", text.as_bytes(), None);
        assert_eq!(read.delimiter, Some(delimiter));
        let (set, warnings) = read.result.expect("good");
        assert!(warnings.is_empty());
        assert_eq!((&set.columns, &set.cells), (&canonical.columns, &canonical.cells));
        assert_eq!(&*set.text, wanted, "documents have commas");
        assert_eq!(parse(&set.text).expect("good").0, set);
    }
}

#[test]
fn the_first_lines_tell_the_separator_unless_the_person_does() {
    let found = |text: &str| Delimiter::detect(text);
    // Commas in numbers and in quotes cut no two lines alike.
    assert_eq!(found("a;b\n1,5;2\n1;2,5\n3,5;1,5\n"), Delimiter::Semicolon);
    assert_eq!(found("\"a;1\",\"b;2\"\n\"x;y\",z\n"), Delimiter::Comma);
    assert_eq!(found("only\n1\n2\n"), Delimiter::Comma);
    assert_eq!(found("a,b,c;d\n1,2,3;4\n"), Delimiter::Comma);
    let read = DataSet::import("t.csv", b"a,b;c\n1,2;3\n", Some(Delimiter::Semicolon));
    assert_eq!(read.result.expect("good").0.columns, ["a,b", "c"]);
    let read = DataSet::import("t.json", b"{\"a\":1}\n", Some(Delimiter::Tab));
    assert_eq!(
        (read.delimiter, read.result.expect("good").0.format),
        (None, DataFormat::JsonLines)
    );
}

#[test]
fn findings_name_the_lines_of_the_file_itself() {
    let read = DataSet::import("t.csv", b"a;b\n1;2\n\n1\n\"1\"x;2\n", None);
    let findings = read.result.expect_err("ragged");
    let told: Vec<_> = findings.iter().map(|it| (it.code.0, it.place.clone())).collect();
    let place = |line| Place::Text { line, column: 1 };
    assert_eq!(told, [("DAT-015", place(5)), ("DAT-007", place(4))]);
}
