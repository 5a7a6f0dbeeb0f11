//! Shapes to canvas calls. Colours, fonts and line styles are only set when they change: those
//! calls cost more than the drawing.

use std::f64::consts::TAU;

use base::VecMap;
use scene::{Align, Camera, Ink, Layer, Segment, Shape, Stroke, Theme};
use web_sys::CanvasRenderingContext2d;

use crate::glyphs::Glyphs;
use crate::surface::Surface;
use crate::text_cache::{Face, TextCache, face, font};

/// Paints layers; keeps colour strings, fonts and glyph paths between frames.
#[derive(Default)]
pub struct Painter {
    theme: Theme,
    colours: VecMap<Ink, String>,
    fonts: VecMap<Face, String>,
    glyphs: Glyphs,
    /// What the context is set to right now.
    set: Set,
}

#[derive(Default)]
struct Set {
    fill: Option<Ink>,
    stroke: Option<Ink>,
    width: f64,
    dash: (f64, f64),
    round: bool,
    face: Option<Face>,
    align: Align,
}

impl std::fmt::Debug for Painter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Painter").field("theme", &self.theme).finish_non_exhaustive()
    }
}

impl Painter {
    /// Wipes the surface and paints a layer as the camera sees it.
    pub fn paint(
        &mut self,
        layer: &Layer,
        camera: &Camera,
        theme: Theme,
        surface: &Surface,
        text: &TextCache,
    ) {
        surface.clear();
        surface.look_through(camera);
        if self.theme != theme {
            self.theme = theme;
            self.colours.clear();
        }
        let context = surface.context();
        self.set = Set::default();
        context.set_line_width(1.0);
        context.set_line_cap("butt");
        context.set_line_join("miter");
        context.set_text_align("start");
        self.set.width = 1.0;
        self.dash(context, (0.0, 0.0), true);
        for shape in &layer.shapes {
            self.shape(context, shape, text);
        }
    }

    fn shape(&mut self, context: &CanvasRenderingContext2d, shape: &Shape, text: &TextCache) {
        match shape {
            Shape::Rect { x, y, w, h, radius, fill, stroke } => {
                self.rect(context, (*x, *y, *w, *h), *radius, *fill, *stroke);
            }
            Shape::Path { segments, fill, stroke } => {
                context.begin_path();
                trace(context, segments);
                self.finish(context, *fill, *stroke);
            }
            Shape::Text { x, y, text: words, size, bold, mono, ink, align } => {
                let face = face(*size, *bold, *mono);
                self.fill_ink(context, *ink);
                self.words(context, (*x, *y), words, face, *align, text);
            }
            Shape::Glyph { x, y, size, name, ink } => {
                self.glyph(context, (*x, *y), *size, name, *ink);
            }
            Shape::Mark { x, y, radius, slot, on } => {
                self.mark(context, (*x, *y), *radius, *slot, *on);
            }
        }
    }

    fn rect(
        &mut self,
        context: &CanvasRenderingContext2d,
        (x, y, w, h): (f64, f64, f64, f64),
        radius: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        if radius <= 0.0 && stroke.is_none() {
            if let Some(ink) = fill {
                self.fill_ink(context, ink);
                context.fill_rect(x, y, w, h);
            }
            return;
        }
        // The border lies wholly inside.
        let inset = stroke.map_or(0.0, |stroke| stroke.width / 2.0);
        let (w, h) = ((w - 2.0 * inset).max(0.0), (h - 2.0 * inset).max(0.0));
        let radius = (radius - inset).min(w.min(h) / 2.0).max(0.0);
        context.begin_path();
        let traced = context.round_rect_with_f64(x + inset, y + inset, w, h, radius);
        debug_assert!(traced.is_ok(), "radii are never negative");
        self.finish(context, fill, stroke);
    }

    fn finish(
        &mut self,
        context: &CanvasRenderingContext2d,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        if let Some(ink) = fill {
            self.fill_ink(context, ink);
            context.fill();
        }
        if let Some(stroke) = stroke {
            self.stroke_style(context, stroke);
            context.stroke();
        }
    }

    fn words(
        &mut self,
        context: &CanvasRenderingContext2d,
        (x, y): (f64, f64),
        words: &str,
        face: Face,
        align: Align,
        text: &TextCache,
    ) {
        if self.set.face != Some(face) {
            let css = self.fonts.get_or_insert_with(face, || font(face));
            context.set_font(css);
            self.set.face = Some(face);
        }
        let digits = words.bytes().any(|byte| byte.is_ascii_digit());
        if align == Align::End && digits && !text.is_tabular(face) {
            self.align(context, Align::Start);
            tabular(context, (x, y), words, face, text);
            return;
        }
        self.align(context, align);
        put(context, words, x, y);
    }

    fn glyph(
        &mut self,
        context: &CanvasRenderingContext2d,
        (x, y): (f64, f64),
        size: f64,
        name: &'static str,
        ink: Ink,
    ) {
        self.fill_ink(context, ink);
        self.stroke_style(context, Stroke::new(ink, 1.5).rounded());
        let scale = size / 20.0;
        context.save();
        let moved = context.translate(x, y).and_then(|()| context.scale(scale, scale));
        debug_assert!(moved.is_ok(), "finite transforms are always taken");
        for stroke in self.glyphs.get(name) {
            if stroke.filled {
                context.fill_with_path_2d(&stroke.path);
            } else {
                context.stroke_with_path(&stroke.path);
            }
        }
        context.restore();
    }

