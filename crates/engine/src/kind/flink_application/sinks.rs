//! The tables that are written: rows become records of a stream, or lines of files in a bucket.
//!
//! A stream takes a row at least once: what came out after the last checkpoint is written again
//! when the job begins again. Files take each row once (`files`).

use base::{Duration, EdgeId};
use scenario::endpoint::{Connector, Endpoint, Partitioner, partitioner};
use scenario::ports::Flow;
use sql::live::Output;

use super::files::Files;
use super::{FlinkApplication, is_file, metric, timer};
use crate::batch::Record;
use crate::call::{ApiError, PutOutcome};
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::{TimerId, Token};
use crate::kind::query::sink::{Answer, Sink, explain_refusal};
use crate::kind::query::{Form, KeyBy, Way};

/// Tables of one application that are written, over all its versions.
const TARGETS_MAX: usize = 200;
/// A file that was refused is uploaded again so much later.
const UPLOAD_AGAIN: Duration = Duration::SECOND;

/// A table that is written.
#[derive(Clone, Debug)]
pub(super) struct Target {
    table: String,
    connector: Connector,
    /// The prefix of its files.
    prefix: String,
    edge: Option<EdgeId>,
    pub sink: Sink,
    pub files: Files,
    /// Rows up to this one were stored before the job began again.
    pub high: u64,
}

impl Target {
    pub(super) fn held(&self) -> u64 {
        self.sink.held() + self.files.held()
    }

    pub(super) fn memory(&self) -> u64 {
        self.sink.memory() + self.files.memory()
    }
}

impl FlinkApplication {
    /// Finds the wire of each table that is written. Targets stay where they are: answers to their
    /// calls may still come.
    pub(super) fn find_targets(&mut self, ctx: &mut Ctx<'_>) {
        let Some(query) = &self.query else { return };
        let edges = ctx.edges_out();
        let mut found = Vec::new();
        for output in query.live().outputs() {
            let Ok(endpoint) = Endpoint::of(&output.options) else { continue };
            let Some(kind) = endpoint.connector.kind() else { continue };
            let is_it = |edge: &EdgeId| *ctx.peer_name(Some(*edge)) == *endpoint.name;
            let fitting = edges.iter().filter(|edge| ctx.kind_ahead(edge) == kind);
            let edge = fitting.map(|edge| edge.id).find(is_it);
            found.push((output.name.clone(), endpoint.connector, endpoint.prefix, edge));
            let is_known = self
                .targets
                .iter()
                .any(|it| (&it.table, it.connector) == (&output.name, endpoint.connector));
            if !is_known && self.targets.len() < TARGETS_MAX {
                let code = timer::SINKS + u32::try_from(self.targets.len()).unwrap_or(0);
                self.targets.push(Target {
                    table: output.name.clone(),
                    connector: endpoint.connector,
                    prefix: String::new(),
                    edge: None,
                    sink: Sink::new(code),
                    files: Files::default(),
                    high: 0,
                });
            }
        }
        let form = |is_csv| if is_csv { Form::Csv } else { Form::Json };
        self.ways.clear();
        for (at, target) in self.targets.iter_mut().enumerate() {
            let here = found.iter().find(|it| (&it.0, it.1) == (&target.table, target.connector));
            let edge = here.and_then(|it| it.3);
            if let Some((.., prefix, _)) = here {
                (*prefix).clone_into(&mut target.prefix);
            }
            if edge != target.edge {
                target.edge = edge;
                if is_file(target.connector) {
                    target.files.clear(ctx);
                } else {
                    target.sink.rewire(edge.map(|edge| (edge, Flow::Put)), ctx);
                }
            }
            let output = query.live().outputs().iter().find(|it| it.name == target.table);
            let endpoint = output.and_then(|it| Endpoint::of(&it.options).ok());
            if let (Some(_), Some(endpoint), Some(output)) = (edge, endpoint, output) {
                let way =
                    Way { output: at, form: form(endpoint.is_csv), key: key_by(&endpoint, output) };
                self.ways.push((target.table.clone(), way));
            }
        }
    }

