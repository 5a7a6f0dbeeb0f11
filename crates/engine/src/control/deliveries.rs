//! The control plane of Amazon Data Firehose: streams that come, change and go by calls, and
//! records by hand. They go by the names of their nodes.
//!
//! A stream that was made by a call has no card. It delivers to the part of the diagram that its
//! destination names; a bucket that is not there is made, without a card as well.

use std::sync::Arc;

use base::{Duration, EdgeId, NodeId, Time};
use scenario::kind::{BucketConfig, Config, FirehoseConfig, PutApi};
use scenario::ports::{Direction, Port};
use scenario::{Action, Document, Edge, End, Node as Part, Point, validate};
use serde_json::{Map, Value};

use super::account::partition;
use super::{Refusal, invalid, not_found};
use crate::api;
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::formats::{self, Formats};
use crate::kernel::ctx::Ctx;
use crate::kind::Node;
use crate::kind::firehose::Firehose;
use crate::kind::firehose::life::{Destination, Encryption, Status};
use crate::snapshot::MarkKind;

/// Firehose streams of an account in a region (facts, Firehose §1.1).
const STREAMS_MAX: usize = 5_000;
/// Starts and stops of encryption together in 24 hours (facts, Firehose §1.1).
const ENCRYPTION_CHANGES_MAX: usize = 25;
/// How long a change of encryption takes; AWS names no figure.
const ENCRYPTION_DELAY: Duration = Duration::from_secs(5);
/// Ids of parts and wires without a card begin here, out of the way of those of a document.
const UNSEEN: u32 = 1 << 31;

type Done = Result<(), api::Refusal>;

/// A Firehose stream that is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    /// What is a setting of it.
    pub(crate) fields: Map<String, Value>,
    /// Name of the stream that is its source, and the role it is read with.
    pub(crate) source: Option<(&'a str, &'a str)>,
    pub(crate) destination: Destination,
    pub(crate) places: Places<'a>,
    /// `KeyType` and `KeyARN`, when its records are encrypted from the beginning.
    pub(crate) key: Option<(String, Option<String>)>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) throughput_hint: Option<i64>,
}

/// Where a destination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places<'a> {
    /// Name of the part that is delivered to, and whether it is a bucket.
    pub(crate) target: (&'a str, bool),
    /// Name of the bucket beside it.
    pub(crate) bucket: Option<&'a str>,
}

impl Engine {
    /// `CreateDeliveryStream`: `CREATING` at once, `ACTIVE` after `Account::create_delay`.
    ///
    /// # Errors
    /// The name is taken, there are too many streams, the source is not there, or a setting has no
    /// such value.
    #[inline(never)]
    pub(crate) fn create_delivery_stream(&mut self, wanted: Wanted<'_>) -> Done {
        let (name, account) = (wanted.name, &self.account.id);
        if self.delivery(name).is_ok() {
            let message = format!("Firehose {name} under accountId {account} already exists");
            return Err(api::Refusal { exception: "ResourceInUseException", message });
        }
        if self.deliveries().count() >= STREAMS_MAX {
            let message =
                format!("You have already consumed your firehose quota of {STREAMS_MAX} hoses.");
            return Err(api::Refusal { exception: "LimitExceededException", message });
        }
        let source = match wanted.source {
            Some((stream, _)) => Some(self.stream(stream)?.0),
            None => None,
        };
        let part = self.place_of(name);
        let is_new = part.is_none();
        if let Some(card) = &part {
            self.check_led(card.id, source, wanted.places)?;
        }
        let part =
            part.unwrap_or_else(|| self.unseen(name, Config::Firehose(FirehoseConfig::default())));
        let part = Arc::new(configured(part, &wanted.fields, self.kernel.formats)?);
        let id = part.id;
        if is_new {
            self.add_hidden(&part);
        } else {
            self.begin_at(&part);
        }
        let delay = self.account.create_delay;
        self.with_delivery(id, |firehose, ctx| {
            firehose.create(delay, ctx);
            let life = firehose.life_mut();
            life.destination = Some(wanted.destination);
            life.throughput_hint = wanted.throughput_hint;
            life.source_role = wanted.source.map(|(_, role)| role.to_owned());
            life.encryption.key = wanted.key;
            for (key, value) in wanted.tags {
                life.tags.insert(key, value);
            }
        });
        if is_new {
            if let Some(stream) = source {
                self.wire((stream, "out"), (id, "in"));
            }
            self.lead(id, wanted.places);
        }
        Ok(())
    }

