//! The console: `aws …` as on a real command line, acting on the diagram at the present moment.
//!
//! `aws kinesis` is read, answered and completed by `engine::api::command`; every call becomes an
//! entry of the script, as all calls by hand do. `aws s3` and `aws firehose` look at what the
//! diagram has of them.

mod firehose;
mod s3;

use std::rc::Rc;

use engine::api::Answer;
use engine::api::command::{self, Typed};
use serde_json::Value;

use crate::clock;
use crate::hud::ConsoleEntry;
use crate::session::Session;

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
            ["aws", "firehose", _] => fitting(firehose::OPERATIONS.map(String::from).into()),
            ["aws", "firehose", .., firehose::NAME, _] => fitting(is("firehose").collect()),
            ["aws", "firehose", ..] => fitting(vec![firehose::NAME.to_owned()]),
            _ => command::complete(line, &is("stream").collect::<Vec<_>>()),
        }
    }

    fn print(&mut self, line: &str) -> Printed {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["aws", "s3", rest @ ..] => self.s3(rest),
            ["aws", "firehose", rest @ ..] => self.firehose(rest),
            _ => self.kinesis(line),
        }
    }

    fn kinesis(&mut self, line: &str) -> Printed {
        let call = match command::read(line)? {
            Typed::Help(text) => return Ok(text),
            Typed::Call(call) => call,
        };
        let Value::Object(body) = call.body.clone() else { return Ok(String::new()) };
        let done = self.call_api(call.operation.to_owned(), body)?;
        let answer = Answer { status: done.status, body: done.answer.clone() };
        command::print(&call, &answer)
    }
}
