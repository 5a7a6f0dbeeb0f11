//! Rows of a part that keeps some: documents, loaded rows, load errors, leases, items.

use base::units::grouped;
use session::Message;
use session::hud::{Found, Inspector, Look};
use yew::prelude::*;

use super::query_box::query_box;
use crate::app::Page;
use crate::store::Store;
use crate::widget::{Draft, draft, glyph, segment};

/// The column that holds a whole document.
const SOURCE: &str = "_source";
/// What tells a document and a load error apart; of other rows the first columns do.
const TELLING: [[&str; 3]; 2] =
    [[SOURCE, "_id", "_version"], ["err_reason", "colname", "line_number"]];

/// A search box and what it finds.
#[inline(never)]
pub(super) fn rows(page: &Page, model: &Inspector, found: &Found) -> Html {
    let columns = &found.sheet.columns;
    let place = |name: &str| columns.iter().position(|column| column == name);
    let [main, beside, last] = TELLING
        .iter()
        .find_map(|names| Some([place(names[0])?, place(names[1])?, place(names[2])?]))
        .unwrap_or([0, 1, 2]);
    html! {
        <>
            { query_box(page, model.question.as_ref()) }
            { loads(&page.store, model, found) }
            { search(page, model, found) }
            <ul class="records">
                { for found.sheet.rows.iter().enumerate().map(|(at, row)| html! {
                    <li key={at}>
                        <details>
                            <summary>
                                <b class="b">{ cell(row, main) }</b>
                                <span class="muted cut">{ cell(row, beside) }</span>
                                <span class="num">{ cell(row, last) }</span>
                            </summary>
                            <dl class="sums">
                                { for columns.iter().zip(row).map(|(column, value)| html! {
                                    <div><dt>{ &**column }</dt><dd class="code">{ value }</dd></div>
                                }) }
                            </dl>
                        </details>
                    </li>
                }) }
            </ul>
        </>
    }
}

/// Rows, or what could not be loaded.
fn loads(store: &Store, model: &Inspector, found: &Found) -> Html {
    let Some((rows, errors)) = found.loads else { return Html::default() };
    let pick = |wanted: bool, label: &'static str| {
        let look = Look { errors: wanted, ..model.look.clone() };
        segment(
            model.look.errors == wanted,
            label,
            store.sends(Message::ShowRows(model.node, look)),
        )
    };
    html! {
        <div class="row loads">
            <span class="seg" role="group" aria-label="Which rows">
                { pick(false, "Rows") }{ pick(true, "Load errors") }
            </span>
            <span class="muted">
                { format!("{} and {}", grouped(rows.into()), grouped(errors.into())) }
            </span>
        </div>
    }
}

fn search(page: &Page, model: &Inspector, found: &Found) -> Html {
    let (node, look) = (model.node, model.look.clone());
    let field = format!("{}.search", node.0);
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, field, look.search.clone(), move |store, text| {
            let look = Look { search: text.to_owned(), ..look.clone() };
            store.send(Message::ShowRows(node, look));
        });
    let has_documents = found.sheet.columns.iter().any(|name| name == SOURCE);
    let example = if has_documents { "gate:gate-1 price:[10 TO 20]" } else { "column:value" };
    let (count, all) = (grouped(found.count.0.into()), grouped(found.count.1.into()));
    let words = if model.look.search.is_empty() {
        format!("newest {all} rows")
    } else {
        format!("{count} of the newest {all} rows")
    };
    html! {
        <>
            <label class="fl" for="row-search">{ "Search: terms and ranges" }</label>
            <span class="field">
                <input id="row-search" type="search" autocomplete="off" spellcheck="false"
                    placeholder={example} {value} {oninput} {onblur} {onkeydown} />
            </span>
            if found.problem.is_empty() {
                <p class="muted md">{ words }</p>
            } else {
                <p class="wrong">{ glyph("alert") }<span>{ found.problem.clone() }</span></p>
            }
        </>
    }
}

fn cell(row: &[String], at: usize) -> String {
    row.get(at).cloned().unwrap_or_default()
}
