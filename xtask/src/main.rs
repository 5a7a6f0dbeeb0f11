//! The two commands of the project (`serve`, `test`), the two they are made of (`dist`, `size`),
//! `bench` for a quiet machine, and `profile` for what a page starts with.
//!
//! Standard library and a reader of WebAssembly: this crate compiles in seconds on a machine that
//! has nothing else yet.
//! It installs what is missing, never replaces what is there, and says what takes long.

#![expect(clippy::print_stdout, reason = "a command line tool talks to its person")]
#![expect(clippy::print_stderr, reason = "a command line tool talks to its person")]

mod bench;
mod browser;
mod check;
mod data;
mod dist;
mod halves;
mod order;
mod profile;
mod serve;
mod shell;
mod size;
mod split;
mod tools;
mod wasm;

use std::process::ExitCode;

/// What every step returns; the error is a sentence for the person at the terminal.
type Outcome = Result<(), String>;

const USAGE: &str = "\
cargo xtask serve   install what is missing, build, serve on http://127.0.0.1:8080/
cargo xtask test    everything CI checks
cargo xtask dist    build the static site into dist/
cargo xtask size    print the sizes of dist/ against the budgets
cargo xtask bench   measure throughput natively and as WebAssembly
cargo xtask profile  write down which functions the page starts with";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = shell::enter_project().and_then(|()| match words[..] {
        ["serve"] => serve::serve(),
        ["test"] => check::check_all(),
        ["dist"] => dist::dist(),
        ["size"] => size::size(),
        ["bench"] => bench::bench(),
        ["profile"] => profile::profile(),
        _ => Err(USAGE.to_owned()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
