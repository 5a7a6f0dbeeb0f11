//! The register of what is real: each behaviour with how true it is. `docs/fidelity.md` is made
//! from it, so that what is simplified or missing is said and not found out.

mod analytics;
mod delivery;
mod flink;
mod readers;
mod stream;
mod targets;
mod writers;

/// How true a behaviour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Follows a published rule, numbers included.
    Exact,
    /// AWS publishes nothing exact: a rule was chosen and is named.
    Modelled,
    /// Simpler than the real service.
    Approximate,
    /// Not there.
    Absent,
}

/// One behaviour of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The kind, as files name it.
    pub kind: &'static str,
    /// What is meant, in a few words.
    pub topic: &'static str,
    /// How true it is.
    pub level: Level,
    /// What Rivulet does.
    pub note: &'static str,
}

impl Level {
    /// The word in the register.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Modelled => "modelled",
            Self::Approximate => "approximate",
            Self::Absent => "absent",
        }
    }
}

const fn entry(kind: &'static str, level: Level, topic: &'static str, note: &'static str) -> Entry {
    Entry { kind, topic, level, note }
}

/// The parts of the register, kinds in palette order.
const PARTS: &[&[Entry]] = &[
    writers::ENTRIES,
    stream::ENTRIES,
    delivery::ENTRIES,
    readers::ENTRIES,
    analytics::ENTRIES,
    flink::ENTRIES,
    targets::ENTRIES,
];

/// Every entry, kinds in palette order, within a kind the truest first.
pub fn register() -> impl Iterator<Item = &'static Entry> {
    PARTS.iter().copied().flatten()
}

/// The register as the page of the documentation.
#[must_use]
pub fn page() -> String {
    let mut out = String::from(
        "# What is real\n\n\
         Made from `crates/engine/src/fidelity/`; `UPDATE_EXPECT=1 cargo test -p tests --test \
         fidelity` writes it anew.\n\n\
         **Exact** follows a published rule, numbers included. **Modelled**: AWS publishes nothing \
         exact, a rule\nwas chosen and is named. **Approximate** is simpler than the real service. \
         **Absent** is not there.\n",
    );
    let mut kind = "";
    for entry in register() {
        if entry.kind != kind {
            kind = entry.kind;
            out.push_str(&format!(
                "\n## {kind}\n\n| Behaviour | Level | In Rivulet |\n|---|---|---|\n"
            ));
        }
        let Entry { topic, level, note, .. } = entry;
        out.push_str(&format!("| {topic} | {} | {note} |\n", level.word()));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use scenario::kind::SPECS;

    use super::*;

    #[test]
    fn every_kind_says_what_it_is_worth() {
        for spec in SPECS {
            let levels: Vec<_> =
                register().filter(|it| it.kind == spec.kind).map(|it| it.level).collect();
            assert!(!levels.is_empty(), "nothing about {}", spec.kind);
            assert!(levels.is_sorted(), "{}: truest first", spec.kind);
        }
        let mut kinds: Vec<_> = register().map(|it| it.kind).collect();
        kinds.dedup();
        assert_eq!(kinds, SPECS.iter().map(|it| it.kind).collect::<Vec<_>>());
    }

    #[test]
    fn a_topic_stands_once() {
        let topics: BTreeSet<_> = register().map(|it| (it.kind, it.topic)).collect();
        assert_eq!(topics.len(), register().count());
    }
}
