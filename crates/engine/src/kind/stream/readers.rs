//! Where each polling reader stands: for the flags on the lanes, never for deciding.

use std::sync::Arc;

use base::EdgeId;
use scenario::Edge;

/// The readers of a stream, ascending by edge: the first is `A`.
#[derive(Clone, Debug, Default)]
pub struct Readers {
    readers: Vec<Reader>,
}

#[derive(Clone, Debug)]
struct Reader {
    edge: EdgeId,
    /// Position behind the last record given, by shard; none before the first call.
    positions: Vec<Option<u64>>,
}

impl Readers {
    /// Takes the wires that leave the stream; readers that stay keep their places.
    pub fn rewire(&mut self, edges: &[Arc<Edge>]) {
        let mut old = core::mem::take(&mut self.readers);
        for edge in edges {
            let known = old.iter().position(|reader| reader.edge == edge.id);
            let fresh = || Reader { edge: edge.id, positions: Vec::new() };
            self.readers.push(known.map_or_else(fresh, |at| old.swap_remove(at)));
        }
    }

    /// Notes how far a reader has come in a shard.
    pub fn note(&mut self, edge: EdgeId, shard: usize, position: u64) {
        let Ok(at) = self.readers.binary_search_by_key(&edge, |reader| reader.edge) else { return };
        let positions = &mut self.readers[at].positions;
        if positions.len() <= shard {
            positions.resize(shard + 1, None);
        }
        positions[shard] = Some(position);
    }

    /// Letter, edge and position of each reader that has read a shard.
    pub fn on(&self, shard: usize) -> impl Iterator<Item = (char, EdgeId, u64)> {
        self.lettered().filter_map(move |(letter, reader)| {
            let position = reader.positions.get(shard).copied().flatten()?;
            Some((letter, reader.edge, position))
        })
    }

    /// Whether there are readers and all have come to this position of a shard.
    pub fn are_past(&self, shard: u32, end: u64) -> bool {
        let is_past = |reader: &Reader| {
            let position = reader.positions.get(shard as usize).copied().flatten();
            position.is_some_and(|position| position >= end)
        };
        !self.readers.is_empty() && self.readers.iter().all(is_past)
    }

    /// Letter and edge of each reader.
    pub fn letters(&self) -> impl Iterator<Item = (char, EdgeId)> {
        self.lettered().map(|(letter, reader)| (letter, reader.edge))
    }

    /// Beyond `Z` letters start again.
    fn lettered(&self) -> impl Iterator<Item = (char, &Reader)> {
        ('A'..='Z').cycle().zip(&self.readers)
    }
}

#[cfg(test)]
mod tests {
    use base::NodeId;
    use scenario::document::End;

    use super::*;

    fn edge(id: u32) -> Arc<Edge> {
        let end = |node, port: &str| End { node: NodeId(node), port: port.to_owned() };
        Arc::new(Edge { id: EdgeId(id), from: end(1, "out"), to: end(2, "in") })
    }

    /// A closed lane stays on the picture until the last reader has passed its end.
    #[test]
    fn a_shard_is_past_when_every_reader_came_to_its_end() {
        let mut readers = Readers::default();
        assert!(!readers.are_past(0, 0), "nobody reads");
        readers.rewire(&[edge(1), edge(2)]);
        readers.note(EdgeId(1), 0, 10);
        assert!(!readers.are_past(0, 10), "the second has not begun");
        readers.note(EdgeId(2), 0, 9);
        assert!(!readers.are_past(0, 10), "one record is left for the second");
        readers.note(EdgeId(2), 0, 10);
        assert!(readers.are_past(0, 10));
        assert!(!readers.are_past(1, 0), "of another shard nothing is known");
    }
}
