//! The stack of canvases: base, live with the record dots over it, overlay; each repainted only
//! when it must be.
//!
//! Dots are drawn on a canvas of their own that is not on the page and laid over the live one:
//! what changes at every frame is one layer for the browser to fetch and to put together.

use scene::{Camera, Layer, Picture, Theme};
use web_sys::HtmlCanvasElement;

use crate::dots::DotStamps;
use crate::painter::Painter;
use crate::surface::Surface;
use crate::text_cache::TextCache;

/// The dots follow the device pixel ratio up to this one; more is not seen, only paid for.
const DOTS_RATIO_MAX: f64 = 2.0;

/// The place of the live canvas among those on the page.
const LIVE: usize = 1;

/// Everything a layer's pixels depend on.
type Drawn = (u64, Camera, Theme);

/// All canvases of a stage.
#[derive(Debug)]
pub struct Screen {
    base: Surface,
    live: Surface,
    dots: Surface,
    overlay: Surface,
    painter: Painter,
    stamps: DotStamps,
    /// What base, live and overlay show.
    drawn: [Option<Drawn>; 3],
    had_dots: bool,
    had_overlay: Option<bool>,
}

impl Screen {
    /// Takes over three canvases, bottom to top, and one that is not on the page for the dots;
    /// `None` without 2-D contexts.
    #[must_use]
    pub fn new(
        [base, live, overlay]: [HtmlCanvasElement; 3],
        dots: HtmlCanvasElement,
    ) -> Option<Self> {
        Some(Self {
            base: Surface::new(base)?,
            live: Surface::in_memory(live)?,
            dots: Surface::in_memory(dots)?,
            overlay: Surface::new(overlay)?,
            painter: Painter::default(),
            stamps: DotStamps::default(),
            drawn: [None; 3],
            had_dots: false,
            had_overlay: None,
        })
    }

    /// Gives all canvases a size in CSS pixels.
    pub fn resize(&mut self, size: (f64, f64), ratio: f64) {
        let surfaces = [&mut self.base, &mut self.live, &mut self.overlay];
        let resized = surfaces.map(|surface| surface.resize(size, ratio));
        if resized.contains(&true) {
            self.drawn = [None; 3];
        }
        if self.dots.resize(size, ratio.min(DOTS_RATIO_MAX)) {
            self.stamps.forget();
        }
    }

    /// Shows a picture.
    pub fn show(&mut self, picture: &Picture, theme: Theme, text: &TextCache) {
        let seen = |layer: &Layer| Some((layer.revision, picture.camera, theme));
        let camera = &picture.camera;
        let has_dots = !picture.dots.is_empty();
        if has_dots || self.had_dots {
            self.drawn[LIVE] = None;
        }
        let layers = [&picture.base, &picture.live, &picture.overlay];
        let surfaces = [&self.base, &self.live, &self.overlay];
        for (at, (layer, surface)) in layers.into_iter().zip(surfaces).enumerate() {
            if self.drawn[at] == seen(layer) {
                continue;
            }
            self.painter.paint(layer, camera, theme, surface, text);
            if at == LIVE && has_dots {
                self.stamps.draw(&picture.dots, theme, &self.dots);
                surface.lay(&self.dots);
            }
            self.drawn[at] = seen(layer);
        }
        let has_overlay = !picture.overlay.shapes.is_empty();
        if self.had_overlay != Some(has_overlay) {
            self.overlay.set_shown(has_overlay);
            self.had_overlay = Some(has_overlay);
        }
        self.had_dots = has_dots;
    }
}
