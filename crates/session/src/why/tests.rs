//! Sentences and sources.

use base::NodeId;

use super::*;

fn cause(reason: Reason) -> Cause {
    Cause {
        shard: Some(2),
        key: Some("gate-1".into()),
        // MD5 of the key, by md5sum.
        hash: Some(0x9125_229d_0000_0000_0000_0000_0000_0000),
        range: Some((0x80 << 120, (0xc0 << 120) - 1)),
        limit: 1_000,
        used: 1_000,
        other_permille: 504,
        entries: (14, 500),
        attempt: (1, 5),
        next_try_micros: Some(87_000),
        records: 14,
        ..Cause::new(Time(271_214_000), NodeId(2), reason)
    }
}

fn words(card: &WhyCard) -> String {
    card.runs.iter().map(|(text, _strong)| &**text).collect()
}

/// The sentence of the design's own example card.
#[test]
fn a_hot_shard_is_told_with_its_numbers() {
    let card = card(&cause(Reason::ShardRecords), scenario::document::EPOCH_MILLIS_DEFAULT);
    assert_eq!(
        words(&card),
        "At 10:04:31.214 shard 2 had already taken 1,000 records this second; bytes were at \
         50 %. Key gate-1 hashes to 9125… in hex, owned by shard 2, the lane 80–BF. The call \
         returned 200 with 14 failed entries. Next try in 87 ms (2 of 5)."
    );
    let strong: Vec<_> = card.runs.iter().filter(|(_text, strong)| *strong).collect();
    assert_eq!(strong.len(), 2);
}

/// A token bucket refuses though no second of the clock has a thousand records.
#[test]
fn a_bucket_tells_what_it_has_left() {
    let told = |cause: Cause| words(&card(&cause, 0));
    let records = Cause { room: Some(0), needs: 1, offered: 1_711, ..cause(Reason::ShardRecords) };
    let expected = "shard 2 had used up the 1,000 records it takes at once. Room for one more \
                    comes back each millisecond, and 1,711 were offered within a second; \
                    bytes were at 50 %.";
    let words = told(records);
    assert!(words.contains(expected), "{words}");
    let (limit, room) = (1 << 20, Some(3 << 10));
    let bytes = Cause { limit, room, needs: 20 << 10, ..cause(Reason::ShardBytes) };
    let bytes = Cause { offered: 3 << 20, ..bytes };
    let expected = "shard 2 had room for 3.0 KiB, and the record needs 20.0 KiB. 1.0 MiB \
                    comes back each second; 3.0 MiB were offered within one; records were \
                    at 50 %.";
    let words = told(bytes);
    assert!(words.contains(expected), "{words}");
}

/// Counters of whole seconds: a record that does not fit into the rest.
#[test]
fn a_strict_second_tells_what_it_took() {
    let strict = Cause { limit: 1 << 20, used: 1_020 << 10, ..cause(Reason::ShardBytes) };
    let words = words(&card(&Cause { needs: 20 << 10, ..strict }, 0));
    let expected = "shard 2 had already taken 1020.0 KiB this second of 1.0 MiB, and the \
                    record needs 20.0 KiB; records were at 50 %.";
    assert!(words.contains(expected), "{words}");
}

/// `PutRecords` answers 200 with failed entries only where the call itself was taken.
#[test]
fn a_call_that_was_denied_has_no_failed_entries() {
    for reason in [Reason::AccessDenied, Reason::GivenUp, Reason::Ignored] {
        let error = "AccessDeniedException: User …".into();
        let cause = Cause { entries: (500, 500), whole: true, error, ..cause(reason) };
        let words = words(&card(&cause, 0));
        let expected = "The call failed with 400 AccessDeniedException and stored none of \
                        its 500 records.";
        assert!(words.contains(expected), "{words}");
        assert!(!words.contains("200"), "{words}");
    }
}

#[test]
fn every_reason_has_a_sentence_and_an_official_source() {
    for reason in Reason::ALL {
        let card = card(&cause(*reason), 0);
        assert!(words(&card).len() > 40, "{reason:?}");
        assert!(card.source.1.starts_with("https://docs.aws.amazon.com/"), "{reason:?}");
    }
}

#[test]
fn what_is_over_says_how_long_ago_it_was() {
    let cause = Cause::new(Time(1_000_000), NodeId(1), Reason::NotConnected);
    let at =
        |secs: u64| cards(core::slice::from_ref(&cause), 0, Time(secs * 1_000_000), 9).remove(0);
    assert_eq!((at(6).is_past, &*at(6).times), (false, ""));
    assert_eq!((at(181).is_past, &*at(181).times), (true, "3 min 0 s ago"));
}
