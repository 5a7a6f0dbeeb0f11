//! What the HUD shows of a run.

use std::rc::Rc;

use scenario::FaultKind;
use scenario::price::Item;
use serde_json::Value;
use session::hud::{Apart, Body, Form, Listing, Tab};
use session::{Effect, Message, Pick};

use crate::support::{hot_key, hot_shard, node, pipeline, press, run, said, set};

#[test]
fn the_model_is_the_same_pointer_while_nothing_differs() {
    let mut session = hot_key();
    let first = session.hud();
    assert!(Rc::ptr_eq(&first, &session.hud()));
    session.update(Message::SelectNone);
    assert!(Rc::ptr_eq(&first, &session.hud()), "an update that changes nothing");
    session.tick(16_000, 1_000);
    assert!(Rc::ptr_eq(&first, &session.hud()));
    session.update(Message::ZoomIn);
    assert!(!Rc::ptr_eq(&first, &session.hud()));
}

#[test]
fn a_hot_shard_shows_everywhere() {
    let mut session = hot_shard();
    let stream = node(&session, "stream");
    session.update(Message::SelectNode(stream, false));
    session.update(Message::Play);
    run(&mut session, 6);
    let hud = session.hud();
    let row = hud.outline.iter().find(|row| row.node == stream).expect("a row");
    assert!(row.words.contains("rejecting"), "{}", row.words);
    assert!(row.words.contains("Feeds"), "{}", row.words);
    let inspector = hud.inspector.as_ref().expect("selected");
    assert!(inspector.why_count > 1);
    assert_eq!(inspector.why.len(), 1, "one reason, one shard, one card");
    let times = format!("{} times since 10:00:0", inspector.why_count);
    assert!(inspector.why[0].times.starts_with(&times), "{}", inspector.why[0].times);
    assert_eq!(&*inspector.why[0].reason, "shard_records");
    let throttled = inspector
        .metrics
        .iter()
        .find(|row| &*row.name == "WriteProvisionedThroughputExceeded")
        .expect("a metric");
    assert!(throttled.bad && throttled.value.ends_with("/s"), "{throttled:?}");
    let names: Vec<_> = hud.charts.iter().map(|chart| chart.name.to_string()).collect();
    assert_eq!(names[..2], ["IncomingRecords", "WriteProvisionedThroughputExceeded"]);
    assert!(hud.charts[0].limit.is_some() && hud.charts[0].note.contains("% of"));
    assert!(hud.counts.throttled > 0);
    assert!(hud.legend.iter().any(|key| key.slot == 1 || key.slot == 2));
    session.update(Message::Lens(60));
    assert_eq!(session.hud().charts[0].step_secs, 60);
}

