//! The text of a pattern becomes its program.

use super::{Set, Step};

/// Steps of a program: repetitions of repetitions grow fast.
const STEPS_MAX: usize = 5_000;
/// Groups inside groups.
const DEPTH_MAX: u32 = 50;
/// Times in `{n,m}`.
const TIMES_MAX: u32 = 1_000;

type Rest<'a> = core::iter::Peekable<core::str::Chars<'a>>;

/// The program of a pattern and its number of groups.
pub(super) fn parse(text: &str) -> Result<(Vec<Step>, u32), String> {
    let mut parser = Parser { rest: text.chars().peekable(), groups: 0, depth: 0 };
    let steps = parser.choice()?;
    if parser.rest.next().is_some() {
        return Err("a `)` closes nothing; write `\\)` for itself".to_owned());
    }
    Ok((steps, parser.groups))
}

struct Parser<'a> {
    rest: Rest<'a>,
    groups: u32,
    depth: u32,
}

impl Parser<'_> {
    /// `a|b|c`, up to a `)` or the end.
    fn choice(&mut self) -> Result<Vec<Step>, String> {
        let first = self.sequence()?;
        if self.rest.next_if_eq(&'|').is_none() {
            return Ok(first);
        }
        let second = self.choice()?;
        let mut steps = vec![Step::Split(1, over(&first) + 1)];
        steps.extend(first);
        steps.push(Step::Jump(over(&second)));
        steps.extend(second);
        bounded(steps)
    }

    fn sequence(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(c, '|' | ')')) {
            let atom = match c {
                '^' => vec![Step::Start],
                '$' => vec![Step::End],
                '(' => self.group()?,
                '.' => vec![Step::Take(Set { ranges: vec![('\n', '\n')], negated: true })],
                '\\' => vec![Step::Take(escaped(self.rest.next())?)],
                '[' => vec![Step::Take(bracket(&mut self.rest)?)],
                '*' | '+' | '?' | '{' | '}' => {
                    let message = "is not understood there; write";
                    return Err(format!("`{c}` {message} `\\{c}` for itself"));
                }
                plain => vec![Step::Take(Set::one(plain))],
            };
            let times = times(&mut self.rest)?;
            steps.extend(repeat(atom, times)?);
            steps = bounded(steps)?;
        }
        Ok(steps)
    }

    /// Behind a `(`.
    fn group(&mut self) -> Result<Vec<Step>, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("too many groups stand inside each other".to_owned());
        }
        let number = self.groups;
        let takes = if self.rest.next_if_eq(&'?').is_none() {
            true
        } else {
            match (self.rest.next(), self.rest.peek()) {
                (Some(':'), _) => false,
                (Some('<'), Some(c)) if c.is_ascii_alphabetic() => {
                    self.rest.by_ref().find(|c| *c == '>').is_some()
                }
                _ => return Err("of the groups with `(?` only `(?:…)` is understood".to_owned()),
            }
        };
        self.groups += u32::from(takes);
        let inner = self.choice()?;
        if self.rest.next().is_none() {
            return Err("a `(` is never closed; write `\\(` for itself".to_owned());
        }
        self.depth -= 1;
        if !takes {
            return Ok(inner);
        }
        let mut steps = vec![Step::Note(number * 2)];
        steps.extend(inner);
        steps.push(Step::Note(number * 2 + 1));
        Ok(steps)
    }
}

/// How often something comes: at least, at most if that has an end, and rather less than more.
#[derive(Clone, Copy)]
struct Times {
    least: u32,
    most: Option<u32>,
    lazy: bool,
}

