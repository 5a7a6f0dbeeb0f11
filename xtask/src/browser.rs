//! The browser for the end-to-end tests: the one that is there, or the one apt has.

use std::path::Path;

use crate::shell::{answer, command, run, run_keeping};
use crate::{Outcome, tools};

/// Programs that are Chromium, by the names the systems give it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where systems keep it that do not put it on `PATH`.
const PLACES: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

/// Runs the end-to-end cases over `dist/`; the runner's closing line goes to `kept`.
pub(crate) fn end_to_end(kept: &mut Vec<String>) -> Outcome {
    tools::npm_packages()?;
    let browser = find_or_install()?;
    let mut runner = command("node", &["tests/browser/run.mjs"]);
    runner.env("CHROMIUM", browser);
    run_keeping(runner, |line| line.contains(" passed, "), kept)
}

/// The path of a Chromium.
pub(crate) fn find_or_install() -> Result<String, String> {
    find().map_or_else(install, Ok)
}

fn find() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let on_path = NAMES.iter().filter(|name| answer(name, &["--version"]).is_some());
    let placed = PLACES.iter().filter(|place| Path::new(place).is_file());
    named.or_else(|| on_path.chain(placed).next().map(|&name| full_path(name)))
}

/// Playwright wants a path, not a name.
fn full_path(name: &str) -> String {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join(name));
    candidates
        .find(|path| path.is_file())
        .map_or(name.to_owned(), |path| path.display().to_string())
}

fn install() -> Result<String, String> {
    const BY_HAND: &str = "The end-to-end tests need Chromium. Install it so that `chromium` is on \
        PATH (Debian: `apt-get install chromium`; Fedora: `dnf install chromium`; elsewhere Google \
        Chrome), or set CHROMIUM to the path of the program.";
    let root = answer("id", &["-u"]).is_some_and(|id| id == "0");
    if !root || answer("apt-get", &["--version"]).is_none() {
        return Err(BY_HAND.to_owned());
    }
    println!("Installing Chromium with apt-get (some 300 MB).");
    run("apt-get", &["update"])?;
    run("apt-get", &["install", "--yes", "--no-install-recommends", "chromium"])?;
    find().ok_or_else(|| BY_HAND.to_owned())
}
