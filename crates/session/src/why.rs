//! One sentence for each reason a record was refused or lost, with the numbers behind it and the
//! page of the AWS documentation the rule comes from.

use std::rc::Rc;

use base::Time;
use base::units::{bytes_text, count_text, grouped};
use engine::sign::QUIET_MICROS;
use engine::{Cause, Reason};

use crate::clock;
use crate::hud::WhyCard;
use crate::pages;

type Runs = Vec<(Rc<str>, bool)>;

/// The card of a cause. `epoch_millis` is the wall clock at time zero.
#[must_use]
pub fn card(cause: &Cause, epoch_millis: u64) -> WhyCard {
    let mut out = Sentence::default();
    let at = clock::moment(epoch_millis, cause.at);
    // A newcomer sees a hot shard: the words for all else may come later.
    let is_shard = matches!(cause.reason, Reason::ShardRecords | Reason::ShardBytes);
    if is_shard {
        shard_rule(cause, &at, &mut out);
    } else {
        rule(cause, &at, &mut out);
    }
    key(cause, &mut out);
    outcome(cause, &mut out);
    let (title, address) = if is_shard { pages::QUOTAS } else { pages::of(cause.reason) };
    WhyCard {
        title: title_of(cause).into(),
        reason: cause.reason.word().into(),
        runs: Rc::new(out.0),
        error: Rc::from(&*cause.error),
        source: (title.into(), address.into()),
        times: "".into(),
        is_past: false,
    }
}

/// One card for each reason and shard: its newest cause, how many there are, and how long ago it
/// was when it is over. `causes` come newest first.
pub(crate) fn cards(causes: &[Cause], epoch_millis: u64, now: Time, most: usize) -> Vec<WhyCard> {
    let mut groups: Vec<(&Cause, &Cause, u32)> = Vec::new();
    for cause in causes {
        let is_same = |newest: &Cause| (newest.reason, newest.shard) == (cause.reason, cause.shard);
        match groups.iter_mut().find(|(newest, ..)| is_same(newest)) {
            Some((_, oldest, count)) => (*oldest, *count) = (cause, *count + 1),
            None => groups.push((cause, cause, 1)),
        }
    }
    let grouped = |(newest, oldest, count): &(&Cause, &Cause, u32)| {
        let mut card = card(newest, epoch_millis);
        let age = now.since(newest.at).0;
        card.is_past = age > QUIET_MICROS.saturating_add(newest.next_try_micros.unwrap_or(0));
        let ago = || format!("{} ago", clock::age(age));
        if *count > 1 {
            let (since, _millis) = clock::clock(epoch_millis, oldest.at);
            let ago = if card.is_past { format!(" {}", ago()) } else { String::new() };
            card.times = format!("{count} times since {since}, the newest{ago}:").into();
        } else if card.is_past {
            card.times = ago().into();
        }
        card
    };
    groups.iter().take(most).map(grouped).collect()
}

/// Text that grows in plain and strong runs.
#[derive(Default)]
struct Sentence(Runs);

impl Sentence {
    fn say(&mut self, text: impl Into<Rc<str>>) {
        self.0.push((text.into(), false));
    }

    fn stress(&mut self, text: impl Into<Rc<str>>) {
        self.0.push((text.into(), true));
    }
}

fn title_of(cause: &Cause) -> &'static str {
    match cause.reason {
        Reason::ShardRecords
        | Reason::ShardBytes
        | Reason::ReadCalls
        | Reason::ReadBytes
        | Reason::TooLarge
        | Reason::KeyTooLong
        | Reason::FirehoseQuota
        | Reason::TargetReject
        | Reason::InternalFailure
        | Reason::TableCapacity
        | Reason::DocumentUnparsed
        | Reason::BulkQueueFull
        | Reason::StreamMissing => "Why rejected?",
        Reason::SubscriptionRate | Reason::KmsKey => "Why refused?",
        Reason::AccessDenied => "Why denied?",
        Reason::ExpiredIterator => "Why did the iterator expire?",
        Reason::CallTimeout => "Why no answer?",
        Reason::RowUnparsed | Reason::LoadFailed => "Why not loaded?",
        Reason::FunctionError => "Why is the shard blocked?",
        Reason::ConcurrencyLimit => "Why throttled?",
        Reason::ProcessorException if cause.next_try_micros.is_some() => {
            "Why is the shard blocked?"
        }
        Reason::ProcessorException => "Why skipped?",
        Reason::Superseded => "Why dropped?",
        Reason::WrongShard => "Why sent twice?",
        Reason::RetentionLost
        | Reason::BufferFull
        | Reason::GivenUp
        | Reason::Ignored
        | Reason::DeliveryExpired
        | Reason::Removed
        | Reason::NotConnected
        | Reason::RetriesExhausted
        | Reason::RecordTooOld
        | Reason::RecordTtl
        | Reason::LineUnread
        | Reason::LineUnparsed => "Why lost?",
    }
}

