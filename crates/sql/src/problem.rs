//! What is wrong with a text: a stable code, the place in the text, a sentence and a way out.

use crate::expr::Span;

/// One finding about an expression (`docs/errors.md` lists the codes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable code such as `SQL-010`.
    pub code: &'static str,
    /// Where it is.
    pub span: Span,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    /// A finding at a place.
    pub fn new(
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { code, span, message: message.into(), help: help.into() }
    }
}

/// Line and column of a place, counted from 1; columns are characters.
#[must_use]
pub fn line_and_column(text: &str, span: Span) -> (u32, u32) {
    let before = text.get(..span.from as usize).unwrap_or(text);
    let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
    let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_columns() {
        let at = |from| line_and_column("ä + b\n  , c", Span { from, to: from });
        assert_eq!([at(0), at(5), at(9)], [(1, 1), (1, 5), (2, 3)]);
        assert_eq!(at(99), (2, 6), "behind the end is the end");
    }
}
