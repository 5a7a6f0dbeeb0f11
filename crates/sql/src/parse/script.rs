//! Scripts: statements with semicolons between them.

use super::lex::TokenKind;
use super::{Parser, Scope};
use crate::ast::{Insert, Object, Script, Statement, StatementKind};
use crate::dialect::Dialect;
use crate::limits::{PROBLEMS_MAX, STATEMENTS_MAX};
use crate::problem::Problem;

/// Reads a script: the statements that could be read, and everything that is wrong.
#[inline(never)]
#[must_use]
pub fn parse_script(text: &str, dialect: Dialect) -> (Script, Vec<Problem>) {
    let mut parser = Parser::new(text, dialect, Scope::Script);
    let mut script = Script::default();
    loop {
        while parser.take_sign(";") {}
        if parser.token().kind == TokenKind::End || parser.problems.len() >= PROBLEMS_MAX {
            break;
        }
        if script.statements.len() >= STATEMENTS_MAX {
            let message = format!("The script has more than {STATEMENTS_MAX} statements");
            let span = parser.here();
            parser.problems.push(Problem::new("SQL-030", span, message, "Take some of them out"));
            break;
        }
        let from = parser.here();
        parser.depth = 0;
        match parser.statement() {
            Ok(kind) => {
                script.statements.push(Statement { kind, span: parser.since(from) });
                parser.want_semicolon();
            }
            Err(problem) => {
                parser.problems.push(problem);
                parser.skip_statement();
            }
        }
    }
    let mut problems = parser.problems;
    base::order::sort_by_key(&mut problems, |it| it.span);
    problems.truncate(PROBLEMS_MAX);
    (script, problems)
}

impl Parser<'_> {
    fn statement(&mut self) -> Result<StatementKind, Problem> {
        if self.take_word("CREATE") {
            return self.create();
        }
        if self.is_word("INSERT") {
            return self.insert().map(StatementKind::Insert);
        }
        let queries = ["SELECT", "WITH", "VALUES"].iter().any(|word| self.is_word(word));
        if queries || self.is_sign("(") {
            return self.query().map(StatementKind::Query);
        }
        if self.take_word("ALTER") {
            return self.alter();
        }
        if self.take_word("DROP") {
            return self.drop_object();
        }
        if !self.dialect.says_stream() {
            if self.take_word("SET") {
                let key = self.quoted_text("an option in single quotes")?;
                self.want_sign("=")?;
                let value = self.quoted_text("a value in single quotes")?;
                return Ok(StatementKind::Set { key, value });
            }
            if self.take_word("EXECUTE") {
                return self.insert_set();
            }
        }
        let token = self.here();
        let message = format!("`{}` begins no statement", super::shortened(self.slice()));
        let help = "A statement begins with CREATE, INSERT, SELECT, ALTER or DROP";
        Err(Problem::new("SQL-031", token, message, help))
    }

    /// `STATEMENT SET BEGIN insert; insert; END`, or an insert alone.
    fn insert_set(&mut self) -> Result<StatementKind, Problem> {
        if !self.take_word("STATEMENT") {
            return self.insert().map(StatementKind::Insert);
        }
        self.want_word("SET")?;
        self.want_word("BEGIN")?;
        let mut inserts = Vec::new();
        while !self.take_word("END") {
            inserts.push(self.insert()?);
            self.want_sign(";")?;
        }
        Ok(StatementKind::InsertSet(inserts))
    }

    fn alter(&mut self) -> Result<StatementKind, Problem> {
        self.want_word("PUMP")?;
        let name = self.object_name("the name of a pump")?;
        let started = self.take_word("START");
        if !started && !self.take_word("STOP") {
            return Err(self.expected("`START` or `STOP`"));
        }
        Ok(StatementKind::AlterPump { name, started })
    }

    fn drop_object(&mut self) -> Result<StatementKind, Problem> {
        self.take_word("TEMPORARY");
        let objects = [
            ("STREAM", Object::Stream),
            ("PUMP", Object::Pump),
            ("FUNCTION", Object::Function),
            ("VIEW", Object::View),
            ("TABLE", Object::Table),
        ];
        let found = objects.into_iter().find(|(word, _)| self.is_word(word));
        let Some((_, object)) = found else { return Err(self.expected("what is dropped")) };
        self.at += 1;
        let if_exists = self.take_word("IF");
        if if_exists {
            self.want_word("EXISTS")?;
        }
        let name = self.object_name("a name")?;
        Ok(StatementKind::Drop { object, name, if_exists })
    }

    /// `INSERT INTO name (a, b) query`.
    pub(super) fn insert(&mut self) -> Result<Insert, Problem> {
        let from = self.here();
        self.want_word("INSERT")?;
        let expedited = self.take_word("EXPEDITED");
        self.want_word("INTO")?;
        let target = self.object_name("the name of a stream or table")?;
        let nested = ["SELECT", "WITH", "VALUES"].iter().any(|word| self.opens_with(word));
        let columns = if self.is_sign("(") && !nested { self.names()? } else { Vec::new() };
        let query = self.query()?;
        Ok(Insert { expedited, target, columns, query, span: self.since(from) })
    }

    /// The end of a statement; what stands there instead is told and passed.
    fn want_semicolon(&mut self) {
        if !matches!(self.token().kind, TokenKind::End | TokenKind::Sign(";")) {
            let problem = self.expected("`;` or the end of the statement");
            self.problems.push(problem);
            self.skip_statement();
        }
    }

    fn skip_statement(&mut self) {
        while !matches!(self.token().kind, TokenKind::End | TokenKind::Sign(";")) {
            self.at += 1;
        }
    }
}
