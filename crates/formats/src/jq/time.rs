//! Times: seconds since 1970, and "broken down" times of eight numbers, always in UTC. There is no
//! `now`: a run has its own time.

use jaq_core::Error;

use super::ops::fail;
use super::value::Val;
use crate::calendar::{self, DAY_SECS};

type ValR = jaq_core::ValR<Val>;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A point in time as the C library has it.
#[derive(Clone, Copy, Debug)]
struct Time {
    year: i64,
    /// From 0.
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: f64,
    /// From Sunday, 0.
    weekday: i64,
    /// From 0.
    yearday: i64,
}

/// Seconds as a broken down time.
pub(super) fn broken_down(value: &Val) -> ValR {
    let Val::Num(seconds) = value else { return fail("gmtime() requires a number") };
    let time = Time::of(*seconds)?;
    let second = f64::from(whole32(time.second)) + (seconds - seconds.floor());
    Ok(Time { second, ..time }.value())
}

/// A broken down time as seconds.
#[expect(clippy::cast_precision_loss, reason = "years end at 9999")]
pub(super) fn seconds(value: &Val) -> ValR {
    if !matches!(value, Val::Arr(_)) {
        return fail("mktime requires array of 6 numbers");
    }
    let time = Time::from_value(value, "mktime requires parsed datetime inputs")?;
    let days = calendar::days_of(time.year, time.month + 1, 1);
    let Some(days) = days else { return fail("invalid gmtime representation") };
    let minutes = (days + time.day - 1) * 1_440 + time.hour * 60 + time.minute;
    Ok(Val::Num((minutes * 60) as f64 + time.second.floor()))
}

/// Writes a time by a format of the C library.
pub(super) fn format(value: &Val, form: &Val) -> ValR {
    let time = match value {
        Val::Num(seconds) => Time::of(*seconds)?,
        Val::Arr(_) => Time::from_value(value, "strftime/1 requires parsed datetime inputs")?,
        _ => return fail("strftime/1 requires parsed datetime inputs"),
    };
    let Val::Str(form) = form else { return fail("strftime/1 requires a string format") };
    let mut out = String::new();
    time.write(form, &mut out);
    Ok(Val::text(out))
}

