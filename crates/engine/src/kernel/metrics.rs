//! Metric series by the second, under AWS names, for charts and cards.

use base::{NodeId, Ring};
use scenario::kind::{MetricSpec, Stat};

use crate::snapshot::MetricView;

/// Seconds kept for each metric: one hour.
pub const SERIES_SECS_MAX: u32 = 3_600;

#[derive(Clone, Debug)]
struct Series {
    current: u64,
    /// Whether a second without a sample keeps the value of the one before.
    holds: bool,
    sampled: bool,
    /// Seconds without a sample since the last one.
    silent: u64,
    seconds: Ring<u64>,
    last: u64,
    sum: u64,
    max: u64,
}

#[derive(Clone, Debug)]
struct NodeMetrics {
    id: NodeId,
    series: Vec<Series>,
    /// The first whole second the rings may hold.
    since: u64,
}

/// All series, ascending by node.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    nodes: Vec<NodeMetrics>,
    second: u64,
}

impl Metrics {
    /// Makes room for a node's metrics.
    pub fn add_node(&mut self, id: NodeId, specs: &[MetricSpec], second: u64) {
        let empty = |spec: &MetricSpec| Series {
            current: 0,
            holds: spec.stat == Stat::Gauge,
            sampled: false,
            silent: 0,
            seconds: Ring::new(SERIES_SECS_MAX),
            last: 0,
            sum: 0,
            max: 0,
        };
        let series = specs.iter().map(empty).collect();
        let at = self.nodes.partition_point(|node| node.id < id);
        self.nodes.insert(at, NodeMetrics { id, series, since: second });
    }

    /// Forgets a node.
    pub fn remove_node(&mut self, id: NodeId) {
        self.nodes.retain(|node| node.id != id);
    }

    fn series_mut(&mut self, id: NodeId, metric: u8) -> Option<&mut Series> {
        let at = self.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
        self.nodes[at].series.get_mut(usize::from(metric))
    }

    /// Adds to the running second.
    pub fn add(&mut self, id: NodeId, metric: u8, amount: u64) {
        if let Some(series) = self.series_mut(id, metric) {
            series.current += amount;
            series.sum += amount;
        }
    }

    /// Raises the maximum of the running second.
    pub fn max(&mut self, id: NodeId, metric: u8, value: u64) {
        if let Some(series) = self.series_mut(id, metric) {
            series.current = series.current.max(value);
            series.sampled = true;
            series.max = series.max.max(value);
        }
    }

    /// Closes the running second of every series.
    pub fn close_second(&mut self) {
        self.second += 1;
        for series in self.nodes.iter_mut().flat_map(|node| &mut node.series) {
            if !series.holds || series.sampled {
                series.last = series.current;
            }
            series.silent = if series.sampled { 0 } else { series.silent + 1 };
            series.seconds.push(series.last);
            (series.current, series.sampled) = (0, false);
        }
    }

