//! Prices: what AWS bills, by the line of the bill, with a dated default for each.
//!
//! us-east-1, US dollars, without free tiers. The run counts what is used
//! (`engine::usage`); here is what a unit of it costs. A scenario may carry prices of its own.

use base::VecMap;

/// When the prices were looked at.
pub const PROFILE: &str = "2026-11";
/// Digits behind the point: prices are whole pico-dollars.
const DIGITS: usize = 12;
/// A dollar in pico-dollars.
pub const PICO_USD: u64 = 1_000_000_000_000;
/// Largest price of a unit, in dollars.
const USD_MAX: u64 = 1_000_000;

const HOUR_MICROS: u64 = 3_600_000_000;
/// AWS's month: 730 hours (facts, streams §7).
pub const MONTH_MICROS: u64 = 730 * HOUR_MICROS;
const GIB: u64 = base::units::GIB;
/// A GB kept for a month, in byte seconds.
const GIB_MONTH_SECS: u64 = GIB * (MONTH_MICROS / 1_000_000);

/// One line of a bill.
#[derive(Debug)]
pub struct Spec {
    /// Its key in a file: `shard_hour`.
    pub key: &'static str,
    /// What a bill calls it.
    pub label: &'static str,
    /// What one unit is: `shard-hour`.
    pub unit: &'static str,
    /// How much of what is counted makes one unit.
    pub per: u64,
    /// What is counted: `shard µs`, `bytes`.
    pub counted: &'static str,
    /// Price of one unit in pico-dollars.
    pub pico_usd: u64,
    /// Where the price was seen.
    pub source: &'static str,
}

/// Prices of a scenario that differ from the profile's, in pico-dollars a unit.
pub type Prices = VecMap<Item, u64>;

macro_rules! items {
    ($($variant:ident = $key:literal, $label:literal, $unit:literal,
        $per:expr, $counted:literal, $usd:literal, $source:ident;)+) => {
        /// What AWS bills.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Item {
            $(#[doc = $label] $variant,)+
        }

        static SPECS: &[Spec] = &[$(Spec {
            key: $key,
            label: $label,
            unit: $unit,
            per: $per,
            counted: $counted,
            pico_usd: pico($usd),
            source: $source,
        },)+];

        impl Item {
            /// Every line, in the order of a bill.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];
        }
    };
}

const STREAMS: &str = "Kinesis Data Streams pricing, us-east-1, seen 2026-11";
const UNSURE: &str =
    "Kinesis Data Streams pricing: 60 % below Standard; the figure was not seen in 2026-11";
const MEMORY: &str = "AWS price pages, us-east-1; stable for years, not seen again in 2026-11";
const FIREHOSE: &str = "Amazon Data Firehose pricing, us-east-1, first 500 TB of a month";
const FIREHOSE_MORE: &str = "Amazon Data Firehose pricing, us-east-1; not seen again in 2026-11";

const FLINK: &str =
    "Managed Service for Apache Flink pricing, us-east-1; not seen again in 2026-11";

