//! A picture as a self-contained SVG: the same shapes, in the same order, numbers rounded to two
//! decimals, so that one picture gives one text.

use std::fmt::Write as _;

use crate::glyph;
use crate::picture::{Align, Dot, Ink, Layer, Picture, Segment, Shape, Stroke};
use crate::theme::Theme;

/// Families by face. The defaults are those of the token sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fonts<'a> {
    /// For everything.
    pub text: &'a str,
    /// For code.
    pub mono: &'a str,
}

impl Default for Fonts<'_> {
    fn default() -> Self {
        Self {
            text: "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', \
                   'Liberation Sans', Arial, sans-serif",
            mono: "ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace",
        }
    }
}

/// The whole picture as one SVG of its size in CSS pixels.
#[must_use]
pub fn write(picture: &Picture, theme: Theme, fonts: Fonts<'_>) -> String {
    let mut writer = Writer { out: String::new(), theme, fonts };
    let (w, h) = (number(picture.size.0), number(picture.size.1));
    writer.push(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
         viewBox=\"0 0 {w} {h}\" font-family=\"{}\">\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n",
        escape(fonts.text),
        writer.color(Ink::Canvas),
    ));
    let camera = picture.camera;
    let (x, y, scale) = (number(camera.x), number(camera.y), precise(camera.scale));
    let transform = format!("translate({x} {y}) scale({scale})");
    for layer in [&picture.base, &picture.live] {
        writer.layer(layer, &transform);
    }
    writer.out.push_str("<g>\n");
    for dot in &picture.dots {
        writer.dot(dot);
    }
    writer.out.push_str("</g>\n");
    writer.layer(&picture.overlay, &transform);
    writer.out.push_str("</svg>\n");
    writer.out
}

struct Writer<'a> {
    out: String,
    theme: Theme,
    fonts: Fonts<'a>,
}

