//! `--query`: JMESPath, the language the command line filters its answers with.
//!
//! The whole grammar is here. Of the functions those that need fractions are not: `abs`, `avg`,
//! `ceil`, `floor`; they are refused by name. Results and errors are those of jmespath.py 1.1.0,
//! which the command line uses.

mod eval;
mod functions;
mod lex;
mod parse;

use serde_json::Value;

use self::eval::Room;
pub(super) use self::eval::is_true;

/// An expression, ready to be asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query(Expr);

/// One step of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Expr {
    /// `@`, and what is left out.
    Current,
    Field(String),
    Index(i64),
    Slice([Option<i64>; 3]),
    /// Left, then right on its result.
    Chain(Box<Self>, Box<Self>),
    /// Right on each item of the list on the left; what comes to null is left out.
    Project(Box<Self>, Box<Self>),
    /// The same on the values of an object.
    Values(Box<Self>, Box<Self>),
    /// The same on the items for which the middle holds.
    Filter(Box<[Self; 3]>),
    Flatten(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(Test, Box<Self>, Box<Self>),
    Literal(Value),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    Call(String, Vec<Self>),
    /// `&…`: not evaluated but handed to a function.
    Reference(Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, as the command line begins to tell it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let read = lex::tokens(text).and_then(|tokens| parse::expression(&tokens));
        read.map(Self).map_err(|why| format!("Bad value for --query {text}: {why}"))
    }

    /// What it finds; null for nothing.
    ///
    /// # Errors
    /// A function that is not there or does not take such values; far too large a result.
    pub(super) fn find(&self, value: &Value) -> Result<Value, String> {
        eval::evaluate(&self.0, value, &Room::default())
    }
}
