//! Cards follow the pointer: snapped to the grid or to other cards, freely with Alt.

use std::sync::Arc;

use base::NodeId;
use scenario::{Document, Edit, Point};
use scene::{Plan, Rect};

use super::Tool;
use crate::message::{Phase, Pointer};
use crate::place::GRID;
use crate::session::Session;

/// Screen pixels within which a card snaps to the line of another.
const GUIDE_PIXELS: f64 = 6.0;

/// Cards on their way.
#[derive(Debug)]
pub(crate) struct Drag {
    before: Arc<Document>,
    /// Where they stood.
    origin: Vec<(NodeId, Point)>,
    /// The rectangle around them then.
    bounds: Rect,
    /// The card under the pointer: the one that snaps to the grid.
    held: Point,
    from_in_world: (f64, f64),
    pub(super) last: Pointer,
}

impl Drag {
    /// Takes up the selection; `None` when it may not be moved.
    pub(super) fn new(session: &mut Session, down: &Pointer, node: NodeId) -> Option<Self> {
        if session.refuses_edits() {
            return None;
        }
        if !session.view.selection.nodes.contains(&node) {
            session.select_node(node, false);
        }
        let document = Arc::clone(&session.document);
        let nodes = &session.view.selection.nodes;
        let origin = nodes.iter().filter_map(|id| Some((*id, document.node(*id)?.at))).collect();
        let plan = Plan::of(&document, session.run.snapshot(), &session.view);
        let rects = nodes.iter().filter_map(|id| plan.node(*id)).map(|placed| placed.rect);
        let bounds = rects.reduce(|a, b| a.union(&b))?;
        let held = document.node(node)?.at;
        let from_in_world = session.world(down);
        Some(Self { before: document, origin, bounds, held, from_in_world, last: *down })
    }

    #[inline(never)]
    pub(super) fn pointer(mut self, session: &mut Session, pointer: Pointer) -> Tool {
        self.last = pointer;
        self.follow(session);
        match pointer.phase {
            Phase::Move | Phase::Double | Phase::Menu => Tool::Drag(self),
            Phase::Down | Phase::Up | Phase::Cancel => {
                self.drop(session);
                Tool::Idle
            }
        }
    }

    /// Moves the cards to where the pointer is now.
    pub(super) fn follow(&self, session: &mut Session) {
        let to = session.world(&self.last);
        let moved = (to.0 - self.from_in_world.0, to.1 - self.from_in_world.1);
        let (shift, guides) = if self.last.keys.alt {
            (scene::geometry::to_point(moved), (Vec::new(), Vec::new()))
        } else {
            self.snapped(session, moved)
        };
        session.view.guides = guides;
        session.view.grid = !self.last.keys.alt;
        let places = self.origin.iter().map(|(id, at)| {
            (*id, Point { x: at.x.saturating_add(shift.x), y: at.y.saturating_add(shift.y) })
        });
        let edit = Edit::Move(places.collect());
        // Only a part that is gone is refused, and no part can go during a gesture.
        drop(edit.apply(Arc::make_mut(&mut session.document)));
    }

    fn snapped(&self, session: &Session, moved: (f64, f64)) -> (Point, (Vec<f64>, Vec<f64>)) {
        let plan = Plan::of(&self.before, session.run.snapshot(), &session.view);
        let is_still = |id: NodeId| self.origin.iter().all(|(moving, _at)| *moving != id);
        let others: Vec<Rect> = plan
            .nodes
            .iter()
            .filter(|placed| is_still(placed.id))
            .map(|placed| placed.rect)
            .collect();
        let reach = GUIDE_PIXELS / session.view.camera.scale;
        let Rect { x, y, w, h } = self.bounds;
        let columns = others.iter().flat_map(|rect| lines(rect.x, rect.w));
        let rows = others.iter().flat_map(|rect| lines(rect.y, rect.h));
        let (dx, column) = align(lines(x + moved.0, w), columns, reach, moved.0, self.held.x);
        let (dy, row) = align(lines(y + moved.1, h), rows, reach, moved.1, self.held.y);
        let shift = scene::geometry::to_point((dx, dy));
        (shift, (column.into_iter().collect(), row.into_iter().collect()))
    }

    fn drop(self, session: &mut Session) {
        clear(session);
        let moved = core::mem::replace(&mut session.document, self.before);
        if moved != session.document {
            let nodes: Vec<NodeId> = self.origin.iter().map(|(id, _at)| *id).collect();
            let label = format!("move {}", session.names(&nodes));
            session.commit(moved, label, None);
        }
    }

    pub(super) fn cancel(self, session: &mut Session) {
        session.document = self.before;
        clear(session);
    }
}

fn clear(session: &mut Session) {
    session.view.guides = (Vec::new(), Vec::new());
    session.view.grid = false;
}

/// The two edges and the middle.
fn lines(start: f64, length: f64) -> [f64; 3] {
    [start, start + length / 2.0, start + length]
}

/// The shift that brings one of `mine` onto the nearest of `theirs`, with that line; the shift to
/// the grid when none is near.
fn align(
    mine: [f64; 3],
    theirs: impl Iterator<Item = f64>,
    reach: f64,
    moved: f64,
    held: i32,
) -> (f64, Option<f64>) {
    let mut best: Option<(f64, f64)> = None;
    for line in theirs {
        for edge in mine {
            let gap = line - edge;
            let is_nearer = best.is_none_or(|(other, _line)| gap.abs() < other.abs());
            // Places are whole numbers, so only whole shifts can meet the line.
            let is_whole = (moved + gap).fract().abs() < 1e-6;
            if gap.abs() <= reach && is_nearer && is_whole {
                best = Some((gap, line));
            }
        }
    }
    match best {
        Some((gap, line)) => (moved + gap, Some(line)),
        None => {
            let grid = f64::from(GRID);
            let target = ((f64::from(held) + moved) / grid).round() * grid;
            (target - f64::from(held), None)
        }
    }
}