impl Writer<'_> {
    fn push(&mut self, args: std::fmt::Arguments<'_>) {
        self.out.write_fmt(args).expect("writing to a string never fails");
    }

    fn color(&self, ink: Ink) -> String {
        format!("#{:06X}", self.theme.rgb(ink))
    }

    fn layer(&mut self, layer: &Layer, transform: &str) {
        self.push(format_args!("<g transform=\"{transform}\">\n"));
        for shape in &layer.shapes {
            self.shape(shape);
        }
        self.out.push_str("</g>\n");
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { x, y, w, h, radius, fill, stroke } => {
                let inset = stroke.map_or(0.0, |stroke| stroke.width / 2.0);
                let style = self.style(*fill, *stroke);
                self.push(format_args!(
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"{style}/>\n",
                    number(x + inset),
                    number(y + inset),
                    number((w - 2.0 * inset).max(0.0)),
                    number((h - 2.0 * inset).max(0.0)),
                    number(*radius),
                ));
            }
            Shape::Path { segments, fill, stroke } => {
                let style = self.style(*fill, *stroke);
                let data = path_data(segments);
                self.push(format_args!("<path d=\"{data}\"{style}/>\n"));
            }
            Shape::Text { .. } => self.text(shape),
            Shape::Glyph { x, y, size, name, ink } => self.glyph((*x, *y), *size, name, *ink),
            Shape::Mark { x, y, radius, slot, on } => self.mark((*x, *y), *radius, *slot, *on),
        }
    }

    fn style(&self, fill: Option<Ink>, stroke: Option<Stroke>) -> String {
        let mut style = match fill {
            Some(ink) => format!(" fill=\"{}\"", self.color(ink)),
            None => " fill=\"none\"".to_owned(),
        };
        if let Some(stroke) = stroke {
            let (color, width) = (self.color(stroke.ink), number(stroke.width));
            style.push_str(&format!(" stroke=\"{color}\" stroke-width=\"{width}\""));
            if stroke.dash.0 > 0.0 {
                let (dash, gap) = (number(stroke.dash.0), number(stroke.dash.1));
                style.push_str(&format!(" stroke-dasharray=\"{dash} {gap}\""));
            }
            if stroke.round {
                style.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
            }
        }
        style
    }

    fn text(&mut self, shape: &Shape) {
        let Shape::Text { x, y, text, size, bold, mono, ink, align } = shape else { return };
        let color = self.color(*ink);
        let anchor = match align {
            Align::Start => "",
            Align::Middle => " text-anchor=\"middle\"",
            Align::End => " text-anchor=\"end\"",
        };
        let weight = if *bold { " font-weight=\"600\"" } else { "" };
        let family = if *mono {
            format!(" font-family=\"{}\"", escape(self.fonts.mono))
        } else {
            String::new()
        };
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{family}{anchor} fill=\"{color}\" \
             xml:space=\"preserve\">{}</text>\n",
            number(*x),
            number(*y),
            number(*size),
            escape(text),
        ));
    }

    fn glyph(&mut self, (x, y): (f64, f64), size: f64, name: &str, ink: Ink) {
        let color = self.color(ink);
        let scale = precise(size / 20.0);
        self.push(format_args!(
            "<g transform=\"translate({} {}) scale({scale})\" fill=\"none\" stroke-width=\"1.5\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\">",
            number(x),
            number(y),
        ));
        for part in glyph::path(name).split('|') {
            match part.strip_prefix('!') {
                Some(data) => self.push(format_args!("<path d=\"{data}\" fill=\"{color}\"/>")),
                None => self.push(format_args!("<path d=\"{part}\" stroke=\"{color}\"/>")),
            }
        }
        self.out.push_str("</g>\n");
    }

    fn mark(&mut self, (x, y): (f64, f64), radius: f64, slot: u8, on: Ink) {
        let (fill, stroke) = self.mark_inks(slot, on);
        let mut segments = Vec::new();
        crate::mark::outline(slot, radius, &mut segments);
        let style = self.style(Some(fill), stroke);
        let data = path_data(&segments);
        let at = format!("translate({} {})", number(x), number(y));
        self.push(format_args!(
            "<path transform=\"{at}\" d=\"{data}\"{style} stroke-linejoin=\"round\"/>\n"
        ));
    }

    fn mark_inks(&self, slot: u8, on: Ink) -> (Ink, Option<Stroke>) {
        if slot == 0 {
            return (on, Some(Stroke::new(Ink::Key(0), 1.25)));
        }
        let outline = self.theme.mark_outline();
        let ink = if slot > 6 { Ink::Reject } else { Ink::Key(slot) };
        (ink, (outline > 0.0).then(|| Stroke::new(Ink::MarkInk, outline)))
    }

    fn dot(&mut self, dot: &Dot) {
        let (fill, stroke) = self.mark_inks(dot.slot, Ink::Canvas);
        let style = self.style(Some(fill), stroke);
        let inset = stroke.map_or(0.0, |stroke| stroke.width / 2.0 - 0.4);
        self.push(format_args!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{style}/>\n",
            number(dot.x),
            number(dot.y),
            number(dot.radius - inset.max(0.0)),
        ));
    }
}

fn path_data(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        out.push_str(&match *segment {
            Segment::Move(x, y) => format!("M{} {}", number(x), number(y)),
            Segment::Line(x, y) => format!("L{} {}", number(x), number(y)),
            Segment::Quad(cx, cy, x, y) => {
                format!("Q{} {} {} {}", number(cx), number(cy), number(x), number(y))
            }
            Segment::Arc(x, y, radius, from, to) => arc_data(x, y, radius, from, to),
            Segment::Close => "z".to_owned(),
        });
    }
    out
}

/// An arc as SVG knows it; in two halves, because one cannot end where it begins.
fn arc_data(x: f64, y: f64, radius: f64, from: f64, to: f64) -> String {
    let point = |angle: f64| {
        let (sin, cos) = libm::sincos(angle);
        (number(x + radius * cos), number(y + radius * sin))
    };
    let sweep = if to >= from { 1 } else { 0 };
    let (middle, end, r) = (point((from + to) / 2.0), point(to), number(radius));
    let start = point(from);
    format!(
        "L{} {}A{r} {r} 0 0 {sweep} {} {}A{r} {r} 0 0 {sweep} {} {}",
        start.0, start.1, middle.0, middle.1, end.0, end.1
    )
}

/// Two decimals, no trailing zeros, no negative zero.
fn number(n: f64) -> String {
    trimmed(&format!("{n:.2}"))
}

/// Four decimals for scales, where two would be seen.
fn precise(n: f64) -> String {
    trimmed(&format!("{n:.4}"))
}

fn trimmed(text: &str) -> String {
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
