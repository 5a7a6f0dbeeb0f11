//! The libraries seen from the other end of a call.

use crate::{compress, jq};

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
