//! Writes shapes into a layer. Shapes, texts and path pieces of the frame before are used again,
//! so that a frame in which little changes allocates little.

use std::rc::Rc;

use crate::picture::{Align, Ink, Layer, Segment, Shape, Stroke};
use crate::text::{self, TextMeasure};

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    pub(crate) ink: Ink,
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) align: Align,
}

impl Type {
    /// 11 px, the size of everything inside cards.
    pub(crate) const fn small(ink: Ink) -> Self {
        Self { ink, size: 11.0, bold: false, align: Align::Start }
    }

    /// 13 px in weight 600: names.
    pub(crate) const fn name(ink: Ink) -> Self {
        Self { ink, size: 13.0, bold: true, align: Align::Start }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) const fn end(self) -> Self {
        Self { align: Align::End, ..self }
    }

    pub(crate) const fn middle(self) -> Self {
        Self { align: Align::Middle, ..self }
    }
}

/// A position in a layer that is being written, with an origin.
pub(crate) struct Pen<'a> {
    shapes: &'a mut Vec<Shape>,
    at: usize,
    changed: bool,
    origin: (f64, f64),
    measure: &'a dyn TextMeasure,
}

impl<'a> Pen<'a> {
    /// Starts over in a list of shapes.
    pub(crate) fn new(shapes: &'a mut Vec<Shape>, measure: &'a dyn TextMeasure) -> Self {
        Self { shapes, at: 0, changed: false, origin: (0.0, 0.0), measure }
    }

