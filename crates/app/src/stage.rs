//! The stage: canvases, and what pointers, wheels, fingers and keys do on them, as messages.
//!
//! Not a component: yew makes the elements once, then this owns them for as long as the page
//! lives.

use std::cell::RefCell;
use std::rc::Rc;

use canvas::{Painter, Screen, Surface, TextCache};
use scene::{Camera, Layer, Picture, Theme};
use session::{Key, Keys, Message, Phase, Pointer};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, HtmlCanvasElement, HtmlElement, KeyboardEvent,
    MouseEvent,
};
use web_sys::{PointerEvent, ResizeObserver, WheelEvent};

use crate::dom;
use crate::files;
use crate::panel::parts;
use crate::store::Store;

const LONG_PRESS_MILLIS: u32 = 500;
/// A finger that moved this far is not pressing.
const PRESS_PIXELS: f64 = 8.0;
/// Pixels of one line, for wheels that count in lines.
const LINE_PIXELS: f64 = 24.0;

/// The canvases and the measure of their text.
pub(crate) struct Canvases {
    screen: Screen,
    painter: Painter,
    text: TextCache,
    /// What the small canvases of panels show.
    small: Vec<Small>,
}

/// A small canvas and what it was painted with.
struct Small {
    canvas: HtmlCanvasElement,
    size: (f64, f64),
    ratio: f64,
    theme: Theme,
    layer: Layer,
}

impl Canvases {
    pub(crate) fn text(&self) -> &TextCache {
        &self.text
    }

    pub(crate) fn show(&mut self, picture: &Picture, theme: Theme) {
        self.screen.show(picture, theme, &self.text);
    }

    /// Paints a small canvas of a panel, unless it shows just that already.
    pub(crate) fn paint(
        &mut self,
        canvas: HtmlCanvasElement,
        size: (f64, f64),
        layer: Layer,
        theme: Theme,
    ) {
        let at = self.small.iter().position(|it| it.canvas == canvas);
        let before = at.map(|at| self.small.swap_remove(at));
        let ratio = dom::window().device_pixel_ratio();
        let same = before.is_some_and(|it| {
            let looks = (it.size, it.ratio.to_bits(), it.theme) == (size, ratio.to_bits(), theme);
            looks && it.layer.shapes == layer.shapes
        });
        if !same && let Some(mut surface) = Surface::in_memory(canvas.clone()) {
            surface.resize(size, ratio);
            self.painter.paint(&layer, &Camera::default(), theme, &surface, &self.text);
        }
        self.small.push(Small { canvas, size, ratio, theme, layer });
    }

    /// Forgets canvases that are not on the page any more.
    pub(crate) fn forget_gone(&mut self) {
        self.small.retain(|it| it.canvas.is_connected());
    }
}

/// Fingers on the glass, the space bar, and a press that may become a menu.
#[derive(Default)]
struct Hands {
    fingers: Vec<(i32, f64, f64)>,
    space: bool,
    press: Option<gloo_timers::callback::Timeout>,
    press_at: (f64, f64),
}

/// Takes over the region with its canvases.
pub(crate) fn start(store: &Store, region: &HtmlElement) {
    let canvases = region.query_selector_all("canvas").ok();
    let canvas = |at| -> Option<HtmlCanvasElement> {
        canvases.as_ref()?.get(at)?.dyn_into::<HtmlCanvasElement>().ok()
    };
    let apart = || {
        let canvas = dom::document().create_element("canvas").ok();
        canvas.and_then(|it| it.dyn_into::<HtmlCanvasElement>().ok())
    };
    let screen = || Screen::new([canvas(0)?, canvas(1)?, canvas(2)?], apart()?);
    let text = apart().and_then(Surface::new).map(|it| TextCache::new(it.context().clone()));
    if let (Some(screen), Some(text)) = (screen(), text) {
        *store.canvases.borrow_mut() =
            Some(Canvases { screen, painter: Painter::default(), text, small: Vec::new() });
    }
    watch_size(store, region);
    let hands = Rc::new(RefCell::new(Hands::default()));
    watch_pointers(store, region, &hands);
    watch_wheel(store, region);
    watch_keys(store, region, &hands);
    watch_clipboard(store);
    watch_drops(store, region);
    let hidden = store.clone();
    dom::listen(&dom::document(), "visibilitychange", move |_event: Event| {
        hidden.send(Message::Hidden(dom::document().hidden()));
    });
}

fn watch_size(store: &Store, region: &HtmlElement) {
    let (store, element) = (store.clone(), region.clone());
    let resized = Closure::<dyn FnMut()>::new(move || {
        let size = (f64::from(element.client_width()), f64::from(element.client_height()));
        if let Some(canvases) = store.canvases.borrow_mut().as_mut() {
            canvases.screen.resize(size, dom::window().device_pixel_ratio());
        }
        store.send(Message::Resize(size.0, size.1));
        // The content of resized canvases is gone: paint before the browser shows them.
        store.draw();
        store.ui(|_ui| ());
    });
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(region);
    }
    resized.forget();
}

