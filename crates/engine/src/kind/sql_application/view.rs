//! What the card of a SQL application shows.

use super::SqlApplication;
use crate::batch::Record;
use crate::kernel::Kernel;
use crate::kind::query::{Face, FindTime, Query, time_column};
use crate::snapshot::NodeView;

impl SqlApplication {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let event = self.schema.as_ref().and_then(|schema| {
            let at = time_column(&schema.columns)?;
            Some((schema.columns[at].name.as_str(), at, schema))
        });
        let find = |_record: &Record, data: &[u8]| {
            let (_, at, schema) = event?;
            let row = schema.rows(data).into_iter().next()?.ok()?;
            match row.get(at) {
                Some(sql::Value::Timestamp(time)) => Some(*time),
                _ => None,
            }
        };
        let face = Face {
            state: self.life.stage.word(),
            behind_micros: self.behind_micros(kernel.now),
            arrival_name: "ROWTIME",
            clock_name: "rowtime bound",
            event: event.map(|(name, ..)| (name, &find as FindTime<'_>)),
            runs_by_event: false,
        };
        Query::show(self.query.as_ref(), &face, kernel, out);
        let tally = &self.tally;
        out.counters.extend([
            ("records", tally.records),
            ("rows", tally.rows),
            ("emitted", tally.emitted),
            ("errors", tally.errors),
            ("stored", tally.stored),
            ("dropped", tally.dropped),
            ("restarts", tally.restarts),
            ("version", self.life.version.into()),
        ]);
    }
}
