//! S3 bucket: keeps every delivered object, byte for byte.
//!
//! `PutObject` takes the latency of the settings; the object is there when it ends. A second
//! object under the same key replaces the first. Once more than `limits::OBJECT_BYTES_MAX` are
//! kept, the oldest contents are let go while the objects stay listed with their sizes: a long
//! run goes on, and what is recent can be read back.

use std::sync::Arc;

use base::{Duration, EdgeId, VecMap, limits};
use scenario::DataSets;
use scenario::kind::BucketConfig;

use super::Component;
use crate::call::{ApiError, ErrorCode, Request, Response};
use crate::cause::Reason;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::ledger::Account;
use crate::kernel::queue::{Event, Token};
use crate::object::{Object, Purpose};
use crate::snapshot::{EdgeView, Gauge, NodeView, ObjectRow, Objects, Seal};

// Positions in the metrics of the specification.
const NUMBER_OF_OBJECTS: u8 = 0;
const BYTES_UPLOADED: u8 = 1;
const ERRORS_5XX: u8 = 2;

/// Upper bounds of the size classes, 64 KiB to 64 MiB; the last class is open.
const CLASSES: [u64; 5] = [64 << 10, 1 << 20, 5 << 20, 16 << 20, 64 << 20];
/// How long a client waits for an answer that never comes; AWS names no figure.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Rows on a card.
const ROWS: usize = 5;

/// State of a bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    config: BucketConfig,
    /// In the order of their first delivery.
    objects: Vec<Object>,
    by_key: VecMap<Arc<str>, u32>,
    /// Uploads that have not ended.
    uploads: Vec<Upload>,
    /// Contents before this index were let go.
    kept_from: u32,
    kept_bytes: u64,
    stored_bytes: u64,
    histogram: [u32; 6],
}

#[derive(Clone, Debug)]
struct Upload {
    token: Token,
    edge: EdgeId,
    object: Object,
    ending: Ending,
}

/// How an upload ends.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Stored,
    Refused,
    /// Stored, but the answer never arrives.
    Unanswered,
}

impl Bucket {
    fn begin(&mut self, token: Token, edge: EdgeId, object: Object, ctx: &mut Ctx<'_>) {
        let harm = ctx.harm();
        let ending = match (harm.fails, harm.lost) {
            (true, _) => Ending::Refused,
            (false, true) => Ending::Unanswered,
            (false, false) => Ending::Stored,
        };
        self.uploads.push(Upload { token, edge, object, ending });
        let millis = u64::from(self.config.put_latency_millis) + harm.extra_millis;
        ctx.after(Duration::from_millis(millis), 0, token.0);
    }

    fn end(&mut self, token: u64, ctx: &mut Ctx<'_>) {
        let Some(at) = self.uploads.iter().position(|upload| upload.token.0 == token) else {
            return;
        };
        let Upload { token, edge, object, ending } = self.uploads.remove(at);
        let fail = |reason, code| Err(ApiError { reason, code, shard: 0 });
        let (delay, result) = match ending {
            Ending::Stored => (Duration::ZERO, Ok(())),
            Ending::Unanswered => {
                (ANSWER_TIMEOUT, fail(Reason::CallTimeout, ErrorCode::InternalFailure))
            }
            Ending::Refused => {
                (Duration::ZERO, fail(Reason::TargetReject, ErrorCode::ServiceUnavailable))
            }
        };
        match ending {
            Ending::Stored | Ending::Unanswered => self.store(edge, object, ctx),
            Ending::Refused => ctx.count(ERRORS_5XX, 1),
        }
        ctx.reply(token, delay, Response::Object(result));
    }

