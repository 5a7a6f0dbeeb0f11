//! What the interpreter asks of values: arithmetic, indices and updates, as jq 1.6 defines them.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::rc::Rc;

use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::path::Opt;
use jaq_core::val::Range;
use jaq_core::{Error, ValX};

use super::meter;
use super::value::{Val, put};

type ValR = jaq_core::ValR<Val>;

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<isize> for Val {
    #[expect(clippy::cast_precision_loss, reason = "jq's numbers are doubles")]
    fn from(value: isize) -> Self {
        Self::Num(value as f64)
    }
}

impl From<String> for Val {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Range<Self>> for Val {
    fn from(range: Range<Self>) -> Self {
        let end = |value: Option<Self>| value.unwrap_or(Self::Null);
        Self::object(vec![("start".into(), end(range.start)), ("end".into(), end(range.end))])
    }
}

impl FromIterator<Self> for Val {
    fn from_iter<I: IntoIterator<Item = Self>>(values: I) -> Self {
        Self::array(values.into_iter().take_while(|_| meter::make(1)).collect())
    }
}

/// A message as jq words it.
pub(super) fn fail<T>(message: impl Into<String>) -> Result<T, Error<Val>> {
    Err(fault(message))
}

fn fault(message: impl Into<String>) -> Error<Val> {
    Error::str(message.into())
}

fn unfit(left: &Val, right: &Val, what: &str) -> ValR {
    let (one, two) = (left.kind(), right.kind());
    fail(format!("{one} ({left}) and {two} ({right}) cannot be {what}"))
}

impl Add for Val {
    type Output = ValR;

    fn add(self, other: Self) -> ValR {
        Ok(match (self, other) {
            (Self::Null, value) | (value, Self::Null) => value,
            (Self::Num(left), Self::Num(right)) => {
                meter::make(1);
                Self::Num(left + right)
            }
            (Self::Str(left), Self::Str(right)) => Self::text(format!("{left}{right}")),
            (Self::Arr(left), Self::Arr(right)) => {
                let mut items = Self::items(left);
                items.extend(Self::items(right));
                Self::array(items)
            }
            (Self::Obj(left), Self::Obj(right)) => {
                let mut fields = Self::fields(left);
                Self::fields(right).into_iter().for_each(|(name, it)| put(&mut fields, name, it));
                Self::record(fields)
            }
            (left, right) => return unfit(&left, &right, "added"),
        })
    }
}

impl Sub for Val {
    type Output = ValR;

    fn sub(self, other: Self) -> ValR {
        Ok(match (self, other) {
            (Self::Num(left), Self::Num(right)) => Self::Num(left - right),
            (Self::Arr(left), Self::Arr(right)) => {
                let mut items = Self::items(left);
                items.retain(|item| !right.items.contains(item));
                Self::array(items)
            }
            (left, right) => return unfit(&left, &right, "subtracted"),
        })
    }
}

impl Mul for Val {
    type Output = ValR;

    fn mul(self, other: Self) -> ValR {
        Ok(match (self, other) {
            (Self::Num(left), Self::Num(right)) => Self::Num(left * right),
            (Self::Str(text), Self::Num(times)) | (Self::Num(times), Self::Str(text)) => {
                repeat(&text, times)
            }
            (Self::Obj(left), Self::Obj(right)) => merge(Self::Obj(left), Self::Obj(right)),
            (left, right) => return unfit(&left, &right, "multiplied"),
        })
    }
}

/// `"x" * 0` is null, and half a time is once.
fn repeat(text: &str, times: f64) -> Val {
    if times.is_nan() || times <= 0.0 {
        return Val::Null;
    }
    let times = whole(times.ceil());
    let bytes = text.len().saturating_mul(times);
    if meter::make(bytes / 8 + 1) { Val::text(text.repeat(times)) } else { Val::Null }
}

/// Objects are merged field by field, whatever else takes the right one.
fn merge(left: Val, right: Val) -> Val {
    match (left, right) {
        (Val::Obj(left), Val::Obj(right)) => {
            let mut fields = Val::fields(left);
            for (name, value) in Val::fields(right) {
                let old = fields.iter_mut().find(|(known, _)| *known == name);
                let old = old.map(|field| std::mem::take(&mut field.1));
                put(&mut fields, name, old.map_or(value.clone(), |old| merge(old, value)));
            }
            Val::record(fields)
        }
        (_, right) => right,
    }
}

impl Div for Val {
    type Output = ValR;

