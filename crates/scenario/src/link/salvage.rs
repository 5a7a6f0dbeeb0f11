//! What can be read of a JSON text that breaks off.

/// The longest beginning that ends after a whole entry of the root or of one of its lists, with
/// the open brackets closed; `None` when not even one entry is whole.
pub(super) fn close(text: &str) -> Option<String> {
    /// Entries of the root stand at depth 1, nodes and edges at depth 2.
    const DEPTH_MAX: usize = 2;
    let mut open: Vec<char> = Vec::new();
    let (mut in_text, mut escaped) = (false, false);
    let mut best = None;
    for (offset, c) in text.char_indices() {
        if in_text {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match c {
            '"' => in_text = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => drop(open.pop()),
            ',' if (1..=DEPTH_MAX).contains(&open.len()) => {
                best = Some((offset, open.iter().rev().collect::<String>()));
            }
            _ => {}
        }
    }
    best.map(|(offset, closers)| format!("{}{closers}", &text[..offset]))
}
