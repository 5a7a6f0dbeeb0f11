//! Running other programs: where they are looked for, how they are shown, what is kept.
//!
//! The project's own tool folders come first on `PATH`, so a pinned version wins over whatever the
//! machine has, and nothing outside the project is replaced.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::Outcome;

/// Tools installed for this project only, beside the sources.
pub(crate) const TOOLS: &str = ".tools";

/// Makes the top of the project the current folder, wherever cargo was called from.
pub(crate) fn enter_project() -> Outcome {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .ok_or("call this as `cargo xtask …`, so that cargo says where the project is")?;
    let top = Path::new(&xtask).join("..");
    std::env::set_current_dir(&top).map_err(|error| format!("cannot enter {top:?}: {error}"))
}

/// A command with the project's tool folders first on its `PATH`.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(executable(program));
    command.args(args).env("PATH", search_path());
    // Trunk 0.21 reads NO_COLOR as its own switch and refuses the customary value `1`.
    command.env_remove("NO_COLOR");
    command
}

/// Shows and runs a command; its output goes straight to the terminal.
pub(crate) fn run(program: &str, args: &[&str]) -> Outcome {
    run_command(command(program, args))
}

/// The same for a command that was set up by hand.
pub(crate) fn run_command(mut command: Command) -> Outcome {
    let shown = show(&command);
    println!("$ {shown}");
    let status = command.status().map_err(|error| format!("cannot start `{shown}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})")) }
}

/// Runs a command whose output is shown as it comes; lines that `keep` accepts are also added to
/// `kept`, for the closing report.
pub(crate) fn run_keeping(
    mut command: Command,
    keep: fn(&str) -> bool,
    kept: &mut Vec<String>,
) -> Outcome {
    let shown = show(&command);
    println!("$ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start `{shown}`: {error}"))?;
    let (sender, receiver) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    for line in receiver {
        println!("{line}");
        if keep(&line) {
            kept.push(line.trim().to_owned());
        }
    }
    let status = child.wait().map_err(|error| format!("lost `{shown}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})")) }
}

/// What a command prints, or nothing when it is missing or fails: for asking tools their version.
pub(crate) fn answer(program: &str, args: &[&str]) -> Option<String> {
    let output = command(program, args).stderr(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}

fn forward(source: Option<impl Read + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(source) = source else { return };
    thread::spawn(move || {
        for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
            if lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// npm and npx are scripts on Windows, where only real programs are found without their ending.
fn executable(program: &str) -> String {
    if cfg!(windows) && program == "npm" { "npm.cmd".to_owned() } else { program.to_owned() }
}

fn search_path() -> OsString {
    let top = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let ours = [top.join(TOOLS).join("bin"), top.join("node_modules").join(".bin")];
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let all = ours.into_iter().chain(std::env::split_paths(&inherited));
    std::env::join_paths(all).unwrap_or(inherited)
}
