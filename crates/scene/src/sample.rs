//! The frozen moment the pictures are compared with: a hot key at the gate, four and a half
//! minutes into the run. Made by hand, in the numbers of the design.

use std::sync::Arc;

use base::units::MIB;
use base::{EdgeId, NodeId, Time};
use engine::Snapshot;
use engine::snapshot::{
    Counter, Crate, EdgeView, FaultView, Flag, Gauge, Holder, HolderState, Lane, Lanes, Leases,
    NodeView, ObjectRow, Objects, Outcome, Pack, Packs, Passage, Race, Seal, ShardAge, Stretch,
};
use scenario::document::{Edge, End, Node, Point};
use scenario::{Config, Document, FaultKind};

/// 10:04:31.250.
const NOW: u64 = 271_250_000;

/// Two producers, one of them packs; a stream of four shards, Firehose into a bucket, workers.
pub(crate) fn hot_key() -> Document {
    let mut document = Document { title: "Hot key at the gate".to_owned(), ..Document::default() };
    let nodes = [
        ("producer", "web-clicks", 16, 56),
        ("kpl", "mobile-app", 16, 308),
        ("stream", "orders", 276, 56),
        ("firehose", "to-s3", 692, 56),
        ("bucket", "lake", 692, 272),
        ("kcl", "fraud-check", 692, 492),
    ];
    for (id, (kind, name, x, y)) in (1_u32..).zip(nodes) {
        let mut config = Config::default_of(kind).expect("a known kind");
        if let Config::Stream(stream) = &mut config {
            stream.shards = 4;
        }
        let unknown = serde_json::Map::new();
        let (id, at) = (NodeId(id), Point { x, y });
        let node = Node { id, name: name.to_owned(), at, config, unknown };
        document.nodes.push(Arc::new(node));
    }
    for (id, (from, to)) in (1_u32..).zip([(1, 3), (2, 3), (3, 4), (4, 5), (3, 6)]) {
        let end = |node, port: &str| End { node: NodeId(node), port: port.to_owned() };
        let edge = Edge { id: EdgeId(id), from: end(from, "out"), to: end(to, "in") };
        document.edges.push(Arc::new(edge));
    }
    document
}

/// What the run shows at that moment.
pub(crate) fn frozen() -> Snapshot {
    let gauges = [
        producer([404_006, 339_664, 64_190, 152], 2_400),
        packer([200_437, 193_087, 7_312, 38], 830),
        vec![Gauge::Lanes(lanes())],
        vec![Gauge::Race(race())],
        vec![Gauge::Objects(objects())],
        workers(),
    ];
    let views = (1..).zip(gauges).map(|(id, gauges)| NodeView {
        id: NodeId(id),
        gauges,
        retries: if id == 1 { vec![820, 450, 200] } else { Vec::new() },
        rejected_per_sec: if id == 3 { 880 } else { 0 },
        ..NodeView::default()
    });
    let mut nodes: Vec<NodeView> = views.collect();
    nodes[4].faults.push(FaultView {
        kind: FaultKind::Slow { millis: 12_000 },
        since: Time(249_000_000),
        until: Time(285_000_000),
    });
    Snapshot { now: Time(NOW), stride: 50, nodes, edges: edges(), ..Snapshot::default() }
}

fn packer(sum: [u64; 4], rate: u64) -> Vec<Gauge> {
    let pack = |(slots, sealed): (&[u8], bool)| Pack {
        records: slots.len().try_into().unwrap_or(u64::MAX),
        slots: slots.to_vec(),
        sealed,
    };
    let packs = [
        (&[1, 0, 3, 0, 5, 0, 2][..], true),
        (&[3, 0, 5, 0, 2, 1, 0], true),
        (&[5, 0, 2, 1], false),
    ];
    let words = "linger 100 ms · 1.9 KB".to_owned();
    let packs = packs.map(pack).to_vec();
    let packs = Packs { ratio: 7, per_sec: rate, words, packs, more: 0 };
    vec![Gauge::Packs(packs), counters(sum)]
}

