//! Why a program does not compile, with its place.

use jaq_core::{compile, load};

use crate::wire::Failure;

/// What the parser did not expect.
pub(super) fn unreadable(program: &str, errors: load::Errors<&str, ()>) -> Failure {
    let error = errors.into_iter().next().map(|(_file, error)| error);
    let found = match error {
        Some(load::Error::Lex(errors)) => {
            errors.into_iter().next().map(|(expected, at)| (expected.as_str(), at))
        }
        Some(load::Error::Parse(errors)) => {
            errors.into_iter().next().map(|(expected, at)| (expected.as_str(), at))
        }
        Some(load::Error::Io(_)) => return Failure::new("A program here cannot load modules"),
        None => None,
    };
    match found {
        Some((expected, at)) => {
            let message = format!("jq expects {expected} here");
            Failure { message, at: place(program, at) }
        }
        None => Failure::new("jq cannot read the program"),
    }
}

/// What the program names and nobody defines.
pub(super) fn undefined(program: &str, errors: compile::Errors<&str, ()>) -> Failure {
    match errors.into_iter().flat_map(|(_file, errors)| errors).next() {
        Some((name, what)) => Failure {
            message: format!("jq knows no {} `{name}`", what.as_str()),
            at: place(program, name),
        },
        None => Failure::new("jq cannot read the program"),
    }
}

/// Where a part of the program begins.
fn place(program: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(program.as_ptr() as usize)?;
    (at <= program.len()).then_some(at)
}