    /// Whether a second without a sample would be like the one that was closed last.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let mut all = self.nodes.iter().flat_map(|node| &node.series);
        all.all(|series| series.holds || series.last == 0)
    }

    /// Closes so many seconds at rest.
    pub fn rest(&mut self, seconds: u64) {
        self.second += seconds;
        for series in self.nodes.iter_mut().flat_map(|node| &mut node.series) {
            series.silent += seconds;
            for _ in 0..seconds.min(SERIES_SECS_MAX.into()) {
                series.seconds.push(series.last);
            }
        }
    }

    /// Last second and whole run of every metric of a node.
    pub fn view(&self, id: NodeId, out: &mut Vec<MetricView>) {
        out.clear();
        let Ok(at) = self.nodes.binary_search_by_key(&id, |node| node.id) else { return };
        out.extend(self.nodes[at].series.iter().map(|series| MetricView {
            last: series.last,
            total: if series.sum > 0 { series.sum } else { series.max },
            silent_secs: match series.holds {
                true => u32::try_from(series.silent).unwrap_or(u32::MAX),
                false => 0,
            },
        }));
    }

    /// One value for each of the last `count` whole seconds, oldest first. Seconds before the
    /// node existed are left out.
    #[must_use]
    pub fn series(&self, id: NodeId, metric: u8, count: u32) -> Vec<u64> {
        let Ok(at) = self.nodes.binary_search_by_key(&id, |node| node.id) else {
            return Vec::new();
        };
        let Some(series) = self.nodes[at].series.get(usize::from(metric)) else {
            return Vec::new();
        };
        let skip = series.seconds.len().saturating_sub(count as usize);
        series.seconds.iter().skip(skip).copied().collect()
    }

    /// The whole second that is running.
    #[must_use]
    pub fn second(&self) -> u64 {
        self.second
    }

    /// The first second a node has values for.
    #[must_use]
    pub fn since(&self, id: NodeId) -> u64 {
        self.nodes.iter().find(|node| node.id == id).map_or(0, |node| node.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(stat: Stat) -> MetricSpec {
        MetricSpec { name: "Any", stat, unit: "records", bad: false }
    }

    /// A reader that is late stays late while it works and nobody measures.
    #[test]
    fn a_gauge_holds_until_it_is_measured_again() {
        let mut metrics = Metrics::default();
        metrics.add_node(NodeId(1), &[spec(Stat::Gauge), spec(Stat::Max)], 0);
        metrics.close_second();
        for value in [9, 0] {
            metrics.max(NodeId(1), 0, value);
            metrics.max(NodeId(1), 1, value);
            metrics.close_second();
            metrics.close_second();
        }
        assert_eq!(metrics.series(NodeId(1), 0, 10), [0, 9, 9, 0, 0]);
        metrics.rest(3);
        let mut view = Vec::new();
        metrics.view(NodeId(1), &mut view);
        assert_eq!(view[0].silent_secs, 4, "one second was closed and three rested");
        assert_eq!(metrics.series(NodeId(1), 1, 10), [0, 9, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn seconds_at_rest_are_closed_at_once() {
        let mut metrics = Metrics::default();
        metrics.add_node(NodeId(1), &[spec(Stat::Gauge), spec(Stat::Max)], 0);
        metrics.max(NodeId(1), 0, 9);
        metrics.max(NodeId(1), 1, 9);
        metrics.close_second();
        assert!(!metrics.is_at_rest(), "the maximum falls back");
        metrics.close_second();
        assert!(metrics.is_at_rest());
        let mut slow = metrics.clone();
        for seconds in [3, 5_000] {
            metrics.rest(seconds);
            (0..seconds).for_each(|_second| slow.close_second());
            assert_eq!(metrics.second(), slow.second());
            for metric in 0..2 {
                let all = |of: &Metrics| of.series(NodeId(1), metric, u32::MAX);
                assert_eq!(all(&metrics), all(&slow));
            }
        }
    }

    #[test]
    fn seconds_are_kept_apart() {
        let mut metrics = Metrics::default();
        metrics.add_node(NodeId(1), &[spec(Stat::Sum), spec(Stat::Max)], 0);
        metrics.add(NodeId(1), 0, 5);
        metrics.add(NodeId(1), 0, 6);
        metrics.max(NodeId(1), 1, 9);
        metrics.max(NodeId(1), 1, 4);
        metrics.close_second();
        metrics.close_second();
        assert_eq!(metrics.series(NodeId(1), 0, 10), [11, 0]);
        assert_eq!(metrics.series(NodeId(1), 1, 1), [0]);
        let mut view = Vec::new();
        metrics.view(NodeId(1), &mut view);
        assert_eq!(view[0], MetricView { last: 0, total: 11, silent_secs: 0 });
        assert_eq!(view[1], MetricView { last: 0, total: 9, silent_secs: 0 });
    }
}
