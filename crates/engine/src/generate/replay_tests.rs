//! Replaying data sets.

use super::*;

const FLIGHTS: &[u8] = include_bytes!("../../../../www/data/flights.csv");

fn data(name: &str, bytes: &[u8]) -> Arc<DataSet> {
    let (set, findings) = DataSet::parse(name, bytes).expect("the sample is fine");
    assert!(findings.is_empty(), "{findings:?}");
    Arc::new(set)
}

fn config(key: &str, time: &str, speed: u32) -> RecordsConfig {
    RecordsConfig {
        key_column: key.to_owned(),
        time_column: time.to_owned(),
        speed,
        ..RecordsConfig::default()
    }
}

/// Births until the end, or this many.
fn births(replay: &mut Replay, most: usize) -> Vec<Time> {
    let mut rng = Rng::from_seed(1);
    let mut out = Vec::new();
    while let Some(due) = replay.next().filter(|_due| out.len() < most) {
        replay.take(due, &mut rng, &mut out);
    }
    out
}

fn written(replay: &mut Replay) -> (String, String) {
    let (mut rng, mut table, mut out) = (Rng::from_seed(1), KeyTable::default(), Vec::new());
    let key = replay.write(&mut rng, &mut table, &mut out);
    (table.text(key).to_string(), String::from_utf8(out).expect("rows are UTF-8"))
}

fn new(data: &Arc<DataSet>, config: &RecordsConfig) -> Replay {
    Replay::new(data, config, Time::ZERO, &mut Rng::from_seed(1))
}

#[test]
fn every_departure_leaves_at_its_own_time() {
    let set = data("flights.csv", FLIGHTS);
    let mut replay = new(&set, &config("carrier", "departed_at", 60));
    let all = births(&mut replay, usize::MAX);
    assert_eq!(all.len(), 6_064);
    assert_eq!(replay.notes(), Notes::default());
    // The second flight left 16 minutes after the first: 16 seconds at 60 times real time.
    assert_eq!(all[..2], [Time(0), Time(16_000_000)]);
    let (key, payload) = written(&mut replay);
    assert_eq!(key, "UA");
    let row: serde_json::Value = serde_json::from_str(&payload).expect("valid JSON");
    assert_eq!(row["flight"], 1_545);
    assert_eq!(row["departed_at"], "2013-01-01T10:17:00Z");
}

#[test]
fn odd_times_are_counted_and_sent_at_once() {
    let text = b"at,k\n100,a\nsoon,b\n90,c\n110,d\n105,e\n";
    let mut replay = new(&data("odd.csv", text), &config("k", "at", 2));
    let all = births(&mut replay, usize::MAX);
    assert_eq!(all, [0, 0, 0, 5_000_000, 5_000_000].map(Time));
    assert_eq!(replay.notes(), Notes { back: 2, unreadable: 1 });
}

#[test]
fn a_repeat_begins_one_mean_gap_after_the_end() {
    let text = b"at,k\n100,a\n101,b\n104,c\n";
    let repeat = RecordsConfig { repeat: true, ..config("k", "at", 1) };
    let mut replay = new(&data("again.csv", text), &repeat);
    let all: Vec<u64> = births(&mut replay, 7).iter().map(|at| at.secs()).collect();
    assert_eq!(all, [0, 1, 4, 6, 7, 10, 12]);
    let one = new(&data("one.csv", b"at,k\n5,a\n"), &repeat);
    assert_eq!(births(&mut one.clone(), 3), [0, 1_000_000, 2_000_000].map(Time));
}

#[test]
fn rows_without_times_go_out_evenly() {
    let even = RecordsConfig { records_per_sec: 2, ..config("k", "", 1) };
    let set = data("even.csv", b"k\na\nb\nc\n");
    assert_eq!(births(&mut new(&set, &even), 10).len(), 3);
    let repeat = RecordsConfig { repeat: true, ..even };
    let all = births(&mut new(&set, &repeat), 10);
    assert_eq!(all.last(), Some(&Time(4_750_000)));
}

#[test]
fn a_change_of_speed_goes_on_where_it_was() {
    let text = b"at,k\n0,a\n100,b\n200,c\n";
    let set = data("speed.csv", text);
    let mut rng = Rng::from_seed(1);
    let mut replay = new(&set, &config("k", "at", 10));
    replay.take(Time(5_000_000), &mut rng, &mut Vec::new());
    let faster = config("k", "at", 50);
    assert!(replay.continues(&set, &faster));
    replay.reconfigure(&faster, Time(5_000_000), &mut rng);
    assert_eq!(births(&mut replay, 9), [6_000_000, 8_000_000].map(Time));
}

#[test]
fn json_lines_stay_as_they_came() {
    let text = b"{\"k\": \"x\", \"n\": 1.50}\n\n  {\"k\":\"y\"}\r\n";
    let mut replay = new(&data("rows.jsonl", text), &config("k", "", 1));
    assert_eq!(written(&mut replay), ("x".to_owned(), "{\"k\": \"x\", \"n\": 1.50}".to_owned()));
    assert_eq!(written(&mut replay), ("y".to_owned(), "{\"k\":\"y\"}".to_owned()));
}

#[test]
fn cells_are_numbers_only_where_json_says_so() {
    for text in ["0", "-1", "1.5", "1e9", "2E-3", "-0.0"] {
        assert!(is_number(text), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    }
    for text in ["", "-", "01", "1.", ".5", "+1", "1e", "NaN", "0x1", "1 "] {
        assert!(!is_number(text), "{text}");
    }
    let mut replay = new(&data("q.csv", b"a,b\n\"say \"\"hi\"\"\",007\n"), &config("a", "", 1));
    assert_eq!(written(&mut replay).1, r#"{"a":"say \"hi\"","b":"007"}"#);
}
