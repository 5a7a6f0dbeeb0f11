//! One sentence for each reason a record was refused or lost, with the numbers behind it and the
//! page of the AWS documentation the rule comes from.

mod analytics;
mod delivery;
mod entry;
mod loss;
mod processing;
mod rules;
mod shard;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use base::Time;
use base::units::count_text;
use engine::sign::QUIET_MICROS;
use engine::{CAUSES_MAX, Cause, Reason};

use crate::clock;
use crate::hud::WhyCard;
use crate::pages;

use self::entry::Entry;

const HOT_SHARD: Entry =
    Entry { title: "Why rejected?", rule: shard::shard_rule, page: pages::QUOTAS };

type Runs = Vec<(Rc<str>, bool)>;

/// The card of a cause. `epoch_millis` is the wall clock at time zero.
#[must_use]
pub fn card(cause: &Cause, epoch_millis: u64) -> WhyCard {
    let mut out = Sentence::default();
    let at = clock::moment(epoch_millis, cause.at);
    // A newcomer sees a hot shard: the words for all else may come later.
    let is_shard = matches!(cause.reason, Reason::ShardRecords | Reason::ShardBytes);
    let entry = if is_shard { HOT_SHARD } else { entry::of(cause.reason) };
    (entry.rule)(cause, &at, &mut out);
    key(cause, &mut out);
    outcome(cause, &mut out);
    let blocks = cause.reason == Reason::ProcessorException && cause.next_try_micros.is_some();
    let title = if blocks { "Why is the shard blocked?" } else { entry.title };
    let (source, address) = entry.page;
    WhyCard {
        title: title.into(),
        reason: cause.reason.word().into(),
        runs: Rc::new(out.0),
        error: Rc::from(&*cause.error),
        source: (source.into(), address.into()),
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
    let is_full = causes.len() == CAUSES_MAX as usize;
    let grouped = |(newest, oldest, count): &(&Cause, &Cause, u32)| {
        let mut card = card(newest, epoch_millis);
        let age = now.since(newest.at).0;
        card.is_past = age > QUIET_MICROS.saturating_add(newest.next_try_micros.unwrap_or(0));
        let ago = || format!("{} ago", clock::age(age));
        if *count > 1 {
            let (since, _millis) = clock::clock(epoch_millis, oldest.at);
            let ago = if card.is_past { format!(" {}", ago()) } else { String::new() };
            card.times = if is_full {
                format!("At least {count} times, since {since} or earlier, the newest{ago}:").into()
            } else {
                format!("{count} times since {since}, the newest{ago}:").into()
            };
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
