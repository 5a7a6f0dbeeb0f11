//! The way of one wire: an orthogonal line with round corners, and the point at any distance.

use crate::picture::Segment;

/// A corner of a wire: x, y and the radius it is rounded with.
pub(crate) type Knot = (f64, f64, f64);

/// Points a rounded corner is followed with.
const CORNER_STEPS: u32 = 6;

/// A rounded line that knows its length.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Route {
    /// What is drawn.
    pub(crate) pieces: Vec<Segment>,
    /// What is followed: points and their distance from the start.
    line: Vec<(f64, f64, f64)>,
}

impl Route {
    /// A line over these corners. Corners shrink where a side is short.
    pub(crate) fn new(knots: &[Knot]) -> Self {
        let mut route = Self::default();
        let Some(&(x, y, _)) = knots.first() else { return route };
        route.pieces.push(Segment::Move(x, y));
        route.line.push((x, y, 0.0));
        let mut from = (x, y);
        for idx in 1..knots.len() {
            let (x, y, radius) = knots[idx];
            let last = idx + 1 == knots.len();
            let next = if last { (x, y) } else { (knots[idx + 1].0, knots[idx + 1].1) };
            let (before, after) = (distance(from, (x, y)), distance((x, y), next));
            let share = if idx + 2 < knots.len() { 2.0 } else { 1.0 };
            let radius = radius.min(before).min(after / share);
            if last || radius < 0.5 {
                route.straight((x, y));
                from = (x, y);
            } else {
                let start = toward((x, y), from, radius / before);
                let end = toward((x, y), next, radius / after);
                route.straight(start);
                route.corner(start, (x, y), end);
                from = end;
            }
        }
        route
    }

    fn straight(&mut self, to: (f64, f64)) {
        self.pieces.push(Segment::Line(to.0, to.1));
        self.follow(to);
    }

    fn corner(&mut self, from: (f64, f64), by: (f64, f64), to: (f64, f64)) {
        self.pieces.push(Segment::Quad(by.0, by.1, to.0, to.1));
        for step in 1..=CORNER_STEPS {
            let t = f64::from(step) / f64::from(CORNER_STEPS);
            let m = 1.0 - t;
            let blend = |a: f64, b: f64, c: f64| m * m * a + 2.0 * m * t * b + t * t * c;
            self.follow((blend(from.0, by.0, to.0), blend(from.1, by.1, to.1)));
        }
    }

    fn follow(&mut self, to: (f64, f64)) {
        let Some(&(x, y, length)) = self.line.last() else { return };
        self.line.push((to.0, to.1, length + distance((x, y), to)));
    }

    /// From end to end.
    pub(crate) fn length(&self) -> f64 {
        self.line.last().map_or(0.0, |(_, _, length)| *length)
    }

    /// The point this far from the start; beyond the ends, the ends.
    pub(crate) fn at(&self, distance: f64) -> (f64, f64) {
        let next = self.line.partition_point(|(_, _, length)| *length < distance);
        let Some(&(x, y, length)) = self.line.get(next) else {
            return self.line.last().map_or((0.0, 0.0), |(x, y, _)| (*x, *y));
        };
        let Some(&(x0, y0, length0)) = next.checked_sub(1).and_then(|idx| self.line.get(idx))
        else {
            return (x, y);
        };
        let t = (distance - length0) / (length - length0).max(f64::EPSILON);
        (x0 + (x - x0) * t, y0 + (y - y0) * t)
    }

    /// How far a point lies from the line.
    pub(crate) fn distance_to(&self, point: (f64, f64)) -> f64 {
        let near = |pair: &[(f64, f64, f64)]| {
            let (a, b) = ((pair[0].0, pair[0].1), (pair[1].0, pair[1].1));
            let long = (b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1);
            let along = (point.0 - a.0) * (b.0 - a.0) + (point.1 - a.1) * (b.1 - a.1);
            let t = if long > 0.0 { (along / long).clamp(0.0, 1.0) } else { 0.0 };
            distance(point, toward(a, b, t))
        };
        self.line.windows(2).map(near).fold(f64::INFINITY, f64::min)
    }

    /// The direction of the last piece, as a unit vector.
    pub(crate) fn heading(&self) -> (f64, f64) {
        let [.., a, b] = self.line.as_slice() else { return (1.0, 0.0) };
        let long = distance((a.0, a.1), (b.0, b.1)).max(f64::EPSILON);
        ((b.0 - a.0) / long, (b.1 - a.1) / long)
    }
}

fn toward(from: (f64, f64), to: (f64, f64), share: f64) -> (f64, f64) {
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (a.0 - b.0, a.1 - b.1);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_begins_and_ends_where_it_should() {
        let route = Route::new(&[(0.0, 0.0, 0.0), (40.0, 0.0, 12.0), (40.0, 60.0, 0.0)]);
        assert_eq!(route.at(0.0), (0.0, 0.0));
        assert_eq!(route.at(1e9), (40.0, 60.0));
        // A rounded corner is shorter than a sharp one, longer than the diagonal.
        assert!(route.length() < 100.0 && route.length() > 72.0);
        assert_eq!(route.heading(), (0.0, 1.0));
        assert!(route.distance_to((20.0, 5.0)) < 5.001);
    }

    #[test]
    fn short_sides_shrink_corners_instead_of_overshooting() {
        let route = Route::new(&[(0.0, 0.0, 0.0), (3.0, 0.0, 12.0), (3.0, 4.0, 0.0)]);
        for step in 0..=70 {
            let (x, y) = route.at(f64::from(step) / 10.0);
            assert!((0.0..=3.0).contains(&x) && (0.0..=4.0).contains(&y));
        }
    }
}
