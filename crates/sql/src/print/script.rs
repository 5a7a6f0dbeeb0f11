//! Statements as text, one a line.

use super::query::{write_names, write_object, write_query};
use super::{Printed, write, write_name, write_quoted, write_type};
use crate::ast::{
    ColumnDef, CreateFunction, CreatePump, CreateTable, CreateView, Insert, Object, Script,
    StatementKind, TableElement,
};
use crate::dialect::Dialect;
use crate::parse::level;

/// A script as text: reading it gives the same script.
#[must_use]
pub fn print_script(script: &Script, dialect: Dialect) -> String {
    let mut out = Printed::new(dialect);
    for statement in &script.statements {
        write_statement(&statement.kind, &mut out);
        out.push_str(";\n");
    }
    out.text
}

/// A statement as text, its clauses on lines of their own.
#[must_use]
pub fn print_statement(kind: &StatementKind, dialect: Dialect) -> String {
    let mut out = Printed::new(dialect);
    out.indent = Some(0);
    write_statement(kind, &mut out);
    out.push_str(";\n");
    out.text
}

fn write_statement(kind: &StatementKind, out: &mut Printed) {
    match kind {
        StatementKind::CreateStream(it) => {
            write_create(it.replace, "STREAM ", out);
            write_object(&it.name, out);
            write_columns(&it.columns, out);
            write_description(it.description.as_deref(), out);
        }
        StatementKind::CreatePump(it) => write_pump(it, out),
        StatementKind::CreateFunction(it) => write_function(it, out),
        StatementKind::CreateView(it) => write_view(it, out),
        StatementKind::CreateTable(it) => write_table(it, out),
        StatementKind::Insert(it) => write_insert(it, out),
        StatementKind::Query(it) => write_query(it, out),
        StatementKind::InsertSet(inserts) => {
            out.push_str("EXECUTE STATEMENT SET BEGIN");
            for insert in inserts {
                out.line();
                write_insert(insert, out);
                out.push(';');
            }
            out.line();
            out.push_str("END");
        }
        StatementKind::AlterPump { name, started } => {
            out.push_str("ALTER PUMP ");
            write_object(name, out);
            out.push_str(if *started { " START" } else { " STOP" });
        }
        StatementKind::Drop { object, name, if_exists } => {
            out.push_str(match object {
                Object::Stream => "DROP STREAM ",
                Object::Pump => "DROP PUMP ",
                Object::Function => "DROP FUNCTION ",
                Object::View => "DROP VIEW ",
                Object::Table => "DROP TABLE ",
            });
            out.push_str(if *if_exists { "IF EXISTS " } else { "" });
            write_object(name, out);
        }
        StatementKind::Set { key, value } => {
            out.push_str("SET ");
            write_option(key, value, out);
        }
    }
}

fn write_create(replace: bool, what: &str, out: &mut Printed) {
    out.push_str(if replace { "CREATE OR REPLACE " } else { "CREATE " });
    out.push_str(what);
}

fn write_columns(columns: &[ColumnDef], out: &mut Printed) {
    out.push(' ');
    out.inside(|out| {
        for (index, column) in columns.iter().enumerate() {
            write_comma(index, out);
            write_column(column, out);
        }
    });
}

/// A comma in front of all but the first, and a line for each.
fn write_comma(index: usize, out: &mut Printed) {
    if index > 0 {
        out.push(',');
        out.line();
    }
}

fn write_column(column: &ColumnDef, out: &mut Printed) {
    write_name(&column.name, out);
    out.push(' ');
    write_type(column.data_type, out);
    out.push_str(if column.not_null { " NOT NULL" } else { "" });
}

fn write_description(description: Option<&str>, out: &mut Printed) {
    if let Some(text) = description {
        out.push_str(" DESCRIPTION ");
        write_quoted(text, '\'', out);
    }
}

fn write_pump(pump: &CreatePump, out: &mut Printed) {
    write_create(pump.replace, "PUMP ", out);
    write_object(&pump.name, out);
    out.push_str(match pump.started {
        None => "",
        Some(true) => " STARTED",
        Some(false) => " STOPPED",
    });
    write_description(pump.description.as_deref(), out);
    out.push_str(" AS");
    out.line();
    write_insert(&pump.insert, out);
}

fn write_insert(insert: &Insert, out: &mut Printed) {
    out.push_str(if insert.expedited { "INSERT EXPEDITED INTO " } else { "INSERT INTO " });
    write_object(&insert.target, out);
    out.push_str(if insert.columns.is_empty() { "" } else { " " });
    write_names(&insert.columns, out);
    out.line();
    write_query(&insert.query, out);
}

fn write_function(function: &CreateFunction, out: &mut Printed) {
    write_create(function.replace, "FUNCTION ", out);
    write_object(&function.name, out);
    write_columns(&function.parameters, out);
    out.push_str(" RETURNS ");
    write_type(function.returns, out);
    out.push_str(if function.null_on_null { " RETURNS NULL ON NULL INPUT" } else { "" });
    out.push_str(" RETURN ");
    write(&function.body, level::OR, out);
}

fn write_view(view: &CreateView, out: &mut Printed) {
    let what = if view.temporary { "TEMPORARY VIEW " } else { "VIEW " };
    write_create(view.replace, what, out);
    out.push_str(if view.if_not_exists { "IF NOT EXISTS " } else { "" });
    write_object(&view.name, out);
    out.push_str(if view.columns.is_empty() { "" } else { " " });
    write_names(&view.columns, out);
    out.push_str(" AS");
    out.line();
    write_query(&view.query, out);
}

fn write_table(table: &CreateTable, out: &mut Printed) {
    out.push_str(if table.temporary { "CREATE TEMPORARY TABLE " } else { "CREATE TABLE " });
    out.push_str(if table.if_not_exists { "IF NOT EXISTS " } else { "" });
    write_object(&table.name, out);
    out.push(' ');
    out.inside(|out| {
        for (index, element) in table.elements.iter().enumerate() {
            write_comma(index, out);
            write_element(element, out);
        }
    });
    if !table.partitions.is_empty() {
        out.push_str(" PARTITIONED BY ");
        write_names(&table.partitions, out);
    }
    if !table.options.is_empty() {
        out.push_str(" WITH ");
        out.inside(|out| {
            for (index, (key, value)) in table.options.iter().enumerate() {
                write_comma(index, out);
                write_option(key, value, out);
            }
        });
    }
}

fn write_element(element: &TableElement, out: &mut Printed) {
    match element {
        TableElement::Column(column) => write_column(column, out),
        TableElement::Metadata { column, key, only_read } => {
            write_column(column, out);
            out.push_str(" METADATA FROM ");
            write_quoted(key, '\'', out);
            out.push_str(if *only_read { " VIRTUAL" } else { "" });
        }
        TableElement::Computed { name, expr, .. } => {
            write_name(name, out);
            out.push_str(" AS ");
            write(expr, level::OR, out);
        }
        TableElement::Watermark { column, expr, .. } => {
            out.push_str("WATERMARK FOR ");
            write_name(column, out);
            out.push_str(" AS ");
            write(expr, level::OR, out);
        }
        TableElement::PrimaryKey { columns, .. } => {
            out.push_str("PRIMARY KEY ");
            write_names(columns, out);
            out.push_str(" NOT ENFORCED");
        }
    }
}

fn write_option(key: &str, value: &str, out: &mut Printed) {
    write_quoted(key, '\'', out);
    out.push_str(" = ");
    write_quoted(value, '\'', out);
}
