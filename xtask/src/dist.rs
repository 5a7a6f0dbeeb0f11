//! `cargo xtask dist`: the static site, ready for any web server.

use crate::shell::run;
use crate::{Outcome, tools};

/// Builds `dist/` from nothing but the sources.
pub(crate) fn dist() -> Outcome {
    tools::for_page()?;
    run("trunk", &["build", "--release"])
}
