//! Queries as text.

use super::pattern::write_pattern;
use super::{Printed, write, write_after, write_list, write_name};
use crate::ast::ObjectName;
use crate::ast::query::{
    Alias, Body, Group, Item, JoinKind, OrderItem, Query, SelectQuery, TableArgument,
    TableFunction, TableRef,
};
use crate::ast::window::{Bound, Frame, FrameUnit, Over, WindowSpec};
use crate::expr::{AggregateCall, Expr, Name};
use crate::parse::level;

pub(super) fn write_query(query: &Query, out: &mut Printed) {
    for (index, common) in query.with.iter().enumerate() {
        out.push_str(if index == 0 { "WITH " } else { ", " });
        write_name(&common.name, out);
        write_names(&common.columns, out);
        out.push_str(" AS (");
        write_query(&common.query, out);
        out.push(')');
    }
    out.push_str(if query.with.is_empty() { "" } else { " " });
    write_body(&query.body, out);
    write_order(&query.order_by, out);
    write_after(" WITHIN ", query.within.as_ref(), out);
    write_after(" LIMIT ", query.limit.as_ref(), out);
    write_after(" OFFSET ", query.offset.as_ref(), out);
}

fn write_body(body: &Body, out: &mut Printed) {
    match body {
        Body::Select(select) => write_select(select, out),
        Body::Union { left, right, all, .. } => {
            write_body(left, out);
            out.push_str(if *all { " UNION ALL " } else { " UNION " });
            write_body(right, out);
        }
        Body::Nested(query) => {
            out.push('(');
            write_query(query, out);
            out.push(')');
        }
        Body::Values { rows, .. } => {
            for (index, row) in rows.iter().enumerate() {
                out.push_str(if index == 0 { "VALUES (" } else { ", (" });
                write_list(row, out);
                out.push(')');
            }
        }
    }
}

fn write_select(select: &SelectQuery, out: &mut Printed) {
    out.push_str("SELECT ");
    out.push_str(if select.stream { "STREAM " } else { "" });
    out.push_str(if select.distinct { "DISTINCT " } else { "" });
    for (index, item) in select.items.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        match item {
            Item::All(_) => out.push('*'),
            Item::AllOf(name, _) => {
                write_name(name, out);
                out.push_str(".*");
            }
            Item::Column { expr, alias } => {
                write(expr, level::OR, out);
                if let Some(alias) = alias {
                    out.push_str(" AS ");
                    write_name(alias, out);
                }
            }
        }
    }
    for (index, source) in select.from.iter().enumerate() {
        out.push_str(if index == 0 { " FROM " } else { ", " });
        write_source(source, out);
    }
    write_after(" WHERE ", select.filter.as_ref(), out);
    match &select.group {
        Group::None => {}
        Group::By(keys, _) => {
            out.push_str(" GROUP BY ");
            write_list(keys, out);
        }
        Group::Stagger { partition, range, .. } => {
            out.push_str(" WINDOWED BY STAGGER (PARTITION BY ");
            write_list(partition, out);
            write_after(" RANGE ", Some(range), out);
            out.push(')');
        }
    }
    write_after(" HAVING ", select.having.as_ref(), out);
    for (index, window) in select.windows.iter().enumerate() {
        out.push_str(if index == 0 { " WINDOW " } else { ", " });
        write_name(&window.name, out);
        out.push_str(" AS ");
        write_spec(&window.spec, out);
    }
}

fn write_source(source: &TableRef, out: &mut Printed) {
    match source {
        TableRef::Named { name, over, system_time, alias } => {
            write_object(name, out);
            if let Some(over) = over {
                out.push_str(" OVER ");
                write_over(over, out);
            }
            write_after(" FOR SYSTEM_TIME AS OF ", system_time.as_deref(), out);
            write_alias(alias.as_ref(), out);
        }
        TableRef::Query { query, lateral, alias, .. } => {
            out.push_str(if *lateral { "LATERAL (" } else { "(" });
            write_query(query, out);
            out.push(')');
            write_alias(alias.as_ref(), out);
        }
        TableRef::Function { function, alias } => {
            out.push_str("TABLE(");
            write_function(function, out);
            out.push(')');
            write_alias(alias.as_ref(), out);
        }
        TableRef::Match { source, pattern, alias } => {
            write_source(source, out);
            write_pattern(pattern, out);
            write_alias(alias.as_ref(), out);
        }
        TableRef::Join(join) => {
            write_source(&join.left, out);
            out.push_str(match join.kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Right => " RIGHT JOIN ",
                JoinKind::Full => " FULL JOIN ",
                JoinKind::Cross => " CROSS JOIN ",
            });
            write_source(&join.right, out);
            write_after(" ON ", join.on.as_ref(), out);
        }
    }
}

