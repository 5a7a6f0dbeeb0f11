//! `DiscoverInputSchema`: the columns of a SQL application, as the records of its stream suggest
//! them (developer guide for SQL applications, "Using the Schema Discovery Feature").

use base::NodeId;
use scenario::Edit;
use serde_json::Value;
use sql::input::{Format, Schema};

use crate::driver::Query;
use crate::session::Session;
use crate::why::plural;

/// Records of each shard that are looked at.
const SAMPLES: u32 = 20;

impl Session {
    /// Writes the columns, one step of the history; says why it cannot.
    #[inline(never)]
    pub(crate) fn discover(&mut self, id: NodeId) {
        let wire = self.document.edges_to(id).find(|edge| edge.to.port == "in");
        let Some(source) = wire.and_then(|edge| self.document.node(edge.from.node)) else {
            return self.say("There is nothing to read: connect a stream first");
        };
        let (source, kind) = (source.id, source.config.kind());
        if kind != "stream" {
            return self.say("Only a data stream keeps records that can be looked at");
        }
        let mut samples = Vec::new();
        let view = scene::hit::node(self.run.snapshot(), source);
        let lanes = view.map(crate::panel::lanes).unwrap_or_default();
        for lane in lanes.iter().map(|lane| lane.shard).collect::<Vec<u32>>() {
            self.run.ask_also(Query::Records { node: source, lane, count: SAMPLES });
            let records = self.run.records(source, lane, SAMPLES).iter();
            samples.extend(records.map(|it| it.data.clone()));
        }
        let data: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
        let Some(schema) = Schema::discover(&data) else {
            return self
                .say("The stream has no records to look at yet: press play, then try again");
        };
        let format = match schema.format {
            Format::Json(_) => "json",
            Format::Csv { .. } => "csv",
        };
        let set = |key: &str, value: String| Edit::SetField {
            node: id,
            key: key.to_owned(),
            value: Value::from(value),
        };
        let edits = [set("format", format.to_owned()), set("schema", schema.text())];
        let columns = plural(schema.columns.len() as u64, "column", "columns");
        let label = format!("discover the columns of {}", self.name(id));
        let words = match self.edit(label, None, &edits) {
            true => "found in",
            false => "as before, in",
        };
        let records = plural(samples.len() as u64, "record", "records");
        self.say(format!("{columns} {words} {records}"));
    }
}
