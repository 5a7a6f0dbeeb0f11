//! Kinesis Agent: a daemon on a host that tails a log file and puts what it reads.
//!
//! Names, defaults and ranges are those of its `agent.json` (developer guide, writing with agents;
//! facts, streams §8.4); the application that writes and rotates the file is part of the host.

use super::records::RecordsConfig;
use super::records_check;
use super::records_fields::RECORDS;
use super::setting::{settings, words};
use super::spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, field, int, join, only,
};
use crate::pattern::Pattern;
use crate::ports::{Direction, Flow, Port};

/// When the file is rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// Never.
    #[default]
    Never,
    /// At a size.
    Size,
    /// After a time.
    Time,
}

words!(Rotation { Never = "never", Size = "size", Time = "time" });

/// How the file is rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RotateBy {
    /// The old file gets another name, a new one begins.
    #[default]
    Rename,
    /// The file is copied and emptied (`copytruncate`).
    Truncate,
}

words!(RotateBy { Rename = "rename", Truncate = "truncate" });

/// `initialPosition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitialPosition {
    /// What stands in the file already is not read.
    #[default]
    EndOfFile,
    /// Everything is read.
    StartOfFile,
}

words!(InitialPosition { EndOfFile = "END_OF_FILE", StartOfFile = "START_OF_FILE" });

/// `partitionKeyOption`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartitionKeyOption {
    /// A random number.
    #[default]
    Random,
    /// MD5 of the data.
    Deterministic,
}

words!(PartitionKeyOption { Random = "RANDOM", Deterministic = "DETERMINISTIC" });

/// The one entry of `dataProcessingOptions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conversion {
    /// As it was read.
    #[default]
    None,
    /// The lines of a record are trimmed and joined.
    SingleLine,
    /// Columns become a JSON object.
    CsvToJson,
    /// A log entry becomes a JSON object.
    LogToJson,
}

words!(Conversion {
    None = "none", SingleLine = "SINGLELINE", CsvToJson = "CSVTOJSON", LogToJson = "LOGTOJSON",
});

/// `logFormat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Apache common log.
    #[default]
    Common,
    /// Apache combined log.
    Combined,
    /// Apache error log.
    ApacheError,
    /// System log.
    Syslog,
}

words!(LogFormat {
    Common = "COMMONAPACHELOG", Combined = "COMBINEDAPACHELOG", ApacheError = "APACHEERRORLOG",
    Syslog = "SYSLOG",
});

/// Settings of a host with the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentConfig {
    /// What the application writes: each payload is a line, or several.
    pub records: RecordsConfig,
    /// Lines in the file before the agent starts.
    pub existing_lines: u32,
    /// When the file is rotated.
    pub rotation: Rotation,
    /// For `size`.
    pub rotation_bytes: u32,
    /// For `time`.
    pub rotation_secs: u32,
    /// How it is rotated.
    pub rotate_by: RotateBy,
    /// `initialPosition`, where there is no checkpoint.
    pub initial_position: InitialPosition,
    /// `minTimeBetweenFilePollsMillis`.
    pub file_poll_millis_min: u32,
    /// `skipHeaderLines`, of each file.
    pub skip_header_lines: u32,
    /// `multiLineStartPattern`; empty means that each line is a record.
    pub multi_line_start_pattern: String,
    /// `optionName` of `dataProcessingOptions`.
    pub conversion: Conversion,
    /// `customFieldNames`, with commas.
    pub custom_field_names: String,
    /// `delimiter`.
    pub delimiter: String,
    /// `logFormat`.
    pub log_format: LogFormat,
    /// `matchPattern` instead of the format's own; empty for none.
    pub match_pattern: String,
    /// `partitionKeyOption`.
    pub partition_key_option: PartitionKeyOption,
    /// `maxBufferAgeMillis`.
    pub buffer_age_millis_max: u32,
    /// `maxBufferSizeBytes`.
    pub buffer_bytes_max: u32,
    /// `maxBufferSizeRecords`.
    pub buffer_records_max: u32,
    /// `socketTimeoutMillis`: when a call is given up.
    pub socket_timeout_millis: u32,
}

settings!(AgentConfig {
    ..records;
    existing_lines,
    rotation,
    rotation_bytes,
    rotation_secs,
    rotate_by,
    initial_position,
    file_poll_millis_min,
    skip_header_lines,
    multi_line_start_pattern,
    conversion,
    custom_field_names,
    delimiter,
    log_format,
    match_pattern,
    partition_key_option,
    buffer_age_millis_max,
    buffer_bytes_max,
    buffer_records_max,
    socket_timeout_millis,
});

