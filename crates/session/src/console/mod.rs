//! The console: `aws …` as on a real command line, acting on the diagram at the present moment.
//!
//! `aws kinesis` and `aws firehose` are read, answered and completed by `engine::api::command`;
//! every call becomes an entry of the script, as all calls by hand do. `aws s3` looks at what the
//! diagram has of buckets.

mod s3;

use std::rc::Rc;

use base::Duration;
use engine::api::Answer;
use engine::api::command::{self, Call, Typed};
use serde_json::Value;

use crate::clock;
use crate::hud::ConsoleEntry;
use crate::session::Session;

/// How often the command line looks when it waits for a stream, and how long it waits between
/// (botocore 1.44.5, waiters).
const WAIT_ATTEMPTS: u32 = 18;
const WAIT_DELAY: Duration = Duration::from_secs(10);
/// Events at once, and how often that may be spent while a line waits: the page stands still
/// meanwhile.
const EVENTS_MAX: u32 = 100_000;
const SPENT_MAX: u32 = 20;
/// Lines that are kept.
const ENTRIES_MAX: usize = 200;

/// What was typed and what came of it, oldest first.
pub(crate) type Entries = Rc<Vec<ConsoleEntry>>;

/// What a line prints, or what it prints in red.
type Printed = Result<String, String>;

impl Session {
    /// Runs a line as typed and keeps what it printed.
    #[inline(never)]
    pub(crate) fn run_console(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        if line == "clear" {
            self.console = Entries::default();
            return;
        }
        let at = clock::moment(self.document.epoch_millis, self.run.snapshot().now);
        let printed = self.print(line);
        let failed = printed.is_err();
        let (Ok(output) | Err(output)) = printed;
        let entries = Rc::make_mut(&mut self.console);
        if entries.len() >= ENTRIES_MAX {
            entries.remove(0);
        }
        let output = output.trim_matches('\n').into();
        entries.push(ConsoleEntry { at: at.into(), line: line.into(), output, failed });
        if failed {
            self.say("The command failed");
        }
    }

    /// Words that fit in place of the last one of a line.
    #[must_use]
    pub fn complete(&self, line: &str) -> Vec<String> {
        let is = |kind: &'static str| {
            let nodes = self.document.nodes.iter();
            nodes.filter(move |node| node.config.kind() == kind).map(|node| node.name.clone())
        };
        let words: Vec<&str> = line.split(' ').collect();
        let begun = words.last().copied().unwrap_or_default();
        let fitting = |words: Vec<String>| {
            let fits = words.into_iter().filter(|word| word.starts_with(begun));
            fits.collect()
        };
        match words.as_slice() {
            ["aws", _] => fitting(["firehose", "help", "kinesis", "s3"].map(String::from).into()),
            ["aws", "s3", _] => fitting(s3::COMMANDS.map(String::from).into()),
            ["aws", "s3", ..] => fitting(is("bucket").map(|it| format!("s3://{it}/")).collect()),
            ["aws", "firehose", ..] => command::complete(line, &is("firehose").collect::<Vec<_>>()),
            _ => command::complete(line, &is("stream").collect::<Vec<_>>()),
        }
    }

    fn print(&mut self, line: &str) -> Printed {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["help"] => self.run_command("aws help"),
            ["aws", "s3", rest @ ..] => self.s3(rest),
            _ => self.run_command(line),
        }
    }

    fn run_command(&mut self, line: &str) -> Printed {
        match command::read(line)? {
            Typed::Help(text) => Ok(text),
            Typed::Call(call) => {
                let answer = self.answer(&call)?;
                command::print(&call, &answer)
            }
            Typed::Wait(call, exists) => self.wait(&call, exists, SPENT_MAX),
        }
    }

    fn answer(&mut self, call: &Call) -> Result<Answer, String> {
        let Value::Object(body) = call.body.clone() else { return Err(String::new()) };
        let done = self.call_api(call.service.in_script(call.operation), body)?;
        Ok(Answer { status: done.status, body: done.answer.clone() })
    }

    /// Calls once and looks then until the stream is as wanted, and lets the simulated time between
    /// two looks pass, but no more events than `EVENTS_MAX` so often.
    fn wait(&mut self, call: &Call, exists: bool, spent_max: u32) -> Printed {
        let waiter = if exists { "StreamExists" } else { "StreamNotExists" };
        let answer = self.answer(call)?;
        let description = &answer.body["StreamDescription"];
        let is_gone = answer.body["__type"] == "ResourceNotFoundException";
        if answer.status != 200 && (exists || !is_gone) {
            let why = command::print(call, &answer).err().unwrap_or_default();
            return Err(format!("Waiter {waiter} failed: {}", why.trim_start()));
        }
        let is_there = |status: Option<&str>| status == Some("ACTIVE");
        if is_gone || (exists && is_there(description["StreamStatus"].as_str())) {
            return Ok(String::new());
        }
        let name = description["StreamName"].as_str().unwrap_or_default();
        let mut spent = 0;
        for _look in 1..WAIT_ATTEMPTS {
            let until = self.run.snapshot().now + WAIT_DELAY;
            while self.run.advance(until, EVENTS_MAX) {
                spent += 1;
                if spent >= spent_max {
                    let why = "Too much happens to wait for it at once. Wait again, or press Play";
                    return Err(format!("Waiter {waiter} failed: {why}"));
                }
            }
            let status = self.run.stream_status(name);
            if if exists { is_there(status) } else { status.is_none() } {
                return Ok(String::new());
            }
        }
        Err(format!("Waiter {waiter} failed: Max attempts exceeded"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::Message;

    /// Where more happens than the page can stand still for, the run goes so far and the line says
    /// what to do.
    #[test]
    fn waiting_ends_where_too_much_happens() {
        let document = json!({
            "format": "rivulet/scenario", "version": 1,
            "nodes": [
                {"id": 1, "kind": "producer", "name": "clicks", "config": {
                    "records_per_sec": 10_000, "api": "PutRecord", "in_flight_max": 500,
                    "on_failure": "ignore"}},
                {"id": 2, "kind": "stream", "name": "orders"},
            ],
            "edges": [{"id": 1, "from": [1, "out"], "to": [2, "in"]}],
        });
        let mut session = Session::new();
        session.update(Message::OpenFile(document.to_string().into_bytes()));
        let line = "aws kinesis wait stream-not-exists --stream-name orders";
        let Ok(Typed::Wait(call, exists)) = command::read(line) else { panic!("{line}") };
        let before = session.run.snapshot().now;
        let why = "Too much happens to wait for it at once. Wait again, or press Play";
        let told = Err(format!("Waiter StreamNotExists failed: {why}"));
        assert_eq!(session.wait(&call, exists, 1), told);
        let passed = session.run.snapshot().now.since(before);
        assert!(Duration::SECOND < passed && passed < Duration::from_secs(60), "{passed:?}");
    }
}
