//! Puts the two halves of the page's module into `dist/` (see `split`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::data::Linked;
use crate::shell::run;
use crate::wasm::{self, title};
use crate::{Outcome, split, tools};

/// The functions a page starts with, written by `cargo xtask profile`.
pub(crate) const START: &str = "xtask/start.txt";
/// What Trunk calls the module of jq and Parquet, which is no part of the page's.
const LIBRARY: &str = "formats";
/// What the editor of queries is called (`www/editor/build.mjs`).
const EDITOR: &str = "editor";
/// What joins the halves in the page.
const GLUE: &str = include_str!("../../www/rest.js");
/// Two rounds, and no inlining: a function moves as a whole.
const OPTIMISE: [&str; 10] =
    ["-g", "-Oz", "-Oz", "--low-memory-unused", "-ocimfs", "0", "-aimfs", "0", "-fimfs", "0"];
/// Where the module that wasm-bindgen writes lists what the first half may import.
const IMPORTS: &str = "\"./app_bg.js\": import0,";

/// Makes the module that Trunk left in `folder` small and splits it. All file names get a mark of
/// the new content: a browser must never join halves of two builds.
pub(crate) fn divide(folder: &Path) -> Outcome {
    let stem = stem(folder)?;
    let (module, glue) = (format!("{stem}_bg.wasm"), format!("{stem}.js"));
    let whole = optimised(&folder.join(&module))?;
    let list = read_text(Path::new(START))?;
    let list: BTreeSet<&str> = list.lines().collect();
    let linked = Linked::read(&read(&linked_module())?)?;
    let halves = split::split(&whole, &linked, |name| is_listed(&list, &title(name)))?;
    let script = read_text(&folder.join(&glue))?;
    if script.matches(IMPORTS).count() != 1 {
        return Err(format!("wasm-bindgen does not write `{IMPORTS}` any more: see {START}"));
    }
    let marks = [script.as_bytes(), GLUE.as_bytes(), &halves.first, &halves.rest];
    let new = format!("app-{:016x}", mark(&marks));
    let rest = format!("{new}_rest.wasm");
    let mut script = script.replace(IMPORTS, &format!("{IMPORTS} rest,"));
    for (long, short) in &halves.imports {
        let (long, short) = (format!(" {long}: function"), format!(" {short}: function"));
        if script.matches(&long).count() != 1 {
            return Err(format!("wasm-bindgen does not write `{long}` as it did: see {START}"));
        }
        script = script.replace(&long, &short);
    }
    let script = script + &GLUE.replace("REST_FILE", &rest);
    let page = read_text(&folder.join("index.html"))?.replace(&stem, &new);
    for old in [module, glue] {
        remove(&folder.join(old))?;
    }
    write(&folder.join(format!("{new}_bg.wasm")), &halves.first)?;
    write(&folder.join(rest), &halves.rest)?;
    write(&folder.join(format!("{new}.js")), script.as_bytes())?;
    write(&folder.join("index.html"), page.as_bytes())
}

/// Makes the module of jq and Parquet small, and gives its files a name with a mark of the content.
pub(crate) fn name_library(folder: &Path) -> Outcome {
    let (module, glue) = (folder.join(format!("{LIBRARY}_bg.wasm")), format!("{LIBRARY}.js"));
    let old = module.display().to_string();
    run("wasm-opt", &["-Oz", &old, "-o", &old])?;
    let (bytes, script) = (read(&module)?, read_text(&folder.join(&glue))?);
    let new = format!("{:016x}_{LIBRARY}", mark(&[&bytes, script.as_bytes()]));
    let loaded = format!("{LIBRARY}_bg.wasm");
    if !script.contains(&format!("new URL('{loaded}', import.meta.url)")) {
        return Err(format!("wasm-bindgen does not name `{loaded}` as it did"));
    }
    rename_in_page(folder, &glue, &format!("{new}.js"))?;
    write(&folder.join(format!("{new}.wasm")), &bytes)?;
    let script = script.replace(&loaded, &format!("{new}.wasm"));
    write(&folder.join(format!("{new}.js")), script.as_bytes())?;
    remove(&module)?;
    remove(&folder.join(glue))
}

/// Gives the editor of queries a name with a mark of the content.
pub(crate) fn name_editor(folder: &Path) -> Outcome {
    let old = format!("{EDITOR}.js");
    let bytes = read(&folder.join(&old))?;
    let new = format!("{:016x}_{EDITOR}.js", mark(&[&bytes]));
    rename_in_page(folder, &old, &new)?;
    write(&folder.join(new), &bytes)?;
    remove(&folder.join(old))
}

/// Lets the page name another file in place of one.
fn rename_in_page(folder: &Path, old: &str, new: &str) -> Outcome {
    let page = read_text(&folder.join("index.html"))?;
    let (named, marked) = (format!("./{old}\""), format!("./{new}\""));
    if page.matches(&named).count() != 1 {
        return Err(format!("index.html does not name `{old}` once"));
    }
    write(&folder.join("index.html"), page.replace(&named, &marked).as_bytes())
}

/// The files of jq and Parquet in a finished `dist/`, without their endings.
pub(crate) fn library(folder: &Path) -> Result<String, String> {
    let ending = format!("_{LIBRARY}.wasm");
    let found = names(folder)?.into_iter().find(|name| name.ends_with(&ending));
    let name = found.ok_or_else(|| format!("{} has no {ending}", folder.display()))?;
    Ok(folder.join(name.trim_end_matches(".wasm")).display().to_string())
}

/// The module after wasm-opt, with names.
pub(crate) fn optimised(path: &Path) -> Result<Vec<u8>, String> {
    let plain = wasm::with_names_only(&read(path)?)?;
    write(path, &plain)?;
    let name = path.display().to_string();
    run("wasm-opt", &[&OPTIMISE[..], &[&name, "-o", &name]].concat())?;
    read(path)
}

/// What the linker wrote, before wasm-bindgen.
fn linked_module() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    Path::new(&target).join(tools::WASM).join("release").join("app.wasm")
}

/// What Trunk called the module, without `_bg.wasm`.
pub(crate) fn stem(folder: &Path) -> Result<String, String> {
    let names = names(folder)?;
    let stems = names.iter().filter_map(|name| name.strip_suffix("_bg.wasm"));
    let stem = stems.into_iter().find(|stem| *stem != LIBRARY);
    stem.map(str::to_owned).ok_or_else(|| format!("Trunk left no module in {}", folder.display()))
}

/// What lies in a folder.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    entries.map(|it| Ok(it.map_err(unreadable)?.file_name().display().to_string())).collect()
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

fn remove(path: &Path) -> Outcome {
    fs::remove_file(path).map_err(|error| format!("cannot remove {}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
