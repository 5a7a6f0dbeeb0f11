//! `rivulet`: the simulation without a browser.
//!
//! The same engine as the page, driven to the end at once. Exit code 0 is fine, 2 is bad input,
//! 1 is our fault.

mod api;
mod bench;
mod input;
mod link;
mod objects;
mod output;
mod plain;
mod render;
mod report;
mod run;
mod sql;
mod vopr;

use std::path::PathBuf;
use std::process::ExitCode;

use base::Duration;
use clap::{Parser, Subcommand};
use engine::Formats;

/// What runs convert and compress with.
pub(crate) const FORMATS: Formats = Formats::new(formats::call);

/// Simulate Amazon Kinesis pipelines.
#[derive(Debug, Parser)]
#[command(name = "rivulet", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say everything that is wrong with a scenario
    Check {
        /// A scenario file, a link, or `-` for standard input
        scenario: String,
    },
    /// Run a scenario and report what became of the records
    Run(RunArgs),
    /// Draw a moment of a run as an SVG picture
    Render(render::RenderArgs),
    /// Print the link of a scenario
    Link {
        /// A scenario file, a link, or `-` for standard input
        scenario: String,
    },
    /// Print the scenario of a link as canonical JSON
    Open {
        /// A link, or a scenario file
        scenario: String,
    },
    /// Answer requests of the Kinesis API, a line of JSON each, from standard input
    Api(api::ApiArgs),
    /// Run a script of streaming SQL over timed rows
    Sql(sql::SqlArgs),
    /// Measure how fast this machine simulates, beside the floor of the machine
    Bench {
        /// One bench: streams, delivery, calls, kcl, reshard or firehose
        name: Option<String>,
        /// Simulated seconds, for a quick look; the budgets are for those of each bench
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=3_600))]
        secs: Option<u64>,
    },
    /// Check random scenarios against the promises every run keeps
    Vopr {
        /// First seed and the one after the last, such as 0..500
        #[arg(long, value_parser = vopr::seeds)]
        seeds: std::ops::Range<u64>,
    },
}

/// What `run` takes.
#[derive(Debug, clap::Args)]
struct RunArgs {
    /// A scenario file, a link, or `-` for standard input
    scenario: String,
    /// Simulated time to run for, such as 90s, 5m or 1h30m
    #[arg(long, value_parser = input::length)]
    until: Duration,
    /// Seed in place of the scenario's own
    #[arg(long)]
    seed: Option<u64>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Write every delivered object as DIR/<target>/<key>
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write every event as a line of JSON
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

/// Why a command ended early.
#[derive(Debug)]
enum Stop {
    /// The input is wrong; exit code 2.
    Input(String),
    /// We are wrong; exit code 1.
    Fault(String),
}

type Outcome = Result<(), Stop>;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check { scenario } => input::check(&scenario),
        Command::Run(args) => run::run(&args),
        Command::Render(args) => render::render(&args),
        Command::Link { scenario } => link::link(&scenario),
        Command::Open { scenario } => link::open(&scenario),
        Command::Api(args) => api::api(&args),
        Command::Sql(args) => sql::sql(&args),
        Command::Bench { name, secs } => bench::bench(name.as_deref(), secs),
        Command::Vopr { seeds } => vopr::vopr(seeds),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Input(why)) => {
            output::complain(&why);
            ExitCode::from(2)
        }
        Err(Stop::Fault(why)) => {
            output::complain(&why);
            ExitCode::FAILURE
        }
    }
}
