//! What lies under a prefix of a bucket: folders, a page of objects, and sums over all of it.

use engine::Object;
use engine::snapshot::Seal;

/// Objects named in one listing.
pub const LISTED_MAX: u32 = 200;
/// Objects below this are small: what reads them spends its time on opening them. The figure is
/// ours; AWS calls less than 128 MB small ("Top 10 performance tuning tips for Amazon Athena").
pub const SMALL_BYTES: u64 = 1 << 20;

/// What lies under a prefix.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Folders right here, in order.
    pub folders: Vec<Subfolder>,
    /// A page of the objects right here, newest first: position in order of delivery, and the
    /// object.
    pub objects: Vec<(u32, Object)>,
    /// Objects right here, on all pages.
    pub here: u32,
    /// Objects under the prefix.
    pub count: u32,
    /// Their bytes as stored.
    pub bytes: u64,
    /// Objects under the prefix that are smaller than [`SMALL_BYTES`].
    pub small: u32,
    /// Those of them that the interval sealed.
    pub small_by_time: u32,
    /// Objects under the prefix whose content was let go.
    pub gone: u32,
    /// All objects of the bucket.
    pub all: u32,
}

/// A folder in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subfolder {
    /// The next part of the keys, with its slash.
    pub name: String,
    /// Objects in it, however deep.
    pub count: u32,
    /// Their bytes as stored.
    pub bytes: u64,
}

impl Folder {
    /// Lists what lies under a prefix; `skip` newer objects right here are left out.
    #[must_use]
    #[inline(never)]
    pub fn of(objects: &[Object], prefix: &str, skip: u32) -> Self {
        let all = u32::try_from(objects.len()).unwrap_or(u32::MAX);
        let mut folder = Self { all, ..Self::default() };
        for (object, position) in objects.iter().rev().zip((0..all).rev()) {
            if let Some(rest) = object.key.strip_prefix(prefix) {
                folder.sum_up(object);
                match rest.find('/') {
                    Some(slash) => folder.fold(&rest[..=slash], object),
                    None => folder.name(position, object, skip),
                }
            }
        }
        folder
    }

    fn sum_up(&mut self, object: &Object) {
        self.count += 1;
        self.bytes += object.stored_bytes;
        self.gone += u32::from(!object.is_kept());
        let is_small = object.stored_bytes < SMALL_BYTES;
        self.small += u32::from(is_small);
        self.small_by_time += u32::from(is_small && object.reason == Seal::Time);
    }

    fn fold(&mut self, name: &str, object: &Object) {
        let at = match self.folders.binary_search_by(|known| known.name.as_str().cmp(name)) {
            Ok(at) => at,
            Err(at) => {
                self.folders
                    .insert(at, Subfolder { name: name.to_owned(), ..Subfolder::default() });
                at
            }
        };
        self.folders[at].count += 1;
        self.folders[at].bytes += object.stored_bytes;
    }

    fn name(&mut self, position: u32, object: &Object, skip: u32) {
        if (skip..skip.saturating_add(LISTED_MAX)).contains(&self.here) {
            self.objects.push((position, object.clone()));
        }
        self.here += 1;
    }
}

#[cfg(test)]
mod tests {
    use base::Time;

    use super::*;

    fn object(key: &str, stored_bytes: u64) -> Object {
        Object {
            key: key.into(),
            bytes: [].into(),
            stored_bytes,
            raw_bytes: 0,
            booked_bytes: 0,
            records: 0,
            sealed_at: Time::ZERO,
            delivered_at: Time::ZERO,
            reason: Seal::Time,
            purpose: engine::Purpose::Records,
        }
    }

    #[test]
    fn folders_carry_the_sums_of_all_that_lies_below() {
        let sizes = [("a/b/1", 10), ("a/c", SMALL_BYTES), ("top", 3), ("a/b/2", 20)];
        let objects = sizes.map(|(key, bytes)| object(key, bytes));
        let top = Folder::of(&objects, "", 0);
        let a = Subfolder { name: "a/".into(), count: 3, bytes: SMALL_BYTES + 30 };
        assert_eq!(top.folders, [a]);
        assert_eq!((top.here, top.count, top.small, top.gone), (1, 4, 3, 4));
        let below = Folder::of(&objects, "a/", 0);
        assert_eq!(below.folders[0].name, "b/");
        assert_eq!((below.count, below.bytes, below.all), (3, SMALL_BYTES + 30, 4));
    }

    #[test]
    fn a_page_leaves_newer_objects_out() {
        let objects: Vec<Object> = (0..450).map(|at| object(&format!("{at}"), 1)).collect();
        let second = Folder::of(&objects, "", LISTED_MAX);
        let positions: Vec<u32> = second.objects.iter().map(|(position, _)| *position).collect();
        assert_eq!((positions[0], positions.len()), (449 - LISTED_MAX, LISTED_MAX as usize));
        assert_eq!(Folder::of(&objects, "", 400).objects.len(), 50);
    }
}
