//! From text to words, numbers, quoted pieces and signs.

use super::{TEXT_BYTES_MAX, u32_of};
use crate::dialect::Dialect;
use crate::expr::Span;
use crate::limits::PROBLEMS_MAX;
use crate::problem::Problem;

/// One piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// What a piece is. The text of words and numbers is what their place says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name without quotes, or a keyword.
    Word,
    /// A name in double quotes, without them.
    Quoted(String),
    /// Digits, with a point or an exponent perhaps.
    Number,
    /// A text in single quotes, without them.
    Text(String),
    /// `X'3F67'`.
    Bytes(Vec<u8>),
    /// An operator or a bracket.
    Sign(&'static str),
    /// Behind the last one.
    End,
}

/// Longer ones first.
static SIGNS: [&str; 19] = [
    "||", "<>", "<=", ">=", "!=", "=>", "(", ")", ",", ".", "+", "-", "*", "/", "=", "<", ">", ";",
    "%",
];

/// Cuts a text into pieces; the last one is the end. What is no piece is told and left out.
pub(super) fn lex(text: &str, dialect: Dialect, problems: &mut Vec<Problem>) -> Vec<Token> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("The text is longer than {TEXT_BYTES_MAX} bytes");
        problems.push(Problem::new("SQL-001", Span::default(), message, "Shorten it"));
        return vec![Token { kind: TokenKind::End, span: Span::default() }];
    }
    let mut lexer = Lexer { text, at: 0, dialect };
    let mut tokens = Vec::new();
    loop {
        let from = lexer.at;
        match lexer.next() {
            Ok(token) => {
                let is_end = token.kind == TokenKind::End;
                tokens.push(token);
                if is_end {
                    return tokens;
                }
            }
            Err(problem) => {
                // Behind it the text goes on.
                lexer.at = lexer.at.max(problem.span.to as usize);
                debug_assert!(lexer.at > from, "what is no piece is passed");
                problems.push(problem);
                if problems.len() >= PROBLEMS_MAX {
                    lexer.at = text.len();
                }
            }
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Token, Problem> {
        self.skip_blanks()?;
        let from = self.at;
        let kind = self.token()?;
        Ok(Token { kind, span: self.since(from) })
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, from: usize) -> Span {
        Span { from: u32_of(from), to: u32_of(self.at) }
    }

    /// Blanks and comments: `-- …`, `// …` and `/* … */` (facts, analytics §2.1).
    fn skip_blanks(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            let comment = &rest[blanks..];
            let length = if comment.starts_with("--") || comment.starts_with("//") {
                comment.find('\n').unwrap_or(comment.len())
            } else if comment.starts_with("/*") {
                match comment.find("*/") {
                    Some(end) => end + 2,
                    None => return Err(self.unclosed(blanks, "comment", "*/")),
                }
            } else {
                0
            };
            self.at += blanks + length;
            if length == 0 {
                return Ok(());
            }
        }
    }

    fn unclosed(&self, skip: usize, what: &str, sign: &str) -> Problem {
        let from = self.at + skip;
        let span = Span { from: u32_of(from), to: u32_of(self.text.len()) };
        let help = format!("Write `{sign}` where it ends");
        Problem::new("SQL-002", span, format!("The {what} that begins here does not end"), help)
    }

    fn token(&mut self) -> Result<TokenKind, Problem> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(TokenKind::End) };
        let second = rest.as_bytes().get(1).copied().unwrap_or_default();
        match first {
            '\'' => Ok(TokenKind::Text(self.quoted("text", '\'')?)),
            _ if first == self.dialect.quote() => self.quoted_name(),
            'x' | 'X' if second == b'\'' => self.bytes(),
            '0'..='9' => self.number(),
            '.' if second.is_ascii_digit() => self.number(),
            _ if first.is_alphabetic() || first == '_' => {
                self.at += word_length(rest);
                Ok(TokenKind::Word)
            }
            _ => match self.signs().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => {
                    self.at += sign.len();
                    Ok(TokenKind::Sign(sign))
                }
                None => Err(Problem::new(
                    "SQL-003",
                    Span { from: u32_of(self.at), to: u32_of(self.at + first.len_utf8()) },
                    format!("`{first}` means nothing here"),
                    "Put text into single quotes and special names into double quotes",
                )),
            },
        }
    }

    /// The signs of the dialect: patterns of rows stand in backticked texts only.
    fn signs(&self) -> impl Iterator<Item = &'static &'static str> + use<> {
        SIGNS.iter().chain(self.dialect.signs())
    }

    /// A piece in quotes; two of them inside stand for one.
    fn quoted(&mut self, what: &str, quote: char) -> Result<String, Problem> {
        let mut out = String::new();
        let mut rest = &self.rest()[1..];
        loop {
            let Some(end) = rest.find(quote) else {
                return Err(self.unclosed(0, what, quote.encode_utf8(&mut [0; 4])));
            };
            out.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            if !rest.starts_with(quote) {
                break;
            }
            out.push(quote);
            rest = &rest[1..];
        }
        self.at = self.text.len() - rest.len();
        Ok(out)
    }

    fn quoted_name(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        let name = self.quoted("name", self.dialect.quote())?;
        if name.is_empty() {
            let help = "Write the name of a column between the quotes";
            return Err(Problem::new("SQL-004", self.since(from), "A name is empty", help));
        }
        Ok(TokenKind::Quoted(name))
    }

    fn bytes(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        self.at += 1;
        let digits = self.quoted("text", '\'')?;
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect();
        match bytes.filter(|_| rest.is_empty()) {
            Some(bytes) => Ok(TokenKind::Bytes(bytes)),
            None => Err(Problem::new(
                "SQL-005",
                self.since(from),
                "Bytes are written as pairs of the digits 0 to 9 and A to F",
                "Write such as `X'3F67'`",
            )),
        }
    }

    fn number(&mut self) -> Result<TokenKind, Problem> {
        let (from, rest) = (self.at, self.rest().as_bytes());
        let digits = |at: usize| rest[at..].iter().take_while(|it| it.is_ascii_digit()).count();
        let mut end = digits(0);
        if rest.get(end) == Some(&b'.') {
            end += 1 + digits(end + 1);
        }
        if rest.get(end).is_some_and(|it| it.eq_ignore_ascii_case(&b'e')) {
            let sign = usize::from(rest.get(end + 1).is_some_and(|it| b"+-".contains(it)));
            let exponent = digits((end + 1 + sign).min(rest.len()));
            end += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        self.at += end;
        let glued = word_length(self.rest());
        if glued > 0 {
            self.at += glued;
            return Err(Problem::new(
                "SQL-006",
                self.since(from),
                format!("`{}` is neither a number nor a name", &self.text[from..self.at]),
                "Put a name that begins with a digit into double quotes",
            ));
        }
        Ok(TokenKind::Number)
    }
}

