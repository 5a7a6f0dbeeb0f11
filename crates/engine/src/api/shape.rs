//! The words the tables of operations are written in.

use super::Profile;
use super::pattern::Pattern;

/// What JSON a member may hold.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Boolean,
    /// 32 bits, signed; larger numbers become the largest.
    Integer,
    /// With fractions.
    Double,
    Text,
    /// Bytes in base64.
    Blob,
    /// Seconds since 1970, with fractions.
    Timestamp,
    /// Items of one shape.
    List(&'static Self),
    /// Text keys and text values.
    Tags,
    Structure(&'static [Member]),
    /// A structure of changes: what its members ask for may be missing.
    Partial(&'static [Member]),
}

impl Shape {
    /// The members of a structure.
    pub(super) fn members(self) -> Option<&'static [Member]> {
        match self {
            Self::Structure(members) | Self::Partial(members) => Some(members),
            _ => None,
        }
    }
}

/// What a value must satisfy.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    NotNull,
    AtLeast(i64),
    AtMost(i64),
    /// Characters (UTF-16 units, as Java counts), bytes or entries.
    LengthAtLeast(usize),
    LengthAtMost(usize),
    Matches(Pattern),
    OneOf(&'static [&'static str]),
    /// Every item's length.
    Items(usize, usize),
    /// Every key's length.
    Keys(usize, usize),
    /// Every value's length.
    Values(usize, usize),
}

/// One member of a request.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// In the order of their reports.
    pub(super) rules: &'static [Rule],
    /// The only profile that knows it; `None`: both.
    pub(super) only: Option<Profile>,
}

impl Member {
    /// A member of both profiles.
    pub(super) const fn new(name: &'static str, shape: Shape, rules: &'static [Rule]) -> Self {
        Self { name, shape, rules, only: None }
    }

    /// The member as one profile has it.
    pub(super) const fn only(self, profile: Profile) -> Self {
        Self { only: Some(profile), ..self }
    }

    /// Whether `profile` knows it.
    pub(super) fn is_in(&self, profile: Profile) -> bool {
        self.only.is_none_or(|only| only == profile)
    }
}