/// Reads a broken down time by a format of the C library.
pub(super) fn parse(value: &Val, form: &Val) -> ValR {
    let Val::Str(text) = value else {
        return fail("strptime/1 requires string inputs and arguments");
    };
    let Val::Str(form) = form else {
        return fail("strptime/1 requires string inputs and arguments");
    };
    let mut time = Time {
        year: 1900,
        month: 0,
        day: 0,
        hour: 0,
        minute: 0,
        second: 0.0,
        weekday: 0,
        yearday: 0,
    };
    let mut rest = &**text;
    match time.read(form, &mut rest) {
        Some(()) if rest.is_empty() => Ok(time.with_days().value()),
        _ => fail(format!("date \"{text}\" does not match format \"{form}\"")),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whole parts of seconds of a minute")]
fn whole32(value: f64) -> i32 {
    value.floor() as i32
}

impl Time {
    #[expect(clippy::cast_possible_truncation, reason = "the range was looked at")]
    fn of(seconds: f64) -> Result<Self, Error<Val>> {
        let whole = seconds.floor();
        // Years 0 to 9999.
        if !(-62_167_219_200.0..253_402_300_800.0).contains(&whole) {
            return fail("error converting number of seconds since epoch to datetime");
        }
        let (days, of_day) =
            ((whole as i64).div_euclid(DAY_SECS), (whole as i64).rem_euclid(DAY_SECS));
        let (year, month, day) = calendar::date_of(days);
        let time = Self {
            year,
            month: month - 1,
            day,
            hour: of_day / 3_600,
            minute: of_day / 60 % 60,
            second: f64::from(i32::try_from(of_day % 60).unwrap_or(0)),
            weekday: 0,
            yearday: 0,
        };
        Ok(time.with_days())
    }

    /// Weekday and day of the year from the date.
    fn with_days(self) -> Self {
        let first = calendar::days_of(self.year, 1, 1).unwrap_or(0);
        let of_month = calendar::days_of(self.year, self.month + 1, 1).unwrap_or(0);
        let days = of_month + self.day - 1;
        Self { weekday: (days + 4).rem_euclid(7), yearday: days - first, ..self }
    }

    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is then no date")]
    fn from_value(value: &Val, wrong: &str) -> Result<Self, Error<Val>> {
        let Val::Arr(node) = value else { return fail(wrong) };
        let number = |at: usize| match node.items.get(at) {
            Some(Val::Num(number)) => Ok(*number),
            Some(_) => fail(wrong),
            None if at >= 6 => Ok(0.0),
            None => fail(wrong),
        };
        let whole = |at: usize| number(at).map(|number| number as i64);
        Ok(Self {
            year: whole(0)?,
            month: whole(1)?.clamp(0, 11),
            day: whole(2)?.clamp(-1_000_000, 1_000_000),
            hour: whole(3)?.clamp(-1_000_000, 1_000_000),
            minute: whole(4)?.clamp(-1_000_000, 1_000_000),
            second: number(5)?.clamp(-1e9, 1e9),
            weekday: whole(6)?.rem_euclid(7),
            yearday: whole(7)?.clamp(0, 366),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn value(self) -> Val {
        let numbers = [self.year, self.month, self.day, self.hour, self.minute];
        let days = [self.weekday, self.yearday];
        let all = numbers.map(|it| it as f64).into_iter().chain([self.second]);
        all.chain(days.map(|it| it as f64)).map(Val::Num).collect()
    }

    #[expect(clippy::cast_possible_truncation, reason = "seconds of a minute")]
    fn write(&self, form: &str, out: &mut String) {
        let month = MONTHS[usize::try_from(self.month).unwrap_or(0).min(11)];
        let weekday = DAYS[usize::try_from(self.weekday).unwrap_or(0).min(6)];
        let second = self.second as i64;
        let hour12 = (self.hour + 11).rem_euclid(12) + 1;
        let noon = if self.hour < 12 { "AM" } else { "PM" };
        let mut letters = form.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                out.push(letter);
                continue;
            }
            out.push_str(&match letters.next() {
                Some('Y') => format!("{}", self.year),
                Some('C') => format!("{:02}", self.year.div_euclid(100)),
                Some('y') => format!("{:02}", self.year.rem_euclid(100)),
                Some('m') => format!("{:02}", self.month + 1),
                Some('d') => format!("{:02}", self.day),
                Some('e') => format!("{:2}", self.day),
                Some('H') => format!("{:02}", self.hour),
                Some('k') => format!("{:2}", self.hour),
                Some('I') => format!("{hour12:02}"),
                Some('l') => format!("{hour12:2}"),
                Some('M') => format!("{:02}", self.minute),
                Some('S') => format!("{second:02}"),
                Some('j') => format!("{:03}", self.yearday + 1),
                Some('w') => format!("{}", self.weekday),
                Some('u') => format!("{}", (self.weekday + 6) % 7 + 1),
                Some('U') => format!("{:02}", (self.yearday + 7 - self.weekday) / 7),
                Some('W') => format!("{:02}", (self.yearday + 7 - (self.weekday + 6) % 7) / 7),
                Some('V') => format!("{:02}", self.iso_week().1),
                Some('G') => format!("{}", self.iso_week().0),
                Some('a') => weekday[..3].to_owned(),
                Some('A') => weekday.to_owned(),
                Some('b' | 'h') => month[..3].to_owned(),
                Some('B') => month.to_owned(),
                Some('p') => noon.to_owned(),
                Some('Z') => "UTC".to_owned(),
                Some('z') => "+0000".to_owned(),
                Some('n') => "\n".to_owned(),
                Some('t') => "\t".to_owned(),
                Some('%') => "%".to_owned(),
                Some('s') => seconds(&self.value()).map(|it| it.json()).unwrap_or_default(),
                Some('F') => self.shown("%Y-%m-%d"),
                Some('T') => self.shown("%H:%M:%S"),
                Some('R') => self.shown("%H:%M"),
                Some('D') => self.shown("%m/%d/%y"),
                Some('c') => self.shown("%a %b %e %H:%M:%S %Y"),
                Some(other) => format!("%{other}"),
                None => "%".to_owned(),
            });
        }
    }

    /// By a format that another stands for.
    fn shown(&self, form: &str) -> String {
        let mut out = String::new();
        self.write(form, &mut out);
        out
    }

    /// Year and week of ISO 8601: a week belongs to the year of its Thursday.
    fn iso_week(&self) -> (i64, i64) {
        let thursday = self.yearday - (self.weekday + 6) % 7 + 3;
        let first = calendar::days_of(self.year, 1, 1).unwrap_or(0);
        let (year, ..) = calendar::date_of(first + thursday);
        let begin = calendar::days_of(year, 1, 1).unwrap_or(first);
        (year, (first + thursday - begin) / 7 + 1)
    }

    fn read(&mut self, form: &str, rest: &mut &str) -> Option<()> {
        let mut letters = form.chars();
        while let Some(letter) = letters.next() {
            if letter.is_whitespace() {
                *rest = rest.trim_start();
                continue;
            }
            if letter != '%' {
                *rest = rest.strip_prefix(letter)?;
                continue;
            }
            match letters.next()? {
                'Y' => self.year = number(rest, 4)?,
                'm' => self.month = number(rest, 2).filter(|it| (1..13).contains(it))? - 1,
                'd' | 'e' => self.day = number(rest, 2).filter(|it| (1..32).contains(it))?,
                'H' => self.hour = number(rest, 2).filter(|it| *it < 24)?,
                'M' => self.minute = number(rest, 2).filter(|it| *it < 60)?,
                'S' => {
                    let second = number(rest, 2).filter(|it| *it < 62)?;
                    self.second = f64::from(i32::try_from(second).ok()?);
                }
                'y' => {
                    let year = number(rest, 2)?;
                    self.year = year + if year < 69 { 2_000 } else { 1_900 };
                }
                'j' => {
                    let days = calendar::days_of(self.year, 1, 1)?;
                    let day = number(rest, 3).filter(|it| (1..367).contains(it))?;
                    let (_, month, day) = calendar::date_of(days + day - 1);
                    (self.month, self.day) = (month - 1, day);
                }
                'b' | 'B' | 'h' => self.month = name(rest, &MONTHS)?,
                'a' | 'A' => self.weekday = name(rest, &DAYS)?,
                'Z' => *rest = rest.trim_start_matches(|it: char| it.is_ascii_alphabetic()),
                'z' => zone(rest)?,
                's' => *self = Self::of(seconds_text(rest)?).ok()?,
                'T' => self.read("%H:%M:%S", rest)?,
                'F' => self.read("%Y-%m-%d", rest)?,
                'D' => self.read("%m/%d/%y", rest)?,
                'R' => self.read("%H:%M", rest)?,
                'n' | 't' => *rest = rest.trim_start(),
                '%' => *rest = rest.strip_prefix('%')?,
                _ => return None,
            }
        }
        Some(())
    }
}

fn number(rest: &mut &str, digits_max: usize) -> Option<i64> {
    *rest = rest.trim_start();
    let count = rest.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    digits.parse().ok()
}

fn seconds_text(rest: &mut &str) -> Option<f64> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    digits.parse().ok()
}

/// A name, whole or its first three letters, in any case.
fn name(rest: &mut &str, names: &[&str]) -> Option<i64> {
    for (at, name) in (0..).zip(names) {
        for form in [*name, &name[..3]] {
            let head = rest.get(..form.len());
            if head.is_some_and(|head| head.eq_ignore_ascii_case(form)) {
                *rest = &rest[form.len()..];
                return Some(at);
            }
        }
    }
    None
}

/// `Z`, `+hhmm` or `+hh:mm`: read, and like jq 1.6 not applied.
fn zone(rest: &mut &str) -> Option<()> {
    if let Some(after) = rest.strip_prefix('Z') {
        *rest = after;
        return Some(());
    }
    let after = rest.strip_prefix(['+', '-'])?;
    let count = after.bytes().take_while(|it| it.is_ascii_digit() || *it == b':').count();
    *rest = &after[count..];
    (count >= 2).then_some(())
}