    fn store(&mut self, edge: EdgeId, mut object: Object, ctx: &mut Ctx<'_>) {
        object.delivered_at = ctx.now();
        let (records, bytes) = (object.records, object.booked_bytes);
        ctx.count(BYTES_UPLOADED, object.stored_bytes);
        if let Some(idx) = self.by_key.get(&object.key) {
            // The same key again: the copies take the place of the records they are copies of.
            let twice = Account::Dropped(ctx.me(), Reason::Superseded);
            ctx.book(Account::Flight(edge), twice, records, bytes);
            self.objects[*idx as usize].delivered_at = ctx.now();
            return;
        }
        ctx.book(Account::Flight(edge), Account::Delivered(ctx.me()), records, bytes);
        ctx.count(NUMBER_OF_OBJECTS, 1);
        let stored = object.stored_bytes;
        self.histogram[CLASSES.partition_point(|class| *class <= stored)] += 1;
        self.stored_bytes += stored;
        self.kept_bytes += stored;
        let idx = u32::try_from(self.objects.len()).expect("objects are bounded far below 2^32");
        self.by_key.insert(Arc::clone(&object.key), idx);
        self.objects.push(object);
        self.let_go();
        if self.objects.len() >= limits::OBJECTS_MAX as usize {
            ctx.halt("A bucket is full of objects. Raise the buffer size or interval, or restart");
        }
    }

    /// Puts the object of the settings there, which nobody delivered.
    #[inline(never)]
    fn place(&mut self, ctx: &Ctx<'_>) {
        if self.config.file_key.is_empty() {
            return;
        }
        let key: Arc<str> = self.config.file_key.as_str().into();
        let bytes: Arc<[u8]> = self.config.file_text.as_bytes().into();
        let length = bytes.len() as u64;
        let object = Object {
            key: Arc::clone(&key),
            bytes,
            stored_bytes: length,
            raw_bytes: length,
            booked_bytes: 0,
            records: 0,
            sealed_at: ctx.now(),
            delivered_at: ctx.now(),
            reason: Seal::End,
            purpose: Purpose::Placed,
        };
        self.kept_bytes += length;
        self.stored_bytes += length;
        match self.by_key.get(&key) {
            Some(idx) => {
                let old = core::mem::replace(&mut self.objects[*idx as usize], object);
                self.stored_bytes -= old.stored_bytes;
                if *idx >= self.kept_from {
                    self.kept_bytes -= old.stored_bytes;
                } else {
                    self.kept_bytes -= length;
                }
            }
            None => {
                let idx = u32::try_from(self.objects.len()).expect("objects stay far below 2^32");
                self.by_key.insert(key, idx);
                self.objects.push(object);
            }
        }
    }

    /// `GetObject`.
    #[inline(never)]
    fn get(&mut self, token: Token, key: &str, ctx: &mut Ctx<'_>) {
        let harm = ctx.harm();
        let found = self.by_key.get(key).and_then(|idx| self.objects.get(*idx as usize));
        let content = found.filter(|it| it.is_kept()).map(|it| Arc::clone(&it.bytes));
        let (reason, code) = (Reason::TargetReject, ErrorCode::ServiceUnavailable);
        let failed = harm.fails || harm.lost;
        let answer = if failed { Err(ApiError { reason, code, shard: 0 }) } else { Ok(content) };
        let millis = u64::from(self.config.put_latency_millis) + harm.extra_millis;
        ctx.reply(token, Duration::from_millis(millis), Response::Content(answer));
    }

    /// Lets go of the oldest contents beyond the bound.
    fn let_go(&mut self) {
        while self.kept_bytes > limits::OBJECT_BYTES_MAX {
            let Some(oldest) = self.objects.get_mut(self.kept_from as usize) else { return };
            oldest.bytes = [].into();
            self.kept_bytes -= oldest.stored_bytes;
            self.kept_from += 1;
        }
    }
}

impl Component for Bucket {
    type Config = BucketConfig;

    fn new(config: &BucketConfig, _data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let mut new = Self {
            config: config.clone(),
            objects: Vec::new(),
            by_key: VecMap::new(),
            uploads: Vec::new(),
            kept_from: 0,
            kept_bytes: 0,
            stored_bytes: 0,
            histogram: [0; 6],
        };
        new.place(ctx);
        new
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        match event {
            Event::Timer { data, .. } => self.end(data, ctx),
            Event::Request { token, edge, request: Request::PutObject(object) } => {
                self.begin(token, edge, object, ctx);
            }
            Event::Request { token, request: Request::GetObject(key), .. } => {
                self.get(token, &key, ctx);
            }
            Event::Request { .. } | Event::Response { .. } | Event::Rewired => {}
        }
    }

