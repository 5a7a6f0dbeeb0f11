//! Functions of jq 1.6 that jq itself cannot express, or not as fast.

use std::cmp::Ordering;
use std::rc::Rc;

use jaq_core::box_iter::box_once;
use jaq_core::native::{self, Filter, Fun, bome, v};
use jaq_core::{Error, RunPtr};

use super::ops::{self, fail};
use super::value::{Node, Val};
use super::{Data, meter, pattern, text, time};
use crate::json;

type ValR = jaq_core::ValR<Val>;
type Named = Filter<RunPtr<Data>>;

/// Everything a program can call that is not defined in jq.
pub(super) fn all() -> impl Iterator<Item = Fun<Data>> {
    jaq_core::funs().chain(own().into_iter().map(native::run::<Data>))
}

/// As many functions with the same names, which all fail.
pub(super) fn all_failing() -> impl Iterator<Item = Fun<Data>> {
    let fail: RunPtr<Data> = |_| bome(fail("The program has used up what it may"));
    let names: Vec<_> = all().map(|(name, args, _)| (name, args)).collect();
    names.into_iter().map(move |(name, args)| native::run::<Data>((name, args, fail)))
}

/// A function of the input alone.
macro_rules! of_input {
    ($name:literal, $run:expr) => {
        ($name, v(0), |cv| bome(($run)(cv.1)))
    };
}

/// A function of the input alone, which it only looks at.
macro_rules! of_seen {
    ($name:literal, $run:expr) => {
        ($name, v(0), |cv| bome(($run)(&cv.1)))
    };
}

/// A function of the input and one value.
macro_rules! of_two {
    ($name:literal, $run:expr) => {
        ($name, v(1), |mut cv| {
            let argument = cv.0.pop_var();
            bome(($run)(cv.1, argument))
        })
    };
}

fn own() -> Vec<Named> {
    let mut all = values();
    all.extend(texts());
    all.extend(numbers());
    all
}

fn values() -> Vec<Named> {
    vec![
        of_input!("_fail", |_| fail("The program has used up what it may")),
        of_input!("type", |it: Val| Ok(Val::text(it.kind()))),
        of_seen!("length", length),
        of_input!("sort", |it: Val| Ok(Val::array(sorted(array(it, "sorted")?, Ord::cmp)))),
        of_input!("_sort_pairs", |it: Val| {
            Ok(Val::array(sorted(array(it, "sorted")?, |left, right| key(left).cmp(key(right)))))
        }),
        of_input!("_group_pairs", |it: Val| Ok(group(array(it, "grouped")?))),
        of_input!("reverse", reverse),
        of_input!("tojson", |it: Val| Ok(Val::text(it.json()))),
        of_seen!("fromjson", from_json),
        of_seen!("tonumber", to_number),
        of_two!("has", |it: Val, wanted: Val| has(&it, &wanted)),
        of_two!("contains", |left: Val, right: Val| contains(&left, &right).map(Val::Bool)),
        of_two!("indices", |it: Val, wanted: Val| match (&it, &wanted) {
            (Val::Null, _) => Ok(Val::Null),
            (Val::Str(text), Val::Str(part)) => Ok(text::indices(text, part)),
            (Val::Arr(node), Val::Arr(part)) => Ok(indices(node, &part.items)),
            (Val::Arr(node), one) => Ok(indices(node, std::slice::from_ref(one))),
            _ => fail(format!("Cannot index {} with {}", it.kind(), wanted.kind())),
        }),
        ("_match", v(2), |mut cv| {
            let flags = cv.0.pop_var();
            let pattern = cv.0.pop_var();
            bome(pattern::matches(&cv.1, &pattern, &flags))
        }),
    ]
}

