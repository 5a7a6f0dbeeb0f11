//! Queries: `SELECT` and what stands around it.

use super::grouping::plain_key;
use super::lex::TokenKind;
use super::{Parser, too_deep};
use crate::ast::query::{Body, Common, Group, Item, OrderItem, Query, SelectQuery, SetOp};
use crate::expr::{Expr, Name, Span};
use crate::problem::Problem;

/// Selects united, or sources joined, in one query: each stands inside the next.
pub(super) const CHAIN_MAX: usize = 50;

/// Where reading goes on when something in a select list is wrong.
static AFTER_ITEMS: [&str; 10] = [
    "FROM", "WHERE", "GROUP", "WINDOWED", "HAVING", "WINDOW", "UNION", "ORDER", "QUALIFY", "MINUS",
];

impl Parser<'_> {
    /// A query, up to what cannot belong to it.
    pub(super) fn query(&mut self) -> Result<Query, Problem> {
        self.descend()?;
        let from = self.token().span;
        let with = self.take_word("WITH");
        let recursive = with && self.dialect.is_finite() && self.take_word("RECURSIVE");
        let with = if with { self.commons()? } else { Vec::new() };
        let body = self.body()?;
        let order_by = self.order_by()?;
        let within = if self.take_word("WITHIN") { Some(self.expr()?) } else { None };
        let (mut limit, mut offset) = (None, None);
        // Either may come first.
        for _ in 0..2 {
            if limit.is_none() && self.take_word("LIMIT") {
                limit = Some(self.expr()?);
            }
            if offset.is_none() && self.take_word("OFFSET") {
                offset = Some(self.expr()?);
                let _ = self.take_word("ROWS") || self.take_word("ROW");
            }
        }
        if self.take_word("FETCH") {
            let _ = self.take_word("FIRST") || self.take_word("NEXT");
            limit = Some(self.expr()?);
            let _ = self.take_word("ROWS") || self.take_word("ROW");
            self.want_word("ONLY")?;
        }
        self.depth -= 1;
        Ok(Query { with, recursive, body, order_by, within, limit, offset, span: self.since(from) })
    }

    fn commons(&mut self) -> Result<Vec<Common>, Problem> {
        let mut commons = Vec::new();
        loop {
            let name = self.name("the name of a query")?;
            let columns = if self.is_sign("(") { self.names()? } else { Vec::new() };
            self.want_word("AS")?;
            self.want_sign("(")?;
            let query = self.query()?;
            self.want_sign(")")?;
            commons.push(Common { name, columns, query });
            if !self.take_sign(",") {
                return Ok(commons);
            }
        }
    }

    fn body(&mut self) -> Result<Body, Problem> {
        let mut left = self.shared()?;
        for _ in 0..CHAIN_MAX {
            let span = self.token().span;
            let op = if self.take_word("UNION") {
                SetOp::Union
            } else if self.has_sets() && (self.take_word("EXCEPT") || self.take_word("MINUS")) {
                SetOp::Except
            } else {
                return Ok(left);
            };
            let all = self.all();
            let right = self.shared()?.into();
            left = Body::Set { op, left: left.into(), right, all, span };
        }
        Err(too_deep(self.token().span))
    }

    /// Selects with `INTERSECT` between them, which binds more tightly than the others.
    fn shared(&mut self) -> Result<Body, Problem> {
        let mut left = self.term()?;
        for _ in 0..CHAIN_MAX {
            let span = self.token().span;
            if !self.has_sets() || !self.take_word("INTERSECT") {
                return Ok(left);
            }
            let all = self.all();
            let right = self.term()?.into();
            left = Body::Set { op: SetOp::Intersect, left: left.into(), right, all, span };
        }
        Err(too_deep(self.token().span))
    }

    fn has_sets(&self) -> bool {
        !self.dialect.says_stream()
    }

    /// `ALL` or `DISTINCT` behind `UNION` and its kin.
    fn all(&mut self) -> bool {
        let all = self.take_word("ALL");
        if !all {
            self.take_word("DISTINCT");
        }
        all
    }

    fn term(&mut self) -> Result<Body, Problem> {
        let from = self.token().span;
        if self.take_sign("(") {
            let query = self.query()?;
            self.want_sign(")")?;
            return Ok(Body::Nested(query.into()));
        }
        if self.take_word("VALUES") {
            let mut rows = Vec::new();
            loop {
                rows.push(if self.take_sign("(") { self.list()? } else { vec![self.expr()?] });
                if !self.take_sign(",") {
                    return Ok(Body::Values { rows, span: self.since(from) });
                }
            }
        }
        if self.is_word("SELECT") {
            return Ok(Body::Select(self.select()?.into()));
        }
        Err(self.expected("`SELECT`"))
    }

    fn select(&mut self) -> Result<SelectQuery, Problem> {
        let start = self.token().span;
        self.want_word("SELECT")?;
        let stream = self.dialect.says_stream() && self.take_word("STREAM");
        let distinct = self.take_word("DISTINCT");
        if !distinct {
            self.take_word("ALL");
        }
        let mut distinct_on = Vec::new();
        let on = distinct && self.dialect.is_finite() && self.opens_behind("ON");
        if on {
            self.at += 2;
            distinct_on = self.list()?;
        }
        let tops = self.dialect.is_finite()
            && self.is_word("TOP")
            && self.token_behind().kind == TokenKind::Number;
        self.at += usize::from(tops);
        let top = if tops { Some(self.primary()?) } else { None };
        let items = self.items();
        let from = if self.take_word("FROM") { self.sources()? } else { Vec::new() };
        let filter = if self.take_word("WHERE") { Some(self.expr()?) } else { None };
        let group = self.group()?;
        let having = if self.take_word("HAVING") { Some(self.expr()?) } else { None };
        let windows = if self.take_word("WINDOW") { self.named_windows()? } else { Vec::new() };
        let qualifies = self.dialect.is_finite() && self.take_word("QUALIFY");
        let qualify = if qualifies { Some(self.expr()?) } else { None };
        Ok(SelectQuery {
            stream,
            distinct: distinct && !on,
            distinct_on,
            top,
            items,
            from,
            filter,
            group,
            having,
            windows,
            qualify,
            span: self.since(start),
        })
    }

    /// A select list. What is wrong with an item is told, and the next one read.
    fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            let depth = self.depth;
            match self.query_item() {
                Ok(item) => items.push(item),
                Err(problem) => {
                    self.depth = depth;
                    self.problems.push(problem);
                    self.skip_to(&AFTER_ITEMS);
                }
            }
            if !self.take_sign(",") {
                return items;
            }
        }
    }

    fn query_item(&mut self) -> Result<Item, Problem> {
        let from = self.token().span;
        if self.take_sign("*") {
            return Ok(Item::All(from));
        }
        let is_star = |at: usize| {
            self.tokens.get(self.at + at).is_some_and(|it| it.kind == TokenKind::Sign("*"))
        };
        if self.token_behind().kind == TokenKind::Sign(".") && is_star(2) {
            let name = self.name("the name of a source")?;
            self.at += 2;
            return Ok(Item::AllOf(name, self.since(from)));
        }
        let expr = self.expr()?;
        let alias = self.alias()?;
        let ends = matches!(self.token().kind, TokenKind::Sign("," | ")" | ";") | TokenKind::End);
        if ends || AFTER_ITEMS.iter().any(|word| self.is_word(word)) || self.begins_something(false)
        {
            return Ok(Item::Column { expr, alias });
        }
        Err(self.expected("`,` or `FROM`"))
    }

    /// Goes to the next comma of this list, or to one of these words, or to where something ends.
    pub(super) fn skip_to(&mut self, words: &[&str]) {
        let mut open = 0_u32;
        loop {
            match self.token().kind {
                TokenKind::End | TokenKind::Sign(";") => return,
                TokenKind::Sign("," | ")") if open == 0 => return,
                TokenKind::Sign("(") => open += 1,
                TokenKind::Sign(")") => open -= 1,
                TokenKind::Word if open == 0 && words.iter().any(|it| self.is_word(it)) => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn group(&mut self) -> Result<Group, Problem> {
        let from = self.token().span;
        if self.take_word("GROUP") {
            self.want_word("BY")?;
            if !self.dialect.says_stream() {
                let items = self.grouping_items()?;
                let span = self.since(from);
                let plain: Option<Vec<Expr>> = items.iter().map(plain_key).collect();
                return Ok(plain.map_or(Group::Sets(items, span), |it| Group::By(it, span)));
            }
            let keys = self.exprs()?;
            return Ok(Group::By(keys, self.since(from)));
        }
        if !self.take_word("WINDOWED") {
            return Ok(Group::None);
        }
        self.want_word("BY")?;
        self.want_word("STAGGER")?;
        self.want_sign("(")?;
        self.want_word("PARTITION")?;
        self.want_word("BY")?;
        let partition = self.exprs()?;
        self.want_word("RANGE")?;
        let range = self.expr()?;
        self.want_sign(")")?;
        Ok(Group::Stagger { partition, range, span: self.since(from) })
    }

    /// `ORDER BY a DESC, b`, if it stands here.
    pub(super) fn order_by(&mut self) -> Result<Vec<OrderItem>, Problem> {
        let mut items = Vec::new();
        if !self.is_word("ORDER") {
            return Ok(items);
        }
        self.at += 1;
        self.want_word("BY")?;
        loop {
            let expr = self.expr()?;
            let descending = self.take_word("DESC");
            if !descending {
                self.take_word("ASC");
            }
            let mut nulls_first = None;
            if self.take_word("NULLS") {
                let first = self.take_word("FIRST");
                if !first {
                    self.want_word("LAST")?;
                }
                nulls_first = Some(first);
            }
            items.push(OrderItem { expr, descending, nulls_first });
            if !self.take_sign(",") {
                return Ok(items);
            }
        }
    }

    /// Expressions with commas between them, at least one.
    pub(super) fn exprs(&mut self) -> Result<Vec<Expr>, Problem> {
        let mut exprs = vec![self.expr()?];
        while self.take_sign(",") {
            exprs.push(self.expr()?);
        }
        Ok(exprs)
    }

    /// `(a, b)`.
    pub(super) fn names(&mut self) -> Result<Vec<Name>, Problem> {
        self.want_sign("(")?;
        let mut names = vec![self.name("the name of a column")?];
        while self.take_sign(",") {
            names.push(self.name("the name of a column")?);
        }
        self.want_sign(")")?;
        Ok(names)
    }

    /// Where the next token stands.
    pub(super) fn here(&self) -> Span {
        self.token().span
    }
}
