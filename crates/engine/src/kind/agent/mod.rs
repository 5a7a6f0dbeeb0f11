//! Kinesis Agent: a host whose application writes a log file, and the daemon that tails it.
//!
//! Lines are on the host's disk until the agent reads them; only then they are records. Follows
//! amazon-kinesis-agent 2026-07: polls, buffers, back-off, and a checkpoint for each buffer that
//! was sent. The file system itself takes no time.

mod convert;
mod file;
mod publisher;
#[cfg(test)]
mod tests;
mod throttle;
mod view;

use std::rc::Rc;

use base::{Duration, KeyId, RecordId, Rng, Time};
use md5::{Digest as _, Md5};
use scenario::kind::{AgentConfig, InitialPosition, PartitionKeyOption};
use scenario::pattern::Pattern;
use scenario::{DataSets, Fault, FaultKind};

pub(super) use self::convert::common_log;
use self::convert::convert;
use self::file::LogFile;
use self::publisher::{Item, Publisher};
use super::Component;
use crate::batch::Record;
use crate::call::Response;
use crate::cause::{Cause, Reason};
use crate::generate::size;
use crate::generate::source::{Page, Source};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, TimerId};
use crate::snapshot::{EdgeView, NodeView};

/// What a timer was set for.
mod timer {
    pub(super) const TICK: u32 = 0;
    pub(super) const WAKE: u32 = 1;
}

/// Positions in the specification's list of metrics.
mod metric {
    pub(super) const ATTEMPTS: u8 = 0;
    pub(super) const ERRORS: u8 = 1;
    pub(super) const SERVICE_ERRORS: u8 = 2;
    pub(super) const BYTES: u8 = 3;
    pub(super) const LINES: u8 = 4;
    pub(super) const BEHIND: u8 = 5;
}

/// Data plus key of a record for a stream (`KinesisConstants`).
const STREAM_BYTES_MAX: usize = 1_048_576;
/// Data of a record for Firehose (`FirehoseConstants`).
const FIREHOSE_BYTES_MAX: usize = 1_024_000;

/// Lines that are read at once.
const LINES_AT_ONCE: usize = 5_000;

/// State of a host with the agent.
#[derive(Clone, Debug)]
pub struct Agent {
    config: AgentConfig,
    source: Source,
    file: LogFile,
    publisher: Publisher,
    /// `multiLineStartPattern`.
    pattern: Option<Pattern>,
    /// `matchPattern`.
    own: Option<Pattern>,
    record_bytes_max: usize,
    /// The next line to read.
    read: u64,
    /// The line behind the last one that was ever read.
    known: u64,
    /// Lines up to here stood there before the agent first started.
    old: u64,
    /// When it comes up again, if it is down.
    down_until: Option<Time>,
    /// Draws lines only, so that the same lines come whatever becomes of the calls.
    rng: Rng,
    tick: Option<TimerId>,
    ticked: Time,
    wake: Option<(Time, TimerId)>,
}

impl Component for Agent {
    type Config = AgentConfig;

    fn new(config: &AgentConfig, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let stream = (1 << 32) | u64::from(ctx.me().0);
        let mut rng = ctx.rng().fork(stream);
        let source = Source::new(&config.records, data, ctx.now(), &mut rng);
        let mut new = Self {
            config: config.clone(),
            source,
            file: LogFile::new(ctx.now()),
            publisher: Publisher::default(),
            pattern: pattern(&config.multi_line_start_pattern),
            own: own(config),
            record_bytes_max: STREAM_BYTES_MAX,
            read: 0,
            known: 0,
            old: 0,
            down_until: None,
            rng,
            tick: None,
            ticked: ctx.now(),
            wake: None,
        };
        new.write(vec![ctx.now(); config.existing_lines as usize], ctx);
        new.old = new.file.end();
        new.start(ctx);
        new.arm(ctx);
        new
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { id, code: timer::TICK, .. } if self.tick == Some(id) => {
                self.on_tick(ctx);
            }
            Event::Timer { id, code: timer::WAKE, .. }
                if self.wake.is_some_and(|(_, timer)| timer == id) =>
            {
                self.wake = None;
                self.advance(ctx);
            }
            Event::Response { token, response: Response::Put(outcome), .. } => {
                self.publisher.on_answer(token, outcome, ctx);
                self.advance(ctx);
            }
            Event::Rewired => {
                let edges = ctx.edges_out();
                let firehose = edges.first().is_some_and(|edge| ctx.kind_ahead(edge) == "firehose");
                self.record_bytes_max =
                    if firehose { FIREHOSE_BYTES_MAX } else { STREAM_BYTES_MAX };
                self.publisher.edge = edges.first().map(|edge| edge.id);
                self.advance(ctx);
            }
            Event::Timer { .. } | Event::Response { .. } | Event::Request { .. } => {}
        }
    }

    fn reconfigure(&mut self, config: &AgentConfig, data: &DataSets, ctx: &mut Ctx<'_>) {
        self.source.reconfigure(&config.records, data, ctx.now(), &mut self.rng);
        self.config = config.clone();
        self.pattern = pattern(&config.multi_line_start_pattern);
        self.own = own(config);
        self.arm(ctx);
        self.advance(ctx);
    }

    fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
        match fault {
            Some(Fault { kind: FaultKind::Kill { .. }, lasts, .. }) => {
                if self.down_until.is_none() {
                    self.die(ctx);
                }
                self.down_until = Some(ctx.now() + *lasts);
            }
            Some(_) => return,
            None => {
                if self.down_until.is_some() {
                    self.down_until = Some(ctx.now());
                }
            }
        }
        self.advance(ctx);
    }

    fn held(&self) -> u64 {
        self.publisher.held
    }

    fn memory(&self) -> u64 {
        self.file.memory() + self.publisher.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        view::observe(self, kernel, out);
    }

    fn check(&self) -> Result<(), String> {
        self.publisher.check()
    }
}