items! {
    ShardHour = "shard_hour", "Shard hours", "shard-hour",
        HOUR_MICROS, "shard µs", "0.015", STREAMS;
    PutUnit = "put_unit", "PUT payload units of 25 KB", "million units",
        1_000_000, "units", "0.014", STREAMS;
    ExtendedRetention = "extended_retention", "Extended retention, to 7 days", "shard-hour",
        HOUR_MICROS, "shard µs", "0.020", STREAMS;
    LongRetention = "long_retention", "Long-term retention, over 7 days", "GB-month",
        GIB_MONTH_SECS, "byte s", "0.023", STREAMS;
    LongRetrieval = "long_retrieval", "Long-term retrieval, over 7 days old", "GB",
        GIB, "bytes", "0.021", STREAMS;
    FanOutHour = "fan_out_hour", "Enhanced fan-out consumers", "consumer-shard-hour",
        HOUR_MICROS, "consumer-shard µs", "0.015", STREAMS;
    FanOutGb = "fan_out_gb", "Enhanced fan-out data", "GB",
        GIB, "bytes", "0.013", STREAMS;
    OnDemandHour = "on_demand_hour", "On-demand stream hours", "stream-hour",
        HOUR_MICROS, "stream µs", "0.040", STREAMS;
    OnDemandIn = "on_demand_in", "On-demand data in", "GB",
        GIB, "bytes", "0.080", STREAMS;
    OnDemandOut = "on_demand_out", "On-demand data out", "GB",
        GIB, "bytes", "0.040", STREAMS;
    OnDemandFanOut = "on_demand_fan_out", "On-demand fan-out data", "GB",
        GIB, "bytes", "0.050", MEMORY;
    OnDemandRetention = "on_demand_retention", "On-demand extended retention, 1 to 7 days",
        "GB-month", GIB_MONTH_SECS, "byte s", "0.10", STREAMS;
    AdvantageIn = "advantage_in", "On-demand Advantage data in", "GB",
        GIB, "bytes", "0.032", STREAMS;
    AdvantageOut = "advantage_out", "On-demand Advantage data out, fan-out too", "GB",
        GIB, "bytes", "0.016", UNSURE;
    AdvantageRetention = "advantage_retention", "On-demand Advantage retention, 1 to 7 days",
        "GB-month", GIB_MONTH_SECS, "byte s", "0.023", UNSURE;
    ShardMetric = "shard_metric", "Shard-level metrics", "metric-month",
        MONTH_MICROS, "metric µs", "0.30", MEMORY;
    KmsRequest = "kms_request", "KMS requests", "10,000 requests",
        10_000, "requests", "0.03", MEMORY;
    KmsKey = "kms_key", "KMS customer keys", "key-month",
        MONTH_MICROS, "key µs", "1.00", MEMORY;
    TableWrite = "table_write", "DynamoDB write request units", "million units",
        1_000_000, "units", "0.625", MEMORY;
    TableRead = "table_read", "DynamoDB read request units", "million units",
        1_000_000, "units", "0.125", MEMORY;
    TableWriteHour = "table_write_hour", "DynamoDB write capacity", "WCU-hour",
        HOUR_MICROS, "WCU µs", "0.00065", MEMORY;
    TableReadHour = "table_read_hour", "DynamoDB read capacity", "RCU-hour",
        HOUR_MICROS, "RCU µs", "0.00013", MEMORY;
    LambdaRequest = "lambda_request", "Lambda requests", "million requests",
        1_000_000, "requests", "0.20", MEMORY;
    LambdaTime = "lambda_time", "Lambda duration, x86", "GB-second",
        1_024_000, "MB ms", "0.0000166667", MEMORY;
    FirehoseIn = "firehose_in", "Firehose ingestion, records rounded up to 5 KB", "GB",
        GIB, "bytes", "0.029", FIREHOSE;
    FirehoseConversion = "firehose_conversion", "Firehose format conversion", "GB",
        GIB, "bytes", "0.018", FIREHOSE_MORE;
    FirehosePartitioning = "firehose_partitioning", "Firehose partitioning, delivered", "GB",
        GIB, "bytes", "0.020", FIREHOSE_MORE;
    FirehosePartitionObjects = "firehose_partition_objects", "Firehose partitioning, objects",
        "1,000 objects", 1_000, "objects", "0.005", FIREHOSE_MORE;
    FirehoseDecompression = "firehose_decompression", "Firehose decompression of logs", "GB",
        GIB, "bytes", "0.00325", FIREHOSE_MORE;
    FirehoseJq = "firehose_jq", "Firehose partitioning, inline jq", "hour",
        3_600_000, "ms", "0.07", FIREHOSE_MORE;
    KpuHour = "kpu_hour", "Kinesis Data Analytics KPUs", "KPU-hour",
        HOUR_MICROS, "KPU µs", "0.11", MEMORY;
    FlinkKpuHour = "flink_kpu_hour", "Managed Service for Apache Flink KPUs", "KPU-hour",
        HOUR_MICROS, "KPU µs", "0.11", FLINK;
    FlinkStorage = "flink_storage", "Managed Service for Apache Flink running storage",
        "GB-month", GIB_MONTH_SECS, "byte s", "0.10", FLINK;
    FlinkBackup = "flink_backup", "Managed Service for Apache Flink durable backups",
        "GB-month", GIB_MONTH_SECS, "byte s", "0.023", FLINK;
}

impl Item {
    /// What it is and costs.
    #[must_use]
    pub fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }

    /// The line with this key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.spec().key == key)
    }

    /// What a quantity costs, in pico-dollars, rounded down.
    #[must_use]
    pub fn cost(self, quantity: u128, prices: &Prices) -> u128 {
        let spec = self.spec();
        let price = prices.get(&self).copied().unwrap_or(spec.pico_usd);
        quantity.saturating_mul(price.into()) / u128::from(spec.per)
    }
}

