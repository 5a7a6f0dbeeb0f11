//! `RANDOM_CUT_FOREST`: each row with a score of how unlike the rows before it is.

use std::sync::Arc;

use super::Operator;
use crate::eval::Row as _;
use crate::exec::forest::Forest;
use crate::exec::{Output, Row};
use crate::value::Value;

/// The rows of a stream and a forest that has seen them.
#[derive(Clone, Debug)]
pub struct Anomaly {
    /// Which values of a row are looked at.
    slots: Arc<[u32]>,
    forest: Forest,
    /// The names of the columns that are looked at, and whether directions are told, where scores
    /// are explained.
    explained: Option<(Arc<[String]>, bool)>,
}

impl Anomaly {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(slots: Vec<u32>, forest: Forest) -> Self {
        Self { slots: slots.into(), forest, explained: None }
    }

    /// The same with an explanation behind the score, of columns with these names.
    #[must_use]
    pub fn explained(mut self, names: Vec<String>, directions: bool) -> Self {
        self.explained = Some((names.into(), directions));
        self
    }
}

/// What each column has of a score (AWS developer guide, "Detecting Data Anomalies and Getting an
/// Explanation": the names and forms of the members). How strong a direction is the guide does not
/// say: here it is how much more of the score is on that side.
fn explanation(names: &[String], shares: &[[f64; 2]], directions: bool) -> String {
    let mut told = serde_json::Map::new();
    for (name, [above, below]) in names.iter().zip(shares) {
        let mut members = serde_json::Map::new();
        let digits = |it: f64| serde_json::Value::from(format!("{it:.4}"));
        if directions {
            let direction = if above >= below { "HIGH" } else { "LOW" };
            members.insert("DIRECTION".to_owned(), direction.into());
            members.insert("STRENGTH".to_owned(), digits((above - below).abs()));
        }
        members.insert("ATTRIBUTION_SCORE".to_owned(), digits(above + below));
        told.insert(name.clone(), members.into());
    }
    serde_json::Value::from(told).to_string()
}

impl Operator for Anomaly {
    fn push(&mut self, _input: u32, row: Row, out: &mut Output) {
        // A row without a number is like none that has one: NULL counts as zero.
        let number = |slot: &u32| row.slot(*slot).float().unwrap_or_default();
        let point: Vec<f64> = self.slots.iter().map(number).collect();
        let (score, shares) = self.forest.explained(&point);
        let mut values = row.values.to_vec();
        values.push(Value::Double(score));
        if let Some((names, directions)) = &self.explained {
            let told = explanation(names, &shares, *directions);
            values.push(Value::Text(told.into()));
        }
        out.row(row.with(values));
    }

    fn advance(&mut self, _input: u32, clock: i64, out: &mut Output) {
        out.clock(clock);
    }
}
