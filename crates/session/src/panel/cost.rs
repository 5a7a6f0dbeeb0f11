//! The bill: what the run used, what it costs so far, and what a month like it would cost.

use std::rc::Rc;

use base::units::grouped;
use engine::Usage;
use scenario::limits;
use scenario::price::{self, Item, MONTH_MICROS, PICO_USD};

use crate::hud::{Cost, CostRow};
use crate::session::Session;

/// What parts of a dollar are shown at least.
const CENT: u128 = PICO_USD as u128 / 100;
const MICRO: u128 = PICO_USD as u128 / 1_000_000;

#[inline(never)]
pub(super) fn cost(session: &Session) -> Cost {
    let usage = session.run.usage();
    let elapsed = u128::from(session.run.snapshot().now.0);
    let month = |pico: u128| {
        let month = pico.saturating_mul(MONTH_MICROS.into()).checked_div(elapsed);
        dollars(month.unwrap_or(0))
    };
    let prices = &session.document.prices;
    let total: u128 = usage.iter().map(|used| used.item.cost(used.quantity, prices)).sum();
    let row = |used: &Usage| {
        let spec = used.item.spec();
        let pico = used.item.cost(used.quantity, prices);
        let own = prices.get(&used.item);
        CostRow {
            of: match used.node {
                None => "commitment".into(),
                Some(id) => {
                    let node = session.document.node(id);
                    node.map_or_else(|| "removed".into(), |node| node.name.as_str().into())
                }
            },
            item: used.item,
            label: spec.label.into(),
            used: format!("{} {}", decimal(used.quantity, spec.per), plural(spec.unit)).into(),
            price: price::usd_text(own.copied().unwrap_or(spec.pico_usd)).into(),
            is_own: own.is_some(),
            so_far: dollars(pico),
            month: month(pico),
            source: spec.source.into(),
        }
    };
    Cost {
        so_far: dollars(total),
        month: month(total),
        advantage: knows_on_demand(session).then_some(session.document.on_demand_advantage),
        rows: Rc::new(usage.iter().map(row).collect()),
    }
}

/// Whether the limits of the scenario's date have on-demand streams.
fn knows_on_demand(session: &Session) -> bool {
    limits::find(&session.document.limits).is_none_or(|limits| limits.on_demand)
}

impl Session {
    /// Enables or disables On-demand Advantage from the beginning of the run.
    #[inline(never)]
    pub(crate) fn set_advantage(&mut self, enabled: bool) {
        let verb = if enabled { "enable" } else { "disable" };
        let edit = scenario::Edit::SetAdvantage(enabled);
        self.edit(format!("{verb} On-demand Advantage"), None, &[edit]);
    }

    /// Takes a price as somebody typed it; an empty field takes the profile's again.
    #[inline(never)]
    pub(crate) fn set_price(&mut self, item: Item, text: &str) {
        let label = item.spec().label;
        let text = text.trim().trim_start_matches('$');
        let price = if text.is_empty() { None } else { price::parse_usd(text) };
        if price.is_none() && !text.is_empty() {
            let words = format!("`{text}` is no price: write dollars with a point, such as 0.015");
            return self.say(words);
        }
        let edit = scenario::Edit::SetPrice(item, price);
        self.edit(format!("change the price of {label}"), None, &[edit]);
    }
}

/// Money as people read it, rounded half up, so that lines add up to their sum: whole dollars when
/// it is much, four or six digits when it is little.
fn dollars(pico: u128) -> Rc<str> {
    let dollar = u128::from(PICO_USD);
    let parts = |unit: u128| {
        let units = (pico + unit / 2) / unit;
        (units / (dollar / unit), units % (dollar / unit))
    };
    match pico {
        0 => "$0".into(),
        _ if pico < MICRO => "< $0.000001".into(),
        _ if pico < CENT => format!("$0.{:06}", parts(MICRO).1).into(),
        _ if pico < dollar => {
            let (whole, rest) = parts(CENT / 100);
            format!("${whole}.{rest:04}").into()
        }
        _ if pico < 100 * dollar => {
            let (whole, cents) = parts(CENT);
            format!("${whole}.{cents:02}").into()
        }
        _ => format!("${}", grouped(u64::try_from(parts(dollar).0).unwrap_or(u64::MAX))).into(),
    }
}

/// A quantity in its units, to four digits behind the point, rounded half up.
fn decimal(quantity: u128, per: u64) -> String {
    let per = u128::from(per);
    let ten_thousandths = quantity.saturating_mul(10_000).saturating_add(per / 2) / per;
    let whole = u64::try_from(ten_thousandths / 10_000).unwrap_or(u64::MAX);
    match ten_thousandths % 10_000 {
        0 if whole == 0 => "under 0.0001".to_owned(),
        rest => format!("{}.{rest:04}", grouped(whole)),
    }
}

/// `shard-hours`; units that are plural or an amount stay, `× 1,000 objects` are counted.
fn plural(unit: &str) -> String {
    if unit.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("× {unit}");
    }
    let stays = unit.ends_with('s') || unit == "GB";
    if stays { unit.to_owned() } else { format!("{unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_well() {
        let dollar = u128::from(PICO_USD);
        for (pico, words) in [
            (0, "$0"),
            (1, "< $0.000001"),
            (417 * MICRO, "$0.000417"),
            (10 * CENT + 950 * MICRO, "$0.1010"),
            (7 * CENT + 7_059 * MICRO, "$0.0771"),
            (2 * dollar + 995_000 * MICRO, "$3.00"),
            (99 * dollar + 994_900 * MICRO, "$99.99"),
            (10 * dollar + 95 * CENT, "$10.95"),
            (1_240 * dollar, "$1,240"),
        ] {
            assert_eq!(&*dollars(pico), words);
        }
        assert_eq!(decimal(5_400_000_000, 3_600_000_000), "1.5000");
        assert_eq!(decimal(1, 1_000_000), "under 0.0001");
    }
}
