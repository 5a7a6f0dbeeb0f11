//! From what a person typed to a document: a file, a link, or standard input.

use std::borrow::Borrow;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use base::{Diagnostic, Duration, Place, limits};
use scenario::format::{self, Loaded};
use scenario::link;
use scenario::validate::validate;
use scenario::{DataSet, DataSets, Document};

use crate::output::{complain, say};
use crate::{FORMATS, Outcome, Stop};

/// The data sets the page offers as well.
const DATA: [(&str, &[u8]); 2] = [
    ("earthquakes.csv", include_bytes!("../../../www/data/earthquakes.csv")),
    ("flights.csv", include_bytes!("../../../www/data/flights.csv")),
];

/// A document that can run, with the data sets it may ask for.
pub(crate) struct Input {
    pub(crate) document: Document,
    pub(crate) data: DataSets,
}

/// Tells every finding; an error among them is bad input.
pub(crate) fn check(scenario: &str) -> Outcome {
    let input = read(scenario)?;
    let (parts, wires) = (input.document.nodes.len(), input.document.edges.len());
    let title = printable(&input.document.title);
    let many = |count: usize, one| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let (parts, wires) = (many(parts, "part"), many(wires, "wire"));
    say(&format!("{title}: {parts}, {wires}, no errors")).map(drop)
}

/// Reads a length of simulated time: no run is longer than 400 days, and nothing in it.
pub(crate) fn length(text: &str) -> Result<Duration, String> {
    let most = Duration(limits::RUN_MAX.0);
    Duration::parse(text)
        .and_then(|it| if it <= most { Ok(it) } else { Err(format!("at most {most}")) })
}

/// Reads and validates; warnings are told, errors stop.
pub(crate) fn read(scenario: &str) -> Result<Input, Stop> {
    let loaded = load(scenario)?;
    let mut findings = loaded.diagnostics;
    let data = match &loaded.document {
        Some(document) => data_sets(document, folder_of(scenario), &mut findings)?,
        None => DataSets::default(),
    };
    if let Some(document) = &loaded.document {
        // What is wrong with a data set was told: that it is not at hand follows.
        let broken = findings.iter().filter(|it| it.is_error() && it.code.0.starts_with("DAT-"));
        let names: Vec<String> = broken.filter_map(|it| quoted(&it.message)).collect();
        let follows = |it: &Diagnostic| {
            matches!(&it.place, Place::Node { field: Some(field), .. } if field == "data")
                && quoted(&it.message).is_some_and(|name| names.contains(&name))
        };
        findings.extend(validate(document, &data).into_iter().filter(|it| !follows(it)));
        findings.extend(engine::formats::check(document, FORMATS));
    }
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.iter().partition(|it| it.is_error());
    for warning in warnings {
        complain(&printable(&warning.to_string()));
    }
    match loaded.document {
        Some(document) if errors.is_empty() => Ok(Input { document, data }),
        _ => Err(Stop::Input(list(&errors))),
    }
}

/// The first name a message has.
fn quoted(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}

/// Findings, one below the other.
pub(crate) fn list(findings: &[impl Borrow<Diagnostic>]) -> String {
    let texts = findings.iter().map(|finding| printable(&finding.borrow().to_string()));
    texts.collect::<Vec<_>>().join("\n")
}

/// Text of strangers without the characters that steer a terminal; line breaks stay.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if it.is_control() && it != '\n' {
            out.extend(it.escape_default());
        } else {
            out.push(it);
        }
    }
    out
}

/// Where the data sets of a file lie. A link or standard input has no place, so it reads no files
/// of whoever opens it.
fn folder_of(scenario: &str) -> Option<&Path> {
    let path = Path::new(scenario);
    if scenario == "-" || !path.exists() { None } else { path.parent() }
}

fn load(scenario: &str) -> Result<Loaded, Stop> {
    if scenario == "-" {
        let mut bytes = Vec::new();
        let most = u64::from(limits::FILE_BYTES_MAX) + 1;
        let read = io::stdin().take(most).read_to_end(&mut bytes);
        read.map_err(|error| Stop::Input(format!("cannot read standard input: {error}")))?;
        return Ok(format::load(&bytes));
    }
    if Path::new(scenario).exists() {
        let bytes = read_file(Path::new(scenario), u64::from(limits::FILE_BYTES_MAX))?;
        return Ok(format::load(&bytes));
    }
    if !scenario.contains(['#', '~']) {
        let why = format!("`{scenario}` is neither a file nor a link that holds a scenario");
        return Err(Stop::Input(why));
    }
    link::decode(scenario).map_err(|error| {
        let mut text = format!("error[{}] {}\n  help: {}", error.code, error.message, error.help);
        if let Some(partial) = &error.partial {
            for finding in &partial.diagnostics {
                text.push_str(&format!("\n{finding}"));
            }
        }
        Stop::Input(printable(&text))
    })
}

/// Data sets that are built in, carried by the document, or lie beside its file.
fn data_sets(
    document: &Document,
    folder: Option<&Path>,
    findings: &mut Vec<Diagnostic>,
) -> Result<DataSets, Stop> {
    let mut data = DataSets::default();
    for (name, bytes) in DATA {
        if let Ok((set, _warnings)) = DataSet::parse(name, bytes) {
            data.add(Arc::new(set));
        }
    }
    for set in &document.data {
        data.add(Arc::clone(set));
    }
    for node in &document.nodes {
        let Some(records) = node.config.records() else { continue };
        let name = records.data.as_str();
        // Only a plain file name: a link must not read files of its reader.
        let plain = !name.is_empty() && Path::new(name).file_name() == Some(name.as_ref());
        let beside = folder.map(|folder| folder.join(name)).filter(|path| plain && path.is_file());
        let Some(path) = beside.filter(|_| !data.by_name.contains_key(name)) else { continue };
        let bytes = read_file(&path, u64::from(limits::DATA_BYTES_MAX))?;
        match DataSet::parse(name, &bytes) {
            Ok((set, warnings)) => {
                data.add(Arc::new(set));
                findings.extend(warnings);
            }
            Err(errors) => findings.extend(errors.into_iter().map(|finding| Diagnostic {
                message: format!("`{name}`: {}", finding.message),
                ..finding
            })),
        }
    }
    Ok(data)
}

/// The bytes of a file; one that is too large is cut just beyond the bound, and its reader says so.
fn read_file(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Stop::Input(format!("cannot read {}: {error}", path.display()))),
    }
}
