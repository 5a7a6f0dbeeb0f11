//! The one place that holds the session. Panels send messages; after each, effects are run and
//! the next frame is asked for. The HUD reaches yew at most ten times a second while things run,
//! and at once after a person did something.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use base::Time;
use scenario::Document;
use scene::{Picture, Theme};
use session::{Hud, Message, Session};
use yew::Callback;

use crate::effects;
use crate::examples::Example;
use crate::frame_loop::FrameLoop;
use crate::link::LinkBar;
use crate::local::Local;
use crate::stage::Canvases;
use crate::ui::{Change, Ui};

/// A cheap handle on everything that is not yew's.
#[derive(Clone)]
pub(crate) struct Store(Rc<Inner>);

pub(crate) struct Inner {
    session: RefCell<Session>,
    picture: RefCell<Picture>,
    hud: RefCell<Rc<Hud>>,
    show_hud: RefCell<Callback<Rc<Hud>>>,
    change_ui: RefCell<Callback<Change>>,
    pub(crate) canvases: RefCell<Option<Canvases>>,
    pub(crate) frames: FrameLoop,
    pub(crate) theme: Cell<Theme>,
    pub(crate) hud_due: Cell<bool>,
    /// A moment the run hurries to: until then frames may take longer.
    hurry: Cell<Option<Time>>,
    pub(crate) link: LinkBar,
    pub(crate) local: Local,
    pub(crate) examples: RefCell<Rc<Vec<Example>>>,
    pub(crate) embedded: bool,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Store {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Store {
    pub(crate) fn new(embedded: bool) -> Self {
        Self(Rc::new(Inner {
            session: RefCell::new(Session::new()),
            picture: RefCell::default(),
            hud: RefCell::default(),
            show_hud: RefCell::new(Callback::noop()),
            change_ui: RefCell::new(Callback::noop()),
            canvases: RefCell::new(None),
            frames: FrameLoop::default(),
            theme: Cell::new(Theme::Light),
            hud_due: Cell::new(true),
            hurry: Cell::new(None),
            link: LinkBar::default(),
            local: Local::open(embedded),
            examples: RefCell::default(),
            embedded,
        }))
    }

    /// Tells the store how to reach yew.
    pub(crate) fn attach(&self, show_hud: Callback<Rc<Hud>>, change_ui: Callback<Change>) {
        *self.show_hud.borrow_mut() = show_hud;
        *self.change_ui.borrow_mut() = change_ui;
    }

    /// Something a person did: panels show the result with the next frame.
    pub(crate) fn send(&self, message: Message) {
        self.hud_due.set(true);
        self.send_quietly(message);
    }

    /// Something that happens many times a second: panels follow ten times a second.
    pub(crate) fn send_quietly(&self, message: Message) {
        if let Message::RunTo(at) = message {
            self.hurry.set(Some(at));
        }
        let effects = {
            let mut session = self.session.borrow_mut();
            session.update(message);
            session.take_effects()
        };
        for effect in effects {
            effects::run(self, effect);
        }
        self.frames.wake();
    }

    /// A callback that sends the same message each time.
    pub(crate) fn sends<E>(&self, message: Message) -> Callback<E> {
        let store = self.clone();
        Callback::from(move |_event: E| store.send(message.clone()))
    }

    /// Changes the state of the page.
    pub(crate) fn ui(&self, change: impl FnOnce(&mut Ui) + 'static) {
        let callback = self.change_ui.borrow().clone();
        callback.emit(Change(Box::new(change)));
    }

    /// A callback that changes the state of the page.
    pub(crate) fn changes<E>(&self, change: impl Fn(&mut Ui) + Clone + 'static) -> Callback<E> {
        let store = self.clone();
        Callback::from(move |_event: E| store.ui(change.clone()))
    }

    /// The newest HUD.
    pub(crate) fn hud(&self) -> Rc<Hud> {
        self.hud.borrow().clone()
    }

    /// Advances the session; whether it has nothing to do until the next message.
    pub(crate) fn tick(&self, elapsed_micros: u64, events_max: u32) -> bool {
        let (effects, idle) = {
            let mut session = self.session.borrow_mut();
            session.tick(elapsed_micros, events_max);
            (session.take_effects(), session.is_idle())
        };
        for effect in effects {
            effects::run(self, effect);
        }
        idle
    }

    /// Whether the run is on its way to a moment.
    pub(crate) fn hurries(&self) -> bool {
        let now = self.session.borrow().snapshot().now;
        self.hurry.set(self.hurry.get().filter(|at| *at > now));
        self.hurry.get().is_some()
    }

    /// Paints the frame.
    pub(crate) fn draw(&self) {
        if let Some(canvases) = self.canvases.borrow_mut().as_mut() {
            let mut picture = self.picture.borrow_mut();
            self.session.borrow_mut().draw(canvases.text(), &mut picture);
            canvases.show(&picture, self.theme.get());
        }
    }

    /// Gives panels a new HUD when it differs.
    pub(crate) fn refresh_hud(&self) {
        let next = self.session.borrow_mut().hud();
        if Rc::ptr_eq(&self.hud.borrow(), &next) {
            return;
        }
        *self.hud.borrow_mut() = next.clone();
        let show = self.show_hud.borrow().clone();
        show.emit(next);
    }

    /// The document as it is.
    pub(crate) fn document(&self) -> Arc<Document> {
        self.session.borrow().document().clone()
    }
}
