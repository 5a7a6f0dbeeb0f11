//! Record dots: stamped into an RGBA buffer and pushed with one `putImageData` a frame.
//!
//! Of the ways to draw 10,000 dots this is the one that holds its frame rate in software as well
//! as in GPU raster back-ends. The buffer covers the bounding box of the dots and of those of the
//! frame before, which it wipes.

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

/// Slots, each with a mark of its own: 0 to 6 and the refused.
const SLOTS: usize = 8;

/// Slot, radius in quarter pixels, phase x, phase y.
type Key = (u8, u16, i32, i32);

/// A dot, drawn once. Rows are laid by their opaque middle, which is copied, and the ends that
/// let through what lies below.
#[derive(Debug)]
struct Stamp {
    side: i32,
    rgba: Vec<[u8; 4]>,
    /// Of each row: where ink begins, where it is opaque from and to, where it ends.
    rows: Vec<[i32; 4]>,
}

/// Stamps of dots, made when first needed, and the buffer of the last frame.
#[derive(Debug, Default)]
pub struct DotStamps {
    theme: Theme,
    /// The radii of `stamps`, in quarter pixels.
    radii: Vec<u16>,
    /// By radius, slot and phase.
    stamps: Vec<Option<Stamp>>,
    buffer: Vec<[u8; 4]>,
    drawn: Option<Area>,
}

impl DotStamps {
    /// Replaces the dots on a surface.
    pub fn draw(&mut self, dots: &[Dot], theme: Theme, surface: &Surface) {
        if self.theme != theme {
            self.theme = theme;
            self.stamps.clear();
            self.radii.clear();
        }
        // Where dots were is written over with nothing: no pixel of the surface is kept or read.
        let now = bounds(dots, surface);
        let Some(area) = around(self.drawn.take(), now) else { return };
        let (width, height) = (area.2 - area.0, area.3 - area.1);
        let pixels = index(width) * index(height);
        if pixels > PIXELS_MAX {
            return;
        }
        self.buffer.clear();
        self.buffer.resize(pixels, [0; 4]);
        for dot in dots {
            self.stamp(dot, area, surface.ratio());
        }
        let pixels = Clamped(self.buffer.as_flattened());
        let image = ImageData::new_with_u8_clamped_array_and_sh(
            pixels,
            width.unsigned_abs(),
            height.unsigned_abs(),
        );
        let put = image.and_then(|image| {
            surface.context().put_image_data(&image, f64::from(area.0), f64::from(area.1))
        });
        if put.is_ok() {
            self.drawn = now;
        }
    }

    /// The surface lost its content.
    pub fn forget(&mut self) {
        self.drawn = None;
    }

    fn stamp(&mut self, dot: &Dot, area: Area, ratio: f64) {
        let (x, phase_x) = split(dot.x * ratio);
        let (y, phase_y) = split(dot.y * ratio);
        let at = self.place((dot.slot, quarters(dot.radius * ratio), phase_x, phase_y), ratio);
        let Some(Some(stamp)) = self.stamps.get(at) else { return };
        let half = stamp.side / 2;
        let (left, top) = (x - half - area.0, y - half - area.1);
        let (width, height) = (area.2 - area.0, area.3 - area.1);
        // A dot beside the surface is none: the pieces of its rows would begin behind their ends.
        if left >= width || left + stamp.side <= 0 {
            return;
        }
        for row in (-top).max(0)..stamp.side.min(height - top) {
            // What the edge of the surface cuts off is cut once, not asked for at every pixel.
            let [from, opaque, clear, to] =
                stamp.rows[index(row)].map(|at| at.clamp((-left).max(0), (width - left).max(0)));
            let inks = &stamp.rgba[index(row * stamp.side)..];
            let line = &mut self.buffer[index((top + row) * width)..];
            let (begin, end) = (index(left + opaque), index(left + clear));
            line[begin..end].copy_from_slice(&inks[index(opaque)..index(clear)]);
            for column in (from..opaque).chain(clear..to) {
                lay(&mut line[index(left + column)], inks[index(column)]);
            }
        }
    }

