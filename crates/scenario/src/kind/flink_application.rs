//! Flink application: Managed Service for Apache Flink, running a script of Flink SQL (facts,
//! analytics §3).

use super::flink_application_fields::FIELDS;
use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// `ApplicationRestoreType`: where a start begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restore {
    /// With the state and the positions of the newest snapshot.
    #[default]
    Latest,
    /// With nothing, where the tables say.
    Skip,
}

words!(Restore {
    Latest = "RESTORE_FROM_LATEST_SNAPSHOT", Skip = "SKIP_RESTORE_FROM_SNAPSHOT",
});

/// Settings of a Flink application (botocore 1.44.5, `kinesisanalyticsv2`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlinkApplicationConfig {
    /// The script.
    pub code: String,
    /// Whether it is started.
    pub runs: bool,
    /// `ApplicationRestoreType`.
    pub restore: Restore,
    /// `SnapshotsEnabled`.
    pub snapshots: bool,
    /// How long `STARTING`, `UPDATING` and `AUTOSCALING` last.
    pub starting_secs: u32,
    /// `Parallelism`.
    pub parallelism: u32,
    /// `ParallelismPerKPU`.
    pub parallelism_per_kpu: u32,
    /// `AutoScalingEnabled`.
    pub autoscaling: bool,
    /// `CheckpointingEnabled`.
    pub checkpointing: bool,
    /// `CheckpointInterval`.
    pub checkpoint_interval_secs: u32,
    /// `MinPauseBetweenCheckpoints`.
    pub checkpoint_pause_secs: u32,
    /// How long one KPU works on a record.
    pub record_micros: u32,
}

settings!(FlinkApplicationConfig {
    code,
    runs,
    restore,
    snapshots,
    starting_secs,
    parallelism,
    parallelism_per_kpu,
    autoscaling,
    checkpointing,
    checkpoint_interval_secs,
    checkpoint_pause_secs,
    record_micros,
});

/// Rows and their sum for each key and ten seconds, over what a new producer puts into a new
/// stream.
const CODE: &str = "\
CREATE TABLE events (
  `key` STRING,
  `value` INT,
  arrived TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR arrived AS arrived - INTERVAL '2' SECOND
) WITH (
  'connector' = 'kinesis',
  'stream' = 'orders',
  'scan.stream.initpos' = 'LATEST',
  'format' = 'json'
);

CREATE TABLE sums (
  window_start TIMESTAMP(3),
  `key` STRING,
  row_count BIGINT,
  value_sum BIGINT
) WITH (
  'connector' = 'print'
);

INSERT INTO sums
SELECT window_start, `key`, COUNT(*), SUM(CAST(`value` AS BIGINT))
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(arrived), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, `key`;
";

impl Default for FlinkApplicationConfig {
    fn default() -> Self {
        Self {
            code: CODE.to_owned(),
            runs: true,
            restore: Restore::Latest,
            snapshots: true,
            starting_secs: 0,
            parallelism: 1,
            parallelism_per_kpu: 1,
            autoscaling: true,
            checkpointing: true,
            checkpoint_interval_secs: 60,
            checkpoint_pause_secs: 5,
            record_micros: 50,
        }
    }
}

const fn metric(name: &'static str, stat: Stat, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat, unit, bad }
}

/// What a Flink application is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "flink_application",
    title: "Flink app",
    badge: "Flink",
    stem: "flink",
    about: "Runs Flink SQL over streams by event time, with checkpoints it recovers from",
    group: Group::Readers,
    glyph: "flink",
    fidelity: Fidelity::Simplified,
    size: (360, 204),
    ports: &[
        Port { name: "in", direction: Direction::In, flows: &[Flow::Read], edges_max: 5 },
        Port {
            name: "out",
            direction: Direction::Out,
            flows: &[Flow::Put, Flow::Deliver],
            edges_max: 5,
        },
    ],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("numRecordsIn", Stat::Sum, "records", false),
        metric("numRecordsOut", Stat::Sum, "records", false),
        metric("currentInputWatermark", Stat::Gauge, "ms", false),
        metric("currentOutputWatermark", Stat::Gauge, "ms", false),
        metric("numLateRecordsDropped", Stat::Sum, "records", true),
        metric("millisBehindLatest", Stat::Gauge, "ms", false),
        metric("lastCheckpointDuration", Stat::Gauge, "ms", false),
        metric("lastCheckpointSize", Stat::Gauge, "bytes", false),
        metric("uptime", Stat::Gauge, "ms", false),
        metric("downtime", Stat::Gauge, "ms", false),
        metric("fullRestarts", Stat::Gauge, "restarts", false),
        metric("cpuUtilization", Stat::Gauge, "%", false),
        metric("KPUs", Stat::Gauge, "KPUs", false),
    ],
    faults: &["kill"],
};

/// KPUs of one application (facts, analytics §3.4).
const KPUS_MAX: u32 = 64;

impl FlinkApplicationConfig {
    /// Rules beyond single ranges. Those about its code and its wires are in `validate`.
    pub fn check(&self, out: &mut Checker<'_>) {
        let kpus = self.kpus(self.parallelism);
        if kpus > KPUS_MAX {
            let message = format!("The application needs {kpus} KPUs; it may have {KPUS_MAX}");
            let help = "Lower `parallelism`, or let more of it share a KPU";
            out.error("SCN-180", "parallelism", message, help);
        }
    }

    /// KPUs that work at this parallelism; one more orchestrates them.
    #[must_use]
    pub fn kpus(&self, parallelism: u32) -> u32 {
        parallelism.max(1).div_ceil(self.parallelism_per_kpu.max(1))
    }

    /// The largest parallelism autoscaling may reach: `maxParallelism` is 128 (facts, analytics
    /// §3.4).
    #[must_use]
    pub fn parallelism_max(&self) -> u32 {
        (KPUS_MAX * self.parallelism_per_kpu.max(1)).min(128).max(self.parallelism)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts, analytics §3.4: KPUs are parallelism by parallelism per KPU; scaling ends at 64 of
    /// them, and at `maxParallelism`.
    #[test]
    fn kpus_follow_parallelism() {
        let of = |parallelism_per_kpu, parallelism| FlinkApplicationConfig {
            parallelism_per_kpu,
            parallelism,
            ..FlinkApplicationConfig::default()
        };
        for (each, parallelism, kpus, most) in
            [(1, 1, 1, 64), (1, 64, 64, 64), (2, 5, 3, 128), (8, 64, 8, 128), (8, 256, 32, 256)]
        {
            let config = of(each, parallelism);
            assert_eq!((config.kpus(parallelism), config.parallelism_max()), (kpus, most));
        }
    }
}
