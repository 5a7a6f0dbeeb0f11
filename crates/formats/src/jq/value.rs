//! Values as jq 1.6 has them: every number is a double, objects keep the order of their keys.
//!
//! A value knows its size and depth, so that none is made that nobody could walk through.

use std::cmp::Ordering;
use std::rc::Rc;

use super::{meter, number};
use crate::json::{self, Json};

/// A JSON value.
#[derive(Clone, Debug, Default)]
pub(super) enum Val {
    #[default]
    Null,
    Bool(bool),
    Num(f64),
    Str(Rc<str>),
    Arr(Rc<Node<Self>>),
    Obj(Rc<Node<(Rc<str>, Self)>>),
}

/// Items with what they come to.
#[derive(Clone, Debug)]
pub(super) struct Node<T> {
    pub(super) items: Vec<T>,
    size: u32,
    depth: u32,
}

/// Something inside of a container.
pub(super) trait Item: Clone {
    fn value(&self) -> &Val;
}

impl Item for Val {
    fn value(&self) -> &Val {
        self
    }
}

impl Item for (Rc<str>, Val) {
    fn value(&self) -> &Val {
        &self.1
    }
}

impl<T: Item> Node<T> {
    /// Takes items; none of them when they are too many.
    fn of(items: Vec<T>) -> Rc<Self> {
        let mut size = 1_u32;
        let mut depth = 0;
        for item in &items {
            size = size.saturating_add(item.value().size());
            depth = depth.max(item.value().depth());
        }
        if meter::make(items.len() + 1) && meter::make_within(size) && meter::nest(depth + 1) {
            return Rc::new(Self { items, size, depth: depth + 1 });
        }
        Rc::new(Self { items: Vec::new(), size: 1, depth: 1 })
    }

    /// The items of a node, which is only copied when somebody else has it too.
    fn take(node: Rc<Self>) -> Vec<T> {
        match Rc::try_unwrap(node) {
            Ok(node) => node.items,
            Err(shared) => {
                meter::make(shared.items.len());
                shared.items.clone()
            }
        }
    }
}

impl Val {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        let text = text.into();
        if meter::make(text.len() / 8 + 1) { Self::Str(text) } else { Self::Null }
    }

    pub(super) fn array(items: Vec<Self>) -> Self {
        Self::Arr(Node::of(items))
    }

    /// Of two fields with one name the later one stays, in the place of the first.
    pub(super) fn object(fields: Vec<(Rc<str>, Self)>) -> Self {
        let mut unique: Vec<(Rc<str>, Self)> = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            put(&mut unique, name, value);
        }
        Self::Obj(Node::of(unique))
    }

    /// Of fields that all have different names.
    pub(super) fn record(fields: Vec<(Rc<str>, Self)>) -> Self {
        Self::Obj(Node::of(fields))
    }

    pub(super) fn fields(node: Rc<Node<(Rc<str>, Self)>>) -> Vec<(Rc<str>, Self)> {
        Node::take(node)
    }

    pub(super) fn items(node: Rc<Node<Self>>) -> Vec<Self> {
        Node::take(node)
    }

    pub(super) fn size(&self) -> u32 {
        match self {
            Self::Null | Self::Bool(_) | Self::Num(_) => 1,
            Self::Str(text) => 1 + u32::try_from(text.len() / 8).unwrap_or(u32::MAX - 1),
            Self::Arr(node) => node.size,
            Self::Obj(node) => node.size,
        }
    }

    fn depth(&self) -> u32 {
        match self {
            Self::Arr(node) => node.depth,
            Self::Obj(node) => node.depth,
            _ => 0,
        }
    }

    /// `type`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Num(_) => "number",
            Self::Str(_) => "string",
            Self::Arr(_) => "array",
            Self::Obj(_) => "object",
        }
    }

    /// A value of the data.
    pub(super) fn of(json: &Json<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(digits) => Self::Num(digits.parse().unwrap_or(f64::NAN)),
            Json::Text(text) => Self::text(&**text),
            Json::Array(items) => Self::array(items.iter().map(Self::of).collect()),
            Json::Object(fields) => Self::object(
                fields.iter().map(|(name, value)| (Rc::from(&**name), Self::of(value))).collect(),
            ),
        }
    }

    /// As compact JSON.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Num(value) => number::write(*value, out),
            Self::Str(text) => json::write_text(text, out),
            Self::Arr(node) => {
                out.push('[');
                for (at, item) in node.items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Obj(node) => {
                out.push('{');
                for (at, (name, value)) in node.items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    json::write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    pub(super) fn json(&self) -> String {
        let mut out = String::new();
        if meter::make(self.size() as usize) {
            self.write(&mut out);
        }
        out
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Num(_) => 3,
            Self::Str(_) => 4,
            Self::Arr(_) => 5,
            Self::Obj(_) => 6,
        }
    }
}

/// Sets a field of an object, in its place when it is there.
pub(super) fn put(fields: &mut Vec<(Rc<str>, Val)>, name: Rc<str>, value: Val) {
    meter::make(fields.len() / 16 + 1);
    match fields.iter_mut().find(|(known, _)| *known == name) {
        Some(field) => field.1 = value,
        None => fields.push((name, value)),
    }
}

/// The order of `sort`: by type, then by value; objects by their sets of keys first. NaN is less
/// than any number.
impl Ord for Val {
    fn cmp(&self, other: &Self) -> Ordering {
        if !meter::make(1) {
            return Ordering::Equal;
        }
        match (self, other) {
            (Self::Num(left), Self::Num(right)) if left == right => Ordering::Equal,
            (Self::Num(left), Self::Num(right)) => {
                if left < right || left.is_nan() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Self::Str(left), Self::Str(right)) => left.cmp(right),
            (Self::Arr(left), Self::Arr(right)) => left.items.cmp(&right.items),
            (Self::Obj(left), Self::Obj(right)) => compare_objects(&left.items, &right.items),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn compare_objects(left: &[(Rc<str>, Val)], right: &[(Rc<str>, Val)]) -> Ordering {
    fn sorted(fields: &[(Rc<str>, Val)]) -> Vec<&(Rc<str>, Val)> {
        let mut fields: Vec<_> = fields.iter().collect();
        fields.sort_by(|left, right| left.0.cmp(&right.0));
        fields
    }
    let (left, right) = (sorted(left), sorted(right));
    let names = left.iter().map(|it| &it.0).cmp(right.iter().map(|it| &it.0));
    names.then_with(|| left.iter().map(|it| &it.1).cmp(right.iter().map(|it| &it.1)))
}

impl PartialOrd for Val {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Val {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Val {}

impl std::fmt::Display for Val {
    /// For messages: the beginning of a long value will do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const CHARS_MAX: usize = 40;
        let text = match self {
            Self::Str(text) => text.to_string(),
            other => other.json(),
        };
        match text.char_indices().nth(CHARS_MAX) {
            Some((at, _)) if !matches!(self, Self::Str(_)) => write!(f, "{}…", &text[..at]),
            _ => f.write_str(&text),
        }
    }
}
