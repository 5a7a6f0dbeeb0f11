//! Geometry, hit test, layout, and the display list: snapshot to `Picture`, `Picture` to SVG.
//!
//! Pure: what it is given is never changed, text is measured through `TextMeasure` only, and the
//! same picture serves screen, PNG and SVG. No mouse, no tools, no browser.

pub mod build;
pub mod geometry;
pub mod glyph;
pub mod hit;
pub mod layout;
pub mod mark;
mod num;
mod pen;
pub mod picture;
mod route;
#[cfg(test)]
mod sample;
pub mod stack;
#[cfg(test)]
mod stack_tests;
pub mod svg;
pub mod text;
pub mod theme;
pub mod view;
mod wires;

pub use geometry::{Plan, Rect};
pub use picture::{Align, Ink, Layer, Picture, Segment, Shape, Stroke};
pub use text::TextMeasure;
pub use theme::Theme;
pub use view::{Camera, Hover, Selection, View};
