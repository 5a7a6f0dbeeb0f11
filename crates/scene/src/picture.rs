//! The display list: a handful of shapes in two layers. Painters are small because this is
//! complete.
//!
//! Coordinates are world units; the layer's camera turns them into CSS pixels. Record dots carry
//! screen coordinates, because they keep their size at every zoom.

use std::rc::Rc;

use crate::view::Camera;
use crate::wires::Wires;

/// A colour by its meaning; `Theme` knows the value. Names are those of the token sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the tokens of www/style.css")]
#[expect(clippy::enum_variant_names, reason = "the names are the tokens of www/style.css")]
pub enum Ink {
    Text,
    Muted,
    Surface,
    Canvas,
    Well,
    Hover,
    Pressed,
    Line,
    LineSoft,
    Grid,
    Control,
    Edge,
    Plot,
    Ink,
    OnInk,
    Focus,
    Reject,
    RejectSoft,
    Warn,
    WarnSoft,
    Ok,
    OkSoft,
    MarkInk,
    /// A key slot, 0 to 6.
    Key(u8),
    /// The softer twin of a key slot for ribbons.
    KeyBed(u8),
}

/// An outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width in world units.
    pub width: f64,
    /// Dash and gap; zeros for a solid line.
    pub dash: (f64, f64),
    /// Round ends and joins.
    pub round: bool,
}

impl Stroke {
    /// A solid line with butt ends.
    #[must_use]
    pub const fn new(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: (0.0, 0.0), round: false }
    }

    /// The same line, dashed.
    #[must_use]
    pub const fn dashed(self, dash: f64, gap: f64) -> Self {
        Self { dash: (dash, gap), ..self }
    }

    /// The same line with round ends and joins.
    #[must_use]
    pub const fn rounded(self) -> Self {
        Self { round: true, ..self }
    }
}

/// A piece of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Start a new line at (x, y).
    Move(f64, f64),
    /// Straight to (x, y).
    Line(f64, f64),
    /// Quadratic curve by (cx, cy) to (x, y).
    Quad(f64, f64, f64, f64),
    /// Circular arc: centre (x, y), radius, from angle, to angle (radians, clockwise).
    Arc(f64, f64, f64, f64, f64),
    /// Back to the last `Move`.
    Close,
}

/// How text stands on its point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Begins there.
    #[default]
    Start,
    /// Centred there.
    Middle,
    /// Ends there.
    End,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle; a stroke lies wholly inside, so that 1 px borders stay crisp.
    Rect {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        w: f64,
        /// Height.
        h: f64,
        /// Corner radius.
        radius: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Border.
        stroke: Option<Stroke>,
    },
    /// Lines and curves.
    Path {
        /// Pieces.
        segments: Vec<Segment>,
        /// Inside.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A line of text on its baseline.
    Text {
        /// Anchor.
        x: f64,
        /// Baseline.
        y: f64,
        /// The words.
        text: Rc<str>,
        /// Size in world units.
        size: f64,
        /// Weight 600 instead of 400.
        bold: bool,
        /// Code face.
        mono: bool,
        /// Colour.
        ink: Ink,
        /// Which end is anchored.
        align: Align,
    },
    /// A named line glyph on its 20 × 20 grid.
    Glyph {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Side length.
        size: f64,
        /// Key of `glyph::path`.
        name: &'static str,
        /// Colour.
        ink: Ink,
    },
    /// A record mark: colour and shape of its slot (1 ● 2 ■ 3 ▲ 4 ◆ 5 ⬟ 6 ✚, 0 ○).
    Mark {
        /// Centre.
        x: f64,
        /// Centre.
        y: f64,
        /// Half its size.
        radius: f64,
        /// Slot 0 to 6.
        slot: u8,
        /// What fills the hollow mark of slot 0.
        on: Ink,
    },
}

/// A record dot, in screen coordinates (CSS pixels), painted in bulk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Centre.
    pub x: f64,
    /// Centre.
    pub y: f64,
    /// Radius: 2.5, 3 or 4.
    pub radius: f64,
    /// Slot 0 to 6; 7 is the reject hue.
    pub slot: u8,
}

/// Shapes that share a camera and a revision.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Painted in order.
    pub shapes: Vec<Shape>,
    /// Changes whenever `shapes` do.
    pub revision: u64,
}

/// A whole frame.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// World to screen.
    pub camera: Camera,
    /// Canvas size in CSS pixels.
    pub size: (f64, f64),
    /// Cards, wires, static labels: repainted only when document, camera, selection or theme
    /// change.
    pub base: Layer,
    /// Gauges, lanes, numbers: repainted every frame while something moves.
    pub live: Layer,
    /// Records on wires.
    pub dots: Vec<Dot>,
    /// Selection frames, guides, the wire being drawn: above everything.
    pub overlay: Layer,
    /// The ways of all wires, kept as long as the base layer.
    pub(crate) wires: Wires,
}
