//! Places for cards: tidy columns, vertical flow for narrow screens, a free spot for a new part.
//!
//! Deterministic and free of overlaps; nothing here looks at a run.

use base::NodeId;
use scenario::document::{Document, Point};

use crate::geometry::{self, COMPACT, NARROW_STREAM, Plan, Rect};
use crate::num;

/// The corner a tidied picture begins at.
const ORIGIN: (f64, f64) = (16.0, 56.0);
/// Between columns: room for the trunk and the strip where rejections are drawn.
const COLUMN_GAP: f64 = 100.0;
/// Between cards of a column.
const ROW_GAP: f64 = 24.0;
/// The snap grid.
const GRID: f64 = 8.0;
/// Width of the narrow stage.
const NARROW: f64 = 390.0;
/// Width of a source on a low screen.
const LOW_SOURCE: f64 = 176.0;
/// Most rings that are searched for a free spot.
const RINGS_MAX: i32 = 60;

/// Columns from left to right: each node one column after the last that feeds it.
#[must_use]
pub fn tidy(document: &Document) -> Vec<(NodeId, Point)> {
    let sizes: Vec<_> =
        document.nodes.iter().map(|node| geometry::node_size(document, node)).collect();
    let mut tops = vec![0.0_f64; sizes.len()];
    let mut lefts = vec![0.0_f64; sizes.len()];
    let mut left = ORIGIN.0;
    for column in layers(document) {
        let wanted = |idx: usize| wanted_top(document, idx, &sizes, &tops);
        let mut order: Vec<_> = column.iter().map(|&idx| (wanted(idx), idx)).collect();
        base::order::sort_by(&mut order[..], |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut top = f64::NEG_INFINITY;
        let mut width = 0.0_f64;
        for (wanted, idx) in order {
            tops[idx] = snap(wanted.max(top));
            lefts[idx] = left;
            top = tops[idx] + sizes[idx].1 + ROW_GAP;
            width = width.max(sizes[idx].0);
        }
        left = snap(left + width + COLUMN_GAP);
    }
    let highest = tops.iter().copied().fold(f64::INFINITY, f64::min);
    let place = |(idx, node): (usize, &std::sync::Arc<scenario::document::Node>)| {
        let at = geometry::to_point((lefts[idx], tops[idx] - highest + ORIGIN.1));
        (node.id, at)
    };
    document.nodes.iter().enumerate().map(place).collect()
}

/// The top that puts a card level with what feeds it; cards nothing feeds come in order.
fn wanted_top(document: &Document, idx: usize, sizes: &[(f64, f64)], tops: &[f64]) -> f64 {
    let id = document.nodes[idx].id;
    let mut sum = 0.0;
    let mut count = 0.0;
    for edge in document.edges_to(id) {
        if let Some(from) = position(document, edge.from.node) {
            sum += tops[from] + sizes[from].1 / 2.0;
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count - sizes[idx].1 / 2.0 } else { 0.0 }
}

fn position(document: &Document, id: NodeId) -> Option<usize> {
    document.nodes.binary_search_by_key(&id, |node| node.id).ok()
}

fn snap(n: f64) -> f64 {
    (n / GRID).ceil() * GRID
}

/// Indices of nodes by their longest way from a source; wires that close a circle are ignored.
fn layers(document: &Document) -> Vec<Vec<usize>> {
    let count = document.nodes.len();
    let mut rank = vec![0_usize; count];
    for _ in 0..count {
        let mut changed = false;
        for edge in &document.edges {
            let ends = (position(document, edge.from.node), position(document, edge.to.node));
            let (Some(from), Some(to)) = ends else { continue };
            if rank[to] <= rank[from] && rank[from] + 1 < count {
                rank[to] = rank[from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut layers = vec![Vec::new(); rank.iter().max().map_or(0, |last| last + 1)];
    for (idx, rank) in rank.into_iter().enumerate() {
        layers[rank].push(idx);
    }
    layers.retain(|layer| !layer.is_empty());
    layers
}

/// Positions in vertical flow, in the order of the document's nodes.
#[must_use]
pub fn narrow(document: &Document) -> Vec<(NodeId, Point)> {
    let heights: Vec<f64> =
        document.nodes.iter().map(|node| geometry::narrow_height(document, node)).collect();
    let rects = narrow_rects(document, &heights);
    let ids = document.nodes.iter().map(|node| node.id);
    ids.zip(rects).map(|(id, rect)| (id, geometry::to_point((rect.x, rect.y)))).collect()
}

/// Cards in vertical flow: layers from top to bottom, streams and queries over the whole width and
/// as high as they are told.
pub(crate) fn narrow_rects(document: &Document, heights: &[f64]) -> Vec<Rect> {
    let mut rects = vec![Rect::default(); document.nodes.len()];
    let stream = (34.0, NARROW_STREAM);
    flow(layers(document), (16.0, NARROW - 32.0), (stream, heights), &mut rects);
    rects
}

/// Sources in a column on the left, streams and all that follows in vertical flow beside them.
pub(crate) fn low_rects(document: &Document, heights: &[f64]) -> Vec<Rect> {
    let mut rects = vec![Rect::default(); document.nodes.len()];
    let is_source = |idx: &usize| {
        let node = &document.nodes[*idx];
        node.config.lanes() == 0 && document.edges_to(node.id).next().is_none()
    };
    let (mut sources, mut rest) = (Vec::new(), Vec::new());
    for layer in layers(document) {
        let (first, others): (Vec<usize>, Vec<usize>) = layer.into_iter().partition(is_source);
        sources.extend(first);
        rest.push(others);
    }
    for (row, idx) in sources.into_iter().enumerate() {
        let y = 12.0 + geometry::LANES_TOP + (COMPACT + 16.0) * num::len(row);
        rects[idx] = Rect { x: 16.0, y, w: LOW_SOURCE, h: COMPACT };
    }
    let beside = (16.0 + LOW_SOURCE + COLUMN_GAP, NARROW_STREAM);
    flow(rest, beside, (beside, heights), &mut rects);
    rects
}

/// Layers from top to bottom: cards in rows, those with a height over the whole width. Both are
/// told where they begin and how wide they are.
fn flow(
    layers: Vec<Vec<usize>>,
    (left, width): (f64, f64),
    ((stream_left, stream_width), heights): ((f64, f64), &[f64]),
    rects: &mut [Rect],
) {
    let mut top = 12.0;
    for layer in layers {
        let is_wide = |idx: &usize| heights[*idx] > 0.0;
        let (wide, cards): (Vec<usize>, Vec<usize>) = layer.into_iter().partition(is_wide);
        for idx in wide {
            let h = heights[idx];
            rects[idx] = Rect { x: stream_left, y: top, w: stream_width, h };
            top += h + 46.0;
        }
        let columns = if cards.len() > 2 { 3 } else { 2 };
        let gap = if columns == 3 { 8.0 } else { 10.0 };
        let wide = (width - gap * (num::len(columns) - 1.0)) / num::len(columns);
        for row in cards.chunks(columns) {
            for (column, idx) in row.iter().enumerate() {
                let x = left + (wide + gap) * num::len(column);
                rects[*idx] = Rect { x, y: top, w: wide, h: COMPACT };
            }
            top += COMPACT + 38.0;
        }
    }
}

/// The free spot nearest to `near` for a card of this size.
#[must_use]
pub fn free_place(document: &Document, near: Point, size: (f64, f64)) -> Point {
    let plan = Plan::wide(document);
    let is_free = |at: Point| {
        let rect = Rect { x: f64::from(at.x), y: f64::from(at.y), w: size.0, h: size.1 };
        !plan.nodes.iter().any(|placed| placed.rect.touches(&rect.grown(16.0)))
    };
    let step = 24;
    for ring in 0..RINGS_MAX {
        let spots = (-ring..=ring).flat_map(|dx| (-ring..=ring).map(move |dy| (dx, dy)));
        let ring_spots = spots.filter(|(dx, dy)| dx.abs().max(dy.abs()) == ring);
        let nearest = ring_spots
            .map(|(dx, dy)| {
                let at = Point {
                    x: near.x.saturating_add(dx * step),
                    y: near.y.saturating_add(dy * step),
                };
                (dx * dx + dy * dy, -dx, -dy, at)
            })
            .filter(|(_, _, _, at)| is_free(*at))
            .min();
        if let Some((_, _, _, at)) = nearest {
            return at;
        }
    }
    let bounds = plan.bounds();
    geometry::to_point((bounds.x, bounds.bottom() + ROW_GAP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn tidy_is_deterministic_and_free_of_overlaps() {
        let mut document = sample::hot_key();
        let first = tidy(&document);
        assert_eq!(first, tidy(&document));
        for (idx, (_id, at)) in first.into_iter().enumerate() {
            std::sync::Arc::make_mut(&mut document.nodes[idx]).at = at;
        }
        no_overlaps(&Plan::wide(&document));
        for edge in &document.edges {
            let left = |id| Plan::wide(&document).node(id).map(|placed| placed.rect.x);
            assert!(left(edge.from.node) < left(edge.to.node), "edge {} runs backwards", edge.id);
        }
    }

    #[test]
    fn vertical_flow_fits_a_phone() {
        let plan = Plan::narrow(&sample::hot_key());
        no_overlaps(&plan);
        assert!(plan.bounds().x >= 0.0 && plan.bounds().right() <= NARROW);
    }

    #[test]
    fn a_low_screen_has_sources_beside_and_readers_below_the_stream() {
        let document = sample::hot_key();
        let plan = Plan::low(&document);
        no_overlaps(&plan);
        let rect = |id| plan.node(NodeId(id)).unwrap().rect;
        assert!(rect(1).right() < rect(3).x && rect(2).right() < rect(3).x);
        assert!(rect(4).y > rect(3).bottom() && rect(6).y > rect(3).bottom());
        assert!(plan.bounds().w > 1.5 * plan.bounds().h);
    }

    #[test]
    fn a_new_card_finds_room_near_by() {
        let document = sample::hot_key();
        let size = (160.0, 236.0);
        let at = free_place(&document, Point { x: 16, y: 56 }, size);
        let rect = Rect { x: f64::from(at.x), y: f64::from(at.y), w: size.0, h: size.1 };
        assert!(Plan::wide(&document).nodes.iter().all(|placed| !placed.rect.touches(&rect)));
    }

    fn no_overlaps(plan: &Plan) {
        for (idx, a) in plan.nodes.iter().enumerate() {
            for b in &plan.nodes[idx + 1..] {
                assert!(!a.rect.touches(&b.rect), "{} and {} overlap", a.id, b.id);
            }
        }
    }
}
