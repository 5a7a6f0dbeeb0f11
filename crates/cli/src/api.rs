//! `rivulet api`: the Kinesis JSON API over standard input and output, a request a line.
//!
//! The caller is the clock: every line says when it is sent, and time goes there first. Nothing a
//! line can say ends the program; what is not a request is answered as such.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _};

use base::{Duration, Rng, Time, limits};
use engine::Engine;
use engine::api::{Answer, Profile};
use engine::control::Account;
use scenario::{DataSets, Document};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::input::length;
use crate::output::{Reader, say};
use crate::{FORMATS, Outcome, Stop, plain};

/// What `api` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ApiArgs {
    /// Which age of the service answers
    #[arg(long, value_enum, default_value_t = Age::Current)]
    profile: Age,
    /// Whether limits per second are kept
    #[arg(long, value_enum, default_value_t = Switch::On)]
    throttling: Switch,
    /// How long a stream is CREATING or DELETING
    #[arg(long, value_parser = length, default_value = "500ms")]
    create_delay: Duration,
    /// How long a stream is UPDATING, whatever changes
    #[arg(long, value_parser = length, default_value = "500ms")]
    reshard_delay: Duration,
    /// Open shards the account may have, up to 1,000,000
    // `ShardLimit` of `DescribeLimits` ends there (botocore 1.44.5).
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=1_000_000), default_value_t = 50)]
    shard_limit: u32,
    /// Milliseconds since 1970 UTC at `at_micros` 0, until the year 2100
    #[arg(
        long,
        value_parser = clap::value_parser!(u64).range(..=4_102_444_800_000),
        default_value_t = 1_767_225_600_000
    )]
    epoch_millis: u64,
    /// Twelve digits
    #[arg(long, value_parser = account, default_value = "123456789012")]
    account: String,
    /// Region of the account
    #[arg(long, value_parser = region, default_value = "us-east-1")]
    region: String,
}

/// The ages of the service.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Age {
    /// 2020
    Classic,
    /// Late 2026
    Current,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Switch {
    On,
    Off,
}

fn account(text: &str) -> Result<String, String> {
    let legal = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    legal.then(|| text.to_owned()).ok_or_else(|| "an account has twelve digits".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let legal = !text.is_empty() && text.len() <= 32 && text.bytes().all(inside);
    legal.then(|| text.to_owned()).ok_or_else(|| "a region is a name like us-east-1".to_owned())
}

/// Answers line by line until the input ends.
pub(crate) fn api(args: &ApiArgs) -> Outcome {
    let mut service = Service::new(args)?;
    for line in io::stdin().lock().split(b'\n') {
        let line = line.map_err(|why| Stop::Input(format!("cannot read the input: {why}")))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if say(&service.line(&line))? == Reader::Gone {
            break;
        }
    }
    Ok(())
}

/// The members of a request, as they were written: the id comes back letter by letter, whatever
/// the others hold.
type Line<'a> = BTreeMap<String, &'a RawValue>;

struct Service {
    engine: Engine,
    profile: Profile,
    /// Makes the ids of answers.
    rng: Rng,
}

impl Service {
    fn new(args: &ApiArgs) -> Result<Self, Stop> {
        let (profile, limits) = match args.profile {
            Age::Classic => (Profile::Classic, "2021-01"),
            Age::Current => (Profile::Current, "2026-11"),
        };
        let document = Document { limits: limits.to_owned(), ..Document::default() };
        let made = Engine::new(&document, &DataSets::default(), FORMATS);
        let mut engine = made.map_err(|findings| Stop::Fault(crate::input::list(&findings)))?;
        engine.set_epoch_millis(args.epoch_millis);
        engine.account = Account {
            id: args.account.as_str().into(),
            region: args.region.as_str().into(),
            shard_limit: args.shard_limit,
            throttling: args.throttling == Switch::On,
            create_delay: args.create_delay,
            reshard_delay: args.reshard_delay,
            on_canvas: false,
        };
        Ok(Self { engine, profile, rng: Rng::from_seed(args.epoch_millis) })
    }

    /// The answer to a line, whatever it holds.
    fn line(&mut self, line: &[u8]) -> String {
        let text = String::from_utf8_lossy(line);
        let read = serde_json::from_str::<Line<'_>>(&text);
        let id = read.as_ref().ok().and_then(|line| line.get("id")).map_or("null", |id| id.get());
        let answer = match &read {
            Ok(line) => self.request(line).unwrap_or_else(|why| malformed(&why)),
            Err(why) if why.is_data() => malformed("A line is one JSON object."),
            Err(why) => malformed(&not_json("line", why)),
        };
        let (length, body) = match answer.body {
            Value::Null => (0, json!({})),
            body => (body.to_string().len(), body),
        };
        let headers = self.headers(length);
        let status = answer.status;
        format!(r#"{{"id":{id},"status":{status},"headers":{headers},"body":{body}}}"#)
    }

    fn request(&mut self, line: &Line<'_>) -> Result<Answer, String> {
        let member = |name: &str| match line.get(name) {
            None => Ok(Value::Null),
            Some(text) => {
                let text = plain::bounded(text.get());
                serde_json::from_str(&text).map_err(|why| not_json(name, &why))
            }
        };
        let at = member("at_micros")?.as_u64();
        let at = Time(at.ok_or("`at_micros` must be a whole number of microseconds.")?);
        let (target, body) = (member("target")?, member("body")?);
        let target = target.as_str();
        let target = target.ok_or("`target` must be text such as Kinesis_20131202.PutRecord.")?;
        let now = self.engine.now();
        if at < now {
            return Err(format!("`at_micros` goes back: it is {} and was {}.", at.0, now.0));
        }
        if at > limits::RUN_MAX {
            return Err(format!("`at_micros` may be {} at most.", limits::RUN_MAX.0));
        }
        self.engine.advance(at, u32::MAX);
        if let Some(why) = self.engine.halted() {
            return Err(format!("{why}."));
        }
        Ok(self.engine.call(self.profile, target, &body))
    }

    /// What every answer carries (facts, streams §14.1).
    fn headers(&mut self, length: usize) -> Value {
        let mut draw = || self.rng.word64();
        let (high, low) = (draw(), draw());
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0xfff,
            low & 0xffff_ffff_ffff,
        );
        // Base64 of 72 bytes: the digits are drawn one by one.
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digit = |_| char::from(DIGITS[(draw() & 0x3f) as usize]);
        let id_2: String = (0..96).map(digit).collect();
        json!({
            "x-amzn-RequestId": id,
            "x-amz-id-2": id_2,
            "Content-Type": "application/x-amz-json-1.1",
            "Content-Length": length.to_string(),
        })
    }
}

fn not_json(what: &str, why: &serde_json::Error) -> String {
    format!("The {what} is not JSON: {why}.")
}

/// The answer to a line that is no request.
fn malformed(why: &str) -> Answer {
    let body = json!({ "__type": "SerializationException", "Message": why });
    Answer { status: 400, body }
}
