//! What goes to standard output and standard error.
//!
//! Whoever reads may stop reading, as `head` does: then nobody waits for more, and that is no
//! fault. A disk that is full is told.

use std::io::{self, ErrorKind, Write as _};

use crate::Stop;

/// Whether anybody reads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Somebody may.
    There,
    /// The pipe is closed.
    Gone,
}

/// Writes a line, or several, to standard output at once.
pub(crate) fn say(text: &str) -> Result<Reader, Stop> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Stop::Input(format!("cannot write to standard output: {error}"))),
    }
}

/// Writes a line, or several, to standard error. Who cannot be told there cannot be told at all.
pub(crate) fn complain(text: &str) {
    writeln!(io::stderr(), "{text}").unwrap_or_default();
}
