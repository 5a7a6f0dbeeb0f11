//! Formats of moments as `PostgreSQL` has them: `YYYY-MM-DD HH24:MI:SS` (Redshift guide, "Datetime
//! format strings").

use base::calendar::Civil;

/// Pieces of a format, longer ones first.
static PIECES: [&str; 30] = [
    "YYYY", "MONTH", "Month", "month", "HH24", "HH12", "DAY", "Day", "day", "DDD", "MON", "Mon",
    "mon", "YY", "MM", "DD", "DY", "Dy", "dy", "HH", "MI", "SS", "MS", "US", "AM", "PM", "IW",
    "WW", "Q", "D",
];

/// A moment in a format.
///
/// # Errors
/// The format is longer than any text made by it may be.
pub(super) fn write(pattern: &str, at: i64) -> Result<String, String> {
    let civil = Civil::at(at, 0);
    let (mut out, mut rest) = (String::new(), pattern);
    while let Some(first) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            out.push_str(&quoted[..end]);
            rest = quoted.get(end + 1..).unwrap_or_default();
            continue;
        }
        // `FM`: the next piece without blanks and zeros in front.
        let filled = rest.get(..2).is_none_or(|it| !it.eq_ignore_ascii_case("FM"));
        rest = if filled { rest } else { &rest[2..] };
        match piece_of(rest) {
            Some(piece) => {
                let text = written(piece, civil);
                out.push_str(if filled { &text } else { short(&text) });
                rest = &rest[piece.len()..];
            }
            None if !filled => {}
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    Ok(out)
}

/// The piece a format begins with: in capitals or small letters, but names of months and days are
/// written as their piece is.
fn piece_of(format: &str) -> Option<&'static str> {
    let begins = |piece: &&&str| {
        let exact = format.starts_with(**piece);
        let name = matches!(**piece, "MONTH" | "MON" | "DAY" | "DY");
        exact || !name && format.get(..piece.len()).is_some_and(|it| it.eq_ignore_ascii_case(piece))
    };
    PIECES.iter().find(begins).copied()
}

/// Without what fills it.
fn short(text: &str) -> &str {
    let text = text.trim_end();
    let short = text.trim_start_matches('0');
    if short.is_empty() { text.get(text.len().saturating_sub(1)..).unwrap_or(text) } else { short }
}

fn written(piece: &str, at: Civil) -> String {
    let two = |it: i64| format!("{it:02}");
    let name = |full: &str, chars: usize, width: usize| {
        let short: String = full.chars().take(chars).collect();
        let cased = if piece.chars().all(char::is_uppercase) {
            short.to_uppercase()
        } else if piece.starts_with(char::is_lowercase) {
            short.to_lowercase()
        } else {
            short
        };
        format!("{cased:<width$}")
    };
    let month = || base::calendar::MONTHS[usize::try_from(at.month - 1).unwrap_or(0) % 12];
    let day = || base::calendar::WEEKDAYS[usize::try_from(at.weekday()).unwrap_or(0) % 7];
    let hour12 = (at.hour + 11) % 12 + 1;
    match piece {
        "YYYY" => format!("{:04}", at.year),
        "YY" => two(at.year.rem_euclid(100)),
        "MONTH" | "Month" | "month" => name(month(), 9, 9),
        "MON" | "Mon" | "mon" => name(month(), 3, 0),
        "MM" => two(at.month),
        "DDD" => format!("{:03}", at.day_of_year()),
        "DD" => two(at.day),
        "DAY" | "Day" | "day" => name(day(), 9, 9),
        "DY" | "Dy" | "dy" => name(day(), 3, 0),
        "D" => ((at.weekday() + 1) % 7 + 1).to_string(),
        "HH24" => two(at.hour),
        "HH12" | "HH" => two(hour12),
        "MI" => two(at.minute),
        "SS" => two(at.second),
        "MS" => format!("{:03}", at.micros / 1_000),
        "US" => format!("{:06}", at.micros),
        "AM" | "PM" => if at.hour < 12 { "AM" } else { "PM" }.to_owned(),
        "Q" => ((at.month + 2) / 3).to_string(),
        "WW" => two((at.day_of_year() - 1) / 7 + 1),
        _ => two(super::time::week_of(at)),
    }
}

