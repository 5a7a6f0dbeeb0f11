//! `HOTSPOTS`: each row with the dense regions of the latest rows (AWS SQL reference, "HOTSPOTS").
//!
//! A point with enough others within the radius is dense, dense points within the radius of each
//! other are one region, and a region is told by its bounds. What the service computes exactly is
//! not published: its density here is points in a unit of the space within the bounds, each side
//! of which counts as long as the radius at least.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Operator;
use crate::eval::Row as _;
use crate::exec::{Output, Row};
use crate::value::Value;

/// The latest rows as points.
#[derive(Clone, Debug)]
pub struct Hotspots {
    /// Which values of a row are looked at.
    slots: Arc<[u32]>,
    /// How many rows are looked at.
    window: usize,
    radius: f64,
    /// Points within the radius that make one dense, itself included.
    least: usize,
    points: VecDeque<Arc<[f64]>>,
}

impl Hotspots {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(slots: Vec<u32>, window: usize, radius: f64, least: usize) -> Self {
        Self { slots: slots.into(), window, radius, least, points: VecDeque::new() }
    }

    /// Whether two points are near each other.
    fn near(&self, a: &[f64], b: &[f64]) -> bool {
        let distance: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
        distance <= self.radius * self.radius
    }

    /// The dense regions, as JSON.
    fn regions(&self) -> String {
        let points: Vec<&[f64]> = self.points.iter().map(AsRef::as_ref).collect();
        let is_dense = |at: &[f64]| {
            points.iter().filter(|it| self.near(at, it)).take(self.least).count() >= self.least
        };
        let mut left: Vec<&[f64]> = points.iter().copied().filter(|it| is_dense(it)).collect();
        let mut told = Vec::new();
        while let Some(first) = left.pop() {
            let (mut region, mut at) = (vec![first], 0);
            while let Some(point) = region.get(at).copied() {
                let is_near = |it: &&[f64]| self.near(point, it);
                region.extend(left.iter().copied().filter(is_near));
                left.retain(|it| !self.near(point, it));
                at += 1;
            }
            told.push(self.told(&region));
        }
        format!("{{\"hotspots\":[{}]}}", told.join(","))
    }

    #[expect(clippy::cast_precision_loss, reason = "windows are small")]
    fn told(&self, region: &[&[f64]]) -> String {
        let side = |axis: usize, ends: fn(f64, f64) -> f64| {
            region.iter().filter_map(|it| it.get(axis)).copied().reduce(ends).unwrap_or_default()
        };
        let axes = 0..self.slots.len();
        let low: Vec<f64> = axes.clone().map(|it| side(it, f64::min)).collect();
        let high: Vec<f64> = axes.map(|it| side(it, f64::max)).collect();
        let space: f64 = low.iter().zip(&high).map(|(a, b)| (b - a).max(self.radius)).product();
        let numbers = |them: &[f64]| {
            let texts: Vec<String> = them.iter().map(|it| number(*it)).collect();
            texts.join(",")
        };
        format!(
            "{{\"density\":{},\"minValues\":[{}],\"maxValues\":[{}]}}",
            number(region.len() as f64 / space),
            numbers(&low),
            numbers(&high)
        )
    }
}

fn number(value: f64) -> String {
    crate::print::text_of(&Value::Double(value))
}

impl Operator for Hotspots {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        let number = |slot: &u32| row.slot(*slot).float().filter(|it| it.is_finite());
        let point: Vec<f64> = self.slots.iter().map(|it| number(it).unwrap_or_default()).collect();
        self.points.push_back(point.into());
        while self.points.len() > self.window {
            self.points.pop_front();
        }
        let mut values = row.values.to_vec();
        values.push(Value::Text(self.regions().into()));
        out.row(row.with(values));
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(points: &[(f64, f64)]) -> String {
        let mut spots = Hotspots::new(vec![0, 1], 100, 1.0, 3);
        spots.points = points.iter().map(|it| Arc::from([it.0, it.1])).collect();
        spots.regions()
    }

    /// Facts, analytics §2.3: bounds and density of what is dense; nothing where nothing is.
    #[test]
    fn dense_regions_have_bounds() {
        assert_eq!(told(&[(0.0, 0.0), (5.0, 5.0), (9.0, 0.0)]), "{\"hotspots\":[]}");
        let one = told(&[(0.0, 0.0), (0.5, 0.5), (0.0, 0.5), (9.0, 9.0)]);
        let bounds = "\"minValues\":[0.0,0.0],\"maxValues\":[0.5,0.5]";
        assert_eq!(one, format!("{{\"hotspots\":[{{\"density\":3.0,{bounds}}}]}}"));
        let far = |at: f64| [(at, at), (at + 0.1, at), (at, at + 0.1)];
        let two = told(&[far(0.0), far(50.0)].concat());
        assert_eq!(two.matches("density").count(), 2);
    }
}
