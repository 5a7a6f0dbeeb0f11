//! JSON for people: what fits a line stays on it, the rest is indented by two.

use serde_json::Value;

const LINE_CHARS_MAX: usize = 96;

/// The value with line breaks, and one at the end.
pub(super) fn print(value: &Value) -> String {
    let mut out = String::new();
    // The root is always broken up, so that its keys stand at the line starts.
    write(value, 0, 0, true, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, depth: usize, taken: usize, broken: bool, out: &mut String) {
    let flat = flat(value);
    let fits = taken + flat.chars().count() <= LINE_CHARS_MAX;
    let (open, close, entries): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(map) if broken || !fits => {
            ('{', '}', map.iter().map(|(key, v)| (format!("{}: ", quoted(key)), v)).collect())
        }
        Value::Array(items) if broken || !fits => {
            ('[', ']', items.iter().map(|item| (String::new(), item)).collect())
        }
        _ => return out.push_str(&flat),
    };
    out.push(open);
    for (idx, (key, entry)) in entries.iter().enumerate() {
        out.push_str(if idx == 0 { "\n" } else { ",\n" });
        let indent = "  ".repeat(depth + 1);
        let taken = indent.len() + key.chars().count() + 1;
        out.push_str(&indent);
        out.push_str(key);
        write(entry, depth + 1, taken, false, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

fn flat(value: &Value) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let entries: Vec<String> =
                map.iter().map(|(key, v)| format!("{}: {}", quoted(key), flat(v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => {
            let entries: Vec<String> = items.iter().map(flat).collect();
            format!("[{}]", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn quoted(key: &str) -> String {
    Value::from(key).to_string()
}
