//! The one place that holds the session. Panels send messages; after each, effects are run and
//! the next frame is asked for. The HUD reaches yew at most ten times a second while things run,
//! and at once after a person did something.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use scenario::Document;
use scene::{Picture, Theme};
use session::hud::Problem;
use session::{Effect, Hud, Message, Session};
use web_sys::{Event, MouseEvent};
use yew::Callback;
use yew::html::Scope;

use crate::app::{News, Page};
use crate::code;
use crate::dom;
use crate::effects;
use crate::examples::Example;
use crate::formats;
use crate::frame_loop::FrameLoop;
use crate::link::LinkBar;
use crate::local::Local;
use crate::stage::Canvases;
use crate::ui::{Dialog, Ui};

/// A cheap handle on everything that is not yew's.
#[derive(Clone)]
pub(crate) struct Store(Rc<Inner>);

pub(crate) struct Inner {
    session: RefCell<Session>,
    picture: RefCell<Picture>,
    hud: RefCell<Rc<Hud>>,
    link_to_page: RefCell<Option<Scope<Page>>>,
    pub(crate) canvases: RefCell<Option<Canvases>>,
    pub(crate) frames: FrameLoop,
    pub(crate) theme: Cell<Theme>,
    pub(crate) hud_due: Cell<bool>,
    /// Counts what was asked to be opened: the last one wins.
    pub(crate) turn: Cell<u32>,
    pub(crate) link: LinkBar,
    pub(crate) local: Local,
    pub(crate) editor: code::Slot,
    pub(crate) examples: RefCell<Rc<Vec<Example>>>,
    pub(crate) embedded: bool,
}

impl std::ops::Deref for Store {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Store {
    pub(crate) fn new(embedded: bool) -> Self {
        let mut session = Session::new();
        session.set_formats(formats::call);
        Self(Rc::new(Inner {
            session: RefCell::new(session),
            picture: RefCell::default(),
            hud: RefCell::default(),
            link_to_page: RefCell::new(None),
            canvases: RefCell::new(None),
            frames: FrameLoop::default(),
            theme: Cell::new(Theme::Light),
            hud_due: Cell::new(true),
            turn: Cell::new(0),
            link: LinkBar::default(),
            local: Local::open(embedded),
            editor: code::Slot::default(),
            examples: RefCell::default(),
            embedded,
        }))
    }

    /// Tells the store how to reach the page.
    pub(crate) fn attach(&self, link: Scope<Page>) {
        *self.link_to_page.borrow_mut() = Some(link);
    }

    /// Something a person did: panels show the result with the next frame.
    pub(crate) fn send(&self, message: Message) {
        self.hud_due.set(true);
        self.send_quietly(message);
    }

    /// Something that happens many times a second: panels follow ten times a second.
    pub(crate) fn send_quietly(&self, message: Message) {
        for effect in self.update(message) {
            effects::run(self, effect);
        }
    }

    /// Opens what the address names: until it is changed, neither draft nor address must follow.
    pub(crate) fn open_named(&self, message: Message) {
        self.hud_due.set(true);
        for effect in self.update(message) {
            if matches!(effect, Effect::Save) {
                continue;
            }
            effects::run(self, effect);
        }
    }

    fn update(&self, message: Message) -> Vec<Effect> {
        if matches!(message, Message::OpenFile(_) | Message::OpenLink(_) | Message::New) {
            self.local.part(self);
        }
        self.frames.wake();
        let mut session = self.session.borrow_mut();
        session.update(message);
        session.take_effects()
    }

    /// A click that sends a message.
    pub(crate) fn sends(&self, message: Message) -> Callback<MouseEvent> {
        self.does(move |store| store.send(message.clone()))
    }

    /// A click that changes the state of the page.
    pub(crate) fn changes(&self, change: fn(&mut Ui)) -> Callback<MouseEvent> {
        self.does(move |store| store.ui(change))
    }

    /// A click that opens a dialog.
    pub(crate) fn opens(&self, dialog: Dialog) -> Callback<MouseEvent> {
        self.does(move |store| {
            let dialog = dialog.clone();
            store.ui(move |ui| ui.dialog = Some(dialog));
        })
    }

    /// A click that closes the open dialog or menu and sends a message.
    pub(crate) fn closes(&self, message: Message) -> Callback<MouseEvent> {
        self.does(move |store| {
            store.ui(Ui::close);
            store.send(message.clone());
        })
    }

    /// A click.
    pub(crate) fn does(&self, run: impl Fn(&Self) + 'static) -> Callback<MouseEvent> {
        let store = self.clone();
        Callback::from(move |_event: MouseEvent| run(&store))
    }

    /// A form control that was given a value.
    pub(crate) fn takes(&self, take: impl Fn(&Self, String) + 'static) -> Callback<Event> {
        let store = self.clone();
        Callback::from(move |event: Event| take(&store, dom::value_of(&event)))
    }

    /// Changes the state of the page.
    pub(crate) fn ui(&self, change: impl FnOnce(&mut Ui) + 'static) {
        self.tell(News::Ui(Box::new(change)));
    }

    fn tell(&self, news: News) {
        let link = self.link_to_page.borrow().clone();
        if let Some(link) = link {
            link.send_message(news);
        }
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
        self.session.borrow().hurries()
    }

    /// Whether the picture stands still until the run is where it was sent.
    pub(crate) fn is_going(&self) -> bool {
        self.session.borrow().is_going()
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
        self.tell(News::Hud(next));
    }

    /// The document as it is.
    pub(crate) fn document(&self) -> Arc<Document> {
        self.session.borrow().document().clone()
    }

    /// The link to the document, without the address of the page.
    pub(crate) fn payload(&self) -> Rc<str> {
        self.session.borrow_mut().link()
    }

    /// The payload of a link to this moment: what was done to the run by hand comes again.
    pub(crate) fn payload_of_run(&self) -> Rc<str> {
        self.session.borrow_mut().run_link()
    }

    /// Everything that is wrong, worst first.
    pub(crate) fn problems(&self) -> Rc<Vec<Problem>> {
        self.session.borrow_mut().problems()
    }

    /// Looks into the session.
    pub(crate) fn with_session<T>(&self, look: impl FnOnce(&Session) -> T) -> T {
        look(&self.session.borrow())
    }
}
