//! Objects of a bucket by prefix: what a page of the list says, and what is given out as files.

use std::rc::Rc;
use std::sync::Arc;

use base::NodeId;
use base::units::{bytes_text, grouped};
use engine::snapshot::Seal;
use engine::{Object, Purpose};
use scenario::{Config, Node};

use crate::clock;
use crate::effect::Effect;
use crate::folder::{Folder, LISTED_MAX, SMALL_BYTES};
use crate::hud::{ListedObject, Listing};
use crate::message::Pick;
use crate::session::Session;
use crate::why::plural;

/// Small objects are worth a word from here on, once they are most of all.
const SMALL_MIN: u32 = 10;
/// Objects in one ZIP file: their bytes, the file and what makes it are in memory at once.
const ZIP_BYTES_MAX: u64 = 256 << 20;

pub(super) fn is_bucket(node: &Node) -> bool {
    matches!(node.config, Config::Bucket(_))
}

/// The folder that is open, and how many newer objects its page leaves out.
pub(super) fn open(session: &Session, id: NodeId) -> (&str, u32) {
    match &session.panels.folder {
        Some((node, prefix, skip)) if *node == id => (prefix, *skip),
        _ => ("", 0),
    }
}

#[inline(never)]
pub(super) fn listing(session: &Session, node: &Node) -> Listing {
    let (prefix, skip) = open(session, node.id);
    let crumbs = crumbs(&node.name, prefix);
    let Some(folder) = session.run.folder(node.id, prefix, skip) else {
        return Listing { prefix: prefix.into(), crumbs, ..Listing::default() };
    };
    let now = session.run.snapshot().now;
    let objects = folder.objects.iter().map(|(position, object)| ListedObject {
        index: folder.all.saturating_sub(position + 1),
        name: object.key.strip_prefix(prefix).unwrap_or(&object.key).into(),
        bytes: object.stored_bytes,
        records: object.records,
        age: coarse_age(now.since(object.delivered_at).0).into(),
        reason: chip_word(object).into(),
    });
    let (range, turns) = pages(folder, skip);
    Listing {
        folders: folder.folders.clone(),
        objects: objects.collect(),
        count: u64::from(folder.count),
        bytes: folder.bytes,
        all: u64::from(folder.all),
        prefix: prefix.into(),
        crumbs,
        range: range.into(),
        turns,
        warning: warning(session, node.id, folder).map(Rc::from),
        no_zip: no_zip(folder).into(),
    }
}

/// What an object is, in a word: what sealed it, or that it tells of records that failed.
fn chip_word(object: &Object) -> &'static str {
    match object.purpose {
        Purpose::Records => seal_word(object.reason),
        Purpose::Failed => "error",
        Purpose::Manifest => "list",
        Purpose::Placed => "own",
    }
}

pub(super) fn seal_word(seal: Seal) -> &'static str {
    match seal {
        Seal::Size => "size",
        Seal::Time => "time",
        Seal::End => "end",
    }
}

/// An age with its largest unit: `30.8 s`, `4 min`.
fn coarse_age(micros: u64) -> String {
    let age = clock::age(micros);
    let end = age.match_indices(' ').nth(1).map_or(age.len(), |(at, _)| at);
    age[..end].to_owned()
}

/// The bucket, then one step for each slash.
fn crumbs(bucket: &str, prefix: &str) -> Vec<(Rc<str>, Rc<str>)> {
    let mut crumbs = vec![(bucket.into(), "".into())];
    let mut from = 0;
    for (slash, _) in prefix.match_indices('/') {
        crumbs.push((prefix[from..slash].into(), prefix[..=slash].into()));
        from = slash + 1;
    }
    crumbs
}

/// Which objects the page has, and what the pages beside it leave out.
fn pages(folder: &Folder, skip: u32) -> (String, (Option<u32>, Option<u32>)) {
    if folder.here <= LISTED_MAX && skip == 0 {
        return (String::new(), (None, None));
    }
    let end = skip.saturating_add(LISTED_MAX).min(folder.here);
    let number = |n: u32| grouped(u64::from(n));
    let range = format!("{}–{} of {}", number(skip + 1), number(end), number(folder.here));
    let newer = (skip > 0).then(|| skip.saturating_sub(LISTED_MAX));
    (range, (newer, (end < folder.here).then_some(end)))
}

