//! Walking over the diagram by arrow keys.

use base::NodeId;
use scene::Plan;
use scene::geometry::Placed;

use crate::effect::Effect;
use crate::session::Session;

/// Where an arrow key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Towards {
    /// To what a node feeds.
    Downstream,
    /// To what feeds it.
    Upstream,
    /// To the card above.
    Above,
    /// To the card below.
    Below,
}

impl Session {
    /// Moves the selection along the wires or between siblings.
    #[inline(never)]
    pub(crate) fn walk(&mut self, towards: Towards) {
        let Some(node) = self.selected() else {
            if let Some(first) = self.document.nodes.first().map(|node| node.id) {
                self.walk_to(first);
            }
            return;
        };
        let next = match towards {
            Towards::Downstream => self.document.edges_from(node).next().map(|edge| edge.to.node),
            Towards::Upstream => self.document.edges_to(node).next().map(|edge| edge.from.node),
            Towards::Above => self.sibling(node, |y, own| y < own),
            Towards::Below => self.sibling(node, |y, own| y > own),
        };
        if let Some(next) = next {
            self.walk_to(next);
        }
    }

    fn walk_to(&mut self, node: NodeId) {
        self.select_node(node, false);
        self.reveal(node);
        self.effects.push(Effect::FocusNode(node.0));
    }

    /// The nearest card above or below in roughly the same column, else in any.
    fn sibling(&self, node: NodeId, lies: impl Fn(f64, f64) -> bool) -> Option<NodeId> {
        let plan = Plan::of(&self.document, self.run.snapshot(), &self.view);
        let own = plan.node(node)?.rect.center();
        let others = plan.nodes.iter().filter(|placed| placed.id != node);
        let there = others.filter(|placed| lies(placed.rect.center().1, own.1));
        let distance = |placed: &&Placed| {
            let (x, y) = placed.rect.center();
            3.0 * (x - own.0).abs() + (y - own.1).abs()
        };
        let nearest = there.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map(|placed| placed.id)
    }
}
