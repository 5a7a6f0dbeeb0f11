//! A scenario as a link and back.

use scenario::format;
use scenario::link::{self, Fragment};

use crate::{Outcome, input};

/// Prints the fragment that opens this scenario on any page of ours.
pub(crate) fn link(scenario: &str) -> Outcome {
    let input = input::read(scenario)?;
    let payload = link::encode(&input.document);
    let fragment = Fragment { scenario: Some(payload), ..Fragment::default() };
    println!("#{}", fragment.to_text());
    Ok(())
}

/// Prints the canonical JSON of a scenario.
pub(crate) fn open(scenario: &str) -> Outcome {
    let input = input::read(scenario)?;
    println!("{}", format::save_pretty(&input.document));
    Ok(())
}