fn no_zip(folder: &Folder) -> String {
    if folder.gone > 0 {
        let gone = plural(u64::from(folder.gone), "object", "objects");
        format!("The bucket let the content of {gone} go to stay within memory")
    } else if folder.bytes > ZIP_BYTES_MAX {
        let most = bytes_text(ZIP_BYTES_MAX);
        format!("More than {most}: open a folder that holds less")
    } else {
        String::new()
    }
}

/// Says when most objects are small, who suffers, and which hint of which stream to raise.
fn warning(session: &Session, bucket: NodeId, folder: &Folder) -> Option<String> {
    if folder.small < SMALL_MIN || folder.small * 2 < folder.count {
        return None;
    }
    let number = |n: u32| grouped(u64::from(n));
    let mut words = format!(
        "{} of {} objects are under {}. Athena and Spark list, open and read each one, so many \
         small ones make queries slow and requests dear; AWS advises 128 MB and more",
        number(folder.small),
        number(folder.count),
        bytes_text(SMALL_BYTES),
    );
    let is_by_time = folder.small_by_time * 2 >= folder.small;
    let hint = |name: &str, secs: u32, mib: u32| {
        if is_by_time {
            format!("{name} seals by time: raise its Buffer interval, now {secs} s")
        } else {
            format!("{name} seals by size: raise its Buffer size, now {mib} MiB")
        }
    };
    for edge in session.document.edges_to(bucket) {
        let from = session.document.node(edge.from.node);
        if let Some((node, Config::Firehose(config))) = from.map(|node| (node, &node.config)) {
            let (secs, mib) = (config.buffer_interval_secs, config.buffer_size_mib);
            words += &format!(". {}", hint(&node.name, secs, mib));
        }
    }
    Some(words)
}

impl Session {
    /// Opens an object by its position in the listing that is shown, newest first.
    #[inline(never)]
    pub(crate) fn show_object(&mut self, node: NodeId, index: u32) {
        let position = self.position(node, index);
        self.panels.object = position.map(|position| (node, position));
    }

    /// In order of delivery. The list that is shown may be older than the bucket is.
    fn position(&self, node: NodeId, index: u32) -> Option<u32> {
        let (prefix, skip) = open(self, node);
        let shown = self.run.folder(node, prefix, skip).map(|folder| folder.all);
        let count = shown.or_else(|| self.run.count_objects(node));
        count.and_then(|count| count.checked_sub(index + 1))
    }

    /// Gives one object under its name, or many in one file.
    #[inline(never)]
    pub(crate) fn download(&mut self, pick: &Pick) {
        let one = match pick {
            Pick::Under(node, prefix) => return self.download_all(*node, prefix),
            Pick::Open => self.panels.object,
            Pick::One(node, index) => self.position(*node, *index).map(|at| (*node, at)),
        };
        let Some(object) = one.and_then(|(node, at)| self.run.object_at(node, at)) else { return };
        if !object.is_kept() {
            self.say("The bucket let the content of this object go to stay within memory");
            return;
        }
        let name = file_name(&object.key).to_owned();
        self.effects.push(Effect::Download { name, bytes: object.bytes });
    }

    fn download_all(&mut self, node: NodeId, prefix: &str) {
        let objects = self.run.objects_under(node, prefix);
        let bytes: u64 = objects.iter().map(|object| object.stored_bytes).sum();
        let is_whole = objects.iter().all(Object::is_kept);
        if objects.is_empty() || !is_whole || bytes > ZIP_BYTES_MAX {
            return;
        }
        let folder = prefix.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let bucket = self.name(node);
        let name = if folder.is_empty() { bucket } else { format!("{bucket}-{folder}") };
        let file = |object: &Object| {
            let name = object.key.strip_prefix(prefix).unwrap_or(&object.key);
            (name.to_owned(), Arc::clone(&object.bytes))
        };
        let files = objects.iter().map(file).collect();
        self.want_library();
        self.effects.push(Effect::DownloadZip { name: format!("{name}.zip"), files });
    }
}

/// What comes behind the last slash; S3 allows keys that end with one.
fn file_name(key: &str) -> &str {
    key.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("object")
}
