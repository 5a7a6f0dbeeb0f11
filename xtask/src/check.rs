//! `cargo xtask test`: everything CI checks, in one order, each step with its time.
//!
//! A failing step does not hide the ones after it; the closing report repeats the test runners'
//! own lines, so nobody has to scroll for them.

use std::path::Path;
use std::time::Instant;

use crate::shell::{answer, command, run, run_keeping};
use crate::{Outcome, browser, dist, halves, size, tools};

/// A named step; it may keep lines for the closing report.
struct Step {
    title: &'static str,
    run: fn(&mut Vec<String>) -> Outcome,
}

const STEPS: [Step; 14] = [
    Step { title: "format", run: |_| run("cargo", &["fmt", "--all", "--check"]) },
    Step { title: "lint", run: |_| lint() },
    Step { title: "lint for the browser", run: |_| lint_wasm() },
    Step { title: "licences and sources", run: |_| licences() },
    Step { title: "tests", run: unit },
    Step { title: "aggregates of the Kinesis Producer Library", run: aggregates },
    Step { title: "the API through botocore", run: service },
    Step { title: "New York departures through DuckDB", run: departures },
    Step { title: "queries over real data through DuckDB", run: queries },
    Step { title: "random scenarios", run: random },
    Step { title: "the same under WebAssembly", run: parity },
    Step { title: "page and its size", run: |_| dist::dist().and_then(|()| size::size()) },
    Step { title: "jq, Parquet and compression", run: formats },
    Step { title: "end to end", run: browser::end_to_end },
];

/// Runs every step and fails if any failed.
pub(crate) fn check_all() -> Outcome {
    let mut report = Vec::new();
    let mut failed = 0;
    for (number, step) in STEPS.iter().enumerate() {
        println!("\n=== {} of {}: {} ===", number + 1, STEPS.len(), step.title);
        let (begin, mut kept) = (Instant::now(), Vec::new());
        let outcome = (step.run)(&mut kept);
        let seconds = begin.elapsed().as_secs();
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("--- {}: {verdict} after {seconds} s", step.title);
        report.push(format!("{verdict:<7} {seconds:>5} s  {}", step.title));
        report.extend(kept.into_iter().map(|line| format!("{:17}{line}", "")));
        if let Err(why) = outcome {
            failed += 1;
            report.extend(why.lines().map(|line| format!("{:17}{line}", "")));
        }
    }
    println!("\n=== result ===\n{}", report.join("\n"));
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} steps failed", STEPS.len())) }
}

fn lint() -> Outcome {
    run("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn lint_wasm() -> Outcome {
    tools::wasm_target()?;
    let packages = ["clippy", "--target", tools::WASM, "-p", "canvas", "-p", "app"];
    run("cargo", &[&packages[..], &["--", "-D", "warnings"]].concat())
}

fn licences() -> Outcome {
    tools::for_licences()?;
    // No advisories: their database lives on a host that a build machine may not reach.
    run("cargo", &["deny", "check", "licenses", "bans", "sources"])
}

fn unit(kept: &mut Vec<String>) -> Outcome {
    if answer("cargo", &["nextest", "--version"]).is_some() {
        let tests = command("cargo", &["nextest", "run", "--workspace", "--no-fail-fast"]);
        return run_keeping(tests, |line| line.contains(" tests run: "), kept);
    }
    run_keeping(command("cargo", &["test", "--workspace"]), is_result, kept)
}

/// Whether AWS's own library agrees with the aggregated records the tests hold the engine against.
fn aggregates(kept: &mut Vec<String>) -> Outcome {
    tools::npm_packages()?;
    let check = command("node", &["tests/kpl/check.mjs"]);
    run_keeping(check, |line| line.contains(" passed, "), kept)
}

/// Whether the library under AWS's own command line agrees with every answer of the API.
fn service(kept: &mut Vec<String>) -> Outcome {
    held_against("botocore", kept)
}

/// Whether `DuckDB` finds in delivered Parquet files what it finds in the CSV they came from.
fn departures(kept: &mut Vec<String>) -> Outcome {
    held_against("departures", kept)
}

/// Whether streaming SQL finds in real data what `DuckDB` and Apache Flink find.
fn queries(kept: &mut Vec<String>) -> Outcome {
    held_against("queries", kept)
}

/// Runs `tests/<name>/check.py`, given the command line's program.
fn held_against(name: &str, kept: &mut Vec<String>) -> Outcome {
    let python = tools::python(name)?;
    run("cargo", &["build", "--package", "cli"])?;
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let program = format!("{target}/debug/rivulet{}", std::env::consts::EXE_SUFFIX);
    let check = command(&python, &[&format!("tests/{name}/check.py"), &program]);
    run_keeping(check, |line| line.contains(" passed, "), kept)
}

/// Whether jq, pyarrow, zipfile and another Snappy agree with crate `formats`, and the module that
/// the page fetches with the crate, byte for byte.
fn formats(kept: &mut Vec<String>) -> Outcome {
    tools::jq()?;
    let python = tools::python("formats")?;
    run("cargo", &["build", "--package", "formats", "--example", "answer"])?;
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let program = format!("{target}/debug/examples/answer{}", std::env::consts::EXE_SUFFIX);
    let library = halves::library(Path::new("dist"))?;
    let (glue, module) = (format!("{library}.js"), format!("{library}.wasm"));
    let args = ["tests/formats/check.py", &program, "node", &glue, &module];
    run_keeping(command(&python, &args), |line| line.contains(" passed, "), kept)
}

/// Optimised, and with every assertion on.
fn random(kept: &mut Vec<String>) -> Outcome {
    let seeds = ["--", "vopr", "--seeds", "0..500"];
    let build = ["run", "--quiet", "--profile", "sim", "--package", "cli"];
    let vopr = command("cargo", &[&build[..], &seeds].concat());
    run_keeping(vopr, |line| line.contains(" seeds passed, "), kept)
}

fn parity(kept: &mut Vec<String>) -> Outcome {
    tools::for_wasm_tests()?;
    let target = ["test", "--profile", "sim", "--target", tools::WASM];
    let test = ["--package", "tests", "--test", "parity"];
    let mut parity = command("cargo", &[&target[..], &test].concat());
    parity.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    run_keeping(parity, is_result, kept)
}

/// The closing line of every Rust test binary that had something to run.
fn is_result(line: &str) -> bool {
    line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed")
}
