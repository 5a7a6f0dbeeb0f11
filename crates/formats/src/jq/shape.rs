//! How deep a program nests, before anything that calls itself reads it.
//!
//! A parser, a compiler and the release of what they made go as deep as the program does, and a
//! browser's stack is full long before memory is: what is refused here is refused everywhere.

use crate::wire::Failure;

/// Bytes of a program: "value 1-5,120 chars" of a processor's parameter (Firehose API reference).
const BYTES_MAX: usize = 5_120;
/// Brackets inside of brackets.
const BRACKETS_MAX: usize = 64;
/// Definitions inside of definitions.
const DEFINITIONS_MAX: usize = 64;
/// Operators one after the other, each of which holds the rest. A browser's stack is full after
/// some 560 of them.
const LINKS_MAX: usize = 280;
/// Words that hold what follows them.
const PREFIXES: [&str; 7] = ["and", "elif", "foreach", "if", "or", "reduce", "try"];

/// What has been opened and not closed.
struct Level {
    /// The opening bracket; a quote stands for an expression inside of a text.
    open: u8,
    links: usize,
}

/// A definition whose body is being read.
struct Definition<'a> {
    name: &'a str,
    /// Parameters that are filters rather than values.
    filters: usize,
    /// Levels around it, and links before it.
    place: (usize, usize),
}

struct Scan<'a> {
    program: &'a str,
    at: usize,
    levels: Vec<Level>,
    definitions: Vec<Definition<'a>>,
    handed: usize,
}

