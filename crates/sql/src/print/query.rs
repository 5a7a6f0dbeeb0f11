//! Queries as text.

use super::pattern::write_pattern;
use super::{Printed, write, write_after, write_list, write_name};
use crate::ast::ObjectName;
use crate::ast::query::{
    Alias, Body, Group, Item, JoinKind, OrderItem, Query, SelectQuery, SetOp, TableArgument,
    TableFunction, TableRef,
};
use crate::ast::window::{Bound, Exclude, Frame, FrameUnit, Over, WindowSpec};
use crate::expr::{AggregateCall, Asks, Expr, Name, Nested};
use crate::parse::level;

pub(super) fn write_query(query: &Query, out: &mut Printed) {
    for (index, common) in query.with.iter().enumerate() {
        out.push_str(match index {
            0 if query.recursive => "WITH RECURSIVE ",
            0 => "WITH ",
            _ => ", ",
        });
        write_name(&common.name, out);
        write_names(&common.columns, out);
        out.push_str(" AS ");
        out.inside(|out| write_query(&common.query, out));
    }
    if !query.with.is_empty() {
        out.line();
    }
    write_body(&query.body, out);
    if !query.order_by.is_empty() {
        out.line();
    }
    write_order(&query.order_by, out);
    write_after(" WITHIN ", query.within.as_ref(), out);
    write_after(" LIMIT ", query.limit.as_ref(), out);
    write_after(" OFFSET ", query.offset.as_ref(), out);
}

fn write_body(body: &Body, out: &mut Printed) {
    match body {
        Body::Select(select) => write_select(select, out),
        Body::Set { op, left, right, all, .. } => {
            write_body(left, out);
            out.line();
            out.push_str(match op {
                SetOp::Union => "UNION",
                SetOp::Intersect => "INTERSECT",
                SetOp::Except => "EXCEPT",
            });
            out.push_str(if *all { " ALL" } else { "" });
            out.line();
            write_body(right, out);
        }
        Body::Nested(query) => out.inside(|out| write_query(query, out)),
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
    if !select.distinct_on.is_empty() {
        out.push_str("DISTINCT ON (");
        write_list(&select.distinct_on, out);
        out.push_str(") ");
    }
    if let Some(top) = &select.top {
        write_after("TOP ", Some(top), out);
        out.push(' ');
    }
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
        write_first(index == 0, "FROM ", out);
        write_source(source, out);
    }
    write_clause("WHERE ", select.filter.as_ref(), out);
    match &select.group {
        Group::None => {}
        Group::By(keys, _) => {
            write_first(true, "GROUP BY ", out);
            write_list(keys, out);
        }
        Group::Sets(items, _) => {
            for (index, sets) in items.iter().enumerate() {
                write_first(index == 0, "GROUP BY ", out);
                write_sets(sets, out);
            }
        }
        Group::Stagger { partition, range, .. } => {
            write_first(true, "WINDOWED BY STAGGER (PARTITION BY ", out);
            write_list(partition, out);
            write_after(" RANGE ", Some(range), out);
            out.push(')');
        }
    }
    write_clause("HAVING ", select.having.as_ref(), out);
    for (index, window) in select.windows.iter().enumerate() {
        write_first(index == 0, "WINDOW ", out);
        write_name(&window.name, out);
        out.push_str(" AS ");
        write_spec(&window.spec, out);
    }
    write_clause("QUALIFY ", select.qualify.as_ref(), out);
}

/// One item of `GROUP BY`.
fn write_sets(sets: &[Vec<Expr>], out: &mut Printed) {
    if let [keys] = sets
        && let [key] = &keys[..]
    {
        return write(key, level::OR, out);
    }
    out.push_str("GROUPING SETS (");
    for (index, keys) in sets.iter().enumerate() {
        out.push_str(if index > 0 { ", (" } else { "(" });
        write_list(keys, out);
        out.push(')');
    }
    out.push(')');
}

/// A query within an expression.
pub(super) fn write_nested(nested: &Nested, out: &mut Printed) {
    match &nested.asks {
        Asks::Value => {}
        Asks::Exists => out.push_str("EXISTS "),
        Asks::Among { value, negated } => {
            write(value, level::RANGE, out);
            out.push_str(if *negated { " NOT IN " } else { " IN " });
        }
        Asks::Compared { value, op, all } => {
            write(value, level::COMPARISON, out);
            out.push_str(&format!(" {} {} ", op.word(), if *all { "ALL" } else { "ANY" }));
        }
    }
    out.inside(|out| write_query(&nested.query, out));
}

/// A clause on a line of its own.
fn write_clause(word: &str, expr: Option<&Expr>, out: &mut Printed) {
    if expr.is_some() {
        out.line();
    }
    write_after(word, expr, out);
}

/// The word of a clause in front of the first of its items, a comma in front of the others.
fn write_first(is_first: bool, word: &str, out: &mut Printed) {
    if is_first {
        out.line();
    }
    out.push_str(if is_first { word } else { ", " });
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
            out.push_str(if *lateral { "LATERAL " } else { "" });
            out.inside(|out| write_query(query, out));
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
            out.line();
            out.push_str(if join.natural { "NATURAL " } else { "" });
            out.push_str(match join.kind {
                JoinKind::Inner => "JOIN ",
                JoinKind::Left => "LEFT JOIN ",
                JoinKind::Right => "RIGHT JOIN ",
                JoinKind::Full => "FULL JOIN ",
                JoinKind::Cross => "CROSS JOIN ",
            });
            match &join.right {
                TableRef::Join(_) => out.inside(|out| write_source(&join.right, out)),
                right => write_source(right, out),
            }
            write_after(" ON ", join.on.as_ref(), out);
            if !join.using.is_empty() {
                out.push_str(" USING ");
                write_names(&join.using, out);
            }
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
                out.push_str("CURSOR");
                out.inside(|out| write_query(query, out));
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
        out.push_str(if index == 0 { "ORDER BY " } else { ", " });
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
    if !aggregate.within.is_empty() {
        out.push_str(" WITHIN GROUP (");
        write_order(&aggregate.within, out);
        out.push(')');
    }
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
    let mut blank = "";
    if let Some(base) = &spec.base {
        write_name(base, out);
        blank = " ";
    }
    if !spec.partition.is_empty() {
        out.push_str(blank);
        out.push_str("PARTITION BY ");
        write_list(&spec.partition, out);
        blank = " ";
    }
    if !spec.order.is_empty() {
        out.push_str(blank);
        write_order(&spec.order, out);
        blank = " ";
    }
    if let Some(frame) = &spec.frame {
        out.push_str(blank);
        write_frame(frame, out);
    }
    out.push(')');
}

fn write_frame(frame: &Frame, out: &mut Printed) {
    out.push_str(match frame.unit {
        FrameUnit::Range => "RANGE BETWEEN ",
        FrameUnit::Rows => "ROWS BETWEEN ",
        FrameUnit::Groups => "GROUPS BETWEEN ",
    });
    write_bound(&frame.start, out);
    out.push_str(" AND ");
    write_bound(&frame.end, out);
    let words = Exclude::ALL.into_iter().find(|it| it.0 == frame.exclude);
    if let Some((_, words)) = words.filter(|_| frame.exclude != Exclude::NoOthers) {
        out.push_str(" EXCLUDE ");
        out.push_str(words);
    }
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
