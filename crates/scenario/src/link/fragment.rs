//! The part of an address after `#`: what to open and at which moment.

use base::Time;

/// A parsed fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// `s`: a scenario as [`crate::link::encode`] writes it.
    pub scenario: Option<String>,
    /// `t`: the slug of a built-in example.
    pub template: Option<String>,
    /// `u`: the https address of a scenario file.
    pub url: Option<String>,
    /// `at`: the moment to open at, in seconds.
    pub at: Option<Time>,
    /// `run`: whether to play at once.
    pub run: Option<bool>,
    /// `speed`: the speed in words of the transport, `10` or `0.1`.
    pub speed: Option<String>,
    /// `sel`: the id of the selected node.
    pub sel: Option<u32>,
    /// `theme`: `auto`, `light` or `dark`.
    pub theme: Option<String>,
    /// Parameters this version does not know, as they came.
    pub other: Vec<(String, String)>,
}

impl Fragment {
    /// Reads a fragment, with or without its `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let _ = text;
        Self::default()
    }

    /// The fragment as text, without `#`.
    #[must_use]
    pub fn to_text(&self) -> String {
        String::new()
    }
}
