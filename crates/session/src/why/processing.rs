//! What Firehose does with records that a step of its processing cannot work on.

use engine::{Cause, Reason};

use super::Sentence;

pub(super) fn rule(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} "));
    let folder = match cause.reason {
        Reason::TransformDropped => {
            out.say("the function answered Dropped. ");
            out.stress("Firehose counts the record as processed and delivers it nowhere");
            out.say(".");
            return;
        }
        Reason::TransformFailed => {
            out.say(
                "the function could not transform a record. A failed invocation is repeated up ",
            );
            out.say("to NumberOfRetries times, then its whole batch has failed; ");
            out.say("ProcessingFailed is the answer for one record. ");
            "processing-failed"
        }
        Reason::KeysNotFound => {
            out.say("a record had no value for each of the partition keys of the prefix. ");
            "processing-failed"
        }
        Reason::PartitionsExceeded => {
            out.say(format!("{} partitions were active, as many as may be. ", cause.limit));
            out.say("A partition is active until its buffer is delivered. ");
            "activePartitionExceeded"
        }
        Reason::NotConverted => {
            out.say("a record did not fit the columns of the schema. ");
            "format-conversion-failed"
        }
        _ => {
            out.say("a record was not what CloudWatch Logs sends: gzip of one JSON document. ");
            "decompression-failed"
        }
    };
    out.say("Firehose writes such a record ");
    out.stress(format!("under {folder} of the error prefix"));
    out.say(" and goes on with the others.");
}
