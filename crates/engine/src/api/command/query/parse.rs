//! From tokens to an expression: operators bind by their power (JMESPath specification, grammar).

use super::Expr;
use super::lex::Token;

type Parsed = Result<Expr, String>;

/// What binds weaker than this ends a projection.
const PROJECTION: u8 = 10;
const FLATTEN: u8 = 9;
const STAR: u8 = 20;
const FILTER: u8 = 21;
const DOT: u8 = 40;
/// How deep an expression may nest. Each step of a chain is one within the next: `(a.b).c`.
const DEPTH_MAX: u32 = 100;

pub(super) fn expression(tokens: &[Token]) -> Parsed {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    if parser.peek() == &Token::End {
        return Err("Bad jmespath expression: Invalid expression: it is empty".to_owned());
    }
    let found = parser.expression(0)?;
    parser.expect(&Token::End).map(|()| found)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn after(&self) -> &Token {
        self.tokens.get(self.at + 1).unwrap_or(&Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        if self.peek() == wanted {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault())
    }

    fn fault(&self) -> String {
        match self.peek() {
            Token::End => "Bad jmespath expression: Incomplete expression".to_owned(),
            other => format!("Bad jmespath expression: Unexpected token {other:?}"),
        }
    }

    fn expression(&mut self, power: u8) -> Parsed {
        let before = self.depth;
        self.deepen()?;
        let mut left = self.first()?;
        while power < binds(self.peek()) {
            self.deepen()?;
            left = self.further(left)?;
        }
        self.depth = before;
        Ok(left)
    }

    fn deepen(&mut self) -> Result<(), String> {
        if self.depth >= DEPTH_MAX {
            return Err(format!("An expression nests {DEPTH_MAX} times at most"));
        }
        self.depth += 1;
        Ok(())
    }

    /// What an expression begins with.
    fn first(&mut self) -> Parsed {
        let here = || Box::new(Expr::Current);
        match self.peek().clone() {
            Token::LeftBracket => {
                self.at += 1;
                self.bracket(Expr::Current, Place::First)
            }
            Token::Name(name) | Token::Quoted(name) => {
                self.at += 1;
                Ok(Expr::Field(name))
            }
            Token::Literal(value) => {
                self.at += 1;
                Ok(Expr::Literal(value))
            }
            Token::At => {
                self.at += 1;
                Ok(Expr::Current)
            }
            Token::Star => {
                self.at += 1;
                let bracket = self.peek() == &Token::RightBracket;
                let right = if bracket { Expr::Current } else { self.projected(STAR)? };
                Ok(Expr::Values(here(), Box::new(right)))
            }
            Token::Flatten => {
                self.at += 1;
                let right = self.projected(FLATTEN)?;
                Ok(Expr::Project(Box::new(Expr::Flatten(here())), Box::new(right)))
            }
            Token::Filter => {
                self.at += 1;
                self.filter(Expr::Current)
            }
            Token::Bang => {
                self.at += 1;
                Ok(Expr::Not(Box::new(self.expression(45)?)))
            }
            Token::Reference => {
                self.at += 1;
                Ok(Expr::Reference(Box::new(self.expression(0)?)))
            }
            Token::LeftBrace => {
                self.at += 1;
                self.object()
            }
            Token::LeftParen => {
                self.at += 1;
                let inner = self.expression(0)?;
                self.expect(&Token::RightParen).map(|()| inner)
            }
            _ => Err(self.fault()),
        }
    }

    /// What follows an expression.
    fn further(&mut self, left: Expr) -> Parsed {
        let power = binds(self.peek());
        match self.next() {
            Token::Dot if self.peek() == &Token::Star => {
                self.at += 1;
                let right = self.projected(DOT)?;
                Ok(Expr::Values(Box::new(left), Box::new(right)))
            }
            Token::Dot => {
                let right = self.dotted(DOT)?;
                Ok(Expr::Chain(Box::new(left), Box::new(right)))
            }
            Token::Pipe => {
                // What is behind a pipe is no part of a projection before it.
                let right = self.expression(power)?;
                Ok(Expr::Chain(Box::new(left), Box::new(right)))
            }
            Token::Or => Ok(Expr::Or(Box::new(left), Box::new(self.expression(power)?))),
            Token::And => Ok(Expr::And(Box::new(left), Box::new(self.expression(power)?))),
            Token::Test(test) => {
                let right = self.expression(power)?;
                Ok(Expr::Compare(test, Box::new(left), Box::new(right)))
            }
            Token::Flatten => {
                let right = self.projected(FLATTEN)?;
                Ok(Expr::Project(Box::new(Expr::Flatten(Box::new(left))), Box::new(right)))
            }
            Token::Filter => self.filter(left),
            Token::LeftBracket => self.bracket(left, Place::Further),
            Token::LeftParen => match left {
                Expr::Field(name) => {
                    let arguments = self.list(&Token::RightParen)?;
                    Ok(Expr::Call(name, arguments))
                }
                _ => Err(self.fault()),
            },
            _ => Err(self.fault()),
        }
    }

    /// Behind `[`: an index, a slice, all of a list, or, at the beginning, a list of expressions.
    fn bracket(&mut self, left: Expr, place: Place) -> Parsed {
        match (self.peek(), self.after()) {
            (Token::Number(_) | Token::Colon, _) => {
                let index = self.index()?;
                let is_slice = matches!(index, Expr::Slice(_));
                let found = Expr::Chain(Box::new(left), Box::new(index));
                if !is_slice {
                    return Ok(found);
                }
                let right = self.projected(STAR)?;
                Ok(Expr::Project(Box::new(found), Box::new(right)))
            }
            (Token::Star, Token::RightBracket) => {
                self.at += 2;
                let right = self.projected(STAR)?;
                Ok(Expr::Project(Box::new(left), Box::new(right)))
            }
            _ if place == Place::First => self.list(&Token::RightBracket).map(Expr::List),
            _ => Err(self.fault()),
        }
    }

    fn index(&mut self) -> Parsed {
        let (mut parts, mut at) = ([None; 3], 0);
        loop {
            match self.next() {
                Token::Number(number) if parts[at].is_none() => parts[at] = Some(number),
                Token::Colon if at < 2 => at += 1,
                Token::RightBracket => break,
                _ => {
                    self.at -= 1;
                    return Err(self.fault());
                }
            }
        }
        match (at, parts[0]) {
            (0, Some(index)) => Ok(Expr::Index(index)),
            _ if parts[2] == Some(0) => Err("slice step cannot be 0".to_owned()),
            _ => Ok(Expr::Slice(parts)),
        }
    }

    /// Behind `[?`.
    fn filter(&mut self, left: Expr) -> Parsed {
        let condition = self.expression(0)?;
        self.expect(&Token::RightBracket)?;
        let flat = self.peek() == &Token::Flatten;
        let right = if flat { Expr::Current } else { self.projected(FILTER)? };
        Ok(Expr::Filter(Box::new([left, condition, right])))
    }

    /// What a projection does with each item.
    fn projected(&mut self, power: u8) -> Parsed {
        if binds(self.peek()) < PROJECTION {
            return Ok(Expr::Current);
        }
        match self.peek() {
            Token::LeftBracket | Token::Filter => self.expression(power),
            Token::Dot => {
                self.at += 1;
                self.dotted(power)
            }
            _ => Err(self.fault()),
        }
    }

    /// What may stand behind a dot.
    fn dotted(&mut self, power: u8) -> Parsed {
        match self.peek() {
            Token::Name(_) | Token::Quoted(_) | Token::Star => self.expression(power),
            Token::LeftBracket => {
                self.at += 1;
                self.list(&Token::RightBracket).map(Expr::List)
            }
            Token::LeftBrace => {
                self.at += 1;
                self.object()
            }
            _ => Err(self.fault()),
        }
    }

    /// Expressions up to a closing sign.
    fn list(&mut self, close: &Token) -> Result<Vec<Expr>, String> {
        let mut items = Vec::new();
        if close == &Token::RightParen && self.peek() == close {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.expression(0)?);
            if self.peek() == close {
                self.at += 1;
                return Ok(items);
            }
            self.expect(&Token::Comma)?;
        }
    }

    /// `{name: expression, …}`.
    fn object(&mut self) -> Parsed {
        let mut members = Vec::new();
        loop {
            let (Token::Name(name) | Token::Quoted(name)) = self.next() else {
                self.at -= 1;
                return Err(self.fault());
            };
            self.expect(&Token::Colon)?;
            members.push((name, self.expression(0)?));
            if self.peek() == &Token::RightBrace {
                self.at += 1;
                return Ok(Expr::Object(members));
            }
            self.expect(&Token::Comma)?;
        }
    }
}

/// Where a bracket stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Further,
}

/// How strongly a token binds what is before it.
fn binds(token: &Token) -> u8 {
    match token {
        Token::Pipe => 1,
        Token::Or => 2,
        Token::And => 3,
        Token::Test(_) => 5,
        Token::Flatten => FLATTEN,
        Token::Star => STAR,
        Token::Filter => FILTER,
        Token::Dot => DOT,
        Token::LeftBrace => 50,
        Token::LeftBracket => 55,
        Token::LeftParen => 60,
        _ => 0,
    }
}
