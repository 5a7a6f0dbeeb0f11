//! CloudTrail: who called what, newest first, each with its event as JSON.

use std::rc::Rc;

use base::{NodeId, Time};
use engine::call::{ACCOUNT, ErrorCode, REGION};
use engine::snapshot::ApiCall;
use engine::trail::TrailEvent;
use serde_json::{Value, json};

use crate::clock;
use crate::hud::{Trail, TrailRow};
use crate::session::Session;

/// Whose role makes calls by hand.
const ADMINISTRATOR: &str = "administrator";

/// The open trail; nothing while it is closed.
pub(super) fn trail(session: &Session) -> Option<Rc<Trail>> {
    session.panels.trail.map(|data| opened(session, data))
}

#[inline(never)]
fn opened(session: &Session, data: bool) -> Rc<Trail> {
    let calls = session.run.snapshot().calls.iter();
    let by_hand = calls.filter(|call| engine::trail::is_data("kinesis", &call.operation) == data);
    let by_hand = by_hand.map(|call| (call.at, by_hand_row(session, call)));
    let by_parts = session.run.trail(data).iter().map(|event| (event.at, row(session, event)));
    let mut rows: Vec<(Time, TrailRow)> = by_parts.chain(by_hand).collect();
    base::order::sort_by_key(&mut rows, |(at, _)| core::cmp::Reverse(*at));
    let (mut before, mut nth) = (None, 0);
    for (at, row) in &mut rows {
        nth = if before == Some(*at) { nth + 1 } else { 0 };
        before = Some(*at);
        row.key = format!("{}.{nth}", at.0).into();
    }
    Rc::new(Trail { data, rows: rows.into_iter().map(|(_, row)| row).collect() })
}

/// A call by the account's administrator: by the script, the console or a button.
fn by_hand_row(session: &Session, call: &ApiCall) -> TrailRow {
    let epoch_millis = session.document.epoch_millis;
    let text = |key: &str| call.answer.get(key).and_then(Value::as_str);
    let error = text("__type").filter(|_| call.status != 200);
    let data = engine::trail::is_data("kinesis", &call.operation);
    let of = call.body.get("StreamName").and_then(Value::as_str).unwrap_or_default();
    TrailRow {
        key: "".into(),
        at: clock::moment(epoch_millis, call.at).into(),
        by: ADMINISTRATOR.into(),
        operation: call.operation.as_str().into(),
        of: of.into(),
        error: error.unwrap_or_default().into(),
        json: indented(&json!({
            "eventVersion": "1.08",
            "userIdentity": identity(ADMINISTRATOR),
            "eventTime": instant(epoch_millis, call.at),
            "eventSource": "kinesis.amazonaws.com",
            "eventName": call.operation,
            "awsRegion": REGION,
            "errorCode": error,
            "errorMessage": error.and(text("message")),
            "requestParameters": call.body,
            "readOnly": engine::trail::is_read_only(&call.operation),
            "managementEvent": !data,
            "eventCategory": category(data),
        })),
    }
}

fn row(session: &Session, event: &TrailEvent) -> TrailRow {
    let name = |id: NodeId| session.document.node(id).map_or("removed", |node| node.name.as_str());
    let epoch_millis = session.document.epoch_millis;
    let error = event.error.map(ErrorCode::name).unwrap_or_default();
    TrailRow {
        key: "".into(),
        at: clock::moment(epoch_millis, event.at).into(),
        by: name(event.caller).into(),
        operation: event.operation.into(),
        of: name(event.callee).into(),
        error: error.into(),
        json: indented(&json!({
            "eventVersion": "1.08",
            "userIdentity": identity(name(event.caller)),
            "eventTime": instant(epoch_millis, event.at),
            "eventSource": format!("{}.amazonaws.com", event.service),
            "eventName": event.operation,
            "awsRegion": REGION,
            "errorCode": if error.is_empty() { Value::Null } else { Value::from(error) },
            "requestParameters": parameters(event.service, name(event.callee)),
            "readOnly": engine::trail::is_read_only(event.operation),
            "managementEvent": !event.is_data(),
            "eventCategory": category(event.is_data()),
        })),
    }
}

fn category(is_data: bool) -> &'static str {
    if is_data { "Data" } else { "Management" }
}

/// A part works under a role of its own name.
fn identity(name: &str) -> Value {
    json!({
        "type": "AssumedRole",
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/rivulet"),
        "accountId": ACCOUNT,
    })
}

fn parameters(service: &str, name: &str) -> Value {
    match service {
        "kinesis" => json!({ "streamName": name }),
        "firehose" => json!({ "deliveryStreamName": name }),
        "s3" => json!({ "bucketName": name }),
        _ => json!({ "tableName": name }),
    }
}

/// `2026-11-21T10:04:31Z`: CloudTrail has whole seconds.
fn instant(epoch_millis: u64, at: Time) -> String {
    let secs = epoch_millis.saturating_add(at.0 / 1_000) / 1_000;
    let micros = i64::try_from(secs.saturating_mul(1_000_000)).unwrap_or(i64::MAX);
    let text = base::calendar::Civil::at(micros, 0).text();
    format!("{}Z", text.get(..19).unwrap_or(&text))
}

fn indented(event: &Value) -> Rc<str> {
    serde_json::to_string_pretty(event).unwrap_or_default().into()
}
