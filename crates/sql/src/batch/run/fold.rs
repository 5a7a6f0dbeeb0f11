//! A function over the rows of a group, all at once.

use super::{Made, Run, failed};
use crate::agg::Aggregate;
use crate::batch::Line;
use crate::batch::plan::{Call, Fold};
use crate::eval::cast;
use crate::exec::calls::sort_order;
use crate::rules::Rules;
use crate::types::DataType;
use crate::value::Value;

impl Run<'_> {
    /// What a function comes to over these rows; `set` are the keys they are grouped by.
    pub(super) fn fold(
        &self,
        call: &Call,
        rows: &[&Line],
        set: &[usize],
        arguments: &[Value],
    ) -> Made<Value> {
        if let Fold::Grouping(keys) = &call.fold {
            let bit = |bits: i64, key: &usize| bits << 1 | i64::from(!set.contains(key));
            return Ok(Value::Integer(keys.iter().fold(0, bit)));
        }
        let mut values = Vec::new();
        for row in rows {
            if let Some(value) = self.counted(call, row, arguments)? {
                let keys = self.sort_values(&call.order, row, arguments)?;
                values.push((keys, value));
            }
        }
        if !call.order.is_empty() {
            base::order::sort_by(&mut values, |a, b| sort_order(&call.order, &a.0, &b.0));
        }
        let values = values.into_iter().map(|it| it.1);
        let found = match &call.fold {
            Fold::Aggregate(aggregate) => folded(aggregate, values),
            Fold::Percentile { at, continuous } => percentile(*at, *continuous, values),
            Fold::Grouping(_) => Ok(Value::Null),
        };
        found.map_err(|message| failed(call.span, message))
    }

    /// The argument of a call over a row, unless `FILTER` leaves the row out.
    pub(super) fn counted(
        &self,
        call: &Call,
        row: &Line,
        arguments: &[Value],
    ) -> Made<Option<Value>> {
        if let Some(filter) = &call.filter
            && !self.holds(filter, row, arguments)?
        {
            return Ok(None);
        }
        match &call.argument {
            Some(argument) => self.value(argument, row, arguments).map(Some),
            None => Ok(Some(Value::Null)),
        }
    }
}

fn folded(aggregate: &Aggregate, values: impl Iterator<Item = Value>) -> Result<Value, String> {
    let mut state = aggregate.start();
    for value in values {
        aggregate.add(&mut state, &value, 0)?;
    }
    aggregate.value(&state)
}

/// The value at a part of the way through values in order, NULL left out (Redshift guide,
/// "`PERCENTILE_CONT` function").
pub(super) fn percentile(
    at: f64,
    continuous: bool,
    values: impl Iterator<Item = Value>,
) -> Result<Value, String> {
    let values: Vec<Value> = values.filter(|it| *it != Value::Null).collect();
    if values.is_empty() {
        return Ok(Value::Null);
    }
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^53 rows")]
    let count = values.len() as f64;
    let place = |it: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between zero and the number of values"
        )]
        let place = it.clamp(0.0, count - 1.0) as usize;
        &values[place.min(values.len() - 1)]
    };
    if !continuous {
        return Ok(place(libm::ceil(at * count) - 1.0).clone());
    }
    let double = |it: &Value| match cast(it, DataType::Double, &Rules::REDSHIFT)? {
        Value::Double(it) => Ok(it),
        _ => Err("A percentile is of numbers".to_owned()),
    };
    let way = at * (count - 1.0);
    let (low, high) = (double(place(libm::floor(way)))?, double(place(libm::ceil(way)))?);
    Ok(Value::Double(low + (high - low) * (way - libm::floor(way))))
}
