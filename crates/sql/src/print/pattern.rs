//! `MATCH_RECOGNIZE` as text.

use super::query::write_order;
use super::{Printed, write, write_after, write_list, write_name};
use crate::ast::pattern::{AfterMatch, MatchRecognize, PatternItem};
use crate::parse::level;

pub(super) fn write_pattern(pattern: &MatchRecognize, out: &mut Printed) {
    out.push_str(" MATCH_RECOGNIZE (");
    if !pattern.partition.is_empty() {
        out.push_str("PARTITION BY ");
        write_list(&pattern.partition, out);
    }
    out.push(' ');
    write_order(&pattern.order, out);
    for (index, (expr, name)) in pattern.measures.iter().enumerate() {
        out.push_str(if index == 0 { " MEASURES " } else { ", " });
        write(expr, level::OR, out);
        out.push_str(" AS ");
        write_name(name, out);
    }
    out.push_str(" ONE ROW PER MATCH AFTER MATCH SKIP ");
    match &pattern.after {
        AfterMatch::PastLastRow => out.push_str("PAST LAST ROW"),
        AfterMatch::ToNextRow => out.push_str("TO NEXT ROW"),
        AfterMatch::ToFirst(name) => {
            out.push_str("TO FIRST ");
            write_name(name, out);
        }
        AfterMatch::ToLast(name) => {
            out.push_str("TO LAST ");
            write_name(name, out);
        }
    }
    out.push_str(" PATTERN (");
    for (index, item) in pattern.pattern.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { " " });
        write_name(&item.variable, out);
        out.push_str(&times(item));
    }
    out.push(')');
    write_after(" WITHIN ", pattern.within.as_ref(), out);
    for (index, (name, expr)) in pattern.define.iter().enumerate() {
        out.push_str(if index == 0 { " DEFINE " } else { ", " });
        write_name(name, out);
        out.push_str(" AS ");
        write(expr, level::OR, out);
    }
    out.push(')');
}

fn times(item: &PatternItem) -> String {
    let mut text = match (item.least, item.most) {
        (1, Some(1)) => String::new(),
        (1, None) => "+".to_owned(),
        (0, None) => "*".to_owned(),
        (0, Some(1)) => "?".to_owned(),
        (least, None) => format!("{{{least},}}"),
        (least, Some(most)) if least == most => format!("{{{least}}}"),
        (least, Some(most)) => format!("{{{least},{most}}}"),
    };
    if item.reluctant {
        text.push('?');
    }
    text
}
