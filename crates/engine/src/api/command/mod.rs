//! `aws kinesis …` and `aws firehose …` as people type it: the AWS command line's
//! spelling of the API, from the same tables. It follows version 2 (data is base64 unless
//! `--cli-binary-format` says otherwise); words of errors are those of awscli 1.46.3 and botocore,
//! which version 2 shares.
//!
//! What concerns the machine it would run on (profiles, regions, pagers) is read and ignored. Not
//! there: files, skeletons, and the pages the command line fetches by itself: one line is one call,
//! and `--max-items` is how many it asks for.

mod complete;
mod help;
mod output;
mod page;
mod parameter;
mod print;
mod query;
mod shorthand;
mod table;
mod words;

#[cfg(test)]
mod output_tests;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use self::parameter::Blobs;
use self::words::split;
use super::operation::{self, Operation};
use super::shape::{Member, Rule, Shape};
use super::{Profile, Service};

pub use self::complete::complete;
pub use self::output::Output;
pub use self::print::print;

/// What precedes the errors of the command line's own parser.
const USAGE: &str = "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
";

/// Options of every command that take a value; it means nothing here.
const IGNORED: [&str; 7] = [
    "--ca-bundle",
    "--cli-connect-timeout",
    "--cli-read-timeout",
    "--color",
    "--endpoint-url",
    "--profile",
    "--region",
];
/// Options of every command that take none, and mean nothing here.
const IGNORED_FLAGS: [&str; 7] = [
    "--debug",
    "--no-cli-auto-prompt",
    "--no-cli-pager",
    "--no-paginate",
    "--no-sign-request",
    "--no-verify-ssl",
    "--cli-auto-prompt",
];
/// Options of every command that this one cannot follow.
const ABSENT: [&str; 3] = ["--cli-input-yaml", "--generate-cli-skeleton", "--page-size"];
/// What the command line waits for: names of waiters of botocore 1.44.5, and whether the stream is
/// to be there.
const WAITERS: [(&str, bool); 2] = [("stream-exists", true), ("stream-not-exists", false)];

/// What a line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// A call of the API.
    Call(Call),
    /// `wait`: a call of `DescribeStream` that is repeated until the stream is `ACTIVE`, or gone.
    Wait(Call, bool),
    /// A text to read.
    Help(String),
}

/// A call of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Whose API.
    pub service: Service,
    /// Such as `PutRecord`.
    pub operation: &'static str,
    /// The request.
    pub body: Value,
    /// How the answer is shown.
    pub output: Output,
}

/// Reads a line such as `aws kinesis put-record --stream-name s --partition-key k --data aGk=`.
///
/// # Errors
/// What the command line would print instead of calling.
pub fn read(line: &str) -> Result<Typed, String> {
    let words = split(line)?;
    let mut words = words.iter().map(String::as_str);
    if words.next() != Some("aws") {
        return Err("commands begin with `aws`".into());
    }
    let service = match words.next() {
        None => return Err(usage("aws: error: the following arguments are required: command")),
        Some("help") => return Ok(Typed::Help(help::services())),
        Some(name) => Service::of_name(name).ok_or_else(|| {
            usage(&choice("command", name, &["firehose", "kinesis", "s3", "help"]))
        })?,
    };
    let words: Vec<&str> = words.collect();
    match words.as_slice() {
        [] => Err(usage("aws: error: the following arguments are required: operation")),
        ["help", ..] => Ok(Typed::Help(help::operations(service))),
        ["wait", rest @ ..] if service == Service::Kinesis => wait(rest),
        [name, rest @ ..] => {
            let Some(operation) = operations(service).find(|it| kebab(it.name) == *name) else {
                let names = names(service);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                return Err(usage(&choice("operation", name, &names)));
            };
            if rest.first() == Some(&"help") {
                return Ok(Typed::Help(help::operation(operation)));
            }
            call((service, operation), rest).map(Typed::Call)
        }
    }
}

