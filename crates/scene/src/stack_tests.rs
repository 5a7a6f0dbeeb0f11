//! Lanes of random shard trees: what is open has its row, at every moment.

use std::sync::Arc;

use base::{NodeId, Rng, Time};
use engine::Snapshot;
use engine::snapshot::{Gauge, Lane, Lanes, NodeView};
use scenario::Config;

use crate::geometry::{LANE, LANES_TOP, Plan};
use crate::stack::{CLOSED, CLOSED_MAX, Grid, Stack, draining};
use crate::view::{Hover, View};
use crate::wires::Wires;
use crate::{hit, sample};

const STREAM: NodeId = NodeId(3);
const WIDTH: f64 = 360.0;

fn view() -> View {
    View { size: (912.0, 660.0), transit_micros: 600_000, ..View::default() }
}

/// A stream that is split and merged at random, a second apart.
struct Tree {
    rng: Rng,
    now: u64,
    open: Vec<Lane>,
    closed: Vec<Lane>,
}

impl Tree {
    fn new(seed: u64, shards: u32) -> Self {
        let width = u128::MAX / u128::from(shards);
        let lane = |shard: u32| {
            let first = width * u128::from(shard);
            let last = if shard + 1 == shards { u128::MAX } else { first + width - 1 };
            Lane { shard, range: (first, last), held: 9, ..Lane::default() }
        };
        let open = (0..shards).map(lane).collect();
        Self { rng: Rng::from_seed(seed), now: 10_000_000, open, closed: Vec::new() }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.rng.below(u32::try_from(bound).unwrap()) as usize
    }

    fn child(&self, more: u32, range: (u128, u128), parents: (Option<u32>, Option<u32>)) -> Lane {
        let shard = u32::try_from(self.open.len() + self.closed.len()).unwrap() + more;
        Lane { shard, range, parents, opened: Time(self.now), held: 9, ..Lane::default() }
    }

    /// One split or one merge.
    fn reshard(&mut self) {
        self.now += 1_000_000;
        for lane in &mut self.closed {
            lane.drained |= self.rng.below(4) == 0;
        }
        let at = self.below(self.open.len());
        let close = |lane: &Lane, now| Lane { closed: true, closed_at: Time(now), ..lane.clone() };
        if self.open.len() > 1 && self.rng.below(2) == 0 {
            let at = at.min(self.open.len() - 2);
            let (lower, upper) = (self.open[at].clone(), self.open[at + 1].clone());
            let parents = (Some(lower.shard), Some(upper.shard));
            let child = self.child(0, (lower.range.0, upper.range.1), parents);
            self.open.splice(at..at + 2, [child]);
            self.closed.extend([close(&lower, self.now), close(&upper, self.now)]);
        } else {
            let parent = self.open[at].clone();
            let (first, last) = parent.range;
            let middle = first + (last - first) / 16 * (1 + self.below(14) as u128);
            let lower = self.child(0, (first, middle), (Some(parent.shard), None));
            let upper = self.child(1, (middle + 1, last), (Some(parent.shard), None));
            self.open.splice(at..=at, [lower, upper]);
            self.closed.push(close(&parent, self.now));
        }
    }

    fn lanes(&self) -> Lanes {
        let lanes = self.open.iter().chain(&self.closed).cloned().collect();
        Lanes { retention_hours: 24, lanes, ..Lanes::default() }
    }
}

/// The sample with the lanes of a tree, so many microseconds after its last change.
fn moment(tree: &Tree, after: u64) -> Snapshot {
    let mut snapshot = sample::frozen();
    snapshot.now = Time(tree.now + after);
    let gauges = vec![Gauge::Lanes(tree.lanes())];
    snapshot.nodes[2] = NodeView { id: STREAM, gauges, ..NodeView::default() };
    snapshot
}

fn stack(tree: &Tree, after: u64, view: &View) -> Stack {
    Stack::of(&tree.lanes(), Time(tree.now + after), view, WIDTH)
}

/// Rows follow each other without gap or overlap: open shards by their range, then closed ones.
fn check_rows(tree: &Tree, stack: &Stack) {
    let open: Vec<u32> = stack.open().map(|row| row.shard).collect();
    let wanted: Vec<u32> = tree.open.iter().map(|lane| lane.shard).collect();
    assert_eq!(open, wanted);
    let lanes = tree.lanes();
    let wanted: Vec<u32> = draining(&lanes).map(|lane| lane.shard).take(CLOSED_MAX).collect();
    let closed: Vec<u32> = stack.rows[open.len()..].iter().map(|row| row.shard).collect();
    assert_eq!(closed, wanted, "what was read or has expired is gone");
    assert_eq!(stack.folded, draining(&lanes).count() - closed.len());
    let mut top = LANES_TOP;
    for row in &stack.rows {
        assert!(row.height >= 0.0 && (row.top - top).abs() < 1e-9);
        assert!(row.bed() >= row.top && row.bed() <= row.bottom());
        top = row.bottom();
    }
    let fold = if stack.folded > 0 { CLOSED } else { 0.0 };
    assert!((stack.height - top - fold).abs() < 1e-9);
}

#[test]
fn every_open_shard_has_a_row_at_every_moment() {
    for seed in 0..20 {
        let mut tree = Tree::new(seed, 1 + u32::try_from(seed % 6).unwrap());
        for _ in 0..20 {
            tree.reshard();
            for after in [0, 50_000, 200_000, 399_000, 400_000, 900_000] {
                for true_heights in [false, true] {
                    let stack = stack(&tree, after, &View { true_heights, ..view() });
                    check_rows(&tree, &stack);
                }
            }
        }
    }
}

