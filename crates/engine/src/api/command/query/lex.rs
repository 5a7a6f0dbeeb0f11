//! The tokens of an expression.

use core::iter::Peekable;
use core::str::Chars;

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    /// A name in double quotes.
    Quoted(String),
    Literal(Value),
    Number(i64),
    Dot,
    Star,
    Comma,
    Colon,
    At,
    Bang,
    Pipe,
    Or,
    And,
    Reference,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    /// `[]`.
    Flatten,
    /// `[?`.
    Filter,
    Test(super::Test),
    End,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut letters = text.chars().peekable();
    let mut out = Vec::new();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            ' ' | '\t' | '\n' | '\r' => continue,
            'a'..='z' | 'A'..='Z' | '_' => name(letter, &mut letters),
            '0'..='9' => number(letter, &mut letters)?,
            '-' if letters.peek().is_some_and(char::is_ascii_digit) => number('-', &mut letters)?,
            '"' => quoted(&mut letters)?,
            '\'' => raw(&mut letters)?,
            '`' => literal(&mut letters)?,
            _ => sign(letter, &mut letters)
                .ok_or_else(|| format!("Bad jmespath expression: Unknown token {letter}"))?,
        });
    }
    out.push(Token::End);
    Ok(out)
}

fn name(first: char, letters: &mut Peekable<Chars<'_>>) -> Token {
    let mut name = String::from(first);
    while let Some(next) = letters.next_if(|it| it.is_ascii_alphanumeric() || *it == '_') {
        name.push(next);
    }
    Token::Name(name)
}

fn number(first: char, letters: &mut Peekable<Chars<'_>>) -> Result<Token, String> {
    let mut digits = String::from(first);
    while let Some(next) = letters.next_if(char::is_ascii_digit) {
        digits.push(next);
    }
    let number = digits.parse().map(Token::Number);
    number.map_err(|_large| format!("Bad jmespath expression: {digits} is too large"))
}

/// Everything up to the closing sign; a backslash before it keeps it, and any other stays.
fn until(close: char, letters: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter == close => return Ok(text),
            '\\' if letters.peek() == Some(&close) => text.extend(letters.next()),
            '\\' => {
                text.push('\\');
                text.extend(letters.next());
            }
            _ => text.push(letter),
        }
    }
    Err(format!("Bad jmespath expression: Unclosed {close} delimiter"))
}

fn quoted(letters: &mut Peekable<Chars<'_>>) -> Result<Token, String> {
    let text = until('"', letters)?.replace('"', "\\\"");
    let json = format!("\"{text}\"").parse::<Value>();
    match json {
        Ok(Value::String(name)) => Ok(Token::Quoted(name)),
        Ok(_) | Err(_) => Err(format!("Bad jmespath expression: Invalid string \"{text}\"")),
    }
}

/// `'…'` is text as it stands.
fn raw(letters: &mut Peekable<Chars<'_>>) -> Result<Token, String> {
    until('\'', letters).map(|text| Token::Literal(text.into()))
}

/// `` `…` `` is JSON; what is none is text, as old expressions have it.
fn literal(letters: &mut Peekable<Chars<'_>>) -> Result<Token, String> {
    let text = until('`', letters)?;
    let text = text.trim_start();
    let value = text.parse().or_else(|_plain| format!("\"{text}\"").parse());
    value
        .map(Token::Literal)
        .map_err(|_fault: serde_json::Error| format!("Bad jmespath expression: Bad token `{text}`"))
}

fn sign(letter: char, letters: &mut Peekable<Chars<'_>>) -> Option<Token> {
    use super::Test;
    let mut either = |next: char, both: Token, one: Token| {
        if letters.next_if_eq(&next).is_some() { both } else { one }
    };
    Some(match letter {
        '.' => Token::Dot,
        '*' => Token::Star,
        ',' => Token::Comma,
        ':' => Token::Colon,
        '@' => Token::At,
        '(' => Token::LeftParen,
        ')' => Token::RightParen,
        '{' => Token::LeftBrace,
        '}' => Token::RightBrace,
        ']' => Token::RightBracket,
        '|' => either('|', Token::Or, Token::Pipe),
        '&' => either('&', Token::And, Token::Reference),
        '!' => either('=', Token::Test(Test::NotEqual), Token::Bang),
        '<' => either('=', Token::Test(Test::LessOrEqual), Token::Test(Test::Less)),
        '>' => either('=', Token::Test(Test::GreaterOrEqual), Token::Test(Test::Greater)),
        '=' => letters.next_if_eq(&'=').map(|_| Token::Test(Test::Equal))?,
        '[' => match either(']', Token::Flatten, Token::LeftBracket) {
            Token::Flatten => Token::Flatten,
            _ if letters.next_if_eq(&'?').is_some() => Token::Filter,
            bracket => bracket,
        },
        _ => return None,
    })
}
