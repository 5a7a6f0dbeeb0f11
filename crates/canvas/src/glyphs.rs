//! Line glyphs as `Path2D` objects, made once each.

use base::VecMap;
use web_sys::Path2d;

/// A sub-path of a glyph.
pub(crate) struct Stroke {
    pub(crate) path: Path2d,
    /// Filled instead of stroked.
    pub(crate) filled: bool,
}

/// Glyphs by name.
#[derive(Default)]
pub(crate) struct Glyphs {
    made: VecMap<&'static str, Vec<Stroke>>,
}

impl Glyphs {
    pub(crate) fn get(&mut self, name: &'static str) -> &[Stroke] {
        self.made.get_or_insert_with(name, || {
            let parts = scene::glyph::path(name).split('|');
            parts
                .filter_map(|part| {
                    let filled = part.starts_with('!');
                    let path = Path2d::new_with_path_string(part.trim_start_matches('!')).ok()?;
                    Some(Stroke { path, filled })
                })
                .collect()
        })
    }
}
