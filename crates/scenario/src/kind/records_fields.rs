//! What an application makes, as forms and range checks see it.

use super::spec::{Field, FieldKind, field, int, only};

/// In form order.
pub(super) const RECORDS: [Field; 26] = [
    field(
        "source",
        "Records",
        "",
        FieldKind::Choice(&[("generated", "Generated"), ("data", "Replayed")]),
        "",
        "Generate records from a template, or replay the rows of a data set",
    ),
    only(
        GENERATED,
        field(
            "arrival",
            "Arrival",
            "",
            FieldKind::Choice(&[
                ("constant", "Constant"),
                ("ramp", "Ramp"),
                ("sine", "Sine"),
                ("burst", "Burst"),
                ("poisson", "Poisson"),
                ("curve", "Drawn curve"),
            ]),
            "",
            "How the number of new records changes over time",
        ),
    ),
    field(
        "records_per_sec",
        "Rate",
        "/s",
        int(0, 1_000_000),
        "",
        "New records a second; where a ramp, sine or burst begins",
    ),
    only(
        Some(("arrival", &["ramp", "sine", "burst"])),
        field(
            "to_records_per_sec",
            "Up to",
            "/s",
            int(0, 1_000_000),
            "",
            "Where a ramp ends and a sine or burst peaks",
        ),
    ),
    only(
        Some(("arrival", &["ramp", "sine", "burst"])),
        field(
            "period_secs",
            "Period",
            "s",
            int(1, 86_400),
            "",
            "Length of the ramp, or of one cycle",
        ),
    ),
    only(
        Some(("arrival", &["burst"])),
        field(
            "burst_millis",
            "Burst",
            "ms",
            int(1, 86_400_000),
            "",
            "Length of one burst at the beginning of each cycle",
        ),
    ),
    only(
        Some(("arrival", &["curve"])),
        field(
            "curve",
            "Curve",
            "",
            FieldKind::Curve,
            "",
            "Points of seconds and records a second, straight lines between them",
        ),
    ),
    only(
        REPLAYED,
        field(
            "data",
            "Data set",
            "",
            FieldKind::Data,
            "",
            "One of the built-in data sets or your own CSV or JSON lines",
        ),
    ),
    only(
        REPLAYED,
        field(
            "key_column",
            "Key column",
            "",
            FieldKind::Column,
            "",
            "The column whose value becomes the partition key; rows without one get the key `none`",
        ),
    ),
    only(
        REPLAYED,
        field(
            "time_column",
            "Time column",
            "",
            FieldKind::Column,
            "",
            "Rows are sent at their own times, faster by the speed; without one, evenly",
        ),
    ),
    only(
        REPLAYED,
        field(
            "speed",
            "Speed",
            "× real time",
            int(1, 1_000_000),
            "",
            "How many times faster than the data's own clock",
        ),
    ),
    only(
        REPLAYED,
        field(
            "repeat",
            "Start again at the end",
            "",
            FieldKind::Bool,
            "",
            "Without it the producer falls silent after the last row",
        ),
    ),
    only(
        GENERATED,
        field(
            "keys",
            "Partition keys",
            "",
            FieldKind::Choice(&[
                ("uniform", "Uniform"),
                ("zipf", "Zipf"),
                ("list", "List with weights"),
                ("hot", "One hot key"),
                ("field", "Field of the record"),
                ("random", "Random for each record"),
            ]),
            "Keys",
            "The key decides the shard: MD5 of the key, then the hash range",
        ),
    ),
    only(
        Some(("keys", &["uniform", "zipf", "hot"])),
        field(
            "key_count",
            "Different keys",
            "",
            int(1, 1_000_000),
            "Keys",
            "How many keys the recipe draws from",
        ),
    ),
    only(
        Some(("keys", &["uniform", "zipf", "hot"])),
        field(
            "key_prefix",
            "Key prefix",
            "",
            FieldKind::Text { chars_max: 200 },
            "Keys",
            "Keys are the prefix followed by a number from 0",
        ),
    ),
    only(
        Some(("keys", &["zipf"])),
        field(
            "zipf_hundredths",
            "Zipf exponent",
            "/ 100",
            int(1, 500),
            "Keys",
            "100 is Zipf's law itself; larger is more uneven",
        ),
    ),
    only(
        Some(("keys", &["list"])),
        field(
            "key_list",
            "Keys and weights",
            "",
            FieldKind::Weights,
            "Keys",
            "Each key with its weight",
        ),
    ),
    only(
        Some(("keys", &["hot"])),
        field(
            "hot_key",
            "Hot key",
            "",
            FieldKind::Text { chars_max: 256 },
            "Keys",
            "The key that gets its own share of all records",
        ),
    ),
    only(
        Some(("keys", &["hot"])),
        field(
            "hot_share",
            "Share of the hot key",
            "",
            FieldKind::Share,
            "Keys",
            "Part of all records, such as 1/2",
        ),
    ),
    only(
        Some(("keys", &["field"])),
        field(
            "key_field",
            "JSON field",
            "",
            FieldKind::Text { chars_max: 128 },
            "Keys",
            "A top-level field of the payload; records without it get the key `none`",
        ),
    ),
    field(
        "key_salt",
        "Salt",
        "ways",
        int(1, 1_000),
        "Keys",
        "Adds #0 to #(n-1) at random, which spreads one key over n hash values and gives up its \
         order",
    ),
    only(
        GENERATED,
        field(
            "payload",
            "Payload",
            "",
            FieldKind::Code { chars_max: 8_192 },
            "Payload",
            "Text with ${key}, ${seq}, ${time}, ${millis}, ${int low high}, \
             ${float low high digits}, \
         ${pick a|b|c}, ${bool}, ${uuid}, ${word}",
        ),
    ),
    only(
        GENERATED,
        field(
            "size",
            "Size",
            "",
            FieldKind::Choice(&[
                ("template", "As the template"),
                ("fixed", "Fixed"),
                ("uniform", "Uniform"),
                ("log_normal", "Log-normal"),
            ]),
            "Payload",
            "Padding makes payloads as large as you need; JSON objects stay valid JSON",
        ),
    ),
    only(
        Some(("size", &["fixed", "uniform", "log_normal"])),
        field(
            "size_bytes",
            "Bytes",
            "B",
            int(0, 10_485_760),
            "Payload",
            "The size, the smallest size, or the median",
        ),
    ),
    only(
        Some(("size", &["uniform", "log_normal"])),
        field(
            "size_bytes_max",
            "Bytes, upper",
            "B",
            int(0, 10_485_760),
            "Payload",
            "The largest size, or the 99th percentile",
        ),
    ),
    field(
        "client_encryption",
        "Encrypt before sending",
        "",
        FieldKind::Bool,
        "Payload",
        "Client-side encryption, as with the AWS Encryption SDK: 404 bytes more, and nobody on \
         the way can read the data; keys stay in the clear",
    ),
];

const GENERATED: Option<(&str, &[&str])> = Some(("source", &["generated"]));
const REPLAYED: Option<(&str, &[&str])> = Some(("source", &["data"]));
