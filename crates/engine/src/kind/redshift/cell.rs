//! Whether a value fits its column (Redshift database developer guide, "Load error reference" and
//! "Data conversion parameters").

use base::calendar::Civil;
use scenario::kind::ColumnType;

/// `err_code` and `err_reason`.
pub(super) type Why = (u32, String);

/// Why a value does not fit.
///
/// # Errors
/// The code of the load error reference with the words `STL_LOAD_ERRORS` has for it.
pub(super) fn fit(value: &str, kind: ColumnType) -> Result<(), Why> {
    match kind {
        ColumnType::Any => Ok(()),
        ColumnType::SmallInt => integer(value, i128::from(i16::MAX), "Short"),
        ColumnType::Integer => integer(value, i128::from(i32::MAX), "Integer"),
        ColumnType::BigInt => integer(value, i128::from(i64::MAX), "Long"),
        ColumnType::Decimal(digits, scale) => decimal(value, digits, scale),
        ColumnType::Real => float(value, f64::from(f32::MAX), "Float4"),
        ColumnType::Double => float(value, f64::MAX, "Float8"),
        ColumnType::Boolean => boolean(value),
        ColumnType::Char(bytes) => {
            if !value.is_ascii() {
                return Err((1215, "CHAR columns can only contain single-byte characters".into()));
            }
            text(value.trim_end_matches(' '), bytes)
        }
        ColumnType::Varchar(bytes) => text(value, bytes),
        ColumnType::Date if date(value).is_some() => Ok(()),
        ColumnType::Date if value.len() < 10 => {
            Err((1205, "Invalid Date Format - length must be 10 or more".into()))
        }
        ColumnType::Date => Err((1205, "Invalid date format or value [YYYY-MM-DD]".into())),
        ColumnType::Timestamp if timestamp(value) => Ok(()),
        ColumnType::Timestamp => {
            Err((1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]".into()))
        }
    }
}

/// The limit of a text is in bytes.
fn text(value: &str, bytes_max: u32) -> Result<(), Why> {
    if value.len() as u64 <= u64::from(bytes_max) {
        return Ok(());
    }
    Err((1204, "String length exceeds DDL length".into()))
}

fn integer(value: &str, most: i128, kind: &str) -> Result<(), Why> {
    let value = value.trim();
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let sign = value.len() - digits.len();
    if let Some((at, wrong)) = digits.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let at = at + sign;
        return Err((1207, format!("Invalid digit, Value '{wrong}', Pos {at}, Type: {kind}")));
    }
    if digits.is_empty() {
        return Err((1207, format!("Invalid digit, Value '{value}', Pos 0, Type: {kind}")));
    }
    match value.strip_prefix('+').unwrap_or(value).parse::<i128>() {
        Ok(number) if (-most - 1..=most).contains(&number) => Ok(()),
        _ => Err((1204, format!("Overflow, Value '{value}', Type: {kind}"))),
    }
}

/// What stands behind more decimals than the column has is rounded away.
fn decimal(value: &str, digits: u32, scale: u32) -> Result<(), Why> {
    let value = value.trim();
    let plain = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !are_digits(whole) || !are_digits(part) {
        return Err((1209, format!("Invalid digit, Value '{value}', Pos 0, Type: Decimal")));
    }
    let room = digits - scale;
    if whole.trim_start_matches('0').len() as u64 > u64::from(room) {
        return Err((1204, format!("Overflow for NUMERIC({digits},{scale})")));
    }
    Ok(())
}

fn float(value: &str, most: f64, kind: &str) -> Result<(), Why> {
    match value.trim().parse::<f64>() {
        Ok(number) if number.abs() > most => {
            Err((1204, format!("Overflow, Value '{value}', Type: {kind}")))
        }
        Ok(_) => Ok(()),
        Err(_) => Err((1208, format!("Invalid {} format or value", kind.to_ascii_lowercase()))),
    }
}

