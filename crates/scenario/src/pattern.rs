//! Patterns of text, the everyday part of regular expressions: characters, `.`, `\d` `\w` `\s` and
//! their opposites, `[…]`, and `*` `+` `?` `{n}` `{n,m}` behind any of these; `^` and `$` at the
//! ends. No groups and no choices.

/// A pattern that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    steps: Vec<Step>,
    /// `$` stands at the end.
    to_end: bool,
}

/// A kind of character and how often it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    set: Set,
    least: u32,
    most: u32,
}

/// Characters from first to last, or every other one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Set {
    fn one(c: char) -> Self {
        Self { ranges: vec![(c, c)], negated: false }
    }

    fn holds(&self, c: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != self.negated
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut rest = text.strip_prefix('^').unwrap_or(text).chars().peekable();
        let mut new = Self { steps: Vec::new(), to_end: false };
        while let Some(c) = rest.next() {
            if c == '$' && rest.peek().is_none() {
                new.to_end = true;
                break;
            }
            let set = match c {
                '.' => Set { ranges: vec![('\n', '\n')], negated: true },
                '\\' => escaped(rest.next())?,
                '[' => bracket(&mut rest)?,
                '(' | ')' | '|' | '*' | '+' | '?' | '{' | '}' => {
                    return Err(format!("`{c}` is not understood there; write `\\{c}` for itself"));
                }
                plain => Set::one(plain),
            };
            let (least, most) = times(&mut rest)?;
            new.steps.push(Step { set, least, most });
        }
        Ok(new)
    }

    /// Whether a text begins like this.
    #[must_use]
    pub fn begins(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        // Places in the text that the steps so far can lead to.
        let mut places = vec![0];
        for step in &self.steps {
            let mut next = Vec::new();
            for from in places {
                let same = text[from..].iter().take_while(|c| step.set.holds(**c)).count();
                let most = same.min(step.most as usize);
                next.extend((step.least as usize..=most).map(|count| from + count));
            }
            next.sort_unstable();
            next.dedup();
            places = next;
        }
        if self.to_end { places.last() == Some(&text.len()) } else { !places.is_empty() }
    }
}

type Rest<'a> = core::iter::Peekable<core::str::Chars<'a>>;

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

/// How often: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, or once.
fn times(rest: &mut Rest<'_>) -> Result<(u32, u32), String> {
    let (least, most) = match rest.peek() {
        Some('*') => (0, u32::MAX),
        Some('+') => (1, u32::MAX),
        Some('?') => (0, 1),
        Some('{') => {
            let inner: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
            let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
            let most = if most.is_empty() { Ok(u32::MAX) } else { most.parse() };
            return match (least.parse(), most) {
                (Ok(least), Ok(most)) => Ok((least, most)),
                _ => Err(format!("`{{{inner}}}` tells no number of times")),
            };
        }
        _ => return Ok((1, 1)),
    };
    rest.next();
    Ok((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let pattern = Pattern::new(pattern).expect("a pattern");
        assert_eq!(pattern.begins(text), expected, "{pattern:?} {text}");
    }

    #[test]
    fn starts_of_log_entries_are_told_from_their_other_lines() {
        for (pattern, yes, no) in [
            (r"^\d{4}-\d{2}-\d{2} ", "2026-11-21 ERROR", "  at com.example"),
            (r"[A-Z][a-z]{2} +\d{1,2}", "Nov  1 10:00", "nov 1"),
            (r"\[", "[21/Nov", "x["),
            (r"[^\s]", "x", " x"),
            (r".*Exception", "java.io.IOException: x", "caused by"),
            (r"a*ab?c$", "aaac", "aaacd"),
            ("", "anything", ""),
        ] {
            check(pattern, yes, true);
            check(pattern, no, pattern.is_empty());
        }
        check("[a-]b", "-b", true);
        check(r"[\w.]+:", "a.b:c", true);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for text in ["(a)", "a|b", "[a", "a{x}", r"\q", r"a\", "*"] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
    }
}
