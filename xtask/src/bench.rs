//! `cargo xtask bench`: throughput natively and as WebAssembly, for a machine that is idle.
//!
//! Not part of the tests: a shared machine says nothing about speed.

use crate::shell::{command, run, run_command};
use crate::{Outcome, tools};

/// Prints the figures and fails beyond the budgets.
pub(crate) fn bench() -> Outcome {
    run("cargo", &["run", "--quiet", "--profile", "native", "--package", "cli", "--", "bench"])?;
    tools::for_wasm_tests()?;
    // As the page is compiled, but for `wasm-opt`; only the floor is compiled for speed.
    let target = ["test", "--release", "--target", tools::WASM];
    let test = ["--package", "tests", "--test", "speed", "--", "--nocapture"];
    let mut speed = command("cargo", &[&target[..], &test].concat());
    speed.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    run_command(speed)
}
