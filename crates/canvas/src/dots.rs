//! Record dots: stamped into an RGBA buffer and pushed with one `putImageData` a frame.
//!
//! Of the ways to draw 10,000 dots this is the one that holds its frame rate in software as well
//! as in GPU raster back-ends. The buffer covers the bounding box of the dots only; what lay
//! outside the new box is wiped.

use base::VecMap;
use scene::picture::Dot;
use scene::{Ink, Theme};
use wasm_bindgen::Clamped;
use web_sys::ImageData;

use crate::surface::Surface;

/// Positions inside a device pixel that get a stamp of their own, each way.
const PHASES: i32 = 4;
/// The slot of refused records.
const REJECT_SLOT: u8 = 7;
/// No box is larger than this many device pixels: an 8K screen.
const PIXELS_MAX: usize = 7_680 * 4_320;

/// A rectangle of device pixels: left, top, right, bottom.
type Area = (i32, i32, i32, i32);

/// Slot, radius in quarter pixels, phase x, phase y.
type Key = (u8, u16, i32, i32);

#[derive(Debug)]
struct Stamp {
    side: i32,
    rgba: Vec<[u8; 4]>,
}

/// Stamps of dots, made when first needed, and the buffer of the last frame.
#[derive(Debug, Default)]
pub struct DotStamps {
    theme: Theme,
    stamps: VecMap<Key, Stamp>,
    buffer: Vec<u8>,
    drawn: Option<Area>,
}

impl DotStamps {
    /// Replaces the dots on a surface.
    pub fn draw(&mut self, dots: &[Dot], theme: Theme, surface: &Surface) {
        if self.theme != theme {
            self.theme = theme;
            self.stamps.clear();
        }
        if let Some((x0, y0, x1, y1)) = self.drawn.take() {
            let rect = (f64::from(x0), f64::from(y0), f64::from(x1 - x0), f64::from(y1 - y0));
            surface.context().clear_rect(rect.0, rect.1, rect.2, rect.3);
        }
        let Some(area) = bounds(dots, surface) else { return };
        let (width, height) = (area.2 - area.0, area.3 - area.1);
        let bytes = index(width) * index(height) * 4;
        if bytes > PIXELS_MAX * 4 {
            return;
        }
        self.buffer.clear();
        self.buffer.resize(bytes, 0);
        for dot in dots {
            self.stamp(dot, area, surface.ratio());
        }
        let pixels = Clamped(self.buffer.as_slice());
        let image = ImageData::new_with_u8_clamped_array_and_sh(
            pixels,
            width.unsigned_abs(),
            height.unsigned_abs(),
        );
        let put = image.and_then(|image| {
            surface.context().put_image_data(&image, f64::from(area.0), f64::from(area.1))
        });
        if put.is_ok() {
            self.drawn = Some(area);
        }
    }

    /// The surface lost its content.
    pub fn forget(&mut self) {
        self.drawn = None;
    }

    fn stamp(&mut self, dot: &Dot, area: Area, ratio: f64) {
        let (x, phase_x) = split(dot.x * ratio);
        let (y, phase_y) = split(dot.y * ratio);
        let radius = dot.radius * ratio;
        let key = (dot.slot, quarters(radius), phase_x, phase_y);
        let theme = self.theme;
        let stamp = self.stamps.get_or_insert_with(key, || draw_stamp(key, ratio, theme));
        let half = stamp.side / 2;
        let (left, top) = (x - half - area.0, y - half - area.1);
        let (width, height) = (area.2 - area.0, area.3 - area.1);
        // What the edge of the surface cuts off is cut once, not asked for at every pixel.
        let columns = (-left).max(0)..stamp.side.min(width - left);
        let rows = (-top).max(0)..stamp.side.min(height - top);
        if columns.is_empty() {
            return;
        }
        for row in rows {
            let inks =
                index(row * stamp.side + columns.start)..index(row * stamp.side + columns.end);
            let begin = index((top + row) * width + left + columns.start) * 4;
            let line = &mut self.buffer[begin..begin + inks.len() * 4];
            for (pixel, ink) in line.as_chunks_mut().0.iter_mut().zip(&stamp.rgba[inks]) {
                lay(pixel, *ink);
            }
        }
    }
}

