//! Fonts and widths of text: measured once, kept while the page lives.
//!
//! The stack names real faces and leaves `system-ui` out: on Linux that keyword can give a face
//! 13 % wider, and widths are budgeted for Arial-like metrics.

use std::cell::RefCell;

use base::VecMap;
use scene::TextMeasure;
use web_sys::CanvasRenderingContext2d;

const UI_FACES: &str = "-apple-system, BlinkMacSystemFont, \"Segoe UI Variable Text\", \
    \"Segoe UI\", Roboto, \"Noto Sans\", \"Liberation Sans\", Arial, sans-serif";
const MONO_FACES: &str = "ui-monospace, \"SF Mono\", \"Cascadia Mono\", Menlo, Consolas, \
    \"DejaVu Sans Mono\", monospace";
/// Widths kept at once; live numbers would fill memory otherwise.
const WIDTHS_MAX: usize = 4_000;

/// Size in quarter units, weight 600, code face.
pub(crate) type Face = (u16, bool, bool);

/// Widths by face and text, measured with a context of its own.
#[derive(Debug)]
pub struct TextCache {
    context: CanvasRenderingContext2d,
    inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    font: Option<Face>,
    widths: VecMap<Face, VecMap<Box<str>, f64>>,
    count: usize,
}

impl TextCache {
    /// Measures with this context, whose font it changes at will.
    #[must_use]
    pub fn new(context: CanvasRenderingContext2d) -> Self {
        Self { context, inner: RefCell::default() }
    }

    /// Whether "1" is as wide as "0" in a face, as it is in Arial-like ones.
    pub(crate) fn is_tabular(&self, face: Face) -> bool {
        (self.advance("0", face) - self.advance("1", face)).abs() < 0.01
    }

    pub(crate) fn advance(&self, text: &str, face: Face) -> f64 {
        let mut inner = self.inner.borrow_mut();
        if let Some(width) = inner.widths.get(&face).and_then(|widths| widths.get(text)) {
            return *width;
        }
        if inner.font != Some(face) {
            self.context.set_font(&font(face));
            inner.font = Some(face);
        }
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        if inner.count >= WIDTHS_MAX {
            inner.widths.clear();
            inner.count = 0;
        }
        inner.count += 1;
        inner.widths.get_or_insert_with(face, VecMap::new).insert(text.into(), width);
        width
    }
}

impl TextMeasure for TextCache {
    fn width(&self, text: &str, size: f64, bold: bool, mono: bool) -> f64 {
        self.advance(text, face(size, bold, mono))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are between 1 and 1,000 units"
)]
pub(crate) fn face(size: f64, bold: bool, mono: bool) -> Face {
    ((size.clamp(1.0, 1_000.0) * 4.0).round() as u16, bold, mono)
}

/// The CSS font of a face.
pub(crate) fn font((quarters, bold, mono): Face) -> String {
    let weight = if bold { "600" } else { "400" };
    let faces = if mono { MONO_FACES } else { UI_FACES };
    format!("{weight} {}.{:02}px {faces}", quarters / 4, quarters % 4 * 25)
}
