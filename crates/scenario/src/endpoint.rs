//! Which part a table of a Flink script stands for: by the options behind its `WITH` (facts,
//! analytics §3.4).

use base::Time;

use crate::kind::{Retrieval, StartAt};

/// The options of a table, in order.
pub type Options = [(String, String)];

/// What a table reads from or writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// A data stream.
    Kinesis,
    /// A Firehose stream; nothing reads from one.
    Firehose,
    /// A bucket.
    FileSystem,
    /// The log of the job; takes rows back as well.
    Print,
    /// Nothing; takes rows back as well.
    BlackHole,
}

/// Where a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// What it is.
    pub connector: Connector,
    /// The name of the part; empty for those that are none.
    pub name: &'a str,
    /// The prefix of objects, for a bucket.
    pub prefix: &'a str,
    /// Rows are columns with commas, not JSON.
    pub is_csv: bool,
}

/// Why options say nothing that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: &'static str,
}

/// The value of an option.
#[must_use]
pub fn option<'a>(options: &'a Options, key: &str) -> Option<&'a str> {
    options.iter().find(|it| it.0 == key).map(|it| it.1.as_str())
}

impl Connector {
    /// The kind of part at the other end of the wire, if there is one.
    #[must_use]
    pub fn kind(self) -> Option<&'static str> {
        match self {
            Self::Kinesis => Some("stream"),
            Self::Firehose => Some("firehose"),
            Self::FileSystem => Some("bucket"),
            Self::Print | Self::BlackHole => None,
        }
    }

    /// Whether rows that were written may be taken back.
    #[must_use]
    pub fn takes_updates(self) -> bool {
        self.kind().is_none()
    }
}

impl<'a> Endpoint<'a> {
    /// What the options of a table say.
    ///
    /// # Errors
    /// They name no connector, one that is not simulated, or leave out what it needs.
    pub fn of(options: &'a Options) -> Result<Self, Fault> {
        let fault = |message: String, help| Fault { message, help };
        let missing = |key: &str| {
            fault(format!("The option '{key}' is missing"), "Name the part that is wired")
        };
        let Some(word) = option(options, "connector") else {
            let help = "Write 'connector' = 'kinesis' behind WITH";
            return Err(fault("The table names no connector".to_owned(), help));
        };
        let last = |text: &'a str| text.rsplit(['/', ':']).next().unwrap_or(text);
        let by = |name: &str, arn: &str| {
            option(options, name)
                .or_else(|| option(options, arn).map(last))
                .ok_or_else(|| missing(name))
        };
        let (connector, name) = match word {
            "kinesis" | "kinesis-legacy" => (Connector::Kinesis, by("stream", "stream.arn")?),
            "firehose" => (Connector::Firehose, by("delivery-stream", "stream")?),
            "filesystem" => (Connector::FileSystem, by("path", "path")?),
            "print" => (Connector::Print, ""),
            "blackhole" => (Connector::BlackHole, ""),
            _ => {
                let help = "Use kinesis, firehose, filesystem, print or blackhole";
                return Err(fault(format!("The connector '{word}' is not simulated"), help));
            }
        };
        let is_csv = match option(options, "format") {
            None if connector.kind().is_some() => return Err(missing("format")),
            Some("csv") => true,
            None | Some("json") => false,
            Some(other) => {
                let help = "Write 'format' = 'json' or 'csv'";
                return Err(fault(format!("The format '{other}' is not simulated"), help));
            }
        };
        let (name, prefix) = match connector {
            Connector::FileSystem => {
                let place =
                    ["s3://", "s3a://", "s3n://"].iter().find_map(|it| name.strip_prefix(it));
                let Some(place) = place else {
                    let help = "Write such as 's3://lake/sums/'";
                    return Err(fault(format!("'{name}' is in no bucket"), help));
                };
                place.split_once('/').unwrap_or((place, ""))
            }
            _ => (name, ""),
        };
        Ok(Self { connector, name, prefix, is_csv })
    }
}

/// `sink.partitioner`: how the Kinesis connector finds the partition key of a row (Flink's Kinesis
/// connector, "Sink Partitioning").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partitioner<'a> {
    /// Another key for each row: what it does for a table without `PARTITIONED BY`.
    Random,
    /// A key for each subtask.
    Fixed,
    /// The columns behind `PARTITIONED BY`, with this text between them.
    Columns(&'a str),
}

/// The partitioner of a table whose columns behind `PARTITIONED BY` are these.
///
/// # Errors
/// It names one that is not simulated, or one beside `PARTITIONED BY`.
pub fn partitioner<'a>(
    options: &'a Options,
    partitions: &[String],
) -> Result<Partitioner<'a>, Fault> {
    let word = option(options, "sink.partitioner");
    let fault = |message: String, help| Err(Fault { message, help });
    match word {
        Some(_) if !partitions.is_empty() => fault(
            "'sink.partitioner' cannot be set for a table with PARTITIONED BY".to_owned(),
            "Leave one of them out: with PARTITIONED BY its columns are the partition key",
        ),
        None if !partitions.is_empty() => {
            let between = option(options, "sink.partitioner-field-delimiter").unwrap_or("|");
            Ok(Partitioner::Columns(between))
        }
        None | Some("random") => Ok(Partitioner::Random),
        Some("fixed") => Ok(Partitioner::Fixed),
        Some(other) => fault(
            format!("The partitioner '{other}' is not simulated"),
            "Write 'sink.partitioner' = 'random' or 'fixed', or PARTITIONED BY columns",
        ),
    }
}