/// How many filters a function hands on when it calls itself, at most; each call holds those of the
/// one before.
///
/// # Errors
/// The program nests too deep, and where.
pub(super) fn handed_filters(program: &str) -> Result<usize, Failure> {
    if program.len() > BYTES_MAX {
        return Err(Failure {
            message: "A program has 5,120 characters at most".into(),
            at: Some(program.floor_char_boundary(BYTES_MAX)),
        });
    }
    let outside = Level { open: 0, links: 0 };
    let mut scan =
        Scan { program, at: 0, levels: vec![outside], definitions: Vec::new(), handed: 0 };
    while scan.peek().is_some() {
        scan.token()?;
    }
    Ok(scan.handed)
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.program.as_bytes().get(self.at).copied()
    }

    fn token(&mut self) -> Result<(), Failure> {
        let Some(byte) = self.peek() else { return Ok(()) };
        let before = self.at.checked_sub(1).map(|at| self.program.as_bytes()[at]);
        self.at += 1;
        match byte {
            b'"' => return self.text(),
            b'#' => self.skip(|byte| byte != b'\n'),
            b'(' | b'[' | b'{' => return self.open(byte),
            b')' | b']' | b'}' if self.levels.len() > 1 => {
                let closed = self.levels.pop();
                if closed.is_some_and(|level| level.open == b'"') {
                    return self.text();
                }
            }
            b';' => self.end(),
            b',' if self.levels.last().is_some_and(|level| level.open == b'{') => {}
            b'-' => return self.link(),
            _ if is_operator(byte) && !before.is_some_and(is_operator) => return self.link(),
            _ if is_word(byte) => {
                let begin = self.at - 1;
                self.skip(is_word);
                let word = &self.program[begin..self.at];
                let is_name = !matches!(before, Some(b'.' | b'$' | b'@'));
                return if is_name { self.word(word) } else { Ok(()) };
            }
            _ => {}
        }
        Ok(())
    }

    fn skip(&mut self, of: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&of) {
            self.at += 1;
        }
    }

    /// The rest of a text, up to its end or to an expression inside of it.
    fn text(&mut self) -> Result<(), Failure> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return Ok(()),
                b'\\' => {
                    let escaped = self.peek();
                    self.at += usize::from(escaped.is_some());
                    if escaped == Some(b'(') {
                        return self.open(b'"');
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn open(&mut self, open: u8) -> Result<(), Failure> {
        self.levels.push(Level { open, links: 0 });
        if self.levels.len() > BRACKETS_MAX + 1 {
            return self.refuse("Brackets stand in each other too deep");
        }
        Ok(())
    }

    fn link(&mut self) -> Result<(), Failure> {
        if let Some(level) = self.levels.last_mut() {
            level.links += 1;
        }
        if self.levels.iter().map(|level| level.links).sum::<usize>() > LINKS_MAX {
            return self.refuse("Operators hold each other too deep: 280 are the most");
        }
        Ok(())
    }

    fn refuse(&self, message: &str) -> Result<(), Failure> {
        Err(Failure { message: message.into(), at: Some(self.at - 1) })
    }

    /// A definition ends, or an argument does.
    fn end(&mut self) {
        let depth = self.levels.len();
        let ended = self.definitions.pop_if(|it| it.place.0 == depth);
        if let Some(level) = self.levels.last_mut() {
            level.links = ended.map_or(0, |it| it.place.1);
        }
    }

    fn word(&mut self, word: &'a str) -> Result<(), Failure> {
        if word == "def" {
            return self.define();
        } else if PREFIXES.contains(&word) {
            return self.link();
        } else if self.after_blanks() == Some(b'(') {
            let own = self.definitions.iter().filter(|it| it.name == word);
            self.handed = own.map(|it| it.filters).fold(self.handed, usize::max);
        }
        Ok(())
    }

    /// The next byte that is not blank.
    fn after_blanks(&self) -> Option<u8> {
        self.program[self.at..].bytes().find(|byte| !byte.is_ascii_whitespace())
    }

    /// Name and parameters of a definition.
    fn define(&mut self) -> Result<(), Failure> {
        self.skip(|byte| byte.is_ascii_whitespace());
        let begin = self.at;
        self.skip(is_word);
        let name = &self.program[begin..self.at];
        let mut filters = 0;
        if self.after_blanks() == Some(b'(') {
            let begin = self.at;
            self.skip(|byte| byte != b')');
            let parameters = self.program[begin..self.at].trim_start().trim_start_matches('(');
            let is_filter = |it: &&str| !it.trim_start().starts_with('$');
            filters = parameters.split(';').filter(is_filter).count();
            self.at += usize::from(self.peek().is_some());
        }
        let links = self.levels.last().map_or(0, |level| level.links);
        self.definitions.push(Definition { name, filters, place: (self.levels.len(), links) });
        if self.definitions.len() > DEFINITIONS_MAX {
            return self.refuse("Definitions stand in each other too deep");
        }
        Ok(())
    }
}

fn is_operator(byte: u8) -> bool {
    b"|,+-*/%=<>!".contains(&byte)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_the_rest_counts() {
        let chain = |link: &str, count: usize| format!("{}.", link.repeat(count));
        for link in [".|", ".,", "1+", "-", "try ", "1//", "1==", ".a|="] {
            assert!(handed_filters(&chain(link, 280)).is_ok(), "{link}");
            let failure = handed_filters(&chain(link, 281)).expect_err(link);
            assert_eq!(failure.message, "Operators hold each other too deep: 280 are the most");
        }
        // Members of an object, arguments, closed brackets, texts and comments do not.
        for fine in [
            format!("{{{}}}", "a:1,".repeat(600)),
            "(1+1)|first(.|.)".to_owned(),
            format!("[{}1]", "(1|2|3)+".repeat(270)),
            format!("\"{}\"", "|,+(".repeat(600)),
            format!("\"\\(1|2)\"#{}", "|".repeat(600)),
            "def f: 1|2; ".repeat(300) + "f",
            format!(".{}", ".and.or.if".repeat(200)),
        ] {
            assert_eq!(handed_filters(&fine), Ok(0), "{fine}");
        }
        assert!(handed_filters(&"\"\\(".repeat(65)).is_err());
        assert!(handed_filters(&"def a: ".repeat(64)).is_ok());
        assert!(handed_filters(&"def a: ".repeat(65)).is_err());
    }

    #[test]
    fn a_function_that_hands_itself_filters_is_found() {
        for (program, filters) in [
            ("def f(g): f(f(g)); f(.)", 1),
            ("def f(a; $b; c): if . then 1 else f(a; 1; c) end; f(.; 1; .)", 2),
            ("map(def f (g): [f (g)]; f(.))", 1),
            ("def f(g): def h: f(g|g); h; f(.)", 1),
            ("def f(g): g; f(.) | f(f(.))", 0),
            ("def f($x): f($x + 1); f(0)", 0),
            ("def f: if . then f else . end; f", 0),
            ("def f(g): def r: g | r; r; f(.)", 0),
            ("def f(g): .f(1); \"f(\"", 0),
        ] {
            assert_eq!(handed_filters(program), Ok(filters), "{program}");
        }
    }
}
