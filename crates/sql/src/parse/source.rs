//! Where rows come from: streams, queries, functions that give rows, and joins of them.

use super::lex::TokenKind;
use super::query::CHAIN_MAX;
use super::{Parser, too_deep};
use crate::ast::ObjectName;
use crate::ast::query::{Alias, Join, JoinKind, TableArgument, TableFunction, TableRef};
use crate::expr::Name;
use crate::problem::Problem;

impl Parser<'_> {
    /// What stands behind `FROM`.
    pub(super) fn sources(&mut self) -> Result<Vec<TableRef>, Problem> {
        let mut sources = vec![self.joined()?];
        while self.take_sign(",") {
            sources.push(self.joined()?);
        }
        Ok(sources)
    }

    fn joined(&mut self) -> Result<TableRef, Problem> {
        let mut left = self.source()?;
        for _ in 0..CHAIN_MAX {
            let from = self.here();
            let natural = self.dialect.is_finite() && self.take_word("NATURAL");
            let Some(kind) = self.join_kind()? else {
                return if natural { Err(self.expected("`JOIN`")) } else { Ok(left) };
            };
            let right = self.source()?;
            let mut using = Vec::new();
            let on = if kind == JoinKind::Cross || natural {
                None
            } else if !self.dialect.says_stream() && self.take_word("USING") {
                using = self.names()?;
                None
            } else {
                self.want_word("ON")?;
                Some(self.expr()?)
            };
            let span = self.since(from);
            left = TableRef::Join(Join { left, right, kind, on, using, natural, span }.into());
        }
        Err(too_deep(self.here()))
    }

    fn join_kind(&mut self) -> Result<Option<JoinKind>, Problem> {
        let kind = if self.take_word("INNER") {
            JoinKind::Inner
        } else if self.take_word("CROSS") {
            JoinKind::Cross
        } else if self.take_word("LEFT") {
            JoinKind::Left
        } else if self.take_word("RIGHT") {
            JoinKind::Right
        } else if self.take_word("FULL") {
            JoinKind::Full
        } else if self.is_word("JOIN") {
            JoinKind::Inner
        } else {
            return Ok(None);
        };
        self.take_word("OUTER");
        self.want_word("JOIN")?;
        Ok(Some(kind))
    }

    fn source(&mut self) -> Result<TableRef, Problem> {
        let source = self.plain_source()?;
        if self.dialect.says_stream() || !self.take_word("MATCH_RECOGNIZE") {
            return Ok(source);
        }
        let pattern = Box::new(self.match_recognize()?);
        let source = Box::new(source);
        Ok(TableRef::Match { source, pattern, alias: self.table_alias()? })
    }

    fn plain_source(&mut self) -> Result<TableRef, Problem> {
        let from = self.here();
        let lateral = self.take_word("LATERAL");
        if self.dialect.is_finite() && self.is_sign("(") && !self.opens_query_deep() {
            self.descend()?;
            self.at += 1;
            let joined = self.joined()?;
            self.want_sign(")")?;
            self.depth -= 1;
            return Ok(joined);
        }
        if self.take_sign("(") {
            let query = self.query()?.into();
            self.want_sign(")")?;
            let span = self.since(from);
            return Ok(TableRef::Query { query, lateral, alias: self.table_alias()?, span });
        }
        if self.is_word("TABLE") && self.token_behind().kind == TokenKind::Sign("(") {
            self.at += 2;
            let function = self.table_function()?;
            self.want_sign(")")?;
            return Ok(TableRef::Function { function, alias: self.table_alias()? });
        }
        if self.token_behind().kind == TokenKind::Sign("(") {
            let function = self.table_function()?;
            return Ok(TableRef::Function { function, alias: self.table_alias()? });
        }
        let name = self.object_name("the name of a stream or table")?;
        let mut over = if self.take_word("OVER") { Some(self.over()?.into()) } else { None };
        let system_time = if self.take_word("FOR") {
            self.want_word("SYSTEM_TIME")?;
            self.want_word("AS")?;
            self.want_word("OF")?;
            Some(self.expr()?.into())
        } else {
            None
        };
        let alias = self.table_alias()?;
        if over.is_none() && self.take_word("OVER") {
            over = Some(self.over()?.into());
        }
        Ok(TableRef::Named { name, over, system_time, alias })
    }

    /// Whether parentheses open here, and a query stands in the last of them.
    fn opens_query_deep(&self) -> bool {
        let open = |it: &&super::lex::Token| it.kind == TokenKind::Sign("(");
        let inside = self.tokens[self.at..].iter().find(|it| !open(it));
        let words = ["SELECT", "WITH", "VALUES"];
        inside.is_some_and(|it| words.iter().any(|word| self.is_word_token(it, word)))
    }

    fn table_alias(&mut self) -> Result<Option<Alias>, Problem> {
        let Some(name) = self.alias()? else { return Ok(None) };
        let columns = if self.is_sign("(") { self.names()? } else { Vec::new() };
        Ok(Some(Alias { name, columns }))
    }

    fn table_function(&mut self) -> Result<TableFunction, Problem> {
        let from = self.here();
        let name = self.name("the name of a function")?;
        self.want_sign("(")?;
        let mut arguments = Vec::new();
        if !self.take_sign(")") {
            loop {
                arguments.push(self.table_argument()?);
                if !self.take_sign(",") {
                    break;
                }
            }
            self.want_sign(")")?;
        }
        Ok(TableFunction { name, arguments, span: self.since(from) })
    }

    fn table_argument(&mut self) -> Result<(Option<Name>, TableArgument), Problem> {
        let named = self.token_behind().kind == TokenKind::Sign("=>");
        let name = if named { Some(self.name("the name of an argument")?) } else { None };
        self.at += usize::from(named);
        if self.take_word("TABLE") {
            let wrapped = self.take_sign("(");
            let table = self.object_name("the name of a table")?;
            if wrapped {
                self.want_sign(")")?;
            }
            let partition = if self.take_word("PARTITION") {
                self.want_word("BY")?;
                if self.is_sign("(") {
                    self.at += 1;
                    self.list()?
                } else {
                    vec![self.expr()?]
                }
            } else {
                Vec::new()
            };
            return Ok((name, TableArgument::Table { name: table, partition }));
        }
        if self.is_word("DESCRIPTOR") {
            self.at += 1;
            return Ok((name, TableArgument::Descriptor(self.names()?)));
        }
        if self.is_word("CURSOR") {
            self.at += 1;
            self.want_sign("(")?;
            let query = self.query()?.into();
            self.want_sign(")")?;
            return Ok((name, TableArgument::Cursor(query)));
        }
        Ok((name, TableArgument::Expr(self.expr()?)))
    }

    /// `catalog.orders`.
    pub(super) fn object_name(&mut self, what: &str) -> Result<ObjectName, Problem> {
        let from = self.here();
        let mut parts = vec![self.name(what)?];
        while self.take_sign(".") {
            parts.push(self.name(what)?);
        }
        Ok(ObjectName { parts, span: self.since(from) })
    }
}
