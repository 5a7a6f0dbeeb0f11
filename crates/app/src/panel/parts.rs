//! What can be added: every kind there is, and presets of kinds.

use scenario::KmsFault;
use scenario::kind::{Group, SPECS};
use serde_json::Value;
use session::Message;
use yew::AttrValue;

use crate::dom;

/// A part of the palette.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) kind: &'static str,
    pub(crate) title: AttrValue,
    pub(crate) glyph: &'static str,
    pub(crate) about: &'static str,
    pub(crate) group: Group,
    pub(crate) preset: Vec<(String, Value)>,
}

/// Groups with their headings, in palette order.
pub(crate) const GROUPS: [(Group, &str); 5] = [
    (Group::Sources, "Sources"),
    (Group::Streams, "Streams"),
    (Group::Delivery, "Delivery"),
    (Group::Readers, "Readers"),
    (Group::Targets, "Targets"),
];

/// All parts.
pub(crate) fn all() -> Vec<Part> {
    let mut parts: Vec<Part> = SPECS
        .iter()
        .map(|spec| Part {
            kind: spec.kind,
            title: short(spec.kind, spec.title).into(),
            glyph: spec.glyph,
            about: spec.about,
            group: spec.group,
            preset: Vec::new(),
        })
        .collect();
    let replay = ("source".to_owned(), Value::from("data"));
    parts.push(Part {
        kind: "producer",
        title: "Replay file".into(),
        glyph: "replay",
        about: "A producer that replays a data set: yours, or one that comes with Rivulet",
        group: Group::Sources,
        preset: vec![replay],
    });
    parts
}

/// The palette is narrow: AWS's product names go without their family.
fn short(kind: &str, title: &'static str) -> &'static str {
    match kind {
        "bucket" => "S3",
        "connector" => "Connector",
        "agent" => "Agent",
        "elasticsearch" => "OpenSearch",
        "firehose" => "Firehose",
        "http_endpoint" => "HTTP",
        "kpl" => "KPL",
        "redshift" => "Redshift",
        "table" => "DynamoDB",
        "writer" => "Writer",
        "stream" => "Stream",
        _ => title,
    }
}

impl Part {
    /// The word that tells it apart while it is dragged.
    pub(crate) fn word(&self) -> &'static str {
        if self.preset.is_empty() { self.kind } else { "replay" }
    }

    /// The message that adds it.
    pub(crate) fn place(&self, at_in_screen: Option<(f64, f64)>, connect: bool) -> Message {
        let (kind, preset) = (self.kind.to_owned(), self.preset.clone());
        Message::Place { kind, preset, at_in_screen, connect }
    }

    /// How well a search text fits, best first; nothing when it does not.
    pub(crate) fn rank(&self, text: &str) -> Option<u8> {
        let text = dom::lower(text);
        let title = dom::lower(&self.title);
        let in_about = || text.len() > 2 && dom::lower(self.about).contains(&text);
        match () {
            () if title.starts_with(&text) => Some(0),
            () if title.contains(&text) || self.kind.contains(&text) => Some(1),
            () if in_about() => Some(2),
            () => None,
        }
    }
}

/// Faults as people pick them: glyph, label, word of the kind, and the fault.
pub(crate) const FAULTS: [(&str, &str, scenario::FaultKind); 11] = [
    ("brownout", "Down", scenario::FaultKind::Down),
    ("slow", "Slow", scenario::FaultKind::Slow { millis: 12_000 }),
    ("kill", "Reject", scenario::FaultKind::Reject { percent: 20 }),
    ("poison", "Time-out", scenario::FaultKind::Timeout { percent: 20 }),
    ("cross", "Lost calls", scenario::FaultKind::Unreachable { percent: 20 }),
    ("kill", "Kill worker", scenario::FaultKind::Kill { worker: 0 }),
    ("pause", "Pause worker", scenario::FaultKind::Pause { worker: 0 }),
    ("lock", "Key off", scenario::FaultKind::Kms(KmsFault::Disabled)),
    ("lock", "Key gone", scenario::FaultKind::Kms(KmsFault::PendingDeletion)),
    ("lock", "No grant", scenario::FaultKind::Kms(KmsFault::Denied)),
    ("lock", "Key busy", scenario::FaultKind::Kms(KmsFault::Throttled)),
];

/// How many of them most parts understand: they come first.
pub(crate) const GENERAL_FAULTS: usize = 4;

/// How long a fault from the palette lasts.
pub(crate) const FAULT_MICROS: u64 = 30_000_000;
