//! The command line's shorthand for structures, `Data=one,PartitionKey=a`, and its errors.

use serde_json::{Map, Value};

/// Reads `key=value,key=value`; a value that goes on after a comma is a list.
///
/// # Errors
/// What was expected where, in the command line's words.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader { text, at: 0 };
    reader.members(None).map(Value::Object)
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset.
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take_while(&mut self, inside: impl Fn(char) -> bool) -> String {
        let end = self.rest().find(|letter| !inside(letter)).unwrap_or(self.rest().len());
        let taken = self.rest()[..end].to_owned();
        self.at += end;
        taken
    }

    /// Pairs up to the end, or up to a closing brace.
    fn members(&mut self, close: Option<char>) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        self.skip_space();
        while self.next() != close {
            let key = self.key();
            self.expect('=')?;
            members.insert(key, self.values()?);
            if self.next() != close {
                self.expect(',')?;
                self.skip_space();
            }
        }
        self.at += close.map_or(0, char::len_utf8);
        Ok(members)
    }

    fn key(&mut self) -> String {
        let inside = |it: char| it.is_ascii_alphanumeric() || "-_.#/: ".contains(it);
        let key = self.take_while(inside);
        key.trim_end().to_owned()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.next() == Some(wanted) {
            self.at += wanted.len_utf8();
            return Ok(());
        }
        let found = self.next().map_or("EOF".to_owned(), |it| it.to_string());
        Err(self.error(self.at, &wanted.to_string(), &found))
    }

    fn error(&self, at: usize, wanted: &str, found: &str) -> String {
        let (text, indent) = (self.text, " ".repeat(self.text[..at].chars().count()));
        format!("Expected: '{wanted}', received: '{found}' for input:\n{text}\n{indent}^")
    }

    /// One value, or the list of all up to the next key.
    fn values(&mut self) -> Result<Value, String> {
        let mut values = vec![self.value()?];
        while self.next() == Some(',') && !self.key_follows() {
            self.expect(',')?;
            values.push(self.value()?);
        }
        match values.len() {
            1 => Ok(values.remove(0)),
            _ => Ok(Value::Array(values)),
        }
    }

    /// Whether what comes behind the comma is a key with its `=`.
    fn key_follows(&self) -> bool {
        let mut behind = Reader { text: self.text, at: self.at + 1 };
        behind.skip_space();
        let key = behind.key();
        !key.is_empty() && behind.next() == Some('=')
    }

    fn value(&mut self) -> Result<Value, String> {
        self.skip_space();
        match self.next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote).map(Value::from),
            Some('{') => {
                self.at += 1;
                self.members(Some('}')).map(Value::Object)
            }
            Some('[') => {
                self.at += 1;
                let mut items = Vec::new();
                self.skip_space();
                while self.next() != Some(']') {
                    items.push(Value::from(self.take_while(|it| it != ',' && it != ']').trim()));
                    if self.next() != Some(']') {
                        self.expect(',')?;
                        self.skip_space();
                    }
                }
                self.expect(']')?;
                Ok(items.into())
            }
            _ => Ok(self.plain().into()),
        }
    }

    /// Up to a comma or a closing brace; a backslash makes a comma plain.
    fn plain(&mut self) -> String {
        let mut text = self.take_while(|it| it != ',' && it != '}' && it != '\\');
        while self.next() == Some('\\') {
            self.at += 1;
            match self.next().filter(|it| *it == ',') {
                Some(comma) => {
                    text.push(comma);
                    self.at += 1;
                }
                None => text.push('\\'),
            }
            text += &self.take_while(|it| it != ',' && it != '}' && it != '\\');
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            text += &self.take_while(|it| it != quote && it != '\\');
            let Some(stop) = self.next() else {
                let kind = if quote == '"' { "<double quoted>" } else { "<singled quoted>" };
                return Err(self.error(start, kind, "<none>"));
            };
            self.at += 1;
            if stop == quote {
                return Ok(text);
            }
            match self.next().filter(|it| *it == quote || *it == '\\') {
                Some(escaped) => {
                    text.push(escaped);
                    self.at += 1;
                }
                None => text.push('\\'),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;

    fn check(text: &str, expected: &Value) {
        assert_eq!(read(text).as_ref(), Ok(expected), "{text}");
    }

    /// As awscli 1.46.3 reads them.
    #[test]
    fn structures_are_read_as_the_command_line_does() {
        check("Data=one,PartitionKey=a", &json!({ "Data": "one", "PartitionKey": "a" }));
        check("Type=AT_LATEST", &json!({ "Type": "AT_LATEST" }));
        check("a='x,y',b=\"p=q\"", &json!({ "a": "x,y", "b": "p=q" }));
        check("a=x=y,b=", &json!({ "a": "x=y", "b": "" }));
        check("a=1,2,3,b=4", &json!({ "a": ["1", "2", "3"], "b": "4" }));
        check("a=[1,2],b=[]", &json!({ "a": ["1", "2"], "b": [] }));
        check("a=b\\,c", &json!({ "a": "b,c" }));
        check("a={b=c}", &json!({ "a": { "b": "c" } }));
        check("a=\"x\\\"y\"", &json!({ "a": "x\"y" }));
        check("team=blue, stage=a b", &json!({ "team": "blue", "stage": "a b" }));
    }

    #[test]
    fn errors_point_at_their_place() {
        let told = "Expected: '=', received: ',' for input:\nData,PartitionKey=b\n    ^";
        assert_eq!(read("Data,PartitionKey=b").unwrap_err(), told);
        let told = "Expected: '=', received: 'EOF' for input:\nabc\n   ^";
        assert_eq!(read("abc").unwrap_err(), told);
        let told = "Expected: '<singled quoted>', received: '<none>' for input:\na='x\n  ^";
        assert_eq!(read("a='x").unwrap_err(), told);
        let told = "Expected: '=', received: '\"' for input:\na={\"b\":1},c=d\n   ^";
        assert_eq!(read("a={\"b\":1},c=d").unwrap_err(), told);
    }
}
