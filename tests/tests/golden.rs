//! Every folder of `tests/scenarios` is run and compared; `UPDATE_EXPECT=1` rewrites the reports.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, iter, thread};

use tests::golden::{self, Golden};
use tests::source;

#[test]
fn every_golden_scenario_comes_to_what_it_did() {
    let folders = folders();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let mut faults: Vec<String> = thread::scope(|scope| {
        let work = || {
            let mine = iter::from_fn(|| folders.get(next.fetch_add(1, Ordering::Relaxed)));
            mine.flat_map(|folder| check(folder)).collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|it| it.join().expect("a golden panicked")).collect()
    });
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(folder: &Path) -> Vec<String> {
    let scenario = fs::read(folder.join("scenario.json")).expect("a golden has a scenario");
    let path = folder.join("expected.txt");
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let mut outcome = golden::run(Golden { scenario: &scenario, expected: &expected });
    let update = std::env::var("UPDATE_EXPECT").is_ok_and(|it| it == "1");
    if update && outcome.text != expected {
        fs::write(&path, &outcome.text).expect("goldens can be written");
        let expected = outcome.text.clone();
        outcome = golden::run(Golden { scenario: &scenario, expected: &expected });
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    outcome.faults.iter().map(|fault| format!("{name}: {fault}")).collect()
}

fn folders() -> Vec<PathBuf> {
    let scenarios: &Path = &source::top().join("tests/scenarios");
    let entries = fs::read_dir(scenarios).expect("tests/scenarios");
    let mut all: Vec<PathBuf> = entries.map(|it| it.expect("tests/scenarios").path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}
