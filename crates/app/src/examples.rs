//! The examples that come with the page: `examples/index.json` and one file each.

use std::rc::Rc;

use base::Time;
use serde_json::Value;
use yew::AttrValue;

use crate::effects;
use crate::store::Store;

/// One entry of the gallery.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    pub(crate) slug: AttrValue,
    pub(crate) title: AttrValue,
    pub(crate) about: AttrValue,
    /// Where it is interesting.
    pub(crate) at: Option<Time>,
    /// How fast it is interesting, in thousandths.
    pub(crate) speed_milli: Option<u32>,
    /// Whether it starts running.
    pub(crate) run: Option<bool>,
    /// The part that is selected.
    pub(crate) sel: Option<u32>,
}

/// The moment an example opens at.
#[derive(Clone, Copy, Default)]
pub(crate) struct Moment {
    pub(crate) at: Option<Time>,
    pub(crate) speed_milli: Option<u32>,
    pub(crate) run: Option<bool>,
    pub(crate) sel: Option<u32>,
}

/// Reads the index and shows it to the page.
pub(crate) async fn load_index(store: &Store) {
    let Some(text) = effects::fetch_text("examples/index.json").await else { return };
    let Ok(index) = serde_json::from_str::<Value>(&text) else { return };
    let list = index.as_array().or_else(|| index["examples"].as_array());
    let examples: Vec<Example> = list.into_iter().flatten().filter_map(example).collect();
    let examples = Rc::new(examples);
    *store.examples.borrow_mut() = examples.clone();
    store.ui(move |ui| ui.examples = examples);
}

fn example(entry: &Value) -> Option<Example> {
    let text = |key: &str| entry[key].as_str().map(|it| AttrValue::from(it.to_owned()));
    let small = |key: &str| entry[key].as_u64().and_then(|n| u32::try_from(n).ok());
    let secs = entry["at_secs"].as_u64().map(|secs| secs.saturating_mul(1_000_000));
    Some(Example {
        slug: text("name")?,
        title: text("title")?,
        about: text("about").unwrap_or_default(),
        at: entry["at_micros"].as_u64().or(secs).map(Time),
        speed_milli: small("speed").and_then(|times| times.checked_mul(1_000)),
        run: entry["run"].as_bool(),
        sel: small("sel"),
    })
}

/// The moment the index gives an example.
pub(crate) fn moment_of(store: &Store, slug: &str) -> Moment {
    let examples = store.examples.borrow();
    let found = examples.iter().find(|example| example.slug == slug);
    found.map_or_else(Moment::default, |it| Moment {
        at: it.at,
        speed_milli: it.speed_milli,
        run: it.run.or(Some(true)),
        sel: it.sel,
    })
}
