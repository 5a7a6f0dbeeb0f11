//! What the card of a Flink application shows.

use sql::input::{Format, InputColumn, Schema};
use sql::path::Step;

use super::FlinkApplication;
use crate::batch::Record;
use crate::kernel::Kernel;
use crate::kind::query::{Face, FindTime, Query};
use crate::snapshot::NodeView;

impl FlinkApplication {
    pub(super) fn view(&self, kernel: &Kernel, out: &mut NodeView) {
        let schema = self.event_time();
        let find = |record: &Record, data: &[u8]| {
            if self.tells_arrival() {
                let millis = kernel.epoch_millis + record.arrival.millis();
                return i64::try_from(millis * 1_000).ok();
            }
            let row = schema.as_ref()?.rows(data).into_iter().next()?.ok()?;
            match row.first() {
                Some(sql::Value::Timestamp(time)) => Some(*time),
                _ => None,
            }
        };
        let name = schema.as_ref().and_then(|it| it.columns.first()).map(|it| it.name.as_str());
        let face = Face {
            state: self.life.stage.word(),
            behind_micros: self.behind_micros(kernel.now),
            arrival_name: "processing time",
            clock_name: "watermark",
            event: name.map(|name| (name, &find as FindTime<'_>)),
            runs_by_event: true,
        };
        Query::show(self.query.as_ref(), &face, kernel, out);
        let tally = &self.tally;
        out.counters.extend([
            ("records", tally.records),
            ("rows", tally.rows),
            ("emitted", tally.emitted),
            ("emitted again", tally.again),
            ("stored", tally.stored),
            ("checkpoints", tally.checkpoints),
            ("snapshots", tally.snapshots),
            ("restarts", tally.restarts),
            ("parallelism", self.pace.parallelism.into()),
            ("version", self.life.version.into()),
        ]);
    }

    /// Whether that is when the stream took the record.
    fn tells_arrival(&self) -> bool {
        let input = self.query.as_ref().and_then(|it| it.live().inputs().first());
        input.is_some_and(|it| it.is_arrival)
    }

    /// The time column of the first table that is read, by itself.
    fn event_time(&self) -> Option<Schema> {
        let input = self.query.as_ref()?.live().inputs().first()?;
        let column = input.columns.get(input.time? as usize)?;
        let mapping = vec![Step::Member(column.name.clone())];
        let data_type = column.data_type?;
        let columns = vec![InputColumn { name: column.name.clone(), data_type, mapping }];
        Some(Schema { format: Format::Json(Vec::new()), columns })
    }
}