fn counters([attempted, stored, rejected, in_flight]: [u64; 4]) -> Gauge {
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    Gauge::Counters(vec![
        counter("", "attempted", attempted, false),
        counter("=", "stored", stored, false),
        counter("+", "rejected", rejected, true),
        counter("+", "in flight", in_flight, false),
    ])
}

fn producer(sum: [u64; 4], rate: u64) -> Vec<Gauge> {
    let series = (0..60).map(|second| if second < 36 { 1_050 } else { 2_400 } + second % 5 * 9);
    vec![
        Gauge::Spark {
            label: "rate",
            value: rate,
            unit: "/s",
            series: series.collect(),
            limit: None,
            late: false,
        },
        Gauge::Bars {
            label: "key",
            caption: "gate id, top 10".to_owned(),
            bars: [(2, 1_000), (1, 220), (3, 150), (5, 120), (4, 60), (6, 60), (0, 50), (0, 45)]
                .to_vec(),
        },
        Gauge::Line { left: "PutRecords × 50".to_owned(), right: "retry × 5".to_owned() },
        counters(sum),
    ]
}

/// Range, load in records and bytes, stored, rejected, slots of its keys.
type LaneFacts = (u32, u32, u32, u32, u32, [u8; 4]);

const LANES: [LaneFacts; 4] = [
    (0, 610, 520, 610, 0, [1, 0, 1, 0]),
    (1, 380, 410, 380, 0, [3, 4, 3, 0]),
    (2, 1_880, 940, 1_000, 880, [2, 2, 2, 0]),
    (3, 360, 400, 360, 0, [5, 6, 0, 5]),
];

fn lanes() -> Lanes {
    let quarter = 1_u128 << 126;
    let lane = |(shard, records, bytes, stored, rejected, slots): LaneFacts| {
        let first = quarter * u128::from(shard);
        let per_stride = 50_000_000 / u64::from(stored);
        let recent = (1..65).zip(slots.iter().cycle()).map(|(n, slot)| (n * per_stride, *slot));
        let ages = [(EdgeId(3), 'A', 800_000), (EdgeId(5), 'B', 1_900_000)];
        let is_late = |letter| shard == 2 && letter == 'B';
        let flags = ages.into_iter().map(|(edge, letter, age_micros)| Flag {
            edge,
            letter,
            age_micros: if is_late(letter) { 8_400_000 } else { age_micros },
            late: is_late(letter),
        });
        Lane {
            shard,
            range: (first, first + (quarter - 1)),
            records_permille: records,
            bytes_permille: bytes,
            stored_per_sec: stored,
            rejected_per_sec: rejected,
            held: 90_000,
            recent: recent.take_while(|(age, _)| *age < 10_000_000).collect(),
            history: (1..27).map(|n| stretch(n, stored, slots[0], rejected > 0)).collect(),
            flags: flags.collect(),
            ..Lane::default()
        }
    };
    let lanes = LANES.into_iter().map(lane).collect();
    Lanes {
        status: "",
        mode: "provisioned",
        retention_hours: 24,
        oldest_micros: NOW,
        lanes,
        slowest: Vec::new(),
    }
}

/// Ten seconds of a lane's past; before 10:03:10 nothing was hot.
fn stretch(n: u64, stored: u32, slot: u8, is_hot: bool) -> Stretch {
    let was_cool = is_hot && n > 8;
    let mut mix = [0; 7];
    mix[usize::from(slot)] = if was_cool { 220 } else { 520 };
    mix[0] = 1_000 - mix[usize::from(slot)];
    let permille = u16::try_from(stored).unwrap_or(1_000) + u16::try_from(n % 3).unwrap_or(0) * 20;
    let permille = if was_cool { 560 } else { permille.min(1_000) };
    Stretch { from_micros: n * 10_000_000, to_micros: (n + 1) * 10_000_000, permille, mix }
}

