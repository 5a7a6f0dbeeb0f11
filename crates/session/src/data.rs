//! Data sets: fetching the built-in ones, taking in the person's own, and keeping small ones inside
//! the document so that links carry them.

use std::sync::Arc;

use base::units::bytes_text;
use base::{Diagnostic, Place, limits};
use scenario::kind::Source;
use scenario::{DataSet, DataSets, Document, Node};

use crate::effect::Effect;
use crate::session::Session;

impl Session {
    /// Asks the host for built-in data sets the document names.
    pub(crate) fn fetch_missing(&mut self) {
        let missing: Vec<String> = replays(&self.document)
            .map(|(_node, name)| name.to_owned())
            .filter(|name| is_builtin(name) && !self.data.by_name.contains_key(name))
            .collect();
        for name in missing {
            if !self.fetched.contains(&name) {
                self.fetched.push(name.clone());
                self.effects.push(Effect::FetchData(name));
            }
        }
    }

    /// Whether a built-in data set is on its way.
    pub(crate) fn awaits_data(&self) -> bool {
        self.fetched.iter().any(|name| !self.data.by_name.contains_key(name))
    }

    /// Checks a data set and takes it. Built-in data that could not be read is asked for again
    /// with the next change.
    #[inline(never)]
    pub(crate) fn add_data(&mut self, name: &str, bytes: &[u8]) {
        self.notices.clear();
        let set = match DataSet::parse(name, bytes) {
            Ok((set, warnings)) => {
                self.notices.extend(warnings);
                Arc::new(set)
            }
            Err(findings) => {
                self.fetched.retain(|fetched| fetched != name);
                let words = findings.first().map(crate::design::sentence).unwrap_or_default();
                let count = findings.len();
                self.notices.extend(findings);
                let more = if count > 1 { format!(" ({count} findings)") } else { String::new() };
                return self.say(format!("{name}: {words}{more}"));
            }
        };
        let is_replaced = self.data.by_name.contains_key(name);
        self.data.add(Arc::clone(&set));
        self.run.set_data(&self.data);
        self.hud.forget();
        if !is_builtin(name) {
            self.say(format!("{name}: {} rows, {} columns", set.rows(), set.columns.len()));
            self.keep(set);
        }
        self.check();
        if self.has_errors() {
            return;
        }
        if is_replaced {
            self.run.start(&self.document, &self.data);
        } else {
            self.run.take(&self.document, &self.data);
        }
    }

    /// Puts a small data set into the document, in place of an earlier one of its name.
    fn keep(&mut self, set: Arc<DataSet>) {
        if !is_small(&set) || self.is_view_only {
            return;
        }
        self.cancel_tool();
        let label = format!("add data {}", set.name);
        let mut next = Document::clone(&self.document);
        next.data.retain(|other| other.name != set.name);
        insert(&mut next, set);
        self.commit(Arc::new(next), label, None);
    }
}

/// Puts small data sets that parts replay into the document: a copied part brings its data along.
pub(crate) fn pack(document: &mut Document, data: &DataSets) {
    let missing: Vec<_> = left_out(document, data).filter(|(_, set)| is_small(set)).collect();
    let sets: Vec<Arc<DataSet>> = missing.into_iter().map(|(_node, set)| Arc::clone(set)).collect();
    for set in sets {
        insert(document, set);
    }
}

/// Warnings about data sets that do not travel with the document.
pub(crate) fn left_behind(document: &Document, data: &DataSets) -> Vec<Diagnostic> {
    let most = bytes_text(u64::from(limits::DATA_INLINE_CHARS_MAX));
    let warning = |(node, set): (&Node, &Arc<DataSet>)| {
        let field = Some("data".to_owned());
        Diagnostic::warning(
            "SES-001",
            Place::Node { node: node.id, name: node.name.clone(), field },
            format!("`{}` stays in this browser and does not travel in links", set.name),
            format!("Data up to {most} is carried inside the scenario; send a larger file along"),
        )
    };
    left_out(document, data).map(warning).collect()
}

/// Data sets of the person's own that parts replay and the document does not hold.
fn left_out<'a>(
    document: &'a Document,
    data: &'a DataSets,
) -> impl Iterator<Item = (&'a Node, &'a Arc<DataSet>)> {
    let is_inside = |name: &str| document.data.iter().any(|set| set.name == name);
    replays(document)
        .filter(move |(_node, name)| !is_builtin(name) && !is_inside(name))
        .filter_map(|(node, name)| Some((node, data.by_name.get(name)?)))
}

/// Producers that replay, with the names of their data sets.
fn replays(document: &Document) -> impl Iterator<Item = (&Node, &str)> {
    document.nodes.iter().filter_map(|node| {
        let records = node.config.records().filter(|records| records.source == Source::Data)?;
        Some((&**node, records.data.as_str()))
    })
}

fn is_builtin(name: &str) -> bool {
    DataSets::builtin_names().contains(&name)
}

fn is_small(set: &DataSet) -> bool {
    set.text.chars().count() <= limits::DATA_INLINE_CHARS_MAX as usize
}

fn insert(document: &mut Document, set: Arc<DataSet>) {
    if let Err(at) = document.data.binary_search_by(|other| other.name.cmp(&set.name)) {
        document.data.insert(at, set);
    }
}