/// Dollars as people write them, in pico-dollars; `None` when they are no price.
#[must_use]
pub fn parse_usd(text: &str) -> Option<u64> {
    let text = text.trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_empty = whole.is_empty() && rest.is_empty();
    if is_empty || !is_number(whole) || !is_number(rest) || rest.len() > DIGITS {
        return None;
    }
    let dollars: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut pico = 0;
    for at in 0..DIGITS {
        pico = pico * 10 + rest.as_bytes().get(at).map_or(0, |digit| u64::from(digit - b'0'));
    }
    (dollars <= USD_MAX).then(|| dollars * PICO_USD + pico)
}

/// A price as people write it: `0.015`, `1.00`.
#[must_use]
pub fn usd_text(pico_usd: impl Into<u128>) -> String {
    let (pico_usd, dollar) = (pico_usd.into(), u128::from(PICO_USD));
    let (whole, rest) = (pico_usd / dollar, pico_usd % dollar);
    let digits = format!("{rest:012}");
    let shown = digits.trim_end_matches('0');
    format!("{whole}.{shown:0<2}")
}

/// The price in the profile's table.
const fn pico(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut at, mut value, mut behind, mut seen) = (0, 0_u64, 0, false);
    while at < bytes.len() {
        if bytes[at] == b'.' {
            seen = true;
        } else {
            value = value * 10 + (bytes[at] - b'0') as u64;
            behind += seen as usize;
        }
        at += 1;
    }
    while behind < DIGITS {
        value *= 10;
        behind += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_reads_as_it_is_written() {
        for (text, pico_usd) in
            [("0.015", 15_000_000_000), ("1.00", PICO_USD), ("0.0000166667", 16_666_700)]
        {
            assert_eq!(parse_usd(text), Some(pico_usd), "{text}");
            assert_eq!(usd_text(pico_usd), text);
        }
        assert_eq!(parse_usd("12"), Some(12 * PICO_USD));
        assert_eq!(parse_usd(".5"), Some(PICO_USD / 2));
        for text in ["", ".", "-1", "1e3", "0,015", "1.2.3", "$1", "0.0000000000001", "1000001"] {
            assert_eq!(parse_usd(text), None, "{text}");
        }
    }

    #[test]
    fn every_line_has_a_key_of_its_own_and_its_place_in_the_table() {
        for (at, item) in Item::ALL.iter().enumerate() {
            assert_eq!(Item::of_key(item.spec().key), Some(*item));
            assert_eq!(*item as usize, at);
            assert!(item.spec().pico_usd > 0 && item.spec().per > 0, "{item:?}");
        }
    }

    /// Facts, streams §7: a GB for a month beyond a week is 0.023, beyond a day on demand 0.10; a
    /// GB read that is older than a week 0.021; with Advantage 0.032 in and 0.016 out.
    #[test]
    fn a_gb_costs_what_the_page_says() {
        let prices = Prices::new();
        let milli_usd = |item: Item, quantity: u128| {
            u64::try_from(item.cost(quantity, &prices) / 1_000_000_000).unwrap()
        };
        let month = u128::from(GIB) * 730 * 3_600;
        for (item, quantity, expected) in [
            (Item::LongRetention, month, 23),
            (Item::OnDemandRetention, month, 100),
            (Item::AdvantageRetention, month, 23),
            (Item::LongRetrieval, GIB.into(), 21),
            (Item::AdvantageIn, GIB.into(), 32),
            (Item::AdvantageOut, GIB.into(), 16),
        ] {
            assert_eq!(milli_usd(item, quantity), expected, "{item:?}");
        }
    }

    /// Facts, streams §7: a month of a provisioned shard has 730 hours at 0.015.
    #[test]
    fn a_shard_for_a_month_costs_10_95() {
        let prices = Prices::new();
        let month = Item::ShardHour.cost(MONTH_MICROS.into(), &prices);
        assert_eq!(month, 10 * u128::from(PICO_USD) + 950_000_000_000);
        // A price of one's own.
        let mut prices = Prices::new();
        prices.insert(Item::ShardHour, PICO_USD);
        assert_eq!(Item::ShardHour.cost(HOUR_MICROS.into(), &prices), u128::from(PICO_USD));
    }
}
