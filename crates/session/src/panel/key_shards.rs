//! Where a producer's keys go: the share of each shard, and of the hottest key, computed by the
//! same hash the stream uses.

use std::rc::Rc;
use std::sync::Arc;

use base::sample::zipf_weights;
use base::{NodeId, Time};
use engine::kernel::keys::hash_of;
use scenario::kind::{KeyRecipe, RecordsConfig, Source};
use scenario::{Action, Config, Node, Scheduled};

use super::{HudCache, KeyShards, words};
use crate::session::Session;

/// Keys that are hashed; of more, the first ones stand for all.
const KEYS_MAX: u32 = 5_000;
/// Bars shown.
const BARS_MAX: usize = 64;

impl HudCache {
    /// Bars by shard and a sentence; empty when the selected node is no producer.
    pub(super) fn key_shards(&self) -> KeyShards {
        match &self.key_shards {
            Some((_node, _made_of, shown)) => shown.clone(),
            None => (Rc::default(), "".into()),
        }
    }
}

/// Computes the bars again when producer, data, script or shards changed.
pub(super) fn prepare(session: &mut Session) {
    let node = session.selected().and_then(|id| session.document.node(id));
    let Some(node) = node.filter(|node| keys_of(&node.config).is_some()) else {
        session.hud.key_shards = None;
        return;
    };
    let ranges = stream_ranges(session, node.id);
    let entries = passed_entries(session).count();
    let made_of = (ranges.len(), entries);
    let known = session.hud.key_shards.as_ref();
    if known.is_some_and(|(of, made, _)| Arc::ptr_eq(of, node) && *made == made_of) {
        return;
    }
    let shown = match keys_of(&config_now(session, node)) {
        Some((records, explicit_hash)) => {
            bars(&weights(session, records), records, explicit_hash, &ranges)
        }
        None => (Rc::default(), "".into()),
    };
    session.hud.key_shards = Some((Arc::clone(node), made_of, shown));
}

/// What a part makes and the explicit hash key of it all, where its keys decide about shards.
fn keys_of(config: &Config) -> Option<(&RecordsConfig, Option<u128>)> {
    match config {
        Config::Producer(config) => Some((&config.records, config.explicit_hash_key.parse().ok())),
        Config::Kpl(config) => Some((&config.records, config.explicit_hash_key.parse().ok())),
        _ => None,
    }
}

/// Script entries that have taken effect.
fn passed_entries(session: &Session) -> impl Iterator<Item = &Scheduled> {
    let now = session.run.snapshot().now;
    session.document.script.iter().filter(move |entry| entry.at <= now && now > Time::ZERO)
}

/// The settings of a node with what the script changed so far.
#[inline(never)]
fn config_now(session: &Session, node: &Node) -> Config {
    let mut config = node.config.clone();
    for entry in passed_entries(session) {
        if let Action::Set { node: id, fields } = &entry.action
            && *id == node.id
            && let Ok(changed) = config.with(fields)
        {
            config = changed;
        }
    }
    config
}

/// Open shards of the stream this producer feeds: number, first and last hash.
#[inline(never)]
fn stream_ranges(session: &Session, producer: NodeId) -> Vec<(u32, u128, u128)> {
    let Some(edge) = session.document.edges_from(producer).next() else { return Vec::new() };
    let stream = session.document.node(edge.to.node).map(|node| &node.config);
    if matches!(stream, Some(Config::Stream(config)) if config.spreads()) {
        return Vec::new();
    }
    let nodes = &session.run.snapshot().nodes;
    let Some(view) = nodes.iter().find(|view| view.id == edge.to.node) else { return Vec::new() };
    let open = words::lanes(view).iter().filter(|lane| !lane.closed);
    open.map(|lane| (lane.shard, lane.range.0, lane.range.1)).collect()
}

/// Keys with how often each is used; empty when that is not known beforehand.
#[inline(never)]
fn weights(session: &Session, config: &RecordsConfig) -> Vec<(String, u64)> {
    let numbered = |count: u32| (0..count).map(|n| format!("{}{n}", config.key_prefix));
    let count = config.key_count.min(KEYS_MAX);
    if config.source == Source::Data {
        let Some(set) = session.data.by_name.get(&config.data) else { return Vec::new() };
        let rows = set.key_histogram(&config.key_column);
        let rows = rows.into_iter().take(KEYS_MAX as usize);
        return rows.map(|(key, count)| (key.to_owned(), count)).collect();
    }
    match config.keys {
        KeyRecipe::Uniform => numbered(count).map(|key| (key, 1)).collect(),
        KeyRecipe::Zipf => {
            let weights = zipf_weights(count, config.zipf_hundredths);
            numbered(count).zip(weights).collect()
        }
        KeyRecipe::List => config
            .key_list
            .iter()
            .take(KEYS_MAX as usize)
            .map(|(key, weight)| (key.clone(), u64::from(*weight)))
            .collect(),
        KeyRecipe::Hot => {
            let (part, whole) = (config.hot_share.num, config.hot_share.den);
            let rest = u64::from(whole.saturating_sub(part));
            let mut keys: Vec<_> = numbered(count).map(|key| (key, rest)).collect();
            keys.push((config.hot_key.clone(), u64::from(part) * u64::from(count)));
            keys
        }
        KeyRecipe::Field | KeyRecipe::Random => Vec::new(),
    }
}

#[inline(never)]
fn bars(
    weights: &[(String, u64)],
    config: &RecordsConfig,
    explicit_hash: Option<u128>,
    ranges: &[(u32, u128, u128)],
) -> KeyShards {
    let total: u64 = weights.iter().map(|(_key, weight)| weight).sum();
    if total == 0 {
        return (Rc::default(), "".into());
    }
    let salt = config.key_salt.clamp(1, KEYS_MAX);
    let mut shares = vec![0_u128; ranges.len()];
    for (key, weight) in weights {
        for hash in hashes(key, explicit_hash, salt) {
            let at = ranges.iter().position(|(_, first, last)| (*first..=*last).contains(&hash));
            if let Some(at) = at {
                shares[at] += u128::from(*weight) * 1_000_000 / u128::from(salt);
            }
        }
    }
    let tallest = shares.iter().copied().max().unwrap_or(0).max(1);
    let per = |share: u128, whole: u128, unit: u128| {
        u32::try_from(share * unit / whole.max(1)).unwrap_or(u32::MAX)
    };
    let all = u128::from(total) * 1_000_000;
    let bars: Vec<(Rc<str>, u32)> = ranges
        .iter()
        .zip(&shares)
        .take(BARS_MAX)
        .map(|((shard, _, _), share)| {
            let label = format!("shard {shard}: {} %", per(*share, all, 100));
            (label.into(), per(*share, tallest, 1_000))
        })
        .collect();
    let hottest = weights.iter().max_by_key(|(_key, weight)| *weight);
    let words = hottest.map_or_else(String::new, |(key, weight)| {
        let percent = u128::from(*weight) * 100 / u128::from(total);
        let keys = crate::why::plural(weights.len() as u64, "key", "keys");
        format!("{keys}; the hottest, {key}, has {percent} % of all records")
    });
    (Rc::new(bars), words.into())
}

/// Where a key may go: once for each salt.
fn hashes(key: &str, explicit_hash: Option<u128>, salt: u32) -> Vec<u128> {
    if let Some(hash) = explicit_hash {
        return vec![hash; salt as usize];
    }
    if salt == 1 {
        return vec![hash_of(key)];
    }
    (0..salt).map(|n| hash_of(&format!("{key}#{n}"))).collect()
}
