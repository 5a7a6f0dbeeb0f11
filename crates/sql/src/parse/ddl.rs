//! Statements that make things: streams, pumps, functions, views and tables.

use super::Parser;
use super::lex::TokenKind;
use crate::ast::{
    ColumnDef, CreateFunction, CreatePump, CreateStream, CreateTable, CreateView, ObjectName,
    StatementKind, TableElement,
};
use crate::problem::Problem;

impl Parser<'_> {
    /// What stands behind `CREATE`.
    pub(super) fn create(&mut self) -> Result<StatementKind, Problem> {
        let replace = self.take_word("OR");
        if replace {
            self.want_word("REPLACE")?;
        }
        let temporary = self.take_word("TEMPORARY");
        if self.dialect.says_stream() && self.take_word("STREAM") {
            return self.create_stream(replace).map(StatementKind::CreateStream);
        }
        if self.dialect.says_stream() && self.take_word("PUMP") {
            return self.create_pump(replace).map(StatementKind::CreatePump);
        }
        if self.dialect.says_stream() && self.take_word("FUNCTION") {
            return self.create_function(replace).map(StatementKind::CreateFunction);
        }
        if self.take_word("VIEW") {
            let if_not_exists = self.if_not_exists()?;
            let name = self.object_name("the name of a view")?;
            let columns = if self.is_sign("(") { self.names()? } else { Vec::new() };
            self.description()?;
            self.want_word("AS")?;
            let query = self.query()?;
            let view = CreateView { replace, temporary, if_not_exists, name, columns, query };
            return Ok(StatementKind::CreateView(view));
        }
        if !self.dialect.says_stream() && self.take_word("TABLE") {
            return self.create_table(temporary).map(StatementKind::CreateTable);
        }
        let what = if self.dialect.says_stream() {
            "`STREAM`, `PUMP`, `FUNCTION` or `VIEW`"
        } else {
            "`TABLE` or `VIEW`"
        };
        Err(self.expected(what))
    }

    fn if_not_exists(&mut self) -> Result<bool, Problem> {
        let is = self.take_word("IF");
        if is {
            self.want_word("NOT")?;
            self.want_word("EXISTS")?;
        }
        Ok(is)
    }

    fn create_stream(&mut self, replace: bool) -> Result<CreateStream, Problem> {
        let name = self.object_name("the name of a stream")?;
        let columns = self.columns()?;
        let description = self.description()?;
        Ok(CreateStream { replace, name, columns, description })
    }

    /// `(a INTEGER, b VARCHAR(4))`; what is wrong with one is told, and the next one read.
    fn columns(&mut self) -> Result<Vec<ColumnDef>, Problem> {
        self.want_sign("(")?;
        let mut columns = Vec::new();
        loop {
            match self.column_def() {
                Ok(column) => columns.push(column),
                Err(problem) => {
                    self.problems.push(problem);
                    self.skip_to(&[]);
                }
            }
            if !self.take_sign(",") {
                self.want_sign(")")?;
                return Ok(columns);
            }
        }
    }

    fn column_def(&mut self) -> Result<ColumnDef, Problem> {
        let from = self.here();
        let name = self.name("the name of a column")?;
        let data_type = self.data_type()?;
        let not_null = self.take_word("NOT");
        if not_null {
            self.want_word("NULL")?;
        } else {
            self.take_word("NULL");
        }
        let column = ColumnDef { name, data_type, not_null, span: self.since(from) };
        match self.token().kind {
            TokenKind::Sign("," | ")") => Ok(column),
            _ if !self.dialect.says_stream() => Ok(column),
            _ => Err(self.expected("`,` or `)`")),
        }
    }

    fn description(&mut self) -> Result<Option<String>, Problem> {
        if !self.take_word("DESCRIPTION") {
            return Ok(None);
        }
        self.quoted_text("a description in single quotes").map(Some)
    }

    fn create_pump(&mut self, replace: bool) -> Result<CreatePump, Problem> {
        let name = self.object_name("the name of a pump")?;
        let started = self.started();
        let description = self.description()?;
        let started = started.or_else(|| self.started());
        self.want_word("AS")?;
        let insert = self.insert()?;
        Ok(CreatePump { replace, name, started, description, insert })
    }

    fn started(&mut self) -> Option<bool> {
        if self.take_word("STARTED") {
            return Some(true);
        }
        self.take_word("STOPPED").then_some(false)
    }

    fn create_function(&mut self, replace: bool) -> Result<CreateFunction, Problem> {
        let name = self.object_name("the name of a function")?;
        let parameters = if self.token_behind().kind == TokenKind::Sign(")") {
            self.want_sign("(")?;
            self.want_sign(")")?;
            Vec::new()
        } else {
            self.columns()?
        };
        self.want_word("RETURNS")?;
        let returns = self.data_type()?;
        let mut null_on_null = false;
        loop {
            if self.take_word("RETURNS") {
                self.want_words(&["NULL", "ON", "NULL", "INPUT"])?;
                null_on_null = true;
            } else if self.take_word("CALLED") {
                self.want_words(&["ON", "NULL", "INPUT"])?;
            } else if ["LANGUAGE", "CONTAINS", "NO"].iter().any(|word| self.take_word(word)) {
                self.want_word("SQL")?;
            } else if self.take_word("READS") || self.take_word("MODIFIES") {
                self.want_words(&["SQL", "DATA"])?;
            } else if self.take_word("NOT") {
                self.want_word("DETERMINISTIC")?;
            } else if !self.take_word("DETERMINISTIC") {
                break;
            }
        }
        self.want_word("RETURN")?;
        let body = self.expr()?;
        Ok(CreateFunction { replace, name, parameters, returns, null_on_null, body })
    }

    fn want_words(&mut self, words: &[&str]) -> Result<(), Problem> {
        words.iter().try_for_each(|word| self.want_word(word))
    }

    fn create_table(&mut self, temporary: bool) -> Result<CreateTable, Problem> {
        let if_not_exists = self.if_not_exists()?;
        let name: ObjectName = self.object_name("the name of a table")?;
        self.want_sign("(")?;
        let mut elements = Vec::new();
        loop {
            match self.table_element() {
                Ok(element) => elements.push(element),
                Err(problem) => {
                    self.problems.push(problem);
                    self.skip_to(&[]);
                }
            }
            if !self.take_sign(",") {
                break;
            }
        }
        self.want_sign(")")?;
        if self.take_word("COMMENT") {
            self.quoted_text("a comment in single quotes")?;
        }
        let mut partitions = Vec::new();
        if self.take_word("PARTITIONED") {
            self.want_word("BY")?;
            partitions = self.names()?;
        }
        let options = if self.take_word("WITH") { self.options()? } else { Vec::new() };
        Ok(CreateTable { temporary, if_not_exists, name, elements, partitions, options })
    }

    fn table_element(&mut self) -> Result<TableElement, Problem> {
        let from = self.here();
        if self.is_word("WATERMARK") && self.is_word_token(self.token_behind(), "FOR") {
            self.at += 2;
            let column = self.name("the time column")?;
            self.want_word("AS")?;
            let expr = self.expr()?;
            return Ok(TableElement::Watermark { column, expr, span: self.since(from) });
        }
        if self.take_word("CONSTRAINT") {
            self.name("the name of a constraint")?;
        }
        if self.is_word("PRIMARY") && self.is_word_token(self.token_behind(), "KEY") {
            self.at += 2;
            let columns = self.names()?;
            self.not_enforced()?;
            return Ok(TableElement::PrimaryKey { columns, span: self.since(from) });
        }
        if self.is_word_token(self.token_behind(), "AS") {
            let name = self.name("the name of a column")?;
            self.at += 1;
            let expr = self.expr()?;
            self.comment()?;
            return Ok(TableElement::Computed { name, expr, span: self.since(from) });
        }
        let column = self.column_def()?;
        if self.take_word("METADATA") {
            let own = column.name.text.clone();
            let is_said = self.take_word("FROM");
            let key = if is_said { self.quoted_text("a key in single quotes")? } else { own };
            let only_read = self.take_word("VIRTUAL");
            self.comment()?;
            return Ok(TableElement::Metadata { column, key, only_read });
        }
        self.comment()?;
        if self.is_word("PRIMARY") {
            let message = "PRIMARY KEY stands behind the columns";
            let help = "Write PRIMARY KEY (id) NOT ENFORCED as the last element";
            return Err(Problem::new("SQL-032", self.here(), message, help));
        }
        match self.token().kind {
            TokenKind::Sign("," | ")") => Ok(TableElement::Column(column)),
            _ => Err(self.expected("`,` or `)`")),
        }
    }

    fn comment(&mut self) -> Result<(), Problem> {
        if self.take_word("COMMENT") {
            self.quoted_text("a comment in single quotes")?;
        }
        Ok(())
    }

    fn not_enforced(&mut self) -> Result<(), Problem> {
        if self.take_word("NOT") {
            self.want_word("ENFORCED")?;
        }
        Ok(())
    }

    /// `('connector' = 'kinesis', …)`.
    fn options(&mut self) -> Result<Vec<(String, String)>, Problem> {
        self.want_sign("(")?;
        let mut options = Vec::new();
        loop {
            let key = self.quoted_text("an option in single quotes")?;
            self.want_sign("=")?;
            options.push((key, self.quoted_text("a value in single quotes")?));
            if !self.take_sign(",") {
                self.want_sign(")")?;
                return Ok(options);
            }
        }
    }
}
