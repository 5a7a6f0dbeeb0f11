//! `cargo xtask dist`: the static site, ready for any web server.

use std::path::Path;

use crate::shell::run;
use crate::{Outcome, halves, tools};

/// Builds `dist/` from nothing but the sources.
pub(crate) fn dist() -> Outcome {
    tools::for_page()?;
    run("trunk", &["build", "--release"])?;
    halves::divide(Path::new("dist"))
}
