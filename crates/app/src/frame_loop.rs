//! Frames, only while something moves: an idle page costs nothing.
//!
//! Real time enters here and nowhere else: it is clamped, so that a page that was held up does
//! not jump, and the budget of events follows what the device manages in 6 ms.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use crate::dom;
use crate::store::Store;

const ELAPSED_MILLIS_MAX: f64 = 100.0;
const TICK_MILLIS: f64 = 6.0;
/// On the way to a moment nothing moves that could stutter.
const HURRY_MILLIS: f64 = 60.0;
const HUD_MILLIS: f64 = 100.0;
const EVENTS_MIN: f64 = 2_000.0;
const EVENTS_MAX: f64 = 4_000_000.0;

type OnFrame = Closure<dyn FnMut(f64)>;

/// The loop; it is woken by messages and falls asleep by itself.
pub(crate) struct FrameLoop {
    callback: RefCell<Option<OnFrame>>,
    asked: Cell<bool>,
    last: Cell<Option<f64>>,
    hud_at: Cell<f64>,
    events: Cell<f64>,
}

impl Default for FrameLoop {
    fn default() -> Self {
        Self {
            callback: RefCell::new(None),
            asked: Cell::new(false),
            last: Cell::new(None),
            hud_at: Cell::new(0.0),
            events: Cell::new(50_000.0),
        }
    }
}

impl FrameLoop {
    /// Asks for a frame, unless one is coming.
    pub(crate) fn wake(&self) {
        if let Some(callback) = self.callback.borrow().as_ref()
            && !self.asked.replace(true)
        {
            let function = callback.as_ref().unchecked_ref();
            dom::quiet(dom::window().request_animation_frame(function));
        }
    }
}

/// Connects the loop to its store and asks for the first frame.
pub(crate) fn start(store: &Store) {
    let inner = store.clone();
    let callback = OnFrame::new(move |now| frame(&inner, now));
    *store.frames.callback.borrow_mut() = Some(callback);
    store.frames.wake();
}

fn frame(store: &Store, now: f64) {
    let frames = &store.frames;
    frames.asked.set(false);
    let elapsed = frames.last.get().map_or(0.0, |last| (now - last).clamp(0.0, ELAPSED_MILLIS_MAX));
    frames.last.set(Some(now));
    // On the way to a moment what was there at its beginning stands still: nobody asked for what
    // lies between. The browser shows it before the run takes its time.
    if store.is_going() && store.hud_due.replace(false) {
        store.draw();
        store.refresh_hud();
        return frames.wake();
    }
    let idle = tick(store, elapsed);
    if store.is_going() {
        return frames.wake();
    }
    store.draw();
    if store.hud_due.replace(false) || now - frames.hud_at.get() >= HUD_MILLIS {
        frames.hud_at.set(now);
        store.refresh_hud();
    } else if idle {
        // Quiet messages came to rest between two HUDs.
        store.hud_due.set(true);
        frames.wake();
        return;
    }
    if idle {
        frames.last.set(None);
    } else {
        frames.wake();
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both numbers are clamped to small positive ranges"
)]
fn tick(store: &Store, elapsed_millis: f64) -> bool {
    let frames = &store.frames;
    let clock = dom::window().performance();
    let now = || clock.as_ref().map_or(0.0, web_sys::Performance::now);
    let budget = frames.events.get();
    let begin = now();
    let idle = store.tick((elapsed_millis * 1_000.0) as u64, budget as u32);
    let most = if store.hurries() { HURRY_MILLIS } else { TICK_MILLIS };
    let factor = if now() - begin > most { 0.7 } else { 1.2 };
    frames.events.set((budget * factor).clamp(EVENTS_MIN, EVENTS_MAX));
    idle
}
