//! DynamoDB table: the visible lease table of a KCL application, or a target for items.
//!
//! A call is decided when it arrives and answered after the latency; a throttled or failed one
//! changes nothing. Whoever writes items goes on with what is left of them.

mod bill;
mod capacity;
mod items;
#[cfg(test)]
mod table_tests;
mod view;

use base::{Duration, EdgeId};
use scenario::DataSets;
use scenario::kind::{ItemWrite, TableConfig};

use self::bill::Bill;
use self::capacity::Capacity;
use self::items::{Fate, Items};
pub(crate) use self::view::leases;
use super::Component;
use crate::call::{ApiError, ErrorCode, ItemPut, ItemsOutcome, Request, Response};
use crate::cause::{Cause, Reason};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::faults::Harm;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::lease::{LeaseAnswer, LeaseCall, LeaseTable};
use crate::snapshot::{EdgeView, NodeView, Sheet};
use crate::usage::Meter;

/// Positions of the metrics in the kind's specification.
mod metric {
    pub(super) const WRITE_UNITS: u8 = 0;
    pub(super) const READ_UNITS: u8 = 1;
    pub(super) const WRITE_THROTTLES: u8 = 2;
    pub(super) const READ_THROTTLES: u8 = 3;
    pub(super) const CONDITION_FAILED: u8 = 4;
}

/// A lease row takes about this much: names and values of its columns.
const ROW_BYTES: u64 = 400;
/// An eventually consistent read of so much costs half a unit.
const READ_BYTES: u64 = 4_096;
/// A write of so much costs one unit.
const WRITE_BYTES: u64 = 1_024;
/// `BatchWriteItem` takes so many items.
const BATCH_ITEMS: u64 = 25;
/// How long a client waits for an answer that never comes (AWS SDK for Java, DynamoDB: KCL sets
/// `dynamoDbRequestTimeout` to one minute).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// State of a table.
#[derive(Clone, Debug)]
pub struct Table {
    config: TableConfig,
    capacity: Capacity,
    leases: LeaseTable,
    /// Whether an application keeps its leases here.
    has_leases: bool,
    items: Items,
    /// Half units that were read.
    read_halves: u64,
    throttled: u64,
    bill: Bill,
    /// The second after the one in which a refusal was last explained.
    explained: u64,
}

impl Component for Table {
    type Config = TableConfig;

    fn new(config: &TableConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        Self {
            config: config.clone(),
            capacity: Capacity::new(config, ctx.now()),
            leases: LeaseTable::default(),
            has_leases: false,
            items: Items::default(),
            read_halves: 0,
            throttled: 0,
            bill: Bill::new(ctx.now()),
            explained: 0,
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Request { token, request: Request::Lease(call), .. } => {
                self.lease(token, call, ctx);
            }
            Event::Request { token, edge, request: Request::PutItems(put) } => {
                self.put(token, edge, &put, ctx);
            }
            Event::Request { .. }
            | Event::Response { .. }
            | Event::Timer { .. }
            | Event::Rewired => {}
        }
    }

    fn reconfigure(&mut self, config: &TableConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        self.bill.close(&self.config, ctx.now());
        self.config = config.clone();
        self.capacity.set(config);
    }

    /// Written records are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    fn memory(&self) -> u64 {
        self.items.memory()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        self.view(kernel, out);
    }

    fn usage(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
        self.bill.tell(&self.config, kernel.now, meter);
    }

    fn sheet(&self, kernel: &Kernel, count: u32) -> Option<Sheet> {
        Some(self.rows(kernel, count as usize))
    }

    fn check(&self) -> Result<(), String> {
        self.items.check()?;
        self.leases.check()
    }
}

impl Table {
    fn lease(&mut self, token: Token, call: LeaseCall, ctx: &mut Ctx<'_>) {
        self.has_leases = true;
        let harm = ctx.harm();
        let delay = self.latency(1, harm);
        let admitted = if harm.fails {
            Err(internal())
        } else if call.writes() {
            self.write_units(1, ctx)
        } else {
            self.read_halves(self.halves(call), ctx)
        };
        let answer = admitted.map(|()| self.leases.call(call));
        if let Ok(LeaseAnswer::Counter(None)) = answer {
            ctx.count(metric::CONDITION_FAILED, 1);
        }
        let (delay, answer) = if harm.lost && answer.is_ok() {
            (ANSWER_TIMEOUT, Err(unanswered()))
        } else {
            (delay, answer)
        };
        if let Err(error) = answer {
            self.explain(error, call.writes(), 0, ctx);
        }
        ctx.reply(token, delay, Response::Lease(answer));
    }

    /// What a read costs in half units: a scan is eventually consistent, single rows are not.
    fn halves(&self, call: LeaseCall) -> u64 {
        match call {
            LeaseCall::Scan => {
                (self.leases.rows().len() as u64 * ROW_BYTES).div_ceil(READ_BYTES).max(1)
            }
            LeaseCall::Get { shard } => {
                let parents = self.leases.get(shard).map(|lease| lease.parents);
                let (first, second) = parents.unwrap_or_default();
                2 * (1 + u64::from(first.is_some()) + u64::from(second.is_some()))
            }
            _ => 0,
        }
    }