/// The smallest rectangle with all dots, inside the surface.
fn bounds(dots: &[Dot], surface: &Surface) -> Option<Area> {
    let (w, h) = surface.device_size();
    let (w, h) = (w.cast_signed(), h.cast_signed());
    let ratio = surface.ratio();
    let mut area = (i32::MAX, i32::MAX, i32::MIN, i32::MIN);
    for dot in dots {
        let reach = whole((dot.radius + 1.0) * ratio) + 2;
        let (x, y) = (whole(dot.x * ratio), whole(dot.y * ratio));
        area.0 = area.0.min(x - reach);
        area.1 = area.1.min(y - reach);
        area.2 = area.2.max(x + reach);
        area.3 = area.3.max(y + reach);
    }
    let area = (area.0.max(0), area.1.max(0), area.2.min(w), area.3.min(h));
    (area.0 < area.2 && area.1 < area.3).then_some(area)
}

/// A filled disc with the outline of its theme; the mark of all other keys is a ring.
fn draw_stamp((slot, radius, phase_x, phase_y): Key, ratio: f64, theme: Theme) -> Stamp {
    let radius = f64::from(radius) / 4.0;
    let outline = if slot == 0 { 1.25 } else { theme.mark_outline() } * ratio;
    let half = whole(radius) + 2;
    let side = half * 2 + 1;
    let (edge, fill) = match slot {
        0 => (Ink::Key(0), Ink::Surface),
        REJECT_SLOT => (Ink::Reject, Ink::Reject),
        _ => (Ink::MarkInk, Ink::Key(slot)),
    };
    let (edge, fill) = (channels(theme.rgb(edge)), channels(theme.rgb(fill)));
    let phase = |phase: i32| f64::from(phase) / f64::from(PHASES);
    let mut rgba = Vec::with_capacity(index(side * side));
    for row in 0..side {
        for column in 0..side {
            let dx = f64::from(column - half) + 0.5 - phase(phase_x);
            let dy = f64::from(row - half) + 0.5 - phase(phase_y);
            let distance = (dx * dx + dy * dy).sqrt();
            let outer = (radius + 0.5 - distance).clamp(0.0, 1.0);
            let inner = (radius - outline + 0.5 - distance).clamp(0.0, 1.0);
            let mix = |at: usize| byte(fill[at] * inner + edge[at] * (1.0 - inner));
            rgba.push([mix(0), mix(1), mix(2), byte(outer * 255.0)]);
        }
    }
    Stamp { side, rgba }
}

/// Source over, with straight alpha.
fn lay(pixel: &mut [u8; 4], ink: [u8; 4]) {
    if ink[3] == 0 {
        return;
    }
    let below = u32::from(pixel[3]);
    if ink[3] == 255 || below == 0 {
        *pixel = ink;
        return;
    }
    let above = u32::from(ink[3]);
    let rest = below * (255 - above) / 255;
    let sum = above + rest;
    for at in 0..3 {
        let mixed = (u32::from(ink[at]) * above + u32::from(pixel[at]) * rest) / sum;
        pixel[at] = u8::try_from(mixed).unwrap_or(u8::MAX);
    }
    pixel[3] = u8::try_from(sum).unwrap_or(u8::MAX);
}

fn channels(rgb: u32) -> [f64; 3] {
    [16, 8, 0].map(|shift| f64::from(rgb >> shift & 0xFF))
}

fn split(at: f64) -> (i32, i32) {
    let steps = whole(at * f64::from(PHASES));
    (steps.div_euclid(PHASES), steps.rem_euclid(PHASES))
}

fn quarters(radius: f64) -> u16 {
    u16::try_from(whole(radius * 4.0)).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "saturates far outside every screen")]
fn whole(at: f64) -> i32 {
    at.round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mix of channels from 0 to 255"
)]
fn byte(channel: f64) -> u8 {
    channel.round() as u8
}

fn index(at: i32) -> usize {
    usize::try_from(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_is_opaque_inside_and_clear_outside() {
        let stamp = draw_stamp((2, 12, 0, 0), 1.0, Theme::Dark);
        let middle = stamp.side / 2 * stamp.side + stamp.side / 2;
        assert_eq!(stamp.rgba[index(middle)], [0x56, 0xB4, 0xE9, 255]);
        assert_eq!(stamp.rgba[0][3], 0);
    }

    #[test]
    fn translucent_ink_over_nothing_keeps_its_colour() {
        let mut pixel = [0, 0, 0, 0];
        lay(&mut pixel, [200, 100, 50, 128]);
        assert_eq!(pixel, [200, 100, 50, 128]);
        lay(&mut pixel, [200, 100, 50, 128]);
        assert_eq!(pixel[..3], [200, 100, 50]);
        assert!(pixel[3] > 180);
    }

    #[test]
    fn positions_split_into_pixel_and_phase() {
        assert_eq!(split(3.25), (3, 1));
        assert_eq!(split(-0.25), (-1, 3));
    }
}
