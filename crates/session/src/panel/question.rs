//! A query of the rows of a part: of the table of a cluster, or of delivered objects.
//!
//! It is answered when it is asked, over the rows of that moment; time goes on, the answer stays.

use std::rc::Rc;

use base::NodeId;
use base::units::grouped;
use engine::snapshot::Sheet;
use scenario::Config;
use sql::batch::{self, Answer, Table};
use sql::print::text_of;

use super::listing;
use super::object::of_objects;
use crate::clock;
use crate::code::problem_of;
use crate::hud::{Grade, Question};
use crate::session::Session;

/// Rows of an answer that are shown.
const SHOWN_MAX: usize = 200;

/// The query box of a part, if it has rows to be asked for.
pub(super) fn question(session: &Session, id: NodeId) -> Option<Rc<Question>> {
    if let Some(asked) = session.panels.question.as_ref().filter(|it| it.node == id) {
        return Some(Rc::clone(asked));
    }
    let (table, names) = match &session.document.node(id)?.config {
        Config::Redshift(cluster) => {
            let columns = cluster.table_columns();
            let names: Vec<&str> = columns.iter().map(|it| it.name).collect();
            (cluster.table.clone(), names.join(", "))
        }
        Config::Bucket(_) => ("objects".to_owned(), "the rows of what is delivered here".into()),
        _ => return None,
    };
    let text = format!("SELECT * FROM {table} LIMIT 10").into();
    let words = format!("Table {table}: {names}").into();
    Some(Rc::new(Question { node: id, text, words, ..Question::default() }))
}

/// Answers a query.
#[inline(never)]
pub(crate) fn ask(session: &mut Session, node: NodeId, text: &str) {
    let (tables, note) = tables(session, node);
    let now = session.run.snapshot().now;
    let epoch = session.document.epoch_millis;
    let micros = i64::try_from(epoch.saturating_mul(1_000).saturating_add(now.0));
    let rows = tables.first().map_or(0, |it| it.rows.len());
    let mut question = Question { node, text: text.into(), ..Question::default() };
    match batch::run(text, &tables, micros.unwrap_or(i64::MAX)) {
        Ok(answer) => {
            let count = grouped(answer.rows.len() as u64);
            let found = if answer.rows.len() == 1 { "row" } else { "rows" };
            let more =
                if answer.rows.len() > SHOWN_MAX { ", the first ones are shown" } else { "" };
            let (rows, at) = (grouped(rows as u64), clock::moment(epoch, now));
            question.words = format!("{count} {found} from {rows} at {at}{more}{note}").into();
            question.sheet = Some(Rc::new(sheet(&answer)));
        }
        Err(problems) => {
            let told = problems.iter().map(|it| problem_of(it, text, Grade::Error));
            question.problems = told.collect();
            if rows == 0 {
                question.words = "There are no rows here yet".into();
            }
        }
    }
    session.panels.question = Some(Rc::new(question));
}

/// What can be asked, and what of it is left out.
fn tables(session: &mut Session, node: NodeId) -> (Vec<Table>, &'static str) {
    if !session.document.node(node).is_some_and(|it| listing::is_bucket(it)) {
        return (session.run.relation(node).into_iter().collect(), "");
    }
    let prefix = listing::open(session, node).0.to_owned();
    let objects = session.run.objects_under(node, &prefix);
    let (rows, is_cut) = of_objects(&objects, session.library.formats);
    let table = Table::of_json("objects", &rows);
    let note = if is_cut { "; larger objects are read from their beginning only" } else { "" };
    // What S3 Select calls it.
    let again = Table { name: "s3object".to_owned(), ..table.clone() };
    (vec![table, again], note)
}

fn sheet(answer: &Answer) -> Sheet {
    let columns = answer.columns.iter().map(|it| it.clone().into()).collect();
    let shown = answer.rows.iter().take(SHOWN_MAX);
    let cell = |it: &sql::Value| match it {
        sql::Value::Null => "NULL".to_owned(),
        value => text_of(value),
    };
    let rows = shown.map(|row| row.iter().map(cell).collect()).collect();
    Sheet { columns, rows }
}