    fn reconfigure(&mut self, config: &BucketConfig, _data: &DataSets, ctx: &mut Ctx<'_>) {
        let file = |it: &BucketConfig| (it.file_key.clone(), it.file_text.clone());
        let placed_anew = file(config) != file(&self.config);
        self.config = config.clone();
        if placed_anew {
            self.place(ctx);
        }
    }

    /// Delivered records are at the end of their way: nothing is held.
    fn held(&self) -> u64 {
        0
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, _edges: &mut [EdgeView]) {
        let newest = self.objects.last();
        let prefix = newest.map_or("", |object| folder(&object.key));
        out.gauges.push(Gauge::Objects(Objects {
            prefix: prefix.to_owned(),
            rows: self.objects.iter().rev().take(ROWS).map(|it| row(it, kernel)).collect(),
            count: self.objects.len() as u64,
            bytes: self.stored_bytes,
            histogram: self.histogram,
        }));
        let records = kernel.ledger.balance(Account::Delivered(out.id)).records;
        out.counters.extend([
            ("objects", self.objects.len() as u64),
            ("records", records.unsigned_abs()),
            ("bytes", self.stored_bytes),
        ]);
    }

    fn objects(&self) -> &[Object] {
        &self.objects
    }
}

fn row(object: &Object, kernel: &Kernel) -> ObjectRow {
    ObjectRow {
        name: short_name(&object.key),
        bytes: object.stored_bytes,
        age_micros: kernel.now.since(object.delivered_at).0,
        reason: object.reason,
        purpose: object.purpose,
    }
}

/// Everything up to the last slash.
fn folder(key: &str) -> &str {
    key.rfind('/').map_or("", |slash| &key[..=slash])
}

/// Minute, second and the first digits of the uuid: `04-03-51ce` of
/// `…-2026-11-21-10-04-03-51ce….gz`.
fn short_name(key: &str) -> String {
    let parts: Vec<&str> = key.rsplit('-').collect();
    // From the right: four uuid groups, the uuid's first group, second, minute.
    match parts.as_slice() {
        [_, _, _, _, first, second, minute, ..] => {
            format!("{minute}-{second}-{}", first.get(..4).unwrap_or(first))
        }
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_minute_second_and_uuid() {
        let key = "orders/2026/11/21/10/to-s3-1-2026-11-21-10-04-03-\
                   51ce2a4b-0f6e-4c31-9d2a-8a7b6c5d4e3f.gz";
        assert_eq!(short_name(key), "04-03-51ce");
        assert_eq!(folder(key), "orders/2026/11/21/10/");
        assert_eq!(short_name("odd"), "odd");
    }
    /// Three contents of 200 MiB are more than are kept; the bucket lists all three.
    #[test]
    fn the_oldest_content_goes_first_and_stays_listed() {
        let mut kernel = Kernel::new(1, 0);
        let config = BucketConfig::default();
        let id = base::NodeId(1);
        kernel.add_node(id, "lake", scenario::kind::Config::Bucket(config.clone()).spec());
        let mut ctx = Ctx::new(&mut kernel, id);
        let mut bucket = Bucket::new(&config, &DataSets::default(), &mut ctx);
        for key in ["a", "b", "c"] {
            let object = Object {
                key: key.into(),
                bytes: [1].into(),
                stored_bytes: 200 << 20,
                raw_bytes: 200 << 20,
                booked_bytes: 0,
                records: 0,
                sealed_at: ctx.now(),
                delivered_at: ctx.now(),
                reason: Seal::Size,
                purpose: Purpose::Records,
            };
            bucket.store(EdgeId(1), object, &mut ctx);
        }
        let gone: Vec<_> = bucket.objects.iter().map(|it| it.bytes.is_empty()).collect();
        assert_eq!(gone, [true, false, false]);
        assert_eq!(bucket.stored_bytes, 600 << 20);
        assert_eq!(bucket.histogram, [0, 0, 0, 0, 0, 3]);
    }
}
