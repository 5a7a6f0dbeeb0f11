//! `cargo xtask dist`: the static site, ready for any web server.

use std::path::Path;

use crate::shell::{command, run_command};
use crate::{Outcome, halves, tools};

/// Builds `dist/` from nothing but the sources.
pub(crate) fn dist() -> Outcome {
    tools::for_page()?;
    let mut trunk = command("trunk", &["build", "--release"]);
    // A table inside the library for Parquet is seeded when it is compiled: always alike, so that
    // the same sources are the same bytes.
    trunk.env("CONST_RANDOM_SEED", "rivulet");
    run_command(trunk)?;
    halves::divide(Path::new("dist"))?;
    halves::name_library(Path::new("dist"))?;
    halves::name_editor(Path::new("dist"))
}
