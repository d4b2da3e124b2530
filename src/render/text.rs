//! Text from strangers, made safe for a terminal.

use std::fmt::Write as _;

use crate::request::steering::steers;

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

/// Returns whether a character controls a terminal, changes the reading order, or is invisible (zero width, byte order
/// mark).
pub(super) fn is_dangerous(char: char) -> bool {
    steers(char) || matches!(char, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
}

/// Escapes control characters and invalid UTF-8 of foreign bytes for a terminal; line ends and tabs stay. Returns also
/// whether anything was escaped.
pub(crate) fn for_terminal(bytes: &[u8]) -> (String, bool) {
    let (mut shown, mut escaped) = (String::with_capacity(bytes.len()), false);
    for chunk in bytes.utf8_chunks() {
        // A terminal needs no carriage return.
        let text = chunk.valid().replace("\r\n", "\n");
        let safe = safe_lines(&text);
        escaped |= safe != text || !chunk.invalid().is_empty();
        shown.push_str(&safe);
        for byte in chunk.invalid() {
            write!(shown, "\\x{byte:02x}").expect("a String takes all");
        }
    }
    (shown, escaped)
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

    #[test]
    fn a_terminal_gets_lines_and_escapes() {
        assert_eq!(
            for_terminal(b"POST / HTTP/1.1\r\nA: \x9b\xc2\x9b\r\n\r\n\x1b[2J\r\x07\tb\xff\r"),
            (
                "POST / HTTP/1.1\nA: \\x9b\\u009b\n\n\\u001b[2J\\r\\u0007\tb\\xff\\r".to_owned(),
                true
            )
        );
        assert_eq!(
            for_terminal("é\r\n\t".as_bytes()),
            ("é\n\t".to_owned(), false)
        );
    }
}