    /// Runs `draw` and counts the layer's revision up when a shape changed.
    pub(crate) fn fill(
        layer: &mut Layer,
        measure: &dyn TextMeasure,
        draw: impl FnOnce(&mut Pen<'_>),
    ) {
        let mut pen = Pen::new(&mut layer.shapes, measure);
        draw(&mut pen);
        if pen.finish() {
            layer.revision = layer.revision.wrapping_add(1);
        }
    }

    /// Drops what is left of the frame before; says whether anything changed.
    pub(crate) fn finish(self) -> bool {
        let changed = self.changed || self.at != self.shapes.len();
        self.shapes.truncate(self.at);
        changed
    }

    /// Everything that follows is drawn relative to this point.
    pub(crate) fn origin(&mut self, x: f64, y: f64) {
        self.origin = (x, y);
    }

    /// The width of a text.
    pub(crate) fn width(&self, text: &str, style: Type) -> f64 {
        self.measure.width(text, style.size, style.bold, false)
    }

    pub(crate) fn rect(
        &mut self,
        (x, y, w, h): (f64, f64, f64, f64),
        radius: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        let (x, y) = (x + self.origin.0, y + self.origin.1);
        self.put(Shape::Rect { x, y, w, h, radius, fill, stroke });
    }

    /// A filled rectangle without border.
    pub(crate) fn block(&mut self, x: f64, y: f64, w: f64, h: f64, fill: Ink) {
        self.rect((x, y, w, h), 0.0, Some(fill), None);
    }

    /// Lines and curves; the pieces are relative to the origin.
    pub(crate) fn path(&mut self, pieces: &[Segment], fill: Option<Ink>, stroke: Option<Stroke>) {
        let mut segments = match self.shapes.get_mut(self.at) {
            Some(Shape::Path { segments, fill: old_fill, stroke: old_stroke }) => {
                let same = *old_fill == fill
                    && *old_stroke == stroke
                    && segments.len() == pieces.len()
                    && segments
                        .iter()
                        .zip(pieces)
                        .all(|(old, new)| *old == moved(*new, self.origin));
                if same {
                    self.at += 1;
                    return;
                }
                std::mem::take(segments)
            }
            _ => Vec::new(),
        };
        segments.clear();
        segments.extend(pieces.iter().map(|piece| moved(*piece, self.origin)));
        self.put(Shape::Path { segments, fill, stroke });
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let pieces = [Segment::Move(from.0, from.1), Segment::Line(to.0, to.1)];
        self.path(&pieces, None, Some(stroke));
    }

    /// A hairline in an ink.
    pub(crate) fn rule(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.line(from, to, Stroke::new(ink, 1.0));
    }

    pub(crate) fn circle(
        &mut self,
        (x, y): (f64, f64),
        radius: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        let full = Segment::Arc(x, y, radius, 0.0, std::f64::consts::TAU);
        self.path(&[Segment::Move(x + radius, y), full, Segment::Close], fill, stroke);
    }

    /// An arc from 12 o'clock, clockwise, over `share` of the circle.
    pub(crate) fn arc(&mut self, (x, y): (f64, f64), radius: f64, share: f64, stroke: Stroke) {
        let top = -std::f64::consts::FRAC_PI_2;
        let sweep = std::f64::consts::TAU * share.clamp(0.0, 1.0);
        let arc = Segment::Arc(x, y, radius, top, top + sweep);
        self.path(&[Segment::Move(x, y - radius), arc], None, Some(stroke));
    }

    /// 45° lines inside a rectangle.
    pub(crate) fn hatch(&mut self, (x, y, w, h): (f64, f64, f64, f64), gap: f64, stroke: Stroke) {
        let mut pieces = Vec::new();
        let mut at = gap / 2.0;
        while at < w + h {
            let (x1, y2) = (w.min(at), h.min(at));
            let (y1, x2) = (at - x1, at - y2);
            if y1 <= h {
                pieces.push(Segment::Move(x + x1, y + y1));
                pieces.push(Segment::Line(x + x2, y + y2));
            }
            at += gap;
        }
        self.path(&pieces, None, Some(stroke));
    }

    /// ✕: refused.
    pub(crate) fn cross(&mut self, (x, y): (f64, f64), radius: f64, width: f64, ink: Ink) {
        let pieces = [
            Segment::Move(x - radius, y - radius),
            Segment::Line(x + radius, y + radius),
            Segment::Move(x + radius, y - radius),
            Segment::Line(x - radius, y + radius),
        ];
        self.path(&pieces, None, Some(Stroke::new(ink, width).rounded()));
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, text: &str, style: Type) {
        self.letters(x, y, text, style, false);
    }

    /// A text, shortened with an ellipsis when it is wider than `width`.
    pub(crate) fn text_within(&mut self, x: f64, y: f64, width: f64, text: &str, style: Type) {
        if self.width(text, style) <= width {
            return self.text(x, y, text, style);
        }
        self.shortened(x, y, width, text, style);
    }

    #[inline(never)]
    fn shortened(&mut self, x: f64, y: f64, width: f64, text: &str, style: Type) {
        let mut best = text::cut(text, 0);
        for at in text::seams(text) {
            let short = text::cut(text, at);
            if self.width(&short, style) > width {
                break;
            }
            best = short;
        }
        self.text(x, y, &best, style);
    }

    /// A value in 600 and its unit in muted 400, together ending at `x`.
    pub(crate) fn value(&mut self, x: f64, y: f64, value: &str, unit: &str, ink: Ink) {
        let muted = Type::small(Ink::Muted).end();
        self.text(x, y, unit, muted);
        let gap = if unit.is_empty() { 0.0 } else { self.width(unit, muted) + 3.0 };
        self.text(x - gap, y, value, Type::small(ink).bold().end());
    }

    /// A piece of code, 11 px.
    pub(crate) fn code(&mut self, x: f64, y: f64, text: &str, ink: Ink) {
        self.letters(x, y, text, Type::small(ink), true);
    }

    /// The width of a piece of code.
    pub(crate) fn code_width(&self, text: &str) -> f64 {
        self.measure.width(text, 11.0, false, true)
    }

    fn letters(&mut self, x: f64, y: f64, text: &str, style: Type, mono: bool) {
        if text.is_empty() {
            return;
        }
        let text: Rc<str> = match self.shapes.get(self.at) {
            Some(Shape::Text { text: old, .. }) if **old == *text => Rc::clone(old),
            _ => Rc::from(text),
        };
        let (x, y) = (x + self.origin.0, y + self.origin.1);
        let Type { ink, size, bold, align } = style;
        self.put(Shape::Text { x, y, text, size, bold, mono, ink, align });
    }

    pub(crate) fn glyph(&mut self, x: f64, y: f64, size: f64, name: &'static str, ink: Ink) {
        let (x, y) = (x + self.origin.0, y + self.origin.1);
        self.put(Shape::Glyph { x, y, size, name, ink });
    }

    pub(crate) fn mark(&mut self, (x, y): (f64, f64), radius: f64, slot: u8, on: Ink) {
        let (x, y) = (x + self.origin.0, y + self.origin.1);
        self.put(Shape::Mark { x, y, radius, slot, on });
    }

    fn put(&mut self, shape: Shape) {
        match self.shapes.get_mut(self.at) {
            Some(old) if *old == shape => {}
            Some(old) => {
                *old = shape;
                self.changed = true;
            }
            None => {
                self.shapes.push(shape);
                self.changed = true;
            }
        }
        self.at += 1;
    }
}

fn moved(piece: Segment, (dx, dy): (f64, f64)) -> Segment {
    match piece {
        Segment::Move(x, y) => Segment::Move(x + dx, y + dy),
        Segment::Line(x, y) => Segment::Line(x + dx, y + dy),
        Segment::Quad(cx, cy, x, y) => Segment::Quad(cx + dx, cy + dy, x + dx, y + dy),
        Segment::Arc(x, y, r, from, to) => Segment::Arc(x + dx, y + dy, r, from, to),
        Segment::Close => Segment::Close,
    }
}