#[test]
fn a_change_begins_with_the_room_of_the_parents_and_ends_with_equal_lanes() {
    let open_height = |stack: &Stack| stack.open().map(|row| row.height).sum::<f64>();
    for seed in 0..20 {
        let mut tree = Tree::new(seed, 4);
        for _ in 0..12 {
            let before = stack(&tree, 900_000, &view());
            tree.reshard();
            let first = stack(&tree, 0, &view());
            assert!((open_height(&first) - open_height(&before)).abs() < 1e-9);
            let after = stack(&tree, 400_000, &view());
            assert!(after.open().all(|row| (row.height - LANE).abs() < 1e-9));
            let still = View { reduced_motion: true, ..view() };
            assert_eq!(stack(&tree, 0, &still), after, "reduced motion: it is there at once");
        }
    }
}

#[test]
fn a_wider_range_is_never_a_lower_lane() {
    for seed in 0..20 {
        let mut tree = Tree::new(seed, 4);
        for _ in 0..8 {
            tree.reshard();
        }
        let stack = stack(&tree, 900_000, &View { true_heights: true, ..view() });
        let width = |lane: &Lane| lane.range.1 - lane.range.0;
        let rows: Vec<_> = tree.open.iter().zip(stack.open()).collect();
        for (lane, row) in &rows {
            for (other, row_of_other) in &rows {
                assert!(width(lane) < width(other) || row.height >= row_of_other.height);
            }
        }
    }
}

#[test]
fn wires_end_on_open_lanes_and_cards_make_room() {
    let document = sample::hot_key();
    for seed in 0..10 {
        let mut tree = Tree::new(seed, 4);
        for _ in 0..12 {
            tree.reshard();
            for after in [0, 100_000, 900_000] {
                let snapshot = moment(&tree, after);
                let plan = Plan::of(&document, &snapshot, &view());
                let wires = Wires::of(&document, &plan);
                let stream = plan.node(STREAM).unwrap();
                for row in stream.open() {
                    let (top, bottom) = (stream.rect.y + row.top, stream.rect.y + row.bottom());
                    let feeders = wires.all.iter().filter(|wire| wire.into.is_some());
                    for wire in feeders {
                        let (x, y) = wire.route_into(stream, Some(row)).at(1e9);
                        assert!(x == stream.rect.x && (top..=bottom).contains(&y));
                    }
                }
                assert!(wires.fans.len() >= tree.open.len());
                for fan in &wires.fans {
                    let (_, y) = fan.at(1e9);
                    assert!(stream.open().any(|row| {
                        (stream.rect.y + row.top..=stream.rect.y + row.bottom()).contains(&y)
                    }));
                }
            }
        }
    }
}

#[test]
fn cards_below_a_stream_that_grows_give_way() {
    let mut document = sample::hot_key();
    let below = Arc::make_mut(&mut document.nodes[5]);
    (below.at.x, below.at.y) = (300, 260);
    for seed in 0..10 {
        let mut tree = Tree::new(seed, 4);
        for _ in 0..12 {
            tree.reshard();
            let plan = Plan::of(&document, &moment(&tree, 900_000), &view());
            let (stream, below) = (plan.node(STREAM).unwrap(), plan.node(NodeId(6)).unwrap());
            assert!(!stream.rect.touches(&below.rect));
            assert!(below.rect.y >= 260.0, "nothing is pulled up");
        }
    }
}

#[test]
fn heat_strips_have_a_cell_for_each_shard_and_stay_small() {
    for shards in [33, 40, 196, 197, 1_000, 2_016, 10_000] {
        let stack = Stack::planned(shards, WIDTH);
        let grid: Grid = stack.strip.unwrap();
        assert!(stack.height <= 520.0, "{shards} shards are {} high", stack.height);
        assert!(grid.cells() * grid.each >= shards as usize);
        let size = f64::from(grid.pitch);
        for cell in 0..grid.cells() {
            let (x, y) = grid.cell(cell);
            assert!(x >= 12.0 && x + size <= WIDTH - 11.0);
            assert!(y >= LANES_TOP && y + size <= stack.height - 30.0);
            assert_eq!(grid.at((x + size / 2.0, y + size / 2.0)), Some(cell));
        }
    }
    let grid = Stack::planned(1_000, WIDTH).strip.unwrap();
    assert_eq!((grid.each, grid.cells()), (1, 1_000));
}

#[test]
fn a_cell_of_a_heat_strip_is_its_shard() {
    let mut document = sample::hot_key();
    if let Config::Stream(stream) = &mut Arc::make_mut(&mut document.nodes[2]).config {
        stream.shards = 1_000;
    }
    let snapshot = moment(&Tree::new(1, 1_000), 0);
    let plan = Plan::of(&document, &snapshot, &view());
    let stream = plan.node(STREAM).unwrap();
    let grid = stream.stack.as_ref().unwrap().strip.unwrap();
    for shard in [0, 1, 41, 42, 999] {
        let (x, y) = grid.cell(shard);
        let point = (stream.rect.x + x + 2.0, stream.rect.y + y + 2.0);
        let lane = Hover::Lane(STREAM, u32::try_from(shard).unwrap());
        assert_eq!(hit::hit(&document, &snapshot, &view(), point), lane);
    }
}

/// Before a run says anything there is room for what the settings ask for.
#[test]
fn a_design_without_a_run_has_its_lanes() {
    let document = sample::hot_key();
    let plan = Plan::of(&document, &Snapshot::default(), &view());
    assert_eq!(plan.node(STREAM).unwrap().open().count(), 4);
    assert_eq!(plan, Plan::wide(&document));
}
