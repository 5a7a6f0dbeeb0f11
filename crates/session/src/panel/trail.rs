//! CloudTrail: who called what, newest first, each with its event as JSON.

use std::rc::Rc;

use base::{NodeId, Time};
use engine::TrailEvent;
use engine::call::{ACCOUNT, ErrorCode, REGION};
use serde_json::{Value, json};

use crate::clock;
use crate::hud::{Trail, TrailRow};
use crate::session::Session;

/// The open trail; nothing while it is closed.
pub(super) fn trail(session: &Session) -> Option<Rc<Trail>> {
    let data = session.panels.trail?;
    let rows = session.run.trail(data).iter().rev().map(|event| row(session, event));
    Some(Rc::new(Trail { data, rows: rows.collect() }))
}

fn row(session: &Session, event: &TrailEvent) -> TrailRow {
    let name = |id: NodeId| session.document.node(id).map_or("removed", |node| node.name.as_str());
    let epoch_millis = session.document.epoch_millis;
    let error = event.error.map(ErrorCode::name).unwrap_or_default();
    TrailRow {
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
            "readOnly": event.is_read_only(),
            "managementEvent": !event.is_data(),
            "eventCategory": if event.is_data() { "Data" } else { "Management" },
        })),
    }
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
