//! What an application makes, whatever it sends it with: how many records, their keys, their
//! payloads. Shared by every kind that makes records.

use super::setting::{settings, words};
use base::Ratio;

/// Where records come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Made from the payload template.
    #[default]
    Generated,
    /// Rows of a data set, in order.
    Data,
}

words!(Source { Generated = "generated", Data = "data" });

/// How many records are born each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// Evenly spaced.
    #[default]
    Constant,
    /// From one rate to another, then staying there.
    Ramp,
    /// Up and down.
    Sine,
    /// A base rate with bursts.
    Burst,
    /// Independent arrivals with a mean rate.
    Poisson,
    /// A drawn curve.
    Curve,
}

words!(Arrival {
    Constant = "constant", Ramp = "ramp", Sine = "sine", Burst = "burst", Poisson = "poisson",
    Curve = "curve",
});

/// How partition keys are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyRecipe {
    /// N keys, all equally likely.
    #[default]
    Uniform,
    /// N keys by Zipf's law.
    Zipf,
    /// Named keys with weights.
    List,
    /// One hot key with a share, the rest uniform.
    Hot,
    /// A field of the record (a column of the data set).
    Field,
    /// A new key for every record.
    Random,
}

words!(KeyRecipe {
    Uniform = "uniform", Zipf = "zipf", List = "list", Hot = "hot", Field = "field",
    Random = "random",
});

/// How large payloads are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeRule {
    /// As long as the template makes them.
    #[default]
    Template,
    /// Padded to one size. Longer text is cut, longer JSON objects are not.
    Fixed,
    /// Evenly between two sizes.
    Uniform,
    /// Log-normal with a median and a 99th percentile.
    LogNormal,
}

words!(SizeRule {
    Template = "template", Fixed = "fixed", Uniform = "uniform", LogNormal = "log_normal",
});

/// Records that are made or replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsConfig {
    /// Generated or replayed.
    pub source: Source,
    /// Shape of the rate.
    pub arrival: Arrival,
    /// The rate, or where it starts, in records a second.
    pub records_per_sec: u32,
    /// Where a ramp ends, a sine peaks, a burst peaks.
    pub to_records_per_sec: u32,
    /// Length of a ramp or of one sine or burst cycle.
    pub period_secs: u32,
    /// Length of one burst.
    pub burst_millis: u32,
    /// Points of the drawn curve: seconds, records a second.
    pub curve: Vec<(u32, u32)>,
    /// Name of the data set.
    pub data: String,
    /// Its key column.
    pub key_column: String,
    /// Its time column; empty means evenly by `records_per_sec`.
    pub time_column: String,
    /// How many times faster than the data's own time.
    pub speed: u32,
    /// Whether to begin again at the end.
    pub repeat: bool,
    /// How keys are chosen.
    pub keys: KeyRecipe,
    /// How many keys.
    pub key_count: u32,
    /// What stands before the number of a key.
    pub key_prefix: String,
    /// Exponent of Zipf's law in hundredths.
    pub zipf_hundredths: u32,
    /// Keys with weights.
    pub key_list: Vec<(String, u32)>,
    /// The hot key.
    pub hot_key: String,
    /// Its share of all records.
    pub hot_share: Ratio,
    /// The JSON field the key is taken from.
    pub key_field: String,
    /// Suffixes `#0` to `#(n-1)` added at random; 1 adds none.
    pub key_salt: u32,
    /// The payload with typed random fields.
    pub payload: String,
    /// How large payloads are.
    pub size: SizeRule,
    /// The size, the smallest size or the median.
    pub size_bytes: u32,
    /// The largest size or the 99th percentile.
    pub size_bytes_max: u32,
    /// Whether the application encrypts payloads before it sends them.
    pub client_encryption: bool,
}

settings!(RecordsConfig {
    source,
    arrival,
    records_per_sec,
    to_records_per_sec,
    period_secs,
    burst_millis,
    curve,
    data,
    key_column,
    time_column,
    speed,
    repeat,
    keys,
    key_count,
    key_prefix,
    zipf_hundredths,
    key_list,
    hot_key,
    hot_share,
    key_field,
    key_salt,
    payload,
    size,
    size_bytes,
    size_bytes_max,
    client_encryption,
});

impl Default for RecordsConfig {
    fn default() -> Self {
        Self {
            source: Source::Generated,
            arrival: Arrival::Constant,
            records_per_sec: 100,
            to_records_per_sec: 1_000,
            period_secs: 60,
            burst_millis: 1_000,
            curve: Vec::new(),
            data: String::new(),
            key_column: String::new(),
            time_column: String::new(),
            speed: 1,
            repeat: false,
            keys: KeyRecipe::Uniform,
            key_count: 100,
            key_prefix: "user-".to_owned(),
            zipf_hundredths: 100,
            key_list: Vec::new(),
            hot_key: "hot".to_owned(),
            hot_share: Ratio::new(1, 2),
            key_field: String::new(),
            key_salt: 1,
            payload: r#"{"key":"${key}","at":"${time}","value":${int 1 1000}}"#.to_owned(),
            size: SizeRule::Template,
            size_bytes: 512,
            size_bytes_max: 4_096,
            client_encryption: false,
        }
    }
}