/// The moment a text means; none when it does not follow the format.
///
/// # Errors
/// The format has a piece that cannot be read back.
pub(super) fn read(pattern: &str, text: &str) -> Result<Option<i64>, String> {
    let mut at = Civil { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
    let (mut rest, mut left, mut afternoon) = (pattern, text.trim(), None);
    while let Some(first) = rest.chars().next() {
        if rest.get(..2).is_some_and(|it| it.eq_ignore_ascii_case("FM")) {
            rest = &rest[2..];
            continue;
        }
        let Some(piece) = piece_of(rest) else {
            rest = &rest[first.len_utf8()..];
            // Any sign may stand for any other.
            left = left.strip_prefix(|c: char| !c.is_alphanumeric() || c == first).unwrap_or(left);
            continue;
        };
        rest = &rest[piece.len()..];
        let Some((number, behind)) = taken(piece, left) else { return Ok(None) };
        left = behind;
        match piece {
            "YYYY" => at.year = number,
            "YY" => at.year = if number < 70 { 2000 + number } else { 1900 + number },
            "MM" | "MON" | "Mon" | "mon" | "MONTH" | "Month" | "month" => at.month = number,
            "DD" => at.day = number,
            "HH24" | "HH12" | "HH" => at.hour = number,
            "MI" => at.minute = number,
            "SS" => at.second = number,
            "MS" => at.micros = number * 1_000,
            "US" => at.micros = number,
            "AM" | "PM" => afternoon = Some(number == 1),
            other => return Err(format!("`{other}` cannot be read in a format")),
        }
    }
    match afternoon {
        Some(true) if at.hour < 12 => at.hour += 12,
        Some(false) if at.hour == 12 => at.hour = 0,
        _ => {}
    }
    let within = (1..=12).contains(&at.month)
        && at.day >= 1
        && at.hour < 24
        && at.minute < 60
        && at.second < 60;
    let found = if within { at.micros_since_1970(0) } else { None };
    // A day the month does not have would become one of the next.
    Ok(found.filter(|it| Civil::at(*it, 0).day == at.day))
}

/// The number a piece stands for, and what is behind it.
fn taken<'a>(piece: &str, text: &'a str) -> Option<(i64, &'a str)> {
    if piece.eq_ignore_ascii_case("MON") || piece.eq_ignore_ascii_case("MONTH") {
        let small = text.to_ascii_lowercase();
        return (1..).zip(base::calendar::MONTHS).find_map(|(number, name)| {
            let whole = piece.len() == 5;
            let name = if whole { name } else { &name[..3] };
            let found = small.starts_with(&name.to_ascii_lowercase());
            found.then(|| (number, &text[name.len()..]))
        });
    }
    if matches!(piece, "AM" | "PM") {
        let half = text.get(..2)?;
        let number = i64::from(half.eq_ignore_ascii_case("PM"));
        let known = number == 1 || half.eq_ignore_ascii_case("AM");
        return known.then(|| (number, &text[2..]));
    }
    let most = match piece {
        "YYYY" => 4,
        "MS" => 3,
        "US" => 6,
        _ => 2,
    };
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text.get(..digits)?.parse().ok()?, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `PostgreSQL` gives for these.
    #[test]
    fn moments_are_written_and_read() {
        let at = crate::parse::timestamp_of("2026-03-01 15:04:05.678").unwrap();
        for (pattern, text) in [
            ("YYYY-MM-DD HH24:MI:SS", "2026-03-01 15:04:05"),
            ("DD Mon YY, HH12:MI AM", "01 Mar 26, 03:04 PM"),
            ("Day Q DDD D MS", "Sunday    1 060 1 678"),
            ("\"year\" YYYY", "year 2026"),
            ("yyyy-mm-dd hh24:mi:ss", "2026-03-01 15:04:05"),
            ("FMMonth FMDD, YYYY FMDay", "March 1, 2026 Sunday"),
            ("FMHH12 o'clock FMMS", "3 o'clock 678"),
        ] {
            assert_eq!(write(pattern, at).as_deref(), Ok(text), "{pattern}");
        }
        let day = |pattern, text| read(pattern, text).unwrap();
        assert_eq!(day("DD.MM.YYYY HH24:MI", "01.03.2026 15:04"), Some(at - 5_678_000));
        assert_eq!(day("YYYYMMDD", "20260231"), None);
        assert_eq!(day("Mon DD YYYY", "Mar 1 2026"), day("YYYY-MM-DD", "2026-3-1"));
        assert!(read("Q", "1").is_err());
    }
}