    /// `DeleteDeliveryStream`: `DELETING` at once, gone after `Account::create_delay`, and what it
    /// holds with it; once more changes nothing.
    ///
    /// # Errors
    /// Unknown stream, or one that is `CREATING`.
    pub(crate) fn delete_delivery_stream(&mut self, name: &str) -> Done {
        let (id, firehose) = self.delivery(name)?;
        if firehose.life().status(self.now()) == Status::Creating {
            return Err(self.not_active(name, Status::Creating));
        }
        let delay = self.account.create_delay;
        self.with_delivery(id, |firehose, ctx| firehose.delete(delay, ctx));
        Ok(())
    }

    /// `UpdateDestination`: other settings, and for a stream without a card other places.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE`, a setting without such a value, or another place
    /// for a stream that has a card.
    #[inline(never)]
    pub(crate) fn update_destination(
        &mut self,
        name: &str,
        fields: Map<String, Value>,
        destination: Destination,
        places: Places<'_>,
    ) -> Done {
        let (id, firehose) = self.active_delivery(name)?;
        let before = firehose.version();
        let is_seen = self.kernel.node(id).is_some_and(|node| node.placed);
        if is_seen {
            self.check_led(id, self.source_of(id), places)?;
        }
        self.apply(&Action::Set { node: id, fields }).map_err(super::refused)?;
        let now = self.now();
        self.with_delivery(id, |firehose, _| firehose.revise(destination, before, now));
        if !is_seen && !self.is_led(id, places) {
            self.lead(id, places);
        }
        Ok(())
    }

    /// `StartDeliveryStreamEncryption` with a key, `StopDeliveryStreamEncryption` without one.
    ///
    /// # Errors
    /// Unknown stream, one that is not `ACTIVE` or being changed already, or too many changes.
    pub(crate) fn encrypt_delivery_stream(
        &mut self,
        name: &str,
        key: Option<(String, Option<String>)>,
    ) -> Done {
        let (id, firehose) = self.active_delivery(name)?;
        let (now, account) = (self.now(), &self.account.id);
        let encryption = &firehose.life().encryption;
        if now < encryption.settled {
            let status = encryption.word(now);
            let message = format!(
                "Encryption of Firehose {name} under account {account} is in state {status}"
            );
            return Err(api::Refusal { exception: "ResourceInUseException", message });
        }
        let recent = |at: &Time| *at + Duration::DAY > now;
        if encryption.changes.iter().filter(|at| recent(at)).count() >= ENCRYPTION_CHANGES_MAX {
            let message = format!(
                "Encryption of Firehose {name} under account {account} was started and stopped \
                 {ENCRYPTION_CHANGES_MAX} times in 24 hours."
            );
            return Err(api::Refusal { exception: "LimitExceededException", message });
        }
        let mut changes: Vec<Time> = encryption.changes.iter().copied().filter(recent).collect();
        changes.push(now);
        let was_on = encryption.is_on(now);
        let settled = now + ENCRYPTION_DELAY;
        self.with_delivery(id, |firehose, _| {
            firehose.life_mut().encryption = Encryption { key, was_on, settled, changes };
        });
        Ok(())
    }

    /// Sets or takes away a tag.
    ///
    /// # Errors
    /// There is no such stream.
    pub(crate) fn tag_delivery_stream(
        &mut self,
        name: &str,
        key: &str,
        value: Option<&str>,
    ) -> Done {
        let (id, _) = self.delivery(name)?;
        self.with_delivery(id, |firehose, _| match value {
            Some(value) => firehose.life_mut().tags.insert(key.to_owned(), value.to_owned()),
            None => firehose.life_mut().tags.remove(key),
        });
        Ok(())
    }

    /// `PutRecord` and `PutRecordBatch`: a number for each record, or why it was refused; and
    /// whether they are encrypted.
    ///
    /// # Errors
    /// Unknown Firehose stream, one that is not there yet, reads a data stream or decompresses, a
    /// call that is too large, or a `PutRecord` beyond the quota.
    pub fn put_to_firehose(
        &mut self,
        name: &str,
        data: &[Vec<u8>],
        api: PutApi,
    ) -> Result<(Vec<Result<u64, Refusal>>, bool), api::Refusal> {
        let refused = |(code, message): (ErrorCode, String)| Refusal { code, message };
        let (id, firehose) = self.delivery(name)?;
        let now = self.now();
        if firehose.life().status(now) == Status::Creating {
            return Err(self.no_delivery(name).into());
        }
        if firehose.settings().decompress {
            let message = "Only Amazon CloudWatch Logs can put records while decompression is on.";
            let exception = "InvalidSourceException";
            return Err(api::Refusal { exception, message: message.to_owned() });
        }
        let encrypted = firehose.life().encryption.is_on(now);
        let results = self.with_delivery(id, |firehose, ctx| firehose.put_direct(data, api, ctx));
        let results = results.map_err(refused)?;
        Ok((results.into_iter().map(|result| result.map_err(refused)).collect(), encrypted))
    }

