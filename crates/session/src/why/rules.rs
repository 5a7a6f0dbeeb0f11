//! What services and clients refuse, and what makes them wait.

use base::units::{bytes_text, grouped};
use engine::{Cause, Reason};

use super::{Sentence, plural};

pub(super) fn too_large(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} a record was larger than one may be: it had "));
    out.stress(bytes_text(cause.used));
    out.say(format!(" with its key, at most {} fit.", bytes_text(cause.limit)));
}

pub(super) fn key_too_long(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} a partition key had "));
    out.stress("more than 256 characters");
    out.say(". Kinesis refuses the whole call then; the salt counts as well.");
}

pub(super) fn firehose_quota(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the Direct PUT quota was used up: "));
    out.stress(format!("{} of {}", grouped(cause.used), grouped(cause.limit)));
    out.say(" this second. Records, requests and bytes each have a quota.");
}

pub(super) fn expired_iterator(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} a shard iterator was used after more than "));
    out.stress("five minutes");
    out.say(". It is worth nothing then: the reader must ask for a new one.");
}

pub(super) fn target_reject(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the target refused what it was sent: it is kept and tried again."));
}

pub(super) fn internal_failure(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the service failed inside, "));
    out.stress("no fault of the caller");
    out.say(". The same call may be sent again.");
}

pub(super) fn stream_missing(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the stream was "));
    out.stress("not there yet");
    out.say(": it takes calls once it is ACTIVE.");
}

pub(super) fn call_timeout(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} the client stopped waiting for an answer. "));
    out.stress("The service may have stored the records");
    out.say("; sending them again makes duplicates.");
}

/// What makes a caller wait and try again.
pub(super) fn wait_rule(cause: &Cause, at: &str, out: &mut Sentence) {
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

pub(super) fn document_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} "));
    if cause.reason == Reason::BulkQueueFull {
        out.say("the domain's queue of writes was full. ");
        out.stress("Items of a bulk request fail one by one");
        out.say(": whoever sent it sends the failed ones again.");
    } else if cause.reason == Reason::MappingConflict {
        out.stress("a value did not fit the type of its field");
        out.say(": the first document with a field decides its type in an index, and later ones ");
        out.say("that do not fit it are refused as a whole.");
    } else {
        out.stress("a record was no JSON object");
        out.say(": an index takes one JSON object in UTF-8 and nothing else.");
    }
}

pub(super) fn load_rule(cause: &Cause, at: &str, out: &mut Sentence) {
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

pub(super) fn denial_rule(cause: &Cause, at: &str, out: &mut Sentence) {
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

pub(super) fn stream_rule(cause: &Cause, at: &str, out: &mut Sentence) {
    if cause.reason == Reason::KmsKey {
        out.say(format!("At {at} the stream could not use "));
        out.stress("its KMS key");
        out.say(": every put and every read fails as a whole until the key works again.");
    } else {
        out.say(format!("At {at} a consumer called SubscribeToShard "));
        out.stress("too soon");
        out.say(": once a second for each shard, and five seconds after a call that worked.");
    }
}

pub(super) fn wrong_shard(_cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} a record landed in another shard than expected: "));
    out.stress("the stream was resharded");
    out.say(". The library sends what was in it again, so it is in the stream twice.");
}
