//! What a bucket stores, and the object that is open.

use std::rc::Rc;

use base::NodeId;
use engine::snapshot::Sheet;

use super::Libraries;
use crate::folder::Subfolder;

/// Objects under a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The prefix.
    pub prefix: Rc<str>,
    /// The way down to it, from the bucket's name on: label and prefix.
    pub crumbs: Vec<(Rc<str>, Rc<str>)>,
    /// Deeper prefixes.
    pub folders: Vec<Subfolder>,
    /// Objects right here, newest first, at most 200.
    pub objects: Vec<ListedObject>,
    /// Objects under the prefix, however deep.
    pub count: u64,
    /// Their bytes as stored.
    pub bytes: u64,
    /// All objects of the bucket.
    pub all: u64,
    /// `1–200 of 1,204`; empty when one page has them all.
    pub range: Rc<str>,
    /// How many newer objects the pages before and after leave out.
    pub turns: (Option<u32>, Option<u32>),
    /// That many objects are small, what suffers from it, and what to do.
    pub warning: Option<Rc<str>>,
    /// Why the objects cannot be had in one file; empty when they can.
    pub no_zip: Rc<str>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Position in the bucket, newest first: for `Message::ShowObject`.
    pub index: u32,
    /// The key after the prefix.
    pub name: Rc<str>,
    /// As stored.
    pub bytes: u64,
    /// Records inside.
    pub records: u64,
    /// `27 s`.
    pub age: Rc<str>,
    /// `size` or `time`; `error` when it tells of records that failed, `list` for a manifest.
    pub reason: Rc<str>,
}

/// How an object is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Rows and columns.
    Table,
    /// JSON documents, indented.
    Json,
    /// Line by line.
    Lines,
    /// As it is.
    #[default]
    Text,
    /// The columns of a file that knows them.
    Schema,
    /// The stored bytes.
    Bytes,
}

impl Form {
    /// `Table`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Table => "Table",
            Self::Json => "JSON",
            Self::Lines => "Lines",
            Self::Text => "Text",
            Self::Schema => "Schema",
            Self::Bytes => "Bytes",
        }
    }
}

/// A page of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Text as it is.
    Text(Rc<str>),
    /// Lines, the first one with this number.
    Lines(u64, Vec<Rc<str>>),
    /// Rows and columns.
    Table(Rc<Sheet>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Text("".into())
    }
}

/// An object that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectView {
    /// The bucket.
    pub node: NodeId,
    /// The whole key.
    pub key: Rc<str>,
    /// `9.1 MiB, 32.0 MiB before gzip, 61,204 records, sealed by size at 10:04:31.214`.
    pub facts: Rc<str>,
    /// `JSON`, `CSV`, `Parquet`, `text`, `binary`.
    pub format: &'static str,
    /// `gzip` or empty.
    pub encoding: Rc<str>,
    /// Result of reading it as what it is: a sentence, and whether it went well.
    pub check: (Rc<str>, bool),
    /// How it can be shown.
    pub forms: Vec<Form>,
    /// How it is shown.
    pub form: Form,
    /// The page that is open.
    pub body: Body,
    /// `51–100`: the rows of the page; empty when one page has them all.
    pub range: Rc<str>,
    /// The pages before and after.
    pub turns: (Option<u32>, Option<u32>),
    /// What of it is not shown and why; empty when all is.
    pub note: Rc<str>,
    /// Whether it waits for libraries that open it.
    pub libraries: Libraries,
}