fn watch_pointers(store: &Store, region: &HtmlElement, hands: &Rc<RefCell<Hands>>) {
    let phases = [
        ("pointerdown", Phase::Down),
        ("pointermove", Phase::Move),
        ("pointerup", Phase::Up),
        ("pointercancel", Phase::Cancel),
        ("dblclick", Phase::Double),
        ("contextmenu", Phase::Menu),
    ];
    for (name, phase) in phases {
        let (store, region_too, hands) = (store.clone(), region.clone(), hands.clone());
        // Double clicks and, in some browsers, menus are no pointer events.
        dom::listen(region, name, move |event: MouseEvent| {
            if !is_overlay(&event) {
                pointer(&store, &region_too, &hands, &event, phase);
            }
        });
    }
}

/// Key bar, map, outline and menus lie over the stage and are not part of it.
fn is_overlay(event: &Event) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    target.is_some_and(|it| it.closest("[data-over]").ok().flatten().is_some())
}

fn pointer(
    store: &Store,
    region: &HtmlElement,
    hands: &Rc<RefCell<Hands>>,
    event: &MouseEvent,
    phase: Phase,
) {
    let at = at_of(region, f64::from(event.client_x()), f64::from(event.client_y()));
    let finger = event.dyn_ref::<PointerEvent>();
    let touch = finger.is_some_and(|it| it.pointer_type() == "touch");
    match phase {
        Phase::Down => {
            if event.button() == 2 {
                return;
            }
            if let Some(finger) = finger {
                dom::quiet(region.set_pointer_capture(finger.pointer_id()));
            }
            if touch {
                long_press(store, hands, at);
            }
        }
        Phase::Menu => event.prevent_default(),
        Phase::Move | Phase::Up | Phase::Cancel | Phase::Double => {}
    }
    if let Some(finger) = finger.filter(|_| touch)
        && fingers(store, &mut hands.borrow_mut(), finger.pointer_id(), at, phase)
    {
        return;
    }
    let keys = Keys {
        shift: event.shift_key(),
        ctrl: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        space: hands.borrow().space,
    };
    let middle = event.button() == 1 || event.buttons() & 4 != 0;
    let message = Message::Pointer(Pointer { phase, at_in_screen: at, middle, touch, keys });
    if phase == Phase::Move { store.send_quietly(message) } else { store.send(message) }
}

fn at_of(region: &HtmlElement, x: f64, y: f64) -> (f64, f64) {
    let rect = region.get_bounding_client_rect();
    (x - rect.left(), y - rect.top())
}

#[inline(never)]
fn long_press(store: &Store, hands: &Rc<RefCell<Hands>>, at: (f64, f64)) {
    let store = store.clone();
    let timer = gloo_timers::callback::Timeout::new(LONG_PRESS_MILLIS, move || {
        let keys = Keys::default();
        let (middle, touch) = (false, true);
        for phase in [Phase::Cancel, Phase::Menu] {
            store.send(Message::Pointer(Pointer { phase, at_in_screen: at, middle, touch, keys }));
        }
    });
    let mut hands = hands.borrow_mut();
    hands.press = Some(timer);
    hands.press_at = at;
}

/// Keeps the fingers; two of them pinch, and then the gesture is none of a single pointer.
#[inline(never)]
fn fingers(store: &Store, hands: &mut Hands, id: i32, at: (f64, f64), phase: Phase) -> bool {
    let before = hands.fingers.clone();
    let press = hands.press_at;
    let far = (at.0 - press.0).abs() + (at.1 - press.1).abs() > PRESS_PIXELS;
    if phase != Phase::Down && (far || phase != Phase::Move) {
        hands.press = None;
    }
    match phase {
        Phase::Down => hands.fingers.push((id, at.0, at.1)),
        Phase::Up | Phase::Cancel => hands.fingers.retain(|finger| finger.0 != id),
        Phase::Move | Phase::Double | Phase::Menu => {
            for finger in hands.fingers.iter_mut().filter(|finger| finger.0 == id) {
                (finger.1, finger.2) = at;
            }
        }
    }
    if hands.fingers.len() == 2 && before.len() == 1 {
        hands.press = None;
        let (middle, touch, keys) = (false, true, Keys::default());
        let phase = Phase::Cancel;
        store.send(Message::Pointer(Pointer { phase, at_in_screen: at, middle, touch, keys }));
    }
    if let ([a, b], [c, d]) = (&before[..], &hands.fingers[..]) {
        let middle = |a: &(i32, f64, f64), b: &(i32, f64, f64)| {
            (f64::midpoint(a.1, b.1), f64::midpoint(a.2, b.2))
        };
        let spread = |a: &(i32, f64, f64), b: &(i32, f64, f64)| {
            ((a.1 - b.1).powi(2) + (a.2 - b.2).powi(2)).sqrt().max(1.0)
        };
        let (from, to) = (middle(a, b), middle(c, d));
        let scale = spread(c, d) / spread(a, b);
        let delta = (to.0 - from.0, to.1 - from.1);
        store.send_quietly(Message::Pinch { at_in_screen: to, scale, delta });
        return true;
    }
    hands.fingers.len() > 1 || before.len() > 1
}