fn texts() -> Vec<Named> {
    vec![
        of_seen!("explode", text::explode),
        of_seen!("implode", text::implode),
        of_input!("ascii_downcase", |it: Val| text::map(&it, str::to_ascii_lowercase)),
        of_input!("ascii_upcase", |it: Val| text::map(&it, str::to_ascii_uppercase)),
        of_seen!("utf8bytelength", text::byte_length),
        of_two!("startswith", |it: Val, part: Val| text::starts(&it, &part)),
        of_two!("endswith", |it: Val, part: Val| text::ends(&it, &part)),
        of_two!("ltrimstr", |it: Val, part: Val| Ok(text::trimmed(it, &part, true))),
        of_two!("rtrimstr", |it: Val, part: Val| Ok(text::trimmed(it, &part, false))),
        of_two!("_split", |it: Val, by: Val| match (&it, &by) {
            (Val::Str(text), Val::Str(by)) => Ok(ops::split(text, by)),
            _ => fail("split input and separator must be strings"),
        }),
        of_seen!("@csv", text::csv),
        of_seen!("@tsv", text::tsv),
        of_input!("@html", |it: Val| Ok(text::html(it))),
        of_input!("@uri", |it: Val| Ok(text::uri(it))),
        of_input!("@sh", text::sh),
        of_input!("@base64", |it: Val| Ok(text::base64(it))),
        of_input!("@base64d", text::base64_back),
        of_two!("strftime", |it: Val, form: Val| time::format(&it, &form)),
        of_two!("strptime", |it: Val, form: Val| time::parse(&it, &form)),
        of_input!("gmtime", |it: Val| time::broken_down(&it)),
        of_input!("mktime", |it: Val| time::seconds(&it)),
    ]
}

/// A function of one number.
macro_rules! of_number {
    ($name:literal, $run:expr) => {
        of_input!($name, |it: Val| match it {
            Val::Num(number) => {
                let run: fn(f64) -> f64 = $run;
                Ok(Val::Num(run(number)))
            }
            other => fail(format!("{} ({other}) number required", other.kind())),
        })
    };
}

fn numbers() -> Vec<Named> {
    vec![
        of_number!("floor", f64::floor),
        of_number!("ceil", f64::ceil),
        of_number!("round", f64::round),
        of_number!("trunc", f64::trunc),
        of_number!("fabs", f64::abs),
        of_number!("sqrt", f64::sqrt),
        of_number!("exp", libm::exp),
        of_number!("exp2", libm::exp2),
        of_number!("exp10", libm::exp10),
        of_number!("log", libm::log),
        of_number!("log2", libm::log2),
        of_number!("log10", libm::log10),
        of_input!("infinite", |_| Ok(Val::Num(f64::INFINITY))),
        of_input!("nan", |_| Ok(Val::Num(f64::NAN))),
        of_input!("isnan", |it: Val| is(&it, f64::is_nan)),
        of_input!("isinfinite", |it: Val| is(&it, f64::is_infinite)),
        of_input!("isnormal", |it: Val| is(&it, f64::is_normal)),
        ("pow", v(2), |mut cv| {
            let power = cv.0.pop_var();
            let base = cv.0.pop_var();
            box_once(match (base, power) {
                (Val::Num(base), Val::Num(power)) => Ok(Val::Num(libm::pow(base, power))),
                (base, _) => {
                    fail(format!("{} ({base}) number required", base.kind())).map_err(Into::into)
                }
            })
        }),
    ]
}

fn is(value: &Val, holds: fn(f64) -> bool) -> ValR {
    match value {
        Val::Num(number) => Ok(Val::Bool(holds(*number))),
        other => fail(format!("{} ({other}) number required", other.kind())),
    }
}

fn array(value: Val, what: &str) -> Result<Vec<Val>, Error<Val>> {
    match value {
        Val::Arr(node) => Ok(Val::items(node)),
        other => {
            fail(format!("{} ({other}) cannot be {what}, as it is not an array", other.kind()))
        }
    }
}

/// A stable sort; every comparison counts.
fn sorted(mut items: Vec<Val>, by: impl Fn(&Val, &Val) -> Ordering) -> Vec<Val> {
    items.sort_by(by);
    items
}

/// The key of a pair of key and value.
fn key(pair: &Val) -> &Val {
    match pair {
        Val::Arr(node) => node.items.first().unwrap_or(pair),
        other => other,
    }
}