impl Agent {
    /// Sets the timer for the next lines.
    fn arm(&mut self, ctx: &mut Ctx<'_>) {
        let wait = self.source.wait(self.ticked, ctx.now());
        self.tick = wait.map(|wait| ctx.after(wait, timer::TICK, 0));
    }

    fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        self.ticked = ctx.now();
        let mut births = Vec::new();
        self.source.take(ctx.now(), &mut self.rng, &mut births);
        self.write(births, ctx);
        self.arm(ctx);
        self.advance(ctx);
    }

    /// The application writes to its file, which may be rotated before each payload.
    fn write(&mut self, births: Vec<Time>, ctx: &mut Ctx<'_>) {
        let wall_zero = ctx.wall_millis(Time::ZERO);
        let shared = self.source.shared();
        for born in births {
            if ctx.is_halted() {
                break;
            }
            self.file.rotate(&self.config, ctx.now());
            self.lose(self.file.first(), ctx);
            let mut page = Page::default();
            let (wall, table) = (wall_zero + born.millis(), ctx.keys_mut());
            let (key, _) = self.source.write(wall, &mut self.rng, table, &mut page);
            if let Some(len) = page.padded_bytes {
                size::pad(&mut page.data, 0, len);
            }
            let text = shared.as_deref().unwrap_or(&page.data);
            let RecordId(first) = ctx.new_records(1);
            let (lines, grown) = self.file.write(text, first, key, born);
            ctx.grew(grown);
            ctx.new_records(lines - 1);
            ctx.count(metric::LINES, lines);
        }
    }

    /// Lines before this one cannot be read any more: those the agent never read are lost.
    fn lose(&mut self, first: u64, ctx: &mut Ctx<'_>) {
        let from = self.read.max(self.known).max(self.old);
        if first > from && first > self.read {
            self.unread(first - from, ctx);
            self.known = first;
        }
        self.read = self.read.max(first);
    }

    /// Lines that will never be records.
    fn unread(&mut self, lines: u64, ctx: &mut Ctx<'_>) {
        let me = ctx.me();
        ctx.book(Account::Born(me), Account::Held(me), lines, 0);
        ctx.drop_held(Reason::LineUnread, lines, 0);
        self.publisher.tally.unread += lines;
        let records = u32::try_from(lines).unwrap_or(u32::MAX);
        let cause = Cause::new(ctx.now(), me, Reason::LineUnread);
        self.publisher.explain(Cause { records, ..cause }, ctx);
    }

    /// The agent starts: at its checkpoint, else where `initialPosition` says.
    fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.down_until = None;
        let from = match (self.publisher.checkpoint, self.config.initial_position) {
            (Some(line), _) => line,
            (None, InitialPosition::StartOfFile) => 0,
            (None, InitialPosition::EndOfFile) => self.file.end(),
        };
        self.read = from.max(self.file.first());
        let known = self.known.max(self.old);
        if self.read > known {
            self.unread(self.read - known, ctx);
            self.known = self.read;
        }
    }

    fn die(&mut self, ctx: &mut Ctx<'_>) {
        let position = match (self.publisher.checkpoint, self.config.initial_position) {
            (Some(line), _) => line,
            (None, InitialPosition::StartOfFile) => 0,
            (None, InitialPosition::EndOfFile) => u64::MAX,
        };
        let from = position.max(self.file.first());
        self.publisher.die(|line| line >= from, ctx);
    }

    /// Does what is due, and sets the clock for what comes next.
    fn advance(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        if self.down_until.is_some_and(|until| until <= now) {
            self.start(ctx);
        }
        if self.down_until.is_none() {
            let poll = millis(self.config.file_poll_millis_min);
            if now.0.is_multiple_of(poll.0) {
                self.poll(ctx);
            }
            self.publisher.advance(&self.config, ctx);
            let again = self.publisher.checkpoint.unwrap_or(0);
            self.file.forget(again.min(self.read));
            ctx.peak(metric::BEHIND, self.file.end() - self.read);
        }
        self.set_clock(ctx);
    }

    fn set_clock(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let poll = millis(self.config.file_poll_millis_min).0;
        let polls = self.read < self.file.end() && !self.publisher.is_full();
        let next_poll = polls.then(|| Time((now.0 + 1).next_multiple_of(poll)));
        let due = match self.down_until {
            Some(until) => Some(until),
            None => [next_poll, self.publisher.due(&self.config)].into_iter().flatten().min(),
        };
        let Some(next) = due.map(|at| at.max(now)) else { return };
        if self.wake.is_none_or(|(at, _)| at > next) {
            self.wake = Some((next, ctx.after(next.since(now), timer::WAKE, 0)));
        }
    }

    /// Reads what there is, file by file.
    fn poll(&mut self, ctx: &mut Ctx<'_>) {
        while self.read < self.file.end() && !self.publisher.is_full() {
            let chunk = self.file.read(self.read).take(LINES_AT_ONCE);
            let mut lines: Vec<(u64, Record)> =
                chunk.map(|(line, row)| (line, row.clone())).collect();
            let behind = lines.last().map_or(self.read, |(line, _)| line + 1);
            let headers = u64::from(self.config.skip_header_lines);
            lines.retain(|(line, _)| self.file.place(*line) >= headers);
            let mut from = 0;
            for at in 1..=lines.len() {
                if at == lines.len() || self.begins_record(&lines[at].1) {
                    let upto = lines.get(at).map_or(behind, |(line, _)| *line);
                    self.take(&lines[from..at], upto, ctx);
                    from = at;
                }
            }
            self.read = behind;
            self.known = self.known.max(behind);
        }
    }

    /// Whether a line is the first one of a record.
    fn begins_record(&self, line: &Record) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        core::str::from_utf8(line.written_bytes()).is_ok_and(|text| pattern.begins(text))
    }

    /// Makes a record of some lines and hands it to the publisher.
    fn take(&mut self, lines: &[(u64, Record)], upto: u64, ctx: &mut Ctx<'_>) {
        let Some((line, first)) = lines.first() else { return };
        let mut data = Vec::new();
        lines.iter().for_each(|(_, row)| row.append_to(&mut data));
        let me = ctx.me();
        // What was read before comes once more.
        let from = if *line < self.known { Account::Copied(me) } else { Account::Born(me) };
        let Some(mut data) = convert(&data, &self.config, self.own.as_ref()) else {
            self.publisher.tally.skipped += 1;
            ctx.book(from, Account::Held(me), 1, data.len() as u64);
            ctx.drop_held(Reason::LineUnparsed, 1, data.len() as u64);
            return;
        };
        let key = self.key(&data, ctx);
        let most = self.record_bytes_max
            - usize::try_from(ctx.keys().len_of(key)).unwrap_or(self.record_bytes_max);
        if data.len() > most {
            data.truncate(most - 1);
            data.push(b'\n');
        }
        data.shrink_to_fit();
        ctx.grew(data.len());
        let len = u32::try_from(data.len()).expect("a record has one megabyte");
        let row = Record::new((first.id, key, first.born), &Rc::new(data), 0..len, len);
        let bytes = row.bytes(ctx.keys());
        ctx.book(from, Account::Held(me), 1, bytes);
        if from == Account::Copied(me) {
            self.publisher.tally.copied += 1;
        }
        let item = Item { row, line: *line, bytes };
        self.publisher.push(item, upto, &self.config, ctx.now());
    }

    /// `partitionKeyOption` (`KinesisRecord`): a random number below a million, or MD5 of the data
    /// in hexadecimal digits.
    fn key(&mut self, data: &[u8], ctx: &mut Ctx<'_>) -> KeyId {
        let text = match self.config.partition_key_option {
            PartitionKeyOption::Random => {
                let rng = ctx.rng();
                let (whole, part) = (rng.below(1_000_000), rng.between(0, 9_999_999_999));
                format!("{whole}.{part:010}")
            }
            PartitionKeyOption::Deterministic => {
                let digest: [u8; 16] = Md5::digest(data).into();
                format!("{:032x}", u128::from_be_bytes(digest))
            }
        };
        ctx.keys_mut().intern(&text)
    }
}

/// A pattern with faults was reported when it was typed; until it is mended there is none.
fn pattern(text: &str) -> Option<Pattern> {
    (!text.is_empty()).then(|| Pattern::new(text).ok()).flatten()
}

fn own(config: &AgentConfig) -> Option<Pattern> {
    config.matches_own().then(|| pattern(&config.match_pattern)).flatten()
}

/// Milliseconds of a setting as a length.
fn millis(millis: u32) -> Duration {
    Duration::from_millis(u64::from(millis))
}