    /// Every bucket of the account with its name, by id: those of calls come last.
    #[must_use]
    #[inline(never)]
    pub fn buckets(&self) -> Vec<(NodeId, String)> {
        let parts = self.document().nodes.iter();
        let buckets = parts.filter(|part| matches!(part.config, Config::Bucket(_)));
        buckets.map(|part| (part.id, part.name.clone())).collect()
    }

    /// Every Firehose stream of the account.
    pub(crate) fn deliveries(&self) -> impl Iterator<Item = (NodeId, &Firehose)> {
        self.nodes.iter().filter_map(|(id, node)| match node {
            Node::Firehose(firehose) => Some((*id, &**firehose)),
            _ => None,
        })
    }

    /// The Firehose stream of this name.
    pub(crate) fn delivery(&self, name: &str) -> Result<(NodeId, &Firehose), Refusal> {
        let named = |(id, _): &(NodeId, &Firehose)| {
            self.document().node(*id).is_some_and(|part| part.name == name)
        };
        self.deliveries().find(named).ok_or_else(|| self.no_delivery(name))
    }

    /// That a stream is `ACTIVE`.
    pub(crate) fn active_delivery(&self, name: &str) -> Result<(NodeId, &Firehose), api::Refusal> {
        let (id, firehose) = self.delivery(name)?;
        match firehose.life().status(self.now()) {
            Status::Active => Ok((id, firehose)),
            status => Err(self.not_active(name, status)),
        }
    }

    fn no_delivery(&self, name: &str) -> Refusal {
        not_found(format!("Firehose {name} under account {} not found.", self.account.id))
    }

    fn not_active(&self, name: &str, status: Status) -> api::Refusal {
        let (account, status) = (&self.account.id, status.word());
        let message =
            format!("Firehose {name} under account {account} is not ACTIVE, but in state {status}");
        api::Refusal { exception: "ResourceInUseException", message }
    }

    /// The card of a stream that was deleted, with its name.
    fn place_of(&self, name: &str) -> Option<Part> {
        let is_gone = |part: &&Arc<Part>| {
            let is_free = self.kernel.node(part.id).is_some_and(|node| node.absent);
            part.name == name && is_free && matches!(part.config, Config::Firehose(_))
        };
        self.document().nodes.iter().find(is_gone).map(|part| Part::clone(part))
    }

    /// Brings a card to life again.
    fn begin_at(&mut self, part: &Arc<Part>) {
        if let Some(node) = self.document.nodes.iter_mut().find(|node| node.id == part.id) {
            *node = Arc::clone(part);
        }
        self.begin(part);
        let now = self.now();
        self.kernel.marks.add(now, None, MarkKind::Change, part.id);
    }

    /// A part without a card.
    fn unseen(&self, name: &str, config: Config) -> Part {
        let id = NodeId(self.document().next_node_id().0.max(UNSEEN));
        let at = Point::default();
        Part { id, name: name.to_owned(), at, config, unknown: Map::new() }
    }

    fn add_hidden(&mut self, part: &Arc<Part>) {
        self.add_unseen(part);
        if let Some(node) = self.kernel.node_mut(part.id) {
            node.placed = false;
        }
    }

    /// Wires a stream without a card to where it delivers; what led elsewhere goes.
    fn lead(&mut self, id: NodeId, places: Places<'_>) {
        let led: Vec<Arc<Edge>> = self.document().edges_from(id).cloned().collect();
        for edge in led {
            self.document.edges.retain(|other| other.id != edge.id);
            self.remove_edge(edge.id);
        }
        let (target, is_bucket) = places.target;
        let target = match is_bucket {
            true => Some(self.bucket(target)),
            false => self.target(target),
        };
        if let Some(target) = target {
            self.wire((id, "out"), (target, "in"));
        }
        if let Some(name) = places.bucket {
            let bucket = self.bucket(name);
            self.wire((id, "bucket"), (bucket, "in"));
        }
    }

    /// What a port of a Firehose stream is wired to.
    fn led(&self, id: NodeId, port: &str) -> Option<&Part> {
        let edge = self.document().edges_from(id).find(|edge| edge.from.port == port)?;
        self.document().node(edge.to.node).map(|part| &**part)
    }

    /// Whether the wires of a stream lead to exactly these places.
    fn is_led(&self, id: NodeId, places: Places<'_>) -> bool {
        let bucket = self.led(id, "bucket").map(|part| &*part.name);
        self.led(id, "out").is_some_and(|part| is_target(part, places)) && bucket == places.bucket
    }