fn group(pairs: Vec<Val>) -> Val {
    let mut groups: Vec<(Val, Vec<Val>)> = Vec::new();
    for pair in pairs {
        let Val::Arr(node) = pair else { continue };
        let [key, value] = &node.items[..] else { continue };
        match groups.last_mut() {
            Some((last, members)) if last == key => members.push(value.clone()),
            _ => groups.push((key.clone(), vec![value.clone()])),
        }
    }
    Val::array(groups.into_iter().map(|(_, members)| Val::array(members)).collect())
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
fn length(value: &Val) -> ValR {
    Ok(Val::Num(match value {
        Val::Null => 0.0,
        Val::Num(number) => number.abs(),
        Val::Str(text) => {
            meter::make(text.len() / 8);
            text.chars().count() as f64
        }
        Val::Arr(node) => node.items.len() as f64,
        Val::Obj(node) => node.items.len() as f64,
        Val::Bool(_) => return fail(format!("boolean ({value}) has no length")),
    }))
}

fn reverse(value: Val) -> ValR {
    match value {
        Val::Null => Ok(Val::array(Vec::new())),
        Val::Str(text) => Ok(Val::text(text.chars().rev().collect::<String>())),
        Val::Arr(node) => Ok(Val::array(Val::items(node).into_iter().rev().collect())),
        other => fail(format!("Cannot reverse {}", other.kind())),
    }
}

fn from_json(value: &Val) -> ValR {
    let Val::Str(text) = value else {
        return fail(format!("{} ({value}) only strings can be parsed", value.kind()));
    };
    let values = json::values(text.as_bytes());
    match values.as_deref() {
        Ok([one]) => Ok(Val::of(one)),
        Ok(_) => fail(format!("{text} is not one JSON value (while parsing '{text}')")),
        Err(failure) => fail(format!("{} (while parsing '{text}')", failure.message)),
    }
}

fn to_number(value: &Val) -> ValR {
    match value {
        Val::Num(_) => Ok(value.clone()),
        Val::Str(text) => {
            let text = text.trim();
            let is_number = text.bytes().any(|it| it.is_ascii_digit())
                && text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
            match text.parse() {
                Ok(number) if is_number => Ok(Val::Num(number)),
                _ => fail(format!("Invalid numeric literal (while parsing '{text}')")),
            }
        }
        other => fail(format!("{} ({other}) cannot be parsed as a number", other.kind())),
    }
}

fn has(value: &Val, wanted: &Val) -> ValR {
    Ok(Val::Bool(match (value, wanted) {
        (Val::Obj(node), Val::Str(name)) => node.items.iter().any(|(known, _)| known == name),
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
        (Val::Arr(node), Val::Num(at)) => *at >= 0.0 && *at < node.items.len() as f64,
        _ => {
            return fail(format!(
                "Cannot check whether {} has a {} key",
                value.kind(),
                wanted.kind()
            ));
        }
    }))
}

fn contains(left: &Val, right: &Val) -> Result<bool, Error<Val>> {
    if !meter::make(1) {
        return Ok(false);
    }
    match (left, right) {
        (Val::Str(text), Val::Str(part)) => Ok(text.contains(&**part)),
        (Val::Arr(all), Val::Arr(some)) => {
            for wanted in &some.items {
                let mut found = false;
                for item in &all.items {
                    found = found || item.kind() == wanted.kind() && contains(item, wanted)?;
                }
                if !found {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Val::Obj(all), Val::Obj(some)) => {
            for (name, wanted) in &some.items {
                let field = all.items.iter().find(|(known, _)| known == name);
                let same = |value: &Val| value.kind() == wanted.kind();
                match field {
                    Some((_, value)) if same(value) && contains(value, wanted)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        _ if left.kind() == right.kind() => Ok(left == right),
        _ => {
            let (one, two) = (left.kind(), right.kind());
            fail(format!(
                "{one} ({left}) and {two} ({right}) cannot have their containment checked"
            ))
        }
    }
}

/// Where a part begins in an array.
pub(super) fn indices(node: &Rc<Node<Val>>, part: &[Val]) -> Val {
    if part.is_empty() {
        return Val::Null;
    }
    let places = node.items.windows(part.len()).zip(0_u32..);
    places.filter(|(window, _)| *window == part).map(|(_, at)| Val::Num(at.into())).collect()
}
