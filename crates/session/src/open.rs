//! Opening documents and loading data sets.

use std::sync::Arc;

use base::units::bytes_text;
use base::{Diagnostic, Place, limits};
use scenario::format::Loaded;
use scenario::{DataSet, DataSets, Document};

use crate::effect::Effect;
use crate::history::History;
use crate::session::Session;
use crate::tool::Tool;

impl Session {
    /// Replaces the document: a new run at its beginning, held, with an empty history.
    pub(crate) fn open(&mut self, document: Document, notices: Vec<Diagnostic>) {
        for set in &document.data {
            self.data.add(Arc::clone(set));
        }
        self.document = Arc::new(document);
        self.notices = notices;
        self.history = History::default();
        self.tool = Tool::Idle;
        self.loose = None;
        self.panels.close();
        self.hud.forget();
        self.voice.forget();
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

    /// Asks the host for built-in data sets the document names.
    pub(crate) fn fetch_missing(&mut self) {
        for name in missing_builtin(&self.document, &self.data) {
            if !self.fetched.contains(&name) {
                self.fetched.push(name.clone());
                self.effects.push(Effect::FetchData(name));
            }
        }
    }

    /// Checks a data set and takes it. A small one of the person's own travels inside the
    /// document.
    pub(crate) fn add_data(&mut self, name: &str, bytes: &[u8]) {
        self.notices.clear();
        let is_builtin = DataSets::builtin_names().contains(&name);
        if bytes.is_empty() && is_builtin {
            self.fetched.retain(|fetched| fetched != name);
        }
        let set = match DataSet::parse(name, bytes) {
            Ok((set, warnings)) => {
                self.notices.extend(warnings);
                Arc::new(set)
            }
            Err(findings) => {
                let count = findings.len();
                self.notices.extend(findings);
                let words = self.notices.first().map(crate::design::sentence).unwrap_or_default();
                return self.say(format!("{name}: {words} ({count} findings)"));
            }
        };
        let is_replaced = self.data.by_name.contains_key(name);
        self.data.add(Arc::clone(&set));
        self.run.set_data(&self.data);
        self.hud.forget();
        if !is_builtin {
            self.say(format!("{name}: {} rows, {} columns", set.rows(), set.columns.len()));
            self.keep_own(set);
        }
        self.check();
        if self.has_errors() {
            return;
        }
        if is_replaced {
            self.run.start(&self.document, &self.data);
        } else {
            self.run.take(&self.document, &self.data);
        }
    }

    fn keep_own(&mut self, set: Arc<DataSet>) {
        let chars = set.text.chars().count();
        if chars > limits::DATA_INLINE_CHARS_MAX as usize {
            self.notices.push(Diagnostic::warning(
                "SES-001",
                Place::Document,
                format!("`{}` stays in this browser and does not travel in links", set.name),
                format!(
                    "Data up to {} is carried inside the scenario; send larger files along with \
                     it",
                    bytes_text(u64::from(limits::DATA_INLINE_CHARS_MAX))
                ),
            ));
            return;
        }
        if self.is_view_only {
            return;
        }
        let mut next = Document::clone(&self.document);
        let label = format!("add data {}", set.name);
        match next.data.binary_search_by(|other| other.name.cmp(&set.name)) {
            Ok(at) => next.data[at] = set,
            Err(at) => next.data.insert(at, set),
        }
        self.commit(Arc::new(next), label, None);
    }
}

/// Built-in data sets that a producer replays and nobody has fetched yet.
fn missing_builtin(document: &Document, data: &DataSets) -> Vec<String> {
    let mut missing = Vec::new();
    for node in &document.nodes {
        let scenario::Config::Producer(config) = &node.config else { continue };
        let is_wanted = config.source == scenario::kind::Source::Data
            && DataSets::builtin_names().contains(&config.data.as_str())
            && !data.by_name.contains_key(&config.data)
            && !missing.contains(&config.data);
        if is_wanted {
            missing.push(config.data.clone());
        }
    }
    missing
}
