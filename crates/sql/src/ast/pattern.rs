//! `MATCH_RECOGNIZE`: rows that follow each other as a pattern says.

use super::query::OrderItem;
use crate::expr::{Expr, Name, Span};

/// What stands between the parentheses of `MATCH_RECOGNIZE`.
#[derive(Clone, Debug)]
pub struct MatchRecognize {
    /// `PARTITION BY`.
    pub partition: Vec<Expr>,
    /// `ORDER BY`: the time attribute first.
    pub order: Vec<OrderItem>,
    /// `MEASURES`: what a match gives, and what it is called.
    pub measures: Vec<(Expr, Name)>,
    /// Where the next match may begin.
    pub after: AfterMatch,
    /// The variables in the order their rows come.
    pub pattern: Vec<PatternItem>,
    /// `WITHIN`: how long a match takes at most.
    pub within: Option<Expr>,
    /// `DEFINE`: what a row of a variable must be.
    pub define: Vec<(Name, Expr)>,
    /// Where it stands.
    pub span: Span,
}

/// Where the next match may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterMatch {
    /// `SKIP PAST LAST ROW`.
    PastLastRow,
    /// `SKIP TO NEXT ROW`.
    ToNextRow,
    /// `SKIP TO FIRST b`.
    ToFirst(Name),
    /// `SKIP TO LAST b`.
    ToLast(Name),
}

/// A variable of a pattern, and how many rows it has.
#[derive(Clone, Debug)]
pub struct PatternItem {
    /// The variable.
    pub variable: Name,
    /// Fewest rows.
    pub least: u32,
    /// Most rows; none is any number.
    pub most: Option<u32>,
    /// `?` behind the number: as few as will do.
    pub reluctant: bool,
    /// Where it stands.
    pub span: Span,
}
