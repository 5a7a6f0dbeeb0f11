//! Golden scenarios: what a run comes to, as text a person can review.
//!
//! `tests/scenarios/<name>/expected.txt` has a head written by hand and, below a line `---`, a
//! report that `UPDATE_EXPECT=1` rewrites. The head says how long to run and states facts with
//! their source; facts are checked against the run, so a rewritten report cannot hide a wrong one:
//!
//! ```text
//! until: 10s
//! fact: clicks.stored = 20000; two shards take 1,000 records/s each (Kinesis quotas, 2026-11)
//! ---
//! ```
//!
//! `known_gap: reason` on the first line: the facts do not hold yet, and say so when they do.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Duration, Time};
use engine::{Engine, Progress, Snapshot};
use scenario::{DataSet, DataSets, Document, format, validate};

use crate::FORMATS;

/// The data sets the page offers.
const DATA: [(&str, &[u8]); 2] = [
    ("earthquakes.csv", include_bytes!("../../www/data/earthquakes.csv")),
    ("flights.csv", include_bytes!("../../www/data/flights.csv")),
];

/// What the metrics of features begin with that a part may do without.
const OPTIONAL: [&str; 19] = [
    "BackupToS3.",
    "BytesPerSecondLimit",
    "DataReadFromKinesisStream.",
    "DeliveryToAmazonOpenSearchService.",
    "DeliveryToHttpEndpoint.",
    "DeliveryToRedshift.",
    "DeliveryToS3.ObjectCount",
    "DeliveryToSplunk.",
    "ExecuteProcessing",
    "FailedConversion",
    "JQProcessing",
    "KMS",
    "PartitionCount",
    "PerPartitionThroughput",
    "PutRequestsPerSecondLimit",
    "RecordsPerSecondLimit",
    "SubscribeToShard",
    "SucceedConversion",
    "SucceedProcessing",
];

/// One golden.
#[derive(Clone, Copy, Debug)]
pub struct Golden<'a> {
    /// The scenario file.
    pub scenario: &'a [u8],
    /// Head and report.
    pub expected: &'a str,
}

/// What a golden came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Head as it was and report as it should be now.
    pub text: String,
    /// What is wrong; empty when all is well.
    pub faults: Vec<String>,
}

/// Runs a golden and compares.
#[must_use]
pub fn run(golden: Golden<'_>) -> Outcome {
    let (head, report) = golden.expected.split_once("---\n").unwrap_or((golden.expected, ""));
    let until = line(head, "until: ").map_or(Ok(Duration(10_000_000)), Duration::parse);
    let Ok(until) = until else {
        let faults = vec!["`until:` is no duration such as 90s or 1m30s".to_owned()];
        return Outcome { text: golden.expected.to_owned(), faults };
    };
    let seen = observe(golden.scenario, Time(until.0));
    let mut faults: Vec<String> =
        facts(head).filter_map(|fact| contradicts(fact, &seen.values)).collect();
    match line(head, "known_gap: ") {
        Some(_) if !faults.is_empty() => faults.clear(),
        Some(gap) => faults.push(format!("the gap is closed, remove `known_gap: {gap}`")),
        None => {}
    }
    if seen.text != report {
        faults.push(format!("the run has changed\n{}", changes(report, &seen.text)));
    }
    Outcome { text: format!("{head}---\n{}", seen.text), faults }
}

/// The data sets of the page that the scenario mentions, and those of the document.
fn data_sets(scenario: &[u8], document: &Document) -> DataSets {
    let mut data = DataSets::default();
    let text = String::from_utf8_lossy(scenario);
    for (name, bytes) in DATA.into_iter().filter(|(name, _)| text.contains(name)) {
        let (set, _warnings) = DataSet::parse(name, bytes).expect("our own data is clean");
        data.add(Arc::new(set));
    }
    for set in &document.data {
        data.add(Arc::clone(set));
    }
    data
}

/// What was seen: every number by its name, and all of it as text.
#[derive(Debug, Default)]
struct Seen {
    values: BTreeMap<String, u64>,
    text: String,
}