    /// The place of a stamp, which is drawn when it is first asked for.
    fn place(&mut self, key: Key, ratio: f64) -> usize {
        let known = self.radii.iter().position(|radius| *radius == key.1);
        let radius = known.unwrap_or_else(|| {
            self.radii.push(key.1);
            self.radii.len() - 1
        });
        let phase = index(key.2 * PHASES + key.3);
        let at = (radius * SLOTS + usize::from(key.0)) * index(PHASES * PHASES) + phase;
        if self.stamps.len() <= at {
            self.stamps.resize_with(at + 1, || None);
        }
        let theme = self.theme;
        self.stamps[at].get_or_insert_with(|| draw_stamp(key, ratio, theme));
        at
    }
}

/// The smallest rectangle with both.
fn around(one: Option<Area>, other: Option<Area>) -> Option<Area> {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
    let (left, top) = (one.0.min(other.0), one.1.min(other.1));
    Some((left, top, one.2.max(other.2), one.3.max(other.3)))
}

/// The smallest rectangle with all dots, inside the surface.
fn bounds(dots: &[Dot], surface: &Surface) -> Option<Area> {
    let (w, h) = surface.device_size();
    let ratio = surface.ratio();
    let mut box_of = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    let mut radius: f64 = 0.0;
    for dot in dots {
        radius = radius.max(dot.radius);
        box_of =
            (box_of.0.min(dot.x), box_of.1.min(dot.y), box_of.2.max(dot.x), box_of.3.max(dot.y));
    }
    let reach = whole((radius + 1.0) * ratio) + 2;
    let area = (
        (whole(box_of.0 * ratio) - reach).max(0),
        (whole(box_of.1 * ratio) - reach).max(0),
        (whole(box_of.2 * ratio) + reach).min(w.cast_signed()),
        (whole(box_of.3 * ratio) + reach).min(h.cast_signed()),
    );
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
    let rows = rgba.chunks_exact(index(side)).map(|row| {
        let first = |is: fn(&[u8; 4]) -> bool| row.iter().position(is).unwrap_or(row.len());
        let after = |is: fn(&[u8; 4]) -> bool| row.iter().rposition(is).map_or(0, |at| at + 1);
        let (from, to) = (first(|ink| ink[3] > 0), after(|ink| ink[3] > 0));
        let (opaque, clear) = (first(|ink| ink[3] == 255), after(|ink| ink[3] == 255));
        // A row without an opaque pixel is all ends.
        let (opaque, clear) = if opaque < clear { (opaque, clear) } else { (to, to) };
        [from.min(to), opaque, clear, to].map(|at| i32::try_from(at).unwrap_or(0))
    });
    let rows = rows.collect();
    Stamp { side, rgba, rows }
}

/// Source over, with straight alpha.
fn lay(pixel: &mut [u8; 4], ink: [u8; 4]) {
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
    // One instruction; `round` is a function in WebAssembly.
    (at + 0.5).floor() as i32
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
    fn rows_tell_clear_translucent_and_opaque_pixels_apart() {
        for key in [(2, 12, 0, 0), (0, 10, 3, 1), (REJECT_SLOT, 16, 2, 2), (1, 2, 1, 3)] {
            let stamp = draw_stamp(key, 1.0, Theme::Light);
            let lines = stamp.rgba.chunks_exact(index(stamp.side));
            assert_eq!(lines.len(), stamp.rows.len());
            for (line, row) in lines.zip(&stamp.rows) {
                let [from, opaque, clear, to] = row.map(index);
                assert!(line[..from].iter().chain(&line[to..]).all(|ink| ink[3] == 0));
                assert!(line[opaque..clear].iter().all(|ink| ink[3] == 255));
                let ends = line[from..opaque].iter().chain(&line[clear..to]);
                assert!(ends.copied().all(|ink| (1..255).contains(&ink[3])), "{key:?}");
            }
        }
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
