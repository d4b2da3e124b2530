//! How texts are compared: whole, with `*` for any text, or in part.

use memchr::memmem::{self, Finder};

/// A text that another is held against.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    /// Whether `*` is a character like any other.
    is_literal: bool,
    finder: Finder<'static>,
}

impl Pattern {
    pub(super) fn new(text: &str, is_literal: bool) -> Self {
        Self {
            text: text.to_owned(),
            is_literal,
            finder: Finder::new(text).into_owned(),
        }
    }

    /// Whether the text has a slash, as the name of an event with its provider does.
    pub(super) fn has_slash(&self) -> bool {
        self.text.contains('/')
    }

    /// Whether a text is all of this.
    pub(super) fn is(&self, text: &[u8]) -> bool {
        if self.is_literal {
            text == self.text.as_bytes()
        } else {
            is_like(text, self.text.as_bytes())
        }
    }

    /// Whether this is in a text.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.finder.find(text).is_some()
    }
}

/// Whether a text is like a pattern, in which `*` stands for any text.
pub(super) fn is_like(text: &[u8], pattern: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(last) = parts.next_back() else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    for part in parts {
        match memmem::find(text, part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

/// A word that is searched for in any case. Letters beyond ASCII are compared as they are.
#[derive(Clone, Debug)]
pub(super) struct Word(Finder<'static>);

impl Word {
    pub(super) fn new(text: &str) -> Self {
        Self(Finder::new(&text.to_ascii_lowercase()).into_owned())
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        // A copy takes less than a search for two letters at each place, however odd the text.
        self.0.find(&text.to_ascii_lowercase()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (text, pattern, wanted) in [
            ("abc", "a*c", true),
            ("ac", "a*c", true),
            ("a", "a*a", false),
            ("aXbXc", "a*b*c", true),
            ("", "*", true),
            ("", "", true),
            ("a", "", false),
            ("abab", "*ab", true),
            ("abc", "**c", true),
        ] {
            assert_eq!(
                is_like(text.as_bytes(), pattern.as_bytes()),
                wanted,
                "{text} {pattern}"
            );
        }
        assert!(Pattern::new("a*", true).is(b"a*") && !Pattern::new("a*", true).is(b"ab"));
    }

    #[test]
    fn words_are_found_in_any_case() {
        let word = Word::new("Zoë S");
        assert!(word.is_in("zoë smith".as_bytes()) && word.is_in("x ZOë SMITH".as_bytes()));
        assert!(!word.is_in(b"zoe smith"));
    }
}
