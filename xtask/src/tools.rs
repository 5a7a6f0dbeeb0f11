//! What has to be on the machine, in which version, and how it gets there.
//!
//! Every check is cheap and comes first; an installation says what it fetches and how long that
//! takes. A tool of another version is left alone: ours then goes into `.tools/`.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::shell::{self, answer, command, run, run_command};

/// The only target the page is built for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Fails under a Python that botocore does not run with.
const PYTHON_IS_NEW: &str = "import sys; sys.exit(sys.version_info < (3, 10))";

/// A program that `cargo install` builds from source.
struct CargoTool {
    /// The crate.
    name: &'static str,
    /// Exactly this version.
    version: &'static str,
    /// How it is asked for its version.
    ask: [&'static str; 2],
    /// Whether the crate's own lock file is usable.
    lock: Lock,
    /// For the person who waits.
    wait: &'static str,
}

/// Whether `cargo install` follows the lock file in the crate.
enum Lock {
    /// As published.
    Locked,
    /// Newest compatible: the published lock file names a version that was withdrawn.
    Fresh,
}

/// Trunk 0.22 asks for a newer Rust than ours.
const TRUNK: CargoTool = CargoTool {
    name: "trunk",
    version: "0.21.14",
    ask: ["trunk", "--version"],
    lock: Lock::Locked,
    wait: "Trunk bundles the page; compiling it takes about six minutes, once",
};

/// Must be the version of the `wasm-bindgen` crate in `Cargo.toml`, to the last digit.
const WASM_BINDGEN: CargoTool = CargoTool {
    name: "wasm-bindgen-cli",
    version: "0.2.130",
    ask: ["wasm-bindgen", "--version"],
    lock: Lock::Fresh,
    wait: "wasm-bindgen writes the JavaScript side; compiling it takes about two minutes, once",
};

const DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: "0.20.2",
    ask: ["cargo-deny", "--version"],
    lock: Lock::Locked,
    wait: "cargo-deny reads licences and sources; compiling it takes some minutes, once",
};

/// All that building the page needs.
pub(crate) fn for_page() -> Outcome {
    for_wasm_tests()?;
    cargo_tool(&TRUNK)?;
    npm_packages()
}

/// All that running tests under Node as WebAssembly needs.
pub(crate) fn for_wasm_tests() -> Outcome {
    wasm_target()?;
    cargo_tool(&WASM_BINDGEN)
}

/// The licence checker.
pub(crate) fn for_licences() -> Outcome {
    cargo_tool(&DENY)
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target() -> Outcome {
    let installed = answer("rustc", &["--print", "target-libdir", "--target", WASM]);
    if installed.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    println!("Installing the Rust standard library for {WASM} (about 20 MB).");
    run("rustup", &["target", "add", WASM])
}

/// The packages of `package-lock.json`: `wasm-opt` and the browser driver.
pub(crate) fn npm_packages() -> Outcome {
    let wanted = modified("package-lock.json");
    let installed = modified("node_modules/.package-lock.json");
    if wanted.is_some() && installed >= wanted {
        return Ok(());
    }
    if answer("node", &["--version"]).is_none() {
        return Err("Node 20 or newer is needed: https://nodejs.org/".to_owned());
    }
    println!("Installing the npm packages of package-lock.json (some 100 MB on disk).");
    run("npm", &["ci", "--no-audit", "--no-fund"])
}

/// A Python of our own with the packages that `tests/<name>/requirements.txt` lists, and where it
/// is: nothing is added to the machine's own.
pub(crate) fn python(name: &str) -> Result<String, String> {
    let (list, home) = (format!("tests/{name}/requirements.txt"), format!("target/{name}"));
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let ours = Path::new(&home).join(folder).join("python").display().to_string();
    let wanted = modified(&list);
    let installed = modified(&format!("{home}/installed"));
    if wanted.is_some() && installed >= wanted {
        return Ok(ours);
    }
    let pythons = ["python3", "python"];
    let python = pythons.into_iter().find(|it| answer(it, &["-c", PYTHON_IS_NEW]).is_some());
    let python = python.ok_or("Python 3.10 or newer is needed: https://www.python.org/")?;
    println!("Installing the Python packages of tests/{name} (40 to 150 MB on disk).");
    run(python, &["-m", "venv", &home])?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(&ours, &[&install[..], &[&list]].concat())?;
    fs::write(format!("{home}/installed"), "")
        .map_err(|error| format!("cannot write to {home}: {error}"))?;
    Ok(ours)
}

/// The jq that programs are held against.
pub(crate) fn jq() -> Outcome {
    if answer("jq", &["--version"]).is_some() {
        return Ok(());
    }
    println!("Installing jq (below 1 MB).");
    run("apt-get", &["install", "--yes", "--no-install-recommends", "jq"])
        .map_err(|error| format!("jq 1.6 or 1.7 is needed: https://jqlang.org/ ({error})"))
}

fn cargo_tool(tool: &CargoTool) -> Outcome {
    let [program, flag] = tool.ask;
    let found = answer(program, &[flag]);
    let version = found.as_deref().and_then(|text| text.split_whitespace().nth(1));
    if version == Some(tool.version) {
        return Ok(());
    }
    println!("Installing {} {}. {}.", tool.name, tool.version, tool.wait);
    let mut install = command("cargo", &["install", tool.name, "--version", tool.version]);
    if matches!(tool.lock, Lock::Locked) {
        install.arg("--locked");
    }
    if let Some(other) = version {
        println!("(version {other} stays where it is; ours goes into {}/)", shell::TOOLS);
        install.args(["--root", shell::TOOLS]);
    }
    // The tools' own profiles spend ten minutes on link-time optimisation nobody notices here.
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    run_command(install)
}

fn modified(path: &str) -> Option<std::time::SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
