//! The kinds of parts. One file a kind says *what it is*; the engine's file of the same name says
//! *what it does*. The list below is the only place that names them all.

mod agent;
mod bucket;
mod connector;
mod consumer;
mod elasticsearch;
mod firehose;
mod firehose_check;
mod firehose_fields;
mod firehose_keys;
mod firehose_prefix;
mod firehose_words;
mod flink_application;
mod flink_application_fields;
mod function_fields;
mod glue;
mod http_endpoint;
mod kcl;
mod kpl;
mod lambda;
mod producer;
mod producer_check;
mod producer_fields;
mod records;
mod records_check;
mod records_fields;
mod redshift;
mod redshift_columns;
mod setting;
mod spec;
mod splunk;
mod sql_application;
mod sql_application_check;
mod sql_application_fields;
mod stream;
mod table;
mod writer;
mod writer_key;

use base::Diagnostic;
use serde_json::{Map, Value};

use setting::Settings;

pub use agent::{
    AgentConfig, Conversion, InitialPosition, LogFormat, PartitionKeyOption, RotateBy, Rotation,
};
pub use bucket::BucketConfig;
pub use connector::{ConnectorConfig, Delimiter, DocumentId};
pub use consumer::{ConsumerConfig, Retrieval, StartAt};
pub use elasticsearch::ElasticsearchConfig;
pub use firehose::FirehoseConfig;
pub use firehose_words::{
    Compression, Deaggregation, DeliveryEncryption, DocumentIdFormat, FormatConversion,
    HecEndpoint, IndexRotation, ParquetCompression, QuotaRegion, Transform,
};
pub use flink_application::{FlinkApplicationConfig, Restore};
pub use function_fields::FUNCTIONS;
pub use http_endpoint::{AnswerBody, HttpEndpointConfig};
pub use kcl::{Balancing, CheckpointWhen, KclConfig, OnException};
pub use kpl::KplConfig;
pub use lambda::{Body, LambdaConfig, Retries, Start};
pub use producer::{Backoff, OnFailure, ProducerConfig, PutApi};
pub use records::{Arrival, KeyRecipe, RecordsConfig, SizeRule, Source};
pub use redshift::{CopyFormat, RedshiftConfig};
pub use redshift_columns::{ColumnType, RedshiftColumn};
pub use spec::{
    Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat, TARGET, When, is_shown,
};
pub use splunk::{HecToken, SplunkConfig};
pub use sql_application::{InputStart, RowFormat, SchemaFault, SqlApplicationConfig};
pub use stream::{
    Encryption, Limiter, ON_DEMAND_SHARDS, RecordDistribution, StreamConfig, StreamMode,
};
pub use table::{BillingMode, ItemKey, ItemWrite, TableConfig};
pub use writer::{Distribution, Service, WriterConfig};

/// Turns the list of kinds into the closed enum and everything that must know them all.
macro_rules! kinds {
    ($($variant:ident($config:ty) = $module:ident),+ $(,)?) => {
        /// The kind of a node with its settings.
        #[derive(Debug)]
        pub enum Config {
            $(
                #[doc = concat!("See `kind/", stringify!($module), ".rs`.")]
                $variant($config),
            )+
            /// A kind this version does not know: kept as it came, never simulated.
            Unknown {
                /// The word in the file.
                kind: String,
                /// Its settings, untouched.
                fields: Map<String, Value>,
            },
        }

        /// Every kind, in palette order.
        pub const SPECS: &[&KindSpec] = &[$(&$module::SPEC),+];

        impl Config {
            /// The specification of this kind.
            #[must_use]
            pub fn spec(&self) -> &'static KindSpec {
                match self {
                    $(Self::$variant(_) => &$module::SPEC,)+
                    Self::Unknown { .. } => &spec::UNKNOWN,
                }
            }

            fn settings(&mut self) -> Option<&mut dyn Settings> {
                match self {
                    $(Self::$variant(config) => Some(config),)+
                    Self::Unknown { .. } => None,
                }
            }

            /// The AWS defaults of a kind.
            #[must_use]
            pub fn default_of(kind: &str) -> Option<Self> {
                match kind {
                    $(stringify!($module) => Some(seam::$module::default()),)+
                    _ => None,
                }
            }

            /// Checks every rule that goes beyond the ranges of single fields.
            pub fn check(&self, out: &mut Checker<'_>) {
                match self {
                    $(Self::$variant(config) => seam::$module::check(config, out),)+
                    Self::Unknown { .. } => {}
                }
            }
        }

        impl Clone for Config {
            fn clone(&self) -> Self {
                match self {
                    $(Self::$variant(config) => seam::$module::copy(config),)+
                    Self::Unknown { kind, fields } => {
                        Self::Unknown { kind: kind.clone(), fields: fields.clone() }
                    }
                }
            }
        }

        impl PartialEq for Config {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$variant(a), Self::$variant(b)) => seam::$module::are_equal(a, b),)+
                    (
                        Self::Unknown { kind: a, fields: inside_a },
                        Self::Unknown { kind: b, fields: inside_b },
                    ) => a == b && inside_a == inside_b,
                    _ => false,
                }
            }
        }

        /// A page begins without the kinds its first scenario does not show (`xtask/src/split.rs`):
        /// what is done with a kind's settings must be functions of their own.
        mod seam {
            $(pub(super) mod $module {
                use super::super::*;

                #[inline(never)]
                pub(in super::super) fn default() -> Config {
                    Config::$variant(<$config>::default())
                }

                #[inline(never)]
                pub(in super::super) fn copy(config: &$config) -> Config {
                    Config::$variant(config.clone())
                }

                #[inline(never)]
                pub(in super::super) fn are_equal(a: &$config, b: &$config) -> bool {
                    a == b
                }

                #[inline(never)]
                pub(in super::super) fn check(config: &$config, out: &mut Checker<'_>) {
                    config.check(out);
                }
            })+
        }
    };
}

