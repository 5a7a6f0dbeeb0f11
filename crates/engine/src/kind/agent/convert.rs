//! `dataProcessingOptions`: what the agent makes of a record before it sends it
//! (amazon-kinesis-agent 2026-07, `processing/processors` and `processing/parsers`).

use core::str;

use scenario::kind::{AgentConfig, Conversion, LogFormat};
use scenario::pattern::Pattern;

use crate::generate::template::write_escaped;

const COMBINED: [&str; 9] =
    ["host", "ident", "authuser", "datetime", "request", "response", "bytes", "referer", "agent"];
const ERROR: [&str; 7] =
    ["timestamp", "module", "severity", "processid", "threadid", "client", "message"];
const SYSLOG: [&str; 5] = ["timestamp", "hostname", "program", "processid", "message"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The data to send; `None` for a log entry that is of another form: it is left out. `own` is the
/// `matchPattern`, if there is one.
pub(super) fn convert(data: &[u8], config: &AgentConfig, own: Option<&Pattern>) -> Option<Vec<u8>> {
    let text = str::from_utf8(data).ok();
    match (config.conversion, text) {
        // What is no text cannot be processed: it goes as it is.
        (Conversion::None, _) | (_, None) => Some(data.to_vec()),
        (Conversion::SingleLine, Some(text)) => {
            let mut out: String = text.split('\n').map(str::trim).collect();
            out.push('\n');
            Some(out.into_bytes())
        }
        (Conversion::CsvToJson, Some(text)) => {
            let line = text.strip_suffix('\n').unwrap_or(text);
            // Java's `split` leaves out empty columns at the end.
            let line = line.trim_end_matches(config.delimiter.as_str());
            let mut columns = line.split(config.delimiter.as_str());
            Some(object(config.field_names().map(|name| (name, columns.next()))))
        }
        (Conversion::LogToJson, Some(text)) => {
            let line = text.strip_suffix('\n').unwrap_or(text);
            if let Some(pattern) = own {
                return matched(line, config, pattern);
            }
            let (own, values) = match config.log_format {
                LogFormat::Common => (&COMBINED[..7], common(line)?),
                LogFormat::Combined => (&COMBINED[..], combined(line)?),
                LogFormat::ApacheError => (&ERROR[..], apache_error(line)?),
                LogFormat::Syslog => (&SYSLOG[..], syslog(line)?),
            };
            let told: Vec<&str> = config.field_names().collect();
            let names = if told.is_empty() { own } else { &told };
            Some(object(names.iter().copied().zip(values)))
        }
    }
}

/// A line of the common log format as a JSON object; `None` when it is none.
pub(in super::super) fn common_log(line: &str) -> Option<Vec<u8>> {
    Some(object(COMBINED[..7].iter().copied().zip(common(line)?)))
}

/// A JSON object of texts and nulls, and a line feed.
fn object<'a>(fields: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.extend_from_slice(if out.is_empty() { b"{\"" } else { b",\"" });
        write_escaped(name, &mut out);
        out.extend_from_slice(b"\":");
        match value {
            Some(text) => {
                out.push(b'"');
                write_escaped(text, &mut out);
                out.push(b'"');
            }
            None => out.extend_from_slice(b"null"),
        }
    }
    out.extend_from_slice(if out.is_empty() { b"{}\n" } else { b"}\n" });
    out
}

/// The groups of a pattern of one's own under one's own names; other numbers of groups than names
/// leave the entry out. What shows as `-` is absent, but in the parser of system logs.
fn matched(line: &str, config: &AgentConfig, pattern: &Pattern) -> Option<Vec<u8>> {
    let groups = pattern.take_apart(line)?;
    if groups.len() != config.field_names().count() {
        return None;
    }
    let is_apache = config.log_format != LogFormat::Syslog;
    let values = groups.into_iter().map(|it| if is_apache { it.and_then(absent) } else { it });
    Some(object(config.field_names().zip(values)))
}

type Values<'a> = Vec<Option<&'a str>>;

/// The fields of a common log entry; what follows is of no interest.
fn common(line: &str) -> Option<Values<'_>> {
    access(line).map(|(values, _rest)| values)
}

/// A common log entry with referer and agent.
fn combined(line: &str) -> Option<Values<'_>> {
    let (mut values, rest) = access(line)?;
    let (referer, rest) = quoted(rest.strip_prefix(' ')?)?;
    let (agent, _) = quoted(rest.strip_prefix(' ')?)?;
    values.extend([absent(referer), absent(agent)]);
    Some(values)
}

