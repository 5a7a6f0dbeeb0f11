//! What is lost, left out or dropped.

use engine::{Cause, Reason};

use super::{Sentence, plural};

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

pub(super) fn loss_rule(cause: &Cause, at: &str, out: &mut Sentence) {
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
