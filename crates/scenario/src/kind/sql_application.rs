//! SQL application: Kinesis Data Analytics for SQL as it was until AWS deleted it (facts,
//! analytics §1 and §2).

use sql::Problem;
use sql::input::{Format, Schema};

use super::firehose::FirehoseConfig;
use super::firehose_words::Transform;
use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Group, KindSpec, MetricSpec, Stat};
use super::sql_application_fields::FIELDS;
use crate::ports::{Direction, Flow, Port};

/// `RecordFormatType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowFormat {
    /// An object a row.
    #[default]
    Json,
    /// Columns by position.
    Csv,
}

words!(RowFormat { Json = "json", Csv = "csv" });

/// `InputStartingPosition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputStart {
    /// What comes from now on.
    #[default]
    Now,
    /// The oldest record that is still there.
    TrimHorizon,
    /// Where the application stopped.
    LastStoppedPoint,
}

words!(InputStart {
    Now = "NOW", TrimHorizon = "TRIM_HORIZON", LastStoppedPoint = "LAST_STOPPED_POINT",
});

/// Why a schema cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaFault {
    /// The setting `row_path` is no path.
    RowPath(String),
    /// The setting `schema` is wrong at these places.
    Columns(Vec<Problem>),
}

/// Settings of a SQL application (botocore 1.44.5, `kinesisanalytics`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlApplicationConfig {
    /// `ApplicationCode`.
    pub code: String,
    /// `NamePrefix` of the input.
    pub name_prefix: String,
    /// `InputParallelism`.
    pub input_parallelism: u32,
    /// `RecordFormatType` of the input.
    pub format: RowFormat,
    /// `RecordColumns`: one a line.
    pub schema: String,
    /// `RecordRowPath`, for JSON.
    pub row_path: String,
    /// `RecordRowDelimiter`, for CSV.
    pub row_delimiter: String,
    /// `RecordColumnDelimiter`, for CSV.
    pub column_delimiter: String,
    /// Whether it is started.
    pub runs: bool,
    /// `InputStartingPosition`.
    pub start: InputStart,
    /// How long `STARTING` and `UPDATING` last.
    pub starting_secs: u32,
    /// The most KPUs it may use.
    pub kpus: u32,
    /// What the Lambda function does that records go through first.
    pub transform: Transform,
    /// For `csv_to_json`, `redact` and `drop`: names of columns, the member, or a condition.
    pub transform_field: String,
    /// For `sql`: a select list.
    pub transform_sql: String,
    /// For `jq`: a program.
    pub transform_jq: String,
    /// For `fail`: the share of invocations.
    pub transform_fail_percent: u32,
    /// How long one invocation takes.
    pub transform_millis: u32,
    /// Whether that function takes aggregates of the producer library apart.
    pub deaggregate: bool,
    /// `TableName` of the reference data source.
    pub reference_name: String,
    /// `FileKey` of its object.
    pub reference_key: String,
    /// How often the object was synchronized.
    pub reference_loads: u32,
    /// The in-application stream of the first output.
    pub output_1: String,
    /// Its `RecordFormatType`.
    pub output_1_format: RowFormat,
    /// The in-application stream of the second output.
    pub output_2: String,
    /// Its `RecordFormatType`.
    pub output_2_format: RowFormat,
    /// The in-application stream of the third output.
    pub output_3: String,
    /// Its `RecordFormatType`.
    pub output_3_format: RowFormat,
}

settings!(SqlApplicationConfig {
    code,
    name_prefix,
    input_parallelism,
    format,
    schema,
    row_path,
    row_delimiter,
    column_delimiter,
    runs,
    start,
    starting_secs,
    kpus,
    transform,
    transform_field,
    transform_sql,
    transform_jq,
    transform_fail_percent,
    transform_millis,
    deaggregate,
    reference_name,
    reference_key,
    reference_loads,
    output_1,
    output_1_format,
    output_2,
    output_2_format,
    output_3,
    output_3_format,
});

/// Rows and their sum for each key and ten seconds, over what a new producer makes.
const CODE: &str = "\
CREATE OR REPLACE STREAM \"DESTINATION_SQL_STREAM\" (
  \"key\" VARCHAR(16), ROW_COUNT INTEGER, VALUE_SUM BIGINT);

CREATE OR REPLACE PUMP \"STREAM_PUMP\" AS
INSERT INTO \"DESTINATION_SQL_STREAM\"
SELECT STREAM \"key\", COUNT(*), SUM(\"value\")
FROM \"SOURCE_SQL_STREAM_001\" AS S
GROUP BY \"key\", STEP(S.ROWTIME BY INTERVAL '10' SECOND);
";

