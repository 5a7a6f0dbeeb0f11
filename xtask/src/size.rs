//! `cargo xtask size`: what a visitor downloads, against what we promised (`docs/budgets.md`).
//!
//! Gzip at level 9 through Node, which is there anyway; one KB is 1,000 bytes.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::shell::answer;

/// What a page needs to be there, and to run the first kinds.
const FIRST_GZIP_BYTES_MAX: u64 = 354_000;
/// With the half that follows in the background: it may grow with every kind, but not unseen.
const WASM_GZIP_BYTES_MAX: u64 = 1_600_000;
/// jq, Parquet, ZIP and Snappy: fetched when a scenario or an opened object needs them.
const LIBRARY_GZIP_BYTES_MAX: u64 = 700_000;
/// `CodeMirror`: fetched when an editor of queries is opened.
const EDITOR_GZIP_BYTES_MAX: u64 = 140_000;
const TEXT_GZIP_BYTES_MAX: u64 = 60_000;

/// Folders with content a visitor asks for by name; they are not part of the first download.
const ON_DEMAND: [&str; 2] = ["data", "examples"];

const MEASURE: &str = "
for (const name of process.argv.slice(1)) {
  const bytes = require('node:fs').readFileSync(name);
  console.log(bytes.length, require('node:zlib').gzipSync(bytes, { level: 9 }).length);
}";

/// What `halves::name_editor` leaves.
const EDITOR: &str = "_editor.js";

/// One budget: some endings, one limit.
struct Budget {
    title: &'static str,
    endings: &'static [&'static str],
    /// Files with such an ending have a budget of their own.
    except: &'static [&'static str],
    gzip_bytes_max: u64,
}

const BUDGETS: [Budget; 5] = [
    Budget {
        title: "WebAssembly, first half",
        endings: &["_bg.wasm"],
        except: &[],
        gzip_bytes_max: FIRST_GZIP_BYTES_MAX,
    },
    Budget {
        title: "WebAssembly, both halves",
        endings: &["_bg.wasm", "_rest.wasm"],
        except: &[],
        gzip_bytes_max: WASM_GZIP_BYTES_MAX,
    },
    Budget {
        title: "WebAssembly on demand: jq and Parquet",
        endings: &["_formats.wasm"],
        except: &[],
        gzip_bytes_max: LIBRARY_GZIP_BYTES_MAX,
    },
    Budget {
        title: "JavaScript on demand: the editor of queries",
        endings: &[EDITOR],
        except: &[],
        gzip_bytes_max: EDITOR_GZIP_BYTES_MAX,
    },
    Budget {
        title: "JS + CSS + HTML",
        endings: &[".css", ".html", ".js", ".mjs"],
        except: &[EDITOR],
        gzip_bytes_max: TEXT_GZIP_BYTES_MAX,
    },
];

/// Prints every file and fails when a budget is exceeded.
pub(crate) fn size() -> Outcome {
    let mut names = Vec::new();
    collect(Path::new("dist"), &mut names)?;
    names.sort();
    println!("{:>10} {:>10}  file", "raw", "gzip");
    let exceeded: Vec<String> =
        BUDGETS.iter().map(|budget| hold(budget, &names)).collect::<Result<Vec<_>, _>>()?.concat();
    if exceeded.is_empty() { Ok(()) } else { Err(exceeded.join("\n")) }
}

/// Prints the files of one budget and their sum; returns a sentence when it is too much.
fn hold(budget: &Budget, names: &[String]) -> Result<Vec<String>, String> {
    let ours: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| has_one(name, budget.endings) && !has_one(name, budget.except))
        .collect();
    if ours.is_empty() {
        return Err(format!("dist/ has no {} file: run `cargo xtask dist` first", budget.title));
    }
    let (mut raw, mut gzip) = (0, 0);
    for (name, (file_raw, file_gzip)) in ours.iter().zip(measure(&ours)?) {
        println!("{file_raw:>10} {file_gzip:>10}  {name}");
        raw += file_raw;
        gzip += file_gzip;
    }
    let (title, limit) = (budget.title, budget.gzip_bytes_max);
    println!("{raw:>10} {gzip:>10}  {title}: {} % of {limit} bytes gzip", gzip * 100 / limit);
    if gzip <= limit {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{title}: {gzip} bytes gzip exceed the budget of {limit}")])
}

fn has_one(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

fn measure(names: &[&str]) -> Result<Vec<(u64, u64)>, String> {
    let args: Vec<&str> = ["-e", MEASURE].iter().chain(names).copied().collect();
    let text = answer("node", &args).ok_or("Node could not measure dist/")?;
    text.lines()
        .map(|line| {
            let (raw, gzip) = line.split_once(' ')?;
            Some((raw.parse().ok()?, gzip.parse().ok()?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| format!("Node measured dist/ in a way we cannot read:\n{text}"))
}

fn collect(folder: &Path, names: &mut Vec<String>) -> Outcome {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !path.is_dir() {
            names.push(path.display().to_string());
        } else if !ON_DEMAND.iter().any(|skipped| path.ends_with(skipped)) {
            collect(&path, names)?;
        }
    }
    Ok(())
}
