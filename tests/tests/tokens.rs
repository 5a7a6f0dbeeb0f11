//! Canvas and page speak of the same colours: the inks of the scene are the tokens of the sheet.

use std::path::Path;
use std::{fs, io};

use scene::{Ink, Theme};

const INKS: [(&str, Ink); 22] = [
    ("text", Ink::Text),
    ("muted", Ink::Muted),
    ("surface", Ink::Surface),
    ("canvas", Ink::Canvas),
    ("well", Ink::Well),
    ("hover", Ink::Hover),
    ("pressed", Ink::Pressed),
    ("line", Ink::Line),
    ("line-soft", Ink::LineSoft),
    ("grid", Ink::Grid),
    ("control", Ink::Control),
    ("edge", Ink::Edge),
    ("plot", Ink::Plot),
    ("ink", Ink::Ink),
    ("on-ink", Ink::OnInk),
    ("focus", Ink::Focus),
    ("reject", Ink::Reject),
    ("reject-soft", Ink::RejectSoft),
    ("warn", Ink::Warn),
    ("warn-soft", Ink::WarnSoft),
    ("ok", Ink::Ok),
    ("ok-soft", Ink::OkSoft),
];

#[test]
fn inks_are_the_tokens_of_the_sheet() -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/style.css");
    let sheet = fs::read_to_string(path)?;
    let blocks = [(Theme::Light, "[data-theme=\"light\"]"), (Theme::Dark, "[data-theme=\"dark\"]")];
    for (theme, selector) in blocks {
        let block = block(&sheet, selector);
        let keys = (0..=6_u8).flat_map(|slot| {
            [(format!("k{slot}"), Ink::Key(slot)), (format!("k{slot}-bed"), Ink::KeyBed(slot))]
        });
        let named = INKS.iter().map(|(name, ink)| ((*name).to_owned(), *ink));
        for (name, ink) in named.chain(keys) {
            // Key colours are the same in both themes and may stand in the first block only.
            let found = token(block, &name).or_else(|| token(&sheet, &name));
            let expected = format!("#{:06X}", theme.rgb(ink));
            assert_eq!(found.as_deref(), Some(expected.as_str()), "--{name} in {theme:?}");
        }
    }
    Ok(())
}

/// The declarations after a selector.
fn block<'a>(sheet: &'a str, selector: &str) -> &'a str {
    let from = sheet.find(selector).unwrap_or_else(|| panic!("no block for {selector}"));
    let rest = &sheet[from..];
    rest.split_once('}').map_or(rest, |(block, _)| block)
}

/// The value of a custom property.
fn token(block: &str, name: &str) -> Option<String> {
    let (_, rest) = block.split_once(&format!("--{name}:"))?;
    rest.split([';', '}']).next().map(|value| value.trim().to_uppercase())
}
