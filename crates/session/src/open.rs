//! Opening documents: files, links, an empty canvas.

use std::sync::Arc;

use base::{Diagnostic, Place};
use scenario::Document;
use scenario::format::Loaded;

use crate::effect::Effect;
use crate::history::History;
use crate::session::Session;

impl Session {
    /// Replaces the document: a new run at its beginning, held, with an empty history.
    pub(crate) fn open(&mut self, document: Document, notices: Vec<Diagnostic>) {
        self.cancel_tool();
        for set in &document.data {
            self.data.add(Arc::clone(set));
        }
        self.document = Arc::new(document);
        self.notices = notices;
        self.called.clear();
        self.history = History::default();
        self.loose = None;
        self.panels.close();
        self.forget_code();
        self.hud.forget();
        self.voice.forget();
        self.view.other_time.clear();
        self.select_none();
        self.playback.pause();
        self.run.stop();
        self.check();
        if !self.has_errors() {
            self.run.start(&self.document, &self.data);
        }
        self.fit();
        self.effects.push(Effect::Save);
    }

    pub(crate) fn open_file(&mut self, bytes: &[u8]) {
        self.open_loaded(scenario::format::load(bytes));
    }

    /// Opens what could be read of a link; says what is wrong with the rest.
    pub(crate) fn open_link(&mut self, payload: &str) {
        match scenario::link::decode(payload) {
            Ok(loaded) => self.open_loaded(loaded),
            Err(error) => {
                let finding = Diagnostic {
                    code: error.code,
                    severity: base::Severity::Error,
                    place: Place::Document,
                    message: error.message,
                    help: error.help,
                };
                let mut loaded = error.partial.unwrap_or_default();
                loaded.diagnostics.insert(0, finding);
                self.open_loaded(loaded);
            }
        }
    }

    fn open_loaded(&mut self, loaded: Loaded) {
        let Loaded { document, diagnostics } = loaded;
        let words = diagnostics.first().map(crate::design::sentence);
        match document {
            Some(document) => {
                let title = document.title.clone();
                self.open(document, diagnostics);
                self.say(words.unwrap_or_else(|| format!("Opened {title}")));
            }
            None => {
                self.notices = diagnostics;
                self.say(words.unwrap_or_else(|| "This is not a scenario".to_owned()));
            }
        }
    }
}