    /// That the wires of a card come from this stream and lead to these places.
    fn check_led(&self, id: NodeId, source: Option<NodeId>, places: Places<'_>) -> Done {
        let is_there = self.led(id, "out").is_none_or(|part| is_target(part, places));
        let bucket = self.led(id, "bucket").zip(places.bucket);
        let is_beside = bucket.is_none_or(|(part, asked)| part.name == asked);
        if is_there && is_beside && source == self.source_of(id) {
            return Ok(());
        }
        let text = "The wires of a card say where its records come from and go to: connect it \
                    there. A limit of Rivulet, not of AWS.";
        Err(invalid(text.to_owned()).into())
    }

    /// The stream that is wired to a Firehose stream.
    pub(crate) fn source_of(&self, id: NodeId) -> Option<NodeId> {
        let mut from = self.document().edges_to(id).map(|edge| edge.from.node);
        from.find(|id| {
            let part = self.document().node(*id);
            part.is_some_and(|part| matches!(part.config, Config::Stream(_)))
        })
    }

    /// The bucket of this name, which is made when it is not there.
    fn bucket(&mut self, name: &str) -> NodeId {
        let is_it =
            |part: &&Arc<Part>| part.name == name && matches!(part.config, Config::Bucket(_));
        if let Some(part) = self.document().nodes.iter().find(is_it) {
            return part.id;
        }
        let part = Arc::new(self.unseen(name, Config::Bucket(BucketConfig::default())));
        self.add_hidden(&part);
        part.id
    }

    /// The part of this name that is no bucket and no stream.
    fn target(&self, name: &str) -> Option<NodeId> {
        let is_it = |part: &&Arc<Part>| {
            part.name == name && !matches!(part.config, Config::Bucket(_) | Config::Stream(_))
        };
        self.document().nodes.iter().find(is_it).map(|part| part.id)
    }

    /// Connects two ports that speak the same.
    fn wire(&mut self, from: (NodeId, &str), to: (NodeId, &str)) {
        let port = |(id, name): (NodeId, &str), direction: Direction| -> Option<&'static Port> {
            let ports = self.document().node(id)?.spec().ports;
            ports.iter().find(|port| port.name == name && port.direction == direction)
        };
        let ports = port(from, Direction::Out).zip(port(to, Direction::In));
        let speak =
            |(out, into): (&Port, &Port)| out.flows.iter().any(|it| into.flows.contains(it));
        if !ports.is_some_and(speak) {
            return;
        }
        let id = EdgeId(self.document().next_edge_id().0.max(UNSEEN));
        let end = |(node, port): (NodeId, &str)| End { node, port: port.to_owned() };
        let edge = Arc::new(Edge { id, from: end(from), to: end(to) });
        self.document.edges.push(Arc::clone(&edge));
        self.add_edge(&edge);
    }

    /// Lets a Firehose stream act at the current time; every such act is part of the run's hash.
    fn with_delivery<T>(
        &mut self,
        id: NodeId,
        act: impl FnOnce(&mut Firehose, &mut Ctx<'_>) -> T,
    ) -> T {
        self.kernel.trace.word(self.kernel.now.0);
        self.kernel.trace.word(u64::from(id.0));
        let found = self.nodes.iter_mut().find_map(|(node, part)| match part {
            Node::Firehose(firehose) if *node == id => Some(firehose),
            _ => None,
        });
        let firehose = found.expect("the caller found the stream before");
        act(firehose, &mut Ctx::new(&mut self.kernel, id))
    }
}

fn is_target(part: &Part, places: Places<'_>) -> bool {
    let (name, is_bucket) = places.target;
    part.name == name && matches!(part.config, Config::Bucket(_)) == is_bucket
}

/// A part with other settings, if they are legal.
fn configured(part: Part, fields: &Map<String, Value>, formats: Formats) -> Result<Part, Refusal> {
    let (node, fields) = (part.id, fields.clone());
    let mut document = Document { nodes: vec![Arc::new(part)], ..Document::default() };
    let action = Action::Set { node, fields };
    let mut found = validate::play(&action, &mut document, &scenario::DataSets::default());
    if document.needs_formats() {
        found.extend(formats::check(&document, formats));
    }
    if let Some(finding) = found.into_iter().find(base::Diagnostic::is_error) {
        return Err(invalid(finding.message));
    }
    let part = document.nodes.pop().expect("there is one");
    Ok(Part::clone(&part))
}

/// `arn:aws:firehose:us-east-1:123456789012:deliverystream/<name>`.
pub(crate) fn delivery_arn(account: &super::Account, name: &str) -> String {
    let (id, region) = (&account.id, &account.region);
    format!("arn:{}:firehose:{region}:{id}:deliverystream/{name}", partition(region))
}