/// A line of an Apache common log.
const LINE: &str = "10.0.0.${int 1 254} - - [21/Nov/2026:10:00:00 +0000] \"GET /${word} HTTP/1.1\" \
                    ${pick 200|200|200|404} ${int 100 9000}";

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            records: RecordsConfig { payload: LINE.to_owned(), ..RecordsConfig::default() },
            existing_lines: 0,
            rotation: Rotation::Never,
            rotation_bytes: 10_485_760,
            rotation_secs: 3_600,
            rotate_by: RotateBy::Rename,
            initial_position: InitialPosition::EndOfFile,
            file_poll_millis_min: 100,
            skip_header_lines: 0,
            multi_line_start_pattern: String::new(),
            conversion: Conversion::None,
            custom_field_names: String::new(),
            delimiter: ",".to_owned(),
            log_format: LogFormat::Common,
            match_pattern: String::new(),
            partition_key_option: PartitionKeyOption::Random,
            buffer_age_millis_max: 60_000,
            buffer_bytes_max: 4_194_304,
            buffer_records_max: 500,
            socket_timeout_millis: 50_000,
        }
    }
}

/// In form order.
const FIELDS: &[Field] = &join::<_, _, { RECORDS.len() + OWN.len() }>(&RECORDS, &OWN);

/// The file's and the agent's own.
const OWN: [Field; 19] = [
    field(
        "existing_lines",
        "Lines before the start",
        "lines",
        int(0, 1_000_000),
        "File",
        "What stands in the file when the agent starts for the first time",
    ),
    field(
        "rotation",
        "Rotation",
        "",
        FieldKind::Choice(&[("never", "Never"), ("size", "At a size"), ("time", "After a time")]),
        "File",
        "The agent copes with one new file a second and no more",
    ),
    only(
        Some(("rotation", &["size"])),
        field("rotation_bytes", "Rotated at", "B", int(1, 1_073_741_824), "File", "Size of a file"),
    ),
    only(
        Some(("rotation", &["time"])),
        field("rotation_secs", "Rotated after", "s", int(1, 86_400), "File", "Age of a file"),
    ),
    only(
        Some(("rotation", &["size", "time"])),
        field(
            "rotate_by",
            "Rotated by",
            "",
            FieldKind::Choice(&[("rename", "Rename"), ("truncate", "Copy and truncate")]),
            "File",
            "A renamed file is read to its end; of one that is emptied the unread lines are lost",
        ),
    ),
    field(
        "initial_position",
        "initialPosition",
        "",
        FieldKind::Choice(&[("END_OF_FILE", "END_OF_FILE"), ("START_OF_FILE", "START_OF_FILE")]),
        "Reading",
        "Where to begin without a checkpoint",
    ),
    field(
        "file_poll_millis_min",
        "minTimeBetweenFilePollsMillis",
        "ms",
        int(1, 60_000),
        "Reading",
        "How often the file is looked at",
    ),
    field(
        "skip_header_lines",
        "skipHeaderLines",
        "lines",
        int(0, 1_000),
        "Reading",
        "Left out at the beginning of each file",
    ),
    field(
        "multi_line_start_pattern",
        "multiLineStartPattern",
        "",
        FieldKind::Text { chars_max: 200 },
        "Reading",
        "How the first line of a record begins, such as ^\\d{4}-; empty for a record each line",
    ),
    field(
        "conversion",
        "dataProcessingOptions",
        "",
        FieldKind::Choice(&[
            ("none", "None"),
            ("SINGLELINE", "SINGLELINE"),
            ("CSVTOJSON", "CSVTOJSON"),
            ("LOGTOJSON", "LOGTOJSON"),
        ]),
        "Conversion",
        "What happens to a record before it is sent",
    ),
    only(
        Some(("conversion", &["CSVTOJSON", "LOGTOJSON"])),
        field(
            "custom_field_names",
            "customFieldNames",
            "",
            FieldKind::Text { chars_max: 500 },
            "Conversion",
            "Names with commas between; a log has its own names if this is empty",
        ),
    ),
    only(
        Some(("conversion", &["CSVTOJSON"])),
        field(
            "delimiter",
            "delimiter",
            "",
            FieldKind::Text { chars_max: 10 },
            "Conversion",
            "What stands between columns",
        ),
    ),
    only(
        Some(("conversion", &["LOGTOJSON"])),
        field(
            "log_format",
            "logFormat",
            "",
            FieldKind::Choice(&[
                ("COMMONAPACHELOG", "COMMONAPACHELOG"),
                ("COMBINEDAPACHELOG", "COMBINEDAPACHELOG"),
                ("APACHEERRORLOG", "APACHEERRORLOG"),
                ("SYSLOG", "SYSLOG"),
            ]),
            "Conversion",
            "Lines of another form are left out",
        ),
    ),
    only(
        Some(("conversion", &["LOGTOJSON"])),
        field(
            "match_pattern",
            "matchPattern",
            "",
            FieldKind::Text { chars_max: 500 },
            "Conversion",
            "A pattern of one's own with a group for each of customFieldNames; empty for that of \
             logFormat",
        ),
    ),
    field(
        "partition_key_option",
        "partitionKeyOption",
        "",
        FieldKind::Choice(&[("RANDOM", "RANDOM"), ("DETERMINISTIC", "DETERMINISTIC")]),
        "Sending",
        "A random number, or MD5 of the data",
    ),
    field(
        "buffer_age_millis_max",
        "maxBufferAgeMillis",
        "ms",
        int(1_000, 900_000),
        "Sending",
        "How long a record waits for a call to fill",
    ),
    field(
        "buffer_bytes_max",
        "maxBufferSizeBytes",
        "B",
        int(1, 4_194_304),
        "Sending",
        "Data and keys of one call",
    ),
    field(
        "buffer_records_max",
        "maxBufferSizeRecords",
        "records",
        int(1, 500),
        "Sending",
        "Records of one call",
    ),
    field(
        "socket_timeout_millis",
        "socketTimeoutMillis",
        "ms",
        int(100, 600_000),
        "Sending",
        "When a call is given up and sent again; the service may have stored it (AWS SDK: 50 s)",
    ),
];

