//! Tags of a stream.

use serde_json::{Value, json};

use super::request::Request;
use super::{Done, Refusal, invalid};
use crate::control::page;
use crate::engine::Engine;

/// Tags of one stream (facts, streams §1.2).
const TAGS_MAX: usize = 50;

pub(super) fn add(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    engine.tags(&name)?;
    for (key, value) in given(engine, request, &name)? {
        engine.tag(&name, &key, Some(&value))?;
    }
    Ok(Value::Null)
}

/// The tags in a request, if the stream may have them beside those it has.
pub(super) fn given(
    engine: &Engine,
    request: &Request,
    name: &str,
) -> Result<Vec<(String, String)>, Refusal> {
    let tags = legal(engine, request, &format!("stream {name}"))?;
    let present = engine.tags(name).ok();
    let is_new = |key: &str| present.is_none_or(|present| !present.contains_key(key));
    let new = tags.iter().filter(|(key, _)| is_new(key)).count();
    if present.map_or(0, |present| present.len()) + new > TAGS_MAX {
        return Err(invalid(format!(
            "Failed to add tags to stream {name} under account {} because a given stream cannot \
             have more than 10 tags associated with it.",
            engine.account.id
        )));
    }
    Ok(tags)
}

/// That a consumer may be registered with the tags in a request. No operation here shows them.
pub(super) fn check_consumer(engine: &Engine, request: &Request) -> Result<(), Refusal> {
    let name = request.needed("ConsumerName");
    if legal(engine, request, &format!("consumer {name}"))?.len() <= TAGS_MAX {
        return Ok(());
    }
    let account = &engine.account.id;
    let text = format!(
        "Failed to add tags to consumer {name} under account {account} because a given consumer \
         cannot have more than {TAGS_MAX} tags associated with it."
    );
    Err(invalid(text))
}

/// The tags in a request, if their letters are legal.
fn legal(
    engine: &Engine,
    request: &Request,
    whose: &str,
) -> Result<Vec<(String, String)>, Refusal> {
    let given = request.body.get("Tags").and_then(Value::as_object);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tags = given.into_iter().flatten().map(|(key, value)| (key.clone(), text(value)));
    let tags: Vec<(String, String)> = tags.collect();
    let texts: Vec<&str> = tags.iter().flat_map(|(key, value)| [&**key, &**value]).collect();
    check(engine, &texts, &format!("add tags to {whose}"))?;
    Ok(tags)
}

pub(super) fn remove(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    engine.tags(&name)?;
    let keys: Vec<&str> = request.list("TagKeys").iter().filter_map(Value::as_str).collect();
    check(engine, &keys, &format!("remove tags from stream {name}"))?;
    for key in keys {
        engine.tag(&name, key, None)?;
    }
    Ok(Value::Null)
}

pub(super) fn list(engine: &mut Engine, request: &Request) -> Done {
    let tags = engine.tags(&request.stream(engine)?)?;
    let after = request.text("ExclusiveStartTagKey");
    let listed = tags.iter().filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
    let lines = listed.map(|(key, value)| json!({ "Key": key, "Value": value }));
    let (tags, more) = page(lines, request.count("Limit").unwrap_or(u32::MAX));
    Ok(json!({ "Tags": tags, "HasMoreTags": more }))
}

/// Two checks, one after the other: `%` passes the first and fails the second (facts, streams
/// §14.2).
fn check(engine: &Engine, texts: &[&str], deed: &str) -> Result<(), Refusal> {
    if !texts.iter().flat_map(|text| text.chars()).all(is_legal) {
        return Err(invalid(
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, \
             white space, _ . / = + - % @."
                .into(),
        ));
    }
    if texts.iter().any(|text| text.contains('%')) {
        return Err(invalid(format!(
            "Failed to {deed} under account {} because some tags contained illegal characters. \
             The allowed characters are Unicode letters, white-spaces, \
             '_',',','/','=','+','-','@'.",
            engine.account.id
        )));
    }
    Ok(())
}

/// What the first check lets through (kinesalite, tested against production).
fn is_legal(letter: char) -> bool {
    let mark = matches!(letter, '_' | '.' | '/' | '-' | '=' | '+' | ' ' | '@' | '%');
    let abroad = matches!(letter, '\u{c0}'..='\u{1fff}' | '\u{2c00}'..='\u{d7ff}');
    mark || abroad || letter.is_ascii_alphanumeric()
}
