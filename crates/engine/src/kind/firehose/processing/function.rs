//! What the transforming function answers: `Ok`, `Dropped` or `ProcessingFailed` for each record,
//! or something that breaks the contract (facts, firehose §3).

use core::str;

use base::units::MIB;
use scenario::kind::{FirehoseConfig, Transform};
use serde_json::{Map, Value};
use sql::Select;

use super::Fault;
use crate::formats::Formats;
use crate::generate::template::write_escaped;
use crate::kind::agent;

/// Payload each way.
pub(super) const PAYLOAD_MAX: u64 = 6 * MIB;
/// Identifier, result and names around the data of one record in an answer.
const ANSWER_BYTES: u64 = 110;
/// What stands where a member was.
const REDACTED: &str = "***";

/// What the function says of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kind) enum Answer {
    /// `Ok`, with the same data.
    Same,
    /// `Ok`, with other data.
    Ok(Vec<u8>),
    /// `Dropped`.
    Dropped,
    /// `ProcessingFailed`.
    Failed,
}

/// Why an answer is of no use. AWS's words are those of the developer guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kind) enum Trouble {
    /// The invocation failed.
    FunctionError,
    /// It took longer than five minutes.
    TimedOut,
    /// A record is not in the answer.
    MissingId,
    /// A record is in the answer twice.
    DuplicatedId,
    /// The answer is no JSON of the right form.
    Unreadable,
}

impl Trouble {
    /// Whether the invocation is made again: only when it failed as such.
    pub(in crate::kind) fn is_retried(self) -> bool {
        matches!(self, Self::FunctionError | Self::TimedOut)
    }

    /// AWS's message.
    pub(in crate::kind) fn message(self) -> &'static str {
        self.fault(0).message
    }

    /// AWS's code and message.
    pub(super) fn fault(self, attempts: u32) -> Fault<'static> {
        let (code, message) = match self {
            Self::FunctionError => (
                "Lambda.FunctionError",
                "The Lambda function was successfully invoked but it returned an error result.",
            ),
            Self::TimedOut => {
                ("Lambda.FunctionTimedOut", "The maximum supported function timeout is 5 minutes.")
            }
            Self::MissingId => (
                "Lambda.MissingRecordId",
                "One or more record Ids are missing. Ensure that the Lambda function returns all \
                 received record IDs.",
            ),
            Self::DuplicatedId => (
                "Lambda.DuplicatedRecordId",
                "Multiple records are returned with the same record ID. Ensure that the Lambda \
                 function returns unique record IDs for each record.",
            ),
            Self::Unreadable => (
                "Lambda.JsonProcessingException",
                "There was an error parsing returned records from the Lambda function. Ensure that \
                 the returned records follow the status model required by Amazon Data Firehose.",
            ),
        };
        Fault { code, message, attempts, log: "" }
    }
}

/// A record the function said `ProcessingFailed` of, and what it wrote into its log about it.
pub(super) const fn failed(attempts: u32, log: &str) -> Fault<'_> {
    let (code, message) =
        ("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record");
    Fault { code, message, attempts, log }
}

/// Runs the function over a batch. `nth` counts invocations: nonsense comes in three kinds.
///
/// # Errors
/// The contract is broken, or the answer is larger than Lambda gives back.
pub(in crate::kind) fn run(
    config: &FirehoseConfig,
    select: Option<&Select>,
    (formats, now_micros, nth): (Formats, i64, u64),
    batch: &[Vec<u8>],
) -> Result<Vec<Answer>, Trouble> {
    if config.transform == Transform::WrongIds {
        return Err(match nth % 3 {
            0 => Trouble::MissingId,
            1 => Trouble::DuplicatedId,
            _ => Trouble::Unreadable,
        });
    }
    let answer = |data: &Vec<u8>| match config.transform {
        Transform::CsvToJson => csv(&config.transform_field, data),
        Transform::LogToJson => log(data),
        Transform::Redact => redacted(config.transform_field.trim(), data),
        Transform::Drop => dropped(&config.transform_field, data),
        Transform::Sql => select.map_or(Answer::Failed, |select| {
            sql::json::select(select, data, now_micros)
                .map_or(Answer::Failed, |text| Answer::Ok(text.into_bytes()))
        }),
        Transform::Jq => match formats.jq(&config.transform_jq, data) {
            Ok(results) => results.into_iter().next().map_or(Answer::Dropped, Answer::Ok),
            Err(_) => Answer::Failed,
        },
        Transform::None
        | Transform::Identity
        | Transform::Fail
        | Transform::Slow
        | Transform::WrongIds => Answer::Same,
    };
    let answers: Vec<Answer> = batch.iter().map(answer).collect();
    let bytes = answers.iter().zip(batch).map(|(answer, data)| match answer {
        Answer::Ok(data) => payload_bytes(data.len() as u64, ANSWER_BYTES),
        Answer::Same | Answer::Failed => payload_bytes(data.len() as u64, ANSWER_BYTES),
        Answer::Dropped => ANSWER_BYTES,
    });
    if bytes.sum::<u64>() > PAYLOAD_MAX { Err(Trouble::FunctionError) } else { Ok(answers) }
}

