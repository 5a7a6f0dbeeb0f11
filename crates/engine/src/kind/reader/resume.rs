//! Reading on where somebody stopped: an application that starts again.

use base::{EdgeId, VecMap};

use super::Reader;
use crate::call::ShardInfo;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Token;

impl Reader {
    /// Begins anew behind so many records of each shard; others begin where the settings say, or,
    /// when they are children of these, at their beginning.
    pub fn restart(
        &mut self,
        edge: Option<EdgeId>,
        positions: VecMap<u32, u64>,
        ctx: &mut Ctx<'_>,
    ) {
        *self = Self::new(self.config.clone());
        (self.edge, self.resumes) = (edge, positions);
        self.begin(ctx);
    }

    /// Whether it made this call and waits for the answer.
    #[must_use]
    pub fn owns(&self, token: Token) -> bool {
        self.calls.contains_key(&token)
    }

    /// How many records of each shard lie before the place where it reads, for shards whose place
    /// is known.
    pub fn positions(&self) -> impl Iterator<Item = (u32, u64)> {
        self.shards.iter().filter_map(|(shard, lease)| Some((*shard, lease.offset?)))
    }

    /// Where to go on with a shard that is found, if that is known.
    pub(super) fn resumed(&mut self, info: &ShardInfo) -> Option<u64> {
        let known = |shard: u32| self.resumes.get(&shard).copied();
        if known(info.shard).is_none() && info.parent.is_some_and(|it| known(it).is_some()) {
            self.resumes.insert(info.shard, 0);
        }
        self.resumes.get(&info.shard).copied()
    }
}