    fn mark(
        &mut self,
        context: &CanvasRenderingContext2d,
        (x, y): (f64, f64),
        radius: f64,
        slot: u8,
        on: Ink,
    ) {
        context.begin_path();
        trace_mark(context, x, y, radius, slot);
        let outline = self.theme.mark_outline();
        if slot == 0 {
            self.finish(context, Some(on), Some(Stroke::new(Ink::Key(0), 1.25)));
        } else if outline > 0.0 {
            let stroke = Stroke::new(Ink::MarkInk, outline);
            self.finish(context, Some(Ink::Key(slot)), Some(stroke));
        } else {
            self.finish(context, Some(Ink::Key(slot)), None);
        }
    }

    fn fill_ink(&mut self, context: &CanvasRenderingContext2d, ink: Ink) {
        if self.set.fill != Some(ink) {
            context.set_fill_style_str(self.colour(ink));
            self.set.fill = Some(ink);
        }
    }

    fn stroke_style(&mut self, context: &CanvasRenderingContext2d, stroke: Stroke) {
        if self.set.stroke != Some(stroke.ink) {
            context.set_stroke_style_str(self.colour(stroke.ink));
            self.set.stroke = Some(stroke.ink);
        }
        if (self.set.width - stroke.width).abs() > 1e-6 {
            context.set_line_width(stroke.width);
            self.set.width = stroke.width;
        }
        if self.set.round != stroke.round {
            context.set_line_cap(if stroke.round { "round" } else { "butt" });
            context.set_line_join(if stroke.round { "round" } else { "miter" });
            self.set.round = stroke.round;
        }
        self.dash(context, stroke.dash, false);
    }

    fn dash(&mut self, context: &CanvasRenderingContext2d, dash: (f64, f64), anyway: bool) {
        if self.set.dash == dash && !anyway {
            return;
        }
        let list = js_sys::Array::new();
        if dash.0 > 0.0 {
            list.push(&dash.0.into());
            list.push(&dash.1.into());
        }
        let taken = context.set_line_dash(&list);
        debug_assert!(taken.is_ok(), "dashes are finite and not negative");
        self.set.dash = dash;
    }

    fn align(&mut self, context: &CanvasRenderingContext2d, align: Align) {
        if self.set.align != align {
            context.set_text_align(match align {
                Align::Start => "start",
                Align::Middle => "center",
                Align::End => "end",
            });
            self.set.align = align;
        }
    }

    fn colour(&mut self, ink: Ink) -> &str {
        let theme = self.theme;
        self.colours.get_or_insert_with(ink, || format!("#{:06x}", theme.rgb(ink)))
    }
}

/// Right-aligned numbers in a face with proportional digits: each digit gets the advance of "0".
fn tabular(
    context: &CanvasRenderingContext2d,
    (x, y): (f64, f64),
    words: &str,
    face: Face,
    text: &TextCache,
) {
    let zero = text.advance("0", face);
    let mut right = x;
    let mut buffer = [0; 4];
    for c in words.chars().rev() {
        let c_text: &str = c.encode_utf8(&mut buffer);
        let own = text.advance(c_text, face);
        let advance = if c.is_ascii_digit() { zero } else { own };
        right -= advance;
        put(context, c_text, right + (advance - own) / 2.0, y);
    }
}

fn put(context: &CanvasRenderingContext2d, words: &str, x: f64, y: f64) {
    let drawn = context.fill_text(words, x, y);
    debug_assert!(drawn.is_ok(), "fillText takes every finite point");
}

fn trace(context: &CanvasRenderingContext2d, segments: &[Segment]) {
    for segment in segments {
        match *segment {
            Segment::Move(x, y) => context.move_to(x, y),
            Segment::Line(x, y) => context.line_to(x, y),
            Segment::Quad(cx, cy, x, y) => context.quadratic_curve_to(cx, cy, x, y),
            Segment::Arc(x, y, radius, from, to) => arc(context, x, y, radius, from, to),
            Segment::Close => context.close_path(),
        }
    }
}

fn arc(context: &CanvasRenderingContext2d, x: f64, y: f64, radius: f64, from: f64, to: f64) {
    let traced = context.arc(x, y, radius.max(0.0), from, to);
    debug_assert!(traced.is_ok(), "radii are never negative");
}

/// 1 ● 2 ■ 3 ▲ 4 ◆ 5 ⬟ 6 ✚, 0 ○.
fn trace_mark(context: &CanvasRenderingContext2d, x: f64, y: f64, radius: f64, slot: u8) {
    let r = radius - 0.4;
    let points: &[(f64, f64)] = match slot {
        0 => return arc(context, x, y, radius * 0.82, 0.0, TAU),
        2 => &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
        3 => &[(0.0, -1.08), (1.08, 0.89), (-1.08, 0.89)],
        4 => &[(0.0, -1.16), (1.16, 0.0), (0.0, 1.16), (-1.16, 0.0)],
        5 => &[(0.0, -1.1), (1.05, -0.34), (0.65, 0.89), (-0.65, 0.89), (-1.05, -0.34)],
        6 => &CROSS,
        _ => return arc(context, x, y, r, 0.0, TAU),
    };
    for (at, (dx, dy)) in points.iter().enumerate() {
        if at == 0 {
            context.move_to(x + dx * r, y + dy * r);
        } else {
            context.line_to(x + dx * r, y + dy * r);
        }
    }
    context.close_path();
}

const CROSS: [(f64, f64); 12] = [
    (-0.42, -1.05),
    (0.42, -1.05),
    (0.42, -0.42),
    (1.05, -0.42),
    (1.05, 0.42),
    (0.42, 0.42),
    (0.42, 1.05),
    (-0.42, 1.05),
    (-0.42, 0.42),
    (-1.05, 0.42),
    (-1.05, -0.42),
    (-0.42, -0.42),
];
