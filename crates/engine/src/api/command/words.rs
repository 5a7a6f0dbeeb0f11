//! A line as a shell takes it apart: words, quotes, backslashes. Nothing is expanded: no variables,
//! no pipes, no patterns.

/// The words of a line.
///
/// # Errors
/// A quote that is never closed, in the words of bash.
pub(super) fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                if !quoted(letter, &mut letters, word) {
                    return Err(format!("unexpected EOF while looking for matching `{letter}'"));
                }
            }
            '\\' => match letters.next() {
                // The line goes on.
                Some('\n') => {}
                Some(next) => word.get_or_insert_default().push(next),
                None => word.get_or_insert_default().push('\\'),
            },
            _ if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Takes everything up to the closing quote; whether there is one.
fn quoted(quote: char, letters: &mut impl Iterator<Item = char>, word: &mut String) -> bool {
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter == quote => return true,
            '\\' if quote == '"' => match letters.next() {
                Some('\n') => {}
                Some(next) => {
                    if !matches!(next, '"' | '\\' | '$' | '`') {
                        word.push('\\');
                    }
                    word.push(next);
                }
                None => return false,
            },
            _ => word.push(letter),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::split;

    /// As bash does: `printf '%s\n' …`.
    #[test]
    fn words_are_those_of_a_shell() {
        let cases: [(&str, &[&str]); 6] = [
            ("  a  b\tc ", &["a", "b", "c"]),
            (r#"--data '{"a": "b c"}'"#, &["--data", r#"{"a": "b c"}"#]),
            (r#"a"b c"'d'e"#, &["ab cde"]),
            (r#""\"\$\x" \a\ b"#, &[r#""$\x"#, "a b"]),
            ("a '' \"\"", &["a", "", ""]),
            ("a \\\n  b", &["a", "b"]),
        ];
        for (line, words) in cases {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert_eq!(split("a 'b").unwrap_err(), "unexpected EOF while looking for matching `''");
        assert_eq!(split("a \"b").unwrap_err(), "unexpected EOF while looking for matching `\"'");
    }
}
