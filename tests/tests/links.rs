//! Links are hostile input: whatever is done to one, the answer is a document or a sentence.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use proptest::prelude::*;
use scenario::link::{self, Fragment};
use scenario::{Document, Edit, format};
use tests::generate;

/// What happens to links between people.
#[derive(Clone, Debug)]
enum Mishap {
    /// A chat program cuts it off.
    Cut(prop::sample::Index),
    /// A character changes.
    Change(prop::sample::Index, char),
    /// Something is pasted into it.
    Insert(prop::sample::Index, String),
    /// A part is lost on the way.
    Lose(prop::sample::Index, prop::sample::Index),
    /// It is pasted twice.
    Twice,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        at().prop_map(Mishap::Cut),
        (at(), any::<char>()).prop_map(|(at, to)| Mishap::Change(at, to)),
        (at(), "[-_A-Za-z0-9~.%&#= ]").prop_map(|(at, to)| Mishap::Insert(at, to)),
        (at(), ".{1,8}").prop_map(|(at, text)| Mishap::Insert(at, text)),
        (at(), at()).prop_map(|(from, to)| Mishap::Lose(from, to)),
        Just(Mishap::Twice),
    ]
}

fn suffer(link: &str, mishap: &Mishap) -> String {
    let mut chars: Vec<char> = link.chars().collect();
    if chars.is_empty() {
        return String::new();
    }
    match mishap {
        Mishap::Cut(at) => chars.truncate(at.index(chars.len())),
        Mishap::Change(at, to) => {
            let at = at.index(chars.len());
            chars[at] = *to;
        }
        Mishap::Insert(at, text) => {
            let at = at.index(chars.len());
            chars.splice(at..at, text.chars());
        }
        Mishap::Lose(from, to) => {
            let (from, to) = (from.index(chars.len()), to.index(chars.len()));
            chars.drain(from.min(to)..from.max(to));
        }
        Mishap::Twice => chars.extend_from_within(..),
    }
    chars.into_iter().collect()
}

/// One of a few links: encoding is slow beside decoding.
fn any_link(which: &prop::sample::Index) -> String {
    thread_local!(static LINKS: Vec<String> =
        (0..40).map(|seed| link::encode(&generate::document(seed))).collect());
    LINKS.with(|links| which.get(links).clone())
}

/// Failing cases are kept as tests of their own, not in a file beside this one.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_damaged_link_is_a_document_or_a_sentence(
        which in any::<prop::sample::Index>(),
        mishaps in prop::collection::vec(mishap(), 1..4),
    ) {
        let damaged = mishaps.iter().fold(any_link(&which), |link, mishap| suffer(&link, mishap));
        let fragment = Fragment::parse(&format!("#s={damaged}&at=1.5&speed=10"));
        prop_assert!(Fragment::parse(&fragment.to_text()) == fragment, "fragments are stable");
        match link::decode(&damaged) {
            Ok(loaded) => prop_assert!(
                loaded.document.is_some() || !loaded.diagnostics.is_empty(),
                "nothing came out of {damaged}, and nobody said why"
            ),
            Err(error) => {
                prop_assert!(!error.message.is_empty(), "{damaged} fails without a message");
                prop_assert!(!error.help.is_empty(), "{damaged} fails without a way out");
            }
        }
    }

    #[test]
    fn a_cut_link_is_told_from_a_damaged_one(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
    ) {
        let whole = any_link(&which);
        let head = whole.rfind('.').expect("the payload stands after the last dot") + 1;
        let keep = head + at.index(whole.len() - head);
        let error = link::decode(&whole[..keep]).expect_err("a cut link does not open as whole");
        let want = u32::try_from(whole.len() - head).ok();
        let got = u32::try_from(keep - head).ok();
        prop_assert_eq!((error.got_chars, error.want_chars), (got, want), "{}", error.message);
    }
}

#[test]
fn a_link_opens_as_what_was_shared() {
    for seed in 0..200 {
        let document = generate::document(seed);
        let loaded = link::decode(&link::encode(&document)).expect("our own link opens");
        assert_eq!(loaded.document.as_ref(), Some(&document), "seed {seed}");
    }
}

#[test]
fn a_file_opens_as_what_was_saved() {
    for seed in 0..200 {
        let document = generate::document(seed);
        for text in [format::save(&document), format::save_pretty(&document)] {
            let loaded = format::load(text.as_bytes());
            assert_eq!(loaded.document.as_ref(), Some(&document), "seed {seed}:\n{text}");
        }
    }
}

/// However a design came about, the same design gives the same link.
#[test]
fn the_same_document_gives_the_same_link() {
    for seed in 0..100 {
        let wanted = generate::document(seed);
        let mut rng = base::Rng::from_seed(seed);
        let (mut nodes, mut edges) = (wanted.nodes.clone(), wanted.edges.clone());
        let mut built = Document { nodes: Vec::new(), edges: Vec::new(), ..wanted.clone() };
        let mut draw = |left: usize| usize::try_from(rng.below64(left as u64)).expect("small");
        while !nodes.is_empty() {
            let nodes = vec![nodes.swap_remove(draw(nodes.len()))];
            Edit::Add { nodes, edges: Vec::new() }.apply(&mut built).expect("a free id");
        }
        while !edges.is_empty() {
            let edge = edges.swap_remove(draw(edges.len()));
            Edit::Connect(Arc::clone(&edge)).apply(&mut built).expect("a legal wire");
        }
        assert_eq!(link::encode(&built), link::encode(&wanted), "seed {seed}");
    }
}

/// 32 MiB of spaces fit a link of legal length, and must not be unpacked: refusing them takes
/// less than half the time that unpacking takes, on whatever machine.
#[test]
fn a_bomb_is_refused_unexploded() {
    let packed = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 32 << 20], 9);
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&packed);
    let crc = base::hash::crc32(payload.as_bytes());
    // The best of a few: another program may have the processor for a while.
    let best = |run: &dyn Fn()| {
        let timed = |_| {
            let begin = Instant::now();
            run();
            begin.elapsed()
        };
        (0..5).map(timed).min().unwrap_or_default()
    };
    let unpacking = best(&|| {
        let whole = miniz_oxide::inflate::decompress_to_vec(&packed);
        assert_eq!(whole.expect("it is no broken bomb").len(), 32 << 20);
    });
    for codec in ['d', 'r'] {
        let link = format!("1{codec}~{}.{crc:08x}.{payload}", payload.len());
        let refusing = best(&|| {
            let error = link::decode(&link).expect_err("a bomb is no document");
            assert_eq!(error.code.0, "LNK-007", "{}", error.message);
        });
        assert!(refusing * 2 < unpacking, "{refusing:?} of {unpacking:?}");
    }
}