fn word_length(text: &str) -> usize {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.find(|c| !goes_on(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Result<Vec<Token>, Problem> {
        let mut problems = Vec::new();
        let tokens = lex(text, Dialect::Kinesis, &mut problems);
        problems.into_iter().next().map_or(Ok(tokens), Err)
    }

    fn pieces(text: &str) -> Vec<&str> {
        let tokens = lexed(text).unwrap();
        tokens.iter().map(|it| &text[it.span.from as usize..it.span.to as usize]).collect()
    }

    /// Facts, analytics §2.1: comments are `-- …`, `/* … */`, and `// …` in AWS's samples.
    #[test]
    fn texts_fall_into_pieces() {
        let text = "a.b1<=.5e-3||'it''s' -- c\n/* d */\"e\"\"f\" // g";
        assert_eq!(
            pieces(text),
            ["a", ".", "b1", "<=", ".5e-3", "||", "'it''s'", "\"e\"\"f\"", ""]
        );
        assert_eq!(pieces("1.5.2 1e x'0F'"[..5].trim()), ["1.5", ".2", ""]);
        let kinds: Vec<TokenKind> =
            lexed("X'3f67' 'it''s' \"é\"").unwrap().into_iter().map(|it| it.kind).collect();
        let quoted = TokenKind::Quoted("é".to_owned());
        let text = TokenKind::Text("it's".to_owned());
        assert_eq!(kinds, [TokenKind::Bytes(vec![0x3f, 0x67]), text, quoted, TokenKind::End]);
    }

    #[test]
    fn what_is_no_piece_is_told() {
        for (text, code, from) in [
            ("a + 'b", "SQL-002", 4),
            ("a /* b", "SQL-002", 2),
            ("\"a", "SQL-002", 0),
            ("a # b", "SQL-003", 2),
            ("\"\"", "SQL-004", 0),
            ("X'3'", "SQL-005", 0),
            ("X'gg'", "SQL-005", 0),
            ("1 + 12ab", "SQL-006", 4),
            ("1e", "SQL-006", 0),
        ] {
            let problem = lexed(text).unwrap_err();
            assert_eq!((problem.code, problem.span.from), (code, from), "{text}");
            assert!(!problem.help.is_empty());
        }
        assert_eq!(lexed(&"a".repeat(TEXT_BYTES_MAX + 1)).unwrap_err().code, "SQL-001");
    }
}
