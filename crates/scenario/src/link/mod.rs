//! Links: a whole scenario in the fragment of an address, `1d~LLLL.CCCCCCCC.<base64url>`.
//!
//! `1` is the major version of the document, then one letter for the codec:
//! `d` raw deflate with preset dictionary 1, `r` raw deflate, `j` plain JSON, percent-encoded, for
//! links written by hand. `LLLL` counts the characters of the payload and `CCCCCCCC` is its
//! CRC-32 in hex, so that a link that was cut off or mangled is recognised and said; `j` may leave
//! both out. Links are hostile input: every step is bounded, nothing in them runs.

mod deflate;
mod fragment;
#[cfg(test)]
mod link_tests;
mod percent;
mod salvage;

use base::hash::crc32;
use base::units::{bytes_text, grouped};
use base::{Code, limits};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

pub use fragment::Fragment;

use crate::document::Document;
use crate::format::{Loaded, load, save};
use crate::migrate;
use deflate::{DICTIONARY_1, End};

/// Why a link cannot be opened as it is.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct LinkError {
    /// Which kind of finding.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Characters of payload that arrived.
    pub got_chars: Option<u32>,
    /// Characters of payload the link says it has.
    pub want_chars: Option<u32>,
    /// What could still be read.
    pub partial: Option<Loaded>,
}

impl LinkError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    fn new(code: &'static str, message: impl Into<String>, help: &str) -> Self {
        Self {
            code: Code(code),
            message: message.into(),
            help: help.to_owned(),
            got_chars: None,
            want_chars: None,
            partial: None,
        }
    }
}

/// The payload of a link. One document has one link.
#[must_use]
pub fn encode(document: &Document) -> String {
    let packed = deflate::deflate(save(document).as_bytes(), DICTIONARY_1.as_bytes());
    frame('d', &BASE64_URL_SAFE_NO_PAD.encode(packed))
}

/// Reads what [`encode`] wrote: the payload alone, a fragment, or a whole address.
///
/// # Errors
/// A link that is cut off, damaged, too large or not a link at all, with what can still be read.
pub fn decode(text: &str) -> Result<Loaded, LinkError> {
    let text = bare(text);
    let parts = take_apart(&text)?;
    let got = parts.payload.chars().count();
    if got > limits::LINK_CHARS_MAX as usize {
        let message = format!("The link has {} characters", grouped(got as u64));
        let help = "Links end at 65,536 characters; share larger scenarios as a file";
        return Err(LinkError::new("LNK-003", message, help));
    }
    let payload = check(&parts)?;
    let (bytes, end) = unpack(parts.codec, payload);
    if end == End::TooLarge {
        let most = bytes_text(u64::from(limits::LINK_DECODED_BYTES_MAX));
        let message = format!("The link unpacks to more than {most}");
        return Err(LinkError::new(
            "LNK-007",
            message,
            "No scenario is that large; do not trust it",
        ));
    }
    let loaded = load(&bytes);
    if end == End::Broken || loaded.document.is_none() {
        let found = loaded.diagnostics.first().map(|finding| finding.message.clone());
        let message = match found {
            Some(found) if end == End::Whole => format!("The link holds no scenario: {found}"),
            _ => "The link holds no scenario: it cannot be unpacked".to_owned(),
        };
        let mut error = LinkError::new("LNK-008", message, "Ask for the link again");
        error.partial = salvage(&bytes);
        return Err(error);
    }
    if parts.version > migrate::CURRENT {
        let message = format!(
            "The link has version {}; the newest known here is {}",
            parts.version,
            migrate::CURRENT
        );
        let mut error = LinkError::new("LNK-006", message, "Open it with a newer Rivulet");
        error.partial = Some(loaded);
        return Err(error);
    }
    Ok(loaded)
}

fn frame(codec: char, payload: &str) -> String {
    let (length, crc) = (payload.len(), crc32(payload.as_bytes()));
    format!("{}{codec}~{length}.{crc:08x}.{payload}", migrate::CURRENT)
}

/// How a payload is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    Dictionary,
    Raw,
    Json,
}

/// A link taken apart.
struct Parts<'a> {
    version: u32,
    codec: Codec,
    /// Length and CRC-32 as the link states them.
    stated: Option<(u32, u32)>,
    payload: &'a str,
}