/// Where reading of a stream begins: `scan.stream.initpos`, with `LATEST` when it says nothing, and
/// the time for `AT_TIMESTAMP`, from the beginning of the run.
#[must_use]
pub fn begins(options: &Options, epoch_millis: u64) -> (StartAt, Time) {
    match option(options, "scan.stream.initpos") {
        Some("TRIM_HORIZON") => (StartAt::TrimHorizon, Time::ZERO),
        Some("AT_TIMESTAMP") => {
            let text = option(options, "scan.stream.initpos-timestamp");
            let micros = text.and_then(base::calendar::parse).unwrap_or_default();
            let millis = u64::try_from(micros.div_euclid(1_000)).unwrap_or_default();
            let since = millis.saturating_sub(epoch_millis);
            (StartAt::AtTimestamp, Time(since.saturating_mul(1_000)))
        }
        _ => (StartAt::Latest, Time::ZERO),
    }
}

/// `scan.stream.recordpublisher`: enhanced fan-out, or polling when it says nothing.
#[must_use]
pub fn retrieval(options: &Options) -> Retrieval {
    match option(options, "scan.stream.recordpublisher") {
        Some("EFO") => Retrieval::FanOut,
        _ => Retrieval::Polling,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    /// Facts, analytics §3.4: a table of the Kinesis connector names its stream or its ARN.
    #[test]
    fn a_table_names_the_part_it_stands_for() {
        let found = |pairs: &[(&str, &str)]| {
            let options = options(pairs);
            Endpoint::of(&options)
                .map(|it| (it.connector, it.name.to_owned(), it.prefix.to_owned()))
        };
        let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/orders";
        for pair in [("stream", "orders"), ("stream.arn", arn)] {
            assert_eq!(
                found(&[("connector", "kinesis"), pair, ("format", "json")]),
                Ok((Connector::Kinesis, "orders".to_owned(), String::new()))
            );
        }
        let file = [("connector", "filesystem"), ("path", "s3://lake/a/b"), ("format", "csv")];
        assert_eq!(found(&file), Ok((Connector::FileSystem, "lake".to_owned(), "a/b".to_owned())));
        assert_eq!(found(&[("connector", "print")]).map(|it| it.0), Ok(Connector::Print));
        for wrong in [
            &[][..],
            &[("connector", "kafka")],
            &[("connector", "kinesis"), ("format", "json")],
            &[("connector", "kinesis"), ("stream", "orders")],
            &[("connector", "kinesis"), ("stream", "orders"), ("format", "avro")],
            &[("connector", "filesystem"), ("path", "/tmp"), ("format", "json")],
        ] {
            assert!(found(wrong).is_err(), "{wrong:?}");
        }
    }

    /// Flink's Kinesis connector, "Sink Partitioning".
    #[test]
    fn a_table_says_what_the_partition_key_is() {
        let by = |pairs: &[(&str, &str)], columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|it| (*it).to_owned()).collect();
            match partitioner(&options(pairs), &columns) {
                Ok(Partitioner::Columns(between)) => format!("columns {between}"),
                Ok(other) => format!("{other:?}"),
                Err(_) => "refused".to_owned(),
            }
        };
        let (fixed, semicolon) =
            (("sink.partitioner", "fixed"), ("sink.partitioner-field-delimiter", ";"));
        assert_eq!(by(&[], &[]), "Random");
        assert_eq!(by(&[fixed], &[]), "Fixed");
        assert_eq!(by(&[], &["k"]), "columns |");
        assert_eq!(by(&[semicolon], &["k"]), "columns ;");
        assert_eq!(by(&[fixed], &["k"]), "refused");
        assert_eq!(by(&[("sink.partitioner", "org.example.Mine")], &[]), "refused");
    }

    #[test]
    fn reading_begins_where_the_table_says() {
        let epoch = 1_772_359_200_000;
        let at = |pairs: &[(&str, &str)]| begins(&options(pairs), epoch);
        assert_eq!(at(&[]), (StartAt::Latest, Time::ZERO));
        let horizon = at(&[("scan.stream.initpos", "TRIM_HORIZON")]);
        assert_eq!(horizon, (StartAt::TrimHorizon, Time::ZERO));
        let timed = at(&[
            ("scan.stream.initpos", "AT_TIMESTAMP"),
            ("scan.stream.initpos-timestamp", "2026-03-01T10:00:02Z"),
        ]);
        assert_eq!(timed, (StartAt::AtTimestamp, Time(2_000_000)));
        assert_eq!(
            retrieval(&options(&[("scan.stream.recordpublisher", "EFO")])),
            Retrieval::FanOut
        );
    }
}