#[inline(never)]
fn rule(cause: &Cause, at: &str, out: &mut Sentence) {
    match cause.reason {
        Reason::ShardRecords | Reason::ShardBytes | Reason::ReadCalls | Reason::ReadBytes => {
            shard_rule(cause, at, out);
        }
        Reason::TooLarge => {
            out.say(format!("At {at} a record was larger than one may be: it had "));
            out.stress(bytes_text(cause.used));
            out.say(format!(" with its key, at most {} fit.", bytes_text(cause.limit)));
        }
        Reason::KeyTooLong => {
            out.say(format!("At {at} a partition key had "));
            out.stress("more than 256 characters");
            out.say(". Kinesis refuses the whole call then; the salt counts as well.");
        }
        Reason::FirehoseQuota => {
            out.say(format!("At {at} the Direct PUT quota was used up: "));
            out.stress(format!("{} of {}", grouped(cause.used), grouped(cause.limit)));
            out.say(" this second. Records, requests and bytes each have a quota.");
        }
        Reason::ExpiredIterator => {
            out.say(format!("At {at} a shard iterator was used after more than "));
            out.stress("five minutes");
            out.say(". It is worth nothing then: the reader must ask for a new one.");
        }
        Reason::TargetReject => {
            out.say(format!(
                "At {at} the target refused what it was sent: it is kept and tried again."
            ));
        }
        Reason::InternalFailure => {
            out.say(format!("At {at} the service failed inside, "));
            out.stress("no fault of the caller");
            out.say(". The same call may be sent again.");
        }
        Reason::StreamMissing => {
            out.say(format!("At {at} the stream was "));
            out.stress("not there yet");
            out.say(": it takes calls once it is ACTIVE.");
        }
        Reason::AccessDenied => denial_rule(cause, at, out),
        Reason::SubscriptionRate | Reason::KmsKey => stream_rule(cause.reason, at, out),
        Reason::CallTimeout => {
            out.say(format!("At {at} the client stopped waiting for an answer. "));
            out.stress("The service may have stored the records");
            out.say("; sending them again makes duplicates.");
        }
        Reason::WrongShard => wrong_shard(at, out),
        Reason::RecordTtl
        | Reason::LineUnread
        | Reason::LineUnparsed
        | Reason::RetentionLost
        | Reason::BufferFull
        | Reason::GivenUp
        | Reason::Ignored
        | Reason::DeliveryExpired
        | Reason::Superseded
        | Reason::Removed
        | Reason::NotConnected
        | Reason::RetriesExhausted
        | Reason::ProcessorException
        | Reason::RecordTooOld => loss_rule(cause, at, out),
        Reason::DocumentUnparsed | Reason::BulkQueueFull => document_rule(cause, at, out),
        Reason::RowUnparsed | Reason::LoadFailed => load_rule(cause, at, out),
        Reason::TableCapacity | Reason::FunctionError | Reason::ConcurrencyLimit => {
            wait_rule(cause, at, out);
        }
    }
}

/// What makes a caller wait and try again.
fn wait_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    match cause.reason {
        Reason::TableCapacity => {
            out.say(format!("At {at} the table had no "));
            out.stress(if cause.other_permille > 0 { "read capacity" } else { "write capacity" });
            out.say(" left: raise its capacity units, or choose on-demand.");
        }
        Reason::FunctionError => {
            out.say(format!("At {at} the function failed. "));
            out.stress("Its shard waits");
            out.say(" until this batch succeeds or is discarded, so that order holds.");
        }
        _ => {
            out.say(format!("At {at} all concurrency was in use: nothing was invoked. "));
            out.say("A throttle does not count as an attempt.");
        }
    }
}

fn document_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} "));
    if cause.reason == Reason::BulkQueueFull {
        out.say("the domain's queue of writes was full. ");
        out.stress("Items of a bulk request fail one by one");
        out.say(": whoever sent it sends the failed ones again.");
    } else {
        out.stress("a record was no JSON object");
        out.say(": an index takes one JSON object in UTF-8 and nothing else.");
    }
}

fn load_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    if cause.reason == Reason::RowUnparsed {
        out.say(format!("At {at} COPY left out "));
        out.stress(plural(cause.records.into(), "row", "rows"));
        out.say(" that it could not read, fewer than MAXERROR; it loaded all others.");
    } else {
        out.say(format!("At {at} COPY could not read its files, with MAXERROR {}: ", cause.limit));
        out.stress("nothing of them is loaded");
        out.say(". The rows of the cluster tell the lines that are to blame.");
    }
}