    /// Sends on what has come out. A job that could not go on has failed.
    pub(super) fn settle(&mut self, ctx: &mut Ctx<'_>) {
        let Some(query) = &mut self.query else { return };
        let out = query.take(ctx.now());
        if !out.is_empty() {
            self.tally.emitted += out.len() as u64;
            ctx.count(metric::RECORDS_OUT, out.len() as u64);
            let records = query.write(&out, &self.ways, ctx);
            for (output, record) in records {
                self.place += 1;
                self.put_out(output, record, ctx);
            }
            for target in &mut self.targets {
                target.sink.pump(ctx);
            }
        }
        let stopped = self.query.as_ref().and_then(|it| it.live().stopped());
        if let Some(why) = stopped.map(|it| it.message.clone()).filter(|_| self.runs) {
            self.fail(&why, Duration::ZERO, ctx);
        }
    }

    fn put_out(&mut self, output: usize, record: Record, ctx: &mut Ctx<'_>) {
        let Some(target) = self.targets.get_mut(output) else { return };
        if is_file(target.connector) {
            target.files.push(&record, ctx);
        } else if self.place <= target.high {
            self.tally.again += 1;
            target.sink.push_again(record, self.place, ctx);
        } else {
            target.sink.push(record, self.place, ctx);
        }
    }

    /// Whether a sink holds everything up.
    pub(super) fn is_blocked(&self, ctx: &Ctx<'_>) -> bool {
        self.targets.iter().any(|it| it.sink.is_full(ctx.now()))
    }

    /// The timer of a sink rang.
    pub(super) fn sink_rang(&mut self, at: u32, id: TimerId, ctx: &mut Ctx<'_>) {
        let Some(target) = self.targets.get_mut(at as usize) else { return };
        if let Some(answer) = target.sink.rang(id, ctx) {
            self.note(at as usize, answer, ctx);
        }
    }

    /// A call of a sink was answered.
    pub(super) fn put_answered(&mut self, token: Token, outcome: &PutOutcome, ctx: &mut Ctx<'_>) {
        for at in 0..self.targets.len() {
            if let Some(answer) = self.targets[at].sink.answered(token, outcome, ctx) {
                return self.note(at, answer, ctx);
            }
        }
    }

    fn note(&mut self, at: usize, answer: Answer, ctx: &mut Ctx<'_>) {
        let Answer { records, failed, error, .. } = answer;
        self.tally.stored += records;
        if let Some(error) = error {
            explain_refusal(self.targets[at].edge, (error, failed), &mut self.tally.explained, ctx);
        }
        self.complete(ctx);
    }

    /// Uploads files that are finished.
    pub(super) fn upload_files(&mut self, ctx: &mut Ctx<'_>) {
        let name = ctx.name();
        for (at, target) in (0..).zip(&mut self.targets) {
            let Some(edge) = target.edge.filter(|_| is_file(target.connector)) else { continue };
            if target.files.rests_until > ctx.now() {
                let wait = target.files.rests_until.since(ctx.now());
                ctx.after(wait, timer::FILE, at);
            }
            target.files.upload(edge, (&target.prefix, &format!("{name}-{}", target.table)), ctx);
        }
    }

    /// A bucket answered.
    pub(super) fn file_answered(
        &mut self,
        (token, edge): (Token, EdgeId),
        result: Result<(), ApiError>,
        ctx: &mut Ctx<'_>,
    ) {
        for at in 0..self.targets.len() {
            let Some(answer) = self.targets[at].files.answered((token, edge), result, ctx) else {
                continue;
            };
            match answer {
                Ok(records) => self.tally.stored += records,
                Err(error) => {
                    self.targets[at].files.rests_until = ctx.now() + UPLOAD_AGAIN;
                    explain_refusal(Some(edge), (error, 1), &mut self.tally.explained, ctx);
                }
            }
            return self.upload_files(ctx);
        }
    }
}

/// What the partition keys of a table are; only those of a stream matter.
fn key_by(endpoint: &Endpoint<'_>, output: &Output) -> KeyBy {
    if endpoint.connector != Connector::Kinesis {
        return KeyBy::Text;
    }
    match partitioner(&output.options, &output.partitions) {
        Ok(Partitioner::Columns(between)) => {
            let place = |name| output.columns.iter().position(|it| it == name);
            KeyBy::Columns(output.partitions.iter().filter_map(place).collect(), between.to_owned())
        }
        Ok(Partitioner::Fixed) => KeyBy::Fixed,
        Ok(Partitioner::Random) | Err(_) => KeyBy::Random,
    }
}
