//! The object that is open: what it is, how it can be shown, and the page of it that is.
//!
//! Nothing here reads more than a window of an object, and a page of that at a time: opening a
//! large one holds up no frame.

mod check;
mod content;
mod rows;
mod shape;

pub(super) use self::rows::of_objects;

use std::rc::Rc;

use base::NodeId;
use base::units::{bytes_text, grouped};
use engine::Formats;
use engine::{Object, Purpose};

use super::listing::seal_word;
use crate::clock;
use crate::hud::{Form, Libraries, ObjectView};
use crate::session::Session;
use crate::why::plural;
use content::Content;
use shape::Start;

/// An object, the way it is shown, and where its pages begin as far as somebody turned them.
#[derive(Debug)]
pub(crate) struct Open {
    of: (NodeId, u32),
    content: Content,
    /// Whether only the libraries can open it.
    needs_library: bool,
    starts: Vec<Start>,
    view: Rc<ObjectView>,
}

/// Reads the open object once.
pub(super) fn prepare(session: &mut Session) {
    let Some(of) = session.panels.object else {
        session.hud.object = None;
        return;
    };
    if session.hud.object.as_ref().is_none_or(|open| open.of != of) {
        read(session, of);
    }
    let libraries = session.libraries();
    if let Some(open) = &mut session.hud.object {
        open.waits(libraries);
    }
}

/// Opens it as far as it is shown.
fn read(session: &mut Session, of: (NodeId, u32)) {
    let epoch = session.document.epoch_millis;
    let object = session.run.object(of.0, of.1);
    let needs_library = object.is_some_and(content::needs_library);
    let formats = session.library.formats;
    session.hud.object = object.map(|object| Open::new(of, object, formats, epoch));
    if let Some(open) = &mut session.hud.object {
        open.needs_library = needs_library;
    }
    // Who could not be fetched is fetched again when somebody asks: it would go on for ever.
    if needs_library && session.libraries() == Libraries::Ready {
        session.want_library();
    }
}

pub(super) fn view(session: &Session) -> Option<Rc<ObjectView>> {
    session.hud.object.as_ref().map(|open| Rc::clone(&open.view))
}

impl Open {
    #[inline(never)]
    fn new(of: (NodeId, u32), object: &Object, formats: Formats, epoch_millis: u64) -> Self {
        let content = Content::of(object, formats);
        let raw = if object.raw_bytes == object.stored_bytes {
            String::new()
        } else {
            format!(", made of {}", bytes_text(object.raw_bytes))
        };
        let facts = format!(
            "{}{raw}, {} at {}",
            bytes_text(object.stored_bytes),
            origin(object),
            clock::moment(epoch_millis, object.sealed_at),
        );
        let forms = content.forms();
        let view = ObjectView {
            node: of.0,
            key: (&*object.key).into(),
            facts: facts.into(),
            format: content.format(),
            encoding: content.encoding.as_str().into(),
            check: check::check(&content, object),
            form: forms.first().copied().unwrap_or_default(),
            forms,
            note: content.note.as_str().into(),
            ..ObjectView::default()
        };
        let mut open =
            Self { of, content, needs_library: false, starts: Vec::new(), view: Rc::new(view) };
        open.show(open.view.form);
        open
    }

    /// Tells where the libraries are, if they are needed.
    fn waits(&mut self, libraries: Libraries) {
        let libraries = if self.needs_library { libraries } else { Libraries::Ready };
        if self.view.libraries != libraries {
            Rc::make_mut(&mut self.view).libraries = libraries;
        }
    }

    fn show(&mut self, form: Form) {
        self.starts = vec![Start::default()];
        Rc::make_mut(&mut self.view).form = form;
        self.turn(0);
    }

    /// A page is known once the one before it was read.
    fn turn(&mut self, page: u32) {
        let Some(start) = self.starts.get(page as usize).copied() else { return };
        let view = Rc::make_mut(&mut self.view);
        let (body, next) = shape::page(&self.content, view.form, start);
        let is_last = page as usize + 1 == self.starts.len();
        self.starts.extend(next.filter(|_| is_last));
        view.turns = (page.checked_sub(1), next.map(|_| page + 1));
        let is_counted = !matches!(view.form, Form::Text | Form::Schema);
        view.range = match next {
            Some(next) if is_counted => {
                format!("{}–{}", grouped(start.row + 1), grouped(next.row)).into()
            }
            _ if page > 0 || next.is_some() => format!("page {}", page + 1).into(),
            _ => "".into(),
        };
        view.body = body;
    }
}

/// Why there is such an object.
fn origin(object: &Object) -> String {
    let records = plural(object.records, "record", "records");
    match object.purpose {
        Purpose::Records => format!("{records}, sealed by {}", seal_word(object.reason)),
        Purpose::Failed if object.records == 0 => "an error report, written".to_owned(),
        Purpose::Failed => format!("{records} that failed, written"),
        Purpose::Manifest => "a list of objects for COPY, written".to_owned(),
        Purpose::Placed => "there from the beginning, written".to_owned(),
    }
}

impl Session {
    /// Shows the open object another way, from its beginning.
    #[inline(never)]
    pub(crate) fn show_object_as(&mut self, form: Form) {
        if let Some(open) = &mut self.hud.object
            && open.view.forms.contains(&form)
        {
            open.show(form);
        }
    }

    /// Turns to a page of the open object.
    #[inline(never)]
    pub(crate) fn turn_object(&mut self, page: u32) {
        if let Some(open) = &mut self.hud.object {
            open.turn(page);
        }
    }
}