/// `atom{least,most}`: so many times, and then as often as there is more.
fn repeat(atom: Vec<Step>, times: Times) -> Result<Vec<Step>, String> {
    let Times { least, most, lazy } = times;
    if (least, most) == (1, Some(1)) {
        return Ok(atom);
    }
    let split = |into, past| if lazy { Step::Split(past, into) } else { Step::Split(into, past) };
    let mut more = Vec::new();
    match most {
        None => {
            more.push(split(1, over(&atom) + 1));
            more.extend_from_slice(&atom);
            more.push(Step::Jump(-over(&atom)));
        }
        Some(most) => {
            for _ in least..most {
                let mut once = atom.clone();
                once.append(&mut more);
                more.push(split(1, over(&once)));
                more.append(&mut once);
                more = bounded(more)?;
            }
        }
    }
    let mut steps = Vec::new();
    for _ in 0..least {
        steps.extend_from_slice(&atom);
        steps = bounded(steps)?;
    }
    steps.append(&mut more);
    bounded(steps)
}

/// From the step before some steps to the one behind them.
fn over(steps: &[Step]) -> i32 {
    i32::try_from(steps.len()).unwrap_or(i32::MAX - 2) + 1
}

fn bounded(steps: Vec<Step>) -> Result<Vec<Step>, String> {
    if steps.len() > STEPS_MAX { Err("the pattern is too long".to_owned()) } else { Ok(steps) }
}

/// What stands behind a backslash.
fn escaped(c: Option<char>) -> Result<Set, String> {
    let class = |ranges: &[(char, char)], negated| Set { ranges: ranges.to_vec(), negated };
    let word = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    let space = [('\t', '\r'), (' ', ' ')];
    Ok(match c {
        Some('d') => class(&word[..1], false),
        Some('D') => class(&word[..1], true),
        Some('w') => class(&word, false),
        Some('W') => class(&word, true),
        Some('s') => class(&space, false),
        Some('S') => class(&space, true),
        Some('t') => Set::one('\t'),
        Some('n') => Set::one('\n'),
        Some(c) if !c.is_alphanumeric() => Set::one(c),
        Some(c) => return Err(format!("`\\{c}` is not understood")),
        None => return Err("nothing stands behind the last `\\`".to_owned()),
    })
}

/// What stands between square brackets.
fn bracket(rest: &mut Rest<'_>) -> Result<Set, String> {
    let mut set = Set { ranges: Vec::new(), negated: rest.next_if_eq(&'^').is_some() };
    loop {
        let first = match rest.next() {
            Some(']') if !set.ranges.is_empty() => return Ok(set),
            Some('\\') => {
                let inner = escaped(rest.next())?;
                if inner.negated {
                    return Err("a class of all others does not fit into `[…]`".to_owned());
                }
                set.ranges.extend(inner.ranges);
                continue;
            }
            Some(c) => c,
            None => return Err("a `[` is never closed".to_owned()),
        };
        let mut ahead = rest.clone();
        let last = (ahead.next() == Some('-')).then(|| ahead.next()).flatten();
        match last.filter(|last| *last != ']') {
            Some(last) => {
                *rest = ahead;
                set.ranges.push((first, last));
            }
            None => set.ranges.push((first, first)),
        }
    }
}

/// How often: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, with a `?` behind it rather less; or once.
fn times(rest: &mut Rest<'_>) -> Result<Times, String> {
    let (least, most) = match rest.peek() {
        Some('*') => (0, None),
        Some('+') => (1, None),
        Some('?') => (0, Some(1)),
        Some('{') => {
            let inner: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
            let times = braces(&inner)
                .ok_or_else(|| format!("`{{{inner}}}` tells no number of times up to 1,000"))?;
            return Ok(Times { lazy: rest.next_if_eq(&'?').is_some(), ..times });
        }
        _ => return Ok(Times { least: 1, most: Some(1), lazy: false }),
    };
    rest.next();
    Ok(Times { least, most, lazy: rest.next_if_eq(&'?').is_some() })
}

/// `n`, `n,` or `n,m`.
fn braces(inner: &str) -> Option<Times> {
    let number = |text: &str| text.parse().ok().filter(|times: &u32| *times <= TIMES_MAX);
    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
    let least = number(least)?;
    let most = if most.is_empty() { None } else { Some(number(most)?) };
    most.is_none_or(|most| most >= least).then_some(Times { least, most, lazy: false })
}