    fn div(self, other: Self) -> ValR {
        Ok(match (self, other) {
            (left @ Self::Num(_), right @ Self::Num(0.0)) => {
                return unfit(&left, &right, "divided because the divisor is zero");
            }
            (Self::Num(left), Self::Num(right)) => Self::Num(left / right),
            (Self::Str(text), Self::Str(between)) => split(&text, &between),
            (left, right) => return unfit(&left, &right, "divided"),
        })
    }
}

pub(super) fn split(text: &str, between: &str) -> Val {
    if text.is_empty() {
        return Val::array(Vec::new());
    }
    if between.is_empty() {
        return text.chars().map(|letter| Val::text(letter.to_string())).collect();
    }
    text.split(between).map(Val::text).collect()
}

impl Rem for Val {
    type Output = ValR;

    /// Of whole numbers, with the sign of the left one.
    #[expect(clippy::cast_possible_truncation, reason = "jq 1.6 takes the whole part")]
    #[expect(clippy::cast_precision_loss, reason = "jq's numbers are doubles")]
    fn rem(self, other: Self) -> ValR {
        match (&self, &other) {
            (Self::Num(left), Self::Num(right)) => {
                let divisor = *right as i64;
                if divisor == 0 {
                    return unfit(&self, &other, "divided because the divisor is zero");
                }
                let rest = (*left as i64).unsigned_abs() % divisor.unsigned_abs();
                let rest = rest as f64;
                Ok(Self::Num(if *left < 0.0 && rest != 0.0 { -rest } else { rest }))
            }
            _ => unfit(&self, &other, "divided"),
        }
    }
}

impl Neg for Val {
    type Output = ValR;

    fn neg(self) -> ValR {
        match self {
            Self::Num(value) => Ok(Self::Num(-value)),
            other => fail(format!("{} ({other}) cannot be negated", other.kind())),
        }
    }
}

/// A number that is not negative as a count.
#[expect(clippy::cast_possible_truncation, reason = "it saturates, which is meant")]
#[expect(clippy::cast_sign_loss, reason = "the number is not negative")]
fn whole(value: f64) -> usize {
    value as u32 as usize
}

/// The place an index means; nothing before the beginning.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
fn place(index: f64, len: usize) -> Option<usize> {
    let index = index.floor();
    let at = if index < 0.0 { index + len as f64 } else { index };
    (at >= 0.0).then(|| whole(at))
}

/// The part of something that a range means.
fn cut(range: &Range<&Val>, len: usize) -> Result<std::ops::Range<usize>, Error<Val>> {
    let end = |value: Option<&Val>, open: usize, round: fn(f64) -> f64| match value {
        None | Some(Val::Null) => Ok(open),
        Some(Val::Num(value)) => Ok(place(round(*value), len).unwrap_or(0).min(len)),
        Some(_) => fail("Start and end indices of an array slice must be numbers"),
    };
    let from = end(range.start, 0, f64::floor)?;
    Ok(from..end(range.end, len, f64::ceil)?.max(from))
}

fn unindexed(value: &Val, index: &Val) -> Error<Val> {
    match index {
        Val::Str(name) => fault(format!("Cannot index {} with \"{name}\"", value.kind())),
        _ => fault(format!("Cannot index {} with {}", value.kind(), index.kind())),
    }
}

fn uniterated(value: &Val) -> Error<Val> {
    fault(format!("Cannot iterate over {}", value.kind()))
}

/// `start` and `end` of a slice that is given as an object.
fn range_of(index: &Val) -> Option<Range<&Val>> {
    let Val::Obj(node) = index else { return None };
    let find = |name: &str| node.items.iter().find(|it| &*it.0 == name).map(|it| &it.1);
    Some(find("start")..find("end"))
}

impl jaq_core::ValT for Val {
    fn from_num(digits: &str) -> ValR {
        Ok(Self::Num(digits.parse().unwrap_or(f64::NAN)))
    }

    fn from_map<I: IntoIterator<Item = (Self, Self)>>(fields: I) -> ValR {
        let named = fields.into_iter().map(|(name, value)| match name {
            Self::Str(name) => Ok((name, value)),
            other => fail(format!("Object keys must be strings, not {} ({other})", other.kind())),
        });
        named.collect::<Result<Vec<_>, _>>().map(Self::object)
    }

