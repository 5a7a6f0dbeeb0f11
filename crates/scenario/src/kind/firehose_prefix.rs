//! The rules AWS checks prefixes of S3 objects with (facts, firehose §5; "Custom prefixes for
//! Amazon S3 objects" in the Firehose developer guide).

use super::firehose::FirehoseConfig;
use super::spec::Checker;

/// Characters in an evaluated prefix.
const EVALUATED_CHARS_MAX: usize = 512;
/// The longest value of `!{firehose:error-output-type}` for S3: `format-conversion-failed`.
const ERROR_TYPE_CHARS: usize = 24;
/// `!{firehose:random-string}` becomes this many characters.
const RANDOM_CHARS: usize = 11;
/// `yyyy/MM/dd/HH/`, appended to a prefix without a timestamp.
const HOUR_CHARS: usize = 14;

/// A piece of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// Stands for itself.
    Text(&'a str),
    /// `!{namespace:value}`.
    Expression(&'a str),
    /// `!{` that never closes.
    Open(&'a str),
}

/// Checks the prefixes and the time zone.
pub(crate) fn check(config: &FirehoseConfig, out: &mut Checker<'_>) {
    let has_expression = config.prefix.contains("!{");
    if has_expression && !config.partitioning && config.error_prefix.is_empty() {
        out.error(
            "SCN-022",
            "error_prefix",
            "The prefix has an expression, so an error prefix is needed",
            "Set it to `!{firehose:error-output-type}/`",
        );
    }
    if config.backup_prefix.contains("!{") && config.error_prefix.is_empty() {
        out.error(
            "SCN-022",
            "error_prefix",
            "The prefix of the backup has an expression, so an error prefix is needed",
            "Set it to `!{firehose:error-output-type}/`",
        );
    }
    if config.error_prefix.contains("!{")
        && !config.error_prefix.contains("!{firehose:error-output-type}")
    {
        out.error(
            "SCN-027",
            "error_prefix",
            "An error prefix with an expression must hold `!{firehose:error-output-type}`",
            "Add `!{firehose:error-output-type}/` to it",
        );
    }
    check_one(&config.prefix, "prefix", config.partitioning, out);
    check_one(&config.error_prefix, "error_prefix", false, out);
    check_one(&config.backup_prefix, "backup_prefix", false, out);
    check_time_zone(&config.time_zone, out);
}

/// `partitioned`: whether partition keys may stand in it, and no time is appended.
fn check_one(text: &str, field: &'static str, partitioned: bool, out: &mut Checker<'_>) {
    let mut chars = 0;
    let mut dated = false;
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => chars += text.chars().count(),
            Piece::Open(text) => out.error(
                "SCN-024",
                field,
                format!("`{}` does not close", text.chars().take(20).collect::<String>()),
                "`!{` only ever begins an expression; close it with `}`",
            ),
            Piece::Expression(body) => {
                dated |= body.starts_with("timestamp:");
                chars += match body.split_once(':') {
                    Some(("partitionKeyFromQuery" | "partitionKeyFromLambda", _))
                        if partitioned =>
                    {
                        0
                    }
                    _ => check_expression(body, field, out),
                };
            }
        }
    }
    if !dated && !partitioned && (field == "prefix" || !text.is_empty()) {
        chars += HOUR_CHARS;
    }
    if chars > EVALUATED_CHARS_MAX {
        out.error(
            "SCN-029",
            field,
            format!("This can become {chars} characters long"),
            format!("An evaluated prefix has at most {EVALUATED_CHARS_MAX}"),
        );
    }
}

