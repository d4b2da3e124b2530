//! Text from strangers, made safe for a terminal.

use std::fmt::Write as _;

/// Escapes what could steer a terminal or turn the reading order: control characters and bidi marks.
pub(crate) fn safe(text: &str) -> String {
    escape(text, |_| false)
}

/// As [`safe`], but line ends and tabs stay.
pub(crate) fn safe_lines(text: &str) -> String {
    escape(text, |char| matches!(char, '\n' | '\t'))
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if is_dangerous(char) && !keep(char) {
            write_escape(char, &mut safe);
        } else {
            safe.push(char);
        }
    }
    safe
}

/// Writes a character as JSON and JavaScript escape it.
pub(super) fn write_escape(char: char, into: &mut String) {
    match char {
        '\n' => into.push_str("\\n"),
        '\r' => into.push_str("\\r"),
        '\t' => into.push_str("\\t"),
        char => write!(into, "\\u{:04x}", u32::from(char)).expect("a String takes all"),
    }
}

/// Whether a character steers a terminal (C0, DEL, C1), turns the reading order (bidi marks), or hides itself
/// (zero width, byte order mark, line separators).
pub(super) fn is_dangerous(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_bidi_marks_are_shown_not_obeyed() {
        assert_eq!(
            safe("a\x1b[2Jb\u{202e}c\nd\u{9b}é"),
            "a\\u001b[2Jb\\u202ec\\nd\\u009bé"
        );
        assert_eq!(safe_lines("a\n\tb\r\x07"), "a\n\tb\\r\\u0007");
    }
}