/// Bytes of a record in a payload: Base64 and what stands around it.
pub(super) fn payload_bytes(data_bytes: u64, around: u64) -> u64 {
    data_bytes.div_ceil(3) * 4 + around
}

/// The values of a line under the names of columns; numbers stay numbers.
fn csv(names: &str, data: &[u8]) -> Answer {
    let Some(line) = text(data) else { return Answer::Failed };
    let (names, values) = (names.split(','), line.split(','));
    if names.clone().count() != values.clone().count() {
        return Answer::Failed;
    }
    let mut out = Vec::new();
    for (name, value) in names.zip(values) {
        out.extend_from_slice(if out.is_empty() { b"{\"" } else { b",\"" });
        write_escaped(name.trim(), &mut out);
        out.extend_from_slice(b"\":");
        if matches!(serde_json::from_str(value), Ok(Value::Number(_))) {
            out.extend_from_slice(value.trim().as_bytes());
        } else {
            out.push(b'"');
            write_escaped(value, &mut out);
            out.push(b'"');
        }
    }
    out.push(b'}');
    Answer::Ok(out)
}

/// A line of Apache's common log format, as the Kinesis Agent makes JSON of it.
fn log(data: &[u8]) -> Answer {
    let line = text(data).and_then(agent::common_log);
    line.map_or(Answer::Failed, |mut json| {
        json.truncate(json.trim_ascii_end().len());
        Answer::Ok(json)
    })
}

fn redacted(name: &str, data: &[u8]) -> Answer {
    let Some(mut members) = object(data) else { return Answer::Failed };
    match members.get_mut(name) {
        None => Answer::Same,
        Some(member) => {
            *member = Value::from(REDACTED);
            Answer::Ok(Value::Object(members).to_string().into_bytes())
        }
    }
}

/// `level=DEBUG` drops what has this value.
fn dropped(condition: &str, data: &[u8]) -> Answer {
    let Some(members) = object(data) else { return Answer::Failed };
    let (name, wanted) = condition.split_once('=').unwrap_or((condition, ""));
    let fits = match members.get(name.trim()) {
        Some(Value::String(text)) => text == wanted.trim(),
        Some(other) => serde_json::from_str(wanted.trim()).is_ok_and(|it: Value| *other == it),
        None => false,
    };
    if fits { Answer::Dropped } else { Answer::Same }
}

fn object(data: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(data) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// A line without its end.
fn text(data: &[u8]) -> Option<&str> {
    str::from_utf8(data).ok().map(|text| text.trim_end_matches(['\r', '\n']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(transform: Transform, field: &str, data: &str, expected: &Answer) {
        let transform_field = field.to_owned();
        let config = FirehoseConfig { transform, transform_field, ..FirehoseConfig::default() };
        let batch = [data.as_bytes().to_vec()];
        let answers = run(&config, None, (Formats::none(), 0, 0), &batch).expect("a good answer");
        assert_eq!(answers, std::slice::from_ref(expected), "{data}");
    }

    fn ok(text: &str) -> Answer {
        Answer::Ok(text.as_bytes().to_vec())
    }

    #[test]
    fn the_catalogue_does_what_it_says() {
        let csv = Transform::CsvToJson;
        check(csv, "carrier, delay", "UA,12\n", &ok(r#"{"carrier":"UA","delay":12}"#));
        check(csv, "carrier,delay", "UA", &Answer::Failed);
        let line = "10.0.0.1 - - [26/Oct/2026:22:00:01 -0700] \"GET /a HTTP/1.1\" 200 12";
        let Answer::Ok(json) = log(line.as_bytes()) else { panic!("{line}") };
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!((&json["host"], &json["response"]), (&"10.0.0.1".into(), &"200".into()));
        assert_eq!(log(b"no log"), Answer::Failed);
        let redact = Transform::Redact;
        check(redact, "ssn", r#"{"ssn":"1-2","a":1}"#, &ok(r#"{"ssn":"***","a":1}"#));
        check(redact, "ssn", r#"{"a":1}"#, &Answer::Same);
        check(redact, "ssn", "[1]", &Answer::Failed);
        check(Transform::Drop, "level=DEBUG", r#"{"level":"DEBUG"}"#, &Answer::Dropped);
        check(Transform::Drop, "level=DEBUG", r#"{"level":"INFO"}"#, &Answer::Same);
        check(Transform::Drop, "n=4", r#"{"n":4}"#, &Answer::Dropped);
    }

    /// Facts, firehose §3: 6 MB each way, Base64 included.
    #[test]
    fn an_answer_of_more_than_6_mb_is_an_error_of_the_function() {
        let config = FirehoseConfig { transform: Transform::Identity, ..FirehoseConfig::default() };
        let run = |bytes: u64| {
            let batch = [vec![b'x'; usize::try_from(bytes).unwrap()]];
            run(&config, None, (Formats::none(), 0, 0), &batch).map(|answers| answers.len())
        };
        let most = (PAYLOAD_MAX - ANSWER_BYTES) / 4 * 3;
        assert_eq!(run(most), Ok(1));
        assert_eq!(run(most + 1), Err(Trouble::FunctionError));
    }
}
