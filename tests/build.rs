//! Lists the golden scenarios for the parity test: under WebAssembly there are no files, so they
//! are compiled in.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let scenarios = Path::new(&here).join("scenarios");
    let entries = fs::read_dir(&scenarios).expect("tests/scenarios");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("tests/scenarios").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut list = "const GOLDENS: &[(&str, &[u8], &str)] = &[\n".to_owned();
    for name in names {
        let folder = scenarios.join(&name);
        let (scenario, expected) = (folder.join("scenario.json"), folder.join("expected.txt"));
        if expected.is_file() {
            let files = format!("include_bytes!({scenario:?}), include_str!({expected:?})");
            list.push_str(&format!("({name:?}, {files}),\n"));
        }
    }
    list.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("goldens.rs"), list).expect("the output folder is writable");
}
