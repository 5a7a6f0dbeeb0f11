//! Objects of a bucket: the listing by prefix and the viewer.

use std::rc::Rc;
use std::sync::Arc;

use base::NodeId;
use base::units::{bytes_text, grouped};
use engine::Object;
use engine::snapshot::Seal;
use scenario::{Config, Node};
use serde_json::Value;

use crate::clock;
use crate::hud::{ListedObject, Listing, ObjectView};
use crate::session::Session;
use crate::why::plural;

/// Content shown as text.
const TEXT_BYTES: usize = 1_024;
/// Lines shown.
const LINES_SHOWN: usize = 20;
/// Content that is inflated and checked; larger objects are checked up to here.
const CHECKED_BYTES_MAX: usize = 4 << 20;
/// A JSON document larger than this is not indented.
const JSON_BYTES_MAX: usize = 64 << 10;

pub(super) fn is_bucket(node: &Node) -> bool {
    matches!(node.config, Config::Bucket(_))
}

/// The folder that is open.
pub(super) fn prefix(session: &Session, id: NodeId) -> String {
    match &session.panels.prefix {
        Some((node, prefix)) if *node == id => prefix.clone(),
        _ => String::new(),
    }
}

#[inline(never)]
pub(super) fn listing(session: &Session, id: NodeId) -> Listing {
    let prefix = prefix(session, id);
    let Some(folder) = session.run.folder(id, &prefix) else {
        return Listing { prefix: prefix.into(), ..Listing::default() };
    };
    let now = session.run.snapshot().now;
    let objects = folder.objects.iter().map(|(position, object)| ListedObject {
        index: folder.count.saturating_sub(position + 1),
        name: object.key.strip_prefix(prefix.as_str()).unwrap_or(&object.key).into(),
        bytes: object.stored_bytes,
        records: object.records,
        age: clock::age(now.since(object.delivered_at).0).into(),
        reason: seal_word(object.reason).into(),
    });
    Listing {
        folders: folder.folders.iter().map(|name| name.as_str().into()).collect(),
        objects: objects.collect(),
        count: u64::from(folder.count),
        bytes: folder.bytes,
        prefix: prefix.into(),
    }
}

fn seal_word(seal: Seal) -> &'static str {
    match seal {
        Seal::Size => "size",
        Seal::Time => "time",
        Seal::End => "end",
    }
}

impl Session {
    /// Opens an object by its position in the listing that is shown, newest first.
    pub(crate) fn show_object(&mut self, node: NodeId, index: u32) {
        let prefix = prefix(self, node);
        let shown = self.run.folder(node, &prefix).map(|folder| folder.count);
        let count = shown.or_else(|| self.run.count_objects(node));
        let position = count.and_then(|count| count.checked_sub(index + 1));
        self.panels.object = position.map(|position| (node, position));
    }
}

/// Reads the open object once.
pub(super) fn prepare(session: &mut Session) {
    let Some((node, position)) = session.panels.object else {
        session.hud.object = None;
        return;
    };
    let is_known = session.hud.object.as_ref().is_some_and(|(of, _)| *of == (node, position));
    if is_known {
        return;
    }
    let object = session.run.object(node, position);
    session.hud.object = object.map(|object| ((node, position), Rc::new(view(node, object))));
}

pub(super) fn open(session: &Session) -> Option<Rc<ObjectView>> {
    session.hud.object.as_ref().map(|(_of, view)| Rc::clone(view))
}

