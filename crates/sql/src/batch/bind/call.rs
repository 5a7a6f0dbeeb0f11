//! Functions over many rows, as a step needs them.

use super::Binder;
use super::query::sort_key;
use crate::agg::{self, Aggregate, AggregateFunction};
use crate::batch::plan::{Call, Fold};
use crate::expr::{AggregateCall, Expr, ExprKind, Span};
use crate::rules::{Nulls, Rules};
use crate::types::{Class, DataType, LENGTH_MAX};
use crate::value::Value;

impl Binder<'_> {
    /// A function over the rows of a group or frame, and the type of what it gives. Its own
    /// arguments hold no such function.
    pub(super) fn call(
        &mut self,
        call: &AggregateCall,
        types: &[Option<DataType>],
        span: Span,
    ) -> (Call, Option<DataType>) {
        for argument in call.arguments.iter().chain(&call.filter) {
            self.refuse_calls(argument, &call.name);
        }
        if let Some(filter) = &call.filter {
            self.condition(filter, types);
        }
        if matches!(call.name.as_str(), "MEDIAN" | "PERCENTILE_CONT" | "PERCENTILE_DISC") {
            return self.percentile(call, types, span);
        }
        let function = self.function(call, span);
        let mut argument = call.arguments.first().cloned();
        let mut data_type = argument.as_ref().and_then(|it| self.type_of(it, types));
        if function == AggregateFunction::ListAgg
            && data_type.is_some_and(|it| it.class() != Class::Text)
        {
            let text = DataType::Varchar(LENGTH_MAX);
            let cast = |it: Expr| Expr::new(ExprKind::Cast(it.clone().into(), text), it.span);
            argument = argument.map(cast);
            data_type = Some(text);
        }
        if let (Some(wanted), Some(found)) = (function.takes(), data_type)
            && found.class() != wanted
        {
            let message = format!("{} takes {}, not {found}", call.name, wanted.word());
            self.tell("SQL-169", span, message, "Use CAST(… AS …) first");
        }
        let mut aggregate = Aggregate::new(function, data_type, Rules::REDSHIFT);
        aggregate.distinct = call.distinct;
        if call.ignore_nulls || call.name == "ANY_VALUE" {
            aggregate.nulls = Nulls::Ignore;
        }
        for argument in call.arguments.iter().skip(1) {
            aggregate.constants.extend(self.constant(argument));
        }
        if function == AggregateFunction::ListAgg && call.arguments.len() == 1 {
            // Nothing stands between the texts (Redshift guide, "LISTAGG function").
            aggregate.constants.push(Value::Text("".into()));
        }
        let order = call.within.iter().map(|it| sort_key(it, it.expr.clone())).collect();
        let gives = aggregate.result();
        let (fold, filter) = (Fold::Aggregate(aggregate), call.filter.clone());
        (Call { fold, argument, filter, order, span }, gives)
    }

    fn function(&mut self, call: &AggregateCall, span: Span) -> AggregateFunction {
        let found = match call.name.as_str() {
            "COUNT" if call.arguments.is_empty() => Some((AggregateFunction::CountRows, 0, 0)),
            "BOOL_AND" => Some((AggregateFunction::Every, 1, 1)),
            "BOOL_OR" => Some((AggregateFunction::Any, 1, 1)),
            "ANY_VALUE" => Some((AggregateFunction::FirstValue, 1, 1)),
            "STRING_AGG" => Some((AggregateFunction::ListAgg, 1, 2)),
            // Those of windows, and one only streams have.
            "LAG" | "EXP_AVG" | "NTH_VALUE" | "FIRST_VALUE" | "LAST_VALUE"
                if call.over.is_none() =>
            {
                None
            }
            name => agg::find(name),
        };
        let Some((function, least, most)) = found else {
            let message = format!("{} is about the rows of a window", call.name);
            self.tell("SQL-169", span, message, "Write OVER (ORDER BY …) behind it");
            return AggregateFunction::CountRows;
        };
        let count = call.arguments.len();
        if !(least..=most).contains(&count) {
            let message = format!("{} cannot take {count} arguments", call.name);
            let help = if least == most {
                format!("It takes {least}")
            } else {
                format!("It takes {least} to {most}")
            };
            self.tell("SQL-169", span, message, help);
        }
        function
    }

    /// `PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a)`, and `MEDIAN(a)` for short.
    fn percentile(
        &mut self,
        call: &AggregateCall,
        types: &[Option<DataType>],
        span: Span,
    ) -> (Call, Option<DataType>) {
        let continuous = call.name != "PERCENTILE_DISC";
        let (at, order) = if call.name == "MEDIAN" {
            let item = |expr: &Expr| {
                let (descending, nulls_first) = (false, None);
                crate::ast::query::OrderItem { expr: expr.clone(), descending, nulls_first }
            };
            (0.5, call.arguments.first().map(item))
        } else {
            let part = call.arguments.first().and_then(|it| self.constant(it));
            (part.and_then(|it| it.float()).unwrap_or(-1.0), call.within.first().cloned())
        };
        let fold = Fold::Percentile { at, continuous };
        let (filter, mut argument, mut keys) = (call.filter.clone(), None, Vec::new());
        let Some(order) = order.filter(|_| call.arguments.len() == 1 && (0.0..=1.0).contains(&at))
        else {
            let message = format!("{} cannot be written so", call.name);
            let help = "Write MEDIAN(a), or PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a)";
            self.tell("SQL-169", span, message, help);
            return (Call { fold, argument, filter, order: keys, span }, None);
        };
        let found = self.type_of(&order.expr, types);
        if let Some(found) = found
            && continuous
            && found.class() != Class::Number
        {
            let message = format!("{} takes a number, not {found}", call.name);
            self.tell("SQL-169", span, message, "Use PERCENTILE_DISC for what is no number");
        }
        argument.replace(order.expr.clone());
        keys.push(sort_key(&order, order.expr.clone()));
        let gives = if continuous { found.map(|_| DataType::Double) } else { found };
        (Call { fold, argument, filter, order: keys, span }, gives)
    }
}
