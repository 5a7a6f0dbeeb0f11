//! What Firehose does when a destination does not take what it gets.

use engine::{Cause, Reason};

use super::{Sentence, plural};

pub(super) fn rule(cause: &Cause, at: &str, out: &mut Sentence) {
    let records = plural(u64::from(cause.records), "record", "records");
    out.say(format!("At {at} "));
    match cause.reason {
        Reason::AckTimeout => {
            out.say(format!("no indexer had acknowledged the events within {} s. ", cause.limit));
            out.stress("Splunk may have indexed them");
            out.say("; sending them again makes duplicates.");
        }
        Reason::PayloadTooLarge => {
            out.say("the endpoint answered 413. ");
            out.stress("Firehose never sends such a request again");
            out.say(format!(" and writes nothing to the error bucket: {records} are gone."));
        }
        Reason::Diverted => {
            out.say(format!("the retry duration of {} s was over. ", cause.limit));
            out.stress(records);
            out.say(" went to the bucket for failed data, and Firehose goes on with the next.");
        }
        _ => {
            out.say("neither the destination nor its backup bucket could be written. ");
            out.stress("The stream waits");
            out.say(" until one of the two works again.");
        }
    }
}