fn call(
    (service, operation): (Service, &'static Operation),
    words: &[&str],
) -> Result<Call, String> {
    let (words, output) = Output::split(words)?;
    let (operation, body) = (operation.name, Options::read(operation, &words)?.body(operation)?);
    Ok(Call { service, operation, body, output })
}

/// `wait stream-exists --stream-name …`.
fn wait(words: &[&str]) -> Result<Typed, String> {
    let names = WAITERS.map(|(name, _)| name);
    let Some((name, rest)) = words.split_first() else {
        return Err(usage("aws: error: the following arguments are required: waiter"));
    };
    if *name == "help" {
        return Ok(Typed::Help(format!(
            "AVAILABLE COMMANDS\n       o {}\n",
            names.join("\n       o ")
        )));
    }
    let Some((_, exists)) = WAITERS.into_iter().find(|(known, _)| known == name) else {
        return Err(usage(&choice("waiter", name, &names)));
    };
    let described = operations(Service::Kinesis).find(|it| it.name == "DescribeStream");
    let operation = described.expect("streams can be described");
    Ok(Typed::Wait(call((Service::Kinesis, operation), rest)?, exists))
}

/// What the command line offers: event streams are beyond it.
fn operations(service: Service) -> impl Iterator<Item = &'static Operation> {
    operation::all(service).iter().filter(|it| it.name != "SubscribeToShard")
}

/// What may stand behind the name of a service.
fn names(service: Service) -> Vec<String> {
    let more: &[&str] = match service {
        Service::Kinesis => &["wait", "help"],
        Service::Firehose => &["help"],
    };
    let names = operations(service).map(|it| kebab(it.name));
    names.chain(more.iter().map(|name| (*name).to_owned())).collect()
}

/// Members of a request that are options today.
fn members(operation: &Operation) -> impl Iterator<Item = &Member> {
    operation.members.iter().filter(|member| member.is_in(Profile::Current))
}

fn is_needed(member: &Member) -> bool {
    member.rules.iter().any(|rule| matches!(rule, Rule::NotNull))
}

/// `StreamARN` to `stream-arn`, as botocore does it.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let starts = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let ends = before.is_some_and(|it| !it.is_ascii_uppercase());
        if letter.is_ascii_uppercase() && at > 0 && (starts || ends) {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn usage(why: &str) -> String {
    format!("\n{USAGE}\n{why}")
}

fn choice(argument: &str, found: &str, choices: &[&str]) -> String {
    let mut text =
        format!("aws: error: argument {argument}: Invalid choice, valid choices are:\n\n");
    for pair in choices.chunks(2) {
        text += &format!("{:<40} | {}\n", pair[0], pair.get(1).unwrap_or(&""));
    }
    let near: Vec<_> = choices.iter().filter(|it| is_near(found, it)).collect();
    if !near.is_empty() {
        text += &format!("\n\nInvalid choice: '{found}', maybe you meant:\n");
        near.iter().for_each(|it| text += &format!("\n  * {it}"));
    }
    text
}

/// Whether most letters of one word stand in the other in the same order.
fn is_near(typed: &str, choice: &str) -> bool {
    let mut rest = choice.chars();
    let shared = typed.chars().filter(|letter| {
        rest.clone().any(|it| it == *letter) && {
            let letter = *letter;
            rest.by_ref().any(|it| it == letter)
        }
    });
    shared.count() * 20 >= (typed.len() + choice.len()) * 8
}

/// What the options of one line say.
struct Options<'a> {
    /// Values by member, in the order they were typed.
    given: Vec<(&'a Member, Vec<&'a str>)>,
    /// `--cli-input-json`.
    input: Option<&'a str>,
    blobs: Blobs,
    /// `--max-items`.
    items_max: Option<&'a str>,
    /// `--starting-token`.
    token: Option<&'a str>,
}