fn write_function(function: &TableFunction, out: &mut Printed) {
    write_name(&function.name, out);
    out.push('(');
    for (index, (name, argument)) in function.arguments.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        if let Some(name) = name {
            write_name(name, out);
            out.push_str(" => ");
        }
        match argument {
            TableArgument::Table { name, partition } => {
                out.push_str("TABLE ");
                write_object(name, out);
                if !partition.is_empty() {
                    out.push_str(" PARTITION BY (");
                    write_list(partition, out);
                    out.push(')');
                }
            }
            TableArgument::Descriptor(columns) => {
                out.push_str("DESCRIPTOR");
                write_names(columns, out);
            }
            TableArgument::Cursor(query) => {
                out.push_str("CURSOR(");
                write_query(query, out);
                out.push(')');
            }
            TableArgument::Expr(expr) => write(expr, level::OR, out),
        }
    }
    out.push(')');
}

fn write_alias(alias: Option<&Alias>, out: &mut Printed) {
    if let Some(alias) = alias {
        out.push_str(" AS ");
        write_name(&alias.name, out);
        write_names(&alias.columns, out);
    }
}

pub(super) fn write_object(name: &ObjectName, out: &mut Printed) {
    for (index, part) in name.parts.iter().enumerate() {
        out.push_str(if index > 0 { "." } else { "" });
        write_name(part, out);
    }
}

/// Names in parentheses, if there are any.
pub(super) fn write_names(names: &[Name], out: &mut Printed) {
    for (index, name) in names.iter().enumerate() {
        out.push_str(if index == 0 { "(" } else { ", " });
        write_name(name, out);
    }
    out.push_str(if names.is_empty() { "" } else { ")" });
}

pub(super) fn write_order(items: &[OrderItem], out: &mut Printed) {
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { " ORDER BY " } else { ", " });
        write(&item.expr, level::OR, out);
        out.push_str(if item.descending { " DESC" } else { "" });
        out.push_str(match item.nulls_first {
            None => "",
            Some(true) => " NULLS FIRST",
            Some(false) => " NULLS LAST",
        });
    }
}

pub(super) fn write_aggregate(aggregate: &AggregateCall, out: &mut Printed) {
    out.push_str(&aggregate.name);
    out.push('(');
    out.push_str(if aggregate.distinct { "DISTINCT " } else { "" });
    write_list(&aggregate.arguments, out);
    let is_star = aggregate.name == "COUNT" && aggregate.arguments.is_empty();
    out.push_str(if is_star { "*)" } else { ")" });
    out.push_str(if aggregate.from_last { " FROM LAST" } else { "" });
    out.push_str(if aggregate.ignore_nulls { " IGNORE NULLS" } else { "" });
    if let Some(filter) = &aggregate.filter {
        write_after(" FILTER (WHERE ", Some(filter), out);
        out.push(')');
    }
    if let Some(over) = &aggregate.over {
        out.push_str(" OVER ");
        write_over(over, out);
    }
}

fn write_over(over: &Over, out: &mut Printed) {
    match over {
        Over::Named(name, _) => write_name(name, out),
        Over::Inline(spec) => write_spec(spec, out),
    }
}

fn write_spec(spec: &WindowSpec, out: &mut Printed) {
    out.push('(');
    if !spec.partition.is_empty() {
        out.push_str("PARTITION BY ");
        write_list(&spec.partition, out);
    }
    write_order(&spec.order, out);
    if let Some(frame) = &spec.frame {
        write_frame(frame, out);
    }
    out.push(')');
}

fn write_frame(frame: &Frame, out: &mut Printed) {
    out.push_str(match frame.unit {
        FrameUnit::Range => " RANGE BETWEEN ",
        FrameUnit::Rows => " ROWS BETWEEN ",
    });
    write_bound(&frame.start, out);
    out.push_str(" AND ");
    write_bound(&frame.end, out);
}

fn write_bound(bound: &Bound, out: &mut Printed) {
    let mut distance = |expr: &Expr, word| {
        write(expr, level::SUM, out);
        out.push_str(word);
    };
    match bound {
        Bound::Preceding(expr) => distance(expr, " PRECEDING"),
        Bound::Following(expr) => distance(expr, " FOLLOWING"),
        Bound::UnboundedPreceding => out.push_str("UNBOUNDED PRECEDING"),
        Bound::CurrentRow => out.push_str("CURRENT ROW"),
        Bound::UnboundedFollowing => out.push_str("UNBOUNDED FOLLOWING"),
    }
}