fn watch_wheel(store: &Store, region: &HtmlElement) {
    let (store, element) = (store.clone(), region.clone());
    dom::listen(region, "wheel", move |event: WheelEvent| {
        let keys = Keys {
            shift: event.shift_key(),
            ctrl: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            space: false,
        };
        // Inside somebody's page the page scrolls, until the player has the focus.
        let ours = !store.embedded || dom::document().has_focus().unwrap_or(false);
        if is_overlay(&event) || !ours {
            return;
        }
        event.prevent_default();
        let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { LINE_PIXELS } else { 1.0 };
        let delta = (event.delta_x() * unit, event.delta_y() * unit);
        let at = at_of(&element, f64::from(event.client_x()), f64::from(event.client_y()));
        store.send_quietly(Message::Wheel { at_in_screen: at, delta, keys });
    });
}

fn watch_keys(store: &Store, region: &HtmlElement, hands: &Rc<RefCell<Hands>>) {
    let (diagram, hands_too) = (store.clone(), hands.clone());
    dom::listen(region, "keydown", move |event: KeyboardEvent| {
        if dom::is_typing(&event) || is_overlay(&event) {
            return;
        }
        hands_too.borrow_mut().space |= event.key() == " ";
        let keys = keys_of(&event);
        if !is_browsers(&event, keys) {
            event.prevent_default();
            event.stop_propagation();
            diagram.send(Message::Key(Key { key: event.key(), keys }));
        }
    });
    let hands = hands.clone();
    dom::listen(&dom::window(), "keyup", move |event: KeyboardEvent| {
        if event.key() == " " {
            hands.borrow_mut().space = false;
        }
    });
    let page = store.clone();
    dom::listen(&dom::window(), "keydown", move |event: KeyboardEvent| {
        let keys = keys_of(&event);
        let key = event.key().to_ascii_lowercase();
        if keys.ctrl && key == "k" && !page.embedded {
            event.prevent_default();
            page.ui(|ui| ui.dialog = Some(crate::ui::Dialog::Command));
        } else if keys.ctrl && matches!(key.as_str(), "z" | "y") && !dom::is_typing(&event) {
            event.prevent_default();
            page.send(Message::Key(Key { key, keys }));
        }
    });
}

fn keys_of(event: &KeyboardEvent) -> Keys {
    Keys {
        shift: event.shift_key(),
        ctrl: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        space: event.key() == " ",
    }
}

/// Keys that stay the browser's: moving the focus, copy and paste, reload, developer tools.
fn is_browsers(event: &KeyboardEvent, keys: Keys) -> bool {
    let key = event.key();
    if keys.ctrl {
        let ours = ["a", "d", "s", "y", "z"];
        let arrow = key.starts_with("Arrow");
        return !arrow && !ours.contains(&key.to_ascii_lowercase().as_str());
    }
    let function = key.len() > 1 && key.starts_with('F') && !(keys.shift && key == "F10");
    function
        || matches!(key.as_str(), "Tab" | "Shift" | "Control" | "Meta" | "Alt" | "PageUp")
        || key == "PageDown"
}

/// Copy, cut and paste belong to the diagram unless somebody is typing or reads selected text.
fn watch_clipboard(store: &Store) {
    for name in ["copy", "cut", "paste"] {
        let store = store.clone();
        dom::listen(&dom::document(), name, move |event: ClipboardEvent| {
            let active = dom::document().active_element();
            let ours = active.is_some_and(|it| it.closest("#stage").ok().flatten().is_some());
            if !ours || dom::is_typing(&event) {
                return;
            }
            event.prevent_default();
            match name {
                "copy" => store.send(Message::Copy),
                "cut" => store.send(Message::Cut),
                _ => {
                    let data = event.clipboard_data();
                    if let Some(text) = data.and_then(|data| data.get_data("text/plain").ok()) {
                        store.send(Message::Paste(text));
                    }
                }
            }
        });
    }
}

/// Parts from the palette land where they are dropped; files are opened.
fn watch_drops(store: &Store, region: &HtmlElement) {
    dom::listen(region, "dragover", |event: DragEvent| event.prevent_default());
    let (store, element) = (store.clone(), region.clone());
    dom::listen(region, "drop", move |event: DragEvent| {
        event.prevent_default();
        let Some(data) = event.data_transfer() else { return };
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            let store = store.clone();
            return files::read(file, move |_name, bytes| {
                store.send(Message::OpenFile(bytes));
                store.send(Message::Fit);
            });
        }
        let word = data.get_data("text/rivulet-part").unwrap_or_default();
        let at = at_of(&element, f64::from(event.client_x()), f64::from(event.client_y()));
        if let Some(part) = parts::all().into_iter().find(|part| part.word() == word) {
            store.send(part.place(Some(at), false));
        }
    });
}

/// Width and height of the stage in CSS pixels.
pub(crate) fn size() -> (f64, f64) {
    dom::document().get_element_by_id("stage").map_or((1.0, 1.0), |stage| {
        (f64::from(stage.client_width()).max(1.0), f64::from(stage.client_height()).max(1.0))
    })
}
