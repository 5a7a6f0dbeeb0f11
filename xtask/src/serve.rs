//! `cargo xtask serve`: from a bare machine to a page in the browser.

use crate::shell::run;
use crate::{Outcome, tools};

/// Installs what is missing, then builds, serves and rebuilds on change until stopped.
pub(crate) fn serve() -> Outcome {
    tools::for_page()?;
    println!("Building. The first time takes some minutes; http://127.0.0.1:8080/ answers then.");
    // Release, because the simulation is some twenty times slower without optimisation.
    run("trunk", &["serve", "--release", "--address", "127.0.0.1", "--port", "8080"])
}