kinds! {
    Producer(ProducerConfig) = producer,
    Kpl(KplConfig) = kpl,
    Agent(AgentConfig) = agent,
    Writer(WriterConfig) = writer,
    Stream(StreamConfig) = stream,
    Firehose(FirehoseConfig) = firehose,
    Consumer(ConsumerConfig) = consumer,
    Kcl(KclConfig) = kcl,
    Lambda(LambdaConfig) = lambda,
    Connector(ConnectorConfig) = connector,
    SqlApplication(SqlApplicationConfig) = sql_application,
    FlinkApplication(FlinkApplicationConfig) = flink_application,
    Bucket(BucketConfig) = bucket,
    Table(TableConfig) = table,
    Redshift(RedshiftConfig) = redshift,
    Elasticsearch(ElasticsearchConfig) = elasticsearch,
    Splunk(SplunkConfig) = splunk,
    HttpEndpoint(HttpEndpointConfig) = http_endpoint,
}

impl Config {
    /// The word for this kind in files.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Unknown { kind, .. } => kind,
            _ => self.spec().kind,
        }
    }

    /// Lanes a picture of this part shows: its shards, or none.
    #[must_use]
    pub fn lanes(&self) -> u32 {
        if let Self::Stream(stream) = self { stream.shards_at_start() } else { 0 }
    }

    /// Workers a picture of this part shows: those that share leases, or none.
    #[must_use]
    pub fn workers(&self) -> Option<u32> {
        match self {
            Self::Kcl(config) => Some(config.workers),
            Self::Connector(config) => Some(config.workers),
            _ => None,
        }
    }

    /// Whether a picture of this part shows the function that transforms its records.
    #[must_use]
    pub fn has_function(&self) -> bool {
        matches!(self, Self::Firehose(config) if config.transform != Transform::None)
    }

    /// What it makes, if it makes records.
    #[must_use]
    pub fn records(&self) -> Option<&RecordsConfig> {
        match self {
            Self::Producer(config) => Some(&config.records),
            Self::Kpl(config) => Some(&config.records),
            Self::Agent(config) => Some(&config.records),
            Self::Writer(config) => Some(&config.records),
            _ => None,
        }
    }

    /// The settings as JSON, every field present, in the order of files.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        if let Self::Unknown { fields, .. } = self {
            return fields.clone();
        }
        self.clone().settings().map_or_else(Map::new, setting::fields)
    }

    /// The same settings with the named fields replaced.
    ///
    /// # Errors
    /// The key of a value that has the wrong type.
    pub fn with(&self, changes: &Map<String, Value>) -> Result<Self, &'static str> {
        let mut config = self.clone();
        match &mut config {
            Self::Unknown { fields, .. } => fields.extend(changes.clone()),
            known => known.settings().map_or(Ok(()), |it| setting::set(it, changes))?,
        }
        Ok(config)
    }

    /// Ranges of single fields and the rules of the kind, all findings at once.
    pub fn diagnose(&self, node: base::NodeId, name: &str, out: &mut Vec<Diagnostic>) {
        let mut checker = Checker::new(node, name, out);
        spec::check_ranges(self, &mut checker);
        self.check(&mut checker);
    }
}
