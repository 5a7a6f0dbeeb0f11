//! Running the code: with its reference data, which is loaded from a bucket when the application
//! starts and not again before it is told to (facts, analytics §1.1).

use std::sync::Arc;

use base::Duration;
use scenario::DataSet;
use sql::Dialect;
use sql::feed::TextTable;
use sql::live::{Live, ReferenceTable, Source};

use super::{SqlApplication, timer};
use crate::call::{ApiError, Request};
use crate::cause::{Cause, Reason};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{TimerId, Token};
use crate::kind::query::Query;

/// An object that could not be loaded is asked for again this much later.
const FETCH_AGAIN: Duration = Duration::from_secs(5);

impl SqlApplication {
    /// Whether the code has a table of reference data.
    pub(super) fn wants_reference(&self) -> bool {
        !self.config.reference_name.is_empty()
    }

    /// Asks for the object; until it is there the application runs, but reads nothing.
    pub(super) fn fetch(&mut self, ctx: &mut Ctx<'_>) {
        let Some(edge) = self.bucket else { return self.ask_later(ctx) };
        let key: Arc<str> = self.config.reference_key.as_str().into();
        self.asked = Some(ctx.send(edge, Request::GetObject(key)));
    }

    fn ask_later(&mut self, ctx: &mut Ctx<'_>) {
        self.fetch_timer = Some(ctx.after(FETCH_AGAIN, timer::REFERENCE, 0));
    }

    /// Time to ask once more.
    pub(super) fn fetch_again(&mut self, id: TimerId, ctx: &mut Ctx<'_>) {
        if self.fetch_timer.take_if(|timer| *timer == id).is_some() && self.tick.is_some() {
            self.fetch(ctx);
        }
    }

    /// The object, or why there is none.
    pub(super) fn fetched(
        &mut self,
        token: Token,
        content: Result<Option<Arc<[u8]>>, ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        if self.asked.take_if(|asked| *asked == token).is_none() {
            return;
        }
        let bucket = ctx.peer_name(self.bucket);
        let key = &self.config.reference_key;
        let text = match content {
            Ok(Some(bytes)) => match table(&self.config.reference_name, key, &bytes) {
                Some(table) => return self.run(vec![table], ctx),
                None => format!("`{key}` is neither CSV with a line of names nor JSON lines"),
            },
            Ok(None) => format!("NoSuchKey: `{bucket}` has no object `{key}`"),
            Err(error) => format!("{}: {}", error.code.name(), error.message(&bucket)),
        };
        ctx.explain(Cause {
            error: text.into(),
            ..Cause::new(ctx.now(), ctx.me(), Reason::ReferenceMissing)
        });
        self.ask_later(ctx);
    }

    /// Binds the code and reads on. Code that does not bind was reported when it was typed; until
    /// it is mended nothing is read.
    pub(super) fn run(&mut self, tables: Vec<ReferenceTable>, ctx: &mut Ctx<'_>) {
        let config = &self.config;
        let Ok(schema) = config.schema() else { return };
        let source = Source {
            prefix: config.name_prefix.clone(),
            parallelism: config.input_parallelism,
            schema: schema.clone(),
            has_shards: self.stream().is_some(),
        };
        let Ok(live) = Live::kinesis(&config.code, &source, tables) else { return };
        self.query = Some(Query::new(live, &config.code, Dialect::Kinesis));
        (self.schema, self.runs) = (Some(schema), true);
        self.tally.stopped = false;
        self.go_on(ctx);
    }
}

/// The table of an object.
#[inline(never)]
fn table(name: &str, key: &str, bytes: &[u8]) -> Option<ReferenceTable> {
    let (set, _warnings) = DataSet::parse(key, bytes).ok()?;
    let rows = (0..set.rows()).map(|row| set.row(row).iter().map(|it| it.to_string()).collect());
    let text =
        TextTable { name: name.to_owned(), rows: rows.collect(), columns: set.columns.clone() };
    Some(text.typed())
}