fn race() -> Race {
    Race {
        bytes: 18 * MIB,
        bytes_max: 32 * MIB,
        micros: 9_900_000,
        micros_max: 20_000_000,
        records: 19_000,
        verdict: "size leads by 2.5 s".to_owned(),
    }
}

fn objects() -> Objects {
    let rows = [
        ("04-03-51ce", 92, 27, Seal::Size),
        ("03-46-c07a", 91, 45, Seal::Size),
        ("03-28-9d33", 92, 62, Seal::Size),
        ("03-11-e4f8", 89, 80, Seal::Time),
        ("02-51-22b6", 88, 102, Seal::Time),
    ];
    let row = |(name, tenths, secs, reason): (&str, u64, u64, Seal)| ObjectRow {
        name: name.to_owned(),
        bytes: tenths * MIB / 10 + 1_000,
        age_micros: secs * 1_000_000,
        reason,
        purpose: engine::Purpose::Records,
    };
    Objects {
        prefix: "orders/2026/11/21/10/".to_owned(),
        rows: rows.map(row).to_vec(),
        count: 13,
        bytes: 117 * MIB,
        histogram: [1, 2, 4, 6, 4, 2],
    }
}

fn workers() -> Vec<Gauge> {
    let lease = |(shard, age_micros)| ShardAge { shard, age_micros, late: age_micros > 5_000_000 };
    let holder = |(worker, ages): (u32, [(u32, u64); 2])| Holder {
        worker,
        state: HolderState::Well,
        leases: ages.map(lease).to_vec(),
    };
    let workers = [(1, [(0, 200_000), (1, 200_000)]), (2, [(2, 8_400_000), (3, 200_000)])];
    let workers = workers.map(holder).to_vec();
    let series = (0..60_u32).map(|n| n.saturating_sub(40) * 400 + 200).collect();
    vec![Gauge::Leases(Leases { workers, orphans: Vec::new(), series })]
}

/// A passage every `step` microseconds, so many of them, the newest last.
fn passages(step: u64, count: u32, pattern: &[(u8, u32, Outcome)]) -> Vec<Passage> {
    let passage = |(n, (slot, lane, outcome)): (u32, &(u8, u32, Outcome))| Passage {
        at: Time(NOW - u64::from(n) * step),
        mark: n,
        slot: *slot,
        size: 1,
        lane: *lane,
        outcome: *outcome,
    };
    let mut passages: Vec<Passage> = (0..count).zip(pattern.iter().cycle()).map(passage).collect();
    passages.reverse();
    passages
}

fn edges() -> Vec<EdgeView> {
    use Outcome::{Accepted, Rejected};
    let web = [
        (2, 2, Accepted),
        (1, 0, Accepted),
        (2, 2, Accepted),
        (3, 1, Accepted),
        (2, 2, Rejected),
        (0, 0, Accepted),
        (2, 2, Accepted),
        (5, 3, Accepted),
    ];
    let app = [(2, 2, Accepted), (1, 0, Accepted), (5, 3, Accepted), (3, 1, Accepted)];
    let reader = [(2, 2, Accepted), (1, 0, Accepted), (0, 1, Accepted), (3, 1, Accepted)];
    let sealed = Crate {
        sealed_at: Time(261_350_000),
        reason: Seal::Size,
        raw_bytes: 32 * MIB,
        stored_bytes: 91 * MIB / 10 + 1_000,
        attempts: 1,
        waiting: false,
    };
    let edge =
        |id, passages, letter| EdgeView { id: EdgeId(id), passages, letter, ..EdgeView::default() };
    vec![
        edge(1, passages(31_000, 40, &web), None),
        edge(2, passages(67_000, 18, &app), None),
        edge(3, passages(70_000, 12, &reader), Some('A')),
        EdgeView { crates: vec![sealed], ..edge(4, Vec::new(), None) },
        edge(5, passages(36_000, 20, &reader), Some('B')),
    ]
}
