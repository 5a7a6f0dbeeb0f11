//! Newtypes for everything that has an identity. Ids are stable and never reused in a document.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A part on the canvas.
    NodeId,
    u32
);
id!(
    /// A wire between two ports.
    EdgeId,
    u32
);
id!(
    /// A partition key, interned once per run.
    KeyId,
    u32
);
id!(
    /// A record, numbered in the order of birth over the whole run.
    RecordId,
    u64
);
