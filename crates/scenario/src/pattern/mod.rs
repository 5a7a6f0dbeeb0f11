//! Regular expressions as people write them for logs: characters, `.`, `\d` `\w` `\s` and their
//! opposites, `[…]`, `*` `+` `?` `{n}` `{n,m}` and their lazy forms, `(…)`, `(?:…)`, `|`, `^`, `$`.
//!
//! A pattern is a small program; all its ways through a text are followed at once, the preferred
//! one first, so that no pattern takes long on any text. What a way cannot be followed for is not
//! known: no back-references, no looking ahead or behind.

mod parse;

/// A pattern that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Ends behind its last step.
    steps: Vec<Step>,
    groups: u32,
}

/// One step of the program; jumps are relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Takes one character.
    Take(Set),
    /// Goes both ways, the first one rather.
    Split(i32, i32),
    Jump(i32),
    /// Notes the place in the text: the start of group n as 2n, its end as 2n + 1.
    Note(u32),
    /// `^`.
    Start,
    /// `$`.
    End,
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
        let (steps, groups) = parse::parse(text)?;
        Ok(Self { steps, groups })
    }

    /// How many groups take something out: `(…)`, not `(?:…)`.
    #[must_use]
    pub fn groups(&self) -> u32 {
        self.groups
    }

    /// Whether a text begins like this (`lookingAt` of Java).
    #[must_use]
    pub fn begins(&self, text: &str) -> bool {
        self.run(text, false).is_some()
    }

    /// What the groups take out of a text that is like this as a whole (`matches` of Java); none
    /// for a group that has no part in it.
    #[must_use]
    pub fn take_apart<'a>(&self, text: &'a str) -> Option<Vec<Option<&'a str>>> {
        let notes = self.run(text, true)?;
        let parts = notes.chunks(2).map(|ends| match ends {
            [Some(from), Some(to)] => text.get(*from..*to),
            _ => None,
        });
        Some(parts.collect())
    }

    /// The notes of the preferred way through a text, if there is one.
    fn run(&self, text: &str, whole: bool) -> Option<Notes> {
        let notes = if whole { self.groups as usize * 2 } else { 0 };
        let mut ways = Ways { at: Vec::new(), seen: vec![false; self.steps.len() + 1] };
        self.follow((0, vec![None; notes]), (text, 0), &mut ways);
        for (at, c) in text.char_indices() {
            if !whole && ways.seen[self.steps.len()] {
                break;
            }
            let before = core::mem::take(&mut ways.at);
            ways.seen.fill(false);
            for (step, notes) in before {
                if let Some(Step::Take(set)) = self.steps.get(step)
                    && set.holds(c)
                {
                    self.follow((step + 1, notes), (text, at + c.len_utf8()), &mut ways);
                }
            }
            if ways.at.is_empty() {
                return None;
            }
        }
        ways.at.into_iter().find(|(step, _)| *step == self.steps.len()).map(|(_, notes)| notes)
    }

    /// Follows a way up to where it takes a character, or ends.
    fn follow(&self, way: (usize, Notes), (text, place): (&str, usize), ways: &mut Ways) {
        let mut open = vec![way];
        while let Some((step, mut notes)) = open.pop() {
            if core::mem::replace(&mut ways.seen[step], true) {
                continue;
            }
            let to = |jump: i32| step.wrapping_add_signed(jump as isize);
            match self.steps.get(step) {
                None | Some(Step::Take(_)) => ways.at.push((step, notes)),
                Some(Step::Split(first, second)) => {
                    open.push((to(*second), notes.clone()));
                    open.push((to(*first), notes));
                }
                Some(Step::Jump(jump)) => open.push((to(*jump), notes)),
                Some(Step::Note(note)) => {
                    if let Some(noted) = notes.get_mut(*note as usize) {
                        *noted = Some(place);
                    }
                    open.push((step + 1, notes));
                }
                Some(Step::Start) if place > 0 => {}
                // The last line feed does not count, as in Java.
                Some(Step::End) if !matches!(&text[place..], "" | "\n" | "\r\n") => {}
                Some(Step::Start | Step::End) => open.push((step + 1, notes)),
            }
        }
    }
}

/// Where groups begin and end, in bytes.
type Notes = Vec<Option<usize>>;

/// Every way that is followed, the preferred one first, and the steps they have been at.
struct Ways {
    at: Vec<(usize, Notes)>,
    seen: Vec<bool>,
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
            (r"INFO|WARN|ERROR", "ERROR x", "DEBUG x"),
            (r"(ab)+$", "abab", "aba"),
            ("a$", "a\n", "a\nb"),
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
        for text in [
            "(a",
            "a)",
            "[a",
            "a{x}",
            "a{9,1}",
            r"\q",
            r"a\",
            "*",
            "a**",
            "(?=a)",
            "(?i)a",
            r"\1",
            "a{9999}",
            "((a{99}){99}){99}",
        ] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
        assert!(Pattern::new(&"(".repeat(10_000)).is_err());
    }

    /// What `java.util.regex.Matcher.group` answers after `matches`: the preferred way counts, and
    /// of a group that is repeated its last time.
    #[test]
    fn groups_take_parts_out() {
        let apart = |pattern: &str, text: &'static str| {
            Pattern::new(pattern).expect("a pattern").take_apart(text)
        };
        let log = r"^(\S+) \[([^\]]*)\] (?:(\d+)ms|-) (.*)$";
        assert_eq!(
            apart(log, "web [21/Nov] 12ms GET /"),
            Some(vec![Some("web"), Some("21/Nov"), Some("12"), Some("GET /")])
        );
        assert_eq!(apart(log, "web [] - "), Some(vec![Some("web"), Some(""), None, Some("")]));
        assert_eq!(apart(log, "web 21/Nov"), None);
        assert_eq!(apart("(a+)(a*)", "aaa"), Some(vec![Some("aaa"), Some("")]), "greedy");
        assert_eq!(apart("(a+?)(a*)", "aaa"), Some(vec![Some("a"), Some("aa")]), "lazy");
        assert_eq!(apart("(a|ab)(c|bcd)?", "abcd"), Some(vec![Some("a"), Some("bcd")]));
        assert_eq!(apart("(?:(.)-?){3}", "a-ü-c"), Some(vec![Some("c")]));
        assert_eq!(apart("a", "ab"), None, "the whole text");
        assert_eq!(apart("(?<day>\\d\\d)", "21"), Some(vec![Some("21")]));
    }

    /// Follow-ups of follow-ups: what takes others for ever is done at once.
    #[test]
    fn no_pattern_takes_long() {
        let pattern = Pattern::new("((a*)*)*b|(a|a)*c").expect("a pattern");
        assert!(!pattern.begins(&"a".repeat(5_000)));
        assert_eq!(pattern.take_apart(&"a".repeat(5_000)), None);
    }
}