/// Checks one expression; how many characters it can become.
#[inline(never)]
fn check_expression(body: &str, field: &'static str, out: &mut Checker<'_>) -> usize {
    let shown = format!("!{{{body}}}");
    match body.split_once(':') {
        Some(("timestamp", pattern)) => match date_chars(pattern) {
            Ok(chars) => return chars,
            Err(reason) => out.error(
                "SCN-028",
                field,
                format!("`{shown}`: {reason}"),
                "Write dates as Java does, such as `yyyy/MM/dd/HH`; plain text stands in single \
                 quotes",
            ),
        },
        Some(("firehose", "random-string")) => return RANDOM_CHARS,
        Some(("firehose", "error-output-type")) if field == "error_prefix" => {
            return ERROR_TYPE_CHARS;
        }
        Some(("firehose", "error-output-type")) => out.error(
            "SCN-026",
            field,
            format!("`{shown}` is only known when a delivery fails"),
            "Use it in the error prefix",
        ),
        Some(("partitionKeyFromQuery" | "partitionKeyFromLambda", _)) => out.error(
            "SCN-031",
            field,
            format!("`{shown}` needs dynamic partitioning, and stands in the prefix only"),
            "Take it out, or turn dynamic partitioning on",
        ),
        _ => out.error(
            "SCN-025",
            field,
            format!("`{shown}` is not an expression of Firehose"),
            "Use `!{timestamp:yyyy/MM/dd}`, `!{firehose:random-string}` or, in the error prefix, \
             `!{firehose:error-output-type}`",
        ),
    }
    0
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("!{") {
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        let body = &rest[start + 2..];
        let Some(end) = closing(body) else {
            pieces.push(Piece::Open(&rest[start..]));
            return pieces;
        };
        pieces.push(Piece::Expression(&body[..end]));
        rest = &body[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The brace that closes an expression, outside single quotes and before another one opens.
fn closing(body: &str) -> Option<usize> {
    let mut quoted = false;
    for (offset, c) in body.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Some(offset),
            '{' if !quoted && body[..offset].ends_with('!') => return None,
            _ => {}
        }
    }
    // An odd quote hides the brace; the date check then says what is wrong with it.
    body.find('}')
}

/// How many characters a `java.time.format.DateTimeFormatter` pattern can become.
fn date_chars(pattern: &str) -> Result<usize, String> {
    if pattern.is_empty() {
        return Err("the pattern is empty".to_owned());
    }
    let mut chars = 0;
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let body = &rest[1..];
            let end = body.find('\'').ok_or("a single quote is not closed")?;
            // Two quotes in a row are one quote.
            chars += body[..end].chars().count().max(1);
            rest = &body[end + 1..];
            continue;
        }
        let end = rest.find(|c| c != first).unwrap_or(rest.len());
        chars += letter_chars(first, end)?;
        rest = &rest[end..];
    }
    Ok(chars)
}

/// How many characters a run of one pattern letter can become.
fn letter_chars(letter: char, count: usize) -> Result<usize, String> {
    let too_many = || format!("there are too many `{letter}` in a row");
    let most = |most: usize, chars: usize| if count <= most { Ok(chars) } else { Err(too_many()) };
    match letter {
        'y' | 'u' if count == 2 => Ok(2),
        'y' | 'u' => most(15, count.max(4)),
        // `September` and `Wednesday` have nine letters.
        'M' | 'L' if count == 4 => Ok(9),
        'M' | 'L' if count == 3 => Ok(3),
        'M' | 'L' | 'd' | 'H' | 'h' | 'K' | 'k' | 'm' | 's' => most(2, 2),
        'D' => most(3, 3),
        'E' if count == 4 => Ok(9),
        'E' => most(3, 3),
        'a' => most(1, 2),
        'S' => most(9, count),
        '{' | '}' | '#' | '[' | ']' => Err(format!("`{letter}` is reserved")),
        letter if letter.is_ascii_alphabetic() => {
            Err(format!("the letter `{letter}` is not simulated; y M d H h K k m s S D E a are"))
        }
        _ => Ok(count),
    }
}

/// AWS takes names of the tz database by the pattern `^$|[a-zA-Z/_]+`, and so not those with digits
/// or hyphens; fixed offsets stand in for them. Whether there is such a name, the database says.
fn check_time_zone(text: &str, out: &mut Checker<'_>) {
    let is_inside = |c: char| c.is_ascii_alphabetic() || c == '/' || c == '_';
    if is_named_zone(text) && !text.chars().all(is_inside) {
        let help = "`CustomTimeZone` is a name of letters, `/` and `_`, such as `Europe/Berlin`, \
                    or `UTC`; a fixed offset is written `+02:00`";
        out.error("SCN-030", "time_zone", format!("`{text}` is not a time zone"), help);
    }
}

/// Whether a time zone is neither UTC nor a fixed offset.
pub(super) fn is_named_zone(text: &str) -> bool {
    !text.is_empty() && text != "UTC" && !is_offset(text)
}

/// `+02:00`, `-11:30`: at most 18 hours, as `java.time.ZoneOffset` has it.
#[inline(never)]
fn is_offset(text: &str) -> bool {
    let Some((hours, minutes)) = text.strip_prefix(['+', '-']).and_then(|t| t.split_once(':'))
    else {
        return false;
    };
    let two = |text: &str| (text.len() == 2).then(|| text.parse::<u32>().ok()).flatten();
    match (two(hours), two(minutes)) {
        (Some(hours), Some(minutes)) => minutes < 60 && hours * 60 + minutes <= 18 * 60,
        _ => false,
    }
}