/// The payload without the address around it and the line breaks mail puts into it.
fn bare(text: &str) -> String {
    let text: String = text.lines().map(str::trim).collect();
    let scenario = |part: &str| Fragment::parse(part).scenario;
    let found = if let Some((before, after)) = text.split_once('#') {
        scenario(after).or_else(|| scenario(before.split_once('?')?.1))
    } else if let Some((_host, query)) = text.split_once('?') {
        scenario(query)
    } else {
        text.strip_prefix("s=").and_then(|_rest| scenario(&text))
    };
    let bare = found.unwrap_or(text);
    // Some programs encode the tilde although no address needs it.
    bare.replacen("%7E", "~", 1).replacen("%7e", "~", 1)
}

fn take_apart(text: &str) -> Result<Parts<'_>, LinkError> {
    let strange = || {
        let message = "This is not a link to a scenario";
        LinkError::new("LNK-001", message, "A link has `#s=1d~` and then many letters")
    };
    let (head, rest) = text.split_once('~').ok_or_else(strange)?;
    let letter = head.chars().last().ok_or_else(strange)?;
    let version = head.strip_suffix(letter).unwrap_or_default().parse::<u32>();
    let version = version.ok().filter(|version| *version > 0).ok_or_else(strange)?;
    let codec = match letter {
        'd' => Codec::Dictionary,
        'r' => Codec::Raw,
        'j' => Codec::Json,
        other => {
            let message = format!("The link is packed in a way unknown here: `{other}`");
            let help = "Open it with a newer Rivulet, or ask for the link again";
            return Err(LinkError::new("LNK-002", message, help));
        }
    };
    let mut fields = rest.splitn(3, '.');
    let length = fields.next().and_then(|field| field.parse::<u32>().ok());
    let crc = fields.next().filter(|field| field.len() == 8);
    let crc = crc.and_then(|field| u32::from_str_radix(field, 16).ok());
    match (length, crc, fields.next()) {
        (Some(length), Some(crc), Some(payload)) => {
            Ok(Parts { version, codec, stated: Some((length, crc)), payload })
        }
        _ if codec == Codec::Json => Ok(Parts { version, codec, stated: None, payload: rest }),
        _ => {
            let message = "The link is cut off before its content begins";
            Err(LinkError::new("LNK-004", message, "Ask for the link again"))
        }
    }
}

/// The payload, if it is as long as stated and has the stated checksum.
fn check<'a>(parts: &Parts<'a>) -> Result<&'a str, LinkError> {
    let Some((want, crc)) = parts.stated else { return Ok(parts.payload) };
    let got = u32::try_from(parts.payload.chars().count()).unwrap_or(u32::MAX);
    // What stands behind the payload came from the text around the link: a bracket, a full stop.
    let payload = parts.payload.get(..want as usize).unwrap_or(parts.payload);
    if got >= want && crc32(payload.as_bytes()) == crc {
        return Ok(payload);
    }
    let mut error = if got < want {
        let (got, want) = (grouped(u64::from(got)), grouped(u64::from(want)));
        let message = format!("This link is cut off: {got} of {want} characters");
        LinkError::new("LNK-004", message, "Copy the whole link, to its last character")
    } else {
        let message = "This link was changed on the way: its checksum does not fit";
        LinkError::new("LNK-005", message, "Copy the link again from where it came from")
    };
    (error.got_chars, error.want_chars) = (Some(got), Some(want));
    let (bytes, end) = unpack(parts.codec, payload);
    error.partial = if end == End::TooLarge { None } else { salvage(&bytes) };
    Err(error)
}

fn unpack(codec: Codec, payload: &str) -> (Vec<u8>, End) {
    let dictionary = match codec {
        Codec::Json => return (percent::decode(payload), End::Whole),
        Codec::Dictionary => DICTIONARY_1.as_bytes(),
        Codec::Raw => &[],
    };
    if let Ok(packed) = BASE64_URL_SAFE_NO_PAD.decode(payload) {
        return deflate::inflate(&packed, dictionary);
    }
    // Cut off or mangled: the beginning, in whole groups of four characters.
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = payload.chars().take_while(|c| legal(*c)).count() / 4 * 4;
    let packed = BASE64_URL_SAFE_NO_PAD.decode(&payload[..good]).unwrap_or_default();
    let (bytes, end) = deflate::inflate(&packed, dictionary);
    (bytes, if end == End::Whole { End::Broken } else { end })
}

/// What a broken text still says, if anything.
fn salvage(bytes: &[u8]) -> Option<Loaded> {
    let whole = load(bytes);
    if whole.document.is_some() {
        return Some(whole);
    }
    let good = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    let loaded = load(salvage::close(good)?.as_bytes());
    let worth = loaded.document.as_ref().is_some_and(|document| !document.nodes.is_empty());
    worth.then_some(loaded)
}