impl Default for SqlApplicationConfig {
    fn default() -> Self {
        Self {
            code: CODE.to_owned(),
            name_prefix: "SOURCE_SQL_STREAM".to_owned(),
            input_parallelism: 1,
            format: RowFormat::Json,
            schema: "key VARCHAR(16) $.key\nat VARCHAR(32) $.at\nvalue INTEGER $.value\n"
                .to_owned(),
            row_path: "$".to_owned(),
            row_delimiter: "\\n".to_owned(),
            column_delimiter: ",".to_owned(),
            runs: true,
            start: InputStart::Now,
            starting_secs: 0,
            kpus: 8,
            transform: Transform::None,
            transform_field: String::new(),
            transform_sql: "*".to_owned(),
            transform_jq: ".".to_owned(),
            transform_fail_percent: 10,
            transform_millis: 200,
            deaggregate: false,
            reference_name: String::new(),
            reference_key: String::new(),
            reference_loads: 0,
            output_1: "DESTINATION_SQL_STREAM".to_owned(),
            output_1_format: RowFormat::Json,
            output_2: "error_stream".to_owned(),
            output_2_format: RowFormat::Json,
            output_3: String::new(),
            output_3_format: RowFormat::Json,
        }
    }
}

const fn metric(name: &'static str, stat: Stat, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat, unit, bad }
}

const fn out(name: &'static str) -> Port {
    Port { name, direction: Direction::Out, flows: &[Flow::Put, Flow::Invoke], edges_max: 1 }
}

/// What a SQL application is. Bytes and records of CloudWatch have the dimension `Flow`, which is
/// behind the point here.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "sql_application",
    title: "SQL app",
    badge: "SQL",
    stem: "per-minute",
    about: "Runs Kinesis SQL over a stream, window by window; AWS deleted this service on \
            2026-01-27",
    group: Group::Readers,
    glyph: "sql",
    fidelity: Fidelity::Simplified,
    size: (360, 204),
    ports: &[
        Port { name: "reference", direction: Direction::In, flows: &[Flow::Fetch], edges_max: 1 },
        Port {
            name: "in",
            direction: Direction::In,
            flows: &[Flow::Read, Flow::Tap],
            edges_max: 1,
        },
        out("out_3"),
        out("out_2"),
        out("out_1"),
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("Records.Input", Stat::Sum, "records", false),
        metric("Bytes.Input", Stat::Sum, "bytes", false),
        metric("Records.Output", Stat::Sum, "records", false),
        metric("Bytes.Output", Stat::Sum, "bytes", false),
        metric("KPUs", Stat::Gauge, "KPUs", false),
        metric("MillisBehindLatest", Stat::Gauge, "ms", false),
        metric("Success", Stat::Gauge, "", false),
        metric("InputProcessing.Duration", Stat::Max, "ms", false),
        metric("InputProcessing.OkRecords", Stat::Sum, "records", false),
        metric("InputProcessing.OkBytes", Stat::Sum, "bytes", false),
        metric("InputProcessing.DroppedRecords", Stat::Sum, "records", false),
        metric("InputProcessing.ProcessingFailedRecords", Stat::Sum, "records", true),
        metric("InputProcessing.Success", Stat::Gauge, "", false),
        metric("LambdaDelivery.OkRecords", Stat::Sum, "records", false),
        metric("LambdaDelivery.DeliveryFailedRecords", Stat::Sum, "records", true),
        metric("LambdaDelivery.Duration", Stat::Max, "ms", false),
    ],
    faults: &["kill"],
};

impl SqlApplicationConfig {
    /// Rules beyond single ranges. Those about its code and its wires are in `validate`.
    pub fn check(&self, out: &mut Checker<'_>) {
        super::sql_application_check::check(self, out);
    }

    /// The function that records go through first, with the settings it has in a Firehose stream.
    #[must_use]
    pub fn function(&self) -> FirehoseConfig {
        FirehoseConfig {
            transform: self.transform,
            transform_field: self.transform_field.clone(),
            transform_sql: self.transform_sql.clone(),
            transform_jq: self.transform_jq.clone(),
            transform_fail_percent: self.transform_fail_percent,
            transform_millis: self.transform_millis,
            ..FirehoseConfig::default()
        }
    }

    /// The schema of the input.
    ///
    /// # Errors
    /// What is wrong with its lines, or a sentence on what is wrong with the row path.
    pub fn schema(&self) -> Result<Schema, SchemaFault> {
        let format = match self.format {
            RowFormat::Json => Format::json(&self.row_path).map_err(SchemaFault::RowPath)?,
            RowFormat::Csv => Format::csv(&self.row_delimiter, &self.column_delimiter),
        };
        Schema::parse(&self.schema, format).map_err(SchemaFault::Columns)
    }

    /// The outputs by number from 0: the in-application stream, which may be empty, and the format.
    #[must_use]
    pub fn outputs(&self) -> [(&str, RowFormat); 3] {
        [
            (&self.output_1, self.output_1_format),
            (&self.output_2, self.output_2_format),
            (&self.output_3, self.output_3_format),
        ]
    }

    /// The field that names an output's stream.
    #[must_use]
    pub fn output_field(output: usize) -> &'static str {
        ["output_1", "output_2", "output_3"].get(output).copied().unwrap_or_default()
    }
}
