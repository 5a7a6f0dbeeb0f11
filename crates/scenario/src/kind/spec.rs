//! What a kind says about itself: title, ports, fields, metrics. Inspector forms, the palette,
//! range checks and the documentation are all generated from here.

use base::{Diagnostic, NodeId, Place};
use serde_json::{Map, Value};
use sql::Dialect;

use super::Config;
use crate::ports::Port;

/// Where the palette shows a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Things that write.
    Sources,
    /// Things that keep records in order.
    Streams,
    /// Things that buffer and deliver.
    Delivery,
    /// Things that read.
    Readers,
    /// Where data ends up.
    Targets,
}

/// How true the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// Every number follows a published rule.
    Exact,
    /// Some numbers are published averages.
    Average,
    /// Reduced to what the picture needs.
    Simplified,
}

/// Another setting and the values of it that show a field; a yes-or-no is `true` or `false`.
pub type When = Option<(&'static str, &'static [&'static str])>;

/// Stands in a [`When`] for the kind of part at the other end of `out`; empty without a wire.
pub const TARGET: &str = "target";

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key in files; the unit is its last word.
    pub key: &'static str,
    /// The label in forms.
    pub label: &'static str,
    /// What stands behind the value: `hours`, `MiB`, `/s`; may be empty.
    pub unit: &'static str,
    /// Type and range.
    pub kind: FieldKind,
    /// Shown only while another field has one of these values.
    pub when: When,
    /// The heading it stands under; may be empty for the first ones.
    pub section: &'static str,
    /// One or two sentences: what it does, where the limit comes from.
    pub help: &'static str,
}

/// What of a setting every document is checked for.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    key: &'static str,
    when: When,
    range: Range,
}

/// Legal values of a setting.
#[derive(Clone, Copy, Debug)]
enum Range {
    /// Its type says it all, or the rules of the kind do.
    Any,
    /// A whole number.
    Int(u64, u64),
    /// Text of at most so many characters.
    Chars(u32),
}

/// Type and range of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A whole number.
    Int {
        /// Smallest legal value.
        min: u64,
        /// Largest legal value.
        max: u64,
    },
    /// One of a few words: value and label.
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no.
    Bool,
    /// A line of text.
    Text {
        /// Most characters.
        chars_max: u32,
    },
    /// Several lines of text, code face.
    Code {
        /// Most characters.
        chars_max: u32,
    },
    /// A script of streaming SQL.
    Sql {
        /// What it is written in.
        dialect: Dialect,
        /// Most characters.
        chars_max: u32,
    },
    /// A share such as `1/2`.
    Share,
    /// Words with weights: `[["gate-1", 47], ["gate-2", 10]]`.
    Weights,
    /// Points of a curve: `[[seconds, value], …]`, straight lines between them.
    Curve,
    /// The name of a data set.
    Data,
    /// A column of the chosen data set.
    Column,
}

/// How a metric is put together over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// Added up.
    Sum,
    /// The largest; nothing happened in a second without a sample.
    Max,
    /// The largest; what stands is measured now and then and holds until it is measured again.
    Gauge,
}

/// A metric a kind reports, under its AWS name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricSpec {
    /// `IncomingRecords`, `GetRecords.IteratorAgeMilliseconds`, …
    pub name: &'static str,
    /// How it adds up.
    pub stat: Stat,
    /// `records`, `bytes`, `ms`, `s`, `calls`.
    pub unit: &'static str,
    /// Whether a value above zero is trouble.
    pub bad: bool,
}

/// What a kind is.
#[derive(Clone, Copy, Debug)]
pub struct KindSpec {
    /// The word in files: `stream`.
    pub kind: &'static str,
    /// The title in palette and inspector.
    pub title: &'static str,
    /// The small word at the right of a card's header.
    pub badge: &'static str,
    /// The stem of a new node's name.
    pub stem: &'static str,
    /// One sentence for newcomers.
    pub about: &'static str,
    /// Palette group.
    pub group: Group,
    /// Name of the glyph.
    pub glyph: &'static str,
    /// How true the numbers are.
    pub fidelity: Fidelity,
    /// Width and height in world units; a stream grows by its lanes.
    pub size: (i32, i32),
    /// Where wires end.
    pub ports: &'static [Port],
    /// Settings in form order (`KindSpec::fields`). A function, so that a page downloads the
    /// words about a setting when it needs the kind.
    pub fields: fn() -> &'static [Field],
    /// Their limits without words, for checks.
    pub limits: &'static [Limit],
    /// Metrics in chart order.
    pub metrics: &'static [MetricSpec],
    /// Words of the faults it understands (`FaultKind::word`).
    pub faults: &'static [&'static str],
}

/// Stands in for a kind that a newer version wrote.
pub(crate) static UNKNOWN: KindSpec = KindSpec {
    kind: "unknown",
    title: "Unknown part",
    badge: "newer version",
    stem: "part",
    about: "Made with a newer version of Rivulet: kept as it is, not simulated",
    group: Group::Targets,
    glyph: "help",
    fidelity: Fidelity::Simplified,
    size: (204, 64),
    ports: &[],
    fields: || &[],
    limits: &[],
    metrics: &[],
    faults: &[],
};

/// A setting that is always shown.
pub(crate) const fn field(
    key: &'static str,
    label: &'static str,
    unit: &'static str,
    kind: FieldKind,
    section: &'static str,
    help: &'static str,
) -> Field {
    Field { key, label, unit, kind, when: None, section, help }
}

/// A setting that is shown while another has one of these values.
pub(crate) const fn only(when: When, field: Field) -> Field {
    Field { when, ..field }
}

