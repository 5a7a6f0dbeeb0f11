//! What a shard refuses: the limits of writing and reading.

use base::units::{bytes_text, grouped};
use engine::{Cause, Reason};

use super::{Sentence, plural};

#[inline(never)]
pub(super) fn shard_rule(cause: &Cause, at: &str, out: &mut Sentence) {
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