    fn put(&mut self, token: Token, edge: EdgeId, put: &ItemPut, ctx: &mut Ctx<'_>) {
        let harm = ctx.harm();
        let (me, now) = (ctx.me(), ctx.now());
        let how = (self.config.write, self.config.item_key);
        let mut stored = 0_u32;
        let mut error = harm.fails.then(internal);
        let mut left = (put.batch.records(), put.batch.bytes);
        'slices: for slice in &put.batch.slices {
            for (row, record) in (slice.from..).zip(slice.rows()) {
                let bytes = record.bytes(ctx.keys());
                if error.is_none() {
                    error = self.write_units(bytes.div_ceil(WRITE_BYTES).max(1), ctx).err();
                }
                if error.is_some() {
                    break 'slices;
                }
                let place = (edge, put.shard, slice.block.seq(row as usize));
                let fate = self.items.write(record, place, how, now);
                if fate == Fate::Refused {
                    ctx.count(metric::CONDITION_FAILED, 1);
                }
                let target = self.account(fate, me);
                ctx.book(Account::Flight(edge), target, 1, bytes);
                stored += 1;
                left = (left.0 - 1, left.1 - bytes);
            }
        }
        if let Some(error) = error {
            self.explain(error, true, left.0, ctx);
        }
        let calls = match how.0 {
            ItemWrite::Put | ItemWrite::Append => u64::from(stored).div_ceil(BATCH_ITEMS),
            // Conditions and updates have no batches.
            ItemWrite::PutIfAbsent | ItemWrite::Add => u64::from(stored),
        };
        let delay = if harm.lost { ANSWER_TIMEOUT } else { self.latency(calls.max(1), harm) };
        let outcome = ItemsOutcome { stored, left, error, lost: harm.lost };
        ctx.reply(token, delay, Response::Items(outcome));
    }

    /// Where a written record goes: a copy that replaces its like, or is refused, is no gain.
    fn account(&self, fate: Fate, me: base::NodeId) -> Account {
        let is_idempotent = matches!(self.config.write, ItemWrite::Put | ItemWrite::PutIfAbsent);
        match fate {
            Fate::New | Fate::Copy => Account::Delivered(me),
            Fate::Again if !is_idempotent => Account::Delivered(me),
            Fate::Again | Fate::Refused => Account::Dropped(me, Reason::Superseded),
        }
    }

    fn write_units(&mut self, units: u64, ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        if self.capacity.write(units, ctx.now()) {
            ctx.count(metric::WRITE_UNITS, units);
            self.bill.write(&self.config, units);
            return Ok(());
        }
        self.throttled += 1;
        ctx.count(metric::WRITE_THROTTLES, 1);
        Err(throttled())
    }

    fn read_halves(&mut self, halves: u64, ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        if self.capacity.read_halves(halves, ctx.now()) {
            // Units add up before they are rounded, as on the bill.
            let before = self.read_halves.div_ceil(2);
            self.read_halves += halves;
            ctx.count(metric::READ_UNITS, self.read_halves.div_ceil(2) - before);
            self.bill.read_halves(&self.config, halves);
            return Ok(());
        }
        self.throttled += 1;
        ctx.count(metric::READ_THROTTLES, 1);
        Err(throttled())
    }

    fn latency(&self, calls: u64, harm: Harm) -> Duration {
        let each = u64::from(self.config.latency_millis);
        Duration::from_millis(each.saturating_mul(calls) + harm.extra_millis)
    }

    /// The first refusal of each second is explained.
    fn explain(&mut self, error: ApiError, is_write: bool, records: u64, ctx: &mut Ctx<'_>) {
        let records = u32::try_from(records).unwrap_or(u32::MAX);
        ctx.rejected(records.max(1));
        let second = ctx.now().secs();
        if self.explained > second {
            return;
        }
        self.explained = second + 1;
        let text = format!("{}: {}", error.code.name(), error.message(&ctx.name()));
        let other_permille = if is_write { 0 } else { 1 };
        let plain = Cause::new(ctx.now(), ctx.me(), error.reason);
        ctx.explain(Cause { error: text.into(), records, other_permille, ..plain });
    }
}

fn throttled() -> ApiError {
    let (reason, code) = (Reason::TableCapacity, ErrorCode::ProvisionedThroughputExceeded);
    ApiError { reason, code, shard: 0 }
}

fn internal() -> ApiError {
    let (reason, code) = (Reason::InternalFailure, ErrorCode::InternalFailure);
    ApiError { reason, code, shard: 0 }
}

fn unanswered() -> ApiError {
    let (reason, code) = (Reason::CallTimeout, ErrorCode::InternalFailure);
    ApiError { reason, code, shard: 0 }
}