#[test]
fn records_of_a_shard_can_be_read() {
    let mut session = hot_key();
    let stream = node(&session, "stream");
    session.update(Message::SelectNode(stream, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(3_000_000));
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    assert!(!inspector.lanes.is_empty());
    let record = inspector.records.first().expect("records are there");
    assert_eq!(record.sequence_number.len(), 56);
    assert_eq!(record.hash.len(), 32);
}

/// `PutRecords` as botocore 1.44.5 shapes it: an entry has a place, or an error and its message.
#[test]
fn the_newest_answer_of_a_producer_can_be_read() {
    let mut session = hot_shard();
    let (producer, stream) = (node(&session, "producer"), node(&session, "stream"));
    session.update(set(producer, "batch_records", 30));
    // Otherwise the newest call may be a second attempt, with fewer entries.
    session.update(set(producer, "on_failure", "ignore"));
    session.update(Message::SelectNode(producer, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(3_000_000));
    let hud = session.hud();
    let inspector = hud.inspector.as_ref().expect("selected");
    let response = inspector.response.clone().expect("calls were answered");
    let text: String = response.lines.iter().map(|(line, _failed)| line.as_str()).collect();
    let body: Value = serde_json::from_str(&text).expect("the lines are one JSON text");
    let entries = body["Records"].as_array().expect("a list");
    let (stored, failed): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| entry.get("SequenceNumber").is_some());
    assert_eq!(entries.len(), 30);
    assert!(stored.len() > 5 && failed.len() > 2, "{} and {}", stored.len(), failed.len());
    assert_eq!(body["FailedRecordCount"], failed.len());
    assert_eq!(&*response.outcome, format!("HTTP 200, {} of 30 entries failed", failed.len()));
    for entry in &failed {
        assert_eq!(entry["ErrorCode"], "ProvisionedThroughputExceededException");
        assert!(entry["ErrorMessage"].as_str().is_some_and(|it| it.starts_with("Rate exceeded")));
    }
    let red = response.lines.iter().filter(|(_line, failed)| *failed).count();
    assert_eq!(red, failed.len() + 1, "the failed entries and their count");
    session.update(Message::SelectNode(stream, false));
    let mut seen = 0;
    for shard in 0..4 {
        session.update(Message::ShowLane { node: stream, shard });
        let hud = session.hud();
        let inspector = hud.inspector.as_ref().expect("selected");
        let id = format!("shardId-{shard:012}");
        let told = stored.iter().filter(|entry| entry["ShardId"] == id.as_str());
        let known = |entry: &&&Value| {
            let records = inspector.records.iter();
            let mut numbers = records.map(|record| &*record.sequence_number);
            numbers.any(|number| entry["SequenceNumber"] == number)
        };
        seen += told.filter(known).count();
    }
    assert_eq!(seen, stored.len(), "the newest records of the shards are those of the answer");
}

/// A stream that is down answers no single entry: the call fails, with the service's own status.
#[test]
fn a_call_that_fails_as_a_whole_is_no_200() {
    let mut session = hot_shard();
    let (producer, stream) = (node(&session, "producer"), node(&session, "stream"));
    session.update(set(producer, "on_failure", "ignore"));
    session.update(Message::SelectNode(producer, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(1_000_000));
    session.update(Message::Fault { node: stream, kind: FaultKind::Down, micros: 60_000_000 });
    session.update(Message::StepMicros(3_000_000));
    let hud = session.hud();
    let response = hud.inspector.as_ref().and_then(|it| it.response.clone()).expect("an answer");
    assert_eq!(&*response.outcome, "HTTP 500, the call failed");
    let [(body, true)] = &response.lines[..] else { panic!("{response:?}") };
    assert!(body.contains("InternalFailure") && !body.contains("Records"), "{body}");
}

#[test]
fn an_object_opens_and_is_checked_as_lines() {
    let mut session = pipeline();
    let (firehose, bucket) = (node(&session, "firehose"), node(&session, "bucket"));
    session.update(set(firehose, "buffer_interval_secs", 5));
    session.update(set(firehose, "compression", "GZIP"));
    session.update(Message::SelectNode(bucket, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(30_000_000));
    let hud = session.hud();
    let listing = hud.inspector.as_ref().and_then(|inspector| inspector.listing.clone());
    let listing = listing.expect("a bucket lists");
    assert!(listing.count > 0);
    assert_eq!(listing.folders.len(), 1, "{listing:?}");
    let mut prefix = String::new();
    for _level in 0..4 {
        let hud = session.hud();
        let listing = hud.inspector.as_ref().and_then(|inspector| inspector.listing.clone());
        prefix += &listing.expect("a listing").folders[0].name;
        let message = Message::ListObjects { node: bucket, prefix: prefix.clone(), skip: 0 };
        session.update(message);
    }
    let hud = session.hud();
    let listing = hud.inspector.as_ref().and_then(|inspector| inspector.listing.clone());
    let newest = listing.expect("a listing").objects[0].clone();
    session.update(Message::ShowObject { node: bucket, index: newest.index });
    let hud = session.hud();
    let object = hud.object.as_ref().expect("it is open");
    assert!(object.key.ends_with(&*newest.name));
    assert_eq!(&*object.encoding, "gzip");
    assert!(object.check.0.contains("glued together"), "{:?}", object.check);
    assert_eq!((object.format, object.form), ("JSON", Form::Table));
    let Body::Table(rows) = &object.body else { panic!("{:?}", object.body) };
    assert!(rows.rows.len() > 1, "glued documents are rows: {rows:?}");
    for (form, begin) in [(Form::Text, "{\""), (Form::Json, "{\n"), (Form::Bytes, "00000000")] {
        session.update(Message::ShowObjectAs(form));
        let hud = session.hud();
        let object = hud.object.as_ref().expect("it is open");
        let Body::Text(text) = &object.body else { panic!("{:?}", object.body) };
        assert!(text.starts_with(begin), "{form:?}: {text}");
    }
    press(&mut session, "Escape");
    assert!(session.hud().object.is_none());
}

#[test]
fn d_says_where_things_stand() {
    let mut session = hot_shard();
    session.update(Message::SelectNode(node(&session, "stream"), false));
    session.update(Message::StepMicros(4_000_000));
    session.take_effects();
    press(&mut session, "d");
    let words = said(&mut session);
    assert!(words.contains("paused at 10:00:04"), "{words}");
    assert!(words.contains("records a second"), "{words}");
    assert!(words.contains("had used up the 1,000 records"), "{words}");
}

#[test]
fn what_lies_where_is_told_for_handles() {
    let mut session = pipeline();
    press(&mut session, "f");
    let hud = session.hud();
    for row in hud.outline.iter() {
        let (x, y, w, h) = row.rect;
        assert!(x >= 0 && y >= 0 && x + w <= 1_200 && y + h <= 800, "{row:?}");
        for (name, port_x, _y) in &row.ports {
            let side = if *name == "in" { x } else { x + w };
            assert!((port_x - side).abs() <= 1, "{row:?}");
        }
    }
}

/// Facts, streams §12.2: calls about the account are management events, calls that carry records
/// are data events.
#[test]
fn the_trail_keeps_management_and_data_events_apart() {
    let mut session = hot_shard();
    session.update(Message::Play);
    run(&mut session, 6);
    assert_eq!(session.hud().trail, None);
    session.update(Message::ShowTrail(Some(false)));
    let hud = session.hud();
    let trail = hud.trail.as_ref().expect("it is there");
    assert!(trail.rows.iter().any(|row| &*row.operation == "ListShards"), "{:?}", trail.rows);
    assert!(trail.rows.iter().all(|row| &*row.operation != "PutRecords"));
    session.update(Message::ShowTrail(Some(true)));
    let hud = session.hud();
    let rows = &hud.trail.as_ref().expect("it is there").rows;
    let put = rows.iter().find(|row| &*row.operation == "PutRecords").expect("it is there");
    let keys: std::collections::BTreeSet<_> = rows.iter().map(|row| row.key.clone()).collect();
    assert_eq!(keys.len(), rows.len(), "each row has a key of its own");
    let event: Value = serde_json::from_str(&put.json).expect("an event is JSON");
    assert_eq!(event["eventSource"], "kinesis.amazonaws.com");
    assert_eq!(event["managementEvent"], false);
    assert_eq!(event["requestParameters"]["streamName"], &*put.of);
    let opened = rows.first().expect("there are calls").clone();
    run(&mut session, 1);
    let hud = session.hud();
    let rows = &hud.trail.as_ref().expect("it is there").rows;
    let at = rows.iter().position(|row| row.key == opened.key).expect("it is still kept");
    assert!(at > 0 && rows[at] == opened, "newer calls come in above it");
}

/// Facts, streams §7: a shard for a month costs 10.95 dollars, whatever the run's length.
#[test]
fn the_bill_follows_the_run_and_the_prices() {
    let mut session = hot_shard();
    let stream = node(&session, "stream");
    session.update(set(stream, "shards", 1));
    session.update(Message::Play);
    run(&mut session, 6);
    let shard_hours = |session: &mut session::Session| {
        let hud = session.hud();
        let rows = hud.cost.rows.iter();
        rows.clone().find(|row| row.item == Item::ShardHour).cloned().expect("a line")
    };
    let row = shard_hours(&mut session);
    assert_eq!((&*row.price, &*row.month, row.is_own), ("0.015", "$10.95", false));
    session.update(Message::SetPrice(Item::ShardHour, "a lot".to_owned()));
    assert!(said(&mut session).contains("no price"));
    session.update(Message::SetPrice(Item::ShardHour, "$1.5".to_owned()));
    let row = shard_hours(&mut session);
    assert_eq!((&*row.price, &*row.month, row.is_own), ("1.50", "$1,095", true));
    session.update(Message::SetPrice(Item::ShardHour, String::new()));
    assert!(!shard_hours(&mut session).is_own);
}

/// Facts, streams §6: at least 25 MiB/s in and 25 MiB/s out are billed while On-demand Advantage
/// holds; §7: 0.032 and 0.016 dollars a GB: 3,079.69 dollars a month of 730 hours.
#[test]
fn on_demand_advantage_is_switched_in_the_bill() {
    let mut session = hot_shard();
    session.update(Message::Play);
    run(&mut session, 6);
    assert_eq!(session.hud().cost.advantage, Some(false));
    session.update(Message::SetAdvantage(true));
    assert_eq!(session.snapshot().now, base::Time::ZERO, "the run starts again");
    session.update(Message::Play);
    run(&mut session, 6);
    let hud = session.hud();
    assert_eq!(hud.cost.advantage, Some(true));
    let of = |item| hud.cost.rows.iter().find(|row| row.item == item).map(|row| &*row.month);
    assert_eq!(of(Item::AdvantageIn), Some("$2,053"), "25 / 1,024 GB * 2,628,000 s * $0.032");
    assert_eq!(of(Item::AdvantageOut), Some("$1,027"));
    session.update(Message::Undo);
    assert_eq!(session.hud().cost.advantage, Some(false));
}

/// Each example opens with what arrives, and with how far behind those are who read.
#[test]
fn every_example_opens_with_charts_that_show_its_point() {
    macro_rules! example {
        ($name:literal) => {
            ($name, &include_bytes!(concat!("../../../../www/examples/", $name, ".json"))[..])
        };
    }
    for (name, bytes) in [
        example!("blocked-shard"),
        example!("connector-library"),
        example!("departures"),
        example!("earthquakes"),
        example!("enriched"),
        example!("expired-iterators"),
        example!("firehose-race"),
        example!("hot-key"),
        example!("lean-lease-table"),
        example!("leases-move"),
        example!("no-concurrency"),
        example!("not-ok"),
        example!("one-record"),
        example!("one-second-trap"),
        example!("packing"),
        example!("poison-pill"),
        example!("retention-cliff"),
        example!("seen-twice"),
        example!("two-limits"),
    ] {
        let mut session = crate::support::session();
        session.update(Message::OpenFile(bytes.to_vec()));
        let hud = session.hud();
        let names: Vec<&str> = hud.charts.iter().map(|chart| &*chart.name).collect();
        assert!(names.len() >= 2 && names[0] == "IncomingRecords", "{name}: {names:?}");
        let of_reader = ["DataFreshness", "IteratorAge", "MillisBehindLatest"];
        let is_age = |name: &&str| of_reader.iter().any(|age| name.contains(age));
        assert!(names.iter().any(is_age), "{name}: {names:?}");
    }
}

#[test]
fn trouble_that_happened_has_a_chart() {
    let mut session = crate::support::session();
    let pill = include_bytes!("../../../../www/examples/poison-pill.json");
    session.update(Message::OpenFile(pill.to_vec()));
    let second = |session: &mut session::Session| session.hud().charts[1].name.to_string();
    assert_eq!(second(&mut session), "WriteProvisionedThroughputExceeded");
    session.update(Message::StepMicros(120_000_000));
    run(&mut session, 1);
    assert_eq!(second(&mut session), "Errors");
}

#[test]
fn no_chart_is_shown_twice() {
    for kind in ["producer", "kpl", "agent", "writer", "firehose", "stream", "kcl", "bucket"] {
        let mut session = crate::support::session();
        session.update(crate::support::place(kind));
        session.update(Message::SelectNone);
        let hud = session.hud();
        let names: Vec<_> = hud.charts.iter().map(|chart| (&chart.name, &chart.of)).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{kind}: {names:?}");
        }
    }
}

fn listing(session: &mut session::Session) -> Apart<Listing> {
    let hud = session.hud();
    hud.inspector.as_ref().and_then(|inspector| inspector.listing.clone()).expect("a bucket lists")
}

/// Ten records a second sealed every 5 s: small objects, which is said with the hint to raise, and
/// which can be had one by one or together.
#[test]
fn small_objects_are_warned_of_and_given_out() {
    let mut session = pipeline();
    let (firehose, bucket) = (node(&session, "firehose"), node(&session, "bucket"));
    session.update(set(firehose, "buffer_interval_secs", 5));
    session.update(Message::SelectNode(bucket, false));
    session.update(Message::ShowTab(Tab::Records));
    session.update(Message::StepMicros(30_000_000));
    assert_eq!(listing(&mut session).warning, None, "a few objects are no pattern");
    session.update(Message::StepMicros(60_000_000));
    let top = listing(&mut session);
    let words = top.warning.clone().expect("most objects are small");
    assert!(words.contains("raise its Buffer interval, now 5 s"), "{words}");
    let folder = &top.folders[0];
    assert_eq!((u64::from(folder.count), folder.bytes), (top.count, top.bytes));

    session.take_effects();
    let prefix = top.folders[0].name.clone();
    session.update(Message::Download(Pick::Under(bucket, prefix.clone())));
    let effects = session.take_effects();
    let [Effect::LoadFormats, Effect::DownloadZip { name, files }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert!(name.ends_with(".zip"), "{name}");
    assert_eq!(files.len() as u64, top.count);
    assert!(files.iter().all(|(name, bytes)| !name.starts_with(&prefix) && !bytes.is_empty()));

    session.update(Message::Download(Pick::One(bucket, 0)));
    let effects = session.take_effects();
    let [Effect::Download { name, bytes }] = &effects[..] else { panic!("{effects:?}") };
    let newest = files.last().expect("a file");
    assert!(newest.0.ends_with(name.as_str()) && !name.contains('/'), "{name}");
    assert_eq!(*bytes, newest.1);
}
