//! Characters that control a terminal or change the reading order of a text.

/// Returns whether a character controls a terminal (C0, DEL, C1), changes the reading order (bidi controls), or is a
/// line or paragraph separator.
pub(crate) fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
