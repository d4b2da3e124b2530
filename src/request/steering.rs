//! Characters that steer a terminal or turn the reading order of a text.

/// Whether a character steers a terminal (C0, DEL, C1), turns the reading order (bidi marks), or ends a line unseen
/// (line and paragraph separator).
pub(crate) fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
