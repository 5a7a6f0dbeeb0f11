//! Calls as text, with the words some functions have among their arguments.

use super::{Printed, write, write_after, write_list, write_type};
use crate::expr::Expr;
use crate::function::{Function, Nothing, Unit, Wrapper};
use crate::parse::level;

/// A call as text. What is written between its operands stands in parentheses of its own.
pub(super) fn write_call(function: Function, arguments: &[Expr], out: &mut Printed) {
    match (function, arguments) {
        // Nobody wrote it.
        (Function::Narrow(_), [value]) => return write(value, level::SIGN + 1, out),
        (Function::Span(unit), [end, begin]) => {
            out.push('(');
            write(end, level::SUM, out);
            out.push_str(" - ");
            write(begin, level::PRODUCT, out);
            out.push_str(") ");
            return out.push_str(unit.word());
        }
        (Function::Similar, [value, pattern, rest @ ..]) => {
            out.push('(');
            write(value, level::RANGE, out);
            out.push_str(" SIMILAR TO ");
            write(pattern, level::SUM, out);
            if let Some(escape) = rest.first() {
                out.push_str(" ESCAPE ");
                write(escape, level::SUM, out);
            }
            return out.push(')');
        }
        (Function::IsJson(kind), [value]) => {
            out.push('(');
            write(value, level::IS, out);
            out.push_str(" IS JSON ");
            out.push_str(kind.word());
            return out.push(')');
        }
        (Function::Period(period), [begin, end, rest @ ..]) => {
            write_after("((", Some(begin), out);
            write_after(", ", Some(end), out);
            out.push_str(") ");
            out.push_str(period.word());
            write_after(" (", rest.first(), out);
            write_after(", ", rest.get(1), out);
            return out.push_str("))");
        }
        _ => {}
    }
    out.push_str(function.name());
    if function.is_bare() {
        return;
    }
    out.push('(');
    write_arguments(function, arguments, out);
    out.push(')');
}

fn write_arguments(function: Function, arguments: &[Expr], out: &mut Printed) {
    match (function, arguments) {
        (Function::Extract(unit), [value]) => {
            out.push_str(unit.word());
            write_after(" FROM ", Some(value), out);
        }
        (Function::Epoch, [value]) => write_after("EPOCH FROM ", Some(value), out),
        (Function::TimestampDiff(unit) | Function::TimestampAdd(unit), _) => {
            out.push_str(unit.word());
            out.push_str(", ");
            write_list(arguments, out);
        }
        (Function::Redshift(it), _) if it.unit().is_some() => {
            out.push_str(it.unit().map_or("", Unit::word));
            out.push_str(", ");
            write_list(arguments, out);
        }
        (Function::TryCast(target), [value]) => {
            write(value, level::OR, out);
            out.push_str(" AS ");
            write_type(target, out);
        }
        (Function::CeilTo(unit) | Function::FloorTo(unit), [value]) => {
            write(value, level::OR, out);
            out.push_str(" TO ");
            out.push_str(unit.word());
        }
        (Function::Trim(side), [text, rest @ ..]) => {
            out.push_str(side.word());
            write_after(" ", rest.first(), out);
            write_after(" FROM ", Some(text), out);
        }
        (Function::Position, [part, text]) => {
            write(part, level::SUM, out);
            write_after(" IN ", Some(text), out);
        }
        (Function::Step, [value, step]) => {
            write(value, level::OR, out);
            write_after(" BY ", Some(step), out);
        }
        (Function::Overlay, [text, placing, from, rest @ ..]) => {
            write(text, level::OR, out);
            write_after(" PLACING ", Some(placing), out);
            write_after(" FROM ", Some(from), out);
            write_after(" FOR ", rest.first(), out);
        }
        (Function::Substring, [text, from, rest @ ..]) => {
            write(text, level::OR, out);
            write_after(" FROM ", Some(from), out);
            write_after(" FOR ", rest.first(), out);
        }
        (Function::JsonObject, _) => {
            for (index, pair) in arguments.chunks(2).enumerate() {
                write_after(if index > 0 { ", " } else { "" }, pair.first(), out);
                write_after(" VALUE ", pair.get(1), out);
            }
        }
        (Function::JsonValue(..) | Function::JsonQuery(..) | Function::JsonExists(_), _) => {
            write_json(function, arguments, out);
        }
        (_, arguments) => write_list(arguments, out),
    }
}

fn write_json(function: Function, arguments: &[Expr], out: &mut Printed) {
    let (path, mut defaults) = (&arguments[..arguments.len().min(2)], arguments.iter().skip(2));
    write_list(path, out);
    let mut on = |nothing: Nothing, what: &str, out: &mut Printed| {
        out.push(' ');
        out.push_str(nothing.word());
        if nothing == Nothing::Default {
            write_after(" ", defaults.next(), out);
        }
        out.push_str(what);
    };
    match function {
        Function::JsonValue(empty, error, returned) => {
            if let Some(returned) = returned {
                out.push_str(" RETURNING ");
                write_type(returned, out);
            }
            on(empty, " ON EMPTY", out);
            on(error, " ON ERROR", out);
        }
        Function::JsonQuery(wrapper, empty, error) => {
            out.push_str(match wrapper {
                Wrapper::Without => "",
                Wrapper::Conditional => " WITH CONDITIONAL WRAPPER",
                Wrapper::Unconditional => " WITH WRAPPER",
            });
            on(empty, " ON EMPTY", out);
            on(error, " ON ERROR", out);
        }
        Function::JsonExists(error) => on(error, " ON ERROR", out),
        _ => {}
    }
}
