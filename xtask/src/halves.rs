//! Puts the two halves of the page's module into `dist/` (see `split`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{Outcome, split};

/// The functions a page starts with, written by `cargo xtask profile`.
pub(crate) const START: &str = "xtask/start.txt";
/// What joins the halves in the page.
const GLUE: &str = include_str!("../../www/rest.js");
/// Where the module that wasm-bindgen writes lists what the first half may import.
const IMPORTS: &str = "\"./app_bg.js\": import0,";

/// Splits the module that Trunk left in `folder`. All file names get a mark of the new content: a
/// browser must never join halves of two builds.
pub(crate) fn divide(folder: &Path) -> Outcome {
    let stem = stem(folder)?;
    let (module, glue) = (format!("{stem}_bg.wasm"), format!("{stem}.js"));
    let list = read_text(Path::new(START))?;
    let list: BTreeSet<&str> = list.lines().collect();
    let halves = split::split(&read(&folder.join(&module))?, |name| is_listed(&list, name))?;
    let script = read_text(&folder.join(&glue))?;
    if script.matches(IMPORTS).count() != 1 {
        return Err(format!("wasm-bindgen does not write `{IMPORTS}` any more: see {START}"));
    }
    let marks = [script.as_bytes(), GLUE.as_bytes(), &halves.first, &halves.rest];
    let new = format!("app-{:016x}", mark(&marks));
    let rest = format!("{new}_rest.wasm");
    let script = script.replace(IMPORTS, &format!("{IMPORTS} rest,"));
    let script = script + &GLUE.replace("REST_FILE", &rest);
    let page = read_text(&folder.join("index.html"))?.replace(&stem, &new);
    for old in [module, glue] {
        let path = folder.join(old);
        fs::remove_file(&path).map_err(|error| format!("cannot remove {path:?}: {error}"))?;
    }
    write(&folder.join(format!("{new}_bg.wasm")), &halves.first)?;
    write(&folder.join(rest), &halves.rest)?;
    write(&folder.join(format!("{new}.js")), script.as_bytes())?;
    write(&folder.join("index.html"), page.as_bytes())
}

/// What Trunk called the module, without `_bg.wasm`.
pub(crate) fn stem(folder: &Path) -> Result<String, String> {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if let Some(stem) = name.to_str().and_then(|name| name.strip_suffix("_bg.wasm")) {
            return Ok(stem.to_owned());
        }
    }
    Err(format!("Trunk left no module in {}", folder.display()))
}

/// Whether the list names a function, or all of its module. What tools made has no name and stays.
fn is_listed(list: &BTreeSet<&str>, name: &str) -> bool {
    let all = || group(name).is_some_and(|group| list.contains(&*format!("{group}::*")));
    name.is_empty() || list.contains(name) || all()
}

/// The Rust module a function is in: `scene::lanes` of `<scene::lanes::Lane as Paint>::paint`.
pub(crate) fn group(name: &str) -> Option<&str> {
    let path = name.trim_start_matches(['<', '&']);
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let (mut end, mut at) = (0, 0);
    while let Some(next) = path[at..].find("::") {
        let segment = &path[at..at + next];
        if segment.is_empty() || !segment.chars().all(lower) {
            break;
        }
        end = at + next;
        at = end + 2;
    }
    (end > 0).then(|| &path[..end])
}

/// FNV-1a of 64 bits: names, not secrets.
pub(crate) fn mark(parts: &[&[u8]]) -> u64 {
    let bytes = parts.iter().copied().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |mark, &byte| {
        (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