    fn key_values(self) -> BoxIter<'static, jaq_core::ValR<(Self, Self), Self>> {
        match self {
            Self::Arr(node) => {
                let items = Self::items(node).into_iter();
                Box::new((0_u32..).zip(items).map(|(at, it)| Ok((Self::Num(at.into()), it))))
            }
            Self::Obj(node) => {
                Box::new(Self::fields(node).into_iter().map(|(name, it)| Ok((Self::Str(name), it))))
            }
            other => box_once(Err(uniterated(&other))),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = ValR>> {
        match self {
            Self::Arr(node) => Box::new(Self::items(node).into_iter().map(Ok)),
            Self::Obj(node) => Box::new(Self::fields(node).into_iter().map(|field| Ok(field.1))),
            other => box_once(Err(uniterated(&other))),
        }
    }

    fn index(self, index: &Self) -> ValR {
        Ok(match (&self, index) {
            (Self::Null, Self::Str(_) | Self::Num(_) | Self::Null) => Self::Null,
            (Self::Obj(node), Self::Str(name)) => {
                meter::make(node.items.len() / 16 + 1);
                let found = node.items.iter().find(|(known, _)| known == name);
                found.map_or(Self::Null, |(_, value)| value.clone())
            }
            (Self::Arr(node), Self::Num(at)) => {
                let at = place(*at, node.items.len());
                at.and_then(|at| node.items.get(at)).cloned().unwrap_or(Self::Null)
            }
            (Self::Arr(node), Self::Arr(wanted)) => super::funs::indices(node, &wanted.items),
            _ => match range_of(index) {
                Some(range) => return self.range(range),
                None => return Err(unindexed(&self, index)),
            },
        })
    }

    fn range(self, range: Range<&Self>) -> ValR {
        match &self {
            Self::Null => Ok(Self::Null),
            Self::Arr(node) => {
                let cut = cut(&range, node.items.len())?;
                Ok(Self::array(node.items[cut].to_vec()))
            }
            Self::Str(text) => {
                let count = text.chars().count();
                let cut = cut(&range, count)?;
                meter::make(count / 8);
                let letters = text.chars().skip(cut.start).take(cut.len());
                Ok(Self::text(letters.collect::<String>()))
            }
            other => fail(format!("Cannot index {} with object", other.kind())),
        }
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        match self {
            Self::Arr(node) => Self::items(node).into_iter().flat_map(f).collect(),
            Self::Obj(node) => {
                let fields = Self::fields(node).into_iter();
                let mapped = fields.filter_map(|(name, value)| {
                    let value = f(value).next()?;
                    Some(value.map(|value| (name, value)))
                });
                Ok(Self::record(mapped.collect::<Result<_, _>>()?))
            }
            other => opt.fail(other, |it| uniterated(&it).into()),
        }
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        index: &Self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        match (self, index) {
            (value @ (Self::Null | Self::Obj(_)), Self::Str(name)) => {
                let mut fields = match value {
                    Self::Obj(node) => Self::fields(node),
                    _ => Vec::new(),
                };
                let at = fields.iter().position(|(known, _)| known == name);
                let old = at.map_or(Self::Null, |at| std::mem::take(&mut fields[at].1));
                match (f(old).next().transpose()?, at) {
                    (Some(new), _) => put(&mut fields, Rc::clone(name), new),
                    (None, Some(at)) => drop(fields.remove(at)),
                    (None, None) => {}
                }
                Ok(Self::record(fields))
            }
            (value @ (Self::Null | Self::Arr(_)), Self::Num(at)) => {
                let mut items = match value {
                    Self::Arr(node) => Self::items(node),
                    _ => Vec::new(),
                };
                let Some(at) = place(*at, items.len()) else {
                    let bad = fault("Out of bounds negative array index");
                    return opt.fail(Self::array(items), |_| bad.into());
                };
                if at >= items.len() {
                    if !meter::make(at - items.len()) {
                        return Ok(Self::Null);
                    }
                    items.resize(at + 1, Self::Null);
                }
                match f(std::mem::take(&mut items[at])).next().transpose()? {
                    Some(new) => items[at] = new,
                    None => drop(items.remove(at)),
                }
                Ok(Self::array(items))
            }
            (value, index) => match range_of(index) {
                Some(range) => value.map_range(range, opt, f),
                None => opt.fail(value, |it| unindexed(&it, index).into()),
            },
        }
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        range: Range<&Self>,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        let (Self::Null | Self::Arr(_)) = &self else {
            let bad = fault("Cannot update a slice of what is no array");
            return opt.fail(self, |_| bad.into());
        };
        let mut items = if let Self::Arr(node) = self { Self::items(node) } else { Vec::new() };
        let cut = cut(&range, items.len())?;
        let part = Self::array(items[cut.clone()].to_vec());
        let new = match f(part).next().transpose()? {
            Some(Self::Arr(node)) => Self::items(node),
            None => Vec::new(),
            Some(_) => return Ok(fail("A slice of an array can only be assigned another array")?),
        };
        items.splice(cut, new);
        Ok(Self::array(items))
    }

    fn as_bool(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    fn into_string(self) -> Self {
        match self {
            text @ Self::Str(_) => text,
            other => Self::text(other.json()),
        }
    }
}
