//! A few random scenarios with every assertion on; `rivulet vopr` runs many more.

use std::fs;

use tests::{shrink, source, vopr};

/// Seeds that failed once are in `tests/seeds.txt`, one a line, and stay there.
#[test]
fn random_scenarios_keep_every_promise() {
    let text = fs::read_to_string(source::top().join("tests/seeds.txt")).expect("tests/seeds.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let once_failed = lines.map(|line| line.trim().parse::<u64>().expect("a seed"));
    for seed in once_failed.chain(0..10) {
        let Err(failure) = vopr::run_seed(seed) else { continue };
        let (case, failure) = shrink::shrink(&vopr::case(seed), &failure);
        panic!(
            "seed {seed}, {failure}\n{}\nby hand: {:#?}",
            scenario::format::save_pretty(&case.document),
            case.by_hand
        );
    }
}
