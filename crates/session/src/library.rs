//! The libraries for jq, Parquet and compression: a scenario that needs them begins once the host
//! has fetched them, as one that replays a data set waits for its data.

use base::{Diagnostic, Place};
use engine::{Formats, formats};

use crate::effect::Effect;
use crate::hud::Libraries;
use crate::session::Session;

/// The code of the finding that holds the run while they are not here.
pub(crate) const WAITS: &str = "SES-002";

/// The libraries, and whether they answer.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) formats: Formats,
    state: State,
}

/// How far they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing needed them yet.
    #[default]
    Unused,
    /// On their way.
    Coming,
    /// They answer.
    Here,
    /// They could not be fetched.
    Missing,
}

impl Session {
    /// What answers for the libraries once the host says that they are here: `formats::call`, or
    /// what calls it elsewhere.
    pub fn set_formats(&mut self, call: fn(&[u8]) -> Vec<u8>) {
        self.library.formats = Formats::new(call);
        self.run.set_formats(self.library.formats);
    }

    /// One ZIP archive of many files.
    ///
    /// # Errors
    /// Why not, in words: the libraries are not here.
    pub fn zip(&self, files: &[(&str, &[u8])]) -> Result<Vec<u8>, String> {
        self.library.formats.zip(files).map_err(|failure| failure.message)
    }

    /// Asks the host for the libraries, unless they are here or on their way.
    #[inline(never)]
    pub(crate) fn want_library(&mut self) {
        if matches!(self.library.state, State::Unused | State::Missing) {
            self.library.state = State::Coming;
            self.effects.push(Effect::LoadFormats);
        }
    }

    /// Where the libraries are.
    pub(crate) fn libraries(&self) -> Libraries {
        match self.library.state {
            State::Unused | State::Here => Libraries::Ready,
            State::Coming => Libraries::Coming,
            State::Missing => Libraries::Missing,
        }
    }

    /// Whether the libraries are on their way.
    pub(crate) fn awaits_library(&self) -> bool {
        self.library.state == State::Coming
    }

    /// What they say about the document, or that it has to wait for them.
    #[inline(never)]
    pub(crate) fn check_library(&mut self) {
        if self.library.state == State::Unused {
            self.want_library();
        }
        let (message, help) = match self.library.state {
            State::Here => {
                let findings = formats::check(&self.document, self.library.formats);
                return self.problems.extend(findings);
            }
            State::Unused | State::Coming => (
                "What runs jq and writes Parquet, ZIP and Snappy is being fetched",
                "The run begins as soon as it is here",
            ),
            State::Missing => (
                "What runs jq and writes Parquet, ZIP and Snappy could not be fetched",
                "Look after the connection and press play: it is tried again then",
            ),
        };
        self.problems.push(Diagnostic::error(WAITS, Place::Document, message, help));
    }

    /// The host has fetched the libraries, or could not.
    #[inline(never)]
    pub(crate) fn library_came(&mut self, is_here: bool) {
        self.library.state = if is_here { State::Here } else { State::Missing };
        self.hud.forget();
        if self.document.needs_formats() {
            self.settle_run();
        }
    }

    /// Tries once more to get what could not be fetched.
    #[inline(never)]
    pub(crate) fn fetch_library_again(&mut self) {
        self.want_library();
        self.check();
    }

    /// Play was pressed: what is missing may be had by now.
    #[inline(never)]
    pub(crate) fn try_library_again(&mut self) {
        if self.library.state == State::Missing && self.document.needs_formats() {
            self.fetch_library_again();
        }
    }
}
