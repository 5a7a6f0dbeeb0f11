//! Text: letters, beginnings and ends, and the formats that stand behind `@`.

use jaq_core::Error;

use super::meter;
use super::ops::fail;
use super::value::Val;

type ValR = jaq_core::ValR<Val>;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn text_of<'a>(value: &'a Val, what: &str) -> Result<&'a str, Error<Val>> {
    match value {
        Val::Str(text) => Ok(text),
        other => fail(format!("{} ({other}) {what}", other.kind())),
    }
}

/// As `tostring`.
fn shown(value: Val) -> String {
    match value {
        Val::Str(text) => text.to_string(),
        other => other.json(),
    }
}

pub(super) fn map(value: &Val, change: fn(&str) -> String) -> ValR {
    match value {
        Val::Str(text) => Ok(Val::text(change(text))),
        _ => fail("ascii_downcase input must be a string"),
    }
}

pub(super) fn explode(value: &Val) -> ValR {
    let text = text_of(value, "cannot be exploded")?;
    Ok(text.chars().map(|letter| Val::Num(u32::from(letter).into())).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates, and is then no character")]
#[expect(clippy::cast_sign_loss, reason = "it saturates, and is then no character")]
pub(super) fn implode(value: &Val) -> ValR {
    let Val::Arr(node) = value else { return fail("implode input must be an array") };
    let letters = node.items.iter().map(|item| match item {
        Val::Num(code) => Ok(char::from_u32(*code as u32).unwrap_or(char::REPLACEMENT_CHARACTER)),
        _ => fail("Unicode codepoint must be numeric"),
    });
    Ok(Val::text(letters.collect::<Result<String, _>>()?))
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
pub(super) fn byte_length(value: &Val) -> ValR {
    let text = text_of(value, "only strings have UTF-8 byte length")?;
    Ok(Val::Num(text.len() as f64))
}

pub(super) fn starts(value: &Val, part: &Val) -> ValR {
    match (value, part) {
        (Val::Str(text), Val::Str(part)) => Ok(Val::Bool(text.starts_with(&**part))),
        _ => fail("startswith() requires string inputs"),
    }
}

pub(super) fn ends(value: &Val, part: &Val) -> ValR {
    match (value, part) {
        (Val::Str(text), Val::Str(part)) => Ok(Val::Bool(text.ends_with(&**part))),
        _ => fail("endswith() requires string inputs"),
    }
}

pub(super) fn trimmed(value: Val, part: &Val, is_left: bool) -> Val {
    let (Val::Str(text), Val::Str(part)) = (&value, part) else { return value };
    let rest = if is_left { text.strip_prefix(&**part) } else { text.strip_suffix(&**part) };
    rest.map_or_else(|| value.clone(), Val::text)
}

/// Where a part begins, in bytes, as jq 1.6 counts them; places may overlap.
pub(super) fn indices(text: &str, part: &str) -> Val {
    if part.is_empty() {
        return Val::Null;
    }
    meter::make(text.len() / 8);
    let begins = (0_u32..).zip(text.as_bytes().windows(part.len()));
    begins.filter(|(_, it)| *it == part.as_bytes()).map(|(at, _)| Val::Num(at.into())).collect()
}

fn row(value: &Val, what: &str) -> Result<Vec<Val>, Error<Val>> {
    match value {
        Val::Arr(node) => Ok(node.items.clone()),
        other => fail(format!(
            "{} ({other}) cannot be {what}-formatted, only an array can be",
            other.kind()
        )),
    }
}

pub(super) fn csv(value: &Val) -> ValR {
    let cells = row(value, "csv")?.into_iter().map(|cell| match cell {
        Val::Null => Ok(String::new()),
        Val::Str(text) => Ok(format!("\"{}\"", text.replace('"', "\"\""))),
        Val::Bool(_) | Val::Num(_) => Ok(cell.json()),
        other => fail(format!("{} ({other}) is not valid in a csv row", other.kind())),
    });
    Ok(Val::text(cells.collect::<Result<Vec<_>, _>>()?.join(",")))
}

pub(super) fn tsv(value: &Val) -> ValR {
    let cells = row(value, "tsv")?.into_iter().map(|cell| match cell {
        Val::Null => Ok(String::new()),
        Val::Str(text) => {
            let text = text.replace('\\', "\\\\").replace('\t', "\\t");
            Ok(text.replace('\n', "\\n").replace('\r', "\\r"))
        }
        Val::Bool(_) | Val::Num(_) => Ok(cell.json()),
        other => fail(format!("{} ({other}) is not valid in a tsv row", other.kind())),
    });
    Ok(Val::text(cells.collect::<Result<Vec<_>, _>>()?.join("\t")))
}

pub(super) fn sh(value: Val) -> ValR {
    let cells = match &value {
        Val::Arr(node) => node.items.clone(),
        _ => vec![value],
    };
    let cells = cells.into_iter().map(|cell| match cell {
        Val::Str(text) => Ok(format!("'{}'", text.replace('\'', "'\\''"))),
        Val::Arr(_) | Val::Obj(_) => {
            fail(format!("{} ({cell}) can not be escaped for shell", cell.kind()))
        }
        other => Ok(other.json()),
    });
    Ok(Val::text(cells.collect::<Result<Vec<_>, _>>()?.join(" ")))
}

pub(super) fn html(value: Val) -> Val {
    let text = shown(value).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Val::text(text.replace('\'', "&apos;").replace('"', "&quot;"))
}

pub(super) fn uri(value: Val) -> Val {
    let mut out = String::new();
    for byte in shown(value).bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Val::text(out)
}

pub(super) fn base64(value: Val) -> Val {
    let mut out = String::new();
    for group in shown(value).as_bytes().chunks(3) {
        let bits = (0..3)
            .fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    Val::text(out)
}

pub(super) fn base64_back(value: Val) -> ValR {
    let text = shown(value);
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let Some(digit) = BASE64.iter().position(|it| *it == byte) else {
            return fail(format!("string ({text}) is not valid base64 data"));
        };
        bits = bits << 6 | u32::try_from(digit).unwrap_or(0);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 255) as u8);
        }
    }
    if out.is_empty() && !text.is_empty() {
        return fail(format!("string ({text}) is not valid base64 data"));
    }
    Ok(Val::text(String::from_utf8_lossy(&out).into_owned()))
}
