//! `Picture` to canvas calls: surfaces, painter, record dots, text widths.
//!
//! Knows shapes and inks only; never yew, the session, or which kinds of parts there are.

mod dots;
mod glyphs;
mod painter;
mod screen;
mod surface;
mod text_cache;

pub use dots::DotStamps;
pub use painter::Painter;
pub use screen::Screen;
pub use surface::Surface;
pub use text_cache::TextCache;
