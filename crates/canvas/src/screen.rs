//! The stack of canvases: base, live, record dots, overlay; each repainted only when it must be.

use scene::{Camera, Picture, Theme};
use web_sys::HtmlCanvasElement;

use crate::dots::DotStamps;
use crate::painter::Painter;
use crate::surface::Surface;
use crate::text_cache::TextCache;

/// The dots follow the device pixel ratio up to this one; more is not seen, only paid for.
const DOTS_RATIO_MAX: f64 = 2.0;

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
}

impl Screen {
    /// Takes over four canvases, bottom to top; `None` without 2-D contexts.
    #[must_use]
    pub fn new([base, live, dots, overlay]: [HtmlCanvasElement; 4]) -> Option<Self> {
        Some(Self {
            base: Surface::new(base)?,
            live: Surface::in_memory(live)?,
            dots: Surface::in_memory(dots)?,
            overlay: Surface::new(overlay)?,
            painter: Painter::default(),
            stamps: DotStamps::default(),
            drawn: [None; 3],
            had_dots: false,
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
        let layers = [&picture.base, &picture.live, &picture.overlay];
        let surfaces = [&self.base, &self.live, &self.overlay];
        for ((layer, surface), drawn) in layers.into_iter().zip(surfaces).zip(&mut self.drawn) {
            let now = Some((layer.revision, picture.camera, theme));
            if *drawn != now {
                self.painter.paint(layer, &picture.camera, theme, surface, text);
                *drawn = now;
            }
        }
        if self.had_dots || !picture.dots.is_empty() {
            self.stamps.draw(&picture.dots, theme, &self.dots);
            self.had_dots = !picture.dots.is_empty();
        }
    }
}
