//! Why an application that runs streaming SQL stands still, or leaves a row out.

use engine::{Cause, Reason};

use super::{Sentence, plural};
use crate::clock;

/// The rule of a reason, given the cause and the moment in words.
pub(super) fn rule(cause: &Cause, at: &str, out: &mut Sentence) {
    out.say(format!("At {at} "));
    match cause.reason {
        Reason::ReferenceMissing => {
            out.say("the object with the reference data could not be loaded. ");
            out.stress("The application runs, but reads nothing");
            out.say(" until it can be; it asks again every five seconds.");
        }
        Reason::QueryStopped => {
            out.say("the query had more state than it may keep. ");
            out.stress("Nothing comes out any more");
            out.say(": use a shorter window or fewer keys, then update the application.");
        }
        Reason::JobFailed => {
            out.say("the job failed: ");
            out.say(format!("{}. ", cause.error));
            out.stress("It begins again after ten seconds");
            out.say(
                " with its last checkpoint. Its state is as if nothing had happened; rows that \
                 came out since are written to streams again.",
            );
        }
        // A job of Flink has no error stream, and tells no error.
        Reason::LateRow if cause.error.is_empty() => {
            let (rows, behind) = (rows(cause), clock::age(cause.used));
            out.say(format!("{rows} came for windows that are over, {behind} behind the "));
            out.say("watermark. Such a row is ");
            out.stress("dropped");
            out.say(" and counted by numLateRecordsDropped; a later watermark waits for it.");
        }
        Reason::LateRow => {
            let (rows, behind) = (rows(cause), clock::age(cause.used));
            out.say(format!("{rows} came with a ROWTIME {behind} before the one its stream had "));
            out.say("reached. A stream never goes back: such a row is ");
            out.stress("left out of the query");
            out.say(", and error_stream has a row about it.");
        }
        Reason::ErrorRow => {
            out.say(format!("{} could not be worked on. ", rows(cause)));
            out.stress("error_stream has a row for each");
            out.say(" with its data in hex, and the query goes on with the others.");
        }
        _ => {
            out.say(format!("an output refused {}. ", rows(cause)));
            out.stress("The application tries for ever");
            out.say(
                "; what goes on too long is back-pressure: it stops reading, and \
                 MillisBehindLatest rises.",
            );
        }
    }
}

fn rows(cause: &Cause) -> String {
    plural(u64::from(cause.records), "row", "rows")
}
