//! One run from the beginning to the wanted time.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use base::Time;
use engine::{Engine, Progress};
use serde_json::json;

use crate::input::{self, Input};
use crate::output::{complain, say};
use crate::{FORMATS, Outcome, RunArgs, Stop, objects, report};

/// Events between two looks at the trace: fewer than it keeps.
const EVENTS_PER_LOOK: u32 = 1_000;

/// Runs, writes what was asked for, and reports.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    let Input { mut document, data } = input::read(&args.scenario)?;
    if let Some(seed) = args.seed {
        document.seed = seed;
    }
    let started = Engine::new(&document, &data, FORMATS);
    let mut engine = started.map_err(|findings| Stop::Input(input::list(&findings)))?;
    if let Some(folder) = &args.out {
        objects::make(folder)?;
    }
    let until = Time(args.until.0);
    match &args.trace {
        Some(path) => traced(&mut engine, until, path)?,
        None => while engine.advance(until, u32::MAX) == Progress::BudgetSpent {},
    }
    engine.check().map_err(|violation| Stop::Fault(violation.0))?;
    if let Some(folder) = &args.out {
        objects::write(&engine, folder)?;
    }
    for (at, text) in report::notices(&engine) {
        complain(&input::printable(&format!("warning at {}: {text}", report::seconds(at))));
    }
    if args.json {
        say(&format!("{:#}", report::json(&engine)))?;
    } else {
        say(report::table(&engine).trim_end())?;
    }
    match engine.halted() {
        Some(why) => Err(Stop::Input(format!("stopped at {} µs: {why}", engine.now().0))),
        None => Ok(()),
    }
}

/// Runs in steps so small that the trace still has every event of the last one.
fn traced(engine: &mut Engine, until: Time, path: &Path) -> Outcome {
    let unwritable =
        |error| Stop::Input(format!("cannot write the trace to {}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
    loop {
        let before = engine.events();
        let progress = engine.advance(until, EVENTS_PER_LOOK);
        let new = usize::try_from(engine.events() - before).unwrap_or(usize::MAX);
        let entries: Vec<_> = engine.trace().rev().take(new).copied().collect();
        for entry in entries.iter().rev() {
            let line = json!({
                "at_micros": entry.at.0,
                "seq": entry.seq,
                "node": entry.node.0,
                "what": entry.what,
                "records": entry.records,
                "detail": entry.detail,
            });
            writeln!(file, "{line}").map_err(unwritable)?;
        }
        if progress != Progress::BudgetSpent {
            return file.flush().map_err(unwritable);
        }
    }
}