fn denial_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the policy of this part's role "));
    let explicit = cause.error.contains("explicit deny");
    out.stress(if explicit { "denied the call" } else { "did not allow the call" });
    out.say(if explicit {
        ". A statement that denies wins over every statement that allows."
    } else if cause.error.contains("perform: kms:") {
        ". The stream is encrypted with a key of the account: the role needs the KMS action in its \
         policy, or a grant on the key."
    } else {
        ". What no statement allows is denied; add action and resource, or empty the policy."
    });
}

fn stream_rule(reason: Reason, at: &str, out: &mut Sentence) {
    if reason == Reason::KmsKey {
        out.say(format!("At {at} the stream could not use "));
        out.stress("its KMS key");
        out.say(": every put and every read fails as a whole until the key works again.");
    } else {
        out.say(format!("At {at} a consumer called SubscribeToShard "));
        out.stress("too soon");
        out.say(": once a second for each shard, and five seconds after a call that worked.");
    }
}

fn wrong_shard(at: &str, out: &mut Sentence) {
    out.say(format!("At {at} a record landed in another shard than expected: "));
    out.stress("the stream was resharded");
    out.say(". The library sends what was in it again, so it is in the stream twice.");
}

#[inline(never)]
fn shard_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    let shard = cause.shard.map_or_else(|| "the shard".to_owned(), |n| format!("shard {n}"));
    if cause.limit == 0 {
        // The reader tells what the answer said; the stream's own card has the numbers.
        out.say(format!("At {at} {shard} answered no read: what "));
        out.stress("all its readers share");
        out.say(" was used up, 5 calls and 2 MiB a second.");
        return;
    }
    let is_write = matches!(cause.reason, Reason::ShardRecords | Reason::ShardBytes);
    let amount = |n: u64| match cause.reason {
        Reason::ShardRecords => plural(n, "record", "records"),
        Reason::ReadCalls => plural(n, "GetRecords call", "GetRecords calls"),
        _ => bytes_text(n),
    };
    let (limit, used) = (amount(cause.limit), amount(cause.used));
    match cause.room {
        Some(room) => bucket_rule(cause, &format!("At {at} {shard} had "), &amount(room), out),
        None if is_write => {
            out.say(format!("At {at} {shard} had already taken "));
            out.stress(used);
            out.say(" this second");
            if cause.reason == Reason::ShardBytes {
                out.say(format!(" of {limit}, and the record needs {}", amount(cause.needs)));
            }
        }
        None if cause.used >= cause.limit => {
            out.say(format!("At {at} {shard} had already given "));
            out.stress(used);
            out.say(" this second");
        }
        None => {
            let start = format!("At {at} {shard}, which gives {limit} a second, was read beyond ");
            out.say(start + "that: ");
            out.stress(used);
            out.say(" must come back before it answers again");
        }
    }
    let other = cause.other_permille / 10;
    match cause.reason {
        Reason::ShardRecords => out.say(format!("; bytes were at {other} %.")),
        Reason::ShardBytes => out.say(format!("; records were at {other} %.")),
        _ => out.say("; all its readers share one limit."),
    }
}

/// What a shard may take comes back bit by bit, so that no second's count tells why it is full.
fn bucket_rule(cause: &Cause, start: &str, room: &str, out: &mut Sentence) {
    if cause.reason == Reason::ShardRecords {
        out.say(format!("{start}used up "));
        out.stress(format!("the {} records", grouped(cause.limit)));
        out.say(" it takes at once. Room for one more comes back each millisecond, and ");
        out.say(format!("{} were offered within a second", grouped(cause.offered)));
    } else {
        let (limit, offered) = (bytes_text(cause.limit), bytes_text(cause.offered));
        out.say(start);
        out.stress(format!("room for {room}"));
        out.say(format!(", and the record needs {}. ", bytes_text(cause.needs)));
        out.say(format!("{limit} comes back each second; {offered} were offered within one"));
    }
}

fn ignored_rule(whole: bool, records: String, out: &mut Sentence) {
    if whole {
        out.say("the client did not look at a call's error and let ");
        out.stress(records);
        out.say(" go.");
    } else {
        out.stress(records);
        out.say(" failed inside a call that answered 200. The client looked only at the ");
        out.say("status and went on.");
    }
}

