//! Older files become files of the current version, one numbered step at a time. Only the newest
//! shape exists as types; older ones live on as these functions on JSON.

use serde_json::{Map, Value};

/// The version this program writes.
pub const CURRENT: u32 = 1;

/// Raises a document from version `from` to the next one.
struct Step {
    from: u32,
    run: fn(&mut Map<String, Value>),
}

/// Every step, ascending without gaps. Version 1 is the first, so there is none yet.
const STEPS: &[Step] = &[];

/// Raises a document of an older version to the current one.
pub(crate) fn migrate(root: &mut Map<String, Value>, version: u32) {
    run(STEPS, root, version);
}

fn run(steps: &[Step], root: &mut Map<String, Value>, version: u32) {
    for step in steps.iter().filter(|step| step.from >= version) {
        (step.run)(root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_gaps() {
        let numbers: Vec<u32> = STEPS.iter().map(|step| step.from).collect();
        let wanted: Vec<u32> = (1..CURRENT).collect();
        assert_eq!(numbers, wanted);
    }

    #[test]
    fn only_the_steps_from_the_files_version_on_run_and_in_order() {
        let steps = [
            Step { from: 1, run: |root| drop(root.insert("a".to_owned(), 1.into())) },
            Step { from: 2, run: |root| drop(root.insert("b".to_owned(), 2.into())) },
            Step { from: 3, run: |root| drop(root.insert("b".to_owned(), 3.into())) },
        ];
        let mut root = Map::new();
        run(&steps, &mut root, 2);
        assert_eq!(Value::Object(root), serde_json::json!({ "b": 3 }));
    }
}
