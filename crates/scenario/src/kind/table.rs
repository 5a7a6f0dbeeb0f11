//! DynamoDB table: the lease table of a KCL application, or a target that keeps items.

use super::setting::{settings, words};
use super::spec::{Checker, Fidelity, Field, FieldKind, Group, KindSpec, MetricSpec, Stat};
use crate::ports::{Direction, Flow, Port};

/// `BillingMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BillingMode {
    /// On-demand.
    #[default]
    PayPerRequest,
    /// So many units a second.
    Provisioned,
}

words!(BillingMode { PayPerRequest = "PAY_PER_REQUEST", Provisioned = "PROVISIONED" });

/// What the key of an item is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ItemKey {
    /// A unique id that the producer put into the payload: copies of a record have the same.
    #[default]
    RecordId,
    /// Shard and sequence number: a record that was put twice has two.
    SequenceNumber,
    /// The partition key: one item for each.
    PartitionKey,
}

words!(ItemKey {
    RecordId = "record_id", SequenceNumber = "sequence_number", PartitionKey = "partition_key",
});

/// How a record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ItemWrite {
    /// `PutItem`: an item under the same key is replaced.
    #[default]
    Put,
    /// `PutItem` with `attribute_not_exists`: an item under the same key stays.
    PutIfAbsent,
    /// `PutItem` under a new key every time.
    Append,
    /// `UpdateItem` with `ADD`: counts the records of a key.
    Add,
}

words!(ItemWrite {
    Put = "put", PutIfAbsent = "put_if_absent", Append = "append", Add = "add",
});

/// Settings of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableConfig {
    /// How records are written.
    pub write: ItemWrite,
    /// What the key of an item is.
    pub item_key: ItemKey,
    /// `BillingMode`.
    pub billing_mode: BillingMode,
    /// `WriteCapacityUnits`.
    pub write_units: u32,
    /// `ReadCapacityUnits`.
    pub read_units: u32,
    /// Seconds of unused capacity that may be used later.
    pub burst_secs: u32,
    /// Time of one call.
    pub latency_millis: u32,
}

settings!(TableConfig {
    write,
    item_key,
    billing_mode,
    write_units,
    read_units,
    burst_secs,
    latency_millis,
});

impl Default for TableConfig {
    fn default() -> Self {
        Self {
            write: ItemWrite::Put,
            item_key: ItemKey::RecordId,
            billing_mode: BillingMode::PayPerRequest,
            write_units: 10,
            read_units: 10,
            burst_secs: 300,
            latency_millis: 5,
        }
    }
}

/// A metric of the namespace `AWS/DynamoDB`.
const fn metric(name: &'static str, unit: &'static str, bad: bool) -> MetricSpec {
    MetricSpec { name, stat: Stat::Sum, unit, bad }
}

/// What a table is.
pub(crate) static SPEC: KindSpec = KindSpec {
    kind: "table",
    title: "DynamoDB table",
    badge: "DDB",
    stem: "table",
    about: "Keeps the leases of a KCL application, or items that readers write",
    group: Group::Targets,
    glyph: "table",
    fidelity: Fidelity::Simplified,
    size: (204, 204),
    ports: &[Port {
        name: "in",
        direction: Direction::In,
        flows: &[Flow::Item, Flow::Lease],
        edges_max: 50,
    }],
    fields: || FIELDS,
    limits: &super::spec::limits::<{ FIELDS.len() }>(FIELDS),
    metrics: &[
        metric("ConsumedWriteCapacityUnits", "units", false),
        metric("ConsumedReadCapacityUnits", "units", false),
        metric("WriteThrottleEvents", "calls", true),
        metric("ReadThrottleEvents", "calls", true),
        metric("ConditionalCheckFailedRequests", "calls", false),
    ],
    faults: &["down", "slow", "reject", "timeout"],
};

/// In form order.
const FIELDS: &[Field] = &[
    Field {
        key: "write",
        label: "Write",
        unit: "",
        kind: FieldKind::Choice(&[
            ("put", "PutItem by key"),
            ("put_if_absent", "PutItem if absent"),
            ("append", "Append an item"),
            ("add", "Add to a counter"),
        ]),
        when: None,
        section: "",
        help: "A record that is processed twice leaves no trace under its own key, and counts \
                   twice where items are appended or counters raised; a lease table ignores this",
    },
    Field {
        key: "item_key",
        label: "Key",
        unit: "",
        kind: FieldKind::Choice(&[
            ("record_id", "Unique id in the payload"),
            ("sequence_number", "Sequence number"),
            ("partition_key", "Partition key"),
        ]),
        when: Some(("write", &["put", "put_if_absent"])),
        section: "",
        help: "A sequence number tells what a consumer processed twice, but not what a \
                   producer put twice",
    },
    Field {
        key: "billing_mode",
        label: "Capacity",
        unit: "",
        kind: FieldKind::Choice(&[
            ("PAY_PER_REQUEST", "On-demand"),
            ("PROVISIONED", "Provisioned"),
        ]),
        when: None,
        section: "Capacity",
        help: "KCL makes its lease table on-demand, early versions with 10 units of each",
    },
    Field {
        key: "write_units",
        label: "Write capacity",
        unit: "WCU",
        kind: FieldKind::Int { min: 1, max: 40_000 },
        when: Some(("billing_mode", &["PROVISIONED"])),
        section: "Capacity",
        help: "One unit writes one item of up to 1 KB a second",
    },
    Field {
        key: "read_units",
        label: "Read capacity",
        unit: "RCU",
        kind: FieldKind::Int { min: 1, max: 40_000 },
        when: Some(("billing_mode", &["PROVISIONED"])),
        section: "Capacity",
        help: "One unit reads 4 KB a second, 8 KB where the read may be stale, as scans are",
    },
    Field {
        key: "burst_secs",
        label: "Burst",
        unit: "s",
        kind: FieldKind::Int { min: 1, max: 300 },
        when: Some(("billing_mode", &["PROVISIONED"])),
        section: "Model",
        help: "Unused capacity of up to five minutes is kept for bursts",
    },
    Field {
        key: "latency_millis",
        label: "Latency",
        unit: "ms",
        kind: FieldKind::Int { min: 1, max: 60_000 },
        when: None,
        section: "Model",
        help: "Time of one call; AWS promises single-digit milliseconds",
    },
];

impl TableConfig {
    /// Rules beyond single ranges: none.
    pub fn check(&self, _out: &mut Checker<'_>) {}
}
