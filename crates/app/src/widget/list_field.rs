//! Lists of pairs as lines of text: `gate-1 47` for weights, `190 2400` for curves.

use serde_json::Value;

/// One pair a line.
pub(super) fn text(value: &Value) -> String {
    let pairs = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = pairs.iter().map(pair).collect();
    lines.join("\n")
}

fn pair(value: &Value) -> String {
    let words = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let words: Vec<String> = words
        .iter()
        .map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned))
        .collect();
    words.join(" ")
}

/// Keys with weights; the last word of a line is its weight, one when there is none.
pub(super) fn weights(text: &str) -> Value {
    pairs(text, |name| Value::from(name))
}

/// Seconds with values.
pub(super) fn curve(text: &str) -> Value {
    pairs(text, scalar)
}

fn pairs(text: &str, first: impl Fn(&str) -> Value) -> Value {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, number) = line.rsplit_once(char::is_whitespace).unwrap_or((line, "1"));
            Value::from(vec![first(name.trim()), scalar(number)])
        })
        .collect()
}

fn scalar(word: &str) -> Value {
    word.parse::<u64>().map_or_else(|_| Value::from(word), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pairs_survive_the_form() {
        let weights = json!([["gate-1", 47], ["gate 2", 10]]);
        assert_eq!(text(&weights), "gate-1 47\ngate 2 10");
        assert_eq!(super::weights(&text(&weights)), weights);
        let curve = json!([[0, 100], [190, 2400]]);
        assert_eq!(super::curve(&text(&curve)), curve);
    }
}
