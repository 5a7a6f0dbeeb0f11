//! The part of an address after `#`: what to open and at which moment.

use base::{Duration, Time};

use super::percent;

/// A parsed fragment. Values that make no sense are left out: a link must never stop the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// `s`: a scenario as [`crate::link::encode`] writes it.
    pub scenario: Option<String>,
    /// `t`: the slug of a built-in example.
    pub template: Option<String>,
    /// `u`: the https address of a scenario file.
    pub url: Option<String>,
    /// `at`: the moment to open at, in seconds with up to six decimals.
    pub at: Option<Time>,
    /// `run`: whether to play at once, `1` or `0`.
    pub run: Option<bool>,
    /// `speed`: simulated seconds for each real one, as written: `10`, `0.1`.
    pub speed: Option<String>,
    /// `sel`: the id of the selected node.
    pub sel: Option<u32>,
    /// `theme`: `auto`, `light` or `dark`.
    pub theme: Option<String>,
    /// Parameters this version does not know, as they came.
    pub other: Vec<(String, String)>,
}

impl Fragment {
    /// Reads a fragment, with or without its `#`, or a query with its `?`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix(['#', '?']).unwrap_or(text);
        let mut fragment = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            fragment.take(key, value);
        }
        fragment
    }

    /// The fragment as text, without `#`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let seconds = self.at.map(seconds_text);
        let run = self.run.map(|run| u8::from(run).to_string());
        let sel = self.sel.map(|id| id.to_string());
        let encoded = |text: &Option<String>| text.as_deref().map(percent::encode);
        let pairs = [
            ("s", self.scenario.clone()),
            ("t", encoded(&self.template)),
            ("u", encoded(&self.url)),
            ("at", seconds),
            ("run", run),
            ("speed", encoded(&self.speed)),
            ("sel", sel),
            ("theme", encoded(&self.theme)),
        ];
        let known = pairs.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?)));
        let other = self.other.iter().map(|(key, value)| {
            if value.is_empty() { key.clone() } else { format!("{key}={value}") }
        });
        known.chain(other).collect::<Vec<_>>().join("&")
    }

    fn take(&mut self, key: &str, value: &str) {
        let text = || {
            let decoded = String::from_utf8(percent::decode(value)).ok()?;
            (!decoded.is_empty() && decoded.chars().count() <= 2_048).then_some(decoded)
        };
        match key {
            "s" => self.scenario = Some(value.to_owned()).filter(|payload| !payload.is_empty()),
            "t" => self.template = text(),
            // Nothing but https: no `javascript:`, no local files, no plain text on the way.
            "u" => self.url = text().filter(|url| url.starts_with("https://")),
            "at" => self.at = parse_seconds(value),
            "run" => self.run = parse_switch(value),
            "speed" => self.speed = text().filter(|speed| is_decimal(speed)),
            "sel" => self.sel = value.parse().ok(),
            "theme" => {
                let known = |theme: &String| matches!(theme.as_str(), "auto" | "light" | "dark");
                self.theme = text().filter(known);
            }
            // A lone `=` says nothing, and nothing would be left of it in the text.
            "" if value.is_empty() => {}
            _ => self.other.push((key.to_owned(), value.to_owned())),
        }
    }
}

fn parse_switch(value: &str) -> Option<bool> {
    match value {
        "1" | "true" | "" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    (1..=9).contains(&digits) && dots <= 1 && digits + dots == text.len()
}

/// Reads `93.25` without floats, or a length such as `1m30s`.
#[inline(never)]
fn parse_seconds(text: &str) -> Option<Time> {
    let Some((whole, part)) = text.split_once('.') else {
        return Duration::parse(text).ok().map(|length| Time(length.0));
    };
    if part.is_empty() || part.len() > 6 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
    let part = format!("{part:0<6}").parse::<u64>().ok()?;
    whole.checked_add(part).map(Time)
}

fn seconds_text(at: Time) -> String {
    let (whole, part) = (at.0 / 1_000_000, at.0 % 1_000_000);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:06}").trim_end_matches('0').to_owned()
}
