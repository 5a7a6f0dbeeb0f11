//! What the base layer depends on, as one number.

use base::TraceHash;
use engine::Snapshot;
use scenario::Document;

use crate::geometry::Plan;
use crate::view::View;

/// While two keys are equal, so are the base layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u64);

/// How much is drawn at this zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Below 20 %: a glyph and a health dot.
    Icon,
    /// Below 40 %: lanes are bars, cards have names.
    Bars,
    /// Everything.
    Full,
}

impl Detail {
    pub(crate) fn of(view: &View) -> Self {
        match view.camera.scale {
            scale if scale < 0.2 => Self::Icon,
            scale if scale < 0.4 => Self::Bars,
            _ => Self::Full,
        }
    }
}

impl Key {
    /// The key of a document in a view of a moment.
    #[must_use]
    pub fn of(document: &Document, snapshot: &Snapshot, view: &View) -> Self {
        Self::with(document, view, &Plan::of(document, snapshot, view))
    }

    pub(crate) fn with(document: &Document, view: &View, plan: &Plan) -> Self {
        let mut hash = TraceHash::default();
        hash.word(u64::from(view.narrow));
        hash.word(Detail::of(view) as u64);
        if view.grid {
            let camera = view.camera;
            for n in [camera.scale, camera.x, camera.y, view.size.0, view.size.1] {
                hash.word(n.to_bits());
            }
        }
        for (node, placed) in document.nodes.iter().zip(&plan.nodes) {
            hash.word(u64::from(node.id.0));
            hash.word(u64::from(placed.stack.is_some()));
            for row in placed.open() {
                hash.word(row.bed().to_bits());
                hash.word(row.apart().to_bits());
            }
            for side in [placed.rect.x, placed.rect.y, placed.rect.w, placed.rect.h] {
                hash.word(side.to_bits());
            }
            text(&mut hash, &node.name);
            text(&mut hash, node.config.kind());
        }
        for edge in &document.edges {
            hash.word(u64::from(edge.id.0));
            for end in [&edge.from, &edge.to] {
                hash.word(u64::from(end.node.0));
                text(&mut hash, &end.port);
            }
        }
        for (node, words) in &view.invalid {
            hash.word(u64::from(node.0));
            text(&mut hash, words);
        }
        Self(hash.value())
    }
}

fn text(hash: &mut TraceHash, text: &str) {
    for chunk in text.as_bytes().chunks(8) {
        let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        hash.word(word);
    }
    hash.word(u64::MAX);
}
