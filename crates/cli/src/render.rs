//! One moment of a run as a picture, for pages and papers.

use std::fs;
use std::path::PathBuf;

use base::{Duration, Time};
use clap::ValueEnum;
use engine::{Engine, Progress, Snapshot};
use scene::text::Table;
use scene::{Picture, View};

use crate::input::{self, Input};
use crate::{FORMATS, Outcome, Stop};

/// Room around the diagram in CSS pixels.
const MARGIN: f64 = 24.0;
/// Screen time a record takes along a wire; the page plays at 1×.
const TRANSIT_MICROS: u64 = 600_000;

/// What `render` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct RenderArgs {
    /// A scenario file, a link, or `-` for standard input
    scenario: String,
    /// The moment, such as 30s or 4m31s250ms
    #[arg(long, value_parser = input::length)]
    at: Duration,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Colours
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,
}

/// Colours of a picture.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Theme {
    /// Ink on paper
    #[default]
    Light,
    /// Paper on ink
    Dark,
}

/// Runs to the moment and draws it.
pub(crate) fn render(args: &RenderArgs) -> Outcome {
    let Input { document, data } = input::read(&args.scenario)?;
    let started = Engine::new(&document, &data, FORMATS);
    let mut engine = started.map_err(|findings| Stop::Input(input::list(&findings)))?;
    while engine.advance(Time(args.at.0), u32::MAX) == Progress::BudgetSpent {}
    let mut snapshot = Snapshot::default();
    engine.observe(&mut snapshot);

    let plain = View { transit_micros: TRANSIT_MICROS, ..View::default() };
    let bounds = scene::Plan::of(engine.document(), &snapshot, &plain).bounds();
    let size = (bounds.w.max(1.0) + 2.0 * MARGIN, bounds.h.max(1.0) + 2.0 * MARGIN);
    let camera = scene::view::fit(bounds, size, MARGIN);
    let view = View { camera, size, ..plain };
    let mut picture = Picture::default();
    scene::build::picture(engine.document(), &snapshot, &view, &Table, &mut picture);
    let theme = match args.theme {
        Theme::Light => scene::Theme::Light,
        Theme::Dark => scene::Theme::Dark,
    };
    let svg = scene::svg::write(&picture, theme, scene::svg::Fonts::default());
    fs::write(&args.out, svg).map_err(|error| {
        Stop::Input(format!("cannot write the picture to {}: {error}", args.out.display()))
    })
}
