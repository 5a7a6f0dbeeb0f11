//! What the page opens with: a link, an example, the draft of this tab, or the first example.

use std::rc::Rc;

use scenario::link::Fragment;
use session::Message;
use session::playback::SPEED_MILLI_DEFAULT;
use wasm_bindgen_futures::spawn_local;

use crate::dom;
use crate::examples;
use crate::link::{self, Failure};
use crate::local::Local;
use crate::store::Store;
use crate::ui::Dialog;

/// A newcomer lands here, in a running pipeline.
const FIRST: &str = "hot-key";
/// What the first half of the module can run (`xtask/start.txt`); the other kinds come with the
/// second, which follows by itself.
const FIRST_KINDS: [&str; 5] = ["producer", "stream", "consumer", "firehose", "bucket"];

/// Opens what the address asks for.
pub(crate) fn start(store: &Store) {
    let store = store.clone();
    spawn_local(async move {
        examples::load_index(&store).await;
        let fragment = link::fragment();
        let has_draft = store.local.has_draft();
        // What this tab wrote into its address itself is never newer than its draft.
        let is_own = has_draft && Local::has_written(fragment.scenario.as_deref());
        let asks = fragment.scenario.is_some() || fragment.template.is_some();
        if asks && !is_own {
            open(&store, &fragment);
            return;
        }
        if has_draft {
            return Local::reopen_own(&store).await;
        }
        let run = fragment.run.or((!store.embedded).then_some(true));
        let fragment = Fragment { run, ..fragment };
        open_example(&store, FIRST, &fragment).await;
        store.send(Message::ShowWay);
    });
}

/// Opens what a fragment names.
pub(crate) fn open(store: &Store, fragment: &Fragment) {
    let (store, fragment) = (store.clone(), fragment.clone());
    spawn_local(async move {
        if let Some(payload) = &fragment.scenario {
            if !is_ready(&store).await {
                return;
            }
            match link::open_payload(&store, payload, Store::open_named) {
                Ok(()) => begin(&store, &fragment),
                Err(failure) => show(&store, failure),
            }
        } else if let Some(slug) = fragment.template.clone() {
            open_example(&store, &slug, &fragment).await;
        }
    });
}

/// Waits for the second half of the module, which a link or a draft may need anywhere, while the
/// page goes on; whether nothing else was asked for meanwhile.
pub(crate) async fn is_ready(store: &Store) -> bool {
    let turn = take_turn(store);
    store.ui(|ui| ui.opening = true);
    dom::promised("restReady").await;
    let is_last = store.turn.get() == turn;
    if is_last {
        store.ui(|ui| ui.opening = false);
    }
    is_last
}

/// Whatever still waits to be opened shall not be any more.
fn take_turn(store: &Store) -> u32 {
    let turn = store.turn.get().wrapping_add(1);
    store.turn.set(turn);
    store.ui(|ui| ui.opening = false);
    turn
}

/// Opens a file of `examples/` and goes to its moment; whether it is there.
pub(crate) async fn open_example(store: &Store, slug: &str, fragment: &Fragment) -> bool {
    let named = slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let text = if named {
        crate::effects::fetch_text(&format!("examples/{slug}.json")).await
    } else {
        None
    };
    let Some(text) = text else {
        let failure = Failure {
            message: format!("There is no template called `{slug}`").into(),
            help: "Pick one of the templates that are there".into(),
            code: "LNK".into(),
            chars: None,
            rest: None,
        };
        show(store, failure);
        return false;
    };
    let mut kinds = text.split("\"kind\": \"").skip(1).filter_map(|it| it.split('"').next());
    if kinds.any(|kind| !FIRST_KINDS.contains(&kind)) {
        if !is_ready(store).await {
            return false;
        }
    } else {
        take_turn(store);
    }
    store.open_named(Message::OpenFile(text.as_bytes().to_vec()));
    let known = examples::moment_of(store, slug);
    let at = fragment.at.or(known.at);
    let run = fragment.run.or(known.run.filter(|_| !store.embedded));
    let sel = fragment.sel.or(known.sel);
    // The speed of the example before does not stay.
    store.send(Message::Speed(known.speed_milli.unwrap_or(SPEED_MILLI_DEFAULT)));
    begin(store, &Fragment { at, run, sel, ..fragment.clone() });
    true
}

/// Moment, speed, selection and whether it runs.
fn begin(store: &Store, fragment: &Fragment) {
    if let Some(milli) = fragment.speed.as_deref().and_then(speed_milli) {
        store.send(Message::Speed(milli));
    }
    if let Some(node) = fragment.sel {
        store.send(Message::SelectNode(base::NodeId(node), false));
    }
    if let Some(at) = fragment.at {
        store.send(Message::RunTo(at));
    }
    store.send(Message::Fit);
    if fragment.run == Some(true) {
        store.send(Message::Play);
    }
}

/// `10` or `0.1` as thousandths.
fn speed_milli(word: &str) -> Option<u32> {
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    let part: String = format!("{part:0<3}").chars().take(3).collect();
    let milli = whole.parse::<u32>().ok()?.checked_mul(1_000)?.checked_add(part.parse().ok()?)?;
    Some(milli.clamp(100, 1_000_000))
}

fn show(store: &Store, failure: Failure) {
    store.ui(move |ui| ui.dialog = Some(Dialog::Failure(Rc::new(failure))));
}