/// The literals of the guide, "Boolean type".
fn boolean(value: &str) -> Result<(), Why> {
    let value = value.trim().to_ascii_lowercase();
    let words = ["t", "true", "y", "yes", "1", "f", "false", "n", "no", "0"];
    if words.contains(&value.as_str()) {
        return Ok(());
    }
    Err((1210, "Unknown boolean format".into()))
}

/// `YYYY-MM-DD`.
fn date(value: &str) -> Option<()> {
    let mut parts = value.split('-');
    let mut part = |length: usize| -> Option<i64> {
        let text = parts.next()?;
        let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    // Days that are not in the calendar come back as others.
    let wanted = Civil { year, month, day, ..Civil::at(0, 0) };
    let there = Civil::at(wanted.micros_since_1970(0)?, 0);
    let is_real = (there.year, there.month, there.day) == (year, month, day);
    (is_real && parts.next().is_none()).then_some(())
}

/// `YYYY-MM-DD HH:MI:SS`, with or without parts of a second, or a date alone. `T` and `Z` of ISO
/// 8601 need `TIMEFORMAT 'auto'`, which the command has not.
fn timestamp(value: &str) -> bool {
    let Some((day, time)) = value.split_once(' ') else { return date(value).is_some() };
    let (clock, part) = time.split_once('.').unwrap_or((time, "0"));
    let fields: Vec<&str> = clock.split(':').collect();
    let below = |text: &str, most: u32| {
        text.len() == 2 && text.parse::<u32>().is_ok_and(|number| number < most)
    };
    let is_clock = matches!(fields.as_slice(), [hour, minute, second]
        if below(hour, 24) && below(minute, 60) && below(second, 60));
    let is_part = (1..=6).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
    date(day).is_some() && is_clock && is_part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(value: &str, kind: ColumnType) -> u32 {
        fit(value, kind).err().map_or(0, |(code, _)| code)
    }

    /// Load error reference: 1204 out of range or too long, 1205 dates, 1206 timestamps, 1207
    /// digits, 1208 floats, 1209 decimals, 1210 booleans, 1215 characters.
    #[test]
    fn values_fit_or_have_the_code_of_the_reference() {
        for (value, kind, wanted) in [
            ("32767", ColumnType::SmallInt, 0),
            ("32768", ColumnType::SmallInt, 1204),
            ("-2147483648", ColumnType::Integer, 0),
            ("2147483648", ColumnType::Integer, 1204),
            ("12a", ColumnType::Integer, 1207),
            ("1.5", ColumnType::BigInt, 1207),
            ("", ColumnType::Integer, 1207),
            ("9223372036854775808", ColumnType::BigInt, 1204),
            ("12345678.90", ColumnType::Decimal(10, 2), 0),
            ("123456789.0", ColumnType::Decimal(10, 2), 1204),
            ("1,5", ColumnType::Decimal(10, 2), 1209),
            ("1e400", ColumnType::Double, 1204),
            ("1e39", ColumnType::Real, 1204),
            ("n/a", ColumnType::Double, 1208),
            ("Yes", ColumnType::Boolean, 0),
            ("maybe", ColumnType::Boolean, 1210),
            ("abc", ColumnType::Varchar(3), 0),
            ("abcd", ColumnType::Varchar(3), 1204),
            ("\u{e9}\u{e9}", ColumnType::Varchar(3), 1204),
            ("\u{e9}", ColumnType::Char(3), 1215),
            ("abc   ", ColumnType::Char(3), 0),
            ("2026-02-28", ColumnType::Date, 0),
            ("2026-02-29", ColumnType::Date, 1205),
            ("28.2.2026", ColumnType::Date, 1205),
            ("2026-02-28 23:59:59.5", ColumnType::Timestamp, 0),
            ("2026-02-28T23:59:59Z", ColumnType::Timestamp, 1206),
            ("2026-02-28 24:00:00", ColumnType::Timestamp, 1206),
        ] {
            assert_eq!(code(value, kind), wanted, "{value} as {kind:?}");
        }
    }
}