fn loss_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    let records = plural(u64::from(cause.records), "record", "records");
    out.say(format!("At {at} "));
    match cause.reason {
        Reason::RetentionLost => {
            out.stress(records);
            out.say(" grew older than the retention period before a reader came.");
        }
        Reason::BufferFull => {
            out.say("the client's own buffer was full: ");
            out.stress(records);
            out.say(" dropped before any call.");
        }
        Reason::GivenUp => {
            out.say("the client gave up ");
            out.stress(records);
            out.say(" after its last attempt.");
        }
        Reason::Ignored => ignored_rule(cause.whole, records, out),
        Reason::LineUnread => {
            out.stress(plural(u64::from(cause.records), "line was", "lines were"));
            out.say(" never sent: the file was emptied before the agent read them, or the agent ");
            out.say("began behind them when it started.");
        }
        Reason::LineUnparsed => {
            out.say("a line had another form than logFormat says. ");
            out.stress("The agent leaves it out");
            out.say(".");
        }
        Reason::RecordTtl => {
            out.say("the library let a record go: ");
            out.stress("RecordTtl");
            out.say(" was over before the stream took it.");
        }
        Reason::DeliveryExpired => {
            out.say("Firehose let ");
            out.stress(records);
            out.say(" go: it had tried to deliver them for 24 hours.");
        }
        Reason::RetriesExhausted => {
            out.stress(records);
            out.say(" were discarded after the last retry of their batch; the shard goes on.");
        }
        Reason::RecordTooOld => {
            out.stress(records);
            out.say(" were older than the mapping tries them.");
        }
        Reason::Superseded => {
            out.stress(records);
            out.say(" were dropped because newer copies are on their way.");
        }
        Reason::ProcessorException => {
            out.say("processRecords threw an exception for a batch of ");
            out.stress(records);
            out.say(match cause.next_try_micros {
                Some(_) => ". The application tries the same batch again: its shard waits.",
                None => ". KCL goes on with the next batch: it does not deliver this one again.",
            });
        }
        Reason::Removed => {
            out.say("a part or wire was removed while it held ");
            out.stress(records);
            out.say(".");
        }
        _ => {
            out.stress(records);
            out.say(" had nowhere to go: nothing is connected there.");
        }
    }
}

fn key(cause: &Cause, out: &mut Sentence) {
    let Some(key) = &cause.key else { return };
    out.say(" Key ");
    out.stress(&**key);
    match (cause.hash, cause.shard) {
        (Some(hash), Some(shard)) => {
            // As the stream's lanes are labelled.
            let lane = cause.range.map_or_else(String::new, |(first, last)| {
                format!(", the lane {:02X}–{:02X}", first >> 120, last >> 120)
            });
            let hash = short(hash);
            out.say(format!(" hashes to {hash} in hex, owned by shard {shard}{lane}."));
        }
        (Some(hash), None) => out.say(format!(" hashes to {} in hex.", short(hash))),
        (None, _) => out.say(" was concerned."),
    }
}

/// ` with 400 AccessDeniedException`: how the service answered a call it refused.
fn answer(error: &str) -> String {
    let exception = error.split(':').next().unwrap_or_default();
    if exception.is_empty() {
        return String::new();
    }
    format!(" with {} {exception}", engine::api::status(exception))
}

fn outcome(cause: &Cause, out: &mut Sentence) {
    let (failed, all) = cause.entries;
    let told = cause.reason == Reason::Ignored && !cause.whole;
    if all > 0 && failed > 0 && !told {
        let entries = if failed == 1 { "entry" } else { "entries" };
        let answer = match cause.reason {
            Reason::CallTimeout => format!(" The call carried {all} records."),
            // There is no answer with entries.
            _ if cause.whole => {
                let records = plural(all.into(), "record", "records");
                format!(
                    " The call failed{} and stored none of its {records}.",
                    answer(&cause.error)
                )
            }
            _ if all > 1 => format!(" The call returned 200 with {failed} failed {entries}."),
            _ => " The call failed.".to_owned(),
        };
        out.say(answer);
    }
    let (attempt, attempts_max) = cause.attempt;
    let count = match attempts_max {
        0 => String::new(),
        _ => format!(" ({} of {attempts_max})", (attempt + 1).min(attempts_max)),
    };
    match cause.next_try_micros {
        Some(micros) => out.say(format!(" Next try in {}{count}.", clock::age(micros))),
        None if attempts_max > 0 && attempt >= attempts_max => {
            out.say(format!(" That was attempt {attempt} of {attempts_max}."));
        }
        None => {}
    }
}

/// The first four hexadecimal digits of a hash, as the lanes are labelled: `9125…`.
fn short(hash: u128) -> String {
    format!("{:04X}…", hash >> 112)
}

/// `1 record`, `1,240 records`.
pub(crate) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", count_text(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
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
        let records =
            Cause { room: Some(0), needs: 1, offered: 1_711, ..cause(Reason::ShardRecords) };
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
        let at = |secs: u64| {
            cards(core::slice::from_ref(&cause), 0, Time(secs * 1_000_000), 9).remove(0)
        };
        assert_eq!((at(6).is_past, &*at(6).times), (false, ""));
        assert_eq!((at(181).is_past, &*at(181).times), (true, "3 min 0 s ago"));
    }
}
