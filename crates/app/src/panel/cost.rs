//! The bill, line by line, with prices that can be typed over.

use session::Message;
use session::hud::CostRow;
use yew::prelude::*;

use crate::app::Page;
use crate::ui::Dialog;
use crate::widget::{Draft, draft, text};

/// What a month like this would cost, in the top bar.
pub(super) fn stat(page: &Page) -> Html {
    let cost = &page.hud.cost;
    let title = format!("{} so far; open the bill", cost.so_far);
    html! {
        <button class="stat" type="button" {title} onclick={page.store.opens(Dialog::Cost)}>
            <span class="muted">{ "Cost" }</span><b>{ text(&cost.month) }</b>
            <span class="muted only-wide">{ "per month" }</span>
        </button>
    }
}

/// The table of the dialog.
#[inline(never)]
pub(super) fn cost(page: &Page) -> Html {
    let cost = &page.hud.cost;
    html! {
        <>
            <p class="muted">
                { format!("US dollars in us-east-1, prices of {}, without free tiers. A month has \
                    730 hours; the run so far stands for all of it.", scenario::price::PROFILE) }
            </p>
            <p class="muted md">
                { "Not on it: S3, Redshift, OpenSearch Service, what other services cost that \
                   write into the stream, data transfer and taxes." }
            </p>
            { for cost.advantage.map(|now| advantage(page, now)) }
            if cost.rows.is_empty() {
                <p>{ "Nothing was used yet that AWS bills. Press play." }</p>
            } else {
                <div class="scroll">
                    <table class="bill">
                        <thead><tr>
                            <th>{ "Part" }</th><th>{ "Line" }</th>
                            <th class="num">{ "Used" }</th>
                            <th class="num">{ "$ a unit" }</th>
                            <th class="num">{ "So far" }</th>
                            <th class="num">{ "A month" }</th>
                        </tr></thead>
                        <tbody>
                            { for cost.rows.iter().enumerate().map(|(at, it)| row(page, at, it)) }
                        </tbody>
                        <tfoot><tr>
                            <th colspan="4">{ "Sum" }</th>
                            <td class="num">{ text(&cost.so_far) }</td>
                            <td class="num">{ text(&cost.month) }</td>
                        </tr></tfoot>
                    </table>
                </div>
                <p class="muted md">
                    { "Used × price = so far; × 730 h ÷ simulated time = a month. Empty a price to \
                       take the profile's again." }
                </p>
            }
        </>
    }
}

/// The switch of the account.
fn advantage(page: &Page, now: bool) -> Html {
    let switch = page.store.does(move |store| store.send(Message::SetAdvantage(!now)));
    html! {
        <label class="row md" title="At least 25 MiB/s in and 25 MiB/s out are paid for">
            <input type="checkbox" class="check-box" checked={now} onclick={switch} />
            { "On-demand Advantage for the account, from the beginning: the run starts again" }
        </label>
    }
}

fn row(page: &Page, at: usize, row: &CostRow) -> Html {
    let item = row.item;
    let commit = move |store: &crate::store::Store, text: &str| {
        store.send(Message::SetPrice(item, text.to_owned()));
    };
    let Draft { value, oninput, onblur, onkeydown } =
        draft(page, format!("price-{at}"), row.price.to_string(), commit);
    html! {
        <tr key={format!("{}-{}", row.of, row.label)}>
            <td>{ text(&row.of) }</td>
            <td>{ text(&row.label) }<div class="muted">{ text(&row.source) }</div></td>
            <td class="num">{ text(&row.used) }</td>
            <td class="num">
                <input class={classes!("field", row.is_own.then_some("own"))}
                    aria-label={format!("Price of {} of {}", row.label, row.of)}
                    inputmode="decimal" autocomplete="off" {value} {oninput} {onblur} {onkeydown} />
            </td>
            <td class="num">{ text(&row.so_far) }</td>
            <td class="num">{ text(&row.month) }</td>
        </tr>
    }
}
