//! Words and signs of a text that need not be right: what completion looks at while somebody types.

/// A word, a quoted name, or a single sign. Texts, comments and white space are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Without quotes.
    pub text: &'a str,
    /// Whether it is a name in quotes.
    pub quoted: bool,
    /// Its first byte.
    pub from: usize,
    /// The byte behind it.
    pub to: usize,
}

impl Token<'_> {
    /// Whether it is this word, in whatever case.
    pub(super) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it can be a name.
    pub(super) fn is_word(&self) -> bool {
        self.quoted || self.text.starts_with(begins_word)
    }
}

/// What a text was read up to a place.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// In order.
    pub tokens: Vec<Token<'a>>,
    /// The text ends within quotes or a comment.
    pub is_inside: bool,
}

/// Whether a word may begin with it.
pub(super) fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Whether it may stand in a word.
pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Reads a text; `quote` stands around names.
pub(super) fn scan(text: &str, quote: char) -> Scan<'_> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let end = |stop: &str, from: usize| {
            rest.get(from..).and_then(|it| it.find(stop)).map(|it| from + it + stop.len())
        };
        let length = if rest.starts_with("--") {
            end("\n", 2)
        } else if rest.starts_with("/*") {
            end("*/", 2)
        } else if c == '\'' {
            end("'", 1)
        } else if c == quote {
            let length = end(quote.encode_utf8(&mut [0; 4]), 1);
            if let Some(length) = length {
                let text = &rest[1..length - 1];
                tokens.push(Token { text, quoted: true, from: at, to: at + length });
            }
            length
        } else if begins_word(c) {
            let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            tokens.push(Token { text: &rest[..length], quoted: false, from: at, to: at + length });
            Some(length)
        } else {
            let length = c.len_utf8();
            if !c.is_whitespace() {
                let text = &rest[..length];
                tokens.push(Token { text, quoted: false, from: at, to: at + length });
            }
            Some(length)
        };
        match length {
            Some(length) => at += length,
            None => return Scan { tokens, is_inside: true },
        }
    }
    Scan { tokens, is_inside: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_comments_are_no_words() {
        let found = scan("SELECT \"a b\".x -- no\n, 'it''s' /* no */ FROM t", '"');
        let words: Vec<&str> = found.tokens.iter().map(|it| it.text).collect();
        assert_eq!(words, ["SELECT", "a b", ".", "x", ",", "FROM", "t"]);
        assert!(!found.is_inside);
        assert!(found.tokens[1].quoted && !found.tokens[1].is("a b"));
        for open in ["'x", "-- x", "/* x", "\"x"] {
            assert!(scan(open, '"').is_inside, "{open}");
        }
    }
}
