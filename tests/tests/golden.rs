//! Every folder of `tests/scenarios` is run and compared; `UPDATE_EXPECT=1` rewrites the reports.

use std::fs;
use std::path::{Path, PathBuf};

use tests::golden::{self, Golden};
use tests::source;

#[test]
fn every_golden_scenario_comes_to_what_it_did() {
    let update = std::env::var("UPDATE_EXPECT").is_ok_and(|it| it == "1");
    let mut faults = Vec::new();
    for folder in folders() {
        let scenario = fs::read(folder.join("scenario.json")).expect("a golden has a scenario");
        let path = folder.join("expected.txt");
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let mut outcome = golden::run(Golden { scenario: &scenario, expected: &expected });
        if update && outcome.text != expected {
            fs::write(&path, &outcome.text).expect("goldens can be written");
            let expected = outcome.text.clone();
            outcome = golden::run(Golden { scenario: &scenario, expected: &expected });
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        faults.extend(outcome.faults.iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn folders() -> Vec<PathBuf> {
    let scenarios: &Path = &source::top().join("tests/scenarios");
    let entries = fs::read_dir(scenarios).expect("tests/scenarios");
    let mut all: Vec<PathBuf> = entries.map(|it| it.expect("tests/scenarios").path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}
