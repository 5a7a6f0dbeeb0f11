//! A scenario as a link and back.

use scenario::format;
use scenario::link::{self, Fragment};

use crate::output::say;
use crate::{Outcome, input};

/// Prints the fragment that opens this scenario on any page of ours.
pub(crate) fn link(scenario: &str) -> Outcome {
    let input = input::read(scenario)?;
    let payload = link::encode(&input.document);
    let fragment = Fragment { scenario: Some(payload), ..Fragment::default() };
    say(&format!("#{}", fragment.to_text())).map(drop)
}

/// Prints the canonical JSON of a scenario.
pub(crate) fn open(scenario: &str) -> Outcome {
    let input = input::read(scenario)?;
    say(&format::save_pretty(&input.document)).map(drop)
}