/// A whole number in a range.
pub(crate) const fn int(min: u64, max: u64) -> FieldKind {
    FieldKind::Int { min, max }
}

/// Settings several kinds share, followed by the kind's own.
pub(crate) const fn join<const A: usize, const B: usize, const ALL: usize>(
    shared: &[Field; A],
    own: &[Field; B],
) -> [Field; ALL] {
    assert!(A + B == ALL, "every setting has its place");
    let mut all = [shared[0]; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < A { shared[at] } else { own[at - A] };
        at += 1;
    }
    all
}

impl Field {
    /// What a value must be, as it ends the sentence "It must be …".
    #[must_use]
    pub fn wanted(&self) -> String {
        match self.kind {
            FieldKind::Int { min, max } => format!("a whole number from {min} to {max}"),
            FieldKind::Choice(choices) => {
                let words: Vec<String> =
                    choices.iter().map(|(word, _label)| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            FieldKind::Bool => "true or false".to_owned(),
            FieldKind::Text { .. } | FieldKind::Code { .. } | FieldKind::Sql { .. } => {
                "text in quotes".to_owned()
            }
            FieldKind::Share => "a share in quotes, such as \"1/2\"".to_owned(),
            FieldKind::Weights => {
                "a list of keys with weights, such as [[\"gate-1\", 47]]".to_owned()
            }
            FieldKind::Curve => "a list of seconds and rates, such as [[0, 100]]".to_owned(),
            FieldKind::Data => "the name of a data set in quotes".to_owned(),
            FieldKind::Column => "the name of a column in quotes".to_owned(),
        }
    }
}

impl KindSpec {
    /// Settings in form order.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        (self.fields)()
    }

    /// The field with this key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// The port with this name.
    #[must_use]
    pub fn port(&self, name: &str) -> Option<&'static Port> {
        self.ports.iter().find(|port| port.name == name)
    }

    /// The position of a metric in `metrics`.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<u8> {
        let idx = self.metrics.iter().position(|metric| metric.name == name)?;
        u8::try_from(idx).ok()
    }
}

/// Collects findings about one node.
#[derive(Debug)]
pub struct Checker<'a> {
    node: NodeId,
    name: &'a str,
    out: &'a mut Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    /// Findings about the node `name` go to `out`.
    pub fn new(node: NodeId, name: &'a str, out: &'a mut Vec<Diagnostic>) -> Self {
        Self { node, name, out }
    }

    /// An error about one field.
    pub fn error(
        &mut self,
        code: &'static str,
        field: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(field);
        self.out.push(Diagnostic::error(code, place, message, help));
    }

    /// A warning about one field.
    pub fn warning(
        &mut self,
        code: &'static str,
        field: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(field);
        self.out.push(Diagnostic::warning(code, place, message, help));
    }

    fn place(&self, field: &str) -> Place {
        Place::Node { node: self.node, name: self.name.to_owned(), field: Some(field.to_owned()) }
    }
}

/// The limits of fields.
pub(crate) const fn limits<const ALL: usize>(fields: &[Field]) -> [Limit; ALL] {
    let mut limits = [Limit { key: "", when: None, range: Range::Any }; ALL];
    let mut at = 0;
    while at < ALL {
        let range = match fields[at].kind {
            FieldKind::Int { min, max } => Range::Int(min, max),
            FieldKind::Text { chars_max }
            | FieldKind::Code { chars_max }
            | FieldKind::Sql { chars_max, .. } => Range::Chars(chars_max),
            _ => Range::Any,
        };
        limits[at] = Limit { key: fields[at].key, when: fields[at].when, range };
        at += 1;
    }
    limits
}

/// Whether a field with this condition is shown. Without a target every field about one is.
#[must_use]
pub fn is_shown(when: When, fields: &Map<String, Value>, target: Option<&str>) -> bool {
    let Some((key, words)) = when else { return true };
    let value = match fields.get(key) {
        Some(Value::Bool(true)) => "true",
        Some(Value::Bool(false)) => "false",
        value => value.and_then(Value::as_str).unwrap_or_default(),
    };
    if key == TARGET { target.is_none_or(|it| words.contains(&it)) } else { words.contains(&value) }
}

/// Checks every field that is shown against its range.
pub(crate) fn check_ranges(config: &Config, out: &mut Checker<'_>) {
    let fields = config.fields();
    let spec = config.spec();
    for limit in spec.limits {
        if is_shown(limit.when, &fields, None)
            && let Some(value) = fields.get(limit.key)
            && !limit.range.has(value)
        {
            tell(spec, limit, value, out);
        }
    }
}

impl Range {
    fn has(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Int(min, max) => value.as_u64().is_some_and(|n| (min..=max).contains(&n)),
            Self::Chars(max) => chars(value) <= max as usize,
        }
    }
}

fn chars(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

/// Words are for documents that break a limit.
#[inline(never)]
fn tell(spec: &KindSpec, limit: &Limit, value: &Value, out: &mut Checker<'_>) {
    let Some(field) = spec.field(limit.key) else { return };
    let title = spec.title;
    match limit.range {
        Range::Any => {}
        Range::Int(min, max) => {
            let unit = if field.unit.is_empty() { "" } else { " " };
            out.error(
                "SCN-012",
                field.key,
                format!("`{}` is {value}, outside {min} to {max}", field.label),
                format!("{title} takes {min} to {max}{unit}{}", field.unit),
            );
        }
        Range::Chars(max) => out.error(
            "SCN-013",
            field.key,
            format!("`{}` has {} characters", field.label, chars(value)),
            format!("{title} takes at most {max} characters here"),
        ),
    }
}
