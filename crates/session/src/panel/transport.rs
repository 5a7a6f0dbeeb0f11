//! Clock, speed and the stretch of time the timeline shows.

use std::rc::Rc;

use base::Time;

use crate::clock;
use crate::hud::{Libraries, Transport};
use crate::session::Session;

/// Lengths of the timeline, in seconds: it always begins with the run and grows by these.
const WINDOW_SECS: [u64; 15] = [
    60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 604_800,
    2_592_000, 34_560_000,
];

pub(super) fn transport(session: &Session) -> Transport {
    let now = shown(session);
    let (clock, millis) = clock::clock(session.document.epoch_millis, now);
    let libraries = session.libraries();
    Transport {
        going: going(session, libraries, &clock),
        playing: session.playback.is_wanted(),
        libraries,
        ready: !session.is_blocked() || session.playback.is_wanted(),
        clock: clock.into(),
        millis: millis.into(),
        now,
        speed_milli: session.playback.speed_milli,
        speed_words: speed_words(session),
        achieved_milli: session.playback.achieved_milli(),
        window: window(session),
    }
}

/// What the page waits for.
fn going(session: &Session, libraries: Libraries, clock: &str) -> Option<Rc<str>> {
    if session.is_going() {
        return Some(format!("Going to {clock}").into());
    }
    let waits = libraries == Libraries::Coming && !session.run.is_ready();
    waits.then(|| "Fetching what runs jq and writes Parquet, ZIP and Snappy…".into())
}

/// What a second takes; on the way to a moment that is shown, where it leads.
fn speed_words(session: &Session) -> Rc<str> {
    match session.playback.goal() {
        Some(goal) if session.hurries() => {
            format!("to {}", clock::clock(session.document.epoch_millis, goal).0).into()
        }
        _ => session.playback.words().into(),
    }
}

/// The moment the page shows: on the way to one, already that one.
fn shown(session: &Session) -> Time {
    let now = session.run.snapshot().now;
    session.playback.goal().filter(|_| session.is_going()).unwrap_or(now)
}

/// First and last moment of the timeline, in microseconds.
pub(super) fn window(session: &Session) -> (u64, u64) {
    let now = shown(session).0;
    let fits = |secs: &&u64| **secs * 1_000_000 > now;
    let secs = WINDOW_SECS.iter().find(fits).copied().unwrap_or(34_560_000);
    (0, secs * 1_000_000)
}
