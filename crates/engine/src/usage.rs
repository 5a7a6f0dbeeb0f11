//! What a run has used that AWS bills: quantities, not money. Prices are `scenario::price`.

use base::NodeId;
use scenario::price::Item;

use crate::engine::Engine;

/// How much of something a node has used since the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Who used it; none: nobody, but the account committed itself to pay for it.
    pub node: Option<NodeId>,
    /// The line of the bill.
    pub item: Item,
    /// In what `Item::spec().counted` says.
    pub quantity: u128,
}

/// What one node reports.
#[derive(Debug)]
pub struct Meter<'a> {
    node: NodeId,
    out: &'a mut Vec<Usage>,
}

impl Meter<'_> {
    /// Adds a quantity; nothing used is no line.
    pub fn add(&mut self, item: Item, quantity: impl Into<u128>) {
        let (node, quantity) = (self.node, quantity.into());
        if quantity > 0 {
            self.out.push(Usage { node: Some(node), item, quantity });
        }
    }
}

impl Engine {
    /// What everything used so far: parts that are gone first, then ascending by node.
    #[must_use]
    pub fn usage(&self) -> Vec<Usage> {
        let mut out = self.spent.clone();
        for (id, node) in &self.nodes {
            node.usage(&self.kernel, &mut Meter { node: *id, out: &mut out });
        }
        self.fall_short(&mut out);
        out
    }

    /// What On-demand Advantage bills in any case: at least 25 MiB/s each way while it holds
    /// (facts, streams §6).
    #[inline(never)]
    fn fall_short(&self, out: &mut Vec<Usage>) {
        let committed = self.kernel.commitment.bytes(self.now());
        for item in [Item::AdvantageIn, Item::AdvantageOut] {
            let used: u128 = out.iter().filter(|it| it.item == item).map(|it| it.quantity).sum();
            if used < committed {
                out.push(Usage { node: None, item, quantity: committed - used });
            }
        }
    }

    /// Keeps what a node used when it goes: its bill stays.
    pub(crate) fn keep_usage(&mut self, id: NodeId) {
        let mut spent = core::mem::take(&mut self.spent);
        if let Some((_, node)) = self.nodes.iter().find(|(node, _)| *node == id) {
            node.usage(&self.kernel, &mut Meter { node: id, out: &mut spent });
        }
        self.spent = spent;
    }
}
