//! Measuring text without a browser.

/// Widths of text in world units. The canvas measures with the real font; tests and SVG use the
/// built-in table of an Arial-like face.
pub trait TextMeasure {
    /// The width of a line.
    fn width(&self, text: &str, size: f64, bold: bool, mono: bool) -> f64;
}
