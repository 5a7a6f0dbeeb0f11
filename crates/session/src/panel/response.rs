//! The newest answer to a producer's put call as JSON: status 200 does not mean that all is stored.

use engine::control::Refusal;
use engine::control::answer::PutAnswer;
use engine::control::data::Stored;
use scenario::kind::PutApi;
use serde_json::{Value, json};

use crate::clock;
use crate::hud::Response;
use crate::why::plural;

/// Entries that are shown; a call has 500 at most.
const ENTRIES_SHOWN: usize = 100;

/// In words and as the API spells it.
#[inline(never)]
pub(super) fn of(answer: &PutAnswer, epoch_millis: u64) -> Response {
    let api = match answer.api {
        PutApi::PutRecord => "PutRecord",
        PutApi::PutRecords => "PutRecords",
    };
    let call = format!("{api} to {} at {}", answer.stream, clock::moment(epoch_millis, answer.at));
    let (outcome, lines) = match (&answer.entries, answer.api) {
        (Err(refusal), _) => refused(refusal),
        (Ok(entries), PutApi::PutRecord) => match entries.first() {
            Some(Err(refusal)) => refused(refusal),
            Some(Ok(stored)) => ("HTTP 200".to_owned(), vec![(place(stored.as_ref()), false)]),
            None => return Response { call: call.into(), outcome: "".into(), lines: Vec::new() },
        },
        (Ok(entries), PutApi::PutRecords) => listed(entries),
    };
    Response { call: call.into(), outcome: outcome.into(), lines }
}

/// The call as a whole: an exception and no entries.
fn refused(refusal: &Refusal) -> (String, Vec<(String, bool)>) {
    let status = if refusal.code.name() == "InternalFailure" { 500 } else { 400 };
    let body = json!({ "__type": refusal.code.name(), "message": refusal.message });
    (format!("HTTP {status}, the call failed"), vec![(body.to_string(), true)])
}

fn listed(entries: &[Result<Option<Stored>, Refusal>]) -> (String, Vec<(String, bool)>) {
    let failed = entries.iter().filter(|entry| entry.is_err()).count();
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let all = plural(count, "entry", "entries");
    let mut lines = vec![
        (format!("{{\"FailedRecordCount\": {failed},"), failed > 0),
        (" \"Records\": [".to_owned(), false),
    ];
    for (at, entry) in entries.iter().take(ENTRIES_SHOWN).enumerate() {
        let comma = if at + 1 < entries.len() { "," } else { "]}" };
        let text = match entry {
            Ok(stored) => place(stored.as_ref()),
            Err(refusal) => {
                let name = refusal.code.name();
                json!({ "ErrorCode": name, "ErrorMessage": refusal.message }).to_string()
            }
        };
        lines.push((format!("{text}{comma}"), entry.is_err()));
    }
    let hidden = entries.get(ENTRIES_SHOWN..).unwrap_or_default();
    if !hidden.is_empty() {
        let failed = hidden.iter().filter(|entry| entry.is_err()).count();
        lines.push((format!("… and {} more, {failed} of them failed", hidden.len()), failed > 0));
    }
    (format!("HTTP 200, {failed} of {all} failed"), lines)
}

fn place(stored: Option<&Stored>) -> String {
    let body = stored.map_or_else(
        || json!({}),
        |it| {
            let (number, shard) = (it.sequence_number.to_string(), it.shard.to_string());
            json!({ "ShardId": shard, "SequenceNumber": number })
        },
    );
    Value::to_string(&body)
}