/// What such a host is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "agent",
    title: "Kinesis Agent",
    badge: "agent",
    stem: "web-logs",
    about: "A host whose log file the Kinesis Agent tails into a stream or Firehose",
    group: Group::Sources,
    glyph: "agent",
    fidelity: Fidelity::Simplified,
    size: (160, 204),
    ports: &[Port { name: "out", direction: Direction::Out, flows: &[Flow::Put], edges_max: 1 }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        sum("RecordSendAttempts", "records", false),
        sum("RecordSendErrors", "records", true),
        sum("ServiceErrors", "calls", true),
        sum("BytesSent", "bytes", false),
        sum("LinesWritten", "lines", false),
        MetricSpec { name: "LinesBehind", stat: Stat::Max, unit: "lines", bad: false },
    ],
    faults: &["timeout", "unreachable", "down", "kill"],
};

const fn sum(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

impl AgentConfig {
    /// `customFieldNames` one by one; none means those of the format.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.custom_field_names.split(',').map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether log entries are taken apart by a pattern of one's own.
    #[must_use]
    pub fn matches_own(&self) -> bool {
        self.conversion == Conversion::LogToJson && !self.match_pattern.is_empty()
    }

    /// Rules beyond single ranges.
    pub fn check(&self, out: &mut Checker<'_>) {
        records_check::check(&self.records, out);
        let help = "Use characters, ., \\d, \\w, \\s, […], (…), | and * + ? {n}";
        if let Err(problem) = Pattern::new(&self.multi_line_start_pattern) {
            out.error("SCN-111", "multi_line_start_pattern", problem, help);
        }
        let own = Pattern::new(&self.match_pattern);
        if let Err(problem) = &own {
            out.error("SCN-111", "match_pattern", problem.clone(), help);
        }
        let told: Vec<&str> = self.field_names().collect();
        let twice = told.iter().enumerate().find(|(at, name)| told[..*at].contains(name));
        if let Some((_, name)) = twice {
            let message = format!("`{name}` stands twice");
            out.error("SCN-112", "custom_field_names", message, "Name each field once");
        }
        let names = told.len();
        if let Some(pattern) = own.ok().filter(|_own| self.matches_own()) {
            return check_groups(pattern.groups(), names, out);
        }
        let wanted = match (self.conversion, self.log_format) {
            (Conversion::CsvToJson, _) if names == 0 => 1,
            (Conversion::LogToJson, LogFormat::Common | LogFormat::ApacheError) => 7,
            (Conversion::LogToJson, LogFormat::Combined) => 9,
            (Conversion::LogToJson, LogFormat::Syslog) => 5,
            _ => names,
        };
        if wanted != names && (names > 0 || self.conversion == Conversion::CsvToJson) {
            out.error(
                "SCN-112",
                "custom_field_names",
                format!("There are {names} field names"),
                if names == 0 {
                    "Name the columns, such as host,bytes".to_owned()
                } else {
                    format!("This format has {wanted} fields; name all or none")
                },
            );
        }
        if self.conversion == Conversion::CsvToJson && self.delimiter.is_empty() {
            let help = "Write what stands between columns, such as a comma";
            out.error("SCN-112", "delimiter", "There is no delimiter", help);
        }
    }
}

/// A pattern of one's own needs names; the agent starts with too many or too few, and leaves every
/// entry out (`BaseLogParser` and `ApacheLogParser` of amazon-kinesis-agent 2026-07).
fn check_groups(groups: u32, names: usize, out: &mut Checker<'_>) {
    if names == 0 {
        let message =
            "customFieldNames must be specified when matchPattern is specified".to_owned();
        out.error("SCN-112", "custom_field_names", message, "Name each group of the pattern");
    } else if groups as usize != names {
        let message = format!("The pattern has {groups} groups for {names} field names");
        let help = "Write as many groups as names; until then every log entry is left out";
        out.warning("SCN-112", "custom_field_names", message, help);
    }
}