impl<'a> Options<'a> {
    fn read(operation: &'a Operation, words: &[&'a str]) -> Result<Self, String> {
        let (given, blobs) = (Vec::new(), Blobs::Base64);
        let mut options = Self { given, input: None, blobs, items_max: None, token: None };
        let mut unknown = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (*word, None),
            };
            let behind = &words[at + 1..];
            let count = behind.iter().take_while(|it| !it.starts_with("--")).count();
            let values = inline.map_or(behind[..count].to_vec(), |value| vec![value]);
            let one = || {
                let missing = || format!("aws: error: argument {name}: expected one argument");
                values.first().copied().ok_or_else(|| usage(&missing()))
            };
            let taken = if let Some((member, is_on)) = named(operation, name) {
                let (value, taken) = match member.shape {
                    Shape::Boolean => (vec![if is_on { "true" } else { "false" }], 0),
                    Shape::List(_) | Shape::Tags => (values.clone(), values.len()),
                    _ => (vec![one()?], 1),
                };
                options.given.push((member, value));
                taken
            } else if IGNORED_FLAGS.contains(&name) {
                0
            } else {
                match options.global(name, one)? {
                    true => 1,
                    false => {
                        unknown.push(*word);
                        0
                    }
                }
            };
            at += 1 + if inline.is_some() { 0 } else { taken };
        }
        let missing: Vec<String> = members(operation)
            .filter(|it| is_needed(it) && options.input.is_none())
            .filter(|it| options.given.iter().all(|(given, _)| given.name != it.name))
            .map(|it| format!("--{}", kebab(it.name)))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let why = format!("aws: error: the following arguments are required: {missing}");
            return Err(usage(&why));
        }
        match unknown.is_empty() {
            true => Ok(options),
            false => Err(usage(&format!("Unknown options: {}", unknown.join(", ")))),
        }
    }

    /// Takes an option every command has; whether there is one of this name.
    fn global(
        &mut self,
        name: &str,
        one: impl Fn() -> Result<&'a str, String>,
    ) -> Result<bool, String> {
        match name {
            "--cli-input-json" => self.input = Some(one()?),
            "--cli-binary-format" => {
                self.blobs = match one()? {
                    "base64" => Blobs::Base64,
                    "raw-in-base64-out" => Blobs::Raw,
                    other => {
                        let choices = ["base64", "raw-in-base64-out"];
                        return Err(usage(&choice(name, other, &choices)));
                    }
                };
            }
            "--max-items" => self.items_max = Some(one()?),
            "--starting-token" => self.token = Some(one()?),
            _ if IGNORED.contains(&name) => drop(one()?),
            _ if ABSENT.contains(&name) => return Err(format!("`{name}` is not simulated")),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn body(self, operation: &Operation) -> Result<Value, String> {
        let mut body = match self.input {
            None => Map::new(),
            Some(text) => match text.parse() {
                Ok(Value::Object(body)) => body,
                Ok(_) | Err(_) => {
                    return Err(format!(
                        "\nError parsing parameter 'cli-input-json': Invalid JSON received: {text}"
                    ));
                }
            },
        };
        for (member, values) in &self.given {
            body.insert(member.name.into(), parameter::value(member, values)?);
        }
        page::ask(operation.name, (self.items_max, self.token), &mut body)?;
        parameter::finish(operation.members, body, self.blobs)
    }
}

/// The member an option sets, and whether a switch turns it on.
fn named<'a>(operation: &'a Operation, option: &str) -> Option<(&'a Member, bool)> {
    let name = option.strip_prefix("--")?;
    members(operation).find_map(|member| {
        let is_switch = matches!(member.shape, Shape::Boolean);
        let off = name.strip_prefix("no-").filter(|_| is_switch);
        let wanted = kebab(member.name);
        (wanted == name || off == Some(&*wanted)).then_some((member, wanted == name))
    })
}
