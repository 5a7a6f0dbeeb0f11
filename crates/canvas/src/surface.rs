//! A canvas element with its context, its size in CSS pixels and the device pixel ratio.

use scene::Camera;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, ContextAttributes2d, HtmlCanvasElement};

/// One of the stacked canvases.
#[derive(Debug)]
pub struct Surface {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    size: (f64, f64),
    ratio: f64,
}

impl Surface {
    /// Takes over a canvas element; `None` when the browser gives no 2-D context.
    #[must_use]
    pub fn new(element: HtmlCanvasElement) -> Option<Self> {
        Self::with(element, &ContextAttributes2d::new())
    }

    /// The same for a canvas that changes at every frame: it is kept in memory and not with the
    /// GPU. Pixels need not be fetched there, and where software stands in for a GPU, a few hundred
    /// small shapes take half the time.
    #[must_use]
    pub fn in_memory(element: HtmlCanvasElement) -> Option<Self> {
        let attributes = ContextAttributes2d::new();
        attributes.set_will_read_frequently(true);
        Self::with(element, &attributes)
    }

    fn with(element: HtmlCanvasElement, attributes: &ContextAttributes2d) -> Option<Self> {
        let context = element.get_context_with_context_options("2d", attributes).ok().flatten()?;
        let context = context.dyn_into().ok()?;
        Some(Self { element, context, size: (0.0, 0.0), ratio: 1.0 })
    }

    /// Gives the canvas a size in CSS pixels at a device pixel ratio; whether anything changed,
    /// in which case its content is gone.
    pub fn resize(&mut self, size: (f64, f64), ratio: f64) -> bool {
        if self.size == size && (self.ratio - ratio).abs() < 1e-6 {
            return false;
        }
        (self.size, self.ratio) = (size, ratio);
        let (w, h) = (pixels(size.0 * ratio), pixels(size.1 * ratio));
        if self.device_size() == (w, h) {
            return false;
        }
        self.element.set_width(w);
        self.element.set_height(h);
        true
    }

    /// The drawing context.
    #[must_use]
    pub fn context(&self) -> &CanvasRenderingContext2d {
        &self.context
    }

    /// Device pixels for one CSS pixel.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Width and height in device pixels.
    #[must_use]
    pub fn device_size(&self) -> (u32, u32) {
        (self.element.width(), self.element.height())
    }

    /// Wipes everything.
    pub fn clear(&self) {
        self.set_transform(1.0, 0.0, 0.0);
        let (w, h) = self.device_size();
        self.context.clear_rect(0.0, 0.0, f64::from(w), f64::from(h));
    }

    /// Lays another canvas over everything, as large as this one.
    pub fn lay(&self, other: &Self) {
        self.set_transform(1.0, 0.0, 0.0);
        let (w, h) = self.device_size();
        let (w, h) = (f64::from(w), f64::from(h));
        let laid = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &other.element,
            0.0,
            0.0,
            w,
            h,
        );
        debug_assert!(laid.is_ok(), "a canvas is at least a pixel large");
    }

    /// Takes a canvas without content out of the picture: a browser puts layers together for
    /// every frame, whether there is anything on them or not.
    pub fn set_shown(&self, shown: bool) {
        self.element.set_hidden(!shown);
    }

    /// From here on coordinates are world units.
    pub fn look_through(&self, camera: &Camera) {
        let ratio = self.ratio;
        self.set_transform(camera.scale * ratio, camera.x * ratio, camera.y * ratio);
    }

    fn set_transform(&self, scale: f64, x: f64, y: f64) {
        let set = self.context.set_transform(scale, 0.0, 0.0, scale, x, y);
        debug_assert!(set.is_ok(), "finite transforms are always taken");
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a canvas can be"
)]
fn pixels(length: f64) -> u32 {
    length.round().clamp(1.0, 16_384.0) as u32
}