fn access(line: &str) -> Option<(Values<'_>, &str)> {
    let (host, rest) = line.split_once(' ').filter(|(host, _)| is_host(host))?;
    let (ident, rest) = rest.split_once(' ').filter(|(ident, _)| is_user(ident))?;
    let (user, rest) = rest.split_once(' ').filter(|(user, _)| is_user(user))?;
    let (time, rest) = rest.strip_prefix('[')?.split_once("] ")?;
    if !is_http_date(time) {
        return None;
    }
    let (request, rest) = quoted(rest)?;
    let (status, rest) = number(rest.strip_prefix(' ')?)?;
    let (bytes, rest) = number(rest.strip_prefix(' ')?)?;
    let values = [host, ident, user, time, request, status, bytes];
    Some((values.into_iter().map(absent).collect(), rest))
}

/// `[day month date time year] [module:severity] [pid n:tid n] [client host] message`.
fn apache_error(line: &str) -> Option<Values<'_>> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] [")?;
    if time.split_whitespace().count() != 5 || !MONTHS.contains(&time.split_whitespace().nth(1)?) {
        return None;
    }
    let (level, rest) = rest.split_once("] [pid ")?;
    let (module, severity) =
        level.split_once(':').map_or((None, level), |(module, severity)| (Some(module), severity));
    let (process, rest) = rest.split_once("] [client ")?;
    let (pid, tid) =
        process.split_once(":tid ").map_or((process, None), |(pid, tid)| (pid, Some(tid)));
    let (client, message) = rest.split_once("] ")?;
    let values = [Some(time), module, Some(severity), Some(pid), tid, Some(client), Some(message)];
    Some(values.into_iter().map(|value| value.and_then(absent)).collect())
}

/// `month date time host program[pid]: message`.
fn syslog(line: &str) -> Option<Values<'_>> {
    let month = line.get(..3).filter(|month| MONTHS.contains(month))?;
    let date = line[month.len()..].trim_start();
    let (_, rest) = date.split_once(' ').filter(|(date, _)| is_digits(date))?;
    let (_, rest) = rest.split_once(' ').filter(|(clock, _)| clock.matches(':').count() == 2)?;
    let time = &line[..line.len() - rest.len() - 1];
    let rest = match rest.strip_prefix('<') {
        Some(facility) => facility.split_once("> ")?.1,
        None => rest,
    };
    let (host, rest) = rest.split_once(' ').filter(|(host, _)| is_user(host))?;
    let (source, message) = rest.split_once(": ")?;
    let (program, pid) = match source.strip_suffix(']').and_then(|it| it.split_once('[')) {
        Some((program, pid)) => (program, Some(pid)),
        None => (source, None),
    };
    Some(vec![Some(time), Some(host), Some(program), pid, Some(message)])
}

/// Apache writes `-` for what there is not.
fn absent(text: &str) -> Option<&str> {
    (text != "-").then_some(text)
}

fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('"')?.split_once('"').filter(|(inside, _)| !inside.is_empty())
}

fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let end = if text.starts_with('-') { 1 } else { end };
    (end > 0).then(|| text.split_at(end))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_host(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !text.is_empty() && text.bytes().all(inside)
}

fn is_user(text: &str) -> bool {
    is_host(text)
}

