//! The newest answer to a producer's put call as JSON: status 200 does not mean that all is stored.

use engine::api::last::PutAnswer;
use serde_json::Value;

use crate::clock;
use crate::hud::Response;
use crate::why::plural;

/// In words and as the API spells it, an entry a line.
#[inline(never)]
pub(super) fn of(put: &PutAnswer, epoch_millis: u64) -> Response {
    let (entries, failed) = put.entries;
    let at = clock::moment(epoch_millis, put.at);
    let call = format!("{} to {} at {at}", put.operation, put.stream);
    let status = put.answer.status;
    let listed = put.answer.body.get("Records").and_then(Value::as_array);
    let outcome = match (status, listed) {
        (200, Some(_)) => {
            format!("HTTP 200, {failed} of {} failed", plural(entries, "entry", "entries"))
        }
        (200, None) => "HTTP 200".to_owned(),
        _ => format!("HTTP {status}, the call failed"),
    };
    let lines = match listed {
        Some(listed) => lines(listed, entries, failed),
        None => vec![(put.answer.body.to_string(), status != 200)],
    };
    Response { call: call.into(), outcome: outcome.into(), lines }
}

fn lines(listed: &[Value], entries: u64, failed: u64) -> Vec<(String, bool)> {
    let mut lines = vec![
        (format!("{{\"FailedRecordCount\": {failed},"), failed > 0),
        (" \"Records\": [".to_owned(), false),
    ];
    let mut shown = (0, 0);
    for entry in listed {
        let is_bad = entry.get("ErrorCode").is_some();
        shown = (shown.0 + 1, shown.1 + u64::from(is_bad));
        let comma = if shown.0 < entries { "," } else { "]}" };
        lines.push((format!("{entry}{comma}"), is_bad));
    }
    if shown.0 < entries {
        let (more, bad) = (entries - shown.0, failed - shown.1);
        lines.push((format!("… and {more} more, {bad} of them failed"), bad > 0));
    }
    lines
}