impl Seen {
    fn value(&mut self, name: String, value: u64) {
        self.line(&format!("{name} = {value}"));
        self.values.insert(name, value);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn observe(scenario: &[u8], until: Time) -> Seen {
    let mut seen = Seen::default();
    let loaded = format::load(scenario);
    let mut findings = loaded.diagnostics;
    if let Some(document) = &loaded.document {
        let data = data_sets(scenario, document);
        findings.extend(validate::validate(document, &data));
        if !findings.iter().any(base::Diagnostic::is_error)
            && let Ok(mut engine) = Engine::new(document, &data, FORMATS)
        {
            while engine.advance(until, 1_000_000) == Progress::BudgetSpent {}
            describe(&engine, &mut seen);
        }
    }
    let report = core::mem::take(&mut seen.text);
    for finding in findings {
        seen.line(&finding.to_string());
    }
    seen.text.push_str(&report);
    seen
}

fn describe(engine: &Engine, seen: &mut Seen) {
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);
    seen.line(&format!("hash {:016x}", snapshot.trace_hash));
    seen.value("events".to_owned(), snapshot.events);
    if let Some(halted) = &snapshot.halted {
        seen.line(&format!("halted: {halted}"));
    }
    let totals = &snapshot.totals;
    let accounts = [
        ("born", totals.born),
        ("copied", totals.copied),
        ("derived", totals.derived),
        ("flight", totals.flight),
        ("held", totals.held),
        ("delivered", totals.delivered),
        ("folded", totals.folded),
        ("expired", totals.expired),
    ];
    for (account, records) in accounts.into_iter().filter(|(_, records)| *records > 0) {
        seen.value(format!("ledger.{account}"), records);
    }
    for (reason, records) in &totals.dropped {
        seen.value(format!("ledger.dropped.{}", reason.word()), *records);
    }
    for view in &snapshot.nodes {
        let Some(node) = engine.document().node(view.id) else { continue };
        for (counter, value) in &view.counters {
            seen.value(format!("{}.{counter}", node.name), *value);
        }
        for (metric, value) in node.spec().metrics.iter().zip(&view.metrics) {
            // Features that most streams do not use are told where they are used.
            if value.total == 0 && OPTIONAL.iter().any(|begin| metric.name.starts_with(begin)) {
                continue;
            }
            seen.value(format!("{}.{}", node.name, metric.name), value.total);
        }
        let objects = engine.objects(view.id);
        if !objects.is_empty() {
            seen.value(format!("{}.objects", node.name), objects.len() as u64);
        }
        for object in objects.iter().take(20) {
            let (at, bytes) = (object.delivered_at, object.bytes.len());
            let (key, records, reason) = (&object.key, object.records, object.reason);
            seen.line(&format!("  {at:?} {key} {records} records, {bytes} bytes, {reason:?}"));
        }
    }
}

/// The rest of the first line that begins like this.
fn line<'a>(head: &'a str, begin: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(begin))
}

fn facts(head: &str) -> impl Iterator<Item = &str> {
    head.lines().filter_map(|line| line.strip_prefix("fact: "))
}

/// Why a fact such as `a.stored >= 10; source` does not hold.
fn contradicts(fact: &str, values: &BTreeMap<String, u64>) -> Option<String> {
    let Some((claim, _source)) = fact.split_once("; ") else {
        return Some(format!("`{fact}` names no source: add one after `; `"));
    };
    // From the right: names of parts may have spaces.
    let mut words = claim.rsplitn(3, ' ');
    let (wanted, sign, name) = (words.next(), words.next(), words.next().unwrap_or_default());
    let wanted = wanted.and_then(|word| word.parse::<u64>().ok());
    let value = values.get(name).copied().unwrap_or(0);
    let holds = match (sign, wanted) {
        (Some("="), Some(wanted)) => value == wanted,
        (Some("<="), Some(wanted)) => value <= wanted,
        (Some(">="), Some(wanted)) => value >= wanted,
        _ => return Some(format!("`{fact}` is not of the form `name = number; source`")),
    };
    (!holds).then(|| format!("`{claim}` does not hold: it is {value}"))
}

/// The lines that went and came, enough to see what happened.
fn changes(old: &str, new: &str) -> String {
    let only = |a: &str, b: &str, sign: char| {
        let lines = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        lines.take(20).map(|line| format!("  {sign} {line}\n")).collect::<String>()
    };
    format!("{}{}", only(old, new, '-'), only(new, old, '+'))
}