/// `21/Nov/2026:10:00:00 +0000`.
fn is_http_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '/');
    let (day, month, rest) = (parts.next(), parts.next(), parts.next());
    let rest = rest.and_then(|rest| rest.split_once(' ')).unwrap_or_default();
    day.is_some_and(is_digits)
        && month.is_some_and(|month| MONTHS.contains(&month))
        && rest.0.split(':').count() == 4
        && rest.0.split(':').all(is_digits)
        && is_digits(rest.1.trim_start_matches(['+', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(config: &AgentConfig, line: &str, expected: Option<&str>) {
        let own = config.matches_own().then(|| Pattern::new(&config.match_pattern).unwrap());
        let out = convert(line.as_bytes(), config, own.as_ref());
        assert_eq!(out.as_deref(), expected.map(str::as_bytes), "{line}");
    }

    fn log(log_format: LogFormat) -> AgentConfig {
        AgentConfig { conversion: Conversion::LogToJson, log_format, ..AgentConfig::default() }
    }

    /// Developer guide, writing with agents: the examples of each option.
    #[test]
    fn log_entries_become_objects_as_the_guide_shows() {
        let entry = "64.242.88.10 - - [07/Mar/2004:16:10:02 -0800] \
                     \"GET /mailman/listinfo/hsdivision HTTP/1.1\" 200 6291";
        let common = "{\"host\":\"64.242.88.10\",\"ident\":null,\"authuser\":null,\
                      \"datetime\":\"07/Mar/2004:16:10:02 -0800\",\
                      \"request\":\"GET /mailman/listinfo/hsdivision HTTP/1.1\",\
                      \"response\":\"200\",\"bytes\":\"6291\"}\n";
        check(&log(LogFormat::Common), &format!("{entry}\n"), Some(common));
        check(&log(LogFormat::Common), "no such thing\n", None);
        check(&log(LogFormat::Combined), entry, None);
        let both = format!("{entry} \"-\" \"Mozilla/5.0\"\n");
        let combined = common.replace("}\n", ",\"referer\":null,\"agent\":\"Mozilla/5.0\"}\n");
        check(&log(LogFormat::Combined), &both, Some(&combined));
        let names = "a,b,c,d,e,f,g".to_owned();
        let renamed = AgentConfig { custom_field_names: names, ..log(LogFormat::Common) };
        assert!(convert(entry.as_bytes(), &renamed, None).unwrap().starts_with(b"{\"a\":\"64."));
    }

    #[test]
    fn errors_and_system_logs_have_their_own_fields() {
        check(
            &log(LogFormat::ApacheError),
            "[Fri Sep 09 10:42:29 2011] [core:error] [pid 35708:tid 43] [client 72.15.99.187] gone",
            Some(
                "{\"timestamp\":\"Fri Sep 09 10:42:29 2011\",\"module\":\"core\",\
                 \"severity\":\"error\",\"processid\":\"35708\",\"threadid\":\"43\",\
                 \"client\":\"72.15.99.187\",\"message\":\"gone\"}\n",
            ),
        );
        check(
            &log(LogFormat::Syslog),
            "Mar 12 12:00:08 server2 rcd[308]: Loaded 12 packages",
            Some(
                "{\"timestamp\":\"Mar 12 12:00:08\",\"hostname\":\"server2\",\
                 \"program\":\"rcd\",\"processid\":\"308\",\"message\":\"Loaded 12 packages\"}\n",
            ),
        );
        check(&log(LogFormat::Syslog), "12:00 server2 rcd: x", None);
    }

    /// `ApacheLogParser.parseLogRecord`: all of the line must fit, as many groups as names, `-` is
    /// null; `SysLogParser.parseLogRecord` leaves `-` as it is.
    #[test]
    fn a_pattern_of_ones_own_takes_entries_apart() {
        let own = |log_format, pattern: &str| AgentConfig {
            match_pattern: pattern.to_owned(),
            custom_field_names: "host,user,took".to_owned(),
            ..log(log_format)
        };
        let pattern = r"^(\S+) (\S+) (?:took (\d+) ms)?$";
        let apache = own(LogFormat::Common, pattern);
        let whole = "{\"host\":\"web\",\"user\":null,\"took\":\"12\"}\n";
        check(&apache, "web - took 12 ms\n", Some(whole));
        check(&apache, "web - took 12 ms and more\n", None);
        check(&apache, "web ada ", Some("{\"host\":\"web\",\"user\":\"ada\",\"took\":null}\n"));
        check(&own(LogFormat::Common, r"(\S+) (.*)"), "web ada", None);
        let system = own(LogFormat::Syslog, pattern);
        check(&system, "web - took 12 ms", Some(&whole.replace("null", "\"-\"")));
    }

    /// `CSVToJSONDataConverter`: a column that is missing is null.
    #[test]
    fn columns_become_objects() {
        let csv = AgentConfig {
            conversion: Conversion::CsvToJson,
            custom_field_names: "name,age,town".to_owned(),
            ..AgentConfig::default()
        };
        check(&csv, "Ada,36\n", Some("{\"name\":\"Ada\",\"age\":\"36\",\"town\":null}\n"));
    }

    /// `SingleLineDataConverter`: lines are trimmed and joined.
    #[test]
    fn lines_become_one() {
        let single = AgentConfig { conversion: Conversion::SingleLine, ..AgentConfig::default() };
        check(&single, "{\n  \"a\": 1,\n  \"b\": 2\n}\n", Some("{\"a\": 1,\"b\": 2}\n"));
    }
}