#[inline(never)]
fn view(node: NodeId, object: &Object) -> ObjectView {
    let is_gzip = object.bytes.starts_with(&[0x1F, 0x8B]);
    let inflated;
    let content: &[u8] = if is_gzip {
        inflated = engine::gzip::inflate(&object.bytes, CHECKED_BYTES_MAX);
        &inflated
    } else {
        &object.bytes[..object.bytes.len().min(CHECKED_BYTES_MAX)]
    };
    let is_whole = content.len() as u64 >= object.raw_bytes;
    let head = &content[..content.len().min(TEXT_BYTES)];
    let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let shown = lines.clone().take(LINES_SHOWN).map(|line| {
        let head = &line[..line.len().min(TEXT_BYTES)];
        Rc::from(String::from_utf8_lossy(head).as_ref())
    });
    ObjectView {
        node,
        key: (&*object.key).into(),
        bytes: object.stored_bytes,
        raw_bytes: object.raw_bytes,
        records: object.records,
        reason: seal_word(object.reason).into(),
        encoding: if is_gzip { "gzip" } else { "" }.into(),
        text: String::from_utf8_lossy(head).as_ref().into(),
        lines: Rc::new(shown.collect()),
        json: first_json(content).into(),
        lines_check: if object.is_kept() {
            check_lines(lines, object.records, is_whole)
        } else {
            ("The bucket let the content of this object go to stay within memory".into(), false)
        },
        content: Arc::clone(&object.bytes),
    }
}

/// The first JSON document, indented.
fn first_json(content: &[u8]) -> String {
    let head = &content[..content.len().min(JSON_BYTES_MAX)];
    documents(utf8(head))
        .next()
        .and_then(Result::ok)
        .map_or_else(String::new, |it| format!("{it:#}"))
}

/// JSON documents one after the other. Read as text like everything else: a second reader of JSON,
/// for bytes, would be 6 KB of the page.
fn documents(text: &str) -> impl Iterator<Item = serde_json::Result<Value>> {
    serde_json::Deserializer::from_str(text).into_iter()
}

/// As much of the bytes as is text.
fn utf8(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Whether a reader that takes the object line by line finds one JSON document on each.
fn check_lines(
    lines: impl Iterator<Item = impl AsRef<[u8]>>,
    records: u64,
    is_whole: bool,
) -> (Rc<str>, bool) {
    let (mut count, mut good, mut glued) = (0_u64, 0_u64, 0_u64);
    for line in lines {
        count += 1;
        let Ok(line) = str::from_utf8(line.as_ref()) else { continue };
        let mut documents = documents(line);
        match (documents.next(), documents.next()) {
            (Some(Ok(_)), None) => good += 1,
            (Some(Ok(_)), Some(_)) => glued += 1,
            (Some(Err(_)) | None, _) => {}
        }
    }
    let lines = plural(count, "line", "lines");
    let words = if !is_whole {
        let checked = bytes_text(CHECKED_BYTES_MAX as u64);
        format!("{} of {lines} in the first {checked} hold one JSON document", grouped(good))
    } else if glued > 0 || (count < records && good < count) {
        format!(
            "{lines} for {}: objects are glued together; turn on New line after each record",
            plural(records, "record", "records")
        )
    } else if good == count && count == records {
        format!("{lines}, each one JSON document: it reads as lines")
    } else if good == count {
        format!("{lines} of JSON for {}", plural(records, "record", "records"))
    } else {
        format!("{} of {lines} hold one JSON document", grouped(good))
    };
    (words.into(), good == count && (count == records || !is_whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, records: u64) -> (Rc<str>, bool) {
        let lines = content.as_bytes().split(|byte| *byte == b'\n');
        check_lines(lines.filter(|line| !line.is_empty()), records, true)
    }

    #[test]
    fn glued_records_are_told() {
        let glued = r#"{"a":1}"#.repeat(612);
        let (words, passed) = check(&glued, 612);
        let expected = "1 line for 612 records: objects are glued together; turn on New line \
                        after each record";
        assert_eq!((&*words, passed), (expected, false));
    }

    #[test]
    fn one_document_a_line_passes() {
        let (words, passed) = check("{\"a\":1}\n{\"a\":2}\n", 2);
        assert_eq!((&*words, passed), ("2 lines, each one JSON document: it reads as lines", true));
        assert!(!check("a,b\nc,d\n", 2).1);
    }
}
