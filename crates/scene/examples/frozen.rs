//! Writes the frozen moment of the design as SVG to standard output, to look at it:
//! `cargo run -p scene --example frozen [dark|narrow] > frozen.svg`.

#[path = "../src/sample.rs"]
mod sample;

use std::io::{self, Write as _};

use scene::text::Table;
use scene::{Camera, Picture, Selection, Theme, View, svg};

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|it| it == word);
    let narrow = has("narrow");
    let size = if narrow { (390.0, 640.0) } else { (912.0, 660.0) };
    let scale = if has("far") {
        0.3
    } else if has("icons") {
        0.15
    } else {
        1.0
    };
    let selection = Selection { nodes: vec![base::NodeId(3)], edges: Vec::new() };
    let camera = Camera { scale, ..Camera::default() };
    let view = View { camera, size, narrow, selection, transit_micros: 600_000, ..View::default() };
    let mut picture = Picture::default();
    scene::build::picture(&sample::hot_key(), &sample::frozen(), &view, &Table, &mut picture);
    let theme = if has("dark") { Theme::Dark } else { Theme::Light };
    let text = svg::write(&picture, theme, svg::Fonts::default());
    io::stdout().write_all(text.as_bytes())
}
